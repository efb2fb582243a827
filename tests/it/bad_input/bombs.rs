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
        ("package-lock.json", format!("{{\"lockfileVersion\":3,\"packages\":{}", open("{\"\":"))),
        ("package-lock.json", format!("{{\"lockfileVersion\":1,\"dependencies\":{balanced}}}")),
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
        let project = if file == "package-lock.json" { npm_project() } else { cargo_project() };
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
    let text = project.read(record).replace("[versions]", &format!("{dotted} = 1\n[versions]"));
    project.write(record, text);
    let run = project.run(&["check"]);
    run.assert_harmless().assert_code(3);
}

/// Each took minutes or all memory where its cost was quadratic.
#[test]
fn advisories_that_repeat_themselves_are_read_in_proportion() {
    let about = |name: &str, more: &str| {
        format!("{{\"package\":{{\"ecosystem\":\"npm\",\"name\":\"{name}\"}}{more}}}")
    };
    let record = |id: &str, aliases: &[String], affected: &[String]| {
        format!(
            "{{\"id\":\"{id}\",\"modified\":\"2026-11-20T09:00:00Z\",\"aliases\":{},\"affected\":[{}]}}",
            serde_json::to_string(aliases).unwrap(),
            affected.join(",")
        )
    };
    let project = npm_project();
    let ranges: Vec<String> = (1..8_000)
        .map(|patch| {
            format!(
                "{{\"type\":\"SEMVER\",\"events\":[{{\"introduced\":\"0.0.{patch}\"}},{{\"fixed\":\"9.0.{patch}\"}}]}}"
            )
        })
        .collect();
    let ranges = about("larch", &format!(",\"ranges\":[{}]", ranges.join(",")));
    project.write("advisories/ACME-1.json", record("ACME-1", &[], &[ranges]));
    for number in 0..2_000 {
        let id = format!("TEAM{number}-1");
        let aliases = ["CVE-2026-1".to_owned(), format!("TEAM{}-1", number + 1)];
        let text = record(&id, &aliases, &[about("larch", "")]);
        project.write(&format!("advisories/{id}.json"), text);
    }
    let names: Vec<String> = (0..9_000).map(|number| about(&format!("p{number}"), "")).collect();
    let aliases: Vec<String> = (0..100).map(|number| format!("CVE-2026-{number}")).collect();
    project.write("advisories/ACME-2.json", record("ACME-2", &aliases, &names));
    project.write("advisories/ACME-3.json", &record("ACME-3", &[], &names)[1..]);
    let run = project.run(&["check", "--report", "json"]);
    run.assert_harmless().assert_code(1);
    let findings = run.json();
    let findings = findings["findings"].as_array().unwrap().iter();
    let ids: Vec<&str> = findings.filter_map(|finding| finding["id"].as_str()).collect();
    assert!(ids.contains(&"ACME-1"), "{ids:?}");
    assert!(ids.contains(&"TEAM0-1"), "{ids:?}");
}

#[test]
fn files_beyond_any_size_are_refused_without_being_read() {
    for (file, size) in [("package-lock.json", 1 << 30), ("lockgate.toml", 1 << 21)] {
        let project = npm_project();
        File::options().write(true).open(project.path().join(file)).unwrap().set_len(size).unwrap();
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
