//! What a package manager of npm's world has installed, and which files a specifier may lead to there.
//!
//! The rule for everything here: a file too many is only looked at, a file too few is a false "not
//! imported". So a specifier leads to whatever any tool and any condition would load for it.
//!
//! What counts is the instance on disk: its own `package.json` says which package it is, never the name
//! of its folder. Files are known by their paths without symbolic links.

mod candidates;
mod entries;
mod exports;
mod fetched;
mod integrity;
mod laid;
mod locked;
mod manifest;
mod map;
mod names;
mod plug_n_play;
mod resolution;
mod scan;
mod settings;
mod specifier;
mod store;
mod tree;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use smol_str::SmolStr;

use self::laid::Laid;
use self::locked::{Absent, Locked};
use self::map::PackageMap;
use self::scan::{Lying, MODULES, Scan};
use self::tree::Tree;
use crate::lockfile::discovery::may_be_brought;
use crate::lockfile::manifest::FolderOnDisk;
use crate::lockfile::{Lockfile, PackageIndex};
use crate::package::{Ecosystem, PackageId};
use crate::problem::Location;

pub use self::entries::Command;
pub use self::fetched::{Archives, WantedArchive};
pub use self::locked::AbsentBecause;
pub use self::resolution::{Resolved, ResolvedKind};
pub use self::settings::{Mapping, Settings};
pub use self::specifier::{is_builtin, package_of};

/// By what packages are looked at that lie in no folder of the projects.
#[derive(Clone, Copy, Debug)]
pub struct Means<'run> {
    /// The folder in which archives are unpacked. `None` where this machine has none for that.
    pub unpacked: Option<&'run Path>,
    pub fetching: Fetching<'run>,
}

/// Whether archives are fetched where nothing is installed.
#[derive(Clone, Copy, Debug)]
pub enum Fetching<'run> {
    /// Nobody asked for it.
    Off,
    /// It is asked for, and the network may not be used: what other runs have fetched is looked at.
    Offline,
    By(&'run dyn Archives),
}

/// What is installed for the projects of a lockfile.
#[derive(Debug)]
pub struct Installed {
    /// The folder of the lockfile, without links.
    root: PathBuf,
    tree: Tree,
    packages: Vec<InstalledPackage>,
    /// Their positions by their folders.
    by_folder: HashMap<PathBuf, usize, RandomState>,
    scan: Scan,
    /// What each package is called.
    called: Vec<BTreeSet<SmolStr>>,
    /// What sees what, where the folders around it do not say so.
    map: PackageMap,
    /// By the folders of what archives hold: what people know in their places.
    shown_as: BTreeMap<PathBuf, PathBuf>,
    absent: Vec<(PackageIndex, AbsentBecause)>,
    mappings: Vec<Mapping>,
    virtual_roots: Vec<Vec<PathBuf>>,
}

/// A package on disk. Where several copies of it lie, each is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledPackage {
    /// What its own manifest calls it.
    pub id: PackageId,
    /// The entries of the lockfile that it may be a copy of: those with its name and version. What is no
    /// package of a registry, or a part of the archive of another one, has those with its name. Empty only
    /// for such a part.
    pub copies: Vec<PackageIndex>,
    /// Where it lies, without links.
    pub folder: PathBuf,
}

/// Why it is not known what is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotInstalled {
    pub reason: NotInstalledReason,
    /// What to do.
    pub help: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotInstalledReason {
    /// Nothing is installed: there is no `node_modules` folder.
    Missing,
    /// The map of what Yarn installs without that folder (Plug'n'Play) cannot be read: why.
    UnreadableMap { file: PathBuf, cause: String },
    /// Archives of packages can be unpacked nowhere: why.
    NoStore { cause: String },
    /// The archive of this package cannot be had: why.
    NotFetched { package: PackageId, cause: String },
    /// This archive is not the one that is locked there.
    ArchiveDiffers { archive: PathBuf, package: PackageId, location: Location },
    /// What is in this archive cannot be looked at: why.
    ArchiveRefused { archive: PathBuf, cause: String },
    /// This lies on disk, in this folder from the lockfile's, and the lockfile does not lock it.
    NotLocked { package: PackageId, folder: PathBuf },
    /// This is locked there and is not on disk.
    NotOnDisk { package: PackageId, location: Location },
    /// The manifest in this folder, from the lockfile's, cannot be read.
    Unreadable(PathBuf),
}

