//! The snapshot as a whole: everything written is found, and a damaged file never gives a wrong answer.

mod content;
mod damage;
mod files;

use std::path::Path;

use proptest::prelude::*;
use serde_json::json;
use sha2::Digest;

use self::content::{Fixture, any_fixture, npm};
use super::*;

fn open(path: &Path) -> Snapshot {
    Snapshot::open(path).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn everything_written_is_found_again(fixture in any_fixture()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("advisories.db");
        let digest = fixture.write(&path);
        let snapshot = open(&path);
        prop_assert_eq!(snapshot.digest(), digest);
        prop_assert_eq!(snapshot.sources(), &fixture.sources);
        prop_assert_eq!(snapshot.built_at(), fixture.built_at);
        prop_assert_eq!(snapshot.unattributed().unwrap(), fixture.unattributed.clone());
        for (name, advisories) in &fixture.packages {
            let found = snapshot.lookup(name).unwrap();
            prop_assert_eq!(found.as_ref(), Some(advisories));
        }
        let names = fixture.packages.keys().cloned();
        prop_assert_eq!(snapshot.lookup_all(names).unwrap(), fixture.packages.clone());
        snapshot.verify().unwrap();
    }

    #[test]
    fn a_name_that_no_record_names_is_absent(fixture in any_fixture(), name in ".{0,12}") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("advisories.db");
        fixture.write(&path);
        let snapshot = open(&path);
        for ecosystem in Ecosystem::ALL {
            let name = PackageName::new(*ecosystem, &name);
            let expected = fixture.packages.get(&name).cloned();
            prop_assert_eq!(snapshot.lookup(&name).unwrap(), expected);
        }
    }

    #[test]
    fn the_same_content_gives_the_same_bytes(fixture in any_fixture()) {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        prop_assert_eq!(fixture.write(&one), fixture.write(&two));
        prop_assert_eq!(std::fs::read(one).unwrap(), std::fs::read(two).unwrap());
    }
}

#[test]
fn every_one_of_many_names_is_found_and_the_ecosystems_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    let fixture = Fixture::with_names(20_000);
    fixture.write(&path);
    let snapshot = open(&path);
    let names = || fixture.packages.keys().map(PackageName::as_str);
    let both = Ecosystem::ALL
        .iter()
        .flat_map(|ecosystem| names().map(|name| PackageName::new(*ecosystem, name)));
    assert!(snapshot.lookup_all(both).unwrap() == fixture.packages);
    snapshot.verify().unwrap();
}

#[test]
fn a_look_up_answers_each_name_once_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    let fixture = Fixture::small();
    fixture.write(&path);
    let snapshot = open(&path);
    let found =
        snapshot.lookup_all([npm("zod"), npm("lodash"), npm("absent"), npm("lodash")]).unwrap();
    assert_eq!(found.len(), 2);
    assert!(snapshot.lookup_all([]).unwrap().is_empty());
}

#[test]
fn an_empty_snapshot_knows_nothing_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    let fixture = Fixture::default();
    fixture.write(&path);
    let snapshot = open(&path);
    assert_eq!(snapshot.lookup(&npm("lodash")).unwrap(), None);
    assert!(snapshot.sources().is_empty());
    snapshot.verify().unwrap();
}

#[test]
fn different_content_has_a_different_digest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    let small = Fixture::small().write(&path);
    let mut later = Fixture::small();
    later.built_at += jiff::SignedDuration::from_secs(1);
    assert_ne!(later.write(&path), small);
    let mut moved = Fixture::small();
    let advisories = moved.packages.remove(&PackageName::new(Ecosystem::Npm, "zod")).unwrap();
    moved.packages.insert(PackageName::new(Ecosystem::Cargo, "zod"), advisories);
    assert_ne!(moved.write(&path), small);
}

#[test]
fn the_digest_is_the_sha_256_of_the_content_between_header_and_record_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    let digest = Fixture::small().write(&path);
    let end = usize::try_from(open(&path).layout.records.offset).unwrap();
    let content = &std::fs::read(&path).unwrap()[header::HEADER_LENGTH..end];
    assert_eq!(digest, SnapshotDigest(sha2::Sha256::digest(content).into()));
}

/// A record of another shape would be refused by a lockgate of the same format version, or lose
/// data: a change of the shape must raise [`FORMAT_VERSION`].
#[test]
fn the_shape_of_a_record_belongs_to_the_format_version() {
    assert_eq!(FORMAT_VERSION, 5);
    let fixture = Fixture::small();
    let lodash = &fixture.packages[&PackageName::new(Ecosystem::Npm, "lodash")];
    let record = json!({
        "advisories": [{
            "id": "ACME-2026-0001",
            "aliases": ["CVE-2026-1"],
            "kind": "vulnerability",
            "severity": {
                "level": "critical",
                "score": 9.8,
                "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            },
            "title": "A leak",
            "details": "It leaks.",
            "url": "https://example.org/ACME-2026-0001",
            "published": "2026-01-01T00:00:00Z",
            "modified": null,
            "withdrawn": null,
            "source": "osv",
            "affected": [{
                "ecosystem": "npm",
                "package": "lodash",
                "ranges": [[{ "introduced": "0" }, { "fixed": "1.2.3" }]],
                "versions": ["1.0.0"],
                "patched": [">=1.2.3"],
                "functions": { "a::b": ["<1.2.3"] },
                "os": ["windows"],
                "arch": ["x86"],
            }],
        }],
        "unreadable": [],
    });
    assert_eq!(serde_json::to_value(lodash).unwrap(), record);
    // The encoded form has no field names.
    let encoded = postcard::to_stdvec(lodash).unwrap();
    assert_eq!(
        format!("{:x}", sha2::Sha256::digest(&encoded)),
        "74416844c2dbb1bbf0b602e63898de5fcfea161016e8c732315df618e40454b3"
    );
    let unreadable = json!([{
        "file": "npm/broken.json",
        "source": "osv",
        "reason": "a range has no `introduced` event",
        "packages": [],
        "ecosystem": null,
    }]);
    assert_eq!(serde_json::to_value(&fixture.unattributed).unwrap(), unreadable);
    let sources = json!([{
        "name": "osv",
        "kind": "osv",
        "origin": "https://example.org/osv",
        "revision": "sha256:00",
        "advisories": { "crates.io": 2, "npm": 2 },
        "covers": ["npm"],
        "kinds": { "vulnerability": 4 },
        "unreadable": 2,
        "current_at": "2026-03-01T11:00:00Z",
        "newest_record": null,
        "remarks": [],
    }]);
    assert_eq!(serde_json::to_value(&fixture.sources).unwrap(), sources);
}
