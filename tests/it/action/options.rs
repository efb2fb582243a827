//! What the inputs do, and what becomes of those that make no sense.

use serde_json::Value;

use super::job::Job;
use crate::harness::Project;

#[test]
fn reports_are_written_where_the_workflow_wants_them() {
    let job = Job::on("push", "push");
    let files = [
        ("sarif-file", "lockgate.sarif"),
        ("html-file", "out of the way/lockgate.html"),
        ("json-file", "lockgate.json"),
        ("junit-file", "-lockgate.xml"),
    ];
    job.workspace.write("out of the way/.keep", "");
    let run = job.run(&[&[("base", "none")], &files[..]].concat());
    run.assert_code("1");
    for (output, file) in files {
        assert_eq!(run.output(output), file);
        assert!(!job.workspace.read(file).is_empty());
    }
    let report: Value = serde_json::from_str(&job.workspace.read("lockgate.json")).unwrap();
    assert_eq!(report["verdict"], "block");
    let markdown = std::fs::read_to_string(run.output("report-file")).unwrap();
    assert_eq!(markdown, run.summary);
}

#[test]
fn several_paths_stand_on_lines_of_their_own() {
    let job = Job::on("push", "push");
    let lines = "Cargo.lock\r\n\nweb/package-lock.json\n";
    let run = job.run(&[("base", "none"), ("path", lines)]);
    assert_eq!(run.output("findings"), "5");
    let run = job.run(&[("base", "none"), ("path", "web")]);
    assert_eq!(run.output("findings"), "1");
}

#[test]
fn the_policy_and_the_snapshot_may_be_named() {
    let job = Job::on("push", "push");
    job.workspace.write("strict.toml", "schema = 1\n");
    let demo = Project::copy_of("fixtures/demo");
    let file = job.workspace.path().join("advisories.lockgate");
    demo.run(&[
        "db",
        "import",
        "--rustsec",
        "advisories",
        "--osv",
        "npm=advisories/npm",
        "--out",
        file.to_str().unwrap(),
    ])
    .assert_code(0);
    let run = job.run(&[
        ("base", "none"),
        ("policy", "strict.toml"),
        ("db", "advisories.lockgate"),
        ("offline", "true"),
    ]);
    // Without the policy of the demo nothing is suppressed and everything blocks.
    run.assert_code("1");
    assert_eq!((run.output("suppressed"), run.output("blocking")), ("0", "4"));
}

/// A typing error never opens the gate, and never starts something else.
#[test]
fn an_input_that_makes_no_sense_fails_the_job() {
    let job = Job::on("push", "push");
    for (input, value) in [
        ("offline", "yes"),
        ("tickets", "True "),
        ("release", "1"),
        ("comment", "sometimes"),
        ("json-file", "a\nb"),
    ] {
        let run = job.run(&[("base", "none"), (input, value)]);
        assert!(!run.has_succeeded, "{input}: {}", run.log);
        assert_eq!(run.output("verdict"), "", "{input}");
        let [error] = &run.annotations("error")[..] else {
            panic!("{input}: {:?}", run.commands);
        };
        assert!(error.message.contains(input), "{}", error.message);
    }
    let both = job.run(&[("release", "true"), ("tickets", "true")]);
    assert!(!both.has_succeeded && both.log.contains("exclude each other"), "{}", both.log);
    for (input, value) in [
        ("path", "not-there"),
        ("policy", "not-there.toml"),
        ("vex", "not-there.json"),
        ("comment-key", "a b"),
        ("base", "--upload-pack=touch pwned"),
    ] {
        let run = job.run(&[(input, value), ("base", "none"), ("comment", "always")]);
        assert!(!run.has_succeeded, "{input}: {}", run.log);
        assert_eq!((run.output("verdict"), run.output("exit-code")), ("error", "2"), "{input}");
    }
    assert!(!job.workspace.path().join("pwned").exists());
}
