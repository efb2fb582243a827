//! Updates against a server in memory: each ends in the right snapshot or in the old one.

mod faults;
mod server;

use std::path::PathBuf;
use std::sync::Mutex;

use tempfile::TempDir;

use self::server::{Server, npm_record, record_about, zip};
use super::*;
use crate::database::snapshot::Snapshot;
use crate::database::{SourceInfo, sidecar};
use crate::package::{Ecosystem, PackageName};
use crate::policy::DatabasePolicy;
use crate::skip::skip;

const NPM: &str = "https://osv.example/npm";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time("2026-01-10T00:00:00Z")
}

fn later() -> Timestamp {
    time("2026-01-11T00:00:00Z")
}

fn source(kind: SourceKind, name: &str, url: &str) -> Source {
    Source {
        kind,
        name: name.into(),
        place: SourcePlace::Url(url.parse().unwrap()),
        ecosystem: (kind == SourceKind::Osv).then_some(Ecosystem::Npm),
        location: None,
    }
}

fn npm() -> Source {
    source(SourceKind::Osv, "osv-npm", "https://osv.example")
}

fn rustsec() -> Source {
    source(SourceKind::RustSec, "rustsec", "https://git.example/main.zip")
}

fn published() -> Source {
    source(SourceKind::Snapshot, "team", "https://team.example/db/manifest.json")
}

/// Records the notifications.
#[derive(Default)]
struct RecordingObserver(Mutex<Vec<String>>);

struct Deaf;

impl Progress for Deaf {
    fn advance(&self, _: u64, _: Option<u64>) {}
}

impl Observer for RecordingObserver {
    fn waits(&self) {
        self.0.lock().unwrap().push("waits".into());
    }

    fn refreshes(&self, reason: &str) {
        self.0.lock().unwrap().push(reason.into());
    }

    fn downloads(&self, _: &str) -> Box<dyn Progress + '_> {
        Box::new(Deaf)
    }
}

/// A machine with a cache of its own.
struct Machine {
    folder: TempDir,
    accept_shrink: bool,
    max_age: SignedDuration,
}

impl Machine {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            accept_shrink: false,
            max_age: SignedDuration::from_hours(24 * 3650),
        }
    }

    fn snapshot_path(&self) -> PathBuf {
        self.folder.path().join("advisories.lockgate")
    }

    fn update(&self, server: &Server, sources: &[Source], now: Timestamp) -> UpdateReport {
        let folder = self.folder.path().join("sources");
        let ear = RecordingObserver::default();
        let lock = UpdateLock::acquire(&folder, &ear).unwrap();
        let updater = Updater {
            network: server,
            folder: &folder,
            observer: &ear,
            accept_shrink: self.accept_shrink,
            max_age: self.max_age,
            now,
        };
        updater.run(&lock, sources, &self.snapshot_path())
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.snapshot_path()).unwrap()
    }

    fn sources(&self) -> Vec<SourceInfo> {
        let path = self.snapshot_path();
        let snapshot = Snapshot::open(&path).unwrap();
        snapshot.verify().unwrap();
        let mut sources = snapshot.sources().to_vec();
        sidecar::apply(&path, snapshot.digest(), &mut sources);
        sources
    }

    fn current_at(&self) -> Vec<Option<Timestamp>> {
        self.sources().iter().map(|info| info.current_at).collect()
    }

    /// The ids of all records about a package, with their titles.
    fn known(&self, package: &str) -> Vec<String> {
        let snapshot = Snapshot::open(&self.snapshot_path()).unwrap();
        let mut known = Vec::new();
        for ecosystem in Ecosystem::ALL {
            let found = snapshot.lookup(&PackageName::new(*ecosystem, package)).unwrap();
            let advisories = found.map(|found| found.advisories).unwrap_or_default();
            known.extend(advisories.iter().map(|advisory| {
                format!("{} {}", advisory.id.as_str(), advisory.title).trim().to_owned()
            }));
        }
        known
    }
}

/// The only result of a report about one source.
fn change(report: &UpdateReport) -> SourceChange {
    *report.sources[0].result.as_ref().unwrap()
}

/// A bucket of `count` records about as many packages, all from January 1st.
fn bucket(count: usize) -> Server {
    let server = Server::default();
    server.publish_npm(&(0..count).map(|n| npm_record(n, "2026-01-01")).collect::<Vec<_>>());
    server
}

