use std::fs;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::*;
use crate::cargo_build::BuildEnvironment;
use crate::database::update::Observer;
use crate::network::Progress;
use crate::settings::{Clock, DatabaseLocation};
use crate::verdict::{Answer, Disposition};

const NOW: &str = "2026-11-22T12:00:00Z";

const LOCKFILE: &str = r#"{"name": "shop", "lockfileVersion": 3, "packages": {
  "": {"dependencies": {"x": "1", "y": "1"}},
  "node_modules/x": {"version": "1.0.0"},
  "node_modules/y": {"version": "1.0.0"}
}}
"#;

const POLICY: &str = r#"schema = 1
[database]
max-age = "3650d"
sources = [{ kind = "osv", name = "npm", path = "advisories" }]
"#;

/// An OSV record about a package.
fn record(id: &str, package: &str, fixed: &str) -> String {
    format!(
        r#"{{"id": "{id}", "modified": "2026-01-01T00:00:00Z", "affected": [{{
        "package": {{"ecosystem": "npm", "name": "{package}"}},
        "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]}}"#
    )
}

/// A project with a policy, one record about a package it does not use, and these files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let other = record("CVE-2026-0009", "other", "2.0.0");
    let always = [
        ("package-lock.json", LOCKFILE),
        ("lockgate.toml", POLICY),
        ("advisories/CVE-2026-0009.json", other.as_str()),
    ];
    // Everything was fetched an hour ago.
    let fetched = NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(1);
    for (path, text) in always.iter().chain(files) {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(fetched.into()).unwrap();
    }
    let advisories = fs::File::open(root.path().join("advisories")).unwrap();
    advisories.set_modified(fetched.into()).unwrap();
    root
}

fn settings(root: &TempDir) -> CheckSettings {
    CheckSettings {
        product: None,
        base: crate::settings::BaseSetting::None,
        is_commit: false,
        paths: vec![root.path().to_owned()],
        policy: None,
        database: DatabaseLocation::Default(None),
        vex: Vec::new(),
        reports: Vec::new(),
        clock: Clock { now: NOW.parse().unwrap(), overridden: false },
        offline: true,
        build_environment: BuildEnvironment::default(),
        unpacked: None,
        module_cache: None,
    }
}

/// Nobody is told about anything, and there is no network.
struct Silence;

impl Observer for Silence {
    fn waits(&self) {}

    fn refreshes(&self, _: &str) {}

    fn downloads(&self, _: &str) -> Box<dyn Progress + '_> {
        Box::new(Self)
    }
}

impl Progress for Silence {
    fn advance(&self, _: u64, _: Option<u64>) {}
}

fn check(settings: &CheckSettings) -> Result<Outcome, Vec<Problem>> {
    let connect = || Err(Problem::in_file("the network", "a test has none"));
    super::check(settings, &Surroundings { connect: &connect, observer: &Silence })
}

/// The answer, and the codes of the gaps.
fn answer(files: &[(&str, &str)]) -> (Answer, Vec<&'static str>) {
    let root = project(files);
    let outcome = check(&settings(&root)).unwrap();
    let gaps = outcome.verdict.gaps.iter().map(|gap| gap.code.as_str());
    (outcome.verdict.answer, gaps.collect())
}

#[test]
fn only_what_was_read_and_found_clean_passes() {
    let (answer, gaps) = answer(&[]);
    assert_eq!((answer, gaps), (Answer::Pass, vec![]));
}

#[test]
fn whatever_is_not_known_keeps_the_gate_closed() {
    let policy_without_sources = "schema = 1\n";
    let gone = POLICY.replace("\"advisories\"", "\"gone\"");
    let stale = POLICY.replace("3650d", "30m");
    let cut = &record("CVE-2026-0001", "x", "2.0.0")[..200];
    let nameless = "{ \"id\": \"CVE-2026-0001\", ";
    let unordered = LOCKFILE.replace("\"version\": \"1.0.0\"", "\"version\": \"one\"");
    let about_x = record("CVE-2026-0001", "x", "2.0.0");
    let missing = LOCKFILE.replace("\"node_modules/y\"", "\"node_modules/z\"");
    for (case, files, expected) in [
        ("no database", &[("lockgate.toml", policy_without_sources)][..], "database-missing"),
        ("a source that is not there", &[("lockgate.toml", gone.as_str())], "database-unreadable"),
        ("a stale source", &[("lockgate.toml", stale.as_str())], "database-stale"),
        (
            "a broken record about a package",
            &[("advisories/CVE-2026-0001.json", cut)],
            "advisory-unreadable",
        ),
        (
            "a broken record about who knows",
            &[("advisories/CVE-2026-0001.json", nameless)],
            "advisory-unreadable",
        ),
        ("an empty record", &[("advisories/CVE-2026-0001.json", "")], "advisory-unreadable"),
        (
            "a version that cannot be ordered",
            &[
                ("package-lock.json", unordered.as_str()),
                ("advisories/CVE-2026-0001.json", &about_x),
            ],
            "version-unreadable",
        ),
        (
            "a dependency not locked",
            &[("package-lock.json", missing.as_str())],
            "lockfile-incomplete",
        ),
        (
            "a lockfile of an ecosystem without advisories",
            &[("Cargo.lock", "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n")],
            "database-incomplete",
        ),
        ("an empty lockfile", &[("Cargo.lock", "")], "nothing-to-check"),
        ("nothing", &[(".gitignore", "package-lock.json\n")], "nothing-to-check"),
    ] {
        let (answer, gaps) = answer(files);
        assert_eq!(answer, Answer::Indeterminate, "{case}: {gaps:?}");
        assert!(gaps.contains(&expected), "{case}: {gaps:?}");
    }
}

