//! `[source]` and `[registries]`: where packages come from instead of the public registry (Cargo
//! book, "Source Replacement").

use std::path::{Component, Path, PathBuf};

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::File;
use crate::cargo_build::BuildProblem;

/// Keys of a source whose value is a path.
const PATHS: &[&str] = &["directory", "local-registry"];

/// Keys of a source whose value is a word.
const WORDS: &[&str] = &["registry", "git", "branch", "tag", "rev", "replace-with"];

/// The sources to pass on to Cargo. None of this is executed, and nothing is fetched.
#[derive(Default)]
pub(super) struct Sources {
    sources: Table,
    registries: Table,
}

impl Sources {
    pub(super) fn take_in(
        &mut self,
        file: &File,
        value: &Spanned<DeValue<'_>>,
        repository: &Path,
    ) -> Result<(), BuildProblem> {
        for (name, value) in value.get_ref().as_table().into_iter().flatten() {
            let Some(table) = value.get_ref().as_table() else {
                continue;
            };
            for (key, value) in table {
                let written = key.get_ref().as_ref();
                let text = value.get_ref().as_str();
                let text = match text {
                    Some(text) if WORDS.contains(&written) => text.to_owned(),
                    Some(text) if PATHS.contains(&written) => {
                        let path = inside(file, text, repository);
                        path.ok_or_else(|| {
                            file.refuse(value.span().start, "the path leads out of the repository")
                        })?
                    }
                    _ => return Err(file.refuse(key.span().start, "an unknown kind of source")),
                };
                set(&mut self.sources, name.get_ref(), written, text);
            }
        }
        Ok(())
    }

    /// Only the address of a registry: its login settings name programs.
    pub(super) fn take_in_registries(&mut self, value: &Spanned<DeValue<'_>>) {
        for (name, value) in value.get_ref().as_table().into_iter().flatten() {
            let index =
                value.get_ref().as_table().and_then(|table: &DeTable<'_>| table.get("index"));
            if let Some(index) = index.and_then(|index| index.get_ref().as_str()) {
                set(&mut self.registries, name.get_ref(), "index", index.to_owned());
            }
        }
    }

    /// The configuration for Cargo. Empty if there are no sources.
    pub(super) fn into_toml(self) -> String {
        let mut document = Table::new();
        for (name, table) in [("source", self.sources), ("registries", self.registries)] {
            if !table.is_empty() {
                document.insert(name.to_owned(), Value::Table(table));
            }
        }
        document.to_string()
    }
}

fn set(tables: &mut Table, name: &str, key: &str, text: String) {
    let table = tables.entry(name.to_owned()).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(table) = table {
        table.insert(key.to_owned(), Value::String(text));
    }
}

/// The absolute path of something in the repository or beside the configuration.
pub(super) fn inside(file: &File, text: &str, repository: &Path) -> Option<String> {
    let path = normalised(&file.base.join(text));
    // A link may lead elsewhere; a folder that does not exist leads nowhere.
    let real = path.canonicalize().unwrap_or_else(|_| path.clone());
    let lies_within = |root: &Path| path.starts_with(root) && real.starts_with(root);
    (lies_within(repository) || lies_within(&file.base))
        .then(|| path.to_string_lossy().into_owned())
}

/// A path without `.` and `..`.
fn normalised(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
