//! `lockgate db` without a network: status, verify, build and import.

use std::fs;

use serde_json::Value;

use crate::harness::{NOW, Project, Run};

/// Two records of RustSec and two of OSV.
fn project() -> Project {
    let project = Project::empty();
    for (package, id) in [("tarn", "RUSTSEC-2026-9001"), ("brindle", "RUSTSEC-2026-9002")] {
        project.write(
            &format!("rustsec/crates/{package}/{id}.md"),
            format!(
                "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2026-11-20\"\n\n\
                 [versions]\npatched = [\">=2.0.0\"]\n```\n\n# A flaw\n\nText.\n"
            ),
        );
    }
    for (package, id) in [("left", "GHSA-aaaa-aaaa-aaaa"), ("right", "MAL-2026-1")] {
        project.write(
            &format!("npm/{id}.json"),
            format!(
                r#"{{"id":"{id}","modified":"2026-11-21T00:00:00Z","affected":[{{"package":
                {{"ecosystem":"npm","name":"{package}"}},"versions":["1.0.0"]}}]}}"#
            ),
        );
    }
    project
}

const SOURCES: [&str; 4] = ["--rustsec", "rustsec", "--osv", "npm=npm"];

fn build(project: &Project, out: &str, epoch: Option<&str>) -> Run {
    let mut command = project.command(&["db", "build"]);
    command.args(SOURCES).args(["--out", out, "--manifest"]);
    if let Some(epoch) = epoch {
        command.env("SOURCE_DATE_EPOCH", epoch);
    }
    command.output().unwrap().into()
}

fn status(project: &Project, now: &str, database: &str) -> (Run, Value) {
    let run = project.run_at(now, &["db", "status", "--json", "--db", database]);
    let json = run.json();
    (run, json)
}

#[test]
fn the_same_sources_are_built_into_the_same_bytes() {
    let project = project();
    build(&project, "one/a.lockgate", None).assert_code(0);
    let again = self::project();
    build(&again, "two/a.lockgate", None).assert_code(0);
    let bytes = |project: &Project, path| fs::read(project.path().join(path)).unwrap();
    assert_eq!(bytes(&project, "one/a.lockgate"), bytes(&again, "two/a.lockgate"));
    assert_eq!(project.read("one/a.lockgate.json"), again.read("two/a.lockgate.json"));
    let (_, status) = status(&project, NOW, "one/a.lockgate");
    assert_eq!(status["snapshot"]["built_at"], "2026-11-21T00:00:00Z");
    let npm = &status["snapshot"]["sources"][1];
    assert_eq!(npm["current_at"], "2026-11-21T00:00:00Z");
    assert_eq!(npm["kinds"]["malicious"], 1);
    assert_eq!(npm["kinds"]["vulnerability"], 1);
}

#[test]
fn the_builder_says_when_the_sources_were_fetched() {
    let project = project();
    build(&project, "a.lockgate", Some("1795348800")).assert_code(0);
    let (run, json) = status(&project, NOW, "a.lockgate");
    run.assert_code(0);
    assert_eq!(json["state"], "fresh");
    assert_eq!(json["snapshot"]["built_at"], "2026-11-22T12:00:00Z");
    let manifest: Value = serde_json::from_str(&project.read("a.lockgate.json")).unwrap();
    assert_eq!(manifest["schema"], "lockgate/snapshot/v1");
    assert_eq!(manifest["file"], "a.lockgate");
    assert_eq!(manifest["bytes"], fs::metadata(project.path().join("a.lockgate")).unwrap().len());
    build(&project, "b.lockgate", Some("soon")).assert_code(2);
}

#[test]
fn the_status_is_an_exit_code() {
    let project = project();
    build(&project, "a.lockgate", Some("1795348800")).assert_code(0);
    for (now, code, state) in [
        ("2026-11-23T12:00:00Z", 0, "fresh"),
        ("2026-11-23T12:00:01Z", 3, "stale"),
        ("2026-11-22T11:00:00Z", 3, "stale"),
    ] {
        let (run, json) = status(&project, now, "a.lockgate");
        run.assert_code(code);
        assert_eq!(json["state"], state, "{now}");
    }
    let (run, json) = status(&project, NOW, "absent.lockgate");
    run.assert_code(3);
    assert_eq!(json["state"], "missing");
    project.write("html.lockgate", "<!DOCTYPE html>");
    let (run, json) = status(&project, NOW, "html.lockgate");
    run.assert_code(3);
    assert_eq!(json["state"], "unreadable");
    let run = project.run(&["db", "status", "--db", "a.lockgate"]);
    run.assert_code(0);
    for word in ["fresh", "rustsec", "1 malicious, ", "2 npm", "24 hours"] {
        let swapped = word.replace("1 malicious, ", "1 malicious");
        assert!(run.stdout.contains(&swapped), "{word}\n{}", run.stdout);
    }
}

