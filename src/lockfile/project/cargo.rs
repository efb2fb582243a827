//! `Cargo.toml`: what it asks for, and the workspace that it belongs to (Cargo documentation,
//! "Workspaces").

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use toml::de::{DeTable, DeValue};

use super::{Files, Text, glob, join};
use crate::lockfile::Lockfile;
use crate::package::Ecosystem;

/// Tables of dependencies, in the spellings that Cargo accepts.
const TABLES: &[&str] = &[
    "dependencies",
    "dev-dependencies",
    "dev_dependencies",
    "build-dependencies",
    "build_dependencies",
];

/// What a text names that may ask for something, where it cannot be read.
const HINT: &str = "ependencies";

/// What one manifest says.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    name: Option<String>,
    version: Option<String>,
    /// The names of what it asks for.
    pub(super) requests: BTreeSet<String>,
    /// The folders that its dependencies lie in, as written.
    paths: Vec<String>,
    workspace: Option<Workspace>,
    /// The folders of what it puts in the place of other packages (Cargo documentation, "Overriding
    /// Dependencies").
    replacements: Vec<String>,
    /// Where it says that its workspace is.
    pointer: Option<String>,
    targets: Targets,
}

#[derive(Debug, Default)]
struct Workspace {
    members: Vec<String>,
    exclude: Vec<String>,
    /// The folders of the dependencies that members may inherit.
    paths: Vec<String>,
}

#[derive(Debug, Default)]
struct Targets {
    has_library: bool,
    has_binary: bool,
    /// Binaries are not looked for in their usual places.
    finds_no_binaries: bool,
}

impl Manifest {
    fn read(files: &dyn Files, folder: &Path) -> Option<Self> {
        match files.text(&folder.join("Cargo.toml")) {
            Text::Absent => None,
            Text::Unreadable => Some(Self::unknown()),
            Text::Read(text) => Some(Self::of(text.trim_start_matches('\u{feff}'))),
        }
    }

    /// What cannot be read may ask for anything.
    fn unknown() -> Self {
        Self { requests: BTreeSet::from([String::new()]), ..Self::default() }
    }

    fn of(text: &str) -> Self {
        let Ok(parsed) = DeTable::parse(text) else {
            return if text.contains(HINT) { Self::unknown() } else { Self::default() };
        };
        let root = parsed.get_ref();
        let package = table(root, "package").or_else(|| table(root, "project"));
        let mut manifest = Self {
            name: package.and_then(|package| text_in(package, "name")),
            version: package.and_then(|package| text_in(package, "version")),
            pointer: package.and_then(|package| text_in(package, "workspace")),
            workspace: table(root, "workspace").map(|workspace| Workspace {
                members: strings(workspace, "members"),
                exclude: strings(workspace, "exclude"),
                paths: dependencies(workspace, "dependencies")
                    .filter_map(|(_, value)| path_of(value))
                    .collect(),
            }),
            targets: Targets {
                has_library: table(root, "lib").is_some(),
                has_binary: root.contains_key("bin"),
                finds_no_binaries: package
                    .and_then(|package| package.get("autobins"))
                    .is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(false))),
            },
            ..Self::default()
        };
        let patches = table(root, "patch").into_iter().flat_map(|patches| {
            patches.iter().filter_map(|(_, patched)| as_table(patched.get_ref()))
        });
        for replaced in patches.chain(table(root, "replace")) {
            let paths = replaced.iter().filter_map(|(_, value)| path_of(value.get_ref()));
            manifest.replacements.extend(paths);
        }
        let targets = table(root, "target").into_iter().flat_map(|targets| {
            targets.iter().filter_map(|(_, target)| as_table(target.get_ref()))
        });
        for tables in std::iter::once(root).chain(targets) {
            for (name, value) in TABLES.iter().flat_map(|name| dependencies(tables, name)) {
                let renamed = as_table(value).and_then(|table| text_in(table, "package"));
                manifest.requests.insert(renamed.unwrap_or_else(|| name.to_owned()));
                manifest.paths.extend(path_of(value));
            }
        }
        manifest
    }

    /// Whether a lockfile locks a project of its name.
    pub(super) fn is_locked_in(&self, lockfile: &Lockfile) -> bool {
        let mut roots = lockfile.roots.iter().map(|root| &lockfile.packages[*root].id.name);
        match &self.name {
            Some(name) => roots.any(|root| *root == name.as_str()),
            // The lockfile beside a manifest that does not read is all there is to ask.
            None => true,
        }
    }

    /// The same, and all that it asks for is locked: development dependencies of what is no member are
    /// not.
    pub(super) fn is_locked_in_full(&self, lockfile: &Lockfile) -> bool {
        let folded = |name: &str| name.replace('_', "-");
        let locked: BTreeSet<String> =
            lockfile.packages.iter().map(|package| folded(&package.id.name)).collect();
        self.name.is_some()
            && self.is_locked_in(lockfile)
            && self.requests.iter().all(|name| locked.contains(&folded(name)))
    }

    /// Whether a lockfile locks a package of its name and version.
    pub(super) fn is_package_of(&self, lockfile: &Lockfile) -> bool {
        let (Some(name), Some(version)) = (&self.name, &self.version) else {
            return false;
        };
        let mut packages = lockfile.packages.iter();
        lockfile.ecosystem == Ecosystem::Cargo
            && packages.any(|package| package.id.name == *name && package.id.version == *version)
    }
}

