//! Evidence and places in the JSON report.

use serde::Serialize;

use crate::evidence::Evidence;
use crate::problem::Location;

#[derive(Serialize)]
pub(super) struct EvidenceEntry<'o> {
    kind: &'static str,
    result: &'static str,
    detail: &'o str,
    locations: Vec<LocationEntry<'o>>,
    help: Option<&'o str>,
}

impl<'o> EvidenceEntry<'o> {
    pub(super) fn of(evidence: &'o Evidence) -> Self {
        Self {
            kind: evidence.claim.as_str(),
            result: evidence.result.as_str(),
            detail: &evidence.detail,
            locations: evidence.locations.iter().map(LocationEntry::of).collect(),
            help: evidence.help.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct LocationEntry<'o> {
    file: &'o str,
    line: u32,
}

impl<'o> LocationEntry<'o> {
    pub(super) fn of(location: &'o Location) -> Self {
        Self { file: &location.file, line: location.line }
    }
}
