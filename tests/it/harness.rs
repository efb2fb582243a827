//! Runs the binary in a folder of its own, with a scrubbed environment and a frozen clock.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use crate::fixture::{self, Files};
use crate::skip::skip;

/// The time at which every test takes place, unless it says otherwise.
pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Pinned real data beside the repository, or `None` with a visible remark.
pub(crate) fn shared(path: &str, test: &str) -> Option<PathBuf> {
    let full = repository().join("../shared").join(path);
    if full.exists() {
        return Some(full);
    }
    skip("shared", test, format_args!("there is no {}", full.display()));
    None
}

/// A folder that is gone when the test ends.
pub(crate) struct Project {
    folder: TempDir,
    /// The folder for caches of whoever runs something there.
    caches: TempDir,
}

/// What a run of lockgate gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), caches: TempDir::new().unwrap() }
    }

    /// A copy of a project under `fixtures/`: a folder, or the TOML file of that name without its ending.
    pub(crate) fn copy_of(path: &str) -> Self {
        let full = repository().join(path);
        if full.is_dir() {
            let project = Self::empty();
            copy(&full, project.path());
            return project;
        }
        Self::with_files(&fixture::files(&full.with_added_extension("toml")))
    }

    /// A folder with these files.
    pub(crate) fn with_files(files: &Files) -> Self {
        let project = Self::empty();
        for (path, content) in files {
            project.write(path, content.text());
        }
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn caches(&self) -> &Path {
        self.caches.path()
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        write(&full, content.as_ref());
        self
    }

    pub(crate) fn remove(&self, path: &str) -> &Self {
        let full = self.path().join(path);
        if full.is_dir() {
            fs::remove_dir_all(full).unwrap();
        } else {
            fs::remove_file(full).unwrap();
        }
        self
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Runs lockgate in the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_at(NOW, arguments)
    }

    /// Runs lockgate in the folder at another time.
    pub(crate) fn run_at(&self, now: &str, arguments: &[&str]) -> Run {
        self.command(arguments).env("LOCKGATE_NOW", now).output().unwrap().into()
    }

    /// The command, ready to be run or changed.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("LOCKGATE_NOW", NOW)
            // No test reaches beyond this machine; those of the network start their own server.
            .env("LOCKGATE_OFFLINE", "1");
        // No cache of the person who runs the tests is ever read.
        command.env("HOME", self.path().join("home")).env("XDG_CACHE_HOME", self.caches());
        command
    }
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    pub(crate) fn assert_code(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Every text is in the diagnostics.
    pub(crate) fn assert_says(&self, texts: &[&str]) -> &Self {
        for text in texts {
            assert!(self.stderr.contains(text), "no `{text}` in\n{}", self.stderr);
        }
        self
    }

    /// Nothing reaches the terminal that could act on it, and nothing has panicked.
    pub(crate) fn assert_harmless(&self) -> &Self {
        for text in [&self.stdout, &self.stderr] {
            let harmful = text.chars().find(|character| is_harmful(*character));
            assert_eq!(harmful, None, "\n{}", text.escape_debug());
            assert!(!text.contains("panicked"), "{text}");
        }
        self
    }
}

/// Control characters but for line feeds, and those that turn text around.
fn is_harmful(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("lockgate was killed by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
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
            write(&target, &fs::read(entry.path()).unwrap());
        }
    }
}

/// Every file was last changed an hour before the tests take place: the age of a source that is a
/// folder follows from its files.
fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    let now: SystemTime = NOW.parse::<Timestamp>().unwrap().into();
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(now - Duration::from_hours(1)).unwrap();
}
