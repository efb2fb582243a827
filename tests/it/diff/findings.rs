//! Which findings a change adds, which were there before, and which it fixes.

use super::repository::{Repository, cargo_lock, cargo_lock_of, npm_lock};
use crate::harness::shared;
use crate::sarif;

/// The files at the base, what the change does to them (nothing: it deletes them), and what is said.
struct Case {
    about: &'static str,
    base: Vec<(&'static str, String)>,
    change: Vec<(&'static str, Option<String>)>,
    code: i32,
    findings: &'static [&'static str],
    fixed: &'static [&'static str],
}

impl Case {
    fn check(&self) {
        let repository = Repository::new();
        for (path, text) in &self.base {
            repository.write(path, text);
        }
        repository.commit();
        for (path, text) in &self.change {
            match text {
                Some(text) => repository.write(path, text),
                None => repository.remove(path),
            };
        }
        let told = repository.told(&["--base", "HEAD"]);
        assert_eq!(told.findings(), self.findings, "{}", self.about);
        assert_eq!(told.fixed(), self.fixed, "{}", self.about);
        assert_eq!(told.code, self.code, "{}: {}", self.about, told.remarks());
    }
}

const LOCK: &str = "Cargo.lock";
const WEB: &str = "web/package-lock.json";

#[test]
fn only_what_a_change_adds_blocks() {
    let base = |packages: &[&str]| vec![(LOCK, cargo_lock(packages))];
    let to = |packages: &[&str]| vec![(LOCK, Some(cargo_lock(packages)))];
    for case in [
        Case {
            about: "a vulnerable dependency is added",
            base: base(&["calm 1.0.0"]),
            change: to(&["calm 1.0.0", "tarn 1.0.0"]),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "nothing that matters changes",
            base: base(&["calm 1.0.0", "tarn 1.0.0"]),
            change: to(&["calm 1.1.0", "tarn 1.0.0"]),
            code: 0,
            findings: &["existing tarn 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "nothing changes at all",
            base: base(&["tarn 1.0.0"]),
            change: vec![],
            code: 0,
            findings: &["existing tarn 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "a vulnerable dependency is updated to a patched version",
            base: base(&["tarn 1.0.0"]),
            change: to(&["tarn 2.0.0"]),
            code: 0,
            findings: &[],
            fixed: &["tarn 1.0.0"],
        },
        Case {
            about: "a vulnerable dependency is updated to another vulnerable version",
            base: base(&["tarn 1.0.0"]),
            change: to(&["tarn 1.1.0"]),
            code: 0,
            findings: &["existing tarn 1.1.0 block"],
            fixed: &[],
        },
        Case {
            about: "a second vulnerable version comes in",
            base: base(&["tarn 1.0.0"]),
            change: to(&["tarn 1.0.0", "tarn 1.1.0"]),
            code: 1,
            findings: &["added tarn 1.1.0 block", "existing tarn 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "one vulnerability goes and another one comes",
            base: base(&["tarn 1.0.0"]),
            change: to(&["quill 1.0.0"]),
            code: 1,
            findings: &["added quill 1.0.0 block"],
            fixed: &["tarn 1.0.0"],
        },
    ] {
        case.check();
    }
}

#[test]
fn lockfiles_may_come_go_and_move() {
    let glim = || npm_lock("web", &["glim 1.0.0"]);
    let base = || vec![(LOCK, cargo_lock(&["calm 1.0.0"])), (WEB, glim())];
    for case in [
        Case {
            about: "a lockfile is added",
            base: vec![(LOCK, cargo_lock(&["calm 1.0.0"]))],
            change: vec![(WEB, Some(glim()))],
            code: 1,
            findings: &["added glim 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "a lockfile is deleted",
            base: base(),
            change: vec![(WEB, None)],
            code: 0,
            findings: &[],
            fixed: &["glim 1.0.0"],
        },
        Case {
            about: "a lockfile is moved as it is",
            base: base(),
            change: vec![(WEB, None), ("site/package-lock.json", Some(glim()))],
            code: 0,
            findings: &["existing glim 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "a lockfile is moved and changed: it is of the same project",
            base: base(),
            change: vec![
                (WEB, None),
                ("site/package-lock.json", Some(npm_lock("web", &["calm 1.0.0", "glim 1.0.0"]))),
            ],
            code: 0,
            findings: &["existing glim 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "a lockfile is moved and changed, and is of another project",
            base: base(),
            change: vec![
                (WEB, None),
                ("site/package-lock.json", Some(npm_lock("site", &["calm 1.0.0", "glim 1.0.0"]))),
            ],
            code: 1,
            findings: &["added glim 1.0.0 block"],
            fixed: &["glim 1.0.0"],
        },
        Case {
            about: "a lockfile is copied: the copy is one more",
            base: base(),
            change: vec![("site/package-lock.json", Some(glim()))],
            code: 1,
            findings: &["added glim 1.0.0 block", "existing glim 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "the folder of a Cargo workspace is renamed, and a member changes its version",
            base: vec![("old/Cargo.lock", cargo_lock(&["tarn 1.0.0"]))],
            change: vec![
                ("old/Cargo.lock", None),
                (
                    "new/Cargo.lock",
                    Some(cargo_lock(&["tarn 1.0.0"]).replace("\"0.1.0\"", "\"0.2.0\"")),
                ),
            ],
            code: 0,
            findings: &["existing tarn 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "package-lock.json becomes npm-shrinkwrap.json",
            base: base(),
            change: vec![(WEB, None), ("web/npm-shrinkwrap.json", Some(glim()))],
            code: 0,
            findings: &["existing glim 1.0.0 block"],
            fixed: &[],
        },
    ] {
        case.check();
    }
}

/// A pnpm-lock.yaml of a project that depends on one package.
fn pnpm_lock(package: &str) -> String {
    let (name, version) = package.split_once(' ').unwrap();
    let integrity = format!("sha512-{}==", "A".repeat(86));
    format!(
        "lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      {name}:
        specifier: {version}
        version: {version}
packages:
  {name}@{version}:
    resolution: {{integrity: {integrity}}}
snapshots:
  {name}@{version}: {{}}
"
    )
}

#[test]
fn another_package_manager_brings_only_what_was_not_locked_in_its_folder() {
    const PNPM: &str = "web/pnpm-lock.yaml";
    let glim = || npm_lock("web", &["glim 1.0.0"]);
    for case in [
        Case {
            about: "package-lock.json becomes pnpm-lock.yaml",
            base: vec![(WEB, glim())],
            change: vec![(WEB, None), (PNPM, Some(pnpm_lock("glim 1.0.0")))],
            code: 0,
            findings: &["existing glim 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "it locks another version, which is affected as well",
            base: vec![(WEB, glim())],
            change: vec![(WEB, None), (PNPM, Some(pnpm_lock("glim 1.1.0")))],
            code: 1,
            findings: &["added glim 1.1.0 block"],
            fixed: &["glim 1.0.0"],
        },
        Case {
            about: "it was there before",
            base: vec![(WEB, glim()), (PNPM, pnpm_lock("calm 1.0.0"))],
            change: vec![(WEB, None), (PNPM, Some(pnpm_lock("glim 1.0.0")))],
            code: 1,
            findings: &["added glim 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "it lies in another folder",
            base: vec![(WEB, glim())],
            change: vec![(WEB, None), ("site/pnpm-lock.yaml", Some(pnpm_lock("glim 1.0.0")))],
            code: 1,
            findings: &["added glim 1.0.0 block"],
            fixed: &["glim 1.0.0"],
        },
    ] {
        case.check();
    }
}

#[test]
fn what_is_hidden_deleted_or_swapped_is_seen() {
    let glim = || npm_lock("web", &["glim 1.0.0"]);
    let base = || vec![(LOCK, cargo_lock(&["calm 1.0.0"])), (WEB, glim())];
    for case in [
        Case {
            about: "a lockfile is hidden from the search and stays where it is",
            base: base(),
            change: vec![(".gitignore", Some("web/\n".to_owned()))],
            code: 0,
            findings: &["existing glim 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "a lockfile that cannot be read is hidden from the search",
            base: vec![
                (LOCK, cargo_lock(&["calm 1.0.0"])),
                ("web/pnpm-lock.yaml", "lockfileVersion: '9.0'\n".to_owned()),
            ],
            change: vec![(".gitignore", Some("web/\n".to_owned()))],
            code: 3,
            findings: &[],
            fixed: &[],
        },
        Case {
            about: "a lockfile is hidden from the search and gets something new",
            base: vec![
                (LOCK, cargo_lock(&["calm 1.0.0"])),
                (WEB, npm_lock("web", &["calm 1.0.0"])),
            ],
            change: vec![(".gitignore", Some("web/\n".to_owned())), (WEB, Some(glim()))],
            code: 1,
            findings: &["added glim 1.0.0 block"],
            fixed: &[],
        },
        Case {
            about: "the only lockfile is deleted: there is nothing to check",
            base: vec![(LOCK, cargo_lock(&["tarn 1.0.0"]))],
            change: vec![(LOCK, None)],
            code: 3,
            findings: &[],
            fixed: &["tarn 1.0.0"],
        },
        Case {
            about: "two projects with the same vulnerability swap nothing",
            base: vec![
                ("a/Cargo.lock", cargo_lock_of("a", &["tarn 1.0.0"])),
                ("b/Cargo.lock", cargo_lock_of("b", &["calm 1.0.0"])),
            ],
            change: vec![
                ("a/Cargo.lock", Some(cargo_lock_of("a", &["calm 1.0.0"]))),
                ("b/Cargo.lock", Some(cargo_lock_of("b", &["tarn 1.0.0"]))),
            ],
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            fixed: &["tarn 1.0.0"],
        },
    ] {
        case.check();
    }
}

#[test]
fn a_folder_or_a_lockfile_can_be_compared_alone() {
    let repository = Repository::new();
    repository
        .write(LOCK, cargo_lock(&["calm 1.0.0"]))
        .write(WEB, npm_lock("web", &["glim 1.0.0"]))
        .commit();
    repository
        .write(LOCK, cargo_lock(&["tarn 1.0.0"]))
        .write("web/sub/package-lock.json", npm_lock("sub", &["glim 1.1.0"]));
    for (path, code, findings) in [
        ("web", 1, &["added glim 1.1.0 block", "existing glim 1.0.0 block"][..]),
        (WEB, 0, &["existing glim 1.0.0 block"]),
        (LOCK, 1, &["added tarn 1.0.0 block"]),
    ] {
        let told = repository.told(&[path, "--base", "HEAD"]);
        assert_eq!(told.code, code, "{path}");
        assert_eq!(told.findings(), findings, "{path}");
    }
}

#[test]
fn a_base_lockfile_that_cannot_be_read_answers_for_nothing() {
    let repository = Repository::new();
    repository.write(LOCK, "<<<<<<< half a merge\n").commit();
    repository.write(LOCK, cargo_lock(&["tarn 1.0.0"]));
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!((told.code, told.findings()), (1, vec!["added tarn 1.0.0 block".to_owned()]));
    assert!(told.remarks().contains("Cargo.lock cannot be read at the base"), "{}", told.remarks());
}

#[test]
fn what_is_not_known_at_the_head_keeps_the_gate_closed() {
    let repository = Repository::new();
    repository.write(LOCK, cargo_lock(&["tarn 1.0.0"])).commit();
    let later = repository
        .command(&["--base", "HEAD", "--report", "json"])
        .env("LOCKGATE_NOW", "2026-12-22T12:00:00Z")
        .output()
        .unwrap();
    assert_eq!(later.status.code(), Some(3));
}

#[test]
fn every_report_tells_what_was_there_before() {
    let repository = Repository::new();
    repository.write(LOCK, cargo_lock(&["tarn 1.0.0"])).commit();
    repository.write(LOCK, cargo_lock(&["tarn 1.0.0", "quill 1.0.0"]));
    for (report, says) in [
        ("text", &["added by this change", "was there before", "compared with "][..]),
        ("markdown", &["Was there before: 1", "compared with "]),
        ("github", &["was there before, would block"]),
        ("sarif", &["\"baselineState\": \"new\"", "\"baselineState\": \"unchanged\""]),
        ("junit", &["was there before: "]),
        ("html", &["\"change\":\"existing\"", "\"change\":\"added\""]),
    ] {
        let run = repository.check(&["--base", "HEAD", "--report", report]);
        run.assert_code(1);
        for text in says {
            assert!(run.stdout.contains(text), "{report}: no {text} in\n{}", run.stdout);
        }
        if report == "github" {
            let errors: Vec<&str> =
                run.stdout.lines().filter(|line| line.starts_with("::error")).collect();
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(errors[0].contains("quill"), "{}", errors[0]);
        }
    }
    let without = repository.told(&[]);
    assert_eq!((without.code, &without.json["base"]), (1, &serde_json::Value::Null));
    assert_eq!(without.findings(), ["- quill 1.0.0 block", "- tarn 1.0.0 block"]);
}

#[test]
fn sarif_of_a_change_follows_the_schema() {
    let repository = Repository::new();
    repository.write(LOCK, cargo_lock(&["tarn 1.0.0"])).commit();
    repository.write(LOCK, cargo_lock(&["tarn 1.0.0", "quill 1.0.0"]));
    let document = repository.check(&["--base", "HEAD", "--report", "sarif"]).json();
    let path = crate::harness::repository().join("fixtures/schemas/sarif-2.1.0-github.json");
    assert_eq!(sarif::errors(&sarif::schema(path), &document), [""; 0]);
    if let Some(path) = shared("schemas/sarif-2.1.0.schema.json", "the official schema of SARIF") {
        assert_eq!(sarif::errors(&sarif::schema(path), &document), [""; 0]);
    }
}

#[test]
fn what_git_keeps_is_checked_wherever_the_change_puts_it() {
    let tarn = |project: &str| cargo_lock_of(project, &["tarn 1.0.0"]);
    for (path, ignored, code) in [
        ("new/Cargo.lock", "new/\n", 1),
        ("target/Cargo.lock", "", 1),
        ("new/vlt-lock.json", "new/\n", 3),
        // What git keeps counts, whatever the base ignored.
        ("old/Cargo.lock", "", 1),
        // What is installed is not kept by git, and what is kept is read.
        ("node_modules/new/Cargo.lock", "", 1),
    ] {
        let repository = Repository::new();
        repository.write(LOCK, cargo_lock(&["calm 1.0.0"])).write(".gitignore", "old/\n").commit();
        let base = repository.git(&["rev-parse", "HEAD"]);
        repository
            .write(path, tarn("new"))
            .write(".gitignore", format!("old/\n{ignored}"))
            .commit();
        let told = repository.told(&["--base", &base]);
        assert_eq!(told.code, code, "{path}: {}", told.remarks());
        if code == 1 {
            assert_eq!(told.findings(), ["added tarn 1.0.0 block"], "{path}");
        }
    }
}

/// A file that a change writes, or deletes.
type Change = (&'static str, Option<String>);

#[test]
fn a_lockfile_that_is_gone_mends_nothing_while_its_project_is_there() {
    const MANIFEST: &str = "[package]\nname = \"tools\"\nversion = \"0.1.0\"\n";
    let tools = || cargo_lock_of("tools", &["tarn 1.0.0"]);
    let workspace =
        || cargo_lock(&["calm 1.0.0"]) + "\n[[package]]\nname = \"tools\"\nversion = \"0.1.0\"\n";
    let root = || {
        "[workspace]\nmembers = [\"tools\"]\n[package]\nname = \"harbour\"\nversion = \"0.1.0\"\n\
         [dependencies]\ncalm = \"1\"\n"
            .to_owned()
    };
    let gone = || ("tools/Cargo.lock", None);
    let cases: [(&str, Vec<Change>, i32, &[&str]); 4] = [
        ("it is deleted", vec![gone()], 3, &["lockfile-gone"]),
        (
            "it gets another name",
            vec![gone(), ("tools/Cargo.lock.old", Some(tools()))],
            3,
            &["lockfile-gone"],
        ),
        ("its project is gone as well", vec![gone(), ("tools/Cargo.toml", None)], 0, &[]),
        (
            "its project has joined a workspace",
            vec![gone(), (LOCK, Some(workspace())), ("Cargo.toml", Some(root()))],
            0,
            &[],
        ),
    ];
    for (about, change, code, gaps) in cases {
        let repository = Repository::new();
        repository
            .write(LOCK, cargo_lock(&["calm 1.0.0"]))
            .write("tools/Cargo.lock", tools())
            .write("tools/Cargo.toml", MANIFEST)
            .commit();
        for (path, text) in change {
            match text {
                Some(text) => repository.write(path, text),
                None => repository.remove(path),
            };
        }
        let told = repository.told(&["--base", "HEAD"]);
        assert_eq!((told.code, told.gaps()), (code, gaps.to_vec()), "{about}");
    }
}

#[test]
fn what_git_still_keeps_is_not_fixed_because_it_is_not_in_the_work_tree() {
    for flag in ["", "--skip-worktree", "--assume-unchanged"] {
        let repository = Repository::new();
        repository
            .write(LOCK, cargo_lock(&["calm 1.0.0"]))
            .write(WEB, npm_lock("web", &["glim 1.0.0"]))
            .commit();
        if !flag.is_empty() {
            repository.git(&["update-index", flag, WEB]);
        }
        std::fs::remove_file(repository.folder().join(WEB)).unwrap();
        let told = repository.told(&["--base", "HEAD"]);
        assert_eq!(told.fixed(), [""; 0], "{flag}");
        assert_eq!(told.code, 3, "{flag}");
        assert_eq!(told.gaps(), ["not-checked-out"], "{flag}");
    }
}
