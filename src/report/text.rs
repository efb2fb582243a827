//! The text report: for people.
//!
//! One block for each advisory, gravest first; then findings from before the checked change
//! and those that it fixes, findings that do not block, problems of the policy, gaps,
//! and finally a short summary.

mod block;
mod change;
mod claims;
pub(super) mod explanation;
mod housekeeping;
mod notes;
mod statements;
mod table;

use std::io;

use crate::diagnostic::wrap;
use crate::outcome::Outcome;
use crate::report::group::{Group, groups};
use crate::report::summary::{basis, counts, word};
use crate::report::{Reporter, Style};
use crate::terminal::{Tone, harmless_in_logs};
use crate::verdict::{Answer, Disposition};

#[derive(Debug)]
pub(super) struct Text;

impl Reporter for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn write(&self, outcome: &Outcome, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let groups = groups(outcome);
        for section in sections(outcome, &groups, style) {
            out.write_all(harmless_in_logs(&section).as_bytes())?;
            out.write_all(b"\n")?;
        }
        let summary = summary(outcome, &groups, style);
        out.write_all(harmless_in_logs(&summary).as_bytes())
    }
}

/// Everything above the summary; each part ends with a line feed.
fn sections(outcome: &Outcome, groups: &[Group<'_>], style: Style) -> Vec<String> {
    let of = |wanted: &[Disposition]| -> Vec<&Group<'_>> {
        groups.iter().filter(|group| wanted.contains(&group.disposition())).collect()
    };
    let now = |wanted: &[Disposition]| -> Vec<&Group<'_>> {
        let of_it = of(wanted).into_iter();
        of_it.filter(|group| !group.was_there_before()).collect()
    };
    let mut sections: Vec<String> = now(&[Disposition::Block, Disposition::Ticket])
        .into_iter()
        .map(|group| block::render(group, outcome, style))
        .collect();
    sections.extend(notes::render(&now(&[Disposition::Note]), outcome, style));
    if let Some(comparison) = &outcome.comparison {
        if !sections.is_empty() {
            sections.insert(0, change::heading_of_added(style));
        }
        let shown = of(&[Disposition::Block, Disposition::Ticket, Disposition::Note]);
        let before = shown.into_iter().filter(|group| group.was_there_before());
        sections.extend(change::before(&before.collect::<Vec<_>>(), style));
        sections.extend(change::fixed(comparison, style));
        sections.extend(change::unmatched(comparison, style));
        sections.extend(change::policy(comparison, style));
    }
    let cleared = of(&[Disposition::Suppressed, Disposition::NotAffected]);
    sections.extend(claims::cleared(&cleared, outcome, style));
    sections.extend(statements::render(outcome, style));
    sections.extend(housekeeping::render(outcome, style));
    sections
}

/// The last two lines: the answer and its basis. Ends with a line feed.
fn summary(outcome: &Outcome, groups: &[Group<'_>], style: Style) -> String {
    let answer = outcome.verdict.answer;
    let tone = match answer {
        Answer::Pass => Tone::Good,
        Answer::Block => Tone::Error,
        Answer::Indeterminate => Tone::Gap,
    };
    let word = word(answer);
    let margin = " ".repeat(word.len() + 2);
    let start = format!("{}  ", style.paint(tone, word));
    let answer = wrap(&counts(outcome, groups).join(" · "), &start, &margin, style);
    let basis = wrap(&basis(outcome), &margin, &margin, style);
    let basis: Vec<_> = basis.lines().map(|line| style.paint(Tone::Faint, line)).collect();
    format!("{answer}\n{}\n", basis.join("\n")).replace('\u{a0}', " ")
}
