//! `db update` and `check` over a real connection: the binary, a server on this machine, and every
//! way in which fetching goes wrong.
//!
//! The locked package is affected from the second edition of the advisories on. So a check that
//! passes with the second edition on the server and the first one on disk passes only because the
//! first one is still fresh, and a day later it must not pass any more.

mod faults;
mod full_disk;
mod killed;
mod publisher;
mod real;
mod refresh;
mod sockets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{NOW, Project, Run};
use crate::server::Server;
use publisher::Source;

/// An hour after the first update, when its advisories are still fresh.
const LATER: &str = "2026-11-22T13:00:00Z";

/// When the advisories of the first update are too old.
const NEXT_DAY: &str = "2026-11-23T12:00:01Z";

/// A machine with a project, and nothing fetched yet.
struct Machine {
    project: Project,
}

impl Machine {
    /// Its policy names these sources of the server.
    fn new(server: &Server, sources: &[Source]) -> Self {
        let project = Project::empty();
        let tables: Vec<String> = sources.iter().map(|source| source.policy(server)).collect();
        project.write("lockgate.toml", format!("schema = 1\n{}", tables.concat()));
        for source in sources {
            let (name, lockfile) = source.lockfile();
            project.write(name, lockfile);
        }
        Self { project }
    }

    /// The same, after a first update.
    fn updated(server: &Server, sources: &[Source]) -> Self {
        let machine = Self::new(server, sources);
        machine.update(NOW).assert_code(0);
        machine
    }

    fn update_command(&self, now: &str) -> Command {
        let mut command = self.project.command(&["db", "update"]);
        command.env("LOCKGATE_NOW", now);
        command
    }

    fn update(&self, now: &str) -> Run {
        self.update_command(now).output().unwrap().into()
    }

    /// A check that may not use the network.
    fn check(&self, now: &str) -> Run {
        self.project.run_at(now, &["check", "--offline", "--report", "json"])
    }

    /// A check that may.
    fn check_online(&self, now: &str) -> Run {
        self.project
            .command(&["check", "--report", "json"])
            .env("LOCKGATE_NOW", now)
            .env_remove("LOCKGATE_OFFLINE")
            .output()
            .unwrap()
            .into()
    }

    fn verify(&self) -> Run {
        let path = self.snapshot_path().unwrap();
        self.project.run(&["db", "verify", path.to_str().unwrap()])
    }

    fn cache(&self) -> PathBuf {
        self.project.caches().join("lockgate")
    }

    fn snapshot_path(&self) -> Option<PathBuf> {
        let mut entries = fs::read_dir(self.cache()).ok()?.map(|entry| entry.unwrap());
        entries
            .find(|entry| entry.path().extension().is_some_and(|end| end == "lockgate"))
            .map(|entry| entry.path())
    }

    fn snapshot(&self) -> Option<Vec<u8>> {
        Some(fs::read(self.snapshot_path()?).unwrap())
    }

    /// Every file below the cache folder.
    fn files(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        list(&self.cache(), &self.cache(), &mut found);
        found
    }
}

fn list(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, found);
        } else {
            let relative = path.strip_prefix(root).unwrap();
            found.insert(relative.to_str().unwrap().to_owned());
        }
    }
}

/// The ids of the findings of a check, in their order.
fn findings(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

/// What an update of a machine that knew nothing makes of what the server offers.
fn clean(server: &Server, sources: &[Source], now: &str) -> Vec<u8> {
    let machine = Machine::new(server, sources);
    machine.update(now).assert_code(0);
    machine.snapshot().unwrap()
}
