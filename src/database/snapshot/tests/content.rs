//! Content to compile: fixed and generated.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::advisory::{Advisory, Affected, AffectedRange, RangeEvent, UnreadableRecord};
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::database::snapshot::{SnapshotContent, SnapshotDigest, write};
use crate::database::{AdvisoriesByPackage, PackageAdvisories, SourceInfo};
use crate::package::{Ecosystem, PackageName};
use crate::severity::{Severity, SeverityLevel};

/// Content with its owned parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Fixture {
    pub(super) packages: AdvisoriesByPackage,
    pub(super) sources: Vec<SourceInfo>,
    pub(super) unattributed: Vec<UnreadableRecord>,
    pub(super) built_at: Timestamp,
}

impl Fixture {
    /// Two Cargo and three npm packages, one of which only an unreadable record names.
    pub(super) fn small() -> Self {
        let mut packages = AdvisoriesByPackage::new();
        for (ecosystem, name) in [
            (Ecosystem::Cargo, "time"),
            (Ecosystem::Cargo, "tar"),
            (Ecosystem::Npm, "lodash"),
            (Ecosystem::Npm, "zod"),
        ] {
            let advisories = vec![advisory(ecosystem, name, "It leaks.")];
            let unreadable = Vec::new();
            let name = PackageName::new(ecosystem, name);
            packages.insert(name, PackageAdvisories { advisories, unreadable });
        }
        let key = PackageName::new(Ecosystem::Npm, "@acme/café");
        let unreadable = vec![unreadable(BTreeSet::from([key.clone()]))];
        packages.insert(key, PackageAdvisories { advisories: Vec::new(), unreadable });
        Self {
            packages,
            sources: vec![source("osv")],
            unattributed: vec![unreadable_without_name()],
            built_at: "2026-03-01T12:00:00Z".parse().unwrap(),
        }
    }

    /// Many npm names, each with the shortest possible record.
    pub(super) fn with_names(count: usize) -> Self {
        let packages = (0..count)
            .map(|number| {
                let name = format!("package-{number}");
                let advisories = vec![advisory(Ecosystem::Npm, &name, "")];
                let unreadable = Vec::new();
                let name = PackageName::new(Ecosystem::Npm, &name);
                (name, PackageAdvisories { advisories, unreadable })
            })
            .collect();
        Self { packages, ..Self::default() }
    }

    pub(super) fn content(&self) -> SnapshotContent<'_> {
        SnapshotContent {
            packages: &self.packages,
            sources: &self.sources,
            unattributed: &self.unattributed,
            built_at: self.built_at,
        }
    }

    pub(super) fn write(&self, path: &Path) -> SnapshotDigest {
        write(&self.content(), path).unwrap()
    }
}

pub(super) fn npm(name: &str) -> PackageName {
    PackageName::new(Ecosystem::Npm, name)
}

fn advisory(ecosystem: Ecosystem, package: &str, details: &str) -> Advisory {
    Advisory {
        id: "ACME-2026-0001".parse().unwrap(),
        aliases: BTreeSet::from(["CVE-2026-1".parse().unwrap()]),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity::from_vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").unwrap(),
        title: "A leak".to_owned(),
        details: details.to_owned(),
        url: Some("https://example.org/ACME-2026-0001".to_owned()),
        published: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        modified: None,
        withdrawn: None,
        source: "osv".into(),
        affected: vec![Affected {
            ecosystem,
            package: package.into(),
            ranges: vec![AffectedRange {
                events: vec![RangeEvent::Introduced("0".into()), RangeEvent::Fixed("1.2.3".into())],
            }],
            versions: vec!["1.0.0".into()],
            patched: vec![">=1.2.3".into()],
            functions: BTreeMap::from([("a::b".to_owned(), vec!["<1.2.3".to_owned()])]),
            os: vec!["windows".to_owned()],
            arch: vec!["x86".to_owned()],
        }],
    }
}

fn unreadable(packages: BTreeSet<PackageName>) -> UnreadableRecord {
    UnreadableRecord {
        file: "npm/ACME-2026-0002.json".to_owned(),
        source: "osv".into(),
        reason: "a range has no `introduced` event".to_owned(),
        packages,
        ecosystem: None,
    }
}

fn unreadable_without_name() -> UnreadableRecord {
    UnreadableRecord { file: "npm/broken.json".to_owned(), ..unreadable(BTreeSet::new()) }
}

fn source(name: &str) -> SourceInfo {
    SourceInfo {
        name: name.to_owned(),
        kind: "osv".to_owned(),
        origin: Some("https://example.org/osv".to_owned()),
        revision: "sha256:00".to_owned(),
        advisories: BTreeMap::from([(Ecosystem::Cargo, 2), (Ecosystem::Npm, 2)]),
        covers: BTreeSet::from([Ecosystem::Npm]),
        kinds: BTreeMap::from([(AdvisoryKind::Vulnerability, 4)]),
        unreadable: 2,
        current_at: Some("2026-03-01T11:00:00Z".parse().unwrap()),
        newest_record: None,
        remarks: Vec::new(),
    }
}

fn any_ecosystem() -> impl Strategy<Value = Ecosystem> {
    prop::sample::select(Ecosystem::ALL)
}

/// Any name: short ones, so that they often collide, and anything that JSON can express.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{1,3}", "@[a-c]/[a-c]{1,3}", any::<String>()]
}

fn any_package_name() -> impl Strategy<Value = PackageName> {
    (any_ecosystem(), any_name()).prop_map(|(ecosystem, name)| PackageName::new(ecosystem, &name))
}

fn any_advisory() -> impl Strategy<Value = Advisory> {
    let kinds = prop::sample::select(vec![AdvisoryKind::Notice, AdvisoryKind::Malicious]);
    // CVSS scores have one decimal.
    let score = prop::option::of((0u8..=100).prop_map(|tenths| f64::from(tenths) / 10.0));
    (
        any_ecosystem(),
        any_name(),
        any::<String>(),
        "[A-Z]{2,4}-[0-9]{1,4}",
        kinds,
        score,
        any::<bool>(),
    )
        .prop_map(|(ecosystem, name, details, id, kind, score, withdrawn)| {
            let base = advisory(ecosystem, &name, &details);
            Advisory {
                id: id.parse::<AdvisoryId>().unwrap(),
                kind,
                severity: Severity { level: SeverityLevel::Low, score, vector: None },
                title: details.chars().rev().collect(),
                withdrawn: withdrawn.then_some(Timestamp::UNIX_EPOCH),
                ..base
            }
        })
}

fn any_package() -> impl Strategy<Value = PackageAdvisories> {
    (prop::collection::vec(any_advisory(), 0..3), any::<bool>()).prop_map(|(advisories, broken)| {
        let unreadable = broken.then(unreadable_without_name).into_iter().collect();
        PackageAdvisories { advisories, unreadable }
    })
}

/// Any content of up to 60 packages.
pub(super) fn any_fixture() -> impl Strategy<Value = Fixture> {
    (
        prop::collection::btree_map(any_package_name(), any_package(), 0..60),
        prop::collection::vec("[a-z]{1,8}", 0..3),
        0i64..4_000_000_000,
        0usize..3,
    )
        .prop_map(|(packages, sources, second, unattributed)| Fixture {
            packages,
            sources: sources.iter().map(|name| source(name)).collect(),
            unattributed: vec![unreadable_without_name(); unattributed],
            built_at: Timestamp::from_second(second).unwrap(),
        })
}
