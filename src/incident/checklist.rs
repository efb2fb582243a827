//! The checklist of an incident issue: written once, and edited only by people from then on.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::contacts::{authority, customers, internal, to_fill_in};
use super::{IncidentKind, contacts};
use crate::advisory_id::AdvisoryId;
use crate::facts::finding_set::FindingSet;
use crate::facts::rating;
use crate::markdown::{code, few};
use crate::policy::{IncidentPolicy, PLACEHOLDERS, Template};
use crate::problem::SourceText;
use crate::severity::Severity;
use crate::verdict::DecidedFinding;
use crate::words::exact_span;

/// The end of the checklist item for notifying the authority. Lockgate checks whether it is
/// ticked, and reads nothing else in a checklist.
pub const AUTHORITY_ITEM: &str = "<!-- lockgate:authority -->";

const DATA: &str = include_str!("checklist/data.md");
const CREDENTIALS: &str = include_str!("checklist/credentials.md");

/// The values for a checklist.
pub struct Facts<'a> {
    /// The findings. Never empty.
    pub findings: &'a [&'a DecidedFinding],
    /// Why it is an incident.
    pub why: &'a str,
    /// When it was found.
    pub found: Timestamp,
    /// When and where it was exposed, as one line of Markdown; `None` if it was not looked up.
    pub exposure: Option<&'a str>,
    /// Whether a text may be shown to the readers of the issue.
    pub permits: &'a dyn Fn(&str) -> bool,
}

/// The checklist of an incident, filled in.
pub fn render(kind: IncidentKind, policy: &IncidentPolicy, facts: &Facts<'_>) -> String {
    let (own, built_in) = match kind {
        IncidentKind::Data => (&policy.data_checklist, DATA),
        IncidentKind::Credentials => (&policy.credential_checklist, CREDENTIALS),
    };
    let own = own.as_ref().and_then(|file| file.template.clone());
    let template = own.map_or_else(|| parsed(built_in).map(Arc::new), Some);
    let filled = template.map(|template| template.fill(|name| value(name, policy, facts)));
    filled.unwrap_or_else(|| built_in.to_owned()).trim().to_owned()
}

/// A built-in template; a test parses both.
fn parsed(text: &str) -> Option<Template> {
    Template::parse(&Arc::new(SourceText::new("checklist", text)), PLACEHOLDERS).ok()
}

/// Whether the item for notifying the authority is ticked.
pub fn is_authority_notified(body: &str) -> bool {
    body.lines().any(|line| {
        let item = line.trim_start().trim_start_matches(['-', '*', '+']).trim_start();
        line.contains(AUTHORITY_ITEM) && (item.starts_with("[x]") || item.starts_with("[X]"))
    })
}

/// The value of a placeholder: one line of Markdown in which untrusted text is code.
fn value(name: &str, policy: &IncidentPolicy, facts: &Facts<'_>) -> String {
    let policy_or_none = Some(policy);
    let several = FindingSet::of(facts.findings.iter().copied());
    match name {
        "advisory" => listed(several.identifiers().iter().map(AdvisoryId::as_str), facts),
        "title" => listed(several.titles(), facts),
        "package" => listed(several.packages().iter().map(String::as_str), facts),
        "severity" => rating(&several.gravest().unwrap_or(Severity::UNKNOWN)),
        "why" => readable(facts.why, facts),
        "lockfiles" => listed(several.files(), facts),
        "fix" => fix(&several),
        "found" => contacts::to_the_second(facts.found).to_string(),
        "exposure" => facts
            .exposure
            .map_or_else(|| to_fill_in("since when, until when, where"), str::to_owned),
        "deadline" => exact_span(policy.deadline),
        "authority" => authority(policy_or_none),
        "internal" => internal(policy_or_none),
        "customers" => customers(policy_or_none),
        _ => contacts::to_fill_in("unknown"),
    }
}

fn readable(text: &str, facts: &Facts<'_>) -> String {
    if (facts.permits)(text) { code(text) } else { "(private)".to_owned() }
}

fn listed<'t>(texts: impl IntoIterator<Item = &'t str>, facts: &Facts<'_>) -> String {
    let texts: BTreeSet<&str> = texts.into_iter().collect();
    let shown = few(texts.into_iter().map(|text| readable(text, facts)));
    if shown.is_empty() {
        return to_fill_in("not known");
    }
    shown.join(", ")
}

fn fix(several: &FindingSet<'_>) -> String {
    let fixed = several.fixed_in();
    if fixed.is_empty() {
        return "no patched version is known".to_owned();
    }
    let fixed = few(fixed.into_iter().map(code));
    format!("upgrade to {}", fixed.join(" or "))
}

#[cfg(test)]
mod tests;
