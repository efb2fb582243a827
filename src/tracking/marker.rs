//! The hidden line by which lockgate recognises its issues and stores facts about them.
//!
//! On a public repository anybody can paste a marker: it only counts if the label or the author confirms
//! it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::clock::Memory;
use super::ticket::{IssueKind, TicketKey};
use crate::advisory_id::AdvisoryId;
use crate::package::Ecosystem;
use crate::severity::SeverityLevel;

const START: &str = "<!-- lockgate:v1 ";
const END: &str = " -->";

/// People's additions below this line are kept.
pub const END_OF_OURS: &str = "<!-- lockgate:end -->";

/// Everything except common characters of names and versions. `<`, `>` and blanks are always encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What lockgate stores in an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// What the issue is about.
    pub key: TicketKey,
    /// The severity of the finding when the issue was last written.
    pub severity: SeverityLevel,
    /// The state when the issue was last written, and what lockgate has done about it.
    pub facts: BTreeSet<MarkerFact>,
    /// A digest of lockgate's own text, so that a person's edits do not count as a change.
    pub content: String,
    /// Counts the changes, so that a comment on one is not mistaken for a comment on another.
    pub revision: u32,
    /// The branches it was seen on, as far as they are known.
    pub branches: BTreeSet<String>,
    /// Why lockgate closed it, if it did.
    pub closed: Option<ClosedBecause>,
    /// The clock of an incident; `None` for a ticket.
    pub clock: Option<Memory>,
}

/// A fact when an issue was last written, or an action of lockgate's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkerFact {
    /// A fix was known.
    Fixable,
    /// The due date had passed.
    Overdue,
    /// Lockgate reopened it after a person had closed it as completed.
    Reopened,
    /// A comment says that closing is not an approval.
    CommentedOnClosing,
    /// A comment says that the finding of an incident is gone.
    CommentedOnGone,
}

impl MarkerFact {
    const ALL: &'static [Self] = &[
        Self::Fixable,
        Self::Overdue,
        Self::Reopened,
        Self::CommentedOnClosing,
        Self::CommentedOnGone,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Fixable => "fixable",
            Self::Overdue => "overdue",
            Self::Reopened => "reopened",
            Self::CommentedOnClosing => "told",
            Self::CommentedOnGone => "gone",
        }
    }
}

/// Why lockgate closed an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedBecause {
    /// The finding is gone or cleared.
    Gone,
    /// An earlier issue is about the same thing.
    Duplicate,
}

impl ClosedBecause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Duplicate => "duplicate",
        }
    }
}

impl Marker {
    /// Whether a fact is set.
    pub fn has(&self, fact: MarkerFact) -> bool {
        self.facts.contains(&fact)
    }

    pub fn render(&self) -> String {
        let names: Vec<String> =
            self.key.identifiers.iter().map(|id| encode(id.as_str())).collect();
        let branches: Vec<String> = self.branches.iter().map(|name| encode(name)).collect();
        let mut fields = Vec::new();
        if self.key.kind.is_incident() {
            fields.push(("kind", self.key.kind.as_str().to_owned()));
        }
        fields.extend([
            ("ids", names.join(",")),
            ("ecosystem", encode(self.key.ecosystem.as_str())),
            ("package", encode(&self.key.package)),
            ("severity", self.severity.as_str().to_owned()),
            ("content", encode(&self.content)),
            ("revision", self.revision.to_string()),
        ]);
        if !branches.is_empty() {
            fields.push(("branches", branches.join(",")));
        }
        if let Some(clock) = &self.clock {
            fields.push(("found", encode(&clock.found.to_string())));
            if let Some(confirmed) = clock.confirmed {
                fields.push(("confirmed", encode(&confirmed.to_string())));
            }
            fields.push(("clock", encode(&clock.written)));
        }
        if let Some(because) = self.closed {
            fields.push(("closed", because.as_str().to_owned()));
        }
        fields.extend(self.facts.iter().map(|fact| (fact.as_str(), "yes".to_owned())));
        let fields: Vec<String> =
            fields.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{START}{}{END}", fields.join(" "))
    }

    /// Reads the marker at the very beginning of a text; elsewhere it is a quotation.
    pub fn parse(body: &str) -> Option<Self> {
        Self::of_line(body.lines().next()?)
    }

    /// Reads the first line that is a marker, in an issue that lockgate itself has opened: a person
    /// may have added text above it.
    pub fn find(body: &str) -> Option<Self> {
        body.lines().find_map(Self::of_line)
    }

    fn of_line(line: &str) -> Option<Self> {
        let line = line.trim_end();
        let inner = line.strip_prefix(START)?.strip_suffix(END)?;
        let fields: BTreeMap<&str, &str> =
            inner.split(' ').filter_map(|field| field.split_once('=')).collect();
        let facts = MarkerFact::ALL
            .iter()
            .copied()
            .filter(|fact| fields.get(fact.as_str()) == Some(&"yes"));
        let list = |name: &str| -> Vec<String> {
            let text = fields.get(name).copied().unwrap_or_default();
            text.split(',').filter(|part| !part.is_empty()).filter_map(decode).collect()
        };
        let identifiers: Result<BTreeSet<AdvisoryId>, _> =
            list("ids").iter().map(|id| id.parse()).collect();
        let kind = kind(fields.get("kind").copied())?;
        let key = TicketKey {
            kind,
            identifiers: identifiers.ok().filter(|ids| !ids.is_empty())?,
            ecosystem: decode(fields.get("ecosystem")?)?.parse::<Ecosystem>().ok()?,
            package: decode(fields.get("package")?)?.into(),
        };
        Some(Self {
            clock: if kind.is_incident() { Some(clock(&fields)?) } else { None },
            key,
            severity: SeverityLevel::ALL
                .iter()
                .copied()
                .find(|level| fields.get("severity") == Some(&level.as_str()))?,
            facts: facts.collect(),
            content: decode(fields.get("content")?)?,
            revision: fields.get("revision")?.parse().ok()?,
            branches: list("branches").into_iter().collect(),
            closed: match fields.get("closed").copied() {
                Some("gone") => Some(ClosedBecause::Gone),
                Some("duplicate") => Some(ClosedBecause::Duplicate),
                _ => None,
            },
        })
    }
}

/// The kind of an issue; a marker of a ticket does not name one. An unknown kind belongs to another
/// program.
fn kind(word: Option<&str>) -> Option<IssueKind> {
    let Some(word) = word else {
        return Some(IssueKind::Ticket);
    };
    IssueKind::ALL.iter().copied().find(|kind| kind.as_str() == word)
}

/// The clock of an incident.
fn clock(fields: &BTreeMap<&str, &str>) -> Option<Memory> {
    let time =
        |name: &str| -> Option<Timestamp> { decode(fields.get(name).copied()?)?.parse().ok() };
    Some(Memory {
        found: time("found")?,
        confirmed: time("confirmed"),
        written: decode(fields.get("clock").copied()?)?,
    })
}

/// A body with another marker in its first line, and no other markers.
pub fn with_marker(body: &str, marker: &Marker) -> String {
    format!("{}\n{}", marker.render(), without_markers(body))
}

/// A body without marker lines.
pub fn without_markers(body: &str) -> String {
    let lines = body.split_inclusive('\n');
    lines.filter(|line| Marker::of_line(line).is_none()).collect()
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

fn decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests;
