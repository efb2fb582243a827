//! Several findings in words, which are about one advisory or are tracked in one issue.
//!
//! Texts are the advisories' own and not shortened: formats cut and escape them.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::advisory_id::AdvisoryId;
use crate::finding::Finding;
use crate::severity::Severity;
use crate::verdict::DecidedFinding;

/// Findings that are handled together.
#[derive(Clone, Debug)]
pub struct FindingSet<'f>(Vec<&'f Finding>);

impl<'f> FindingSet<'f> {
    pub fn of(decided: impl IntoIterator<Item = &'f DecidedFinding>) -> Self {
        Self(decided.into_iter().map(|decided| &decided.finding).collect())
    }

    /// The gravest severity; `None` without a finding.
    pub fn gravest(&self) -> Option<Severity> {
        self.0.iter().map(|finding| finding.severity.clone()).reduce(Severity::graver)
    }

    /// Every name of every advisory.
    pub fn identifiers(&self) -> BTreeSet<AdvisoryId> {
        self.0.iter().flat_map(|finding| finding.identifiers()).collect()
    }

    pub fn kinds(&self) -> BTreeSet<&'static str> {
        self.0.iter().map(|finding| finding.kind.as_str()).collect()
    }

    /// The titles of the advisories. None of them is empty.
    pub fn titles(&self) -> impl Iterator<Item = &'f str> {
        let titles = self.0.iter().map(|finding| finding.title.trim());
        titles.filter(|title| !title.is_empty())
    }

    /// The pages that the advisories themselves name.
    pub fn pages(&self) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter_map(|finding| finding.url.as_deref())
    }

    /// Requirements that a patched version fulfils.
    pub fn fixed_in(&self) -> BTreeSet<&'f str> {
        let requirements = self.0.iter().flat_map(|finding| &finding.fixed_in);
        requirements.map(SmolStr::as_str).collect()
    }

    /// CVSS vectors of the advisories.
    pub fn vectors(&self) -> BTreeSet<&'f str> {
        self.0.iter().flat_map(|finding| &finding.vectors).map(String::as_str).collect()
    }

    /// The packages with their versions.
    pub fn packages(&self) -> BTreeSet<String> {
        self.0.iter().map(|finding| finding.package.to_string()).collect()
    }

    /// The lockfiles.
    pub fn files(&self) -> BTreeSet<&'f str> {
        let places = self.0.iter().flat_map(|finding| &finding.locations);
        places.map(|place| place.file.as_str()).collect()
    }

    /// The registries that the policy does not name.
    pub fn registries(&self) -> BTreeSet<&'f str> {
        self.0.iter().flat_map(|finding| &finding.registries).map(String::as_str).collect()
    }
}
