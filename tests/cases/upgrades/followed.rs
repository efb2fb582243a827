//! Advice that is followed: each shape of a dependency is set up by the package manager itself, newer
//! versions are published, lockgate is asked for a way out, what it says is typed, and it has to say that
//! the finding is gone. Where it says that no command helps, the usual one is typed and must not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use libtest_mimic::{Failed, Trial};
use serde::Deserialize;

use super::advise;
use super::registry::Registry;
use crate::harness::{Project, Run};
use crate::skip::skip;
use crate::tables;
use crate::toolchain;
use crate::workspace::fill_in_targets;

const ID: &str = "RUSTSEC-2026-0001";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shapes {
    /// What is published when the project is locked.
    before: BTreeMap<String, String>,
    /// What is published later.
    after: BTreeMap<String, String>,
    #[serde(rename = "shape")]
    all: Vec<Shape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shape {
    /// What is asked for, and how.
    about: String,
    /// Files of the project, by path.
    files: BTreeMap<String, String>,
    /// The first major version of the tool that knows no such thing any more.
    before_major: Option<u32>,
    /// The folder of the lockfile, from where lockgate is started.
    #[serde(default)]
    folder: String,
    /// The first patched version, as the advisory says it.
    patched: String,
    /// A stretch of versions that another advisory is about.
    #[serde(default)]
    other: Vec<String>,
    /// What is said and then typed, with the folder in front where it is another one.
    #[serde(default)]
    types: Vec<String>,
    /// What is said about manifests, and done: a text by another one, or a file that is not there yet.
    #[serde(default)]
    edits: BTreeMap<String, [String; 2]>,
    /// What is said besides.
    #[serde(default)]
    says: Vec<String>,
    /// Typed where nothing helps: the finding stays.
    #[serde(default)]
    vain: Vec<String>,
}

/// A package manager.
pub(super) trait Tool: Send + Sync + 'static {
    fn publish(&self, registry: &mut Registry, packages: &BTreeMap<String, String>);
    fn configure(&self, project: &Project, shape: &Shape, registry: &Registry);
    /// The command that locks what is published.
    fn locks(&self) -> &'static str;
    fn command(&self, folder: PathBuf, project: &Project, command: &str) -> Command;
    /// What lockgate is given of it.
    fn give(&self, command: &mut Command);
    /// Whether it knows what a shape is made of.
    fn knows(&self, _: &Shape) -> bool {
        true
    }
}

pub(super) struct Npm {
    path: String,
    major: u32,
}

impl Npm {
    /// npm of this machine. What older ones do is not promised.
    #[expect(clippy::disallowed_methods, reason = "npm is found as a user would find it")]
    pub(super) fn of_this_machine() -> Option<Self> {
        let path = std::env::var("PATH").unwrap_or_default();
        let asked = Command::new("npm").arg("--version").output();
        let version = asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let major = version.unwrap_or_default();
        let major = major.split('.').next().unwrap_or_default().parse::<u32>();
        if let Some(major) = major.ok().filter(|major| *major >= 10) {
            return Some(Self { path, major });
        }
        skip("npm", "upgrades followed with npm", "there is no npm 10 or later");
        None
    }
}

impl Tool for Npm {
    fn publish(&self, registry: &mut Registry, packages: &BTreeMap<String, String>) {
        registry.publish_npm(packages);
    }

    fn configure(&self, project: &Project, _: &Shape, registry: &Registry) {
        let settings = format!(
            "registry={}\naudit=false\nfund=false\nupdate-notifier=false\nfetch-retries=0\n\
             omit-lockfile-registry-resolved=true\n",
            registry.address()
        );
        project.write("home/.npmrc", settings);
    }

    fn locks(&self) -> &'static str {
        "npm install"
    }

    fn command(&self, folder: PathBuf, project: &Project, command: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", command]).current_dir(folder).env_clear();
        shell.env("PATH", &self.path);
        shell.env("HOME", project.path().join("home"));
        shell
    }

    fn give(&self, _: &mut Command) {}

    fn knows(&self, shape: &Shape) -> bool {
        shape.before_major.is_none_or(|major| self.major < major)
    }
}

pub(super) struct Cargo;

impl Cargo {
    pub(super) fn of_this_machine() -> Option<Self> {
        toolchain::is_here("upgrades followed with Cargo").then_some(Self)
    }
}

impl Tool for Cargo {
    fn publish(&self, registry: &mut Registry, packages: &BTreeMap<String, String>) {
        registry.publish_crates(packages);
    }

    fn configure(&self, project: &Project, shape: &Shape, registry: &Registry) {
        let text = format!(
            "[source.crates-io]\nreplace-with = \"here\"\n\
             [source.here]\nregistry = \"sparse+{}index/\"\n",
            registry.address()
        );
        project.write(&join(&shape.folder, ".cargo/config.toml"), text);
        fill_in_targets(project);
    }

    fn locks(&self) -> &'static str {
        "cargo generate-lockfile && cargo fetch --locked"
    }

    fn command(&self, folder: PathBuf, project: &Project, command: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", command]).current_dir(folder).env_clear();
        shell.env("HOME", project.path().join("home"));
        toolchain::give(&mut shell);
        shell
    }

    fn give(&self, command: &mut Command) {
        toolchain::give(command);
    }
}

