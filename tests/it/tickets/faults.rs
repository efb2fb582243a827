//! What goes wrong on the way: nothing is opened twice, nothing is forgotten, and what is not
//! tracked blocks.

use super::proxy::Fault;
use super::world::{World, assert_reports};

/// One finding, one thing that goes wrong, and how the run ends.
struct Case {
    fault: Fault,
    on: (&'static str, &'static str),
    code: i32,
    open: usize,
    posts: usize,
    says: &'static str,
}

fn on_create(fault: Fault, code: i32, open: usize, posts: usize, says: &'static str) -> Case {
    Case { fault, on: ("POST", "/issues"), code, open, posts, says }
}

#[test]
fn an_issue_that_cannot_be_opened_blocks_and_one_that_may_be_there_is_looked_for() {
    let Some(world) = World::new("faults while an issue is opened") else {
        return;
    };
    let retry: &[(&str, &str)] = &[("Retry-After", "1")];
    let later: &[(&str, &str)] = &[("Retry-After", "3600")];
    let secondary = "You have exceeded a secondary rate limit";
    let cases = [
        on_create(Fault::Refuse(401, &[], "Bad credentials"), 1, 0, 1, "token is not accepted"),
        on_create(Fault::Refuse(403, &[], "Resource not accessible"), 1, 0, 1, "does not allow it"),
        on_create(Fault::Refuse(404, &[], "Not Found"), 1, 0, 1, "not found"),
        on_create(Fault::Refuse(410, &[], "Issues are disabled"), 1, 0, 1, "gone"),
        on_create(Fault::Refuse(422, &[], "Validation Failed"), 1, 0, 1, "not accepted"),
        on_create(Fault::Refuse(429, later, "Slow down"), 1, 0, 1, "left alone"),
        on_create(Fault::Refuse(429, retry, "Slow down"), 0, 1, 2, ""),
        on_create(Fault::Refuse(403, retry, secondary), 0, 1, 2, ""),
        on_create(Fault::Refuse(502, &[], "Bad gateway"), 0, 1, 2, ""),
        on_create(Fault::FailAfterwards(502), 0, 1, 1, ""),
        on_create(Fault::LoseAnswer, 0, 1, 1, ""),
        on_create(Fault::Hangup, 0, 1, 2, ""),
    ];
    for Case { fault, on: (method, path), code, open, posts, says } in cases {
        let before = world.open_issues().len();
        world.proxy.forget();
        world.proxy.fault(method, path, fault.clone());
        let run = world.run(&["check", "--tickets", "--report", "text"]);
        assert_eq!(run.code, code, "{fault:?}\n{}{}", run.stdout, run.stderr);
        assert_reports(&run, says);
        assert_eq!(world.open_issues().len() - before, open, "{fault:?}");
        assert_eq!(world.proxy.count("POST", "/issues"), posts, "{fault:?}");
        assert_eq!(world.proxy.left_over(), 0, "{fault:?}");
        for issue in world.open_issues() {
            // The next case begins without an issue: nothing tells any more what this one was about.
            let path = format!("/issues/{}", issue["number"]);
            let wiped = serde_json::json!({ "title": "Wiped", "body": "", "state": "closed" });
            world.person("PATCH", &path, &wiped);
        }
    }
    world.proxy.assert_valid();
}

#[test]
fn what_cannot_be_read_is_a_gap_and_no_finding() {
    let Some(world) = World::new("faults while issues are listed") else {
        return;
    };
    for (status, says) in [(401, "token"), (403, "allow"), (404, "not found"), (410, "gone")] {
        world.proxy.fault("GET", "/issues", Fault::Refuse(status, &[], "no"));
        let run = world.run(&["check", "--tickets"]);
        run.assert_harmless().assert_code(3);
        assert_reports(&run, "it is not known what is tracked");
        assert_reports(&run, says);
    }
    let anonymous: crate::harness::Run =
        world.command(&["check", "--tickets"]).env_remove("GITHUB_TOKEN").output().unwrap().into();
    anonymous.assert_code(3);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn an_outage_that_passes_is_not_noticed() {
    let Some(world) = World::new("an outage that passes") else {
        return;
    };
    world.sync().assert_code(0);
    world.findings(&[]);
    world
        .proxy
        .fault("GET", "/issues", Fault::Refuse(503, &[], "no"))
        .fault("GET", "/demo", Fault::Hangup)
        .fault("POST", "/comments", Fault::FailAfterwards(502))
        .fault("PATCH", "/1", Fault::LoseAnswer);
    world.sync();
    world.sync().assert_code(0);
    assert_eq!(world.open_issues().len(), 0);
    assert_eq!(world.comments(1).len(), 1, "a comment is not written twice");
    assert_eq!(world.proxy.left_over(), 0);
    world.proxy.assert_valid();
}

#[test]
fn an_issue_without_its_label_would_not_be_found_again() {
    let Some(world) = World::new("labels are dropped") else {
        return;
    };
    world.findings(&["medium", "medium", "medium"]);
    world.proxy.fault("POST", "/issues", Fault::DropLabels).fault(
        "POST",
        "/labels",
        Fault::DropLabels,
    );
    let run = world.run(&["check", "--tickets"]);
    run.assert_code(1);
    assert_reports(&run, "was dropped");
    assert_eq!(world.issues().len(), 1, "it stops at the first one");
    assert_eq!(world.open_issues().len(), 0);
}

#[test]
fn a_stale_list_makes_a_duplicate_that_the_next_run_closes() {
    let Some(world) = World::new("a stale list") else {
        return;
    };
    world.sync().assert_code(0);
    world
        .proxy
        // By label, by account, all of them, and by label once more after opening.
        .fault("GET", "/issues", Fault::EmptyList)
        .fault("GET", "/issues", Fault::EmptyList)
        .fault("GET", "/issues", Fault::EmptyList)
        .fault("GET", "/issues", Fault::EmptyList);
    world.sync().assert_code(0);
    assert_eq!(world.open_issues().len(), 2, "nobody could know");
    world.sync().assert_code(0);
    let open = world.open_issues();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["number"], 1);
}

#[test]
fn a_pull_request_is_no_issue() {
    let Some(world) = World::new("a pull request is no issue") else {
        return;
    };
    world.sync().assert_code(0);
    world.proxy.forget();
    world.proxy.fault("GET", "/issues", Fault::AddPullRequest);
    world.sync().assert_code(0);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn the_token_is_never_printed() {
    let Some(world) = World::new("the token is never printed") else {
        return;
    };
    for status in [401, 403, 422] {
        world.proxy.fault("POST", "/issues", Fault::Refuse(status, &[], "no"));
        let run = world.sync();
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("token-of-the-gate"));
    }
    assert!(!world.proxy.sent().contains("token-of-the-gate"));
}
