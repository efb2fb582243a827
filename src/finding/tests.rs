use super::*;
use crate::graph::DependencyGraph;
use crate::lockfile::DependencyKind::{Development, Normal};
use crate::lockfile::sample::lockfile;
use crate::package::Ecosystem;
use crate::scope::Scope;

fn advisory() -> crate::advisory::alias::MergedAdvisory {
    crate::advisory::alias::MergedAdvisory {
        id: "GHSA-aaaa-bbbb-cccc".parse().unwrap(),
        aliases: ["CVE-2026-1".parse().unwrap()].into(),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity::UNKNOWN,
        vectors: BTreeSet::new(),
        title: String::new(),
        url: None,
        sources: BTreeSet::new(),
        patched: Vec::new(),
        functions: BTreeMap::new(),
        os: BTreeSet::new(),
        arch: BTreeSet::new(),
    }
}

fn finding(lockfile: &Lockfile, copies: &[PackageIndex]) -> Finding {
    let graph = DependencyGraph::new(lockfile);
    let matched = Match {
        package: lockfile.packages[copies[0]].id.clone(),
        copies: copies.to_vec(),
        advisory: advisory(),
    };
    let finder = PathFinder::new(&graph);
    Finding::new(matched, 0, lockfile, &mut WaysIn::new(&finder), &Scopes::new(lockfile, &graph))
}

#[test]
fn all_copies_of_a_package_are_one_finding_of_the_strongest_scope() {
    let lockfile = lockfile(
        Ecosystem::Npm,
        &["app 0.1.0", "a 1.0.0", "x 1.0.0", "x 1.0.0"],
        1,
        &[(0, 2, Development), (0, 1, Normal), (1, 3, Normal)],
    );
    let found = finding(&lockfile, &[2, 3]);
    assert_eq!(found.scope, FindingScope::certain(Scope::Runtime));
    let lines: Vec<u32> = found.locations.iter().map(|location| location.line).collect();
    assert_eq!(lines, [3, 4]);
    let paths: Vec<Vec<&str>> = found
        .paths
        .iter()
        .map(|path| path.iter().map(|step| step.name.as_str()).collect())
        .collect();
    assert_eq!(paths, [vec!["app", "x"], vec!["app", "a", "x"]]);
    assert_eq!(finding(&lockfile, &[2]).scope, FindingScope::certain(Scope::Development));
}

#[test]
fn lines_are_counted_from_one() {
    for text in ["", "a", "a\n", "a\r\nb\n\nc", "é\nü"] {
        let source = crate::problem::SourceText::new("", text);
        for offset in 0..=text.len() + 1 {
            let before = &text.as_bytes()[..offset.min(text.len())];
            let lines = before.split(|byte| *byte == b'\n').count();
            assert_eq!(usize::try_from(source.line_at(offset)), Ok(lines), "{text:?} {offset}");
        }
    }
}

#[test]
fn a_fingerprint_survives_upgrades_and_moves_but_distinguishes_advisories_and_files() {
    let before = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0"], 1, &[]);
    let after = lockfile(Ecosystem::Npm, &["app 0.1.0", "new 1.0.0", "x 1.0.1"], 1, &[]);
    let fingerprint = finding(&before, &[1]).fingerprint;
    assert_eq!(finding(&after, &[2]).fingerprint, fingerprint);
    assert_eq!(fingerprint.len(), 32);
    let other = lockfile(Ecosystem::Npm, &["app 0.1.0", "y 1.0.0"], 1, &[]);
    assert_ne!(finding(&other, &[1]).fingerprint, fingerprint);
    let cargo = lockfile(Ecosystem::Cargo, &["app 0.1.0", "x 1.0.0"], 1, &[]);
    assert_ne!(finding(&cargo, &[1]).fingerprint, fingerprint);
}
