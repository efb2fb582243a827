//! Text files of a repository, whoever wrote them.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// The largest text that is read, in bytes. No command stands in a larger one that people maintain, and
/// nobody claims that: what is not read is not known.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How many bytes tell a text from anything else, as git decides it.
const HEAD_BYTES: usize = 8000;

/// What is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Text(String),
    /// No text, or a link that leads nowhere.
    Binary,
    Folder,
    /// It is not there, cannot be read, or is too large.
    Unread,
}

/// Reads a file. A link is read where it leads.
pub fn read(path: &Path) -> Content {
    let Ok(metadata) = fs::metadata(path) else {
        let is_link = fs::symlink_metadata(path).is_ok();
        return if is_link { Content::Binary } else { Content::Unread };
    };
    if metadata.is_dir() {
        return Content::Folder;
    }
    if !metadata.is_file() {
        return Content::Binary;
    }
    read_file(path).unwrap_or(Content::Unread)
}

fn read_file(path: &Path) -> Option<Content> {
    let mut file = File::open(path).ok()?;
    let mut bytes = Vec::new();
    let mut head = file.by_ref().take(HEAD_BYTES as u64);
    head.read_to_end(&mut bytes).ok()?;
    if !is_wide(&bytes) && memchr::memchr(0, &bytes).is_some() {
        return Some(Content::Binary);
    }
    file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_BYTES).then(|| Content::Text(decode(bytes)))
}

fn is_wide(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

/// UTF-8, or UTF-16 with its mark, as some editors write scripts. What is not UTF-8 in a text still leaves
/// its words readable.
fn decode(bytes: Vec<u8>) -> String {
    if is_wide(&bytes) {
        let read = if bytes[0] == 0xff { u16::from_le_bytes } else { u16::from_be_bytes };
        let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        return String::from_utf16_lossy(&units.collect::<Vec<_>>());
    }
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_has_no_zero_at_its_beginning_or_says_that_it_is_wide() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let text = |text: &str| Content::Text(text.to_owned());
        let late = [b"x".repeat(HEAD_BYTES), vec![0]].concat();
        for (bytes, expected) in [
            (&b"cargo build"[..], text("cargo build")),
            (b"\xFF\xFEc\0d\0", text("\u{FEFF}cd")),
            (b"\xFE\xFF\0c\0d", text("\u{FEFF}cd")),
            (b"\x7FELF\0\0", Content::Binary),
            (b"caf\xE9 cargo", text("caf\u{FFFD} cargo")),
            (&late, text(&format!("{}\0", "x".repeat(HEAD_BYTES)))),
            (b"", text("")),
        ] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path), expected);
        }
        assert_eq!(read(folder.path()), Content::Folder);
        assert_eq!(read(&folder.path().join("absent")), Content::Unread);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_read_where_it_leads_and_one_that_leads_nowhere_holds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let link = |name: &str, target: &str| {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(target, &link).unwrap();
            link
        };
        fs::write(folder.path().join("file"), "x").unwrap();
        assert_eq!(read(&link("there", "file")), Content::Text("x".to_owned()));
        assert_eq!(read(&link("nowhere", "gone")), Content::Binary);
    }
}
