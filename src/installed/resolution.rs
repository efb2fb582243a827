//! Which files a specifier may lead to, in any tool and under any condition (Node.js documentation, "Modules:
//! `CommonJS` modules", "`ECMAScript` modules", "Modules: Packages"; webpack documentation, "Resolve").

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Installed;
use super::candidates::Candidates;
use super::exports;
use super::manifest::Manifest;
use super::names::declares_types;
use super::scan::MODULES;
use super::specifier::{Readings, Specifier, split};
use super::tree::{Folder, plain};

/// How many times one specifier may stand for another one.
const DEEPEST: usize = 6;

/// Where a specifier leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Every file that may be loaded, by path, without links.
    pub files: Vec<PathBuf>,
    /// The installed packages that the specifier names or whose files these are, in order.
    pub packages: Vec<usize>,
    pub kind: ResolvedKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolvedKind {
    /// There are files or packages.
    Found,
    /// It is a module of the runtime, and no package of its name is installed.
    Builtin,
    /// It is fetched from an address, or the text of the specifier is the module.
    Elsewhere,
    /// Nothing of that name is there.
    Missing,
}

impl Installed {
    /// Every file that a specifier in a file may lead to. `from` has no links and need not exist.
    pub fn resolve(&self, from: &Path, specifier: &str) -> Resolved {
        let mut search = Search::new(self, from);
        let readings = search.look_up(specifier, DEEPEST);
        let Search { mut candidates, mut packages, .. } = search;
        candidates.files.retain(|file| !declares_types(file));
        packages.extend(candidates.files.iter().filter_map(|file| self.owner(file)));
        let kind = match () {
            () if !candidates.files.is_empty() || !packages.is_empty() => ResolvedKind::Found,
            () if readings.is_builtin => ResolvedKind::Builtin,
            () if readings.is_elsewhere => ResolvedKind::Elsewhere,
            () => ResolvedKind::Missing,
        };
        Resolved {
            files: candidates.files.into_iter().collect(),
            packages: packages.into_iter().collect(),
            kind,
        }
    }
}

/// The search for what one specifier leads to.
struct Search<'search> {
    installed: &'search Installed,
    /// The folder of the file that it stands in.
    folder: &'search Path,
    /// Whether that file is none of an installed package.
    is_own: bool,
    candidates: Candidates,
    packages: BTreeSet<usize>,
    /// The texts that were looked up.
    seen: BTreeSet<String>,
}

