//! What packages ask of those that they depend on, in any format of `yarn.lock`: the lockfile repeats it
//! for each of them, manifests say it for the projects, and `resolutions` of the root count in place of
//! both.

use std::collections::BTreeSet;

use super::resolutions::Resolutions;
use crate::lockfile::node::package_json::PackageJson;
use crate::lockfile::node::projects::Projects;
use crate::lockfile::{Dependents, Lockfile, PackageIndex, Requirement};
use crate::problem::Location;

/// Something that is asked for under a name.
pub(super) struct Wish<'text> {
    pub(super) from: PackageIndex,
    pub(super) to: PackageIndex,
    pub(super) name: &'text str,
    pub(super) table: &'static str,
    pub(super) range: &'text str,
    pub(super) location: Location,
}

/// What every dependent asks of some packages.
pub(super) fn dependents<'text>(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    wishes: impl Iterator<Item = Wish<'text>>,
    root: Option<&PackageJson>,
) -> Dependents {
    let resolutions = Resolutions::of(root);
    let wanted: BTreeSet<PackageIndex> = packages.iter().copied().collect();
    let asked = wishes.filter(|wish| wanted.contains(&wish.to)).map(|wish| Requirement {
        from: wish.from,
        to: wish.to,
        key: wish.name.to_owned(),
        table: wish.table,
        versions: Some(plain(wish.range).to_owned()),
        location: wish.location,
        is_override: false,
        is_from_alias: false,
    });
    let mut requirements: Vec<Requirement> = asked.collect();
    for requirement in &mut requirements {
        let is_forced = !resolutions.of_name(&requirement.key).is_empty();
        if let Some(order) = root.filter(|_| is_forced) {
            force(lockfile, order, requirement);
        }
    }
    requirements.dedup();
    let overridden = resolutions.names().map(str::to_owned).collect();
    Dependents { requirements, overridden, ..Dependents::default() }
}

/// Puts the order of the root in place of what is asked for.
fn force(lockfile: &Lockfile, root: &PackageJson, requirement: &mut Requirement) {
    let about = |pattern: &str| pattern.trim_start_matches("**/") == requirement.key;
    let plain_rule = root.resolutions.iter().find(|rule| about(&rule.pattern.text));
    let project = lockfile.roots.first().copied().unwrap_or_default();
    requirement.from = project;
    requirement.is_override = true;
    // Which of several limited rules counts is left open.
    requirement.versions = plain_rule.map(|rule| plain(&rule.reference).to_owned());
    requirement.table = if plain_rule.is_some() { "resolutions" } else { "" };
    let pattern = plain_rule.or(root.resolutions.first()).map(|rule| &rule.pattern);
    if let Some(pattern) = pattern {
        requirement.location = root.location(pattern);
    }
}

/// What the manifests of projects ask for.
pub(super) fn of_manifests<'text>(
    lockfile: &'text Lockfile,
    projects: &'text Projects,
    resolve: impl Fn(&str, &str, &str) -> Option<PackageIndex> + 'text,
) -> impl Iterator<Item = Wish<'text>> {
    let folders = lockfile.roots.iter();
    let manifests = folders.filter_map(move |root| {
        let folder = lockfile.packages[*root].folder.as_deref()?;
        Some((*root, folder, projects.manifest(folder)?))
    });
    let asked = manifests.flat_map(|(root, folder, manifest)| {
        manifest.dependencies.iter().map(move |asked| (root, folder, manifest, asked))
    });
    asked.filter_map(move |(from, folder, manifest, asked)| {
        let range = asked.specifier.as_deref()?;
        let to = resolve(folder, &asked.name.text, range)?;
        Some(Wish {
            from,
            to,
            name: &asked.name.text,
            table: asked.table.key(),
            range,
            location: manifest.location(&asked.name),
        })
    })
}

/// A range of versions without the protocol that Yarn writes in front of all of them.
fn plain(range: &str) -> &str {
    match range.strip_prefix("npm:") {
        Some(versions) if !versions.get(1..).is_some_and(|rest| rest.contains('@')) => versions,
        _ => range,
    }
}
