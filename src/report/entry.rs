//! The bytes of a lockfile to show for a locked package: its name and, marked, its version.

use std::ops::Range;

use crate::advisory_kind::AdvisoryKind;
use crate::diagnostic::Mark;
use crate::finding::Finding;
use crate::lockfile::version_span;

/// The marks for the first installed copy of a finding's package.
pub(super) fn marks(finding: &Finding, text: &str) -> Vec<Mark> {
    let span = finding.spans.first().cloned().unwrap_or(0..0);
    let label = Some(label(finding.kind).to_owned());
    let name = first_line(text, &span);
    match version_below(text, &name, &span, &finding.package.version) {
        Some(version) => vec![Mark { span: version, label }, Mark { span: name, label: None }],
        None => vec![Mark { span, label }],
    }
}

fn label(kind: AdvisoryKind) -> &'static str {
    match kind {
        AdvisoryKind::Vulnerability | AdvisoryKind::Notice => "affected",
        AdvisoryKind::Malicious
        | AdvisoryKind::Unsound
        | AdvisoryKind::Unmaintained
        | AdvisoryKind::Yanked => kind.as_str(),
    }
}

/// The part of an entry on the line of its name: after the header `[[package]]`, if the entry
/// starts there. Not the whole line: in a minified file it would hide the position.
fn first_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = line_end(text, start);
    if text[start..end].trim_start().starts_with("[[") && end < text.len() {
        return end + 1..line_end(text, end + 1);
    }
    start..end.min(text.ceil_char_boundary(span.end).max(start))
}

/// The end of the line at an offset.
fn line_end(text: &str, offset: usize) -> usize {
    text[offset..].find('\n').map_or(text.len(), |end| offset + end)
}

/// The version, if it is on its own line below the name.
fn version_below(
    text: &str,
    name: &Range<usize>,
    span: &Range<usize>,
    version: &str,
) -> Option<Range<usize>> {
    version_span(text, span, version).filter(|version| version.start > name.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first line and the version of the entry from `start` to `end`.
    fn found<'text>(text: &'text str, start: &str, end: &str) -> (&'text str, Option<&'text str>) {
        let start = text.find(start).unwrap();
        let span = start..start + text[start..].find(end).unwrap() + end.len();
        let name = first_line(text, &span);
        let version = version_below(text, &name, &span, "1.0.0");
        (&text[name], version.map(|version| &text[version]))
    }

    #[test]
    fn name_and_version_are_marked_in_every_layout() {
        let cargo = "[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\n[[package]]\n";
        let npm = "  \"node_modules/b\": {\r\n    \"resolved\": \"x\",\r\n    \"version\": \"1.0.0\"\r\n  }";
        let minified = "{\"b\":{\"version\":\"1.0.0\"}}";
        for (text, start, end, name, version) in [
            (cargo, "name", "\"1.0.0\"", "name = \"b\"", Some("\"1.0.0\"")),
            (npm, "\"node_modules/b\"", "\"1.0.0\"", "\"node_modules/b\": {\r", Some("\"1.0.0\"")),
            (npm, "\"node_modules/b\"", "b\"", "\"node_modules/b\"", None),
            (minified, "\"b\"", "\"1.0.0\"", "\"b\":{\"version\":\"1.0.0\"", None),
            ("\"b@npm:1\":\n  version: 1.0.0\n", "\"b", "1.0.0", "\"b@npm:1\":", Some("1.0.0")),
            ("\"b@npm:1\":\n  version: 11.0.0\n", "\"b", "11.0.0", "\"b@npm:1\":", None),
            ("name = \"b\"\nversion = \"11.0.0\"", "name", "\"11.0.0\"", "name = \"b\"", None),
        ] {
            assert_eq!(found(text, start, end), (name, version), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_span_of_any_text_is_looked_up_without_panic(
            text in "(version = \"1\"|é|\n|[a-z]){0,40}",
            start in 0_usize..80,
            end in 0_usize..80,
        ) {
            let name = first_line(&text, &(start..end));
            prop_assert!(text.get(name.clone()).is_some());
            if let Some(version) = version_below(&text, &name, &(start..end), "1") {
                prop_assert_eq!(text[version].trim_matches('"'), "1");
            }
        }
    }
}
