//! The pre-push hook, with real git and a real remote.

#![cfg(unix)]

pub(crate) mod git;
mod install;

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use git::Repository;

use crate::git::POLICY;
use crate::harness::Run;

const REFUSED: &str = "is refused; `git push --no-verify` pushes all the same";

/// Nothing was checked: the hook has nothing to say.
fn assert_silent(run: &Run) {
    run.assert_code(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

fn assert_checked(run: &Run, name: &str) {
    run.assert_code(0);
    run.assert_says(&[&format!("lockgate: {name}: PASS")]);
    assert_eq!(run.stdout, "", "the standard output of a push belongs to git");
}

fn assert_refused(run: &Run) {
    run.assert_harmless();
    assert_ne!(run.code, 0, "{}", run.stderr);
    run.assert_says(&["error[GHSA-case-0001-tarn]", "--> Cargo.lock:", REFUSED]);
    assert_eq!(run.stdout, "");
}

/// The hook, as git starts it for a remote at `address`, with what is pushed as its input.
fn run_hook(repository: &Repository, address: &str, input: &str) -> Run {
    let mut child = repository
        .command(&["hook", "run", "origin", address])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut asked = child.stdin.take().unwrap();
    asked.write_all(input.as_bytes()).unwrap();
    drop(asked);
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_vulnerable_lockfile_is_not_pushed() {
    let repository = Repository::guarded("repository", "1.0.0");
    let before = repository.pushed("main");
    repository.lock("1.1.0");
    repository.commit();
    assert_refused(&repository.push(&["origin", "main"]));
    assert_eq!(repository.pushed("main"), before);
    repository.lock("1.2.0");
    repository.commit();
    assert_checked(&repository.push(&["origin", "main"]), "refs/heads/main");
    assert_eq!(repository.pushed("main"), Some(repository.head()));
}

#[test]
fn no_verify_is_the_way_out() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.lock("1.1.0");
    repository.commit();
    repository.push(&["--no-verify", "origin", "main"]).assert_code(0);
    assert_eq!(repository.pushed("main"), Some(repository.head()));
}

#[test]
fn what_changes_nothing_is_not_checked() {
    // What is locked is affected, and was pushed before: this push does not bring it.
    let repository = Repository::guarded("repository", "1.1.0");
    repository.write("README.md", "# Harbour, again\n");
    repository.write("src/main.rs", "fn main() {}\n");
    repository.commit();
    assert_silent(&repository.push(&["origin", "main"]));
    assert_eq!(repository.pushed("main"), Some(repository.head()));
    // Nothing at all.
    assert_silent(&repository.push(&["origin", "main"]));
}

#[test]
fn the_policy_and_what_it_rests_on_are_checked() {
    for (path, content) in [
        ("lockgate.toml", format!("{POLICY}# changed\n")),
        ("advisories/GHSA-case-0002-tarn.json", "{}".to_owned()),
        ("server/Cargo.toml", "[package]\nname = \"server\"\n".to_owned()),
        ("web/package.json", "{}".to_owned()),
    ] {
        let repository = Repository::guarded("repository", "1.1.0");
        repository.write(path, content);
        repository.commit();
        let run = repository.push(&["origin", "main"]);
        assert_ne!(run.code, 0, "{path}: {}", run.stderr);
    }
}

#[test]
fn what_is_pushed_is_checked_and_not_what_lies_around() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.lock("1.1.0");
    repository.commit();
    repository.lock("1.2.0");
    assert_refused(&repository.push(&["origin", "main"]));
    repository.git(&["add", "--all"]);
    assert_refused(&repository.push(&["origin", "main"]));
    repository.git(&["commit", "--quiet", "--message", "Mend it"]);
    repository.lock("1.1.0");
    assert_checked(&repository.push(&["origin", "main"]), "refs/heads/main");
}

#[test]
fn a_policy_that_is_not_pushed_decides_nothing() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.lock("1.1.0");
    repository.write("web/README.md", "# Web\n");
    repository.commit();
    let loose = format!("{POLICY}[gate]\nunknown = \"note\"\n");
    repository.write("lockgate.toml", loose);
    assert_refused(&repository.push(&["origin", "main"]));
    // git does not look at this file any more, so that it cannot be told by asking for changes.
    repository.git(&["update-index", "--assume-unchanged", "lockgate.toml"]);
    assert_refused(&repository.push(&["origin", "main"]));
}

