//! A doorway: parse, run, exit.

use lockgate::cli::Cli;

/// See docs/performance.md for what the allocator of musl would cost.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    Cli::from_command_line().run().into()
}
