//! Where the base comes from: names, shallow clones, and what becomes of a base that cannot be had.

use std::fs;

use super::repository::{Repository, cargo_lock, git};
use crate::harness::Run;

/// A repository with a base, and a change that adds something vulnerable.
fn changed() -> (Repository, String) {
    let repository = Repository::new();
    let base = repository.write("Cargo.lock", cargo_lock(&["calm 1.0.0"])).commit();
    repository.write("Cargo.lock", cargo_lock(&["tarn 1.0.0"])).commit();
    (repository, base)
}

#[test]
fn a_base_may_have_any_name_of_one_commit() {
    let (repository, base) = changed();
    repository.git(&["tag", "v1", &base]);
    repository.git(&["branch", "release/1.x", &base]);
    for name in [&*base, &base[..12], "HEAD~1", "v1", "refs/tags/v1", "release/1.x", "HEAD^"] {
        let told = repository.told(&["--base", name]);
        assert_eq!(told.code, 1, "{name}");
        assert_eq!(told.json["base"]["revision"], *base, "{name}");
    }
    let told: Run = repository.command(&[]).env("LOCKGATE_BASE", &base).output().unwrap().into();
    assert!(told.stdout.contains(&format!("compared with {}", &base[..7])), "{}", told.stdout);
    // A change compared with itself adds nothing, and that is worked out, not taken for granted.
    assert_eq!(repository.told(&["--base", "HEAD"]).findings(), ["existing tarn 1.0.0 block"]);
}

#[test]
fn what_is_no_name_never_reaches_git_and_decides_nothing() {
    let (repository, _) = changed();
    let touched = repository.folder().join("touched");
    for name in [
        "--output=touched",
        "--upload-pack=touch touched",
        "-",
        "HEAD:Cargo.lock",
        "a b",
        "HEAD..HEAD~1",
        "$(touch touched)",
        ";touch touched",
    ] {
        let run = repository.check(&[&format!("--base={name}")]);
        run.assert_code(2).assert_says(&["is no revision"]).assert_harmless();
        assert_eq!(run.stdout, "", "{name}");
    }
    for name in ["nowhere", "refs/heads/gone", "0123456"] {
        repository.check(&["--base", name]).assert_code(2).assert_says(&["there is no commit"]);
    }
    assert!(!touched.exists());
}

#[test]
fn without_a_repository_nothing_can_be_compared() {
    let (repository, _) = changed();
    let outside = repository.project.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("Cargo.lock"), cargo_lock(&["calm 1.0.0"])).unwrap();
    let run: Run = repository
        .command(&["--base", "HEAD"])
        .current_dir(&outside)
        .env("GIT_CEILING_DIRECTORIES", repository.project.path())
        .output()
        .unwrap()
        .into();
    run.assert_code(2).assert_says(&["cannot be compared", "not a git repository"]);
    let run: Run = repository.command(&["--base", "HEAD"]).env("PATH", "").output().unwrap().into();
    run.assert_code(2).assert_says(&["`git` cannot be started"]);
    repository
        .check(&[".", "../outside", "--base", "HEAD"])
        .assert_code(2)
        .assert_says(&["cannot be compared"]);
}

/// A clone with one commit alone, of a bare repository that has all of them.
fn shallow(repository: &Repository) -> std::path::PathBuf {
    let root = repository.project.path();
    let run = |arguments: &[&str]| {
        let done = git(root, arguments);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    run(&["clone", "--quiet", "--bare", "repo", "origin.git"]);
    let origin = format!("file://{}", root.join("origin.git").display());
    run(&["clone", "--quiet", "--depth=1", "--no-tags", &origin, "clone"]);
    root.join("clone")
}

fn check(repository: &Repository, clone: &std::path::Path, base: &str, offline: &str) -> Run {
    let output = repository
        .command(&["--base", base, "--report", "json"])
        .current_dir(clone)
        .env("LOCKGATE_OFFLINE", offline)
        .output()
        .unwrap();
    output.into()
}

#[test]
fn a_shallow_clone_fetches_the_one_commit_that_it_lacks() {
    let (repository, base) = changed();
    let clone = shallow(&repository);
    let missing = check(&repository, &clone, &base, "1");
    missing.assert_code(2).assert_says(&["the network may not be used", "git fetch --depth=1"]);
    assert_eq!(missing.stdout, "");

    let run = check(&repository, &clone, &base, "0");
    run.assert_code(1);
    assert_eq!(run.json()["base"]["revision"], base);
    assert_eq!(run.json()["findings"][0]["change"], "added");
    let said = |arguments: &[&str]| {
        String::from_utf8(git(&clone, arguments).stdout).unwrap().trim().to_owned()
    };
    assert_eq!(said(&["rev-parse", "--is-shallow-repository"]), "true");
    assert_eq!(said(&["rev-list", "--count", "HEAD"]), "1");
    assert!(!clone.join(".git/FETCH_HEAD").exists());
    // Now it is here, and nothing has to be fetched.
    check(&repository, &clone, &base, "1").assert_code(1);
}

#[test]
fn a_base_that_cannot_be_fetched_decides_nothing() {
    let (repository, base) = changed();
    let clone = shallow(&repository);
    let unknown = "0123456789abcdef0123456789abcdef01234567";
    check(&repository, &clone, unknown, "0")
        .assert_code(2)
        .assert_says(&["it cannot be fetched"])
        .assert_harmless();
    fs::remove_dir_all(repository.project.path().join("origin.git")).unwrap();
    let gone = check(&repository, &clone, &base, "0");
    gone.assert_code(2).assert_says(&["it cannot be fetched", "greater depth"]);
    assert_eq!(gone.stdout, "");
}

#[cfg(unix)]
#[test]
fn links_at_the_base_lead_nowhere_else() {
    use std::os::unix::fs::symlink;
    let repository = Repository::new();
    let secret = repository.project.path().join("secret");
    fs::write(&secret, cargo_lock(&["tarn 1.0.0"])).unwrap();
    repository.write("locks/real.lock", cargo_lock(&["tarn 1.0.0"]));
    fs::create_dir(repository.folder().join("a")).unwrap();
    fs::create_dir(repository.folder().join("b")).unwrap();
    symlink("../locks/real.lock", repository.folder().join("a/Cargo.lock")).unwrap();
    symlink(&secret, repository.folder().join("b/Cargo.lock")).unwrap();
    repository.commit();
    let told = repository.told(&["--base", "HEAD"]);
    // What a link out of the repository leads to is not known to have been there.
    assert_eq!(told.findings(), ["added tarn 1.0.0 block", "existing tarn 1.0.0 block"]);
}

#[test]
fn a_name_of_several_commits_is_no_base() {
    let (repository, base) = changed();
    repository.git(&["update-ref", "refs/remotes/origin/main", &base]);
    repository.commit();
    repository.git(&["tag", "--annotate", "--message", "A tag", "origin/main"]);
    let run = repository.check(&["--base", "origin/main"]);
    run.assert_code(2).assert_says(&[
        "it names several commits: refs/remotes/origin/main",
        "refs/tags/origin/main",
    ]);
    repository.check(&["--base", "refs/remotes/origin/main"]).assert_code(1);
    // Two names of one commit say the same.
    repository.git(&["tag", "--delete", "origin/main"]);
    repository.git(&["tag", "--annotate", "--message", "A tag", "origin/main", &base]);
    repository.check(&["--base", "origin/main~0"]).assert_code(1);
}
