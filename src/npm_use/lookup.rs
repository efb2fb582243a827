//! Which package of a lockfile a specifier in a file surely leads to.
//!
//! As Node.js looks, from folder to folder up to the lockfile's (Node.js documentation, "Modules", "Loading
//! from `node_modules` folders"), where the lockfile says what lies there; else among what the project
//! asks for itself. Whatever may lead elsewhere leaves it open.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;

use super::names::{Aliases, Places};
use super::words::bare;
use crate::installed::{Mapping, is_builtin};
use crate::lockfile::{Lockfile, PackageIndex};

const MODULES: &str = "node_modules/";

/// A project of a lockfile, and a package that code of it surely gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) project: PackageIndex,
    pub(super) package: PackageIndex,
}

/// The projects of a lockfile, and what their code gets.
#[derive(Debug)]
pub(super) struct Lookup {
    /// The folder of the lockfile, from the root of the repository.
    folder: String,
    places: Places,
    /// By their folders, from that of the lockfile.
    projects: BTreeMap<String, Project>,
    mappings: Vec<Mapping>,
    /// The root of the repository, without links.
    root: PathBuf,
}

/// A project of the lockfile.
#[derive(Debug)]
struct Project {
    package: PackageIndex,
    /// What it asks for, by the names under which it may be asked for.
    asked: BTreeMap<String, BTreeSet<PackageIndex>>,
}

impl Lookup {
    pub(super) fn new(
        lockfile: &Lockfile,
        folder: &str,
        places: Places,
        aliases: &Aliases,
        (mappings, root): (Vec<Mapping>, PathBuf),
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            places,
            projects: projects(lockfile, aliases),
            mappings,
            root,
        }
    }

    /// The package that a specifier leads to. `manifest` is the folder of the file's manifest; both begin at the
    /// root of the repository, which has the files `paths`.
    pub(super) fn package(
        &self,
        path: &str,
        manifest: &str,
        specifier: &str,
        paths: &BTreeSet<String>,
    ) -> Option<Found> {
        let is_plain = !specifier.starts_with(['.', '/', '#', '~'])
            && !specifier.contains([':', '!', '?', '\\']);
        if !is_plain || is_builtin(specifier) {
            return None;
        }
        let project = self.projects.get(below(manifest, &self.folder)?)?;
        let own_folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let plain = self.nearest(below(own_folder, &self.folder)?, project, bare(specifier));
        let package = match self.mapped(specifier, project, paths)? {
            Mapped::Nowhere => plain,
            Mapped::To(package) => plain.is_none_or(|plain| plain == package).then_some(package),
        }?;
        Some(Found { project: project.package, package })
    }

    /// The package of a name that lies nearest to a folder, from that of the lockfile.
    fn nearest(&self, folder: &str, project: &Project, name: &str) -> Option<PackageIndex> {
        if self.places.is_empty() {
            return only(project.asked.get(name)?);
        }
        let mut folder = folder;
        loop {
            if let Some(found) = self.places.get(&place(folder, name)) {
                return *found;
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    /// Where the settings of compilers lead a specifier. `None` where that is not known, or a file of the repository.
    fn mapped(
        &self,
        specifier: &str,
        project: &Project,
        paths: &BTreeSet<String>,
    ) -> Option<Mapped> {
        let mut found = BTreeSet::new();
        let targets = self.mappings.iter().flat_map(|mapping| mapping.targets_of(specifier));
        for target in targets {
            let target = slashed(target.strip_prefix(&self.root).ok()?);
            match target.rsplit_once(MODULES) {
                Some((folder, inside)) => {
                    let folder = below(folder.trim_end_matches('/'), &self.folder)?;
                    let name = bare(inside);
                    let lying = || *self.places.get(&place(folder, name))?;
                    let asked = || only(project.asked.get(name)?);
                    found.insert(if self.places.is_empty() { asked() } else { lying() }?);
                }
                None if is_file(&target, paths) => return None,
                None => {}
            }
        }
        if found.is_empty() { Some(Mapped::Nowhere) } else { only(&found).map(Mapped::To) }
    }
}

/// Where settings lead.
enum Mapped {
    Nowhere,
    To(PackageIndex),
}

fn projects(lockfile: &Lockfile, aliases: &Aliases) -> BTreeMap<String, Project> {
    let mut projects: BTreeMap<String, Project> = BTreeMap::new();
    let mut folders: HashMap<PackageIndex, &str, RandomState> = HashMap::default();
    for root in &lockfile.roots {
        if let Some(folder) = lockfile.packages[*root].folder.as_deref() {
            folders.insert(*root, folder);
            let project = || Project { package: *root, asked: BTreeMap::new() };
            projects.entry(folder.to_owned()).or_insert_with(project);
        }
    }
    for edge in &lockfile.edges {
        let Some(project) = folders.get(&edge.from).and_then(|folder| projects.get_mut(*folder))
        else {
            continue;
        };
        let name = lockfile.packages[edge.to].id.name.as_str();
        let names = std::iter::once(name).chain(aliases.names_of(name));
        for name in names {
            project.asked.entry(name.to_owned()).or_default().insert(edge.to);
        }
    }
    projects
}

/// The path of a name among what lies in a folder.
fn place(folder: &str, name: &str) -> String {
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{MODULES}{name}")
}

/// A path from another folder on, which it lies in.
fn below<'path>(path: &'path str, folder: &str) -> Option<&'path str> {
    if folder.is_empty() {
        return Some(path);
    }
    let below = path.strip_prefix(folder)?;
    if below.is_empty() { Some(below) } else { below.strip_prefix('/') }
}

/// Whether there is a file of a path, with any ending, or in a folder of it.
fn is_file(path: &str, paths: &BTreeSet<String>) -> bool {
    let is_there = |beginning: String| {
        let mut from = paths.range(beginning.clone()..);
        from.next().is_some_and(|next| next.starts_with(&beginning))
    };
    paths.contains(path) || is_there(format!("{path}.")) || is_there(format!("{path}/"))
}

fn only(packages: &BTreeSet<PackageIndex>) -> Option<PackageIndex> {
    packages.first().copied().filter(|_| packages.len() == 1)
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests;
