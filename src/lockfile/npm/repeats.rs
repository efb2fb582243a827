//! Keys that stand twice in one object. Readers of JSON differ on which of them counts, so that a
//! lockfile could show one package to a checker and another one to npm. Where both say the same there
//! is nothing to differ about: merges leave such pairs behind.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::lockfile::LockfileError;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::json::Keyed;
use crate::lockfile::tool;
use crate::problem::{Problem, SourceText, place_in};

/// The text with everything blanked out that repeats what stands before it, so that every place in it
/// is the same. `None` where nothing is repeated. An error where two equal keys say different things.
pub(super) fn without(source: &Arc<SourceText>) -> Result<Option<String>, LockfileError> {
    let mut repeats = Repeats { source, blanks: Vec::new() };
    repeats.search(&source.text, Level::Lockfile, 0)?;
    if repeats.blanks.is_empty() {
        return Ok(None);
    }
    let mut bytes = source.text.clone().into_bytes();
    for byte in repeats.blanks.into_iter().flatten() {
        if !matches!(bytes[byte], b'\n' | b'\r') {
            bytes[byte] = b' ';
        }
    }
    Ok(String::from_utf8(bytes).ok())
}

/// The JSON reader goes no deeper: what is nested deeper is refused.
const DEEPEST: usize = 128;

/// Which object of a lockfile it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Lockfile,
    Packages,
    /// Keys are names, at any depth.
    Dependencies,
    Entry,
    NestedEntry,
}

impl Level {
    /// What stands behind a key.
    fn below(self, key: &str) -> Option<Self> {
        match (self, key) {
            (Self::Lockfile, "packages") => Some(Self::Packages),
            (Self::Lockfile | Self::NestedEntry, "dependencies") => Some(Self::Dependencies),
            (Self::Packages, _) => Some(Self::Entry),
            (Self::Dependencies, _) => Some(Self::NestedEntry),
            (Self::Lockfile | Self::Entry | Self::NestedEntry, _) => None,
        }
    }

    /// What a key is called in messages.
    fn said_of(self, key: &str) -> String {
        match self {
            Self::Packages | Self::Dependencies => format!("`{key}` is locked twice"),
            Self::Lockfile | Self::Entry | Self::NestedEntry => format!("`{key}` is said twice"),
        }
    }
}

struct Repeats<'source> {
    source: &'source Arc<SourceText>,
    blanks: Vec<Range<usize>>,
}

impl<'source> Repeats<'source> {
    fn search(
        &mut self,
        object: &'source str,
        level: Level,
        depth: usize,
    ) -> Result<(), LockfileError> {
        if depth > DEEPEST {
            return Ok(());
        }
        let Ok(keyed) = serde_json::from_str::<Keyed<'_, &RawValue>>(object) else {
            return Ok(());
        };
        let mut first: HashMap<String, usize, RandomState> = HashMap::default();
        for (position, (key, value)) in keyed.0.iter().enumerate() {
            let name = if level == Level::Packages {
                plain_folder(key).into_owned()
            } else {
                key.to_string()
            };
            if let Some(known) = first.get(&name) {
                let second = self.span(&keyed, position);
                if !are_equal(keyed.0[*known].1, value) {
                    let first = self.span(&keyed, *known);
                    return Err(self.differ(&level.said_of(&name), &first, second));
                }
                // The comma before it goes, too: there is one, because it is not the first.
                let (_, before) = &keyed.0[position - 1];
                let start = self.offset(before.get()) + before.get().len();
                self.blanks.push(start..second.end);
                continue;
            }
            first.insert(name, position);
            if let Some(below) = level.below(key) {
                self.search(value.get(), below, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Where a part of the text stands in it.
    fn offset(&self, part: &str) -> usize {
        place_in(&self.source.text, part).map_or(0, |place| place.start)
    }

    /// From the quote that opens a key to the end of what stands behind it.
    fn span(&self, keyed: &Keyed<'source, &'source RawValue>, position: usize) -> Range<usize> {
        let value = self.offset(keyed.0[position].1.get());
        let end = value + keyed.0[position].1.get().len();
        let behind = position.checked_sub(1).map(|before| keyed.0[before].1.get());
        let start = match (keyed.0[position].0.offset_in(&self.source.text), behind) {
            (Some(start), _) => start - 1,
            // A key with escapes was copied. It is all that stands between the values, in quotes.
            (None, Some(before)) => {
                let from = self.offset(before) + before.len();
                let quote = self.source.text[from..value].find('"');
                from + quote.unwrap_or_default()
            }
            (None, None) => value,
        };
        start..end
    }

    fn differ(&self, said: &str, first: &Range<usize>, second: Range<usize>) -> LockfileError {
        let line = self.source.line_at(first.start);
        let shown = second.start..second.start.max(self.end_of_line(second.start).min(second.end));
        LockfileError::Inconsistent(
            Problem::at(self.source, shown, format!("{said}, and otherwise on line {line}"))
                .label("for the second time")
                .help(format!(
                    "readers differ on which of them counts; remove the lockfile and {}",
                    tool::NPM.write_anew()
                )),
        )
    }

    fn end_of_line(&self, start: usize) -> usize {
        let text = &self.source.text;
        text[start..].find(['\n', '\r']).map_or(text.len(), |end| start + end)
    }
}

/// Whether two values say the same, however they are spelt.
fn are_equal(left: &RawValue, right: &RawValue) -> bool {
    if left.get() == right.get() {
        return true;
    }
    let read = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).ok();
    let left = read(left);
    left.is_some() && left == read(right)
}
