//! Newer facts about a snapshot, in a small file beside it: when its sources were last known
//! current.
//!
//! A source that answers "not modified" is fresh again without rewriting a large snapshot.
//! The file only counts for the snapshot it was written for,
//! and only for later times; if anything is wrong with it, it is ignored.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::database::SourceInfo;
use crate::database::snapshot::{SnapshotDigest, replace};

/// The largest size of the file: 1 MiB.
const MAX_BYTES: u64 = 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Sidecar {
    snapshot: String,
    current_at: BTreeMap<String, Timestamp>,
}

/// The path of the file for the snapshot at `snapshot`.
pub fn path_of(snapshot: &Path) -> PathBuf {
    let mut name = snapshot.as_os_str().to_owned();
    name.push(".fresh");
    PathBuf::from(name)
}

/// Records when the sources of a snapshot were last known current.
///
/// # Errors
///
/// The file cannot be written; the previous one stays.
pub fn write(
    snapshot: &Path,
    digest: SnapshotDigest,
    current_at: BTreeMap<String, Timestamp>,
) -> io::Result<()> {
    let json = serde_json::to_vec_pretty(&Sidecar { snapshot: digest.to_string(), current_at })?;
    replace(&path_of(snapshot), |file| file.write_all(&json))
}

/// Applies the later times in the file to a snapshot's sources.
pub fn apply(snapshot: &Path, digest: SnapshotDigest, sources: &mut [SourceInfo]) {
    let Some(sidecar) = read(&path_of(snapshot)) else {
        return;
    };
    if sidecar.snapshot != digest.to_string() {
        return;
    }
    for source in sources {
        let later = sidecar.current_at.get(&source.name).copied();
        // A source without a time is as fresh as the repository, and stays so.
        source.current_at =
            source.current_at.map(|time| later.map_or(time, |later| later.max(time)));
    }
}

fn read(path: &Path) -> Option<Sidecar> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return None;
    }
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn source(name: &str, current_at: Option<&str>) -> SourceInfo {
        SourceInfo {
            name: name.into(),
            kind: "osv".into(),
            origin: None,
            revision: String::new(),
            advisories: BTreeMap::new(),
            covers: BTreeSet::new(),
            kinds: BTreeMap::new(),
            unreadable: 0,
            current_at: current_at.map(|time| time.parse().unwrap()),
            newest_record: None,
            remarks: Vec::new(),
        }
    }

    const OLD: &str = "2026-01-01T00:00:00Z";
    const NEW: &str = "2026-01-02T00:00:00Z";

    fn applied(digest: SnapshotDigest, noted: &str, sources: &[SourceInfo]) -> Vec<Option<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("advisories.lockgate");
        let times = [("npm".to_owned(), noted.parse().unwrap())].into();
        write(&path, SnapshotDigest([1; 32]), times).unwrap();
        let mut sources = sources.to_vec();
        apply(&path, digest, &mut sources);
        sources.iter().map(|source| source.current_at.map(|time| time.to_string())).collect()
    }

    #[test]
    fn a_time_moves_forward_only_for_the_very_snapshot() {
        let same = SnapshotDigest([1; 32]);
        let other = SnapshotDigest([2; 32]);
        let npm = |time| [source("npm", Some(time))];
        assert_eq!(applied(same, NEW, &npm(OLD)), [Some(NEW.to_owned())]);
        assert_eq!(applied(same, OLD, &npm(NEW)), [Some(NEW.to_owned())]);
        assert_eq!(applied(other, NEW, &npm(OLD)), [Some(OLD.to_owned())]);
        assert_eq!(applied(same, NEW, &[source("own", Some(OLD))]), [Some(OLD.to_owned())]);
        assert_eq!(applied(same, NEW, &[source("npm", None)]), [None]);
    }

    #[test]
    fn a_damaged_file_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("advisories.lockgate");
        for content in ["", "{", "<html>", "{\"snapshot\":7}"] {
            fs::write(path_of(&path), content).unwrap();
            let mut sources = [source("npm", Some(OLD))];
            apply(&path, SnapshotDigest([1; 32]), &mut sources);
            assert_eq!(sources[0].current_at, Some(OLD.parse().unwrap()), "{content}");
        }
    }
}
