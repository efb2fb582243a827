//! What a scan was of, which decides what it may do to issues.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::tracker::Repository;
use crate::lockfile::Lockfile;
use crate::markdown::code;
use crate::outcome::Outcome;

/// What was checked out when the scan ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checkout {
    /// A branch.
    Branch(String),
    /// A change that is not part of any branch yet: a pull request or an entry of a merge queue.
    /// Nothing is written for it.
    Proposal(String),
    /// Nobody said.
    Unknown,
}

impl Checkout {
    /// Reads a reference as `GITHUB_REF` holds it, or the name of a branch (GitHub documentation,
    /// "Variables": `refs/heads/<branch>`, `refs/pull/<number>/merge`; "Managing a merge queue":
    /// `gh-readonly-queue/<branch>/…`).
    pub fn from_reference(reference: Option<&str>) -> Self {
        let Some(reference) = reference.map(str::trim).filter(|text| !text.is_empty()) else {
            return Self::Unknown;
        };
        if reference.starts_with("refs/pull/") {
            return Self::Proposal(reference.to_owned());
        }
        let branch = reference.strip_prefix("refs/heads/").unwrap_or(reference);
        if branch.starts_with("gh-readonly-queue/") {
            return Self::Proposal(branch.to_owned());
        }
        if branch.starts_with("refs/") {
            return Self::Unknown;
        }
        Self::Branch(branch.to_owned())
    }

    /// The branch, if it is known.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch(name) => Some(name),
            Self::Proposal(_) | Self::Unknown => None,
        }
    }
}

/// What is known about a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// What was checked out.
    pub checkout: Checkout,
    /// When it ran.
    pub now: Timestamp,
    /// Why it may not close issues; `None` if it may.
    pub keeps_open: Option<String>,
    /// What was read, in a sentence.
    pub evidence: String,
}

impl Scan {
    /// Only a complete scan of the default branch with a fresh database may close: what was not
    /// read is not gone.
    pub fn of(
        outcome: &Outcome,
        checkout: Checkout,
        is_whole: bool,
        repository: &Repository,
    ) -> Self {
        let keeps_open = match (&checkout, outcome.verdict.gaps.first()) {
            _ if !is_whole => Some(
                "this scan is not of a whole repository, from the folder that holds .git"
                    .to_owned(),
            ),
            (_, Some(gap)) => Some(format!("this scan has gaps: {}", gap.message)),
            (Checkout::Branch(branch), None) if *branch == repository.default_branch => None,
            (Checkout::Branch(branch), None) => Some(format!(
                "this scan is of `{branch}`, and only one of `{}` closes",
                repository.default_branch
            )),
            (Checkout::Proposal(reference), None) => {
                Some(format!("this scan is of the proposal `{reference}`"))
            }
            (Checkout::Unknown, None) => {
                Some("nobody said which branch was scanned: see --branch".to_owned())
            }
        };
        let evidence = evidence(outcome, &checkout);
        Self { checkout, now: outcome.now, keeps_open, evidence }
    }

    /// The day of the scan.
    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }
}

/// What a scan has read: of what, how much, and against which advisories.
fn evidence(outcome: &Outcome, checkout: &Checkout) -> String {
    let packages: usize = outcome.lockfiles.iter().map(Lockfile::locked).sum();
    let of = checkout
        .branch()
        .map_or_else(String::new, |branch| format!(" of {}", code(branch)));
    let digest = outcome
        .database
        .as_ref()
        .map_or_else(|| "none".to_owned(), |database| code(&database.digest));
    format!(
        "A complete scan{of} at {} has read {} lockfiles with {packages} packages; the advisories \
         are those with the digest {digest}.",
        outcome.now,
        outcome.lockfiles.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::Checkout;

    #[test]
    fn a_reference_says_whether_the_change_is_part_of_a_branch() {
        let branch = |name: &str| Checkout::Branch(name.to_owned());
        let proposal = |name: &str| Checkout::Proposal(name.to_owned());
        for (reference, checkout) in [
            (Some("refs/heads/main"), branch("main")),
            (Some("main"), branch("main")),
            (Some("release/1.x"), branch("release/1.x")),
            (Some("refs/pull/7/merge"), proposal("refs/pull/7/merge")),
            (
                Some("refs/heads/gh-readonly-queue/main/pr-7-abc"),
                proposal("gh-readonly-queue/main/pr-7-abc"),
            ),
            (Some("refs/tags/v1"), Checkout::Unknown),
            (Some(" "), Checkout::Unknown),
            (None, Checkout::Unknown),
        ] {
            assert_eq!(Checkout::from_reference(reference), checkout, "{reference:?}");
        }
    }
}
