mod own;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::advisory::UnreadableRecord;
use crate::advisory::format::Layout;
use crate::severity::SeverityLevel;

fn read_bytes(path: &str, content: &[u8]) -> Reading {
    OsvJson.read(&RecordFile { source: "test", path, layout: Layout::Free, content })
}

fn read(record: &Value) -> Reading {
    read_bytes("ACME-1.json", record.to_string().as_bytes())
}

fn advisory(record: &Value) -> Advisory {
    match read(record) {
        Reading::Record(advisory) => advisory,
        other => panic!("{other:?}"),
    }
}

fn unreadable(reading: Reading) -> UnreadableRecord {
    match reading {
        Reading::Unreadable(unreadable) => unreadable,
        other => panic!("{other:?}"),
    }
}

/// A record about npm's `left-pad` with these extra keys in its `affected` entry.
fn entry(ecosystem: &str, name: &str, more: &Value) -> Value {
    let mut entry = json!({ "package": { "ecosystem": ecosystem, "name": name } });
    merge(&mut entry, more);
    entry
}

fn record(entries: &[Value], more: &Value) -> Value {
    let mut record = json!({
        "id": "ACME-1", "modified": "2024-02-03T04:05:06Z", "affected": entries,
    });
    merge(&mut record, more);
    record
}

fn merge(object: &mut Value, more: &Value) {
    for (key, value) in more.as_object().unwrap() {
        object[key] = value.clone();
    }
}

fn until(version: &str) -> Value {
    json!({ "ranges": [{ "type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": version}] }] })
}

fn simple(more: &Value) -> Value {
    record(&[entry("npm", "left-pad", &until("1.0.0"))], more)
}

fn named(names: &[(Ecosystem, &str)]) -> BTreeSet<PackageName> {
    names.iter().map(|(ecosystem, name)| PackageName::new(*ecosystem, name)).collect()
}

#[test]
fn every_field_is_read() {
    let affected = entry(
        "crates.io",
        "time",
        &json!({
            "ranges": [
                { "type": "SEMVER", "events": [{"introduced": "0.0.0-0"}, {"fixed": "0.2.23"}] },
                { "type": "GIT", "repo": "https://example.org", "events": [{"introduced": "abc"}] },
            ],
            "versions": ["0.1.0"],
            "ecosystem_specific": {
                "affects": { "functions": ["time::at"], "os": ["linux"], "arch": ["x86"] },
                "affected_functions": null,
            },
        }),
    );
    let advisory = advisory(&record(
        &[affected],
        &json!({
            "published": "2024-02-01",
            "aliases": ["CVE-2024-1", "ACME-1", "not an id"],
            "summary": "Short", "details": "Long",
            "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
            "references": [
                { "type": "WEB", "url": "https://example.org/web" },
                { "type": "ADVISORY", "url": "https://example.org/advisory" },
            ],
        }),
    ));
    assert_eq!(advisory.id.as_str(), "ACME-1");
    assert_eq!(advisory.aliases, BTreeSet::from(["CVE-2024-1".parse().unwrap()]));
    assert_eq!(advisory.kind, AdvisoryKind::Vulnerability);
    assert_eq!(advisory.severity.score, Some(9.8));
    assert_eq!((advisory.title.as_str(), advisory.details.as_str()), ("Short", "Long"));
    assert_eq!(advisory.url.as_deref(), Some("https://example.org/advisory"));
    assert_eq!(advisory.published, timestamp("2024-02-01T00:00:00Z"));
    assert_eq!(advisory.modified, timestamp("2024-02-03T04:05:06Z"));
    assert_eq!(advisory.source, "test");
    let [affected] = advisory.affected.as_slice() else { panic!("{:?}", advisory.affected) };
    assert_eq!(affected.ranges.len(), 1);
    assert_eq!(affected.versions, ["0.1.0"]);
    assert_eq!(affected.patched, [">=0.2.23"]);
    assert_eq!(affected.functions.keys().collect::<Vec<_>>(), ["time::at"]);
    assert_eq!(
        (affected.os.as_slice(), affected.arch.as_slice()),
        (&["linux".into()][..], &["x86".into()][..])
    );
}

