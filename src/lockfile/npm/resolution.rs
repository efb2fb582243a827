//! From the entries of either layout to a lockfile: every dependency is resolved as Node.js would.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;

use super::asked::{Asked, Asking};
use super::entry::{Content, Entry, doubled};
use super::folders::{FolderIndex, Folders, Seen};
use crate::lockfile::node::assembly::Assembly;
use crate::lockfile::node::folder::is_outside;
use crate::lockfile::{
    DependencyKind, Lockfile, LockfileError, LockfileFormat, MissingReason, PackageIndex,
};
use crate::problem::SourceText;

/// Connects the entries, about so many, and puts the lockfile together. The folders are those that
/// the packages lie in.
///
/// # Errors
///
/// The first error among the entries, else the first folder that two of them are about.
pub(super) fn lockfile<'wire>(
    source: &Arc<SourceText>,
    format: &'static dyn LockfileFormat,
    entries: impl Iterator<Item = Result<Entry<'wire>, LockfileError>>,
) -> Result<(Lockfile, Folders), LockfileError> {
    let (about, _) = entries.size_hint();
    let mut tree = Tree::for_about(source, format, about);
    let mut dependents = Vec::with_capacity(about);
    for entry in entries {
        let Entry { folder, content, asking, integrity, has_shrinkwrap, called } = entry?;
        if let Some((package, place)) = tree.add(&folder, content, called) {
            if let Some(integrity) = integrity {
                tree.assembly.integrity(package, integrity);
            }
            dependents.push(Dependent { package, folder, place, asking, has_shrinkwrap });
        }
    }
    if let Some((folder, package)) = tree.doubles.first_key_value() {
        let span = package.map(|package| tree.assembly.packages()[package].span.clone());
        return Err(doubled(source, folder, span));
    }
    tree.note_links_out();
    let mut all_asked = Vec::new();
    for dependent in &dependents {
        dependent.asking.tell(&mut all_asked);
        for asked in all_asked.drain(..) {
            tree.connect(dependent, &asked);
        }
        if tree.is_shrinkwrapped(dependent) {
            tree.assembly.shrinkwrapped(dependent.package);
        }
    }
    Ok((tree.assembly.finish(), tree.folders))
}

/// A package that depends on others.
struct Dependent<'text> {
    package: PackageIndex,
    folder: Cow<'text, str>,
    place: FolderIndex,
    asking: Asking<'text>,
    has_shrinkwrap: bool,
}

/// Optional and peer dependencies may be left out of a tree, and so may what the development of a
/// linked package needs. What the project itself needs is always locked.
fn must_be_locked(dependent: &str, kind: DependencyKind) -> bool {
    match kind {
        DependencyKind::Normal => true,
        DependencyKind::Development => dependent.is_empty(),
        _ => false,
    }
}

/// The packages and the folders they lie in, while they are gathered.
struct Tree<'text> {
    assembly: Assembly<'text>,
    folders: Folders,
    /// The folders that two entries are about, and which package the second one is, if it is one.
    doubles: BTreeMap<String, Option<PackageIndex>>,
}

impl Tree<'_> {
    fn for_about(
        source: &Arc<SourceText>,
        format: &'static dyn LockfileFormat,
        packages: usize,
    ) -> Self {
        Self {
            assembly: Assembly::new(source, format, packages),
            folders: Folders::for_about(packages),
            doubles: BTreeMap::new(),
        }
    }

    /// The indices of the package and of its folder, or `None` for a link.
    fn add(
        &mut self,
        folder: &str,
        content: Content,
        called: Option<SmolStr>,
    ) -> Option<(PackageIndex, FolderIndex)> {
        let package = match content {
            Content::Link(target) => {
                if self.folders.add_link(folder, target) {
                    self.doubles.entry(folder.to_owned()).or_insert(None);
                }
                return None;
            }
            Content::Root(package) => self.assembly.root(package),
            Content::Package(package) => self.assembly.locked(package, called),
        };
        let (place, is_again) = self.folders.add_package(folder, package);
        if is_again {
            self.doubles.entry(folder.to_owned()).or_insert(Some(package));
        }
        Some((package, place))
    }

    /// The links whose targets are not listed: what lies there is installed there.
    fn note_links_out(&mut self) {
        if self.assembly.packages().is_empty() {
            return;
        }
        let from = self.assembly.roots().first().copied().unwrap_or_default();
        for (link, target) in self.folders.links_out() {
            self.assembly.missing(from, link, MissingReason::Outside(target.into_owned()));
        }
    }

    /// Adds what a package asks for: the edge to it, or why there is nothing.
    fn connect(&mut self, dependent: &Dependent<'_>, asked: &Asked<'_>) {
        let found = self.folders.seen_at(dependent.place).look_up(asked.name);
        if let Seen::Package(to) = found {
            self.assembly.edge(dependent.package, to, asked.kind);
        }
        if let Some(reason) = self.why_missing(dependent, asked, found) {
            self.assembly.missing(dependent.package, asked.name, reason);
        }
    }

    /// Why something that is asked for is not locked, or not where it would have to be. `None` where
    /// nothing is missing.
    fn why_missing(
        &self,
        dependent: &Dependent<'_>,
        asked: &Asked<'_>,
        found: Seen,
    ) -> Option<MissingReason> {
        let folder = &dependent.folder;
        if let Some(bundled) = &asked.bundled {
            let nothing_listed = !self.folders.has_modules(dependent.place);
            let is_unknown = match found {
                // Whatever npm finds elsewhere, what is bundled lies in the archive. Only a package
                // that does not fit every machine may have been left packed.
                Seen::Package(_) => {
                    let has_limits = self.assembly.packages()[dependent.package].limits.is_some();
                    has_limits && nothing_listed
                }
                Seen::LinkOut => false,
                Seen::Nothing => bundled.is_asked_for || nothing_listed,
            };
            return is_unknown.then(|| MissingReason::Bundled(bundled.name.clone()));
        }
        if found != Seen::Nothing {
            return None;
        }
        let kind = asked.kind;
        if is_outside(folder) {
            let is_installed = matches!(kind, DependencyKind::Normal | DependencyKind::Optional);
            return is_installed.then(|| MissingReason::Outside(folder.to_string()));
        }
        must_be_locked(folder, kind).then_some(MissingReason::NotLocked)
    }

    /// Whether a package is installed as a file in its archive says, of which nothing is locked. What
    /// its entry says to depend on is no matter: npm takes the file.
    fn is_shrinkwrapped(&self, dependent: &Dependent<'_>) -> bool {
        dependent.has_shrinkwrap && !self.folders.has_modules(dependent.place)
    }
}
