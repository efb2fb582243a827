//! Evidence and places in the JSON report.

use std::borrow::Cow;

use serde::Serialize;

use crate::evidence::{Evidence, Searched};
use crate::problem::Location;

#[derive(Serialize)]
pub(super) struct EvidenceEntry<'o> {
    kind: &'static str,
    result: &'static str,
    detail: Cow<'o, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chain: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    searched: Option<Figures>,
    locations: Vec<LocationEntry<'o>>,
    help: Option<&'o str>,
}

impl<'o> EvidenceEntry<'o> {
    pub(super) fn of(evidence: &'o Evidence) -> Self {
        Self {
            kind: evidence.claim.as_str(),
            result: evidence.result.as_str(),
            detail: evidence.sentence(),
            chain: evidence.chain.iter().map(ToString::to_string).collect(),
            searched: Figures::of(evidence.searched),
            locations: evidence.locations.iter().map(LocationEntry::of).collect(),
            help: evidence.help.as_deref(),
        }
    }
}

/// How much was looked through.
#[derive(Serialize)]
struct Figures {
    builds: usize,
    files: usize,
    #[serde(skip_serializing_if = "is_zero")]
    modules: usize,
    #[serde(skip_serializing_if = "is_zero")]
    packages: usize,
    #[serde(skip_serializing_if = "is_zero")]
    entry_points: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Figures {
    /// `None` where nothing was counted.
    fn of(searched: Searched) -> Option<Self> {
        let Searched { builds, files, modules, packages, entry_points } = searched;
        let is_none = searched == Searched::default();
        (!is_none).then_some(Self { builds, files, modules, packages, entry_points })
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
