//! What tests of all formats of `yarn.lock` say about a lockfile.

use std::sync::Arc;

use crate::lockfile::sample::Files;
use crate::lockfile::{Lockfile, LockfileFormat, MissingReason};
use crate::problem::{Gap, SourceText};
use crate::source::PackageSource;

/// A lockfile and the files around it.
pub(super) fn read(
    format: &dyn LockfileFormat,
    text: &str,
    files: &[(&str, &str)],
) -> (Lockfile, Vec<Gap>) {
    let source = Arc::new(SourceText::new("yarn.lock", text));
    format.read(&source, &Files(files)).unwrap()
}

/// Every package but the projects: `name version`, with a word for what is no registry's.
pub(super) fn packages(lockfile: &Lockfile) -> Vec<String> {
    let packages = lockfile.packages.iter().filter(|package| package.folder.is_none());
    let shown = packages.map(|package| {
        let source = match &package.source {
            PackageSource::PublicRegistry => "",
            PackageSource::OtherRegistry(_) | PackageSource::NamedRegistry { .. } => {
                " (other registry)"
            }
            PackageSource::Git(_) => " (git)",
            PackageSource::Local => " (local)",
            PackageSource::Archive(_) => " (archive)",
            PackageSource::Elsewhere(_) => " (elsewhere)",
        };
        format!("{} {}{source}", package.id.name, package.id.version)
    });
    shown.collect()
}

/// Every edge: `from -> to version Kind`, sorted.
pub(super) fn edges(lockfile: &Lockfile) -> Vec<String> {
    let name = |index: usize| {
        let package = &lockfile.packages[index];
        match &package.folder {
            Some(folder) => format!("[{folder}]"),
            None => format!("{} {}", package.id.name, package.id.version),
        }
    };
    let edges = lockfile.edges.iter();
    let mut shown: Vec<String> = edges
        .map(|edge| format!("{} -> {} {:?}", name(edge.from), name(edge.to), edge.kind))
        .collect();
    shown.sort();
    shown
}

/// What is named and not locked.
pub(super) fn missing(lockfile: &Lockfile) -> Vec<&str> {
    let missing = lockfile.missing.iter();
    missing
        .inspect(|missing| assert_eq!(missing.reason, MissingReason::NotLocked))
        .map(|missing| missing.name.as_str())
        .collect()
}
