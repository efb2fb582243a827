//! `lockgate history` on real repositories, made by the test.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::harness::Project;

const LOCKED: &str = "version = 4\n\n[[package]]\nname = \"harbour\"\nversion = \"0.1.0\"\n\
                      dependencies = [\n \"tarn\",\n]\n\n[[package]]\nname = \"tarn\"\n\
                      version = \"{version}\"\n\
                      source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
                      checksum = \"0000000000000000000000000000000000000000000000000000000000000000\"\n";

const ADVISORY: &str = r#"{ "id": "GHSA-case-0001-tarn", "aliases": ["CVE-2026-0001"],
    "modified": "2026-11-01T00:00:00Z", "summary": "It breaks",
    "affected": [{ "package": { "ecosystem": "crates.io", "name": "tarn" },
        "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "1.1.0" }, { "fixed": "1.2.0" }] }] }] }"#;

const POLICY: &str = "schema = 1\n[database]\nmax-age = \"3650d\"\n\
                      sources = [{ kind = \"osv\", path = \"advisories\" }]\n";

/// A repository with a lockfile, and the day of its next commit.
struct Repository {
    project: Project,
    day: u32,
}

impl Repository {
    fn new() -> Self {
        let project = Project::empty();
        project
            .write("lockgate.toml", POLICY)
            .write("advisories/GHSA-case-0001-tarn.json", ADVISORY);
        let repository = Self { project, day: 1 };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let date = format!("2026-01-{:02}T00:00:00Z", self.day);
        let done = Command::new("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.test"])
            .args(arguments)
            .current_dir(self.project.path())
            .env("HOME", self.project.path())
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn lock(&mut self, version: &str) -> &mut Self {
        self.commit(&LOCKED.replace("{version}", version))
    }

    fn commit(&mut self, lockfile: &str) -> &mut Self {
        self.day += 1;
        // With a time of its own: git tells a change by the time and size of a file.
        fs::write(self.project.path().join("Cargo.lock"), lockfile).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "Lock"]);
        self
    }

    fn tag(&mut self, name: &str) -> &mut Self {
        self.git(&["tag", "--annotate", "--message", name, name]);
        self
    }

    fn history(&self, advisory: &str) -> Value {
        let run = self
            .project
            .command(&["history", advisory, "--format", "json"]);
        let run: crate::harness::Run = { run }
            .env_remove("LOCKGATE_NOW")
            .env("LOCKGATE_NOW", crate::harness::NOW)
            .env("PATH", path())
            .output()
            .unwrap()
            .into();
        run.assert_code(0);
        run.json()
    }
}

/// `git` is looked for where whoever runs the tests has it.
fn path() -> std::ffi::OsString {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests start git as a person would"
    )]
    std::env::var_os("PATH").unwrap_or_default()
}

#[test]
fn a_history_tells_since_when_until_when_and_in_which_releases() {
    let mut repository = Repository::new();
    repository.lock("1.0.0").tag("v1.0").tag("production/1");
    repository.lock("1.1.0").tag("v1.1").tag("production/2");
    repository.lock("1.1.1");
    repository.lock("1.2.0").tag("v1.2").tag("production/3");
    for name in ["GHSA-case-0001-tarn", "CVE-2026-0001"] {
        let told = repository.history(name);
        let lockfile = &told["lockfiles"][0];
        assert_eq!(lockfile["commits"], 4);
        let window = &lockfile["windows"][0];
        assert_eq!(window["since"], "2026-01-03T00:00:00Z");
        assert_eq!(window["until"], "2026-01-05T00:00:00Z");
        assert_eq!(window["packages"], serde_json::json!(["tarn 1.1.0", "tarn 1.1.1"]));
        let releases: Vec<&str> = lockfile["releases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|release| release["tag"].as_str().unwrap())
            .collect();
        assert_eq!(releases, ["production/2", "v1.1"]);
        let production = &lockfile["environments"]["production"][0];
        assert_eq!(production["from"], "production/2");
        assert_eq!(production["to"], "production/3");
    }
}

#[test]
fn what_was_never_locked_has_no_window_and_what_cannot_be_read_has() {
    let mut repository = Repository::new();
    repository.lock("1.0.0");
    assert_eq!(
        repository.history("CVE-2026-0001")["lockfiles"][0]["windows"],
        Value::Array(Vec::new())
    );
    repository.commit("<<<<<<< half a merge\n").lock("1.2.0");
    let window = &repository.history("CVE-2026-0001")["lockfiles"][0]["windows"][0];
    assert_eq!(window["is_uncertain"], true);
    assert_eq!(window["until"], "2026-01-04T00:00:00Z");
}

#[test]
fn without_a_repository_there_is_no_history() {
    let project = Project::empty();
    project
        .write("lockgate.toml", POLICY)
        .write("advisories/GHSA-case-0001-tarn.json", ADVISORY)
        .write("Cargo.lock", LOCKED.replace("{version}", "1.0.0"));
    let run: crate::harness::Run = project
        .command(&["history", "CVE-2026-0001"])
        .env("PATH", path())
        .env("GIT_CEILING_DIRECTORIES", project.path().parent().unwrap())
        .output()
        .unwrap()
        .into();
    run.assert_harmless()
        .assert_code(2)
        .assert_says(&["its history cannot be told", "not a git repository"]);
}
