//! The tables under `fixtures/truth/`: ways to load a package, and ways to write the same thing differently.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::harness::repository;

/// One way in which Node.js comes to load the package `glim`.
///
/// In its texts `«glim»` is a place where any expression with this value may stand, `‹glim›` one for a string
/// literal, and `¦require¦` one for any expression that is this function.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Way {
    /// The file that it stands in, without its ending.
    #[serde(skip)]
    pub(super) group: String,
    pub(super) name: String,
    /// How its code is read.
    #[serde(default)]
    pub(super) language: Language,
    /// Declarations that may only stand at the top of a module.
    #[serde(default)]
    pub(super) head: String,
    /// Statements, which may be wrapped.
    #[serde(default)]
    pub(super) body: String,
    /// Where the code stands, if it cannot stand anywhere else.
    pub(super) file: Option<String>,
    /// Further files.
    #[serde(default)]
    pub(super) files: BTreeMap<String, String>,
    /// Links, with what they lead to from their own folder.
    #[serde(default)]
    pub(super) links: BTreeMap<String, String>,
    /// Further members of the manifest.
    #[serde(default)]
    pub(super) manifest: String,
    /// What is run in the folder, in a process of its own. Without it the code is loaded beside that of other cases.
    pub(super) run: Option<String>,
    /// The module of the package that is loaded.
    #[serde(default = "main_module")]
    pub(super) loads: String,
    /// Whether every rewriting is tried, and not only some.
    #[serde(default)]
    pub(super) every: bool,
    /// Whether the same repository with another name in it does not load the package.
    #[serde(default = "yes")]
    pub(super) has_twin: bool,
}

fn main_module() -> String {
    "index.js".to_owned()
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Language {
    #[default]
    CommonJs,
    Ecma,
    /// A module of ECMAScript with types.
    TypeScript,
    /// Nothing is written but the files of the way.
    Files,
}

/// Another way to write something.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Rewriting {
    pub(super) name: String,
    /// The languages in which it can be written. None: all.
    #[serde(default)]
    pub(super) only: Vec<Language>,
    /// Declarations before the statements.
    #[serde(default)]
    pub(super) before: String,
    pub(super) value: String,
    /// Whether an `await` may stand in it.
    #[serde(default = "yes")]
    pub(super) may_await: bool,
    /// Whether only the function `require` itself can be used so.
    #[serde(default)]
    pub(super) require_only: bool,
}

/// Another place for the code.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Place {
    pub(super) name: String,
    #[serde(default)]
    pub(super) only: Vec<Language>,
    /// The file that the code is moved to.
    pub(super) file: String,
    /// The module with which the program starts.
    pub(super) entry: String,
    #[serde(default)]
    pub(super) files: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) links: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) manifest: String,
}

/// All tables.
pub(super) struct Tables {
    pub(super) ways: Vec<Way>,
    pub(super) strings: Vec<Rewriting>,
    pub(super) literals: Vec<Rewriting>,
    pub(super) loaders: Vec<Rewriting>,
    pub(super) wrappers: Vec<Rewriting>,
    pub(super) places: Vec<Place>,
}

impl Tables {
    pub(super) fn read() -> Self {
        let folder = repository().join("fixtures/truth");
        let rewritings = folder.join("rewritings");
        Self {
            ways: ways(&folder.join("ways")),
            strings: read(&rewritings.join("strings.toml"), "string"),
            literals: read(&rewritings.join("literals.toml"), "literal"),
            loaders: read(&rewritings.join("loaders.toml"), "loader"),
            wrappers: read(&rewritings.join("wrappers.toml"), "wrapper"),
            places: read(&rewritings.join("places.toml"), "place"),
        }
    }
}

fn ways(folder: &Path) -> Vec<Way> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let ways = paths.iter().flat_map(|path| {
        let group = path.file_stem().unwrap().to_str().unwrap();
        read(path, "way").into_iter().map(|way: Way| Way { group: group.to_owned(), ..way })
    });
    ways.collect()
}

/// The tables of one name in a file.
fn read<Row: DeserializeOwned>(path: &Path, name: &str) -> Vec<Row> {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut tables: BTreeMap<String, Vec<Row>> =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    tables.remove(name).unwrap_or_else(|| panic!("{} has no `{name}`", path.display()))
}
