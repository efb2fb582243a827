//! The details of one finding: claims, evidence, paths, and excerpts from files.

use crate::facts::{self, Claimed, EvidenceText, Facts};
use crate::markdown::escape;
use crate::outcome::Outcome;
use crate::report::frame;
use crate::verdict::DecidedFinding;
use crate::words::and_more;

/// The most places of one piece of evidence that are named.
const PLACES: usize = 5;

/// With a heading of its own.
pub(super) fn open(decided: &DecidedFinding, outcome: &Outcome) -> String {
    let finding = &decided.finding;
    format!(
        "#### {}: {}\n\n{}\n",
        escape::code(finding.id.as_str()),
        escape::prose(&facts::title(finding)),
        body(decided, outcome),
    )
}

/// Folded until a click. The summary is HTML, not Markdown.
pub(super) fn folded(decided: &DecidedFinding, outcome: &Outcome) -> String {
    let finding = &decided.finding;
    format!(
        "<details>\n<summary>{} {}: {}</summary>\n\n{}\n</details>\n\n",
        escape::html_code(finding.id.as_str()),
        escape::html_code(&facts::package(&finding.package)),
        escape::prose(&facts::title(finding)),
        body(decided, outcome),
    )
}

fn body(decided: &DecidedFinding, outcome: &Outcome) -> String {
    let facts = Facts::of(decided, outcome);
    let lines =
        claim(&facts).into_iter().chain(facts.evidence().map(evidence)).chain(about(&facts));
    let lines: Vec<_> = lines.map(|(label, text)| format!("- **{label}** {text}\n")).collect();
    let drawn: Vec<_> = frame::plain(decided, outcome)
        .iter()
        .map(|frame| format!("\n{}", escape::fenced(frame)))
        .collect();
    format!("{}{}", lines.concat(), drawn.concat())
}

type Fact = (&'static str, String);

/// The claim in the person's words, with its place.
fn claim(facts: &Facts<'_>) -> Option<Fact> {
    let Claimed { reason, owner, place } = facts.claimed()?;
    let owner = owner.map_or_else(String::new, |owner| format!("{}, ", escape::code(&owner)));
    let (reason, place) = (escape::prose(&reason), escape::code(&place));
    Some(("claimed", format!("“{reason}” ({owner}{place})")))
}

fn evidence(seen: EvidenceText<'_>) -> Fact {
    let mut text = format!("`{}`: {}", seen.claim(), escape::prose(&seen.detail()));
    let (places, left_out) = seen.first_places(PLACES);
    let places: Vec<_> = places.iter().map(|place| escape::code(place)).collect();
    if !places.is_empty() {
        text.extend([". Seen at ", &places.join(", ")]);
    }
    if left_out > 0 {
        text.extend([and_more(left_out).as_str(), " places"]);
    }
    if let Some(help) = seen.help() {
        text.extend([". Help: ", &escape::prose(&help)]);
    }
    (seen.result().as_str(), text)
}

fn about(facts: &Facts<'_>) -> Vec<Fact> {
    let decided = facts.decided;
    let finding = &decided.finding;
    let mut lines = vec![("severity", escape::prose(&facts::severity(finding)))];
    if let Some(path) = facts::way_in(finding) {
        let more = match (finding.paths.len() - 1, finding.paths_cut) {
            (0, false) => String::new(),
            (0, true) => "; and more paths".into(),
            (more, false) => format!("; {more} more"),
            (more, true) => format!("; more than {more} more"),
        };
        lines.push(("needed by", format!("{} ({}{more})", escape::code(&path), finding.scope)));
    }
    lines.extend(facts::origin(finding).map(|origin| ("comes from", escape::prose(&origin))));
    lines.push(("fix", escape::prose(&facts::fix(finding))));
    let due = decided.due.map(|due| format!(", due {due}")).unwrap_or_default();
    let reason = escape::prose(&facts.reason());
    lines.push((decided.disposition.as_str(), format!("{reason}{due}")));
    if let Some(page) = facts::link(finding) {
        let shown = page.split_once("://").map_or("", |(_, rest)| rest);
        lines.push(("read more", escape::link(shown, Some(&page))));
    }
    lines
}
