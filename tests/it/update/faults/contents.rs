//! Answers that arrive in full and are not what they should be.

use super::super::publisher::{modified, osv_records, pack, pack_as};
use super::{ARCHIVE, Case, End, LIST, RECORD, RUSTSEC, case, holding, lasting, page, run};
use crate::server::{Fault, Page, Server};
use crate::update::{LATER, Machine, Source, findings};

const HTML: &str = "<!doctype html><title>Please log in</title>";

/// The archive counts only where the record cannot be had.
fn archive_holding(content: impl Into<Vec<u8>>, name: &str, end: End) -> Case {
    let gone = page(RECORD).always(Fault::Status(404));
    let archive = Page::new(content).etag("\"else\"").ranges();
    case(format!("{ARCHIVE}: {name}"), vec![(RECORD, gone), (ARCHIVE, archive)], end)
}

/// Whatever is wrong with an archive, as a name and the bytes.
fn bad_archives(good: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let entry = |name: &str| pack(&[(name.to_owned(), b"{}".to_vec())]);
    vec![
        ("a web page", HTML.into()),
        ("nothing", Vec::new()),
        ("half of it", good[..good.len() / 2].to_vec()),
        ("all but a byte", good[..good.len() - 1].to_vec()),
        ("without its beginning", good[40..].to_vec()),
        ("no entry", pack(&[])),
        ("no record", entry("README.txt")),
        ("an entry outside", entry("../../GHSA-same-0000-0001.json")),
        ("an absolute entry", entry("/etc/GHSA-same-0000-0001.json")),
        ("entries of 4 GiB", declaring_a_bomb(good)),
    ]
}

/// The archive, each of whose entries says that it unpacks to almost 4 GiB.
fn declaring_a_bomb(archive: &[u8]) -> Vec<u8> {
    const CENTRAL: &[u8] = b"PK\x01\x02";
    const UNCOMPRESSED_SIZE: usize = 24;
    let mut bomb = archive.to_vec();
    let starts: Vec<usize> =
        (0..archive.len()).filter(|start| archive[*start..].starts_with(CENTRAL)).collect();
    assert!(starts.len() > 2);
    for start in starts {
        bomb[start + UNCOMPRESSED_SIZE..][..4].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    }
    bomb
}

#[test]
fn an_archive_that_is_none_changes_nothing() {
    let mut cases = Vec::new();
    for (name, content) in bad_archives(page(RUSTSEC).body()) {
        cases.push(holding(RUSTSEC, content, name, End::Old));
    }
    for (name, content) in bad_archives(page(ARCHIVE).body()) {
        cases.push(archive_holding(content, name, End::Old));
    }
    run(cases);
}

#[test]
fn a_list_that_is_none_changes_nothing() {
    let whole = modified(&osv_records(2));
    let cases = [
        ("a web page", HTML.to_owned()),
        ("nothing", String::new()),
        ("a line that is cut", whole[..whole.len() - 30].to_owned()),
        ("a time that is none", whole.replacen("2026", "year", 1)),
        ("an id that leads elsewhere", whole.replacen("GHSA-edit", "../GHSA-edit", 1)),
    ];
    run(cases.map(|(name, text)| holding(LIST, text, name, End::Old)).into());
}

#[test]
fn a_record_that_is_another_one_changes_nothing() {
    let whole = String::from_utf8(page(RECORD).body().to_vec()).unwrap();
    let cases = [
        ("a web page", HTML.to_owned()),
        ("nothing", String::new()),
        ("half of it", whole[..whole.len() / 2].to_owned()),
        ("another id", whole.replace("edit-0000-0002", "edit-0000-0009")),
        ("a list", "[]".to_owned()),
    ];
    run(cases.map(|(name, text)| holding(RECORD, text, name, End::Old)).into());
}

#[test]
fn records_that_are_listed_and_nowhere_to_be_found_take_nothing_away() {
    let server = Server::start();
    Source::Osv.publish(&server, 1);
    let machine = Machine::updated(&server, &[Source::Osv]);
    Source::Osv.publish(&server, 2);
    let phantom = "2026-11-21T00:00:00Z,GHSA-gone-0000-0001\n";
    let list = phantom.to_owned() + &modified(&osv_records(2));
    server.route(LIST, Page::new(list).etag("\"more\""));
    machine
        .update(LATER)
        .assert_code(0)
        .assert_says(&["GHSA-gone-0000-0001 is listed and cannot be found"]);
    let check = machine.check(LATER);
    check.assert_code(1);
    assert_eq!(findings(&check), Source::Osv.findings(2));
}

#[test]
fn a_list_that_forgets_most_records_makes_a_full_download() {
    let mut records = osv_records(2);
    records.drain(..10);
    run(vec![
        holding(LIST, modified(&records), "half of the records", End::New),
        lasting(LIST, Fault::CutAfter(100), End::Old),
    ]);
}

#[test]
fn a_record_that_unpacks_to_more_than_any_record_has_keeps_the_gate_closed() {
    let server = Server::start();
    Source::Osv.publish(&server, 1);
    let machine = Machine::new(&server, &[Source::Osv]);
    let mut files: Vec<(String, Vec<u8>)> = osv_records(1)
        .into_iter()
        .map(|(id, _, json)| (format!("{id}.json"), json.into_bytes()))
        .collect();
    files.push(("GHSA-bomb-0000-0001.json".to_owned(), vec![b' '; 20 << 20]));
    let bomb = pack_as(zip::CompressionMethod::Deflated, &files);
    assert!(bomb.len() < 100_000);
    server.route(ARCHIVE, Page::new(bomb));
    machine.update(LATER).assert_code(0);
    let check = machine.check(LATER);
    check.assert_code(3);
    let gap = check.json()["gaps"][0]["message"].to_string();
    assert!(gap.contains("it has more than 8 MiB"), "{gap}");
}
