//! The evidence for a claim, in words.

use super::line;
use crate::evidence::{Evidence, EvidenceResult};
use crate::markdown::code;
use crate::problem::Location;
use crate::words::few;

/// One piece of evidence.
#[derive(Clone, Copy, Debug)]
pub struct EvidenceText<'o>(pub &'o Evidence);

impl EvidenceText<'_> {
    /// The word of the claim.
    pub fn claim(self) -> &'static str {
        self.0.claim.as_str()
    }

    pub fn result(self) -> EvidenceResult {
        self.0.result
    }

    pub fn detail(self) -> String {
        line(&self.0.sentence())
    }

    /// `development-only refuted: running needs it`
    pub fn with_result(self) -> String {
        format!("{} {}: {}", self.claim(), self.result().as_str(), self.detail())
    }

    /// How it could be decided.
    pub fn help(self) -> Option<String> {
        self.0.help.as_deref().map(line)
    }

    /// The first few places, and as the last text how many more there are.
    pub fn places(self, most: usize) -> Vec<String> {
        places(&self.0.locations, most)
    }

    /// The first few places, and how many are left out.
    pub fn first_places(self, most: usize) -> (Vec<String>, usize) {
        let shown = self.0.locations.iter().take(most).map(|place| line(&place.to_string()));
        (shown.collect(), self.0.locations.len().saturating_sub(most))
    }
}

/// The first few of some places, and as the last text how many more there are.
pub fn places(places: &[Location], most: usize) -> Vec<String> {
    few(places.iter().map(|place| line(&place.to_string())), most)
}

/// A line of Markdown with everything about a piece of evidence. Its `detail` and `places` are
/// Markdown already.
pub fn evidence_line(evidence: &Evidence, detail: &str, places: &[String]) -> String {
    let seen =
        if places.is_empty() { String::new() } else { format!(", seen at {}", places.join(", ")) };
    format!("{} is {}: {detail}{seen}", code(evidence.claim.as_str()), evidence.result.as_str())
}
