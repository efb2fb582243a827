//! A project with findings, a repository with issues, and lockgate between them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use serde_json::{Value, json};

use super::emulator::Emulator;
use super::proxy::{Proxy, forward};
use crate::harness::{Project, Run};
use crate::server::Recorded;

const BOT: &str = "token-of-the-gate";
const PERSON: &str = "token-of-a-person";

/// A project, a repository, and what stands between them.
pub(crate) struct World {
    pub(crate) project: Project,
    pub(crate) proxy: Proxy,
    emulator: Emulator,
    pub(crate) repository: &'static str,
}

impl World {
    /// A public repository without issues; `None` if the emulator is not here.
    pub(crate) fn new(test: &str) -> Option<Self> {
        Self::of(test, "octocat/demo")
    }

    /// One that only its members can read.
    pub(crate) fn private(test: &str) -> Option<Self> {
        let world = Self::of(test, "gate-bot/secret")?;
        world.bot("PUT", "/collaborators/octocat", &json!({ "permission": "push" }));
        Some(world)
    }

    fn of(test: &str, repository: &'static str) -> Option<Self> {
        let emulator = Emulator::start(test)?;
        let proxy = Proxy::start(&emulator.address);
        let world = Self { project: Project::empty(), proxy, emulator, repository };
        world.policy("").findings(&["medium"]);
        // The root of a repository: only a scan of all of it may close issues.
        let done = Command::new("git")
            .args(["init", "--quiet", "--initial-branch=main"])
            .current_dir(world.project.path())
            .status();
        assert!(done.unwrap().success());
        Some(world)
    }

    /// Writes the policy; `more` stands in `[ticket]`.
    pub(crate) fn policy(&self, more: &str) -> &Self {
        let policy = format!(
            "schema = 1\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"osv\", path = \"advisories\" }}]\n\
             [gate]\ncritical = \"ticket\"\nhigh = \"ticket\"\nmedium = \"ticket\"\nlow = \"ticket\"\n\
             [ticket]\nmost-new = 100\n{more}\n"
        );
        self.project.write("lockgate.toml", policy);
        self
    }

    /// Writes a lockfile and advisories with one finding of each severity given.
    pub(crate) fn findings(&self, severities: &[&str]) -> &Self {
        self.write_findings(severities, true)
    }

    /// The same, and no patched version is known.
    pub(crate) fn findings_without_fix(&self, severities: &[&str]) -> &Self {
        self.write_findings(severities, false)
    }

    fn write_findings(&self, severities: &[&str], is_fixable: bool) -> &Self {
        let mut lockfile = "version = 4\n\n[[package]]\nname = \"harbour\"\nversion = \"0.1.0\"\n\
                            dependencies = [\n"
            .to_owned();
        for number in 0..severities.len().max(1) {
            writeln!(lockfile, " \"tarn-{number:03}\",").unwrap();
        }
        lockfile.push_str("]\n");
        for number in 0..severities.len().max(1) {
            let digit = char::from(b"0123456789abcdef"[number % 16]).to_string();
            write!(
                lockfile,
                "\n[[package]]\nname = \"tarn-{number:03}\"\nversion = \"1.0.0\"\n\
                 source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
                 checksum = \"{}\"\n",
                digit.repeat(64)
            )
            .unwrap();
        }
        self.project.write("Cargo.lock", lockfile);
        if self.project.path().join("advisories").exists() {
            self.project.remove("advisories");
        }
        // A source without a record is an error: this one is about nothing that is locked.
        self.advisory("GHSA-none-0000-none", "not-locked", "low", true);
        for (number, severity) in severities.iter().enumerate() {
            let id = format!("GHSA-case-{number:04}-tarn");
            self.advisory(&id, &format!("tarn-{number:03}"), severity, is_fixable);
        }
        self
    }

    /// One more finding, of a record with this name.
    pub(crate) fn advisory(&self, id: &str, package: &str, severity: &str, is_fixable: bool) {
        let mut events = vec![json!({ "introduced": "0" })];
        if is_fixable {
            events.push(json!({ "fixed": "1.0.1" }));
        }
        let record = json!({
            "id": id,
            "modified": "2026-11-01T00:00:00Z",
            "summary": format!("@octocat: {package} <!-- breaks --> see #1"),
            "database_specific": { "severity": severity },
            "affected": [{
                "package": { "ecosystem": "crates.io", "name": package },
                "ranges": [{ "type": "SEMVER", "events": events }]
            }]
        });
        self.project.write(&format!("advisories/{id}.json"), record.to_string());
    }

    /// lockgate on the default branch, with everything that a workflow has.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.command(arguments);
        command
            .env_remove("LOCKGATE_OFFLINE")
            .env("GITHUB_API_URL", self.proxy.api())
            .env("GITHUB_REPOSITORY", self.repository)
            .env("GITHUB_REF", "refs/heads/main")
            .env("GITHUB_TOKEN", BOT)
            .env("LOCKGATE_TICKET_PAUSE", "0");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    pub(crate) fn run_at(&self, now: &str, arguments: &[&str]) -> Run {
        self.command(arguments).env("LOCKGATE_NOW", now).output().unwrap().into()
    }

    pub(crate) fn sync(&self) -> Run {
        self.run(&["ticket", "sync"])
    }

    /// What a person does with the API.
    pub(crate) fn person(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask(PERSON, method, path, body)
    }

    /// What lockgate's own account does by another hand.
    pub(crate) fn bot(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask(BOT, method, path, body)
    }

    fn ask(&self, token: &str, method: &str, path: &str, body: &Value) -> Value {
        let request = Recorded {
            method: method.to_owned(),
            path: format!("/repos/{}{path}", self.repository),
            headers: BTreeMap::from([
                ("authorization".to_owned(), format!("Bearer {token}")),
                ("content-type".to_owned(), "application/json".to_owned()),
            ]),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
        };
        let reply = forward(&request, &self.emulator.address).unwrap();
        assert!(reply.status < 300, "{method} {path}: {}", reply.status);
        serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
    }

    /// Every issue, in the order of their numbers.
    pub(crate) fn issues(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for page in 1.. {
            let path =
                format!("/issues?state=all&sort=created&direction=asc&per_page=100&page={page}");
            let list = self.bot("GET", &path, &Value::Null);
            let list = list.as_array().unwrap();
            all.extend(list.iter().cloned());
            if list.len() < 100 {
                break;
            }
        }
        all.sort_by_key(|issue| issue["number"].as_u64());
        all
    }

    pub(crate) fn open_issues(&self) -> Vec<Value> {
        let mut issues = self.issues();
        issues.retain(|issue| issue["state"] == "open");
        issues
    }

    pub(crate) fn comments(&self, number: u64) -> Vec<String> {
        let list = self.person("GET", &format!("/issues/{number}/comments"), &Value::Null);
        list.as_array()
            .unwrap()
            .iter()
            .map(|comment| comment["body"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Whether a report says something, wherever it breaks the line.
pub(crate) fn assert_reports(run: &Run, text: &str) {
    let words: Vec<&str> = run.stdout.split_whitespace().collect();
    assert!(words.join(" ").contains(text), "no `{text}` in\n{}", run.stdout);
}

/// The names of an issue's labels.
pub(crate) fn labels(issue: &Value) -> Vec<&str> {
    issue["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| label["name"].as_str().unwrap())
        .collect()
}
