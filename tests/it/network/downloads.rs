//! Downloads that break off, continue, start over, and never leave half a file under its name.

use std::fs;

use lockgate::inside::{Fetch, Fetched};

use super::{OLD, Steps, Target, bytes, conditional, http, request};
use crate::server::{Fault, Page, Server};

const NOW: &str = "Sun, 22 Nov 2026 12:00:00 GMT";

#[test]
fn a_download_reports_how_far_it_is() {
    let server = Server::start();
    server.route("/all.zip", Page::new(bytes(300_000)).etag("\"1\""));
    let (target, steps) = (Target::new(), Steps::default());
    let fetched = http().download(&request(server.url("/all.zip")), &target.file, &steps).unwrap();
    target.assert_holds(&bytes(300_000));
    let Fetched::New { validators, .. } = fetched else {
        panic!("nothing new");
    };
    assert_eq!(validators.etag.as_deref(), Some("\"1\""));
    let steps = steps.0.into_inner().unwrap();
    assert_eq!(steps.first(), Some(&(0, Some(300_000))));
    assert_eq!(steps.last(), Some(&(300_000, Some(300_000))));
    assert!(steps.is_sorted());
}

#[test]
fn a_download_cut_at_every_tenth_is_continued() {
    let server = Server::start();
    let mut page = Page::new(bytes(100_000)).etag("\"1\"").ranges();
    for _ in 0..10 {
        page = page.fault(Fault::CutAtTenth(3));
    }
    server.route("/all.zip", page);
    let target = Target::new();
    target.fetch(&server).unwrap();
    target.assert_holds(&bytes(100_000));
    let requests = server.requests();
    assert_eq!(requests.len(), 11);
    for request in &requests[1..] {
        assert!(request.header("range").is_some());
        assert_eq!(request.header("if-range"), Some("\"1\""));
    }
}

#[test]
fn a_later_run_continues_what_an_earlier_one_left() {
    for tenth in 0..10 {
        let server = Server::start();
        let cut = Page::new(bytes(50_000)).etag("\"1\"").ranges();
        server.route("/all.zip", cut.clone().fault(Fault::CutAtTenth(tenth)).always(Fault::Hangup));
        let target = Target::new();
        target.fetch(&server).unwrap_err();
        assert!(!target.file.exists());
        server.route("/all.zip", cut);
        target.fetch(&server).unwrap();
        target.assert_holds(&bytes(50_000));
        let last = server.requests().pop().unwrap();
        let expected = (tenth > 0).then(|| format!("bytes={}-", 5_000 * tenth));
        assert_eq!(last.header("range"), expected.as_deref());
    }
}

#[test]
fn a_changed_file_is_fetched_from_its_beginning() {
    let changed = bytes(70_000).into_iter().rev().collect::<Vec<u8>>();
    for page in [
        Page::new(changed.clone()).etag("\"2\"").ranges(),
        Page::new(changed.clone()).etag("\"2\""),
        Page::new(changed.clone()),
        Page::new(changed.clone())
            .etag("\"2\"")
            .fault(Fault::IgnoreIfRange(changed.clone(), "\"2\"")),
        Page::new(changed.clone())
            .etag("\"1\"")
            .fault(Fault::IgnoreIfRange(changed[..60_000].to_vec(), "\"1\"")),
        Page::new(changed.clone()).etag("\"2\"").fault(Fault::Status(416)),
    ] {
        let server = Server::start();
        let first = Page::new(bytes(100_000)).etag("\"1\"").ranges();
        server.route("/all.zip", first.fault(Fault::CutAtTenth(5)).always(Fault::Hangup));
        let target = Target::new();
        target.fetch(&server).unwrap_err();
        assert_eq!(target.names(), ["all.zip.part", "all.zip.part.json"]);
        server.route("/all.zip", page);
        target.fetch(&server).unwrap();
        target.assert_holds(&changed);
    }
}

#[test]
fn only_a_version_that_is_named_is_continued() {
    for (page, continued) in [
        (Page::new(bytes(9_000)).last_modified(OLD).header("Date", NOW), true),
        (Page::new(bytes(9_000)).last_modified(NOW).header("Date", NOW), false),
        (Page::new(bytes(9_000)).etag("W/\"1\"").header("Date", NOW), false),
        (Page::new(bytes(9_000)), false),
    ] {
        let server = Server::start();
        server.route("/all.zip", page.ranges().fault(Fault::CutAtTenth(5)));
        let target = Target::new();
        target.fetch(&server).unwrap();
        target.assert_holds(&bytes(9_000));
        let requests = server.requests();
        assert_eq!(requests[1].header("range").is_some(), continued);
    }
}

#[test]
fn a_download_that_never_comes_further_is_given_up() {
    let server = Server::start();
    server.route("/all.zip", Page::new(bytes(9_000)).always(Fault::CutAtTenth(9)));
    let target = Target::new();
    target.fetch(&server).unwrap_err();
    assert!(!target.file.exists());
    // The first attempt came further than nothing; the retries count from there.
    assert_eq!(server.count("/all.zip"), 4);
}

#[test]
fn a_download_of_what_is_already_here_touches_nothing() {
    let server = Server::start();
    server.route("/all.zip", Page::new(bytes(9_000)).etag("\"1\"").ranges());
    let target = Target::new();
    fs::write(&target.file, b"what is here").unwrap();
    let request = conditional(server.url("/all.zip"), "\"1\"");
    assert_eq!(target.download(&http(), &request).unwrap(), Fetched::NotModified);
    target.assert_holds(b"what is here");
}

#[test]
fn a_failed_download_leaves_the_old_file() {
    for fault in [
        Fault::Status(404),
        Fault::Status(410),
        Fault::Status(500),
        Fault::RetryAfter(429, "900"),
        Fault::Html,
        Fault::Hangup,
        Fault::WrongLength(1),
    ] {
        let server = Server::start();
        server.route("/all.zip", Page::new(bytes(9_000)).etag("\"1\"").always(fault));
        let target = Target::new();
        fs::write(&target.file, b"what is here").unwrap();
        target.fetch(&server).unwrap_err();
        assert_eq!(fs::read(&target.file).unwrap(), b"what is here");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let server = Server::start();
    let file = Target::new().folder.path().join("missing/all.zip");
    let error = http().download(&request(server.url("/")), &file, &Steps::default()).unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
    assert_eq!(server.connections(), 0);
}
