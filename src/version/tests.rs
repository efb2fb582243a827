use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

fn version(ecosystem: Ecosystem, text: &str) -> Version {
    Version::parse(ecosystem, text).unwrap()
}

#[test]
fn both_ecosystems_order_as_semantic_versioning_does() {
    // Semantic Versioning 2.0, item 11, with its own example in the middle.
    let ascending = [
        "0.0.0-0",
        "0.0.0",
        "0.9.10",
        "0.10.0",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1-0",
        "2.0.0",
    ];
    for ecosystem in Ecosystem::ALL {
        for pair in ascending.windows(2) {
            let (left, right) = (version(*ecosystem, pair[0]), version(*ecosystem, pair[1]));
            assert!(left < right, "{ecosystem}: {} < {}", pair[0], pair[1]);
        }
    }
}

#[test]
fn spellings_of_one_version_are_equal() {
    let cases = [
        (Ecosystem::Cargo, "1.2", "1.2.0"),
        (Ecosystem::Cargo, "1", "1.0.0"),
        (Ecosystem::Cargo, "1.2-rc.1", "1.2.0-rc.1"),
        (Ecosystem::Cargo, "1.2.3+build", "1.2.3"),
        (Ecosystem::Npm, "v1.2.3", "1.2.3"),
        (Ecosystem::Npm, "=1.2.3", "1.2.3"),
        (Ecosystem::Npm, "= v1.2.3", "1.2.3"),
        (Ecosystem::Npm, "v1.2", "1.2.0"),
        (Ecosystem::Npm, "1.2.3beta", "1.2.3-beta"),
        (Ecosystem::Npm, "1.2.3beta.1", "1.2.3-beta.1"),
        (Ecosystem::Npm, "01.02.03", "1.2.3"),
        (Ecosystem::Npm, "1.2.3-01", "1.2.3-1"),
        (Ecosystem::Npm, "1.2.3+build.7", "1.2.3"),
    ];
    for (ecosystem, left, right) in cases {
        assert_eq!(
            version(ecosystem, left),
            version(ecosystem, right),
            "{ecosystem}: {left} = {right}"
        );
    }
}

#[test]
fn what_cannot_be_ordered_is_refused() {
    for text in [
        "",
        " ",
        "*",
        "1.x",
        "latest",
        "1.2.3.4",
        "1.2.3 || 2",
        "1.2.3/4",
        "1.2.3-é",
        "1.2.3-",
        "1.2.3-a..b",
        "1.2.3-99999999999999999999",
        "1..3",
        "-1.2.3",
        "99999999999999999999.0.0",
    ] {
        assert!(Version::parse(Ecosystem::Npm, text).is_err(), "{text:?}");
    }
    for text in ["", "v1.2.3", "1.2.3beta", "01.2.3", "1.2.3.4", "*", ">=1"] {
        assert!(Version::parse(Ecosystem::Cargo, text).is_err(), "{text:?}");
    }
}

/// The parts of a version, as the reference orders them.
#[derive(Clone, Debug)]
struct Parts {
    core: [u64; 3],
    pre_release: Vec<String>,
    build: Option<String>,
}

impl Parts {
    fn text(&self) -> String {
        let [major, minor, patch] = self.core;
        let mut text = format!("{major}.{minor}.{patch}");
        if !self.pre_release.is_empty() {
            text = format!("{text}-{}", self.pre_release.join("."));
        }
        match &self.build {
            Some(build) => format!("{text}+{build}"),
            None => text,
        }
    }

    /// Semantic Versioning 2.0, item 11, word by word.
    fn precedence(&self, other: &Self) -> Ordering {
        if self.core != other.core {
            return self.core.cmp(&other.core);
        }
        match (self.pre_release.is_empty(), other.pre_release.is_empty()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (false, false) => {}
        }
        for (left, right) in self.pre_release.iter().zip(&other.pre_release) {
            let order = match (left.parse::<u64>(), right.parse::<u64>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => left.cmp(right),
            };
            if order.is_ne() {
                return order;
            }
        }
        self.pre_release.len().cmp(&other.pre_release.len())
    }
}

fn parts() -> impl Strategy<Value = Parts> {
    let identifier = prop_oneof!["0|[1-9][0-9]?", "[a-c]", "[a-b][0-9]", "[0-9]-[a-b]"];
    (
        [0_u64..3, 0..3, 0..12],
        proptest::collection::vec(identifier, 0..3),
        proptest::option::of("[a-z0-9]{1,3}"),
    )
        .prop_map(|(core, pre_release, build)| Parts { core, pre_release, build })
}

proptest! {
    #[test]
    fn order_agrees_with_the_specification(left in parts(), right in parts()) {
        for ecosystem in Ecosystem::ALL {
            prop_assert_eq!(
                version(*ecosystem, &left.text()).cmp(&version(*ecosystem, &right.text())),
                left.precedence(&right),
                "{} {} {}", ecosystem, left.text(), right.text()
            );
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        for ecosystem in Ecosystem::ALL {
            let _ = Version::parse(*ecosystem, &text);
        }
    }
}
