//! `check` fetches by itself what is missing or too old, if it may; and says so if that fails.

use std::fs;

use super::publisher::Source;
use super::{LATER, Machine, NEXT_DAY, findings};
use crate::harness::{NOW, Run};
use crate::server::{Fault, Page, Server};

const BOTH: [Source; 2] = [Source::RustSec, Source::Osv];

fn server(edition: u32) -> Server {
    let server = Server::start();
    publish(&server, edition);
    server
}

fn publish(server: &Server, edition: u32) {
    for source in BOTH {
        source.publish(server, edition);
    }
}

/// Nothing on the server is answered any more.
fn break_down(server: &Server, fault: &Fault) {
    for source in BOTH {
        for path in source.pages(2).into_keys() {
            server.route(&path, Page::new("").always(fault.clone()));
        }
    }
}

fn gap_codes(run: &Run) -> Vec<String> {
    let report = run.json();
    let gaps = report["gaps"].as_array().unwrap().iter();
    gaps.map(|gap| gap["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn advisories_that_are_missing_are_fetched() {
    let server = server(2);
    let machine = Machine::new(&server, &BOTH);
    let run = machine.check_online(NOW);
    run.assert_code(1).assert_says(&["there are no advisories yet, fetching"]);
    assert_eq!(findings(&run).len(), 2);
}

#[test]
fn advisories_that_are_too_old_are_fetched_before_anything_is_decided() {
    let server = server(1);
    let machine = Machine::updated(&server, &BOTH);
    machine.check_online(LATER).assert_code(0);
    publish(&server, 2);
    let run = machine.check_online(NEXT_DAY);
    run.assert_code(1).assert_says(&["the advisories are too old, fetching"]);
    assert_eq!(findings(&run).len(), 2);
    assert_eq!(gap_codes(&run), [""; 0]);
}

#[test]
fn advisories_that_are_confirmed_count_as_fresh() {
    let server = server(1);
    let machine = Machine::updated(&server, &BOTH);
    let old = machine.snapshot();
    machine.check_online(NEXT_DAY).assert_code(0);
    assert!(machine.snapshot() == old);
    machine.check(NEXT_DAY).assert_code(0);
}

#[test]
fn a_damaged_snapshot_is_made_anew() {
    let server = server(2);
    let machine = Machine::updated(&server, &BOTH);
    let path = machine.snapshot_path().unwrap();
    fs::write(&path, &machine.snapshot().unwrap()[..200]).unwrap();
    machine.check(LATER).assert_code(3);
    let run = machine.check_online(LATER);
    run.assert_code(1);
    assert_eq!(findings(&run).len(), 2);
    machine.verify().assert_code(0);
}

#[test]
fn fresh_advisories_are_used_as_they_are() {
    let server = server(1);
    let machine = Machine::updated(&server, &BOTH);
    let connections = server.connections();
    publish(&server, 2);
    machine.check_online(LATER).assert_code(0);
    assert_eq!(server.connections(), connections);
}

#[test]
fn what_cannot_be_fetched_keeps_the_gate_closed_with_the_age_and_what_mends_it() {
    for fault in [Fault::Status(403), Fault::Status(404), Fault::Html] {
        let server = server(1);
        let machine = Machine::updated(&server, &BOTH);
        let old = machine.snapshot();
        break_down(&server, &fault);
        let run = machine.check_online("2026-11-25T12:00:00Z");
        run.assert_code(3);
        assert_eq!(gap_codes(&run), ["database-stale", "database-stale"], "{fault:?}");
        let report = run.json();
        let gap = &report["gaps"][0];
        let message = gap["message"].as_str().unwrap();
        assert!(message.contains("last known current 3 days ago; the policy allows 24 hours"));
        assert!(gap["help"].as_str().unwrap().contains("lockgate db update"));
        let remarks = report["remarks"].to_string();
        assert!(remarks.contains("source `rustsec` could not be fetched"), "{remarks}");
        assert!(machine.snapshot() == old);
    }
}

#[test]
fn nothing_here_and_nothing_to_be_had_is_indeterminate() {
    let server = server(1);
    let machine = Machine::new(&server, &BOTH);
    break_down(&server, &Fault::Status(404));
    let run = machine.check_online(NOW);
    run.assert_code(3);
    assert_eq!(gap_codes(&run), ["database-missing"]);
}

#[test]
fn offline_nothing_is_fetched_and_stale_is_indeterminate() {
    let server = server(1);
    let machine = Machine::updated(&server, &BOTH);
    let connections = server.connections();
    publish(&server, 2);
    let by_variable = |value: &str| -> Run {
        let mut command = machine.project.command(&["check", "--report", "json"]);
        command.env("LOCKGATE_OFFLINE", value);
        command.env("LOCKGATE_NOW", NEXT_DAY);
        command.output().unwrap().into()
    };
    for run in [machine.check(NEXT_DAY), by_variable("1"), by_variable("true")] {
        run.assert_code(3);
        assert_eq!(gap_codes(&run), ["database-stale", "database-stale"]);
    }
    assert_eq!(server.connections(), connections);
}

#[test]
fn a_snapshot_that_was_named_is_left_alone() {
    let server = server(1);
    let machine = Machine::updated(&server, &BOTH);
    let path = machine.snapshot_path().unwrap();
    let connections = server.connections();
    let run: Run = machine
        .project
        .command(&["check", "--report", "json", "--db", path.to_str().unwrap()])
        .env("LOCKGATE_NOW", NEXT_DAY)
        .env_remove("LOCKGATE_OFFLINE")
        .output()
        .unwrap()
        .into();
    run.assert_code(3);
    assert_eq!(server.connections(), connections);
}

#[test]
fn a_clock_that_runs_backwards_is_a_gap() {
    let server = server(1);
    let machine = Machine::updated(&server, &BOTH);
    let before = "2026-11-22T11:00:00Z";
    for run in [machine.check(before), machine.check_online(before)] {
        run.assert_code(3);
        assert_eq!(gap_codes(&run), ["database-from-the-future", "database-from-the-future"]);
    }
}
