//! The second stage: find the lockfiles and read them all, and say everything that was not read.

mod left_open;
mod on_disk;
mod search;
mod tracked;
mod unlocked;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

pub use self::on_disk::AroundLockfile;
use self::on_disk::CargoTomls;
pub use self::search::Found;
pub(super) use self::search::find;
use self::search::place_of;
pub use self::tracked::Kept;
use self::unlocked::Judge;
use crate::lockfile::tool::Tool;
use crate::lockfile::{Lockfile, LockfileError, file};
use crate::outcome::Unsearched;
use crate::policy::Policy;
use crate::problem::{Gap, GapCode, Problem};
use crate::settings::shown;

/// A lockfile and where it was read from.
#[derive(Debug)]
pub struct ReadLockfile {
    pub path: PathBuf,
    pub lockfile: Lockfile,
    /// The manifests around it, as far as they were read.
    pub manifests: AroundLockfile,
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
    /// What cannot be read: nothing in it was checked.
    pub unreadable: Vec<Problem>,
    /// What was not looked at.
    pub unsearched: Unsearched,
}

/// Reads lockfiles that were found. `remarks` are about those that were passed over.
pub(super) fn read_found(
    found: Found,
    remarks: Vec<String>,
    policy: &Policy,
    policy_folder: &Path,
) -> ReadLockfiles {
    let Found { lockfiles, unread, gaps: unknown, problems, mut survey } = found;
    let mut read = ReadLockfiles { remarks, unreadable: problems, ..ReadLockfiles::default() };
    read.gaps.extend(unknown);
    read.gaps.extend(unread_gap(&unread));
    let mut unreadable = Vec::new();
    let mut has_empty = false;
    let cargo_tomls = Rc::<CargoTomls>::default();
    for path in lockfiles {
        let name = shown(&path);
        let manifests = AroundLockfile::new(&path, &name, &cargo_tomls);
        match file::read(&path, &name, &manifests) {
            Ok((lockfile, _)) if lockfile.source.text.trim().is_empty() => {
                read.gaps.push(empty_gap(&lockfile.source.path, lockfile.format.tool()));
                unreadable.push(path.clone());
                read.lockfiles.push(ReadLockfile { path, lockfile, manifests });
            }
            Ok((lockfile, misfits)) => {
                read.gaps.extend(left_open::gaps(&lockfile, misfits));
                read.remarks.extend(lockfile.remarks.iter().cloned());
                read.lockfiles.push(ReadLockfile { path, lockfile, manifests });
            }
            Err(LockfileError::Empty { tool, problem }) => {
                read.gaps.push(empty_gap(&problem.file, tool));
                unreadable.push(path);
                has_empty = true;
            }
            Err(error) => {
                read.unreadable.push(error.problem().clone());
                unreadable.push(path);
            }
        }
    }
    let is_said = has_empty || !unread.is_empty() || !read.unreadable.is_empty();
    if read.lockfiles.is_empty() && !is_said {
        read.gaps.push(nothing_gap());
    }
    read.gaps.extend(left_open::behind_links(&read.lockfiles));
    read.remarks.extend(left_open::side_by_side(&read.lockfiles));
    read.gaps.extend(read.unreadable.iter().map(unreadable_gap));
    read.unsearched.doubts.append(&mut survey.doubts);
    let judge = Judge {
        survey: &survey,
        checked: read.lockfiles.iter().filter_map(|read| place_of(&read.path)).collect(),
        unread: &unread,
        unreadable: &unreadable,
        cargo_tomls: &cargo_tomls,
        policy,
        policy_folder,
    };
    judge.judge(&mut read);
    read
}

fn nothing_gap() -> Gap {
    Gap::new(
        GapCode::NothingToCheck,
        "no lockfile was found, so nothing was checked",
        format!("lockgate looks for {}; name the folder or the file", file::names().join(", ")),
    )
}

/// A lockfile of no bytes: its package manager takes it for none.
fn empty_gap(path: &str, tool: &Tool) -> Gap {
    let command = tool.commands.lock;
    let folder = path.rsplit_once('/').map_or("this folder", |(folder, _)| folder);
    Gap::new(
        GapCode::NothingToCheck,
        format!("{path}: the lockfile is empty, so it locks nothing"),
        format!(
            "type `{command}` in {folder}, or leave it out with `[lockfiles] exclude` in the policy"
        ),
    )
}

/// What cannot be read stands in every report, beside what was found elsewhere.
fn unreadable_gap(problem: &Problem) -> Gap {
    Gap {
        code: GapCode::LockfileUnreadable,
        message: problem.to_string(),
        help: problem.help.clone(),
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

fn exclusions(policy: &Policy, folder: &Path) -> Result<Gitignore, Problem> {
    globs("[lockfiles] exclude", &policy.excluded_lockfiles, folder)
}

fn globs(key: &str, globs: &[String], folder: &Path) -> Result<Gitignore, Problem> {
    let invalid = |error: ignore::Error| Problem::in_file(key, format!("not a glob: {error}"));
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut builder = GitignoreBuilder::new(folder);
    for glob in globs {
        builder.add_line(None, glob).map_err(invalid)?;
    }
    builder.build().map_err(invalid)
}

/// Whether a file is meant, by where it stands and not by where it leads.
fn is_matched(globs: &Gitignore, path: &Path) -> bool {
    !globs.is_empty() && search::place_of(path).is_some_and(|place| is_matched_place(globs, &place))
}

/// The same, for a path without links.
fn is_matched_place(globs: &Gitignore, place: &Path) -> bool {
    // Globs count from the policy's folder; a lockfile outside it never matches.
    let Ok(relative) = place.strip_prefix(globs.path()) else {
        return false;
    };
    !globs.is_empty() && globs.matched_path_or_any_parents(relative, false).is_ignore()
}

/// How many lockfiles that are not read are named.
const NAMED_UNREAD: usize = 5;

/// Lockfiles that are there and not read: what they lock may be vulnerable.
fn unread_gap(unread: &BTreeSet<PathBuf>) -> Option<Gap> {
    let mut named: Vec<String> = unread.iter().take(NAMED_UNREAD).map(|path| shown(path)).collect();
    if unread.len() > NAMED_UNREAD {
        named.push(format!("{} more", unread.len() - NAMED_UNREAD));
    }
    let file_names = unread.iter().filter_map(|path| path.file_name()?.to_str());
    let (are, they) = if unread.len() == 1 { ("is", "it") } else { ("are", "they") };
    (!unread.is_empty()).then(|| {
        Gap::new(
            GapCode::LockfileUnsupported,
            format!(
                "{} {are} of a format that lockgate does not read, so what {they} lock{} was not checked",
                named.join(", "),
                if unread.len() == 1 { "s" } else { "" },
            ),
            file::not_read_help(file_names),
        )
    })
}

#[cfg(test)]
mod tests;
