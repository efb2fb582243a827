//! Which files may hold commands that ship.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::UnclearFlags;
use crate::problem::{Location, SourceText};

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// How deep folders are looked into.
const DEEPEST: usize = 3;

/// Folders in which every file counts.
const FOLDERS: &[&str] = &[
    ".github/workflows",
    ".github/actions",
    ".gitea/workflows",
    ".forgejo/workflows",
    ".circleci",
    ".buildkite",
    ".ci",
    "ci",
    "script",
    "scripts",
    "docker",
];

/// How the names of files begin that count wherever they lie.
const BEGINNINGS: &[&str] =
    &["Dockerfile", "Containerfile", "Makefile", "makefile", "GNUmakefile", "Jenkinsfile"];

/// How their names end.
const ENDINGS: &[&str] =
    &[".sh", ".mk", ".just", ".dockerfile", ".ps1", ".bat", ".cmd", ".nix", ".spec"];

/// Their names.
const NAMES: &[&str] = &[
    "justfile",
    "Justfile",
    ".justfile",
    ".gitlab-ci.yml",
    ".travis.yml",
    ".cirrus.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "dist-workspace.toml",
    "package.json",
    "Taskfile.yml",
    "Earthfile",
    "PKGBUILD",
    "snapcraft.yaml",
];

/// Reads the files of some folders, each once, in the order of their paths. A file that cannot be read
/// may hold any command.
pub(in crate::cargo_build) fn read(
    folders: &[&Path],
    shown: &dyn Fn(&Path) -> String,
) -> (Vec<SourceText>, Vec<UnclearFlags>) {
    let mut paths = BTreeSet::new();
    for folder in folders {
        paths.extend(
            entries(folder)
                .into_iter()
                .filter(|path| path.is_file() && counts(path)),
        );
        for name in FOLDERS {
            collect(&folder.join(name), DEEPEST, &mut paths);
        }
    }
    let mut texts = Vec::new();
    let mut unclear = Vec::new();
    for path in paths {
        let name = shown(&path);
        match text(&path) {
            Some(text) => texts.push(SourceText::new(name, text)),
            None => unclear.push(UnclearFlags {
                location: Some(Location { file: name, line: 1 }),
                reason: "a file that may say what is built cannot be read".to_owned(),
            }),
        }
    }
    (texts, unclear)
}

fn counts(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    BEGINNINGS
        .iter()
        .any(|beginning| name.starts_with(beginning))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || NAMES.contains(&name.as_ref())
}

fn collect(folder: &Path, depth: usize, paths: &mut BTreeSet<PathBuf>) {
    for path in entries(folder) {
        if path.is_file() {
            paths.insert(path);
        } else if depth > 1 && path.is_dir() && !path.is_symlink() {
            collect(&path, depth - 1, paths);
        }
    }
}

/// A folder that is not there has no entries.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

/// What is not UTF-8 in a file still leaves its commands readable.
fn text(path: &Path) -> Option<String> {
    let length = fs::metadata(path).ok()?.len();
    let bytes = (length <= MAX_BYTES)
        .then(|| fs::read(path).ok())
        .flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
