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

/// Reads every lockfile at or below `paths`.
fn read(
    paths: &[PathBuf],
    policy: &Policy,
    policy_folder: &Path,
) -> Result<ReadLockfiles, Vec<Problem>> {
    let mut remarks = Vec::new();
    let found = find(paths, policy, policy_folder, Kept::AsGitSays, &mut remarks)?;
    Ok(read_found(found, remarks, policy, policy_folder))
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
    let other_managers = ["shrinkwrap.yaml", "bun.lockb", "vlt-lock.json"];
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
    let root = folder(&[("package-lock.json", package_lock), ("bun.lockb", "")]);
    assert_eq!(look(&root, &[""], &[]).1, ["lockfile-unsupported"]);
}

#[test]
fn of_many_lockfiles_that_are_not_read_a_few_are_named() {
    let paths: Vec<String> = (0..7).map(|number| format!("{number}/bun.lockb")).collect();
    let entries: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
    let root = folder(&entries);
    let read = read(&[root.path().to_owned()], &policy(&[]), root.path()).unwrap();
    assert_eq!(read.gaps.len(), 1);
    assert!(read.gaps[0].message.contains("4/bun.lockb, 2 more are of a format"));
}

#[test]
fn a_dependency_that_is_not_locked_is_a_gap_with_its_line() {
    let root = folder(&[("Cargo.lock", &format!("{EMPTY}dependencies = [\"gone\"]\n"))]);
    let read = read(&[root.path().to_owned()], &policy(&[]), root.path()).unwrap();
    assert_eq!(read.gaps[0].code, GapCode::LockfileIncomplete);
    assert!(read.gaps[0].message.contains("Cargo.lock:3: app 0.1.0 depends on `gone`"));
}

#[test]
fn one_lockfile_under_several_names_is_read_once() {
    let root = folder(&[("sub/Cargo.lock", EMPTY)]);
    for paths in [&["", "sub"][..], &["sub/Cargo.lock", "sub", "./sub"], &["sub/../sub", "sub"]] {
        assert_eq!(look(&root, paths, &[]).0.len(), 1, "{paths:?}");
    }
}

#[test]
fn every_file_that_cannot_be_read_is_said_and_the_others_are_read() {
    let root = folder(&[
        ("a/Cargo.lock", "<<<<<<< ours\n"),
        ("b/package-lock.json", "{"),
        ("c/Cargo.lock", EMPTY),
    ]);
    let found = read(&[root.path().to_owned()], &policy(&[]), root.path()).unwrap();
    assert_eq!(found.unreadable.len(), 2);
    assert_eq!(found.lockfiles.len(), 1);
    assert!(found.gaps.iter().all(|gap| gap.code == GapCode::LockfileUnreadable));
    let gone = root.path().join("gone");
    assert!(self::read(&[root.path().to_owned(), gone], &policy(&[]), root.path()).is_err());
}

