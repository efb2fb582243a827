//! Real advisories: fetched whole, followed, and cut off.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use super::publisher::{Source, pack_as};
use super::{LATER, Machine, clean};
use crate::harness::{NOW, Project, shared};
use crate::server::{Fault, Page, Server};

const CRATES: [&str; 2] = ["crates.io.zip", "crates.io.modified_id.csv"];

fn read(path: PathBuf) -> Vec<u8> {
    fs::read(path).unwrap()
}

/// The archive and the list of one ecosystem, if they are here.
fn real(files: [&str; 2], test: &str) -> Option<[Vec<u8>; 2]> {
    let path = |file| shared(&format!("advisories/{file}"), test);
    Some([read(path(files[0])?), read(path(files[1])?)])
}

fn page(content: &[u8], etag: &str) -> Page {
    Page::new(content).etag(etag).ranges()
}

fn publish(server: &Server, [archive, list]: &[Vec<u8>; 2], etag: &str) {
    server.route("/osv/crates.io/all.zip", page(archive, etag));
    server.route("/osv/crates.io/modified_id.csv", page(list, etag));
}

/// A machine whose policy names the bucket for crates. The pinned records are months old.
fn machine(server: &Server) -> Machine {
    let project = Project::empty();
    let policy = format!(
        "schema = 1\n[database]\nmax-age = \"3650d\"\n[[database.sources]]\nkind = \"osv\"\n\
         ecosystem = \"crates.io\"\nurl = \"{}\"\n",
        server.url("/osv")
    );
    project.write("lockgate.toml", policy);
    let (name, lockfile) = Source::RustSec.lockfile();
    let lockfile = lockfile.replace("tarn", "time").replace("1.4.0", "0.1.42");
    project.write(name, lockfile);
    Machine { project }
}

fn clean_snapshot(server: &Server) -> Vec<u8> {
    let machine = machine(server);
    machine.update(LATER).assert_code(0);
    machine.snapshot().unwrap()
}

#[test]
fn a_real_archive_cut_at_every_tenth_arrives_whole() {
    let Some(real) = real(CRATES, "a real archive") else {
        return;
    };
    let server = Server::start();
    publish(&server, &real, "\"1\"");
    let expected = clean_snapshot(&server);
    for tenth in 0..10 {
        let cut = page(&real[0], "\"1\"").fault(Fault::CutAtTenth(tenth));
        server.route("/osv/crates.io/all.zip", cut);
        let machine = machine(&server);
        machine.update(LATER).assert_code(0);
        assert!(machine.snapshot().as_ref() == Some(&expected), "tenth {tenth}");
    }
    let machine = machine(&server);
    machine.update(NOW).assert_code(0);
    machine.verify().assert_code(0);
    machine.check(NOW).assert_code(1);
}

/// The archive in which ten records have changed, with the list and the records themselves.
fn ten_changed([archive, list]: &[Vec<u8>; 2]) -> ([Vec<u8>; 2], BTreeMap<String, Vec<u8>>) {
    const OF_THE_CHANGE: &str = "2026-11-21T00:00:00Z";
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        files.insert(name, content);
    }
    let mut changed = BTreeMap::new();
    let every = files.len() / 10;
    for (name, content) in files.iter_mut().step_by(every).take(10) {
        let mut record: serde_json::Value = serde_json::from_slice(content).unwrap();
        record["modified"] = OF_THE_CHANGE.into();
        record["summary"] = "It was changed".into();
        *content = serde_json::to_vec(&record).unwrap();
        changed.insert(name.clone(), content.clone());
    }
    let old = String::from_utf8(list.clone()).unwrap();
    let id = |name: &str| name.trim_end_matches(".json").to_owned();
    let mut lines: Vec<String> =
        changed.keys().map(|name| format!("{OF_THE_CHANGE},{}\n", id(name))).collect();
    let rest = old.lines().filter(|line| {
        let (_, listed) = line.split_once(',').unwrap();
        !changed.contains_key(&format!("{listed}.json"))
    });
    lines.extend(rest.map(|line| format!("{line}\n")));
    let files: Vec<_> = files.into_iter().collect();
    let archive = pack_as(zip::CompressionMethod::Deflated, &files);
    ([archive, lines.concat().into_bytes()], changed)
}

#[test]
fn ten_real_records_that_changed_are_ten_small_requests() {
    let Some(old) = real(CRATES, "ten real records") else {
        return;
    };
    let server = Server::start();
    publish(&server, &old, "\"1\"");
    let machine = machine(&server);
    machine.update(NOW).assert_code(0);
    let (new, changed) = ten_changed(&old);
    publish(&server, &new, "\"2\"");
    for (name, content) in &changed {
        server.route(&format!("/osv/crates.io/{name}"), page(content, "\"2\""));
    }
    let before = server.requests().len();
    machine.update(LATER).assert_code(0).assert_says(&["10 records fetched"]);
    let asked = server.requests().split_off(before);
    assert_eq!(asked.len(), 11, "the list and ten records");
    assert!(machine.snapshot() == Some(clean_snapshot(&server)));
}

#[test]
fn the_real_databases_are_fetched_together() {
    let Some(npm) = real(["npm.zip", "npm.modified_id.csv"], "real databases") else {
        return;
    };
    let Some(crates) = real(CRATES, "real databases") else {
        return;
    };
    let server = Server::start();
    publish(&server, &crates, "\"1\"");
    server.route("/osv/npm/all.zip", page(&npm[0], "\"1\""));
    server.route("/osv/npm/modified_id.csv", page(&npm[1], "\"1\""));
    Source::RustSec.publish(&server, 2);
    let both = [Source::RustSec, Source::Osv];
    let machine = Machine::updated(&server, &both);
    machine.verify().assert_code(0);
    assert!(machine.snapshot() == Some(clean(&server, &both, NOW)));
}
