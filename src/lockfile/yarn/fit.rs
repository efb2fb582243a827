//! Whether a `yarn.lock` fits the manifests of its projects. Where it does not, Yarn refuses to install or
//! installs something else (Yarn documentation, "yarn install", `--immutable`; Yarn 1 documentation,
//! "yarn install", `--frozen-lockfile`).

use crate::lockfile::node::fit::{misfit, nothing};
use crate::lockfile::node::package_json::Table;
use crate::lockfile::node::projects::Projects;
use crate::lockfile::{Lockfile, tool};
use crate::problem::Gap;

/// What the manifests of the projects ask for and the lockfile has no entry for. `is_locked` says whether it
/// has one, for the project in a folder.
pub(super) fn misfits(
    lockfile: &Lockfile,
    projects: &Projects,
    is_locked: impl Fn(&str, &str, &str) -> bool,
) -> Vec<Gap> {
    let tool = lockfile.format.tool();
    let precedence = if *tool == tool::YARN_CLASSIC {
        [Table::OptionalDependencies, Table::Dependencies, Table::DevDependencies]
    } else {
        [Table::DevDependencies, Table::OptionalDependencies, Table::Dependencies]
    };
    let has_manifest = projects.manifest("").is_some();
    if lockfile.locked() == 0 && !has_manifest {
        return vec![nothing(lockfile)];
    }
    let mut gaps = Vec::new();
    for (folder, manifest) in projects.all() {
        let asked = manifest.by_name(&Table::INSTALLED);
        for ((table, name), dependency) in &asked {
            let Some(wish) = dependency.specifier.as_deref() else {
                continue;
            };
            // Of one name in several tables one counts.
            let before = precedence.iter().take_while(|other| *other != table);
            let is_elsewhere = || before.clone().any(|other| asked.contains_key(&(*other, *name)));
            if !is_locked(folder, name, wish) && !is_elsewhere() {
                let locked = format!("{} locks nothing for that", lockfile.source.path);
                gaps.push(misfit(tool, &manifest.location(&dependency.name), name, wish, &locked));
            }
        }
    }
    gaps
}
