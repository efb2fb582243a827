//! Projects: what their manifests ask for, and whether a lockfile locks it.
//!
//! A project that no lockfile locks is not clean because nothing was found in it: nobody looked. Which
//! lockfile answers for a project follows the rules of its package manager: npm's workspaces, and
//! Cargo's search for the root of a workspace.

pub mod cargo;
mod deno;
mod glob;
mod npm;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use self::cargo::Workspaces;
use super::Lockfile;
use super::tool::{self, Tool};
use crate::cargo_toml::{CargoToml, NotToml};
use crate::package::Ecosystem;
use crate::problem::SourceText;

/// The folder in which npm installs packages.
const INSTALLED: &str = "node_modules";

/// What `cargo vendor` writes beside the manifest of each crate (Cargo documentation, "Source
/// Replacement", "Directory Sources").
const VENDORED: &str = ".cargo-checksum.json";

/// The text of a file beside a project, or what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text<T = String> {
    /// There is no such file.
    Absent,
    /// There is one, and it cannot be read.
    Unreadable,
    Read(T),
}

/// A Cargo.toml that may be anything else.
pub type CargoTomlText = Text<Result<Arc<CargoToml>, NotToml>>;

impl CargoTomlText {
    /// Reads the text of the file.
    pub fn parse(text: Text) -> Self {
        match text {
            Text::Absent => Self::Absent,
            Text::Unreadable => Self::Unreadable,
            Text::Read(text) => {
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                Self::Read(CargoToml::parse(&SourceText::new("", text)).map(Arc::new))
            }
        }
    }
}

/// Where the texts of manifests are, and what lies beside them. Every path is absolute, without links.
pub trait Files {
    /// The text of a file.
    fn text(&self, path: &Path) -> Text;

    /// A Cargo.toml.
    fn cargo_toml(&self, path: &Path) -> CargoTomlText {
        CargoTomlText::parse(self.text(path))
    }

    /// Whether there is a file or a folder.
    fn exists(&self, path: &Path) -> bool;
}

/// A lockfile that answers for projects, by the folder it lies in, without links.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answering {
    pub folder: PathBuf,
    pub ecosystem: Ecosystem,
}

/// All lockfiles there are.
#[derive(Debug, Default)]
pub struct Locks<'run> {
    /// Those that were read, by the folder they lie in, without links.
    pub read: Vec<(PathBuf, &'run Lockfile)>,
    /// Those of which it is said elsewhere that they are not read: they answer for their workspaces.
    pub told: BTreeSet<Answering>,
    /// Those that are left out on purpose: they answer for their workspaces.
    pub left_out: BTreeSet<Answering>,
}

/// What becomes of what a manifest asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It asks for nothing.
    Nothing,
    /// A lockfile that was read locks it.
    Locked,
    /// It is said elsewhere that its lockfile is not read.
    Told,
    /// Its lockfile is left out on purpose.
    LeftOut,
    /// No lockfile locks it.
    Unlocked(Unlocked),
}

/// What a project has in common with all others that one lockfile would lock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unlocked {
    /// The folder in which its package manager would write the lockfile, without links.
    pub root: PathBuf,
    /// Its package manager.
    pub tool: &'static Tool,
    /// Whether a lockfile was read there, which does not know the project.
    pub is_stale: bool,
}

/// Decides for one manifest after the other.
pub struct Projects<'run> {
    locks: &'run Locks<'run>,
    files: &'run dyn Files,
    /// Folders of npm projects that a lockfile locks.
    locked: BTreeSet<PathBuf>,
    installed: OnceCell<Vec<(PathBuf, BTreeSet<String>)>>,
    workspaces: Workspaces<'run>,
    npm: RefCell<BTreeMap<PathBuf, Option<Rc<npm::Manifest>>>>,
}

impl std::fmt::Debug for Projects<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Projects").finish_non_exhaustive()
    }
}

impl<'run> Projects<'run> {
    /// Gets ready. `manifests` are all that are known.
    pub fn new(
        locks: &'run Locks<'run>,
        files: &'run dyn Files,
        manifests: &BTreeSet<PathBuf>,
    ) -> Self {
        let of_npm = locks.read.iter().filter(|(_, lockfile)| lockfile.ecosystem == Ecosystem::Npm);
        Self {
            locks,
            files,
            locked: of_npm.flat_map(|(folder, lockfile)| npm::locked(folder, lockfile)).collect(),
            installed: OnceCell::new(),
            workspaces: Workspaces::new(files, manifests),
            npm: RefCell::default(),
        }
    }

