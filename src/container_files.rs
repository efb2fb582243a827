//! Container files (Dockerfile reference): whether what they ship is installed by npm with
//! development dependencies.
//!
//! npm leaves development dependencies out only where it is told to: `--omit=dev`, or `NODE_ENV` set to
//! `production` (npm documentation, "npm ci", `omit`). The last stage is what is shipped, with what it
//! is based on and the folders that it copies from other stages. Whatever cannot be told apart counts
//! as shipped.

mod stages;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use self::stages::Stage;
use crate::lockfile::manifest::FolderOnDisk;
use crate::lockfile::manifest::ManifestFiles;
use crate::problem::{Location, SourceText};

/// Folders beside or above a lockfile in which container files lie.
const FOLDERS: &[&str] = &["", ".docker", "build", "containers", "deploy", "docker", "images"];

/// How far above a lockfile the root of the repository may be.
const HIGHEST: usize = 16;

/// The lines that install development dependencies into what is shipped, in the container files around
/// the lockfile at `path`, which people call `shown`. Of a file that cannot be read the first line is one.
pub fn development_installs(path: &Path, shown: &str) -> Vec<Location> {
    let files = FolderOnDisk::of_lockfile(path, shown);
    let mut found = Vec::new();
    for name in names(path) {
        match files.read(&name) {
            Some(source) => found.extend(shipped_installs(&source)),
            // What it installs nobody knows.
            None => found.push(Location { file: files.shown(&name), line: 1 }),
        }
    }
    found
}

/// The container files in the folder of a lockfile and in those above it up to the root of the
/// repository, relative to the folder of the lockfile.
fn names(path: &Path) -> BTreeSet<String> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut folder: PathBuf = match folder.unwrap_or(Path::new(".")).canonicalize() {
        Ok(folder) => folder,
        Err(_) => return BTreeSet::new(),
    };
    let is_in_repository = folder.ancestors().any(|above| above.join(".git").exists());
    let mut names = BTreeSet::new();
    let mut prefix = String::new();
    for _ in 0..HIGHEST {
        for below in FOLDERS {
            let slash = if below.is_empty() { "" } else { "/" };
            let entries = fs::read_dir(folder.join(below)).into_iter().flatten();
            let entries = entries
                .filter_map(Result::ok)
                .filter(|entry| !entry.path().is_dir());
            let entries = entries.filter_map(|entry| entry.file_name().into_string().ok());
            let containers = entries.filter(|name| is_container_file(name));
            names.extend(containers.map(|name| format!("{prefix}{below}{slash}{name}")));
        }
        if !is_in_repository || folder.join(".git").exists() || !folder.pop() {
            break;
        }
        prefix.push_str("../");
    }
    names
}

/// Whether a file of this name is one.
pub fn is_container_file(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with("dockerfile")
        || name.starts_with("containerfile")
        || name.ends_with(".dockerfile")
}

/// The lines of one file that install development dependencies into its last stage.
fn shipped_installs(source: &SourceText) -> Vec<Location> {
    let stages = stages::read(source);
    let Some(last) = stages.len().checked_sub(1) else {
        return Vec::new();
    };
    let mut lines = BTreeSet::new();
    collect(&stages, last, stages.len(), &mut lines);
    let place = |line| Location { file: source.path.clone(), line };
    lines.into_iter().map(place).collect()
}

/// What a stage holds: its own installation, that of the stage it is based on, and those it copies.
fn collect(stages: &[Stage], position: usize, depth: usize, lines: &mut BTreeSet<u32>) {
    let Some(stage) = stages.get(position).filter(|_| depth > 0) else {
        return;
    };
    lines.extend(&stage.installs);
    let earlier = |name: &str| {
        let numbered = || {
            name.parse::<usize>()
                .ok()
                .filter(|number| *number < position)
        };
        let mut before = stages[..position].iter();
        before
            .rposition(|stage| stage.name.as_deref() == Some(name))
            .or_else(numbered)
    };
    let base = Some(&stage.base).filter(|_| !stage.is_pruned);
    for name in stage.copies.iter().chain(base) {
        // A variable may name any of them.
        let named: Vec<usize> = if name.contains('$') {
            (0..position).collect()
        } else {
            earlier(name).into_iter().collect()
        };
        for other in named {
            collect(stages, other, depth - 1, lines);
        }
    }
}

#[cfg(test)]
mod tests;
