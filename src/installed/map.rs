//! Which packages code sees where a map says it, and not the folders around it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use smol_str::SmolStr;

/// The folders that each name stands for.
pub(super) type Names = BTreeMap<SmolStr, BTreeSet<PathBuf>>;

/// What packages and projects see, by their folders, which have no links. Where nothing is installed by a
/// map it is empty.
///
/// A package that is installed once for several sets of neighbours sees all of them.
#[derive(Debug, Default)]
pub(super) struct PackageMap {
    seen: BTreeMap<PathBuf, Names>,
    /// What those see whose own names have no folder for a name.
    fallback: Names,
    /// The folders of those who see nothing but their own.
    strict: BTreeSet<PathBuf>,
}

impl PackageMap {
    /// Adds a package or project that may load others.
    pub(super) fn add(&mut self, folder: &Path) -> &mut Names {
        self.seen.entry(folder.to_owned()).or_default()
    }

    /// Adds a folder for a name that stands for it wherever nothing else does.
    pub(super) fn add_fallback(&mut self, name: &str, folder: PathBuf) {
        self.fallback.entry(name.into()).or_default().insert(folder);
    }

    /// Adds to what a folder sees under a name what all see under it.
    pub(super) fn add_what_all_see(&mut self, folder: &Path, name: &str) {
        if let Some(all) = self.fallback.get(name) {
            let own = self.seen.entry(folder.to_owned()).or_default();
            own.entry(name.into()).or_default().extend(all.iter().cloned());
        }
    }

    /// Lets a package or project see no more than what was added for it.
    pub(super) fn restrict(&mut self, folder: &Path) {
        self.strict.insert(folder.to_owned());
    }

    /// The folders that a name may stand for in a file or folder.
    pub(super) fn named(&self, from: &Path, name: &str) -> impl Iterator<Item = &Path> {
        let own = self.names_of(from).and_then(|(_, names)| names.get(name));
        let fallback = || self.fallback_of(from)?.get(name);
        own.or_else(fallback).into_iter().flatten().map(PathBuf::as_path)
    }

    /// The folders of all that code in a file or folder may load by a name.
    pub(super) fn visible_from(&self, from: &Path) -> impl Iterator<Item = &Path> {
        let own = self.names_of(from).map(|(_, names)| names);
        let names = own.into_iter().chain(self.fallback_of(from));
        names.flat_map(BTreeMap::values).flatten().map(PathBuf::as_path)
    }

    /// Every name with the folders that it stands for somewhere.
    pub(super) fn names(&self) -> impl Iterator<Item = (&SmolStr, &PathBuf)> {
        let all = self.seen.values().chain([&self.fallback]).flatten();
        all.flat_map(|(name, folders)| folders.iter().map(move |folder| (name, folder)))
    }

    /// What lies in no package or project sees what everybody sees.
    fn fallback_of(&self, from: &Path) -> Option<&Names> {
        let owner = self.names_of(from);
        owner.is_none_or(|(folder, _)| !self.strict.contains(folder)).then_some(&self.fallback)
    }

    fn names_of(&self, from: &Path) -> Option<(&Path, &Names)> {
        let (folder, names) = from.ancestors().find_map(|it| self.seen.get_key_value(it))?;
        Some((folder, names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> PackageMap {
        let mut map = PackageMap::default();
        for (folder, name, target) in [
            ("/app", "glim", "/s/glim"),
            ("/app/lib", "glim", "/s/glim-2"),
            ("/s/glim", "rust", "/s/rust"),
        ] {
            map.add(Path::new(folder)).entry(name.into()).or_default().insert(target.into());
        }
        map.add_fallback("glim", "/s/glim".into());
        map.add_fallback("lefty", "/s/lefty".into());
        map.restrict(Path::new("/app/lib"));
        map
    }

    #[test]
    fn a_name_stands_for_what_the_innermost_owner_sees_and_else_for_what_all_see() {
        let map = map();
        for (from, name, expected) in [
            ("/app/src/x.js", "glim", &["/s/glim"][..]),
            ("/app/lib/x.js", "glim", &["/s/glim-2"]),
            ("/app/lib/x.js", "lefty", &[]),
            ("/s/glim/x.js", "rust", &["/s/rust"]),
            ("/s/glim/x.js", "lefty", &["/s/lefty"]),
            ("/other/x.js", "lefty", &["/s/lefty"]),
            ("/app/x.js", "rust", &[]),
        ] {
            let found: Vec<&Path> = map.named(Path::new(from), name).collect();
            let expected: Vec<&Path> = expected.iter().map(Path::new).collect();
            assert_eq!(found, expected, "{name} from {from}");
        }
    }

    #[test]
    fn what_is_visible_is_all_that_a_name_may_stand_for() {
        let map = map();
        for (from, expected) in [
            ("/app/lib/x.js", &["/s/glim-2"][..]),
            ("/s/glim/x.js", &["/s/glim", "/s/lefty", "/s/rust"]),
        ] {
            let found: BTreeSet<&Path> = map.visible_from(Path::new(from)).collect();
            let expected: BTreeSet<&Path> = expected.iter().map(Path::new).collect();
            assert_eq!(found, expected, "{from}");
        }
    }
}
