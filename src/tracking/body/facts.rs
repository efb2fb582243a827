//! What is known about a ticket's findings, section by section.

use std::collections::BTreeSet;

use crate::advisory_id::AdvisoryId;
use crate::facts::{evidence_line, rating};
use crate::markdown::{code, code_block, few, link};
use crate::tracking::proposal::Proposal;
use crate::tracking::ticket::Ticket;
use crate::tracking::visibility::Visibility;
use crate::upgrade::quoted;

/// The severity and the package.
pub(super) fn headline(ticket: &Ticket<'_>) -> String {
    let kinds: Vec<&str> = ticket.facts().kinds().into_iter().collect();
    format!(
        "**{}** · {} · {} ({})",
        rating(&ticket.severity()),
        kinds.join(", "),
        code(&ticket.key.package),
        ticket.key.ecosystem
    )
}

/// What the advisory says, and where to read more.
pub(super) fn advisory(ticket: &Ticket<'_>, visibility: &Visibility) -> String {
    let facts = ticket.facts();
    let titles: BTreeSet<&str> = facts.titles().collect();
    let mut lines: Vec<String> = titles.into_iter().map(code).collect();
    let names = few(ticket.key.identifiers.iter().map(|id| code(id.as_str())));
    lines.push(format!("Known as {}", names.join(", ")));
    if let Some(vector) = ticket.severity().vector {
        lines.push(format!("CVSS {}", code(&vector)));
    }
    let pages: BTreeSet<&str> = facts.pages().collect();
    lines.extend(pages.into_iter().map(|page| format!("Read more: {}", link(page))));
    let registries = facts.registries().into_iter().filter(|_| !visibility.is_public());
    lines.extend(registries.map(|registry| {
        format!(
            "Comes from {}, which the policy does not name: taken for a mirror of the public registry",
            code(registry)
        )
    }));
    format!("### What\n\n{}", bullets(&lines))
}

/// The checks and their evidence.
pub(super) fn checks(ticket: &Ticket<'_>, visibility: &Visibility) -> Option<String> {
    let lines: BTreeSet<String> = ticket
        .findings
        .iter()
        .flat_map(|decided| &decided.evidence)
        .map(|evidence| {
            let places = evidence.locations.iter();
            let places = few(places.map(|location| code(&location.to_string())));
            evidence_line(evidence, &visibility.code_of(&evidence.sentence()), &places)
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let lines: Vec<String> = lines.into_iter().collect();
    Some(format!("### Checked\n\n{}", bullets(&lines)))
}

/// A suppression to paste into the policy, if its claim was checked and holds. Each run checks it
/// again.
pub(super) fn suppression(ticket: &Ticket<'_>, visibility: &Visibility) -> Option<String> {
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
    let seen: Vec<String> = details.iter().map(|detail| visibility.code_of(detail)).collect();
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
