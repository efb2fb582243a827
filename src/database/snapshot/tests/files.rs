//! Files that are not snapshots of this format, and writers that fail or collide.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::thread;

use super::content::{Fixture, npm};
use crate::database::snapshot::header::{HEADER_LENGTH, SnapshotHeader};
use crate::database::snapshot::write::replace;
use crate::database::snapshot::{FORMAT_VERSION, Snapshot, SnapshotError, write};

fn open_error(path: &Path) -> SnapshotError {
    let error = Snapshot::open(path).unwrap_err();
    assert_eq!(error.path(), path);
    assert!(error.to_string().contains(&path.display().to_string()));
    error
}

#[test]
fn foreign_files_are_refused_with_what_they_look_like() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    for (bytes, expected) in [
        (&b""[..], "an empty file"),
        (b"PK\x03\x04 and so on, more than a header long, more than a header long, more than a header long", "a zip archive"),
        (b"{ \"id\": \"ACME-1\" }", "a JSON document"),
        (b"not a snapshot\n", "a text file"),
    ] {
        fs::write(&path, bytes).unwrap();
        match open_error(&path) {
            SnapshotError::NotASnapshot { looks_like, .. } => assert_eq!(looks_like, expected),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = open_error(folder.path());
    assert!(error.to_string().ends_with("it looks like a folder"), "{error}");
    assert!(error.help().contains("lockgate db import"));
}

#[cfg(unix)]
#[test]
fn a_device_is_refused_and_never_replaced() {
    let device = Path::new("/dev/null");
    let error = open_error(device);
    assert!(matches!(error, SnapshotError::NotASnapshot { .. }), "{error}");
    let error = write(&Fixture::small().content(), device).unwrap_err();
    assert!(matches!(error, SnapshotError::WriteFailed { .. }), "{error}");
}

#[test]
fn a_missing_file_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let error = open_error(&folder.path().join("absent.db"));
    assert!(matches!(error, SnapshotError::Missing { .. }), "{error}");
    assert!(error.help().contains("lockgate db import"));
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_unreadable() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    Fixture::small().write(&path);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        eprintln!("skipped: this user may read every file");
        return;
    }
    let error = open_error(&path);
    assert!(matches!(error, SnapshotError::Unreadable { .. }), "{error}");
}

#[test]
fn other_formats_are_distinguished_from_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    Fixture::small().write(&path);
    let sound = fs::read(&path).unwrap();
    let header =
        SnapshotHeader::decode(&path, &sound[..HEADER_LENGTH], sound.len() as u64).unwrap();
    let write_as = |version| {
        let bytes = [&header.encode_as(version)[..], &sound[HEADER_LENGTH..]].concat();
        fs::write(&path, bytes).unwrap();
        open_error(&path)
    };

    let newer = write_as(FORMAT_VERSION + 1);
    assert!(matches!(newer, SnapshotError::NewerFormat { found: 6, supported: 5, .. }), "{newer}");
    assert!(newer.help().starts_with("update lockgate"));
    let older = write_as(FORMAT_VERSION - 1);
    assert!(matches!(older, SnapshotError::OlderFormat { found: 4, supported: 5, .. }), "{older}");
    assert!(older.help().contains("lockgate db import"));
}

#[test]
fn a_write_that_fails_keeps_the_old_file_and_leaves_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    Fixture::small().write(&path);
    let old = fs::read(&path).unwrap();
    let failed: io::Result<()> = replace(&path, |file| {
        file.write_all(b"half of a snapshot")?;
        Err(io::ErrorKind::StorageFull.into())
    });
    assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(fs::read(&path).unwrap(), old);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_write_into_a_missing_folder_or_over_a_folder_fails() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("absent/advisories.db"), folder.path().to_owned()] {
        let error = write(&Fixture::small().content(), &path).unwrap_err();
        assert!(matches!(error, SnapshotError::WriteFailed { .. }), "{error}");
        assert_eq!(error.path(), path);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_the_file_is_readable_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("2026-03.db"), folder.path().join("current.db"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    Fixture::small().write(&link);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    Snapshot::open(&file).unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), mode(&plain));
}

#[test]
fn writers_of_one_path_leave_one_whole_snapshot_and_readers_see_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    let fixtures = [Fixture::small(), Fixture::with_names(300), Fixture::default()];
    let digests: Vec<_> = fixtures.iter().map(|fixture| fixture.write(&path)).collect();
    thread::scope(|scope| {
        for fixture in &fixtures {
            scope.spawn(|| {
                for _ in 0..10 {
                    fixture.write(&path);
                }
            });
        }
        for _ in 0..50 {
            let snapshot = Snapshot::open(&path).unwrap();
            assert!(digests.contains(&snapshot.digest()));
            snapshot.verify().unwrap();
        }
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_open_snapshot_keeps_answering_when_it_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.db");
    Fixture::small().write(&path);
    let snapshot = Snapshot::open(&path).unwrap();
    Fixture::default().write(&path);
    assert!(snapshot.lookup(&npm("lodash")).unwrap().is_some());
    snapshot.verify().unwrap();
}
