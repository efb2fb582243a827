//! Packages in the archives of others. Bun locks for them what a registry has, and installs what lies in
//! the archive: nobody can tell the version from the lockfile.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::lockfile::{DependencyKind, Lockfile, MissingDependency, MissingReason, PackageIndex};
use crate::source::PackageSource;

/// A package in the archive of another one.
#[derive(Clone, Copy)]
pub(super) struct Bundled {
    pub(super) by: PackageIndex,
    pub(super) package: PackageIndex,
}

/// Notes what lies in archives: what entries say to be there, and whatever that depends on, which Bun does
/// not say to be there.
pub(super) fn note(lockfile: &mut Lockfile, bundled: &[Bundled]) {
    if bundled.is_empty() {
        return;
    }
    let mut needs: HashMap<PackageIndex, Vec<PackageIndex>> = HashMap::new();
    let comes_along = |kind| matches!(kind, DependencyKind::Normal | DependencyKind::Optional);
    for edge in lockfile.edges.iter().filter(|edge| comes_along(edge.kind)) {
        needs.entry(edge.from).or_default().push(edge.to);
    }
    // One mention is enough: what is known about a name is asked once.
    let mut seen: BTreeSet<PackageIndex> = lockfile.roots.iter().copied().collect();
    let mut left: VecDeque<Bundled> = bundled.iter().copied().collect();
    while let Some(Bundled { by, package }) = left.pop_front() {
        if !seen.insert(package) {
            continue;
        }
        let locked = &lockfile.packages[package];
        let name = locked.id.name.clone();
        let is_of_registry = !matches!(locked.source, PackageSource::Git(_) | PackageSource::Local);
        let registry_name = is_of_registry.then(|| name.clone());
        lockfile.missing.push(MissingDependency {
            from: by,
            name: name.to_string(),
            reason: MissingReason::Bundled(registry_name),
        });
        let needed = needs.get(&package).into_iter().flatten();
        left.extend(needed.map(|package| Bundled { by, package: *package }));
    }
}
