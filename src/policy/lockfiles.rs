//! `[lockfiles]`: which lockfiles are not checked, and which projects must have one.

use super::glob::check_glob;
use super::raw::{Value, escaped};
use super::reader::Reader;

const EXCLUDE: &str = "exclude";
const LIBRARIES: &str = "libraries";

#[derive(Debug, Default)]
pub(super) struct LockfilesTable {
    /// Globs of lockfiles that are not checked.
    pub(super) exclude: Vec<String>,
    /// Whether a library that deliberately has no lockfile closes the gate.
    pub(super) libraries_are_gaps: bool,
}

impl LockfilesTable {
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let mut read = Self::default();
        let Some(table) = reader.table("`[lockfiles]`", value, "[lockfiles]") else {
            return read;
        };
        reader.only_keys(&table, &[EXCLUDE, LIBRARIES]);
        if let Some(entry) = table.get(EXCLUDE) {
            read.exclude = globs(reader, entry.value);
        }
        if let Some(entry) = table.get(LIBRARIES) {
            let words = [("gap", true), ("remark", false)];
            let word = reader.word("`libraries`", entry.value, &words, |(word, _)| word);
            read.libraries_are_gaps = word.is_some_and(|(_, is_gap)| is_gap);
        }
        read
    }
}

fn globs(reader: &mut Reader, value: &Value<'_>) -> Vec<String> {
    let mut globs = Vec::new();
    for value in reader.elements("`exclude`", value, "exclude = [\"fixtures/**\"]") {
        let Some(text) = reader.string("a pattern in `exclude`", value, "\"fixtures/**\"") else {
            continue;
        };
        match check_glob(text) {
            Ok(()) => globs.push(text.to_owned()),
            Err(reason) => {
                let message = format!("`{}` is not a pattern for files: {reason}", escaped(text));
                let problem = reader
                    .problem(value.span(), message)
                    .label("not a pattern")
                    .help("write it as in a .gitignore file, such as \"fixtures/**\"");
                reader.note(problem);
            }
        }
    }
    globs
}
