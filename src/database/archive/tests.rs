use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::package::Ecosystem;
use crate::policy::SourcePlace;

fn pack(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read_bytes(bytes: &[u8]) -> Result<SourceRecords, SourceError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.zip");
    fs::write(&path, bytes).unwrap();
    assert!(is_archive(&path));
    let source = Source {
        kind: SourceKind::Osv,
        name: "npm".into(),
        place: SourcePlace::Path(String::new()),
        ecosystem: None,
        location: None,
    };
    read(&source, &path, &Changes::default())
}

fn record(id: &str) -> Vec<u8> {
    let affected = r#"[{"package":{"ecosystem":"npm","name":"left-pad"}}]"#;
    format!(r#"{{"id":"{id}","affected":{affected}}}"#).into_bytes()
}

#[test]
fn every_record_of_an_archive_is_read() {
    let bytes = pack(&[
        ("GHSA-bbbb-bbbb-bbbb.json", &record("GHSA-bbbb-bbbb-bbbb")),
        ("nested/GHSA-aaaa-aaaa-aaaa.json", &record("GHSA-aaaa-aaaa-aaaa")),
        ("README.txt", b"text"),
        ("GHSA-cccc-cccc-cccc.json", b"{"),
    ]);
    let records = read_bytes(&bytes).unwrap();
    let ids: Vec<_> = records.advisories.iter().map(|advisory| advisory.id.as_str()).collect();
    assert_eq!(ids, ["GHSA-bbbb-bbbb-bbbb", "GHSA-aaaa-aaaa-aaaa"]);
    assert_eq!(records.unreadable[0].file, "GHSA-cccc-cccc-cccc.json");
    assert_eq!(records.info.advisories, [(Ecosystem::Npm, 2)].into());
    assert!(records.info.revision.starts_with("sha256:"));
    assert!(records.info.current_at.is_some());
}

#[test]
fn damaged_and_hostile_archives_are_refused() {
    let whole = pack(&[("ACME-1.json", &record("ACME-1"))]);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("is not a readable zip file", Vec::new()),
        ("is not a readable zip file", b"{}".to_vec()),
        ("is not a readable zip file", whole[..whole.len() - 20].to_vec()),
        ("points out of the archive", pack(&[("../ACME-1.json", b"{}")])),
        ("points out of the archive", pack(&[("/ACME-1.json", b"{}")])),
        ("points out of the archive", pack(&[("a/..\\ACME-1.json", b"{}")])),
        ("holds no advisory", pack(&[])),
        ("holds no advisory", pack(&[("README.txt", b"text")])),
        (
            "two entries of one name",
            // Rename the second entry to the first in every header.
            replace(
                &pack(&[("ACME-1.json", &record("ACME-1")), ("ACME-2.json", &record("ACME-1"))]),
                b"ACME-2.json",
                b"ACME-1.json",
            ),
        ),
    ];
    for (message, bytes) in cases {
        let error = read_bytes(&bytes).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(!error.help().is_empty());
    }
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    while let Some(at) = bytes.windows(from.len()).position(|window| window == from) {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

#[test]
fn one_damaged_entry_does_not_cost_the_others() {
    let size = usize::try_from(MAX_RECORD_BYTES).unwrap() + 1;
    let bomb = vec![b' '; size];
    let bytes = pack(&[("ACME-1.json", &record("ACME-1")), ("ACME-2.json", &bomb)]);
    assert!(bytes.len() < size / 100);
    let records = read_bytes(&bytes).unwrap();
    assert_eq!(records.advisories.len(), 1);
    assert_eq!(records.unreadable[0].reason, "it has more than 8 MiB");
    // A wrong checksum: the content was altered.
    let content = record("ACME-3");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("ACME-3.json", stored).unwrap();
    writer.write_all(&content).unwrap();
    let changed = replace(&writer.finish().unwrap().into_inner(), b"left-pad", b"leftpads");
    let records = read_bytes(&changed).unwrap();
    assert_eq!((records.advisories.len(), records.unreadable.len()), (0, 1));
}
