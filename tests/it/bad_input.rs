//! Input that is broken, hostile or not what it seems: a clear error with its place, exit code 2
//! or 3, no panic, nothing half-written, and nothing raw on the terminal.

mod bombs;
mod hostile_text;
mod lockfiles;
mod reports;
mod snapshots;
mod special_files;

use std::fs;
use std::path::Path;

use crate::harness::{Project, Run};

/// A project with a policy, npm advisories and a lockfile in which one package is affected.
fn npm_project() -> Project {
    Project::copy_of("fixtures/cases/package-lock-3")
}

/// The same for Cargo.
fn cargo_project() -> Project {
    Project::copy_of("fixtures/cases/cargo-lock-3")
}

/// Nothing was decided: the code is 2, and standard output is empty.
fn assert_refused(run: &Run, says: &[&str]) {
    run.assert_harmless();
    run.assert_code(2);
    assert_eq!(run.stdout, "");
    run.assert_says(says);
}

/// What lies in a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
