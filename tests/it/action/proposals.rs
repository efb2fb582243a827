//! Pull requests and the comment on them, against the emulator of GitHub's API.

use serde_json::{Value, json};

use super::job::Job;
use super::runner::ActionRun;
use crate::tickets::proxy::Fault;
use crate::tickets::world::World;

const COMMENTED: &[(&str, &str)] = &[("base", "none"), ("comment", "on-failure")];

/// A pull request on the emulator, and the job that checks it.
fn job(world: &World, fixture: &str) -> (Job, u64) {
    proposed(world, Job::on("pull_request", fixture))
}

/// The same for a job of one's own.
pub(super) fn proposed(world: &World, job: Job) -> (Job, u64) {
    let request = json!({ "title": "Speak TLS", "head": "topic", "base": "main" });
    let number = world.person("POST", "/pulls", &request)["number"].clone();
    let number = number.as_u64().unwrap();
    let job = job
        .pull_request(number)
        .token("token-of-the-gate")
        .env("GITHUB_API_URL", world.proxy.api())
        .env("GITHUB_REF", format!("refs/pull/{number}/merge"));
    (job, number)
}

fn assert_same_product(run: &ActionRun, other: &ActionRun) {
    for output in ["verdict", "exit-code", "findings", "blocking-advisories"] {
        assert_eq!(run.output(output), other.output(output));
    }
    assert_eq!(run.summary, other.summary);
    assert_eq!(run.commands, other.commands);
    assert_eq!(run.has_succeeded, other.has_succeeded);
}

#[test]
fn a_pull_request_gets_one_comment_that_follows_it() {
    let Some(world) = World::new("a pull request gets one comment") else {
        return;
    };
    let (job, number) = job(&world, "pull-request");
    for _ in 0..2 {
        job.run(COMMENTED).assert_code("1");
    }
    let comments = world.comments(number);
    assert_eq!(comments.len(), 1);
    assert!(comments[0].contains("⛔ lockgate: BLOCKED") && comments[0].contains("brindle-tls"));

    let policy = job.workspace.read("lockgate.toml").replace("\"block\"", "\"note\"");
    let (policy, _) = policy.split_once("# This one was true once").unwrap();
    job.workspace.write("lockgate.toml", policy);
    job.run(COMMENTED).assert_code("0");
    let comments = world.comments(number);
    assert_eq!(comments.len(), 1);
    assert!(comments[0].contains("✅ lockgate: PASS"), "{}", comments[0]);
    world.proxy.assert_valid();
}

/// The product of a token that can only read is the same; the comment is a warning in the log.
#[test]
fn a_token_that_can_only_read_changes_nothing_but_the_comment() {
    let Some(world) = World::new("a token that can only read") else {
        return;
    };
    for fixture in ["pull-request-fork", "pull-request-dependabot"] {
        let (job, number) = job(&world, fixture);
        let uncommented = job.run(&[("base", "none")]);
        let denied = "Resource not accessible by integration";
        world.proxy.fault("POST", "/comments", Fault::Refuse(403, &[], denied));
        let run = job.run(COMMENTED);
        assert_same_product(&run, &uncommented);
        run.assert_code("1");
        assert!(
            run.log.contains("warning: there is no comment on the pull request"),
            "{}",
            run.log
        );
        assert_eq!(world.proxy.left_over(), 0);
        assert_eq!(world.comments(number), Vec::<String>::new());
    }
}

#[test]
fn without_a_token_or_a_pull_request_there_is_no_comment_and_the_same_verdict() {
    let Some(world) = World::new("without a token") else {
        return;
    };
    let (job, _) = job(&world, "pull-request");
    let uncommented = job.run(&[("base", "none")]);
    let without_token = job.run(&[COMMENTED, &[("token", "")]].concat());
    assert_same_product(&without_token, &uncommented);
    for (event, fixture) in [("push", "push"), ("merge_group", "merge-group")] {
        let job = Job::on(event, fixture)
            .token("token-of-the-gate")
            .env("GITHUB_API_URL", world.proxy.api());
        job.run(COMMENTED).assert_code("1");
    }
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn tickets_are_opened_on_a_branch_and_not_for_a_pull_request() {
    let Some(world) = World::new("tickets of the action") else {
        return;
    };
    let tracked = [("base", "none"), ("tickets", "true")];
    let (job, _) = job(&world, "pull-request");
    job.run(&tracked).assert_code("1");
    assert_eq!(world.proxy.writes(), 0);
    let job = Job::on("schedule", "schedule")
        .token("token-of-the-gate")
        .env("GITHUB_API_URL", world.proxy.api());
    job.run(&tracked).assert_code("1");
    let titles: Vec<Value> = world
        .open_issues()
        .iter()
        .filter(|issue| issue["pull_request"].is_null())
        .map(|issue| issue["title"].clone())
        .collect();
    assert_eq!(titles.len(), 1, "{titles:?}");
    assert!(titles[0].as_str().unwrap().starts_with("RUSTSEC-2026-9002"));
    world.proxy.assert_valid();
}

#[test]
fn the_token_reaches_no_log() {
    let Some(world) = World::new("the token reaches no log") else {
        return;
    };
    let (job, number) = job(&world, "pull-request");
    let run = job.run(COMMENTED);
    let said = format!("{}{}{:?}{:?}", run.log, run.summary, run.outputs, world.comments(number));
    assert!(!said.contains("token-of-the-gate"));
}
