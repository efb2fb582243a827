//! Finding the policy of a folder, and reading it from disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::checklists;
use super::validate::{LARGEST, too_large};
use super::{FILE_NAME, Policy, PolicyError};
use crate::disk::{self, NotRead};
use crate::problem::{Problem, SourceText};

/// Why it is unknown whether there is a policy.
#[derive(Debug, thiserror::Error)]
#[error("cannot look for {} in {}: {source}", FILE_NAME, .folder.display())]
pub struct DiscoveryError {
    /// The folder that could not be searched.
    pub folder: PathBuf,
    /// The operating system's error.
    pub source: io::Error,
}

/// Finds the policy of the folder `start`: `lockgate.toml` in it or in the nearest folder above it
/// that has one, up to and including the root of the repository (the folder that holds `.git`).
///
/// Nothing above a repository is searched, nor above a folder outside of one: a file there was
/// not reviewed with the project. A file that exists but cannot be read is found nonetheless,
/// so that reading it fails instead of a default being applied.
///
/// # Errors
///
/// If `start` does not exist, or a folder above it may not be searched.
pub fn find(start: &Path) -> Result<Option<PathBuf>, DiscoveryError> {
    let resolved = start
        .canonicalize()
        .map_err(|source| DiscoveryError { folder: start.to_owned(), source })?;
    for folder in folders_to_search(&resolved)? {
        if exists(folder, FILE_NAME)? {
            return Ok(Some(folder.join(FILE_NAME)));
        }
    }
    Ok(None)
}

/// The folders from `start` up to the root of its repository; `start` alone outside of one.
fn folders_to_search(start: &Path) -> Result<Vec<&Path>, DiscoveryError> {
    let mut folders = Vec::new();
    for folder in start.ancestors() {
        folders.push(folder);
        if exists(folder, ".git")? {
            return Ok(folders);
        }
    }
    folders.truncate(1);
    Ok(folders)
}

/// Whether a folder has an entry of this name: a file, a folder, or a dangling link.
fn exists(folder: &Path, name: &str) -> Result<bool, DiscoveryError> {
    match fs::symlink_metadata(folder.join(name)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(DiscoveryError { folder: folder.to_owned(), source }),
    }
}

/// Reads the policy in a file. `display_path` is the path for messages.
///
/// # Errors
///
/// If the file cannot be read, is not text, is larger than 1 MiB, or is not a policy: see
/// [`Policy::parse`]. If a checklist that it names is missing or invalid.
pub fn load(path: &Path, display_path: &str, today: Date) -> Result<Policy, PolicyError> {
    let text = read(path, display_path)?;
    let source = SourceText::new(display_path, text);
    let mut policy = Policy::parse(Arc::new(source), today)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    checklists::read(&mut policy, folder, display_path)?;
    Ok(policy)
}

fn read(path: &Path, display_path: &str) -> Result<String, PolicyError> {
    let unreadable = |error: &io::Error| {
        let problem = Problem::in_file(display_path, format!("the policy cannot be read: {error}"));
        let help = match error.kind() {
            io::ErrorKind::NotFound => "name the file that holds the policy",
            _ => "make the file readable, or name another one",
        };
        problem.help(help)
    };
    // What is attested is the digest of the file, so a byte order mark stays.
    let read = disk::read(path, LARGEST as u64).and_then(|bytes| Ok(String::from_utf8(bytes)?));
    read.map_err(|error| {
        PolicyError(vec![match error {
            NotRead::Failed(error) => unreadable(&error),
            NotRead::NotRegular => {
                let what = if path.is_dir() { "a folder" } else { "a pipe or a device" };
                Problem::in_file(display_path, format!("the policy is {what}, not a file"))
                    .help(format!("name the file, such as {FILE_NAME}, that holds the policy"))
            }
            NotRead::TooLarge => too_large(display_path),
            NotRead::NotUtf8(error) => not_utf8(&error, display_path),
        }])
    })
}

