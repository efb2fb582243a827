//! Any failure leaves the old snapshot, or the old records of one source.

use super::*;

/// Updates once, breaks something, and updates again: nothing may have changed.
fn assert_untouched(machine: &Machine, server: &Server, sources: &[Source], message: &str) {
    let before = machine.bytes();
    let report = machine.update(server, sources, later());
    assert!(!report.is_complete(), "{message}");
    let error = report.sources[0].result.as_ref().unwrap_err();
    assert!(error.to_string().contains(message), "{error}");
    assert!(!error.help().is_empty());
    assert_eq!(machine.bytes(), before, "{message}");
    assert_eq!(machine.current_at()[0], Some(now()), "{message}");
}

#[test]
fn a_source_that_fails_keeps_its_records_and_their_age_while_the_others_move_on() {
    let (machine, server) = (Machine::new(), bucket(3));
    server.put("https://git.example/main.zip", &server::rustsec_zip(&["time"]));
    machine.update(&server, &[rustsec(), npm()], now());
    server.put("https://git.example/main.zip", &server::rustsec_zip(&["time", "rsa"]));
    server.broken.lock().unwrap().push("https://osv.example".into());
    let report = machine.update(&server, &[rustsec(), npm()], later());
    assert!(!report.is_complete());
    assert!(matches!(report.snapshot, Ok(SnapshotUpdate::New(_))));
    assert_eq!(machine.known("rsa"), ["RUSTSEC-2026-0001 A flaw"]);
    assert_eq!(machine.known("package-1"), ["GHSA-0001"]);
    assert_eq!(machine.current_at(), [Some(later()), Some(now())]);
}

#[test]
fn no_snapshot_is_written_without_a_source() {
    let (machine, server) = (Machine::new(), bucket(3));
    let report = machine.update(&server, &[npm(), rustsec()], now());
    assert!(matches!(report.snapshot, Err(UpdateError::Lacking { .. })), "{report:?}");
    assert!(!machine.snapshot_path().exists());
    // The fetched sources are kept: only the rest is fetched the next time.
    server.put("https://git.example/main.zip", &server::rustsec_zip(&["time"]));
    server.take_log();
    assert!(machine.update(&server, &[npm(), rustsec()], later()).is_complete());
    assert!(!server.take_log().contains(&format!("200 {NPM}/all.zip")));
}

#[test]
fn a_snapshot_with_imported_sources_is_not_replaced_by_one_without_them() {
    let (machine, server) = (Machine::new(), bucket(3));
    machine.update(&server, &[npm()], now());
    let old = Snapshot::open(&machine.snapshot_path()).unwrap();
    let mut imported = Collection::of_snapshot(&old).unwrap();
    imported.sources[0].name = "our own".into();
    imported.sources[0].origin = Some("advisories".into());
    let content = crate::database::snapshot::SnapshotContent {
        packages: &imported.packages,
        sources: &imported.sources,
        unattributed: &imported.unattributed,
        built_at: now(),
    };
    crate::database::snapshot::write(&content, &machine.snapshot_path()).unwrap();
    let report = machine.update(&server, &[npm()], later());
    let error = report.snapshot.unwrap_err();
    assert!(error.to_string().contains("`our own`"), "{error}");
    assert_eq!(machine.sources()[0].name, "our own");
}

#[test]
fn an_invalid_zip_changes_nothing() {
    let good = server::rustsec_zip(&["time", "rsa"]);
    let url = "https://git.example/main.zip";
    let cases: [(&[u8], &str); 5] = [
        (b"<!DOCTYPE html><p>Sign in", "not a readable zip file"),
        (b"", "not a readable zip file"),
        (&good[..good.len() / 2], "not a readable zip file"),
        (&good[..good.len() - 1], "not a readable zip file"),
        (&server::pack(&[("top/README.md".into(), "text".into())]), "has no folder `crates`"),
    ];
    for (bad, message) in cases {
        let (machine, server) = (Machine::new(), Server::default());
        server.put(url, &good);
        machine.update(&server, &[rustsec()], now());
        server.put(url, bad);
        assert_untouched(&machine, &server, &[rustsec()], message);
        server.put(url, &good);
        assert!(machine.update(&server, &[rustsec()], later()).is_complete());
    }
}

