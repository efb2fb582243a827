//! `--vex`: what becomes of statements of other people.

use serde_json::{Value, json};

use crate::harness::{Project, Run};

/// `rotten` is for development, `heron` for production, and `larch` for Windows only.
fn project() -> Project {
    let project = Project::empty();
    let lockfile = json!({
        "name": "app", "lockfileVersion": 3,
        "packages": {
            "": { "name": "app", "devDependencies": { "rotten": "*" },
                  "dependencies": { "heron": "*" }, "optionalDependencies": { "larch": "*" } },
            "node_modules/heron": { "version": "1.0.0" },
            "node_modules/larch": { "version": "1.0.0", "optional": true, "os": ["win32"] },
            "node_modules/rotten": { "version": "1.0.0", "dev": true }
        }
    });
    project.write("package-lock.json", lockfile.to_string());
    for (id, name) in [("rots", "rotten"), ("hero", "heron"), ("larc", "larch")] {
        let advisory = json!({
            "id": format!("GHSA-case-0001-{id}"), "modified": "2026-01-01T00:00:00Z",
            "aliases": if id == "rots" { json!(["CVE-2026-1001"]) } else { json!([]) },
            "affected": [{ "package": { "ecosystem": "npm", "name": name },
                "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }] }] }]
        });
        project.write(&format!("advisories/GHSA-case-0001-{id}.json"), advisory.to_string());
    }
    project.write(
        "lockgate.toml",
        "schema = 1\n[npm]\nplatforms = [\"linux-x64\"]\n[database]\nmax-age = \"3650d\"\n\
         sources = [{ kind = \"osv\", path = \"advisories\" }]\n",
    );
    project
}

const ABSENT: Option<&str> = Some("component_not_present");
const NO_CODE: Option<&str> = Some("vulnerable_code_not_present");
const NO_PATH: Option<&str> = Some("vulnerable_code_not_in_execute_path");

fn openvex(id: &str, purl: &str, status: &str, justification: Option<&str>) -> Value {
    let mut statement = json!({
        "vulnerability": { "name": id }, "status": status,
        "products": [{ "@id": "pkg:oci/app", "subcomponents": [{ "@id": purl }] }]
    });
    if let Some(justification) = justification {
        statement["justification"] = justification.into();
    }
    json!({ "@context": "https://openvex.dev/ns/v0.2.0", "statements": [statement] })
}

fn check(document: &str, report: &str) -> Run {
    let project = project();
    project.write("vendor.json", document);
    project.run(&["check", "--vex", "vendor.json", "--report", report])
}

fn finding_in(report: &Value, package: &str) -> Value {
    let findings = report["findings"].as_array().unwrap();
    let mut findings = findings.iter();
    findings.find(|finding| finding["package"]["name"] == package).unwrap().clone()
}

#[test]
fn a_statement_clears_only_what_a_check_bears_out() {
    const ROTTEN: &str = "GHSA-case-0001-rots";
    const HERON: &str = "GHSA-case-0001-hero";
    const LARCH: &str = "GHSA-case-0001-larc";
    for (id, purl, status, justification, package, expected) in [
        (ROTTEN, "pkg:npm/rotten@1.0.0", "not_affected", ABSENT, "rotten", "suppressed"),
        (ROTTEN, "pkg:npm/rotten", "not_affected", ABSENT, "rotten", "suppressed"),
        ("CVE-2026-1001", "pkg:npm/rotten", "not_affected", ABSENT, "rotten", "suppressed"),
        (ROTTEN, "pkg:npm/rotten", "fixed", None, "rotten", "suppressed"),
        (ROTTEN, "pkg:npm/rotten@2.0.0", "not_affected", ABSENT, "rotten", "block"),
        (ROTTEN, "pkg:cargo/rotten@1.0.0", "not_affected", ABSENT, "rotten", "block"),
        (ROTTEN, "pkg:npm/rotten", "affected", None, "rotten", "block"),
        (ROTTEN, "pkg:npm/rotten", "under_investigation", None, "rotten", "block"),
        (ROTTEN, "pkg:npm/rotten", "not_affected", NO_CODE, "rotten", "block"),
        (ROTTEN, "pkg:npm/rotten", "not_affected", NO_PATH, "rotten", "block"),
        (HERON, "pkg:npm/heron", "not_affected", ABSENT, "heron", "block"),
        (HERON, "pkg:npm/heron", "fixed", None, "heron", "block"),
        (LARCH, "pkg:npm/larch", "not_affected", NO_CODE, "larch", "suppressed"),
        (LARCH, "pkg:npm/larch", "not_affected", ABSENT, "larch", "suppressed"),
    ] {
        let document = openvex(id, purl, status, justification);
        let report = check(&document.to_string(), "json").json();
        let finding = finding_in(&report, package);
        assert_eq!(finding["disposition"], expected, "{document}");
        let is_upheld = finding["vex"][0]["upheld"] == true;
        assert_eq!(is_upheld, expected == "suppressed", "{finding}");
    }
}

#[test]
fn what_a_statement_does_not_clear_is_told_with_what_to_write() {
    let document = openvex("GHSA-case-0001-hero", "pkg:npm/heron", "not_affected", ABSENT);
    let run = check(&document.to_string(), "text");
    run.assert_code(1).assert_harmless();
    for text in [
        "stays as it is: OpenVEX",
        "development-only refuted",
        "[[suppress]]\nadvisory = \"GHSA-case-0001-hero\"\npackage = \"heron@1.0.0\"\n\
         claim = { attested = true }\njustification = \"component_not_present\"\n",
        "expires = 2027-02-20",
    ] {
        assert!(run.stdout.contains(text), "no `{text}` in\n{}", run.stdout);
    }
    let document = openvex("GHSA-case-0001-rots", "pkg:npm/rotten", "not_affected", ABSENT);
    let run = check(&document.to_string(), "text");
    assert!(run.stdout.contains("OpenVEX not_affected, vendor.json:1"), "{}", run.stdout);
}

#[test]
fn a_refuted_claim_of_the_policy_is_not_saved_by_a_statement() {
    let project = project();
    let policy = project.read("lockgate.toml")
        + "[[suppress]]\nadvisory = \"GHSA-case-0001-rots\"\nclaim = { platform = true }\n\
           reason = \"it is for Windows\"\n";
    project.write("lockgate.toml", policy);
    let document = openvex("GHSA-case-0001-rots", "pkg:npm/rotten", "not_affected", ABSENT);
    project.write("vendor.json", document.to_string());
    let report = project.run(&["check", "--vex", "vendor.json", "--report", "json"]);
    assert_eq!(finding_in(&report.json(), "rotten")["disposition"], "block");
}

#[test]
fn a_document_that_cannot_be_read_in_full_decides_nothing() {
    for (document, said) in [
        ("{".to_owned(), "vendor.json:1"),
        ("{}".to_owned(), "no VEX document that lockgate knows"),
        ("[".repeat(200_000), "not a VEX document"),
        (" ".repeat(16 * 1024 * 1024 + 1), "larger than 16 MiB"),
    ] {
        let run = check(&document, "json");
        run.assert_code(2).assert_says(&[said]).assert_harmless();
        assert_eq!(run.stdout, "");
    }
    let run = project().run(&["check", "--vex", "absent.json"]);
    run.assert_code(2).assert_says(&["absent.json"]);
}

#[test]
fn a_hostile_statement_is_shown_harmlessly() {
    let mut document = openvex("GHSA-case-0001-hero", "pkg:npm/heron", "not_affected", ABSENT);
    document["statements"][0]["impact_statement"] =
        "\u{1b}[2J\u{202e}\"\"\"\n[gate]\nhigh = \"note\"".into();
    for report in ["text", "json"] {
        let run = check(&document.to_string(), report);
        run.assert_code(1).assert_harmless();
    }
}
