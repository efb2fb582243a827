//! What is kept between runs of what modules of packages load.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use self::build::fingerprint;
use crate::harness::{Project, repository};

#[expect(dead_code, clippy::print_stdout, reason = "the rest of it speaks to Cargo")]
#[path = "../../build.rs"]
mod build;

const WAY: &str = "node_modules/larch/shade.js";

/// An application that loads a module of `larch`, which loads `rotten`.
fn project() -> Project {
    let project = Project::copy_of("fixtures/installed/not-imported");
    let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                    \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                    \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
    project.write("advisories/GHSA-case-0001-rots.json", advisory);
    let policy = "schema = 1\n[database]\nmax-age = \"3650d\"\n\
                  sources = [{ kind = \"osv\", path = \"advisories\" }]\n\
                  [[suppress]]\nadvisory = \"GHSA-case-0001-rots\"\npackage = \"rotten\"\n\
                  claim = { not-imported = true }\nreason = \"x\"\n";
    project.write("lockgate.toml", policy);
    project.write("src/app.js", "require('larch/shade');\nrequire('./ours');\n");
    project.write("src/ours.js", "require('larch');\n");
    project
}

/// What is found out about the claim, with a folder for caches.
fn evidence(project: &Project, caches: &Path) -> Value {
    let mut command = project.command(&["check", "--report", "json"]);
    let output = command.env("XDG_CACHE_HOME", caches).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"][0]["evidence"].clone()
}

fn kept(caches: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(caches.join("lockgate/modules")).into_iter().flatten();
    entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn what_is_found_is_the_same_whatever_was_kept() {
    let project = project();
    let caches = TempDir::new().unwrap();
    let cold = evidence(&project, caches.path());
    assert_eq!(cold[0]["result"], "refuted", "{cold:#}");
    assert_eq!(cold[0]["locations"][1]["file"], WAY, "{cold:#}");
    assert_eq!(kept(caches.path()).len(), 2, "a file for each package");
    assert_eq!(evidence(&project, caches.path()), cold, "warm");

    let way = project.read(WAY);
    project.write(WAY, "module.exports = 1;\n");
    let changed = evidence(&project, caches.path());
    assert_eq!(changed[0]["result"], "upheld", "{changed:#}");
    project.write(WAY, &way);
    assert_eq!(evidence(&project, caches.path()), cold, "changed back");

    for entry in fs::read_dir(caches.path().join("lockgate/modules")).unwrap() {
        fs::write(entry.unwrap().path(), "damaged").unwrap();
    }
    assert_eq!(evidence(&project, caches.path()), cold, "damaged");
    fs::remove_dir_all(caches.path()).unwrap();
    fs::write(caches.path(), "no folder can be made here").unwrap();
    assert_eq!(evidence(&project, caches.path()), cold, "not writable");
    fs::remove_file(caches.path()).unwrap();
    fs::create_dir(caches.path()).unwrap();
}

#[test]
fn nothing_of_the_repository_is_kept() {
    let project = project();
    let caches = TempDir::new().unwrap();
    evidence(&project, caches.path());
    let holds = |word: &str| {
        kept(caches.path())
            .iter()
            .any(|file| file.windows(word.len()).any(|it| it == word.as_bytes()))
    };
    assert!(holds("rotten"), "what shade.js loads is kept");
    assert!(!holds("ours"), "what app.js loads is not");
}

#[test]
fn nothing_is_kept_where_a_change_could_bring_it() {
    let project = project();
    let caches = project.path().join("cache");
    evidence(&project, &caches);
    assert_eq!(kept(&caches), Vec::<Vec<u8>>::new());
}

/// What another build has kept counts for nothing: so every change of the sources makes another one.
#[test]
fn every_change_of_the_sources_makes_another_build() {
    assert_eq!(fingerprint(repository()).unwrap(), env!("LOCKGATE_SOURCES"));
    let sources = Project::empty();
    sources.write("Cargo.toml", "a").write("Cargo.lock", "b").write("src/deep/reader.rs", "c");
    let mut names = vec![fingerprint(sources.path()).unwrap()];
    for (path, text) in
        [("Cargo.toml", "A"), ("Cargo.lock", "B"), ("src/deep/reader.rs", "C"), ("src/new.rs", "")]
    {
        sources.write(path, text);
        names.push(fingerprint(sources.path()).unwrap());
    }
    sources.remove("src/new.rs").write("src/renamed.rs", "");
    names.push(fingerprint(sources.path()).unwrap());
    let number = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), number);
    sources
        .write("docs/other.md", "no source")
        .remove("src/renamed.rs")
        .write("src/renamed.rs", "");
    assert!(names.contains(&fingerprint(sources.path()).unwrap()));
}
