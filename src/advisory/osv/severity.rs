//! How grave an OSV record says it is.

use crate::advisory::osv::{Entry, wire};
use crate::severity::{Severity, SeverityLevel};

/// The gravest vector at the record or at any entry we know; without a vector that scores, the
/// gravest word; else unknown. Beside a score that cannot be used, words count as much as vectors.
pub(super) fn of(record: &wire::Record<'_>, entries: &[Entry<'_>]) -> Severity {
    let specifics = || {
        let of_entries = entries.iter().filter_map(|entry| entry.wire.database_specific.as_ref());
        record.database_specific.iter().chain(of_entries)
    };
    let of_entries = entries.iter().flat_map(|entry| entry.wire.severity.iter());
    let given = record.severity.iter().chain(of_entries).flatten();
    let given: Vec<Option<Statement>> = given
        .map(|severity| Statement::read(&severity.score()?))
        .chain(specifics().filter_map(|specific| Some(Statement::read(&specific.cvss()?))))
        .collect();
    let scored = gravest(given.iter().flatten().filter_map(Statement::scored));
    let is_sound = given.iter().all(Option::is_some);
    if is_sound && scored.level != SeverityLevel::Unknown {
        return scored;
    }
    let words = specifics().filter_map(wire::DatabaseSpecific::severity_word);
    let words = words.filter_map(|word| SeverityLevel::from_word(&word));
    let worded = given.iter().flatten().filter_map(Statement::worded);
    gravest(worded.chain(words).map(Severity::from_level)).graver(scored)
}

/// What a score of a record says. One that says neither is no score.
enum Statement {
    Scored(Severity),
    Worded(SeverityLevel),
}

impl Statement {
    fn read(text: &str) -> Option<Self> {
        let vector = Severity::from_vector(text).map(Self::Scored);
        vector.or_else(|| SeverityLevel::from_word(text).map(Self::Worded))
    }

    fn scored(&self) -> Option<Severity> {
        match self {
            Self::Scored(severity) => Some(severity.clone()),
            Self::Worded(_) => None,
        }
    }

    fn worded(&self) -> Option<SeverityLevel> {
        match self {
            Self::Scored(_) => None,
            Self::Worded(level) => Some(*level),
        }
    }
}

fn gravest(severities: impl Iterator<Item = Severity>) -> Severity {
    severities.fold(Severity::UNKNOWN, Severity::graver)
}
