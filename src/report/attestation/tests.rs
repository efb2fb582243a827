use jiff::SignedDuration;
use serde_json::Value;

use super::*;
use crate::attestation::envelope::open;
use crate::attestation::statement::Subject;
use crate::attestation::verify::{Expected, verify};
use crate::exit::Exit;
use crate::problem::Problem;
use crate::report::sample;

fn written(outcome: &Outcome) -> Vec<u8> {
    let mut bytes = Vec::new();
    Attestation.write(outcome, Style::PLAIN, &mut bytes).unwrap();
    bytes
}

fn refusals(outcome: &Outcome) -> Vec<String> {
    let source = outcome.policy.source.as_ref().unwrap();
    let policy = Digests::of(source.text.as_bytes());
    let subjects: &[Subject] = &outcome.release.as_ref().unwrap().subjects;
    let expected = Expected {
        policy: Some(&policy.sha256),
        subjects,
        max_age: SignedDuration::from_hours(1),
        now: outcome.now,
        allows_left_out: false,
        is_clock_set: false,
    };
    let opened = open(&written(outcome)).unwrap();
    verify(&opened.statement, &expected).err().unwrap_or_default()
}

#[test]
fn only_a_pass_is_accepted_and_every_verdict_is_written() {
    let mut accepted = Vec::new();
    for (name, outcome) in sample::all() {
        let refusals = refusals(&outcome);
        // A pass that is only due to earlier findings is not enough for a release.
        let is_pass = outcome.verdict.answer == Answer::Pass && outcome.comparison.is_none();
        assert_eq!(refusals.is_empty(), is_pass, "{name}: {refusals:?}");
        if is_pass {
            accepted.push(name);
        }
    }
    assert!(accepted.contains(&"upheld_and_attested"), "{accepted:?}");
}

#[test]
fn the_exit_code_in_it_is_that_of_the_check() {
    for (_, mut outcome) in sample::all() {
        assert_eq!(exit(&outcome).0, Exit::from(&outcome).code());
        outcome.unreadable.push(Problem::in_file("Cargo.lock", "it cannot be read"));
        assert_eq!(exit(&outcome).0, Exit::InvalidInput.code());
        assert_eq!(Exit::from(&outcome), Exit::InvalidInput);
    }
}

#[test]
fn it_follows_its_schema_and_its_keys_are_sorted() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/schemas/release-attestation-v1.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&schema).unwrap();
    for (name, outcome) in sample::all() {
        let bytes = written(&outcome);
        let statement: Value = serde_json::from_slice(&bytes).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&statement)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{name}");
        // `Value` keeps its keys in alphabetical order.
        let sorted = serde_json::to_string_pretty(&statement).unwrap();
        let written = String::from_utf8(bytes).unwrap();
        assert_eq!(written.trim_end(), crate::terminal::printable_json(&sorted), "{name}");

        let mut broken = statement.clone();
        broken["predicate"]["verdict"] = "fine".into();
        assert!(!validator.is_valid(&broken), "the schema checks something");
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for ((name, first), (_, second)) in sample::all().into_iter().zip(sample::all()) {
        assert_eq!(written(&first), written(&second), "{name}");
    }
}

#[test]
fn a_product_with_another_commit_is_not_named() {
    let mut outcome = sample::pass();
    for (product, is_named) in [
        ("pkg:github/acme/shop@0123456789abcdef0123456789abcdef01234567", true),
        ("pkg:github/acme/shop@ffff456789abcdef0123456789abcdef01234567", false),
    ] {
        outcome.product = Some(product.to_owned());
        let release = outcome.release.clone().unwrap();
        let statement = statement(&outcome, &release);
        assert_eq!(statement.predicate.source.unwrap().product.is_some(), is_named);
    }
}

#[test]
fn without_a_release_there_is_nothing_to_state() {
    let mut outcome = sample::pass();
    outcome.release = None;
    assert!(Attestation.write(&outcome, Style::PLAIN, &mut Vec::new()).is_err());
}
