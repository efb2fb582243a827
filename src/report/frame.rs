//! Excerpts from lockfiles and the policy for a finding.

use std::collections::BTreeSet;
use std::iter::once;

use super::entry;
use crate::diagnostic::{Mark, Snippet};
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::policy::Suppression;
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

/// The lines of the policy with a refuted claim, each suppression once.
pub(super) fn refuted<'f>(
    findings: impl Iterator<Item = &'f DecidedFinding>,
    outcome: &Outcome,
    style: Style,
) -> Vec<Snippet> {
    let refuted: BTreeSet<usize> = findings.filter_map(DecidedFinding::refuted).collect();
    let suppressions = &outcome.policy.suppressions;
    let refuted = refuted.into_iter().filter_map(|index| suppressions.get(index));
    refuted.filter_map(|suppression| claim(suppression, outcome, style)).collect()
}

/// The claim, marked, below its advisory. It is in the current policy or in
/// that of the base.
fn claim(suppression: &Suppression, outcome: &Outcome, style: Style) -> Option<Snippet> {
    let at_base = outcome.comparison.as_ref();
    let at_base = at_base.and_then(|comparison| comparison.policy.as_ref());
    let mut policies = outcome.policy.source.iter().chain(at_base);
    let source = policies.find(|source| source.path == suppression.location.file)?;
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
