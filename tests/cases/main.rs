//! The tables under `fixtures/`: every case is a test of its own, with the name of its file and, where a file holds many,
//! the words of its `about`.
//!
//! ```text
//! cargo test --test cases                                         all of them
//! cargo test --test cases -- decided::npm-alias                   fixtures/cases/npm-alias.toml
//! cargo test --test cases -- installed::peers                     every case of fixtures/installed/peers.toml
//! cargo test --test cases -- --list                               their names
//! ```
//!
//! Folders are read when the tests start, and whatever stands there is a case or stops them: none can be forgotten.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something unexpected happens"
)]

mod claims;
mod decided;
mod tables;
mod upgrades;

// What the other tests use as well.
#[path = "../it/fixture.rs"]
mod fixture;
#[path = "../it/harness.rs"]
#[expect(dead_code, reason = "the tables need a part of it")]
mod harness;
#[path = "../it/package_managers.rs"]
#[expect(dead_code, reason = "the tables need a part of it")]
mod package_managers;
#[path = "../it/server.rs"]
#[expect(dead_code, reason = "the tables need a part of it")]
mod server;
#[path = "../it/skip.rs"]
mod skip;
#[path = "../it/toolchain.rs"]
#[expect(dead_code, reason = "the tables need a part of it")]
mod toolchain;
#[path = "../it/workspace.rs"]
mod workspace;

use std::collections::BTreeSet;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let trials: Vec<Trial> =
        [decided::trials(), claims::trials(), upgrades::trials()].into_iter().flatten().collect();
    let names: BTreeSet<&str> = trials.iter().map(Trial::name).collect();
    assert_eq!(names.len(), trials.len(), "two cases of a file have the same words");
    libtest_mimic::run(&arguments, trials).exit();
}