impl NotInstalled {
    /// The word for reports: whether nothing was installed, or something else than what is locked.
    pub fn code(&self) -> &'static str {
        match self.reason {
            NotInstalledReason::Missing
            | NotInstalledReason::UnreadableMap { .. }
            | NotInstalledReason::NoStore { .. }
            | NotInstalledReason::NotFetched { .. } => "not-installed",
            NotInstalledReason::ArchiveDiffers { .. }
            | NotInstalledReason::ArchiveRefused { .. }
            | NotInstalledReason::NotLocked { .. }
            | NotInstalledReason::NotOnDisk { .. }
            | NotInstalledReason::Unreadable(_) => "stale-install",
        }
    }
}

impl fmt::Display for NotInstalled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            NotInstalledReason::Missing => formatter.write_str("nothing is installed"),
            NotInstalledReason::UnreadableMap { file, cause } => {
                write!(formatter, "{} cannot be read: {cause}", file.display())
            }
            NotInstalledReason::NoStore { cause } => {
                write!(formatter, "archives of packages cannot be unpacked: {cause}")
            }
            NotInstalledReason::NotFetched { package, cause } => {
                write!(formatter, "{package} cannot be fetched: {cause}")
            }
            NotInstalledReason::ArchiveDiffers { archive, package, location } => {
                let archive = archive.display();
                write!(formatter, "{archive} is not the {package} that is locked in {location}")
            }
            NotInstalledReason::ArchiveRefused { archive, cause } => {
                write!(formatter, "{} cannot be looked at: {cause}", archive.display())
            }
            NotInstalledReason::NotLocked { package, folder } => {
                write!(formatter, "{} is {package}, which is not locked", folder.display())
            }
            NotInstalledReason::NotOnDisk { package, location } => {
                write!(formatter, "{package} is locked in {location} and not installed")
            }
            NotInstalledReason::Unreadable(folder) => {
                write!(formatter, "the manifest in {} cannot be read", folder.display())
            }
        }
    }
}

impl Installed {
    /// Looks at everything that is installed for the projects of a lockfile. `folder` is the lockfile's.
    ///
    /// # Errors
    ///
    /// Nothing is installed, or something else than what is locked.
    pub fn read(
        lockfile: &Lockfile,
        folder: &Path,
        means: Means<'_>,
    ) -> Result<Self, NotInstalled> {
        let refuse = |reason| NotInstalled { help: help(&reason, lockfile, means), reason };
        let root = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let tree = Tree::default();
        let (scan, laid) = find(&tree, lockfile, &root, means).map_err(refuse)?;
        let locked = Locked::new(lockfile);
        let packages = identify(&locked, &scan, &root).map_err(refuse)?;
        let mut present = vec![false; lockfile.packages.len()];
        let copies = packages.iter().flat_map(|package| &package.copies).copied();
        for copy in copies.chain(locked.linked(&scan.linked_as)) {
            present[copy] = true;
        }
        let absent = match locked::absent(lockfile, &root, &present) {
            Absent::Allowed(absent) => absent,
            Absent::Lacking(index) => {
                let package = lockfile.packages[index].id.clone();
                let location = lockfile.location(index);
                return Err(refuse(NotInstalledReason::NotOnDisk { package, location }));
            }
        };
        let called = called(&packages, &scan, &laid.map);
        let by_folder = packages.iter().enumerate();
        let by_folder = by_folder.map(|(index, package)| (package.folder.clone(), index)).collect();
        Ok(Self {
            root,
            tree,
            packages,
            by_folder,
            scan,
            called,
            map: laid.map,
            shown_as: laid.shown,
            absent,
            mappings: Vec::new(),
            virtual_roots: Vec::new(),
        })
    }

    pub fn packages(&self) -> &[InstalledPackage] {
        &self.packages
    }

    /// What a package is called: by its manifest, and by those who load it.
    pub fn called(&self, package: usize) -> impl Iterator<Item = &str> {
        self.called[package].iter().map(SmolStr::as_str)
    }

    /// Locked packages that are not on disk, and need not be. What they would load is known by the
    /// lockfile's edges alone.
    pub fn absent(&self) -> &[(PackageIndex, AbsentBecause)] {
        &self.absent
    }

