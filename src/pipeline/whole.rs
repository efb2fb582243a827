//! Whether a check was one of a whole repository: then what it did not find is gone, and what it states
//! is stated about all that is shipped.

use std::path::PathBuf;

use crate::git::Repository;
use crate::outcome::Outcome;

/// Why a check was not of everything that git keeps, beside what is left out on purpose; a sentence
/// without a full stop. `None` if it was.
///
/// Git is asked where the repository begins: a folder `.git` without anything in it begins none.
pub fn not_whole(outcome: &Outcome, paths: &[PathBuf]) -> Option<String> {
    let is_root = |path: &PathBuf| {
        let Ok((_, root)) = Repository::with_work_tree(path) else {
            return false;
        };
        let place = |path: &PathBuf| path.canonicalize().ok();
        place(&root).is_some() && place(&root) == place(path)
    };
    if !paths.iter().filter(|path| path.is_dir()).any(is_root) {
        return Some(
            "it is not of a whole repository, from the folder that holds .git, as far as git says"
                .to_owned(),
        );
    }
    outcome.unsearched.doubts.first().cloned()
}
