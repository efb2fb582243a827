use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::advisory::{Affected, AffectedRange, RangeEvent};
use crate::advisory_kind::AdvisoryKind;
use crate::package::{Ecosystem, PackageName};
use crate::severity::{Severity, SeverityLevel};

fn record(source: &str, id: &str, aliases: &[&str]) -> Advisory {
    Advisory {
        id: id.parse().unwrap(),
        aliases: aliases.iter().map(|alias| alias.parse().unwrap()).collect(),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity::UNKNOWN,
        title: String::new(),
        details: String::new(),
        url: None,
        published: None,
        modified: None,
        withdrawn: None,
        source: source.into(),
        affected: Vec::new(),
    }
}

/// The ids of each group, as `source:id`.
fn grouped(records: &[Advisory]) -> Vec<Vec<String>> {
    let references: Vec<&Advisory> = records.iter().collect();
    groups(&references)
        .into_iter()
        .map(|group| {
            let name =
                |position: usize| format!("{}:{}", records[position].source, records[position].id);
            group.into_iter().map(name).collect()
        })
        .collect()
}

#[test]
fn one_vulnerability_in_several_databases_is_one_group() {
    let records = [
        record("ghsa", "GHSA-wcg3-cvx6-7396", &["CVE-2020-26235"]),
        record("rustsec", "RUSTSEC-2020-0071", &["CVE-2020-26235"]),
        record("own", "ACME-7", &["RUSTSEC-2020-0071"]),
        record("rustsec", "RUSTSEC-2020-0159", &[]),
    ];
    assert_eq!(
        grouped(&records),
        [
            vec!["rustsec:RUSTSEC-2020-0071", "ghsa:GHSA-wcg3-cvx6-7396", "own:ACME-7"],
            vec!["rustsec:RUSTSEC-2020-0159"],
        ]
    );
}

#[test]
fn one_database_under_two_names_folds_id_by_id() {
    let records = [
        record("osv", "RUSTSEC-2020-0036", &["CVE-2020-25575"]),
        record("rustsec", "RUSTSEC-2019-0036", &["CVE-2020-25575"]),
        record("rustsec", "RUSTSEC-2020-0036", &["CVE-2020-25575"]),
        record("osv", "RUSTSEC-2019-0036", &["CVE-2020-25575"]),
    ];
    assert_eq!(
        grouped(&records),
        [
            vec!["rustsec:RUSTSEC-2019-0036", "osv:RUSTSEC-2019-0036"],
            vec!["osv:RUSTSEC-2020-0036", "rustsec:RUSTSEC-2020-0036"],
        ]
    );
}

#[test]
fn two_ids_of_one_database_stay_two_advisories() {
    let shared = &["CVE-2024-35312", "GHSA-9328-gcfq-p269"];
    let records = [
        record("rustsec", "RUSTSEC-2024-0340", shared),
        record("rustsec", "RUSTSEC-2024-0339", shared),
        record("ghsa", "GHSA-9328-gcfq-p269", &["CVE-2024-35312"]),
    ];
    assert_eq!(
        grouped(&records),
        [
            vec!["rustsec:RUSTSEC-2024-0339", "ghsa:GHSA-9328-gcfq-p269"],
            vec!["rustsec:RUSTSEC-2024-0340"],
        ]
    );
}

#[test]
fn a_name_counts_before_a_shared_alias() {
    let records = [
        record("rustsec", "RUSTSEC-2024-0001", &["CVE-2024-1"]),
        record("rustsec", "RUSTSEC-2024-0002", &["CVE-2024-1", "GHSA-aaaa-bbbb-cccc"]),
        record("ghsa", "GHSA-aaaa-bbbb-cccc", &["CVE-2024-1"]),
    ];
    assert_eq!(
        grouped(&records),
        [
            vec!["rustsec:RUSTSEC-2024-0001"],
            vec!["rustsec:RUSTSEC-2024-0002", "ghsa:GHSA-aaaa-bbbb-cccc"],
        ]
    );
}

#[test]
fn withdrawn_records_join_nothing() {
    let mut bridge = record("ghsa", "GHSA-aaaa-bbbb-cccc", &["RUSTSEC-2024-0001", "ACME-1"]);
    bridge.withdrawn = Some(Timestamp::UNIX_EPOCH);
    let records =
        [record("rustsec", "RUSTSEC-2024-0001", &[]), bridge, record("own", "ACME-1", &[])];
    assert_eq!(grouped(&records), [vec!["rustsec:RUSTSEC-2024-0001"], vec!["own:ACME-1"]]);
}

proptest! {
    #[test]
    fn no_advisory_is_lost_or_hidden(
        drawn in proptest::collection::vec(
            (0..4_usize, 0..4_usize, proptest::collection::vec(0..6_usize, 0..4), any::<bool>()),
            0..12,
        ),
        turn in 0..12_usize,
    ) {
        const DATABASES: [&str; 4] = ["RUSTSEC-2024", "GHSA", "MAL-2024", "ACME"];
        const ALIASES: [&str; 6] = ["CVE-2024-1", "CVE-2024-2", "GHSA-0", "RUSTSEC-2024-1", "ACME-2", "MAL-2024-3"];
        let mut records: Vec<Advisory> = drawn
            .iter()
            .map(|(database, number, aliases, withdrawn)| {
                let id = format!("{}-{number}", DATABASES[*database]);
                let aliases: Vec<&str> = aliases.iter().map(|alias| ALIASES[*alias]).collect();
                Advisory { withdrawn: withdrawn.then_some(Timestamp::UNIX_EPOCH), ..record("s", &id, &aliases) }
            })
            .collect();
        let grouped_ids = grouped(&records);
        let mut seen: Vec<String> = grouped_ids.concat();
        let mut expected: Vec<String> = records
            .iter()
            .filter(|record| record.withdrawn.is_none())
            .map(|record| format!("s:{}", record.id))
            .collect();
        seen.sort();
        expected.sort();
        prop_assert_eq!(seen, expected);
        for group in &grouped_ids {
            let ids: BTreeSet<&String> = group.iter().collect();
            let databases: BTreeSet<&str> = ids.iter().map(|id| id.split('-').next().unwrap()).collect();
            prop_assert_eq!(ids.len(), databases.len(), "{:?}", group);
        }
        let turn = turn % records.len().max(1);
        records.rotate_left(turn);
        prop_assert_eq!(grouped(&records), grouped_ids);
    }
}

