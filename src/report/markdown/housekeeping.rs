//! Gaps, cleared findings, and cleaning up the policy.

use super::page::Section;
use crate::facts::{self, Facts};
use crate::markdown::escape;
use crate::outcome::Outcome;
use crate::report::group::Group;
use crate::terminal::one_line;
use crate::verdict::DecidedFinding;

const LINES: usize = 30;
const TEXT_LIMIT: usize = 300;

/// What to type stands at the end of a help text.
const HELP_LIMIT: usize = 600;

/// Gaps come first: they close the gate regardless of any findings.
pub(super) fn gaps(outcome: &Outcome) -> Section {
    let gaps = outcome.verdict.gaps.iter().map(|gap| {
        let message = escape::prose(&one_line(&gap.message, TEXT_LIMIT));
        let help = gap.help.as_deref().map(|help| {
            let help = escape::prose(&one_line(help, HELP_LIMIT));
            format!("<br>Help: {help}")
        });
        format!("- `{}` {message}{}\n", gap.code.as_str(), help.unwrap_or_default())
    });
    Section {
        heading: "### Not known\n\nThe gate stays closed until this is known.\n\n".into(),
        items: gaps.collect(),
        end: String::new(),
        most: LINES,
        what: "gaps",
    }
}

/// Findings that do not count, so that nothing is hidden.
pub(super) fn cleared(groups: &[Group<'_>], outcome: &Outcome) -> Section {
    let cleared: Vec<&DecidedFinding> = groups
        .iter()
        .flat_map(Group::findings)
        .filter(|decided| decided.disposition.is_cleared())
        .collect();
    let count = cleared.len();
    Section {
        heading: format!(
            "<details>\n<summary>Cleared by checked claims and proofs: {count}</summary>\n\n\
             | Advisory | Package | | What was seen | Policy |\n| --- | --- | --- | --- | --- |\n"
        ),
        items: cleared.into_iter().map(|decided| cleared_row(decided, outcome)).collect(),
        end: "\n</details>\n".into(),
        most: LINES,
        what: "cleared findings",
    }
}

fn cleared_row(decided: &DecidedFinding, outcome: &Outcome) -> String {
    let finding = &decided.finding;
    let facts = Facts::of(decided, outcome);
    let prose = |text: &str| escape::prose(&one_line(text, TEXT_LIMIT));
    let mut seen: Vec<String> = facts
        .evidence()
        .map(|seen| format!("`{}`: {}", seen.claim(), prose(&seen.detail())))
        .collect();
    if seen.is_empty() {
        seen.push(prose(&facts.reason()));
    }
    let place = facts.claimed().map(|claimed| escape::code(&one_line(&claimed.place, TEXT_LIMIT)));
    format!(
        "| {} | {} | {} | {} | {} |\n",
        escape::link(finding.id.as_str(), facts::link(finding).as_deref()),
        escape::code(&facts::package(&finding.package)),
        decided.disposition.as_str(),
        seen.join("<br>"),
        place.as_deref().unwrap_or("proved without a claim"),
    )
}

/// Suppressions without effect.
pub(super) fn policy(outcome: &Outcome) -> Section {
    let summary = &outcome.verdict.suppressions;
    let sorts = [
        (&summary.expired, "has expired: renew it with a reason, or remove it"),
        (&summary.unused, "matches no finding: remove it"),
        (&summary.duplicate, "repeats an earlier one: remove it"),
    ];
    let lines = sorts.into_iter().flat_map(|(indices, what)| {
        outcome.policy.suppressions_at(indices).map(move |written| {
            let id = escape::code(&one_line(written.advisory.as_str(), TEXT_LIMIT));
            let place = escape::code(&one_line(&written.location.to_string(), TEXT_LIMIT));
            format!("- {place}: the suppression of {id} {what}\n")
        })
    });
    Section {
        heading: "### In the policy\n\n".into(),
        items: lines.collect(),
        end: String::new(),
        most: LINES,
        what: "remarks on the policy",
    }
}

/// Remarks that change nothing.
pub(super) fn remarks(outcome: &Outcome) -> Section {
    let remarks = outcome.remarks.iter().map(|remark| {
        let remark = escape::prose(&one_line(remark, TEXT_LIMIT));
        format!("- {remark}\n")
    });
    Section {
        heading: "<details>\n<summary>Remarks</summary>\n\n".into(),
        items: remarks.collect(),
        end: "\n</details>\n".into(),
        most: LINES,
        what: "remarks",
    }
}
