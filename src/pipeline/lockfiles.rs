//! The second stage: find the lockfiles and read them all, or say everything that is wrong.

mod hidden;
mod left_open;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

pub use self::hidden::Kept;
use crate::lockfile::discovery::{self, Discovery};
use crate::lockfile::{Lockfile, file};
use crate::matching::is_matched_by_name;
use crate::policy::Policy;
use crate::problem::{Gap, GapCode, Problem};
use crate::settings::shown;
use crate::source::PackageSource;

/// A lockfile and where it was read from.
#[derive(Debug)]
pub struct ReadLockfile {
    /// The path.
    pub path: PathBuf,
    /// What it holds.
    pub lockfile: Lockfile,
}

/// What the second stage gives.
#[derive(Debug, Default)]
pub struct ReadLockfiles {
    /// Every lockfile, by path.
    pub lockfiles: Vec<ReadLockfile>,
    /// What is missing from them.
    pub gaps: Vec<Gap>,
    /// What was passed over.
    pub remarks: Vec<String>,
}

/// Reads every lockfile at or below `paths`.
pub fn read(
    paths: &[PathBuf],
    policy: &Policy,
    policy_folder: &Path,
) -> Result<ReadLockfiles, Vec<Problem>> {
    let mut remarks = Vec::new();
    let found = find(paths, policy, policy_folder, Kept::AsGitSays, &mut remarks)?;
    read_found(found, remarks)
}

