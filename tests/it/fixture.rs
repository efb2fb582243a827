//! A project as one file: the table `[files]` of a TOML file under `fixtures/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::harness::repository;

/// The folder of files that several projects have.
pub(crate) const SHELF: &str = "fixtures/shelf";

/// The files of a project, by path.
pub(crate) type Files = BTreeMap<String, Content>;

/// What a file holds.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Content {
    /// The text itself.
    Inline(String),
    /// The text of a file below [`SHELF`].
    OnShelf(Shelved),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shelved {
    /// The path below [`SHELF`].
    pub(crate) shelf: String,
}

impl Content {
    /// The text, in which `{{npm-registry}}/` stands for the address of npm's default registry: it is not spelt out in
    /// fixtures.
    pub(crate) fn text(&self) -> String {
        let text = match self {
            Self::Inline(text) => text.clone(),
            Self::OnShelf(Shelved { shelf }) => {
                fs::read_to_string(repository().join(SHELF).join(shelf))
                    .unwrap_or_else(|error| panic!("{shelf} on the shelf: {error}"))
            }
        };
        text.replace("{{npm-registry}}/", npmrc_config_rs::registry::DEFAULT_REGISTRY)
    }
}

/// The files of the project that a TOML file describes.
pub(crate) fn files(path: &Path) -> Files {
    #[derive(Deserialize)]
    struct Fixture {
        files: Files,
    }
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let fixture: Fixture =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    fixture.files
}
