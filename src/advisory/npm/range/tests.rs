use proptest::prelude::*;

use super::*;

fn contains(range: &str, version: &str) -> bool {
    let parsed = version::Version::parse(Ecosystem::Npm, version).unwrap();
    let ranges = events(range).unwrap_or_else(|error| panic!("{range}: {error}"));
    ranges.iter().any(|range| range.contains(Ecosystem::Npm, &parsed).unwrap())
}

/// The results of npm's own `semver` with `{ loose: true, includePrerelease: true }`.
#[test]
fn ranges_mean_what_npm_audit_means() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("<4.17.21", &["4.17.20", "0.0.0", "4.17.21-rc.1"], &["4.17.21"]),
        ("<=1.2.3", &["1.2.3", "1.2.3-a"], &["1.2.4-0"]),
        (">1.2.3", &["1.2.4-0", "1.2.4"], &["1.2.3", "1.2.3-a"]),
        (">1.2.3-a", &["1.2.3-a.0", "1.2.3-b", "1.2.3"], &["1.2.3-a", "1.2.3-0"]),
        (">=1.0.0 <1.2.3", &["1.0.0", "1.2.3-a"], &["1.0.0-a", "1.2.3"]),
        (">= 1.0.0 < 1.2.3", &["1.0.0", "1.2.2"], &["1.2.3"]),
        ("1.2.3", &["1.2.3", "1.2.3+build"], &["1.2.4", "1.2.3-a"]),
        ("=v1.2.3", &["1.2.3"], &["1.2.4"]),
        ("*", &["0.0.0-0", "9.9.9"], &[]),
        ("", &["0.0.0-0", "9.9.9"], &[]),
        ("x", &["0.0.0-0"], &[]),
        (">=0", &["0.0.0-0", "0.0.0"], &[]),
        (">1 ||", &["0.1.0"], &[]),
        ("<2", &["1.9.9"], &["2.0.0-0", "2.0.0"]),
        (">=1.2", &["1.2.0-0", "1.2.0", "3.0.0"], &["1.1.9"]),
        (">1.2", &["1.3.0-0", "1.3.0"], &["1.2.9"]),
        ("<=1.2", &["1.2.9"], &["1.3.0-0", "1.3.0"]),
        ("1.2.x", &["1.2.0-0", "1.2.9"], &["1.3.0-0", "1.1.0"]),
        ("1", &["1.0.0-a", "1.9.0"], &["2.0.0-0"]),
        ("~1.2", &["1.2.0-0", "1.2.9"], &["1.3.0-0"]),
        ("~1.2.3-beta", &["1.2.3-beta", "1.2.9"], &["1.2.3-alpha", "1.3.0-0"]),
        ("^1.2", &["1.2.0-0", "1.9.0"], &["2.0.0-0"]),
        ("^1.2.3", &["1.2.3", "1.9.0"], &["1.2.3-0", "2.0.0-0"]),
        ("^0.2.3", &["0.2.3", "0.2.9"], &["0.3.0-0"]),
        ("^0.0.3", &["0.0.3"], &["0.0.4-0"]),
        ("^0.0", &["0.0.0-0", "0.0.9"], &["0.1.0-0"]),
        ("^0", &["0.0.0-0", "0.9.0"], &["1.0.0-0"]),
        ("1.0 - 1.2", &["1.0.0-0", "1.2.9"], &["1.3.0-0"]),
        ("1.0.0 - 1.2.3", &["1.0.0", "1.2.3"], &["1.2.4-0"]),
        ("<1.0.0foo", &["1.0.0-bar"], &["1.0.0-foo"]),
        ("<1.2.3 || >=2.0.0 <2.1.0", &["1.0.0", "2.0.5"], &["1.2.3", "2.1.0"]),
    ];
    for (range, inside, outside) in cases {
        for version in *inside {
            assert!(contains(range, version), "{version} is in `{range}`");
        }
        for version in *outside {
            assert!(!contains(range, version), "{version} is not in `{range}`");
        }
    }
}

#[test]
fn a_range_that_is_not_fully_understood_is_refused() {
    for range in [
        "foo",
        "<1.2.3.4",
        ">=1.0.0, <2.0.0",
        ">=1.2.3 || foo",
        "<1.0.0 or so",
        "1.2-beta",
        "<",
        "<>1.0.0",
        ">*",
        "<*",
        ">=99999999999999999999.0.0",
        "1 - 2 3",
        "1.x.3",
    ] {
        assert_eq!(events(range), Err(NpmRangeError::NotUnderstood(range.into())), "{range}");
    }
    for range in [">=2 <1", ">1.0.0 <1.0.0", "1.2.3 1.2.4", "<1.0.0 || >=2.0.0 <1.0.0"] {
        assert_eq!(events(range), Err(NpmRangeError::Contradiction(range.into())), "{range}");
    }
}

#[test]
fn the_events_are_those_a_person_would_write() {
    use RangeEvent::{Fixed, Introduced, LastAffected};
    for (range, expected) in [
        ("<4.17.21", vec![Introduced("0".into()), Fixed("4.17.21".into())]),
        (">=1.0.0 <=1.2.3", vec![Introduced("1.0.0".into()), LastAffected("1.2.3".into())]),
        ("*", vec![Introduced("0".into())]),
    ] {
        assert_eq!(events(range).unwrap(), [AffectedRange { events: expected }]);
    }
}

fn any_version() -> impl Strategy<Value = String> {
    let pre_release = prop_oneof![
        4 => Just(String::new()),
        1 => "-(0|1|a|b|rc\\.1|a\\.0)",
    ];
    (0..3_u8, 0..3_u8, 0..3_u8, pre_release)
        .prop_map(|(major, minor, patch, pre)| format!("{major}.{minor}.{patch}{pre}"))
}

fn any_comparator() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec!["", "=", "<", "<=", ">", ">=", "^", "~"]);
    (operator, any_version()).prop_map(|(operator, version)| format!("{operator}{version}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// For full versions the library agrees with npm. It reads a contradiction as `||`, so
    /// only single stretches are compared.
    #[test]
    fn the_events_hold_what_the_library_holds(
        left in any_comparator(),
        right in any_comparator(),
        version in any_version(),
    ) {
        for range in [left.clone(), format!("{left} {right}"), format!("{left} || {right}")] {
            let Ok(read) = events(&range) else {
                prop_assert!(!range.contains("||") && range.contains(' '), "{}", range);
                continue;
            };
            let expected = Range::parse(&range)
                .unwrap()
                .satisfies_with_prerelease(&Version::parse(&version).unwrap(), true);
            let parsed = version::Version::parse(Ecosystem::Npm, &version).unwrap();
            let held = read
                .iter()
                .any(|range| range.contains(Ecosystem::Npm, &parsed).unwrap());
            prop_assert_eq!(held, expected, "{} in `{}`", version, range);
        }
    }

    #[test]
    fn nothing_lies_between_a_version_and_its_successor(
        first in any_version(),
        other in any_version(),
    ) {
        let [first, other] = [first, other].map(|text| Version::parse(text).unwrap());
        let next = successor(&first).unwrap();
        prop_assert!(first < next);
        prop_assert!(!(first < other && other < next));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
        let _ = events(&text);
    }
}
