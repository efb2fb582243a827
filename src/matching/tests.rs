use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::advisory::{Affected, AffectedRange, RangeEvent, UnreadableRecord};
use crate::advisory_kind::AdvisoryKind;
use crate::lockfile::sample::lockfile;
use crate::package::Ecosystem;
use crate::severity::Severity;

fn advisory(id: &str, package: &str) -> Advisory {
    Advisory {
        id: id.parse().unwrap(),
        aliases: BTreeSet::new(),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity::UNKNOWN,
        title: String::new(),
        details: String::new(),
        url: None,
        published: None,
        modified: None,
        withdrawn: None,
        source: "test".into(),
        affected: vec![Affected {
            ecosystem: Ecosystem::Npm,
            package: package.into(),
            ranges: Vec::new(),
            versions: Vec::new(),
            patched: Vec::new(),
            functions: BTreeMap::new(),
            os: Vec::new(),
            arch: Vec::new(),
        }],
    }
}

fn range(introduced: &str, fixed: &str) -> AffectedRange {
    AffectedRange {
        events: vec![RangeEvent::Introduced(introduced.into()), RangeEvent::Fixed(fixed.into())],
    }
}

fn below(id: &str, package: &str, fixed: &str) -> Advisory {
    let mut advisory = advisory(id, package);
    advisory.affected[0].ranges = vec![range("0", fixed)];
    advisory
}

fn known(advisories: Vec<Advisory>) -> AdvisoriesByPackage {
    let mut known = AdvisoriesByPackage::new();
    for advisory in advisories {
        let name = PackageName::new(Ecosystem::Npm, &advisory.affected[0].package);
        known.entry(name).or_default().advisories.push(advisory);
    }
    known
}

/// What is found for one package of the public registry, and how many gaps there are.
fn look(version: &str, advisories: Vec<Advisory>) -> (Vec<String>, usize) {
    let package = format!("x {version}");
    let lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", &package], 1, &[]);
    let (matches, gaps) = NamedPackages::of(&lockfile, &[]).matches(&known(advisories));
    (
        matches
            .iter()
            .map(|found| found.advisory.id.to_string())
            .collect(),
        gaps.len(),
    )
}

#[test]
fn only_packages_of_the_public_registry_and_its_mirrors_are_matched() {
    let mirror = "https://npm.example.com/public";
    let other = |address: &str| PackageSource::OtherRegistry(address.into());
    for (source, expected) in [
        (PackageSource::PublicRegistry, true),
        (PackageSource::Local, false),
        (PackageSource::Git(mirror.into()), false),
        (other(mirror), true),
        (other("https://npm.example.com/public/"), true),
        (other("https://npm.example.com/public/x/-/x-1.0.0.tgz"), true),
        (PackageSource::Archive("https://npm.example.com/public/x.tgz".into()), true),
        (other("sparse+https://npm.example.com/public/"), true),
        (other("https://npm.example.com/public-but-not/x/-/x-1.0.0.tgz"), false),
        (other("https://npm.example.com/private/x/-/x-1.0.0.tgz"), false),
        (other("https://npm.example.com"), false),
        (other("https://npm.example.com.evil.example/public"), false),
        (other("http://npm.example.com/public"), false),
    ] {
        let mut lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0"], 1, &[]);
        lockfile.packages[1].source = source.clone();
        for mirror in
            [mirror, "https://npm.example.com/public/", "sparse+https://npm.example.com/public"]
        {
            let mirrors = [mirror.to_owned()];
            let named = NamedPackages::of(&lockfile, &mirrors);
            let name = expected.then(|| PackageName::new(Ecosystem::Npm, "x"));
            assert_eq!(named.names().next(), name.as_ref(), "{source:?} {mirror}");
            let known = known(vec![below("CVE-2026-1", "x", "2.0.0")]);
            let (found, gaps) = named.matches(&known);
            assert_eq!(found.len(), usize::from(expected), "{source:?} {mirror}");
            assert!(gaps.is_empty());
        }
        let named = NamedPackages::of(&lockfile, &[]);
        assert_eq!(named.names().count(), usize::from(source.is_public()));
    }
}

#[test]
fn withdrawn_records_never_match() {
    let mut withdrawn = below("CVE-2026-1", "x", "2.0.0");
    withdrawn.withdrawn = Some(Timestamp::UNIX_EPOCH);
    assert_eq!(look("1.0.0", vec![withdrawn.clone()]), (vec![], 0));
    assert_eq!(look("nonsense", vec![withdrawn.clone()]), (vec![], 0));
    let standing = below("GHSA-aaaa-bbbb-cccc", "x", "2.0.0");
    assert_eq!(look("1.0.0", vec![withdrawn, standing]).0, ["GHSA-aaaa-bbbb-cccc"]);
}

#[test]
fn a_version_that_cannot_be_ordered_is_a_gap() {
    let advisory = || below("CVE-2026-1", "x", "2.0.0");
    for version in ["", "latest", "1.2.3.4", "1.x", "99999999999999999999.0.0"] {
        assert_eq!(look(version, vec![advisory()]), (vec![], 1), "{version}");
        assert_eq!(look(version, vec![]), (vec![], 0), "{version}: nothing is known about it");
    }
}

