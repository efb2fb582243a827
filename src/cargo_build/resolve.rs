//! Resolves what the workspace of one lockfile builds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::matrix::{Ingredients, Member};
use super::project::Project;
use super::simulation::simulate;
use super::toolchain::{BuildEnvironment, Toolchain};
use super::tripwire::{SearchResult, SearchTerms};
use super::workspace::Workspace;
use super::{
    BuildProblem, BuiltPackages, Cell, CellFeatures, FeatureName, Narrower, Outside, PackageKey,
    Purpose, ResolvedBuilds, ResolvedCell, Target, carriers, tree,
};
use crate::lockfile::Lockfile;
use crate::lockfile::tool::CARGO;
use crate::parallel::in_parallel;
use crate::policy::CargoPolicy;
use crate::problem::{Location, SourceText};

/// The inputs of a resolution.
#[derive(Clone, Copy, Debug)]
pub struct BuildRequest<'run> {
    pub lockfile: &'run Lockfile,
    pub path: &'run Path,
    pub policy: &'run CargoPolicy,
    /// The complete text of the policy.
    pub policy_text: Option<&'run SourceText>,
    /// The environment for Cargo.
    pub environment: &'run BuildEnvironment,
    /// The optional parts of the result.
    pub detail: Detail,
}

/// Optional parts of the result, which take time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// The results of narrower declarations.
    pub narrower: bool,
    /// Which dependencies of build scripts may leave something in the program.
    pub carriers: bool,
}

/// Resolves every cell of the matrix. Reads files and runs Cargo; nothing of the project is executed.
pub fn resolve(request: &BuildRequest<'_>) -> Result<ResolvedBuilds, BuildProblem> {
    let project = Project::of(request.path, &request.lockfile.source.path)?;
    let toolchain = Toolchain::find(request.environment, &project.repository)?;
    let mut configuration = project.configuration(request.environment)?;
    let handed_on = Project::write_configuration(&configuration)?;
    let asking =
        CargoResolution { project: &project, toolchain: &toolchain, handed_on: handed_on.as_ref() };
    let workspace =
        Workspace::ask(&mut asking.command("metadata"), &project.lockfile, &project.folder)?;
    check_locked(&workspace.packages(), request.lockfile)?;
    let members = workspace.members();
    let machine = configuration.ordered.is_empty().then_some(toolchain.host.as_str());
    configuration.add(project.member_configurations(&members, request.environment)?);
    let ingredients = Ingredients {
        policy: request.policy,
        members: &members,
        ordered: &configuration.ordered,
        environment: request.environment.target.as_deref(),
        flags_reach_all: workspace.flags_reach_all,
    };
    let declared = ingredients.cells()?;
    let wanted = SearchTerms::new(&ingredients, &declared, &workspace.features, machine);
    let mut found = project.look_through(&ingredients, &wanted, request.policy_text);
    asking.keep_buildable(&mut found, &declared, &members)?;
    let plan = CellPlan::new(request, &ingredients, declared, &found, &toolchain.host);
    let resolved = asking.resolve_cells(&workspace, &plan.all(), &members)?;
    for cell in &resolved {
        check_locked(&cell.cargo.packages.keys().cloned().collect(), request.lockfile)?;
    }
    let manifests = project.manifests(&members);
    let mut builds = ResolvedBuilds {
        host: toolchain.host.clone(),
        is_declared: request.policy.is_narrow() || !request.policy.scripts.is_empty(),
        manifests,
        ships_development: found.development.clone(),
        idle_ignores: idle_ignores(request.policy, &found),
        ..plan.fill_in(resolved, &found)
    };
    if request.detail.carriers {
        builds.carriers = carriers::look(&workspace, &builds);
        builds.asked_of_carriers = true;
    }
    (builds.declared, builds.requirements) = (workspace.features, workspace.requirements);
    Ok(builds)
}

/// Lines that a person declared harmless, but that ask for nothing.
fn idle_ignores(policy: &CargoPolicy, found: &SearchResult) -> Vec<Location> {
    let entries = policy.ignored.iter().enumerate();
    let idle = entries.filter(|(position, _)| !found.answered.contains(position));
    idle.map(|(_, entry)| entry.location.clone()).collect()
}

/// The lines of commands that ship development builds, in the repository of the workspace whose
/// lockfile is at `path`; `shown` is its path for messages. Reads files and does not start Cargo.
pub fn ships_development(
    path: &Path,
    shown: &str,
    declared: &CargoPolicy,
    policy: Option<&SourceText>,
) -> Vec<Location> {
    let project = Project::of(path, shown);
    match project {
        Ok(project) => project.development_lines(declared, policy),
        // The search failed, so assume that such a line exists.
        Err(_) => vec![Location { file: shown.to_owned(), line: 1 }],
    }
}