#[test]
fn a_policy_that_git_does_not_know_decides_nothing() {
    for ignore in ["", "lockgate.toml\n"] {
        let repository = Repository::guarded("repository", "1.0.0");
        repository.git(&["rm", "--quiet", "--cached", "lockgate.toml"]);
        repository.git(&["commit", "--quiet", "--message", "Keep the policy to ourselves"]);
        repository.write(".git/info/exclude", ignore);
        let run = repository.push(&["origin", "main"]);
        assert_ne!(run.code, 0, "{}", run.stderr);
        // Without its policy a project has no advisories here.
        run.assert_says(&["no advisory", REFUSED]);
    }
}

#[test]
fn a_lockfile_that_is_not_checked_out_is_checked() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.lock("1.1.0");
    repository.commit();
    repository.git(&["update-index", "--skip-worktree", "Cargo.lock"]);
    repository.remove("Cargo.lock");
    assert_refused(&repository.push(&["origin", "main"]));
}

#[test]
fn a_lockfile_that_is_ignored_and_kept_is_checked_wherever_it_is_pushed_from() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.write(".gitignore", "Cargo.lock\n");
    repository.lock("1.1.0");
    repository.git(&["add", "--force", "Cargo.lock"]);
    repository.commit();
    assert_refused(&repository.push(&["origin", "main"]));
    repository.git(&["switch", "--quiet", "--create", "other", "HEAD~1"]);
    assert_refused(&repository.push(&["origin", "main"]));
}

#[test]
fn another_branch_than_the_one_checked_out_is_checked() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.git(&["switch", "--quiet", "--create", "topic"]);
    repository.lock("1.1.0");
    repository.commit();
    repository.git(&["switch", "--quiet", "main"]);
    assert_refused(&repository.push(&["origin", "topic"]));
    assert_refused(&repository.push(&["origin", "topic~0:refs/heads/other"]));
    assert_eq!(repository.pushed("topic"), None);
}

#[test]
fn a_new_branch_is_compared_with_what_the_remote_has() {
    let repository = Repository::guarded("repository", "1.1.0");
    repository.git(&["switch", "--quiet", "--create", "docs"]);
    assert_silent(&repository.push(&["origin", "docs"]));
    repository.write("README.md", "# Docs\n");
    repository.commit();
    assert_silent(&repository.push(&["origin", "docs:again"]));
    repository.lock("1.1.1");
    repository.commit();
    assert_refused(&repository.push(&["origin", "docs:third"]));
}

#[test]
fn to_a_remote_that_has_nothing_everything_is_new() {
    let repository = Repository::guarded("repository", "1.1.0");
    repository.git(&["init", "--quiet", "--bare", "../empty.git"]);
    assert_refused(&repository.push(&["../empty.git", "main"]));
    repository.git(&["remote", "add", "empty", "../empty.git"]);
    assert_refused(&repository.push(&["empty", "main"]));
}

#[test]
fn a_merge_counts_by_what_it_brings() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.git(&["switch", "--quiet", "--create", "topic"]);
    repository.write("README.md", "# Topic\n");
    repository.commit();
    repository.git(&["switch", "--quiet", "main"]);
    repository.lock("1.1.0");
    repository.commit();
    repository.git(&["switch", "--quiet", "topic"]);
    repository.git(&["merge", "--quiet", "--no-edit", "main"]);
    assert_refused(&repository.push(&["origin", "topic"]));
}

#[test]
fn deleting_a_branch_pushes_nothing() {
    let repository = Repository::guarded("repository", "1.1.0");
    repository.push(&["origin", "main:old"]).assert_code(0);
    assert_silent(&repository.push(&["origin", "--delete", "old"]));
    assert_eq!(repository.pushed("old"), None);
}

#[test]
fn a_tag_is_what_it_leads_to() {
    let repository = Repository::guarded("repository", "1.1.0");
    repository.git(&["tag", "--annotate", "--message", "One", "v1"]);
    assert_silent(&repository.push(&["origin", "v1"]));
    repository.lock("1.1.1");
    repository.commit();
    repository.git(&["tag", "--annotate", "--message", "Two", "v2"]);
    repository.git(&["tag", "light"]);
    assert_refused(&repository.push(&["origin", "v2"]));
    assert_refused(&repository.push(&["origin", "light"]));
    // A tag of a file ships no commit.
    repository.git(&["tag", "notes", "HEAD:README.md"]);
    assert_silent(&repository.push(&["origin", "notes"]));
}

#[test]
fn a_forced_push_is_compared_with_what_it_replaces() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.lock("1.2.0");
    repository.commit();
    repository.push(&["origin", "main"]).assert_code(0);
    repository.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    repository.lock("1.1.0");
    repository.commit();
    assert_refused(&repository.push(&["--force", "origin", "main"]));
    // What the remote has is not here: somebody else has pushed it.
    repository.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    repository.git(&["reflog", "expire", "--expire=now", "--all"]);
    repository.git(&["gc", "--quiet", "--prune=now"]);
    assert_refused(&repository.push(&["--force", "origin", "main"]));
}

