//! What is loaded because something names it to a package that loads or starts what it is told.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use smol_str::SmolStr;

use super::{Pending, Search};
use crate::imports::folders::plain;
use crate::imports::graph::{LoadedModule, Stage, Target, Via};
use crate::installed::package_of;
use crate::javascript::{self, Requested};
use crate::lockfile::PackageIndex;
use crate::parallel::in_parallel;

impl Search<'_> {
    /// What is named to a package that loads what it is told is loaded from there. Whether anything new was found.
    pub(super) fn follow_known_sites(&mut self) -> bool {
        let mut found = Vec::new();
        for (position, site) in self.graph.modules.iter().enumerate() {
            let Some(line) = site.known_sites.first() else { continue };
            let via = Via::Module(position, *line);
            for name in self.names_given(site.owner) {
                let Target { files, packages, .. } = self.resolved(&site.path, name);
                found
                    .extend(packages.into_iter().map(|package| (Some(package), None, via.clone())));
                found.extend(files.into_iter().map(|file| (None, Some(file), via.clone())));
            }
        }
        self.add_told(found)
    }

    /// Adds packages and files to which something leads that names them to a package. Whether any is new.
    fn add_told(&mut self, found: Vec<(Option<usize>, Option<PathBuf>, Via)>) -> bool {
        let mut is_new = false;
        for (package, file, via) in found {
            if let Some(package) = package {
                self.graph.lead_to(package, &via, Stage::Unsure);
                self.graph.besides.insert(package);
            }
            if let Some(path) = file {
                self.graph.besides.extend(self.installed.owner(&path));
                if !self.graph.holds(&path) {
                    is_new |= javascript::is_run_when_loaded(&path.to_string_lossy());
                    self.unsure.push(Pending { path, via });
                }
            }
        }
        is_new
    }

    /// What may be named to a package: by those who load it any path, and packages by anybody, who may be handed what
    /// it exports.
    fn names_given(&self, package: Option<usize>) -> BTreeSet<&str> {
        let users = self.users(package);
        let mut names = BTreeSet::new();
        for LoadedModule { owner, module, .. } in &self.graph.modules {
            if users.contains(owner) {
                let texts = module.names.iter().chain(&module.texts);
                names.extend(texts.flat_map(|name| [name.as_str(), behind_dot(name)]));
            } else {
                let of_packages =
                    module.names.iter().filter(|name| self.called.contains_key(*name));
                names.extend(of_packages.map(SmolStr::as_str));
            }
        }
        names
    }

    /// Who loads a package: itself, the repository (`None`), and the packages whose modules do.
    fn users(&self, package: Option<usize>) -> BTreeSet<Option<usize>> {
        let loads_it = |module: &&LoadedModule| {
            let mut named = module.targets.iter().flat_map(|target| &target.packages);
            named.any(|named| Some(*named) == package)
        };
        let owners = self.graph.modules.iter().filter(loads_it).map(|module| module.owner);
        owners.chain([None, package]).collect()
    }

    /// A module that starts programs which it is told is told commands, packages and their files by the modules that
    /// load it. Whether anything new was found.
    pub(super) fn follow_told_names(&mut self) -> bool {
        let starts = |module: &LoadedModule| {
            let mut loads = module.module.loads.iter();
            module.owner.is_some() && loads.any(|load| load.what == Requested::Program)
        };
        let starting: HashSet<&PathBuf> =
            self.graph.modules.iter().filter(|it| starts(it)).map(|it| &it.path).collect();
        let loads_one = |module: &LoadedModule| {
            let mut files = module.targets.iter().flat_map(|target| &target.files);
            module.owner.is_some() && files.any(|file| starting.contains(file))
        };
        let modules = self.graph.modules.iter().enumerate();
        let telling: Vec<(usize, &LoadedModule)> =
            modules.filter(|(_, module)| loads_one(module)).collect();
        let found = in_parallel(&telling, |(position, module)| {
            let via = Via::Module(*position, 1);
            let mut found = Vec::new();
            for name in module.module.names.iter().filter(|name| !module.loads(name)) {
                let commands = self.commands.get(name.rsplit('/').next().unwrap_or(name));
                let commands = commands.into_iter().flatten();
                found.extend(commands.map(|(package, file)| (Some(*package), Some(file.clone()))));
                if self.called.contains_key(package_of(name)) {
                    let Target { files, packages, .. } = self.resolved(&module.path, name);
                    found.extend(packages.into_iter().map(|package| (Some(package), None)));
                    found.extend(files.into_iter().map(|file| (None, Some(file))));
                }
            }
            let found = found.into_iter().map(|(package, file)| (package, file, via.clone()));
            found.collect::<Vec<_>>()
        });
        self.add_told(found.into_iter().flatten().collect())
    }

    /// A package that starts programs, or compiles text, is told the files of those that need it: each whose name
    /// stands in a text of their modules. Whether anything new was found.
    pub(super) fn follow_told_files(&mut self) -> bool {
        let Some((told, via)) = self.told() else { return false };
        let packages = self.installed.packages();
        let owners: BTreeSet<usize> =
            self.graph.modules.iter().filter_map(|module| module.owner).collect();
        let telling = owners.into_iter().filter(|owner| {
            let copies = &packages[*owner].copies;
            let needed = self.needs.closure(copies.iter().copied());
            needed.intersection(&told).any(|needed| !copies.contains(needed))
        });
        let telling: Vec<usize> = telling.collect();
        let files = in_parallel(&telling, |owner| self.files_that_it_names(*owner));
        let files = files.into_iter().flatten();
        self.add_told(files.map(|path| (None, Some(path), via.clone())).collect())
    }

    /// The entries of packages that start or compile what they are told, and the first such place.
    fn told(&self) -> Option<(BTreeSet<PackageIndex>, Via)> {
        let mut told = BTreeSet::new();
        let mut first = None;
        for (position, loaded) in self.graph.modules.iter().enumerate() {
            let is_told =
                |what: &Requested| matches!(what, Requested::Program | Requested::Generated);
            let mut loads = loaded.module.loads.iter();
            if let (Some(owner), Some(load)) =
                (loaded.owner, loads.find(|load| is_told(&load.what)))
            {
                told.extend(&self.installed.packages()[owner].copies);
                first.get_or_insert(Via::Module(position, load.line));
            }
        }
        Some((told, first?))
    }

    /// The modules of a package that nothing loads so far, and that texts of those name which are loaded.
    fn files_that_it_names(&self, package: usize) -> Vec<PathBuf> {
        let mut files = self.installed.files(package);
        files.retain(|file| {
            !self.graph.holds(file) && javascript::is_run_when_loaded(&file.to_string_lossy())
        });
        if files.is_empty() {
            return files;
        }
        let modules = self.graph.modules.iter().filter(|module| module.owner == Some(package));
        let root = &self.installed.packages()[package].folder;
        let mut named = Named::default();
        for module in modules {
            // What cannot be read may name any of them.
            let Ok(bytes) = self.installed.bytes(&module.path) else { return files };
            for text in paths_in(&bytes) {
                named.add(text, &[module.path.parent().unwrap_or(root), root]);
            }
        }
        files.retain(|file| named.has(file));
        files
    }

    /// What the texts of modules name as commands is run where anything starts programs. Whether anything new
    /// was found.
    pub(super) fn follow_commands(&mut self) -> bool {
        if !self.graph.modules.iter().any(|loaded| loaded.module.starts_programs) {
            return false;
        }
        let named = std::mem::take(&mut self.named_commands);
        let is_new = !named.is_empty();
        for (module, package, path) in named {
            let via = Via::Module(module, 1);
            self.graph.lead_to(package, &via, Stage::Unsure);
            self.graph.besides.insert(package);
            self.unsure.push(Pending { path, via });
        }
        is_new
    }
}

