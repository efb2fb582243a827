use proptest::prelude::*;

use super::*;

use RangeEvent::{Fixed, Introduced, LastAffected, Limit};

/// Constructs an event from its version.
type EventKind = fn(SmolStr) -> RangeEvent;

fn range(events: &[(EventKind, &str)]) -> AffectedRange {
    let events = events.iter().map(|(event, version)| event((*version).into())).collect();
    AffectedRange { events }
}

fn affected<'text>(range: &AffectedRange, versions: &[&'text str]) -> Vec<&'text str> {
    versions
        .iter()
        .filter(|text| {
            let version = Version::parse(Ecosystem::Npm, text).unwrap();
            range.contains(Ecosystem::Npm, &version).unwrap()
        })
        .copied()
        .collect()
}

#[test]
fn events_decide_as_the_schema_says() {
    const VERSIONS: &[&str] = &["0.0.0-0", "0.9.0", "1.0.0", "1.5.0", "2.0.0", "2.5.0", "3.0.0"];
    let cases: &[(&str, AffectedRange, &[&str])] = &[
        ("everything", range(&[(Introduced, "0")]), VERSIONS),
        ("everything, as RustSec exports it", range(&[(Introduced, "0.0.0-0")]), VERSIONS),
        ("until a fix", range(&[(Introduced, "0"), (Fixed, "1.0.0")]), &["0.0.0-0", "0.9.0"]),
        (
            "events in any order",
            range(&[(Fixed, "2.0.0"), (Introduced, "1.0.0")]),
            &["1.0.0", "1.5.0"],
        ),
        (
            "until a last affected version",
            range(&[(Introduced, "1.0.0"), (LastAffected, "2.0.0")]),
            &["1.0.0", "1.5.0", "2.0.0"],
        ),
        ("one version alone", range(&[(Introduced, "1.0.0"), (LastAffected, "1.0.0")]), &["1.0.0"]),
        (
            "a second start where the first ends",
            range(&[
                (Introduced, "0"),
                (LastAffected, "1.0.0"),
                (Introduced, "1.0.0"),
                (LastAffected, "2.0.0"),
            ]),
            &["0.0.0-0", "0.9.0", "1.0.0", "1.5.0", "2.0.0"],
        ),
        (
            "a start at the fix of an open range reports",
            range(&[(Introduced, "1.0.0"), (Fixed, "2.0.0"), (Introduced, "2.0.0")]),
            &["1.0.0", "1.5.0", "2.0.0", "2.5.0", "3.0.0"],
        ),
        (
            "an empty stretch",
            range(&[
                (Introduced, "1.0.0"),
                (Fixed, "1.0.0"),
                (Introduced, "2.0.0"),
                (Fixed, "2.5.0"),
            ]),
            &["2.0.0"],
        ),
        (
            "a start after an end that ends nothing reports",
            range(&[(Fixed, "2.0.0"), (Introduced, "2.0.0")]),
            &["2.0.0", "2.5.0", "3.0.0"],
        ),
        (
            "two stretches",
            range(&[(Introduced, "0"), (Fixed, "1.0.0"), (Introduced, "2.0.0"), (Fixed, "2.5.0")]),
            &["0.0.0-0", "0.9.0", "2.0.0"],
        ),
        (
            "a limit ends every statement",
            range(&[(Introduced, "0"), (Limit, "1.5.0")]),
            &["0.0.0-0", "0.9.0", "1.0.0"],
        ),
        (
            "the widest of several limits counts",
            range(&[(Introduced, "1.0.0"), (Limit, "1.5.0"), (Limit, "2.5.0")]),
            &["1.0.0", "1.5.0", "2.0.0"],
        ),
        (
            "a star is no limit",
            range(&[(Introduced, "2.0.0"), (Limit, "*")]),
            &["2.0.0", "2.5.0", "3.0.0"],
        ),
    ];
    for (name, range, expected) in cases {
        assert_eq!(range.validate(Ecosystem::Npm), Ok(()), "{name}");
        assert_eq!(affected(range, VERSIONS), *expected, "{name}");
    }
}

