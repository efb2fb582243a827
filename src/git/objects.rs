//! The contents of files, and the trees of commits.

use std::path::PathBuf;

use super::{CommitId, GitError, Repository, lines, path_of};

/// The object id of one content: equal contents have equal ids.
pub type BlobName = String;

/// The kind of an entry of a tree (git documentation, "git-fast-import", "`filemodify`": the modes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    File,
    /// A symbolic link; its content is its target.
    Link,
    /// A commit of another repository: a submodule.
    Submodule,
}

/// An entry of the tree of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// The path from the root of the repository, with `/` between its parts.
    pub path: PathBuf,
    pub kind: EntryKind,
    pub blob: BlobName,
}

impl TreeEntry {
    /// The path with `/` between its parts, on every system.
    pub fn slashed_path(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }
}

impl Repository {
    /// The object ids of a file of the folder in some revisions, in their order; `None`
    /// where it did not exist.
    pub fn blobs(
        &self,
        revisions: &[String],
        file: &str,
    ) -> Result<Vec<Option<BlobName>>, GitError> {
        let questions: Vec<String> =
            revisions.iter().map(|revision| format!("{revision}:./{file}")).collect();
        let arguments = ["cat-file", "--batch-check=%(objectname) %(objecttype)"];
        let output = self.run(&arguments, Some(questions.join("\n") + "\n"))?;
        let names: Vec<Option<BlobName>> =
            lines(&output).map(|line| line.strip_suffix(" blob").map(str::to_owned)).collect();
        if names.len() == revisions.len() {
            Ok(names)
        } else {
            Err(GitError::Unexpected("cat-file --batch-check".to_owned()))
        }
    }

    /// The contents with these ids, in their order.
    pub fn contents(&self, blobs: &[BlobName]) -> Result<Vec<Vec<u8>>, GitError> {
        if blobs.is_empty() {
            return Ok(Vec::new());
        }
        let questions = blobs.join("\n") + "\n";
        let output = self.run(&["cat-file", "--batch=%(objectsize)"], Some(questions))?;
        let unexpected = || GitError::Unexpected("cat-file --batch".to_owned());
        let mut rest = output.as_slice();
        let mut contents = Vec::with_capacity(blobs.len());
        for _ in blobs {
            let end = memchr::memchr(b'\n', rest).ok_or_else(unexpected)?;
            let size = std::str::from_utf8(&rest[..end]).ok().and_then(|size| size.parse().ok());
            let size: usize = size.ok_or_else(unexpected)?;
            let content = rest.get(end + 1..end + 1 + size).ok_or_else(unexpected)?;
            contents.push(content.to_vec());
            rest = rest.get(end + 1 + size + 1..).ok_or_else(unexpected)?;
        }
        Ok(contents)
    }

    /// Everything in the tree of a commit except folders.
    pub fn tree(&self, commit: &CommitId) -> Result<Vec<TreeEntry>, GitError> {
        let output = self.run(&["ls-tree", "-r", "-z", "--full-tree", commit.as_str()], None)?;
        output
            .split(|byte| *byte == 0)
            .filter(|entry| !entry.is_empty())
            .map(entry)
            .collect::<Option<_>>()
            .ok_or_else(|| GitError::Unexpected("ls-tree".to_owned()))
    }
}

/// `<mode> <type> <object>TAB<path>`
fn entry(line: &[u8]) -> Option<TreeEntry> {
    let tab = memchr::memchr(b'\t', line)?;
    let mut words = std::str::from_utf8(&line[..tab]).ok()?.split(' ');
    let kind = match (words.next()?, words.next()?) {
        ("120000", "blob") => EntryKind::Link,
        (_, "blob") => EntryKind::File,
        (_, "commit") => EntryKind::Submodule,
        _ => return None,
    };
    let blob = words.next()?.to_owned();
    Some(TreeEntry { path: path_of(&line[tab + 1..])?, kind, blob })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_a_tree_is_read_with_any_name() {
        for (line, kind, path) in [
            ("100644 blob 12\ta b\tc", EntryKind::File, "a b\tc"),
            ("100755 blob 12\tbuild.sh", EntryKind::File, "build.sh"),
            ("120000 blob 12\tCargo.lock", EntryKind::Link, "Cargo.lock"),
            ("160000 commit 12\tvendor", EntryKind::Submodule, "vendor"),
        ] {
            let read = entry(line.as_bytes()).unwrap();
            assert_eq!(read, TreeEntry { path: path.into(), kind, blob: "12".to_owned() });
        }
        assert_eq!(entry(b"100644 blob 12"), None);
        assert_eq!(entry(b"040000 tree 12\ta"), None);
    }
}
