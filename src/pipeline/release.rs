//! The stage behind the verdict for a release: what is to be stated about it.

use std::path::{Path, PathBuf};

use crate::attestation::statement::Subject;
use crate::attestation::{Checkout, Release};
use crate::git::{BlobName, EntryKind, GitError, Repository, TreeEntry};
use crate::outcome::Outcome;
use crate::pipeline::tickets::is_whole;
use crate::settings::{CheckSettings, shown};

/// Adds to an outcome what a statement about a release says. Git is asked only if one is written.
pub fn describe(outcome: &mut Outcome, settings: &CheckSettings, subjects: Vec<Subject>) {
    let is_whole = is_whole(&settings.paths);
    if !is_whole {
        outcome.remarks.push(
            "this is not a check of a whole repository: run it from the folder that holds .git"
                .to_owned(),
        );
    }
    if subjects.is_empty() {
        return;
    }
    outcome.release = Some(Release {
        subjects,
        paths: settings.paths.iter().map(|path| shown(path)).collect(),
        is_whole,
        is_clock_set: settings.clock.overridden,
        source: source(outcome, settings),
    });
}

/// The commit that is checked out, as git says, or as the environment says where git cannot.
fn source(outcome: &Outcome, settings: &CheckSettings) -> Option<Checkout> {
    let folder = settings
        .paths
        .iter()
        .find(|path| path.join(".git").exists())?;
    if let Ok(checkout) = checkout(folder, outcome) {
        return Some(checkout);
    }
    let (_, commit) = outcome.product.as_deref()?.rsplit_once('@')?;
    Some(Checkout { commit: commit.to_owned(), modified: None })
}

fn checkout(folder: &Path, outcome: &Outcome) -> Result<Checkout, GitError> {
    let (repository, root) = Repository::with_work_tree(folder)?;
    let commit = repository.head()?;
    let lockfiles = outcome.lockfiles.iter().map(|lockfile| &lockfile.source);
    let read: Vec<_> = lockfiles.chain(&outcome.policy.source).collect();
    let entries = repository.tree(&commit)?;
    let blobs: Vec<Option<BlobName>> = read
        .iter()
        .map(|source| {
            let path = below(&root, Path::new(&source.path))?;
            let is_it = |entry: &&TreeEntry| entry.path == path && entry.kind == EntryKind::File;
            entries.iter().find(is_it).map(|entry| entry.blob.clone())
        })
        .collect();
    let known: Vec<BlobName> = blobs.iter().flatten().cloned().collect();
    let mut contents = repository.contents(&known)?.into_iter();
    let mut modified = Vec::new();
    for (source, blob) in read.iter().zip(&blobs) {
        let content = blob.as_ref().and_then(|_| contents.next());
        if content.is_none_or(|content| !is_same_text(&content, &source.text)) {
            modified.push(source.path.clone());
        }
    }
    modified.sort();
    modified.dedup();
    Ok(Checkout { commit: commit.as_str().to_owned(), modified: Some(modified) })
}

/// The path of a file in its repository.
fn below(root: &Path, path: &Path) -> Option<PathBuf> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    let root = root.canonicalize().ok()?;
    let inside = folder.strip_prefix(root).ok()?;
    Some(inside.join(path.file_name()?))
}

/// Whether a file holds what git does: git may write other line ends (Git documentation,
/// `core.autocrlf`), and a byte order mark is no part of the text that was read.
fn is_same_text(content: &[u8], text: &str) -> bool {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let lines = |bytes: &[u8]| -> Vec<u8> {
        let mut lines = Vec::with_capacity(bytes.len());
        for (position, byte) in bytes.iter().enumerate() {
            if *byte != b'\r' || bytes.get(position + 1) != Some(&b'\n') {
                lines.push(*byte);
            }
        }
        lines
    };
    content == text.as_bytes() || lines(content) == lines(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::is_same_text;

    #[test]
    fn line_ends_and_a_byte_order_mark_make_no_other_text() {
        for (content, text, is_same) in [
            (&b"a\nb\n"[..], "a\nb\n", true),
            (b"a\nb\n", "a\r\nb\r\n", true),
            (b"a\r\nb\n", "a\nb\n", true),
            (b"\xef\xbb\xbfa\n", "a\n", true),
            (b"a\rb\n", "ab\n", false),
            (b"a\n", "a\nb\n", false),
            (b"", "a", false),
        ] {
            assert_eq!(is_same_text(content, text), is_same, "{text:?}");
        }
    }
}
