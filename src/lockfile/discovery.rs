//! Finding the lockfiles below a folder.
//!
//! `.gitignore` is honoured up to the root of the repository; what lies above it, and a person's own
//! ignore files, are not: the same checkout gives the same lockfiles on every machine. What is
//! passed over is said. Manifests are found on the way: what they ask for has to be locked.

mod ignore_files;
mod unwalked;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};

use self::ignore_files::Unsound;
use super::FORMATS;
use super::tool::Tool;
use crate::problem::Problem;

/// Where git keeps what it knows.
const GIT: &str = ".git";

/// Folders that hold installed or built copies: a project's own lockfile only where git keeps it. pnpm puts
/// crates into `.pnpm` (pnpm documentation, "Cargo dependencies").
const SKIPPED_FOLDERS: &[&str] = &["node_modules", "target", ".pnpm", GIT];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A folder that people and tools work in: what `.gitignore` names, what is installed and what is
    /// built is passed over.
    WorkTree,
    /// The tree of a commit, written out: everything in it counts.
    Commit,
}

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
    /// The files that say what projects ask for.
    pub manifests: BTreeSet<PathBuf>,
    /// Folders that are the root of a repository of their own, such as a submodule that is checked
    /// out; the folder that is searched may be among them.
    pub repositories: BTreeSet<PathBuf>,
    /// What cannot be read: what may lie there was not checked.
    pub problems: Vec<Problem>,
}

/// Finds every lockfile below `folder`.
pub fn find(folder: &Path, extent: Extent) -> Discovery {
    let mut found = Discovery::default();
    let mut folders = Vec::new();
    let mut present = BTreeSet::new();
    let repositories = Arc::new(Mutex::new(BTreeSet::new()));
    let unsound = Unsound::default();
    if extent == Extent::WorkTree {
        unsound.look_above(folder, is_in_repository(folder));
    }
    if let Some(problems) = unsound.problems() {
        found.problems = problems;
        return found;
    }
    for entry in walk(folder, extent, &repositories, &unsound) {
        match entry {
            // What was named is a folder, even if it is a link to one.
            Ok(entry) if entry.depth() == 0 || is_folder(&entry) => {
                folders.push(entry.into_path());
            }
            Ok(entry) if is_lockfile_name(entry.file_name()) => {
                present.insert(entry.into_path());
            }
            Ok(entry) if is_unread_name(entry.file_name()) => {
                found.unread.insert(entry.into_path());
            }
            Ok(entry) if is_manifest_name(entry.file_name()) => {
                found.manifests.insert(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => found.problems.push(unreadable(folder, &error)),
        }
    }
    found.problems.extend(unsound.problems().into_iter().flatten());
    let mut repositories = repositories.lock().unwrap_or_else(PoisonError::into_inner);
    found.repositories = std::mem::take(&mut *repositories);
    drop(repositories);
    unwalked::look(folder, &folders, &present, &mut found);
    // Every name counts: where npm finds both of its two, it depends on its version which of them it
    // installs from.
    found.lockfiles = present;
    found
}

fn walk(
    folder: &Path,
    extent: Extent,
    repositories: &Arc<Mutex<BTreeSet<PathBuf>>>,
    unsound: &Unsound,
) -> ignore::Walk {
    // Only where it looks for repositories does the walker stop at the root of one. Outside of any,
    // nothing above the folder counts.
    let is_in_repository = is_in_repository(folder);
    let repositories = Arc::clone(repositories);
    let unsound = unsound.clone();
    WalkBuilder::new(folder)
        .standard_filters(false)
        .git_ignore(extent == Extent::WorkTree)
        .parents(is_in_repository)
        .require_git(is_in_repository)
        .filter_entry(move |entry| {
            if entry.depth() == 0 {
                return true;
            }
            if entry.file_name() == OsStr::new(GIT) {
                let mut repositories = repositories.lock().unwrap_or_else(PoisonError::into_inner);
                repositories.extend(entry.path().parent().map(Path::to_owned));
                return false;
            }
            if extent == Extent::Commit || !is_folder(entry) {
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
        let (unread, read): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.iter().cloned().partition(|path| path.file_name().is_some_and(is_unread_name));
        self.unread.extend(unread);
        self.lockfiles.extend(read);
    }

    /// Whether a file was found, whatever became of it, unless it is ignored.
    pub fn knows(&self, path: &Path) -> bool {
        [&self.lockfiles, &self.unread, &self.manifests].iter().any(|known| known.contains(path))
    }
}

/// Whether ignore files count in a folder as they do in a repository.
pub fn is_in_repository(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().any(|folder| fs::symlink_metadata(folder.join(GIT)).is_ok())
}

/// Whether a change to a repository may bring what is in a folder: it lies in `root`, or in any repository, or
/// nobody knows where.
pub fn may_be_brought(folder: &Path, root: &Path) -> bool {
    let real = folder.ancestors().find_map(|above| above.canonicalize().ok());
    let is_in_root = |real: &PathBuf| root.canonicalize().is_ok_and(|root| real.starts_with(root));
    real.is_none_or(|real| is_in_repository(&real) || is_in_root(&real))
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Whether a folder of this name holds installed or built copies, and is not searched.
pub fn is_skipped(name: &OsStr) -> bool {
    SKIPPED_FOLDERS.iter().any(|skipped| name == OsStr::new(skipped))
}

/// Whether a file of this name is looked for: one that is read, or one that is known not to be.
pub fn is_looked_for(name: &OsStr) -> bool {
    is_lockfile_name(name) || is_unread_name(name)
}

/// Whether it is the name of a lockfile that is read.
fn is_lockfile_name(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| FORMATS.iter().any(|format| format.reads(name)))
}

/// Whether it is the name of a lockfile that is known and not read.
pub fn is_unread_name(name: &OsStr) -> bool {
    name.to_str().and_then(Tool::of_lockfile).is_some() && !is_lockfile_name(name)
}

/// Whether it is the name of a file that says what a project asks for.
pub fn is_manifest_name(name: &OsStr) -> bool {
    name.to_str().and_then(Tool::of_manifest).is_some()
}

fn unreadable(folder: &Path, error: &ignore::Error) -> Problem {
    Problem::in_file(
        folder.display().to_string(),
        format!("not everything below this folder can be read: {error}"),
    )
    .help("a lockfile may lie there; mend the permissions, ignore it in .gitignore, or name the lockfiles to check")
}

#[cfg(test)]
mod tests;
