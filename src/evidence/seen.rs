//! What a collector saw, in the words of evidence.

use super::{Evidence, EvidenceResult, Searched};
use crate::package::PackageId;
use crate::policy::{ClaimKind, Fact, ImportTarget};
use crate::problem::{Location, Passage};

/// What a collector saw. Which claim it is about the table of collectors says; the rest is as in
/// [`Evidence`].
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) result: EvidenceResult,
    pub(super) detail: String,
    pub(super) chain: Vec<PackageId>,
    pub(super) help: Option<String>,
    pub(super) locations: Vec<Location>,
    pub(super) passage: Option<Passage>,
    pub(super) searched: Searched,
    pub(super) lacks: Option<Fact>,
    pub(super) misses_advisory: bool,
    pub(super) narrower: Box<[ImportTarget]>,
}

impl Seen {
    /// It holds.
    pub(super) fn upheld(detail: impl Into<String>) -> Self {
        Self::new(EvidenceResult::Upheld, detail)
    }

    /// It does not hold, as these places show.
    pub(super) fn refuted(detail: impl Into<String>, locations: Vec<Location>) -> Self {
        Self { locations, ..Self::new(EvidenceResult::Refuted, detail) }
    }

    /// It could not be decided.
    pub(super) fn unknown(detail: impl Into<String>) -> Self {
        Self::new(EvidenceResult::Unknown, detail)
    }

    fn new(result: EvidenceResult, detail: impl Into<String>) -> Self {
        Self {
            result,
            detail: detail.into(),
            chain: Vec::new(),
            help: None,
            locations: Vec::new(),
            passage: None,
            searched: Searched::default(),
            lacks: None,
            misses_advisory: false,
            narrower: Box::default(),
        }
    }

    /// With the way in that shows it.
    pub(super) fn by_way_of(self, chain: Vec<PackageId>) -> Self {
        Self { chain, ..self }
    }

    /// With what would make it decidable.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// With the places where it was seen.
    pub(super) fn at(self, locations: impl IntoIterator<Item = Location>) -> Self {
        Self { locations: locations.into_iter().collect(), ..self }
    }

    /// It as evidence about a claim.
    pub(super) fn about(self, claim: ClaimKind) -> Evidence {
        let open_places = Vec::new();
        let Self {
            result,
            detail,
            chain,
            help,
            locations,
            passage,
            searched,
            lacks,
            misses_advisory,
            narrower,
        } = self;
        Evidence {
            claim,
            result,
            detail,
            chain,
            help,
            locations,
            passage,
            searched,
            open_places,
            lacks,
            misses_advisory,
            narrower,
        }
    }
}
