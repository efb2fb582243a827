use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use tempfile::TempDir;
use twox_hash::xxhash3_128::Hasher;

use super::stored::{self, Modules};
use super::{ModuleCache, key};
use crate::installed::InstalledPackage;
use crate::javascript::{self, Module, Texts};
use crate::package::{Ecosystem, PackageId};

const LARCH: usize = 0;
const GLIM: usize = 1;
const OWN: usize = 2;
/// How they are called in the files of the cache.
const NAMES: [&str; 2] = ["larch 1.0.0", "glim 2.0.0"];

fn packages() -> Vec<InstalledPackage> {
    let package = |name: &str, version: &str, folder: &str| InstalledPackage {
        id: PackageId { ecosystem: Ecosystem::Npm, name: name.into(), version: version.into() },
        copies: vec![0],
        folder: PathBuf::from(folder),
    };
    vec![
        package("larch", "1.0.0", "/project/node_modules/larch"),
        package("glim", "2.0.0", "/project/node_modules/larch/node_modules/glim"),
        package("own", "1.0.0", "/project/packages/own"),
    ]
}

/// A folder for the cache and, beside it, one that is looked at.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.project()).unwrap();
        place
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("cache/modules")
    }

    fn project(&self) -> PathBuf {
        self.0.path().join("project")
    }

    fn cache(&self) -> ModuleCache {
        ModuleCache::new(Some(&self.folder()), &self.project(), &packages())
    }

    /// What a run reads of modules of a package, each with its name, and keeps.
    fn run(&self, package: usize, modules: &[(&str, String)]) -> Vec<Module> {
        let mut cache = self.cache();
        let read = modules.iter().map(|(name, text)| read(&cache, package, name, text)).collect();
        cache.save();
        read
    }

    fn file(&self, package: usize) -> PathBuf {
        stored::path_of(&self.folder(), NAMES[package])
    }

    fn files(&self) -> BTreeSet<PathBuf> {
        let entries = fs::read_dir(self.folder()).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Keeps that a module loads nothing, whatever it loads, as a build and for a package.
    fn forge(&self, build: &str, package: &str, file: &Path, module: (&str, &str)) {
        let modules: Modules =
            BTreeMap::from([(key(module.0, module.1.as_bytes()), Module::default())]);
        let content = postcard::to_stdvec(&(build, package, modules)).unwrap();
        let mut bytes = Hasher::oneshot(&content).to_le_bytes().to_vec();
        bytes.extend(content);
        fs::create_dir_all(self.folder()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}

fn read(cache: &ModuleCache, package: usize, name: &str, text: &str) -> Module {
    cache.read(package, &Path::new("/anywhere/lib").join(name), text.as_bytes(), text)
}

fn read_anew(name: &str, text: &str) -> Module {
    javascript::read(&format!("/somewhere/else/{name}"), text, Texts::OfPrograms)
}

const NAMES_OF_FILES: &[&str] = &[
    "index.js",
    "index.ts",
    "index.tsx",
    "index.d.ts",
    "index.vue",
    "cli",
    ".js",
    "x.mjs",
    "x.flow",
];
const STATEMENTS: &[&str] = &[
    "const a = require('a');\n",
    "a.b.c();\n",
    "import { d } from 'd/e';\n",
    "require(process.argv[2]);\n",
    "require('child_process').exec('f g');\n",
    "let h: string = <i>j;\n",
    "export default <k>{l}</k>;\n",
    "<script>import 'm';</script>\n",
    "eval('n' + o);\n",
    "((((\n",
];

fn modules() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let statement = prop::sample::select(STATEMENTS);
    let text = prop::collection::vec(statement, 0..4).prop_map(|it| it.concat());
    prop::collection::vec((prop::sample::select(NAMES_OF_FILES), text), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_module_is_the_same_whatever_lies_in_the_cache(
        modules in modules(),
        others in modules(),
        place_of_damage in any::<prop::sample::Index>(),
        damage in 1..=255_u8,
        is_cut in any::<bool>(),
    ) {
        let place = Place::new();
        let expected: Vec<Module> =
            modules.iter().map(|(name, text)| read_anew(name, text)).collect();
        prop_assert_eq!(&place.run(LARCH, &modules), &expected, "cold");
        place.run(LARCH, &others);
        prop_assert_eq!(&place.run(LARCH, &modules), &expected, "warm");

        let mut bytes = fs::read(place.file(LARCH)).unwrap();
        let position = place_of_damage.index(bytes.len());
        if is_cut { bytes.truncate(position) } else { bytes[position] ^= damage }
        fs::write(place.file(LARCH), bytes).unwrap();
        prop_assert_eq!(&place.run(LARCH, &modules), &expected, "damaged");
        // It is whole again.
        prop_assert!(stored::read(&place.folder(), NAMES[LARCH]).is_some());
    }
}

#[test]
fn what_is_kept_is_not_read_again() {
    let place = Place::new();
    let build = env!("LOCKGATE_SOURCES");
    let module = ("index.js", "require('a')");
    place.forge(build, NAMES[LARCH], &place.file(LARCH), module);
    let run = |package, name, text: &str| place.run(package, &[(name, text.to_owned())]).remove(0);
    assert_eq!(run(LARCH, module.0, module.1), Module::default());
    for (why, package, name, text) in [
        ("another content", LARCH, "index.js", "require('a') "),
        ("another name, and so another language", LARCH, "index.ts", "require('a')"),
        ("another package", GLIM, "index.js", "require('a')"),
    ] {
        assert_eq!(run(package, name, text), read_anew(name, text), "{why}");
    }
}

#[test]
fn what_others_wrote_counts_for_nothing() {
    let build = env!("LOCKGATE_SOURCES");
    for (why, build, package) in [
        ("another build", "0123456789abcdef", NAMES[LARCH]),
        ("the file of another package", build, NAMES[GLIM]),
    ] {
        let place = Place::new();
        let module = ("index.js", "require('a')");
        place.forge(build, package, &place.file(LARCH), module);
        let read = place.run(LARCH, &[(module.0, module.1.to_owned())]);
        assert_eq!(read, [read_anew(module.0, module.1)], "{why}");
    }
    let place = Place::new();
    fs::create_dir_all(place.file(LARCH)).unwrap();
    let module = ("index.js", "require('a')".to_owned());
    let read = place.run(LARCH, std::slice::from_ref(&module));
    assert_eq!(read, [read_anew(module.0, &module.1)], "a folder");
}

#[test]
fn what_is_no_installed_package_is_never_kept() {
    let place = Place::new();
    let module = ("index.js", "require('a')".to_owned());
    let read = place.run(OWN, std::slice::from_ref(&module));
    assert_eq!(read, [read_anew(module.0, &module.1)]);
    assert_eq!(place.files(), BTreeSet::new());
}

#[test]
fn a_folder_that_a_change_may_bring_is_not_used() {
    let place = Place::new();
    let top = place.0.path();
    let repository = top.join("repository");
    fs::create_dir_all(repository.join(".git")).unwrap();
    let mut refused =
        vec![place.project(), place.project().join("cache/new"), repository.join("cache")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&repository, top.join("link")).unwrap();
        refused.push(top.join("link/cache"));
    }
    for folder in refused {
        let cache = ModuleCache::new(Some(&folder), &place.project(), &packages());
        assert_eq!(cache.folder, None, "{}", folder.display());
    }
    assert_eq!(place.cache().folder, Some(place.folder()));
}

#[test]
fn runs_beside_each_other_share_what_they_keep() {
    let place = Place::new();
    let modules: Vec<(&str, String)> =
        (0..40).map(|number| ("index.js", format!("require('a{number}')"))).collect();
    let expected: Vec<Module> = modules.iter().map(|(name, text)| read_anew(name, text)).collect();
    thread::scope(|scope| {
        for start in 0..8 {
            let (place, modules, expected) = (&place, &modules, &expected);
            scope.spawn(move || {
                for round in 0..20 {
                    let these = (start + round)..(start + round + 10);
                    let read = place.run(round % 2, &modules[these.clone()]);
                    assert_eq!(read, expected[these]);
                    // Once it is there, it is whole at any time.
                    assert!(stored::read(&place.folder(), NAMES[round % 2]).is_some());
                }
            });
        }
    });
    // Nothing is left of what was being written.
    assert_eq!(place.files(), BTreeSet::from([place.file(LARCH), place.file(GLIM)]));
}

#[test]
fn the_oldest_go_first_where_there_are_too_many() {
    let place = Place::new();
    let large = ("index.js", format!("require('{}')", "a/".repeat(200)));
    place.run(LARCH, std::slice::from_ref(&large));
    let old = place.folder().join("left by a run that was killed");
    fs::write(&old, [0; 400]).unwrap();
    let day = Duration::from_hours(24);
    let now = fs::metadata(place.file(LARCH)).unwrap().modified().unwrap();
    let set = |path: &Path, time: SystemTime| {
        File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
    };
    set(&old, now - 2 * day);
    set(&place.file(LARCH), now - day);
    for (most_bytes, left) in [
        (u64::MAX, vec![old.clone(), place.file(LARCH), place.file(GLIM)]),
        (1_200, vec![place.file(LARCH), place.file(GLIM)]),
        (700, vec![place.file(GLIM)]),
        (10, vec![]),
    ] {
        let _ = fs::remove_file(place.file(GLIM));
        let mut cache = ModuleCache { most_bytes, ..place.cache() };
        read(&cache, GLIM, large.0, &large.1);
        cache.save();
        assert_eq!(place.files(), left.into_iter().collect(), "{most_bytes}");
    }
}
