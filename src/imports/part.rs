//! Whether a part of a package is used: one of its modules, or something that it exports.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::answer::{Answer, Step, perhaps};
use super::bundles::is_put_together;
use super::graph::{LoadedModule, ModuleIndex, Stage, Target, Via};
use super::search::Imports;
use super::sites::Places;
use super::words::names_word;
use crate::javascript::Use;
use crate::lockfile::PackageIndex;

impl Imports {
    /// Whether a package that is installed has a module of this path. What is not installed may have any.
    pub fn has_module(&self, copies: &[PackageIndex], module: &str) -> bool {
        let targets = self.installed_copies(copies);
        targets.is_empty() || !self.files_of(&targets, module).is_empty()
    }

    /// Whether a package that is installed has the word that something is exported by. What is not installed may
    /// have any.
    pub fn has_export(&self, copies: &[PackageIndex], properties: &[String]) -> bool {
        let targets = self.installed_copies(copies);
        let name = properties.last().filter(|_| !targets.is_empty());
        name.is_none_or(|name| self.is_written(&targets, name))
    }

    /// Whether the module of a path in a package is loaded, or another one that may hold the same code.
    pub fn module_of(&self, copies: &[PackageIndex], module: &str, places: Places) -> Answer {
        let targets = self.installed_copies(copies);
        let files = self.files_of(&targets, module);
        if files.is_empty() {
            return Answer::NamesNothing("the package has no module of this path".to_owned());
        }
        let loaded = files.iter().filter_map(|file| self.graph.module(file));
        let loaded = loaded.min_by_key(|position| self.graph.modules[*position].stage);
        if let Some(position) = loaded {
            let LoadedModule { via, stage, .. } = &self.graph.modules[position];
            return self.found(via, *stage);
        }
        match self.package(copies, places) {
            Answer::No(extent) => return Answer::No(extent),
            Answer::Yes { .. } | Answer::Perhaps { .. } | Answer::NamesNothing(_) => {}
        }
        if let Some(absent) = self.absent_copy(copies) {
            return absent;
        }
        if let Some(position) = self.copy_of(&targets, module) {
            let why = "another module of the package that is loaded may hold the same code";
            return perhaps(why, self.steps(&self.graph.modules[position].via));
        }
        self.in_doubt(&targets, places).unwrap_or_else(|| Answer::No(self.extent()))
    }

    /// Whether a loaded module lies among what is built from the sources of its package, and the other one does
    /// not: it may be put together of it, under other names.
    fn is_built_elsewhere(&self, loaded: &LoadedModule, module: &str) -> bool {
        let Some(owner) = loaded.owner else { return false };
        let folder = &self.installed.packages()[owner].folder;
        let below = loaded.path.strip_prefix(folder).unwrap_or(&loaded.path);
        let is_minified = below.to_string_lossy().contains(".min.");
        let first = below.iter().next().and_then(|first| first.to_str()).unwrap_or_default();
        let is_beside = module.split('/').next() == Some(first);
        is_minified || (BUILT.contains(&first) && !is_beside)
    }

    /// The names of functions and classes that a module declares or exports, as far as they are long enough to
    /// tell it from others.
    fn declared_in(&self, targets: &BTreeSet<usize>, module: &str) -> BTreeSet<String> {
        const SHORTEST: usize = 5;
        let is_of_name = |next: char| next.is_alphanumeric() || next == '_' || next == '$';
        let mut names = BTreeSet::new();
        for file in self.files_of(targets, module) {
            let bytes = self.installed.bytes(&file).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            for mark in ["function ", "class ", "exports."] {
                for (place, _) in text.match_indices(mark) {
                    let rest = &text[place + mark.len()..];
                    let name =
                        rest.split(|next: char| !is_of_name(next)).next().unwrap_or_default();
                    if name.len() >= SHORTEST {
                        names.insert(name.to_owned());
                    }
                }
            }
        }
        names
    }

