//! Reports that nobody can write or read, and a clock that is none.

use std::fs::File;
use std::process::Stdio;

use super::{assert_refused, names, npm_project};
use crate::harness::{NOW, Project, Run};

#[test]
fn a_report_that_cannot_be_written_is_an_internal_error_unless_the_gate_is_closed_by_a_finding() {
    for (fixture, code) in [("withdrawn", 4), ("no-lockfile", 4), ("package-lock-3", 1)] {
        let project = Project::copy_of(&format!("fixtures/cases/{fixture}"));
        let before = names(project.path());
        for target in ["json=not/there.json", "json=advisories"] {
            let run = project.run(&["check", "--report", target]);
            run.assert_harmless().assert_code(code);
            run.assert_says(&["the report cannot be written"]);
        }
        assert_eq!(names(project.path()), before);
    }
}

#[test]
fn what_cannot_be_reported_is_refused_before_anything_is_decided() {
    let project = npm_project();
    let cases: &[(&[&str], &str)] = &[
        (&["--report", "text", "--report", "json"], "only one report"),
        (&["--report", "json=-", "--report", "text"], "only one report"),
        (&["--report", "yaml"], "there is no report `yaml`"),
        (&["--report", "json="], "names no file"),
    ];
    for (arguments, says) in cases {
        let arguments = [&["check"], *arguments].concat();
        assert_refused(&project.run(&arguments), &[says]);
    }
}

#[test]
fn who_stops_reading_still_gets_the_verdict() {
    for (fixture, code) in [("package-lock-3", 1), ("withdrawn", 0), ("no-lockfile", 3)] {
        let project = Project::copy_of(&format!("fixtures/cases/{fixture}"));
        for report in ["text", "json"] {
            let mut child = project
                .command(&["check", "--report", report])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            let run: Run = child.wait_with_output().unwrap().into();
            run.assert_harmless().assert_code(code);
        }
    }
}

#[test]
fn a_full_disk_is_no_pass() {
    for (fixture, code) in [("package-lock-3", 1), ("withdrawn", 4), ("no-lockfile", 4)] {
        let project = Project::copy_of(&format!("fixtures/cases/{fixture}"));
        let full = File::options().write(true).open("/dev/full").unwrap();
        let run: Run = project.command(&["check"]).stdout(full).output().unwrap().into();
        run.assert_harmless().assert_code(code);
        run.assert_says(&["the report cannot be written"]);
    }
}

#[test]
fn the_clock_must_be_a_time() {
    let project = npm_project();
    assert_refused(&project.run_at("yesterday", &["check"]), &["LOCKGATE_NOW"]);
    let run = project.run_at(NOW, &["check"]);
    assert!(run.stdout.contains("the clock is set"), "{}", run.stdout);
}
