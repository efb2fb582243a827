//! The text files that git tracks or would track, or all files if git gives no answer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::git::Repository;
use crate::lockfile::tool::CARGO;

/// The greatest depth of nested repositories.
const DEEPEST: usize = 8;

/// A file in every vendored package (Cargo book, "Source Replacement", directory sources): the package's
/// commands build nothing here.
const VENDORED: &str = ".cargo-checksum.json";

/// The files below some folders.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListedFiles {
    /// Each once, in the order of their paths.
    pub(super) files: Vec<PathBuf>,
    /// Folders whose content is unknown.
    pub(super) unread: BTreeSet<PathBuf>,
}

/// Lists the files below some folders, without those of vendored packages.
pub(super) fn list(roots: &[&Path]) -> ListedFiles {
    let (mut all, mut unread) = (BTreeSet::new(), BTreeSet::new());
    for root in roots {
        add(root, DEEPEST, &mut all, &mut unread);
    }
    let mut vendored: BTreeSet<PathBuf> = BTreeSet::new();
    for path in &all {
        if path.file_name().is_some_and(|name| name == VENDORED) {
            let folder = path.parent().filter(|folder| {
                // A repository is not a vendored package.
                folder.join(CARGO.manifest).is_file() && !roots.contains(folder)
            });
            vendored.extend(folder.map(Path::to_owned));
        }
    }
    let is_own = |path: &PathBuf| !path.ancestors().any(|folder| vendored.contains(folder));
    ListedFiles { files: all.into_iter().filter(is_own).collect(), unread }
}

/// The files that git tracks below a folder, and in the nested repositories.
fn add(root: &Path, depth: usize, all: &mut BTreeSet<PathBuf>, unread: &mut BTreeSet<PathBuf>) {
    let kept = Repository::of(root).and_then(|repository| repository.offline().kept_or_new());
    let Ok(kept) = kept else {
        return walk(root, all, unread);
    };
    if kept.is_empty() {
        // A folder of which git tracks nothing yet, or one inside another repository.
        return walk(root, all, unread);
    }
    for path in kept {
        let path = root.join(path);
        if !path.is_dir() {
            all.insert(path);
        } else if path.is_symlink() {
            // The target of a link counts at its own path, if it is below this root.
            if !leads_into(&path, root) {
                unread.insert(path);
            }
        } else if depth > 0 {
            add(&path, depth - 1, all, unread);
        } else {
            unread.insert(path);
        }
    }
}

fn leads_into(link: &Path, root: &Path) -> bool {
    let (Ok(target), Ok(root)) = (link.canonicalize(), root.canonicalize()) else {
        return false;
    };
    target.starts_with(root)
}

fn walk(root: &Path, all: &mut BTreeSet<PathBuf>, unread: &mut BTreeSet<PathBuf>) {
    let is_searched = |entry: &ignore::DirEntry| {
        let is_made = || entry.path().join("CACHEDIR.TAG").is_file();
        entry.file_name() != ".git" && !is_made()
    };
    let walk = WalkBuilder::new(root).standard_filters(false).filter_entry(is_searched).build();
    for entry in walk {
        match entry {
            Ok(entry) if entry.path().is_dir() => {}
            Ok(entry) => {
                all.insert(entry.into_path());
            }
            Err(_) => {
                unread.insert(root.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn untracked_files_are_searched_if_git_tracks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in
            ["a/.hidden/run", "target/CACHEDIR.TAG", "target/x", "v/.cargo-checksum.json", "v/y"]
        {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        fs::write(root.join("v/Cargo.toml"), "").unwrap();
        let listed = list(&[root]);
        assert_eq!(listed.files, [root.join("a/.hidden/run")]);
        assert!(listed.unread.is_empty());
    }

    #[test]
    fn a_checksum_file_of_a_vendored_package_hides_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in [".cargo-checksum.json", "Cargo.toml", "ci/.cargo-checksum.json", "ci/ship"] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "").unwrap();
        }
        assert_eq!(list(&[root]).files.len(), 4);
    }
}
