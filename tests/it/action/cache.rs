//! The advisories between runs: restored by every event, saved by pushes and schedules only, and
//! never believed for being in the cache.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::job::Job;
use super::runner::{ActionRun, Stub};
use crate::harness::Project;

/// The caches of a repository: a folder for each key, in the order in which they were saved.
#[derive(Default)]
pub(super) struct Cache {
    saved: RefCell<Vec<(String, TempDir)>>,
}

impl Cache {
    /// What stands in for GitHub's own actions.
    pub(super) fn stand_in<'job>(&'job self, stubs: &mut BTreeMap<&'static str, Box<Stub<'job>>>) {
        stubs.insert("actions/cache/restore", Box::new(|inputs| self.restore(inputs)));
        stubs.insert("actions/cache/save", Box::new(|inputs| self.save(inputs)));
    }

    fn keys(&self) -> Vec<String> {
        let saved = self.saved.borrow();
        saved.iter().map(|(key, _)| key.clone()).collect()
    }

    /// The exact key, else the newest that begins with a restore key (actions/cache,
    /// `restore/README.md`).
    fn restore(&self, inputs: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let saved = self.saved.borrow();
        let exact = saved.iter().find(|(key, _)| *key == inputs["key"]);
        let found = exact.or_else(|| {
            let mut newest = saved.iter().rev();
            newest.find(|(key, _)| key.starts_with(inputs["restore-keys"].trim()))
        });
        if let Some((_, folder)) = found {
            copy(folder.path(), Path::new(&inputs["path"]));
        }
        let is_hit = exact.is_some().to_string();
        BTreeMap::from([("cache-hit".to_owned(), is_hit)])
    }

    fn save(&self, inputs: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let path = Path::new(&inputs["path"]);
        if path.exists() {
            let folder = TempDir::new().unwrap();
            copy(path, folder.path());
            self.saved.borrow_mut().push((inputs["key"].clone(), folder));
        }
        BTreeMap::new()
    }

    /// Gives every cache the key of an earlier day.
    fn grow_older(&self) {
        for (key, _) in &mut *self.saved.borrow_mut() {
            let (start, _) = key.split_once("-20").unwrap();
            *key = format!("{start}-2001-01-01");
        }
    }

    /// Damages what is in them.
    fn damage(&self) {
        for (_, folder) in &*self.saved.borrow() {
            let file = folder.path().join("advisories.lockgate");
            let mut bytes = fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x40;
            fs::write(&file, bytes).unwrap();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The demo, whose policy names no sources: it needs a snapshot in the usual place.
fn project(max_age: &str) -> Project {
    let project = Project::copy_of("fixtures/demo");
    let policy = project.read("lockgate.toml");
    let (before, rest) = policy.split_once("[database]").unwrap();
    let (_, after) = rest.split_once("\n]\n").unwrap();
    let database = format!("[database]\nmax-age = \"{max_age}\"\n");
    project.write("lockgate.toml", format!("{before}{database}{after}"));
    project
}

fn job(event: &'static str, fixture: &str, max_age: &str) -> Job {
    // Nothing may be fetched: what is known comes from the cache.
    Job::with(project(max_age), "web", event, fixture).env("LOCKGATE_OFFLINE", "1")
}

/// A push on a runner on which the advisories of the day have been fetched.
fn push() -> Job {
    let job = job("push", "push", YEARS);
    let file = job.home().join(".cache/lockgate/advisories.lockgate");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let demo = Project::copy_of("fixtures/demo");
    demo.run(&[
        "db",
        "import",
        "--rustsec",
        "advisories",
        "--osv",
        "npm=advisories/npm",
        "--out",
        file.to_str().unwrap(),
    ])
    .assert_code(0);
    job
}

/// The advisories of the demo never grow stale.
const YEARS: &str = "3650d";

const WHOLE: (&str, &str) = ("base", "none");

fn has_saved(run: &ActionRun) -> bool {
    run.ran.iter().any(|step| step == "Save the advisories")
}

#[test]
fn what_a_push_saves_a_pull_request_reads() {
    let push = push();
    let run = push.run(&[WHOLE]);
    run.assert_code("1");
    assert!(has_saved(&run), "{:?}", run.ran);
    let keys = push.cache.keys();
    assert_eq!(keys.len(), 1);
    let date = keys[0].strip_prefix("lockgate-db-v1-Linux-").unwrap();
    assert!(date.parse::<jiff::civil::Date>().is_ok(), "{date}");

    push.cache.grow_older();
    let mut pull_request = job("pull_request", "pull-request", YEARS);
    pull_request.cache = push.cache;
    let run = pull_request.run(&[WHOLE]);
    run.assert_code("1");
    assert_eq!((run.output("blocking"), run.output("gaps")), ("2", "0"));
    assert!(!has_saved(&run), "a pull request saves nothing");
    assert_eq!(pull_request.cache.keys(), ["lockgate-db-v1-Linux-2001-01-01"]);
}

#[test]
fn a_cache_of_the_day_is_not_saved_again() {
    let push = push();
    push.run(&[WHOLE]);
    let run = push.run(&[WHOLE]);
    assert!(!has_saved(&run), "{:?}", run.ran);
    assert_eq!(push.cache.keys().len(), 1);
}

/// What is in the cache is checked after it was restored: damage and age close the gate.
#[test]
fn what_comes_from_the_cache_is_not_believed() {
    for (max_age, is_damaged, code) in
        [(YEARS, true, "database-unreadable"), ("24h", false, "database-stale")]
    {
        let push = push();
        push.run(&[WHOLE]);
        if is_damaged {
            push.cache.damage();
        }
        let mut later = job("schedule", "schedule", max_age);
        later.cache = push.cache;
        let run = later.run(&[WHOLE]);
        assert!(!run.has_succeeded, "{code}: {}", run.log);
        assert!(["1", "3"].contains(&run.output("exit-code")), "{}", run.log);
        assert!(run.log.contains(&format!("gap[{code}]")), "{}", run.log);
        assert_ne!(run.output("gaps"), "0", "{code}");
    }
}

#[test]
fn without_the_cache_no_step_touches_it() {
    for (input, value) in [("cache", "false"), ("offline", "true"), ("db", "advisories.lockgate")] {
        let push = push();
        let run = push.run(&[WHOLE, (input, value)]);
        assert!(!run.ran.iter().any(|step| step.contains("advisories")), "{input}: {:?}", run.ran);
    }
}
