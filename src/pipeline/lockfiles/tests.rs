use std::fs;

use tempfile::TempDir;

use super::*;

const EMPTY: &str = "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n";

fn folder(entries: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in entries {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn policy(excluded: &[&str]) -> Policy {
    Policy {
        excluded_lockfiles: excluded.iter().map(|glob| (*glob).to_owned()).collect(),
        ..Policy::strict_default()
    }
}

/// The lockfiles below a folder that count, and the codes of the gaps.
fn look(root: &TempDir, paths: &[&str], excluded: &[&str]) -> (Vec<String>, Vec<&'static str>) {
    let paths: Vec<PathBuf> = paths.iter().map(|path| root.path().join(path)).collect();
    let read = read(&paths, &policy(excluded), root.path()).unwrap();
    let found = read.lockfiles.iter().map(|read| {
        let relative = read.path.strip_prefix(root.path()).unwrap();
        relative.to_string_lossy().replace("./", "")
    });
    (found.collect(), read.gaps.iter().map(|gap| gap.code.as_str()).collect())
}

#[test]
fn nothing_to_check_is_a_gap() {
    for (entries, excluded) in [
        (&[("README.md", "")][..], &[][..]),
        (&[("Cargo.lock", EMPTY)], &["Cargo.lock"]),
        (&[("a/Cargo.lock", EMPTY), (".gitignore", "a/\n")], &[]),
        (&[("Cargo.lock", "version = 4\n")], &[]),
        (&[("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}")], &[]),
    ] {
        let root = folder(entries);
        assert_eq!(look(&root, &[""], excluded).1, ["nothing-to-check"], "{entries:?}");
    }
}

#[test]
fn a_lockfile_that_is_not_read_is_a_gap_unless_it_is_excluded() {
    let other_managers = ["yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock"];
    for name in other_managers {
        let path = format!("web/{name}");
        let root = folder(&[("Cargo.lock", EMPTY), (&path, "")]);
        let unsupported = (vec!["Cargo.lock".to_owned()], vec!["lockfile-unsupported"]);
        assert_eq!(look(&root, &[""], &[]), unsupported, "{name}");
        assert_eq!(look(&root, &["", "web"], &[]), unsupported, "{name}, by two ways");
        assert!(look(&root, &[""], &["web/"]).1.is_empty(), "{name}, excluded");
    }
}

#[test]
fn a_lockfile_that_is_not_read_is_not_checked_by_the_one_beside_it() {
    let package_lock =
        r#"{"name": "web", "lockfileVersion": 3, "packages": {"": {"name": "web"}}}"#;
    let root = folder(&[("package-lock.json", package_lock), ("yarn.lock", "")]);
    assert_eq!(look(&root, &[""], &[]).1, ["lockfile-unsupported"]);
}

#[test]
fn of_many_lockfiles_that_are_not_read_a_few_are_named() {
    let paths: Vec<String> = (0..7).map(|number| format!("{number}/yarn.lock")).collect();
    let entries: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
    let root = folder(&entries);
    let read = read(&[root.path().to_owned()], &policy(&[]), root.path()).unwrap();
    assert_eq!(read.gaps.len(), 1);
    assert!(
        read.gaps[0]
            .message
            .contains("4/yarn.lock, 2 more are of a format")
    );
}

#[test]
fn a_dependency_that_is_not_locked_is_a_gap_with_its_line() {
    let root = folder(&[("Cargo.lock", &format!("{EMPTY}dependencies = [\"gone\"]\n"))]);
    let read = read(&[root.path().to_owned()], &policy(&[]), root.path()).unwrap();
    assert_eq!(read.gaps[0].code, GapCode::LockfileIncomplete);
    assert!(
        read.gaps[0]
            .message
            .contains("Cargo.lock:3: app 0.1.0 depends on `gone`")
    );
}

#[test]
fn one_lockfile_under_several_names_is_read_once() {
    let root = folder(&[("sub/Cargo.lock", EMPTY)]);
    for paths in [&["", "sub"][..], &["sub/Cargo.lock", "sub", "./sub"], &["sub/../sub", "sub"]] {
        assert_eq!(look(&root, paths, &[]).0.len(), 1, "{paths:?}");
    }
}

#[test]
fn every_file_that_cannot_be_read_is_said_and_nothing_is_decided() {
    let root = folder(&[
        ("a/Cargo.lock", "<<<<<<< ours\n"),
        ("b/package-lock.json", ""),
        ("c/Cargo.lock", EMPTY),
    ]);
    let problems = read(&[root.path().to_owned()], &policy(&[]), root.path()).unwrap_err();
    assert_eq!(problems.len(), 2);
    let gone = root.path().join("gone");
    assert!(read(&[root.path().to_owned(), gone], &policy(&[]), root.path()).is_err());
}

#[test]
fn exclusions_count_from_the_folder_of_the_policy_and_spare_what_is_named() {
    let root = folder(&[("a/Cargo.lock", EMPTY), ("b/Cargo.lock", EMPTY)]);
    assert_eq!(look(&root, &[""], &["/a/"]).0, ["b/Cargo.lock"]);
    assert_eq!(look(&root, &[""], &["**/b/*"]).0, ["a/Cargo.lock"]);
    assert_eq!(look(&root, &["a"], &["/a/"]).0, [""; 0]);
    assert_eq!(look(&root, &["a/Cargo.lock"], &["/a/"]).0, ["a/Cargo.lock"]);
    let elsewhere = folder(&[("a/Cargo.lock", EMPTY)]);
    let read = read(&[elsewhere.path().to_owned()], &policy(&["/a/"]), root.path()).unwrap();
    assert_eq!(read.lockfiles.len(), 1, "not below the policy");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_lockfile_is_a_lockfile_of_its_own() {
    let root = folder(&[("a/Cargo.lock", EMPTY), ("b/Cargo.toml", "")]);
    std::os::unix::fs::symlink("../a/Cargo.lock", root.path().join("b/Cargo.lock")).unwrap();
    assert_eq!(look(&root, &[""], &[]).0, ["a/Cargo.lock", "b/Cargo.lock"]);
    std::os::unix::fs::symlink("gone", root.path().join("b/package-lock.json")).unwrap();
    assert!(read(&[root.path().to_owned()], &policy(&[]), root.path()).is_err());
}
