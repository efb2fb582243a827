//! Whether a lockfile fits the manifests of its projects. Where it does not, `npm ci` refuses to
//! install and `npm install` installs something else (npm source, `arborist`, `dep-valid`).

use std::cell::OnceCell;
use std::collections::BTreeSet;

use nodejs_semver::{Range, Version};
use serde_json::{Map, Value};

use super::folders::{Folders, Seen};
use super::json_entries::entries;
use crate::lockfile::node::fit::{misfit, nothing};
use crate::lockfile::node::folder::is_outside;
use crate::lockfile::node::origin::alias;
use crate::lockfile::node::package_json::{self, PackageJson, Table};
use crate::lockfile::node::projects::Projects;
use crate::lockfile::{Lockfile, PackageIndex, tool};
use crate::problem::Gap;

/// Where the lockfile does not fit the manifests.
pub(super) fn misfits(lockfile: &Lockfile, folders: &Folders, projects: &Projects) -> Vec<Gap> {
    let own = projects.manifest("");
    let says_nothing =
        lockfile.packages.is_empty() || (lockfile.packages.len() == 1 && lockfile.omits_peers);
    let asks_for_nothing = |manifest: &PackageJson| {
        manifest.by_name(&Table::INSTALLED).is_empty() && manifest.workspaces.is_none()
    };
    let Some(own) = own.filter(|own| !says_nothing || asks_for_nothing(own)) else {
        return says_nothing.then(|| nothing(lockfile)).into_iter().collect();
    };
    let comparison = Comparison {
        lockfile,
        folders,
        workspaces: package_json::globs(own.workspaces.as_deref().unwrap_or_default()),
        overridden: own.overrides.as_ref().map(names_in).unwrap_or_default(),
        recorded: OnceCell::new(),
    };
    let roots = lockfile.roots.iter();
    let inside = roots.filter_map(|root| lockfile.packages[*root].folder.as_deref());
    inside
        .filter(|folder| !is_outside(folder))
        .filter_map(|folder| Some((folder, projects.manifest(folder)?)))
        .flat_map(|(folder, manifest)| comparison.misfits(folder, manifest))
        .collect()
}

/// What a lockfile repeats of the manifests: each project with its tables.
struct Recorded(Vec<(String, Map<String, Value>)>);

impl Recorded {
    fn of(lockfile: &Lockfile, folders: &Folders) -> Self {
        if lockfile.omits_peers {
            return Self(Vec::new());
        }
        let entries = entries(lockfile, folders, &|package| lockfile.roots.contains(&package));
        Self(entries.into_iter().map(|entry| (entry.folder, entry.table)).collect())
    }

    /// Whether the lockfile says that the project asks for exactly this. `None`: it says nothing about
    /// what projects ask for.
    fn says(&self, folder: &str, name: &str, wish: &str) -> Option<bool> {
        let (_, table) = self.0.iter().find(|(recorded, _)| recorded == folder)?;
        let mut wishes =
            Table::ALL.iter().filter_map(|kind| table.get(kind.key())?.get(name)?.as_str());
        Some(wishes.any(|recorded| recorded == wish))
    }
}

/// What the manifests are held against, and what the one of the root says about all of them.
struct Comparison<'run> {
    lockfile: &'run Lockfile,
    folders: &'run Folders,
    workspaces: Vec<glob::Pattern>,
    /// Names of which the root says what counts in place of what others ask.
    overridden: BTreeSet<String>,
    /// Read when it is first asked for: where everything fits nobody asks.
    recorded: OnceCell<Recorded>,
}

impl Comparison<'_> {
    fn misfits(&self, folder: &str, manifest: &PackageJson) -> Vec<Gap> {
        let is_member =
            folder.is_empty() || self.workspaces.iter().any(|pattern| pattern.matches(folder));
        let accepted = manifest.accept_dependencies.as_ref().map(names_in).unwrap_or_default();
        // Peer dependencies are left out: whether they have to fit is a setting of npm.
        let asked = manifest.by_name(&Table::INSTALLED);
        let mut gaps = Vec::new();
        for ((table, name), dependency) in &asked {
            // What a linked folder needs for its own development is not installed for it.
            let is_installed = *table != Table::DevDependencies || is_member;
            let mut others = Table::INSTALLED.iter().filter(|other| *other != table);
            let is_elsewhere = others.any(|other| asked.contains_key(&(*other, *name)));
            let counts = is_installed && !is_elsewhere && !accepted.contains(*name);
            let Some(wish) = dependency.specifier.as_deref().filter(|_| counts) else {
                continue;
            };
            let is_optional = *table == Table::OptionalDependencies;
            if let Some(locked) = self.misfit(folder, name, wish, is_optional) {
                let place = manifest.location(&dependency.name);
                gaps.push(misfit(&tool::NPM, &place, name, wish, &locked));
            }
        }
        gaps
    }

    /// What is locked where that does not fit.
    fn misfit(&self, folder: &str, name: &str, wish: &str, is_optional: bool) -> Option<String> {
        let said = || {
            let recorded = self.recorded.get_or_init(|| Recorded::of(self.lockfile, self.folders));
            recorded.says(folder, name, wish)
        };
        let seen = self.folders.seen_from(folder);
        let path = &self.lockfile.source.path;
        match seen.look_up(name) {
            // What leads out of the lockfile is told as that.
            Seen::LinkOut => None,
            // What the lockfile itself says to be asked for, and lacks, is told as that.
            Seen::Nothing => match said() {
                Some(true) => None,
                None if is_optional => None,
                Some(false) | None => Some(format!("{path} locks no {name}")),
            },
            Seen::Package(package) => {
                let fits = match fits(self.lockfile, package, wish) {
                    Some(true) => true,
                    Some(false) => self.overridden.contains(name),
                    None => said() != Some(false),
                };
                let id = &self.lockfile.packages[package].id;
                (!fits).then(|| format!("{} locks {id}", self.lockfile.location(package)))
            }
        }
    }
}

/// Whether a locked package is what is asked for. `None` where that cannot be told from both.
pub(super) fn fits(lockfile: &Lockfile, package: PackageIndex, wish: &str) -> Option<bool> {
    let locked = &lockfile.packages[package];
    let wish = wish.trim();
    if let Some((name, versions)) = alias(wish) {
        let is_it = locked.id.name == name;
        return if is_it { fits(lockfile, package, versions) } else { Some(false) };
    }
    if matches!(wish, "" | "*" | "x" | "X") {
        return Some(true);
    }
    if wish.contains([':', '/']) {
        return None;
    }
    let (Ok(range), Ok(version)) = (Range::parse(wish), Version::parse(&locked.id.version)) else {
        return None;
    };
    // A project of the same repository may be called by versions that it has not any more.
    match range.satisfies(&version) {
        false if lockfile.roots.contains(&package) => None,
        is_satisfied => Some(is_satisfied),
    }
}

/// Every name of a package in an object of objects whose keys are names, with or without a version.
fn names_in(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        for (key, value) in value.as_object().into_iter().flatten() {
            let end = key.rfind('@').filter(|position| *position > 0);
            names.insert(key[..end.unwrap_or(key.len())].to_owned());
            left.push(value);
        }
    }
    names
}
