//! The promise of the format: with any damage to the file, a look-up gives the right answer or an
//! error.

use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::content::{Fixture, npm};
use crate::database::snapshot::{Snapshot, SnapshotError};
use crate::package::{Ecosystem, PackageName};

/// A snapshot to damage, and what it must answer.
struct DamagedSnapshot {
    fixture: Fixture,
    sound: Vec<u8>,
    path: PathBuf,
    _folder: TempDir,
}

impl DamagedSnapshot {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("advisories.db");
        let fixture = Fixture::small();
        fixture.write(&path);
        let sound = std::fs::read(&path).unwrap();
        Self { fixture, sound, path, _folder: folder }
    }

    /// Asserts that neither a look-up nor reading everything gives a wrong answer.
    fn assert_never_lies(&self, bytes: &[u8], damage: &str) {
        std::fs::write(&self.path, bytes).unwrap();
        let Ok(snapshot) = Snapshot::open(&self.path) else {
            return;
        };
        let absent = [PackageName::new(Ecosystem::Cargo, "lodash"), npm("absent")];
        for name in self.fixture.packages.keys().chain(&absent) {
            if let Ok(answer) = snapshot.lookup(name) {
                let expected = self.fixture.packages.get(name);
                assert_eq!(answer.as_ref(), expected, "{damage}: {name:?}");
            }
        }
        assert_eq!(snapshot.sources(), self.fixture.sources, "{damage}");
        assert_eq!(snapshot.built_at(), self.fixture.built_at, "{damage}");
        if let Ok(unattributed) = snapshot.unattributed() {
            assert_eq!(unattributed, self.fixture.unattributed, "{damage}");
        }
        if bytes != self.sound {
            assert!(snapshot.verify().is_err(), "{damage}: verify sees nothing");
        }
    }
}

#[test]
fn an_intact_file_is_verified() {
    let patient = DamagedSnapshot::new();
    patient.assert_never_lies(&patient.sound, "no damage");
    Snapshot::open(&patient.path).unwrap().verify().unwrap();
}

#[test]
fn no_flipped_bit_changes_an_answer() {
    let patient = DamagedSnapshot::new();
    for at in 0..patient.sound.len() {
        for mask in [1 << (at % 8), 0xff] {
            let mut bytes = patient.sound.clone();
            bytes[at] ^= mask;
            patient.assert_never_lies(&bytes, &format!("byte {at} xor {mask:#x}"));
        }
    }
}

#[test]
fn no_truncation_opens() {
    let patient = DamagedSnapshot::new();
    for length in 0..patient.sound.len() {
        std::fs::write(&patient.path, &patient.sound[..length]).unwrap();
        let error = Snapshot::open(&patient.path).unwrap_err();
        match length {
            0 => assert!(matches!(error, SnapshotError::NotASnapshot { .. })),
            _ => assert!(matches!(error, SnapshotError::Truncated { .. }), "{length}: {error}"),
        }
    }
}

#[test]
fn bytes_after_the_end_are_refused() {
    let patient = DamagedSnapshot::new();
    let mut bytes = patient.sound.clone();
    bytes.push(0);
    std::fs::write(&patient.path, bytes).unwrap();
    let error = Snapshot::open(&patient.path).unwrap_err();
    assert!(matches!(error, SnapshotError::Altered { .. }), "{error}");
}

#[test]
fn a_file_that_shrinks_or_changes_after_it_was_opened_gives_an_error() {
    let patient = DamagedSnapshot::new();
    let snapshot = Snapshot::open(&patient.path).unwrap();
    let zeros = vec![0; patient.sound.len()];
    for bytes in [&zeros[..], &patient.sound[..200], &[]] {
        std::fs::write(&patient.path, bytes).unwrap();
        snapshot.lookup(&npm("lodash")).unwrap_err();
        snapshot.lookup(&npm("absent")).unwrap_err();
        snapshot.verify().unwrap_err();
    }
}

/// An interrupted copy over an older snapshot: each half is valid by itself.
#[test]
fn two_halves_of_two_snapshots_never_make_one() {
    let patient = DamagedSnapshot::new();
    let folder = tempfile::tempdir().unwrap();
    let other_path = folder.path().join("other.db");
    // As long as the other one, with all its parts in the same places.
    let mut other = patient.fixture.clone();
    for advisories in other.packages.values_mut() {
        for advisory in &mut advisories.advisories {
            advisory.details = advisory.details.replace("leaks", "drips");
        }
    }
    other.write(&other_path);
    let other = std::fs::read(other_path).unwrap();
    assert_eq!(other.len(), patient.sound.len());
    for cut in 1..other.len() {
        let mixed = [&patient.sound[..cut], &other[cut..]].concat();
        // The first bytes of all snapshots are the same.
        if mixed != other {
            patient.assert_never_lies(&mixed, &format!("the end of another from byte {cut}"));
        }
    }
}

proptest! {
    #[test]
    fn no_overwritten_stretch_changes_an_answer(
        at in any::<prop::sample::Index>(),
        stretch in prop::collection::vec(any::<u8>(), 1..600),
    ) {
        let patient = DamagedSnapshot::new();
        let at = at.index(patient.sound.len());
        let mut bytes = patient.sound.clone();
        let end = bytes.len().min(at + stretch.len());
        bytes[at..end].copy_from_slice(&stretch[..end - at]);
        patient.assert_never_lies(&bytes, "an overwritten stretch");
    }

    #[test]
    fn no_moved_stretch_changes_an_answer(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        length in 1usize..600,
    ) {
        let patient = DamagedSnapshot::new();
        let mut bytes = patient.sound.clone();
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        let length = length.min(bytes.len() - from.max(to));
        bytes.copy_within(from..from + length, to);
        patient.assert_never_lies(&bytes, "a moved stretch");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_opened_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("advisories.db");
        std::fs::write(&path, bytes).unwrap();
        prop_assert!(Snapshot::open(&path).is_err());
    }
}
