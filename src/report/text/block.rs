//! One advisory: its text, where the package is locked, how it gets in, the fix, and why
//! it blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::advisory_kind::AdvisoryKind;
use crate::diagnostic::{Snippet, bar, heading, origin};
use crate::facts::{self, Fix, line};
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::package::PackageId;
use crate::report::Style;
use crate::report::frame;
use crate::report::group::{Group, keep_together, level, package, tone};
use crate::report::text::claims;
use crate::report::text::table::FactTable;
use crate::severity::{Severity, SeverityLevel};
use crate::terminal::{Tone, one_line, printable, width};
use crate::verdict::Disposition;

/// The most findings of one advisory that are listed.
const LISTED: usize = 4;
/// A longer path is shown by its ends.
const STEPS: usize = 7;
/// The widest name in its column.
const NAME_COLUMNS: usize = 40;
/// More than most blocks need, so that the string rarely reallocates.
const BLOCK_LENGTH: usize = 1536;
/// A longer list was not written for people.
const LONG_LIMIT: usize = 2_000;

/// The block of one advisory. Ends with a line feed.
pub(super) fn render(group: &Group<'_>, outcome: &Outcome, style: Style) -> String {
    let disposition = group.disposition();
    let tone = tone(disposition);
    let id = group.first.finding.id.as_str();
    let title = group.title();
    let mut block = String::with_capacity(BLOCK_LENGTH);
    block += &heading(tone, level(disposition), Some(id), &title, style);
    block += &snippets(group, outcome, tone, style);
    block += &fact_table(group, outcome, style);
    block
}

/// The lockfile's lines, and then the policy's lines with a refuted claim.
fn snippets(group: &Group<'_>, outcome: &Outcome, tone: Tone, style: Style) -> String {
    let finding = &group.first.finding;
    let locked = frame::locked(finding, outcome, style);
    let claims = frame::refuted(group.findings(), outcome, style);
    let gutter = locked.iter().chain(&claims).map(Snippet::gutter).max();
    let gutter = gutter.unwrap_or(1);
    let mut rendered = match (&locked, finding.locations.first()) {
        (Some(snippet), _) => snippet.render(tone, gutter, style) + &bar(gutter, style),
        (None, Some(place)) => origin(&printable(&place.to_string()), gutter, style),
        (None, None) => String::new(),
    };
    for claim in &claims {
        rendered += &claim.render(Tone::Error, gutter, style);
        rendered += &bar(gutter, style);
    }
    rendered
}

fn fact_table(group: &Group<'_>, outcome: &Outcome, style: Style) -> String {
    let mut table = FactTable::new(style);
    claims::add(&mut table, group, outcome, style);
    let (label, severity) = severity(&group.first.finding, style);
    table.add(label, &severity);
    if group.len() > 1 || group.first.finding.locations.len() > 1 {
        table.add_all("found in", &places(group));
    }
    table.add_all("needed by", &needed_by(group, style));
    table.add_all("from", &origins(group));
    table.add_all("fix", &fixes(group, style));
    for (index, reason) in reasons(group).iter().enumerate() {
        if index == 0 {
            table.add(verb(group.disposition()), reason);
        } else {
            table.more(reason);
        }
    }
    if let Some(url) = facts::page(&group.first.finding) {
        table.add("read more", &style.paint(Tone::Faint, url));
    }
    table.finish()
}

fn verb(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Block => "blocks",
        Disposition::Ticket => "ticket",
        Disposition::Note | Disposition::Suppressed | Disposition::NotAffected => "noted",
    }
}

/// The reasons without duplicates; for tickets with the due date.
fn reasons(group: &Group<'_>) -> BTreeSet<String> {
    group
        .findings()
        .map(|decided| {
            let reason = line(&decided.reason);
            match decided.due {
                Some(due) => format!("due {due} · {reason}"),
                None => reason,
            }
        })
        .collect()
}

/// Its severity, its kind, and its other names.
fn severity(finding: &Finding, style: Style) -> (&'static str, String) {
    let mut label = "severity";
    let mut parts = vec![rating(&finding.severity, style)];
    if finding.kind != AdvisoryKind::Vulnerability
        && finding.severity.level == SeverityLevel::Unknown
    {
        // These have no severity; the kind says enough.
        label = "kind";
        parts.clear();
    }
    if finding.kind == AdvisoryKind::Malicious {
        parts.push(style.paint(Tone::Error, finding.kind));
    } else {
        parts.push(finding.kind.to_string());
    }
    let names = facts::other_names(finding);
    parts.extend(names.map(|names| format!("also {}", one_line(&names, LONG_LIMIT))));
    (label, parts.join(" · "))
}

