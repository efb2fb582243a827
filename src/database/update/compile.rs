//! Compiles the fetched sources into a snapshot.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use jiff::Timestamp;

use super::missing;
use super::state::{FetchedSource, StateFolder};
use super::{UpdateError, Updater};
use crate::database::archive;
use crate::database::collection::Collection;
use crate::database::snapshot::{self, Snapshot, SnapshotContent, SnapshotDigest};
use crate::database::{SourceInfo, sidecar};
use crate::policy::{Source, SourceKind};

/// The result for the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotUpdate {
    /// A new one was written.
    New(SnapshotDigest),
    /// It matches the sources; the file beside it records that this is still so.
    Confirmed(SnapshotDigest),
}

impl Updater<'_> {
    /// Updates the snapshot from the stored sources. `contents` are those that were already
    /// read.
    pub(super) fn compile(
        &self,
        sources: &[Source],
        contents: Vec<Option<Collection>>,
        out: &Path,
    ) -> Result<SnapshotUpdate, UpdateError> {
        let kept: Vec<(StateFolder, Option<FetchedSource>)> = sources
            .iter()
            .map(|source| StateFolder::of(self.folder, source))
            .map(|folder| {
                let state = folder.load();
                (folder, state)
            })
            .collect();
        let lacking = sources.iter().zip(&kept);
        let lacking = lacking.filter(|(_, (_, state))| state.is_none());
        let names: Vec<String> = lacking.map(|(source, _)| format!("`{}`", source.name)).collect();
        if !names.is_empty() {
            return Err(UpdateError::Lacking { names });
        }
        let kept: Vec<(StateFolder, FetchedSource)> =
            kept.into_iter().filter_map(|(folder, state)| Some((folder, state?))).collect();
        let infos: Vec<&SourceInfo> = kept.iter().flat_map(|(_, state)| &state.sources).collect();
        // A snapshot that cannot be opened has nothing to lose.
        if let Ok(old) = Snapshot::open(out) {
            check_imported(out, &old, &infos)?;
            self.check_newest(old.sources(), infos.iter().copied())?;
            if is_same(old.sources(), &infos) {
                return confirm(out, &old, &infos);
            }
        }
        let collection = load_all(sources, &kept, contents)?;
        write(&collection, self.now, out)
    }
}

/// Refuses to replace a snapshot that contains a source that was imported from disk and is not fetched.
fn check_imported(out: &Path, old: &Snapshot, new: &[&SourceInfo]) -> Result<(), UpdateError> {
    let is_imported = |info: &&SourceInfo| {
        let origin = info.origin.as_deref().unwrap_or_default();
        !origin.starts_with("https://") && !origin.starts_with("http://")
    };
    let names: Vec<String> = old
        .sources()
        .iter()
        .filter(is_imported)
        .filter(|info| new.iter().all(|new| new.name != info.name))
        .map(|info| format!("`{}`", info.name))
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(UpdateError::WouldLose { path: out.to_owned(), names })
}

/// Whether a snapshot was compiled from the current sources, apart from times.
fn is_same(old: &[SourceInfo], new: &[&SourceInfo]) -> bool {
    let timeless = |info: &SourceInfo| SourceInfo { current_at: None, ..info.clone() };
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| timeless(old) == timeless(new))
}

fn confirm(
    out: &Path,
    old: &Snapshot,
    infos: &[&SourceInfo],
) -> Result<SnapshotUpdate, UpdateError> {
    let times: BTreeMap<String, Timestamp> =
        infos.iter().filter_map(|info| Some((info.name.clone(), info.current_at?))).collect();
    sidecar::write(out, old.digest(), times)
        .map_err(|cause| UpdateError::disk(&sidecar::path_of(out), &cause))?;
    Ok(SnapshotUpdate::Confirmed(old.digest()))
}

/// Reads the remaining sources, several at a time, and combines everything in the
/// order of the sources.
fn load_all(
    sources: &[Source],
    kept: &[(StateFolder, FetchedSource)],
    contents: Vec<Option<Collection>>,
) -> Result<Collection, UpdateError> {
    let loaded: Vec<Result<Collection, UpdateError>> = thread::scope(|scope| {
        let workers: Vec<_> = sources
            .iter()
            .zip(kept)
            .zip(contents)
            .map(|((source, (folder, state)), content)| {
                scope.spawn(move || match content {
                    Some(content) => Ok(content),
                    None => load(source, folder, state),
                })
            })
            .collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined.map(|outcome| outcome.unwrap_or(Err(UpdateError::Interrupted))).collect()
    });
    let mut whole = Collection::default();
    for collection in loaded {
        whole.merge(collection?)?;
    }
    Ok(whole)
}

/// Reads a stored source. If that fails it is deleted, so that the next update fetches it.
fn load(
    source: &Source,
    folder: &StateFolder,
    state: &FetchedSource,
) -> Result<Collection, UpdateError> {
    let read = || -> Result<Collection, UpdateError> {
        let path = folder.file(&state.archive);
        let mut content = if source.kind == SourceKind::Snapshot {
            Collection::of_snapshot(&Snapshot::open(&path)?)?
        } else {
            archive::read(source, &path, &folder.changes(state)?)?.into()
        };
        missing::add(source, state, &mut content);
        // Its properties are those recorded when it was fetched.
        content.sources.clone_from(&state.sources);
        Ok(content)
    };
    read().inspect_err(|_| folder.forget())
}

fn write(
    collection: &Collection,
    now: Timestamp,
    out: &Path,
) -> Result<SnapshotUpdate, UpdateError> {
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|cause| UpdateError::disk(folder, &cause))?;
    }
    let content = SnapshotContent {
        packages: &collection.packages,
        sources: &collection.sources,
        unattributed: &collection.unattributed,
        built_at: now,
    };
    Ok(SnapshotUpdate::New(snapshot::write(&content, out)?))
}
