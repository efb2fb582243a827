//! The gate of a release: what is tracked, what is stated about it, and who may believe that.

#![cfg(unix)]

use std::fs;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Project, Run, repository};
use crate::hook::git::Repository;
use crate::tickets::world::World;

/// A repository in which nothing is wrong, and something to ship.
fn project() -> Repository {
    let repository = Repository::with("1.2.0");
    repository.write("dist/app.tar", "what is shipped");
    repository
}

const ATTESTED: &[&str] = &[
    "check",
    "--release",
    "--subject",
    "dist/app.tar",
    "--report",
    "attestation=release.json",
    "--report",
    "text",
];

const VERIFIED: &[&str] = &[
    "verify-attestation",
    "release.json",
    "--policy",
    "lockgate.toml",
    "--subject",
    "dist/app.tar",
];

fn statement(repository: &Repository) -> Value {
    serde_json::from_str(&repository.read("release.json")).unwrap()
}

/// What is shipped depends on no advisory, so that what is stated about it can be tried out.
fn verify(repository: &Repository, statement: &Value) -> Run {
    repository.write("release.json", statement.to_string());
    let run = repository.lockgate(VERIFIED);
    run.assert_harmless();
    run
}

#[test]
fn what_one_stage_states_a_later_one_accepts() {
    let repository = project();
    repository.lockgate(ATTESTED).assert_harmless().assert_code(0);
    let stated = statement(&repository);
    let predicate = &stated["predicate"];
    assert_eq!(predicate["verdict"], "pass");
    assert_eq!(predicate["scope"], json!({ "paths": ["."], "whole": true }));
    assert_eq!(predicate["source"]["commit"], repository.head());
    assert_eq!(predicate["source"]["modified"], json!([]));
    assert_eq!(predicate["lockfiles"][0]["packages"], 1);
    assert_eq!(stated["subject"][0]["name"], "app.tar");

    let run = repository.lockgate(VERIFIED);
    run.assert_harmless().assert_code(0);
    for said in ["HOLDS", "app.tar sha256:", "signature there is none"] {
        assert!(run.stdout.contains(said), "{}", run.stdout);
    }
    let digest = stated["subject"][0]["digest"]["sha256"].as_str().unwrap();
    let named = format!("app.tar=sha256:{}", digest.to_ascii_uppercase());
    let by_digest = [&VERIFIED[..5], &[named.as_str()]].concat();
    repository.lockgate(&by_digest).assert_code(0);
}

#[test]
fn the_same_release_is_stated_in_the_same_bytes() {
    let repository = project();
    repository.lockgate(ATTESTED).assert_code(0);
    let first = repository.read("release.json");
    repository.lockgate(ATTESTED).assert_code(0);
    assert_eq!(first, repository.read("release.json"));
}

