//! What reports for people say about a finding, in the same words everywhere.
//!
//! Whatever comes from an input is made printable here; each format escapes it for itself.

use std::sync::Arc;

use crate::advisory_kind::AdvisoryKind;
use crate::finding::Finding;
use crate::package::PackageId;
use crate::severity::Severity;
use crate::terminal::one_line;
use crate::verdict::Disposition;
use crate::verdict::change::FixedFinding;

/// An address that is longer was not written for people.
const ADDRESS_LIMIT: usize = 2_000;
/// A path with more steps is shown by its ends.
const STEPS: usize = 12;
const NAME_LIMIT: usize = 80;

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

/// What a user of the package can do, as it stands in the advisory.
pub(super) fn action(finding: &Finding) -> String {
    let name = &finding.package.name;
    if finding.kind == AdvisoryKind::Malicious && finding.fixed_in.is_empty() {
        return format!("remove {name}: no harmless version is known");
    }
    if finding.fixed_in.is_empty() && finding.kind < AdvisoryKind::Unsound {
        return format!("no other version of {name} is known to change that");
    }
    if finding.fixed_in.is_empty() {
        return format!("no patched version of {name} is known");
    }
    format!("upgrade {name} to {}", finding.fixed_in.join(" or "))
}

/// Which registry it comes from, where that is not the public one and the policy does not name it.
pub(super) fn origin(finding: &Finding) -> Option<String> {
    let registries: Vec<&str> = finding.registries.iter().map(String::as_str).collect();
    let first = registries.first()?;
    let text = format!(
        "{}: taken for a mirror of the public registry; if it holds packages of its own, write \
         `[registries] private = [\"{first}\"]`",
        registries.join(", ")
    );
    Some(one_line(&text, ADDRESS_LIMIT))
}

/// Where the package of a finding comes from now, if it is not matched by name any more.
pub(super) fn moved(finding: &FixedFinding) -> String {
    let why = finding.unmatched.map(|why| format!("now from {}", why.place()));
    why.unwrap_or_default()
}

/// The page about it: the advisory's own, else that of its database.
pub(super) fn page(finding: &Finding) -> Option<String> {
    let url = finding.url.clone().or_else(|| finding.id.url())?;
    Some(one_line(&url, ADDRESS_LIMIT))
}

/// The same, if a browser opens it: nothing but the web is ever linked to.
pub(super) fn link(finding: &Finding) -> Option<String> {
    let page = page(finding)?;
    let is_web = page.starts_with("https://") || page.starts_with("http://");
    (is_web && url::Url::parse(&page).is_ok()).then_some(page)
}

/// `high 7.5`
pub(super) fn rating(severity: &Severity) -> String {
    match severity.score {
        Some(score) => format!("{} {score:.1}", severity.level),
        None => severity.level.to_string(),
    }
}

/// The title, or what stands for one.
pub(super) fn title(finding: &Finding, limit: usize) -> String {
    if finding.title.trim().is_empty() {
        return one_line(&format!("{} in `{}`", finding.kind, finding.package.name), limit);
    }
    one_line(&finding.title, limit)
}

/// `rsa 0.9.6`
pub(super) fn package(package: &PackageId) -> String {
    one_line(&package.to_string(), NAME_LIMIT)
}

/// `app 0.1.0 › foo 1.2.0 › rsa 0.9.6`; the middle of a long path is left out.
pub(super) fn path(path: &[Arc<PackageId>]) -> String {
    let mut steps: Vec<String> = path.iter().map(|step| package(step)).collect();
    if steps.len() > STEPS {
        let kept = STEPS / 2;
        let left_out = steps.len() - 2 * kept;
        steps.splice(kept..kept + left_out, [format!("… {left_out} more …")]);
    }
    steps.join(" › ")
}
