//! Resolving what one lockfile's workspace builds: from Cargo's answers to a plain value.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

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
use crate::problem::Location;

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
    let mut configuration = project.configuration(request.environment)?;
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
    configuration.add(project.member_configurations(&members, request.environment)?);
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
    let aliases = &configuration.aliases;
    let flags = project.flags(&ingredients, aliases, &cells, &workspace.conditions)?;
    cells.extend(flags.cells);
    let mut unclear = flags.unclear;
    unclear.extend(compiler_flags(request, &configuration, &workspace));
    let cells = asking.resolve_cells(&workspace, &cells, &members)?;
    for cell in &cells {
        check_locked(&cell.cargo.packages.keys().cloned().collect(), request.lockfile)?;
    }
    let manifests = project.manifests(&members);
    Ok(ResolvedBuilds {
        host: toolchain.host,
        cells,
        declared: workspace.features,
        requirements: workspace.requirements,
        manifests,
        unclear,
    })
}

/// The lines of commands that ship examples of the workspace whose lockfile lies at `path`, which
/// people call `shown`. Reads files and starts nothing.
pub fn example_commands(path: &Path, shown: &str) -> Vec<Location> {
    Project::of(path, shown).map_or_else(|_| Vec::new(), |project| project.example_commands())
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
    ///
    /// What development builds is asked of Cargo once for all targets that are built alike: a package
    /// that is in no development build of all of them together is in none of one of them. Which target
    /// it is built for the simulation says.
    fn resolve_cells(
        &self,
        workspace: &Workspace,
        cells: &[Cell],
        members: &[Member],
    ) -> Result<Vec<ResolvedCell>, BuildProblem> {
        let alike = alike(cells);
        let shipping = cells.iter().map(|cell| (Purpose::Shipping, vec![cell]));
        let development = alike
            .iter()
            .map(|cells| (Purpose::Development, cells.clone()));
        // The larger ones first: nothing waits for them at the end.
        let tasks: Vec<(Purpose, Vec<&Cell>)> = development.chain(shipping).collect();
        let resolved = in_parallel(&tasks, |(purpose, cells)| {
            self.resolve_alike(workspace, *purpose, cells, members)
        });
        // A target that cannot be built for is best told for what is shipped.
        let (development, shipping) = resolved.split_at(alike.len());
        let mut all = Vec::with_capacity(2 * cells.len());
        for cells in shipping.iter().chain(development) {
            all.extend(cells.clone()?);
        }
        Ok(all)
    }

    fn resolve_alike(
        &self,
        workspace: &Workspace,
        purpose: Purpose,
        cells: &[&Cell],
        members: &[Member],
    ) -> Result<Vec<ResolvedCell>, BuildProblem> {
        let Some(first) = cells.first() else {
            return Ok(Vec::new());
        };
        let ids = ids(first, members);
        let cargo = Arc::new(tree::ask(&mut self.command("tree"), cells, &ids, purpose)?);
        let resolved = cells.iter().map(|cell| {
            let simulated = simulate(workspace, cell, &self.toolchain.host, purpose)?;
            let (cell, cargo) = ((*cell).clone(), Arc::clone(&cargo));
            Ok(ResolvedCell { cell, purpose, cargo, simulated })
        });
        resolved.collect()
    }
}

/// Cells that differ in nothing but their targets, together.
fn alike(cells: &[Cell]) -> Vec<Vec<&Cell>> {
    let mut groups: Vec<Vec<&Cell>> = Vec::new();
    for cell in cells {
        let is_alike =
            |known: &&Cell| known.features == cell.features && known.members == cell.members;
        let mut known = groups.iter_mut();
        match known.find(|group| group.first().is_some_and(is_alike)) {
            Some(group) => group.push(cell),
            None => groups.push(vec![cell]),
        }
    }
    groups
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
