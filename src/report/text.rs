//! The text report: for people.
//!
//! One block for each advisory, gravest first; then what does not block and why, what is wrong with
//! the policy, what was not known, and last a summary to take in at a glance.

mod block;
mod claims;
mod cleared;
pub(super) mod explanation;
mod facts;
mod housekeeping;
mod notes;
mod statements;
mod summary;
mod table;

use std::io;

use crate::outcome::Outcome;
use crate::report::group::{Group, groups};
use crate::report::{Reporter, Style};
use crate::verdict::Disposition;

/// The text report.
#[derive(Debug)]
pub(super) struct Text;

impl Reporter for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn write(&self, outcome: &Outcome, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        for section in sections(outcome, style) {
            out.write_all(section.as_bytes())?;
            out.write_all(b"\n")?;
        }
        out.write_all(summary::render(outcome, &groups(outcome), style).as_bytes())
    }
}

/// Everything above the summary, each part ended by a line feed.
fn sections(outcome: &Outcome, style: Style) -> Vec<String> {
    let groups = groups(outcome);
    let of = |wanted: &[Disposition]| -> Vec<&Group<'_>> {
        groups
            .iter()
            .filter(|group| wanted.contains(&group.disposition()))
            .collect()
    };
    let mut sections: Vec<String> = of(&[Disposition::Block, Disposition::Ticket])
        .into_iter()
        .map(|group| block::render(group, outcome, style))
        .collect();
    sections.extend(notes::render(&of(&[Disposition::Note]), outcome, style));
    let cleared = of(&[Disposition::Suppressed, Disposition::NotAffected]);
    sections.extend(cleared::render(&cleared, outcome, style));
    sections.extend(statements::render(outcome, style));
    sections.extend(housekeeping::render(outcome, style));
    sections
}
