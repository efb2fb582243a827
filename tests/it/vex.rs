//! OpenVEX and CycloneDX reports, against the rules of their formats.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::{Project, repository};
use crate::skip::skip;

/// CycloneDX's own library, which carries the schemas.
const LIBRARY: &str = "@cyclonedx/cyclonedx-library@10.3.0";

fn demo(report: &str) -> Value {
    let project = Project::copy_of("fixtures/demo");
    project.run(&["check", "--report", report]).assert_code(1).json()
}

fn errors(validator: &jsonschema::Validator, document: &Value) -> Vec<String> {
    validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn openvex_follows_its_schema() {
    let schema = fs::read(repository().join("fixtures/schemas/openvex-0.2.0.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let document = demo("openvex");
    assert_eq!(errors(&validator, &document), [""; 0]);

    let statements = document["statements"].as_array().unwrap();
    let of = |status: &str| -> Vec<&Value> {
        let is = |statement: &&Value| statement["status"] == status;
        statements.iter().filter(is).collect()
    };
    let cleared = of("not_affected");
    assert_eq!(cleared.len(), 1, "{document:#}");
    assert_eq!(cleared[0]["justification"], "vulnerable_code_not_in_execute_path");
    let notes = cleared[0]["impact_statement"].as_str().unwrap();
    assert!(notes.contains("development-only upheld: "), "{notes}");
    assert!(notes.contains(env!("CARGO_PKG_VERSION")), "{notes}");
    assert!(!of("affected").is_empty());
    assert!(statements.iter().all(|statement| statement["timestamp"] == document["timestamp"]));
    assert!(document["role"].is_string());
    let product = statements[0]["products"][0]["@id"].as_str().unwrap();
    assert!(product.starts_with("pkg:generic/"), "a project is of no registry: {product}");
    assert!(of("affected").iter().all(|statement| statement["status_notes"].is_string()));

    let mut broken = document.clone();
    broken["statements"][0]["status"] = "harmless".into();
    assert_ne!(errors(&validator, &broken), [""; 0], "the schema checks something");
}

#[test]
fn the_same_run_gives_the_same_documents() {
    for report in ["openvex", "cyclonedx"] {
        assert_eq!(demo(report), demo(report));
    }
}

/// The dependencies of every component in a CycloneDX report about a project whose manifest asks for more
/// than its lockfile says. `affected` is the package that an advisory is about.
fn dependencies(affected: &str, code: i32) -> Value {
    let project = Project::empty();
    let advisory = format!(
        r#"{{"id": "GHSA-case-0001-glim", "modified": "2026-01-01T00:00:00Z", "affected": [{{
            "package": {{"ecosystem": "npm", "name": "{affected}"}},
            "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}]}}]}}]}}"#
    );
    project
        .write("advisories/GHSA-case-0001-glim.json", advisory)
        .write(
            "lockgate.toml",
            "schema = 1\n[database]\nmax-age = \"3650d\"\nsources = [{ kind = \"osv\", path = \"advisories\" }]\n",
        )
        .write("package.json", r#"{"dependencies": {"aa-one": "^1.0.0", "bb-two": "^1.0.0"}}"#)
        .write(
            "package-lock.json",
            r#"{"lockfileVersion": 3, "packages": {
                "": {"name": "shop", "dependencies": {"aa-one": "^1.0.0"}},
                "node_modules/aa-one": {"version": "1.0.0"},
                "node_modules/bb-two": {"version": "1.0.0"}}}"#,
        );
    let run = project.run(&["check", "--report", "cyclonedx"]);
    run.assert_code(code).json()["dependencies"].clone()
}

#[test]
fn what_a_project_depends_on_does_not_depend_on_advisories() {
    let (without, with) = (dependencies("zz-other", 0), dependencies("aa-one", 1));
    assert!(without.to_string().contains("bb-two"), "{without}");
    assert_eq!(without, with);
}

#[test]
fn the_product_is_the_repository_where_github_says_so() {
    let project = Project::copy_of("fixtures/demo");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let output = project
        .command(&["check", "--report", "openvex"])
        .env("GITHUB_REPOSITORY", "Acme/Shop")
        .env("GITHUB_SHA", commit)
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    for statement in document["statements"].as_array().unwrap() {
        let product = &statement["products"][0]["@id"];
        assert_eq!(*product, format!("pkg:github/acme/shop@{commit}"));
    }
}

#[test]
fn cyclonedx_follows_the_official_schema() {
    let Some(folder) = schemas() else {
        return;
    };
    let read = |name: &str| -> Value {
        serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
    };
    let mut registry = jsonschema::Registry::new();
    for name in ["spdx", "jsf-0.82", "cryptography-defs"] {
        let file = format!("{name}.SNAPSHOT.schema.json");
        if !folder.join(&file).exists() {
            continue;
        }
        let document = read(&file);
        let address = format!("http://cyclonedx.org/schema/{file}");
        let resource = jsonschema::Resource::from_contents(document);
        registry = registry.add(address, resource).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let validator = jsonschema::options()
        .with_registry(&registry)
        .build(&read("bom-1.6.SNAPSHOT.schema.json"))
        .unwrap();
    let document = demo("cyclonedx");
    assert_eq!(errors(&validator, &document), [""; 0]);

    let mut broken = document.clone();
    broken["vulnerabilities"][0]["analysis"]["state"] = "harmless".into();
    assert_ne!(errors(&validator, &broken), [""; 0], "the schema checks something");
}

/// Every package that something is said about is a component, and every dependency is one as well.
#[test]
fn references_of_cyclonedx_lead_to_components() {
    let document = demo("cyclonedx");
    let subject = &document["metadata"]["component"];
    let components: Vec<&str> = document["components"]
        .as_array()
        .unwrap()
        .iter()
        .chain([subject])
        .map(|component| component["bom-ref"].as_str().unwrap())
        .collect();
    let is_component = |reference: &Value| components.contains(&reference.as_str().unwrap());
    for vulnerability in document["vulnerabilities"].as_array().unwrap() {
        let affects = vulnerability["affects"].as_array().unwrap();
        assert!(!affects.is_empty());
        assert!(affects.iter().all(|affected| is_component(&affected["ref"])));
    }
    for dependency in document["dependencies"].as_array().unwrap() {
        assert!(is_component(&dependency["ref"]));
        let needs = dependency["dependsOn"].as_array().unwrap();
        assert!(needs.iter().all(is_component));
    }
}

const PROJECTS: &str = r#"{"name": "harbour-web", "version": "1.0.0", "lockfileVersion": 1,
  "dependencies": {
    "glim": {"version": "1.0.0", "requires": {"larch": "1"}},
    "larch": {"version": "1.0.0"},
    "heron": {"version": "file:vendor/heron-1.0.0.tgz"},
    "lark": {"version": "1.0.0", "resolved": "https://npm.harbour.example/all/lark/-/lark-1.0.0.tgz"}
  }}"#;

const MANIFEST: &str = r#"{"name": "harbour-web", "dependencies": {"glim": "1", "larch": "1"}}"#;

fn bill(files: &[(&str, &str)], advisory_about: &str) -> Value {
    let project = Project::empty();
    for (path, text) in files {
        project.write(path, text);
    }
    let record = format!(
        r#"{{"id": "GHSA-case-0001-bill", "modified": "2026-11-20T00:00:00Z", "aliases": ["CVE-2026-1"],
        "affected": [{{"package": {{"ecosystem": "npm", "name": "{advisory_about}"}}, "versions": ["1.0.0"]}}]}}"#
    );
    let policy = "schema = 1\n[database]\nmax-age = \"3650d\"\nsources = [{ kind = \"osv\", path = \
                  \"advisories\" }]\n";
    project.write("advisories/GHSA-case-0001-bill.json", record).write("lockgate.toml", policy);
    project.run(&["check", "--report", "cyclonedx"]).json()
}

