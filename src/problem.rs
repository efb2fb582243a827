//! The shared shape of "something is wrong at this place in this file", and of gaps in what is known.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Counting the line feeds of so many bytes takes less time than remembering where they are.
const BLOCK_BYTES: usize = 4096;

fn line_feeds(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
}

/// A text file that was read, under the name the user knows it by.
#[derive(Debug)]
pub struct SourceText {
    /// The path as shown to the user.
    pub path: String,
    pub text: String,
    /// The path from the root of the repository, once it is known.
    place: OnceLock<String>,
    /// How many lines end before each block of the text, once somebody has asked for a line.
    lines_before: OnceLock<Vec<usize>>,
}

impl SourceText {
    /// A text under a path.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            place: OnceLock::new(),
            lines_before: OnceLock::new(),
        }
    }

    /// Says where the file lies in its repository. The first word counts.
    pub fn lies_at(&self, place: String) {
        self.place.get_or_init(|| place);
    }

    /// The path from the root of the repository, or as shown where that is not known.
    pub fn place(&self) -> &str {
        self.place.get().unwrap_or(&self.path)
    }

    /// The line, counted from 1, in which a byte offset lies.
    pub fn line_at(&self, offset: usize) -> u32 {
        let text = self.text.as_bytes();
        let lines_before = self.lines_before.get_or_init(|| {
            text.chunks(BLOCK_BYTES)
                .scan(0, |lines, block| {
                    let before = *lines;
                    *lines += line_feeds(block);
                    Some(before)
                })
                .collect()
        });
        let offset = offset.min(text.len());
        let block = offset / BLOCK_BYTES;
        let line = match lines_before.get(block) {
            Some(before) => before + line_feeds(&text[block * BLOCK_BYTES..offset]),
            None => line_feeds(&text[..offset]),
        };
        u32::try_from(line + 1).unwrap_or(u32::MAX)
    }
}

/// Where a part of a text stands, in bytes. A part that was read without copying tells that by its address;
/// `None` for any other text.
pub fn place_in(text: &str, part: &str) -> Option<Range<usize>> {
    let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let place = start..start + part.len();
    (place.end <= text.len()).then_some(place)
}

/// One character of a text, where reading the JSON in a part of it failed: `serde_json` counts lines and
/// columns of the part, both from 1.
pub fn place_of_json_error(text: &str, part: &str, error: &serde_json::Error) -> Range<usize> {
    let lines = part.split_inclusive('\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(str::len).sum();
    let behind = before + error.column().saturating_sub(1);
    let part = place_in(text, part).map_or(0, |place| place.start);
    let start = text.floor_char_boundary((part + behind).min(text.len()));
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    start..start + width
}

impl PartialEq for SourceText {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.text == other.text
    }
}

impl Eq for SourceText {}

/// Some bytes of a text, which are to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    pub source: Arc<SourceText>,
    /// In bytes.
    pub span: Range<usize>,
}

impl Passage {
    /// What stands in a line, counted from 1, without the space around it.
    pub fn of_line(source: Arc<SourceText>, line: u32) -> Option<Self> {
        let position = usize::try_from(line).ok()?.checked_sub(1)?;
        let written = source.text.lines().nth(position)?.trim();
        let span = place_in(&source.text, written)?;
        (!span.is_empty()).then_some(Self { source, span })
    }

    /// Where it begins.
    pub fn location(&self) -> Location {
        Location { file: self.source.path.clone(), line: self.source.line_at(self.span.start) }
    }
}

/// A line of a file. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The path as shown to the user.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)
    }
}

