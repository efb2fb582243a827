//! Excerpts from lockfiles and the policy for a finding.

use std::collections::BTreeMap;
use std::iter::once;
use std::sync::Arc;

use super::entry;
use crate::diagnostic::{Mark, Snippet};
use crate::evidence::EvidenceResult;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::policy::Suppression;
use crate::problem::{Passage, SourceText};
use crate::report::Style;
use crate::terminal::Tone;
use crate::verdict::DecidedFinding;

/// The line of a finding in reports: that of the first installed copy's version.
///
/// The name comes first, but an upgrade changes only the line of the version, and a
/// pull request only shows annotations on changed lines.
pub(super) fn line(finding: &Finding, outcome: &Outcome) -> u32 {
    let source = outcome.lockfiles.get(finding.lockfile);
    let source = source.map(|lockfile| lockfile.source.as_ref());
    let marked = source.and_then(|source| {
        let mark = entry::marks(finding, &source.text).into_iter().next()?;
        Some(source.line_at(mark.span.start))
    });
    let first = finding.locations.first().map(|place| place.line);
    marked.or(first).unwrap_or(1)
}

/// The lockfile's lines for the first installed copy, if the lockfile is among those checked.
pub(super) fn locked(finding: &Finding, outcome: &Outcome, style: Style) -> Option<Snippet> {
    let lockfile = outcome.lockfiles.get(finding.lockfile)?;
    let marks = entry::marks(finding, &lockfile.source.text);
    let snippet = Snippet::new(&lockfile.source, marks, style);
    Some(match finding.locations.first() {
        Some(place) => snippet.at(place),
        None => snippet,
    })
}

/// The lines of the policy that hold a refuted claim, each suppression once, and behind each the line that
/// refutes it, if its text is at hand.
pub(super) fn refuted<'f>(
    findings: impl Iterator<Item = &'f DecidedFinding>,
    outcome: &Outcome,
    style: Style,
) -> Vec<Snippet> {
    let mut refuted: BTreeMap<usize, &DecidedFinding> = BTreeMap::new();
    for decided in findings {
        if let Some(index) = decided.refuted() {
            refuted.entry(index).or_insert(decided);
        }
    }
    let suppressions = &outcome.policy.suppressions;
    let snippets = refuted.into_iter().flat_map(|(index, decided)| {
        let claim = suppressions.get(index).and_then(|written| claim(written, outcome, style));
        claim.into_iter().chain(refuting(decided, outcome, style))
    });
    snippets.collect()
}

/// The first line that refutes a claim.
fn refuting(decided: &DecidedFinding, outcome: &Outcome, style: Style) -> Option<Snippet> {
    let mut evidence = decided.evidence.iter();
    let refuted = evidence.find(|evidence| evidence.result == EvidenceResult::Refuted)?;
    let in_policy = || {
        let place = refuted.locations.first()?;
        Passage::of_line(Arc::clone(policy(&place.file, outcome)?), place.line)
    };
    let Passage { source, span } = refuted.passage.clone().or_else(in_policy)?;
    let mark = Mark { span, label: Some("because of this line".to_owned()) };
    Some(Snippet::new(&source, vec![mark], style))
}

/// The text of the policy of today or of that of the base, under the name of its file.
fn policy<'o>(file: &str, outcome: &'o Outcome) -> Option<&'o Arc<SourceText>> {
    let at_base = outcome.comparison.as_ref();
    let at_base = at_base.and_then(|comparison| comparison.policy.as_ref());
    outcome.policy.source.iter().chain(at_base).find(|source| source.path == file)
}

/// The claim, marked, below the advisory that it is about.
fn claim(suppression: &Suppression, outcome: &Outcome, style: Style) -> Option<Snippet> {
    let source = policy(&suppression.location.file, outcome)?;
    let spans = suppression.spans.clone();
    let label = Some("this claim does not hold".to_owned());
    let marks = vec![Mark { span: spans.claim, label }, Mark { span: spans.advisory, label: None }];
    Some(Snippet::new(source, marks, style))
}

/// Every excerpt for a finding as plain text: the lockfile, then the refuted claims.
pub(super) fn plain(decided: &DecidedFinding, outcome: &Outcome) -> Vec<String> {
    let claims = refuted(once(decided), outcome, Style::PLAIN);
    locked(&decided.finding, outcome, Style::PLAIN)
        .into_iter()
        .chain(claims)
        .map(|snippet| snippet.render(Tone::Error, snippet.gutter(), Style::PLAIN))
        .collect()
}
