//! What has to be looked at: every project that asks for packages, and everything that git keeps.
//! What was not looked at is no pass, and nothing that it may hold is gone.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::git::{ADVISORY, LOCKED, POLICY, path};
use crate::harness::{NOW, Project, Run};

fn locked(version: &str) -> String {
    LOCKED.replace("{version}", version)
}

const MANIFEST: &str =
    "[package]\nname = \"harbour\"\nversion = \"0.1.0\"\n[dependencies]\ntarn = \"1\"\n";

/// A place for repositories, with git at hand.
struct Place {
    project: Project,
}

impl Place {
    /// A repository `repo` with a lockfile in each folder: of a safe version in `api`, of the given one in
    /// `web`.
    fn with(version: &str) -> Self {
        let place = Self { project: Project::empty() };
        place
            .write("repo/lockgate.toml", POLICY)
            .write("repo/advisories/GHSA-case-0001-tarn.json", ADVISORY)
            .write("repo/app.tar", "what is shipped");
        for (folder, version) in [("api", "1.0.0"), ("web", version)] {
            place
                .write(&format!("repo/{folder}/Cargo.toml"), MANIFEST)
                .write(&format!("repo/{folder}/Cargo.lock"), locked(version));
        }
        place.git("repo", &["init", "--quiet", "--initial-branch=main"]);
        place.commit("repo");
        place
    }

    fn path(&self, folder: &str) -> PathBuf {
        self.project.path().join(folder)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        self.project.write(path, text);
        self
    }