#[test]
fn kinds_are_distinguished() {
    let with = |more: Value| entry("crates.io", "time", &more);
    let specific = |value: Value| json!({ "database_specific": value });
    let cases = [
        (record(&[with(json!({}))], &json!({})), AdvisoryKind::Vulnerability),
        (
            record(&[with(specific(json!({"informational": "unmaintained"})))], &json!({})),
            AdvisoryKind::Unmaintained,
        ),
        (
            record(&[with(specific(json!({"informational": "unsound"})))], &json!({})),
            AdvisoryKind::Unsound,
        ),
        (
            record(&[with(specific(json!({"informational": "odd"})))], &json!({})),
            AdvisoryKind::Vulnerability,
        ),
        (
            record(&[with(specific(json!({"informational": null})))], &json!({})),
            AdvisoryKind::Vulnerability,
        ),
        (
            record(
                &[with(specific(json!({"informational": "notice"}))), with(json!({}))],
                &json!({}),
            ),
            AdvisoryKind::Vulnerability,
        ),
        (record(&[with(json!({}))], &json!({"aliases": ["MAL-2024-1"]})), AdvisoryKind::Malicious),
        (
            record(&[with(json!({}))], &specific(json!({"cwe_ids": ["CWE-79", "CWE-506"]}))),
            AdvisoryKind::Malicious,
        ),
        (
            record(&[with(json!({}))], &specific(json!({"malicious-packages-origins": []}))),
            AdvisoryKind::Malicious,
        ),
        (
            record(
                &[with(specific(json!({"cwes": [{"cweId": "CWE-506", "name": "x"}]})))],
                &json!({}),
            ),
            AdvisoryKind::Malicious,
        ),
        (
            record(&[with(specific(json!({"categories": ["malicious"]})))], &json!({})),
            AdvisoryKind::Malicious,
        ),
        (
            record(&[with(json!({}))], &specific(json!({"cwe_ids": "CWE-506?"}))),
            AdvisoryKind::Vulnerability,
        ),
    ];
    for (record, kind) in cases {
        assert_eq!(advisory(&record).kind, kind, "{record}");
    }
    let malicious = read_bytes(
        "MAL-2024-1.json",
        br#"{"id":"MAL-2024-1","affected":[{"package":{"ecosystem":"npm","name":"left-pad"}}]}"#,
    );
    let Reading::Record(malicious) = malicious else { panic!() };
    assert_eq!(malicious.kind, AdvisoryKind::Malicious);
}

#[test]
fn the_gravest_vector_counts_and_words_where_none_scores() {
    const LOW: &str = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N";
    const HIGH: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    const V2: &str = "AV:N/AC:L/Au:N/C:C/I:C/A:C";
    let vector = |score: &str| json!([{ "type": "CVSS_V3", "score": score }]);
    let word = |word: &str| json!({ "database_specific": { "severity": word } });
    let at_entry = |more: &Value| record(&[entry("npm", "left-pad", more)], &json!({}));
    let cases = [
        (simple(&json!({})), SeverityLevel::Unknown),
        (simple(&json!({ "severity": vector(LOW) })), SeverityLevel::Low),
        (simple(&json!({ "severity": [vector(LOW)[0], vector(HIGH)[0]] })), SeverityLevel::High),
        (
            simple(&json!({ "severity": [{"type": "CVSS_V2", "score": V2}] })),
            SeverityLevel::Critical,
        ),
        (
            simple(
                &json!({ "severity": vector(LOW), "database_specific": {"severity": "CRITICAL"} }),
            ),
            SeverityLevel::Low,
        ),
        (
            simple(
                &json!({ "severity": vector("CVSS:3.1/nonsense"), "database_specific": {"severity": "MODERATE"} }),
            ),
            SeverityLevel::Medium,
        ),
        (simple(&json!({ "severity": vector("CVSS:9/nonsense") })), SeverityLevel::Unknown),
        (
            simple(&json!({ "severity": [{"type": "CVSS_V3", "score": 9.8}] })),
            SeverityLevel::Unknown,
        ),
        (
            simple(&json!({ "severity": [{"type": "Ubuntu", "score": "high"}] })),
            SeverityLevel::High,
        ),
        (simple(&word("HIGH")), SeverityLevel::High),
        (simple(&json!({ "database_specific": {"severity": ["HIGH"]} })), SeverityLevel::Unknown),
        (at_entry(&word("LOW")), SeverityLevel::Low),
        // With an invalid vector, the word counts as much as a valid vector.
        (
            simple(&json!({
                "severity": [vector(LOW)[0], vector("CVSS:3.1/AV:N/AC:L")[0]],
                "database_specific": {"severity": "CRITICAL"},
            })),
            SeverityLevel::Critical,
        ),
        (
            simple(&json!({ "severity": [vector(LOW)[0], vector("CVSS:3.1/AV:N/AC:L")[0]] })),
            SeverityLevel::Low,
        ),
        (
            simple(&json!({
                "severity": vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U"),
                "database_specific": {"severity": "CRITICAL"},
            })),
            SeverityLevel::Critical,
        ),
        (
            simple(&json!({
                "severity": vector(&format!("{LOW}/AV:L")),
                "database_specific": {"severity": "spicy"},
            })),
            SeverityLevel::Unknown,
        ),
        (
            simple(&json!({
                "severity": vector(LOW),
                "database_specific": {"severity": "HIGH", "cvss": "CVSS:3.1/AV:L"},
            })),
            SeverityLevel::High,
        ),
        (at_entry(&json!({ "severity": vector(HIGH) })), SeverityLevel::High),
    ];
    for (record, level) in cases {
        assert_eq!(advisory(&record).severity.level, level, "{record}");
    }
}