/// The level in its colour, and its score.
fn rating(severity: &Severity, style: Style) -> String {
    let text = facts::rating(severity);
    match severity.level {
        SeverityLevel::Critical | SeverityLevel::High => style.paint(Tone::Error, text),
        SeverityLevel::Medium => style.paint(Tone::Warning, text),
        SeverityLevel::Low | SeverityLevel::Unknown => text,
    }
}

/// Every package and place, for an advisory with several findings.
fn places(group: &Group<'_>) -> Vec<String> {
    let places = group.findings().flat_map(|decided| {
        let finding = &decided.finding;
        let name = package(&finding.package);
        let locations = finding.locations.iter();
        locations.map(move |place| (name.clone(), line(&place.to_string())))
    });
    let places: Vec<_> = places.collect();
    let widest = places.iter().map(|(name, _)| width(name)).max();
    let widest = widest.unwrap_or(0).min(NAME_COLUMNS);
    let lines = places.iter().map(|(name, place)| {
        let gap = "\u{a0}".repeat(widest.saturating_sub(width(name)) + 2);
        format!("{name}{gap}{place}")
    });
    capped(lines.collect())
}

/// The first few lines, and how many were left out.
fn capped(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > LISTED + 1 {
        let left_out = lines.len() - LISTED;
        lines.truncate(LISTED);
        lines.push(format!("and {left_out} more"));
    }
    lines
}

/// The path to each package that makes its scope, without duplicates.
fn needed_by(group: &Group<'_>, style: Style) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for decided in group.findings() {
        let finding = &decided.finding;
        let line = match finding.paths.first() {
            Some(path) => format!("{} {}", steps(path, style), scope(finding, style)),
            None => {
                format!("nothing that the lockfile names as a project {}", scope(finding, style))
            }
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    capped(lines)
}

/// `app 0.1.0 › foo 1.2.0 › rsa 0.9.6`; the middle of a long path is left out.
fn steps(path: &[Arc<PackageId>], style: Style) -> String {
    let arrow = style.paint(Tone::Faint, "›");
    let mut steps: Vec<String> = path.iter().map(|step| package(step)).collect();
    if let Some(last) = steps.last_mut() {
        *last = style.paint(Tone::Strong, &last);
    }
    if steps.len() > STEPS {
        let left_out = steps.len() - (STEPS - 1);
        let kept = STEPS / 2;
        let note = style.paint(Tone::Faint, keep_together(&format!("… {left_out} more …")));
        steps.splice(kept..kept + left_out, [note]);
    }
    steps.join(&format!(" {arrow} "))
}

/// `(runtime; 3 more paths)`
fn scope(finding: &Finding, style: Style) -> String {
    let more = finding.paths.len().saturating_sub(1);
    let note = match (more, finding.paths_cut) {
        (0, false) => format!("({})", finding.scope),
        (0, true) => format!("({}; and more paths)", finding.scope),
        (1, false) => format!("({}; 1 more path)", finding.scope),
        (_, false) => format!("({}; {more} more paths)", finding.scope),
        (_, true) => format!("({}; more than {more} more paths)", finding.scope),
    };
    style.paint(Tone::Faint, keep_together(&note))
}

/// Registries that the policy does not name, without duplicates.
fn origins(group: &Group<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in group.findings().filter_map(|decided| facts::origin(&decided.finding)) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    capped(lines)
}

/// The fix for each affected package.
fn fixes(group: &Group<'_>, style: Style) -> Vec<String> {
    let mut by_package: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for decided in group.findings() {
        let finding = &decided.finding;
        let known = by_package.entry(&finding.package.name).or_default();
        for requirement in &finding.fixed_in {
            if !known.contains(&requirement.as_str()) {
                known.push(requirement);
            }
        }
    }
    let several = by_package.len() > 1;
    let kind = group.first.finding.kind;
    let fixes = by_package.into_iter().map(|(name, known)| (line(name), Fix::of(kind, &known)));
    let lines = fixes.filter_map(|(name, fix)| match fix {
        Fix::NotExpected => None,
        Fix::NotKnown if !several => Some("no patched version is known".to_owned()),
        Fix::Upgrade(requirements) => {
            let requirements = one_line(&requirements, LONG_LIMIT);
            Some(format!("upgrade {name} to {}", style.paint(Tone::Good, requirements)))
        }
        fix => Some(fix.sentence(&name)),
    });
    lines.collect()
}
