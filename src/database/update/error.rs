//! Why a source or the snapshot is not up to date.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::database::reading::SourceError;
use crate::database::snapshot::SnapshotError;
use crate::disk;
use crate::network::NetworkError;

/// Why a source or the snapshot is not up to date. The previous state is kept.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The fetched content is not a valid source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A snapshot cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The list of changes does not have OSV's format.
    #[error("{url}: line {line} is not `time,id`")]
    Listing {
        url: String,
        /// The line, from 1.
        line: usize,
    },
    /// A record is not the requested one.
    #[error("{url}: {reason}")]
    Record {
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The manifest of a published snapshot cannot be used.
    #[error("{url}: the manifest cannot be used: {reason}")]
    Manifest {
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A published snapshot does not match its manifest.
    #[error("{url}: sha256 is {found}; the manifest says {expected}")]
    Digest {
        url: String,
        /// The digest in the manifest.
        expected: String,
        found: String,
    },
    /// Many records are gone.
    #[error("it offers {after} records where it had {before}: refused as incomplete")]
    Shrunk {
        before: u64,
        /// The number of offered records.
        after: u64,
    },
    /// The newest records are gone.
    #[error("its newest record is {}, and one of {before} is here: refused as an older copy", of_time(*after))]
    WentBack {
        /// The newest stored record.
        before: Timestamp,
        /// The newest offered record.
        after: Option<Timestamp>,
    },
    /// A snapshot would lack a source.
    #[error("no snapshot is written without {}", names.join(", "))]
    Lacking {
        /// The sources that have never been fetched.
        names: Vec<String>,
    },
    /// The old snapshot contains sources that the update does not fetch.
    #[error("{} holds {}, which an update does not fetch", path.display(), names.join(", "))]
    WouldLose {
        path: PathBuf,
        /// The sources that would be lost.
        names: Vec<String>,
    },
    /// The source cannot be fetched.
    #[error("it is not fetched")]
    NotFetched,
    /// A worker ended early.
    #[error("its update ended early")]
    Interrupted,
    #[error("{}: {cause}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        cause: String,
    },
}

/// The command that accepts a smaller source.
pub(super) const ACCEPT: &str = "run `lockgate db update --accept-shrink`";

fn of_time(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "of no time".to_owned(), |time| format!("of {time}"))
}

impl UpdateError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Network(NetworkError::Write { .. }) | Self::Disk { .. } => {
                "check that the folder may be written to and has space left".into()
            }
            Self::Network(error) => {
                let known = error.help();
                known.unwrap_or("try again later, or check the address of the source").into()
            }
            Self::Source(error) => error.help().into(),
            Self::Snapshot(error) => error.help(),
            Self::Listing { .. } | Self::Record { .. } => {
                "check that the address is laid out as OSV's bucket is".into()
            }
            Self::Manifest { .. } | Self::Digest { .. } => {
                "check the address, or ask whoever publishes the snapshot".into()
            }
            Self::Shrunk { .. } | Self::WentBack { .. } => format!("if that is right, {ACCEPT}"),
            Self::Lacking { .. } => {
                "run `lockgate db update` again once they can be fetched".into()
            }
            Self::WouldLose { .. } => {
                "name them in [database] sources of the policy, or write elsewhere: --out FILE"
                    .into()
            }
            Self::NotFetched => "leave it to the check".into(),
            Self::Interrupted => "run `lockgate db update` again".into(),
        }
    }

    pub(super) fn disk(path: &Path, cause: &io::Error) -> Self {
        Self::Disk { path: path.to_owned(), cause: disk::in_words(cause) }
    }

    /// Whether the server reports that the document does not exist.
    pub(super) fn is_gone(error: &NetworkError) -> bool {
        matches!(error, NetworkError::Status { status: 404 | 410, .. })
    }
}
