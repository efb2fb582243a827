//! A job of a workflow: a repository that is checked out, an event, a runner.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::cache::Cache;
use super::expression::Contexts;
use super::runner::{self, ActionRun, Surroundings};
use crate::harness::{NOW, Project, repository};

/// A repository on a runner, and the event for which the action is to run.
pub(super) struct Job {
    pub(super) workspace: Project,
    /// The home, the temporary files and the environment files of the runner.
    pub(super) runner: TempDir,
    /// The tree of the action, where it is not this repository.
    tree: Option<PathBuf>,
    /// The caches of the repository on GitHub.
    pub(super) cache: Cache,
    event: &'static str,
    payload: Value,
    environment: BTreeMap<String, String>,
    token: String,
    /// The input `binary` where a test does not say it; `None` for what the action finds itself.
    binary: Option<&'static str>,
}

impl Job {
    /// The demo, to whose npm project a change adds a dependency, checked out for an event that is
    /// told as a fixture tells it.
    pub(super) fn on(event: &'static str, fixture: &str) -> Self {
        Self::with(Project::copy_of("fixtures/demo"), "web", event, fixture)
    }

    /// A project to which a change adds one of its folders or files.
    pub(super) fn with(
        workspace: Project,
        added: &str,
        event: &'static str,
        fixture: &str,
    ) -> Self {
        let file = repository().join(format!("fixtures/github/events/{fixture}.json"));
        let mut payload: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let (base, head) = two_commits(workspace.path(), added);
        for (pointer, commit) in [
            ("/pull_request/base/sha", &base),
            ("/pull_request/head/sha", &head),
            ("/merge_group/base_sha", &base),
            ("/merge_group/head_sha", &head),
            ("/before", &base),
            ("/after", &head),
        ] {
            // A branch or a tag that is new has nothing before it.
            let place = payload.pointer_mut(pointer);
            if let Some(place) = place.filter(|place| !is_none(place)) {
                *place = commit.as_str().into();
            }
        }
        Self {
            workspace,
            runner: TempDir::new().unwrap(),
            tree: None,
            cache: Cache::default(),
            event,
            payload,
            environment: BTreeMap::new(),
            token: String::new(),
            binary: Some(env!("CARGO_BIN_EXE_lockgate")),
        }
    }

    /// The token of the workflow.
    pub(super) fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// A variable of the environment of every step.
    pub(super) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// The action of another tree, which finds its binary itself.
    pub(super) fn tree(mut self, tree: &Path) -> Self {
        self.tree = Some(tree.to_owned());
        self.binary = None;
        self
    }

    /// The same job for another number of a pull request.
    pub(super) fn pull_request(mut self, number: u64) -> Self {
        *self.payload.pointer_mut("/pull_request/number").unwrap() = number.into();
        self
    }

    /// Changes the payload of the event.
    pub(super) fn payload(mut self, pointer: &str, value: &str) -> Self {
        *self.payload.pointer_mut(pointer).unwrap() = value.into();
        self
    }

    pub(super) fn home(&self) -> PathBuf {
        self.runner.path().join("home")
    }

    /// Runs the action with these inputs.
    pub(super) fn run(&self, inputs: &[(&str, &str)]) -> ActionRun {
        let mut given = inputs.to_vec();
        if let Some(binary) = self.binary
            && !inputs.iter().any(|(name, _)| *name == "binary")
        {
            given.push(("binary", binary));
        }
        let files = TempDir::new_in(self.runner.path()).unwrap();
        let mut surroundings = Surroundings {
            tree: self.tree.as_deref().unwrap_or(repository()),
            workspace: self.workspace.path(),
            files: files.path(),
            environment: self.environment(files.path()),
            contexts: Contexts::default(),
            stubs: BTreeMap::new(),
        };
        for (name, value) in [
            ("github.event_name", self.event),
            ("github.token", &self.token),
            ("runner.os", "Linux"),
        ] {
            surroundings.contexts.set(name, value);
        }
        self.cache.stand_in(&mut surroundings.stubs);
        runner::run(surroundings, &given)
    }

    /// What the runner sets for every step (GitHub documentation, "Variables").
    fn environment(&self, files: &Path) -> BTreeMap<String, String> {
        let event = files.join("event.json");
        fs::write(&event, self.payload.to_string()).unwrap();
        fs::create_dir_all(self.home()).unwrap();
        let temporary = self.runner.path().join("temp");
        fs::create_dir_all(&temporary).unwrap();
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let mut environment: BTreeMap<String, String> = [
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("HOME", text(&self.home())),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_ARCH", "X64".to_owned()),
            ("RUNNER_TEMP", text(&temporary)),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_WORKSPACE", text(self.workspace.path())),
            ("GITHUB_EVENT_NAME", self.event.to_owned()),
            ("GITHUB_EVENT_PATH", text(&event)),
            ("GITHUB_REPOSITORY", "octocat/demo".to_owned()),
            ("GITHUB_REF", "refs/heads/main".to_owned()),
            ("LOCKGATE_NOW", NOW.to_owned()),
            ("LOCKGATE_TICKET_PAUSE", "0".to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        environment.extend(self.environment.clone());
        environment
    }
}

fn is_none(commit: &Value) -> bool {
    let text = commit.as_str().unwrap_or_default();
    text.bytes().all(|byte| byte == b'0')
}

/// Commits everything but `added`, then `added`; hands back both commits.
fn two_commits(folder: &Path, added: &str) -> (String, String) {
    git(folder, &["init", "--quiet", "--initial-branch=main"]);
    git(folder, &["add", "--all", "--", ".", &format!(":(exclude){added}")]);
    let base = commit(folder, "The base");
    git(folder, &["add", "--all"]);
    (base, commit(folder, "The change"))
}

fn commit(folder: &Path, message: &str) -> String {
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", message]);
    git(folder, &["rev-parse", "HEAD"]).trim().to_owned()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Octocat", "-c", "user.email=octocat@harbour.test"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