    /// The files that a path in a package may stand for.
    fn files_of(&self, targets: &BTreeSet<usize>, module: &str) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        for target in targets {
            let folder = &self.installed.packages()[*target].folder;
            let manifest = folder.join("package.json");
            files.extend(self.installed.resolve(&manifest, &format!("./{module}")).files);
            let name = &self.installed.packages()[*target].id.name;
            files.extend(self.installed.resolve(&manifest, &format!("{name}/{module}")).files);
        }
        files
    }

    /// A loaded module that may hold the code of another one of its package: it is called like it, has its
    /// name as a word, or is put together of several by a bundler.
    fn copy_of(&self, targets: &BTreeSet<usize>, module: &str) -> Option<ModuleIndex> {
        let stem = stem(module);
        let names = self.declared_in(targets, module);
        self.graph.modules.iter().position(|loaded| {
            if loaded.owner.is_none_or(|owner| !targets.contains(&owner)) {
                return false;
            }
            let text = self.installed.bytes(&loaded.path).unwrap_or_default();
            is_put_together(&text)
                || self.is_built_elsewhere(loaded, module)
                || self::stem(&loaded.path.to_string_lossy()) == stem
                || memchr::memmem::find(&text, stem.as_bytes()).is_some()
                || names.iter().any(|name| names_word(&text, name))
        })
    }

    /// Whether something that a package exports is used, by the properties that lead to it.
    ///
    /// Where the package is loaded, it is used if code outside of it says so by its name, and not used if nothing
    /// that is used leads to it: see [`super::exports`].
    pub fn export(&self, copies: &[PackageIndex], properties: &[String], places: Places) -> Answer {
        let package = self.package(copies, places);
        let targets = self.installed_copies(copies);
        let Some(name) = properties.last().filter(|_| !targets.is_empty()) else {
            return package;
        };
        if !self.has_export(copies, properties) {
            return Answer::NamesNothing(format!("no file of the package has the word `{name}`"));
        }
        if matches!(package, Answer::No(_)) {
            return package;
        }
        if let Some(steps) = self.surely_used(&targets, name) {
            return Answer::Yes { steps };
        }
        if let Some(absent) = self.absent_copy(copies) {
            return absent;
        }
        self.leading_to(&targets, properties, places).unwrap_or_else(|| Answer::No(self.extent()))
    }

    /// The way to code outside of some packages that is surely loaded and uses a property of this name.
    fn surely_used(&self, targets: &BTreeSet<usize>, name: &str) -> Option<Vec<Step>> {
        let modules = self.graph.modules.iter().enumerate();
        let outside = modules.filter(|(_, loaded)| {
            loaded.stage == Stage::Sure
                && loaded.owner.is_none_or(|owner| !targets.contains(&owner))
        });
        let mut uses = outside.flat_map(|(position, loaded)| {
            uses_of(loaded, targets).map(move |used| (position, used))
        });
        let (position, found) = uses.find(|(_, used)| used.path.iter().any(|step| step == name))?;
        Some(self.steps(&Via::Module(position, found.line)))
    }

    /// Whether a word stands in any module of these packages.
    fn is_written(&self, packages: &BTreeSet<usize>, word: &str) -> bool {
        let files = packages.iter().flat_map(|package| self.installed.files(*package));
        files.into_iter().any(|file| {
            let text = self.installed.bytes(&file).unwrap_or_default();
            memchr::memmem::find(&text, word.as_bytes()).is_some()
        })
    }
}

/// What a module uses of packages.
fn uses_of<'loaded>(
    loaded: &'loaded LoadedModule,
    packages: &BTreeSet<usize>,
) -> impl Iterator<Item = &'loaded Use> {
    let leads = |target: &Target| {
        let mut named = target.packages.iter();
        named.any(|package| packages.contains(package))
    };
    let of_package: BTreeSet<usize> =
        (0..loaded.targets.len()).filter(|load| leads(&loaded.targets[*load])).collect();
    loaded.module.uses.iter().filter(move |used| of_package.contains(&(used.load as usize)))
}

/// Folders of packages that hold what is built from others.
const BUILT: &[&str] = &["browser", "build", "bundle", "bundles", "dist", "umd"];

/// The name of a file without its folders and endings.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}
