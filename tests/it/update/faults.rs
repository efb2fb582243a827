//! Every fault ends in the correct new snapshot or in the untouched old one, and in no wrong pass.

mod contents;

use std::collections::VecDeque;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::publisher::Source;
use super::{LATER, Machine, NEXT_DAY, clean, findings};
use crate::server::{Fault, Page, Server};

const RUSTSEC: &str = "/rustsec.zip";
const ARCHIVE: &str = "/osv/npm/all.zip";
const LIST: &str = "/osv/npm/modified_id.csv";
const RECORD: &str = "/osv/npm/GHSA-edit-0000-0002.json";

/// How an update has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With exit code 0 and the snapshot that a machine makes that knew nothing before.
    New,
    /// With exit code 3 and the old snapshot, byte for byte. The next update, after everything has
    /// been mended, makes good for it.
    Old,
}

/// What is wrong with the second edition.
struct Case {
    name: String,
    source: Source,
    /// Pages that are not as they should be.
    pages: Vec<(&'static str, Page)>,
    end: End,
}

/// One page is answered with these faults, one after the other, and then as it should be.
fn passing(path: &'static str, faults: &[Fault]) -> Case {
    let page = faults.iter().fold(page(path), |page, fault| page.fault(fault.clone()));
    case(format!("{path}: {faults:?}"), vec![(path, page)], End::New)
}

/// One page is always answered with this fault.
fn lasting(path: &'static str, fault: Fault, end: End) -> Case {
    let name = format!("{path}: always {fault:?}");
    case(name, vec![(path, page(path).always(fault))], end)
}

/// One page holds something else.
fn holding(path: &'static str, content: impl Into<Vec<u8>>, name: &str, end: End) -> Case {
    let page = Page::new(content).etag("\"else\"").ranges();
    case(format!("{path}: {name}"), vec![(path, page)], end)
}

fn case(name: String, pages: Vec<(&'static str, Page)>, end: End) -> Case {
    let source = source_of(pages[0].0);
    Case { name, source, pages, end }
}

fn source_of(path: &str) -> Source {
    if path == RUSTSEC { Source::RustSec } else { Source::Osv }
}

/// A page of the second edition as it should be.
fn page(path: &str) -> Page {
    source_of(path).pages(2).remove(path).unwrap()
}

/// Runs every case, several at a time, because most of their time is waiting.
fn run(cases: Vec<Case>) {
    let waiting = Mutex::new(VecDeque::from(cases));
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().pop_front();
                    let Some(case) = next else { break };
                    case.run();
                }
            });
        }
    });
}

impl Case {
    fn run(self) {
        let server = Server::start();
        self.source.publish(&server, 1);
        let machine = Machine::updated(&server, &[self.source]);
        let old = machine.snapshot();
        machine.check(LATER).assert_code(0);

        self.source.publish(&server, 2);
        for (path, page) in self.pages.clone() {
            server.route(path, page);
        }
        let run = machine.update(LATER);
        let name = &self.name;
        let said = format!("{name}\n{}", run.stderr);
        run.assert_harmless();
        match self.end {
            End::New => assert_eq!(run.code, 0, "{said}"),
            End::Old => {
                assert_eq!(run.code, 3, "{said}");
                assert!(machine.snapshot() == old, "the old snapshot was touched: {said}");
                machine.assert_is_old(name);
            }
        }
        // What follows is mended: nothing of the fault may be left behind.
        self.source.publish(&server, 2);
        if self.end == End::Old {
            machine.update(LATER).assert_code(0);
        }
        let expected = clean(&server, &[self.source], LATER);
        assert!(machine.snapshot() == Some(expected), "not the new snapshot: {said}");
        machine.verify().assert_code(0);
        let check = machine.check(LATER);
        assert_eq!(check.code, 1, "{name}");
        assert_eq!(findings(&check), self.source.findings(2), "{name}");
    }
}

impl Machine {
    /// The first edition decides as long as it is fresh, and not a second longer.
    fn assert_is_old(&self, name: &str) {
        assert_eq!(self.check(LATER).code, 0, "{name}");
        let check = self.check(NEXT_DAY);
        assert_eq!(check.code, 3, "{name}");
        assert_eq!(check.json()["gaps"][0]["code"], "database-stale", "{name}");
    }
}

#[test]
fn what_passes_is_waited_for() {
    let slow = Fault::Slow(500, Duration::from_millis(2));
    let mut cases = Vec::new();
    for path in [RUSTSEC, LIST, RECORD] {
        cases.extend([
            passing(path, &[Fault::Status(503), Fault::Status(500)]),
            passing(path, &[Fault::RetryAfter(429, "1")]),
            passing(path, &[Fault::RetryAfter(503, "0")]),
            passing(path, &[Fault::Hangup, Fault::CutAfter(3)]),
            passing(path, &[Fault::WrongLength(50)]),
            passing(path, std::slice::from_ref(&slow)),
            passing(path, &[Fault::Late(Duration::from_millis(20))]),
        ]);
    }
    run(cases);
}

