//! Claims about what npm installs, beyond the tables under `fixtures/installed/`.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::{Project, Run};
use crate::server::{Fault, Page, Server};

/// A proof about npm that nobody wrote down.
#[test]
fn what_npm_leaves_out_everywhere_is_cleared_without_a_claim() {
    let shipped = "[npm]\nplatforms = [\"linux-x64\", \"linux-arm64-musl\"]";
    for (npm, automatic, expected) in [
        (shipped, "auto = [\"platform\"]", (0, "not-affected")),
        (shipped, "auto = [\"not-built\"]", (1, "block")),
        (shipped, "auto = []", (1, "block")),
        ("[npm]\nplatforms = [\"win32-x64\"]", "auto = [\"platform\"]", (1, "block")),
        ("", "auto = [\"platform\"]", (1, "block")),
    ] {
        let project = Project::copy_of("fixtures/installed/platform");
        let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                        \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                        \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
        project.write("advisories/GHSA-case-0001-rots.json", advisory);
        let policy = format!(
            "schema = 1\n{npm}\n[evidence]\n{automatic}\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"osv\", path = \"advisories\" }}]"
        );
        project.write("lockgate.toml", policy);
        let run = project.run(&["check", "--report", "json"]);
        let finding = &run.json()["findings"][0];
        let found = (run.code, finding["disposition"].as_str().unwrap());
        assert_eq!(found, expected, "{npm} {automatic}");
        let proof = &finding["evidence"][0]["kind"];
        assert_eq!(*proof == "platform", expected.0 == 0, "{finding:#}");
    }
}

