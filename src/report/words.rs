//! Words about a change, shared by all reports for people.

use crate::verdict::Disposition;
use crate::verdict::change::FixedFinding;

/// The heading of findings that a change adds.
pub(super) const ADDED: &str = "added by this change";
/// The heading of findings from before.
pub(super) const BEFORE: &str = "was there before";
/// The heading of findings that it fixes.
pub(super) const FIXED: &str = "fixed by this change";
/// The heading of findings whose packages now come from a source that is not matched by name.
pub(super) const UNMATCHED: &str = "no longer matched by name, so nobody has looked";
/// The heading of its changes to the policy.
pub(super) const POLICY_CHANGES: &str = "policy changes";

/// The phrase for a finding from before.
pub(super) fn before(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Block => "would block",
        other => other.as_str(),
    }
}

/// The new source of a finding's package, if it is not matched by name any more.
pub(super) fn moved(finding: &FixedFinding) -> String {
    let why = finding.unmatched.map(|why| format!("now from {}", why.place()));
    why.unwrap_or_default()
}
