//! A repository with a project in it, real git, and a remote to push to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::git::{ADVISORY, LOCKED, POLICY};
use crate::harness::{Project, Run};

/// When the tests of hooks take place: later than the files they write, whose times git sets.
pub(crate) const NOW: &str = "2030-01-01T12:00:00Z";

/// A repository in a folder below that of a project.
pub(crate) struct Repository {
    project: Project,
    name: &'static str,
}

impl Repository {
    /// One with a commit in which `tarn` is locked: 1.1 is affected, 1.0 and 1.2 are not.
    pub(crate) fn with(version: &str) -> Self {
        Self::called("repository", version)
    }

    /// The same, in a folder of another name.
    pub(crate) fn called(name: &'static str, version: &str) -> Self {
        let repository = Self { project: Project::empty(), name };
        repository.write("lockgate.toml", POLICY);
        repository.write("advisories/GHSA-case-0001-tarn.json", ADVISORY);
        repository.write("README.md", "# Harbour\n");
        repository.lock(version);
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    /// The same, with a remote that has it, and the hook installed.
    pub(crate) fn guarded(name: &'static str, version: &str) -> Self {
        let repository = Self::called(name, version);
        let remote = repository.remote();
        repository.git(&["init", "--quiet", "--bare", remote.to_str().unwrap()]);
        repository.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        repository.push(&["origin", "main"]).assert_code(0);
        repository.lockgate(&["hook", "install"]).assert_code(0);
        repository
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.project.path().join(self.name)
    }

    pub(crate) fn remote(&self) -> PathBuf {
        self.project.path().join("remote's own.git")
    }

    /// Writes a file, with a time of its own: git tells a change by the time and size of a file.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        self.project.read(&format!("{}/{path}", self.name))
    }

    pub(crate) fn remove(&self, path: &str) {
        self.project.remove(&format!("{}/{path}", self.name));
    }

    pub(crate) fn lock(&self, version: &str) {
        self.write("Cargo.lock", LOCKED.replace("{version}", version));
    }

    /// Everything that is there is committed.
    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "Change"]);
    }

    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// The commit that a branch or a tag of the remote leads to.
    pub(crate) fn pushed(&self, name: &str) -> Option<String> {
        let said = self.git(&["ls-remote", "origin", name, &format!("{name}^{{}}")]);
        Some(said.lines().last()?.split('\t').next()?.to_owned())
    }

    /// git, in the folder of the repository. It has to succeed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let run = self.git_in(&self.path(), arguments);
        run.assert_code(0);
        run.stdout
    }

    /// git in some folder.
    pub(crate) fn git_in(&self, folder: &Path, arguments: &[&str]) -> Run {
        let mut command = self.program("git", folder);
        command.args(["-c", "user.name=Ann", "-c", "user.email=ann@example.test"]).args(arguments);
        command.output().unwrap().into()
    }

    /// `git push`, which runs hooks.
    pub(crate) fn push(&self, arguments: &[&str]) -> Run {
        self.git_in(&self.path(), &[&["push", "--quiet"], arguments].concat())
    }

    /// lockgate in the folder of the repository.
    pub(crate) fn lockgate(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// The same, at another time.
    pub(crate) fn lockgate_at(&self, now: &str, arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.env("LOCKGATE_NOW", now).output().unwrap().into()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_lockgate"), &self.path());
        command.args(arguments);
        command
    }

    /// A program with an environment in which nothing is left to chance.
    pub(crate) fn program(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", path())
            .env("HOME", self.project.path().join("home"))
            .env("XDG_CACHE_HOME", self.project.caches())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "2026-11-22T11:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-11-22T11:00:00Z")
            .env("LOCKGATE_OFFLINE", "1")
            .env("LOCKGATE_NOW", NOW);
        command
    }
}

/// `git` is looked for where whoever runs the tests has it.
fn path() -> std::ffi::OsString {
    #[expect(clippy::disallowed_methods, reason = "the tests start git as a person would")]
    std::env::var_os("PATH").unwrap_or_default()
}
