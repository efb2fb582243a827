//! Files of packages that texts name to what starts programs or compiles text.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use smol_str::SmolStr;

use super::Search;
use super::told::Told;
use crate::imports::folders::plain;
use crate::imports::graph::Via;
use crate::javascript::{self, Requested};
use crate::lockfile::PackageIndex;
use crate::parallel::in_parallel;

impl Search<'_> {
    /// A package that starts programs, or compiles text, is told the files of those that need it: each whose name
    /// stands in a text of their modules. Whether anything new was found.
    pub(super) fn follow_told_files(&mut self) -> bool {
        let Some((told, via)) = self.starting_or_compiling() else { return false };
        let mut found = self.named_by_compiling();
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
        found.extend(files.into_iter().flatten().map(|path| Told::File(path, via.clone())));
        self.add_told(found)
    }

    /// Files of a package that a module of it names where it compiles text: `eval(…)("./x")`.
    fn named_by_compiling(&self) -> Vec<Told> {
        let modules = self.graph.modules.iter().enumerate();
        let of_packages = modules.filter(|(_, module)| module.owner.is_some());
        let compiling = of_packages.filter_map(|(position, module)| {
            let mut loads = module.module.loads.iter();
            let load = loads.find(|load| load.what == Requested::Generated)?;
            Some((module, Via::Module(position, load.line)))
        });
        let named = compiling.flat_map(|(module, via)| {
            let texts = module.module.texts.iter().filter(|text| text.starts_with('.'));
            let files = texts.flat_map(|text| self.resolved(&module.path, text).files);
            files.map(move |file| Told::File(file, via.clone()))
        });
        named.collect()
    }

    /// The entries of packages that start or compile what they are told, and the first such place.
    fn starting_or_compiling(&self) -> Option<(BTreeSet<PackageIndex>, Via)> {
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
            let folders = [module.path.parent().unwrap_or(root), root];
            let words = module.module.commands.iter().map(SmolStr::as_str);
            for text in paths_in(&bytes).chain(words) {
                named.add(text, &folders);
            }
        }
        files.retain(|file| named.has(file));
        files
    }
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