    fn git(&self, folder: &str, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.test"])
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .current_dir(self.path(folder))
            .env("HOME", self.project.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn commit(&self, folder: &str) {
        self.git(folder, &["add", "--all"]);
        self.git(folder, &["commit", "--quiet", "--message", "Change"]);
    }

    fn run(&self, folder: &str, arguments: &[&str]) -> Run {
        self.run_with(folder, arguments, &path())
    }

    fn run_with(&self, folder: &str, arguments: &[&str], path: &std::ffi::OsStr) -> Run {
        let run = self
            .project
            .command(arguments)
            .current_dir(self.path(folder))
            .env("LOCKGATE_NOW", NOW)
            .env("PATH", path)
            .output()
            .unwrap();
        Run::from(run)
    }

    /// The exit code of a check, and the codes of its gaps.
    fn check(&self, folder: &str, paths: &[&str]) -> (i32, Vec<String>) {
        let run = self.run(folder, &[&["check", "--report", "json"], paths].concat());
        (run.code, gaps(&run))
    }

    /// What a statement about a release says of its scope, and whether it lets the release pass.
    fn release(&self, folder: &str) -> (Value, Run) {
        self.release_with(folder, &path(), &[])
    }

    fn release_with(&self, folder: &str, path: &std::ffi::OsStr, more: &[&str]) -> (Value, Run) {
        let checked =
            ["check", "--release", "--subject", "app.tar", "--report", "attestation=../s.json"];
        self.run_with(folder, &checked, path);
        let stated: Value =
            serde_json::from_str(&self.project.read(&format!("{folder}/../s.json"))).unwrap();
        let verify = [
            "verify-attestation",
            "../s.json",
            "--policy",
            "lockgate.toml",
            "--subject",
            "app.tar",
        ];
        let run = self.run(folder, &[&verify[..], more].concat());
        (stated["predicate"]["scope"].clone(), run)
    }
}

fn gaps(run: &Run) -> Vec<String> {
    let gaps = run.json()["gaps"].as_array().unwrap().clone();
    gaps.iter().map(|gap| gap["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn everything_that_is_checked_out_is_the_whole() {
    let place = Place::with("1.0.0");
    assert_eq!(place.check("repo", &[]), (0, vec![]));
    let (scope, verified) = place.release("repo");
    assert_eq!(scope, json!({ "paths": ["."], "whole": true }));
    verified.assert_code(0);
}

#[test]
fn a_sparse_checkout_is_a_part() {
    let place = Place::with("1.1.0");
    place.git("", &["clone", "--quiet", "--no-checkout", "repo", "sparse"]);
    place.git("sparse", &["sparse-checkout", "set", "api", "advisories"]);
    place.git("sparse", &["checkout", "--quiet", "main"]);
    // As old as all advisories are in the tests.
    place.write("sparse/advisories/GHSA-case-0001-tarn.json", ADVISORY);
    let run = place.run("sparse", &["check"]);
    run.assert_code(3);
    for said in
        ["web/Cargo.lock is kept by git", "git sparse-checkout disable", "[lockfiles] exclude"]
    {
        assert!(run.stdout.contains(said), "no {said} in {}", run.stdout);
    }
    let (scope, verified) = place.release("sparse");
    assert_eq!(scope["whole"], json!(false));
    verified.assert_code(1);
    // A folder that is all there is checked as far as it goes.
    assert_eq!(place.check("sparse", &["api"]), (0, vec![]));
}

#[test]
fn without_git_a_sparse_checkout_is_a_part_all_the_same() {
    let place = Place::with("1.1.0");
    place.git("", &["clone", "--quiet", "--no-checkout", "repo", "sparse"]);
    place.git("sparse", &["sparse-checkout", "set", "api", "advisories"]);
    place.git("sparse", &["checkout", "--quiet", "main"]);
    // As old as all advisories are in the tests.
    place.write("sparse/advisories/GHSA-case-0001-tarn.json", ADVISORY);
    let run = place.run_with("sparse", &["check", "--report", "json"], "".as_ref());
    assert_eq!((run.code, gaps(&run)), (3, vec!["not-checked-out".to_owned()]));
}

#[test]
fn what_is_taken_out_of_the_work_tree_is_not_gone() {
    for (taken, gap) in [
        (&["web/Cargo.lock"][..], "not-checked-out"),
        (&["web/Cargo.lock", "web/Cargo.toml"], "not-checked-out"),
    ] {
        let place = Place::with("1.1.0");
        for file in taken {
            fs::remove_file(place.path("repo").join(file)).unwrap();
        }
        assert_eq!(place.check("repo", &[]), (3, vec![gap.to_owned()]), "{taken:?}");
        let (scope, verified) = place.release("repo");
        assert_eq!(scope["whole"], json!(false));
        verified.assert_code(1);
        place.write("repo/lockgate.toml", format!("{POLICY}[lockfiles]\nexclude = [\"/web/\"]\n"));
        assert_eq!(place.check("repo", &[]), (0, vec![]), "{taken:?}, excluded");
    }
    let place = Place::with("1.1.0");
    place.git("repo", &["update-index", "--skip-worktree", "web/Cargo.lock"]);
    fs::remove_file(place.path("repo/web/Cargo.lock")).unwrap();
    assert_eq!(place.check("repo", &[]), (3, vec!["not-checked-out".to_owned()]));
}

#[test]
fn a_lockfile_that_is_deleted_leaves_its_project_unlocked() {
    let place = Place::with("1.1.0");
    place.git("repo", &["rm", "--quiet", "web/Cargo.lock"]);
    place.commit("repo");
    let run = place.run("repo", &["check"]);
    run.assert_code(3);
    for said in ["web/Cargo.toml asks for packages", "`cargo generate-lockfile` in web"] {
        assert!(run.stdout.contains(said), "no {said} in {}", run.stdout);
    }
    place.git("repo", &["rm", "--quiet", "web/Cargo.toml"]);
    place.commit("repo");
    assert_eq!(place.check("repo", &[]), (0, vec![]), "the project is gone as well");
}

#[test]
fn a_manifest_in_the_commit_alone_still_asks() {
    let place = Place::with("1.0.0");
    place.write("repo/new/package.json", r#"{"dependencies": {"glim": "1"}}"#);
    place.write("repo/quiet/package.json", r#"{"name": "quiet"}"#);
    place.commit("repo");
    for file in ["new/package.json", "quiet/package.json"] {
        fs::remove_file(place.path("repo").join(file)).unwrap();
    }
    let run = place.run("repo", &["check"]);
    run.assert_code(3);
    assert!(run.stdout.contains("new/package.json is kept by git"), "{}", run.stdout);
    assert!(!run.stdout.contains("quiet/package.json"), "{}", run.stdout);
}

/// A repository `repo` with a submodule `libs/sub` that locks the given version.
fn with_submodule(version: &str) -> Place {
    let place = Place::with("1.0.0");
    place.write("lib/Cargo.toml", MANIFEST).write("lib/Cargo.lock", locked(version));
    place.git("lib", &["init", "--quiet", "--initial-branch=main"]);
    place.commit("lib");
    place.git("repo", &["submodule", "--quiet", "add", "../lib", "libs/sub"]);
    place.commit("repo");
    place
}

#[test]
fn a_submodule_that_is_as_it_is_kept_is_a_part_of_the_whole() {
    let place = with_submodule("1.0.0");
    assert_eq!(place.check("repo", &[]), (0, vec![]));
    let (scope, verified) = place.release("repo");
    assert_eq!(scope["whole"], json!(true));
    verified.assert_code(0);
    place.write("repo/libs/sub/Cargo.lock", locked("1.0.1"));
    let (_, verified) = place.release("repo");
    verified.assert_code(1).assert_says(&["`libs/sub/Cargo.lock` was not what commit"]);
    place.commit("repo/libs/sub");
    let (_, verified) = place.release("repo");
    verified.assert_code(1).assert_says(&["`libs/sub/Cargo.lock` was not what commit"]);
}

#[test]
fn a_submodule_that_is_not_checked_out_is_a_gap() {
    let place = with_submodule("1.1.0");
    assert_eq!(place.check("repo", &[]).0, 1);
    place.git("repo", &["submodule", "--quiet", "deinit", "--force", "libs/sub"]);
    let run = place.run("repo", &["check"]);
    run.assert_code(3);
    for said in ["not checked out", "libs/sub", "git submodule update --init --recursive"] {
        assert!(run.stdout.contains(said), "no {said} in {}", run.stdout);
    }
    let (scope, verified) = place.release("repo");
    assert_eq!(scope["whole"], json!(false));
    verified.assert_code(1);
    let run = place.run_with("repo", &["check", "--report", "json"], "".as_ref());
    assert_eq!((run.code, gaps(&run)), (3, vec!["not-checked-out".to_owned()]), "without git");
    place.write("repo/lockgate.toml", format!("{POLICY}[lockfiles]\nexclude = [\"libs/\"]\n"));
    assert_eq!(place.check("repo", &[]), (0, vec![]));
}

#[test]
fn a_submodule_of_a_submodule_counts_and_so_does_what_a_submodule_lacks() {
    let place = with_submodule("1.0.0");
    place.write("deep/Cargo.toml", MANIFEST).write("deep/Cargo.lock", locked("1.0.0"));
    place.git("deep", &["init", "--quiet", "--initial-branch=main"]);
    place.commit("deep");
    place.git("repo/libs/sub", &["submodule", "--quiet", "add", "../deep", "inner"]);
    place.commit("repo/libs/sub");
    place.commit("repo");
    assert_eq!(place.check("repo", &[]), (0, vec![]));
    place.release("repo").1.assert_code(0);
    place.git("repo/libs/sub", &["submodule", "--quiet", "deinit", "--force", "inner"]);
    assert_eq!(place.check("repo", &[]), (3, vec!["not-checked-out".to_owned()]));
    fs::remove_file(place.path("repo/libs/sub/Cargo.lock")).unwrap();
    place.write("repo/lockgate.toml", format!("{POLICY}[lockfiles]\nexclude = [\"inner/\"]\n"));
    let run = place.run("repo", &["check"]);
    run.assert_code(3);
    assert!(run.stdout.contains("libs/sub/Cargo.lock is kept by git"), "{}", run.stdout);
}

#[test]
fn what_the_policy_leaves_out_is_attested_only_to_who_allows_it() {
    let place = Place::with("1.1.0");
    place.write("repo/lockgate.toml", format!("{POLICY}[lockfiles]\nexclude = [\"/web/\"]\n"));
    place.commit("repo");
    assert_eq!(place.check("repo", &[]), (0, vec![]));
    let (scope, verified) = place.release("repo");
    assert_eq!(scope, json!({ "paths": [".", "!/web/"], "whole": false }));
    verified.assert_code(1).assert_says(&["the check left out /web/", "--allow-left-out"]);
    let (_, verified) = place.release_with("repo", &path(), &["--allow-left-out"]);
    verified.assert_code(0);
    assert!(verified.stdout.contains("/web/"), "{}", verified.stdout);
    // A part is no whole, whoever allows what.
    let (scope, verified) = {
        place.write("repo/api/lockgate.toml", place.project.read("repo/lockgate.toml"));
        place.write("repo/api/app.tar", "what is shipped");
        place.write("repo/api/advisories/x.json", ADVISORY);
        place.commit("repo");
        let checked =
            ["check", "--release", "--subject", "app.tar", "--report", "attestation=../../s.json"];
        place.run("repo/api", &checked);
        let stated: Value = serde_json::from_str(&place.project.read("s.json")).unwrap();
        let verify = [
            "verify-attestation",
            "../../s.json",
            "--policy",
            "lockgate.toml",
            "--subject",
            "app.tar",
            "--allow-left-out",
        ];
        (stated["predicate"]["scope"].clone(), place.run("repo/api", &verify))
    };
    assert_eq!(scope, json!({ "paths": ["."], "whole": false }));
    verified.assert_code(1);
}

#[test]
fn an_own_advisory_that_is_not_what_the_commit_holds_is_named() {
    let changes: [fn(&Place); 3] = [
        |place| {
            let other = ADVISORY.replace("1.1.0", "1.1.9");
            place.write("repo/advisories/GHSA-case-0001-tarn.json", other);
        },
        |place| {
            let other = ADVISORY.replace("tarn", "quill");
            place.write("repo/advisories/other.json", other);
        },
        |place| {
            let other = ADVISORY.replace("tarn", "quill");
            place.write("repo/advisories/other.json", other);
            place.commit("repo");
            fs::remove_file(place.path("repo/advisories/other.json")).unwrap();
        },
    ];
    for change in changes {
        let place = Place::with("1.0.0");
        change(&place);
        let (_, verified) = place.release("repo");
        verified.assert_code(1).assert_says(&["was not what commit"]);
        assert!(verified.stderr.contains("advisories/"), "{}", verified.stderr);
    }
}

#[test]
fn a_statement_without_a_word_of_git_is_refused() {
    let place = Place::with("1.0.0");
    let (scope, verified) = place.release_with("repo", "".as_ref(), &[]);
    assert_eq!(scope["whole"], json!(false));
    verified.assert_code(1).assert_says(&["it is not known which commit was checked"]);
}

#[test]
fn an_empty_folder_of_gits_name_begins_no_repository() {
    let place = Place::with("1.1.0");
    fs::create_dir(place.path("repo/api/.git")).unwrap();
    place
        .write("repo/api/lockgate.toml", POLICY)
        .write("repo/api/advisories/x.json", ADVISORY)
        .write("repo/api/app.tar", "what is shipped");
    let (scope, verified) = place.release("repo/api");
    assert_eq!(scope["whole"], json!(false));
    verified.assert_code(1);
}

#[test]
fn what_git_keeps_is_read_whatever_its_folder_is_called() {
    for folder in ["target", "node_modules/harbour", "deep/target/package"] {
        let place = Place::with("1.0.0");
        let path = format!("repo/{folder}/Cargo.lock");
        place.write(&path, locked("1.1.0"));
        assert_eq!(place.check("repo", &[]).0, 0, "{folder}, not kept");
        place.commit("repo");
        let run = place.run("repo", &["check"]);
        run.assert_code(1);
        let said = format!("checked wherever it lies, because git keeps it: {folder}/Cargo.lock");
        assert!(run.stdout.contains(&said), "{}", run.stdout);
        let (_, verified) = place.release("repo");
        verified.assert_code(1);
        place.write(
            "repo/lockgate.toml",
            format!("{POLICY}[lockfiles]\nexclude = [\"/{folder}/\"]\n"),
        );
        assert_eq!(place.check("repo", &[]).0, 0, "{folder}, excluded");
    }
}

#[test]
fn a_lockfile_that_is_a_link_is_judged_by_where_it_stands() {
    let place = Place::with("1.0.0");
    place
        .write("repo/lockgate.toml", format!("{POLICY}[lockfiles]\nexclude = [\"fixtures/\"]\n"))
        .write("repo/fixtures/Cargo.lock", locked("1.1.0"));
    fs::remove_file(place.path("repo/web/Cargo.lock")).unwrap();
    symlink("../fixtures/Cargo.lock", place.path("repo/web/Cargo.lock")).unwrap();
    place.commit("repo");
    assert_eq!(place.check("repo", &[]).0, 1);
}

#[test]
fn what_cannot_be_read_hides_nothing_of_the_others() {
    for (text, code) in [("", 1), ("version = 4\n[[package]]\nname = 1\n", 2)] {
        let place = Place::with("1.1.0");
        place.write("repo/fixture/Cargo.lock", text);
        let reports = [
            "check",
            "--report",
            "text",
            "--report",
            "sarif=../r.sarif",
            "--report",
            "json=../r.json",
        ];
        let run = place.run("repo", &reports);
        run.assert_code(code);
        assert!(run.stdout.contains("error[GHSA-case-0001-tarn]"), "{}", run.stdout);
        assert!(run.stdout.contains("fixture/Cargo.lock"), "{}", run.stdout);
        let sarif: Value = serde_json::from_str(&place.project.read("r.sarif")).unwrap();
        assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
        let json: Value = serde_json::from_str(&place.project.read("r.json")).unwrap();
        let unreadable = json["unreadable"].as_array().unwrap();
        assert_eq!(unreadable.len(), usize::from(code == 2), "{unreadable:?}");
        if code == 2 {
            assert_eq!(unreadable[0]["file"], "fixture/Cargo.lock");
            run.assert_says(&["fixture/Cargo.lock:3"]);
        }
    }
}

/// The addresses, the fingerprints and the annotated files of a check.
fn places(place: &Place, folder: &str, paths: &[&str]) -> Vec<String> {
    let sarif = place.run(folder, &[&["check", "--report", "sarif"], paths].concat());
    let sarif = &sarif.json()["runs"][0]["results"][0];
    let location = &sarif["locations"][0]["physicalLocation"]["artifactLocation"];
    let annotations = place.run(folder, &[&["check", "--report", "github"], paths].concat());
    let mut errors =
        annotations.stdout.lines().filter_map(|line| line.strip_prefix("::error file="));
    let annotated = errors.next().unwrap().split(',').next().unwrap().to_owned();
    vec![
        location["uri"].as_str().unwrap().to_owned(),
        location["uriBaseId"].as_str().unwrap_or("none").to_owned(),
        sarif["partialFingerprints"]["advisoryPackagePath/v1"].as_str().unwrap().to_owned(),
        annotated,
    ]
}

#[test]
fn paths_for_machines_count_from_the_root_of_the_repository() {
    let place = Place::with("1.1.0");
    symlink(place.path("repo"), place.path("link")).unwrap();
    let absolute = place.path("link/web");
    let absolute = absolute.to_str().unwrap();
    let from_root = places(&place, "repo", &[]);
    assert_eq!((&*from_root[0], &*from_root[3]), ("web/Cargo.lock", "web/Cargo.lock"));
    for (folder, paths) in [
        ("repo", &["web"][..]),
        ("repo", &["api/../web/Cargo.lock"]),
        ("repo/web", &[]),
        ("repo/api", &["../web"]),
        ("link", &[absolute]),
        ("link/web", &["."]),
        ("", &["repo/web"]),
    ] {
        assert_eq!(places(&place, folder, paths), from_root, "{folder} {paths:?}");
    }
    // For people they count from where they are.
    let run = place.run("repo/web", &["check"]);
    assert!(run.stdout.contains("--> Cargo.lock:"), "{}", run.stdout);
}

#[test]
fn a_folder_that_is_no_repository_is_checked_without_git() {
    let place = Place::with("1.0.0");
    fs::remove_dir_all(place.path("repo/.git")).unwrap();
    let run = place.run_with("repo", &["check"], "".as_ref());
    run.assert_code(0);
}
