//! The decision and its basis, in words that all reports for people share.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::group::{Group, groups, keep_together};
use crate::database::SourceInfo;
use crate::lockfile::Lockfile;
use crate::outcome::{DatabaseSummary, Outcome};
use crate::terminal::one_line;
use crate::verdict::{Answer, Disposition};
use crate::words::{age, count};

const NAME_LIMIT: usize = 60;

/// The answer in one word.
pub(super) fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Pass => "PASS",
        Answer::Block => "BLOCKED",
        Answer::Indeterminate => "INDETERMINATE",
    }
}

/// The decision, in one line: `2 advisories block · 1 note`.
pub(super) fn decision(outcome: &Outcome) -> String {
    counts(outcome, &groups(outcome)).join(" · ").replace('\u{a0}', " ")
}

/// The parts of the decision, most important first.
pub(super) fn counts(outcome: &Outcome, groups: &[Group<'_>]) -> Vec<String> {
    let of = |wanted: Disposition| {
        let of_it = groups.iter().filter(|group| group.disposition() == wanted);
        of_it.collect::<Vec<_>>()
    };
    let (before, blocks): (Vec<_>, Vec<_>) =
        of(Disposition::Block).into_iter().partition(|group| group.was_there_before());
    let mut parts = Vec::new();
    match outcome.verdict.answer {
        Answer::Block => {
            parts.push(blocking(&blocks));
            match outcome.verdict.suppressions.refuted.len() {
                0 => {}
                refuted => parts.push(count(refuted, "claim refuted", "claims refuted")),
            }
        }
        Answer::Indeterminate => parts.push(format!(
            "the gate stays closed: {}",
            count(outcome.verdict.gaps.len(), "gap", "gaps")
        )),
        Answer::Pass => parts.push(passing(outcome, groups)),
    }
    if !before.is_empty() {
        parts.push(count(before.len(), "blocker was there before", "blockers were there before"));
    }
    match outcome.comparison.as_ref().map_or(0, |comparison| comparison.fixed.len()) {
        0 => {}
        fixed => parts.push(count(fixed, "fixed", "fixed")),
    }
    let comparison = outcome.comparison.as_ref();
    match comparison.map_or(0, |comparison| comparison.unmatched.len()) {
        0 => {}
        moved => parts.push(count(moved, "no longer matched", "no longer matched")),
    }
    parts.extend(tickets(&of(Disposition::Ticket)));
    for (disposition, one, many) in [
        (Disposition::Suppressed, "suppressed", "suppressed"),
        (Disposition::NotAffected, "not affected", "not affected"),
        (Disposition::Note, "note", "notes"),
    ] {
        match of(disposition).len() {
            0 => {}
            number => parts.push(count(number, one, many)),
        }
    }
    let gaps = outcome.verdict.gaps.len();
    if outcome.verdict.answer == Answer::Block && gaps > 0 {
        parts.push(count(gaps, "gap", "gaps"));
    }
    parts.iter().map(|part| keep_together(part)).collect()
}

/// Why the gate is open.
fn passing(outcome: &Outcome, groups: &[Group<'_>]) -> String {
    let text = match &outcome.comparison {
        _ if groups.is_empty() => "no findings",
        None => "nothing blocks",
        Some(_) => "nothing that the change adds blocks",
    };
    text.to_owned()
}

/// `2 advisories block in 5 places`
fn blocking(groups: &[&Group<'_>]) -> String {
    let findings: usize = groups.iter().map(|group| group.len()).sum();
    let advisories = count(groups.len(), "advisory blocks", "advisories block");
    if findings == groups.len() { advisories } else { format!("{advisories} in {findings} places") }
}

fn tickets(groups: &[&Group<'_>]) -> Option<String> {
    let due =
        groups.iter().flat_map(|group| group.findings()).filter_map(|decided| decided.due).min();
    let tickets = count(groups.len(), "ticket", "tickets");
    match (groups.len(), due) {
        (0, _) => None,
        (_, None) => Some(tickets),
        (1, Some(due)) => Some(format!("{tickets}, due {due}")),
        (_, Some(due)) => Some(format!("{tickets}, the first due {due}")),
    }
}

pub(super) fn basis(outcome: &Outcome) -> String {
    basis_with(outcome, |oldest| age(outcome.now.duration_since(oldest)))
}

/// The same for a text that is still read days later: with the date of the advisories, in UTC, instead of their age.
pub(super) fn dated_basis(outcome: &Outcome) -> String {
    basis_with(outcome, |oldest| format!("as of {}", oldest.to_zoned(TimeZone::UTC).date()))
}

/// `when` formats the age of the oldest source.
fn basis_with(outcome: &Outcome, when: impl Fn(Timestamp) -> String) -> String {
    let packages = outcome.lockfiles.iter().map(Lockfile::locked);
    let lockfiles = format!(
        "{}, {}",
        count(outcome.lockfiles.len(), "lockfile", "lockfiles"),
        count(packages.sum(), "package", "packages")
    );
    let database = match &outcome.database {
        Some(database) => advisories(database, when),
        None => "no advisory database".to_owned(),
    };
    let compared = outcome.comparison.as_ref().map_or_else(String::new, |comparison| {
        format!("compared with {} · ", one_line(comparison.short(), NAME_LIMIT))
    });
    format!("{compared}{lockfiles} · {database}")
}

fn advisories(database: &DatabaseSummary, when: impl Fn(Timestamp) -> String) -> String {
    let total: u64 = database.sources.iter().map(SourceInfo::total).sum();
    let total = count(usize::try_from(total).unwrap_or(usize::MAX), "advisory", "advisories");
    let oldest = database
        .sources
        .iter()
        .filter_map(|source| source.current_at)
        .min()
        .unwrap_or(database.built_at);
    let names: Vec<_> =
        database.sources.iter().map(|source| one_line(&source.name, NAME_LIMIT)).collect();
    format!("{total}, {} ({})", when(oldest), names.join(", "))
}
