//! The lines of lockfiles and of the policy that a finding is about.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::entry;
use crate::diagnostic::{Mark, Snippet};
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::policy::Suppression;
use crate::problem::SourceText;
use crate::report::Style;
use crate::terminal::Tone;
use crate::verdict::DecidedFinding;

/// Draws frames for the findings of one outcome; the policy is read once, and only if need be.
pub(super) struct Frames<'o> {
    outcome: &'o Outcome,
    /// The policies, each with what can be found in it.
    policy: OnceCell<Vec<(&'o Arc<SourceText>, Vec<SuppressionText>)>>,
}

impl<'o> Frames<'o> {
    pub(super) fn of(outcome: &'o Outcome) -> Self {
        Self { outcome, policy: OnceCell::new() }
    }

    /// What the frames are of.
    pub(super) fn outcome(&self) -> &'o Outcome {
        self.outcome
    }

    /// The lockfile's lines for the first installed copy, if the lockfile is among those checked.
    pub(super) fn locked(&self, finding: &Finding, style: Style) -> Option<Snippet> {
        let lockfile = self.outcome.lockfiles.get(finding.lockfile)?;
        let marks = entry::marks(finding, &lockfile.source.text);
        let snippet = Snippet::new(&lockfile.source, marks, style);
        Some(match finding.locations.first() {
            Some(place) => snippet.at(place),
            None => snippet,
        })
    }

    /// The lines of the policy that hold a refuted claim, each suppression once.
    pub(super) fn refuted<'f>(
        &self,
        findings: impl Iterator<Item = &'f DecidedFinding>,
        style: Style,
    ) -> Vec<Snippet> {
        let refuted: BTreeSet<usize> = findings.filter_map(DecidedFinding::refuted).collect();
        refuted
            .into_iter()
            .filter_map(|index| {
                let suppression = self.outcome.policy.suppressions.get(index)?;
                let (source, written) = self.text_of(suppression)?;
                let written = written.iter().find(|written| {
                    let start = written.advisory.span().start;
                    source.line_at(start) == suppression.location.line
                });
                Some(Snippet::new(source, marks(source, written, suppression), style))
            })
            .collect()
    }

    /// The policy that a suppression stands in, of today or of the base, and what can be found there.
    fn text_of(
        &self,
        suppression: &Suppression,
    ) -> Option<&(&'o Arc<SourceText>, Vec<SuppressionText>)> {
        let texts = self.policy.get_or_init(|| {
            let at_base = self.outcome.comparison.as_ref();
            let at_base = at_base.and_then(|comparison| comparison.policy.as_ref());
            let sources = self.outcome.policy.source.iter().chain(at_base);
            sources.map(|source| (source, suppressions(source))).collect()
        });
        texts.iter().find(|(source, _)| source.path == suppression.location.file)
    }

    /// Every frame of a finding as plain text: the lockfile, then the claims that do not hold.
    pub(super) fn plain(&self, decided: &DecidedFinding) -> Vec<String> {
        let claims = self.refuted(std::iter::once(decided), Style::PLAIN);
        self.locked(&decided.finding, Style::PLAIN)
            .into_iter()
            .chain(claims)
            .map(|snippet| snippet.render(Tone::Error, snippet.gutter(), Style::PLAIN))
            .collect()
    }
}

/// As much of the policy's syntax as it takes to find a claim again.
#[derive(Deserialize)]
struct PolicyText {
    suppress: Vec<SuppressionText>,
}

#[derive(Deserialize)]
struct SuppressionText {
    advisory: Spanned<String>,
    claim: Option<Spanned<toml::Value>>,
}

fn suppressions(source: &SourceText) -> Vec<SuppressionText> {
    toml::from_str::<PolicyText>(&source.text).map_or_else(|_| Vec::new(), |policy| policy.suppress)
}

/// The claim, marked, below the advisory that it is about.
fn marks(
    source: &SourceText,
    found: Option<&SuppressionText>,
    suppression: &Suppression,
) -> Vec<Mark> {
    let label = Some("this claim does not hold".to_owned());
    let Some(found) = found else {
        let span = line_span(&source.text, suppression.location.line);
        return vec![Mark { span, label }];
    };
    let advisory = found.advisory.span();
    let Some(claim) = &found.claim else {
        return vec![Mark { span: advisory, label }];
    };
    vec![Mark { span: claim.span(), label }, Mark { span: advisory, label: None }]
}

/// The bytes of a line, without the blanks around it.
fn line_span(text: &str, line: u32) -> Range<usize> {
    let mut start = 0;
    for (number, content) in (1_u32..).zip(text.split_inclusive('\n')) {
        if number == line {
            let blanks = content.len() - content.trim_start().len();
            return start + blanks..start + blanks + content.trim().len();
        }
        start += content.len();
    }
    text.len()..text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_by_its_number() {
        let text = "one\n  two \r\nthree";
        for (line, content) in [(1, "one"), (2, "two"), (3, "three"), (9, "")] {
            assert_eq!(&text[line_span(text, line)], content);
        }
    }
}