#[test]
fn a_finding_wins_over_what_is_not_known() {
    let about_x = record("CVE-2026-0001", "x", "2.0.0");
    let about_y = record("CVE-2026-0002", "y", "2.0.0");
    let files = [
        ("advisories/CVE-2026-0001.json", about_x.as_str()),
        ("advisories/CVE-2026-0002.json", &about_y[..200]),
    ];
    assert_eq!(answer(&files), (Answer::Block, vec!["advisory-unreadable"]));
}

#[test]
fn what_decides_and_cannot_be_read_decides_nothing() {
    for files in [
        &[("lockgate.toml", "schema = 2\n")][..],
        &[("lockgate.toml", "schema = 1\n[gate]\nhihg = \"note\"\n")],
        &[("package-lock.json", "{")],
    ] {
        let root = project(files);
        assert!(check(&settings(&root)).is_err(), "{files:?}");
    }
    let root = project(&[]);
    let mut settings = settings(&root);
    settings.paths.push(root.path().join("gone"));
    assert!(check(&settings).is_err());
}

#[test]
fn a_lockfile_that_cannot_be_read_takes_nothing_away_from_the_others() {
    let about_x = record("CVE-2026-0001", "x", "2.0.0");
    for (path, text) in [("Cargo.lock", "<<<<<<< ours\n"), ("web/package-lock.json", "{")] {
        let root = project(&[("advisories/CVE-2026-0001.json", &about_x), (path, text)]);
        let outcome = check(&settings(&root)).unwrap();
        assert_eq!(outcome.verdict.answer, Answer::Block, "{path}");
        assert_eq!(outcome.unreadable.len(), 1, "{path}");
        assert_eq!(crate::exit::Exit::from(&outcome).code(), 2, "{path}");
        let codes = outcome.verdict.gaps.iter().map(|gap| gap.code.as_str());
        assert!(codes.eq(["lockfile-unreadable"]), "{path}");
    }
    let root = project(&[]);
    let mut settings = settings(&root);
    settings.paths.push(root.path().join("lockgate.toml"));
    let outcome = check(&settings).unwrap();
    assert_eq!((outcome.verdict.answer, outcome.unreadable.len()), (Answer::Indeterminate, 1));
}

#[test]
fn a_named_snapshot_must_be_there_whatever_else_is() {
    let root = project(&[]);
    for (path, code) in [("gone", "database-missing"), ("package-lock.json", "database-unreadable")]
    {
        let mut settings = settings(&root);
        settings.database = DatabaseLocation::Named(root.path().join(path));
        let verdict = check(&settings).unwrap().verdict;
        assert_eq!(verdict.answer, Answer::Indeterminate);
        assert_eq!(verdict.gaps[0].code.as_str(), code);
    }
}

#[test]
fn an_upheld_claim_holds_only_until_the_project_asks_for_the_package() {
    let claim = format!(
        "{POLICY}[[suppress]]\nadvisory = \"CVE-2026-0001\"\nclaim = {{ development-only = true }}\n\
         reason = \"tests only\"\n"
    );
    let about_x = record("CVE-2026-0001", "x", "2.0.0");
    let lockfile = |table: &str| {
        format!(
            r#"{{"lockfileVersion": 3, "packages": {{"": {{{table}}}, "node_modules/x": {{"version": "1.0.0", "dev": true}}}}}}"#
        )
    };
    for (table, expected) in [
        (r#""devDependencies": {"x": "1"}"#, Disposition::Suppressed),
        (r#""devDependencies": {"x": "1"}, "dependencies": {"x": "1"}"#, Disposition::Block),
        ("", Disposition::Block),
    ] {
        let lockfile = lockfile(table);
        let root = project(&[
            ("lockgate.toml", &claim),
            ("advisories/CVE-2026-0001.json", &about_x),
            ("package-lock.json", &lockfile),
        ]);
        let verdict = check(&settings(&root)).unwrap().verdict;
        assert_eq!(verdict.findings[0].disposition, expected, "{table}");
        let later = CheckSettings {
            clock: Clock {
                now: NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24),
                overridden: true,
            },
            ..settings(&root)
        };
        assert_eq!(check(&later).unwrap().verdict.findings[0].disposition, expected, "{table}");
    }
}
