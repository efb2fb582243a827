//! Finding the lockfiles below a folder.
//!
//! `.gitignore` is honoured up to the root of the repository; what lies above it, and a person's own
//! ignore files, are not: the same checkout gives the same lockfiles on every machine. What is
//! passed over is said.

mod ignore_files;
mod unwalked;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use self::ignore_files::Unsound;
use super::FORMATS;
use crate::problem::Problem;

/// Folders that hold installed or built copies, never a project's own lockfile.
const SKIPPED_FOLDERS: &[&str] = &["node_modules", "target", ".git"];

/// Lockfiles of other package managers for npm's packages, which are known but not read (yarn, pnpm,
/// Bun and Deno documentation).
const UNREAD_NAMES: &[&str] =
    &["yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock"];

/// What lies below a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// The lockfiles that count, by path.
    pub lockfiles: BTreeSet<PathBuf>,
    /// Lockfiles that `.gitignore` excludes.
    pub ignored: BTreeSet<PathBuf>,
    /// Lockfiles in folders outside that a link leads to.
    pub linked: BTreeSet<PathBuf>,
    /// Ignored or linked folders of which it is not known what lies in them.
    pub unsearched: BTreeSet<PathBuf>,
    /// Lockfiles that are known not to be read, by their names. One beside a `package-lock.json` is
    /// among them: nobody can say which of the two is installed.
    pub unread: BTreeSet<PathBuf>,
}

/// Finds every lockfile below `folder`. A folder that cannot be read is a problem: what may lie in
/// it was not checked.
pub fn find(folder: &Path) -> Result<Discovery, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut folders = Vec::new();
    let mut present = BTreeSet::new();
    let mut unread = BTreeSet::new();
    let unsound = Unsound::default();
    unsound.look_above(folder, is_in_repository(folder));
    if let Some(problems) = unsound.problems() {
        return Err(problems);
    }
    for entry in walk(folder, &unsound) {
        match entry {
            // What was named is a folder, even if it is a link to one.
            Ok(entry) if entry.depth() == 0 || is_folder(&entry) => {
                folders.push(entry.into_path());
            }
            Ok(entry) if is_lockfile_name(entry.file_name()) => {
                present.insert(entry.into_path());
            }
            Ok(entry) if is_unread_name(entry.file_name()) => {
                unread.insert(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => problems.push(unreadable(folder, &error)),
        }
    }
    problems.extend(unsound.problems().into_iter().flatten());
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut discovery = Discovery { unread, ..sort_out(&folders, &present) };
    unwalked::look(folder, &folders, &mut discovery);
    Ok(discovery)
}

fn walk(folder: &Path, unsound: &Unsound) -> ignore::Walk {
    // Only where it looks for repositories does the walker stop at the root of one. Outside of any,
    // nothing above the folder counts.
    let is_in_repository = is_in_repository(folder);
    let unsound = unsound.clone();
    WalkBuilder::new(folder)
        .standard_filters(false)
        .git_ignore(true)
        .parents(is_in_repository)
        .require_git(is_in_repository)
        .filter_entry(move |entry| {
            if entry.depth() == 0 || !is_folder(entry) {
                return true;
            }
            // The walker reads the ignore file of a folder when it goes in.
            !is_skipped(entry.file_name()) && unsound.look_in(entry.path())
        })
        .build()
}

impl Discovery {
    /// Counts lockfiles after all that were ignored.
    pub fn count(&mut self, paths: &BTreeSet<PathBuf>) {
        self.ignored.retain(|path| !paths.contains(path));
        let (unread, read): (Vec<PathBuf>, Vec<PathBuf>) = paths
            .iter()
            .cloned()
            .partition(|path| path.file_name().is_some_and(is_unread_name));
        self.unread.extend(unread);
        self.lockfiles.extend(read);
    }
}

/// Whether ignore files count in a folder as they do in a repository.
pub fn is_in_repository(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder
        .ancestors()
        .any(|folder| fs::symlink_metadata(folder.join(".git")).is_ok())
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Whether a folder of this name holds installed or built copies, and is not searched.
pub fn is_skipped(name: &OsStr) -> bool {
    SKIPPED_FOLDERS
        .iter()
        .any(|skipped| name == OsStr::new(skipped))
}

/// Whether a file of this name is looked for: one that is read, or one that is known not to be.
pub fn is_looked_for(name: &OsStr) -> bool {
    is_lockfile_name(name) || is_unread_name(name)
}

/// Whether a file is looked for at a place below the folder that is searched.
pub fn is_looked_for_at(path: &Path) -> bool {
    path.file_name().is_some_and(is_looked_for) && !path.iter().any(is_skipped)
}

fn is_lockfile_name(name: &OsStr) -> bool {
    FORMATS.iter().any(|format| {
        format
            .file_names()
            .iter()
            .any(|known| name == OsStr::new(known))
    })
}

/// Whether it is the name of a lockfile that is known and not read.
pub fn is_unread_name(name: &OsStr) -> bool {
    UNREAD_NAMES.iter().any(|unread| name == OsStr::new(unread))
}

fn unreadable(folder: &Path, error: &ignore::Error) -> Problem {
    Problem::in_file(
        folder.display().to_string(),
        format!("not everything below this folder can be read: {error}"),
    )
    .help("a lockfile may lie there; mend the permissions, ignore it in .gitignore, or name the lockfiles to check")
}

/// Every name counts: where npm finds both of its two, it depends on its version which of them it
/// installs from. Names that are there but were not walked are ignored by `.gitignore`.
fn sort_out(folders: &[PathBuf], present: &BTreeSet<PathBuf>) -> Discovery {
    let mut discovery = Discovery::default();
    let names = FORMATS.iter().flat_map(|format| format.file_names());
    for (folder, name) in folders
        .iter()
        .flat_map(|folder| names.clone().map(move |name| (folder, name)))
    {
        let path = folder.join(name);
        if present.contains(&path) {
            discovery.lockfiles.insert(path);
        } else if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
            discovery.ignored.insert(path);
        }
    }
    discovery
}

#[cfg(test)]
mod tests;