#[test]
fn several_references_are_refused_if_one_is() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.git(&["switch", "--quiet", "--create", "good"]);
    repository.lock("1.2.0");
    repository.commit();
    repository.git(&["switch", "--quiet", "--create", "bad"]);
    repository.lock("1.1.0");
    repository.commit();
    let run = repository.push(&["origin", "good", "bad"]);
    assert_refused(&run);
    run.assert_says(&["lockgate: refs/heads/good: PASS"]);
    assert_eq!((repository.pushed("good"), repository.pushed("bad")), (None, None));
}

#[test]
fn a_worktree_is_a_place_to_push_from() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.git(&["worktree", "add", "--quiet", "../other tree", "-b", "topic"]);
    let other = repository.path().join("../other tree");
    std::fs::copy(repository.path().join("Cargo.lock"), other.join("Cargo.lock")).unwrap();
    let locked = repository.read("Cargo.lock").replace("1.0.0", "1.1.0");
    std::fs::write(other.join("Cargo.lock"), locked).unwrap();
    repository.git_in(&other, &["commit", "--quiet", "--all", "--message", "x"]).assert_code(0);
    assert_refused(&repository.git_in(&other, &["push", "--quiet", "origin", "topic"]));
}

#[test]
fn names_of_folders_and_branches_are_only_names() {
    let repository = Repository::guarded("a \"quoted\" $(touch x) 'folder'", "1.0.0");
    repository.lock("1.1.0");
    repository.commit();
    let branch = r#"main:refs/heads/$(touch${IFS}x)`y`'z"@1"#;
    let run = repository.push(&["origin", branch]);
    assert_refused(&run);
    assert!(!repository.path().join("x").exists());
}

#[test]
fn old_advisories_refuse_a_push_unless_a_person_has_said_otherwise() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.write("lockgate.toml", POLICY.replace("3650d", "24h"));
    repository.commit();
    let push = || repository.push(&["origin", "main:fresh"]);
    let run = push();
    run.assert_harmless().assert_says(&["lockgate db update", REFUSED]);
    assert_ne!(run.code, 0);
    repository.git(&["config", "lockgate.hook.stale", "warn"]);
    let run = push();
    run.assert_code(0);
    run.assert_says(&["pushed with old advisories, as lockgate.hook.stale says"]);
    // A finding is one, however old the advisory is.
    repository.lock("1.1.0");
    repository.commit();
    assert_refused(&push());
}

#[test]
fn without_advisories_a_push_is_refused_whatever_was_said() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.git(&["config", "lockgate.hook.stale", "warn"]);
    repository.write("lockgate.toml", "schema = 1\n");
    repository.commit();
    let run = repository.push(&["origin", "main"]);
    assert_ne!(run.code, 0);
    run.assert_says(&["no advisory", REFUSED]);
}

#[test]
fn what_cannot_be_read_is_not_pushed() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.write("Cargo.lock", "<<<<<<< half a merge\n");
    repository.commit();
    let run = repository.push(&["origin", "main"]);
    run.assert_harmless();
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("Cargo.lock"), "{}", run.stderr);
}

#[test]
fn only_what_git_writes_is_taken_for_a_push() {
    let repository = Repository::guarded("repository", "1.0.0");
    let line = |object: &str| format!("main {object} refs/heads/main {}\n", "0".repeat(40));
    let folder = repository.git(&["rev-parse", "HEAD^{tree}"]);
    for (input, code) in [
        (String::new(), 0),
        ("main\n".to_owned(), 2),
        ("a --output=/tmp/x b c\n".to_owned(), 2),
        // What is not here nobody has looked at; a folder alone ships no commit.
        (line(&"1".repeat(40)), 2),
        (line(folder.trim()), 0),
    ] {
        let run = run_hook(&repository, "address", &input);
        run.assert_harmless().assert_code(code);
    }
}

/// The mode of a file, as far as it says who may run it.
fn is_program(path: &std::path::Path) -> bool {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o111 == 0o111
}

#[test]
fn a_remote_whose_name_begins_with_that_of_another_one_is_another_one() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.git(&["init", "--quiet", "--bare", "../fork.git"]);
    let fetched = "+refs/heads/*:refs/remotes/origin/fork/*";
    repository.git(&["config", "remote.origin/fork.url", "../fork.git"]);
    repository.git(&["config", "remote.origin/fork.fetch", fetched]);
    repository.git(&["switch", "--quiet", "--create", "topic"]);
    repository.lock("1.1.0");
    repository.commit();
    repository.git(&["update-ref", "refs/remotes/origin/fork/topic", "topic"]);
    assert_refused(&repository.push(&["origin", "topic"]));
    // Its branches could be those of the other one as well, so that nobody knows whose they are.
    let pushed = repository.push(&["--no-verify", "origin/fork", "topic"]);
    pushed.assert_code(0);
    assert_refused(&repository.push(&["origin/fork", "topic:again"]));
    assert_eq!(repository.pushed("topic"), None);
    // A slash alone makes no difference.
    repository.git(&["remote", "add", "team/fork", "../fork.git"]);
    repository.git(&["fetch", "--quiet", "team/fork"]);
    assert_silent(&repository.push(&["team/fork", "topic:again"]));
}