#[test]
fn affected_versions_are_read() {
    let events = |list: Value| json!({ "ranges": [{ "type": "ECOSYSTEM", "events": list }] });
    let cases: Vec<(Value, &[&str], &[&str])> = vec![
        (json!({}), &["0.0.1", "99.0.0"], &[]),
        (json!({ "ranges": [], "versions": [] }), &["0.0.1", "99.0.0"], &[]),
        (json!({ "versions": ["1.0.0"] }), &["1.0.0"], &["1.0.1"]),
        (
            events(json!([{"introduced": "1.0.0"}, {"last_affected": "1.0.0"}])),
            &["1.0.0"],
            &["0.9.0", "1.0.1"],
        ),
        (
            events(json!([{"introduced": "1.0.0", "fixed": "2.0.0"}])),
            &["1.0.0", "1.9.0"],
            &["2.0.0"],
        ),
        (events(json!([{"introduced": "0"}, {"limit": "2.0.0"}])), &["1.0.0"], &["2.0.0"]),
        (
            json!({
                "versions": ["3.0.0"],
                "ranges": [{ "type": "GIT", "events": [{"introduced": "0"}] }],
            }),
            &["3.0.0"],
            &["1.0.0"],
        ),
    ];
    for (more, affected, free) in cases {
        let advisory = advisory(&record(&[entry("npm", "left-pad", &more)], &json!({})));
        for version in affected {
            assert_eq!(advisory.affected[0].affects(version), Ok(true), "{version} {more}");
        }
        for version in free {
            assert_eq!(advisory.affected[0].affects(version), Ok(false), "{version} {more}");
        }
    }
}

#[test]
fn several_entries_of_one_package_are_kept() {
    let entries = [
        entry("npm", "left-pad", &until("1.0.0")),
        entry("npm", "left-pad", &json!({ "versions": ["2.0.0"] })),
        entry("PyPI", "left-pad", &json!({})),
    ];
    assert_eq!(advisory(&record(&entries, &json!({}))).affected.len(), 2);
}

#[test]
fn an_undecidable_record_is_unreadable_and_names_the_package() {
    let events = |list: Value| json!({ "ranges": [{ "type": "SEMVER", "events": list }] });
    let cases = [
        json!({ "ranges": [{ "type": "GIT", "events": [{"introduced": "0"}] }] }),
        json!({ "ranges": [{ "type": "CALVER", "events": [{"introduced": "0"}] }] }),
        json!({ "ranges": [{ "type": "SEMVER" }] }),
        events(json!([])),
        events(json!([{"fixed": "1.0.0"}])),
        events(json!([{"introduced": "0"}, {"fixed": "next"}])),
        events(json!([{"introduced": "0"}, {"repaired": "1.0.0"}])),
        events(json!([{"introduced": 0}])),
        events(json!([{"introduced": "0", "repaired": "1.0.0"}])),
        events(json!([{"introduced": "0"}, {"fixed": "0"}])),
        events(json!([{"introduced": "0"}, {"limit": "0"}])),
        events(json!([{"introduced": null}])),
        // The schema: both "cannot be used in the same range".
        events(json!([{"introduced": "0"}, {"fixed": "1.0.0"}, {"last_affected": "2.0.0"}])),
        json!({ "versions": [1] }),
    ];
    for more in cases {
        let unreadable = unreadable(read(&record(&[entry("npm", "left-pad", &more)], &json!({}))));
        assert_eq!(unreadable.packages, named(&[(Ecosystem::Npm, "left-pad")]), "{more}");
        assert_eq!(unreadable.file, "ACME-1.json");
    }
}

#[test]
fn a_neighbour_that_cannot_be_decided_does_not_cost_the_finding() {
    let git = json!({ "ranges": [{ "type": "GIT", "events": [{"introduced": "0"}] }] });
    let entries = [entry("npm", "left-pad", &until("1.0.0")), entry("npm", "right-pad", &git)];
    let Reading::Partial(advisory, unreadable) = read(&record(&entries, &json!({}))) else {
        panic!()
    };
    assert_eq!(advisory.affected[0].package, "left-pad");
    assert_eq!(unreadable.packages, named(&[(Ecosystem::Npm, "right-pad")]));
    // Withdrawn, it matches nothing anyway.
    let withdrawn = json!({ "withdrawn": "2024-02-01T00:00:00Z" });
    assert!(matches!(read(&record(&entries, &withdrawn)), Reading::Record(_)));
    // Unless the withdrawal was only announced.
    let announced = json!({ "withdrawn": "2024-03-01T00:00:00Z" });
    assert!(matches!(read(&record(&entries, &announced)), Reading::Partial(..)));
}

