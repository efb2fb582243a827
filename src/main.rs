//! A doorway: parse, run, exit.

use clap::Parser;
use lockgate::cli::Cli;

fn main() -> std::process::ExitCode {
    Cli::parse().run().into()
}
