//! SARIF 2.1.0: for code scanning, which shows findings on the lines of lockfiles.
//!
//! The format is the OASIS standard "Static Analysis Results Interchange Format (SARIF) Version
//! 2.1.0"; `§` refers to its sections. GitHub documents which parts it reads, and its limits,
//! in "SARIF support for code scanning".

mod place;
mod rule;
mod wire;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::group::{Group, groups, level};
use super::json::formatter::PrintableFormatter;
use super::{Reporter, Style};
use crate::evidence::EvidenceResult;
use crate::facts::{self, Facts, LINE};
use crate::outcome::Outcome;
use crate::problem::Gap;
use crate::terminal::one_line;
use crate::verdict::DecidedFinding;
use crate::verdict::change::Change;
use rule::RuleTable;
use wire::{
    AutomationDetails, Base, Descriptor, Driver, Fingerprints, Invocation, Log, Message,
    Notification, Result, Run, Suppression, Text, Tool,
};

/// GitHub refuses a run with more results, and only shows the worst 5,000 of them.
const RESULTS: usize = 25_000;
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The SARIF report. The style has no effect.
#[derive(Debug)]
pub(super) struct Sarif;

impl Reporter for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run(outcome)] };
        let formatter = PrintableFormatter::default();
        let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
        log.serialize(&mut serializer)?;
        out.write_all(b"\n")
    }
}

fn run(outcome: &Outcome) -> Run<'_> {
    let groups = groups(outcome);
    let findings: Vec<&DecidedFinding> = groups.iter().flat_map(Group::findings).collect();
    let shown = &findings[..findings.len().min(RESULTS)];
    let rules = RuleTable::of(shown);
    let mut seen = BTreeMap::new();
    let results = shown.iter().map(|decided| result(decided, outcome, &rules, &mut seen)).collect();
    Run {
        tool: Tool {
            driver: Driver {
                name: "lockgate",
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules.into_wire(),
            },
        },
        automation_details: AutomationDetails { id: "lockgate/" },
        original_uri_base_ids: BTreeMap::from([(place::BASE, root(outcome))]),
        invocations: [invocation(outcome, findings.len() - shown.len())],
        column_kind: "unicodeCodePoints",
        results,
    }
}

/// The root of all paths. Its address depends on the machine, so it is left to the reader (§3.14.14).
fn root(outcome: &Outcome) -> Base {
    let text = match outcome.root {
        Some(_) => "the root of the repository",
        None => "the folder that lockgate was started in",
    };
    Base { description: Text { text: text.into() } }
}

fn result<'o>(
    decided: &'o DecidedFinding,
    outcome: &'o Outcome,
    rules: &RuleTable<'o>,
    seen: &mut BTreeMap<&'o str, usize>,
) -> Result<'o> {
    let finding = &decided.finding;
    let facts = Facts::of(decided, outcome);
    let copies = seen.entry(&finding.fingerprint).or_default();
    *copies += 1;
    Result {
        rule_id: finding.id.as_str(),
        rule_index: rules.index(&finding.id),
        level: level(decided.disposition),
        message: Message { text: message(&facts) },
        locations: [place::of(finding, outcome)],
        related_locations: place::related(&facts, outcome),
        partial_fingerprints: Fingerprints {
            advisory_package_path: &finding.fingerprint,
            primary: format!("{}:{copies}", finding.fingerprint),
        },
        baseline_state: decided.change.map(baseline_state),
        suppressions: suppressions(&facts, outcome),
    }
}

/// §3.27.24. A fixed finding would be `absent`, but there is no line to show it on.
fn baseline_state(change: Change) -> &'static str {
    match change {
        Change::Added => "new",
        Change::Overdue => "updated",
        Change::Existing => "unchanged",
    }
}

/// The text beside the line: package, title, reason, paths and fix.
fn message(facts: &Facts<'_>) -> String {
    let Facts { decided, .. } = facts;
    let finding = &decided.finding;
    let mut sentences = vec![
        format!("{}: {}", facts::package(&finding.package), facts::title(finding)),
        format!("{}: {}", decided.disposition.as_str(), facts.reason()),
    ];
    let refuted = facts.refuted();
    sentences
        .extend(refuted.map(|seen| format!("`{}` is refuted: {}", seen.claim(), seen.detail())));
    let way_in = facts::way_in(finding);
    sentences.extend(way_in.map(|way_in| format!("needed by {way_in} ({})", finding.scope)));
    sentences.extend(facts::origin(finding).map(|origin| format!("comes from {origin}")));
    sentences.push(facts::fix(finding));
    plain(&sentences.join(". "))
}

/// The suppression, if one applies. A refuted, expired or undecided one suppresses nothing.
fn suppressions(facts: &Facts<'_>, outcome: &Outcome) -> Vec<Suppression> {
    let Facts { decided, suppression: written } = *facts;
    if !decided.disposition.is_cleared() {
        return Vec::new();
    }
    let mut parts = Vec::new();
    if let Some(written) = written {
        let owner = written.owner.as_deref();
        let owner = owner.map_or_else(String::new, |owner| format!(" ({owner})"));
        let expires = written.expires.map(|day| format!(", until {day}"));
        parts.push(format!("{}{owner}{}", written.reason, expires.unwrap_or_default()));
    } else {
        parts.push(decided.reason.clone());
    }
    let upheld =
        decided.evidence.iter().filter(|evidence| evidence.result == EvidenceResult::Upheld);
    parts.extend(upheld.map(|seen| format!("{} upheld: {}", seen.claim.as_str(), seen.sentence())));
    vec![Suppression {
        kind: "external",
        status: "accepted",
        justification: one_line(&parts.join("; "), 4 * LINE),
        location: written.map(|written| {
            let place = &written.location;
            place::location(&outcome.place(&place.file), place.line, None, None)
        }),
    }]
}

/// Escapes brackets and braces, which would be links and arguments (§3.11.5, §3.11.6).
fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '[' | ']' | '\\' => escaped.extend(['\\', character]),
            '{' | '}' => escaped.extend([character, character]),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A gap makes a run unsuccessful, so that missing results do not look like a clean run.
fn invocation(outcome: &Outcome, left_out: usize) -> Invocation {
    let gaps = &outcome.verdict.gaps;
    let mut notifications: Vec<Notification> = gaps.iter().map(gap).collect();
    if left_out > 0 {
        notifications.push(Notification {
            descriptor: Descriptor { id: "results-left-out" },
            level: "warning",
            message: Message {
                text: format!("{left_out} results were left out: a run may have {RESULTS}"),
            },
        });
    }
    Invocation {
        execution_successful: gaps.is_empty(),
        tool_execution_notifications: notifications,
    }
}

fn gap(gap: &Gap) -> Notification {
    let help = gap.help.as_deref().map(|help| format!(": {help}"));
    let text = format!("{}{}", gap.message, help.unwrap_or_default());
    Notification {
        descriptor: Descriptor { id: gap.code.as_str() },
        level: "error",
        message: Message { text: plain(&one_line(&text, 2 * LINE)) },
    }
}

#[cfg(test)]
mod tests;