    /// What becomes of what a manifest asks for. `None`: it is none.
    pub fn standing(&self, manifest: &Path) -> Option<Standing> {
        let tool = tool_of(manifest)?;
        let folder = manifest.parent()?;
        if self.is_installed(folder) {
            return Some(Standing::Locked);
        }
        Some(match tool.ecosystem {
            Ecosystem::Npm if *tool == tool::DENO => self.deno_standing(folder),
            Ecosystem::Npm => self.npm_standing(folder, tool),
            Ecosystem::Cargo => self.cargo_standing(folder, tool),
        })
    }

    /// The folders that packages are installed in, by the folder of their lockfile.
    fn installed(&self) -> &[(PathBuf, BTreeSet<String>)] {
        self.installed.get_or_init(|| {
            let read = self.locks.read.iter();
            let folders = read.map(|(folder, lockfile)| {
                (folder.clone(), lockfile.format.folders_of_packages(lockfile))
            });
            folders.collect()
        })
    }

    /// Whether it is a part of a package that a lockfile locks where it is installed.
    fn is_installed(&self, folder: &Path) -> bool {
        let modules = OsStr::new(INSTALLED);
        let mut above = folder.ancestors().filter(|above| above.file_name() == Some(modules));
        above.any(|above| {
            let project = above.parent().unwrap_or(above);
            let inside = folder.strip_prefix(project).unwrap_or(folder);
            self.installed().iter().any(|(locked, installed)| {
                let Ok(between) = project.strip_prefix(locked) else {
                    return false;
                };
                let place = slashed(&between.join(inside));
                let mut parts = place.match_indices('/').map(|(end, _)| &place[..end]);
                installed.contains(&place)
                    || parts.any(|part| part.contains(INSTALLED) && installed.contains(part))
            })
        })
    }

    fn npm_standing(&self, folder: &Path, tool: &'static Tool) -> Standing {
        if self.locked.contains(folder) {
            return Standing::Locked;
        }
        let Some(manifest) = self.npm_manifest(folder) else {
            return Standing::Nothing;
        };
        if !manifest.asks {
            return Standing::Nothing;
        }
        let root = self.npm_root(folder);
        if let Some(standing) = self.answered(&root, folder, Ecosystem::Npm) {
            return standing;
        }
        let mut read = self.locks.read.iter();
        let at_root =
            read.find(|(place, lockfile)| *place == root && lockfile.ecosystem == Ecosystem::Npm);
        let at_root = at_root.map(|(_, lockfile)| *lockfile);
        let tool = self.npm_tool(&root).unwrap_or(tool);
        unlocked(root, tool, at_root)
    }

