//! From the entries of either layout to a lockfile: every dependency is resolved as Node.js would.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use smol_str::SmolStr;

use super::asked::{Asked, Asking};
use super::entry::{Content, Entry, doubled};
use super::folders::{FolderIndex, Folders, Seen};
use super::place::is_outside;
use crate::lockfile::hashes;
use crate::lockfile::{
    DependencyEdge, DependencyKind, LockedPackage, Lockfile, LockfileError, LockfileFormat,
    MissingDependency, MissingReason, PackageIndex, PlatformLimitsApply,
};
use crate::package::Ecosystem;
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
    let mut tree = Tree::for_about(about);
    let mut dependents = Vec::with_capacity(about);
    let mut called = Vec::new();
    for entry in entries {
        let Entry { folder, content, asking, integrity, has_shrinkwrap, called: other } = entry?;
        if let Some((package, place)) = tree.add(&folder, content) {
            called.extend(other.map(|name| (package, name)));
            dependents.push(Dependent {
                package,
                folder,
                place,
                asking,
                integrity,
                has_shrinkwrap,
            });
        }
    }
    if let Some((folder, package)) = tree.doubles.first_key_value() {
        let span = package.map(|package| tree.packages[package].span.clone());
        return Err(doubled(source, folder, span));
    }
    let mut edges = Vec::new();
    let mut missing = tree.links_out();
    let mut all_asked = Vec::new();
    for dependent in &dependents {
        let from = dependent.package;
        let seen = tree.folders.seen_at(dependent.place);
        dependent.asking.tell(&mut all_asked);
        for asked in all_asked.drain(..) {
            let found = seen.look_up(asked.name);
            if let Seen::Package(to) = found {
                edges.push(DependencyEdge { from, to, kind: asked.kind });
            }
            if let Some(reason) = tree.why_missing(dependent, &asked, found) {
                let name = asked.name.to_owned();
                missing.push(MissingDependency { from, name, reason });
            }
        }
    }
    let shrinkwrapped = dependents
        .iter()
        .filter(|dependent| tree.is_shrinkwrapped(dependent))
        .map(|dependent| dependent.package)
        .collect();
    // npm lists several checksums of one archive behind each other.
    let checksums = dependents.iter().flat_map(|dependent| {
        let hashes = checksums_in(dependent.integrity.unwrap_or_default());
        hashes.map(|hash| (hash, hashes::key(hash), dependent.package))
    });
    let contradictions = hashes::contradictions(source, &tree.packages, checksums);
    let remarks = match_both_names(source, &mut tree.packages, &mut edges, called);
    let lockfile = Lockfile {
        source: Arc::clone(source),
        format,
        ecosystem: Ecosystem::Npm,
        packages: tree.packages,
        edges,
        roots: tree.roots,
        missing,
        shrinkwrapped,
        contradictions,
        remarks,
        platform_limits: PlatformLimitsApply::AsRecorded,
        omits_peers: false,
        declarations: Vec::new(),
    };
    Ok((lockfile, tree.folders))
}

/// The checksums in a list of them, without the options that may stand behind each (Subresource Integrity,
/// "The integrity attribute"; npm source, `ssri`).
fn checksums_in(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split_ascii_whitespace().map(|word| word.split_once('?').map_or(word, |(hash, _)| hash))
}

/// An entry that has one name and the address of another: what is installed is what the address serves,
/// and whoever has the archive of the checksum already installs that. Both are matched.
fn match_both_names(
    source: &SourceText,
    packages: &mut Vec<LockedPackage>,
    edges: &mut Vec<DependencyEdge>,
    called: Vec<(PackageIndex, SmolStr)>,
) -> Vec<String> {
    let mut remarks = Vec::new();
    for (package, name) in called {
        let mut other = packages[package].clone();
        let line = source.line_at(other.span.start);
        remarks.push(format!(
            "{}:{line}: `{name}` has the address of {}, so both were matched",
            source.path, other.id
        ));
        other.id.name = name;
        let to = packages.len();
        packages.push(other);
        let to_it = edges.iter().filter(|edge| edge.to == package);
        let both: Vec<DependencyEdge> = to_it.map(|edge| DependencyEdge { to, ..*edge }).collect();
        edges.extend(both);
    }
    remarks
}

/// A package that depends on others.
struct Dependent<'text> {
    package: PackageIndex,
    folder: Cow<'text, str>,
    place: FolderIndex,
    asking: Asking<'text>,
    integrity: Option<&'text str>,
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

/// The name of a project that has none: its folder's.
pub(super) fn folder_name(lockfile_path: &str, folder: &str) -> String {
    let named = folder.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
    named
        .or_else(|| {
            let parent = Path::new(lockfile_path).parent()?.file_name()?;
            Some(parent.to_string_lossy().into_owned())
        })
        .unwrap_or_else(|| "project".to_owned())
}

/// The packages and the folders they lie in, while they are gathered.
#[derive(Default)]
struct Tree {
    packages: Vec<LockedPackage>,
    roots: Vec<PackageIndex>,
    folders: Folders,
    /// The folders that two entries are about, and which package the second one is, if it is one.
    doubles: BTreeMap<String, Option<PackageIndex>>,
}

impl Tree {
    fn for_about(packages: usize) -> Self {
        Self {
            packages: Vec::with_capacity(packages),
            folders: Folders::for_about(packages),
            ..Self::default()
        }
    }

    /// The indices of the package and of its folder, or `None` for a link.
    fn add(&mut self, folder: &str, content: Content) -> Option<(PackageIndex, FolderIndex)> {
        let index = self.packages.len();
        let package = match content {
            Content::Link(target) => {
                if self.folders.add_link(folder, target) {
                    self.doubles.entry(folder.to_owned()).or_insert(None);
                }
                return None;
            }
            Content::Root(package) => {
                self.roots.push(index);
                package
            }
            Content::Package(package) => package,
        };
        self.packages.push(package);
        let (place, is_again) = self.folders.add_package(folder, index);
        if is_again {
            self.doubles.entry(folder.to_owned()).or_insert(Some(index));
        }
        Some((index, place))
    }

    /// The links whose targets are not listed: what lies there is installed there.
    fn links_out(&self) -> Vec<MissingDependency> {
        let from = self.roots.first().copied().unwrap_or_default();
        let links = self.folders.links_out().into_iter();
        links
            .filter(|_| !self.packages.is_empty())
            .map(|(link, target)| MissingDependency {
                from,
                name: link.to_owned(),
                reason: MissingReason::Outside(target.into_owned()),
            })
            .collect()
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
                    let has_limits = self.packages[dependent.package].limits.is_some();
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
