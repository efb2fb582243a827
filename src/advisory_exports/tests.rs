use std::collections::BTreeMap;

use super::data::{Document, FILES};
use super::*;

fn about(package: &str, id: &str) -> AdvisoryExports {
    AdvisoryExports::of(package, &[id.parse().unwrap()].into())
}

fn left_out(exports: &AdvisoryExports, named: &[&str]) -> String {
    let named: Vec<ImportTarget> =
        named.iter().map(|text| ImportTarget::parse(text).unwrap()).collect();
    let left_out = exports.left_out_by(&named.iter().collect::<Vec<_>>());
    left_out.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_file_can_be_read_and_is_about_the_package_of_its_name() {
    let mut seen: BTreeMap<(&AdvisoryId, &str), &str> = BTreeMap::new();
    for (name, text) in FILES {
        let document: Document = toml::from_str(text).unwrap_or_else(|why| panic!("{name}: {why}"));
        for row in &document.advisory {
            assert_eq!(row.package(), name.replace('+', "/"));
            assert!(!row.ids.is_empty(), "{name}");
        }
    }
    for row in data::rows() {
        for id in &row.ids {
            seen.insert((id, row.package()), &row.summary);
        }
        assert!(!row.summary.ends_with('.') && !row.source.is_empty(), "{}", row.summary);
    }
    assert!(seen.len() > 100);
}

#[test]
fn an_advisory_is_known_by_each_of_its_names_and_for_its_package_alone() {
    assert_eq!(
        names(&about("lodash", "CVE-2021-23337").targets()),
        "`lodash#template` and `lodash/template`"
    );
    assert_eq!(about("lodash", "GHSA-35JH-R3H4-6JHM").targets().len(), 2);
    assert!(about("lodash-es", "CVE-2021-23337").is_empty());
    assert!(about("lodash", "CVE-2099-0001").is_empty());
    assert_eq!(names(&[]), "");
}

#[test]
fn an_advisory_about_several_lines_of_versions_is_about_all_that_they_export() {
    assert_eq!(
        names(&about("mime", "CVE-2017-16138").targets()),
        "`mime#lookup` and `mime#getType`"
    );
}

#[test]
fn a_claim_names_everything_or_leaves_something_out() {
    let template = about("lodash", "CVE-2021-23337");
    for (named, expected) in [
        (&["lodash"][..], ""),
        (&["lodash#template", "lodash/template"], ""),
        // It is proved or refuted for every module that may hold the code.
        (&["lodash/template"], ""),
        (&["lodash#template"], "lodash/template"),
        (&["lodash#get"], "lodash#template lodash/template"),
        (&["lodash/fp/template"], "lodash#template lodash/template"),
        (&[], "lodash#template lodash/template"),
    ] {
        assert_eq!(left_out(&template, named), expected, "{named:?}");
    }
    let trim = about("lodash", "CVE-2020-28500");
    assert_eq!(left_out(&trim, &["lodash#trim"]), "lodash#toNumber lodash#trimEnd");
    let set_path = about("node-forge", "CVE-2020-7720");
    assert_eq!(left_out(&set_path, &["node-forge#util"]), "");
    assert_eq!(left_out(&set_path, &["node-forge#setPath"]), "node-forge#util.setPath");
}

#[test]
fn a_claim_about_all_of_it_leaves_nothing_out() {
    let all = |package, id| value(&about(package, id).targets());
    assert_eq!(all("node-forge", "CVE-2020-7720"), "\"node-forge#util.setPath\"");
    assert_eq!(all("lodash", "CVE-2021-23337"), "[\"lodash#template\", \"lodash/template\"]");
    for row in data::rows() {
        let exports = AdvisoryExports { rows: vec![row] };
        assert!(exports.left_out_by(&exports.targets()).is_empty(), "{}", row.summary);
    }
}
