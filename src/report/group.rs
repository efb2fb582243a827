//! Findings grouped by advisory: a person deals with the advisory, not with each copy.

use std::collections::BTreeMap;

use crate::facts;
use crate::outcome::Outcome;
use crate::package::PackageId;
use crate::terminal::{Tone, one_line};
use crate::verdict::{DecidedFinding, Disposition};
use crate::words::and_more;

/// A longer name with version is cut.
const NAME_LIMIT: usize = 80;

/// Findings with the same name and disposition that all were there before a change, or all were not, in the
/// order of the verdict. Never empty.
pub(super) struct Group<'o> {
    /// The first of them.
    pub(super) first: &'o DecidedFinding,
    others: Vec<&'o DecidedFinding>,
}

impl<'o> Group<'o> {
    pub(super) fn findings(&self) -> impl Iterator<Item = &'o DecidedFinding> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// The number of findings.
    pub(super) fn len(&self) -> usize {
        1 + self.others.len()
    }

    /// The disposition of each of them.
    pub(super) fn disposition(&self) -> Disposition {
        self.first.disposition
    }

    /// Whether they were there before the checked change, and therefore close nothing.
    pub(super) fn was_there_before(&self) -> bool {
        self.first.was_there_before()
    }

    /// Those with a refuted claim in the policy.
    pub(super) fn refuted(&self) -> impl Iterator<Item = &'o DecidedFinding> {
        self.findings().filter(|decided| decided.refuted().is_some())
    }

    /// The place of the first installed copy, and how many more findings there are; `write`
    /// formats the place.
    pub(super) fn place(&self, write: impl Fn(&str) -> String) -> String {
        format!("{}{}", write(&facts::place(&self.first.finding)), and_more(self.others.len()))
    }

    /// The title, or a substitute for it.
    pub(super) fn title(&self) -> String {
        facts::title(&self.first.finding)
    }
}

/// The level of a disposition, in SARIF and in the headings of text (SARIF 2.1.0, §3.27.10).
pub(super) fn level(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Block => "error",
        Disposition::Ticket => "warning",
        Disposition::Note | Disposition::Suppressed | Disposition::NotAffected => "note",
    }
}

/// The tone of a disposition.
pub(super) fn tone(disposition: Disposition) -> Tone {
    match disposition {
        Disposition::Block => Tone::Error,
        Disposition::Ticket => Tone::Warning,
        Disposition::Note => Tone::Note,
        Disposition::Suppressed | Disposition::NotAffected => Tone::Faint,
    }
}

/// All findings of the verdict, grouped, in its order.
pub(super) fn groups(outcome: &Outcome) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known = BTreeMap::new();
    for decided in &outcome.verdict.findings {
        let key = (&decided.finding.id, decided.disposition, decided.was_there_before());
        let index = *known.entry(key).or_insert(groups.len());
        if let Some(group) = groups.get_mut(index) {
            group.others.push(decided);
        } else {
            groups.push(Group { first: decided, others: Vec::new() });
        }
    }
    groups
}

/// `rsa 0.9.6`, joined by a space at which lines do not wrap.
pub(super) fn package(package: &PackageId) -> String {
    let PackageId { name, version, .. } = package;
    let is_plain =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if name.len() + version.len() < NAME_LIMIT && is_plain(name) && is_plain(version) {
        return [name, "\u{a0}", version].concat();
    }
    keep_together(&one_line(&package.to_string(), NAME_LIMIT))
}

/// The text with spaces at which [`super::text`] does not wrap lines.
pub(super) fn keep_together(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}
