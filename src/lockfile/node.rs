//! What every package manager for JavaScript shares: the manifest of a project, and JSON that knows its
//! place in the text.

pub(super) mod assembly;
pub(super) mod configuration;
pub(super) mod fit;
pub(super) mod folder;
pub(super) mod json;
pub(super) mod jsonc;
pub(super) mod name;
pub(super) mod origin;
pub(super) mod overrides;
pub mod package_json;
pub(super) mod projects;
pub(super) mod registries;
pub(super) mod syntax;
pub(super) mod words;
pub(super) mod yaml;

/// Reads a text as YAML and counts its documents. `None`: it is not of the part of YAML that is read. For
/// measurements.
pub fn count_documents(text: &str) -> Option<usize> {
    Some(yaml::Documents::read(text).ok()?.iter().count())
}

/// Reads a text as JSON with comments and trailing commas.
pub fn relaxed_json(text: &str) -> serde_json::Result<serde_json::Value> {
    serde_json::from_str(&jsonc::plain(text))
}
