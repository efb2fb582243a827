//! Everything about one finding: claims, evidence, paths, and the lines that it is about.

use crate::advisory_id::AdvisoryId;
use crate::evidence::Evidence;
use crate::outcome::Outcome;
use crate::report::frame::Frames;
use crate::report::{escape, words};
use crate::terminal::one_line;
use crate::verdict::DecidedFinding;

const TEXT_LIMIT: usize = 400;
/// So many places of one piece of evidence are named.
const PLACES: usize = 5;

/// Under a heading of its own.
pub(super) fn open(decided: &DecidedFinding, frames: &Frames<'_>) -> String {
    let finding = &decided.finding;
    format!(
        "#### {}: {}\n\n{}\n",
        escape::code(finding.id.as_str()),
        escape::prose(&words::title(finding, TEXT_LIMIT)),
        body(decided, frames),
    )
}

/// To be opened by a click. Within the summary there is no Markdown, only HTML.
pub(super) fn folded(decided: &DecidedFinding, frames: &Frames<'_>) -> String {
    let finding = &decided.finding;
    format!(
        "<details>\n<summary>{} {}: {}</summary>\n\n{}\n</details>\n\n",
        escape::html_code(finding.id.as_str()),
        escape::html_code(&words::package(&finding.package)),
        escape::prose(&words::title(finding, TEXT_LIMIT)),
        body(decided, frames),
    )
}

fn body(decided: &DecidedFinding, frames: &Frames<'_>) -> String {
    let mut facts = claim(decided, frames.outcome());
    facts.extend(decided.evidence.iter().map(evidence));
    facts.extend(about(decided));
    let facts: Vec<_> =
        facts.into_iter().map(|(label, text)| format!("- **{label}** {text}\n")).collect();
    let drawn: Vec<_> =
        frames.plain(decided).iter().map(|frame| format!("\n{}", escape::fenced(frame))).collect();
    format!("{}{}", facts.concat(), drawn.concat())
}

type Fact = (&'static str, String);

/// The person's words, and where they stand.
fn claim(decided: &DecidedFinding, outcome: &Outcome) -> Vec<Fact> {
    let applied = decided.suppression.as_ref();
    let written = applied.and_then(|applied| outcome.policy.suppressions.get(applied.index));
    let Some(written) = written else {
        return Vec::new();
    };
    let reason = escape::prose(&one_line(&written.reason, TEXT_LIMIT));
    let owner = written.owner.as_deref().map_or_else(String::new, |owner| {
        format!("{}, ", escape::code(&one_line(owner, TEXT_LIMIT)))
    });
    let place = escape::code(&one_line(&written.location.to_string(), TEXT_LIMIT));
    vec![("claimed", format!("“{reason}” ({owner}{place})"))]
}

fn evidence(evidence: &Evidence) -> Fact {
    let detail = escape::prose(&one_line(&evidence.detail, TEXT_LIMIT));
    let mut text = format!("`{}`: {detail}", evidence.claim.as_str());
    let places = evidence.locations.iter().take(PLACES).map(|place| {
        let place = one_line(&place.to_string(), TEXT_LIMIT);
        escape::code(&place)
    });
    let places: Vec<_> = places.collect();
    if !places.is_empty() {
        text.extend([". Seen at ", &places.join(", ")]);
    }
    if evidence.locations.len() > PLACES {
        let left_out = evidence.locations.len() - PLACES;
        text.extend([" and ", &left_out.to_string(), " more places"]);
    }
    if let Some(help) = &evidence.help {
        text.extend([". Help: ", &escape::prose(&one_line(help, TEXT_LIMIT))]);
    }
    (evidence.result.as_str(), text)
}

fn about(decided: &DecidedFinding) -> Vec<Fact> {
    let finding = &decided.finding;
    let mut severity = vec![words::rating(&finding.severity), finding.kind.to_string()];
    if !finding.aliases.is_empty() {
        let aliases: Vec<_> = finding.aliases.iter().map(AdvisoryId::as_str).collect();
        severity.push(one_line(&format!("also {}", aliases.join(", ")), TEXT_LIMIT));
    }
    let mut facts = vec![("severity", escape::prose(&severity.join(" · ")))];
    if let Some(path) = finding.paths.first() {
        let more = match (finding.paths.len() - 1, finding.paths_cut) {
            (0, false) => String::new(),
            (0, true) => "; and more paths".into(),
            (more, false) => format!("; {more} more"),
            (more, true) => format!("; more than {more} more"),
        };
        let path = escape::code(&words::path(path));
        facts.push(("needed by", format!("{path} ({}{more})", finding.scope)));
    }
    if let Some(origin) = words::origin(finding) {
        facts.push(("comes from", escape::prose(&origin)));
    }
    facts.push(("fix", escape::prose(&one_line(&words::action(finding), TEXT_LIMIT))));
    let due = decided.due.map(|due| format!(", due {due}"));
    facts.push((
        decided.disposition.as_str(),
        format!(
            "{}{}",
            escape::prose(&one_line(&decided.reason, TEXT_LIMIT)),
            due.unwrap_or_default()
        ),
    ));
    if let Some(page) = words::link(finding) {
        let shown = page.split_once("://").map_or("", |(_, rest)| rest);
        facts.push(("read more", escape::link(shown, Some(&page))));
    }
    facts
}
