//! Tables of cases: a TOML file describes a project, and each of its cases changes one thing and says what becomes of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use serde::de::DeserializeOwned;

use crate::harness::{Project, repository};

/// What a file under `fixtures/` holds.
pub(crate) trait Table: DeserializeOwned + Sync + 'static {
    type Case: Sync;

    fn cases(&self) -> &[Self::Case];
    /// What is different in a case, in a few words.
    fn about(case: &Self::Case) -> &str;
    /// What is not as a case says.
    fn check(&self, case: &Self::Case) -> Result<(), String>;
}

/// The TOML files in a folder of the repository, in their order: nothing else may stand there.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    for file in &files {
        assert!(file.extension().is_some_and(|end| end == "toml"), "{} is no case", file.display());
    }
    files
}

/// The name of a file without its ending.
pub(crate) fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// A file as what it describes.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cases of a file as tests: `group::file::what-is-different`.
pub(crate) fn trials<T: Table>(group: &str, path: &Path) -> Vec<Trial> {
    let table: &'static T = Box::leak(Box::new(read(path)));
    assert!(!table.cases().is_empty(), "{} has no case", path.display());
    let trial = |case: &'static T::Case| {
        let name = format!("{group}::{}::{}", name(path), hyphenated(T::about(case)));
        Trial::test(name, move || table.check(case).map_err(Failed::from))
    };
    table.cases().iter().map(trial).collect()
}

/// Words that need no quotes in a shell.
pub(crate) fn hyphenated(words: &str) -> String {
    let words = words.split(|character: char| !character.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// Replaces texts of files: the first by the second. A file that is not there is written as the second.
pub(crate) fn change(project: &Project, changes: &BTreeMap<String, [String; 2]>) {
    for (path, [from, to]) in changes {
        let text = fs::read_to_string(project.path().join(path)).unwrap_or_default();
        assert!(text.contains(from.as_str()), "no `{from}` in {path}");
        let edited = if text.is_empty() { to.clone() } else { text.replacen(from, to, 1) };
        project.write(path, edited);
    }
}