#[test]
fn nothing_is_affected_directly_after_a_last_affected_version() {
    let range = range(&[(Introduced, "1.0.0"), (LastAffected, "2.0.0")]);
    let after = |text: &str| {
        let version = Version::parse(Ecosystem::Cargo, text).unwrap();
        range.contains_just_after(Ecosystem::Cargo, &version).unwrap()
    };
    assert!(after("1.0.0"));
    assert!(!after("2.0.0"));
}

#[test]
fn a_meaningless_range_is_refused() {
    assert_eq!(
        range(&[(Fixed, "1.0.0")]).validate(Ecosystem::Npm),
        Err(RangeError::NothingIntroduced)
    );
    assert!(range(&[(Introduced, "0"), (Fixed, "unreleased")]).validate(Ecosystem::Npm).is_err());
}

/// Versions in ascending order, pre-releases among them, that both ecosystems can read.
const LINE: &[&str] = &[
    "0.0.0-0",
    "0.0.1",
    "0.1.0-alpha",
    "0.1.0",
    "0.1.1",
    "0.2.0",
    "1.0.0-rc.1",
    "1.0.0-rc.2",
    "1.0.0",
    "1.0.1",
    "1.2.0",
    "2.0.0-0",
    "2.0.0",
    "10.0.0",
];

/// The schema's pseudocode over positions on the line, for events at different versions.
fn reference(events: &[(usize, u8)], version: usize) -> bool {
    let limits: Vec<usize> =
        events.iter().filter(|event| event.1 == 3).map(|event| event.0).collect();
    if !limits.is_empty() && !limits.iter().any(|limit| version < *limit) {
        return false;
    }
    let mut sorted = events.to_vec();
    sorted.sort_unstable();
    sorted.iter().fold(false, |vulnerable, (at, kind)| match kind {
        0 if version >= *at => true,
        1 if version >= *at => false,
        2 if version > *at => false,
        _ => vulnerable,
    })
}

fn as_event((at, kind): (usize, u8)) -> RangeEvent {
    let version = LINE[at].into();
    match kind {
        0 => Introduced(version),
        1 => Fixed(version),
        2 => LastAffected(version),
        _ => Limit(version),
    }
}

proptest! {
    #[test]
    fn evaluation_agrees_with_the_schema(
        events in proptest::collection::btree_map(0..LINE.len(), 0_u8..4, 1..6),
        order in any::<u64>(),
    ) {
        let mut events: Vec<(usize, u8)> = events.into_iter().collect();
        let middle = usize::try_from(order % 7).unwrap() % events.len();
        events.rotate_left(middle);
        let range = AffectedRange { events: events.iter().copied().map(as_event).collect() };
        for ecosystem in Ecosystem::ALL {
            for (position, text) in LINE.iter().enumerate() {
                let version = Version::parse(*ecosystem, text).unwrap();
                prop_assert_eq!(
                    range.contains(*ecosystem, &version).unwrap(),
                    reference(&events, position),
                    "{} {:?} {}", ecosystem, range, text
                );
            }
        }
    }

    #[test]
    fn only_a_fix_at_the_same_version_cancels_a_start(
        events in proptest::collection::vec((0..4_usize, 0_u8..3), 1..6),
    ) {
        let range = AffectedRange { events: events.iter().copied().map(as_event).collect() };
        for (position, text) in LINE.iter().enumerate().take(4) {
            let version = Version::parse(Ecosystem::Cargo, text).unwrap();
            let contained = range.contains(Ecosystem::Cargo, &version).unwrap();
            let starts_here = events.contains(&(position, 0));
            let is_fixed_here = events.contains(&(position, 1));
            prop_assert!(contained || !starts_here || is_fixed_here);
        }
    }
}
