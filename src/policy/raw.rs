//! The policy's TOML, before it is interpreted.
//!
//! Everything keeps its span, so that a message can show the place of a mistake.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Problem, SourceText};

/// A value with its span.
pub(super) type Value<'text> = Spanned<DeValue<'text>>;

/// A table with its name in messages, such as `` `[gate]` ``.
#[derive(Clone, Debug)]
pub(super) struct Table<'toml, 'text> {
    /// The name in messages.
    pub(super) name: &'static str,
    /// The bytes of its header, or of its braces.
    pub(super) span: Range<usize>,
    entries: &'toml DeTable<'text>,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct KeyValue<'toml, 'text> {
    pub(super) key: &'toml str,
    /// The bytes of the key.
    pub(super) key_span: Range<usize>,
    pub(super) value: &'toml Value<'text>,
}

impl<'toml, 'text> Table<'toml, 'text> {
    pub(super) fn new(
        name: &'static str,
        span: Range<usize>,
        entries: &'toml DeTable<'text>,
    ) -> Self {
        Self { name, span, entries }
    }

    /// The entry under a key.
    pub(super) fn get(&self, key: &str) -> Option<KeyValue<'toml, 'text>> {
        let (key, value) = self.entries.get_key_value(key)?;
        Some(KeyValue::new(key, value))
    }

    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = KeyValue<'toml, 'text>> + use<'toml, 'text> {
        self.entries.iter().map(|(key, value)| KeyValue::new(key, value))
    }
}

impl<'toml, 'text> KeyValue<'toml, 'text> {
    fn new(key: &'toml Spanned<toml::de::DeString<'text>>, value: &'toml Value<'text>) -> Self {
        Self { key: key.get_ref(), key_span: key.span(), value }
    }
}

/// A text that was parsed as far as possible.
#[derive(Debug)]
pub(super) struct Document<'text> {
    /// The parsed part.
    pub(super) entries: DeTable<'text>,
    /// Syntax errors. If there are any, `entries` contains guesses.
    pub(super) syntax: Vec<Problem>,
}

/// Parses a text as far as possible.
///
/// Nothing is read from a text with the markers of an unresolved merge: it contains two versions,
/// and errors from reading them as one would be confusing.
pub(super) fn parse(source: &Arc<SourceText>) -> Document<'_> {
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    if !errors.is_empty() {
        let conflicts = merge_conflicts(source);
        if !conflicts.is_empty() {
            return Document { entries: DeTable::new(), syntax: conflicts };
        }
    }
    let problem = |error| syntax_problem(source, error);
    Document { entries: document.into_inner(), syntax: errors.iter().map(problem).collect() }
}

/// The places where a merge left its markers.
fn merge_conflicts(source: &Arc<SourceText>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut offset = 0;
    for line in source.text.split_inclusive('\n') {
        if line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>") {
            let end = offset + line.trim_end().len();
            problems.push(
                Problem::at(source, offset..end, "the policy holds an unresolved merge conflict")
                    .label("left behind by a merge")
                    .help("resolve the conflict, then check again"),
            );
        }
        offset += line.len();
    }
    problems
}

fn syntax_problem(source: &Arc<SourceText>, error: &toml::de::Error) -> Problem {
    let span = within(&source.text, error.span().unwrap_or(0..0));
    let written = source.text.get(span.clone()).unwrap_or_default();
    match error.message() {
        "duplicate key" => {
            Problem::at(source, span, format!("`{}` is given twice", escaped(written)))
                .label("given a second time")
                .help("keep one of the two: TOML allows a key or a table once")
        }
        message if message.starts_with("string values must be quoted") => {
            let quoted = format!("write \"{}\"", escaped(written));
            Problem::at(source, span, "text must stand in quotes")
                .label("not in quotes")
                .help(quoted)
        }
        message if message.starts_with("invalid date") => {
            let reason = message.trim_start_matches("invalid date, ");
            Problem::at(source, span, format!("`{}` is not a date: {reason}", escaped(written)))
                .label("no such day")
                .help("write a day of the calendar, such as 2027-01-31")
        }
        message => Problem::at(source, span, format!("not valid TOML: {}", escaped(message)))
            .label("here")
            .help("the syntax is described at https://toml.io"),
    }
}

/// The part of `span` that lies in the text, on character boundaries.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.max(start));
    start..end
}

/// A text for a message: escaped, and cut if it is very long.
pub(super) fn escaped(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut quoted = String::new();
    for (position, character) in text.chars().enumerate() {
        if position == LONGEST {
            quoted.push('…');
            break;
        }
        match character {
            '"' | '\'' => quoted.push(character),
            other => quoted.extend(other.escape_debug()),
        }
    }
    quoted
}
