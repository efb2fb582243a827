//! `Cargo.toml`: what it asks for, and the workspace that it belongs to (Cargo documentation,
//! "Workspaces").

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::{Files, Text, glob, join};
use crate::cargo_toml::{CargoToml, Targets, Workspace};
use crate::lockfile::Lockfile;
use crate::package::Ecosystem;

/// Whether a lockfile locks a project of the name of a manifest.
pub(super) fn is_locked_in(manifest: &CargoToml, lockfile: &Lockfile) -> bool {
    let mut roots = lockfile.roots.iter().map(|root| &lockfile.packages[*root].id.name);
    match name(manifest) {
        Some(name) => roots.any(|root| root == name),
        // The lockfile beside a manifest that does not read is all there is to ask.
        None => true,
    }
}

/// The same, and all that it asks for is locked: development dependencies of what is no member are
/// not.
pub(super) fn is_locked_in_full(manifest: &CargoToml, lockfile: &Lockfile) -> bool {
    let folded = |name: &str| name.replace('_', "-");
    let locked: BTreeSet<String> =
        lockfile.packages.iter().map(|package| folded(&package.id.name)).collect();
    let mut asked = manifest.dependencies.iter();
    name(manifest).is_some()
        && is_locked_in(manifest, lockfile)
        && asked.all(|dependency| locked.contains(&folded(dependency.package())))
}

/// Whether a lockfile locks a package of the name and version of a manifest.
pub(super) fn is_package_of(manifest: &CargoToml, lockfile: &Lockfile) -> bool {
    let version = manifest.package.as_ref().and_then(|package| package.version.as_deref());
    let (Some(name), Some(version)) = (name(manifest), version) else {
        return false;
    };
    let mut packages = lockfile.packages.iter();
    lockfile.ecosystem == Ecosystem::Cargo
        && packages.any(|package| package.id.name == name && package.id.version == version)
}

/// The name of a package, also where only an old `[project]` says it, beside a `package` that Cargo
/// refuses: what has a name must be locked by it.
fn name(manifest: &CargoToml) -> Option<&str> {
    manifest.package.as_ref()?.name.as_deref()
}

/// The workspaces that manifests belong to.
pub(super) struct Workspaces<'run> {
    files: &'run dyn Files,
    /// Every folder that is known to hold a manifest.
    folders: BTreeSet<PathBuf>,
    members: RefCell<BTreeMap<PathBuf, Rc<BTreeSet<PathBuf>>>>,
    reached: RefCell<BTreeMap<PathBuf, Rc<BTreeSet<PathBuf>>>>,
}

impl<'run> Workspaces<'run> {
    /// Nothing is read yet.
    pub(super) fn new(files: &'run dyn Files, manifests: &BTreeSet<PathBuf>) -> Self {
        let of_cargo = manifests.iter().filter(|path| path.ends_with("Cargo.toml"));
        Self {
            files,
            folders: of_cargo.filter_map(|path| Some(path.parent()?.to_owned())).collect(),
            members: RefCell::default(),
            reached: RefCell::default(),
        }
    }

    /// The manifest of a folder. What cannot be read may ask for anything.
    pub(super) fn manifest(&self, folder: &Path) -> Option<Arc<CargoToml>> {
        match self.files.cargo_toml(&folder.join("Cargo.toml")) {
            Text::Absent => None,
            Text::Read(Ok(manifest)) => Some(manifest),
            Text::Read(Err(error)) if !error.names_dependencies => Some(Arc::default()),
            Text::Read(Err(_)) | Text::Unreadable => Some(Arc::new(CargoToml::unknown())),
        }
    }

    /// The folder in which Cargo keeps the lockfile of a project: its own, or that of the nearest
    /// workspace above which does not exclude it.
    pub(super) fn root_of(&self, folder: &Path) -> PathBuf {
        let own = self.manifest(folder);
        if own.as_ref().is_some_and(|own| own.workspace.is_some()) {
            return folder.to_owned();
        }
        let package = own.as_ref().and_then(|own| own.package.as_ref());
        if let Some(pointer) = package.and_then(|package| package.workspace.as_deref()) {
            return join(folder, pointer);
        }
        for above in folder.ancestors().skip(1) {
            let Some(manifest) = self.manifest(above) else {
                continue;
            };
            let Some(workspace) = &manifest.workspace else {
                continue;
            };
            if excludes(workspace, above, folder) {
                continue;
            }
            if self.members(above).contains(folder) {
                return above.to_owned();
            }
            break;
        }
        folder.to_owned()
    }

