//! Submodules: a commit names theirs, and their lockfiles are compared with those.

use super::repository::{Repository, git, npm_lock};

/// A repository with a submodule in `libs/sub`, in which something vulnerable is locked.
fn with_submodule(packages: &[&str]) -> Repository {
    let repository = Repository::new();
    let library = repository.project.path().join("library");
    let root = repository.project.path();
    std::fs::create_dir(&library).unwrap();
    std::fs::write(library.join("package-lock.json"), npm_lock("sub", packages)).unwrap();
    for arguments in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "A library"],
    ] {
        assert!(git(&library, arguments).status.success());
    }
    let address = root.join("library");
    repository.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        address.to_str().unwrap(),
        "libs/sub",
    ]);
    repository.commit();
    repository
}

/// Commits in the submodule, and in the repository what it is now.
fn advance(repository: &Repository, packages: &[&str]) {
    repository.write("libs/sub/package-lock.json", npm_lock("sub", packages));
    let folder = repository.folder().join("libs/sub");
    assert!(git(&folder, &["commit", "--quiet", "--all", "--message", "Next"]).status.success());
    repository.commit();
}

#[test]
fn what_a_submodule_has_was_there_before_if_the_change_leaves_it() {
    let repository = with_submodule(&["glim 1.0.0"]);
    repository.write("README.md", "A change.\n").commit();
    for base in ["HEAD~1", "HEAD"] {
        let told = repository.told(&["--base", base]);
        assert_eq!(told.code, 0, "{}", told.json);
        assert_eq!(told.findings(), ["existing glim 1.0.0 block"], "{base}");
    }
}

#[test]
fn a_submodule_that_moves_is_compared_with_its_commit_at_the_base() {
    for (before, after, code, findings, fixed) in [
        (&["glim 1.0.0"][..], &["glim 1.1.0"][..], 0, &["existing glim 1.1.0 block"][..], 0),
        (&["calm 1.0.0"], &["glim 1.0.0"], 1, &["added glim 1.0.0 block"], 0),
        (&["glim 1.0.0"], &["glim 2.0.0"], 0, &[], 1),
    ] {
        let repository = with_submodule(before);
        advance(&repository, after);
        let told = repository.told(&["--base", "HEAD~1"]);
        assert_eq!(told.findings(), findings, "{before:?}");
        assert_eq!((told.code, told.fixed().len()), (code, fixed), "{}", told.json);
    }
}

#[test]
fn a_submodule_whose_past_is_not_here_counts_as_added_and_that_is_said() {
    let repository = with_submodule(&["glim 1.0.0"]);
    let before = git(&repository.folder().join("libs/sub"), &["rev-parse", "HEAD"]);
    let before = String::from_utf8(before.stdout).unwrap();
    let unknown = "1".repeat(40);
    repository.git(&["update-index", "--cacheinfo", &format!("160000,{unknown},libs/sub")]);
    repository.git(&["commit", "--quiet", "--message", "Somewhere else"]);
    let back = format!("160000,{},libs/sub", before.trim());
    repository.git(&["update-index", "--cacheinfo", &back]);
    repository.git(&["commit", "--quiet", "--message", "And back"]);
    let told = repository.told(&["--base", "HEAD~1"]);
    assert_eq!(told.findings(), ["added glim 1.0.0 block"]);
    assert_eq!(told.code, 1);
    let says = format!("git -C libs/sub fetch origin {unknown}");
    assert!(told.remarks().contains(&says), "{}", told.remarks());
}

#[test]
fn submodules_in_submodules_are_looked_into() {
    let repository = with_submodule(&["calm 1.0.0"]);
    let inner = repository.project.path().join("library");
    let folder = repository.folder().join("libs/sub");
    let added = git(
        &folder,
        &[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            inner.to_str().unwrap(),
            "inner",
        ],
    );
    assert!(added.status.success());
    repository.write("libs/sub/inner/package-lock.json", npm_lock("inner", &["glim 1.0.0"]));
    let commit = &["commit", "--quiet", "--all", "--message", "Inner"];
    assert!(git(&folder.join("inner"), commit).status.success());
    assert!(git(&folder, commit).status.success());
    repository.commit();
    repository.write("README.md", "A change.\n").commit();
    let told = repository.told(&["--base", "HEAD~1"]);
    assert_eq!(told.findings(), ["existing glim 1.0.0 block"], "{}", told.json);
    assert_eq!(told.code, 0);
}

#[test]
fn a_project_that_becomes_a_submodule_nobody_checked_out_is_not_mended() {
    let repository = with_submodule(&["calm 1.0.0"]);
    repository
        .write("web/package.json", r#"{ "dependencies": { "glim": "1.0.0" } }"#)
        .write("web/package-lock.json", npm_lock("web", &["glim 1.0.0"]))
        .commit();
    repository.git(&["rm", "--quiet", "-r", "web"]);
    let library = git(&repository.folder().join("libs/sub"), &["rev-parse", "HEAD"]);
    let library = String::from_utf8(library.stdout).unwrap();
    let link = format!("160000,{},web", library.trim());
    repository.git(&["update-index", "--add", "--cacheinfo", &link]);
    repository.git(&["commit", "--quiet", "--message", "A submodule"]);
    std::fs::create_dir_all(repository.folder().join("web")).unwrap();
    let told = repository.told(&["--base", "HEAD~1"]);
    assert_eq!(told.code, 3, "{}", told.json);
    assert_eq!(told.fixed(), [""; 0]);
    assert!(told.gaps().contains(&"lockfile-gone"), "{:?}", told.gaps());
    let gaps = told.json["gaps"].to_string();
    assert!(gaps.contains("git submodule update --init web"), "{gaps}");
}
