//! Lockfiles in folders that are not searched: what `.gitignore` excludes and what lies behind a
//! link. They do not count, and that is said: a line in `.gitignore` hides no lockfile in silence.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::{Discovery, is_lockfile_name, is_skipped};

/// At most this many entries of folders that are not searched are looked at: they may hold whole
/// trees of installed files.
const MOST_ENTRIES: usize = 20_000;

/// Notes the lockfiles below the folders that were not walked.
pub(super) fn look(start: &Path, walked: &[PathBuf], discovery: &mut Discovery) {
    let known: BTreeSet<&Path> = walked.iter().map(PathBuf::as_path).collect();
    let start = start.canonicalize().ok();
    let mut left = MOST_ENTRIES;
    for folder in walked {
        for child in folders_in(folder) {
            if known.contains(child.as_path()) {
                continue;
            }
            if !child.is_symlink() {
                look_below(&child, &mut left, &mut discovery.ignored, &mut discovery.unsearched);
                continue;
            }
            // What a link leads to inside the folder is found where it lies.
            let target = child.canonicalize().ok();
            let is_inside =
                target.zip(start.as_ref()).is_some_and(|(target, start)| target.starts_with(start));
            if !is_inside {
                look_below(&child, &mut left, &mut discovery.linked, &mut discovery.unsearched);
            }
        }
    }
}

/// The folders in a folder, links to folders included. Whether it can be read at all is for the
/// walk to say.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| {
            entry.file_type().is_ok_and(|kind| !kind.is_file() && !is_skipped(&entry.file_name()))
        })
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn look_below(
    folder: &Path,
    left: &mut usize,
    found: &mut BTreeSet<PathBuf>,
    unsearched: &mut BTreeSet<PathBuf>,
) {
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry.file_name()))
        .build();
    for entry in walk {
        if *left == 0 {
            unsearched.insert(folder.to_owned());
            return;
        }
        *left -= 1;
        match entry {
            Ok(entry) if is_lockfile_name(entry.file_name()) => {
                found.insert(entry.into_path());
            }
            Ok(_) => {}
            Err(_) => {
                unsearched.insert(folder.to_owned());
            }
        }
    }
}
