//! Git's index: the files that it tracks.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{BlobName, EntryKind, GitError, Repository, path_of};

/// A file, a link or a submodule in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// The path, relative to the folder that was asked about.
    pub path: PathBuf,
    pub kind: EntryKind,
    /// Its content in git's store; for a submodule its commit.
    pub blob: BlobName,
    /// Whether it is left out of the work tree (git documentation, "git-sparse-checkout",
    /// "skip-worktree").
    pub is_sparse: bool,
}

impl Repository {
    /// The repository of a folder, without checking that there is one: the first command will report it.
    pub fn assumed(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), fetches: true, alternates: Vec::new() }
    }

    /// The submodules below the folder, and the files with wanted names, even those that are missing
    /// from the work tree.
    ///
    /// # Errors
    ///
    /// There is no git, this is not a repository, or git does not trust the folder.
    pub fn index(&self, is_wanted: impl Fn(&OsStr) -> bool) -> Result<Vec<IndexEntry>, GitError> {
        let output = self.run(&["ls-files", "-z", "--cached", "-t", "--stage"], None)?;
        let mut entries: Vec<IndexEntry> = Vec::new();
        for line in output.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let unexpected = || GitError::Unexpected("ls-files --stage".to_owned());
            let entry = Line::of(line).ok_or_else(unexpected)?;
            if entry.kind == EntryKind::Submodule || name_of(entry.path).is_some_and(&is_wanted) {
                let entry = entry.owned().ok_or_else(unexpected)?;
                // An unmerged path has several entries.
                if entries.last().is_none_or(|last| last.path != entry.path) {
                    entries.push(entry);
                }
            }
        }
        Ok(entries)
    }

    /// The same repository, relative to another folder in it.
    #[must_use]
    pub fn seen_from(&self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self.clone() }
    }

    /// The tracked files below the folder, relative to it. `.gitignore`
    /// makes no difference: it only affects files that are not tracked (git
    /// documentation, "gitignore").
    ///
    /// # Errors
    ///
    /// There is no git, or it cannot read its index.
    pub fn kept(&self) -> Result<BTreeSet<PathBuf>, GitError> {
        let output = self.run(&["ls-files", "-z", "--cached"], None)?;
        output
            .split(|byte| *byte == 0)
            .filter(|path| !path.is_empty())
            .map(|path| {
                path_of(path).ok_or_else(|| GitError::Unexpected("ls-files --cached".to_owned()))
            })
            .collect()
    }

    /// The tracked files below the folder, and the untracked ones that are not ignored,
    /// relative to it. A nested repository is only listed as its folder.
    ///
    /// # Errors
    ///
    /// There is no git, or it cannot read its index.
    pub fn kept_or_new(&self) -> Result<BTreeSet<PathBuf>, GitError> {
        let output =
            self.run(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"], None)?;
        output
            .split(|byte| *byte == 0)
            .filter(|path| !path.is_empty())
            .map(|path| path_of(path).ok_or_else(|| GitError::Unexpected("ls-files".to_owned())))
            .collect()
    }
}

/// `<tag> <mode> <object> <stage>TAB<path>`
struct Line<'output> {
    kind: EntryKind,
    blob: &'output str,
    is_sparse: bool,
    path: &'output [u8],
}

impl<'output> Line<'output> {
    fn of(line: &'output [u8]) -> Option<Self> {
        let tab = memchr::memchr(b'\t', line)?;
        let mut words = std::str::from_utf8(&line[..tab]).ok()?.split(' ');
        let is_sparse = words.next()?.eq_ignore_ascii_case("s");
        let kind = match words.next()? {
            "120000" => EntryKind::Link,
            "160000" => EntryKind::Submodule,
            _ => EntryKind::File,
        };
        let blob = words.next()?;
        Some(Self { kind, blob, is_sparse, path: &line[tab + 1..] })
    }

    fn owned(&self) -> Option<IndexEntry> {
        let Self { kind, blob, is_sparse, path } = *self;
        Some(IndexEntry { path: path_of(path)?, kind, blob: blob.to_owned(), is_sparse })
    }
}

/// The last part of a path as git writes it.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a path")]
fn name_of(path: &[u8]) -> Option<&OsStr> {
    use std::os::unix::ffi::OsStrExt;
    let start = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    Some(OsStr::from_bytes(&path[start..]))
}

/// The last part of a path as git writes it.
#[cfg(not(unix))]
fn name_of(path: &[u8]) -> Option<&OsStr> {
    let start = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    std::str::from_utf8(&path[start..]).ok().map(OsStr::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_index_says_what_git_keeps_and_whether_it_is_checked_out() {
        for (line, kind, is_sparse, path) in [
            ("H 100644 12 0\ta b\tc", EntryKind::File, false, "a b\tc"),
            ("S 100644 12 0\tweb/package.json", EntryKind::File, true, "web/package.json"),
            ("s 100755 12 0\tx", EntryKind::File, true, "x"),
            ("M 120000 12 2\tCargo.lock", EntryKind::Link, false, "Cargo.lock"),
            ("H 160000 12 0\tvendor", EntryKind::Submodule, false, "vendor"),
        ] {
            let read = Line::of(line.as_bytes()).unwrap().owned().unwrap();
            let blob = "12".to_owned();
            assert_eq!(read, IndexEntry { path: path.into(), kind, blob, is_sparse });
        }
        assert!(Line::of(b"H 100644 12 0").is_none());
        assert_eq!(name_of(b"a/b/Cargo.lock"), Some(OsStr::new("Cargo.lock")));
        assert_eq!(name_of(b"Cargo.lock"), Some(OsStr::new("Cargo.lock")));
    }
}
