//! Lockfiles that `.gitignore` names: what git keeps is checked all the same.

use std::fs;

use crate::git::{LOCKED, POLICY, Repository, path};
use crate::harness::{NOW, Project, Run};

fn affected() -> String {
    LOCKED.replace("{version}", "1.1.0")
}

/// A repository with an affected lockfile in `folder`, which it keeps if `is_kept`, and which its
/// `.gitignore` names.
fn repository(folder: &str, name: &str, text: &str, is_kept: bool) -> Repository {
    let mut repository = Repository::new();
    repository
        .project
        .write(&format!("{folder}/{name}"), text)
        .write(".gitignore", format!("{folder}/\n"));
    repository.lock("1.0.0");
    if is_kept {
        repository.git(&["add", "--force", folder]);
    }
    repository
}

fn remarks(run: &Run) -> Vec<String> {
    let said = run.stdout.lines().filter_map(|line| line.strip_prefix("remark: "));
    said.filter(|line| line.contains(".gitignore")).map(str::to_owned).collect()
}

#[test]
fn what_git_keeps_is_checked_and_what_it_does_not_keep_is_not() {
    for (is_kept, code, said) in [
        (
            true,
            1,
            "checked although .gitignore names it, because git keeps it: vendored/Cargo.lock",
        ),
        (false, 0, "not checked, ignored by .gitignore: vendored/Cargo.lock"),
    ] {
        let run = repository("vendored", "Cargo.lock", &affected(), is_kept).run(&["check"]);
        assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
        assert_eq!(remarks(&run), [said]);
    }
}

#[test]
fn what_git_keeps_where_packages_are_installed_is_checked_unless_it_is_excluded() {
    for (is_kept, code) in [(true, 1), (false, 0)] {
        let run =
            repository("web/node_modules", "Cargo.lock", &affected(), is_kept).run(&["check"]);
        assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
    }
    let excluded = repository("vendored", "Cargo.lock", "not a lockfile", true);
    excluded
        .project
        .write("lockgate.toml", format!("{POLICY}[lockfiles]\nexclude = [\"vendored/\"]\n"));
    let excluded = excluded.run(&["check"]);
    assert_eq!(excluded.code, 0, "{}{}", excluded.stdout, excluded.stderr);
    assert!(remarks(&excluded).is_empty());
}

#[test]
fn a_kept_lockfile_that_is_not_read_keeps_the_gate_closed() {
    let run = repository("web", "Cargo.lock", &affected(), false);
    run.project.write("web/vlt-lock.json", "");
    run.git(&["add", "--force", "web/vlt-lock.json"]);
    let run = run.run(&["check", "--report", "json"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stdout.contains("lockfile-unsupported"), "{}", run.stdout);
}

#[test]
fn a_kept_shrinkwrap_is_checked_beside_the_package_lock() {
    let repository = repository("scratch", "Cargo.lock", &affected(), false);
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"name": "web"}}}"#;
    repository
        .project
        .write(".gitignore", "npm-shrinkwrap.json\n")
        .write("scratch/Cargo.lock", LOCKED.replace("{version}", "1.0.0"))
        .write("web/package-lock.json", lock)
        .write("web/npm-shrinkwrap.json", lock);
    repository.git(&["add", "--force", "web"]);
    let run = repository.run(&["check", "--report", "json"]);
    assert!(run.code != 2, "{}", run.stderr);
    for said in [
        "\"path\": \"web/npm-shrinkwrap.json\"",
        "because git keeps it: web/npm-shrinkwrap.json\"",
        "so both are checked: web/npm-shrinkwrap.json, web/package-lock.json\"",
    ] {
        assert!(run.stdout.contains(said), "no {said} in {}", run.stdout);
    }
}

/// lockgate without git at hand.
fn without_git(project: &Project) -> Run {
    project
        .command(&["check", "--report", "json"])
        .env("LOCKGATE_NOW", NOW)
        .env("PATH", "")
        .output()
        .unwrap()
        .into()
}

#[test]
fn where_git_does_not_say_what_it_keeps_the_gate_stays_closed() {
    let repository = repository("vendored", "Cargo.lock", &affected(), false);
    let run = without_git(&repository.project);
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("lockfile-hidden"), "{}", run.stdout);
    repository
        .project
        .write("lockgate.toml", format!("{POLICY}[lockfiles]\nexclude = [\"vendored/\"]\n"));
    assert_eq!(without_git(&repository.project).code, 0, "excluded");
    repository.project.write("lockgate.toml", POLICY);
    fs::remove_dir_all(repository.project.path().join("vendored")).unwrap();
    assert_eq!(without_git(&repository.project).code, 0, "nothing is ignored");
}

#[test]
fn outside_of_a_repository_nothing_is_kept_and_git_is_not_needed() {
    let repository = repository("vendored", "Cargo.lock", &affected(), true);
    fs::remove_dir_all(repository.project.path().join(".git")).unwrap();
    let run = without_git(&repository.project);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_change_that_adds_to_a_kept_and_ignored_lockfile_blocks_and_what_was_there_does_not() {
    for (version, code) in [("1.1.0", 1), ("1.0.0", 0)] {
        let mut repository = Repository::new();
        let before = LOCKED.replace("{version}", if code == 0 { "1.1.0" } else { "1.0.0" });
        repository.project.write("vendored/Cargo.lock", &before).write(".gitignore", "vendored/\n");
        repository.git(&["add", "--force", "vendored"]);
        repository.lock("1.0.0");
        let after = if code == 0 { before } else { LOCKED.replace("{version}", version) };
        repository.project.write("vendored/Cargo.lock", &after);
        let run = repository
            .project
            .command(&["check", "--base", "HEAD"])
            .env("LOCKGATE_NOW", NOW)
            .env("PATH", path())
            .output()
            .unwrap();
        let run = Run::from(run);
        assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("tarn 1.1.0"), "{}", run.stdout);
    }
}
