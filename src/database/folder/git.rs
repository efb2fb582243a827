//! The origin of a work tree, read without git (gitrepository-layout(5)).

use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// The state of a work tree.
pub(super) struct WorkTreeState {
    /// The commit that is checked out.
    pub(super) head: String,
    /// When it was last fetched, or cloned if it never was.
    pub(super) fetched_at: Option<SystemTime>,
}

/// The state of the work tree at `root`. `None` if there is none, or it cannot be read.
pub(super) fn state(root: &Path) -> Option<WorkTreeState> {
    let git = root.join(".git");
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let commit = match head.trim().strip_prefix("ref: ") {
        None => head.trim().to_owned(),
        Some(reference) => resolve(&git, reference)?,
    };
    let changed = |name: &str| fs::metadata(git.join(name)).and_then(|data| data.modified());
    is_commit(&commit).then(|| WorkTreeState {
        head: commit,
        fetched_at: changed("FETCH_HEAD").or_else(|_| changed("HEAD")).ok(),
    })
}

/// The commit of a branch, from its own file or from `packed-refs`.
fn resolve(git: &Path, reference: &str) -> Option<String> {
    if !reference.starts_with("refs/") || reference.split('/').any(|part| part == "..") {
        return None;
    }
    if let Ok(text) = fs::read_to_string(git.join(reference)) {
        return Some(text.trim().to_owned());
    }
    let packed = fs::read_to_string(git.join("packed-refs")).ok()?;
    packed.lines().find_map(|line| {
        let (commit, name) = line.split_once(' ')?;
        (name == reference).then(|| commit.to_owned())
    })
}

/// SHA-1 or SHA-256 in hexadecimal.
pub(in crate::database) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn head(files: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = folder.path().join(".git").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        state(folder.path()).map(|state| state.head)
    }

    #[test]
    fn the_commit_is_found_wherever_git_keeps_it() {
        let branch = ("HEAD", "ref: refs/heads/main\n");
        let loose = ("refs/heads/main", &*format!("{COMMIT}\n"));
        let packed = &*format!("# pack-refs with: peeled\n{COMMIT} refs/heads/main\n^{COMMIT}\n");
        let found = Some(COMMIT.to_owned());
        assert_eq!(head(&[("HEAD", COMMIT)]), found);
        assert_eq!(head(&[branch, loose]), found);
        assert_eq!(head(&[branch, ("packed-refs", packed)]), found);
    }

    #[test]
    fn a_folder_that_is_not_a_work_tree_has_no_state() {
        assert_eq!(head(&[]), None);
        assert_eq!(head(&[("HEAD", "ref: refs/heads/gone")]), None);
        assert_eq!(head(&[("HEAD", "ref: refs/../HEAD")]), None);
        assert_eq!(head(&[("HEAD", "nonsense")]), None);
    }
}
