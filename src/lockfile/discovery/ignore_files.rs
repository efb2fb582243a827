//! Whether `.gitignore` files can be read at all: one may be a link to something that never ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::problem::Problem;

/// The largest ignore file that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// The ignore files that are not read.
#[derive(Clone, Debug, Default)]
pub(super) struct Unsound(Arc<Mutex<Vec<PathBuf>>>);

impl Unsound {
    /// Whether the ignore file of a folder can be read, or there is none.
    pub(super) fn look_in(&self, folder: &Path) -> bool {
        let path = folder.join(".gitignore");
        let is_sound = match fs::metadata(&path) {
            Ok(metadata) => metadata.is_file() && metadata.len() <= MAX_BYTES,
            Err(_) => true,
        };
        if !is_sound {
            let mut unsound = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            unsound.push(path);
        }
        is_sound
    }

    /// Looks in the folder where the walk starts, and in a repository in those above it.
    pub(super) fn look_above(&self, folder: &Path, is_in_repository: bool) {
        self.look_in(folder);
        if is_in_repository && let Ok(folder) = folder.canonicalize() {
            for above in folder.ancestors().skip(1) {
                self.look_in(above);
            }
        }
    }

    /// What is wrong, if anything is.
    pub(super) fn problems(&self) -> Option<Vec<Problem>> {
        let unsound = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let problems: Vec<Problem> = unsound
            .iter()
            .map(|path| {
                let megabytes = MAX_BYTES / (1024 * 1024);
                let said = format!("it is no regular file of at most {megabytes} MiB");
                Problem::in_file(path.display().to_string(), said)
                    .help("what it ignores is not known; put an ordinary file in its place")
            })
            .collect();
        (!problems.is_empty()).then_some(problems)
    }
}
