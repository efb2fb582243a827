//! Whether a `yarn.lock` fits the manifests of its projects. Where it does not, Yarn refuses to install or
//! installs something else (Yarn documentation, "yarn install", `--immutable`; Yarn 1 documentation,
//! "yarn install", `--frozen-lockfile`).

use crate::lockfile::Lockfile;
use crate::lockfile::node::package_json::Table;
use crate::lockfile::node::projects::Projects;
use crate::lockfile::tool::Tool;
use crate::problem::{Gap, GapCode, Location};

/// What the manifests of the projects ask for and the lockfile has no entry for. `is_locked` says whether it
/// has one, for the project in a folder.
pub(super) fn misfits(
    lockfile: &Lockfile,
    projects: &Projects,
    is_locked: impl Fn(&str, &str, &str) -> bool,
) -> Vec<Gap> {
    let tool = lockfile.format.tool();
    let has_manifest = projects.manifest("").is_some();
    if lockfile.locked() == 0 && !has_manifest {
        return vec![nothing(lockfile, tool)];
    }
    let mut gaps = Vec::new();
    for (folder, manifest) in projects.all() {
        let asked = manifest.by_name(&Table::INSTALLED);
        for ((table, name), dependency) in &asked {
            let Some(wish) = dependency.specifier.as_deref() else {
                continue;
            };
            let mut others = Table::INSTALLED.iter().filter(|other| *other != table);
            let is_elsewhere = others.any(|other| asked.contains_key(&(*other, *name)));
            if !is_elsewhere && !is_locked(folder, name, wish) {
                gaps.push(misfit(lockfile, tool, &manifest.location(&dependency.name), name, wish));
            }
        }
    }
    gaps
}

fn misfit(lockfile: &Lockfile, tool: &Tool, place: &Location, name: &str, wish: &str) -> Gap {
    let shown = if wish.is_empty() { "*" } else { wish };
    Gap::new(
        GapCode::LockfileOutdated,
        format!(
            "{place}: `{name}` is asked for as `{}`, and {} locks nothing for that, so that {} would \
             install something else",
            shown.escape_debug(),
            lockfile.source.path,
            tool.word
        ),
        tool.bring_up_to_date(),
    )
}

/// A lockfile that locks nothing, and no manifest beside it that says that there is nothing to lock.
fn nothing(lockfile: &Lockfile, tool: &Tool) -> Gap {
    let path = &lockfile.source.path;
    Gap::new(
        GapCode::NothingToCheck,
        format!(
            "{path}: the lockfile locks no package, and no package.json beside it asks for none"
        ),
        format!("{}; or leave it out with `[lockfiles] exclude` in the policy", tool.write_again()),
    )
}
