//! The trait of the formats in which advisory databases write one record.

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
    /// The layout of the source.
    pub layout: Layout,
    pub content: &'file [u8],
}

/// The most packages that an unreadable record is listed for.
const MAX_NAMED: usize = 10_000;

/// The longest reason, in bytes: parsers quote the text that they fail on.
const MAX_REASON_BYTES: usize = 500;

/// The layout of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `crates/<package>/<id>.md`, as in the RustSec advisory database; records elsewhere are not
    /// about packages of a registry.
    RustSec,
    /// Records may be anywhere.
    Free,
    /// The same, in a team's own folder: nobody else has checked it for mistakes.
    Own,
}

/// The result of reading one file.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A record, read in full.
    Record(Advisory),
    /// A record about several packages, some of which could not be read.
    Partial(Advisory, UnreadableRecord),
    /// A record that cannot be read.
    Unreadable(UnreadableRecord),
    /// Not a record, or one about other ecosystems only.
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
        // The reason is stored for each of them. A record that names so many may be about any.
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

/// Parsers quote and draw the text that they fail on: remove line breaks and control
/// characters of a record from the reason.
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

/// Whether a file name ends in `.extension`, in any case.
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