#[test]
fn a_bill_of_materials_does_not_depend_on_what_is_found() {
    let files = [("package-lock.json", PROJECTS), ("package.json", MANIFEST)];
    let (nothing, found) = (bill(&files, "other"), bill(&files, "glim"));
    assert_eq!(found["vulnerabilities"].as_array().unwrap().len(), 1);
    for part in ["components", "dependencies"] {
        assert_eq!(nothing[part], found[part]);
    }
    let needs = nothing["dependencies"].as_array().unwrap().iter();
    let root = needs.clone().find(|it| it["ref"].as_str().unwrap().contains("harbour-web"));
    let root = root.unwrap()["dependsOn"].to_string();
    assert!(root.contains("larch"), "the manifest asks for it: {root}");
}

#[test]
fn package_urls_say_what_is_not_public_and_projects_have_none() {
    let document = bill(&[("package-lock.json", PROJECTS)], "lark");
    let subject = &document["metadata"]["component"];
    assert_eq!((&subject["name"], subject.get("purl")), (&"harbour-web".into(), None));
    let components = document["components"].as_array().unwrap();
    let purls: Vec<&str> = components.iter().filter_map(|it| it["purl"].as_str()).collect();
    assert_eq!(
        purls,
        [
            "pkg:npm/glim@1.0.0",
            "pkg:npm/larch@1.0.0",
            "pkg:npm/lark@1.0.0?download_url=https://npm.harbour.example/all/lark/-/lark-1.0.0.tgz\
             &repository_url=https://npm.harbour.example/all",
        ]
    );
    let copy = components.iter().find(|it| it["name"] == "heron").unwrap();
    assert_eq!(copy.get("purl"), None, "a copy in the repository is no package of a registry");
    let flaw = &document["vulnerabilities"][0];
    assert_eq!(flaw["source"]["name"], "GITHUB", "{flaw}");
    assert_eq!(flaw["references"][0]["source"]["name"], "NVD");
    assert_eq!(flaw["affects"].as_array().unwrap().len(), 1);
}