#[test]
fn the_file_beside_a_snapshot_makes_it_fresh_again() {
    let project = project();
    build(&project, "a.lockgate", Some("1795348800")).assert_code(0);
    let now = "2026-11-25T12:00:00Z";
    let (run, json) = status(&project, now, "a.lockgate");
    run.assert_code(3);
    let digest = json["snapshot"]["digest"].as_str().unwrap();
    let sidecar = |digest: &str| {
        serde_json::json!({ "snapshot": digest, "current_at": { "rustsec": now, "npm": now } })
            .to_string()
    };
    project.write("a.lockgate.fresh", sidecar("sha256:00"));
    status(&project, now, "a.lockgate").0.assert_code(3);
    project.write("a.lockgate.fresh", sidecar(digest));
    status(&project, now, "a.lockgate").0.assert_code(0);
}

#[test]
fn verify_reads_every_byte() {
    let project = project();
    build(&project, "a.lockgate", None).assert_code(0);
    project.run(&["db", "verify", "a.lockgate"]).assert_code(0);
    let mut bytes = fs::read(project.path().join("a.lockgate")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    project.write("a.lockgate", bytes);
    project.run(&["db", "verify", "a.lockgate"]).assert_code(3);
    project.run(&["db", "verify", "absent"]).assert_code(3);
    project.run(&["db", "verify"]).assert_code(3);
}

#[test]
fn import_writes_where_check_and_status_look() {
    let project = project();
    let mut arguments = vec!["db", "import"];
    arguments.extend(SOURCES);
    project.run(&arguments).assert_code(0);
    let run = project.run(&["db", "status", "--json"]);
    assert_eq!(run.json()["snapshot"]["sources"][0]["origin"], "rustsec");
    project.run(&["db", "verify"]).assert_code(0);
    project.run(&["db", "import"]).assert_code(2);
}

#[test]
fn a_policy_with_sources_to_fetch_has_a_snapshot_of_its_own() {
    let project = project();
    let mut arguments = vec!["db", "import"];
    arguments.extend(SOURCES);
    project.run(&arguments).assert_code(0);
    project.write(
        "lockgate.toml",
        "schema = 1\n[[database.sources]]\nkind = \"rustsec\"\nurl = \"http://127.0.0.1:1/a.zip\"\n",
    );
    let run = project.run(&["db", "status", "--json"]);
    run.assert_code(3);
    assert_eq!(run.json()["state"], "missing");
}

#[test]
fn without_a_network_an_update_is_indeterminate_and_changes_nothing() {
    let project = project();
    project.write(
        "lockgate.toml",
        "schema = 1\n[[database.sources]]\nkind = \"rustsec\"\nurl = \"http://127.0.0.1:1/a.zip\"\n",
    );
    project.run(&["db", "update", "--out", "a.lockgate"]).assert_code(3);
    assert!(!project.path().join("a.lockgate").exists());
    project
        .write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n");
    let run = project.run(&["check", "--report", "json"]);
    run.assert_code(3);
    assert_eq!(run.json()["gaps"][0]["code"], "database-missing");
    let offline = project.run(&["check", "--report", "json", "--offline"]);
    offline.assert_code(3);
    assert!(!offline.stderr.contains("fetching"), "{}", offline.stderr);
}

#[test]
fn a_named_snapshot_must_hold_what_the_policy_wants_fetched() {
    let project = project();
    build(&project, "a.lockgate", Some("1795348800")).assert_code(0);
    project
        .write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n");
    let check = ["check", "--db", "a.lockgate", "--report", "json"];
    let policy = |name: &str| {
        format!("schema = 1\n[[database.sources]]\nkind = \"rustsec\"\nname = \"{name}\"\n")
    };
    project.write("lockgate.toml", policy("rustsec"));
    project.run(&check).assert_code(0);
    project.write("lockgate.toml", policy("mirror"));
    let run = project.run(&check);
    run.assert_code(3);
    assert_eq!(run.json()["gaps"][0]["code"], "database-incomplete");
}

#[test]
fn a_withdrawal_counts_from_its_day_on() {
    let project = Project::copy_of("fixtures/cases/withdrawn");
    let sources = ["--rustsec", "advisories", "--osv", "osv=advisories/npm"];
    let import = [&["db", "import", "--out", "made.lockgate"], &sources[..]].concat();
    project.run(&import).assert_code(0);
    project.write("named.toml", "schema = 1\n[database]\nmax-age = \"3650d\"\n");
    for check in [
        &["check", "--report", "json"][..],
        &["check", "--report", "json", "--policy", "named.toml", "--db", "made.lockgate"],
    ] {
        for (now, findings) in [("2026-11-20T23:59:59Z", 2), ("2026-11-21T00:00:00Z", 0), (NOW, 0)]
        {
            let report = project.run_at(now, check).json();
            let found = report["findings"].as_array().unwrap().len();
            assert_eq!(found, findings, "{now} {check:?}");
        }
    }
}
