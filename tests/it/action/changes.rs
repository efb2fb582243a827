//! What a change adds blocks, and what was there before does not: the base comes from the event.

use super::events::EVENTS;
use super::job::Job;
use super::proposals::proposed;
use crate::harness::Project;
use crate::tickets::world::World;

/// Events that propose a change.
fn proposes_a_change(fixture: &str) -> bool {
    fixture.starts_with("pull-request") || ["merge-group", "push"].contains(&fixture)
}

#[test]
fn every_event_that_proposes_a_change_is_told_what_it_adds() {
    for (event, fixture) in EVENTS {
        let run = Job::on(event, fixture).run(&[]);
        run.assert_code("1");
        let expected = if proposes_a_change(fixture) {
            ["GHSA-demo-9005-glim", "1", "1", "4", "0"]
        } else {
            ["RUSTSEC-2026-9001,GHSA-demo-9005-glim", "2", "", "", ""]
        };
        let outputs = ["blocking-advisories", "blocking", "added", "existing", "fixed"];
        assert_eq!(outputs.map(|output| run.output(output)), expected, "{fixture}");
    }
}

#[test]
fn a_change_that_adds_nothing_passes_without_a_comment() {
    let Some(world) = World::new("a change that adds nothing") else {
        return;
    };
    let project = Project::copy_of("fixtures/demo");
    project.write("docs/harbour.md", "How to moor.\n");
    let job = Job::with(project, "docs", "pull_request", "pull-request");
    let (job, number) = proposed(&world, job);
    let run = job.run(&[("comment", "on-findings")]);
    run.assert_code("0");
    assert_eq!((run.output("added"), run.output("existing")), ("0", "5"));
    assert!(!run.log.contains("warning: there is no comment"), "{}", run.log);
    assert_eq!(world.comments(number), Vec::<String>::new());
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn the_rights_of_the_base_branch_are_not_lent_to_strangers() {
    let run = Job::on("pull_request_target", "pull-request").run(&[]);
    run.assert_code("2");
    assert_eq!(run.output("verdict"), "error");
    assert!(run.log.contains("pull_request_target"), "{}", run.log);
}

#[test]
fn an_event_that_cannot_be_read_decides_nothing() {
    for commit in ["main", "--upload-pack=touch pwned", "$(touch pwned)", "0b6e1c7"] {
        let job = Job::on("pull_request", "pull-request").payload("/pull_request/base/sha", commit);
        let run = job.run(&[]);
        run.assert_code("2");
        assert!(!job.workspace.path().join("pwned").exists());
    }
}

#[test]
fn a_commit_may_be_named() {
    let job = Job::on("schedule", "schedule");
    let run = job.run(&[("base", "HEAD~1")]);
    run.assert_code("1");
    assert_eq!((run.output("added"), run.output("existing")), ("1", "4"));
    for wrong in ["--upload-pack=touch pwned", "-h", "not-there", "$(touch pwned)"] {
        let run = job.run(&[("base", wrong)]);
        assert!(!run.has_succeeded, "{wrong}");
        assert_ne!(run.output("verdict"), "pass", "{wrong}");
        assert!(!job.workspace.path().join("pwned").exists(), "{wrong}");
    }
}
