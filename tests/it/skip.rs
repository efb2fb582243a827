//! What happens to a test where something is missing that it needs: a tool, data, or a right.
//!
//! It is skipped, and a line says so. With the environment variable `LOCKGATE_MAY_SKIP` set, as `.ci/run` sets it, it fails
//! unless the variable names what is missing. The names stand there, separated by commas: `cargo`, `chromium`, `crates`, `emulator`,
//! `fish`, `linux`, `mount`, `node`, `npm`, `other-user`, `package-managers`, `shared`, `strace`, `xmllint`, `zsh`.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Says that a test, or a part of it, is skipped because something that it needs is missing.
///
/// # Panics
///
/// If `LOCKGATE_MAY_SKIP` is set and does not name it.
pub(crate) fn skip(need: &str, test: &str, reason: impl Display) {
    #[expect(clippy::disallowed_methods, reason = "who runs the tests says what may be missing")]
    let may_skip = std::env::var("LOCKGATE_MAY_SKIP").ok();
    let is_allowed = may_skip.is_none_or(|list| list.split(',').any(|name| name.trim() == need));
    assert!(is_allowed, "{test}: {reason}, and LOCKGATE_MAY_SKIP does not name `{need}`");
    // `eprintln!` would be captured with the output of a test that passes.
    let _ = writeln!(io::stderr(), "SKIPPED {test}: {reason} ({need})");
}