fn affecting(mut record: Advisory, fixed: &str, patched: &[&str]) -> Advisory {
    record.affected.push(Affected {
        ecosystem: Ecosystem::Cargo,
        package: "time".into(),
        ranges: vec![AffectedRange {
            events: vec![RangeEvent::Introduced("0".into()), RangeEvent::Fixed(fixed.into())],
        }],
        versions: Vec::new(),
        patched: patched.iter().map(|text| (*text).into()).collect(),
        functions: BTreeMap::new(),
        os: Vec::new(),
        arch: Vec::new(),
    });
    record
}

fn merged(records: &[Advisory]) -> MergedAdvisory {
    let references: Vec<&Advisory> = records.iter().collect();
    MergedAdvisory::of(&references, &PackageName::new(Ecosystem::Cargo, "time")).unwrap()
}

#[test]
fn the_strictest_statement_counts_and_every_name_is_kept() {
    let mut ghsa = record("ghsa", "GHSA-wcg3-cvx6-7396", &["CVE-2020-26235"]);
    ghsa.severity = Severity::from_level(SeverityLevel::High);
    ghsa.title = "Segmentation fault".into();
    let mut rustsec = record("rustsec", "RUSTSEC-2020-0071", &["CVE-2020-26235"]);
    rustsec.kind = AdvisoryKind::Unsound;
    let merged = merged(&[ghsa, rustsec]);
    assert_eq!(merged.id.as_str(), "RUSTSEC-2020-0071");
    let aliases: Vec<_> = merged.aliases.iter().map(AdvisoryId::as_str).collect();
    assert_eq!(aliases, ["GHSA-wcg3-cvx6-7396", "CVE-2020-26235"]);
    assert_eq!(merged.kind, AdvisoryKind::Vulnerability);
    assert_eq!(merged.severity.level, SeverityLevel::High);
    assert_eq!(merged.title, "Segmentation fault");
    assert_eq!(merged.sources.len(), 2);
    let page = "https://rustsec.org/advisories/RUSTSEC-2020-0071.html";
    assert_eq!(merged.url.as_deref(), Some(page));
}

#[test]
fn merging_no_records_gives_none() {
    let name = PackageName::new(Ecosystem::Npm, "time");
    assert_eq!(MergedAdvisory::of(&[], &name), None);
}

#[test]
fn a_patch_that_another_record_contradicts_is_not_offered() {
    let rustsec = record("rustsec", "RUSTSEC-2020-0071", &[]);
    let ghsa = record("ghsa", "GHSA-wcg3-cvx6-7396", &[]);
    let cases = [
        ("0.2.23", "0.2.23", vec![">=0.2.23"]),
        ("0.2.23", "0.2.24", vec![">=0.2.24"]),
        ("0.2.24", "0.2.23", vec![">=0.2.24"]),
    ];
    for (first, second, expected) in cases {
        let patched = |version: &str| format!(">={version}");
        let records = [
            affecting(rustsec.clone(), first, &[&patched(first)]),
            affecting(ghsa.clone(), second, &[&patched(second)]),
        ];
        assert_eq!(merged(&records).patched, expected);
    }
}

#[test]
fn the_shorter_of_two_equal_records_counts() {
    let osv = record("osv", "RUSTSEC-2020-0071", &[]);
    let markdown = record("rustsec", "RUSTSEC-2020-0071", &[]);
    let records = [
        affecting(osv, "0.2.0", &[">=0.2.0, <0.2.1-0", ">=0.2.23"]),
        affecting(markdown, "0.2.0", &[">=0.2.23"]),
    ];
    assert_eq!(merged(&records).patched, [">=0.2.23"]);
}

#[test]
fn a_limit_needs_every_record() {
    let limited = |os: &[&str], requirements: &[&str]| {
        let mut record = affecting(record("s", "ACME-1", &[]), "1.0.0", &[]);
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        record.affected[0].os = texts(os);
        record.affected[0].functions.insert("time::at".into(), texts(requirements));
        record
    };
    let both = merged(&[limited(&["linux"], &["^0.1"]), limited(&["macos"], &["^0.2"])]);
    assert_eq!(both.os.len(), 2);
    assert_eq!(both.functions["time::at"], ["^0.1", "^0.2"]);
    let open = merged(&[limited(&["linux"], &["^0.1"]), limited(&[], &[])]);
    assert!(open.os.is_empty());
    assert!(open.functions["time::at"].is_empty());
}

#[test]
fn a_name_that_very_many_ids_share_joins_none() {
    let records: Vec<Advisory> =
        (0..200).map(|number| record("own", &format!("TEAM{number}-1"), &["CVE-2026-1"])).collect();
    let few: Vec<&Advisory> = records.iter().take(64).collect();
    assert_eq!(groups(&few).len(), 1);
    let many: Vec<&Advisory> = records.iter().collect();
    assert_eq!(groups(&many).len(), 200);
}
