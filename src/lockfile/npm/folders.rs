//! Which installed folder a dependency resolves to, by the rule of Node.js ("Loading from
//! `node_modules` folders"): from the folder of the dependent upwards.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use smol_str::SmolStr;

use crate::lockfile::PackageIndex;
use crate::lockfile::node::folder::plain_folder;

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

/// The position of a folder among all of them.
pub(super) type FolderIndex = usize;

#[derive(Clone, Debug, Default)]
struct Folder {
    above: Option<FolderIndex>,
    /// The folder in which packages are installed, which is one of those inside: it is asked for most.
    modules: Option<FolderIndex>,
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
    /// Those of so many packages, which mostly lie beside each other.
    pub(super) fn for_about(packages: usize) -> Self {
        let mut folders = Self::default();
        folders.folders.reserve(packages);
        folders
    }

    /// A package lies in a folder. Says where that is, and whether something was in it before.
    pub(super) fn add_package(
        &mut self,
        folder: &str,
        package: PackageIndex,
    ) -> (FolderIndex, bool) {
        let folder = self.add(folder);
        let before = self.folders[folder].place.replace(Place::Package(package));
        (folder, before.is_some())
    }

    /// A folder is a link to another one. Says whether something was in it before.
    pub(super) fn add_link(&mut self, folder: &str, target: String) -> bool {
        self.links.push((folder.to_owned(), target.clone()));
        let folder = self.add(folder);
        self.folders[folder].place.replace(Place::Link(target)).is_some()
    }

    fn add(&mut self, path: &str) -> FolderIndex {
        parts(path).fold(0, |folder, part| {
            self.inside(folder, part).unwrap_or_else(|| self.add_inside(folder, part))
        })
    }

    fn add_inside(&mut self, above: FolderIndex, name: &str) -> FolderIndex {
        let added = self.folders.len();
        // From there no way up leads back into the folder of the lockfile.
        let up = (name != "..").then_some(above);
        self.folders.push(Folder { above: up, ..Folder::default() });
        self.folders[above].inside.insert(name.into(), added);
        if name == MODULES {
            self.folders[above].modules = Some(added);
            if above == 0 {
                let expected = self.folders.capacity();
                self.folders[added].inside.reserve(expected);
            }
        }
        added
    }

    fn inside(&self, folder: FolderIndex, name: &str) -> Option<FolderIndex> {
        let folder = &self.folders[folder];
        if name == MODULES { folder.modules } else { folder.inside.get(name).copied() }
    }

    /// The folder with this path below another one.
    pub(super) fn find(&self, from: FolderIndex, path: &str) -> Option<FolderIndex> {
        parts(path).try_fold(from, |folder, part| self.inside(folder, part))
    }

    /// The folder in which a package of this name is installed for what lies in another one.
    pub(super) fn installed(&self, from: FolderIndex, name: &str) -> Option<FolderIndex> {
        self.find(self.folders[from].modules?, name)
    }

    /// The package that lies in a folder. A link is none.
    pub(super) fn package_in(&self, folder: &str) -> Option<PackageIndex> {
        self.package_at(self.find(0, folder)?)
    }

    /// The same.
    pub(super) fn package_at(&self, folder: FolderIndex) -> Option<PackageIndex> {
        match self.folders[folder].place.as_ref()? {
            Place::Package(package) => Some(*package),
            Place::Link(_) => None,
        }
    }

    /// Whether anything is installed in a folder itself.
    pub(super) fn has_modules(&self, folder: FolderIndex) -> bool {
        self.folders[folder].modules.is_some()
    }

    /// The package in a folder that is reached through links: what is installed in a linked project is
    /// listed where that lies.
    pub(super) fn package_behind(&self, folder: &str) -> Option<PackageIndex> {
        let mut here = 0;
        for part in parts(folder) {
            here = self.inside(here, part)?;
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
        self.seen_at(self.find(0, folder).unwrap_or_default())
    }

    /// The same.
    pub(super) fn seen_at(&self, from: FolderIndex) -> View<'_> {
        View { folders: self, from }
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
            let Some(modules) = all[folder].modules else {
                continue;
            };
            let is_searched = next.is_none_or(|above| all[above].modules != Some(folder));
            let found = self.folders.find(modules, name).filter(|_| is_searched);
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
    let mut rest = (!path.is_empty()).then_some(path);
    std::iter::from_fn(move || {
        let path = rest?;
        // Every other part is this one.
        if let Some(below) = path.strip_prefix("node_modules/") {
            rest = Some(below);
            return Some(MODULES);
        }
        // Parts are short: looking at each byte is the quickest.
        let slash = path.bytes().position(|byte| byte == b'/');
        rest = slash.map(|slash| &path[slash + 1..]);
        Some(&path[..slash.unwrap_or(path.len())])
    })
}