#[test]
fn an_invalid_list_changes_nothing() {
    for bad in ["<html>", "", "2026-01-09T00:00:00Z,../../x\n"] {
        let (machine, server) = (Machine::new(), bucket(3));
        machine.update(&server, &[npm()], now());
        server.put(&format!("{NPM}/modified_id.csv"), bad.as_bytes());
        assert_untouched(&machine, &server, &[npm()], "is not `time,id`");
    }
}

#[test]
fn another_record_changes_nothing() {
    for (bad, message) in [
        ("<html>", "expected value"),
        ("{\"id\":\"GHSA-0002\"}", "the record is GHSA-0002"),
        ("[]", "invalid"),
    ] {
        let (machine, server) = (Machine::new(), bucket(3));
        machine.update(&server, &[npm()], now());
        let mut records: Vec<_> = (0..3).map(|n| npm_record(n, "2026-01-01")).collect();
        records[1] = npm_record(1, "2026-01-02");
        server.publish_npm(&records);
        server.put(&format!("{NPM}/GHSA-0001.json"), bad.as_bytes());
        assert_untouched(&machine, &server, &[npm()], message);
    }
}

#[test]
fn a_listed_record_that_cannot_be_found_is_reported_and_makes_a_full_download() {
    let (machine, server) = (Machine::new(), bucket(30));
    machine.update(&server, &[npm()], now());
    let mut records: Vec<_> = (0..30).map(|n| npm_record(n, "2026-01-01")).collect();
    records[3] = record_about(3, "2026-01-02", "changed");
    server.publish_npm(&records);
    server.remove(&format!("{NPM}/GHSA-0003.json"));
    let report = machine.update(&server, &[npm()], later());
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(change(&report), SourceChange::Whole);
    assert!(report.sources[0].remarks[0].contains("GHSA-0003"));
    assert_eq!(machine.known("package-3"), ["GHSA-0003 changed"]);
}

#[test]
fn a_source_that_lost_a_tenth_of_its_records_is_refused_unless_that_is_accepted() {
    let (mut machine, server) = (Machine::new(), bucket(20));
    machine.update(&server, &[npm()], now());
    server.publish_npm(&(0..17).map(|n| npm_record(n, "2026-01-01")).collect::<Vec<_>>());
    assert_untouched(&machine, &server, &[npm()], "17 records where it had 20");
    machine.accept_shrink = true;
    assert!(machine.update(&server, &[npm()], later()).is_complete());
    assert!(machine.known("package-19").is_empty());
    machine.accept_shrink = false;
    server.publish_npm(&(0..16).map(|n| npm_record(n, "2026-01-01")).collect::<Vec<_>>());
    assert!(machine.update(&server, &[npm()], later()).is_complete());
}

#[test]
fn a_published_snapshot_that_is_not_the_one_of_its_manifest_changes_nothing() {
    let file = "https://team.example/db/advisories.lockgate";
    let manifest = "https://team.example/db/manifest.json";
    let (publisher, server) = (Machine::new(), bucket(3));
    publisher.update(&server, &[npm()], now());
    server.publish_snapshot(&publisher.snapshot_path());
    let machine = Machine::new();
    machine.update(&server, &[published()], now());
    let good = String::from_utf8(server.document(manifest)).unwrap();
    let snapshot = server.document(file);
    for (from, to, message) in [
        ("\"bytes\"", "\"length\"", "missing field"),
        ("snapshot/v1", "snapshot/v9", "schema"),
        ("advisories.lockgate", "../advisories.lockgate", "not in its folder"),
        ("\"sha256\":\"", "\"sha256\":\"0", "the manifest says"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(good, bad);
        server.put(manifest, bad.as_bytes());
        assert_untouched(&machine, &server, &[published()], message);
    }
    server.put(manifest, format!("{good} ").as_bytes());
    server.put(file, &snapshot[..snapshot.len() / 2]);
    assert_untouched(&machine, &server, &[published()], "the manifest says");
    server.put(file, b"<html>");
    assert_untouched(&machine, &server, &[published()], "the manifest says");
}

#[test]
fn a_state_that_was_damaged_is_fetched_anew() {
    let (machine, server) = (Machine::new(), bucket(3));
    machine.update(&server, &[npm()], now());
    let folder = machine.folder.path().join("sources").join(state::key(&npm()));
    fs::write(folder.join("state.json"), "{").unwrap();
    assert_eq!(change(&machine.update(&server, &[npm()], later())), SourceChange::Whole);
    // A damaged archive is noticed when it is needed, and fetched by the update after that.
    fs::write(folder.join("archive-1.zip"), "").unwrap();
    fs::remove_file(machine.snapshot_path()).unwrap();
    assert!(!machine.update(&server, &[npm()], later()).is_complete());
    assert!(machine.update(&server, &[npm()], later()).is_complete());
}

#[test]
fn files_of_a_killed_update_are_removed() {
    let (machine, server) = (Machine::new(), bucket(3));
    machine.update(&server, &[npm()], now());
    let folder = machine.folder.path().join("sources").join(state::key(&npm()));
    for name in ["archive-9.zip", "listing-9.csv", ".lockgate-snapshot-x", "incoming.part"] {
        fs::write(folder.join(name), "half").unwrap();
    }
    machine.update(&server, &[npm()], later());
    let mut left: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["archive-1.zip", "changes-1.json", "incoming.part", "listing-1.csv", "state.json"]
    );
}

