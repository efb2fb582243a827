//! The internal report: known facts are filled in, unknown ones are marked.

use std::fmt::Write;
use std::sync::Arc;

use super::IncidentKind;
use super::contacts::{authority, customers, internal, to_fill_in, to_the_second};
use super::context::IncidentContext;
use super::exposure;
use crate::advisory_id::AdvisoryId;
use crate::facts::{evidence_line, rating, ways_in};
use crate::history::listing::shipped;
use crate::markdown::{code, few, link};
use crate::package::PackageId;
use crate::policy::IncidentPolicy;
use crate::verdict::DecidedFinding;
use crate::words::exact_span;

/// More paths would not help a reader.
const MOST_PATHS: usize = 10;

/// Renders the internal report about an advisory.
pub fn render(context: &IncidentContext<'_>) -> String {
    let sections = [
        head(context),
        what(context),
        why(context),
        places(context),
        exposed(context),
        evidence(context),
        clock(context),
        tell(context),
        open_questions(context),
        not_known(context),
    ];
    let sections: Vec<String> = sections.into_iter().filter(|text| !text.is_empty()).collect();
    sections.join("\n\n")
}

fn head(context: &IncidentContext<'_>) -> String {
    let packages = listed(context.packages().iter().map(String::as_str));
    format!(
        "# Incident report: {} in {packages}\n\n\
         Internal. Drafted by lockgate on {}; facts that it cannot know are marked \
         **[to be filled in]**. It is a help, and no legal advice.",
        code(context.advisory.as_str()),
        to_the_second(context.outcome.now)
    )
}

fn what(context: &IncidentContext<'_>) -> String {
    let identifiers = context.identifiers();
    let mut lines = vec![
        format!("Advisory: {}", listed(identifiers.iter().map(AdvisoryId::as_str))),
        match context.title() {
            "" => format!("Summary: {}", to_fill_in("the advisory has none")),
            title => format!("Summary: {}", code(title)),
        },
    ];
    lines.push(format!("Severity: **{}**", rating(&context.severity())));
    let vectors = context.vectors();
    if !vectors.is_empty() {
        lines.push(format!("CVSS: {}", listed(vectors.into_iter())));
    }
    let fixed = context.fixed_in();
    lines.push(if fixed.is_empty() {
        "Fixed in: no patched version is known".to_owned()
    } else {
        format!("Fixed in: {}", listed(fixed.into_iter()))
    });
    if let Some(url) = context.url() {
        lines.push(format!("Read more: {}", link(url)));
    }
    section("What", &lines)
}

fn why(context: &IncidentContext<'_>) -> String {
    let mut lines: Vec<String> =
        context.triggers().into_iter().map(|trigger| code(&trigger.why)).collect();
    lines.sort();
    lines.dedup();
    if lines.is_empty() {
        lines.push(match (context.policy(), context.findings.is_empty()) {
            (None, _) => "The policy has no `[incident]`: nobody has said which components handle \
                          customer data."
                .to_owned(),
            (Some(_), true) => {
                let was = context.why_grave().unwrap_or_else(|| {
                    "what is known about it says that data was out of reach over the network".into()
                });
                format!("It is not locked any more. While it was: {}", code(&was))
            }
            (Some(_), false) => {
                "By the policy and the evidence of today it starts no incident.".to_owned()
            }
        });
    }
    let kind = match context.kind() {
        IncidentKind::Data => "Could somebody have read or altered customer data?",
        IncidentKind::Credentials => {
            "Could it have taken credentials? A malicious package could have, wherever it ran."
        }
    };
    format!("## Why it matters\n\n{kind}\n\n{}", bullets(&lines))
}

fn places(context: &IncidentContext<'_>) -> String {
    if context.findings.is_empty() {
        return "## Where\n\nNot locked any more in what is checked out.".to_owned();
    }
    let mut text = "## Where\n".to_owned();
    for (_, decided) in &context.findings {
        text.push_str(&place(decided));
    }
    text
}

fn place(decided: &DecidedFinding) -> String {
    let finding = &decided.finding;
    let lines = finding.locations.iter().map(ToString::to_string);
    let lines: Vec<String> = lines.map(|line| code(&line)).collect();
    let mut entry = format!(
        "\n- {} at {} ({})\n  - decided: **{}**, {}",
        code(&finding.package.to_string()),
        lines.join(", "),
        finding.scope,
        decided.disposition.as_str(),
        code(&decided.reason)
    );
    let shown = |path: &[Arc<PackageId>]| {
        let steps: Vec<String> = path.iter().map(ToString::to_string).collect();
        format!("gets in by {}", code(&steps.join(" › ")))
    };
    for way in ways_in(finding, MOST_PATHS, shown) {
        // Writing to a `String` cannot fail.
        let _ = write!(entry, "\n  - {way}");
    }
    entry
}

