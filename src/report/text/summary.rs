//! The last lines: the answer, what it rests on, and nothing else.

use crate::diagnostic::wrap;
use crate::outcome::Outcome;
use crate::report::Style;
use crate::report::group::Group;
use crate::report::summary::{basis, counts, word};
use crate::terminal::Tone;
use crate::verdict::Answer;

/// Two lines. Ends with a line feed.
pub(super) fn render(outcome: &Outcome, groups: &[Group<'_>], style: Style) -> String {
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