/// The missing records that may be about a package, as a check would report them.
fn lacking(machine: &Machine, package: &str) -> Vec<String> {
    let snapshot = Snapshot::open(&machine.snapshot_path()).unwrap();
    let known = snapshot.lookup(&PackageName::new(Ecosystem::Npm, package)).unwrap();
    let of_package = known.map(|known| known.unreadable).unwrap_or_default();
    let of_any = snapshot.unattributed().unwrap();
    assert!(of_any.iter().all(|record| record.ecosystem == Some(Ecosystem::Npm)));
    of_package.into_iter().chain(of_any).map(|record| record.file).collect()
}

#[test]
fn a_listed_record_that_cannot_be_fetched_is_not_ignored() {
    let (mut machine, server) = (Machine::new(), bucket(30));
    let mut records: Vec<_> = (0..30).map(|n| npm_record(n, "2026-01-01")).collect();
    let archive = zip(&records);
    records[3] = record_about(3, "2026-01-02", "changed");
    records.push(npm_record(30, "2026-01-02"));
    server.publish_npm(&records);
    server.put(&format!("{NPM}/all.zip"), &archive);
    server.remove(&format!("{NPM}/GHSA-0003.json"));
    server.remove(&format!("{NPM}/GHSA-0030.json"));
    assert!(machine.update(&server, &[npm()], now()).is_complete());
    // An older copy of one says what it is about; the other may be about anything.
    assert_eq!(lacking(&machine, "package-3"), ["GHSA-0003", "GHSA-0030"]);
    assert_eq!(lacking(&machine, "package-4"), ["GHSA-0030"]);
    // It is requested again although nothing else has changed, and still reported meanwhile.
    server.take_log();
    machine.update(&server, &[npm()], later());
    let log = server.take_log();
    assert!(log.iter().any(|line| line.ends_with("GHSA-0030.json")), "{log:?}");
    assert!(log.iter().all(|line| !line.ends_with("all.zip")), "{log:?}");
    assert_eq!(lacking(&machine, "package-3"), ["GHSA-0003", "GHSA-0030"]);
    // Found at last.
    let (_, _, json) = &records[3];
    server.put(&format!("{NPM}/GHSA-0003.json"), json.as_bytes());
    machine.update(&server, &[npm()], later());
    assert_eq!(machine.known("package-3"), ["GHSA-0003 changed"]);
    assert_eq!(lacking(&machine, "package-3"), ["GHSA-0030"]);
    // A person accepts that it is gone: a remark remains.
    machine.accept_shrink = true;
    machine.update(&server, &[npm()], later());
    machine.accept_shrink = false;
    assert_eq!(lacking(&machine, "package-4"), [""; 0]);
    records[5] = record_about(5, "2026-01-03", "changed");
    let (_, _, json) = &records[5];
    server.put(&format!("{NPM}/GHSA-0005.json"), json.as_bytes());
    let list: Vec<_> = records.iter().map(|(id, time, _)| format!("{time},{id}\n")).collect();
    server.put(&format!("{NPM}/modified_id.csv"), list.concat().as_bytes());
    assert!(machine.update(&server, &[npm()], later()).is_complete());
    assert_eq!(machine.known("package-5"), ["GHSA-0005 changed"]);
    assert_eq!(lacking(&machine, "package-5"), [""; 0]);
    let said = &machine.sources()[0].remarks;
    assert!(said[0].contains("GHSA-0030"), "{said:?}");
}