#[test]
fn an_envelope_and_a_bundle_are_opened_and_nothing_is_said_for_their_signatures() {
    let repository = project();
    repository.lockgate(ATTESTED).assert_code(0);
    let payload = STANDARD.encode(repository.read("release.json"));
    let envelope = json!({
        "payload": payload,
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{ "sig": "bm90IGEgc2lnbmF0dXJl" }],
    });
    let bundle = json!({ "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "dsseEnvelope": envelope, "verificationMaterial": {} });
    for outer in [envelope.clone(), bundle] {
        let run = verify(&repository, &outer);
        run.assert_code(0);
        assert!(run.stdout.contains("NOT CHECKED"), "{}", run.stdout);
    }
    let mut other = envelope;
    other["payload"] = STANDARD.encode("{\"_type\": 1, \"_type\": 2}").into();
    verify(&repository, &other)
        .assert_code(1)
        .assert_says(&["more than one way", "`_type` occurs twice"]);
}

#[test]
fn a_block_is_stated_and_refused() {
    let repository = project();
    repository.lock("1.1.0");
    repository.commit();
    repository.lockgate(ATTESTED).assert_code(1);
    assert_eq!(statement(&repository)["predicate"]["verdict"], "block");
    repository.lockgate(VERIFIED).assert_code(1).assert_says(&[
        "REFUSED",
        "its verdict is `block` (exit code 1)",
        "1 of its findings block",
    ]);
}

#[test]
fn what_has_changed_since_is_refused() {
    let repository = project();
    repository.lockgate(ATTESTED).assert_code(0);
    let stated = statement(&repository);

    let later =
        repository.lockgate_at("2030-01-03T12:00:00Z", &[VERIFIED, &["--max-age", "24h"]].concat());
    later.assert_code(1).assert_says(&["it is 48 h old, and may be 24 h old"]);
    // The policy of these tests lets advisories be ten years old, and so a statement.
    repository.lockgate_at("2030-01-03T12:00:00Z", VERIFIED).assert_code(0);

    let mut tampered = stated.clone();
    tampered["predicate"]["lockfiles"][0]["packages"] = 7.into();
    verify(&repository, &tampered).assert_code(1).assert_says(&["its content digest differs"]);

    verify(&repository, &stated).assert_code(0);
    repository.write("dist/app.tar", "something else");
    repository.lockgate(VERIFIED).assert_code(1).assert_says(&["it is not about `app.tar`"]);
    repository.write("dist/app.tar", "what is shipped");
    let policy = repository.read("lockgate.toml");
    repository.write("lockgate.toml", format!("{policy}# looser\n"));
    repository.lockgate(VERIFIED).assert_code(1).assert_says(&["another policy decided"]);
}

#[test]
fn what_is_not_what_the_commit_holds_is_named() {
    let repository = project();
    repository.lock("1.0.0");
    repository.lockgate(ATTESTED).assert_code(0);
    let stated = statement(&repository);
    assert_eq!(stated["predicate"]["source"]["modified"], json!(["Cargo.lock"]));
    repository.lockgate(VERIFIED).assert_code(1).assert_says(&["`Cargo.lock` was not what commit"]);
}

#[test]
fn a_part_of_a_repository_is_not_taken_for_all_of_it() {
    let repository = project();
    let arguments = [&["check", "Cargo.lock"], &ATTESTED[1..]].concat();
    let run = repository.lockgate(&arguments);
    run.assert_code(0);
    assert!(run.stdout.contains("not a check of a whole repository"), "{}", run.stdout);
    let predicate = &statement(&repository)["predicate"];
    assert_eq!(predicate["scope"], json!({ "paths": ["Cargo.lock"], "whole": false }));
    repository.lockgate(VERIFIED).assert_code(1).assert_says(&["not of a whole repository"]);
}

#[test]
fn a_clock_that_was_set_counts_only_where_it_is_set_again() {
    let repository = project();
    repository.lockgate(ATTESTED).assert_code(0);
    let mut command: Command = repository.command(VERIFIED);
    let run: Run = command.env_remove("LOCKGATE_NOW").output().unwrap().into();
    run.assert_code(1).assert_says(&["the clock of the check was set by hand"]);
}

#[test]
fn without_a_policy_the_built_in_one_is_named() {
    let repository = project();
    repository.remove("lockgate.toml");
    let database = ["db", "import", "--osv", "crates.io=advisories", "--out", "db.lockgate"];
    let imported = repository.lockgate(&database);
    imported.assert_code(0);
    let arguments = [ATTESTED, &["--db", "db.lockgate"]].concat();
    repository.lockgate(&arguments);
    let policy = &statement(&repository)["predicate"]["policy"];
    assert_eq!(*policy, json!({ "builtIn": "strict-default", "digest": null, "path": null }));
    let arguments =
        ["verify-attestation", "release.json", "--built-in-policy", "--subject", "dist/app.tar"];
    let run = repository.lockgate(&arguments);
    assert!(!run.stderr.contains("another policy"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_stated_is_an_error_before_anything_is_checked() {
    let repository = project();
    for (arguments, said) in [
        (&["check", "--report", "attestation"][..], "only a check of a release is attested"),
        (&["check", "--release", "--report", "attestation"], "it is not said what is released"),
        (&["check", "--release", "--subject", "dist/app.tar"], "nothing is written"),
        (
            &["check", "--release", "--report", "attestation", "--subject", "gone"],
            "gone cannot be read",
        ),
        (
            &["check", "--release", "--report", "attestation", "--subject", "a=sha256:12"],
            "64 hexadecimal digits",
        ),
        (&["check", "--subject", "dist/app.tar"], "--release"),
        (&["check", "--release", "--base", "HEAD"], "cannot be used with"),
        (&["check", "--release", "--base-from-event"], "cannot be used with"),
        (&["check", "--release", "--tickets"], "cannot be used with"),
        (&["ticket", "plan", "--report", "attestation"], "only a check of a release is attested"),
    ] {
        let run = repository.lockgate(arguments);
        run.assert_harmless().assert_code(2).assert_says(&[said]);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_base_of_the_environment_makes_no_release_of_a_change() {
    let repository = project();
    let mut command = repository.command(&["check", "--release"]);
    let run: Run = command.env("LOCKGATE_BASE", "HEAD").output().unwrap().into();
    run.assert_code(2).assert_says(&["cannot be used with"]);
}

#[test]
fn what_is_no_statement_cannot_be_read() {
    let repository = project();
    for (content, said) in [
        (&b"no JSON"[..], "not one JSON document"),
        (b"\xff\xfe", "not one JSON document"),
        (b"[]", "holds no statement"),
        (b"{} {}", "not one JSON document"),
        (br#"{"payload": "%", "payloadType": "application/vnd.in-toto+json"}"#, "not Base64"),
    ] {
        repository.write("release.json", content);
        let run = repository.lockgate(VERIFIED);
        run.assert_harmless().assert_code(2).assert_says(&[said]);
    }
    for content in
        ["{}", r#"{"_type": "x", "\u001b[2J": 1}"#, r#"{"_type": "a", "_type": "\u202e"}"#]
    {
        repository.write("release.json", content);
        let run = repository.lockgate(VERIFIED);
        run.assert_harmless().assert_code(1).assert_says(&["REFUSED"]);
    }
    let without_policy = ["verify-attestation", "release.json", "--subject", "dist/app.tar"];
    repository.lockgate(&without_policy).assert_code(2);
    let without_subject = ["verify-attestation", "release.json", "--policy", "lockgate.toml"];
    repository.lockgate(&without_subject).assert_code(2);
    repository.lockgate(&[&VERIFIED[..1], &["gone"], &VERIFIED[2..]].concat()).assert_code(2);
    let file = fs::File::create(repository.path().join("release.json")).unwrap();
    file.set_len(17 * 1024 * 1024).unwrap();
    repository.lockgate(VERIFIED).assert_code(2).assert_says(&["larger than 16 MiB"]);
}

#[test]
fn names_from_a_statement_cannot_act_on_a_terminal() {
    let repository = project();
    let hostile = "a\u{1b}[2J\u{202e}::error::b";
    let subject = format!("{hostile}=sha256:{}", "0".repeat(64));
    let arguments = [
        &["check", "--release", "--report", "attestation=release.json", "--report", "text"][..],
        &["--subject", &subject, "--subject", "dist/app.tar"],
    ]
    .concat();
    repository.lockgate(&arguments).assert_harmless().assert_code(0);
    let written = repository.read("release.json");
    assert!(!written.contains(['\u{1b}', '\u{202e}']), "{}", written.escape_debug());
    assert_eq!(statement(&repository)["subject"][0]["name"], hostile);
    repository.lockgate(VERIFIED).assert_harmless().assert_code(0);
    let another = format!("{hostile}=sha256:{}", "1".repeat(64));
    let others = [VERIFIED, &["--subject", &another]].concat();
    repository
        .lockgate(&others)
        .assert_harmless()
        .assert_code(1)
        .assert_says(&["it is not about `a\\u{1b}[2J\\u{202e}::error::b`"]);
}

#[test]
fn the_schema_is_the_documented_one() {
    let schema =
        fs::read_to_string(repository().join("fixtures/schemas/release-attestation-v1.json"));
    let schema: Value = serde_json::from_str(&schema.unwrap()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let repository = project();
    repository.lockgate(ATTESTED).assert_code(0);
    let stated = statement(&repository);
    let errors: Vec<String> = validator
        .iter_errors(&stated)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0]);
    let documented =
        fs::read_to_string(crate::harness::repository().join("docs/release.md")).unwrap();
    let keys = schema["$defs"]["predicate"]["properties"].as_object().unwrap();
    for key in keys.keys() {
        assert!(
            documented.contains(&format!("`{key}`")) || documented.contains(&format!("`{key}[]`")),
            "docs/release.md does not name `{key}`"
        );
    }
    assert!(documented.contains(schema["properties"]["predicateType"]["const"].as_str().unwrap()));
}

#[test]
fn a_ticket_must_be_there_and_not_be_overdue_before_a_release() {
    let Some(world) = World::new("tickets before a release") else {
        return;
    };
    let check = ["check", "--release"];
    let run = world.run(&check);
    run.assert_code(1);
    assert!(run.stdout.contains("no issue is open yet"), "{}", run.stdout);
    assert_eq!(world.issues().len(), 0, "a release check writes nothing");

    world.sync().assert_code(0);
    world.proxy.forget();
    let run = world.run(&check);
    run.assert_code(0);
    assert!(run.stdout.contains("tracked in #1"), "{}", run.stdout);
    assert_eq!(world.proxy.writes(), 0);

    // The emulator opens issues by the clock of this machine: ten years are past any due date.
    let run = world.run_at("2035-01-01T12:00:00Z", &check);
    assert!(run.stdout.contains("its ticket #1 was due on"), "{}", run.stdout);
    run.assert_code(1);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn without_the_issues_a_release_that_needs_them_is_undecided() {
    let project = Project::copy_of("fixtures/cases/ticket-due");
    let run = project.run(&["check", "--release"]);
    run.assert_code(3);
    assert!(run.stdout.contains("it is not known what is tracked"), "{}", run.stdout);
    // Nothing here needs a ticket: nobody is asked.
    project_without_tickets().run(&["check", "--release"]).assert_code(0);
}

fn project_without_tickets() -> Project {
    Project::copy_of("fixtures/cases/withdrawn")
}
