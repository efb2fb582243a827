//! Why a snapshot cannot be used, and the command that repairs it.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;

/// Why a snapshot cannot be used or written.
///
/// In every case nothing is known: none of these ever means "no advisories".
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is nothing at the path.
    #[error("there is no advisory snapshot at {}", .path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The operating system refused to read it.
    #[error("the advisory snapshot {} cannot be read: {source}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// It is something else.
    #[error("{} is not an advisory snapshot: it looks like {looks_like}", .path.display())]
    NotASnapshot {
        path: PathBuf,
        /// What it is instead, with an article.
        looks_like: String,
    },
    /// Its end is missing.
    #[error("the advisory snapshot {} is truncated: {found} bytes instead of {expected}", .path.display())]
    Truncated {
        path: PathBuf,
        /// The expected minimum size, in bytes.
        expected: u64,
        /// The actual size.
        found: u64,
    },
    /// Some of its bytes were altered.
    #[error("the advisory snapshot {} was altered or damaged: {what} is not what was written", .path.display())]
    Altered {
        path: PathBuf,
        /// The part that is wrong.
        what: String,
    },
    /// Its bytes are intact, but this version does not understand them.
    #[error("the advisory snapshot {} was written by a lockgate that this one does not understand: {what}: {source}", .path.display())]
    Unintelligible {
        path: PathBuf,
        /// The part that is not understood.
        what: String,
        source: Box<dyn Error + Send + Sync>,
    },
    /// A later version of lockgate wrote it.
    #[error("the advisory snapshot {} has format {found}; this lockgate reads format {supported}", .path.display())]
    NewerFormat {
        path: PathBuf,
        found: u32,
        /// The supported format.
        supported: u32,
    },
    /// An earlier version of lockgate wrote it.
    #[error("the advisory snapshot {} has the old format {found}; this lockgate reads format {supported}", .path.display())]
    OlderFormat {
        path: PathBuf,
        found: u32,
        /// The supported format.
        supported: u32,
    },
    /// It could not be written. The previous file at the path is still there.
    #[error("the advisory snapshot {} cannot be written: {}", .path.display(), disk::in_words(.source))]
    WriteFailed { path: PathBuf, source: io::Error },
}

/// How to get a snapshot that works.
const REBUILD: &str = "rebuild it with `lockgate db import … --out FILE`, or fetch it again with `lockgate db update`";

impl SnapshotError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Missing { .. } => "build one with `lockgate db import … --out FILE`, or fetch it with `lockgate db update`".to_owned(),
            Self::Unreadable { .. } => {
                format!("check who may read it and whether its disk is sound, or {REBUILD}")
            }
            Self::NotASnapshot { .. } => {
                "advisory records become a snapshot with `lockgate db import --rustsec DIR --osv NAME=DIR_OR_ZIP --out FILE`".to_owned()
            }
            Self::Truncated { .. } | Self::Altered { .. } | Self::OlderFormat { .. } => {
                REBUILD.to_owned()
            }
            Self::Unintelligible { .. } => format!("{REBUILD}, with the lockgate that reads it"),
            Self::NewerFormat { .. } => {
                format!("update lockgate, or {REBUILD}, with this lockgate")
            }
            Self::WriteFailed { .. } => {
                "check that its folder exists, may be written to and has space left; what was there before is unchanged".to_owned()
            }
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Missing { path }
            | Self::Unreadable { path, .. }
            | Self::NotASnapshot { path, .. }
            | Self::Truncated { path, .. }
            | Self::Altered { path, .. }
            | Self::Unintelligible { path, .. }
            | Self::NewerFormat { path, .. }
            | Self::OlderFormat { path, .. }
            | Self::WriteFailed { path, .. } => path,
        }
    }

    /// The error for a failed read.
    pub(super) fn reading(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if source.kind() == io::ErrorKind::NotFound {
            Self::Missing { path }
        } else {
            Self::Unreadable { path, source }
        }
    }
}
