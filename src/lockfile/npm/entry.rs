//! The one shape to which both layouts are brought: an entry for each folder.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

use super::asked::Asking;
use crate::lockfile::node::json::Str;
use crate::lockfile::{LockedPackage, LockfileError, tool};
use crate::problem::{Problem, SourceText};

/// The longest path that Linux opens (limits.h, `PATH_MAX`): nothing was ever installed deeper. Every
/// folder below one is spelt out in full, so longer ones would cost far more than they take to write.
const LONGEST_FOLDER: usize = 4096;

/// A folder of the installed tree, and what is in it.
pub(super) struct Entry<'text> {
    /// The folder, relative to the lockfile's: `""`, `packages/a`, `node_modules/a/node_modules/b`.
    pub(super) folder: Cow<'text, str>,
    pub(super) content: Content,
    pub(super) asking: Asking<'text>,
    /// The checksum of its archive.
    pub(super) integrity: Option<&'text str>,
    /// Whether its archive brings an npm-shrinkwrap.json.
    pub(super) has_shrinkwrap: bool,
    /// What it is called here, where its address is that of a package of another name.
    pub(super) called: Option<SmolStr>,
}

/// What a folder holds.
pub(super) enum Content {
    /// A project whose dependencies these are.
    Root(LockedPackage),
    Package(LockedPackage),
    /// A link to another folder.
    Link(String),
}

/// Where a key and its value's version stand in the text.
///
/// Text that was read without copying tells its place by its address. A key with escapes was
/// copied: it is searched for, from the place where the last one was found.
pub(super) struct Places<'source> {
    source: &'source Arc<SourceText>,
    last: usize,
}

impl<'source> Places<'source> {
    pub(super) fn new(source: &'source Arc<SourceText>) -> Self {
        Self { source, last: 0 }
    }

    /// From the opening quote of a key to the closing quote of the version behind it.
    pub(super) fn span(&mut self, key: &Str<'_>, version: Option<&Str<'_>>) -> Range<usize> {
        let key_span = self.key_span(key);
        self.last = key_span.end;
        let version_end =
            version.and_then(|version| self.borrowed(version)).map(|span| span.end + 1);
        match version_end {
            // A version far away is not on the lines that a person would look at.
            Some(end) if end > key_span.end && end - key_span.end < 400 => key_span.start..end,
            _ => key_span,
        }
    }

    fn key_span(&self, key: &Str<'_>) -> Range<usize> {
        if let Some(span) = self.borrowed(key) {
            return span.start.saturating_sub(1)..span.end + 1;
        }
        self.escaped_key_span(key).unwrap_or(self.last..self.last)
    }

    /// The next string of the text that is a key and reads like this one.
    fn escaped_key_span(&self, key: &str) -> Option<Range<usize>> {
        let text = &self.source.text;
        let mut from = self.last;
        loop {
            let start = from + memchr::memchr(b'"', &text.as_bytes()[from..])?;
            let mut strings = serde_json::Deserializer::from_str(&text[start..]).into_iter();
            let string: String = strings.next()?.ok()?;
            let end = start + strings.byte_offset();
            if string == key && text[end..].trim_start().starts_with(':') {
                return Some(start..end);
            }
            from = end;
        }
    }

    /// The place of a text that was read without copying.
    fn borrowed(&self, text: &Str<'_>) -> Option<Range<usize>> {
        let start = text.offset_in(&self.source.text)?;
        Some(start..start + text.len())
    }
}

/// Refuses two entries for one folder.
pub(super) fn check_unique(
    source: &Arc<SourceText>,
    entries: &[Entry<'_>],
) -> Result<(), LockfileError> {
    let mut folders: Vec<(&str, usize)> =
        entries.iter().enumerate().map(|(index, entry)| (&*entry.folder, index)).collect();
    folders.sort_unstable();
    for pair in folders.windows(2) {
        if pair[0].0 == pair[1].0 {
            let Entry { folder, content, .. } = &entries[pair[1].1];
            let span = match content {
                Content::Root(package) | Content::Package(package) => Some(package.span.clone()),
                Content::Link(_) => None,
            };
            return Err(doubled(source, folder, span));
        }
    }
    Ok(())
}

/// What is wrong with the second entry for a folder.
pub(super) fn doubled(
    source: &Arc<SourceText>,
    folder: &str,
    span: Option<Range<usize>>,
) -> LockfileError {
    let message = format!("`{folder}` is locked twice");
    let problem = match span {
        Some(span) => Problem::at(source, span, message),
        None => Problem::in_file(&source.path, message),
    };
    LockfileError::Inconsistent(
        problem
            .label("for the second time")
            .help(format!("readers differ on which entry counts; {}", tool::NPM.write_again())),
    )
}

/// Refuses a folder in which nothing can be installed.
pub(super) fn check_folder(
    source: &Arc<SourceText>,
    folder: &str,
    span: &Range<usize>,
) -> Result<(), LockfileError> {
    if folder.len() <= LONGEST_FOLDER {
        return Ok(());
    }
    let message = format!("a package lies in a folder of more than {LONGEST_FOLDER} bytes");
    Err(LockfileError::Inconsistent(
        Problem::at(source, span.start..span.start, message)
            .help("npm cannot install it there: find out who wrote this lockfile"),
    ))
}
