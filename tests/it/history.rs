//! `lockgate history` on real repositories, made by the test.

use serde_json::Value;

use crate::git::{ADVISORY, LOCKED, POLICY, Repository, path};
use crate::harness::Project;

fn history(repository: &Repository, advisory: &str) -> Value {
    let run = repository.run(&["history", advisory, "--format", "json"]);
    run.assert_code(0);
    run.json()
}

#[test]
fn a_history_tells_since_when_until_when_and_in_which_releases() {
    let mut repository = Repository::new();
    repository.lock("1.0.0").tag("v1.0").tag("production/1");
    repository.lock("1.1.0").tag("v1.1").tag("production/2");
    repository.lock("1.1.1");
    repository.lock("1.2.0").tag("v1.2").tag("production/3");
    for name in ["GHSA-case-0001-tarn", "CVE-2026-0001"] {
        let told = history(&repository, name);
        let lockfile = &told["lockfiles"][0];
        assert_eq!(lockfile["commits"], 4);
        let window = &lockfile["windows"][0];
        assert_eq!(window["since"], "2026-01-03T00:00:00Z");
        assert_eq!(window["until"], "2026-01-05T00:00:00Z");
        assert_eq!(window["packages"], serde_json::json!(["tarn 1.1.0", "tarn 1.1.1"]));
        let releases: Vec<&str> = lockfile["releases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|release| release["tag"].as_str().unwrap())
            .collect();
        assert_eq!(releases, ["production/2", "v1.1"]);
        let production = &lockfile["environments"]["production"][0];
        assert_eq!(production["from"], "production/2");
        assert_eq!(production["to"], "production/3");
    }
}

#[test]
fn what_was_never_locked_has_no_window_and_what_cannot_be_read_has() {
    let mut repository = Repository::new();
    repository.lock("1.0.0");
    assert_eq!(
        history(&repository, "CVE-2026-0001")["lockfiles"][0]["windows"],
        Value::Array(Vec::new())
    );
    repository.commit("<<<<<<< half a merge\n").lock("1.2.0");
    let window = &history(&repository, "CVE-2026-0001")["lockfiles"][0]["windows"][0];
    assert_eq!(window["is_uncertain"], true);
    assert_eq!(window["until"], "2026-01-04T00:00:00Z");
}

#[test]
fn a_record_that_may_be_about_any_package_leaves_the_history_unknown() {
    let mut repository = Repository::new();
    repository.project.write("advisories/CVE-2026-0002.json", "{ \"id\": \"CVE-2026-0002\", ");
    repository.lock("1.0.0");
    repository
        .run(&["history", "CVE-2026-0001"])
        .assert_code(3)
        .assert_says(&["not known: an advisory that may be about any package cannot be read"]);
}

#[test]
fn without_a_repository_there_is_no_history() {
    let project = Project::empty();
    project
        .write("lockgate.toml", POLICY)
        .write("advisories/GHSA-case-0001-tarn.json", ADVISORY)
        .write("Cargo.lock", LOCKED.replace("{version}", "1.0.0"));
    let run: crate::harness::Run = project
        .command(&["history", "CVE-2026-0001"])
        .env("PATH", path())
        .env("GIT_CEILING_DIRECTORIES", project.path().parent().unwrap())
        .output()
        .unwrap()
        .into();
    run.assert_harmless()
        .assert_code(2)
        .assert_says(&["its history cannot be told", "not a git repository"]);
}

#[test]
fn the_policy_says_which_tags_are_releases_to_which_environment() {
    let policy = format!(
        "{POLICY}[history]\nenvironments = {{ eu = \"v*-eu\", us = [\"v*-us\"], asia = \"asia-*\" }}\n"
    );
    let mut repository = Repository::with(&policy, ADVISORY);
    repository.lock("1.0.0").tag("v1.0-eu").tag("v1.0-us");
    repository.lock("1.1.0").tag("v1.1-eu").tag("production/1");
    repository.lock("1.2.0").tag("v1.2-eu").tag("v1.2-us");
    let run = repository.run(&["history", "CVE-2026-0001", "--format", "json"]);
    run.assert_code(3).assert_says(&["no tag is a release to `asia` as [history] describes them"]);
    let environments = &run.json()["lockfiles"][0]["environments"];
    assert_eq!(environments["eu"][0]["from"], "v1.1-eu");
    assert_eq!(environments["eu"][0]["to"], "v1.2-eu");
    assert_eq!(environments["us"], Value::Array(Vec::new()), "known, and never exposed");
    assert_eq!(environments["production"][0]["from"], "production/1", "the rule for / still holds");
    let text = repository.run(&["history", "CVE-2026-0001"]).stdout;
    assert!(text.contains("in eu: exposed since 2026-01-03T00:00:00Z (v1.1-eu)"), "{text}");
    assert!(text.contains("never in us"), "{text}");
}
