//! Which bytes of a lockfile to show for a locked package: its name and, marked, its version.

use std::ops::Range;

use crate::advisory_kind::AdvisoryKind;
use crate::diagnostic::Mark;
use crate::finding::Finding;

/// The version stands within so many lines of the name in every format.
const ENTRY_LINES: usize = 8;
/// A longer line is minified, and says too little to be searched.
const LINE_LIMIT: usize = 500;

/// The marks for the first installed copy of a finding's package.
pub(super) fn marks(finding: &Finding, text: &str) -> Vec<Mark> {
    let span = finding.spans.first().cloned().unwrap_or(0..0);
    let label = Some(label(finding.kind).to_owned());
    let name = name_line(text, &span);
    match version(text, &name, &finding.package.version) {
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

/// The line that a person would look for: past the header `[[package]]`, if the entry starts there.
fn name_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let line = line_at(text, start);
    if text[line.clone()].trim_start().starts_with("[[") && line.end < text.len() {
        return line_at(text, line.end + 1);
    }
    // Not the whole line: a minified one would hide the place in it.
    start..line.end.min(text.ceil_char_boundary(span.end).max(start))
}

/// The bytes from an offset to the end of its line.
fn line_at(text: &str, offset: usize) -> Range<usize> {
    let end = text[offset..].find('\n').map_or(text.len(), |end| offset + end);
    offset..end
}

/// The quoted version on a line of its own below the name, within the same entry.
fn version(text: &str, name: &Range<usize>, version: &str) -> Option<Range<usize>> {
    let quoted = format!("\"{version}\"");
    let mut offset = line_at(text, name.end).end + 1;
    for _ in 0..ENTRY_LINES {
        let line = line_at(text, text.get(offset..).map(|_| offset)?);
        let content = text[line.clone()].trim();
        if content.is_empty() || content.starts_with(['[', '}']) || content.len() > LINE_LIMIT {
            return None;
        }
        let is_version = content.starts_with("version = ") || content.starts_with("\"version\":");
        if is_version && let Some(at) = text[line.clone()].rfind(&quoted) {
            return Some(line.start + at..line.start + at + quoted.len());
        }
        offset = line.end + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The name's and the version's bytes, for an entry that begins at the first `start`.
    fn found<'text>(
        text: &'text str,
        start: &str,
        locked: &str,
    ) -> (&'text str, Option<&'text str>) {
        let at = text.find(start).unwrap();
        let name = name_line(text, &(at..at + start.len()));
        let version = version(text, &name, locked);
        (&text[name], version.map(|version| &text[version]))
    }

    #[test]
    fn name_and_version_are_found_in_every_layout() {
        let cargo = "[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\n[[package]]\n";
        let npm = "  \"node_modules/b\": {\r\n    \"resolved\": \"x\",\r\n    \"version\": \"1.0.0\"\r\n  }";
        for (text, start, name, version) in [
            (cargo, "[[package]]", "name = \"b\"", Some("\"1.0.0\"")),
            (cargo, "name = \"b\"", "name = \"b\"", Some("\"1.0.0\"")),
            (npm, "\"node_modules/b\"", "\"node_modules/b\"", Some("\"1.0.0\"")),
            ("{\"b\":{\"version\":\"1.0.0\"}}", "\"b\"", "\"b\"", None),
            ("\"b\": {\n}\n\"c\": {\n\"version\": \"1.0.0\"", "\"b\"", "\"b\"", None),
        ] {
            assert_eq!(found(text, start, "1.0.0"), (name, version), "{text}");
        }
    }

    #[test]
    fn another_version_is_not_marked() {
        let text = "name = \"b\"\nversion = \"11.0.0\"\n";
        assert_eq!(found(text, "name = \"b\"", "1.0.0").1, None);
    }

    proptest! {
        #[test]
        fn any_span_of_any_text_is_looked_up_without_panic(
            text in "(\\[\\[package\\]\\]|version = \"1\"|é|\n|[a-z]){0,40}",
            start in 0_usize..80,
            end in 0_usize..80,
        ) {
            let name = name_line(&text, &(start..end));
            prop_assert!(text.get(name.clone()).is_some());
            if let Some(version) = version(&text, &name, "1") {
                prop_assert_eq!(&text[version], "\"1\"");
            }
        }
    }
}