#[test]
fn an_empty_lockfile_is_none_and_says_how_to_write_it_or_leave_it_out() {
    for (name, text, command) in [
        ("package-lock.json", "", "npm install --package-lock-only"),
        ("npm-shrinkwrap.json", " \n\t", "npm install --package-lock-only"),
        ("Cargo.lock", "\n", "cargo generate-lockfile"),
    ] {
        let root = folder(&[(&format!("a/{name}"), text), ("c/Cargo.lock", EMPTY)]);
        let read = read(&[root.path().to_owned()], &policy(&[]), root.path()).unwrap();
        assert!(read.unreadable.is_empty(), "{name}");
        assert_eq!(read.gaps.len(), 1, "{name}");
        assert_eq!(read.gaps[0].code, GapCode::NothingToCheck, "{name}");
        let help = read.gaps[0].help.as_ref().unwrap();
        assert!(help.contains(command) && help.contains("[lockfiles] exclude"), "{help}");
        assert!(look(&root, &[""], &["a/"]).1.is_empty(), "{name}, excluded");
    }
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
    let read = read(&[root.path().to_owned()], &policy(&[]), root.path()).unwrap();
    assert_eq!(read.unreadable.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_lockfile_is_excluded_by_where_it_stands_and_not_by_where_it_leads() {
    let root = folder(&[("fixtures/Cargo.lock", EMPTY), ("b/Cargo.toml", "")]);
    std::os::unix::fs::symlink("../fixtures/Cargo.lock", root.path().join("b/Cargo.lock")).unwrap();
    assert_eq!(look(&root, &[""], &["/fixtures/"]).0, ["b/Cargo.lock"]);
    assert_eq!(look(&root, &[""], &["/b/"]).0, ["fixtures/Cargo.lock"]);
}

/// The gaps and remarks about projects below a folder.
fn projects(entries: &[(&str, &str)], policy: &Policy) -> (Vec<String>, Vec<String>) {
    let root = folder(entries);
    let read = read(&[root.path().to_owned()], policy, root.path()).unwrap();
    let plain = |text: &str| text.replace(&format!("{}/", root.path().display()), "");
    let missing = read.gaps.iter().filter(|gap| gap.code == GapCode::LockfileMissing);
    let missing = missing
        .map(|gap| plain(&format!("{}: {}", gap.message, gap.help.as_deref().unwrap_or_default())));
    (missing.collect(), read.remarks.iter().map(|remark| plain(remark)).collect())
}

const ASKS: &str = r#"{"dependencies": {"a": "1"}}"#;
const CRATE: &str = "[package]\nname = \"c\"\n[dependencies]\na = \"1\"\n";

#[test]
fn a_project_without_a_lockfile_is_a_gap_that_says_what_to_type_and_where() {
    let beside = ("app/Cargo.lock", EMPTY);
    let strict = policy(&[]);
    for (path, text, command) in [
        ("web/package.json", ASKS, "`npm install --package-lock-only` in "),
        ("c/Cargo.toml", CRATE, "`cargo generate-lockfile` in "),
    ] {
        let (gaps, _) = projects(&[beside, (path, text)], &strict);
        assert_eq!(gaps.len(), 1, "{path}");
        assert!(gaps[0].starts_with(&format!("{path} asks for packages that no")), "{}", gaps[0]);
        let exclude = format!("`[lockfiles] exclude = [\"/{path}\"]`");
        assert!(gaps[0].contains(command) && gaps[0].contains(&exclude), "{}", gaps[0]);
        let pattern = path.split_once('/').unwrap().0;
        let (gaps, remarks) = projects(&[beside, (path, text)], &policy(&[pattern]));
        assert!(gaps.is_empty(), "{gaps:?}");
        assert!(remarks[0].contains("left out by `[lockfiles] exclude`"), "{remarks:?}");
    }
    let nothing =
        [beside, ("web/package.json", "{}"), ("c/Cargo.toml", "[package]\nname = \"c\"\n")];
    assert!(projects(&nothing, &strict).0.is_empty());
}

#[test]
fn a_named_lockfile_is_all_that_is_looked_at() {
    let root = folder(&[("app/Cargo.lock", EMPTY), ("web/package.json", ASKS)]);
    assert!(look(&root, &["app/Cargo.lock"], &[]).1.is_empty());
    assert_eq!(look(&root, &["app/Cargo.lock", "web"], &[]).1, ["lockfile-missing"]);
}

#[test]
fn what_belongs_to_a_lockfile_that_is_not_read_is_not_said_twice() {
    let entries = [
        ("app/Cargo.lock", EMPTY),
        ("web/bun.lockb", ""),
        ("web/package.json", r#"{"workspaces": ["a/*"], "dependencies": {"a": "1"}}"#),
        ("web/a/x/package.json", ASKS),
        ("web/other/package.json", ASKS),
    ];
    let (gaps, _) = projects(&entries, &policy(&[]));
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].starts_with("web/other/package.json asks"), "{gaps:?}");
    let root = folder(&entries);
    assert_eq!(look(&root, &[""], &[]).1, ["lockfile-unsupported", "lockfile-missing"]);
    // What excludes the lockfile excludes its workspaces, and nothing else.
    let (gaps, _) = projects(&entries, &policy(&["bun.lockb"]));
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].starts_with("web/other/package.json asks"), "{gaps:?}");
}

#[test]
fn a_library_may_go_without_a_lockfile_on_purpose_unless_the_policy_says_otherwise() {
    let library = [
        ("app/Cargo.lock", EMPTY),
        (".gitignore", "/c/Cargo.lock\n"),
        ("c/Cargo.toml", CRATE),
        ("c/src/lib.rs", ""),
    ];
    let (gaps, remarks) = projects(&library, &policy(&[]));
    assert!(gaps.is_empty(), "{gaps:?}");
    assert!(remarks[0].contains("a library whose Cargo.lock .gitignore names: c/Cargo.toml"));
    let strict = Policy { unlocked_libraries_are_gaps: true, ..policy(&[]) };
    assert_eq!(projects(&library, &strict).0.len(), 1);
    let with_program = [&library[..], &[("c/src/main.rs", "")]].concat();
    assert!(projects(&with_program, &policy(&[])).0[0].contains("git add --force Cargo.lock"));
    let not_on_purpose = [library[0], library[2], library[3]];
    assert_eq!(projects(&not_on_purpose, &policy(&[])).0.len(), 1);
}
