//! Resolving what this package builds, for one and for three targets, for what is shipped and with
//! development dependencies: up to four answers of Cargo, and those of the simulation. `cargo metadata`
//! alone is measured beside it, because nobody can be faster than that.
//!
//! The manifest and the lockfile lie in a folder of their own: the workflows of this repository build for
//! further targets, and those would be resolved as well.
//!
//! `cargo bench --bench builds`

#![expect(clippy::expect_used, reason = "a measurement of nothing is none")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use divan::{Bencher, black_box};
use lockgate::inside::{
    BuildRequest, CargoLock, CargoPolicy, Detail, LocatedWord, Location, LockfileFormat,
    ShippedFeatures, SourceText, build_environment, resolve,
};
use tempfile::TempDir;

const TARGETS: [&str; 3] =
    ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"];

fn main() {
    divan::main();
}

fn policy(targets: usize) -> CargoPolicy {
    let location = || Location { file: "lockgate.toml".to_owned(), line: 1 };
    let placed = |text: &&str| LocatedWord { text: (*text).to_owned(), location: location() };
    let default =
        ShippedFeatures { default: true, all: false, names: Vec::new(), location: location() };
    CargoPolicy {
        targets: TARGETS.iter().take(targets).map(placed).collect(),
        features: Some(default),
        ..CargoPolicy::default()
    }
}

/// A folder with the manifest, the lockfile, and something to build for each target of the package.
fn package() -> TempDir {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().expect("a temporary folder");
    for name in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(here.join(name), folder.path().join(name)).expect("a copy");
    }
    for name in [
        "src/lib.rs",
        "src/main.rs",
        "benches/builds.rs",
        "benches/stages.rs",
        "benches/snapshot.rs",
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, "").expect("an empty file");
    }
    folder
}

#[divan::bench(args = [1, 3], sample_count = 10)]
fn resolve_targets(bencher: Bencher, targets: usize) {
    let folder = package();
    let path = folder.path().join("Cargo.lock");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let lockfile =
        CargoLock.parse(&Arc::new(SourceText::new("Cargo.lock", text))).expect("a lockfile");
    let (policy, environment) = (policy(targets), build_environment());
    let request = BuildRequest {
        lockfile: &lockfile,
        path: &path,
        policy: &policy,
        policy_text: None,
        detail: Detail::default(),
        environment: &environment,
    };
    let cells = resolve(&request).expect("what is built").cells;
    assert!(
        cells.len() <= 2 * targets,
        "{} cells: something else is resolved as well",
        cells.len()
    );
    bencher.bench(|| resolve(black_box(&request)).map(|builds| builds.cells.len()));
}

#[divan::bench(sample_count = 10)]
fn cargo_metadata_alone(bencher: Bencher) {
    let folder = package();
    bencher.bench(|| {
        Command::new("cargo")
            .args(["metadata", "--locked", "--offline", "--all-features", "--format-version", "1"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .status()
    });
}
