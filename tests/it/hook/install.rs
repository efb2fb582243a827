//! Installing the hook, and taking it away without losing anything.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::git::Repository;
use super::{assert_refused, is_program};

const HOOK: &str = ".git/hooks/pre-push";
const EARLIER: &str = ".git/hooks/pre-push.before-lockgate";

/// A hook that writes down what it was told, and refuses if a file says so.
const OWN: &str = "#!/bin/sh\n# Mine.\n{ echo \"$@\"; cat; } > told\n[ ! -e refuse ]\n";

fn with_own_hook() -> Repository {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.lockgate(&["hook", "uninstall"]).assert_code(0);
    repository.write(HOOK, OWN);
    let hook = repository.path().join(HOOK);
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    repository.lockgate(&["hook", "install"]).assert_code(0).assert_says(&["runs first"]);
    repository
}

#[test]
fn installing_twice_is_installing_once() {
    let repository = Repository::with("1.0.0");
    let run = repository.lockgate(&["hook", "install"]);
    run.assert_harmless().assert_code(0);
    run.assert_says(&[".git/hooks/pre-push: checks from now on what you push"]);
    let hook = repository.read(HOOK);
    assert!(is_program(&repository.path().join(HOOK)));
    repository.lockgate(&["hook", "install"]).assert_code(0).assert_says(&["is installed already"]);
    assert_eq!(repository.read(HOOK), hook);
    assert!(!repository.path().join(EARLIER).exists());
    repository.lockgate(&["hook", "uninstall"]).assert_code(0).assert_says(&["removed"]);
    assert!(!repository.path().join(HOOK).exists());
    repository.lockgate(&["hook", "uninstall"]).assert_code(0).assert_says(&["is not lockgate's"]);
}

#[test]
fn a_hook_that_was_there_runs_first_and_comes_back() {
    let repository = with_own_hook();
    repository.lock("1.2.0");
    repository.commit();
    repository.push(&["origin", "main"]).assert_code(0);
    let told = repository.read("told");
    let head = repository.head();
    assert!(told.starts_with("origin "), "{told}");
    assert!(told.contains(&format!("refs/heads/main {head} refs/heads/main ")), "{told}");

    repository.lock("1.1.0");
    repository.git(&["commit", "--quiet", "--all", "--message", "x"]);
    assert_refused(&repository.push(&["origin", "main"]));

    repository.write("refuse", "");
    let run = repository.push(&["origin", "main"]);
    assert_ne!(run.code, 0);
    assert!(!run.stderr.contains("lockgate"), "{}", run.stderr);

    repository
        .lockgate(&["hook", "uninstall"])
        .assert_code(0)
        .assert_says(&["is the one from before again"]);
    assert_eq!(repository.read(HOOK), OWN);
    assert!(is_program(&repository.path().join(HOOK)));
    assert!(!repository.path().join(EARLIER).exists());
}

#[test]
fn a_hook_is_never_overwritten() {
    let repository = with_own_hook();
    let ours = repository.read(HOOK);
    for (content, said) in [
        (format!("{ours}echo mine\n"), "was changed by hand"),
        ("#!/bin/sh\n# another one of mine\n".to_owned(), "another one is kept"),
    ] {
        repository.write(HOOK, &content);
        repository.lockgate(&["hook", "install"]).assert_code(2).assert_says(&[said]);
        assert_eq!(repository.read(HOOK), content);
        assert_eq!(repository.read(EARLIER), OWN);
    }
    repository.write(HOOK, format!("{ours}echo mine\n"));
    repository.lockgate(&["hook", "uninstall"]).assert_code(2);
    assert!(repository.read(HOOK).ends_with("echo mine\n"));
}

#[test]
fn a_link_to_a_hook_is_kept_as_a_link() {
    let repository = Repository::with("1.0.0");
    repository.write("tools/pre-push", OWN);
    let link = repository.path().join(HOOK);
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("../../tools/pre-push", &link).unwrap();
    repository.lockgate(&["hook", "install"]).assert_code(0);
    assert_eq!(repository.read("tools/pre-push"), OWN);
    repository.lockgate(&["hook", "uninstall"]).assert_code(0);
    assert_eq!(fs::read_link(&link).unwrap().to_str(), Some("../../tools/pre-push"));
}

#[test]
fn hooks_lie_where_git_looks_for_them() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.git(&["config", "core.hooksPath", "tools/hooks"]);
    fs::create_dir_all(repository.path().join("server")).unwrap();
    let mut below = repository.command(&["hook", "install"]);
    let run: crate::harness::Run =
        below.current_dir(repository.path().join("server")).output().unwrap().into();
    run.assert_code(0);
    assert!(is_program(&repository.path().join("tools/hooks/pre-push")));
    repository.lock("1.1.0");
    repository.git(&["commit", "--quiet", "--all", "--message", "x"]);
    assert_refused(&repository.push(&["origin", "main"]));
}

#[test]
fn hooks_of_other_repositories_are_left_alone() {
    let repository = Repository::with("1.0.0");
    let shared = repository.path().join("../shared hooks");
    repository.git(&["config", "core.hooksPath", shared.to_str().unwrap()]);
    let run = repository.lockgate(&["hook", "install"]);
    run.assert_harmless().assert_code(2);
    run.assert_says(&["leads out of this repository", "lockgate hook run \"$@\"", "--shared"]);
    assert!(!shared.exists());
    repository.lockgate(&["hook", "install", "--shared"]).assert_code(0);
    assert!(is_program(&shared.join("pre-push")));
}

#[test]
fn a_worktree_shares_its_hooks() {
    let repository = Repository::with("1.0.0");
    repository.git(&["worktree", "add", "--quiet", "../tree", "-b", "topic"]);
    let mut there = repository.command(&["hook", "install"]);
    let run: crate::harness::Run =
        there.current_dir(repository.path().join("../tree")).output().unwrap().into();
    run.assert_code(0);
    assert!(is_program(&repository.path().join(HOOK)));
}

#[test]
fn without_a_repository_there_is_no_hook() {
    let repository = Repository::with("1.0.0");
    for arguments in [["hook", "install"], ["hook", "uninstall"]] {
        let mut outside = repository.command(&arguments);
        let run: crate::harness::Run = outside
            .current_dir(repository.path().join(".."))
            .env("GIT_CEILING_DIRECTORIES", repository.path().join("../.."))
            .output()
            .unwrap()
            .into();
        run.assert_harmless().assert_code(2).assert_says(&["not a git repository"]);
    }
}

#[test]
fn without_lockgate_nothing_is_pushed() {
    let repository = Repository::guarded("repository", "1.0.0");
    let binary = env!("CARGO_BIN_EXE_lockgate");
    let hook = repository.read(HOOK).replace(binary, "/not/there/lockgate");
    repository.write(HOOK, hook);
    repository.write("README.md", "# x\n");
    repository.commit();
    // A lockgate that is installed elsewhere is not meant here.
    let mut push = repository.program("git", &repository.path());
    let git = std::path::Path::new("/usr/local/bin:/usr/bin:/bin");
    let run: crate::harness::Run =
        push.args(["push", "origin", "main"]).env("PATH", git).output().unwrap().into();
    assert_ne!(run.code, 0, "{}", run.stderr);
    run.assert_says(&["lockgate is not here, so nothing was checked", "--no-verify"]);
}
