//! An update that is killed, and several at once: one of two snapshots is there, whole.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use super::publisher::Source;
use super::{LATER, Machine, clean, findings};
use crate::harness::NOW;
use crate::server::{Fault, Server};

const BOTH: [Source; 2] = [Source::RustSec, Source::Osv];

/// How often an update is killed.
const KILLS: u32 = 50;

/// Every moment of an update lies before this: a clean one takes far less.
const LONGEST: Duration = Duration::from_millis(120);

fn publish(server: &Server, edition: u32) {
    for source in BOTH {
        source.publish(server, edition);
    }
}

/// What an edition says of both locked packages.
fn expected(edition: u32) -> BTreeSet<String> {
    BOTH.iter().flat_map(|source| source.findings(edition)).collect()
}

fn spawn(machine: &Machine) -> Child {
    machine.update_command(NOW).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn found(machine: &Machine) -> BTreeSet<String> {
    findings(&machine.check(NOW)).into_iter().collect()
}

#[test]
fn an_update_killed_at_any_moment_leaves_the_old_snapshot_or_the_new_one() {
    let seed = fastrand::u64(..);
    eprintln!("seed: {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let server = Server::start();
    publish(&server, 1);
    let machine = Machine::updated(&server, &BOTH);
    // A second one has nothing to fetch, and notes beside the snapshot that it is fresh.
    machine.update(NOW).assert_code(0);
    let at_rest = machine.files().len();
    let mut there = (machine.snapshot().unwrap(), 1);
    let mut replaced = 0;
    for edition in 2..2 + KILLS {
        publish(&server, edition);
        let mut update = spawn(&machine);
        thread::sleep(LONGEST.mul_f64(random.f64()));
        update.kill().unwrap();
        update.wait().unwrap();
        let snapshot = machine.snapshot().unwrap();
        if snapshot != there.0 {
            assert!(snapshot == clean(&server, &BOTH, NOW), "edition {edition}, seed {seed}");
            there = (snapshot, edition);
            replaced += 1;
        }
        machine.verify().assert_code(0);
        assert_eq!(found(&machine), expected(there.1), "edition {edition}, seed {seed}");
        // Half of a new state beside the old one, for both sources and the snapshot, and no more.
        let files = machine.files();
        assert!(files.len() <= 3 * at_rest, "seed {seed}: {files:#?}");
    }
    eprintln!("{replaced} of {KILLS} updates were done before they were killed");
    machine.update(NOW).assert_code(0);
    assert_eq!(found(&machine), expected(1 + KILLS), "seed {seed}");
    machine.update(NOW).assert_code(0);
    assert_eq!(machine.files().len(), at_rest, "seed {seed}: {:#?}", machine.files());
}

#[test]
fn an_update_killed_during_a_download_is_continued() {
    for tenth in [1, 5, 9] {
        let server = Server::start();
        let archive = Source::RustSec.pages(1).remove("/rustsec.zip").unwrap();
        let cut = archive.body().len() * tenth / 10;
        let stops = archive.clone().always(Fault::StopsAfter(cut));
        server.route("/rustsec.zip", stops);
        let machine = Machine::new(&server, &[Source::RustSec]);
        let mut update = spawn(&machine);
        let part = || machine.files().into_iter().find(|name| name.ends_with("incoming.part"));
        let arrived = || part().map(|name| machine.cache().join(name).metadata().unwrap().len());
        while arrived() != Some(cut as u64) {
            assert_eq!(update.try_wait().unwrap(), None, "the update ended by itself");
            thread::sleep(Duration::from_millis(5));
        }
        update.kill().unwrap();
        update.wait().unwrap();
        server.route("/rustsec.zip", archive);
        machine.update(LATER).assert_code(0);
        let last = server.requests().pop().unwrap();
        assert_eq!(last.header("range"), Some(format!("bytes={cut}-").as_str()));
        assert!(machine.snapshot() == Some(clean(&server, &[Source::RustSec], LATER)));
        assert_eq!(part(), None);
    }
}

#[test]
fn several_updates_at_once_end_like_one() {
    let server = Server::start();
    publish(&server, 1);
    let machine = Machine::updated(&server, &BOTH);
    publish(&server, 2);
    let updates: Vec<Child> = (0..4).map(|_| spawn(&machine)).collect();
    for mut update in updates {
        assert_eq!(update.wait().unwrap().code(), Some(0));
    }
    assert!(machine.snapshot() == Some(clean(&server, &BOTH, NOW)));
    assert_eq!(found(&machine), expected(2));
}

#[test]
fn an_update_that_waits_goes_on_when_the_one_before_it_is_killed() {
    let server = Server::start();
    let archive = Source::RustSec.pages(1).remove("/rustsec.zip").unwrap();
    let stops = archive.clone().fault(Fault::StopsAfter(100));
    server.route("/rustsec.zip", stops);
    let machine = Machine::new(&server, &[Source::RustSec]);
    let mut first = spawn(&machine);
    while server.count("/rustsec.zip") == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    let second = machine.update_command(NOW).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(50));
    first.kill().unwrap();
    first.wait().unwrap();
    let second = second.wait_with_output().unwrap();
    assert_eq!(second.status.code(), Some(0));
    assert!(machine.snapshot() == Some(clean(&server, &[Source::RustSec], NOW)));
}

#[test]
fn what_killed_updates_left_beside_the_snapshot_is_swept_up() {
    let server = Server::start();
    publish(&server, 1);
    let machine = Machine::updated(&server, &BOTH);
    for number in 0..10 {
        fs::write(machine.cache().join(format!(".lockgate-snapshot-{number}")), "half").unwrap();
    }
    publish(&server, 2);
    machine.update(NOW).assert_code(0);
    let files = machine.files();
    assert!(!files.iter().any(|name| name.contains("snapshot-")), "{files:#?}");
}