    /// The installed package that a file belongs to. `None`: it is of the projects themselves, or nobody
    /// knows whose it is. `file` has no links.
    pub fn owner(&self, file: &Path) -> Option<usize> {
        file.ancestors().skip(1).find_map(|folder| self.by_folder.get(folder).copied())
    }

    /// Every package that code in a file may load by its name. `file` has no links.
    pub fn visible_from(&self, file: &Path) -> BTreeSet<usize> {
        let above = file.ancestors().skip(1);
        let links = self.links_to(file).flat_map(Path::ancestors);
        let offered = above.chain(links).filter_map(|folder| {
            self.scan.offered.get(&self.tree.folder(&folder.join(MODULES))?.real)
        });
        let offered = offered.flatten().map(PathBuf::as_path);
        let folders = offered.chain(self.map.visible_from(file));
        folders.filter_map(|folder| self.by_folder.get(folder).copied()).collect()
    }

    /// The folders of packages in which links lead to the project that a file or folder lies in.
    fn links_to(&self, path: &Path) -> impl Iterator<Item = &Path> {
        let linked_from = &self.scan.linked_from;
        let projects = path.ancestors().take(if linked_from.is_empty() { 0 } else { usize::MAX });
        projects.filter_map(|folder| linked_from.get(folder)).flatten().map(PathBuf::as_path)
    }

    /// Where a file lies for people: in an archive, if it was unpacked from one, or where it would be installed.
    pub fn shown<'file>(&self, file: &'file Path) -> Cow<'file, Path> {
        let unpacked = file.ancestors().find_map(|folder| {
            let archive = self.shown_as.get(folder)?;
            Some(archive.join(file.strip_prefix(folder).ok()?))
        });
        unpacked.map_or(Cow::Borrowed(file), Cow::Owned)
    }

    /// The bytes of a file.
    pub fn bytes(&self, file: &Path) -> io::Result<Vec<u8>> {
        Tree::read(file)
    }
}

/// What to do about it.
fn help(reason: &NotInstalledReason, lockfile: &Lockfile, means: Means<'_>) -> String {
    let install = lockfile.format.tool().commands.install;
    match reason {
        NotInstalledReason::Missing => {
            let or = match means.fetching {
                Fetching::Off if lockfile.packages.iter().any(|it| it.checksum.is_some()) => {
                    "; or have the packages fetched: [npm] fetch = true"
                }
                Fetching::Offline => "; or run without --offline, to have the packages fetched",
                Fetching::Off | Fetching::By(_) => "",
            };
            format!("install what is locked: {install}{or}")
        }
        NotInstalledReason::NotFetched { .. } => {
            format!("run again when it is served, or install what is locked: {install}")
        }
        NotInstalledReason::UnreadableMap { .. } => {
            format!(
                "install what is locked: {install}; or set `nodeLinker: node-modules` in .yarnrc.yml"
            )
        }
        NotInstalledReason::NoStore { .. } => {
            "let the user's cache folder be one outside of repositories that can be written to: on Linux, \
             XDG_CACHE_HOME names one"
                .to_owned()
        }
        NotInstalledReason::ArchiveDiffers { archive, .. }
        | NotInstalledReason::ArchiveRefused { archive, .. } => {
            format!("remove {}, and install what is locked: {install}", archive.display())
        }
        NotInstalledReason::NotLocked { .. }
        | NotInstalledReason::NotOnDisk { .. }
        | NotInstalledReason::Unreadable(_) => format!("install what is locked: {install}"),
    }
}

/// What each package is called by its manifest, and by the folders, links and maps that lead to it.
fn called(packages: &[InstalledPackage], scan: &Scan, map: &PackageMap) -> Vec<BTreeSet<SmolStr>> {
    let mut by_folder = scan.called.clone();
    for (name, folder) in map.names() {
        by_folder.entry(folder.clone()).or_default().insert(name.clone());
    }
    let names = packages.iter().map(|package| {
        let mut names = by_folder.remove(&package.folder).unwrap_or_default();
        names.insert(package.id.name.as_str().into());
        names
    });
    names.collect()
}

