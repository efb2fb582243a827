//! RustSec's requirements (`patched`, `unaffected`), and the ranges of affected versions that remain.

use rustsec::advisory::Versions;
use semver::{Op, Version, VersionReq};
use serde::Deserialize;
use smol_str::ToSmolStr;

use crate::advisory::{AffectedRange, RangeEvent};

/// The part of the front matter with requirements.
#[derive(Deserialize)]
struct FrontMatter {
    #[serde(default)]
    versions: Requirements,
}

#[derive(Default, Deserialize)]
struct Requirements {
    #[serde(default)]
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

/// The most requirements of a record: no record of the database has twenty. The crate
/// needs quadratic time for them.
const MAX_REQUIREMENTS: usize = 500;

/// The text in the code fence at the beginning of a record.
pub(super) fn front_matter(text: &str) -> String {
    let inside_fence = text
        .strip_prefix(super::FENCE)
        .and_then(|rest| rest.split("\n```").next())
        .unwrap_or_default()
        .trim();
    // Like the crate does for records without the first header.
    if inside_fence.starts_with("[advisory]") {
        inside_fence.to_owned()
    } else {
        format!("[advisory]\n{inside_fence}")
    }
}

/// Refuses requirements on which the `rustsec` crate panics or overflows instead of returning
/// an error. Unreadable front matter is accepted here: the crate reports why it is unreadable.
pub(super) fn check(text: &str) -> Result<(), String> {
    let Ok(FrontMatter { versions }) = toml::from_str::<FrontMatter>(&front_matter(text)) else {
        return Ok(());
    };
    if versions.patched.len() + versions.unaffected.len() > MAX_REQUIREMENTS {
        return Err(format!("it has more than {MAX_REQUIREMENTS} requirements"));
    }
    let mut starts = Vec::new();
    for requirement in versions.patched.iter().chain(&versions.unaffected) {
        for comparator in &requirement.comparators {
            let numbers =
                [comparator.major, comparator.minor.unwrap_or(0), comparator.patch.unwrap_or(0)];
            if numbers.contains(&u64::MAX) {
                return Err(format!("no version follows those of `{requirement}`"));
            }
            if !matches!(comparator.op, Op::Less | Op::LessEq) {
                let [major, minor, patch] = numbers;
                let pre = comparator.pre.clone();
                starts.push(Version { pre, ..Version::new(major, minor, patch) });
            }
        }
    }
    starts.sort();
    match starts.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two of its requirements begin at {}", pair[0])),
        None => Ok(()),
    }
}

/// The affected ranges between the requirements, converted by the crate itself.
pub(super) fn affected_ranges(versions: &Versions) -> Vec<AffectedRange> {
    rustsec::osv::ranges_for_advisory(versions)
        .into_iter()
        .map(|range| {
            let introduced = range.introduced.map_or("0".into(), |at| at.to_smolstr());
            let mut events = vec![RangeEvent::Introduced(introduced)];
            events.extend(range.fixed.map(|at| RangeEvent::Fixed(at.to_smolstr())));
            AffectedRange { events }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::package::Ecosystem;
    use crate::version;

    fn front_matter(patched: &[String], unaffected: &[String]) -> String {
        format!(
            "```toml\n[advisory]\nid = \"ACME-1\"\npackage = \"left\"\ndate = \"2020-01-01\"\n\
             [versions]\npatched = {patched:?}\nunaffected = {unaffected:?}\n```\n\n# Title\n\nText\n"
        )
    }

    #[test]
    fn requirements_that_begin_together_are_refused() {
        let text = front_matter(&["> 1.0.0".into()], &["=1.0.0".into()]);
        assert_eq!(check(&text), Err("two of its requirements begin at 1.0.0".into()));
        let text = front_matter(&["^1.0.0".into()], &["<1.0.0".into()]);
        assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn numbers_without_a_successor_are_refused() {
        let text = front_matter(&[format!("^0.0.{}", u64::MAX)], &[]);
        assert!(check(&text).is_err());
    }

    fn requirement() -> impl Strategy<Value = String> {
        prop_oneof![
            "(>=|>|<|<=|=|\\^|~)[0-2]\\.[0-2]\\.[0-2](-(0|a|a\\.1))?",
            "\\^[0-2](\\.[0-2])?",
            "(>=|>)[0-1]\\.[0-2]\\.[0-2], (<|<=)[1-2]\\.[0-2]\\.[0-2](-(0|a))?",
        ]
    }

    proptest! {
        #[test]
        fn ranges_agree_with_the_crate(
            patched in proptest::collection::vec(requirement(), 0..3),
            unaffected in proptest::collection::vec(requirement(), 0..2),
            versions in proptest::collection::vec("[0-3]\\.[0-3]\\.[0-3](-(0|a|a\\.0|b))?(\\+x)?", 16),
        ) {
            let text = front_matter(&patched, &unaffected);
            prop_assume!(check(&text).is_ok());
            let Ok(record) = text.parse::<rustsec::Advisory>() else { return Ok(()) };
            let ranges = affected_ranges(&record.versions);
            for text in versions {
                let version = version::Version::parse(Ecosystem::Cargo, &text).unwrap();
                let affected = ranges
                    .iter()
                    .any(|range| range.contains(Ecosystem::Cargo, &version).unwrap());
                let expected = record.versions.is_vulnerable(&text.parse().unwrap());
                prop_assert_eq!(affected, expected, "{} in {:?}", text, ranges);
            }
        }
    }
}