/// The workspaces that manifests belong to.
pub(super) struct Workspaces<'run> {
    files: &'run dyn Files,
    /// Every folder that is known to hold a manifest.
    folders: BTreeSet<PathBuf>,
    manifests: RefCell<BTreeMap<PathBuf, Option<Rc<Manifest>>>>,
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
            manifests: RefCell::default(),
            members: RefCell::default(),
            reached: RefCell::default(),
        }
    }

    /// The manifest of a folder.
    pub(super) fn manifest(&self, folder: &Path) -> Option<Rc<Manifest>> {
        let mut known = self.manifests.borrow_mut();
        let read = || Manifest::read(self.files, folder).map(Rc::new);
        known.entry(folder.to_owned()).or_insert_with(read).clone()
    }

    /// The folder in which Cargo keeps the lockfile of a project: its own, or that of the nearest
    /// workspace above which does not exclude it.
    pub(super) fn root_of(&self, folder: &Path) -> PathBuf {
        let own = self.manifest(folder);
        if own.as_ref().is_some_and(|own| own.workspace.is_some()) {
            return folder.to_owned();
        }
        if let Some(pointer) = own.as_ref().and_then(|own| own.pointer.as_deref()) {
            return join(folder, pointer);
        }
        for above in folder.ancestors().skip(1) {
            let Some(manifest) = self.manifest(above) else {
                continue;
            };
            let Some(workspace) = &manifest.workspace else {
                continue;
            };
            if workspace.excludes(above, folder) {
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
            folder.starts_with(root) && !workspace.is_some_and(|it| it.excludes(root, folder))
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
            let paths = manifest.replacements.iter();
            left.extend(paths.map(|path| join(root, path)));
        }
        if let Some(workspace) = workspace {
            left.extend(workspace.paths.iter().map(|path| join(root, path)));
            let named = self.folders.iter().filter(|folder| workspace.names(root, folder));
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
            left.extend(manifest.paths.iter().map(|path| join(&folder, path)));
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
        let Targets { has_library, has_binary, finds_no_binaries } = manifest.targets;
        let has_binary =
            has_binary || (!finds_no_binaries && (exists("src/main.rs") || exists("src/bin")));
        manifest.name.is_some() && !has_binary && (has_library || exists("src/lib.rs"))
    }
}

impl Workspace {
    fn names(&self, root: &Path, folder: &Path) -> bool {
        let mut members = self.members.iter();
        members.any(|member| glob::matches(root, member, folder, true))
            && !self.excludes(root, folder)
    }

    /// What is excluded, unless it lies in what is named as a member.
    fn excludes(&self, root: &Path, folder: &Path) -> bool {
        let lies_in = |path: &String| folder.starts_with(join(root, path));
        self.exclude.iter().any(lies_in) && !self.members.iter().any(lies_in)
    }
}

fn as_table<'value>(value: &'value DeValue<'_>) -> Option<&'value DeTable<'value>> {
    match value {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn table<'table>(from: &'table DeTable<'_>, key: &str) -> Option<&'table DeTable<'table>> {
    as_table(from.get(key)?.get_ref())
}

fn text_in(from: &DeTable<'_>, key: &str) -> Option<String> {
    match from.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn strings(from: &DeTable<'_>, key: &str) -> Vec<String> {
    let Some(DeValue::Array(values)) = from.get(key).map(toml::Spanned::get_ref) else {
        return Vec::new();
    };
    let texts = values.iter().filter_map(|value| match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

fn dependencies<'table>(
    from: &'table DeTable<'_>,
    key: &str,
) -> impl Iterator<Item = (&'table str, &'table DeValue<'table>)> {
    table(from, key)
        .into_iter()
        .flat_map(|table| table.iter().map(|(name, value)| (&**name.get_ref(), value.get_ref())))
}

fn path_of(dependency: &DeValue<'_>) -> Option<String> {
    text_in(as_table(dependency)?, "path")
}
