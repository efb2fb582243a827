//! What was scanned, which decides what a scan may do to issues.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::tracker::Repository;
use crate::lockfile::Lockfile;
use crate::markdown::code;
use crate::outcome::Outcome;

/// What was checked out when the scan ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannedRef {
    Branch(String),
    /// A change that is not part of any branch yet: a pull request or an entry of a merge queue.
    /// Nothing is written for it.
    Proposal(String),
    Unknown,
}

impl ScannedRef {
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

/// The properties of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// What was checked out.
    pub checkout: ScannedRef,
    pub now: Timestamp,
    /// Why it may not close issues; `None` if it may.
    pub keeps_open: Option<String>,
    /// What was read, as a sentence.
    pub evidence: String,
    /// The lockfiles and projects that are left out on purpose.
    pub left_out: Vec<LeftOutText>,
}

/// A lockfile, or a project without one, that is left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutText {
    /// Its path for messages.
    pub file: String,
    /// Its text; `None` if it cannot be read.
    pub text: Option<Vec<u8>>,
}

impl LeftOutText {
    /// Whether it may lock a package. Cargo treats `_` and `-` in names as equal.
    fn may_lock(&self, package: &str) -> bool {
        let names = [package.to_owned(), package.replace('-', "_"), package.replace('_', "-")];
        self.text.as_ref().is_none_or(|text| {
            names.iter().any(|name| memchr::memmem::find(text, name.as_bytes()).is_some())
        })
    }
}

impl Scan {
    /// Only a complete scan of the default branch with a fresh database may close issues: a finding in
    /// something unread is not gone.
    pub fn of(
        outcome: &Outcome,
        checkout: ScannedRef,
        partial: Option<&str>,
        repository: &Repository,
    ) -> Self {
        let why_partial =
            partial.map(|reason| format!("this scan is not a complete one: {reason}"));
        let keeps_open = why_partial.or_else(|| why_not(outcome, &checkout, repository));
        let evidence = evidence(outcome, &checkout);
        Self { checkout, now: outcome.now, keeps_open, evidence, left_out: Vec::new() }
    }

    /// The first of those left out on purpose that may lock a package.
    pub fn left_out_with(&self, package: &str) -> Option<&str> {
        let mut left_out = self.left_out.iter();
        let with_it = left_out.find(|file| file.may_lock(package))?;
        Some(&with_it.file)
    }

    /// The day of the scan.
    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }
}

/// Why a scan may not close any issues.
fn why_not(outcome: &Outcome, checkout: &ScannedRef, repository: &Repository) -> Option<String> {
    if let Some(gap) = outcome.verdict.gaps.first() {
        return Some(format!("this scan has gaps: {}", gap.message));
    }
    match checkout {
        ScannedRef::Branch(branch) if *branch == repository.default_branch => None,
        ScannedRef::Branch(branch) => Some(format!(
            "this scan is of `{branch}`, and only one of `{}` closes",
            repository.default_branch
        )),
        ScannedRef::Proposal(reference) => {
            Some(format!("this scan is of the proposal `{reference}`"))
        }
        ScannedRef::Unknown => {
            Some("nobody said which branch was scanned: see --branch".to_owned())
        }
    }
}

/// What a scan has read, how much of it, and with which advisories.
fn evidence(outcome: &Outcome, checkout: &ScannedRef) -> String {
    let packages: usize = outcome.lockfiles.iter().map(Lockfile::locked).sum();
    let of = checkout.branch().map_or_else(String::new, |branch| format!(" of {}", code(branch)));
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
    use super::ScannedRef;

    #[test]
    fn a_reference_says_whether_the_change_is_part_of_a_branch() {
        let branch = |name: &str| ScannedRef::Branch(name.to_owned());
        let proposal = |name: &str| ScannedRef::Proposal(name.to_owned());
        for (reference, checkout) in [
            (Some("refs/heads/main"), branch("main")),
            (Some("main"), branch("main")),
            (Some("release/1.x"), branch("release/1.x")),
            (Some("refs/pull/7/merge"), proposal("refs/pull/7/merge")),
            (
                Some("refs/heads/gh-readonly-queue/main/pr-7-abc"),
                proposal("gh-readonly-queue/main/pr-7-abc"),
            ),
            (Some("refs/tags/v1"), ScannedRef::Unknown),
            (Some(" "), ScannedRef::Unknown),
            (None, ScannedRef::Unknown),
        ] {
            assert_eq!(ScannedRef::from_reference(reference), checkout, "{reference:?}");
        }
    }
}
