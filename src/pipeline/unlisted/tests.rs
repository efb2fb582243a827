use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::advisory::{Advisory, UnreadableRecord};
use crate::advisory_kind::AdvisoryKind;
use crate::lockfile::MissingDependency;
use crate::lockfile::sample::lockfile;
use crate::package::Ecosystem;
use crate::problem::SourceText;
use crate::severity::Severity;
use crate::source::PackageSource;

const TODAY: Date = date(2026, 11, 22);

const WORD: &str =
    "bundled = [{ package = \"npm@10.9.2\", compared = 2026-11-20, why = \"patched\" }]";

fn policy(npm: &str) -> Policy {
    let text = format!("schema = 1\n[npm]\n{npm}\n");
    Policy::parse(Arc::new(SourceText::new("lockgate.toml", text)), TODAY).unwrap()
}

/// A lockfile in which npm 10.9.2 bundles tar.
fn bundling() -> Lockfile {
    let mut lockfile = lockfile(Ecosystem::Npm, &["app 1.0.0", "npm 10.9.2"], 1, &[]);
    lockfile.missing.push(MissingDependency {
        from: 1,
        name: "tar".into(),
        reason: MissingReason::Bundled(Some("tar".into())),
    });
    lockfile
}

/// An advisory about tar.
fn advisory(published: Option<&str>, modified: Option<&str>) -> Advisory {
    let day = |day: &str| format!("{day}T23:59:59Z").parse::<Timestamp>().unwrap();
    Advisory {
        id: "CVE-2026-0001".parse().unwrap(),
        aliases: BTreeSet::new(),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity::UNKNOWN,
        title: String::new(),
        details: String::new(),
        url: None,
        published: published.map(day),
        modified: modified.map(day),
        withdrawn: None,
        source: "test".into(),
        affected: Vec::new(),
    }
}

fn known(advisories: Vec<Advisory>) -> AdvisoriesByPackage {
    let mut known = AdvisoriesByPackage::new();
    known.entry(PackageName::new(Ecosystem::Npm, "tar")).or_default().advisories = advisories;
    known
}

fn judge(lockfile: &Lockfile, npm: &str, known: &AdvisoriesByPackage, today: Date) -> Judged {
    Unlisted::of(lockfile, &policy(npm), today).judge(known)
}

/// The only gap, and nothing that is told.
fn only_gap(judged: &Judged) -> (&str, &str) {
    assert_eq!((judged.gaps.len(), judged.remarks.len()), (1, 0), "{judged:?}");
    (&judged.gaps[0].message, judged.gaps[0].help.as_deref().unwrap())
}

#[test]
fn a_word_makes_a_remark_of_the_gap_and_is_quoted() {
    let judged = judge(&bundling(), WORD, &known(vec![advisory(Some("2026-11-19"), None)]), TODAY);
    assert!(judged.gaps.is_empty(), "{judged:?}");
    assert_eq!(judged.used, BTreeSet::from([0]));
    assert_eq!(
        judged.remarks,
        [
            "lockgate.toml:3: npm@10.9.2 was compared with the advisories on 2026-11-20, which counts \
          until 2027-05-19: \"patched\"; package-lock.json:2: npm 10.9.2 brings `tar` in its \
          archive, in versions that the lockfile does not say, and there are advisories about it"
        ]
    );
}

#[test]
fn nobody_answers_for_what_became_known_since() {
    for (published, modified, since) in [
        (Some("2026-11-20"), None, "published or changed on 2026-11-20, not before"),
        (Some("2020-01-01"), Some("2026-11-21"), "published or changed on 2026-11-21, not before"),
        (Some("2026-11-21"), Some("2020-01-01"), "published or changed on 2026-11-21, not before"),
        (None, None, "whether lockgate.toml:3 considers CVE-2026-0001, which has no date"),
    ] {
        let old = advisory(Some("2020-01-01"), None);
        let known = known(vec![old.clone(), advisory(published, modified), old]);
        let judged = judge(&bundling(), WORD, &known, TODAY);
        let (message, _) = only_gap(&judged);
        assert!(message.contains(since), "{message}");
        assert_eq!(judged.used, BTreeSet::from([0]), "it is about a gap");
    }
    let mut withdrawn = advisory(None, None);
    withdrawn.withdrawn = Some("2026-01-01T00:00:00Z".parse().unwrap());
    let withdrawn = known(vec![advisory(Some("2026-11-19"), None), withdrawn]);
    assert!(judge(&bundling(), WORD, &withdrawn, TODAY).gaps.is_empty());
}

