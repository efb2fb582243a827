//! `--base-from-event`: what GitHub's events are compared with.

use serde_json::{Value, json};

use super::repository::{Repository, cargo_lock};
use crate::harness::{Run, repository as lockgate};

const ZEROS: &str = "0000000000000000000000000000000000000000";

/// A recorded payload, with some values replaced.
pub(super) fn payload(name: &str, values: &[(&str, &str)]) -> String {
    let path = lockgate().join("fixtures/github/events").join(name);
    let mut payload: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (pointer, value) in values {
        *payload.pointer_mut(pointer).unwrap_or_else(|| panic!("{name} has no {pointer}")) =
            json!(value);
    }
    payload.to_string()
}

pub(super) fn check(repository: &Repository, event: &str, payload: &str) -> Run {
    repository.project.write("event.json", payload);
    let output = repository
        .command(&["--base-from-event", "--report", "json"])
        .env("GITHUB_EVENT_NAME", event)
        .env("GITHUB_EVENT_PATH", repository.project.path().join("event.json"))
        .output()
        .unwrap();
    output.into()
}

/// A vulnerability that was there before, and its commits.
fn existing() -> (Repository, String, String) {
    let repository = Repository::new();
    let base = repository.write("Cargo.lock", cargo_lock(&["tarn 1.0.0"])).commit();
    let head = repository.write("README.md", "A change.\n").commit();
    (repository, base, head)
}

#[test]
fn each_event_is_compared_with_what_it_names() {
    let (repository, base, head) = existing();
    for (event, file, values) in [
        ("pull_request", "pull-request.json", vec![("/pull_request/base/sha", &*base)]),
        ("pull_request", "pull-request-fork.json", vec![("/pull_request/base/sha", &*base)]),
        ("pull_request", "pull-request-dependabot.json", vec![("/pull_request/base/sha", &*base)]),
        (
            "merge_group",
            "merge-group.json",
            vec![("/merge_group/base_sha", &*base), ("/merge_group/head_sha", &*head)],
        ),
        ("push", "push.json", vec![("/before", &*base), ("/after", &*head)]),
    ] {
        let run = check(&repository, event, &payload(file, &values));
        run.assert_code(0);
        assert_eq!(run.json()["base"]["revision"], base, "{file}");
        assert_eq!(run.json()["findings"][0]["change"], "existing", "{file}");
    }
}

#[test]
fn where_an_event_proposes_no_change_everything_is_checked_and_that_is_said() {
    let (repository, base, head) = existing();
    for (event, file, values, says) in [
        ("push", "push-new-branch.json", vec![("/before", ZEROS)], "is new"),
        ("push", "push-tag.json", vec![], "is a tag"),
        ("schedule", "schedule.json", vec![], "`schedule` proposes no change"),
        ("workflow_dispatch", "workflow-dispatch.json", vec![], "`workflow_dispatch` proposes"),
        ("release", "schedule.json", vec![], "`release` proposes"),
        (
            "merge_group",
            "merge-group.json",
            vec![("/merge_group/base_sha", &*head), ("/merge_group/head_sha", &*head)],
            "its own base",
        ),
    ] {
        let run = check(&repository, event, &payload(file, &values));
        run.assert_code(1);
        assert_eq!(run.json()["base"], Value::Null, "{file}");
        let remarks = run.json()["remarks"].to_string();
        assert!(remarks.contains("everything is checked: "), "{remarks}");
        assert!(remarks.contains(says), "{remarks}");
    }
    drop(base);
}

#[test]
fn an_event_that_is_refused_or_not_there_decides_nothing() {
    let (repository, base, _) = existing();
    let pull_request = payload("pull-request.json", &[("/pull_request/base/sha", &base)]);
    check(&repository, "pull_request_target", &pull_request)
        .assert_code(2)
        .assert_says(&["pull_request_target"]);
    check(&repository, "pull_request", "{}").assert_code(2);
    let hostile = payload("pull-request.json", &[("/pull_request/base/sha", "--output=x")]);
    check(&repository, "pull_request", &hostile).assert_code(2);
    repository.check(&["--base-from-event"]).assert_code(2).assert_says(&["there is no event"]);
    repository.check(&["--base-from-event", "--base", "HEAD"]).assert_code(2);
}
