//! Resolving what one lockfile's workspace builds: from Cargo's answers to a plain value.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tempfile::NamedTempFile;

use super::configuration::RepositoryConfiguration;
use super::flags::{self, Flags, UnclearFlags};
use super::manifest::Manifest;
use super::matrix::{Ingredients, Member};
use super::simulation::simulate;
use super::toolchain::{BuildEnvironment, Toolchain};
use super::workspace::Workspace;
use super::{BuildProblem, Cell, PackageKey, Purpose, ResolvedBuilds, ResolvedCell, tree};
use crate::lockfile::Lockfile;
use crate::policy::CargoPolicy;
use crate::problem::SourceText;

/// Cells that are resolved at the same time, at most.
const MOST_WORKERS: usize = 8;

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
    let project = Project::of(request)?;
    let toolchain = Toolchain::find(request.environment, &project.repository)?;
    let configuration = project.configuration(request.environment)?;
    let handed_on = write_configuration(&configuration)?;
    let command = |subcommand: &str| {
        let mut command = toolchain.cargo(subcommand);
        command
            .arg("--manifest-path")
            .arg(project.folder.join("Cargo.toml"));
        if let Some(file) = &handed_on {
            command.arg("--config").arg(file.path());
        }
        command
    };
    let workspace = Workspace::ask(&mut command("metadata"), &project.lockfile, &project.folder)?;
    check_locked(&workspace.packages(), request.lockfile)?;
    let members = workspace.members();
    let ingredients = Ingredients {
        policy: request.policy,
        members: &members,
        host: &toolchain.host,
        configured: &configuration.targets,
        environment: request.environment.target.as_deref(),
        flags_reach_all: workspace.flags_reach_all,
    };
    let mut cells = ingredients.cells()?;
    let flags = project.flags(&ingredients, &cells, &workspace)?;
    cells.extend(flags.cells);
    let mut unclear = flags.unclear;
    unclear.extend(compiler_flags(request, &configuration, &workspace));
    let tasks: Vec<(&Cell, Purpose)> = cells
        .iter()
        .flat_map(|cell| Purpose::ALL.iter().map(move |purpose| (cell, *purpose)))
        .collect();
    let resolved = in_parallel(&tasks, |(cell, purpose)| {
        let cargo = tree::ask(&mut command("tree"), cell, &ids(cell, &members), *purpose)?;
        let simulated = simulate(&workspace, cell, &toolchain.host, *purpose)?;
        Ok(ResolvedCell { cell: (*cell).clone(), purpose: *purpose, cargo, simulated })
    });
    let cells = resolved
        .into_iter()
        .collect::<Result<Vec<_>, BuildProblem>>()?;
    for cell in &cells {
        check_locked(&cell.cargo.packages.keys().cloned().collect(), request.lockfile)?;
    }
    Ok(ResolvedBuilds {
        cells,
        manifests: project.manifests(&members),
        declared: workspace.features,
        unclear,
        host: toolchain.host,
    })
}

/// Where a workspace lies, and what its files are called.
struct Project {
    /// The folder of the lockfile, with every link resolved.
    folder: PathBuf,
    /// The folder that holds `.git`, or the same folder.
    repository: PathBuf,
    /// The lockfile, as people call it.
    lockfile: String,
}

impl Project {
    fn of(request: &BuildRequest<'_>) -> Result<Self, BuildProblem> {
        let lockfile = request.lockfile.source.path.clone();
        let folder = request
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok();
        let is_named = request
            .path
            .file_name()
            .is_some_and(|name| name == "Cargo.lock");
        let folder = folder.filter(|folder| is_named && folder.join("Cargo.toml").is_file());
        let folder =
            folder.ok_or_else(|| BuildProblem::NotALockfileOfCargo { path: lockfile.clone() })?;
        let repository = folder
            .ancestors()
            .find(|ancestor| ancestor.join(".git").exists());
        let repository = repository.unwrap_or(&folder).to_owned();
        Ok(Self { folder, repository, lockfile })
    }

    /// A path as people call it: beside the lockfile's own name.
    fn shown(&self, path: &Path) -> String {
        let below = |folder: &Path| {
            let relative = path.strip_prefix(folder).ok()?;
            Some(relative.to_string_lossy().replace('\\', "/"))
        };
        let prefix = self
            .lockfile
            .rsplit_once('/')
            .map(|(folder, _)| format!("{folder}/"));
        if let Some(relative) = below(&self.folder) {
            return format!("{}{relative}", prefix.unwrap_or_default());
        }
        // Above the lockfile: from the folder that both lie in.
        for (steps, folder) in self.folder.ancestors().enumerate().skip(1) {
            if let Some(relative) = below(folder) {
                return format!("{}{}{relative}", prefix.unwrap_or_default(), "../".repeat(steps));
            }
        }
        path.to_string_lossy().into_owned()
    }

    fn configuration(
        &self,
        environment: &BuildEnvironment,
    ) -> Result<RepositoryConfiguration, BuildProblem> {
        let home = environment.cargo_home();
        let shown = |path: &Path| self.shown(path);
        RepositoryConfiguration::read(&self.folder, &self.repository, home.as_deref(), &shown)
    }

    /// What the commands of the repository add to the matrix.
    fn flags(
        &self,
        ingredients: &Ingredients<'_>,
        cells: &[Cell],
        workspace: &Workspace,
    ) -> Result<Flags, BuildProblem> {
        let folders = flags::folders(&self.repository, &self.folder, ingredients.members);
        let shown = |path: &Path| self.shown(path);
        let (files, unreadable) = flags::read_files(&folders, &shown);
        let mut found = flags::scan(&files, ingredients, cells, &workspace.conditions)?;
        found.unclear.extend(unreadable);
        Ok(found)
    }

    fn manifests(&self, members: &[Member]) -> Vec<Manifest> {
        let root = self.folder.join("Cargo.toml");
        let mut paths: Vec<&Path> = members
            .iter()
            .map(|member| member.manifest.as_path())
            .collect();
        if !paths.contains(&root.as_path()) {
            paths.push(&root);
        }
        let manifests = paths.into_iter().filter_map(|path| {
            let text = fs::read_to_string(path).ok()?;
            Some(Manifest::read(&Arc::new(SourceText::new(self.shown(path), text))))
        });
        manifests.collect()
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

/// The configuration that Cargo is given, in a file that is gone when this is dropped.
fn write_configuration(
    configuration: &RepositoryConfiguration,
) -> Result<Option<NamedTempFile>, BuildProblem> {
    if configuration.handed_on.is_empty() {
        return Ok(None);
    }
    let write = || {
        let mut file = tempfile::Builder::new().suffix(".toml").tempfile()?;
        file.write_all(configuration.handed_on.as_bytes())?;
        file.flush()?;
        Ok(file)
    };
    let written: std::io::Result<NamedTempFile> = write();
    let refuse = |error: std::io::Error| BuildProblem::Refused { said: error.to_string() };
    written.map(Some).map_err(refuse)
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

/// Applies a function to every item, several at a time, and keeps their order.
fn in_parallel<T: Sync, R: Send>(items: &[T], apply: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let available = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = available.min(MOST_WORKERS).min(items.len());
    let work = || {
        let mut done = Vec::new();
        loop {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(position) else {
                return done;
            };
            done.push((position, apply(item)));
        }
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            // A cell that is missing would look like one in which nothing is built.
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(position, _)| *position);
    done.into_iter().map(|(_, result)| result).collect()
}