fn join(folder: &str, path: &str) -> String {
    format!("{folder}/{path}").trim_start_matches('/').to_owned()
}

/// The shapes of a file as tests: `slow::file::what-is-asked-for`.
pub(super) fn trials<T: Tool>(path: &Path, of_this_machine: fn() -> Option<T>) -> Vec<Trial> {
    // npm is asked only once, and only if a test is run.
    let tool: &'static _ = Box::leak(Box::new(LazyLock::new(of_this_machine)));
    let shapes: &'static Shapes = Box::leak(Box::new(tables::read(path)));
    assert!(!shapes.all.is_empty(), "{} has no shape", path.display());
    let trial = |shape: &'static Shape| {
        let name = format!("slow::{}::{}", tables::name(path), tables::hyphenated(&shape.about));
        Trial::test(name, move || {
            let Some(tool) = LazyLock::force(tool).as_ref().filter(|tool| tool.knows(shape)) else {
                return Ok(());
            };
            follow(tool, shapes, shape).map_err(Failed::from)
        })
    };
    shapes.all.iter().map(trial).collect()
}

fn follow(tool: &dyn Tool, shapes: &Shapes, shape: &Shape) -> Result<(), String> {
    let project = Project::empty();
    let mut registry = Registry::start();
    tool.publish(&mut registry, &shapes.before);
    for (path, text) in &shape.files {
        project.write(&join(&shape.folder, path), text);
    }
    tool.configure(&project, shape, &registry);
    let home = project.path().join(&shape.folder);
    run(tool, &project, home.clone(), tool.locks())?;
    advise(&project, &[format!(">={}", shape.patched)]);
    advise_otherwise(&project, &shape.other);
    let before = found(tool, &project);
    if !before.contains(&ID.to_owned()) {
        return Err(format!("it is not found to begin with: {before:?}"));
    }
    tool.publish(&mut registry, &shapes.after);
    let said = explained(tool, &project);
    for part in shape.types.iter().chain(&shape.says) {
        if !said.contains(part.as_str()) {
            return Err(format!("no `{part}` in\n{said}"));
        }
    }
    for (path, [from, to]) in &shape.edits {
        let path = join(&shape.folder, path);
        if from.is_empty() {
            project.write(&path, to);
            continue;
        }
        let text = project.read(&path);
        assert!(text.contains(from.as_str()), "{}: no `{from}` in {path}", shape.about);
        project.write(&path, text.replace(from.as_str(), to));
    }
    for typed in &shape.types {
        let (folder, command) =
            match typed.strip_prefix("in ").and_then(|in_| in_.split_once("/: ")) {
                Some((folder, command)) => (project.path().join(folder), command),
                None => (home.clone(), typed.as_str()),
            };
        run(tool, &project, folder, command)?;
    }
    for command in &shape.vain {
        run(tool, &project, home.clone(), command)?;
    }
    let after = found(tool, &project);
    let is_to_be_gone = !shape.types.is_empty();
    if is_to_be_gone == after.is_empty() {
        Ok(())
    } else {
        Err(format!("found now: {after:?}, after\n{said}"))
    }
}

fn run(tool: &dyn Tool, project: &Project, folder: PathBuf, command: &str) -> Result<(), String> {
    let done = tool.command(folder, project, command).output().unwrap();
    if done.status.success() {
        return Ok(());
    }
    Err(format!("`{command}` failed:\n{}", String::from_utf8_lossy(&done.stderr)))
}

fn explained(tool: &dyn Tool, project: &Project) -> String {
    let mut command = project.command(&["explain", ID, "rotten"]);
    tool.give(&mut command);
    let run: Run = command.output().unwrap().into();
    run.assert_code(0);
    let said = run.stdout.replace('\u{a0}', " ");
    let (_, ways_out) = said.split_once("ways out").unwrap();
    ways_out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is found in the project, once each.
fn found(tool: &dyn Tool, project: &Project) -> Vec<String> {
    let mut command = project.command(&["check", "--report", "json"]);
    tool.give(&mut command);
    let run: Run = command.output().unwrap().into();
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut found: Vec<String> =
        findings.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect();
    found.dedup();
    found
}

/// Another advisory about the same package.
fn advise_otherwise(project: &Project, stretch: &[String]) {
    let [introduced, fixed] = stretch else { return };
    for ecosystem in ["npm", "crates.io"] {
        let end =
            if fixed.is_empty() { String::new() } else { format!(", {{\"fixed\": \"{fixed}\"}}") };
        let record = format!(
            "{{\"id\": \"OTHER-2026-{ecosystem}\", \"modified\": \"2026-01-01T00:00:00Z\", \
             \"affected\": [{{\"package\": {{\"ecosystem\": \"{ecosystem}\", \"name\": \"rotten\"}}, \
             \"ranges\": [{{\"type\": \"SEMVER\", \"events\": [{{\"introduced\": \"{introduced}\"}}{end}]}}]}}]}}"
        );
        project.write(&format!("osv/OTHER-2026-{ecosystem}.json"), record);
    }
}
