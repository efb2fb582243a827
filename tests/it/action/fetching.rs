//! Where the binary comes from: given, pinned by its digest, or built from the action's own tree.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::job::Job;
use super::runner::ActionRun;
use crate::harness::repository;

const TARGET: &str = "x86_64-unknown-linux-musl";
const URL: &str = "https://downloads.harbour.test/lockgate-0.1.0";

/// A tree of the action with a table of binaries, and programs that stand in for curl and cargo.
struct Tree {
    folder: TempDir,
}

impl Tree {
    fn pinning(lines: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let scripts = folder.path().join("tree/.github/action");
        fs::create_dir_all(&scripts).unwrap();
        let from = repository();
        fs::copy(from.join("action.yml"), folder.path().join("tree/action.yml")).unwrap();
        for entry in fs::read_dir(from.join(".github/action")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), scripts.join(entry.file_name())).unwrap();
        }
        let table = fs::read_to_string(scripts.join("checksums.json")).unwrap();
        let filled = table.replace("\"targets\": {\n", &format!("\"targets\": {{\n{lines}"));
        assert_eq!(filled == table, lines.is_empty());
        assert!(serde_json::from_str::<serde_json::Value>(&filled).is_ok(), "{filled}");
        fs::write(scripts.join("checksums.json"), filled).unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    /// A program that comes before those of the system.
    fn program(&self, name: &str, script: &str) -> &Self {
        let file = self.folder.path().join("bin").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, format!("#!/bin/bash\nset -euo pipefail\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// A server that has one file. Only HTTPS is asked for, and a failure is none of its pages.
    fn serves(&self, file: &Path) -> &Self {
        self.program(
            "curl",
            &format!(
                "[[ \" $* \" == *\" --fail \"*\" --proto =https \"* ]]\n\
                 [[ ${{@: -1}} == {URL}* ]]\n\
                 while [ \"$1\" != --output ]; do shift; done\n\
                 cp '{}' \"$2\"",
                file.display()
            ),
        )
    }

    fn run(&self, inputs: &[(&str, &str)]) -> ActionRun {
        let path = format!("{}/bin:/usr/local/bin:/usr/bin:/bin", self.folder.path().display());
        let job = Job::on("push", "push").tree(&self.path()).env("PATH", path);
        job.run(&[&[("base", "none")], inputs].concat())
    }
}

fn line(suffix: &str, sha256: &str) -> String {
    format!("    \"{TARGET}\": {{ \"url\": \"{URL}{suffix}\", \"sha256\": \"{sha256}\" }}\n")
}

fn sha256(file: &Path) -> String {
    format!("{:x}", Sha256::digest(fs::read(file).unwrap()))
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_lockgate"))
}

#[test]
fn a_pinned_binary_is_fetched_and_run() {
    let tree = Tree::pinning(&line("", &sha256(binary())));
    let run = tree.serves(binary()).run(&[]);
    run.assert_code("1");
    assert!(run.output("binary").contains("/temp/lockgate-"), "{}", run.output("binary"));
}

#[test]
fn a_pinned_archive_is_unpacked() {
    let folder = TempDir::new().unwrap();
    fs::copy(binary(), folder.path().join("lockgate")).unwrap();
    let archive = folder.path().join("lockgate.tar.gz");
    let packed = Command::new("tar")
        .args([
            "-czf",
            archive.to_str().unwrap(),
            "-C",
            folder.path().to_str().unwrap(),
            "lockgate",
        ])
        .status()
        .unwrap();
    assert!(packed.success());
    let tree = Tree::pinning(&line(".tar.gz", &sha256(&archive)));
    tree.serves(&archive).run(&[]).assert_code("1");
}

/// Nothing is run that is not what was pinned, and nothing else is tried in its place.
#[test]
fn a_binary_with_another_digest_is_not_run() {
    let tree = Tree::pinning(&line("", &"0".repeat(64)));
    tree.program("cargo", "echo built >&2; exit 1");
    let run = tree.serves(binary()).run(&[]);
    assert!(!run.has_succeeded);
    assert_eq!(run.ran, ["Fetch lockgate"]);
    let [error] = &run.annotations("error")[..] else {
        panic!("{}", run.log);
    };
    assert!(error.message.contains("is not what this action pins"), "{}", error.message);
    assert!(!run.log.contains("built"));
    assert_eq!(run.output("verdict"), "");
}

#[test]
fn a_download_that_fails_closes_the_gate() {
    let tree = Tree::pinning(&line("", &sha256(binary())));
    let run = tree.program("curl", "exit 22").run(&[]);
    assert!(!run.has_succeeded);
    assert_eq!(run.ran, ["Fetch lockgate"]);
}

#[test]
fn a_line_that_cannot_be_read_is_no_reason_to_build() {
    for wrong in [
        line("", "abc"),
        line("", &"0".repeat(64)).replace("https://", "http://"),
        line("\\\"; true", &"0".repeat(64)),
    ] {
        let tree = Tree::pinning(&wrong);
        tree.program("cargo", "echo built");
        let run = tree.run(&[]);
        assert!(!run.has_succeeded && !run.log.contains("built"), "{wrong}");
        assert!(run.log.contains("cannot be read"), "{}", run.log);
    }
}

#[test]
fn without_a_pinned_binary_it_is_built_from_the_tree_of_the_action() {
    let tree = Tree::pinning("");
    tree.program(
        "cargo",
        &format!(
            "[[ $PWD == {}  && \" $* \" == *\" --locked \"* ]]\n\
             while [ \"$1\" != --target-dir ]; do shift; done\n\
             mkdir -p \"$2/release\"; cp '{}' \"$2/release/lockgate\"",
            tree.path().display(),
            binary().display()
        ),
    );
    // Settings for cargo in what is checked do not reach the build: it runs elsewhere.
    tree.run(&[]).assert_code("1");
    let tree = Tree::pinning("");
    let run = tree.program("cargo", "exit 101").run(&[]);
    assert!(!run.has_succeeded && run.log.contains("cannot be built"), "{}", run.log);
}

#[test]
fn a_binary_of_the_runner_is_run_without_a_network() {
    let tree = Tree::pinning(&line("", &sha256(binary())));
    tree.program("curl", "exit 99").program("cargo", "exit 99");
    let run = tree.run(&[("binary", binary().to_str().unwrap())]);
    run.assert_code("1");
    let run = tree.run(&[("binary", "not/there\n::error::x")]);
    assert!(!run.has_succeeded);
    assert_eq!(run.annotations("error").len(), 1, "{:?}", run.commands);
}

#[test]
fn the_table_of_this_tree_can_be_read() {
    let file = repository().join(".github/action/checksums.json");
    let text = fs::read_to_string(file).unwrap();
    let table: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (target, entry) in table["targets"].as_object().unwrap() {
        let (url, sha256) = (entry["url"].as_str().unwrap(), entry["sha256"].as_str().unwrap());
        let line = format!("    \"{target}\": {{ \"url\": \"{url}\", \"sha256\": \"{sha256}\" }}");
        let lines = text.lines().map(|line| line.trim_end_matches(','));
        assert_eq!(lines.filter(|other| *other == line).count(), 1, "{target}");
    }
}

#[test]
fn a_binary_that_a_change_can_replace_is_not_run() {
    let project = crate::harness::Project::copy_of("fixtures/demo");
    let folder = project.path().join("tools");
    fs::create_dir(&folder).unwrap();
    fs::copy(binary(), folder.join("lockgate")).unwrap();
    let job = Job::with(project, "tools", "pull_request", "pull-request");
    let run = job.run(&[("base", "none"), ("binary", "tools/lockgate")]);
    assert!(run.log.contains("names a file of the repository that is checked"), "{}", run.log);
    assert!(!run.has_succeeded && !run.log.contains("BLOCKED"), "{}", run.log);
}

/// A workspace in which git keeps a binary below `tools`, and one outside of it.
struct Places {
    job: Job,
    workspace: PathBuf,
    outside: TempDir,
}

impl Places {
    fn new() -> Self {
        let project = crate::harness::Project::copy_of("fixtures/demo");
        let workspace = project.path().to_owned();
        let outside = TempDir::new().unwrap();
        fs::copy(binary(), outside.path().join("lockgate")).unwrap();
        let tools = workspace.join("tools");
        fs::create_dir(&tools).unwrap();
        fs::copy(binary(), tools.join("lockgate")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("lockgate"), tools.join("link")).unwrap();
        std::os::unix::fs::symlink(outside.path(), tools.join("folder")).unwrap();
        let job = Job::with(project, "tools", "pull_request", "pull-request");
        Self { job, workspace, outside }
    }

    fn error(&self, path: &str) -> Option<String> {
        let run = self.job.run(&[("base", "none"), ("binary", path)]);
        assert_eq!(run.has_succeeded, run.annotations("error").is_empty(), "{path}: {}", run.log);
        let errors = run.annotations("error").into_iter();
        errors.map(|error| error.message.clone()).find(|error| error.contains("`binary`"))
    }
}

#[test]
fn a_binary_that_a_change_can_replace_is_not_run_behind_a_link() {
    let places = Places::new();
    let untracked = places.workspace.join("untracked");
    std::os::unix::fs::symlink("tools/lockgate", &untracked).unwrap();
    let back = places.outside.path().join("back");
    std::os::unix::fs::symlink(places.workspace.join("tools/lockgate"), &back).unwrap();
    for path in [
        "tools/link",
        "tools/folder/lockgate",
        "./untracked",
        "tools/../tools/lockgate",
        back.to_str().unwrap(),
    ] {
        let error = places.error(path).unwrap_or_else(|| panic!("{path} was run"));
        assert!(
            error.contains("names a file of the repository that is checked"),
            "{path}: {error}"
        );
    }
}

#[test]
fn a_name_is_no_path() {
    let places = Places::new();
    fs::copy(binary(), places.workspace.join("lockgate")).unwrap();
    let error = places.error("lockgate").unwrap();
    assert!(error.contains("is a name and no path"), "{error}");
}

#[test]
fn where_git_cannot_say_nothing_of_the_work_tree_is_run() {
    let places = Places::new();
    fs::create_dir(places.workspace.join("built")).unwrap();
    fs::copy(binary(), places.workspace.join("built/lockgate")).unwrap();
    fs::write(places.workspace.join(".git/HEAD"), "nothing").unwrap();
    for path in ["built/lockgate", "tools/lockgate"] {
        let error = places.error(path).unwrap_or_else(|| panic!("{path} was run"));
        assert!(error.contains("git cannot say"), "{path}: {error}");
    }
    let outside = places.outside.path().join("lockgate");
    assert_eq!(places.error(outside.to_str().unwrap()), None, "it lies outside of the work tree");
}