#[test]
fn the_first_update_downloads_everything() {
    let (machine, server) = (Machine::new(), bucket(3));
    server.put("https://git.example/main.zip", &server::rustsec_zip(&["time", "rsa"]));
    let report = machine.update(&server, &[rustsec(), npm()], now());
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(machine.known("package-1"), ["GHSA-0001"]);
    assert_eq!(machine.known("time"), ["RUSTSEC-2026-0000 A flaw"]);
    let sources = machine.sources();
    let names: Vec<_> = sources.iter().map(|info| info.name.as_str()).collect();
    assert_eq!(names, ["rustsec", "osv-npm"]);
    assert_eq!(machine.current_at(), [Some(now()), Some(now())]);
    assert_eq!(sources[1].origin.as_deref(), Some("https://osv.example/npm/all.zip"));
    assert_eq!(sources[1].kinds.values().sum::<u64>(), 3);
}

#[test]
fn an_unchanged_source_is_confirmed_without_rewriting_the_snapshot() {
    let (machine, server) = (Machine::new(), bucket(3));
    server.put("https://git.example/main.zip", &server::rustsec_zip(&["time"]));
    machine.update(&server, &[rustsec(), npm()], now());
    let before = machine.bytes();
    server.take_log();
    let report = machine.update(&server, &[rustsec(), npm()], later());
    assert!(matches!(report.snapshot, Ok(SnapshotUpdate::Confirmed(_))), "{report:?}");
    assert_eq!(machine.bytes(), before);
    assert_eq!(machine.current_at(), [Some(later()), Some(later())]);
    let mut log = server.take_log();
    log.sort();
    assert_eq!(
        log,
        ["304 https://git.example/main.zip", "304 https://osv.example/npm/modified_id.csv"]
    );
}

#[test]
fn ten_changed_records_are_ten_small_requests() {
    let (machine, server) = (Machine::new(), bucket(100));
    machine.update(&server, &[npm()], now());
    server.take_log();
    let mut records: Vec<_> = (0..100).map(|n| npm_record(n, "2026-01-01")).collect();
    for (n, record) in records.iter_mut().enumerate().take(10) {
        *record = record_about(n, "2026-01-02", "now worse");
    }
    server.publish_npm(&records);
    let report = machine.update(&server, &[npm()], later());
    let expected = SourceChange::Records { changed: 10, deleted: 0 };
    assert_eq!(change(&report), expected);
    let log = server.take_log();
    assert_eq!(log.len(), 11, "{log:?}");
    assert!(log.iter().all(|line| !line.contains("all.zip")));
    assert_eq!(machine.known("package-3"), ["GHSA-0003 now worse"]);
    assert_eq!(machine.known("package-30"), ["GHSA-0030"]);
    // Again, from the archive and the stored changes.
    records[50] = record_about(50, "2026-01-03", "new too");
    server.publish_npm(&records);
    machine.update(&server, &[npm()], later());
    assert_eq!(machine.known("package-3"), ["GHSA-0003 now worse"]);
    assert_eq!(machine.known("package-50"), ["GHSA-0050 new too"]);
}

#[test]
fn a_record_that_is_no_longer_listed_disappears() {
    let (machine, server) = (Machine::new(), bucket(30));
    machine.update(&server, &[npm()], now());
    let records: Vec<_> = (0..29).map(|n| npm_record(n, "2026-01-01")).collect();
    server.publish_npm(&records);
    let report = machine.update(&server, &[npm()], later());
    assert_eq!(change(&report), SourceChange::Records { changed: 0, deleted: 1 });
    assert!(machine.known("package-29").is_empty());
    assert_eq!(machine.known("package-28"), ["GHSA-0028"]);
}

#[test]
fn a_list_that_does_not_reach_back_makes_a_full_download() {
    let (machine, server) = (Machine::new(), bucket(30));
    machine.update(&server, &[npm()], now());
    let mut records: Vec<_> = (0..30).map(|n| npm_record(n, "2026-01-01")).collect();
    records[7] = record_about(7, "2026-01-05", "changed");
    server.publish_npm(&records);
    server.put(&format!("{NPM}/modified_id.csv"), b"2026-01-05T00:00:00Z,GHSA-0007\n");
    let report = machine.update(&server, &[npm()], later());
    assert_eq!(change(&report), SourceChange::Whole);
    assert!(report.sources[0].remarks[0].contains("reach back"));
    assert_eq!(machine.known("package-7"), ["GHSA-0007 changed"]);
    assert_eq!(machine.known("package-8"), ["GHSA-0008"]);
}