/// Reads lockfiles that were found. `remarks` are about those that were passed over.
pub(super) fn read_found(
    found: Found,
    remarks: Vec<String>,
) -> Result<ReadLockfiles, Vec<Problem>> {
    let mut read = ReadLockfiles { remarks, ..ReadLockfiles::default() };
    let mut problems = Vec::new();
    read.gaps.extend(found.gaps);
    read.gaps.extend(unread_gap(&found.unread));
    for path in found.lockfiles {
        match file::read(&path, &shown(&path)) {
            Ok(lockfile) => {
                read.gaps.extend(left_open::gaps(&path, &lockfile));
                read.remarks.extend(lockfile.remarks.iter().cloned());
                read.lockfiles.push(ReadLockfile { path, lockfile });
            }
            Err(error) => problems.push(error.problem().clone()),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    read.gaps.extend(left_open::behind_links(&read.lockfiles));
    read.remarks
        .extend(left_open::side_by_side(&read.lockfiles));
    if read.lockfiles.is_empty() && found.unread.is_empty() {
        let names: Vec<&str> = crate::lockfile::FORMATS
            .iter()
            .flat_map(|format| format.file_names().iter().copied())
            .collect();
        read.gaps.push(Gap::new(
            GapCode::NothingToCheck,
            "no lockfile was found, so nothing was checked",
            format!("lockgate looks for {}; name the folder or the file", names.join(", ")),
        ));
    }
    Ok(read)
}

/// The lockfiles below what was named, one path for each.
#[derive(Debug, Default)]
pub struct Found {
    /// Those that are read.
    pub lockfiles: BTreeSet<PathBuf>,
    /// Those that lockgate knows and cannot read.
    pub unread: BTreeSet<PathBuf>,
    /// Those of which it is not known whether they count.
    pub gaps: Vec<Gap>,
}

/// Finds every lockfile at or below `paths`.
pub(super) fn find(
    paths: &[PathBuf],
    policy: &Policy,
    policy_folder: &Path,
    kept: Kept,
    remarks: &mut Vec<String>,
) -> Result<Found, Vec<Problem>> {
    let excluded = exclusions(policy, policy_folder)?;
    let mut all = Found::default();
    let mut problems = Vec::new();
    for path in paths {
        if path.is_file() {
            all.lockfiles.insert(path.clone());
            continue;
        }
        if !path.is_dir() {
            problems.push(
                Problem::in_file(shown(path), "there is no such file or folder")
                    .help("name a folder to search, or a lockfile"),
            );
            continue;
        }
        match discovery::find(path) {
            Ok(found) => all.add(path, found, kept, &excluded, remarks),
            Err(unreadable) => problems.extend(unreadable),
        }
    }
    if problems.is_empty() {
        Ok(Found {
            lockfiles: without_doubles(all.lockfiles),
            unread: without_doubles(all.unread),
            gaps: all.gaps,
        })
    } else {
        Err(problems)
    }
}

impl Found {
    /// Adds what was found below a folder, and says what does not count.
    fn add(
        &mut self,
        folder: &Path,
        mut found: Discovery,
        kept: Kept,
        excluded: &Gitignore,
        remarks: &mut Vec<String>,
    ) {
        let is_kept = |path: &PathBuf| !is_matched(excluded, path);
        let unhidden = hidden::unhide(folder, kept, &mut found);
        if let Some(error) = &unhidden.unknown {
            let ignored = found.ignored.iter().filter(|path| is_kept(path));
            self.gaps.extend(hidden::gap(error, ignored));
        }
        let counted = unhidden.counted.iter().filter(|path| is_kept(path));
        remark(remarks, "checked although .gitignore names it, because git keeps it", counted);
        let (kept, mut left_out): (Vec<_>, Vec<_>) = found.lockfiles.into_iter().partition(is_kept);
        self.lockfiles.extend(kept);
        let (kept, left_out_unread): (Vec<_>, Vec<_>) = found.unread.into_iter().partition(is_kept);
        self.unread.extend(kept);
        left_out.extend(left_out_unread);
        remark(remarks, "not checked, by `[lockfiles] exclude` of the policy", &left_out);
        remark(remarks, "not checked, ignored by .gitignore", &found.ignored);
        remark(remarks, "not checked, behind a link out of the folder", &found.linked);
        remark(remarks, "too large or closed to say what is ignored in it", &found.unsearched);
    }
}

/// One path for each lockfile: `.` and `sub` both lead to `sub/Cargo.lock`, under two names.
///
/// A link to another folder's lockfile is a lockfile of its own: the manifests beside it are others.
fn without_doubles(lockfiles: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let place = |path: &Path| {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    let mut seen = BTreeSet::new();
    lockfiles
        .into_iter()
        .filter(|path| seen.insert(place(path).unwrap_or_else(|| path.clone())))
        .collect()
}

fn remark<'path>(
    remarks: &mut Vec<String>,
    what: &str,
    paths: impl IntoIterator<Item = &'path PathBuf>,
) {
    let shown: Vec<String> = paths.into_iter().map(|path| shown(path)).collect();
    if !shown.is_empty() {
        remarks.push(format!("{what}: {}", shown.join(", ")));
    }
}

/// The positions of the lockfiles that the policy marks as handling customer data.
pub fn customer_data(
    lockfiles: &[ReadLockfile],
    policy: &Policy,
    folder: &Path,
) -> Result<BTreeSet<usize>, Vec<Problem>> {
    let Some(incident) = &policy.incident else {
        return Ok(BTreeSet::new());
    };
    let marked = globs("[incident] lockfiles", &incident.lockfiles, folder)?;
    let positions = lockfiles.iter().enumerate();
    Ok(positions
        .filter(|(_, lockfile)| is_matched(&marked, &lockfile.path))
        .map(|(position, _)| position)
        .collect())
}

fn exclusions(policy: &Policy, folder: &Path) -> Result<Gitignore, Vec<Problem>> {
    globs("[lockfiles] exclude", &policy.excluded_lockfiles, folder)
}

fn globs(key: &str, globs: &[String], folder: &Path) -> Result<Gitignore, Vec<Problem>> {
    let invalid =
        |error: ignore::Error| vec![Problem::in_file(key, format!("not a glob: {error}"))];
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut builder = GitignoreBuilder::new(folder);
    for glob in globs {
        builder.add_line(None, glob).map_err(invalid)?;
    }
    builder.build().map_err(invalid)
}

fn is_matched(globs: &Gitignore, path: &Path) -> bool {
    if globs.is_empty() {
        return false;
    }
    // Globs count from the policy's folder; a lockfile outside it never matches.
    let Ok(absolute) = path.canonicalize() else {
        return false;
    };
    let Ok(relative) = absolute.strip_prefix(globs.path()) else {
        return false;
    };
    globs
        .matched_path_or_any_parents(relative, false)
        .is_ignore()
}

/// How many lockfiles that are not read are named.
const NAMED_UNREAD: usize = 5;

/// Lockfiles that are there and not read: what they lock may be vulnerable.
fn unread_gap(unread: &BTreeSet<PathBuf>) -> Option<Gap> {
    let mut named: Vec<String> = unread
        .iter()
        .take(NAMED_UNREAD)
        .map(|path| shown(path))
        .collect();
    if unread.len() > NAMED_UNREAD {
        named.push(format!("{} more", unread.len() - NAMED_UNREAD));
    }
    let (are, they) = if unread.len() == 1 {
        ("is", "it")
    } else {
        ("are", "they")
    };
    (!unread.is_empty()).then(|| {
        Gap::new(
            GapCode::LockfileUnsupported,
            format!(
                "{} {are} of a format that lockgate does not read, so what {they} lock{} was not checked",
                named.join(", "),
                if unread.len() == 1 { "s" } else { "" },
            ),
            "write a package-lock.json in its place, or leave it out with `[lockfiles] exclude` in the policy",
        )
    })
}

/// Packages that advisories of the public registry do not speak about.
pub fn unmatched(lockfile: &Lockfile, mirrors: &[String]) -> Option<String> {
    let mut addresses: BTreeMap<&str, usize> = BTreeMap::new();
    for package in &lockfile.packages {
        if let PackageSource::OtherRegistry(address) | PackageSource::Archive(address) =
            &package.source
            && !is_matched_by_name(package, mirrors)
        {
            let end = address
                .match_indices('/')
                .nth(2)
                .map_or(address.len(), |(slash, _)| slash);
            *addresses.entry(&address[..end]).or_default() += 1;
        }
    }
    let total: usize = addresses.values().sum();
    let hosts: Vec<&str> = addresses.into_keys().collect();
    (total > 0).then(|| {
        format!(
            "{}: {total} package{} of other registries {} not matched: {}; if one mirrors the public registry, say so in `[registries] mirrors`",
            lockfile.source.path,
            if total == 1 { "" } else { "s" },
            if total == 1 { "is" } else { "are" },
            hosts.join(", ")
        )
    })
}

#[cfg(test)]
mod tests;
