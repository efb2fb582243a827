//! Keeping a snapshot up to date: fetch changes, then compile.
//!
//! Every source is kept as it was fetched in a folder of its own, see [`state`]. A
//! source that cannot be fetched is used in its last state, with the time at which it was
//! last known current, so that freshness decides; and a snapshot is never written without one of its
//! sources. The old snapshot stays until the new one is complete.

pub mod error;
pub mod lock;
pub mod osv;
pub mod state;

mod archive;
mod compile;
mod listing;
mod missing;
mod older;
mod published;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::thread;

use jiff::{SignedDuration, Timestamp};

pub use self::compile::SnapshotUpdate;
pub use self::error::UpdateError;
pub use self::lock::UpdateLock;
pub use self::published::SnapshotManifest;

use self::error::ACCEPT;
use self::state::StateFolder;
use crate::database::collection::Collection;
use crate::network::{Fetch, Progress};
use crate::policy::{Source, SourceKind, SourcePlace};

/// Receives the progress of an update.
pub trait Observer: Sync {
    /// Another update holds the lock.
    fn waits(&self);

    /// A check starts fetching its advisories, for this reason.
    fn refreshes(&self, reason: &str);

    /// A download for a source begins.
    fn downloads(&self, source: &str) -> Box<dyn Progress + '_>;
}

/// The inputs of an update.
pub struct Updater<'run> {
    pub network: &'run dyn Fetch,
    /// The folder of the fetched sources.
    pub folder: &'run Path,
    /// Receives the progress.
    pub observer: &'run dyn Observer,
    /// Accept a source that offers less than before: fewer records, none as new as the known
    /// ones, or not all that it lists.
    pub accept_shrink: bool,
    /// The policy's limit for the age of a database.
    pub max_age: SignedDuration,
    /// The start of the update; sources that answer are known current as of then.
    pub now: Timestamp,
}

/// The result of an update.
#[derive(Debug)]
pub struct UpdateReport {
    /// Each source, in the order given.
    pub sources: Vec<SourceReport>,
    /// The result for the snapshot.
    pub snapshot: Result<SnapshotUpdate, UpdateError>,
}

impl UpdateReport {
    /// Whether every source is current and in the snapshot.
    pub fn is_complete(&self) -> bool {
        let written =
            matches!(self.snapshot, Ok(SnapshotUpdate::New(_) | SnapshotUpdate::Confirmed(_)));
        written && self.sources.iter().all(|source| source.result.is_ok())
    }
}

/// The result for one source.
#[derive(Debug)]
pub struct SourceReport {
    pub name: String,
    /// The changes, or why there are none.
    pub result: Result<SourceChange, UpdateError>,
    /// Remarks that change nothing.
    pub remarks: Vec<String>,
}

/// What was fetched for a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceChange {
    /// Nothing has changed.
    None,
    Records {
        /// How many records are new or different.
        changed: usize,
        /// How many records are gone.
        deleted: usize,
    },
    Whole,
}

/// One source after it was fetched.
struct Refreshed {
    change: SourceChange,
    /// Its content, if it had to be read.
    content: Option<Collection>,
}

impl Updater<'_> {
    /// Fetches the changes of `sources` and updates the snapshot at `out`. The
    /// caller holds the lock of `self.folder`.
    pub fn run(&self, _lock: &UpdateLock, sources: &[Source], out: &Path) -> UpdateReport {
        let fetched: Vec<Fetched> = thread::scope(|scope| {
            let workers: Vec<_> =
                sources.iter().map(|source| scope.spawn(move || self.refresh(source))).collect();
            let outcomes = workers.into_iter().map(thread::ScopedJoinHandle::join);
            outcomes
                .zip(sources)
                .map(|(outcome, source)| outcome.unwrap_or_else(|_| Fetched::broken(source)))
                .collect()
        });
        let mut reports = Vec::with_capacity(sources.len());
        let mut contents = Vec::with_capacity(sources.len());
        for Fetched { report, content } in fetched {
            reports.push(report);
            contents.push(content);
        }
        UpdateReport { snapshot: self.compile(sources, contents, out), sources: reports }
    }

    fn refresh(&self, source: &Source) -> Fetched {
        let mut remarks = Vec::new();
        let refreshed = self.try_refresh(source, &mut remarks);
        let (result, content) = match refreshed {
            Ok(Refreshed { change, content }) => (Ok(change), content),
            Err(error) => (Err(error), None),
        };
        Fetched { report: SourceReport { name: source.name.clone(), result, remarks }, content }
    }

    fn try_refresh(
        &self,
        source: &Source,
        remarks: &mut Vec<String>,
    ) -> Result<Refreshed, UpdateError> {
        let SourcePlace::Url(url) = &source.place else {
            return Err(UpdateError::NotFetched);
        };
        let folder = StateFolder::of(self.folder, source);
        fs::create_dir_all(&folder.path)
            .map_err(|cause| UpdateError::disk(&folder.path, &cause))?;
        let old = folder.load();
        let refreshed = match source.kind {
            SourceKind::RustSec => self.refresh_archive(source, url, &folder, old),
            SourceKind::Osv => osv::Bucket::new(self, source, url, &folder)?.refresh(old, remarks),
            SourceKind::Snapshot => self.refresh_published(source, url, &folder, old),
            SourceKind::Folder | SourceKind::NpmRegistry | SourceKind::OsvApi => {
                Err(UpdateError::NotFetched)
            }
        };
        refreshed.inspect_err(|_| folder.undo())
    }
}

/// The number of records of a source, including unreadable ones.
fn records(source: &crate::database::SourceInfo) -> u64 {
    source.total().saturating_add(source.unreadable)
}

struct Fetched {
    report: SourceReport,
    content: Option<Collection>,
}

impl Fetched {
    /// A worker ended early; its source is unchanged.
    fn broken(source: &Source) -> Self {
        Self {
            report: SourceReport {
                name: source.name.clone(),
                result: Err(UpdateError::Interrupted),
                remarks: Vec::new(),
            },
            content: None,
        }
    }
}
