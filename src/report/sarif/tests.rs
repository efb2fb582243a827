//! Properties that code scanning relies on.

use serde_json::Value;

use super::*;
use crate::report::sample;
use crate::verdict::Answer;

fn sarif(outcome: &Outcome) -> Value {
    let mut bytes = Vec::new();
    Sarif.write(outcome, Style::PLAIN, &mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn sample(wanted: &str) -> Outcome {
    let mut all = sample::all().into_iter();
    all.find(|(name, _)| *name == wanted).unwrap().1
}

#[test]
fn every_result_names_its_rule() {
    for (name, outcome) in sample::all() {
        let run = &sarif(&outcome)["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"], "{name}");
        }
    }
}

#[test]
fn a_result_is_on_the_line_of_the_version() {
    let run = &sarif(&sample("block"))["runs"][0];
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "Cargo.lock");
    assert_eq!(place["region"]["snippet"]["text"], "version = \"1.0.1\"");
}

#[test]
fn only_a_claim_that_holds_is_a_suppression() {
    let suppressions = |name: &str| -> Vec<usize> {
        let document = sarif(&sample(name));
        let results = document["runs"][0]["results"].as_array().unwrap();
        let lists = results.iter().map(|result| result["suppressions"].as_array().unwrap());
        lists.map(Vec::len).collect()
    };
    for name in ["refuted", "unknown", "expired", "block"] {
        assert!(suppressions(name).iter().all(|count| *count == 0), "{name}");
    }
    assert!(suppressions("upheld_and_attested").contains(&1));
}

#[test]
fn a_gap_is_reported_and_makes_the_run_unsuccessful() {
    let invocation = &sarif(&sample("gaps"))["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), 2);
    let invocation = &sarif(&sample("pass"))["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
}

#[test]
fn fingerprints_are_stable_and_distinguish_versions_of_a_package() {
    let document = sarif(&sample("ticket"));
    let prints: Vec<&Value> = document["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| &result["partialFingerprints"]["primaryLocationLineHash"])
        .collect();
    assert_eq!(
        prints,
        ["00112233445566778899aabbccddeeff:1", "00112233445566778899aabbccddeeff:2"]
    );
}

#[test]
fn a_run_stays_within_githubs_limit_and_says_so() {
    let mut outcome = sample("block");
    let finding = outcome.verdict.findings[0].clone();
    outcome.verdict.findings = vec![finding; RESULTS + 1];
    outcome.verdict.answer = Answer::Block;
    let run = run(&outcome);
    assert_eq!(run.results.len(), RESULTS);
    let said = &run.invocations[0].tool_execution_notifications[0].message.text;
    assert_eq!(said, "1 results were left out: a run may have 25000");
}

#[test]
fn text_is_neither_link_nor_argument() {
    assert_eq!(plain("[x](http://y) ${{ z }} \\"), "\\[x\\](http://y) ${{{{ z }}}} \\\\");
}
