//! What lockfiles leave open: what they lock nothing for, what they say in two ways, and what is
//! installed by what lies elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::ReadLockfile;
use crate::disk;
use crate::lockfile::tool::{self, SideBySide};
use crate::lockfile::{Lockfile, MissingDependency, MissingReason};
use crate::package::Ecosystem;
use crate::problem::{Gap, GapCode};
use crate::settings::shown;

/// How many gaps of a kind are told about one lockfile.
const MOST: usize = 100;

/// A lockfile that locks nothing at all, names what it does not lock, contradicts itself, or does not
/// fit the manifests beside it.
pub(super) fn gaps(lockfile: &Lockfile, misfits: Vec<Gap>) -> Vec<Gap> {
    let path = &lockfile.source.path;
    if lockfile.packages.is_empty() && lockfile.ecosystem == Ecosystem::Cargo {
        return vec![Gap::new(
            GapCode::NothingToCheck,
            format!("{path}: the lockfile locks no package, not even the project"),
            "let the package manager write it again, or leave it out",
        )];
    }
    let missing = lockfile.missing.iter();
    let missing = missing.filter(|missing| missing.reason == MissingReason::NotLocked);
    let not_locked = missing.map(|missing| not_locked(lockfile, missing));
    let mut gaps = at_most(path, not_locked);
    gaps.extend(at_most(path, lockfile.contradictions.iter().cloned()));
    gaps.extend(at_most(path, misfits.into_iter()));
    gaps
}

/// So many gaps of one kind, and how many more there are.
fn at_most(path: &str, mut gaps: impl Iterator<Item = Gap>) -> Vec<Gap> {
    let mut told: Vec<Gap> = gaps.by_ref().take(MOST).collect();
    let more = gaps.count();
    if let Some(last) = told.last().filter(|_| more > 0) {
        let message = format!("{path}: there are {more} more of this kind");
        told.push(Gap { code: last.code, message, help: last.help.clone() });
    }
    told
}

fn not_locked(lockfile: &Lockfile, missing: &MissingDependency) -> Gap {
    let dependent = &lockfile.packages[missing.from];
    let message = format!(
        "{}: {} depends on `{}`, which the lockfile does not lock",
        lockfile.location(missing.from),
        dependent.id,
        missing.name
    );
    Gap::new(GapCode::LockfileIncomplete, message, lockfile.writer().complete())
}

/// Folders that links lead to, and whose dependencies are installed there by another lockfile than
/// those that were read.
pub(super) fn behind_links(lockfiles: &[ReadLockfile]) -> Vec<Gap> {
    let leads_out = |read: &&ReadLockfile| {
        let mut missing = read.lockfile.missing.iter();
        missing.any(|missing| matches!(missing.reason, MissingReason::Outside(_)))
    };
    let leading_out: Vec<&ReadLockfile> = lockfiles.iter().filter(leads_out).collect();
    if leading_out.is_empty() {
        return Vec::new();
    }
    let covered: BTreeSet<PathBuf> = lockfiles.iter().flat_map(projects).collect();
    leading_out
        .into_iter()
        .flat_map(|read| {
            let gaps = uncovered(read, &covered).into_iter();
            at_most(&read.lockfile.source.path, gaps)
        })
        .collect()
}

fn uncovered(read: &ReadLockfile, covered: &BTreeSet<PathBuf>) -> Vec<Gap> {
    let mut first: BTreeMap<&str, &MissingDependency> = BTreeMap::new();
    for missing in &read.lockfile.missing {
        if let MissingReason::Outside(folder) = &missing.reason {
            first.entry(folder).or_insert(missing);
        }
    }
    let is_covered = |folder: &str| {
        let place = place(read, folder);
        place.is_some_and(|place| covered.contains(&place))
    };
    first
        .into_iter()
        .filter(|(folder, _)| !is_covered(folder))
        .map(|(folder, missing)| {
            let message = format!(
                "{}: a link leads to the folder {folder}, and no lockfile that was checked says what \
                 is installed there ({})",
                read.lockfile.location(missing.from),
                missing.name
            );
            // What is typed counts from the current folder.
            let typed = place(read, folder).map_or_else(|| folder.to_owned(), |it| shown(&it));
            let help = format!(
                "check {typed} as well; where it has no lockfile, write one: cd {typed} && {}",
                read.lockfile.format.tool().commands.lock
            );
            Gap::new(GapCode::LockfileIncomplete, message, help)
        })
        .collect()
}

/// The folders of the projects that a lockfile locks itself, where it says so.
fn projects(read: &ReadLockfile) -> Vec<PathBuf> {
    let lockfile = &read.lockfile;
    let elsewhere: BTreeSet<&str> = lockfile
        .missing
        .iter()
        .filter_map(|missing| match &missing.reason {
            MissingReason::Outside(folder) => Some(folder.as_str()),
            MissingReason::NotLocked | MissingReason::Bundled(_) => None,
        })
        .collect();
    let roots = lockfile.roots.iter();
    let folders = roots.filter_map(|root| lockfile.packages[*root].folder.as_deref());
    // pnpm installs in every folder that its lockfile names, wherever it lies.
    let is_installed =
        |folder: &&str| *lockfile.format.tool() == tool::PNPM || !folder.starts_with("..");
    folders
        .filter(|folder| !elsewhere.contains(folder) && is_installed(folder))
        .filter_map(|folder| place(read, folder))
        .collect()
}

/// A folder that a lockfile names, wherever it lies.
fn place(read: &ReadLockfile, folder: &str) -> Option<PathBuf> {
    disk::folder_of(&read.path).join(folder).canonicalize().ok()
}

/// Lockfiles of one package manager that lie in one folder and are installed by different versions of it.
pub(super) fn side_by_side(lockfiles: &[ReadLockfile]) -> Vec<String> {
    let mut folders: BTreeMap<(&Path, &str), (&SideBySide, Vec<&str>)> = BTreeMap::new();
    for read in lockfiles {
        let tool = read.lockfile.format.tool();
        if let (Some(folder), Some(rule)) = (read.path.parent(), &tool.side_by_side) {
            let (_, paths) =
                folders.entry((folder, tool.word)).or_insert_with(|| (rule, Vec::new()));
            paths.push(&read.lockfile.source.path);
        }
    }
    let several = folders.into_values().filter(|(rule, paths)| {
        paths.len() > 1 && paths.iter().any(|path| path.ends_with(rule.name))
    });
    several
        .map(|(rule, paths)| format!("{}, so both are checked: {}", rule.reason, paths.join(", ")))
        .collect()
}