#[test]
fn a_download_cut_at_any_tenth_ends_well() {
    let cut = |tenth| passing(RUSTSEC, &[Fault::CutAtTenth(tenth)]);
    let mut cases: Vec<Case> = (0..10).map(cut).collect();
    // Without an `ETag` it begins anew.
    cases.extend((0..10).map(|tenth| {
        let archive = page(RUSTSEC).body().to_vec();
        let page = Page::new(archive).fault(Fault::CutAtTenth(tenth));
        case(
            format!("{RUSTSEC}: cut at tenth {tenth}, no validator"),
            vec![(RUSTSEC, page)],
            End::New,
        )
    }));
    // Cut again and again, each time a little later.
    let tenths: Vec<Fault> = (1..10).map(|_| Fault::CutAtTenth(2)).collect();
    cases.push(passing(RUSTSEC, &tenths));
    run(cases);
}

#[test]
fn a_download_cut_at_any_tenth_is_continued_by_the_next_update() {
    for tenth in 1..10 {
        let server = Server::start();
        let source = Source::RustSec;
        let whole = page(RUSTSEC);
        let cut = whole.clone().fault(Fault::CutAtTenth(tenth));
        server.route(RUSTSEC, cut.always(Fault::Status(404)));
        let machine = Machine::new(&server, &[source]);
        machine.update(LATER).assert_code(3);
        assert_eq!(machine.snapshot(), None);
        server.route(RUSTSEC, whole);
        machine.update(LATER).assert_code(0);
        let last = server.requests().pop().unwrap();
        assert!(last.header("range").is_some(), "tenth {tenth} began anew");
        assert!(machine.snapshot() == Some(clean(&server, &[source], LATER)));
    }
}

#[test]
fn what_does_not_pass_leaves_everything_as_it_was() {
    let mut cases = Vec::new();
    for path in [RUSTSEC, LIST, RECORD] {
        cases.extend([
            lasting(path, Fault::RetryAfter(429, "3600"), End::Old),
            lasting(path, Fault::Status(403), End::Old),
            lasting(path, Fault::Status(503), End::Old),
            lasting(path, Fault::Hangup, End::Old),
            lasting(path, Fault::Html, End::Old),
            lasting(path, Fault::WrongLength(50), End::Old),
        ]);
    }
    cases.push(lasting(RUSTSEC, Fault::WrongLength(-10), End::Old));
    cases.push(lasting(RECORD, Fault::WrongLength(-10), End::Old));
    // The last line is cut: what is left of its id may name another record, or none.
    cases.push(lasting(LIST, Fault::WrongLength(-10), End::Old));
    for status in [404, 410] {
        cases.push(lasting(RUSTSEC, Fault::Status(status), End::Old));
        // Without a list, and where a listed record is not to be found, the archive is fetched.
        cases.push(lasting(LIST, Fault::Status(status), End::New));
        cases.push(lasting(RECORD, Fault::Status(status), End::New));
        let gone = |path| (path, page(path).always(Fault::Status(status)));
        cases.push(case(
            format!("record and archive: {status}"),
            vec![gone(RECORD), gone(ARCHIVE)],
            End::Old,
        ));
        cases.push(case(
            format!("list and archive: {status}"),
            vec![gone(LIST), gone(ARCHIVE)],
            End::Old,
        ));
    }
    run(cases);
}

#[test]
fn what_has_not_changed_is_confirmed_and_fresh_again() {
    for source in [Source::RustSec, Source::Osv] {
        let server = Server::start();
        source.publish(&server, 1);
        let machine = Machine::updated(&server, &[source]);
        let (old, asked) = (machine.snapshot(), server.requests().len());
        machine.check(NEXT_DAY).assert_code(3);
        machine.update(NEXT_DAY).assert_code(0);
        assert_eq!(server.requests().len(), asked + 1, "{source:?}");
        assert!(machine.snapshot() == old);
        machine.check(NEXT_DAY).assert_code(0);
    }
}

#[test]
fn one_source_that_fails_does_not_hold_up_the_other() {
    let server = Server::start();
    let both = [Source::RustSec, Source::Osv];
    for source in both {
        source.publish(&server, 1);
    }
    let machine = Machine::updated(&server, &both);
    for source in both {
        source.publish(&server, 2);
    }
    server.route(LIST, page(LIST).always(Fault::Status(403)));
    machine.update(LATER).assert_code(3).assert_says(&["osv-npm", "403"]);
    let check = machine.check(LATER);
    check.assert_code(1);
    assert_eq!(findings(&check), Source::RustSec.findings(2));
    let codes = |now| machine.check(now).json()["gaps"].to_string();
    assert_eq!(codes(LATER), "[]");
    assert!(codes(NEXT_DAY).contains("`osv-npm` was last known current"));
    assert!(!codes(NEXT_DAY).contains("`rustsec`"));
}
