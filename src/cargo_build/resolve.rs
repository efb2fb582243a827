//! Resolving what one lockfile's workspace builds: from Cargo's answers to a plain value.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use tempfile::NamedTempFile;

use super::configuration::RepositoryConfiguration;
use super::flags::{self, UnclearFlags};
use super::matrix::{Ingredients, Member};
use super::parallel::in_parallel;
use super::project::Project;
use super::simulation::simulate;
use super::toolchain::{BuildEnvironment, Toolchain};
use super::workspace::Workspace;
use super::{BuildProblem, Cell, PackageKey, Purpose, ResolvedBuilds, ResolvedCell, tree};
use crate::lockfile::Lockfile;
use crate::policy::CargoPolicy;

/// What is to be resolved.
#[derive(Clone, Copy, Debug)]
pub struct BuildRequest<'run> {
    /// The lockfile.
    pub lockfile: &'run Lockfile,
    /// Where it lies.
    pub path: &'run Path,
    /// What is shipped.
    pub policy: &'run CargoPolicy,
    /// What Cargo is given of the environment.
    pub environment: &'run BuildEnvironment,
}

/// Resolves every cell of the matrix. Reads files and runs Cargo; nothing of the project is executed.
pub fn resolve(request: &BuildRequest<'_>) -> Result<ResolvedBuilds, BuildProblem> {
    let project = Project::of(request.path, &request.lockfile.source.path)?;
    let toolchain = Toolchain::find(request.environment, &project.repository)?;
    let configuration = project.configuration(request.environment)?;
    let handed_on = Project::write_configuration(&configuration)?;
    let asking = Asking {
        project: &project,
        toolchain: &toolchain,
        handed_on: handed_on.as_ref(),
    };
    let workspace =
        Workspace::ask(&mut asking.command("metadata"), &project.lockfile, &project.folder)?;
    check_locked(&workspace.packages(), request.lockfile)?;
    let members = workspace.members();
    let ingredients = Ingredients {
        policy: request.policy,
        members: &members,
        host: &toolchain.host,
        configured: &configuration.targets,
        ordered: &configuration.ordered,
        environment: request.environment.target.as_deref(),
        flags_reach_all: workspace.flags_reach_all,
    };
    let mut cells = ingredients.cells()?;
    let flags = project.flags(&ingredients, &cells, &workspace.conditions)?;
    cells.extend(flags.cells);
    let mut unclear = flags.unclear;
    unclear.extend(compiler_flags(request, &configuration, &workspace));
    let cells = asking.resolve_cells(&workspace, &cells, &members)?;
    for cell in &cells {
        check_locked(&cell.cargo.packages.keys().cloned().collect(), request.lockfile)?;
    }
    let manifests = project.manifests(&members);
    let (declared, host) = (workspace.features, toolchain.host);
    Ok(ResolvedBuilds { host, cells, declared, manifests, unclear })
}

/// Everything that it takes to ask Cargo about a workspace.
struct Asking<'run> {
    project: &'run Project,
    toolchain: &'run Toolchain,
    handed_on: Option<&'run NamedTempFile>,
}

impl Asking<'_> {
    fn command(&self, subcommand: &str) -> Command {
        let mut command = self.toolchain.cargo(subcommand);
        command
            .arg("--manifest-path")
            .arg(self.project.folder.join("Cargo.toml"));
        if let Some(file) = self.handed_on {
            command.arg("--config").arg(file.path());
        }
        command
    }

    /// Both resolvers' answers about every cell for every purpose.
    fn resolve_cells(
        &self,
        workspace: &Workspace,
        cells: &[Cell],
        members: &[Member],
    ) -> Result<Vec<ResolvedCell>, BuildProblem> {
        let tasks: Vec<(&Cell, Purpose)> = cells
            .iter()
            .flat_map(|cell| Purpose::ALL.iter().map(move |purpose| (cell, *purpose)))
            .collect();
        let resolved = in_parallel(&tasks, |(cell, purpose)| {
            let ids = ids(cell, members);
            let cargo = tree::ask(&mut self.command("tree"), cell, &ids, *purpose)?;
            let simulated = simulate(workspace, cell, &self.toolchain.host, *purpose)?;
            Ok(ResolvedCell { cell: (*cell).clone(), purpose: *purpose, cargo, simulated })
        });
        resolved.into_iter().collect()
    }
}

/// Compiler flags of the configuration and of the environment that decide about dependencies.
fn compiler_flags(
    request: &BuildRequest<'_>,
    configuration: &RepositoryConfiguration,
    workspace: &Workspace,
) -> Vec<UnclearFlags> {
    let configured = configuration
        .compiler_flags
        .iter()
        .map(|flags| (flags.text.as_str(), Some(flags.location.clone())));
    let environment = (request.environment.compiler_flags.as_str(), None);
    configured
        .chain([environment])
        .filter_map(|(text, location)| flags::compiler_flags(text, location, &workspace.conditions))
        .collect()
}

fn ids(cell: &Cell, members: &[Member]) -> Vec<String> {
    let is_built = |member: &&Member| cell.members.contains(&member.name);
    members
        .iter()
        .filter(is_built)
        .map(|member| member.id.clone())
        .collect()
}

/// What Cargo speaks of must be what the lockfile locks: a package that goes by another name there
/// would look as if nothing built it.
fn check_locked(packages: &BTreeSet<PackageKey>, lockfile: &Lockfile) -> Result<(), BuildProblem> {
    let locked: BTreeSet<(&str, &str)> = lockfile
        .packages
        .iter()
        .map(|package| (package.id.name.as_str(), package.id.version.as_str()))
        .collect();
    let stranger = packages
        .iter()
        .find(|package| !locked.contains(&(package.name.as_str(), package.version.as_str())));
    match stranger {
        Some(package) => Err(BuildProblem::NotLocked { package: package.to_string() }),
        None => Ok(()),
    }
}
