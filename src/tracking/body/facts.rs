//! What is known about a ticket's findings, section by section.

use std::collections::BTreeSet;

use crate::advisory_id::AdvisoryId;
use crate::markdown::{code, code_block, few, link};
use crate::tracking::audience::Audience;
use crate::tracking::proposal::Proposal;
use crate::tracking::ticket::Ticket;
use crate::upgrade::quoted;

/// How grave it is, and in what.
pub(super) fn headline(ticket: &Ticket<'_>) -> String {
    let severity = ticket.severity();
    let score = severity.score.map_or_else(String::new, |score| format!(" {score:.1}"));
    let kinds: BTreeSet<&str> =
        ticket.findings.iter().map(|decided| decided.finding.kind.as_str()).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    format!(
        "**{}{score}** · {} · {} ({})",
        severity.level,
        kinds.join(", "),
        code(&ticket.key.package),
        ticket.key.ecosystem
    )
}

/// What the advisory says, and where to read more.
pub(super) fn advisory(ticket: &Ticket<'_>, audience: &Audience) -> String {
    let mut lines = Vec::new();
    let titles: BTreeSet<&str> = ticket
        .findings
        .iter()
        .map(|decided| decided.finding.title.trim())
        .filter(|title| !title.is_empty())
        .collect();
    lines.extend(titles.into_iter().map(code));
    let names = few(ticket.key.identifiers.iter().map(|id| code(id.as_str())));
    lines.push(format!("Known as {}", names.join(", ")));
    if let Some(vector) = ticket.severity().vector {
        lines.push(format!("CVSS {}", code(&vector)));
    }
    let pages: BTreeSet<&str> =
        ticket.findings.iter().filter_map(|decided| decided.finding.url.as_deref()).collect();
    lines.extend(pages.into_iter().map(|page| format!("Read more: {}", link(page))));
    let registries: BTreeSet<&str> = ticket
        .findings
        .iter()
        .flat_map(|decided| decided.finding.registries.iter().map(String::as_str))
        .filter(|_| !audience.is_public())
        .collect();
    lines.extend(registries.into_iter().map(|registry| {
        format!(
            "Comes from {}, which the policy does not name: taken for a mirror of the public registry",
            code(registry)
        )
    }));
    format!("### What\n\n{}", bullets(&lines))
}

/// What was checked and what was seen.
pub(super) fn checks(ticket: &Ticket<'_>, audience: &Audience) -> Option<String> {
    let lines: BTreeSet<String> = ticket
        .findings
        .iter()
        .flat_map(|decided| &decided.evidence)
        .map(|evidence| {
            let places = evidence.locations.iter();
            let places = few(places.map(|location| code(&location.to_string())));
            let seen = if places.is_empty() {
                String::new()
            } else {
                format!(", seen at {}", places.join(", "))
            };
            let detail = if audience.may_read(&evidence.detail) {
                code(&evidence.detail)
            } else {
                "not written here: it names a private dependency".to_owned()
            };
            format!(
                "{} is {}: {detail}{seen}",
                code(evidence.claim.as_str()),
                evidence.result.as_str(),
            )
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let lines: Vec<String> = lines.into_iter().collect();
    Some(format!("### Checked\n\n{}", bullets(&lines)))
}

/// A suppression to paste into the policy, where its claim was checked and holds. It is checked again
/// on every run.
pub(super) fn suppression(ticket: &Ticket<'_>, audience: &Audience) -> Option<String> {
    let id = ticket.key.identifiers.first().map_or("", AdvisoryId::as_str);
    let (claim, details) = match &ticket.proposal {
        Proposal::Nothing => return None,
        Proposal::BuildsNotTried => {
            let command = format!("lockgate suppress {}", quoted(id));
            return Some(format!(
                "### If it does not affect you\n\nWhat Cargo builds was not looked at here: {} tries \
                 every claim and writes the strongest one that holds.",
                code(&command)
            ));
        }
        Proposal::Holds { claim, details } => (claim, details),
    };
    let seen = details.iter().map(|detail| {
        if audience.may_read(detail) {
            code(detail)
        } else {
            "not written here: it names a private dependency".to_owned()
        }
    });
    let seen: Vec<String> = seen.collect();
    let lines = [
        "[[suppress]]".to_owned(),
        format!("advisory = {}", toml_string(id)),
        format!("package = {}", toml_string(&ticket.key.package)),
        format!("claim = {{ {} = true }}", claim.as_str()),
        "reason = \"\" # in your words".to_owned(),
    ];
    Some(format!(
        "### If it does not affect you\n\nThe claim {} was checked, and it holds now:\n\n{}\n\nThis \
         suppression is checked on every run, and void as soon as it is not true:\n\n{}",
        code(claim.as_str()),
        bullets(&seen),
        code_block("toml", &lines)
    ))
}

fn toml_string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

pub(super) fn bullets(lines: &[String]) -> String {
    let lines = few(lines.iter().cloned());
    let lines: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
    lines.join("\n")
}
