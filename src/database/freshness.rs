//! Whether the sources are fresh enough and cover the checked ecosystems. Pure.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::database::SourceInfo;
use crate::package::Ecosystem;
use crate::policy::SourceKind;
use crate::problem::{Gap, GapCode};
use crate::words::{ago, span};

/// How far another clock may be ahead of ours before a source counts as being from the future.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The age of the newest record from which a copy looks out of date, regardless of its recorded
/// time: a copied, unpacked or checked-out database has new files. Both public databases gain
/// records every week.
const QUIET: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The databases that gain records all the time.
const PUBLIC: [SourceKind; 2] = [SourceKind::RustSec, SourceKind::Osv];

const HOW_TO_REFRESH: &str =
    "run `lockgate db update`, or fetch the source and run `lockgate db import` again";

/// The gaps of the sources with respect to lockfiles of the `used` ecosystems.
///
/// Only a source with records for a used ecosystem can be stale. A source with no `current_at` is
/// as fresh as its repository, and covers no ecosystem.
pub fn gaps(
    sources: &[SourceInfo],
    used: &BTreeSet<Ecosystem>,
    max_age: SignedDuration,
    now: Timestamp,
) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = sources
        .iter()
        .filter(|source| used.iter().any(|ecosystem| source.answers_for(*ecosystem)))
        .filter_map(|source| staleness(source, max_age, now))
        .collect();
    for ecosystem in used {
        let is_covered = sources
            .iter()
            .any(|source| source.current_at.is_some() && source.covers.contains(ecosystem));
        if !is_covered {
            gaps.push(incomplete(*ecosystem));
        }
    }
    gaps
}

/// Remarks that change nothing: sources whose newest record is suspiciously old, but within the limit
/// of the policy.
pub fn remarks(sources: &[SourceInfo], max_age: SignedDuration, now: Timestamp) -> Vec<String> {
    sources
        .iter()
        .filter(|source| source.current_at.is_some())
        .filter(|source| staleness(source, max_age, now).is_none())
        .filter_map(|source| {
            let newest = source.newest_record?;
            (now.duration_since(newest) > QUIET).then(|| {
                let name = &source.name;
                let date = newest.strftime("%Y-%m-%d");
                format!("newest record of `{name}` is from {date}; is this copy complete?")
            })
        })
        .collect()
}

/// Whether a source is older than allowed, so that fetching helps. It does not help against a time
/// in the future.
pub fn is_stale(source: &SourceInfo, max_age: SignedDuration, now: Timestamp) -> bool {
    source.current_at.is_some_and(|time| now.duration_since(time) > max_age)
}

/// Why a source is too old, or its time is implausible.
pub fn staleness(source: &SourceInfo, max_age: SignedDuration, now: Timestamp) -> Option<Gap> {
    let age = now.duration_since(source.current_at?);
    let name = &source.name;
    if age < -CLOCK_SKEW {
        return Some(Gap::new(
            GapCode::DatabaseFromTheFuture,
            format!("source `{name}` claims to be current {}", ago(age)),
            "set the clock of this machine, or fetch the source again",
        ));
    }
    if age > max_age {
        let (age, allowed) = (ago(age), span(max_age));
        let message =
            format!("source `{name}` was last known current {age}; the policy allows {allowed}");
        return Some(Gap::new(GapCode::DatabaseStale, message, HOW_TO_REFRESH));
    }
    quietness(source, max_age, now)
}

/// Why a copy of a public database is too old, regardless of its recorded time.
fn quietness(source: &SourceInfo, max_age: SignedDuration, now: Timestamp) -> Option<Gap> {
    let is_public = PUBLIC.iter().any(|kind| kind.as_str() == source.kind);
    let age = now.duration_since(source.newest_record?);
    (is_public && age > max_age.max(QUIET)).then(|| {
        let (name, age) = (&source.name, span(age));
        let message =
            format!("the newest record of source `{name}` is {age} old: this copy is out of date");
        Gap::new(GapCode::DatabaseStale, message, HOW_TO_REFRESH)
    })
}

