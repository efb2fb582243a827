//! Snapshots that are damaged, or something else.

use std::fs;

use super::{assert_refused, npm_project};
use crate::harness::Project;

/// A snapshot and the policy that uses it, over the lockfile of [`npm_project`].
fn snapshot_project() -> Project {
    let project = npm_project();
    project
        .run(&["db", "import", "--osv", "npm=advisories", "--out", "npm.lockgate"])
        .assert_code(0);
    project.write("lockgate.toml", "schema = 1\n");
    project.run(&["check", "--db", "npm.lockgate"]).assert_code(1);
    project
}

#[test]
fn a_damaged_snapshot_never_turns_a_block_into_a_pass() {
    let project = snapshot_project();
    let whole = fs::read(project.path().join("npm.lockgate")).unwrap();
    for length in (0..whole.len()).step_by(whole.len() / 24 + 1) {
        project.write("npm.lockgate", &whole[..length]);
        let run = project.run(&["check", "--db", "npm.lockgate"]);
        run.assert_harmless().assert_code(3);
        assert!(run.stdout.contains("npm.lockgate"), "{}", run.stdout);
    }
    for position in (0..whole.len()).step_by(whole.len() / 96 + 1) {
        let mut altered = whole.clone();
        altered[position] ^= 0x10;
        project.write("npm.lockgate", &altered);
        let run = project.run(&["check", "--db", "npm.lockgate"]);
        run.assert_harmless();
        assert!(matches!(run.code, 1 | 3), "byte {position}: exit code {}", run.code);
    }
}

#[test]
fn a_file_that_is_no_snapshot_of_this_format_is_told_by_what_it_is() {
    let project = snapshot_project();
    let whole = fs::read(project.path().join("npm.lockgate")).unwrap();
    // The version, and the checksum behind the first 80 bytes of the header.
    let mut newer = whole.clone();
    newer[8..12].copy_from_slice(&99_u32.to_le_bytes());
    let checksum = twox_hash::xxhash3_128::Hasher::oneshot(&newer[..80]);
    newer[80..96].copy_from_slice(&checksum.to_be_bytes());
    let mut longer = whole;
    longer.push(0);
    let cases: &[(&[u8], &str)] = &[
        (&newer, "format 99"),
        (&longer, "npm.lockgate"),
        (b"", "is not an advisory snapshot"),
        (b"PK\x03\x04 and so on", "is not an advisory snapshot"),
        (b"{\"id\": \"GHSA-case-0001-glim\"}", "is not an advisory snapshot"),
        (b"SQLite format 3\0", "is not an advisory snapshot"),
    ];
    for (content, says) in cases {
        project.write("npm.lockgate", content);
        let run = project.run(&["check", "--db", "npm.lockgate"]);
        run.assert_harmless().assert_code(3);
        let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(says), "no `{says}` in\n{}", run.stdout);
        assert!(said.contains("help:"), "{}", run.stdout);
    }
    for path in ["advisories", "not-there"] {
        let run = project.run(&["check", "--db", path]);
        run.assert_harmless().assert_code(3);
        assert!(run.stdout.contains(path), "{}", run.stdout);
    }
}

#[test]
fn an_import_that_fails_leaves_what_was_there() {
    let project = snapshot_project();
    let before = fs::read(project.path().join("npm.lockgate")).unwrap();
    let run = project.run(&["db", "import", "--osv", "npm=not-there", "--out", "npm.lockgate"]);
    assert_refused(&run, &["not-there"]);
    assert_eq!(fs::read(project.path().join("npm.lockgate")).unwrap(), before);
    for out in ["advisories", "package-lock.json/x"] {
        let run = project.run(&["db", "import", "--osv", "npm=advisories", "--out", out]);
        run.assert_harmless();
        assert!(matches!(run.code, 2 | 4), "{out}: {}", run.code);
        run.assert_says(&[out.split('/').next().unwrap()]);
    }
    let left: Vec<_> = fs::read_dir(project.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("tmp"))
        .collect();
    assert_eq!(left, [""; 0], "temporary files are left");
}