#[test]
fn what_is_known_to_be_bad_is_told_beside_what_is_not_known() {
    let mut spelt_out = advisory("CVE-2026-1", "x");
    spelt_out.affected[0].versions = vec!["nightly".into()];
    let ranged = below("CVE-2026-2", "x", "2.0.0");
    assert_eq!(look("nightly", vec![spelt_out, ranged]), (vec!["CVE-2026-1".into()], 1));

    let mut broken = below("CVE-2026-3", "x", "two");
    assert_eq!(look("1.0.0", vec![broken.clone()]), (vec![], 1));
    let sound = below("CVE-2026-3", "x", "2.0.0").affected.remove(0);
    broken.affected.push(sound);
    assert_eq!(look("1.0.0", vec![broken]), (vec!["CVE-2026-3".into()], 0));
}

#[test]
fn a_record_that_cannot_be_read_is_a_gap_for_the_package_it_names() {
    let lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0", "x 1.1.0"], 1, &[]);
    let mut known = AdvisoriesByPackage::new();
    for name in ["x", "y"] {
        known
            .entry(PackageName::new(Ecosystem::Npm, name))
            .or_default()
            .unreadable
            .push(UnreadableRecord {
                file: format!("{name}.json"),
                source: "npm".into(),
                reason: "not JSON".into(),
                packages: BTreeSet::new(),
                ecosystem: None,
            });
    }
    let (found, gaps) = NamedPackages::of(&lockfile, &[]).matches(&known);
    assert!(found.is_empty());
    assert!(!gaps.is_empty());
    assert!(
        gaps.iter()
            .all(|gap| gap.code == GapCode::AdvisoryUnreadable)
    );
    assert!(gaps.iter().all(|gap| gap.message.contains("x.json")));
}

#[test]
fn records_of_one_vulnerability_are_one_match_that_knows_every_name() {
    let mut rustsec = below("RUSTSEC-2026-0001", "x", "2.0.0");
    rustsec.aliases = ["CVE-2026-1".parse().unwrap()].into();
    let mut github = below("GHSA-aaaa-bbbb-cccc", "x", "1.0.0");
    github.aliases = ["CVE-2026-1".parse().unwrap()].into();
    let lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.5.0", "x 1.5.0"], 1, &[]);
    let (found, _) = NamedPackages::of(&lockfile, &[]).matches(&known(vec![github, rustsec]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].copies, [1, 2]);
    let names: Vec<&str> = found[0]
        .advisory
        .aliases
        .iter()
        .map(crate::advisory_id::AdvisoryId::as_str)
        .collect();
    assert_eq!(
        names,
        ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1"],
        "of the one that does not match too"
    );
}

type Triple = (u64, u64, u64);

fn text((major, minor, patch): Triple) -> String {
    format!("{major}.{minor}.{patch}")
}

fn any_version() -> impl Strategy<Value = Triple> {
    (0..3_u64, 0..3_u64, 0..2_u64)
}

proptest! {
    #[test]
    fn matching_agrees_with_a_naive_reference(
        packages in proptest::collection::vec((0..4_usize, any_version(), 0..5_usize), 1..8),
        records in proptest::collection::vec(
            (0..4_usize, any_version(), any_version(), any::<bool>()), 0..8),
    ) {
        let mirrors = ["https://npm.example.com/public".to_owned()];
        let sources = [
            PackageSource::PublicRegistry,
            PackageSource::OtherRegistry("https://npm.example.com/public/a".into()),
            PackageSource::OtherRegistry("https://npm.example.com/other/a".into()),
            PackageSource::Git("https://npm.example.com/public/a".into()),
            PackageSource::Local,
        ];
        let lines: Vec<String> =
            packages.iter().map(|(name, version, _)| format!("x{name} {}", text(*version))).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut lockfile = lockfile(Ecosystem::Npm, &lines, 0, &[]);
        for (index, (_, _, source)) in packages.iter().enumerate() {
            lockfile.packages[index].source = sources[*source].clone();
        }
        let advisories = records.iter().enumerate().map(|(number, (name, from, to, withdrawn))| {
            let mut record = advisory(&format!("CVE-2026-{number}"), &format!("x{name}"));
            record.affected[0].ranges = vec![range(&text(*from), &text(*to))];
            record.withdrawn = withdrawn.then_some(Timestamp::UNIX_EPOCH);
            record
        });
        let named = NamedPackages::of(&lockfile, &mirrors);
        let (found, gaps) = named.matches(&known(advisories.collect()));

        let mut expected: BTreeMap<(String, String, String), Vec<usize>> = BTreeMap::new();
        for (index, (name, version, source)) in packages.iter().enumerate() {
            for (number, (about, from, to, withdrawn)) in records.iter().enumerate() {
                let affected = from <= version && (version < to || to < from);
                if name == about && *source < 2 && !withdrawn && affected {
                    let id = format!("CVE-2026-{number}");
                    let key = (id, format!("x{name}"), text(*version));
                    expected.entry(key).or_default().push(index);
                }
            }
        }
        let found: BTreeMap<(String, String, String), Vec<usize>> = found
            .into_iter()
            .map(|found| {
                let id = found.advisory.id.to_string();
                let PackageId { name, version, .. } = found.package;
                ((id, name.into(), version.into()), found.copies)
            })
            .collect();
        prop_assert_eq!(found, expected);
        prop_assert!(gaps.is_empty());
    }
}
