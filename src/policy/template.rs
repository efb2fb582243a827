//! Texts with placeholders: `{{advisory}}`.
//!
//! There are no conditions, loops or includes: a template does exactly what can be read in it.
//! An unknown placeholder is an error with its place, and never left empty.

use std::ops::Range;
use std::sync::Arc;

use super::suggestion;
use crate::problem::{Problem, SourceText};

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// A template, read in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Placeholder(&'static str),
}

impl Template {
    /// Parses a template that may contain the placeholders `names`.
    ///
    /// # Errors
    ///
    /// Every placeholder that is unknown, is not closed, or is in an HTML comment, where
    /// a value could end the comment.
    pub fn parse(
        source: &Arc<SourceText>,
        names: &'static [&'static str],
    ) -> Result<Self, Vec<Problem>> {
        let text = &source.text;
        let mut pieces = Vec::new();
        let mut problems = Vec::new();
        let mut at = 0;
        while let Some(found) = text[at..].find(OPEN) {
            let start = at + found;
            pieces.push(Piece::Text(text[at..start].to_owned()));
            let inner = start + OPEN.len();
            let line = text[inner..].lines().next().unwrap_or_default();
            let Some(length) = line.find(CLOSE) else {
                problems.push(not_closed(source, start..inner + line.len()));
                at = inner + line.len();
                continue;
            };
            at = inner + length + CLOSE.len();
            let written = line[..length].trim();
            match names.iter().find(|name| **name == written) {
                _ if is_in_comment(&text[..start]) => problems.push(in_comment(source, start..at)),
                Some(name) => pieces.push(Piece::Placeholder(name)),
                None => problems.push(unknown(source, start..at, written, names)),
            }
        }
        pieces.push(Piece::Text(text[at..].to_owned()));
        if problems.is_empty() { Ok(Self { pieces }) } else { Err(problems) }
    }

    /// The text with every placeholder replaced by its value.
    pub fn fill(&self, value: impl Fn(&str) -> String) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Placeholder(name) => value(name),
        });
        pieces.collect()
    }
}

/// Whether a text ends inside an HTML comment.
fn is_in_comment(before: &str) -> bool {
    let opened = before.rfind("<!--");
    opened.is_some_and(|opened| !before[opened..].contains("-->"))
}

fn not_closed(source: &Arc<SourceText>, span: Range<usize>) -> Problem {
    Problem::at(source, span, "a placeholder is not closed")
        .label("begins here")
        .help("write it on one line, such as {{advisory}}")
}

fn in_comment(source: &Arc<SourceText>, span: Range<usize>) -> Problem {
    Problem::at(source, span, "a placeholder is inside an HTML comment")
        .label("its value could end the comment")
        .help("move it out of the comment")
}

fn unknown(source: &Arc<SourceText>, span: Range<usize>, written: &str, names: &[&str]) -> Problem {
    let escaped = super::raw::escaped(written);
    Problem::at(source, span, format!("there is no placeholder `{escaped}`"))
        .label("unknown placeholder")
        .help(suggestion::help(written, names))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: &[&str] = &["advisory", "package"];

    fn parse(text: &str) -> Result<Template, Vec<Problem>> {
        Template::parse(&Arc::new(SourceText::new("data.md", text)), NAMES)
    }

    #[test]
    fn placeholders_are_filled_and_everything_else_stays() {
        let template = parse("a {{advisory}} b {{ package }}{{package}} {c} }}").unwrap();
        let filled = template.fill(str::to_uppercase);
        assert_eq!(filled, "a ADVISORY b PACKAGEPACKAGE {c} }}");
    }

    #[test]
    fn a_value_is_not_read_again() {
        let template = parse("{{advisory}}").unwrap();
        assert_eq!(template.fill(|_| "{{package}}".to_owned()), "{{package}}");
    }

    #[test]
    fn every_mistake_is_reported_with_its_line_and_help() {
        let problems = parse("one\n{{advsory}}\n{{severity}}\n{{package\n}}\n<!-- {{package}} -->")
            .unwrap_err();
        let told: Vec<_> = problems
            .iter()
            .map(|problem| {
                (
                    problem.line().unwrap(),
                    problem.message.as_str(),
                    problem.help.as_deref().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (2, "there is no placeholder `advsory`", "did you mean `advisory`?"),
                (3, "there is no placeholder `severity`", "use `advisory` or `package`"),
                (4, "a placeholder is not closed", "write it on one line, such as {{advisory}}"),
                (6, "a placeholder is inside an HTML comment", "move it out of the comment"),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_with_spans_that_lie_in_it(text in "[{}<!\\-> éa\n]{0,40}") {
            match parse(&text) {
                Ok(template) => {
                    prop_assert_eq!(template.fill(|name| format!("{{{{{name}}}}}")), text);
                }
                Err(problems) => for problem in problems {
                    prop_assert!(text.get(problem.span.unwrap()).is_some());
                },
            }
        }
    }
}
