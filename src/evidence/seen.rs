//! What a collector saw, in the words of evidence.

use super::{Evidence, EvidenceResult};
use crate::policy::{ClaimKind, Fact};
use crate::problem::Location;

/// What a collector saw. Which claim it is about the table of collectors says.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) result: EvidenceResult,
    pub(super) detail: String,
    pub(super) help: Option<String>,
    pub(super) locations: Vec<Location>,
    /// The fact that it takes and that is not known.
    pub(super) lacks: Option<Fact>,
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
        Self { result, detail: detail.into(), help: None, locations: Vec::new(), lacks: None }
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
        let Self { result, detail, help, locations, lacks } = self;
        Evidence { claim, result, detail, help, locations, lacks }
    }
}
