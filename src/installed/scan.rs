//! Which packages lie in `node_modules` folders, however a package manager lays them out.
//!
//! Packages lie there in person, or in a store beside them to which links lead: `.pnpm`, `.store` (npm
//! with `install-strategy=linked`, Yarn with `nodeLinker: pnpm`), `.bun`, `.deno`, or one for the whole
//! machine. So links are followed, and so is what lies beside the packages that they lead to.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use smol_str::SmolStr;

use super::manifest::Identity;
use super::tree::{Entry, Kind, MANIFEST, Tree, plain};

/// The folder that packages are installed in.
pub(super) const MODULES: &str = "node_modules";

/// Folders of `node_modules` that hold no packages: commands, and what tools keep for themselves.
const NO_STORES: &[&str] = &[".bin", ".cache", ".vite", ".vite-temp"];

/// A package as it lies on disk.
#[derive(Debug)]
pub(super) struct Lying {
    /// The name that it is installed under.
    pub(super) installed_as: SmolStr,
    /// Without links.
    pub(super) folder: PathBuf,
    /// Its manifest; `None` where that cannot be read.
    pub(super) identity: Option<Identity>,
}

/// Everything that lies in `node_modules` folders.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) packages: Vec<Lying>,
    /// The packages and projects that each of them offers: by its own folder, their folders without links.
    pub(super) offered: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// The names under which each folder is offered.
    pub(super) called: BTreeMap<PathBuf, BTreeSet<SmolStr>>,
    /// The names that links to projects have, and those that the projects give themselves.
    pub(super) linked_as: BTreeSet<SmolStr>,
    /// The folders in which links to projects lie, by the folders of those.
    pub(super) linked_from: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

/// Looks at the `node_modules` folders in some folders, and at all to which they lead.
pub(super) fn scan(tree: &Tree, folders: impl Iterator<Item = PathBuf>) -> Scan {
    let mut scanning = Scanning { tree, ..Scanning::new(tree) };
    scanning.pending.extend(folders.map(|folder| folder.join(MODULES)));
    scanning.run();
    scanning.scan
}

/// Looks at packages, each with the name that it is installed under, and at those that lie inside of them.
pub(super) fn scan_packages(tree: &Tree, packages: Vec<(SmolStr, PathBuf)>) -> Scan {
    let mut scanning = Scanning::new(tree);
    for (installed_as, folder) in packages {
        scanning.package(installed_as, folder);
    }
    scanning.run();
    scanning.scan
}

struct Scanning<'tree> {
    tree: &'tree Tree,
    scan: Scan,
    /// The positions of packages by their folders.
    known: HashMap<PathBuf, usize>,
    pending: Vec<PathBuf>,
    seen: BTreeSet<PathBuf>,
    /// Links, each with the folder of packages that it lies in and its name there. They come last: most
    /// lead to what is known by then.
    links: Vec<(PathBuf, SmolStr)>,
}

impl<'tree> Scanning<'tree> {
    fn new(tree: &'tree Tree) -> Self {
        Self {
            tree,
            scan: Scan::default(),
            known: HashMap::new(),
            pending: Vec::new(),
            seen: BTreeSet::new(),
            links: Vec::new(),
        }
    }

    fn run(&mut self) {
        loop {
            while let Some(folder) = self.pending.pop() {
                self.modules(&folder);
            }
            let Some((modules, name)) = self.links.pop() else { break };
            self.link(&modules, &name);
        }
    }

    /// A folder of packages.
    fn modules(&mut self, path: &Path) {
        let Some(folder) = self.tree.folder(path) else { return };
        if !self.seen.insert(folder.real.clone()) {
            return;
        }
        for entry in folder.entries() {
            if entry.kind == Kind::File || NO_STORES.contains(&entry.name.as_str()) {
                continue;
            }
            if entry.name.starts_with('.') {
                self.store(&folder.real.join(&entry.name));
            } else if entry.name.starts_with('@') {
                self.scope(&folder.real, &entry.name);
            } else {
                self.entry(&folder.real, entry.name.clone(), entry);
            }
        }
    }

    fn scope(&mut self, modules: &Path, scope: &str) {
        let Some(folder) = self.tree.folder(&modules.join(scope)) else { return };
        for entry in folder.entries() {
            self.entry(modules, format!("{scope}/{}", entry.name).into(), entry);
        }
    }

    /// A folder in which each folder has packages of its own.
    fn store(&mut self, path: &Path) {
        let Some(folder) = self.tree.folder(path) else { return };
        for entry in folder.entries().into_iter().filter(|entry| entry.kind != Kind::File) {
            let inside = folder.real.join(&entry.name);
            self.pending.push(if entry.name == MODULES { inside } else { inside.join(MODULES) });
        }
    }

    fn entry(&mut self, modules: &Path, name: SmolStr, entry: &Entry) {
        match entry.kind {
            Kind::File => {}
            Kind::Folder => {
                let folder = modules.join(&name);
                self.offer(modules, &folder, &name);
                self.package(name, folder);
            }
            Kind::Link => self.links.push((modules.to_owned(), name)),
        }
    }

    fn link(&mut self, modules: &Path, name: &SmolStr) {
        let path = modules.join(name);
        let leads_to = fs::read_link(&path)
            .ok()
            .map(|target| plain(&path.parent().unwrap_or(modules).join(target)));
        if let Some(folder) = leads_to.filter(|folder| self.known.contains_key(folder)) {
            self.offer(modules, &folder, name);
            return;
        }
        // A link that leads nowhere offers nothing.
        let Ok(folder) = fs::canonicalize(&path) else { return };
        self.offer(modules, &folder, name);
        if folder.components().any(|part| part.as_os_str() == MODULES) {
            self.package(name.clone(), folder.clone());
            self.beside(&folder);
        } else {
            let linked = self.scan.linked_from.entry(folder.clone()).or_default();
            linked.insert(modules.to_owned());
            self.scan.linked_as.insert(name.clone());
            let identity = Identity::read(&folder.join(MANIFEST));
            self.scan
                .linked_as
                .extend(identity.iter().filter_map(|it| it.name()).map(SmolStr::new));
            self.pending.push(folder.join(MODULES));
        }
    }

    /// The folders of packages that a package in a store sees.
    fn beside(&mut self, package: &Path) {
        let above = package.ancestors().skip(1);
        let inside = above.take_while(|folder| folder.iter().any(|part| part == MODULES));
        let folders = inside.map(|folder| {
            if folder.ends_with(MODULES) { folder.to_owned() } else { folder.join(MODULES) }
        });
        self.pending.extend(folders);
    }

    fn package(&mut self, installed_as: SmolStr, folder: PathBuf) {
        if self.known.contains_key(&folder) {
            return;
        }
        self.pending.push(folder.join(MODULES));
        let Some(listed) = self.tree.folder(&folder) else { return };
        // Without a manifest it is a folder of files that something was written to.
        if listed.named(MANIFEST).next().is_none() {
            return;
        }
        let identity = Identity::read(&folder.join(MANIFEST));
        self.known.insert(folder.clone(), self.scan.packages.len());
        self.scan.packages.push(Lying { installed_as, folder, identity });
    }

    fn offer(&mut self, modules: &Path, folder: &Path, name: &SmolStr) {
        let offered = self.scan.offered.entry(modules.to_owned()).or_default();
        offered.insert(folder.to_owned());
        self.scan.called.entry(folder.to_owned()).or_default().insert(name.clone());
    }
}