/// The cells to resolve, part by part.
struct CellPlan {
    /// What ships: the declared cells, and those that lines certainly build.
    shipped: Vec<Cell>,
    /// Everything that lines outside of the declaration could build.
    outside: Vec<Cell>,
    /// The cells of narrower declarations.
    narrower: Vec<(String, Cell)>,
}

impl CellPlan {
    fn new(
        request: &BuildRequest<'_>,
        ingredients: &Ingredients<'_>,
        declared: Vec<Cell>,
        found: &SearchResult,
        host: &str,
    ) -> Self {
        let outside = found.outside_cells(ingredients, &declared);
        let is_advised = request.detail.narrower && !request.policy.is_narrow();
        let narrower = declared.first().filter(|_| is_advised).map(|cell| narrower(cell, host));
        let further = found.further_cells(ingredients, &declared);
        let shipped = declared.into_iter().chain(further).collect();
        Self { shipped, outside, narrower: narrower.unwrap_or_default() }
    }

    fn all(&self) -> Vec<Cell> {
        let narrower = self.narrower.iter().map(|(_, cell)| cell);
        self.shipped.iter().chain(&self.outside).chain(narrower).cloned().collect()
    }

    /// Distributes the resolved cells to the parts.
    fn fill_in(self, resolved: Vec<ResolvedCell>, found: &SearchResult) -> ResolvedBuilds {
        let mut resolved = resolved.into_iter();
        let mut take = |cells: usize| -> Vec<ResolvedCell> {
            resolved.by_ref().take(Purpose::ALL.len() * cells).collect()
        };
        let cells = take(self.shipped.len());
        let (asks, files) = (found.asks.clone(), found.files);
        let outside = Outside { asks, files, cells: take(self.outside.len()) };
        let narrower = self
            .narrower
            .into_iter()
            .map(|(declaration, _)| Narrower { declaration, cells: take(1) });
        let narrower = narrower.collect();
        ResolvedBuilds { cells, outside, narrower, ..ResolvedBuilds::default() }
    }
}

/// Declarations that are often true, starting with the least restrictive.
fn narrower(everything: &Cell, host: &str) -> Vec<(String, Cell)> {
    let targets = format!("targets = [\"{host}\"]");
    let features = "features = { default = true }";
    let on_host = Cell { target: Target::Triple(host.to_owned()), ..everything.clone() };
    let default = Cell { features: CellFeatures::DEFAULT, ..everything.clone() };
    let both = Cell { features: CellFeatures::DEFAULT, ..on_host.clone() };
    vec![
        (format!("`{targets}`"), on_host),
        (format!("`{features}`"), default),
        (format!("`{targets}` and `{features}`"), both),
    ]
}

/// The beginning of Cargo's error if a feature needs a package that is not locked.
const NOT_LOCKED: &str = "no matching package named";

/// The inputs for asking Cargo about a workspace.
struct CargoResolution<'run> {
    project: &'run Project,
    toolchain: &'run Toolchain,
    handed_on: Option<&'run NamedTempFile>,
}

