//! Markdown: for the summary of a step and for a comment on a pull request.
//!
//! The worst comes first, and what does not fit is counted. All text from inputs is escaped, see
//! [`escape`].

mod change;
mod details;
mod drawing;
mod housekeeping;
mod page;
mod table;

use std::io;

use super::group::{Group, groups};
use super::summary::{basis, dated_basis, decision, word};
use super::{Reporter, Style};
use crate::markdown::MARKER;
use crate::markdown::escape;
use crate::outcome::Outcome;
use crate::verdict::{Answer, Disposition};
use page::{Page, Section};

/// The most advisories with full details; the table has more.
const SPELT_OUT: usize = 25;

/// The Markdown report. The style has no effect.
#[derive(Debug)]
pub(super) struct Markdown;

impl Reporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let page = page(outcome, &head(outcome, MARKER, word, &basis(outcome)));
        out.write_all(page.as_bytes())
    }
}

/// The comment on a pull request: the same page after the first line of its job. It stays for a
/// long time and is only updated if its text changes, so it contains the date of the advisories
/// instead of their age.
pub fn comment(outcome: &Outcome, marker: &str) -> String {
    page(outcome, &head(outcome, marker, word, &dated_basis(outcome)))
}

/// The comment when nothing needs attention any more.
pub fn all_clear(outcome: &Outcome, marker: &str) -> String {
    head(outcome, marker, |_| "all clear", &dated_basis(outcome))
}

fn page(outcome: &Outcome, head: &str) -> String {
    let groups = groups(outcome);
    let mut page = Page::starting_with(head);
    page.add(&housekeeping::gaps(outcome));
    page.add(&table::section(&groups));
    page.add(&change::policy(outcome));
    page.add(&refuted(&groups, outcome));
    page.add(&drawing::section(&groups));
    page.add(&spelt_out(&groups, outcome));
    page.add(&change::before(&groups));
    page.add(&change::fixed(outcome));
    page.add(&change::unmatched(outcome));
    page.add(&housekeeping::cleared(&groups, outcome));
    page.add(&housekeeping::policy(outcome));
    page.add(&housekeeping::remarks(outcome));
    page.finish()
}

/// The marker, the verdict and its basis.
fn head(outcome: &Outcome, marker: &str, word: fn(Answer) -> &'static str, basis: &str) -> String {
    let answer = outcome.verdict.answer;
    let sign = match answer {
        Answer::Pass => "✅",
        Answer::Block => "⛔",
        Answer::Indeterminate => "❔",
    };
    let basis = basis.replace('\u{a0}', " ");
    format!(
        "{marker}\n## {sign} lockgate: {}\n\n**{}**\n\n{}\n",
        word(answer),
        escape::prose(&decision(outcome)),
        escape::prose(&basis),
    )
}

/// Refuted claims: shown in full, because somebody relied on them.
fn refuted(groups: &[Group<'_>], outcome: &Outcome) -> Section {
    let refuted = groups
        .iter()
        .filter(|group| !group.was_there_before())
        .filter_map(|group| group.refuted().next())
        .map(|decided| details::open(decided, outcome));
    Section {
        heading: "### Claims that do not hold\n\n".into(),
        items: refuted.collect(),
        end: String::new(),
        most: SPELT_OUT,
        what: "refuted claims",
    }
}

fn spelt_out(groups: &[Group<'_>], outcome: &Outcome) -> Section {
    let spelt_out = groups.iter().filter(|group| {
        let asks = matches!(group.disposition(), Disposition::Block | Disposition::Ticket);
        asks && !group.was_there_before() && group.first.refuted().is_none()
    });
    Section {
        heading: "### Details\n\n".into(),
        items: spelt_out.map(|group| details::folded(group.first, outcome)).collect(),
        end: String::new(),
        most: SPELT_OUT,
        what: "advisories",
    }
}

#[cfg(test)]
mod tests;
