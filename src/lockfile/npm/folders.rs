//! Which installed folder a dependency resolves to, by the rule of Node.js ("Loading from
//! `node_modules` folders"): from the folder of the dependent upwards.

use std::collections::HashMap;

use super::packages::plain_folder;
use crate::lockfile::PackageIndex;

/// npm writes links to folders. A link to a link is followed so far, and a circle leads nowhere.
const MOST_LINKS: usize = 8;

/// The folders that a lockfile of npm lists, and what is in them.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    by_folder: HashMap<String, Place>,
}

#[derive(Clone, Debug)]
enum Place {
    Package(PackageIndex),
    Link(String),
}

impl Folders {
    /// A package lies in a folder.
    pub(super) fn add_package(&mut self, folder: String, package: PackageIndex) {
        self.by_folder.insert(folder, Place::Package(package));
    }

    /// A folder is a link to another one.
    pub(super) fn add_link(&mut self, folder: String, target: String) {
        self.by_folder.insert(folder, Place::Link(target));
    }

    /// The package that lies in a folder. A link is none.
    pub(super) fn package_in(&self, folder: &str) -> Option<PackageIndex> {
        match self.by_folder.get(folder)? {
            Place::Package(package) => Some(*package),
            Place::Link(_) => None,
        }
    }

    /// The package that code in the folder `dependent` gets under a name.
    pub(super) fn resolve(&self, dependent: &str, name: &str) -> Option<PackageIndex> {
        let mut folder = dependent;
        let mut candidate = String::with_capacity(dependent.len() + name.len() + 14);
        loop {
            candidate.clear();
            candidate.push_str(folder);
            if !folder.is_empty() {
                candidate.push('/');
            }
            candidate.push_str("node_modules/");
            candidate.push_str(name);
            if let Some(place) = self.by_folder.get(&candidate) {
                return self.follow(place);
            }
            if folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
    }

    /// A link points to a folder of the same lockfile; one that points elsewhere leads nowhere
    /// here, and what it leads to is no package of a registry.
    fn follow(&self, place: &Place) -> Option<PackageIndex> {
        let mut place = place;
        for _ in 0..=MOST_LINKS {
            match place {
                Place::Package(index) => return Some(*index),
                Place::Link(target) => place = self.by_folder.get(&*plain_folder(target))?,
            }
        }
        None
    }
}

/// The next folder up in which `node_modules` is looked for: never inside `node_modules` itself.
fn parent(folder: &str) -> &str {
    let up = folder.rfind('/').map_or("", |slash| &folder[..slash]);
    match up.strip_suffix("node_modules") {
        Some(above) => above.trim_end_matches('/'),
        None => up,
    }
}
