//! The places of a finding: files by their addresses, lines with their text.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::plain;
use super::wire::{ArtifactLocation, Location, Message, PhysicalLocation, Region, Text};
use crate::facts::{EvidenceText, Facts};
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::problem::SourceText;
use crate::report::frame;
use crate::terminal::one_line;

/// The base of relative addresses.
pub(super) const BASE: &str = "%SRCROOT%";
const LINE_LIMIT: usize = 500;
/// The most further places; GitHub shows only a few.
const RELATED: usize = 20;

/// Characters of a path segment that are not encoded (RFC 3986, section 3.3, "unreserved").
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The line of the first installed copy.
pub(super) fn of(finding: &Finding, outcome: &Outcome) -> Location {
    let file = finding.locations.first().map(|place| place.file.as_str());
    let line = frame::line(finding, outcome);
    let lockfile = outcome.lockfiles.get(finding.lockfile);
    let snippet = lockfile.and_then(|lockfile| snippet(&lockfile.source, line));
    location(&outcome.place(file.unwrap_or_default()), line, snippet, None)
}

/// Other copies, and the places that refute a claim.
pub(super) fn related(facts: &Facts<'_>, outcome: &Outcome) -> Vec<Location> {
    let copies = facts.decided.finding.locations.iter().skip(1);
    let copies = copies.map(|place| (place, "another copy of the package".to_owned()));
    let refuted = facts.refuted().flat_map(|EvidenceText(evidence)| {
        let message = format!("`{}` does not hold here", evidence.claim.as_str());
        evidence.locations.iter().map(move |place| (place, message.clone()))
    });
    copies
        .chain(refuted)
        .take(RELATED)
        .map(|(place, message)| {
            location(&outcome.place(&place.file), place.line, None, Some(message))
        })
        .collect()
}

/// A line of a file, with its text and a message.
pub(super) fn location(
    file: &str,
    line: u32,
    snippet: Option<String>,
    message: Option<String>,
) -> Location {
    let (uri, uri_base_id) = address(file);
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri, uri_base_id },
            region: Region { start_line: line.max(1), snippet: snippet.map(|text| Text { text }) },
        },
        message: message.map(|text| Message { text: plain(&text) }),
    }
}

/// The address of a file, and its base (§3.4.3, §3.4.4).
fn address(file: &str) -> (String, Option<&'static str>) {
    let slashed = file.replace('\\', "/");
    let encoded = utf8_percent_encode(&slashed, SEGMENT).to_string();
    if slashed.starts_with('/') {
        return (format!("file://{encoded}"), None);
    }
    let relative = encoded.strip_prefix("./").unwrap_or(&encoded);
    (relative.to_owned(), Some(BASE))
}

fn snippet(source: &SourceText, line: u32) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let text = source.text.lines().nth(index)?;
    let kept = one_line(text, LINE_LIMIT);
    // A line that was cut would not be the text of the region (§3.30.13).
    (text.len() <= LINE_LIMIT && kept.trim() == text.trim()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_addresses() {
        for (file, uri, base) in [
            ("web/package-lock.json", "web/package-lock.json", Some(BASE)),
            ("./Cargo.lock", "Cargo.lock", Some(BASE)),
            ("a b\\c#1.lock", "a%20b/c%231.lock", Some(BASE)),
            ("http://x/Cargo.lock", "http%3A//x/Cargo.lock", Some(BASE)),
            ("/srv/Cargo.lock", "file:///srv/Cargo.lock", None),
        ] {
            assert_eq!(address(file), (uri.to_owned(), base));
        }
    }
}