    /// The folders of the members of a workspace: those that it names, and the path dependencies of
    /// members that lie in its folder.
    fn members(&self, root: &Path) -> Rc<BTreeSet<PathBuf>> {
        if let Some(known) = self.members.borrow().get(root) {
            return Rc::clone(known);
        }
        let members = Rc::new(self.closure(root, false, |workspace, folder| {
            folder.starts_with(root) && !workspace.is_some_and(|it| excludes(it, root, folder))
        }));
        self.members.borrow_mut().insert(root.to_owned(), Rc::clone(&members));
        members
    }

    /// The folders of all that is locked with the members of a workspace: their path dependencies,
    /// wherever they lie.
    pub(super) fn reached_from(&self, root: &Path) -> Rc<BTreeSet<PathBuf>> {
        if let Some(known) = self.reached.borrow().get(root) {
            return Rc::clone(known);
        }
        let reached = Rc::new(self.closure(root, true, |_, _| true));
        self.reached.borrow_mut().insert(root.to_owned(), Rc::clone(&reached));
        reached
    }

    /// What the members that a workspace names lead to by paths, as far as they may be followed; with what
    /// the workspace puts in the place of other packages, if that counts.
    fn closure(
        &self,
        root: &Path,
        with_replacements: bool,
        may_follow: impl Fn(Option<&Workspace>, &Path) -> bool,
    ) -> BTreeSet<PathBuf> {
        let Some(manifest) = self.manifest(root) else {
            return BTreeSet::new();
        };
        let workspace = manifest.workspace.as_ref();
        let mut left = vec![root.to_owned()];
        if with_replacements {
            let patches = manifest.replacements.iter();
            left.extend(paths(root, patches.map(|patch| &patch.path)));
        }
        if let Some(workspace) = workspace {
            let shared = workspace.dependencies.values();
            left.extend(paths(root, shared.map(|dependency| &dependency.path)));
            let named = self.folders.iter().filter(|folder| names(workspace, root, folder));
            left.extend(named.cloned());
        }
        let mut found = BTreeSet::new();
        while let Some(folder) = left.pop() {
            if found.contains(&folder) || !may_follow(workspace, &folder) {
                continue;
            }
            let Some(manifest) = self.manifest(&folder) else {
                continue;
            };
            let dependencies = manifest.dependencies.iter();
            left.extend(paths(&folder, dependencies.map(|dependency| &dependency.path)));
            found.insert(folder);
        }
        found
    }

    /// Whether a project is a library that brings no program (Cargo documentation, "Cargo Targets").
    pub(super) fn is_library(&self, folder: &Path) -> bool {
        let Some(manifest) = self.manifest(folder) else {
            return false;
        };
        let exists = |path: &str| self.files.exists(&folder.join(path));
        let Targets { has_library, has_binary } = manifest.targets;
        let package = manifest.package.as_ref();
        let finds_binaries = !package.is_some_and(|package| package.finds_no_binaries);
        let has_binary =
            has_binary || (finds_binaries && (exists("src/main.rs") || exists("src/bin")));
        name(&manifest).is_some() && !has_binary && (has_library || exists("src/lib.rs"))
    }
}

/// Whether a workspace names a folder as that of a member.
fn names(workspace: &Workspace, root: &Path, folder: &Path) -> bool {
    let mut members = workspace.members.iter();
    members.any(|member| glob::matches(root, member, folder, true))
        && !excludes(workspace, root, folder)
}

/// What is excluded, unless it lies in what is named as a member.
fn excludes(workspace: &Workspace, root: &Path, folder: &Path) -> bool {
    let lies_in = |path: &String| folder.starts_with(join(root, path));
    workspace.exclude.iter().any(lies_in) && !workspace.members.iter().any(lies_in)
}

/// Folders that are written in a manifest of a folder.
fn paths<'run>(
    folder: &Path,
    written: impl Iterator<Item = &'run Option<String>>,
) -> impl Iterator<Item = PathBuf> {
    written.flatten().map(|path| join(folder, path))
}
