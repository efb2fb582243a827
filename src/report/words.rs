//! What reports for people say about a change, in the same words everywhere.

use crate::verdict::Disposition;
use crate::verdict::change::FixedFinding;

/// What stands above what a change brings.
pub(super) const ADDED: &str = "added by this change";
/// What stands above what it does not bring.
pub(super) const BEFORE: &str = "was there before";
/// What stands above what it mends.
pub(super) const FIXED: &str = "fixed by this change";
/// What stands above findings of packages that come now from where names say nothing.
pub(super) const UNMATCHED: &str = "no longer matched by name, so nobody has looked";
/// What stands above what it does to the policy.
pub(super) const POLICY_CHANGES: &str = "policy changes";

/// What is said of a finding that was there before.
pub(super) fn before(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Block => "would block",
        other => other.as_str(),
    }
}

/// Where the package of a finding comes from now, if it is not matched by name any more.
pub(super) fn moved(finding: &FixedFinding) -> String {
    let why = finding.unmatched.map(|why| format!("now from {}", why.place()));
    why.unwrap_or_default()
}
