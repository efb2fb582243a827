use std::collections::BTreeSet;

use super::*;
use crate::package::{Ecosystem, PackageName};
use crate::policy::SourcePlace;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn read_as(kind: SourceKind, root: &Path) -> Result<SourceRecords, SourceError> {
    let source = Source {
        kind,
        name: "test".into(),
        place: SourcePlace::Path(String::new()),
        ecosystem: None,
        location: None,
    };
    read(&source, root)
}

fn osv(id: &str, package: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2024-01-02T00:00:00Z","published":"2024-01-01T00:00:00Z",
            "affected":[{{"package":{{"ecosystem":"npm","name":"{package}"}}}}]}}"#
    )
}

fn markdown(id: &str, package: &str) -> String {
    format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2024-03-01\"\n\
         [versions]\npatched = []\n```\n\n# Title\n\nText\n"
    )
}

fn ids(records: &SourceRecords) -> Vec<&str> {
    let ids = records.advisories.iter().map(|advisory| advisory.id.as_str());
    ids.collect()
}

fn unreadable(records: &SourceRecords) -> Vec<(&str, &str)> {
    records.unreadable.iter().map(|record| (record.file.as_str(), record.reason.as_str())).collect()
}

#[test]
fn a_rustsec_database_is_read() {
    let folder = folder(&[
        ("README.md", "# RustSec\n"),
        ("crates/zlib/RUSTSEC-2024-0002.md", &markdown("RUSTSEC-2024-0002", "zlib")),
        ("crates/clock/RUSTSEC-2024-0001.md", &markdown("RUSTSEC-2024-0001", "clock")),
        ("crates/clock/RUSTSEC-0000-0000.md", "draft"),
        ("crates/broken/RUSTSEC-2024-0003.md", "```toml"),
        ("rust/std/CVE-2020-1.md", &markdown("CVE-2020-1", "std")),
        (".github/CONTRIBUTING.md", "text"),
    ]);
    let records = read_as(SourceKind::RustSec, folder.path()).unwrap();
    assert_eq!(ids(&records), ["RUSTSEC-2024-0001", "RUSTSEC-2024-0002"]);
    assert_eq!(records.skipped, 3);
    assert_eq!(records.info.advisories, [(Ecosystem::Cargo, 2)].into());
    assert_eq!(records.info.unreadable, 1);
    assert_eq!(records.info.kind, "rustsec");
    assert!(records.info.current_at.is_some());
    assert_eq!(records.info.newest_record, "2024-03-01T00:00:00Z".parse().ok());
    assert_eq!(
        records.unreadable[0].packages,
        BTreeSet::from([PackageName::new(Ecosystem::Cargo, "broken")])
    );
}

#[test]
fn a_teams_folder_has_both_formats_and_is_as_fresh_as_the_repository() {
    let folder = folder(&[
        ("README.md", "# Our advisories\n"),
        ("rust/ACME-1.md", &markdown("ACME-1", "clock")),
        ("npm/ACME-2.json", &osv("ACME-2", "left-pad")),
        ("package.json", "{\"name\": \"advisories\"}"),
    ]);
    let records = read_as(SourceKind::Folder, folder.path()).unwrap();
    assert_eq!(ids(&records), ["ACME-2", "ACME-1"]);
    assert_eq!(records.info.current_at, None);
    assert_eq!(records.info.advisories, [(Ecosystem::Cargo, 1), (Ecosystem::Npm, 1)].into());
}

