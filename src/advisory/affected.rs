//! Whether one version is affected, and which versions are patched.

use std::collections::BTreeSet;

use smol_str::{SmolStr, format_smolstr};

use crate::advisory::range::{AffectedRange, RangeError, RangeEvent};
use crate::advisory::stretches::Stretches;
use crate::advisory::{Advisory, Affected};
use crate::package::{Ecosystem, PackageName};
use crate::version::Version;

impl Affected {
    /// Whether it is about the package of this name.
    pub fn is_about(&self, name: &PackageName) -> bool {
        name.is_spelt(self.ecosystem, &self.package)
    }

    /// Whether `version`, in the lockfile's spelling, is affected.
    ///
    /// A listed version is compared as text first and then by order, so that a version that cannot be
    /// ordered still matches itself (OSV schema, "Evaluation"). An error means "unknown", never
    /// "not affected".
    pub fn affects(&self, version: &str) -> Result<bool, RangeError> {
        if self.versions.iter().any(|listed| listed == version) {
            return Ok(true);
        }
        let parsed = match Version::parse(self.ecosystem, version) {
            Ok(parsed) => parsed,
            // Then the version does not matter.
            Err(_) if self.affects_every_version() => return Ok(true),
            Err(error) => return Err(error.into()),
        };
        if self.lists(&parsed) {
            return Ok(true);
        }
        for range in &self.ranges {
            if range.contains(self.ecosystem, &parsed)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a range has no end on either side, as in reports of malicious packages.
    fn affects_every_version(&self) -> bool {
        self.ranges.iter().any(|range| {
            let mut events = range.events.iter();
            let is_introduced = events.any(|event| *event == RangeEvent::Introduced("0".into()));
            let is_no_end = |event: &RangeEvent| match event {
                RangeEvent::Introduced(_) => true,
                RangeEvent::Limit(version) => version == "*",
                RangeEvent::Fixed(_) | RangeEvent::LastAffected(_) => false,
            };
            is_introduced && range.events.iter().all(is_no_end)
        })
    }

    fn lists(&self, version: &Version) -> bool {
        self.versions
            .iter()
            .filter_map(|listed| Version::parse(self.ecosystem, listed).ok())
            .any(|listed| listed == *version)
    }
}

/// The affected versions of one package by several records, for many queries.
pub(super) struct AffectedVersions {
    ecosystem: Ecosystem,
    /// `None`: a range cannot be decided, so every version counts as affected.
    stretches: Option<Stretches>,
    listed: BTreeSet<Version>,
}

impl AffectedVersions {
    pub(super) fn of(records: &[&Advisory], name: &PackageName) -> Self {
        let ecosystem = name.ecosystem();
        let entries = || {
            let entries = records.iter().flat_map(|record| &record.affected);
            entries.filter(|entry| entry.is_about(name))
        };
        Self {
            ecosystem,
            stretches: Stretches::of(ecosystem, entries().flat_map(|entry| &entry.ranges)).ok(),
            listed: entries()
                .flat_map(|entry| &entry.versions)
                .filter_map(|listed| Version::parse(ecosystem, listed).ok())
                .collect(),
        }
    }

    /// Whether the lowest version that fulfils `requirement` is unaffected by every record.
    ///
    /// `>=1.2.3` is tested at 1.2.3, `>1.2.3` directly after it. A requirement without such
    /// a lower bound counts as unaffected: its database says so.
    pub(super) fn clear(&self, requirement: &str) -> bool {
        let Some((version, just_after)) = lower_end(self.ecosystem, requirement) else {
            return true;
        };
        let is_listed = !just_after && self.listed.contains(&version);
        let point = (Some(version), just_after);
        !is_listed && self.stretches.as_ref().is_some_and(|all| !all.contain(&point))
    }
}

fn lower_end(ecosystem: Ecosystem, requirement: &str) -> Option<(Version, bool)> {
    let just_after = requirement.starts_with('>') && !requirement.starts_with(">=");
    let text = requirement.trim_start_matches(['>', '=', '^', '~']).split([',', ' ']).next()?;
    if requirement.starts_with('<') {
        return None;
    }
    Some((Version::parse(ecosystem, text).ok()?, just_after))
}

/// The versions after each affected stretch, as requirements in the syntax of the
/// ecosystem: `>=2.0.1`, `>2.0.0` after a last affected version, and `>=1.5.0, <2.0.0` where a
/// later stretch begins. Ends inside another range are left out.
pub(super) fn patched_requirements(ecosystem: Ecosystem, ranges: &[AffectedRange]) -> Vec<SmolStr> {
    let Ok(stretches) = Stretches::of(ecosystem, ranges) else {
        return Vec::new();
    };
    let events = || ranges.iter().flat_map(|range| &range.events);
    let mut starts: Vec<OrderedText<'_>> = events()
        .filter_map(|event| match event {
            RangeEvent::Introduced(text) => OrderedText::parse(ecosystem, text),
            _ => None,
        })
        .collect();
    starts.sort();
    let ends: BTreeSet<(OrderedText<'_>, bool)> = events()
        .filter_map(|event| match event {
            RangeEvent::Fixed(text) => Some((OrderedText::parse(ecosystem, text)?, false)),
            RangeEvent::LastAffected(text) => Some((OrderedText::parse(ecosystem, text)?, true)),
            RangeEvent::Introduced(_) | RangeEvent::Limit(_) => None,
        })
        .collect();
    ends.iter()
        .filter(|(end, just_after)| !stretches.contain(&(Some(end.version.clone()), *just_after)))
        .map(|(end, just_after)| {
            let operator = if *just_after { ">" } else { ">=" };
            let passed = starts.partition_point(|start| start.version <= end.version);
            match (starts.get(passed), ecosystem) {
                (None, _) => format_smolstr!("{operator}{}", end.text),
                (Some(start), Ecosystem::Cargo) => {
                    format_smolstr!("{operator}{}, <{}", end.text, start.text)
                }
                (Some(start), Ecosystem::Npm) => {
                    format_smolstr!("{operator}{} <{}", end.text, start.text)
                }
            }
        })
        .collect()
}

/// A version with its spelling, ordered by version.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OrderedText<'text> {
    version: Version,
    text: &'text str,
}

impl<'text> OrderedText<'text> {
    fn parse(ecosystem: Ecosystem, text: &'text str) -> Option<Self> {
        let version = Version::parse(ecosystem, text).ok()?;
        Some(Self { version, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn affected(ecosystem: Ecosystem, ranges: &[&[RangeEvent]], versions: &[&str]) -> Affected {
        Affected {
            ecosystem,
            package: "left-pad".into(),
            ranges: ranges.iter().map(|events| AffectedRange { events: events.to_vec() }).collect(),
            versions: versions.iter().map(|text| (*text).into()).collect(),
            patched: Vec::new(),
            functions: std::collections::BTreeMap::new(),
            os: Vec::new(),
            arch: Vec::new(),
        }
    }

    fn introduced(text: &str) -> RangeEvent {
        RangeEvent::Introduced(text.into())
    }

    fn fixed(text: &str) -> RangeEvent {
        RangeEvent::Fixed(text.into())
    }

    fn last_affected(text: &str) -> RangeEvent {
        RangeEvent::LastAffected(text.into())
    }

    #[test]
    fn spelt_out_versions_match_as_text_and_by_order() {
        let entry = affected(Ecosystem::Npm, &[], &["1.2.3", "preview-2018"]);
        for version in ["1.2.3", "v1.2.3", "1.2.3+build", "preview-2018"] {
            assert_eq!(entry.affects(version), Ok(true), "{version}");
        }
        assert_eq!(entry.affects("1.2.4"), Ok(false));
        assert!(entry.affects("preview-2019").is_err());
    }

    #[test]
    fn any_range_is_enough() {
        let entry = affected(
            Ecosystem::Cargo,
            &[&[introduced("0"), fixed("1.0.0")], &[introduced("2.0.0"), fixed("2.1.0")]],
            &[],
        );
        assert_eq!(entry.affects("0.1.0"), Ok(true));
        assert_eq!(entry.affects("1.5.0"), Ok(false));
        assert_eq!(entry.affects("2.0.5"), Ok(true));
    }

    #[test]
    fn patched_versions_are_named_between_the_stretches() {
        let cases: &[(&[&[RangeEvent]], &[&str])] = &[
            (&[&[introduced("0"), fixed("1.2.3")]], &[">=1.2.3"]),
            (&[&[introduced("0"), last_affected("1.2.3")]], &[">1.2.3"]),
            (&[&[introduced("0")]], &[]),
            (
                &[&[introduced("9.0.0"), fixed("9.0.3")], &[introduced("8.3.2"), fixed("8.5.1")]],
                &[">=8.5.1 <9.0.0", ">=9.0.3"],
            ),
            (
                &[&[introduced("0"), fixed("1.0.0")], &[introduced("0.5.0"), fixed("2.0.0")]],
                &[">=2.0.0"],
            ),
        ];
        for (ranges, expected) in cases {
            let entry = affected(Ecosystem::Npm, ranges, &[]);
            assert_eq!(patched_requirements(Ecosystem::Npm, &entry.ranges), *expected);
        }
        let entry = affected(
            Ecosystem::Cargo,
            &[&[introduced("0"), fixed("0.2.0"), introduced("0.3.0"), fixed("0.3.4")]],
            &[],
        );
        assert_eq!(
            patched_requirements(Ecosystem::Cargo, &entry.ranges),
            [">=0.2.0, <0.3.0", ">=0.3.4"]
        );
    }
}