fn incomplete(ecosystem: Ecosystem) -> Gap {
    let option = match ecosystem {
        Ecosystem::Cargo => "--rustsec DIR",
        Ecosystem::Npm => "--osv npm=DIR_OR_ZIP",
    };
    Gap::new(
        GapCode::DatabaseIncomplete,
        format!("no source has advisories for {ecosystem}"),
        format!("run `lockgate db update`, or `lockgate db import` with `{option}`"),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn source(name: &str, ecosystem: Ecosystem, current_at: Option<&str>) -> SourceInfo {
        SourceInfo {
            name: name.into(),
            kind: "osv".into(),
            origin: None,
            revision: String::new(),
            advisories: [(ecosystem, 7)].into(),
            covers: [ecosystem].into(),
            kinds: BTreeMap::new(),
            unreadable: 0,
            current_at: current_at.map(time),
            newest_record: None,
            remarks: Vec::new(),
        }
    }

    fn codes(sources: &[SourceInfo], used: &[Ecosystem]) -> Vec<&'static str> {
        let used = used.iter().copied().collect();
        let now = time("2026-01-10T12:00:00Z");
        gaps(sources, &used, SignedDuration::from_hours(24), now)
            .iter()
            .map(|gap| gap.code.as_str())
            .collect()
    }

    #[test]
    fn a_queried_source_covers_packages_without_records() {
        let mut asked = source("npm", Ecosystem::Npm, Some("2026-01-10T12:00:00Z"));
        asked.advisories.clear();
        asked.covers.clear();
        assert_eq!(codes(&[asked.clone()], &[Ecosystem::Npm]), ["database-incomplete"]);
        asked.covers.insert(Ecosystem::Npm);
        assert_eq!(codes(&[asked.clone()], &[Ecosystem::Npm]), [""; 0]);
        assert_eq!(codes(&[asked], &[Ecosystem::Cargo]), ["database-incomplete"]);
    }

    #[test]
    fn age_and_coverage_decide() {
        use Ecosystem::{Cargo, Npm};
        let fresh = source("fresh", Cargo, Some("2026-01-10T00:00:00Z"));
        let exact = source("exact", Cargo, Some("2026-01-09T12:00:00Z"));
        let stale = source("stale", Cargo, Some("2026-01-09T11:59:59Z"));
        let skewed = source("skewed", Cargo, Some("2026-01-10T12:05:00Z"));
        let future = source("future", Cargo, Some("2026-01-10T12:05:01Z"));
        let own = source("own", Cargo, None);
        let mut shared = fresh.clone();
        shared.advisories.insert(Npm, 2);
        let cases: &[(&[&SourceInfo], &[Ecosystem], &[&str])] = &[
            (&[&fresh], &[Cargo], &[]),
            (&[&exact], &[Cargo], &[]),
            (&[&stale], &[Cargo], &["database-stale"]),
            (&[&stale, &fresh], &[Cargo], &["database-stale"]),
            (&[&skewed], &[Cargo], &[]),
            (&[&future], &[Cargo], &["database-from-the-future"]),
            (&[&stale], &[], &[]),
            (&[&fresh], &[Cargo, Npm], &["database-incomplete"]),
            (&[&shared], &[Npm], &["database-incomplete"]),
            (&[&own], &[Cargo], &["database-incomplete"]),
            (&[&own, &fresh], &[Cargo], &[]),
            (&[], &[Npm], &["database-incomplete"]),
            (&[&stale], &[Npm], &["database-incomplete"]),
            (&[], &[], &[]),
        ];
        for (sources, used, expected) in cases {
            let sources: Vec<SourceInfo> = sources.iter().copied().cloned().collect();
            let names: Vec<_> = sources.iter().map(|source| &source.name).collect();
            assert_eq!(codes(&sources, used), *expected, "{names:?} for {used:?}");
        }
    }

    #[test]
    fn gaps_say_how_old_and_what_to_do() {
        let stale = source("npm", Ecosystem::Npm, Some("2026-01-07T12:00:00Z"));
        let used = BTreeSet::from([Ecosystem::Npm]);
        let now = time("2026-01-10T12:00:00Z");
        let found = gaps(&[stale], &used, SignedDuration::from_hours(24), now);
        assert_eq!(
            found[0].message,
            "source `npm` was last known current 3 days ago; the policy allows 24 hours"
        );
        assert!(found[0].help.as_ref().unwrap().contains("lockgate db update"));
    }

    #[test]
    fn a_public_database_without_new_records_is_stale_even_if_its_files_are_new() {
        let now = time("2026-03-10T00:00:00Z");
        let mut copy = source("copy", Ecosystem::Npm, Some("2026-03-10T00:00:00Z"));
        let stale = |source: &SourceInfo, days: i64| {
            staleness(source, SignedDuration::from_hours(24 * days), now).is_some()
        };
        for (newest, max_age_in_days, expected) in [
            (Some("2026-02-08T00:00:00Z"), 1, false),
            (Some("2026-02-07T23:59:59Z"), 1, true),
            (Some("2026-02-07T23:59:59Z"), 31, false),
            (Some("2026-02-06T00:00:00Z"), 31, true),
            (None, 1, false),
        ] {
            copy.newest_record = newest.map(time);
            assert_eq!(stale(&copy, max_age_in_days), expected, "{newest:?} {max_age_in_days}");
        }
        copy.newest_record = Some(time("2020-01-01T00:00:00Z"));
        for (kind, expected) in [("rustsec", true), ("osv", true), ("folder", false)] {
            kind.clone_into(&mut copy.kind);
            assert_eq!(stale(&copy, 1), expected, "{kind}");
        }
        copy.current_at = None;
        assert!(!stale(&copy, 1));
    }

    #[test]
    fn an_old_newest_record_is_a_remark_if_the_policy_allows_it() {
        let now = time("2022-07-02T00:00:00Z");
        let mut old = source("npm", Ecosystem::Npm, Some("2022-07-01T00:00:00Z"));
        old.newest_record = Some(time("2022-06-01T00:00:00Z"));
        let mut young = old.clone();
        young.newest_record = Some(time("2022-06-02T00:00:00Z"));
        let mut own = old.clone();
        own.current_at = None;
        assert_eq!(
            remarks(&[old.clone(), young, own], SignedDuration::from_hours(24 * 365), now),
            ["newest record of `npm` is from 2022-06-01; is this copy complete?"]
        );
        assert_eq!(remarks(&[old], SignedDuration::from_hours(24), now), [""; 0]);
    }
}
