//! The Rust toolchain that runs the tests, for tests that ask Cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::skip::skip;

/// The folder of the toolchain's programs: Cargo says which one built the tests.
fn programs() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO")).parent()?.to_owned();
    folder.join(format!("rustc{}", std::env::consts::EXE_SUFFIX)).is_file().then_some(folder)
}

/// Whether there is one, with a visible remark if there is not.
pub(crate) fn is_here(test: &str) -> bool {
    let is_here = programs().is_some();
    if !is_here {
        skip("cargo", test, "there is no rustc beside the cargo that built the tests");
    }
    is_here
}

/// Lets a command find the toolchain.
pub(crate) fn give(command: &mut Command) -> &mut Command {
    command.env("PATH", programs().unwrap())
}

/// Cargo itself, in a folder, without the configuration of the person who runs the tests.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(programs().unwrap().join("cargo"));
    command.current_dir(folder).env_clear();
    command.env("HOME", folder.join("home"));
    give(&mut command);
    command
}

/// The folder of the programs; only after [`is_here`].
pub(crate) fn folder() -> PathBuf {
    programs().unwrap()
}

/// A program of the toolchain; only after [`is_here`].
pub(crate) fn program(name: &str) -> PathBuf {
    programs().unwrap().join(name)
}

/// Lets a script be run.
#[cfg(unix)]
pub(crate) fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