#[test]
fn branches_of_a_remote_are_where_its_configuration_writes_them() {
    let repository = Repository::guarded("repository", "1.0.0");
    repository.git(&["switch", "--quiet", "--create", "topic"]);
    repository.lock("1.1.0");
    repository.commit();
    for (refspec, place) in [
        // Somebody else writes there as well, so that nobody knows whose it is.
        ("+refs/heads/*:refs/remotes/origin/*", "refs/remotes/origin/topic"),
        // What is below `refs/heads` is made here.
        ("+refs/heads/*:refs/heads/*", "refs/heads/topic"),
        ("+refs/heads/*:refs/remotes/other/*", "refs/remotes/origin2/topic"),
    ] {
        repository.git(&["config", "--replace-all", "remote.other.fetch", refspec]);
        repository.git(&["config", "remote.other.url", "../fork.git"]);
        repository.git(&["update-ref", place, "topic"]);
        let remote = if place.contains("heads") { "other" } else { "origin" };
        repository.git(&["init", "--quiet", "--bare", "../fork.git"]);
        assert_refused(&repository.push(&[remote, "topic"]));
        if remote == "origin" {
            repository.git(&["update-ref", "-d", place]);
        }
    }
}

#[test]
fn no_program_that_the_configuration_names_is_started() {
    let repository = Repository::guarded("repository", "1.0.0");
    let touched = repository.path().join("../touched");
    let touch = format!("touch '{}'; cat", touched.display());
    repository.lock("1.1.0");
    repository.commit();
    repository.write(".git/info/attributes", "*.lock filter=loud\nREADME.md filter=odd.name=x\n");
    for filter in ["loud", "odd.name=x"] {
        for key in ["clean", "smudge"] {
            repository.git(&["config", &format!("filter.{filter}.{key}"), &touch]);
        }
        repository.git(&["config", &format!("filter.{filter}.required"), "true"]);
    }
    // The same content at another time: git has to look into it.
    repository.lock("1.1.0");
    repository.git(&["diff-index", "--name-only", "HEAD", "--"]);
    assert!(touched.exists(), "git starts what its configuration names");
    std::fs::remove_file(&touched).unwrap();
    repository.git(&["config", "core.fsmonitor", &touch]);
    repository.git(&["config", "diff.external", &touch]);
    let head = repository.head();
    let input = format!("refs/heads/main {head} refs/heads/main {}\n", "0".repeat(40));
    let run = run_hook(&repository, "../x", &input);
    assert_refused(&run);
    assert!(!touched.exists(), "{}", run.stderr);
}

#[test]
fn a_submodule_is_checked_as_it_is_pushed() {
    let repository = Repository::guarded("repository", "1.0.0");
    let library = repository.path().join("../library");
    std::fs::create_dir_all(&library).unwrap();
    std::fs::write(
        library.join("Cargo.lock"),
        repository.read("Cargo.lock").replace("1.0.0", "1.1.0"),
    )
    .unwrap();
    for arguments in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "A library"],
    ] {
        repository.git_in(&library, arguments).assert_code(0);
    }
    let allowed = ["-c", "protocol.file.allow=always", "submodule", "--quiet"];
    repository.git(&[&allowed[..], &["add", "../library", "libs/sub"]].concat());
    // Nothing else changes that could change the answer.
    repository.commit();
    let refused = |run: &Run| {
        assert_ne!(run.code, 0, "{}", run.stderr);
        run.assert_says(&["error[GHSA-case-0001-tarn]", "libs/sub/Cargo.lock", REFUSED]);
    };
    refused(&repository.push(&["origin", "main"]));
    // Neither what lies in it uncommitted nor another branch that is checked out makes a difference.
    let mended = repository.read("libs/sub/Cargo.lock").replace("1.1.0", "1.2.0");
    repository.write("libs/sub/Cargo.lock", mended);
    refused(&repository.push(&["origin", "main"]));
    repository.git(&["branch", "other"]);
    repository.git(&["commit", "--quiet", "--allow-empty", "--message", "Next"]);
    refused(&repository.push(&["origin", "other"]));
}
