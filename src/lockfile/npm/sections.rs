//! A lockfile with both sections, which different versions of npm install: what they disagree about
//! is matched in both readings, and named.

use super::entry::{Content, Entry};
use super::folders::Folders;
use crate::lockfile::{DependencyEdge, DependencyKind, LockedPackage, Lockfile};
use crate::source::PackageSource;

/// How many disagreements are named.
const MOST_NAMED: usize = 3;

/// Adds the packages that only `dependencies` lists, to a lockfile that was read from its `packages`.
///
/// Nothing else is known about them than that somebody installs them: each counts as needed at run
/// time.
pub(super) fn compare(lockfile: &mut Lockfile, folders: &Folders, nested: Vec<Entry<'_>>) {
    let mut named = Vec::new();
    let mut differ = 0_usize;
    let root = folders.package_in("").or_else(|| lockfile.roots.first().copied());
    for entry in nested {
        let Content::Package(other) = entry.content else {
            continue;
        };
        let behind = folders.package_behind(&entry.folder);
        let found = behind.map(|behind| &lockfile.packages[behind]);
        let is_same =
            found.map_or(other.source == PackageSource::Local, |found| is_same(found, &other));
        // A folder that `packages` does not list locks nothing.
        if is_same {
            if let Some(behind) = behind {
                doubt_flag(&mut lockfile.packages[behind], &other);
            }
            continue;
        }
        differ += 1;
        if named.len() < MOST_NAMED {
            named.push(disagreement(lockfile, &entry.folder, found, &other));
        }
        let to = lockfile.packages.len();
        lockfile.packages.push(other);
        lockfile.edges.extend(root.map(|from| DependencyEdge {
            from,
            to,
            kind: DependencyKind::Unknown,
        }));
    }
    if differ > MOST_NAMED {
        named.push(format!("and {} more", differ - MOST_NAMED));
    }
    if differ > 0 {
        lockfile.remarks.push(format!(
            "{}: npm 7 and later install `packages`, npm 6 installs `dependencies`, and they \
             disagree, so both were matched: {}",
            lockfile.source.path,
            named.join("; ")
        ));
    }
}

/// npm 6 installs for production whatever `dependencies` does not mark as `dev`, so that a mark counts only
/// where it stands in both.
fn doubt_flag(flat: &mut LockedPackage, nested: &LockedPackage) {
    if nested.development_flag == Some(false) {
        flat.development_flag = flat.development_flag.map(|_| false);
    }
}

/// Whether two entries for one folder lock the same. What comes from an address is told by that:
/// version 1 has no versions for it.
fn is_same(flat: &LockedPackage, nested: &LockedPackage) -> bool {
    let is_told_by_place = match flat.source {
        PackageSource::Git(_)
        | PackageSource::Local
        | PackageSource::Archive(_)
        | PackageSource::Elsewhere(_) => true,
        PackageSource::PublicRegistry
        | PackageSource::OtherRegistry(_)
        | PackageSource::NamedRegistry { .. } => false,
    };
    flat.source == nested.source && (is_told_by_place || flat.id == nested.id)
}

fn disagreement(
    lockfile: &Lockfile,
    folder: &str,
    flat: Option<&LockedPackage>,
    nested: &LockedPackage,
) -> String {
    let line = |package: &LockedPackage| lockfile.source.line_at(package.span.start);
    let shown = |package: &LockedPackage| {
        let from = match &package.source {
            PackageSource::PublicRegistry => String::new(),
            PackageSource::Local => " of the disk".to_owned(),
            PackageSource::OtherRegistry(address)
            | PackageSource::Git(address)
            | PackageSource::Archive(address)
            | PackageSource::Elsewhere(address)
            | PackageSource::NamedRegistry { name: address, .. } => format!(" of {address}"),
        };
        format!("{}{from} (line {})", package.id, line(package))
    };
    let flat = flat.map_or_else(|| "nothing".to_owned(), shown);
    format!("in {folder} {flat} and {}", shown(nested))
}
