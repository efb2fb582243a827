//! A question about one advisory: what every claim about it would prove.

use crate::advisory_id::AdvisoryId;
use crate::finding::Finding;
use crate::matching::Match;
use crate::outcome::Outcome;
use crate::package::PackageId;
use crate::policy::PackageSpec;
use crate::verdict::Trial;

/// What is asked about.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// The advisory, under any of its names.
    pub advisory: AdvisoryId,
    /// Limits it to a package, and to versions of it.
    pub package: Option<PackageSpec>,
}

impl Inquiry {
    /// Whether it is about a finding.
    pub fn is_about(&self, finding: &Finding) -> bool {
        self.is_about_package(&finding.package) && finding.identifiers().contains(&self.advisory)
    }

    /// Whether it is about a match.
    pub fn is_about_match(&self, matched: &Match) -> bool {
        let advisory = &matched.advisory;
        let is_named = advisory.id == self.advisory || advisory.aliases.contains(&self.advisory);
        is_named && self.is_about_package(&matched.package)
    }

    fn is_about_package(&self, package: &PackageId) -> bool {
        self.package.as_ref().is_none_or(|meant| meant.matches(package))
    }
}

/// Which claims are tried although nobody makes them.
#[derive(Clone, Copy, Debug)]
pub enum Trying<'run> {
    Nothing,
    /// Those that cost no process of Cargo, and those about builds where these are known anyway.
    WhatIsAtHand,
    /// Every one, and where an upgrade leads, for the findings in question.
    Everything(&'run Inquiry),
}

/// A check, and what was tried for the findings that were asked about.
#[derive(Debug)]
pub struct Inquest {
    pub outcome: Outcome,
    pub trials: Vec<Trial>,
}
