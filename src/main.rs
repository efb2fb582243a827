//! A doorway: parse, run, exit.

use lockgate::cli::Cli;

fn main() -> std::process::ExitCode {
    Cli::from_command_line().run().into()
}
