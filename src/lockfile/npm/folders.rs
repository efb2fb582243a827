//! Which installed folder a dependency resolves to, by the rule of Node.js ("Loading from
//! `node_modules` folders"): from the folder of the dependent upwards.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use smol_str::SmolStr;

use super::place::plain_folder;
use crate::lockfile::PackageIndex;

/// npm writes links to folders. A link to a link is followed so far, and a circle leads nowhere.
const MOST_LINKS: usize = 8;

/// The folder in which packages are installed.
const MODULES: &str = "node_modules";

/// The folders that a lockfile of npm lists, as a tree, and what is in them.
///
/// A tree, and not a table by path: a dependency is looked for in every folder above its dependent,
/// and to spell out each of these paths takes time that is quadratic in their length.
#[derive(Clone, Debug)]
pub(super) struct Folders {
    /// The first one is the folder of the lockfile.
    folders: Vec<Folder>,
    /// Every link with its target, in the order of the file.
    links: Vec<(String, String)>,
}

type FolderIndex = usize;

#[derive(Clone, Debug, Default)]
struct Folder {
    above: Option<FolderIndex>,
    inside: HashMap<SmolStr, FolderIndex, RandomState>,
    place: Option<Place>,
}

#[derive(Clone, Debug)]
enum Place {
    Package(PackageIndex),
    Link(String),
}

impl Default for Folders {
    fn default() -> Self {
        Self { folders: vec![Folder::default()], links: Vec::new() }
    }
}

impl Folders {
    /// A package lies in a folder.
    pub(super) fn add_package(&mut self, folder: &str, package: PackageIndex) {
        let folder = self.add(folder);
        self.folders[folder].place = Some(Place::Package(package));
    }

    /// A folder is a link to another one.
    pub(super) fn add_link(&mut self, folder: &str, target: String) {
        self.links.push((folder.to_owned(), target.clone()));
        let folder = self.add(folder);
        self.folders[folder].place = Some(Place::Link(target));
    }

    fn add(&mut self, path: &str) -> FolderIndex {
        let mut folder = 0;
        for part in parts(path) {
            folder = match self.folders[folder].inside.get(part) {
                Some(inside) => *inside,
                None => self.add_inside(folder, part),
            };
        }
        folder
    }

    fn add_inside(&mut self, above: FolderIndex, name: &str) -> FolderIndex {
        let added = self.folders.len();
        // From there no way up leads back into the folder of the lockfile.
        let up = (name != "..").then_some(above);
        self.folders.push(Folder { above: up, ..Folder::default() });
        self.folders[above].inside.insert(name.into(), added);
        added
    }

    /// The folder with this path below another one.
    fn find(&self, from: FolderIndex, path: &str) -> Option<FolderIndex> {
        parts(path).try_fold(from, |folder, part| self.folders[folder].inside.get(part).copied())
    }

    /// The package that lies in a folder. A link is none.
    pub(super) fn package_in(&self, folder: &str) -> Option<PackageIndex> {
        match self.folders[self.find(0, folder)?].place.as_ref()? {
            Place::Package(package) => Some(*package),
            Place::Link(_) => None,
        }
    }

    /// Whether anything is installed in a folder itself.
    pub(super) fn has_modules(&self, folder: &str) -> bool {
        self.find(0, folder).is_some_and(|folder| self.folders[folder].inside.contains_key(MODULES))
    }

    /// The package in a folder that is reached through links: what is installed in a linked project is
    /// listed where that lies.
    pub(super) fn package_behind(&self, folder: &str) -> Option<PackageIndex> {
        let mut here = 0;
        for part in parts(folder) {
            here = *self.folders[here].inside.get(part)?;
            if let Some(Place::Link(target)) = &self.folders[here].place {
                here = self.find(0, &plain_folder(target))?;
            }
        }
        self.follow(self.folders[here].place.as_ref()?)
    }

    /// Where the links lead of which the lockfile does not list the target.
    pub(super) fn links_out(&self) -> Vec<(&str, Cow<'_, str>)> {
        let links = self.links.iter();
        links
            .filter_map(|(path, target)| {
                let target_place = Place::Link(target.clone());
                let is_listed = self.follow(&target_place).is_some();
                (!is_listed).then(|| (path.as_str(), plain_folder(target)))
            })
            .collect()
    }

    /// Every folder that a package lies in. A link is none.
    pub(super) fn of_packages(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut pending = vec![(0, String::new())];
        while let Some((folder, path)) = pending.pop() {
            for (name, inside) in &self.folders[folder].inside {
                let slash = if path.is_empty() { "" } else { "/" };
                pending.push((*inside, format!("{path}{slash}{name}")));
            }
            if matches!(self.folders[folder].place, Some(Place::Package(_))) {
                found.insert(path);
            }
        }
        found
    }

    /// What code in a folder sees of the others.
    pub(super) fn seen_from(&self, folder: &str) -> View<'_> {
        View { folders: self, from: self.find(0, folder).unwrap_or_default() }
    }

    /// A link points to a folder of the same lockfile; one that points elsewhere leads nowhere
    /// here, and what it leads to is no package of a registry.
    fn follow(&self, place: &Place) -> Option<PackageIndex> {
        let mut place = place;
        for _ in 0..=MOST_LINKS {
            match place {
                Place::Package(index) => return Some(*index),
                Place::Link(target) => {
                    let target = self.find(0, &plain_folder(target))?;
                    place = self.folders[target].place.as_ref()?;
                }
            }
        }
        None
    }
}

/// The folders, seen from one of them.
pub(super) struct View<'folders> {
    folders: &'folders Folders,
    from: FolderIndex,
}

impl View<'_> {
    /// The package that code gets under a name, if the lockfile lists one.
    pub(super) fn resolve(&self, name: &str) -> Option<PackageIndex> {
        match self.look_up(name) {
            Seen::Package(package) => Some(package),
            Seen::LinkOut | Seen::Nothing => None,
        }
    }

    /// What code gets under a name.
    pub(super) fn look_up(&self, name: &str) -> Seen {
        let all = &self.folders.folders;
        let mut next = Some(self.from);
        while let Some(folder) = next {
            next = all[folder].above;
            // Where there is none inside, which is nearly everywhere, nothing is looked up. The
            // folder of installed packages itself has one only in a lockfile made by hand, and is
            // never searched.
            let Some(modules) = all[folder].inside.get(MODULES) else {
                continue;
            };
            let is_searched =
                next.is_none_or(|above| all[above].inside.get(MODULES) != Some(&folder));
            let found = self.folders.find(*modules, name).filter(|_| is_searched);
            if let Some(place) = found.and_then(|found| all[found].place.as_ref()) {
                return self.folders.follow(place).map_or(Seen::LinkOut, Seen::Package);
            }
        }
        Seen::Nothing
    }
}

/// What code gets under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A package of the lockfile.
    Package(PackageIndex),
    /// Whatever lies behind a link whose target the lockfile does not list.
    LinkOut,
    Nothing,
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').take(if path.is_empty() { 0 } else { usize::MAX })
}
