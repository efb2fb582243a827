//! Lockfiles in folders that are not searched: what `.gitignore` excludes and what lies behind a
//! link. They do not count, and that is said: a line in `.gitignore` hides no lockfile in silence.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use ignore::WalkBuilder;

use super::{Discovery, is_lockfile_name, is_skipped};
use crate::lockfile::FORMATS;

/// At most this many entries of folders that are not searched are looked at: they may hold whole
/// trees of installed files.
const MOST_ENTRIES: usize = 20_000;

/// Notes the lockfiles that the walk passed over in the folders where it was, and those below the folders
/// where it was not. `present` are those that it found.
pub(super) fn look(
    start: &Path,
    walked: &[PathBuf],
    present: &BTreeSet<PathBuf>,
    discovery: &mut Discovery,
) {
    // By its text, which begins with the same folder's: to compare part by part takes far longer.
    let known: HashSet<&OsStr, RandomState> = walked.iter().map(|it| it.as_os_str()).collect();
    let start = start.canonicalize().ok();
    let mut left = MOST_ENTRIES;
    for folder in walked {
        let Listing { folders, mut lockfiles } = Listing::of(folder);
        lockfiles.retain(|lockfile| !present.contains(lockfile));
        discovery.ignored.append(&mut lockfiles);
        for (child, is_link) in folders {
            if known.contains(child.as_os_str()) {
                continue;
            }
            if !is_link {
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

/// What lies in a folder.
#[derive(Default)]
struct Listing {
    /// The folders in it, and whether they are links to one.
    folders: BTreeMap<PathBuf, bool>,
    lockfiles: BTreeSet<PathBuf>,
}

impl Listing {
    /// Whether the folder can be read at all is for the walk to say.
    fn of(folder: &Path) -> Self {
        let mut listing = Self::default();
        let Ok(entries) = fs::read_dir(folder) else {
            // What is in it may be there for those who know its name.
            let names = FORMATS.iter().flat_map(|format| format.file_names());
            let is_file = |path: &PathBuf| path.symlink_metadata().is_ok_and(|it| it.is_file());
            listing.lockfiles = names.map(|name| folder.join(name)).filter(is_file).collect();
            return listing;
        };
        for entry in entries.filter_map(Result::ok) {
            let Ok(kind) = entry.file_type() else { continue };
            let name = entry.file_name();
            if kind.is_file() {
                if is_lockfile_name(&name) {
                    listing.lockfiles.insert(entry.path());
                }
            } else if !is_skipped(&name) && (kind.is_dir() || entry.path().is_dir()) {
                listing.folders.insert(entry.path(), kind.is_symlink());
            }
        }
        listing
    }
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