/// The archives of Yarn are unpacked once, and reports speak of the archives.
#[test]
fn what_lies_in_an_archive_of_yarn_is_followed() {
    let project = Project::copy_of("fixtures/installed/plug-n-play");
    let larch = ".yarn/unplugged/larch-npm-3.0.0-1/node_modules/larch";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in ["package.json", "index.js", "shade.js"] {
        let name = format!("node_modules/larch/{file}");
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(project.read(&format!("{larch}/{file}")).as_bytes()).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let checksum = format!("{:x}", Sha512::digest(&zip));
    let archive = ".yarn/cache/larch-npm-3.0.0-1-10c0.zip";
    project.remove(larch).write(archive, zip);
    let map = project.read(".pnp.data.json");
    let unplugged = ".yarn/unplugged/larch-npm-3.0.0-1/";
    project.write(".pnp.data.json", map.replace(unplugged, &format!("{archive}/")));
    let lockfile = project.read("yarn.lock");
    let (before, behind) = lockfile.split_once("10c0/f1").unwrap();
    let (_, behind) = behind.split_once('\n').unwrap();
    project.write("yarn.lock", format!("{before}10c0/{checksum}\n{behind}"));
    project.write("src/app.js", "require('larch/shade');\n");
    write_word(&project);
    for _ in 0..2 {
        let run = project.run(&["check", "--report", "json"]);
        let evidence = &run.json()["findings"][0]["evidence"];
        let refuted = evidence.as_array().unwrap().iter().find(|it| it["result"] == "refuted");
        let places = &refuted.unwrap_or_else(|| panic!("{evidence:#}"))["locations"];
        assert_eq!(places[0]["file"], "src/app.js");
        assert_eq!(places[1]["file"], format!("{archive}/node_modules/larch/shade.js"));
        let unpacked = format!("lockgate/node_modules/{checksum}/content/node_modules/larch");
        let unpacked = project.caches().join(unpacked).join("shade.js");
        assert_eq!(fs::read_to_string(unpacked).unwrap().lines().count(), 1);
    }
}

/// A change could bring what lies in a repository, under the checksum of an archive that it is not.
#[test]
fn nothing_is_unpacked_where_a_change_could_bring_it() {
    let project = Project::copy_of("fixtures/installed/plug-n-play");
    write_word(&project);
    let mut command = project.command(&["check", "--report", "json"]);
    let run: Run =
        command.env("XDG_CACHE_HOME", project.path().join("cache")).output().unwrap().into();
    let evidence = &run.json()["findings"][0]["evidence"];
    let unknown = evidence.as_array().unwrap().iter().find(|it| it["result"] == "unknown");
    let detail = unknown.unwrap_or_else(|| panic!("{evidence:#}"))["detail"].as_str().unwrap();
    assert!(detail.ends_with("lies in a repository, which may bring its own"), "{detail}");
}

/// An advisory about `rotten`, and a person's word that nothing imports it.
fn write_word(project: &Project) {
    let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                    \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                    \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
    project.write("advisories/GHSA-case-0001-rots.json", advisory);
    project.write(
        "lockgate.toml",
        "schema = 1\n[database]\nmax-age = \"3650d\"\n\
         sources = [{ kind = \"osv\", path = \"advisories\" }]\n\
         [[suppress]]\nadvisory = \"GHSA-case-0001-rots\"\n\
         claim = { attested = true, not-imported = true }\n\
         reason = \"nobody loads it\"\nowner = \"@acme/web\"\nexpires = 2027-01-01\n",
    );
}

/// A project of which nothing is installed. `larch` loads `rotten`, and the project loads `larch`.
struct Uninstalled {
    project: Project,
    server: Server,
}

impl Uninstalled {
    fn new() -> Self {
        let (project, server) = (Project::empty(), Server::start());
        write_word(&project);
        let policy = project.read("lockgate.toml");
        project.write(
            "lockgate.toml",
            policy.replace("[database]", "[npm]\nfetch = true\n[database]"),
        );
        let asked = r#""dependencies": { "larch": "3.0.0" }"#;
        project.write("package.json", format!(r#"{{ "name": "app", {asked} }}"#));
        project.write("src/app.js", "require('larch').grow();\n");
        project.write(".npmrc", format!("registry={}\n", server.url("/all/")));
        let mut entries = format!("\"\": {{ \"name\": \"app\", {asked} }}");
        for (name, manifest, text) in [
            (
                "larch",
                r#"{ "name": "larch", "version": "3.0.0", "dependencies": { "rotten": "1.0.0" } }"#,
                "require('rotten');\n",
            ),
            ("rotten", r#"{ "name": "rotten", "version": "1.0.0" }"#, "exports.rot = 1;\n"),
        ] {
            let archive =
                tarball(&[("package/package.json", manifest), ("package/index.js", text)]);
            let integrity = STANDARD.encode(Sha512::digest(&archive));
            let at = format!("\"node_modules/{name}\": {}", &manifest[..manifest.len() - 2]);
            write!(entries, ",\n{at}, \"integrity\": \"sha512-{integrity}\" }}").unwrap();
            let version = if name == "larch" { "3.0.0" } else { "1.0.0" };
            server.route(&format!("/all/{name}/-/{name}-{version}.tgz"), Page::new(archive));
        }
        project.write(
            "package-lock.json",
            format!("{{ \"lockfileVersion\": 3, \"packages\": {{ {entries} }} }}"),
        );
        Self { project, server }
    }

    /// What becomes of the claim.
    fn evidence(&self, arguments: &[&str]) -> Value {
        let words = [&["check", "--report", "json"], arguments].concat();
        let mut command = self.project.command(&words);
        let run: Run = command.env_remove("LOCKGATE_OFFLINE").output().unwrap().into();
        let report = run.json();
        let evidence = report["findings"][0]["evidence"].as_array().unwrap();
        let about_imports = |it: &&Value| it["kind"] == "not-imported";
        evidence.iter().find(about_imports).unwrap_or_else(|| panic!("{report:#}")).clone()
    }
}

fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn what_is_not_installed_is_fetched_where_the_policy_says_so() {
    let uninstalled = Uninstalled::new();
    for _ in 0..2 {
        let evidence = uninstalled.evidence(&[]);
        assert_eq!(evidence["result"], "refuted", "{evidence:#}");
        assert_eq!(evidence["locations"][0]["file"], "src/app.js");
        assert_eq!(evidence["locations"][1]["file"], "node_modules/larch/index.js");
        assert_eq!(uninstalled.server.requests().len(), 2);
    }
    assert!(!uninstalled.project.path().join("node_modules").exists());
}

#[test]
fn nothing_is_fetched_offline_or_unasked_or_without_a_claim() {
    let uninstalled = Uninstalled::new();
    let offline = uninstalled.evidence(&["--offline"]);
    assert_eq!(offline["result"], "unknown");
    assert!(
        offline["help"]
            .as_str()
            .unwrap()
            .ends_with("or run without --offline, to have the packages fetched")
    );
    let policy = uninstalled.project.read("lockgate.toml");
    uninstalled.project.write("lockgate.toml", policy.replace("fetch = true", "fetch = false"));
    let unasked = uninstalled.evidence(&[]);
    assert!(
        unasked["help"]
            .as_str()
            .unwrap()
            .ends_with("have the packages fetched: [npm] fetch = true")
    );
    let without_claim = policy.replace(", not-imported = true", "");
    uninstalled.project.write("lockgate.toml", without_claim);
    let mut command = uninstalled.project.command(&["check"]);
    let run: Run = command.env_remove("LOCKGATE_OFFLINE").output().unwrap().into();
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(uninstalled.server.requests().is_empty());
}

#[test]
fn what_is_not_served_as_it_is_locked_says_nothing() {
    let path = "/all/rotten/-/rotten-1.0.0.tgz";
    for (page, said) in [
        (
            Page::new(tarball(&[("package/package.json", "{}")])),
            "does not have the checksum in package-lock.json:3",
        ),
        (Page::new("").always(Fault::Status(404)), "the server answers 404"),
    ] {
        let uninstalled = Uninstalled::new();
        uninstalled.server.route(path, page);
        let evidence = uninstalled.evidence(&[]);
        assert_eq!(evidence["result"], "unknown");
        let detail = evidence["detail"].as_str().unwrap();
        assert!(detail.starts_with("not-installed: rotten 1.0.0 cannot be fetched: "), "{detail}");
        assert!(detail.ends_with(said), "{detail}");
    }
}

/// A project that loads lodash and renders a template with it, an advisory that is known to be about templates,
/// and a claim, or none.
fn with_lodash(used: &str, claim: Option<&str>) -> Project {
    let claim = claim.map_or_else(String::new, |claim| {
        format!(
            "\n[[suppress]]\nadvisory = \"GHSA-35jh-r3h4-6jhm\"\nclaim = {{ {claim} }}\nreason = \"we render nothing\"\n\
             owner = \"@a\"\nexpires = 2027-01-31\n"
        )
    });
    let files = [
        ("lodash.js", "exports.template = (x) => x;\nexports.get = (x) => x;\n"),
        ("template.js", "module.exports = (x) => x;\n"),
    ];
    let project = with_package("lodash", "4.17.20", &files, "GHSA-35jh-r3h4-6jhm", &claim);
    project.write("app.js", format!("const _ = require('lodash');\n_.{used}('x');\n"));
    project
}

/// An application for which a package is installed whose first file is its main one, with an advisory about the package.
fn with_package(
    package: &str,
    version: &str,
    files: &[(&str, &str)],
    advisory: &str,
    claims: &str,
) -> Project {
    let project = Project::empty();
    let dependencies = json!({ package: "*" });
    let manifest = json!({ "name": "app", "main": "app.js", "dependencies": dependencies });
    project.write("package.json", manifest.to_string());
    let installed = format!("node_modules/{package}");
    let packages = json!({
        "": { "name": "app", "dependencies": dependencies }, &installed: { "version": version },
    });
    let lockfile = json!({ "name": "app", "lockfileVersion": 3, "packages": packages });
    project.write("package-lock.json", lockfile.to_string());
    let manifest = json!({ "name": package, "version": version, "main": files[0].0 });
    project.write(&format!("{installed}/package.json"), manifest.to_string());
    for (file, text) in files {
        project.write(&format!("{installed}/{file}"), text);
    }
    let affected = json!([{ "package": { "ecosystem": "npm", "name": package },
        "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }] }] }]);
    let record =
        json!({ "id": advisory, "modified": "2026-01-01T00:00:00Z", "affected": affected });
    project.write(&format!("advisories/{advisory}.json"), record.to_string());
    let database =
        "[database]\nmax-age = \"3650d\"\nsources = [{ kind = \"osv\", path = \"advisories\" }]\n";
    project.write("lockgate.toml", format!("schema = 1\n{database}{claims}"));
    project
}

const BOTH: &str = r#"not-imported = ["lodash#template", "lodash/template"]"#;

/// Somebody who names another export than those that the advisory is about has answered for nothing.
#[test]
fn a_word_counts_only_beside_a_claim_about_what_the_advisory_is_about() {
    for (used, claim, code, detail) in [
        ("get", format!("attested = true, {BOTH}"), 0, "may hold the same code"),
        ("get", "attested = true, not-imported = \"lodash/template\"".into(), 0, ""),
        ("template", format!("attested = true, {BOTH}"), 1, "is used"),
        ("get", "attested = true, not-imported = \"lodash#trim\"".into(), 1, ""),
        ("get", "attested = true, not-imported = \"lodash#get\"".into(), 1, "lodash#get is used"),
        (
            "template",
            "attested = true, not-imported = \"lodash#exports\"".into(),
            1,
            "the advisory is about `lodash#template` and `lodash/template`, not `lodash#exports` alone",
        ),
        ("get", "not-imported = \"lodash#template\"".into(), 1, "not `lodash#template` alone"),
    ] {
        let project = with_lodash(used, Some(&claim));
        let run = project.run(&["check", "--report", "json"]);
        let evidence = run.json()["findings"][0]["evidence"].to_string();
        assert_eq!(run.code, code, "{claim}: {evidence}");
        assert!(evidence.contains(detail), "{claim}: {evidence}");
    }
}

#[test]
fn explain_and_suppress_say_which_exports_an_advisory_is_about() {
    let project = with_lodash("get", None);
    let explained = project.run(&["explain", "GHSA-35jh-r3h4-6jhm"]);
    explained.assert_code(0);
    let flat = explained.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let proposal = format!("{{ attested = true, {BOTH} }}");
    for part in [&proposal, "about `lodash#template` and `lodash/template`: The name of the data"] {
        assert!(flat.contains(part), "{}", explained.stdout);
    }
    project
        .run(&["suppress", "GHSA-35jh-r3h4-6jhm", "--reason", "we render nothing"])
        .assert_code(1)
        .assert_says(&[&proposal]);
    let word =
        ["--attest", "--reason", "we render nothing", "--owner", "@a", "--expires", "2027-01-31"];
    let attest = [&["suppress", "GHSA-35jh-r3h4-6jhm", "--dry-run"][..], &word].concat();
    project.run(&attest).assert_code(0).assert_says(&[&proposal]);
}

/// An application that uses one export of `dot-prop`, and an advisory about another one.
fn with_dot_prop(used: &str) -> Project {
    let index = "const parts = (path) => path.split('.');\nconst last = (path) => path.pop();\n\
                 module.exports = {\n  \
                 get(from, path) { return parts(path).reduce((it, part) => it[part], from); },\n  \
                 set(into, path, value) {\n    const key = last(parts(path));\n    into[key] = value;\n  },\n};\n";
    let project =
        with_package("dot-prop", "5.1.0", &[("index.js", index)], "GHSA-ff7x-qrg7-qggm", "");
    project.write("app.js", format!("require('dot-prop').{used}({{}}, 'a.b');\n"));
    project
}

/// The strongest claim that holds is not about the package, which is used.
#[test]
fn suppress_claims_that_nothing_uses_what_the_advisory_is_about() {
    let project = with_dot_prop("get");
    let explained = project.run(&["explain", "GHSA-ff7x-qrg7-qggm"]);
    let flat = explained.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let proposal = "and nothing uses that: { not-imported = \"dot-prop#set\" }";
    assert!(flat.contains(proposal), "{}", explained.stdout);
    project
        .run(&["suppress", "GHSA-ff7x-qrg7-qggm", "--reason", "we only read"])
        .assert_code(0)
        .assert_says(&["claim: not-imported dot-prop#set, which holds now"]);
    project.run(&["check"]).assert_code(0);
    // It is void in the line that begins to use it.
    project.write("app.js", "const all = require('dot-prop');\nall.set({}, 'a', 1);\n");
    let voided = project.run(&["check"]);
    voided.assert_code(1);
    assert!(voided.stdout.contains("dot-prop#set is used: app.js:2"), "{}", voided.stdout);
    with_dot_prop("set")
        .run(&["suppress", "GHSA-ff7x-qrg7-qggm", "--reason", "we only read"])
        .assert_code(1);
}
