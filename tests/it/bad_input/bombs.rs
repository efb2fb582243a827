//! Input that wants more memory or stack than anything honest: nesting, size, length.

use std::fs::File;

use super::{assert_refused, cargo_project, npm_project};
use crate::harness::Project;

/// Deeper than any parser may follow.
const DEEP: usize = 100_000;

#[test]
fn nesting_bombs_do_not_go_off() {
    let open = |text: &str| text.repeat(DEEP);
    let dotted = vec!["a"; DEEP].join(".");
    let balanced = format!("{}{}", open("["), open("]"));
    for (file, content) in [
        ("package-lock.json", open("[")),
        ("package-lock.json", open("{\"a\":")),
        (
            "package-lock.json",
            format!("{{\"lockfileVersion\":3,\"packages\":{}", open("{\"\":")),
        ),
        (
            "package-lock.json",
            format!("{{\"lockfileVersion\":1,\"dependencies\":{balanced}}}"),
        ),
        (
            "package-lock.json",
            format!(
                "{{\"lockfileVersion\":1,\"dependencies\":{}{{}}{}}}",
                open("{\"a\":{\"version\":\"1.0.0\",\"dependencies\":"),
                open("}}")
            ),
        ),
        ("Cargo.lock", format!("x = {}", open("["))),
        ("Cargo.lock", format!("x = {balanced}")),
        ("Cargo.lock", format!("x = {}", open("{a = "))),
        ("Cargo.lock", format!("{dotted} = 1\n")),
        ("Cargo.lock", format!("[[{dotted}]]\n")),
        ("lockgate.toml", format!("schema = 1\nx = {}", open("["))),
        ("lockgate.toml", format!("schema = 1\n{dotted} = 1\n")),
    ] {
        let project = if file == "package-lock.json" {
            npm_project()
        } else {
            cargo_project()
        };
        project.write(file, &content);
        let run = project.run(&["check"]);
        assert_eq!(run.code, 2, "{file} {}\n{}", &content[..40], run.stderr);
        assert_refused(&run, &[file]);
    }
}

#[test]
fn bombs_in_keys_that_do_not_matter_are_passed_over() {
    let balanced = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    let project = npm_project();
    let lockfile = project.read("package-lock.json");
    let lockfile = lockfile.replacen('{', &format!("{{\"x\":{balanced},"), 1);
    project.write("package-lock.json", lockfile);
    project.run(&["check"]).assert_harmless().assert_code(1);
}

#[test]
fn bombs_in_advisories_and_manifests_are_not_believed() {
    let dotted = vec!["a"; DEEP].join(".");
    let project = npm_project();
    let bomb = format!(
        "{{\"id\":\"ACME-1\",\"affected\":{}{{\"package\":{{\"ecosystem\":\"npm\",\"name\":\"larch\"}}",
        "[".repeat(DEEP)
    );
    project.write("advisories/ACME-1.json", bomb);
    let run = project.run(&["check", "--report", "json"]);
    run.assert_harmless().assert_code(1);
    assert_eq!(run.json()["gaps"][0]["code"], "advisory-unreadable");

    let project = Project::copy_of("fixtures/cases/development-only-upheld");
    project.write("Cargo.toml", format!("{dotted} = 1\n"));
    let run = project.run(&["check", "--report", "json"]);
    run.assert_harmless().assert_code(1);
    assert_eq!(run.json()["findings"][0]["suppression"]["state"], "unknown");

    let project = cargo_project();
    let record = "advisories/crates/tarn-archive/RUSTSEC-2026-0001.md";
    let text = project
        .read(record)
        .replace("[versions]", &format!("{dotted} = 1\n[versions]"));
    project.write(record, text);
    let run = project.run(&["check"]);
    run.assert_harmless().assert_code(3);
}

#[test]
fn files_beyond_any_size_are_refused_without_being_read() {
    for (file, size) in [("package-lock.json", 1 << 30), ("lockgate.toml", 1 << 21)] {
        let project = npm_project();
        File::options()
            .write(true)
            .open(project.path().join(file))
            .unwrap()
            .set_len(size)
            .unwrap();
        assert_refused(&project.run(&["check"]), &[file, "larger than"]);
    }
    let project = npm_project();
    File::options()
        .write(true)
        .open(project.path().join("advisories/GHSA-case-0001-glim.json"))
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    project.run(&["check"]).assert_harmless().assert_code(3);
}
