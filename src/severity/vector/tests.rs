use std::str::FromStr;

use proptest::prelude::*;

use super::*;

const V2: &str = "AV:N/AC:L/Au:N/C:P/I:P/A:C";
const V3: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const V4: &str = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";

#[test]
fn complete_vectors_are_valid() {
    let optional_2 = format!("{V2}/E:POC/RL:OF/RC:C/CDP:LM/TD:ND/CR:H/IR:ND/AR:L");
    let optional_3 = format!("{V3}/E:X/RL:O/RC:R/CR:H/MAV:P/MS:C/MA:N");
    let optional_4 = format!("{V4}/E:P/AR:M/MSI:S/MSA:H/S:P/AU:Y/R:I/V:C/RE:L/U:Amber");
    for text in [
        V2,
        &format!("({V2})"),
        &format!("CVSS:2.0/{V2}"),
        &optional_2,
        &format!("{V2}/CDP:N/TD:H/CR:M/IR:M/AR:M"),
        V3,
        &V3.replace("3.1", "3.0"),
        "CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N",
        &optional_3,
        V4,
        &optional_4,
    ] {
        assert!(scored_part(text).is_some(), "{text}");
    }
    assert_eq!(scored_part(&optional_2).as_deref(), Some(V2));
    assert_eq!(scored_part(&optional_3).as_deref(), Some(V3));
    assert_eq!(scored_part(&optional_4), Some(optional_4));
}

#[test]
fn a_vector_without_a_base_metric_is_invalid() {
    for whole in [V2, V3, V4] {
        let (prefix, metrics) = match whole.strip_prefix("CVSS:") {
            Some(rest) => whole.split_at(whole.len() - rest.len() + 4),
            None => ("", whole),
        };
        let metrics: Vec<&str> = metrics.split('/').collect();
        for left_out in 0..metrics.len() {
            let mut rest = metrics.clone();
            rest.remove(left_out);
            let text = format!("{prefix}{}", rest.join("/"));
            assert_eq!(scored_part(&text), None, "{text}");
        }
    }
}

#[test]
fn an_element_outside_of_the_specification_is_invalid() {
    for text in [
        // A metric twice, even with the same value.
        &format!("{V3}/AV:N"),
        &format!("{V3}/E:X/E:X"),
        &format!("{V4}/E:A/E:A"),
        &format!("{V2}/A:C"),
        // Unknown metrics and values, and letters of the wrong case.
        &format!("{V3}/XY:N"),
        &format!("{V3}/AT:N"),
        &V3.replace("S:U", "S:X"),
        &V3.replace("AV:N", "AV:X"),
        &V3.replace("AV:N", "AV:n"),
        &V3.replace("AV:N", "av:N"),
        &V3.replace("A:H", "A:"),
        &V3.replace("A:H", "A"),
        &V4.replace("UI:N", "UI:R"),
        &format!("{V4}/U:amber"),
        &V2.replace("Au:N", "AU:N"),
        // The prefix of another version, no prefix, or one in the wrong case.
        &V3.replace("3.1", "3.2"),
        &V3.replace("3.1", "4.0"),
        &V4.replace("4.0", "3.1"),
        &V3.replace("CVSS:3.1/", ""),
        &V3.replace("CVSS", "cvss"),
        &format!("CVSS:3.1/{V2}"),
        // Orders that the specification fixes.
        &V4.replace("AV:N/AC:L", "AC:L/AV:N"),
        &format!("{V4}/CR:H/E:A"),
        &V2.replace("AV:N/AC:L", "AC:L/AV:N"),
        &format!("{V2}/CDP:N/TD:H/CR:M/IR:M/AR:M/E:U/RL:W/RC:C"),
        // A part of a group of CVSS 2.
        &format!("{V2}/E:U"),
        // Extra text around it.
        &format!("{V3}/"),
        &V3.replace("/AC", "//AC"),
        &format!("({V2}"),
        &format!("{V2})"),
        &format!("(({V2}))"),
        &format!("({V3})"),
        &format!("CVSS:2.0/({V2})"),
        "CVSS:3.1/",
        "",
        "9.8",
    ] {
        assert_eq!(scored_part(text), None, "{text}");
    }
}

/// One value for each metric of a version, by a seed.
fn vector(rules: &VectorRules, seed: usize, with_others: bool) -> String {
    let others = rules.others.iter().copied().flatten();
    let metrics = rules.base.iter().chain(others.filter(|_| with_others));
    let metrics: Vec<String> = (1..)
        .zip(metrics)
        .map(|(place, (name, values))| {
            let values: Vec<&str> = values.split(' ').collect();
            format!("{name}:{}", values[(seed / place) % values.len()])
        })
        .collect();
    format!("{}{}", rules.prefix, metrics.join("/"))
}

proptest! {
    #[test]
    fn every_valid_vector_is_scored(seed in any::<usize>(), with_others in any::<bool>()) {
        for rules in [&VERSION_2, &VERSION_3_0, &VERSION_3_1, &VERSION_4_0] {
            let text = vector(rules, seed, with_others);
            let scored = scored_part(&text).unwrap();
            let score = cvss::Cvss::from_str(&scored).unwrap().score();
            prop_assert!((0.0..=10.0).contains(&score), "{} is {}", text, score);
        }
    }
}
