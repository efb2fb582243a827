//! Typed reading of a policy's values, collecting every mistake instead of stopping at the first.
//!
//! Each `Option` that a method returns is `None` only if a problem was noted.

use std::ops::Range;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use toml::de::DeValue;

use super::PolicyError;
use super::duration;
use super::raw::{KeyValue, Table, Value, escaped};
use super::suggestion;
use crate::problem::{Location, Problem, SourceText};

/// Further problems are only counted: nobody reads them, and a hostile file could
/// contain a hundred thousand.
const MOST_PROBLEMS: usize = 100;

/// Reads values and collects what is wrong with them.
#[derive(Debug)]
pub(super) struct Reader {
    source: Arc<SourceText>,
    line_starts: Vec<usize>,
    syntax: Vec<Problem>,
    problems: Vec<Problem>,
}

impl Reader {
    /// A reader for a text with the given syntax errors.
    pub(super) fn new(source: &Arc<SourceText>, syntax: Vec<Problem>) -> Self {
        let newlines = source.text.match_indices('\n').map(|(index, _)| index + 1);
        Self {
            source: Arc::clone(source),
            line_starts: std::iter::once(0).chain(newlines).collect(),
            syntax,
            problems: Vec::new(),
        }
    }

    /// Every problem, in the order of the file; `Ok` if there is none.
    ///
    /// After a syntax error the parser guesses how to continue. To avoid follow-up
    /// errors, nothing else is reported for a line with a syntax error.
    pub(super) fn finish(mut self) -> Result<(), PolicyError> {
        let mut damaged: Vec<usize> = self.lines_of(&self.syntax).collect();
        damaged.sort_unstable();
        let mut problems = std::mem::take(&mut self.problems);
        problems.retain(|problem| {
            let line = problem.span.as_ref().map(|span| self.line_index(span.start));
            damaged.is_empty() || line.is_none_or(|line| damaged.binary_search(&line).is_err())
        });
        problems.append(&mut self.syntax);
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
        Err(PolicyError(self.cut(problems)))
    }

