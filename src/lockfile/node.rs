//! What every package manager for JavaScript shares: the manifest of a project, and JSON that knows its
//! place in the text.

pub(super) mod json;
pub mod package_json;
pub(super) mod words;
