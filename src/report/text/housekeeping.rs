//! Problems other than findings: suppressions without effect, gaps, and remarks.

use crate::diagnostic::{heading, origin, render_gap, wrap};
use crate::outcome::Outcome;
use crate::policy::Suppression;
use crate::report::Style;
use crate::terminal::{Tone, one_line};

const TEXT_LIMIT: usize = 400;

/// The sections that are not empty.
pub(super) fn render(outcome: &Outcome, style: Style) -> Vec<String> {
    let mut sections = Vec::new();
    let warnings = policy_warnings(outcome, style);
    if !warnings.is_empty() {
        sections.push(warnings);
    }
    let gaps = &outcome.verdict.gaps;
    sections.extend(gaps.iter().map(|gap| render_gap(gap, style)));
    if !outcome.remarks.is_empty() {
        sections.push(remarks(&outcome.remarks, style));
    }
    sections
}

fn policy_warnings(outcome: &Outcome, style: Style) -> String {
    let summary = &outcome.verdict.suppressions;
    let sort = |indices: &[usize], say: &dyn Fn(&Suppression) -> String| -> String {
        outcome
            .policy
            .suppressions_at(indices)
            .map(|suppression| warning(suppression, &say(suppression), style))
            .collect()
    };
    // The block of a finding already mentions its suppression: list only the others.
    let unspoken: Vec<usize> = summary
        .expired
        .iter()
        .copied()
        .filter(|index| {
            !outcome.verdict.findings.iter().any(|decided| {
                decided.suppression.as_ref().is_some_and(|applied| applied.index == *index)
            })
        })
        .collect();
    let expired = sort(&unspoken, &|suppression| {
        let day = suppression.expires;
        let day = day.map_or_else(String::new, |day| format!(" on {day}"));
        format!(
            "the suppression of {} expired{day}: renew it with a reason, or remove it",
            suppression.advisory
        )
    });
    let unused = sort(&summary.unused, &|suppression| {
        format!("the suppression of {} matches no finding: remove it", suppression.advisory)
    });
    let duplicate = sort(&summary.duplicate, &|suppression| {
        format!("the suppression of {} repeats an earlier one: remove it", suppression.advisory)
    });
    expired + &unused + &duplicate
}

fn warning(suppression: &Suppression, message: &str, style: Style) -> String {
    let place = one_line(&suppression.location.to_string(), TEXT_LIMIT);
    heading(Tone::Warning, "warning", None, message, style) + &origin(&place, 2, style)
}

fn remarks(remarks: &[String], style: Style) -> String {
    let lines = remarks.iter().map(|remark| {
        let label = style.paint(Tone::Faint, "remark:");
        wrap(&one_line(remark, TEXT_LIMIT), &format!("{label} "), "        ", style) + "\n"
    });
    lines.collect()
}
