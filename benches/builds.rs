//! Resolving what this repository itself builds, for three targets, for what is shipped and with
//! development dependencies: twelve answers of Cargo and of the simulation. `cargo metadata` alone is
//! measured beside it, because nobody can be faster than that.
//!
//! `cargo bench --bench builds`

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use divan::{Bencher, black_box};
use lockgate::cargo_build::{BuildRequest, resolve};
use lockgate::lockfile::LockfileFormat;
use lockgate::lockfile::cargo::CargoLock;
use lockgate::policy::{CargoPolicy, Placed, ShippedFeatures};
use lockgate::problem::{Location, SourceText};
use lockgate::settings::build_environment;

const TARGETS: [&str; 3] =
    ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"];

fn main() {
    divan::main();
}

fn policy(targets: usize) -> CargoPolicy {
    let location = || Location { file: "lockgate.toml".to_owned(), line: 1 };
    let placed = |text: &&str| Placed { text: (*text).to_owned(), location: location() };
    let default = ShippedFeatures {
        default: true,
        all: false,
        names: Vec::new(),
        location: location(),
    };
    CargoPolicy {
        targets: TARGETS.iter().take(targets).map(placed).collect(),
        features: Some(default),
        ..CargoPolicy::default()
    }
}

#[divan::bench(args = [1, 3], sample_count = 10)]
fn resolve_targets(bencher: Bencher, targets: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let Ok(lockfile) = CargoLock.parse(&Arc::new(SourceText::new("Cargo.lock", text))) else {
        return;
    };
    let (policy, environment) = (policy(targets), build_environment());
    let request = BuildRequest {
        lockfile: &lockfile,
        path: &path,
        policy: &policy,
        environment: &environment,
    };
    bencher.bench(|| resolve(black_box(&request)).map(|builds| builds.cells.len()));
}

#[divan::bench(sample_count = 10)]
fn cargo_metadata_alone(bencher: Bencher) {
    bencher.bench(|| {
        Command::new("cargo")
            .args(["metadata", "--locked", "--offline", "--all-features", "--format-version", "1"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::null())
            .status()
    });
}