    fn lines_of<'problems>(
        &self,
        problems: &'problems [Problem],
    ) -> impl Iterator<Item = usize> + use<'_, 'problems> {
        problems
            .iter()
            .filter_map(|problem| problem.span.as_ref())
            .map(|span| self.line_index(span.start))
    }

    fn cut(&self, mut problems: Vec<Problem>) -> Vec<Problem> {
        let more = problems.len().saturating_sub(MOST_PROBLEMS);
        if more > 0 {
            problems.truncate(MOST_PROBLEMS);
            let message = format!("{more} more problems are not listed");
            problems.push(Problem::in_file(self.source.path.clone(), message));
        }
        problems
    }

    /// Whether the text has syntax errors, so that a missing key may only be unreadable.
    fn is_damaged(&self) -> bool {
        !self.syntax.is_empty()
    }

    fn line_index(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset) - 1
    }

    /// The line of a byte.
    pub(super) fn location(&self, offset: usize) -> Location {
        Location {
            file: self.source.path.clone(),
            line: u32::try_from(self.line_index(offset) + 1).unwrap_or(u32::MAX),
        }
    }

    /// A problem at some bytes; report it with [`Reader::note`].
    pub(super) fn problem(&self, span: Range<usize>, message: impl Into<String>) -> Problem {
        Problem::at(&self.source, span, message)
    }

    pub(super) fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports a missing key, unless syntax errors may have hidden it.
    pub(super) fn note_missing(&mut self, problem: Problem) {
        if !self.is_damaged() {
            self.note(problem);
        }
    }

    /// Reports every key of a table that is not one of `known`.
    pub(super) fn only_keys(&mut self, table: &Table<'_, '_>, known: &[&str]) {
        self.only_keys_or(table, known, &[]);
    }

    /// Reports every key of a table that is neither one of `known` nor one of `elsewhere`, which
    /// the help never suggests.
    pub(super) fn only_keys_or(
        &mut self,
        table: &Table<'_, '_>,
        known: &[&str],
        elsewhere: &[&str],
    ) {
        for entry in table.entries() {
            if known.contains(&entry.key) || elsewhere.contains(&entry.key) {
                continue;
            }
            let message = format!("unknown key `{}` in {}", escaped(entry.key), table.name);
            let problem = self
                .problem(entry.key_span.clone(), message)
                .label("unknown key")
                .help(suggestion::help(entry.key, known));
            self.note(problem);
        }
    }

    /// The entry under a required key. `example` is a complete line for the help.
    pub(super) fn required<'toml, 'text>(
        &mut self,
        table: &Table<'toml, 'text>,
        key: &str,
        example: &str,
    ) -> Option<KeyValue<'toml, 'text>> {
        let entry = table.get(key);
        if entry.is_none() {
            let problem = self
                .problem(table.span.clone(), format!("{} has no `{key}`", table.name))
                .label(format!("needs `{key}`"))
                .help(format!("add {example}"));
            self.note_missing(problem);
        }
        entry
    }

    pub(super) fn table<'toml, 'text>(
        &mut self,
        name: &'static str,
        value: &'toml Value<'text>,
        example: &str,
    ) -> Option<Table<'toml, 'text>> {
        match value.get_ref() {
            DeValue::Table(entries) => Some(Table::new(name, value.span(), entries)),
            _ => self.wrong_type(name, value, "a table", example),
        }
    }

    /// The elements of an array that is not empty.
    pub(super) fn elements<'toml, 'text>(
        &mut self,
        what: &str,
        value: &'toml Value<'text>,
        example: &str,
    ) -> &'toml [Value<'text>] {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type::<()>(what, value, "a list", example);
            return &[];
        };
        if array.is_empty() {
            let problem = self
                .problem(value.span(), format!("{what} is an empty list"))
                .label("empty")
                .help("name something, or leave the key out");
            self.note(problem);
        }
        array
    }

    /// A single line of text that is not blank.
    pub(super) fn string<'toml>(
        &mut self,
        what: &str,
        value: &'toml Value<'_>,
        example: &str,
    ) -> Option<&'toml str> {
        let text = self.text(what, value, example)?;
        self.without(what, value, text, char::is_control)
    }

    /// One or more lines of text that are not blank.
    pub(super) fn prose<'toml>(
        &mut self,
        what: &str,
        value: &'toml Value<'_>,
        example: &str,
    ) -> Option<&'toml str> {
        let text = self.text(what, value, example)?;
        let unfit = |character: char| character.is_control() && !"\n\r\t".contains(character);
        self.without(what, value, text, unfit)
    }

    fn text<'toml>(
        &mut self,
        what: &str,
        value: &'toml Value<'_>,
        example: &str,
    ) -> Option<&'toml str> {
        let Some(text) = value.get_ref().as_str() else {
            return self.wrong_type(what, value, "a text in quotes", example);
        };
        if text.trim().is_empty() {
            let problem = self
                .problem(value.span(), format!("{what} is empty"))
                .label("empty")
                .help(format!("write {example}"));
            self.note(problem);
            return None;
        }
        Some(text)
    }

    fn without<'toml>(
        &mut self,
        what: &str,
        value: &Value<'_>,
        text: &'toml str,
        unfit: impl Fn(char) -> bool,
    ) -> Option<&'toml str> {
        let character = text.chars().find(|character| unfit(*character));
        let Some(character) = character else {
            return Some(text);
        };
        let message = format!("{what} holds the control character {}", character.escape_unicode());
        let problem = self
            .problem(value.span(), message)
            .label("not printable")
            .help("write it without line breaks and other control characters");
        self.note(problem);
        None
    }

    /// One of the words of a list.
    pub(super) fn word<T: Copy>(
        &mut self,
        what: &str,
        value: &Value<'_>,
        all: &[T],
        spelling: fn(T) -> &'static str,
    ) -> Option<T> {
        let words: Vec<_> = all.iter().map(|word| spelling(*word)).collect();
        let example = words.first().map_or_else(String::new, |word| format!("\"{word}\""));
        let typed = self.string(what, value, &example)?;
        let found = all.iter().copied().find(|word| spelling(*word) == typed);
        if found.is_none() {
            let message = format!("{what} cannot be `{}`", escaped(typed));
            let problem = self
                .problem(value.span(), message)
                .label("unknown word")
                .help(suggestion::help(typed, &words));
            self.note(problem);
        }
        found
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, what: &str, value: &Value<'_>) -> Option<bool> {
        if let DeValue::Boolean(given) = value.get_ref() {
            return Some(*given);
        }
        let example = format!("{} = true or false", what.trim_matches('`'));
        self.wrong_type(what, value, "true or false", &example)
    }

    /// A duration such as `"24h"`.
    pub(super) fn duration(&mut self, what: &str, value: &Value<'_>) -> Option<SignedDuration> {
        const EXAMPLE: &str = "\"90m\", \"24h\", \"2d\" or \"3w\"";
        let text = self.string(what, value, EXAMPLE)?;
        match duration::parse(text) {
            Ok(duration) => Some(duration),
            Err(error) => {
                let problem = self
                    .problem(value.span(), format!("{what}: `{}` {error}", escaped(text)))
                    .label("not usable as a duration")
                    .help(format!("write minutes, hours, days or weeks: {EXAMPLE}"));
                self.note(problem);
                None
            }
        }
    }

    /// A date, written without quotes.
    pub(super) fn date(&mut self, what: &str, value: &Value<'_>) -> Option<Date> {
        let (message, example) = match value.get_ref() {
            DeValue::Datetime(given) => match (given.date, given.time, given.offset) {
                (Some(day), None, None) => match civil_date(day) {
                    Some(date) => return Some(date),
                    None => (format!("{what} is not a day of the calendar"), None),
                },
                (day, ..) => {
                    (format!("{what} must be a day, without a time"), day.and_then(civil_date))
                }
            },
            DeValue::String(text) => {
                (format!("{what} must be a date without quotes"), text.trim().parse::<Date>().ok())
            }
            other => {
                let found = article(other.type_str());
                (format!("{what} must be a date, not {found}"), None)
            }
        };
        let example = example.map_or_else(|| "2027-01-31".to_owned(), |date| date.to_string());
        let problem = self
            .problem(value.span(), message)
            .label("not a date")
            .help(format!("write {} = {example}", what.trim_matches('`')));
        self.note(problem);
        None
    }

    /// Reports a value of the wrong type.
    pub(super) fn wrong_type<T>(
        &mut self,
        what: &str,
        value: &Value<'_>,
        expected: &str,
        example: &str,
    ) -> Option<T> {
        let found = article(value.get_ref().type_str());
        let problem = self
            .problem(value.span(), format!("{what} must be {expected}, not {found}"))
            .label(format!("this is {found}"))
            .help(format!("write {example}"));
        self.note(problem);
        None
    }
}

fn civil_date(day: toml::value::Date) -> Option<Date> {
    let year = i16::try_from(day.year).ok()?;
    let month = i8::try_from(day.month).ok()?;
    let day = i8::try_from(day.day).ok()?;
    Date::new(year, month, day).ok()
}

/// The name of a TOML type with its article.
fn article(type_name: &str) -> String {
    match type_name {
        "array" => "a list".to_owned(),
        "string" => "a text".to_owned(),
        "boolean" => "true or false".to_owned(),
        "integer" | "float" => "a number".to_owned(),
        "datetime" => "a date".to_owned(),
        other => format!("a {other}"),
    }
}
