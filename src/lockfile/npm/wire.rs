//! The JSON of npm lockfiles, as far as it is read.

use serde::Deserialize;

use super::names::Names;
use crate::lockfile::node::json::{Keyed, Str, Text};
use crate::lockfile::node::words::{Bundle, Words};

/// `Nested` is the text of its nested entries, or what is in them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireLockfile<'text, Nested = Keyed<'text, WireDependency<'text>>> {
    #[serde(borrow)]
    pub(super) name: Option<Str<'text>>,
    #[serde(borrow)]
    pub(super) version: Option<Str<'text>>,
    pub(super) lockfile_version: Option<u64>,
    #[serde(borrow)]
    pub(super) packages: Option<Keyed<'text, WirePackage<'text>>>,
    pub(super) dependencies: Option<Nested>,
}

/// An entry of `packages`.
#[expect(clippy::struct_excessive_bools, reason = "npm writes these flags")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePackage<'text> {
    #[serde(borrow)]
    pub(super) name: Option<Str<'text>>,
    #[serde(borrow)]
    pub(super) version: Option<Str<'text>>,
    #[serde(borrow)]
    pub(super) resolved: Option<Str<'text>>,
    #[serde(default)]
    pub(super) link: bool,
    #[serde(default)]
    pub(super) dev: bool,
    #[serde(borrow, default)]
    pub(super) dependencies: Names<'text>,
    #[serde(borrow, default)]
    pub(super) dev_dependencies: Names<'text>,
    #[serde(borrow, default)]
    pub(super) optional_dependencies: Names<'text>,
    #[serde(borrow, default)]
    pub(super) peer_dependencies: Names<'text>,
    #[serde(borrow, default)]
    pub(super) bundle_dependencies: Bundle<'text>,
    #[serde(default)]
    pub(super) in_bundle: bool,
    #[serde(default)]
    pub(super) has_shrinkwrap: bool,
    #[serde(borrow, default)]
    pub(super) integrity: Text<'text>,
    #[serde(borrow, default)]
    pub(super) os: Words<'text>,
    #[serde(borrow, default)]
    pub(super) cpu: Words<'text>,
    #[serde(borrow, default)]
    pub(super) libc: Words<'text>,
}

/// An entry of the nested `dependencies` of version 1.
#[derive(Deserialize)]
pub(super) struct WireDependency<'text> {
    #[serde(borrow)]
    pub(super) version: Option<Str<'text>>,
    /// `false` where a package was bundled, in some lockfiles of npm 5.
    #[serde(borrow, default)]
    pub(super) resolved: Text<'text>,
    #[serde(borrow, default)]
    pub(super) integrity: Text<'text>,
    #[serde(default)]
    pub(super) dev: bool,
    #[serde(borrow, default)]
    pub(super) requires: Names<'text>,
    #[serde(borrow, default)]
    pub(super) dependencies: Keyed<'text, WireDependency<'text>>,
}