fn not_utf8(error: &std::string::FromUtf8Error, display_path: &str) -> Problem {
    let start = error.utf8_error().valid_up_to();
    let source = Arc::new(SourceText::new(
        display_path.to_owned(),
        String::from_utf8_lossy(error.as_bytes()).into_owned(),
    ));
    let end = start + char::REPLACEMENT_CHARACTER.len_utf8();
    Problem::at(&source, start..end, "the policy is not written in UTF-8")
        .label("not UTF-8")
        .help("save the file as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const TODAY: Date = jiff::civil::date(2026, 11, 22);

    /// A folder with the given files and subfolders (names that end in `/`).
    fn folder(entries: &[&str]) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        for entry in entries {
            let path = root.path().join(entry);
            if entry.ends_with('/') {
                fs::create_dir_all(path).unwrap();
            } else {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "schema = 1\n").unwrap();
            }
        }
        root
    }

    #[test]
    fn the_nearest_policy_up_to_the_repository_is_found() {
        for (case, entries, expected) in [
            (
                "in the folder",
                &["r/.git/", "r/a/lockgate.toml", "r/lockgate.toml"][..],
                Some("r/a"),
            ),
            ("above it", &["r/.git/", "r/a/", "r/lockgate.toml"][..], Some("r")),
            ("in a worktree", &["r/.git", "r/a/", "r/lockgate.toml"][..], Some("r")),
            ("above the repository", &["r/.git/", "r/a/", "lockgate.toml"][..], None),
            ("in an inner repository", &["r/.git/", "r/a/.git", "r/lockgate.toml"][..], None),
            ("nowhere", &["r/.git/", "r/a/"][..], None),
        ] {
            let root = folder(entries);
            let found = find(&root.path().join("r/a")).unwrap();
            let expected = expected
                .map(|folder| root.path().canonicalize().unwrap().join(folder).join(FILE_NAME));
            assert_eq!(found, expected, "{case}");
        }
    }

    #[test]
    fn without_a_repository_only_the_folder_itself_counts() {
        let root = folder(&["lockgate.toml", "a/"]);
        assert_eq!(find(&root.path().join("a")).unwrap(), None);
        assert!(find(root.path()).unwrap().is_some());
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let root = folder(&[]);
        let error = find(&root.path().join("gone")).unwrap_err();
        assert!(error.to_string().contains("lockgate.toml"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_is_found_and_fails_to_load() {
        let root = folder(&[]);
        let link = root.path().join(FILE_NAME);
        std::os::unix::fs::symlink("gone", &link).unwrap();
        assert!(find(root.path()).unwrap().is_some());
        assert!(load(&link, FILE_NAME, TODAY).is_err());
    }

    #[test]
    fn a_policy_is_loaded_under_the_name_the_user_knows() {
        let root = folder(&["lockgate.toml"]);
        let policy = load(&root.path().join(FILE_NAME), "sub/lockgate.toml", TODAY).unwrap();
        assert_eq!(policy.source.unwrap().path, "sub/lockgate.toml");
    }

    #[test]
    fn an_invalid_policy_file_is_refused() {
        let root = folder(&["folder/"]);
        let write = |name: &str, bytes: &[u8]| fs::write(root.path().join(name), bytes).unwrap();
        write("utf16", b"\xff\xfes\0c\0");
        write("latin1", b"schema = 1\n# caf\xe9\n");
        write("large", &vec![b'\n'; LARGEST + 1]);
        for (name, message, line) in [
            ("folder", "the policy is a folder, not a file", None),
            ("gone", "the policy cannot be read", None),
            ("utf16", "the policy is not written in UTF-8", Some(1)),
            ("latin1", "the policy is not written in UTF-8", Some(2)),
            ("large", "the policy is larger than 1 MiB", None),
        ] {
            let PolicyError(problems) = load(&root.path().join(name), name, TODAY).unwrap_err();
            assert_eq!(problems.len(), 1, "{name}");
            assert!(problems[0].message.starts_with(message), "{}", problems[0]);
            assert_eq!(problems[0].line(), line, "{name}");
            assert!(problems[0].help.is_some(), "{name}");
        }
    }

    #[test]
    fn the_largest_policy_is_still_read() {
        let root = folder(&[]);
        let mut text = b"schema = 1\n".to_vec();
        text.resize(LARGEST, b'\n');
        let path = root.path().join(FILE_NAME);
        fs::write(&path, text).unwrap();
        assert!(load(&path, FILE_NAME, TODAY).is_ok());
    }
}