#[test]
fn withdrawn_is_a_time_or_an_error() {
    assert!(advisory(&simple(&json!({ "withdrawn": "2024-03-01T00:00:00Z" }))).withdrawn.is_some());
    assert!(advisory(&simple(&json!({ "withdrawn": null }))).withdrawn.is_none());
    for odd in [json!(""), json!("yes"), json!(false)] {
        unreadable(read(&simple(&json!({ "withdrawn": odd }))));
    }
}

#[test]
fn a_record_under_another_name_is_not_trusted() {
    let text = simple(&json!({})).to_string();
    for (path, is_read) in [
        ("ACME-1.json", true),
        ("2024/01/ACME-1/ACME-1.json", true),
        ("ACME-2.json", false),
        ("record.json", false),
    ] {
        let reading = read_bytes(path, text.as_bytes());
        assert_eq!(matches!(reading, Reading::Record(_)), is_read, "{path}");
    }
    let id = json!({ "id": "ACME 1" });
    unreadable(read(&simple(&id)));
}

#[test]
fn duplicate_keys_are_refused_and_every_value_is_named() {
    for (text, names) in [
        (
            r#"{"id":"ACME-1","affected":[{"package":{"ecosystem":"npm","name":"left-pad"}}],"affected":[]}"#,
            &["left-pad"][..],
        ),
        (
            r#"{"id":"ACME-1","affected":[{"package":{"ecosystem":"npm","name":"left-pad","name":"x"}}]}"#,
            &["left-pad", "x"],
        ),
        (
            r#"{"id":"ACME-1","withdrawn":null,"withdrawn":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"left-pad"}}]}"#,
            &["left-pad"],
        ),
    ] {
        let unreadable = unreadable(read_bytes("ACME-1.json", text.as_bytes()));
        for name in names {
            let package = PackageName::new(Ecosystem::Npm, name);
            assert!(unreadable.packages.contains(&package), "{text}");
        }
    }
}

#[test]
fn broken_text_still_names_packages() {
    let text = r#"{"id":"ACME-1","affected":[{"package":{"ecosystem":"npm","name":"left-pad","purl":"pkg:npm/left-pad"}}]}"#;
    let cut = &text[..text.len() - 3];
    let swapped = text.replace(":[{", "[:{");
    for broken in [cut, swapped.as_str()] {
        let unreadable = unreadable(read_bytes("ACME-1.json", broken.as_bytes()));
        assert!(unreadable.packages.contains(&PackageName::new(Ecosystem::Npm, "left-pad")));
    }
    let mut not_text = text.as_bytes().to_vec();
    not_text.push(0xff);
    let unreadable = unreadable(read_bytes("ACME-1.json", &not_text));
    assert!(unreadable.packages.contains(&PackageName::new(Ecosystem::Npm, "left-pad")));
}

#[test]
fn other_files_and_other_ecosystems_are_not_records() {
    let unknown = entry("PyPI", "django", &json!({}));
    for text in [
        record(&[unknown], &json!({})).to_string(),
        record(&[], &json!({})).to_string(),
        json!({ "id": "CVE-2024-1", "affected": [{ "ranges": [{"type": "GIT"}] }] }).to_string(),
        json!({ "name": "package", "version": "1.0.0" }).to_string(),
        // Malformed, but clearly about another ecosystem.
        json!({ "id": 7, "affected": [{"package": {"ecosystem": "PyPI", "name": "django"}}] })
            .to_string(),
    ] {
        let reading = read_bytes("ACME-1.json", text.as_bytes());
        assert_eq!(reading, Reading::NoRecord, "{text}");
    }
    for text in ["", "[]", "null", "{\"vulns\": [{\"affected\": []}]}"] {
        unreadable(read_bytes("ACME-1.json", text.as_bytes()));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_bytes("ACME-1.json", &content);
    }

    #[test]
    fn a_cut_or_changed_record_is_never_silently_lost(at in 0..400_usize, byte in any::<u8>()) {
        let whole = simple(&json!({ "summary": "x", "aliases": ["CVE-2024-1"] })).to_string();
        let at = at % whole.len();
        let cut = read_bytes("ACME-1.json", &whole.as_bytes()[..at]);
        prop_assert!(matches!(cut, Reading::Unreadable(_)));
        let mut changed = whole.into_bytes();
        changed[at] = byte;
        let _ = read_bytes("ACME-1.json", &changed);
    }
}