/// Unpacked archives count by their checksum alone, so that nobody may write there but runs of this program.
fn refuse_what_is_brought(means: Means<'_>, root: &Path) -> Result<(), NotInstalledReason> {
    let brought = means.unpacked.filter(|folder| may_be_brought(folder, root));
    brought.map_or(Ok(()), |folder| {
        let cause = format!("{} lies in a repository, which may bring its own", folder.display());
        Err(NotInstalledReason::NoStore { cause })
    })
}

/// What lies where a map says it, in the `node_modules` folders of the projects, or nowhere yet.
fn find(
    tree: &Tree,
    lockfile: &Lockfile,
    root: &Path,
    means: Means<'_>,
) -> Result<(Scan, Laid), NotInstalledReason> {
    if let Some(file) = plug_n_play::map_in(root) {
        refuse_what_is_brought(means, root)?;
        let mut laid = plug_n_play::read(&file, lockfile, means.unpacked)?;
        return Ok((scan_laid(tree, &mut laid), laid));
    }
    let folders = project_folders(lockfile, root);
    if lockfile.locked() == 0 || folders.iter().any(|it| it.join(MODULES).is_dir()) {
        return Ok((scan::scan(tree, folders.into_iter()), Laid::default()));
    }
    let archives = match means.fetching {
        Fetching::Off => return Err(NotInstalledReason::Missing),
        Fetching::Offline => None,
        Fetching::By(archives) => Some(archives),
    };
    refuse_what_is_brought(means, root)?;
    let mut laid = fetched::read(lockfile, root, means.unpacked, archives)?;
    Ok((scan_laid(tree, &mut laid), laid))
}

/// What lies where a map says it.
fn scan_laid(tree: &Tree, laid: &mut Laid) -> Scan {
    let mut scan = scan::scan_packages(tree, std::mem::take(&mut laid.packages));
    scan.linked_as.append(&mut laid.projects);
    scan
}

/// How people call a file or folder: from the folder of the lockfile, where it lies in that.
fn shown_from(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}

/// The folders that packages are installed in for the projects of a lockfile.
fn project_folders(lockfile: &Lockfile, root: &Path) -> BTreeSet<PathBuf> {
    let manifests = FolderOnDisk::of_lockfile(&root.join(lockfile.format.tool().manifest), "");
    let by_manifests = lockfile.format.folders_of_projects(lockfile, &manifests);
    let listed = lockfile.roots.iter().filter_map(|it| lockfile.packages[*it].folder.clone());
    let folders = listed.chain(by_manifests).map(|folder| tree::plain(&root.join(folder)));
    folders.chain([root.to_owned()]).collect()
}

/// Which packages of a lockfile lie on disk.
fn identify(
    locked: &Locked<'_>,
    scan: &Scan,
    root: &Path,
) -> Result<Vec<InstalledPackage>, NotInstalledReason> {
    let bundlers: BTreeSet<&Path> = scan
        .packages
        .iter()
        .filter(|lying| lying.identity.as_ref().is_some_and(manifest::Identity::bundles))
        .map(|lying| lying.folder.as_path())
        .collect();
    let is_bundled =
        |lying: &Lying| lying.folder.ancestors().skip(1).any(|it| bundlers.contains(it));
    let shown = |folder: &Path| shown_from(root, folder);
    let mut packages = Vec::new();
    for lying in &scan.packages {
        let Some(identity) = &lying.identity else {
            return Err(NotInstalledReason::Unreadable(shown(&lying.folder)));
        };
        // What has no name no registry has given out: it is code that something wrote there.
        let Some(name) = identity.name() else { continue };
        let id = PackageId {
            ecosystem: Ecosystem::Npm,
            name: name.into(),
            version: SmolStr::new(identity.version()),
        };
        let mut copies = locked.copies(lying, name, identity.version());
        if copies.is_empty() && is_bundled(lying) {
            // Not every lockfile knows what lies in archives, and some invent its versions.
            copies.extend(locked.named(name));
        } else if copies.is_empty() {
            // Code without a version that the lockfile does not know counts as that of the projects.
            if identity.version().is_empty() {
                continue;
            }
            let folder = shown(&lying.folder);
            return Err(NotInstalledReason::NotLocked { package: id, folder });
        }
        packages.push(InstalledPackage { id, copies, folder: lying.folder.clone() });
    }
    Ok(packages)
}

#[cfg(test)]
mod tests;