fn exposed(context: &IncidentContext<'_>) -> String {
    let mut lines = Vec::new();
    for history in context.histories {
        let path = code(&history.lockfile);
        if history.windows.is_empty() {
            lines.push(format!("{path}: never on this branch"));
        }
        for window in &history.windows {
            let packages = listed(window.packages.iter().map(String::as_str));
            lines.push(format!("{path}: {}: {packages}", exposure::window(window)));
        }
        for release in &history.releases {
            lines.push(format!("{path}: shipped in {}", shipped(release, code)));
        }
        for (environment, windows) in &history.environments {
            let environment = code(environment);
            if windows.is_empty() {
                lines.push(format!("{path}: never in {environment}"));
            }
            lines.extend(
                windows
                    .iter()
                    .map(|window| format!("{path}: in {environment} {}", exposure::window(window))),
            );
        }
    }
    if lines.is_empty() {
        lines.push(to_fill_in("since when and until when; the history is unknown"));
    }
    section("From when to when", &lines)
}

fn evidence(context: &IncidentContext<'_>) -> String {
    let mut lines: Vec<String> = context
        .findings
        .iter()
        .flat_map(|(_, decided)| &decided.evidence)
        .map(|evidence| {
            let places: Vec<String> =
                evidence.locations.iter().map(|location| code(&location.to_string())).collect();
            evidence_line(evidence, &code(&evidence.sentence()), &places)
        })
        .collect();
    lines.sort();
    lines.dedup();
    if lines.is_empty() {
        lines.push("Nothing was claimed, so nothing was checked.".to_owned());
    }
    section("Evidence", &lines)
}

fn clock(context: &IncidentContext<'_>) -> String {
    let default = IncidentPolicy::default().deadline;
    let allowed = exact_span(context.policy().map_or(default, |policy| policy.deadline));
    let found = to_fill_in("when it was first known; the incident issue says when it was opened");
    let mut lines = vec![format!("Found: {found}")];
    if let (Some(confirmed), Some(deadline)) = (context.confirmed, context.deadline()) {
        let past = if context.outcome.now > deadline { ", which is **past**" } else { "" };
        lines.push(format!("Confirmed: {confirmed}"));
        lines.push(format!(
            "The authority has to be told by: **{deadline}**{past} ({allowed} later)"
        ));
    } else {
        let when = to_fill_in("when access or alteration was confirmed, if it was");
        lines.push(format!("Confirmed: {when}"));
        lines.push(format!(
            "The authority has to be told within {allowed} of that; the clock does not run yet"
        ));
    }
    section("Clock", &lines)
}

fn tell(context: &IncidentContext<'_>) -> String {
    let policy = context.policy();
    let lines = [
        format!("Internal: {}", internal(policy)),
        format!("Authority: {}", authority(policy)),
        format!("Customers: {}", customers(policy)),
    ];
    section("Whom to tell", &lines)
}

/// The points of article 33(3) and (5) of the GDPR that no tool can know.
fn open_questions(context: &IncidentContext<'_>) -> String {
    let questions: &[(&str, &str)] = match context.kind() {
        IncidentKind::Data => &[
            ("Was it used?", "what the logs of that time show, and who looked"),
            ("Which data?", "categories, and about how many records"),
            ("Whose?", "categories of people, about how many, which customers"),
            ("By whom?", "from outside, or only between users of one customer"),
            ("Likely consequences", "for the people whose data it is"),
            ("Measures taken", "when it was contained, what was undone, what is still to do"),
            ("Told", "whom, when, by whom; if the authority was not told, why not"),
            ("Lessons", "what changes, who does it, until when"),
        ],
        IncidentKind::Credentials => &[
            ("Where has it run?", "machines, pipelines and environments"),
            ("Which credentials could it read?", "each of them, and who owns it"),
            ("Rotated", "each credential, when, by whom"),
            ("Used by others?", "what the logs of each credential show"),
            ("Personal data?", "which could be reached with them, and whose it is"),
            ("Measures taken", "what was removed, pinned and suspended"),
            ("Told", "clients, stakeholders, authorities: whom, when, by whom"),
            ("Lessons", "what changes, who does it, until when"),
        ],
    };
    let lines: Vec<String> = questions
        .iter()
        .map(|(question, what)| format!("{question} {}", to_fill_in(what)))
        .collect();
    section("Still to be found out", &lines)
}

fn not_known(context: &IncidentContext<'_>) -> String {
    if context.gaps.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = context.gaps.iter().map(|gap| code(gap)).collect();
    section("What lockgate could not know", &lines)
}

fn listed<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let texts = few(texts.map(code));
    if texts.is_empty() { to_fill_in("not known") } else { texts.join(", ") }
}

fn section(title: &str, lines: &[String]) -> String {
    format!("## {title}\n\n{}", bullets(lines))
}

fn bullets(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
    lines.join("\n")
}