    /// The package manager of the nearest folder that says which it is, as Corepack looks for it: in its
    /// manifest, or by a lockfile.
    fn npm_tool(&self, root: &Path) -> Option<&'static Tool> {
        let of_npm = |(_, lockfile): &&(PathBuf, &Lockfile)| lockfile.ecosystem == Ecosystem::Npm;
        root.ancestors().find_map(|folder| {
            let named = self.npm_manifest(folder).and_then(|manifest| manifest.tool);
            named.or_else(|| {
                let mut read = self.locks.read.iter().filter(of_npm);
                Some(read.find(|(place, _)| place == folder)?.1.format.tool())
            })
        })
    }

    /// A folder that another package manager of npm's world locks counts as locked.
    fn deno_standing(&self, folder: &Path) -> Standing {
        if self.locked.contains(folder) {
            return Standing::Locked;
        }
        let manifest = deno::Manifest::read(self.files, folder);
        if !manifest.is_some_and(|manifest| manifest.asks) {
            return Standing::Nothing;
        }
        let has_member = |above: &&Path| {
            let manifest = deno::Manifest::read(self.files, above);
            manifest.is_some_and(|manifest| manifest.has_member(above, folder))
        };
        let root = folder.ancestors().skip(1).find(has_member).unwrap_or(folder).to_owned();
        if let Some(standing) = self.answered(&root, folder, Ecosystem::Npm) {
            return standing;
        }
        let mut read = self.locks.read.iter();
        let at_root =
            read.find(|(place, lockfile)| *place == root && *lockfile.format.tool() == tool::DENO);
        unlocked(root, &tool::DENO, at_root.map(|(_, lockfile)| *lockfile))
    }

    fn npm_manifest(&self, folder: &Path) -> Option<Rc<npm::Manifest>> {
        let mut known = self.npm.borrow_mut();
        let read = || npm::Manifest::read(self.files, folder).map(Rc::new);
        known.entry(folder.to_owned()).or_insert_with(read).clone()
    }

    /// The folder of the nearest manifest above whose workspaces a project is one of, else its own.
    fn npm_root(&self, folder: &Path) -> PathBuf {
        let mut above = folder.ancestors().skip(1);
        above
            .find(|above| {
                let manifest = self.npm_manifest(above);
                manifest.is_some_and(|manifest| manifest.has_workspace(above, folder))
            })
            .unwrap_or(folder)
            .to_owned()
    }

    fn cargo_standing(&self, folder: &Path, tool: &'static Tool) -> Standing {
        let Some(manifest) = self.workspaces.manifest(folder) else {
            return Standing::Nothing;
        };
        if manifest.dependencies.is_empty() {
            return Standing::Nothing;
        }
        let root = self.workspaces.root_of(folder);
        let read = || {
            let read = self.locks.read.iter();
            read.filter(|(_, lockfile)| lockfile.ecosystem == Ecosystem::Cargo)
        };
        let at_root = read().find(|(place, _)| *place == root);
        if at_root.is_some_and(|(_, lockfile)| cargo::is_locked_in(&manifest, lockfile)) {
            return Standing::Locked;
        }
        let is_reached = |place: &Path| self.workspaces.reached_from(place).contains(folder);
        if read().any(|(place, lockfile)| {
            cargo::is_locked_in_full(&manifest, lockfile) && is_reached(place)
        }) {
            return Standing::Locked;
        }
        if self.is_vendored(folder, &manifest) {
            return Standing::Locked;
        }
        if let Some(standing) = self.answered(&root, folder, Ecosystem::Cargo) {
            return standing;
        }
        unlocked(root, tool, at_root.map(|(_, lockfile)| *lockfile))
    }

    /// Whether it is a copy of a registry's package that is locked by its name and version.
    fn is_vendored(&self, folder: &Path, manifest: &CargoToml) -> bool {
        let is_locked =
            self.locks.read.iter().any(|(_, lockfile)| cargo::is_package_of(manifest, lockfile));
        is_locked && self.files.exists(&folder.join(VENDORED))
    }

    /// What becomes of a project whose lockfile is there and not read.
    fn answered(&self, root: &Path, folder: &Path, ecosystem: Ecosystem) -> Option<Standing> {
        let is_there = |lockfiles: &BTreeSet<Answering>| {
            [root, folder].iter().any(|folder| {
                let folder = (*folder).to_owned();
                lockfiles.contains(&Answering { folder, ecosystem })
            })
        };
        if is_there(&self.locks.told) {
            Some(Standing::Told)
        } else {
            is_there(&self.locks.left_out).then_some(Standing::LeftOut)
        }
    }

    /// Whether all projects with this root, of which `members` are some, are libraries of Cargo's.
    pub fn are_libraries(&self, members: &[PathBuf]) -> bool {
        members.iter().all(|folder| self.workspaces.is_library(folder))
    }
}

/// A stale lockfile says which package manager has to write it again.
fn unlocked(root: PathBuf, tool: &'static Tool, stale: Option<&Lockfile>) -> Standing {
    let tool = stale.map_or(tool, |stale| stale.format.tool());
    Standing::Unlocked(Unlocked { root, tool, is_stale: stale.is_some() })
}

/// Whose manifest it is, by its name.
pub fn tool_of(manifest: &Path) -> Option<&'static Tool> {
    Tool::of_manifest(manifest.file_name()?.to_str()?)
}

/// A relative path with `/` between its parts.
fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Joins a relative path to a folder and takes `.` and `..` out.
pub fn join(folder: &Path, path: &str) -> PathBuf {
    let mut joined = folder.to_owned();
    for part in Path::new(&path.replace('\\', "/")).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                joined.pop();
            }
            Component::Normal(name) => joined.push(name),
            Component::Prefix(_) | Component::RootDir => joined = PathBuf::from(part.as_os_str()),
        }
    }
    joined
}

#[cfg(test)]
mod tests;
