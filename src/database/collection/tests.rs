use std::collections::BTreeMap;
use std::fs;

use super::*;
use crate::advisory::alias::groups;
use crate::package::Ecosystem;
use crate::policy::{SourceKind, SourcePlace};

fn source(kind: SourceKind, name: &str, path: &str) -> Source {
    Source {
        kind,
        name: name.into(),
        place: SourcePlace::Path(path.into()),
        ecosystem: None,
        location: None,
    }
}

#[test]
fn records_are_found_by_package() {
    let base = tempfile::tempdir().unwrap();
    let write = |path: &str, content: &str| {
        let path = base.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write(
        "own/ACME-1.json",
        r#"{"id":"ACME-1","affected":[
            {"package":{"ecosystem":"npm","name":"left-pad"},"versions":["1.0.0"]},
            {"package":{"ecosystem":"npm","name":"right-pad"}},
            {"package":{"ecosystem":"npm","name":"left-pad"},"versions":["2.0.0"]}]}"#,
    );
    write(
        "own/ACME-2.json",
        r#"{"id":"ACME-2","affected":[{"package":{"ecosystem":"npm","name":"left-pad"},"versions":7}]}"#,
    );
    write("own/ACME-3.json", "garbage");
    let sources = [source(SourceKind::Folder, "own", "own")];
    let collection = Collection::read(&sources, base.path()).unwrap();
    let lookup = |ecosystem, name| collection.lookup(&PackageName::new(ecosystem, name));
    let left = lookup(Ecosystem::Npm, "left-pad").unwrap();
    assert_eq!(left.advisories[0].affected.len(), 2);
    assert_eq!(left.unreadable[0].file, "ACME-2.json");
    let right = lookup(Ecosystem::Npm, "right-pad").unwrap();
    assert_eq!(right.advisories[0].affected.len(), 1);
    assert!(right.unreadable.is_empty());
    for (ecosystem, name) in
        [(Ecosystem::Cargo, "left-pad"), (Ecosystem::Npm, "Left-Pad"), (Ecosystem::Npm, "left_pad")]
    {
        assert_eq!(lookup(ecosystem, name), None, "{ecosystem} {name}");
    }
    assert_eq!(collection.unattributed[0].file, "ACME-3.json");
    assert_eq!(collection.sources[0].unreadable, 2);
}

#[test]
fn every_source_that_cannot_be_used_is_named_at_once() {
    let base = tempfile::tempdir().unwrap();
    let sources = [
        source(SourceKind::RustSec, "one", "absent"),
        source(SourceKind::Osv, "two", "absent.zip"),
        source(SourceKind::Osv, "two", "."),
    ];
    let errors = Collection::read(&sources, base.path()).unwrap_err();
    let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 3, "{messages:?}");
    assert_eq!(messages[2], "two sources are called `two`");
    let nothing = Collection::read(&[], base.path()).unwrap();
    assert_eq!(nothing, Collection::default());
}

/// Real databases, if they are available.
#[test]
fn the_public_databases_are_read_without_a_loss() {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/advisories");
    if !Path::new(shared).is_dir() {
        eprintln!("skipped: {shared} is absent");
        return;
    }
    let sources = [
        source(SourceKind::RustSec, "rustsec", "rustsec"),
        source(SourceKind::Osv, "crates.io", "crates.io.zip"),
        source(SourceKind::Osv, "npm", "npm.zip"),
    ];
    let collection = Collection::read(&sources, Path::new(shared)).unwrap();
    let counts: Vec<_> = collection
        .sources
        .iter()
        .map(|source| (source.name.as_str(), source.total(), source.unreadable))
        .collect();
    assert_eq!(counts, [("rustsec", 1205, 0), ("crates.io", 1206, 0), ("npm", 2225, 0)]);
    assert!(collection.unattributed.is_empty());
    for (package, known) in &collection.packages {
        assert!(known.unreadable.is_empty(), "{package:?}");
        both_tell_the_same(package, &known.advisories);
    }
}

/// The Markdown and its OSV export are one advisory each, of the same kind, severity and range.
fn both_tell_the_same(package: &PackageName, advisories: &[Advisory]) {
    let references: Vec<&Advisory> = advisories.iter().collect();
    let in_force: BTreeMap<_, usize> = advisories
        .iter()
        .filter(|advisory| advisory.withdrawn.is_none())
        .fold(BTreeMap::new(), |mut counts, advisory| {
            *counts.entry(&advisory.id).or_default() += 1;
            counts
        });
    let groups = groups(&references);
    assert_eq!(groups.len(), in_force.len(), "{package:?}");
    if package.ecosystem() == Ecosystem::Npm {
        return;
    }
    for group in groups {
        let [left, right] = group.as_slice() else {
            let id = advisories[group[0]].id.as_str();
            assert_eq!(id, "RUSTSEC-2025-0000", "only the export has this one");
            continue;
        };
        let (left, right) = (&advisories[*left], &advisories[*right]);
        assert_eq!(left.id, right.id);
        assert_eq!(left.kind, right.kind, "{}", left.id);
        assert_eq!(left.severity, right.severity, "{}", left.id);
        assert_eq!(left.title, right.title, "{}", left.id);
        assert_eq!(left.affected[0].os, right.affected[0].os, "{}", left.id);
        let versions =
            ["0.0.0-0", "0.1.0", "0.2.5", "0.5.0", "1.0.0-rc.1", "1.0.0", "2.3.4", "99.0.0"];
        let bounds =
            left.affected[0].ranges.iter().flat_map(|range| &range.events).map(
                |event| match event {
                    crate::advisory::RangeEvent::Introduced(version)
                    | crate::advisory::RangeEvent::Fixed(version)
                    | crate::advisory::RangeEvent::LastAffected(version)
                    | crate::advisory::RangeEvent::Limit(version) => version.as_str(),
                },
            );
        for version in versions.into_iter().chain(bounds) {
            assert_eq!(
                left.affected[0].affects(version),
                right.affected[0].affects(version),
                "{} at {version}",
                left.id
            );
        }
    }
}
