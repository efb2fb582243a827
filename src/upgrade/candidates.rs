//! The versions that may be upgraded to: patched, and affected by nothing else that is known.

use std::collections::BTreeMap;

use super::range::Range;
use super::{Candidate, KnownRecords};
use crate::version::Version;

/// Greater than any version that somebody has published.
const HIGHEST: u64 = 999_999_999;

/// Finds versions that may be upgraded to.
pub(super) struct Candidates<'run> {
    /// What the advisory says is patched.
    pub(super) patched: &'run [Range],
    /// What other advisories about the package say is patched.
    pub(super) patched_of_others: &'run [Range],
    pub(super) locked: &'run Version,
    pub(super) known: &'run KnownRecords<'run>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OrderedVersion(Version);

impl Candidates<'_> {
    /// Where the patched versions begin, and where those begin that some requirements admit: the
    /// smallest version in both is one of these. In order.
    pub(super) fn of(&self, requirements: &[&Range]) -> Vec<Candidate> {
        let (all, _) = self.with_those_of_others(requirements);
        all
    }

    /// The same, and whether some were left out because another advisory is about them.
    pub(super) fn with_those_of_others(&self, requirements: &[&Range]) -> (Vec<Candidate>, bool) {
        let mut found: BTreeMap<OrderedVersion, Candidate> = BTreeMap::new();
        let mut is_any_left_out = false;
        let patched = self.patched.iter().chain(self.patched_of_others);
        let named = patched.map(|range| (range, range.names_its_beginning()));
        let asked = requirements.iter().map(|range| (*range, false));
        for (range, is_named) in named.chain(asked) {
            for text in range.beginnings() {
                let Ok(version) = Version::parse(range.ecosystem(), &text) else {
                    continue;
                };
                let is_early = text.split('+').next().is_some_and(|text| text.contains('-'));
                let is_patched = self.patched.iter().any(|patched| patched.admits(&version));
                if version <= *self.locked || !is_patched || (!is_named && is_early) {
                    continue;
                }
                if self.known.affect(&text) {
                    is_any_left_out = true;
                    continue;
                }
                let candidate = found
                    .entry(OrderedVersion(version))
                    .or_insert(Candidate { version: text, is_named });
                candidate.is_named |= is_named;
            }
        }
        (found.into_values().collect(), is_any_left_out)
    }

    /// Whether the latest version that all requirements admit, if it is a new one, would be free of
    /// everything that is known: a tool that takes the latest one may be told to. Without any
    /// requirement it is the latest that is compatible with the target.
    pub(super) fn is_latest_free(
        &self,
        requirements: &[&Range],
        target: Option<&Candidate>,
    ) -> bool {
        let (Some(ecosystem), Some(target)) = (self.patched.first().map(Range::ecosystem), target)
        else {
            return false;
        };
        let compatible = highest_like(&target.version).into_iter().skip(1);
        let asked = requirements.iter().copied().chain(self.patched);
        let asked = asked.flat_map(Range::beginnings);
        let probes: Vec<String> = if requirements.is_empty() {
            compatible.collect()
        } else {
            asked.flat_map(|text| highest_like(&text)).collect()
        };
        let versions = probes.into_iter().filter_map(|text| {
            let version = Version::parse(ecosystem, &text).ok()?;
            Some((OrderedVersion(version), text))
        });
        let latest = versions
            .filter(|(version, _)| requirements.iter().all(|range| range.admits(&version.0)))
            .max();
        // Where none is admitted, single versions are, and each is asked about by itself.
        latest.is_none_or(|(_, text)| !self.known.affect(&text))
    }
}

/// The highest versions with the same beginning: of any major version, of this one, of this minor one.
fn highest_like(text: &str) -> Vec<String> {
    let mut numbers = text.split(['.', '-', '+']);
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else {
        return Vec::new();
    };
    vec![
        format!("{HIGHEST}.0.0"),
        format!("{major}.{HIGHEST}.{HIGHEST}"),
        format!("{major}.{minor}.{HIGHEST}"),
    ]
}
