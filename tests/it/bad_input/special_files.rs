//! What is no ordinary file: folders, pipes, links, and what may not be read.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::{assert_refused, npm_project};
use crate::harness::{Project, Run};
use crate::skip::skip;

#[test]
fn what_is_no_file_is_not_read() {
    let project = npm_project();
    project.remove("package-lock.json");
    fs::create_dir(project.path().join("package-lock.json")).unwrap();
    let run = project.run(&["check"]);
    run.assert_harmless().assert_code(3);
    assert!(run.stdout.contains("no lockfile was found"), "{}", run.stdout);

    for make in [make_fifo, make_dangling_link] {
        let project = npm_project();
        project.remove("package-lock.json");
        make(&project.path().join("package-lock.json"));
        assert_refused(&project.run(&["check"]), &["package-lock.json"]);
        assert_refused(&project.run(&["check", "package-lock.json"]), &["package-lock.json"]);
    }
}

#[test]
fn a_special_file_in_place_of_a_policy_or_a_snapshot_is_not_waited_for() {
    let project = npm_project();
    project.remove("lockgate.toml");
    make_dangling_link(&project.path().join("lockgate.toml"));
    assert_refused(&project.run(&["check"]), &["lockgate.toml"]);

    let project = npm_project();
    project.write("lockgate.toml", "schema = 1\n");
    make_fifo(&project.path().join("fifo"));
    let run = project.run(&["check", "--db", "fifo"]);
    run.assert_harmless().assert_code(3);
}

#[test]
fn a_fifo_in_place_of_a_policy_is_not_waited_for() {
    let project = npm_project();
    project.remove("lockgate.toml");
    make_fifo(&project.path().join("lockgate.toml"));
    assert_refused(&project.run(&["check"]), &["lockgate.toml"]);
}

#[test]
fn a_link_to_a_lockfile_is_read_and_shown_under_its_own_name() {
    let project = npm_project();
    let here = project.path();
    fs::rename(here.join("package-lock.json"), here.join("locked")).unwrap();
    symlink("locked", here.join("package-lock.json")).unwrap();
    let run = project.run(&["check", "--report", "json"]);
    run.assert_code(1);
    assert_eq!(run.json()["findings"][0]["lockfile"], "package-lock.json");
}

#[test]
fn a_folder_that_is_named_by_a_link_is_searched_like_any_other() {
    let project = npm_project();
    let elsewhere = Project::empty();
    let lockfile = project.read("package-lock.json");
    elsewhere.write("package-lock.json", &lockfile);
    elsewhere.write("below/package-lock.json", &lockfile);
    symlink(elsewhere.path(), project.path().join("link")).unwrap();
    let run = project.run(&["check", "link", "--policy", "lockgate.toml", "--report", "json"]);
    run.assert_code(1);
    assert_eq!(run.json()["lockfiles"].as_array().unwrap().len(), 2);
}

#[test]
fn what_may_not_be_read_is_not_passed_over() {
    let project = npm_project();
    project.write("secret/package-lock.json", project.read("package-lock.json"));
    let here = project.path();
    let allow = |path: &str, mode: u32| {
        fs::set_permissions(here.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    allow("", 0o755);
    let check = || {
        let mut command = project.command(&["check"]);
        if fs::metadata(here).unwrap().uid() == 0 {
            // Nothing is forbidden to root.
            command.uid(65534).gid(65534);
        }
        command.output().ok().map(Run::from)
    };
    let Some(allowed) = check() else {
        skip("other-user", "permissions", "root cannot run lockgate as somebody else");
        return;
    };
    allowed.assert_code(1);
    for (path, code) in [
        ("package-lock.json", 2),
        ("secret", 2),
        ("lockgate.toml", 2),
        // A lockfile may lie in it.
        ("advisories", 2),
        ("advisories/GHSA-case-0001-glim.json", 3),
    ] {
        let before = fs::metadata(here.join(path)).unwrap().permissions();
        allow(path, 0o000);
        let run = check().unwrap();
        run.assert_harmless().assert_code(code);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(path.rsplit('/').next().unwrap()), "{said}");
        fs::set_permissions(here.join(path), before).unwrap();
    }
}

fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn make_dangling_link(path: &Path) {
    symlink("nowhere", path).unwrap();
}
