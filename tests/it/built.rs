//! Claims about what is built, over small workspaces: each file under `fixtures/built/` is one rule.
//!
//! A file holds a workspace, the crates of the registry that it locks, and the claims to check. Each
//! `[[case]]` changes one thing and says what becomes of the claim; where it is refuted, also the
//! line that did it. No network is used: the crates lie in a vendored folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Deserialize;

use crate::harness::{Project, Run};
use crate::rules::{self, Expected, change};
use crate::toolchain;

#[cfg(unix)]
mod effects;
mod generated;

const FOLDER: &str = "fixtures/built";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// The rule that the file shows, in one sentence.
    about: String,
    /// The crate that the advisory is about.
    #[serde(default = "rotten")]
    affected: String,
    /// What the advisory says about platforms, as lines of its `[affected]`.
    #[serde(default)]
    platforms: String,
    /// The claim, as it stands between the braces.
    claim: String,
    /// `[cargo]` of the policy.
    #[serde(default)]
    cargo: String,
    /// Files of the workspace, by path.
    files: BTreeMap<String, String>,
    /// Crates of the registry, by `name-version`: their Cargo.toml without `[package]`.
    #[serde(default)]
    registry: BTreeMap<String, String>,
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is different, in a few words.
    about: String,
    /// Texts of files that are replaced: the first by the second. A file that is not there is written
    /// as the second.
    #[serde(default)]
    change: BTreeMap<String, [String; 2]>,
    cargo: Option<String>,
    claim: Option<String>,
    result: String,
    /// For a refuted claim: the first place that is named.
    at: Option<String>,
    /// What stands in that line.
    says: Option<String>,
    /// Part of the detail.
    #[serde(default)]
    detail: String,
}

fn rotten() -> String {
    "rotten".to_owned()
}

#[test]
fn every_claim_about_a_build_is_decided_as_its_file_says() {
    if !toolchain::is_here("claims about builds") {
        return;
    }
    let names = rules::files(FOLDER);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(path) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(differences(path));
        }
        wrong
    };
    let wrong = thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut wrong = work();
        wrong.extend(other.join().unwrap());
        wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is not as a file says.
fn differences(path: &Path) -> Vec<String> {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let text = fs::read_to_string(path).unwrap();
    let rule: Rule = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(rule.about.len() > 10, "{name} says what it is about");
    rules::differences(&name, &rule.cases, |case| &case.about, |case| check(&rule, case))
}

fn check(rule: &Rule, case: &Case) -> Result<(), String> {
    let project = Project::empty();
    for (path, text) in &rule.files {
        project.write(path, text);
    }
    for (name, text) in &rule.registry {
        vendor(&project, name, text);
    }
    configure_sources(&project);
    change(&project, &case.about, &case.change);
    fill_in_targets(&project);
    lock(&project);
    advise(&project, rule);
    let cargo = case.cargo.as_ref().unwrap_or(&rule.cargo);
    let claim = case.claim.as_ref().unwrap_or(&rule.claim);
    decide_by(&project, cargo, claim);
    compare(&project, case)
}

fn compare(project: &Project, case: &Case) -> Result<(), String> {
    let mut command = project.command(&["check", "--report", "json"]);
    let run: Run = toolchain::give(&mut command).output().unwrap().into();
    let expected = Expected {
        code: None,
        result: &case.result,
        at: case.at.as_deref(),
        says: case.says.as_deref(),
        detail: &case.detail,
    };
    expected.compare(project, &run)
}

/// A crate of the registry in the vendored folder (Cargo book, "Source Replacement").
pub(crate) fn vendor(project: &Project, name: &str, text: &str) {
    let (crate_name, version) = name.rsplit_once('-').unwrap();
    let folder = format!("vendor/{name}");
    let (more, tables) = match text.find('[') {
        Some(position) => text.split_at(position),
        None => (text, ""),
    };
    let manifest = format!(
        "[package]\nname = \"{crate_name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{more}\n\
         {tables}"
    );
    project.write(&format!("{folder}/Cargo.toml"), manifest);
    project.write(&format!("{folder}/src/lib.rs"), "");
    if text.contains("build-dependencies") {
        project.write(&format!("{folder}/build.rs"), "fn main() {}");
    }
    project.write(&format!("{folder}/.cargo-checksum.json"), "{\"files\":{}}");
}

pub(crate) fn configure_sources(project: &Project) {
    let text = "[source.crates-io]\nreplace-with = \"vendored\"\n\
                [source.vendored]\ndirectory = \"vendor\"\n";
    fs::create_dir_all(project.path().join("vendor")).unwrap();
    project.write(".cargo/config.toml", text);
}

/// Every package has something to build: whatever its manifest speaks of, else a library.
pub(crate) fn fill_in_targets(project: &Project) {
    for folder in folders(project.path()) {
        let manifest = folder.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else {
            continue;
        };
        let below = folder.strip_prefix(project.path()).unwrap().to_str().unwrap().to_owned();
        let path = |name: &str| format!("{below}/{name}").trim_start_matches('/').to_owned();
        if !text.contains("[package]") || folder.starts_with(project.path().join("vendor")) {
            continue;
        }
        let source = if text.contains("publish = false") { "src/main.rs" } else { "src/lib.rs" };
        project.write(&path(source), "fn main() {}");
        if text.contains("build-dependencies") {
            project.write(&path("build.rs"), "fn main() {}");
        }
    }
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.to_owned()];
    let below = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    found.extend(below.filter(|path| path.is_dir()));
    found
}

pub(crate) fn lock(project: &Project) {
    if project.path().join("Cargo.lock").exists() {
        return;
    }
    let mut command = toolchain::cargo(project.path());
    let done = command.args(["generate-lockfile", "--offline"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn advise(project: &Project, rule: &Rule) {
    let (name, platforms) = (&rule.affected, &rule.platforms);
    let affected =
        if platforms.is_empty() { String::new() } else { format!("[affected]\n{platforms}\n") };
    let text = format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2026-0001\"\npackage = \"{name}\"\n\
         date = \"2026-01-01\"\n{affected}[versions]\npatched = [\">=9\"]\n```\n\n# It is rotten\n\n\
         All of it.\n"
    );
    project.write(&format!("advisories/crates/{name}/RUSTSEC-2026-0001.md"), text);
}

fn decide_by(project: &Project, cargo: &str, claim: &str) {
    let text = format!(
        "schema = 1\n[database]\nmax-age = \"3650d\"\n\
         sources = [{{ kind = \"rustsec\", path = \"advisories\" }}]\n[cargo]\n{cargo}\n\
         [[suppress]]\nadvisory = \"RUSTSEC-2026-0001\"\nclaim = {{ {claim} }}\n\
         reason = \"it is not in what we ship\"\n"
    );
    project.write("lockgate.toml", text);
}