#[test]
fn every_document_has_something_that_it_is_about() {
    let lock = |name: &str| PROJECTS.replace("harbour-web", name);
    let (one, other) = (lock("port"), lock("quay"));
    let document = bill(&[("a/package-lock.json", &one), ("b/package-lock.json", &other)], "other");
    let subject = &document["metadata"]["component"];
    assert_eq!(subject["name"], "a/package-lock.json, b/package-lock.json");
    let needs = document["dependencies"].as_array().unwrap().iter();
    let needs = needs.clone().find(|it| it["ref"] == subject["bom-ref"]).unwrap();
    assert_eq!(needs["dependsOn"].as_array().unwrap().len(), 2);
    assert_eq!(bill(&[], "other")["metadata"]["component"]["name"], "no lockfile");
}

/// The folder of the official schemas, fetched once; `None` with a visible remark where npm or its
/// registry is not to be had.
fn schemas() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cyclonedx-library-10.3.0");
    let schemas = folder.join("package/res/schema");
    if schemas.is_dir() {
        return Some(schemas);
    }
    let fresh = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let is_done = |program: &str, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).current_dir(fresh.path()).status();
        status.is_ok_and(|status| status.success())
    };
    let is_fetched = is_done("npm", &["pack", "--silent", LIBRARY])
        && is_done("sh", &["-c", "tar xzf cyclonedx-*.tgz package/res/schema"]);
    if !is_fetched {
        skip("npm", "the official schema of CycloneDX", format_args!("npm cannot fetch {LIBRARY}"));
        return None;
    }
    // Another test run may have been quicker; then its folder is as good.
    let _ = fs::rename(fresh.path(), &folder);
    Some(schemas)
}