/// One thing that is wrong with an input: what, where, and what to do about it.
///
/// Rendered as an annotated snippet when the text and a span are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The file it is about.
    pub file: String,
    /// The text of the file, if it could be read.
    pub source: Option<Arc<SourceText>>,
    /// The bytes of `source` that are wrong.
    pub span: Option<Range<usize>>,
    /// A few words for the marked bytes.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with a file as a whole.
    pub fn in_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            file: file.into(),
            source: None,
            span: None,
            label: None,
            help: None,
        }
    }

    /// A problem with some bytes of a text.
    pub fn at(source: &Arc<SourceText>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            file: source.path.clone(),
            source: Some(Arc::clone(source)),
            span: Some(span),
            label: None,
            help: None,
        }
    }

    /// Adds a few words for the marked bytes.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The line, from 1, if the place is known.
    pub fn line(&self) -> Option<u32> {
        Some(self.source.as_ref()?.line_at(self.span.as_ref()?.start))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line() {
            Some(line) => write!(formatter, "{}:{line}: {}", self.file, self.message),
            None => write!(formatter, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for Problem {}

/// So that `?` hands the one problem of a function on to callers that may have several.
impl From<Problem> for Vec<Problem> {
    fn from(problem: Problem) -> Self {
        vec![problem]
    }
}

/// Why the gate cannot say "pass" although nothing blocks: something was not known or not read.
///
/// A gap makes the verdict indeterminate (exit code 3), never a pass and never a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// A stable word for programs.
    pub code: GapCode,
    /// One sentence for people, without a full stop.
    pub message: String,
    /// The command or the edit that closes the gap.
    pub help: Option<String>,
}

/// The stable words for gaps, as they stand in the JSON report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapCode {
    /// There is no advisory snapshot and the policy names no sources.
    DatabaseMissing,
    /// The snapshot or a source cannot be read, or is not what it claims to be.
    DatabaseUnreadable,
    /// A source was last known current longer ago than `max-age`.
    DatabaseStale,
    /// A source claims to be current at a time that has not come yet.
    DatabaseFromTheFuture,
    /// No source has advisories for an ecosystem that a lockfile uses.
    DatabaseIncomplete,
    /// A record about a locked package could not be read.
    AdvisoryUnreadable,
    /// A locked version cannot be ordered, so no range can be decided for it.
    VersionUnreadable,
    /// A lockfile names a dependency that it does not lock.
    LockfileIncomplete,
    /// A lockfile says two things that cannot both be true.
    LockfileInconsistent,
    /// A lockfile does not fit the manifests of its projects: something else would be installed.
    LockfileOutdated,
    /// A lockfile that was there before the change is gone, and its project is not.
    LockfileGone,
    /// A lockfile is of a format that is not read.
    LockfileUnsupported,
    /// It is not known whether a lockfile counts that `.gitignore` names.
    LockfileHidden,
    /// A project asks for packages, and no lockfile locks them.
    LockfileMissing,
    /// A lockfile cannot be read; the exit code says so as well.
    LockfileUnreadable,
    /// What git keeps is not in the work tree: a lockfile, a project, or a submodule.
    NotCheckedOut,
    /// There was no lockfile, or none with a package in it.
    NothingToCheck,
    /// It is not known which findings are tracked, and since when.
    TicketsUnknown,
}

impl GapCode {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DatabaseMissing => "database-missing",
            Self::DatabaseUnreadable => "database-unreadable",
            Self::DatabaseStale => "database-stale",
            Self::DatabaseFromTheFuture => "database-from-the-future",
            Self::DatabaseIncomplete => "database-incomplete",
            Self::AdvisoryUnreadable => "advisory-unreadable",
            Self::VersionUnreadable => "version-unreadable",
            Self::LockfileIncomplete => "lockfile-incomplete",
            Self::LockfileInconsistent => "lockfile-inconsistent",
            Self::LockfileOutdated => "lockfile-outdated",
            Self::LockfileGone => "lockfile-gone",
            Self::LockfileUnsupported => "lockfile-unsupported",
            Self::LockfileHidden => "lockfile-hidden",
            Self::LockfileMissing => "lockfile-missing",
            Self::LockfileUnreadable => "lockfile-unreadable",
            Self::NotCheckedOut => "not-checked-out",
            Self::NothingToCheck => "nothing-to-check",
            Self::TicketsUnknown => "tickets-unknown",
        }
    }
}

impl Gap {
    /// A gap with the command or the edit that closes it.
    pub fn new(code: GapCode, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: Some(help.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_without_the_space_around_it() {
        let source =
            Arc::new(SourceText::new("Cargo.toml", "[dependencies]\n\n  rsa = \"1\" \r\n"));
        for (line, expected) in
            [(1, Some("[dependencies]")), (2, None), (3, Some("rsa = \"1\"")), (0, None), (4, None)]
        {
            let passage = Passage::of_line(Arc::clone(&source), line);
            let shown = passage.as_ref().map(|passage| &source.text[passage.span.clone()]);
            assert_eq!(shown, expected, "{line}");
            assert!(passage.is_none_or(|passage| passage.location().line == line));
        }
    }
}