/// What stands behind the last dot: `ejs` of `page.ejs`.
fn behind_dot(text: &str) -> &str {
    text.rsplit('.').next().unwrap_or(text)
}

/// What texts name as files.
#[derive(Debug, Default)]
struct Named {
    /// `worker.js`, in any folder.
    names: HashSet<OsString, RandomState>,
    /// `./worker.js`, from the folders where that may begin.
    paths: HashSet<PathBuf, RandomState>,
}

impl Named {
    fn add(&mut self, text: &str, folders: &[&Path]) {
        if text.starts_with("./") || text.starts_with("../") {
            let paths = folders.iter().filter_map(|folder| plain(&folder.join(text)));
            self.paths.extend(paths);
        } else if let Some(name) = Path::new(text).file_name() {
            self.names.insert(name.to_owned());
        }
    }

    /// Whether a file is named, with its ending or without.
    fn has(&self, file: &Path) -> bool {
        let mut names = [file.file_name(), file.file_stem()].into_iter().flatten();
        names.any(|name| self.names.contains(name))
            || self.paths.contains(file)
            || self.paths.contains(&file.with_extension(""))
    }
}

/// The texts in a module that may be the end of a path, and nothing else: `./lib/worker.js`.
fn paths_in(text: &[u8]) -> impl Iterator<Item = &str> {
    let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.$@/".contains(&byte);
    let is_end = |byte: &u8| matches!(byte, b'\'' | b'"' | b'`');
    let mut ends = memchr::memchr3_iter(b'\'', b'"', b'`', text);
    std::iter::from_fn(move || {
        loop {
            let end = ends.next()?;
            let before = text[..end].iter().rev();
            let length = before.take_while(|byte| is_of_path(**byte)).count();
            let begin = (end - length).checked_sub(1).map(|begin| &text[begin]);
            if length > 0 && begin.is_some_and(|begin| is_end(begin) || *begin == b'}') {
                return std::str::from_utf8(&text[end - length..end]).ok();
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Named, paths_in};

    #[test]
    fn a_text_that_ends_a_path_is_told() {
        for (text, paths) in [
            ("f('worker.js')", "worker.js"),
            ("f(\"./lib/worker\", `${here}/other.mjs`)", "./lib/worker /other.mjs"),
            ("f(worker, 'a b')", ""),
            ("'", ""),
        ] {
            let found: Vec<&str> = paths_in(text.as_bytes()).collect();
            assert_eq!(found.join(" "), paths, "{text}");
        }
    }

    #[test]
    fn a_file_is_named_in_any_folder_or_from_one() {
        for (text, file, expected) in [
            ("worker.js", "/p/lib/worker.js", true),
            ("worker", "/p/lib/worker.js", true),
            ("jobs/worker", "/p/lib/worker.js", true),
            ("./worker.js", "/p/lib/worker.js", true),
            ("./lib/worker", "/p/lib/worker.js", true),
            ("../index.js", "/p/index.js", true),
            ("./index.js", "/p/other/index.js", false),
            ("work", "/p/lib/worker.js", false),
        ] {
            let mut named = Named::default();
            named.add(text, &[Path::new("/p/lib"), Path::new("/p")]);
            assert_eq!(named.has(Path::new(file)), expected, "{text} {file}");
        }
    }
}
