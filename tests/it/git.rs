//! Real git repositories with a lockfile, made by the test.

use std::fs;
use std::process::Command;

use crate::harness::{NOW, Project, Run};

pub(crate) const LOCKED: &str = "version = 4\n\n[[package]]\nname = \"harbour\"\nversion = \"0.1.0\"\n\
                      dependencies = [\n \"tarn\",\n]\n\n[[package]]\nname = \"tarn\"\n\
                      version = \"{version}\"\n\
                      source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
                      checksum = \"0000000000000000000000000000000000000000000000000000000000000000\"\n";

pub(crate) const ADVISORY: &str = r#"{ "id": "GHSA-case-0001-tarn", "aliases": ["CVE-2026-0001"],
    "modified": "2026-11-01T00:00:00Z", "summary": "It breaks",
    "affected": [{ "package": { "ecosystem": "crates.io", "name": "tarn" },
        "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "1.1.0" }, { "fixed": "1.2.0" }] }] }] }"#;

pub(crate) const POLICY: &str = "schema = 1\n[database]\nmax-age = \"3650d\"\n\
                      sources = [{ kind = \"osv\", path = \"advisories\" }]\n";

/// A repository with a lockfile, and the day of its next commit.
pub(crate) struct Repository {
    pub(crate) project: Project,
    day: u32,
}

impl Repository {
    pub(crate) fn new() -> Self {
        Self::with(POLICY, ADVISORY)
    }

    pub(crate) fn with(policy: &str, advisory: &str) -> Self {
        let project = Project::empty();
        project
            .write("lockgate.toml", policy)
            .write("advisories/GHSA-case-0001-tarn.json", advisory);
        let repository = Self { project, day: 1 };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
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

    pub(crate) fn lock(&mut self, version: &str) -> &mut Self {
        self.commit(&LOCKED.replace("{version}", version))
    }

    pub(crate) fn commit(&mut self, lockfile: &str) -> &mut Self {
        self.day += 1;
        // With a time of its own: git tells a change by the time and size of a file.
        fs::write(self.project.path().join("Cargo.lock"), lockfile).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "Lock"]);
        self
    }

    pub(crate) fn tag(&mut self, name: &str) -> &mut Self {
        self.git(&["tag", "--annotate", "--message", name, name]);
        self
    }

    /// lockgate in the repository, with git at hand.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.project
            .command(arguments)
            .env("LOCKGATE_NOW", NOW)
            .env("PATH", path())
            .output()
            .unwrap()
            .into()
    }
}

/// `git` is looked for where whoever runs the tests has it.
pub(crate) fn path() -> std::ffi::OsString {
    #[expect(clippy::disallowed_methods, reason = "the tests start git as a person would")]
    std::env::var_os("PATH").unwrap_or_default()
}
