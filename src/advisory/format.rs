//! What a format is in which advisory databases write one record.

use std::collections::BTreeSet;
use std::path::Path;

use crate::advisory::{Advisory, UnreadableRecord};
use crate::package::PackageName;

/// One way to write an advisory record into a file.
pub trait AdvisoryFormat: Sync {
    /// Whether a file of this name may hold a record in this format.
    fn recognises(&self, file_name: &str) -> bool;

    /// Reads a file whose name was recognised.
    fn read(&self, file: &RecordFile<'_>) -> Reading;
}

/// A file of an advisory source.
#[derive(Clone, Copy, Debug)]
pub struct RecordFile<'file> {
    /// The name of the source.
    pub source: &'file str,
    /// The path inside the source, with `/` between its parts.
    pub path: &'file str,
    /// What the place of a file in the source says about it.
    pub layout: Layout,
    pub content: &'file [u8],
}

/// The most packages that a record which cannot be read is said to be about.
const MAX_NAMED: usize = 10_000;

/// The longest reason, in bytes: parsers quote what they choke on.
const MAX_REASON_BYTES: usize = 500;

/// What the place of a file in its source says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `crates/<package>/<id>.md`, as in the RustSec advisory database; records elsewhere are not
    /// about packages of a registry.
    RustSec,
    /// Records may lie anywhere.
    Free,
    /// The same, in a folder that a team writes itself: nobody else has looked for its mistakes.
    Own,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A record, read in full.
    Record(Advisory),
    /// A record about several packages, read except for what it says about some of them.
    Partial(Advisory, UnreadableRecord),
    /// A record that cannot be read.
    Unreadable(UnreadableRecord),
    /// No record, or one that is about no ecosystem we know.
    NoRecord,
}

impl<'file> RecordFile<'file> {
    /// The last part of the path.
    pub fn file_name(&self) -> &'file str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The file name without its extension.
    pub fn stem(&self) -> &'file str {
        let name = self.file_name();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The text, without a byte order mark. `None` if it is not UTF-8.
    pub fn text(&self) -> Option<&'file str> {
        let text = std::str::from_utf8(self.content).ok()?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    pub(super) fn unreadable(
        &self,
        reason: impl Into<String>,
        packages: BTreeSet<PackageName>,
    ) -> UnreadableRecord {
        // Its reason is kept with each of them. A record that names so many may be about any.
        let packages = if packages.len() > MAX_NAMED { BTreeSet::new() } else { packages };
        UnreadableRecord {
            file: self.path.to_owned(),
            source: self.source.to_owned(),
            reason: in_one_line(&reason.into()),
            packages,
            ecosystem: None,
        }
    }
}

/// Parsers quote what they choke on, and draw pictures of it: no line break and no control
/// character of a record gets into its reason.
fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = String::new();
    for character in words.join(" ").chars() {
        if line.len() >= MAX_REASON_BYTES {
            line.push('…');
            break;
        }
        if character.is_control() {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    line
}

/// Whether a file name ends in `.extension`, however it is capitalised.
pub(super) fn has_extension(file_name: &str, extension: &str) -> bool {
    Path::new(file_name).extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_keep_inner_dots() {
        let file = RecordFile {
            source: "test",
            path: "a/b.c/ACME-1.2.json",
            layout: Layout::Free,
            content: b"\xef\xbb\xbf{}",
        };
        assert_eq!(file.stem(), "ACME-1.2");
        assert_eq!(file.text(), Some("{}"));
    }

    #[test]
    fn a_reason_is_one_harmless_line() {
        assert_eq!(in_one_line("bad\n  |\n1 | \u{1b}[2J"), "bad | 1 | \\u{1b}[2J");
    }
}
