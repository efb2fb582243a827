//! Where files lie in their repository, in whatever folder lockgate was started.
//!
//! Those who read reports by machine take a path for one from the root of the repository (GitHub
//! documentation, "SARIF support for code scanning", "Workflow commands"); people take it for one from
//! the folder that they are in.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The root of a repository, and the folder that paths are told from.
#[derive(Debug)]
pub struct RepositoryRoot {
    root: PathBuf,
    current: PathBuf,
    /// Folders that were looked at, and where they lie without links.
    folders: Mutex<BTreeMap<PathBuf, PathBuf>>,
}

impl RepositoryRoot {
    /// The repository of the current folder if `checked` lies in it, else that of `checked`. `None`
    /// outside of any.
    pub fn of(checked: &Path, current: &Path) -> Option<Self> {
        let current = current.canonicalize().ok()?;
        let checked = current.join(checked).canonicalize().ok()?;
        let is_root = |folder: &&Path| is_repository(&folder.join(".git"));
        let of_current = current.ancestors().find(is_root).filter(|root| checked.starts_with(root));
        let root = of_current.or_else(|| checked.ancestors().find(is_root))?.to_owned();
        Some(Self { root, current, folders: Mutex::default() })
    }

    /// A path from the root, with `/` between its parts. What lies elsewhere keeps an absolute path.
    pub fn path_of(&self, shown: &str) -> String {
        let absolute = self.current.join(shown);
        let (Some(folder), Some(name)) = (absolute.parent(), absolute.file_name()) else {
            return shown.to_owned();
        };
        let place = self.folder(folder).join(name);
        let inside = place.strip_prefix(&self.root).unwrap_or(&place);
        inside.to_string_lossy().replace('\\', "/")
    }

    /// A folder without links. What is not there any more is joined to what is.
    fn folder(&self, folder: &Path) -> PathBuf {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders.get(folder) {
            return known.clone();
        }
        let there = folder.ancestors().find_map(|above| {
            let real = above.canonicalize().ok()?;
            Some(real.join(folder.strip_prefix(above).ok()?))
        });
        let mut place = PathBuf::new();
        for part in there.as_deref().unwrap_or(folder).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    place.pop();
                }
                other => place.push(other),
            }
        }
        folders.insert(folder.to_owned(), place.clone());
        place
    }
}

/// What git takes for a repository: its own folder, or a file that says where that is (git
/// documentation, "gitrepository-layout").
fn is_repository(git: &Path) -> bool {
    git.join("HEAD").symlink_metadata().is_ok() || git.is_file()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_path_counts_from_the_root_wherever_it_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let repository = folder.path().join("repo");
        for path in [".git/HEAD", "web/package-lock.json", "web/empty/.git/x", "other/x"] {
            fs::create_dir_all(repository.join(path).parent().unwrap()).unwrap();
            fs::write(repository.join(path), "").unwrap();
        }
        let absolute = repository.join("web/package-lock.json");
        for (current, checked, shown) in [
            ("repo", ".", "web/package-lock.json"),
            ("repo", "web", "./web/package-lock.json"),
            ("repo/web", ".", "package-lock.json"),
            ("repo/web/empty", "..", "../package-lock.json"),
            ("repo/other", "../web", "../web/package-lock.json"),
            ("repo/other", "../web", absolute.to_str().unwrap()),
            (".", "repo", "repo/web/package-lock.json"),
        ] {
            let current = folder.path().join(current);
            let root = RepositoryRoot::of(Path::new(checked), &current).unwrap();
            assert_eq!(root.path_of(shown), "web/package-lock.json", "{shown}");
            assert_eq!(root.path_of(&format!("{shown}.gone/x")), "web/package-lock.json.gone/x");
        }
        let root = RepositoryRoot::of(Path::new("repo"), folder.path()).unwrap();
        let beside = folder.path().canonicalize().unwrap().join("Cargo.lock");
        assert_eq!(root.path_of("Cargo.lock"), beside.to_str().unwrap());
        assert!(RepositoryRoot::of(Path::new("."), folder.path()).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_checkout_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("repo/.git")).unwrap();
        fs::create_dir_all(folder.path().join("repo/web")).unwrap();
        fs::write(folder.path().join("repo/.git/HEAD"), "").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("repo"), &link).unwrap();
        let root = RepositoryRoot::of(&link.join("web"), &link).unwrap();
        let shown = link.join("web/Cargo.lock");
        assert_eq!(root.path_of(shown.to_str().unwrap()), "web/Cargo.lock");
    }
}