#[test]
fn too_many_changes_make_a_full_download() {
    let count = osv::MAX_CHANGED + 1;
    let (machine, server) = (Machine::new(), bucket(count));
    machine.update(&server, &[npm()], now());
    let records: Vec<_> = (0..count).map(|n| npm_record(n, "2026-01-02")).collect();
    server.publish_npm(&records);
    server.take_log();
    let report = machine.update(&server, &[npm()], later());
    assert_eq!(change(&report), SourceChange::Whole);
    assert_eq!(server.take_log().len(), 2);
}

#[test]
fn an_archive_that_lags_behind_its_list_is_caught_up_with() {
    let (machine, server) = (Machine::new(), bucket(5));
    let mut records: Vec<_> = (0..5).map(|n| npm_record(n, "2026-01-01")).collect();
    let old = zip(&records);
    records[2] = record_about(2, "2026-01-02", "changed");
    server.publish_npm(&records);
    server.put(&format!("{NPM}/all.zip"), &old);
    machine.update(&server, &[npm()], now());
    assert_eq!(machine.known("package-2"), ["GHSA-0002 changed"]);
}

#[test]
fn a_bucket_without_a_list_is_downloaded_whole_when_it_changes() {
    let (machine, server) = (Machine::new(), bucket(3));
    server.remove(&format!("{NPM}/modified_id.csv"));
    assert_eq!(change(&machine.update(&server, &[npm()], now())), SourceChange::Whole);
    assert_eq!(change(&machine.update(&server, &[npm()], later())), SourceChange::None);
    assert_eq!(machine.current_at(), [Some(later())]);
}

#[test]
fn a_published_snapshot_is_taken_with_the_times_of_its_publisher() {
    let (publisher, server) = (Machine::new(), bucket(3));
    publisher.update(&server, &[npm()], now());
    server.publish_snapshot(&publisher.snapshot_path());
    let machine = Machine::new();
    let report = machine.update(&server, &[published()], later());
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(machine.known("package-1"), ["GHSA-0001"]);
    assert_eq!(machine.current_at(), [Some(now())]);
    let report = machine.update(&server, &[published()], later());
    assert_eq!(change(&report), SourceChange::None);
    assert_eq!(machine.current_at(), [Some(now())], "its publisher did not look again");
}

#[test]
fn only_one_update_runs_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let ear = RecordingObserver::default();
    let first = UpdateLock::acquire(folder.path(), &ear).unwrap();
    thread::scope(|scope| {
        let second = scope.spawn(|| UpdateLock::acquire(folder.path(), &ear).map(drop));
        while ear.0.lock().unwrap().is_empty() {
            thread::yield_now();
        }
        drop(first);
        second.join().unwrap().unwrap();
    });
    assert_eq!(*ear.0.lock().unwrap(), ["waits"]);
}

#[test]
fn the_public_databases_have_their_publishers_addresses() {
    let sources = DatabasePolicy::public_databases();
    let keys: std::collections::BTreeSet<_> = sources.iter().map(state::key).collect();
    assert_eq!(keys.len(), 3);
}

/// The public records of npm, if they are beside the repository.
#[test]
fn real_records_are_followed_with_one_request_for_each_change() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/advisories");
    #[expect(clippy::disallowed_methods, reason = "a test looks for real data")]
    let shared = std::env::var_os("LOCKGATE_SHARED")
        .map_or(shared, |path| Path::new(&path).join("advisories"));
    let Ok(archive) = fs::read(shared.join("npm.zip")) else {
        skip("shared", "real records of npm", format_args!("there is no {}", shared.display()));
        return;
    };
    let listing = fs::read_to_string(shared.join("npm.modified_id.csv")).unwrap();
    let (machine, server) = (Machine::new(), Server::default());
    server.put(&format!("{NPM}/all.zip"), &archive);
    server.put(&format!("{NPM}/modified_id.csv"), listing.as_bytes());
    assert!(machine.update(&server, &[npm()], now()).is_complete());
    assert_eq!(server.take_log().len(), 2, "the archive and its list agree");
    let total = machine.sources()[0].total();
    let mut changed = Vec::new();
    for n in 0..10 {
        let (id, time, json) = record_about(n, "2026-01-02", "new");
        changed.push(format!("{time},{id}\n"));
        server.put(&format!("{NPM}/{id}.json"), json.as_bytes());
    }
    server.put(&format!("{NPM}/modified_id.csv"), (changed.concat() + &listing).as_bytes());
    assert!(machine.update(&server, &[npm()], later()).is_complete());
    assert_eq!(server.take_log().len(), 11);
    assert_eq!(machine.sources()[0].total(), total + 10);
}