impl<'search> Search<'search> {
    fn new(installed: &'search Installed, from: &'search Path) -> Self {
        Self {
            installed,
            folder: from.parent().unwrap_or(from),
            is_own: installed.owner(from).is_none(),
            candidates: Candidates::default(),
            packages: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    fn look_up(&mut self, text: &str, depth: usize) -> Readings {
        let readings = Readings::of(text);
        if depth == 0 || !self.seen.insert(text.to_owned()) {
            return readings;
        }
        for specifier in &readings.specifiers {
            match specifier {
                Specifier::Relative(path) => self.relative(path),
                Specifier::Absolute(path) => self.absolute(path),
                Specifier::Internal(name) => self.internal(name, depth),
                Specifier::Bare(name) => self.bare(name),
            }
            let (Specifier::Relative(text)
            | Specifier::Absolute(text)
            | Specifier::Internal(text)
            | Specifier::Bare(text)) = specifier;
            self.aliases(text);
            self.replacements_of(text, depth);
        }
        // What replaces a file may be replaced in its turn.
        for _ in 0..depth {
            let before = self.candidates.files.len();
            self.replacements_of_files(depth);
            if self.candidates.files.len() == before {
                break;
            }
        }
        readings
    }

    fn relative(&mut self, path: &str) {
        self.path(self.folder, path);
        if !self.is_own {
            return;
        }
        for roots in &self.installed.virtual_roots {
            let inside = roots.iter().filter_map(|root| self.folder.strip_prefix(root).ok());
            for below in inside {
                for root in roots {
                    self.candidates.add(&self.installed.tree, &root.join(below).join(path));
                }
            }
        }
    }

    fn path(&mut self, folder: &Path, path: &str) {
        self.candidates.add(&self.installed.tree, &folder.join(path));
    }

    /// A path from the root of the disk; in code for browsers from the root of what is served.
    fn absolute(&mut self, path: &str) {
        self.path(self.folder, path);
        let below = path.trim_start_matches('/');
        let roots: Vec<PathBuf> =
            self.manifests().into_iter().map(|(folder, _)| folder.to_owned()).collect();
        for root in roots.iter().chain([&self.installed.root]) {
            self.path(root, below);
            self.path(root, &format!("public/{below}"));
        }
    }

    /// The manifests in the folder of the file and above it. Node.js asks the nearest one; which that is
    /// depends on what is published and built.
    fn manifests(&self) -> Vec<(&'search Path, Arc<Manifest>)> {
        let above = self.folder.ancestors();
        let above = above.take_while(|folder| !folder.ends_with(MODULES));
        above.filter_map(|folder| Some((folder, self.installed.tree.manifest(folder)?))).collect()
    }

    /// A name of `imports`.
    fn internal(&mut self, name: &str, depth: usize) {
        for (folder, manifest) in self.manifests() {
            let targets = manifest.imports().map(|imports| exports::imported(imports, name));
            for target in targets.into_iter().flatten() {
                self.target(folder, &target, depth);
            }
        }
    }

    /// What a manifest names: a file from its folder, or a package.
    fn target(&mut self, folder: &Path, target: &str, depth: usize) {
        if target.starts_with('.') {
            self.path(folder, target);
        } else {
            self.look_up(target, depth - 1);
            // Old texts leave out the `./`.
            self.path(folder, target.trim_start_matches('/'));
        }
    }

    /// A package by its name: of the folders above the first that has it, and of those through whose
    /// links the file may have been reached.
    fn bare(&mut self, text: &str) {
        let (name, subpath) = split(text);
        for (folder, manifest) in self.manifests() {
            if manifest.name() == Some(name) {
                self.exported(folder, &manifest, subpath);
            }
        }
        self.upwards(self.folder, text, name, subpath);
        for modules in self.installed.links_to(self.folder) {
            self.upwards(modules, text, name, subpath);
        }
        for package in self.installed.map.named(self.folder, name) {
            self.package(package, subpath);
        }
    }

    /// A package that lies in a folder without links, or a project.
    fn package(&mut self, folder: &Path, subpath: &str) {
        let tree = &self.installed.tree;
        self.packages.extend(self.installed.by_folder.get(folder));
        if let Some(manifest) = tree.manifest(folder) {
            self.exported(folder, &manifest, subpath);
        }
        self.candidates.add(tree, &folder.join(subpath));
    }

    fn upwards(&mut self, from: &Path, text: &str, name: &str, subpath: &str) {
        let tree = &self.installed.tree;
        for folder in from.ancestors().filter(|folder| !folder.ends_with(MODULES)) {
            let modules = folder.join(MODULES);
            let Some(modules) = tree.folder(&modules) else { continue };
            let before = self.candidates.files.len();
            let is_there = self.in_modules(&modules, text, name, subpath);
            if is_there && self.candidates.files.len() > before {
                return;
            }
        }
    }

    /// Whether a package of exactly this name lies there.
    fn in_modules(&mut self, modules: &Folder, text: &str, name: &str, subpath: &str) -> bool {
        let tree = &self.installed.tree;
        let mut is_there = false;
        let packages = match name.split_once('/') {
            Some((scope, name)) => tree
                .folders_named(modules, scope)
                .into_iter()
                .flat_map(|(is_scope, scope)| {
                    let inside = tree.folders_named(&scope, name).into_iter();
                    inside.map(move |(is_exact, folder)| (is_scope && is_exact, folder))
                })
                .collect(),
            None => tree.folders_named(modules, name),
        };
        for (is_exact, package) in &packages {
            is_there |= is_exact;
            self.package(&package.real, subpath);
        }
        // Whatever knows nothing of `exports`, and files that lie beside the packages.
        self.candidates.add(tree, &modules.real.join(text));
        is_there
    }

    fn exported(&mut self, package: &Path, manifest: &Manifest, subpath: &str) {
        let Some(exports) = manifest.exports() else { return };
        let key = if subpath.is_empty() { ".".to_owned() } else { format!("./{subpath}") };
        for target in exports::exported(exports, &key) {
            self.path(package, target.trim_start_matches('/'));
        }
    }

    /// What settings and bundlers put in the place of a name. Installed packages were built before.
    fn aliases(&mut self, text: &str) {
        if !self.is_own {
            return;
        }
        let installed = self.installed;
        // A path is none of those names, unless one is written like it.
        let is_path = text.starts_with('.');
        let mappings = installed.mappings.iter();
        for mapping in mappings.filter(|it| !is_path || it.pattern.starts_with('.')) {
            for target in mapping.targets_of(text) {
                self.candidates.add(&installed.tree, &target);
            }
        }
    }

    /// What manifests put in the place of a specifier.
    fn replacements_of(&mut self, text: &str, depth: usize) {
        for (folder, manifest) in self.manifests() {
            for (from, to) in manifest.replacements() {
                let below = text.strip_prefix(from).filter(|below| below.starts_with('/'));
                if from == text {
                    self.target(folder, to, depth);
                } else if let Some(below) = below {
                    self.target(folder, &format!("{to}{below}"), depth);
                }
            }
        }
    }

    /// What manifests put in the places of the files that were found.
    fn replacements_of_files(&mut self, depth: usize) {
        let mut packages: BTreeSet<PathBuf> = BTreeSet::new();
        for file in &self.candidates.files {
            let above = file.ancestors().skip(1).take_while(|folder| !folder.ends_with(MODULES));
            packages.extend(above.map(Path::to_owned));
        }
        for folder in packages {
            let Some(manifest) = self.installed.tree.manifest(&folder) else { continue };
            for (from, to) in manifest.replacements() {
                if self.has_file(&folder, from) {
                    self.target(&folder, to, depth);
                }
            }
        }
    }

    /// Whether one of the files is what a manifest names.
    fn has_file(&self, folder: &Path, name: &str) -> bool {
        let path = plain(&folder.join(name.trim_start_matches('/')));
        self.candidates.files.iter().any(|file| {
            let without = file.with_extension("");
            *file == path
                || without == path
                || (without.ends_with("index") && file.parent() == Some(&path))
        })
    }
}
