//! The stages of a check on generated lockfiles of 1,000 to 100,000 packages.
//!
//! `cargo bench --bench stages`

use std::sync::Arc;

use divan::{Bencher, black_box};
use lockgate::inside::{
    CargoLock, DependencyGraph, Lockfile, LockfileFormat, NpmLock, PathFinder, SourceText, scopes,
};

#[path = "../examples/generate_lockfile.rs"]
#[expect(dead_code, reason = "only the generators of the example are used")]
mod generate_lockfile;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

fn source(path: &str, text: String) -> Arc<SourceText> {
    Arc::new(SourceText::new(path, text))
}

fn cargo_lock(packages: usize) -> Arc<SourceText> {
    source("Cargo.lock", generate_lockfile::cargo(packages).unwrap_or_default())
}

fn npm_lock(packages: usize) -> Arc<SourceText> {
    source("package-lock.json", generate_lockfile::npm(packages).unwrap_or_default())
}

fn parse(format: &dyn LockfileFormat, text: &Arc<SourceText>) -> Option<Lockfile> {
    format.parse(text).ok()
}

#[divan::bench(args = SIZES)]
fn parse_cargo_lock(bencher: Bencher, packages: usize) {
    let text = cargo_lock(packages);
    bencher.bench(|| parse(&CargoLock, black_box(&text)));
}

/// The same file through the `toml` crate: one comment is not where cargo would put it.
#[divan::bench(args = SIZES)]
fn parse_cargo_lock_that_cargo_did_not_write(bencher: Bencher, packages: usize) {
    let text = cargo_lock(packages).text.replacen("version = 4", "version = 4 # four", 1);
    let text = source("Cargo.lock", text);
    bencher.bench(|| parse(&CargoLock, black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn parse_package_lock(bencher: Bencher, packages: usize) {
    let text = npm_lock(packages);
    bencher.bench(|| parse(&NpmLock, black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn graph_and_scopes(bencher: Bencher, packages: usize) {
    let lockfile = parse(&CargoLock, &cargo_lock(packages));
    bencher.bench(|| lockfile.as_ref().map(|lockfile| scopes(&DependencyGraph::new(lockfile))));
}

#[divan::bench(args = SIZES)]
fn paths_to_fifty_packages(bencher: Bencher, packages: usize) {
    let Some(lockfile) = parse(&CargoLock, &cargo_lock(packages)) else {
        return;
    };
    let graph = DependencyGraph::new(&lockfile);
    bencher.bench(|| {
        let finder = PathFinder::new(&graph);
        let step = graph.len() / 50;
        (0..50).map(|index| finder.paths_to(index * step).paths.len()).sum::<usize>()
    });
}
