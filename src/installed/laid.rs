//! What lies where, if it does not lie in the folders of the projects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use smol_str::SmolStr;

use super::map::PackageMap;

/// Packages that a map leads to.
#[derive(Debug, Default)]
pub(super) struct Laid {
    /// The folders of packages, each with a name that it is installed under.
    pub(super) packages: Vec<(SmolStr, PathBuf)>,
    /// The names of the projects and of folders that are linked.
    pub(super) projects: BTreeSet<SmolStr>,
    pub(super) map: PackageMap,
    /// By the folders of what archives hold: what people know in their places, the archives or folders.
    pub(super) shown: BTreeMap<PathBuf, PathBuf>,
}
