//! The tests of lockgate as its users meet it: the binary, real files, exit codes and output.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test ends where something unexpected happens, and says what it skips"
)]

mod action;
mod architecture;
mod archive;
mod asked;
mod bad_input;
mod built;
mod claims;
mod command_line;
mod coverage;
mod coverage_property;
mod database;
mod diff;
mod documents;
mod explain;
mod exports;
mod fixture;
mod git;
mod harness;
mod hidden;
mod history;
mod hook;
mod incident;
mod installed;
mod junit;
mod module_cache;
mod network;
mod package_managers;
mod page;
mod parity;
mod parity_node;
mod readme;
mod release;
mod sarif;
mod server;
mod shells;
mod skip;
mod slow;
mod statements;
mod tickets;
mod toolchain;
mod update;
mod vex;
mod workspace;
