use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;

use super::unmatched::unmatched;
use super::*;
use crate::advisory::{Affected, AffectedRange, RangeEvent, UnreadableRecord};
use crate::advisory_kind::AdvisoryKind;
use crate::lockfile::DependencyKind;
use crate::lockfile::sample::lockfile;
use crate::package::Ecosystem;
use crate::severity::Severity;
use crate::source::{PackageSource, RegistryAddress};

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
    let (matches, gaps) =
        NamedPackages::of(&lockfile, &RegistryPolicy::default()).matches(&known(advisories));
    (matches.iter().map(|found| found.advisory.id.to_string()).collect(), gaps.len())
}

fn private(addresses: &[&str]) -> RegistryPolicy {
    let read = addresses.iter().map(|text| RegistryAddress::of_registry(text).unwrap());
    RegistryPolicy { private: read.collect(), ..RegistryPolicy::default() }
}

#[test]
fn a_package_is_matched_unless_its_source_says_that_it_is_another() {
    let other = |address: &str| PackageSource::OtherRegistry(address.into());
    for (source, expected) in [
        (PackageSource::PublicRegistry, Ok(())),
        (other("https://npm.example.com/public/x/-/x-1.0.0.tgz"), Ok(())),
        (other("https://npm.example.com/ours-not/x/-/x-1.0.0.tgz"), Ok(())),
        (other("https://npm.example.com.evil.example/ours"), Ok(())),
        (other("http://npm.example.com/ours/x/-/x-1.0.0.tgz"), Ok(())),
        (PackageSource::Archive("https://files.example.com/x.tgz".into()), Ok(())),
        (PackageSource::Archive("unheard-of:x".into()), Ok(())),
        (other("https://npm.example.com/ours/x/-/x-1.0.0.tgz"), Err(WhyUnmatched::Private)),
        (other("sparse+https://npm.example.com/ours/"), Err(WhyUnmatched::Private)),
        (
            PackageSource::Archive("https://npm.example.com/ours/x.tgz".into()),
            Err(WhyUnmatched::Private),
        ),
        (PackageSource::Git("git+https://npm.example.com/ours/x".into()), Err(WhyUnmatched::Git)),
        (PackageSource::Git("https://git.example.com/tar.gz/x".into()), Err(WhyUnmatched::Url)),
        (PackageSource::Local, Err(WhyUnmatched::Path)),
    ] {
        let mut lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0"], 1, &[]);
        lockfile.packages[1].source = source.clone();
        let registries = private(&["https://npm.example.com/ours"]);
        assert_eq!(why_unmatched(&lockfile.packages[1], &registries), expected, "{source:?}");
        let named = NamedPackages::of(&lockfile, &registries);
        let known = known(vec![below("CVE-2026-1", "x", "2.0.0")]);
        let (found, gaps) = named.matches(&known);
        assert_eq!(found.len(), usize::from(expected.is_ok()), "{source:?}");
        assert!(gaps.is_empty());
        let told = unmatched(&lockfile, &registries);
        let wanted: Vec<_> = expected.err().map(|why| (1, why)).into_iter().collect();
        assert_eq!(told, wanted, "{source:?}");
    }
}

#[test]
fn unmatched_packages_are_counted_and_projects_are_not() {
    let edges = [(0, 1, DependencyKind::Normal), (2, 1, DependencyKind::Normal)];
    let packages = ["app 0.1.0", "tool 0.1.0", "x 1.0.0", "y 1.0.0", "z 1.0.0", "z 1.0.0"];
    let mut lockfile = lockfile(Ecosystem::Npm, &packages, 2, &edges);
    let mut told = UnmatchedPackages::default();
    told.add(&lockfile, &RegistryPolicy::default());
    // A package of the registry depends on a project: that one stands in for a public one.
    assert_eq!(
        told.remark().as_deref(),
        Some("1 package is not matched by name: 1 from this repository (tool)")
    );
    for (index, source) in [
        (2, PackageSource::Git("git+ssh://git.example.com/x#0123".into())),
        (3, PackageSource::OtherRegistry("https://npm.example.com/ours/y/-/y-1.0.0.tgz".into())),
        (4, PackageSource::Local),
        (5, PackageSource::Local),
    ] {
        lockfile.packages[index].source = source;
    }
    let mut told = UnmatchedPackages::default();
    told.add(&lockfile, &private(&["https://npm.example.com/ours"]));
    assert_eq!(
        told.remark().as_deref(),
        Some(
            "4 packages are not matched by name: 1 from git, 2 from this repository, \
             1 from a private registry (tool, x, y and 1 more)"
        )
    );
    assert_eq!(told.count(WhyUnmatched::Path), 2);
    assert_eq!(UnmatchedPackages::default().remark(), None);
}

#[test]
fn a_package_locked_by_address_alone_has_a_help_text() {
    let mut lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0"], 1, &[]);
    lockfile.packages[1].id.version = "https://files.example.com/x.tgz".into();
    let named = NamedPackages::of(&lockfile, &RegistryPolicy::default());
    let (_, gaps) = named.matches(&known(vec![below("CVE-2026-1", "x", "2.0.0")]));
    assert!(gaps[0].help.as_ref().unwrap().contains("[registries]"), "{gaps:?}");
    let (_, gaps) = named.matches(&known(Vec::new()));
    assert!(gaps.is_empty(), "nothing is known about the name, so its version does not matter");
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
fn a_known_vulnerability_is_reported_beside_unknown_ones() {
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
fn an_unreadable_record_is_a_gap_for_the_package_it_names() {
    let lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0", "x 1.1.0"], 1, &[]);
    let mut known = AdvisoriesByPackage::new();
    for name in ["x", "y"] {
        known.entry(PackageName::new(Ecosystem::Npm, name)).or_default().unreadable.push(
            UnreadableRecord {
                file: format!("{name}.json"),
                source: "npm".into(),
                reason: "not JSON".into(),
                packages: BTreeSet::new(),
                ecosystem: None,
            },
        );
    }
    let (found, gaps) = NamedPackages::of(&lockfile, &RegistryPolicy::default()).matches(&known);
    assert!(found.is_empty());
    assert!(!gaps.is_empty());
    assert!(gaps.iter().all(|gap| gap.code == GapCode::AdvisoryUnreadable));
    assert!(gaps.iter().all(|gap| gap.message.contains("x.json")));
}

#[test]
fn records_of_one_vulnerability_are_one_match_that_knows_every_name() {
    let mut rustsec = below("RUSTSEC-2026-0001", "x", "2.0.0");
    rustsec.aliases = ["CVE-2026-1".parse().unwrap()].into();
    let mut github = below("GHSA-aaaa-bbbb-cccc", "x", "1.0.0");
    github.aliases = ["CVE-2026-1".parse().unwrap()].into();
    let lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.5.0", "x 1.5.0"], 1, &[]);
    let (found, _) = NamedPackages::of(&lockfile, &RegistryPolicy::default())
        .matches(&known(vec![github, rustsec]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].copies, [1, 2]);
    let names: Vec<&str> =
        found[0].advisory.aliases.iter().map(crate::advisory_id::AdvisoryId::as_str).collect();
    assert_eq!(names, ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1"], "of the one that does not match too");
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
        let registries = private(&["https://npm.example.com/other"]);
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
        let named = NamedPackages::of(&lockfile, &registries);
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