impl CargoResolution<'_> {
    fn command(&self, subcommand: &str) -> Command {
        let mut command = self.toolchain.cargo(subcommand);
        command.arg("--manifest-path").arg(self.project.folder.join(CARGO.manifest));
        if let Some(file) = self.handed_on {
            command.arg("--config").arg(file.path());
        }
        command
    }

    /// Removes features of dependencies that need a package which is not locked: no build from
    /// this lockfile has them enabled.
    fn keep_buildable(
        &self,
        found: &mut SearchResult,
        cells: &[Cell],
        members: &[Member],
    ) -> Result<(), BuildProblem> {
        let Some(cell) = cells.first().filter(|_| !found.of_dependencies.is_empty()) else {
            return Ok(());
        };
        let is_buildable = |names: &[&FeatureName]| {
            let of_dependencies = names.iter().map(|name| (*name).clone()).collect();
            let cell = Cell { of_dependencies, ..cell.clone() };
            let mut command = self.command("tree");
            let asked = tree::ask(&mut command, &[&cell], &ids(&cell, members), Purpose::Shipping);
            match asked {
                Ok(_) => Ok(true),
                Err(BuildProblem::Refused { message }) if message.starts_with(NOT_LOCKED) => {
                    Ok(false)
                }
                Err(problem) => Err(problem),
            }
        };
        let all: Vec<&FeatureName> = found.of_dependencies.keys().collect();
        if is_buildable(&all)? {
            return Ok(());
        }
        let single = in_parallel(&all, |name| is_buildable(&[*name]));
        let mut kept = BTreeSet::new();
        for (name, is_kept) in all.into_iter().zip(single) {
            if is_kept? {
                kept.insert(name.clone());
            }
        }
        found.of_dependencies.retain(|name, _| kept.contains(name));
        Ok(())
    }

    /// Both resolvers' answers about every cell, for every purpose in turn.
    ///
    /// Cells that ship are resolved by Cargo for each target separately: for several targets at once Cargo
    /// would unify the features over them. Development is resolved once for all targets that are built alike
    /// if the simulation of the single targets sees no less, and otherwise for each.
    fn resolve_cells(
        &self,
        workspace: &Workspace,
        cells: &[Cell],
        members: &[Member],
    ) -> Result<Vec<ResolvedCell>, BuildProblem> {
        let alike = alike(cells);
        let shipping = (0..cells.len()).map(|cell| (Purpose::Shipping, vec![cell]));
        let development = alike.iter().map(|cells| (Purpose::Development, cells.clone()));
        // The larger tasks first, so that none is left for the end.
        let tasks: Vec<(Purpose, Vec<usize>)> = development.chain(shipping).collect();
        let resolved = in_parallel(&tasks, |(purpose, positions)| {
            let cells: Vec<&Cell> = positions.iter().filter_map(|at| cells.get(*at)).collect();
            self.resolve_alike(workspace, *purpose, &cells, members)
        });
        let mut placed: BTreeMap<(usize, Purpose), ResolvedCell> = BTreeMap::new();
        let of_shipping = |task: &&(&(Purpose, Vec<usize>), _)| task.0.0 == Purpose::Shipping;
        let done: Vec<_> = tasks.iter().zip(resolved).collect();
        // An error about a target is best reported for shipping.
        if let Some((_, Err(problem))) = done
            .iter()
            .filter(|task| of_shipping(&&(task.0, ())))
            .find(|(_, result)| result.is_err())
        {
            return Err(problem.clone());
        }
        for ((purpose, positions), result) in done {
            placed.extend(positions.iter().map(|at| (*at, *purpose)).zip(result?));
        }
        Ok(placed.into_values().collect())
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
        let ask = |cells: &[&Cell]| tree::ask(&mut self.command("tree"), cells, &ids, purpose);
        let together = Arc::new(ask(cells)?);
        let mut resolved = Vec::new();
        for cell in cells {
            let simulated = simulate(workspace, cell, &self.toolchain.host, purpose)?;
            let (cell, cargo) = ((*cell).clone(), Arc::clone(&together));
            resolved.push(ResolvedCell { cell, purpose, cargo, simulated });
        }
        if cells.len() > 1 && !is_within(&together.packages, &united(&resolved)) {
            for (resolved, cell) in resolved.iter_mut().zip(cells) {
                resolved.cargo = Arc::new(ask(&[cell])?);
            }
        }
        Ok(resolved)
    }
}

/// Whether everything in `less` is also in `more`.
fn is_within(less: &BuiltPackages, more: &BuiltPackages) -> bool {
    less.iter()
        .all(|(package, features)| more.get(package).is_some_and(|known| features.is_subset(known)))
}

/// Everything that the simulation sees in any of the cells.
fn united(cells: &[ResolvedCell]) -> BuiltPackages {
    let mut all = BuiltPackages::new();
    for (package, features) in cells.iter().flat_map(|cell| &cell.simulated.packages) {
        all.entry(package.clone()).or_default().extend(features.iter().cloned());
    }
    all
}

/// Groups cells that differ only in the triples of their targets, by position.
fn alike(cells: &[Cell]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (position, cell) in cells.iter().enumerate() {
        let is_alike = |group: &&mut Vec<usize>| {
            let first = group.first().and_then(|first| cells.get(*first));
            first.is_some_and(|first| first.is_like(cell) && first.target.triple().is_some())
        };
        let mut known = groups.iter_mut().filter(|_| cell.target.triple().is_some());
        match known.find(is_alike) {
            Some(group) => group.push(position),
            None => groups.push(vec![position]),
        }
    }
    groups
}

/// The identifiers of the members to build; empty if all of them are.
fn ids(cell: &Cell, members: &[Member]) -> Vec<String> {
    let is_built = |member: &&Member| cell.builds_member(&member.name);
    if members.iter().all(|member| is_built(&member)) {
        return Vec::new();
    }
    members.iter().filter(is_built).map(|member| member.id.clone()).collect()
}

/// All of Cargo's packages must be locked: if a package had another name in the lockfile, it
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