#[test]
fn nothing_to_read_is_an_error() {
    let empty_database = folder(&[("crates/.keep", "")]);
    let other_ecosystem = folder(&[(
        "PYSEC-2024-1.json",
        r#"{"id":"PYSEC-2024-1","affected":[{"package":{"ecosystem":"PyPI","name":"x"}}]}"#,
    )]);
    let other_layout = folder(&[("RUSTSEC-2024-0001.md", "text")]);
    let cases = [
        (SourceKind::RustSec, empty_database.path(), "holds no advisory"),
        (SourceKind::Osv, other_ecosystem.path(), "holds no advisory"),
        (SourceKind::RustSec, other_layout.path(), "no folder `crates`"),
        (SourceKind::Osv, Path::new("/nonexistent"), "cannot read"),
    ];
    for (kind, path, message) in cases {
        let error = read_as(kind, path).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn the_revision_depends_on_the_content() {
    let revision = |files: &[(&str, &str)]| {
        let folder = folder(files);
        read_as(SourceKind::Osv, folder.path()).unwrap().info.revision
    };
    let (first, second) = (osv("ACME-1", "left-pad"), osv("ACME-2", "left-pad"));
    let one = revision(&[("ACME-1.json", &first), ("ACME-2.json", &second)]);
    assert!(one.starts_with("sha256:") && one.len() == 71, "{one}");
    assert_eq!(one, revision(&[("ACME-2.json", &second), ("ACME-1.json", &first)]));
    assert_ne!(one, revision(&[("ACME-1.json", &first)]));
    assert_ne!(one, revision(&[("a/ACME-1.json", &first), ("ACME-2.json", &second)]));
}

#[test]
fn a_work_tree_is_known_by_its_commit() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let folder = folder(&[(".git/HEAD", commit), ("ACME-1.json", &osv("ACME-1", "left-pad"))]);
    let records = read_as(SourceKind::Osv, folder.path()).unwrap();
    assert_eq!(records.info.revision, commit);
    assert!(records.info.current_at.is_some());
}

#[test]
fn a_duplicate_id_is_kept_twice_unless_the_records_are_equal() {
    let record = osv("ACME-1", "left-pad");
    let other = osv("ACME-1", "right-pad");
    let same = folder(&[("a/ACME-1.json", &record), ("b/ACME-1.json", &record)]);
    let same = read_as(SourceKind::Osv, same.path()).unwrap();
    assert_eq!((ids(&same), unreadable(&same)), (vec!["ACME-1"], vec![]));
    let different = folder(&[("a/ACME-1.json", &record), ("b/ACME-1.json", &other)]);
    let different = read_as(SourceKind::Osv, different.path()).unwrap();
    assert_eq!(ids(&different), ["ACME-1", "ACME-1"]);
    assert_eq!(
        unreadable(&different),
        [("b/ACME-1.json", "a/ACME-1.json tells ACME-1 differently")]
    );
    assert_eq!(different.unreadable[0].packages.len(), 2);
}

#[test]
fn a_record_that_is_too_large_is_reported() {
    let huge = " ".repeat(usize::try_from(MAX_RECORD_BYTES).unwrap() + 1);
    let folder = folder(&[("ACME-1.json", &huge), ("ACME-2.json", &osv("ACME-2", "left-pad"))]);
    let records = read_as(SourceKind::Osv, folder.path()).unwrap();
    assert_eq!(ids(&records), ["ACME-2"]);
    assert_eq!(unreadable(&records), [("ACME-1.json", "it has more than 8 MiB")]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_to_files_inside() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("ACME-9.json", &osv("ACME-9", "left-pad"))]);
    let inside = folder(&[(".data/ACME-1.json", &osv("ACME-1", "left-pad"))]);
    let link = |target: &Path, name: &str| symlink(target, inside.path().join(name)).unwrap();
    link(Path::new(".data/ACME-1.json"), "ACME-1.json");
    link(&outside.path().join("ACME-9.json"), "ACME-9.json");
    link(outside.path(), "more");
    link(Path::new("gone"), "ACME-8.json");
    let records = read_as(SourceKind::Osv, inside.path()).unwrap();
    assert_eq!(ids(&records), ["ACME-1"]);
    let files: Vec<_> = unreadable(&records).into_iter().map(|(file, _)| file).collect();
    assert_eq!(files, ["ACME-8.json", "ACME-9.json", "more"]);
}
