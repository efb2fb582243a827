//! What every package manager for JavaScript shares: the manifest of a project, and JSON that knows its
//! place in the text.

pub(super) mod assembly;
pub(super) mod fit;
pub(super) mod folder;
pub(super) mod json;
pub(super) mod jsonc;
pub(super) mod name;
pub(super) mod origin;
pub(super) mod overrides;
pub mod package_json;
pub(super) mod projects;
pub(super) mod syntax;
pub(super) mod words;
pub(super) mod yaml;
