//! A team's own records, and limits for any record.

use super::*;

fn read_own(record: &Value) -> Reading {
    let content = record.to_string();
    OsvJson.read(&RecordFile {
        source: "test",
        path: "ACME-1.json",
        layout: Layout::Own,
        content: content.as_bytes(),
    })
}

#[test]
fn a_team_is_told_of_a_misspelt_ecosystem() {
    let either = named(&[(Ecosystem::Npm, "left-pad"), (Ecosystem::Cargo, "left-pad")]);
    for misspelt in ["NPM", "Npm", "cargo", "crates", "Crates.io", "node", ""] {
        let own = record(&[entry(misspelt, "left-pad", &until("1.0.0"))], &json!({}));
        let found = unreadable(read_own(&own));
        assert_eq!(found.packages, either, "{misspelt}");
        assert!(found.reason.contains("write `npm` or `crates.io`"), "{}", found.reason);
        if ["cargo", "crates", "node", ""].contains(&misspelt) {
            assert_eq!(read(&own), Reading::NoRecord, "OSV may get an ecosystem {misspelt}");
        } else {
            assert_eq!(unreadable(read(&own)).packages, either, "{misspelt}");
        }
    }
    for other in ["PyPI", "Go", "Debian:12", "GitHub Actions"] {
        let own = record(&[entry(other, "left-pad", &until("1.0.0"))], &json!({}));
        assert_eq!(read_own(&own), Reading::NoRecord, "{other}");
    }
}

#[test]
fn one_misspelt_ecosystem_does_not_affect_the_others() {
    let entries =
        [entry("npm", "left-pad", &until("1.0.0")), entry("NPM", "right-pad", &until("1.0.0"))];
    let Reading::Partial(advisory, unreadable) = read_own(&record(&entries, &json!({}))) else {
        panic!("not read in part");
    };
    assert_eq!(advisory.affected[0].package, "left-pad");
    let either = named(&[(Ecosystem::Npm, "right-pad"), (Ecosystem::Cargo, "right-pad")]);
    assert_eq!(unreadable.packages, either);
}

#[test]
fn a_team_is_told_of_a_record_without_a_subject() {
    for own in [
        json!({ "id": "ACME-1" }),
        json!({ "id": "ACME-1", "affected": [] }),
        json!({ "id": "ACME-1", "affected": [{ "versions": ["1.0.0"] }] }),
    ] {
        assert_eq!(unreadable(read_own(&own)).packages, BTreeSet::new(), "{own}");
        assert_eq!(read(&own), Reading::NoRecord, "{own}");
    }
    let code = json!({ "id": "ACME-1", "affected": [{ "ranges": [{ "type": "GIT" }] }] });
    assert_eq!(read_own(&code), Reading::NoRecord);
}

#[test]
fn a_team_is_told_of_an_invalid_version() {
    for odd in ["1.x", "< 2.0.0", "all", ""] {
        let more = json!({ "versions": ["1.0.0", odd] });
        let own = record(&[entry("npm", "left-pad", &more)], &json!({}));
        let found = unreadable(read_own(&own));
        assert_eq!(found.packages, named(&[(Ecosystem::Npm, "left-pad")]), "{odd}");
        assert!(matches!(read(&own), Reading::Record(_)), "{odd}");
    }
}

#[test]
fn names_are_read_without_the_space_around_them() {
    let more = json!({ "versions": ["1.0.0"] });
    let spaced = record(&[entry("npm", " left-pad\n", &more)], &json!({}));
    assert_eq!(advisory(&spaced).affected[0].package, "left-pad");
    let suffixed = record(&[entry("npm:private", "left-pad", &more)], &json!({}));
    assert_eq!(advisory(&suffixed).affected[0].ecosystem, Ecosystem::Npm);
}

#[test]
fn a_schema_of_another_number_is_not_read() {
    for version in ["1.0.0", "1.7.3", "0.8", "1"] {
        advisory(&simple(&json!({ "schema_version": version })));
    }
    for version in ["2.0.0", "", "next"] {
        let found = unreadable(read(&simple(&json!({ "schema_version": version }))));
        assert_eq!(found.packages, named(&[(Ecosystem::Npm, "left-pad")]), "{version}");
    }
}

#[test]
fn content_repeated_for_each_package_is_limited() {
    let aliases = |count: usize| -> Vec<String> {
        (0..count).map(|number| format!("CVE-2026-{number}")).collect()
    };
    assert_eq!(advisory(&simple(&json!({ "aliases": aliases(1_000) }))).aliases.len(), 1_000);
    let found = unreadable(read(&simple(&json!({ "aliases": aliases(1_001) }))));
    assert_eq!(found.packages, named(&[(Ecosystem::Npm, "left-pad")]));
    let long = advisory(&simple(&json!({ "summary": "x".repeat(5_000) })));
    assert_eq!(long.title.chars().count(), 1_001);
    let many: Vec<Value> =
        (0..2_000).map(|number| entry("npm", &format!("p{number}"), &json!({}))).collect();
    let found = unreadable(read(&record(&many, &json!({ "aliases": aliases(600) }))));
    assert_eq!(found.packages.len(), 2_000);
}

#[test]
fn an_unreadable_record_with_very_many_packages_may_be_about_any() {
    let names: Vec<String> = (0..6_000).map(|number| format!("\"name\": \"p{number}\"")).collect();
    let text = format!("{{ {}", names.join(", "));
    assert_eq!(unreadable(read_bytes("ACME-1.json", text.as_bytes())).packages, BTreeSet::new());
}
