//! Where packages are installed: a tree of names, in which whoever depends on a name gets the package that
//! lies nearest above (Bun source, `install/lockfile`, `find_resolution`).

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::lockfile::PackageIndex;
use crate::lockfile::node::name;

/// The longest key that Bun reads, in bytes (Bun source, `PathBuffer` on Linux).
pub(super) const LONGEST_KEY: usize = 4096;

/// The position of a place in [`Tree::places`].
pub(super) type PlaceIndex = usize;

/// The top of the tree, where the root project looks.
pub(super) const TOP: PlaceIndex = 0;

pub(super) struct Tree<'text> {
    places: Vec<Place>,
    below: HashMap<(PlaceIndex, &'text str), PlaceIndex, RandomState>,
    /// What lies where something else lies already.
    doubles: HashMap<PlaceIndex, Vec<PackageIndex>>,
}

#[derive(Clone, Copy)]
struct Place {
    above: PlaceIndex,
    package: Option<PackageIndex>,
}

impl<'text> Tree<'text> {
    pub(super) fn for_about(packages: usize) -> Self {
        let mut places = Vec::with_capacity(packages + 1);
        places.push(Place { above: TOP, package: None });
        let below = HashMap::with_capacity_and_hasher(packages, RandomState::default());
        Self { places, below, doubles: HashMap::new() }
    }

    /// The place of a path of names, which is made if nothing lies there yet. `None` where the text is no
    /// such path.
    pub(super) fn place(&mut self, path: &'text str) -> Option<PlaceIndex> {
        let mut place = TOP;
        for name in names(path)? {
            let next = self.places.len();
            let found = *self.below.entry((place, name)).or_insert(next);
            if found == next {
                self.places.push(Place { above: place, package: None });
            }
            place = found;
        }
        Some(place)
    }

    /// Puts a package in a place. Gives what lies there already.
    pub(super) fn put(&mut self, place: PlaceIndex, package: PackageIndex) -> Option<PackageIndex> {
        let first = self.places[place].package;
        if first.is_some() {
            self.doubles.entry(place).or_default().push(package);
        } else {
            self.places[place].package = Some(package);
        }
        first
    }

    pub(super) fn package_at(&self, place: PlaceIndex) -> Option<PackageIndex> {
        self.places[place].package
    }

    pub(super) fn above(&self, place: PlaceIndex) -> PlaceIndex {
        self.places[place].above
    }

    /// What whoever lies in a place gets under a name: nothing, or one package, or all that lie in one place.
    pub(super) fn resolve(
        &self,
        from: PlaceIndex,
        name: &str,
    ) -> impl Iterator<Item = PackageIndex> + use<'_> {
        let found = self.nearest(from, name);
        let first = found.and_then(|place| self.places[place].package);
        let doubles = found.and_then(|place| self.doubles.get(&place));
        first.into_iter().chain(doubles.into_iter().flatten().copied())
    }

    fn nearest(&self, from: PlaceIndex, name: &str) -> Option<PlaceIndex> {
        let mut place = from;
        loop {
            let found = self.below.get(&(place, name)).copied();
            if let Some(found) = found.filter(|found| self.places[*found].package.is_some()) {
                return Some(found);
            }
            if place == TOP {
                return None;
            }
            place = self.places[place].above;
        }
    }
}

/// The names in a path, of which those with a scope have two parts: `a/@s/b`. `None` where one of them is
/// none.
fn names(path: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = Some(path);
    while let Some(path) = rest {
        let mut slashes = path.match_indices('/').map(|(at, _)| at);
        let own = usize::from(path.starts_with('@'));
        let end = slashes.nth(own);
        let (name, below) = end.map_or((path, None), |end| (&path[..end], Some(&path[end + 1..])));
        if !name::is_valid(name) {
            return None;
        }
        names.push(name);
        rest = below;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_of_names() {
        for (path, expected) in [
            ("a", &["a"][..]),
            ("@s/a", &["@s/a"]),
            ("a/b", &["a", "b"]),
            ("a/@s/b", &["a", "@s/b"]),
            ("@s/a/b", &["@s/a", "b"]),
            ("@s/a/@t/b/c", &["@s/a", "@t/b", "c"]),
        ] {
            assert_eq!(names(path).unwrap(), expected, "{path}");
        }
        for path in
            ["", "/", "a/", "/a", "a//b", "@s", "a/@s", "a@1.0.0", "@s/a@1.0.0", "../a", "a/."]
        {
            assert_eq!(names(path), None, "{path}");
        }
    }

    #[test]
    fn the_nearest_package_above_answers() {
        let mut tree = Tree::for_about(4);
        let mut put = |path, package| {
            let place = tree.place(path).unwrap();
            assert_eq!(tree.put(place, package), None);
            place
        };
        put("x", 0);
        let a = put("a", 1);
        put("a/x", 2);
        let b = put("a/b", 3);
        // Nothing lies in the place of a name that only others are under.
        let empty = tree.place("x/y").unwrap();
        let resolve = |from, name| tree.resolve(from, name).collect::<Vec<_>>();
        assert_eq!(resolve(TOP, "x"), [0]);
        assert_eq!(resolve(a, "x"), [2]);
        assert_eq!(resolve(b, "x"), [2]);
        assert_eq!(resolve(b, "a"), [1]);
        assert_eq!(resolve(empty, "x"), [0]);
        assert!(resolve(TOP, "b").is_empty());
        assert!(resolve(empty, "y").is_empty());
    }
}
