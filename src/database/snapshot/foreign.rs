//! Describes a file that is not a snapshot, so that its owner recognises the mix-up.

use std::fs::Metadata;

/// The first bytes of well-known kinds of files.
const KINDS: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"redb\x1a\x0a", "a redb database"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"version https://git-lfs", "a Git LFS pointer"),
];

/// Describes a file by its first bytes.
pub(super) fn describe(start: &[u8]) -> String {
    if start.is_empty() {
        return "an empty file".to_owned();
    }
    if let Some((_, name)) = KINDS.iter().find(|(prefix, _)| start.starts_with(prefix)) {
        return (*name).to_owned();
    }
    let text = start.trim_ascii_start();
    if text.starts_with(b"{") || text.starts_with(b"[{") || text == b"[]" {
        return "a JSON document".to_owned();
    }
    if is_text(start) {
        return "a text file".to_owned();
    }
    if start.iter().all(|byte| *byte == 0) {
        return "a file of zero bytes".to_owned();
    }
    "a file of an unknown kind".to_owned()
}

/// Describes something that is not a regular file.
pub(super) fn describe_special(metadata: &Metadata) -> String {
    if metadata.is_dir() { "a folder".to_owned() } else { "a device or a pipe".to_owned() }
}

/// The start of a file may end in the middle of a character.
fn is_text(start: &[u8]) -> bool {
    let whole = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !whole.chars().any(|character| character.is_control() && !character.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_files_are_recognised() {
        for (start, expected) in [
            (&b""[..], "an empty file"),
            (b"PK\x03\x04\x14\0", "a zip archive"),
            (b" {\"id\": 1}", "a JSON document"),
            (b"[{\"id\": 1}]", "a JSON document"),
            (b"[advisories]\nignore = []\n", "a text file"),
            ("größe".as_bytes(), "a text file"),
            (b"gr\xc3", "a text file"),
            (b"SQLite format 3\0", "an SQLite database"),
            (b"\0\0\0\0", "a file of zero bytes"),
            (b"\x7fELF\x02", "a file of an unknown kind"),
        ] {
            assert_eq!(describe(start), expected, "{start:?}");
        }
    }
}
