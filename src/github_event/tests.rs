use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const BASE: &str = "0b6e1c7d94f2385a6b7c8d9e0f1a2b3c4d5e6f70";
const MERGED: &str = "9e0f1a2b3c4d5e6f700b6e1c7d94f2385a6b7c8d";

macro_rules! fixtures {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../fixtures/github/events/", $name, ".json")))),*]
    };
}

const FIXTURES: &[(&str, &str)] = fixtures! {
    "pull-request"
    "pull-request-fork"
    "pull-request-deleted-fork"
    "pull-request-dependabot"
    "merge-group"
    "push"
    "push-new-branch"
    "push-deleted-branch"
    "push-tag"
    "schedule"
    "workflow-dispatch"
};

fn payload(fixture: &str) -> &'static str {
    let mut fixtures = FIXTURES.iter();
    fixtures.find(|(name, _)| *name == fixture).unwrap().1
}

fn event(name: &str, fixture: &str) -> GitHubEvent {
    GitHubEvent::parse(name, payload(fixture), "event.json").unwrap()
}

fn commit(text: &str) -> CommitId {
    CommitId::parse(text).unwrap()
}

#[test]
fn a_pull_request_names_both_ends_and_whether_it_is_of_this_repository() {
    for (fixture, number, head, from_fork) in [
        ("pull-request", 7, "5d1f3a20c9e84b7766a1f0d2b3c4e5f60718293a", false),
        ("pull-request-fork", 8, "77aa20c9e84b5d1f3a66a1f0d2b3c4e5f6071829", true),
        ("pull-request-deleted-fork", 9, "77aa20c9e84b5d1f3a66a1f0d2b3c4e5f6071829", true),
        ("pull-request-dependabot", 10, "e84b5d1f3a66a1f0d2b3c4e5f607182977aa20c9", false),
    ] {
        let expected = PullRequest {
            number,
            base_sha: commit(BASE),
            head_sha: commit(head),
            base_ref: "main".to_owned(),
            from_fork,
        };
        let event = event("pull_request", fixture);
        assert_eq!(event, GitHubEvent::PullRequest(expected), "{fixture}");
        assert_eq!(event.pull_request(), Some(number));
    }
}

#[test]
fn a_merge_group_names_both_ends() {
    let expected = MergeGroup { base_sha: commit(BASE), head_sha: commit(MERGED) };
    assert_eq!(event("merge_group", "merge-group"), GitHubEvent::MergeGroup(expected));
}

#[test]
fn a_new_branch_has_nothing_before_it() {
    for (fixture, before, branch) in
        [("push", Some(commit(BASE)), "main"), ("push-new-branch", None, "release/2.0")]
    {
        let expected = Push {
            before,
            after: commit(MERGED),
            branch: branch.to_owned(),
            default_branch: "main".to_owned(),
        };
        assert_eq!(event("push", fixture), GitHubEvent::Push(expected), "{fixture}");
    }
}

#[test]
fn a_tag_is_not_a_branch() {
    let expected = Tag { name: "v2.0.0".to_owned(), after: commit(MERGED) };
    assert_eq!(event("push", "push-tag"), GitHubEvent::Tag(expected));
}

#[test]
fn other_events_are_known_only_by_name() {
    for (name, fixture) in [
        ("schedule", "schedule"),
        ("workflow_dispatch", "workflow-dispatch"),
        ("workflow_run", "schedule"),
        ("pull_request_review", "pull-request"),
    ] {
        assert_eq!(event(name, fixture), GitHubEvent::Other(name.to_owned()));
        assert_eq!(event(name, fixture).pull_request(), None);
    }
    assert!(GitHubEvent::parse("schedule", "no JSON at all", "event.json").is_ok());
}

#[test]
fn an_event_with_the_rights_of_the_base_branch_is_refused() {
    let problem = GitHubEvent::parse("pull_request_target", payload("pull-request"), "event.json")
        .unwrap_err();
    assert!(problem.message.contains("pull_request_target"), "{problem}");
    assert!(problem.help.unwrap().contains("`pull_request`"));
}

/// Every way in which one of the fixtures can be wrong: the pointer, the wrong value, the message.
#[test]
fn an_invalid_payload_is_refused_with_its_mistake() {
    let zeros = "0".repeat(40);
    let cases = [
        ("pull_request", "pull-request", "/pull_request/number", json!(-1), "u64"),
        ("pull_request", "pull-request", "/pull_request/number", json!(0), "no number"),
        ("pull_request", "pull-request", "/pull_request/number", json!("7"), "string"),
        ("pull_request", "pull-request", "/pull_request/base/sha", json!("main"), "hexadecimal"),
        ("pull_request", "pull-request", "/pull_request/base/sha", json!(zeros), "hexadecimal"),
        ("pull_request", "pull-request", "/pull_request/base/sha", json!(null), "null"),
        ("pull_request", "pull-request", "/pull_request/head", json!({}), "missing field"),
        ("merge_group", "merge-group", "/merge_group/head_sha", json!("--upload-pack=x"), "hexa"),
        ("merge_group", "merge-group", "/merge_group", json!([]), "length 0"),
        ("push", "push", "/before", json!("0000"), "hexadecimal"),
        ("push", "push", "/ref", json!("main"), "neither a branch nor a tag"),
        ("push", "push", "/repository", json!({}), "default_branch"),
        ("push", "push", "/after", json!(zeros), "nothing to check"),
    ];
    for (name, fixture, pointer, value, says) in cases {
        let mut json: Value = serde_json::from_str(payload(fixture)).unwrap();
        *json.pointer_mut(pointer).unwrap() = value;
        let problem = GitHubEvent::parse(name, &json.to_string(), "event.json").unwrap_err();
        assert!(problem.message.contains(says), "{pointer}: {problem}");
        assert!(problem.message.contains(name) && problem.help.is_some(), "{problem}");
        assert_eq!(problem.file, "event.json");
    }
    for name in ["pull_request", "merge_group", "push"] {
        for text in ["", "{", "null", "[]", "{}", "\u{feff}{}"] {
            assert!(GitHubEvent::parse(name, text, "event.json").is_err(), "{name} {text}");
        }
    }
    let deleted = GitHubEvent::parse("push", payload("push-deleted-branch"), "event.json");
    assert!(deleted.unwrap_err().message.contains("nothing to check"));
}

#[test]
fn a_commit_id_must_be_complete() {
    let sha256 = "ab".repeat(32);
    assert_eq!(commit(&sha256).as_str(), sha256);
    assert_eq!(commit(&BASE.to_uppercase()).as_str(), BASE);
    for wrong in ["", "HEAD", "0b6e1c7", &"0".repeat(64), &"g".repeat(40), &"a".repeat(41), "é"] {
        assert_eq!(CommitId::parse(wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn only_digits_are_accepted_as_a_commit(text in "(--[a-z]+=|[0-9a-fA-F]{38,41}|\\PC|\n){0,4}") {
        if let Some(commit) = CommitId::parse(&text) {
            prop_assert!(commit.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()));
            prop_assert_eq!(commit.as_str(), text.to_ascii_lowercase());
        }
    }

    #[test]
    fn any_payload_is_read_or_refused(name in "(pull_request|merge_group|push)", text in any::<String>()) {
        let _ = GitHubEvent::parse(&name, &text, "event.json");
    }
}