#[test]
fn an_archive_that_lacks_most_listed_records_is_incomplete() {
    let count = osv::MAX_CHANGED + 50;
    let (machine, server) = (Machine::new(), bucket(count));
    let few: Vec<_> = (0..30).map(|n| npm_record(n, "2026-01-01")).collect();
    server.put(&format!("{NPM}/all.zip"), &zip(&few));
    machine.update(&server, &[npm()], now());
    assert_eq!(lacking(&machine, "package-1"), [format!("GHSA-0030 and {} others", count - 31)]);
}

#[test]
fn an_older_copy_changes_nothing_unless_somebody_accepts_it() {
    let (mut machine, server) = (Machine::new(), bucket(30));
    let old: Vec<_> = (0..30).map(|n| npm_record(n, "2026-01-01")).collect();
    let mut new = old.clone();
    new.push(record_about(30, "2026-01-02", "the newest"));
    server.publish_npm(&new);
    machine.update(&server, &[npm()], now());
    server.publish_npm(&old);
    assert_untouched(&machine, &server, &[npm()], "refused as an older copy");
    assert_eq!(machine.known("package-30"), ["GHSA-0030 the newest"]);
    // The same if the cache is gone and only the snapshot is left.
    fs::remove_dir_all(machine.folder.path().join("sources")).unwrap();
    let report = machine.update(&server, &[npm()], later());
    assert!(report.snapshot.unwrap_err().to_string().contains("refused as an older copy"));
    assert_eq!(machine.known("package-30"), ["GHSA-0030 the newest"]);
    machine.accept_shrink = true;
    assert!(machine.update(&server, &[npm()], later()).is_complete());
    assert_eq!(machine.known("package-30"), [""; 0]);
}

#[test]
fn an_older_archive_or_published_snapshot_changes_nothing() {
    let (machine, server) = (Machine::new(), bucket(3));
    server.remove(&format!("{NPM}/modified_id.csv"));
    let newer: Vec<_> = (0..3).map(|n| npm_record(n, "2026-01-05")).collect();
    let older = server.document(&format!("{NPM}/all.zip"));
    server.put(&format!("{NPM}/all.zip"), &zip(&newer));
    machine.update(&server, &[npm()], now());
    server.put(&format!("{NPM}/all.zip"), &older);
    assert_untouched(&machine, &server, &[npm()], "refused as an older copy");

    let (publisher, server) = (Machine::new(), bucket(3));
    publisher.update(&server, &[npm()], now());
    let before = publisher.bytes();
    server.publish_npm(&newer);
    publisher.update(&server, &[npm()], now());
    server.publish_snapshot(&publisher.snapshot_path());
    let machine = Machine::new();
    machine.update(&server, &[published()], now());
    fs::write(publisher.snapshot_path(), before).unwrap();
    server.publish_snapshot(&publisher.snapshot_path());
    assert_untouched(&machine, &server, &[published()], "refused as an older copy");
}

#[test]
fn lost_records_are_reported_until_the_source_changes_again() {
    let (machine, server) = (Machine::new(), bucket(30));
    machine.update(&server, &[npm()], now());
    let records: Vec<_> = (0..29).map(|n| npm_record(n, "2026-01-01")).collect();
    server.publish_npm(&records);
    machine.update(&server, &[npm()], later());
    let said = &machine.sources()[0].remarks;
    assert!(said[0].contains("1 records fewer than before"), "{said:?}");
    assert!(said[0].contains("--accept-shrink"), "{said:?}");
    machine.update(&server, &[npm()], later());
    assert_eq!(machine.sources()[0].remarks.len(), 1, "nothing has changed since");
}

#[test]
fn not_modified_is_not_trusted_for_longer_than_a_database_may_be_old() {
    let (mut machine, server) = (Machine::new(), bucket(3));
    server.put("https://git.example/main.zip", &server::rustsec_zip(&["time"]));
    let sources = [rustsec(), npm()];
    machine.update(&server, &sources, now());
    machine.max_age = SignedDuration::from_hours(24 * 7);
    server.take_log();
    machine.update(&server, &sources, later());
    let log = server.take_log();
    assert!(log.iter().all(|line| !line.starts_with("304")), "{log:?}");
    machine.max_age = SignedDuration::from_hours(24 * 30);
    machine.update(&server, &sources, later());
    let log = server.take_log();
    assert!(log.iter().all(|line| line.starts_with("304")), "{log:?}");
}
