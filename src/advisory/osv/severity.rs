//! The severity of an OSV record.

use crate::advisory::osv::{AffectedEntry, wire};
use crate::severity::{Severity, SeverityLevel};

/// The gravest vector of the record or of any supported entry; without a valid vector, the
/// gravest word; otherwise unknown. If some score is unusable, words count as much as vectors.
pub(super) fn of(record: &wire::OsvRecord<'_>, entries: &[AffectedEntry<'_>]) -> Severity {
    let specifics = || {
        let of_entries = entries.iter().filter_map(|entry| entry.wire.database_specific.as_ref());
        record.database_specific.iter().chain(of_entries)
    };
    let of_entries = entries.iter().flat_map(|entry| entry.wire.severity.iter());
    let given = record.severity.iter().chain(of_entries).flatten();
    let given: Vec<Option<SeverityStatement>> = given
        .map(|severity| SeverityStatement::read(&severity.score()?))
        .chain(specifics().filter_map(|specific| Some(SeverityStatement::read(&specific.cvss()?))))
        .collect();
    let scored = gravest(given.iter().flatten().filter_map(SeverityStatement::scored));
    let is_sound = given.iter().all(Option::is_some);
    if is_sound && scored.level != SeverityLevel::Unknown {
        return scored;
    }
    let words = specifics().filter_map(wire::DatabaseSpecific::severity_word);
    let words = words.filter_map(|word| SeverityLevel::from_word(&word));
    let worded = given.iter().flatten().filter_map(SeverityStatement::worded);
    gravest(worded.chain(words).map(Severity::from_level)).graver(scored)
}

/// A score of a record: a vector or a word. Anything else is not a score.
enum SeverityStatement {
    Scored(Severity),
    Worded(SeverityLevel),
}

impl SeverityStatement {
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
