//! The text files that git keeps or would keep, or all there are where git does not say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::git::Repository;

/// The largest file that is read, in bytes. No command stands in a larger one that people maintain, and
/// nobody claims that: what is not read is not known.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How much of a file tells whether it is text, as git decides it.
const TOLD_BY: usize = 8000;

/// How deep repositories lie inside each other, at most.
const DEEPEST: usize = 8;

/// What a vendored package has in its folder (Cargo book, "Source Replacement", directory sources): its
/// commands build nothing here.
const VENDORED: &str = ".cargo-checksum.json";

/// What is in a file.
pub(super) enum Content {
    /// Text.
    Text(String),
    /// No text.
    Binary,
    /// It cannot be read, or is too large.
    Unread,
}

/// The files below some folders.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    /// Each once, in the order of their paths.
    pub(super) files: Vec<PathBuf>,
    /// Folders of which nobody knows what they hold.
    pub(super) unread: BTreeSet<PathBuf>,
}

/// Lists the files below some folders, without those of vendored packages.
pub(super) fn list(roots: &[&Path]) -> Listed {
    let (mut all, mut unread) = (BTreeSet::new(), BTreeSet::new());
    for root in roots {
        add(root, DEEPEST, &mut all, &mut unread);
    }
    let mut vendored: BTreeSet<PathBuf> = BTreeSet::new();
    for path in &all {
        if path.file_name().is_some_and(|name| name == VENDORED) {
            let folder = path.parent().filter(|folder| {
                // A repository is no package that somebody vendored.
                folder.join("Cargo.toml").is_file() && !roots.contains(folder)
            });
            vendored.extend(folder.map(Path::to_owned));
        }
    }
    let is_own = |path: &PathBuf| !path.ancestors().any(|folder| vendored.contains(folder));
    Listed { files: all.into_iter().filter(is_own).collect(), unread }
}

/// What git keeps below a folder, and in the repositories that are part of it.
fn add(root: &Path, depth: usize, all: &mut BTreeSet<PathBuf>, unread: &mut BTreeSet<PathBuf>) {
    let kept = Repository::of(root).and_then(|repository| repository.offline().kept_or_new());
    let Ok(kept) = kept else {
        return walk(root, all, unread);
    };
    if kept.is_empty() {
        // A folder that git keeps nothing of yet, or one inside of somebody else's repository.
        return walk(root, all, unread);
    }
    for path in kept {
        let path = root.join(path);
        if !path.is_dir() {
            all.insert(path);
        } else if path.is_symlink() {
            // What it leads to counts where it lies, if that is here.
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
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(is_searched)
        .build();
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

/// Reads a file. A link is read where it leads.
pub(super) fn read(path: &Path) -> Content {
    let Ok(metadata) = fs::metadata(path) else {
        // A link that leads nowhere says nothing. What git keeps and is not checked out may say anything.
        let is_link = fs::symlink_metadata(path).is_ok();
        return if is_link {
            Content::Binary
        } else {
            Content::Unread
        };
    };
    if !metadata.is_file() {
        return Content::Binary;
    }
    if metadata.len() > MAX_BYTES {
        return if begins_as_text(path) {
            Content::Unread
        } else {
            Content::Binary
        };
    }
    let Ok(bytes) = fs::read(path) else {
        return Content::Unread;
    };
    decode(&bytes)
}

fn begins_as_text(path: &Path) -> bool {
    use std::io::Read;
    let mut first = Vec::new();
    let read =
        fs::File::open(path).and_then(|file| file.take(TOLD_BY as u64).read_to_end(&mut first));
    read.is_err() || matches!(decode(&first), Content::Text(_))
}

/// UTF-8, or UTF-16 with its mark, as some editors write scripts. What is not UTF-8 in a text still leaves
/// its words readable.
fn decode(bytes: &[u8]) -> Content {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        Content::Text(String::from_utf16_lossy(&units.collect::<Vec<_>>()))
    };
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return wide(u16::from_le_bytes);
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return wide(u16::from_be_bytes);
    }
    let begins = bytes.get(..TOLD_BY).unwrap_or(bytes);
    if memchr::memchr(0, begins).is_some() {
        return Content::Binary;
    }
    Content::Text(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<String> {
        match decode(bytes) {
            Content::Text(text) => Some(text),
            Content::Binary | Content::Unread => None,
        }
    }

    #[test]
    fn text_is_what_has_no_zero_at_its_beginning_or_says_that_it_is_wide() {
        assert_eq!(text(b"cargo build"), Some("cargo build".to_owned()));
        assert_eq!(text(b"\xFF\xFEc\0d\0"), Some("\u{FEFF}cd".to_owned()));
        assert_eq!(text(b"\xFE\xFF\0c\0d"), Some("\u{FEFF}cd".to_owned()));
        assert_eq!(text(b"\x7FELF\0\0"), None);
        assert!(text(b"caf\xE9 cargo").is_some_and(|text| text.ends_with(" cargo")));
    }

    #[test]
    fn what_git_does_not_keep_is_searched_where_git_keeps_nothing() {
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
    fn a_file_as_vendored_packages_have_it_hides_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in [".cargo-checksum.json", "Cargo.toml", "ci/.cargo-checksum.json", "ci/ship"] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "").unwrap();
        }
        assert_eq!(list(&[root]).files.len(), 4);
    }
}