#[test]
fn nobody_answers_for_a_record_that_cannot_be_read() {
    let mut known = known(vec![advisory(Some("2020-01-01"), None)]);
    let records = &mut known.values_mut().next().unwrap().unreadable;
    records.push(UnreadableRecord {
        file: "tar.json".to_owned(),
        source: "test".to_owned(),
        reason: "it is cut off".to_owned(),
        packages: BTreeSet::new(),
        ecosystem: None,
    });
    let judged = judge(&bundling(), WORD, &known, TODAY);
    let (message, help) = only_gap(&judged);
    assert!(message.ends_with("considers tar.json, which has no date"), "{message}");
    assert!(!help.contains("bundled = "), "it would not count: {help}");
}

#[test]
fn a_word_ends_with_its_last_day() {
    let known = known(vec![advisory(Some("2020-01-01"), None)]);
    assert!(judge(&bundling(), WORD, &known, date(2027, 5, 19)).gaps.is_empty());
    let judged = judge(&bundling(), WORD, &known, date(2027, 5, 20));
    let (message, help) = only_gap(&judged);
    assert!(message.ends_with("; lockgate.toml:3 answered for it until 2027-05-19"), "{message}");
    assert!(help.contains("compared = 2027-05-20"), "{help}");
}

#[test]
fn a_word_is_about_one_version_of_what_a_registry_has() {
    let known = known(vec![advisory(Some("2020-01-01"), None)]);
    let other = judge(&bundling(), &WORD.replace("10.9.2", "10.9.1"), &known, TODAY);
    assert!(other.used.is_empty());
    assert!(
        only_gap(&other).1.ends_with("(lockgate.toml:3 answers for 10.9.1 alone)"),
        "{other:?}"
    );
    for (source, counts) in [
        (PackageSource::OtherRegistry("https://a.example".to_owned()), true),
        (PackageSource::Git("https://a.example/npm.git".to_owned()), false),
        (PackageSource::Archive("https://a.example/npm.tgz".to_owned()), false),
        (PackageSource::Local, false),
    ] {
        let mut lockfile = bundling();
        lockfile.packages[1].source = source.clone();
        let judged = judge(&lockfile, WORD, &known, TODAY);
        assert_eq!(judged.gaps.is_empty(), counts, "{source:?}");
        let unanswered = judge(&lockfile, "tools = [\"eslint\"]", &known, TODAY);
        assert_eq!(only_gap(&unanswered).1.contains("bundled = "), counts, "{source:?}");
    }
}

#[test]
fn what_is_to_be_typed_counts_on_the_day_that_it_names() {
    for (published, line, when) in [
        ("2026-11-19", "compared = 2026-11-22", "and write: "),
        ("2026-11-22", "compared = 2026-11-23", "and write from 2026-11-23 on: "),
    ] {
        let known = known(vec![advisory(Some(published), None)]);
        let judged = judge(&bundling(), "tools = [\"eslint\"]", &known, TODAY);
        let (_, help) = only_gap(&judged);
        assert!(help.contains(when) && help.contains(line), "{help}");
    }
}

#[test]
fn a_word_covers_a_shrinkwrap_file_as_well() {
    let mut lockfile = lockfile(Ecosystem::Npm, &["app 1.0.0", "npm 10.9.2"], 1, &[]);
    lockfile.shrinkwrapped.push(1);
    let nothing = AdvisoriesByPackage::new();
    let judged = judge(&lockfile, WORD, &nothing, TODAY);
    assert!(judged.gaps.is_empty() && judged.remarks[0].contains("\"patched\""), "{judged:?}");
    let open = judge(&lockfile, "tools = [\"eslint\"]", &nothing, TODAY);
    assert!(only_gap(&open).1.starts_with("remove package-lock.json"), "{open:?}");
}

#[test]
fn a_word_that_nothing_needs_is_told() {
    let policy = policy(WORD);
    let archives = &policy.npm.bundled;
    assert!(unused(archives, &BTreeSet::from([0]), true).is_empty());
    let nothing = judge(&bundling(), WORD, &AdvisoriesByPackage::new(), TODAY);
    assert!(nothing.gaps.is_empty() && nothing.used.is_empty(), "no advisory is about it");
    assert_eq!(
        unused(archives, &nothing.used, true),
        ["lockgate.toml:3: `bundled` answers for npm@10.9.2; nothing in a lockfile needs that: \
          remove it"]
    );
    assert!(unused(archives, &nothing.used, false)[0].ends_with("once everything is known"));
}
