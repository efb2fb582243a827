//! Every event that starts a workflow, from the checked-out repository to what a reviewer sees.

use super::job::Job;
use crate::harness::Project;

/// Every event with the fixture that tells it.
pub(super) const EVENTS: &[(&str, &str)] = &[
    ("pull_request", "pull-request"),
    ("pull_request", "pull-request-fork"),
    ("pull_request", "pull-request-dependabot"),
    ("merge_group", "merge-group"),
    ("push", "push"),
    ("push", "push-new-branch"),
    ("push", "push-tag"),
    ("schedule", "schedule"),
    ("workflow_dispatch", "workflow-dispatch"),
];

#[test]
fn every_event_is_told_everything_where_everything_is_checked() {
    for (event, fixture) in EVENTS {
        let run = Job::on(event, fixture).run(&[("base", "none")]);
        run.assert_code("1");
        for (output, expected) in [
            ("verdict", "block"),
            ("findings", "5"),
            ("blocking", "2"),
            ("tickets", "1"),
            ("notes", "1"),
            ("suppressed", "1"),
            ("not-affected", "0"),
            ("gaps", "0"),
            ("blocking-advisories", "RUSTSEC-2026-9001,GHSA-demo-9005-glim"),
            ("sarif-file", ""),
        ] {
            assert_eq!(run.output(output), expected, "{fixture}: {output}");
        }
        assert!(run.summary.starts_with("<!-- lockgate:report -->\n## ⛔ lockgate: BLOCKED\n"));
        let errors = run.annotations("error");
        let first = errors.first().unwrap();
        assert_eq!(first.property("file"), "Cargo.lock", "{fixture}");
        assert!(first.property("title").starts_with("RUSTSEC-2026-9001: brindle-tls 1.4.2"));
        assert_eq!((errors.len(), run.annotations("warning").len()), (2, 1), "{fixture}");
        // The whole report is in the log as well.
        assert!(run.log.contains("BLOCKED  2 advisories block"), "{}", run.log);
    }
}

#[test]
fn a_gate_that_is_open_lets_the_job_go_on() {
    for (event, fixture) in EVENTS {
        let project = Project::copy_of("fixtures/demo");
        let policy = project.read("lockgate.toml").replace("\"block\"", "\"note\"");
        let (policy, _) = policy.split_once("# This one was true once").unwrap();
        project.write("lockgate.toml", policy);
        let run = Job::with(project, "web", event, fixture).run(&[("base", "none")]);
        run.assert_code("0");
        assert_eq!(run.output("verdict"), "pass");
        assert!(run.summary.contains("## ✅ lockgate: PASS"), "{}", run.summary);
        assert_eq!(run.annotations("error").len(), 0);
    }
}

#[test]
fn what_is_not_known_closes_the_gate() {
    let project = Project::copy_of("fixtures/demo");
    let policy = project.read("lockgate.toml").replace("\"block\"", "\"note\"");
    let (policy, _) = policy.split_once("# This one was true once").unwrap();
    let policy = policy.replace("3650d", "1m").replace("\"1m\"", "\"1h\"");
    project.write("lockgate.toml", policy);
    let run = Job::with(project, "web", "push", "push")
        .env("LOCKGATE_NOW", "2026-12-01T00:00:00Z")
        .run(&[("base", "none")]);
    run.assert_code("3");
    assert_eq!(run.output("verdict"), "indeterminate");
    assert_ne!(run.output("gaps"), "0");
    assert!(run.summary.contains("❔ lockgate: INDETERMINATE"), "{}", run.summary);
    assert!(!run.annotations("error").is_empty());
}

#[test]
fn where_nothing_was_decided_the_job_fails_and_says_so() {
    let project = Project::copy_of("fixtures/demo");
    project.write("lockgate.toml", "schema = 1\n[gate]\nhihg = \"block\"\n");
    let run = Job::with(project, "web", "pull_request", "pull-request").run(&[("base", "none")]);
    run.assert_code("2");
    assert_eq!(run.output("verdict"), "error");
    assert_eq!(run.output("findings"), "");
    assert!(run.summary.contains("nothing was decided"), "{}", run.summary);
    assert!(run.log.contains("hihg"), "{}", run.log);
    let [error] = &run.annotations("error")[..] else {
        panic!("{:?}", run.commands);
    };
    assert!(error.message.contains("exit code 2"), "{}", error.message);
}

/// A report that cannot be written is no pass, whatever was decided before.
#[test]
fn a_report_that_cannot_be_written_is_no_pass() {
    let project = Project::copy_of("fixtures/demo");
    let policy = project.read("lockgate.toml").replace("\"block\"", "\"note\"");
    let (policy, _) = policy.split_once("# This one was true once").unwrap();
    project.write("lockgate.toml", policy);
    let job = Job::with(project, "web", "push", "push");
    let run = job.run(&[("base", "none"), ("sarif-file", "not/there/lockgate.sarif")]);
    run.assert_code("4");
    assert_eq!((run.output("verdict"), run.output("sarif-file")), ("error", ""));
}

#[test]
fn a_report_that_a_change_brings_is_not_handed_over() {
    let project = Project::copy_of("fixtures/demo");
    project.write("lockgate.sarif", "{}").write("lockgate.toml", "schema = 2\n");
    let job = Job::with(project, "lockgate.sarif", "push", "push");
    let run = job.run(&[("base", "none"), ("sarif-file", "lockgate.sarif")]);
    run.assert_code("2");
    assert_eq!(run.output("sarif-file"), "");
}
