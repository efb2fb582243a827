//! Why it is unknown what is built, and what would change that.

use crate::lockfile::tool::{self, Commands};
use crate::problem::Location;

/// Why it is unknown what is built. Every claim about it is then unknown as well.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildProblem {
    /// There is no `cargo` or no `rustc`.
    #[error("there is no `{program}` on this machine to say what is built")]
    NoToolchain { program: &'static str },
    /// The lockfile is not one that Cargo reads.
    #[error("Cargo reads `Cargo.lock` beside a Cargo.toml, and {path} is not that")]
    NotALockfileOfCargo { path: String },
    /// The lockfile's folder is not the root of its workspace.
    #[error("the workspace of {path} has its root, and its lockfile, in another folder")]
    NotTheWorkspace { path: String },
    /// The lockfile does not fit the manifests.
    #[error("{path} does not fit its Cargo.toml: {message}")]
    Outdated { path: String, message: String },
    /// The sources of a package are not on this machine.
    #[error("the sources of the locked packages are not on this machine: {message}")]
    NotDownloaded { message: String },
    /// Cargo refused for another reason.
    #[error("cargo cannot resolve it: {message}")]
    Refused { message: String },
    /// A program did not end in time.
    #[error("`{program}` did not end within {seconds} seconds")]
    TooSlow {
        program: String,
        /// The time limit.
        seconds: u64,
    },
    /// A program's output is too long, or not understood.
    #[error("the output of `{program}` cannot be read: {reason}")]
    Unreadable { program: String, reason: String },
    /// The repository configures Cargo in a way that is not examined.
    #[error("{location}: {reason}")]
    Configured { location: Location, reason: String },
    /// The matrix names something that does not exist.
    #[error("{}{reason}", location.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
    Matrix {
        /// The line that names it.
        location: Option<Location>,
        reason: String,
    },
    /// Cargo's packages are not those of the lockfile.
    #[error("cargo lists {package}, which the lockfile does not lock")]
    NotLocked { package: String },
}

impl BuildProblem {
    /// How the claims could be decided.
    pub fn help(&self) -> String {
        let Commands { lock, build, .. } = &tool::CARGO.commands;
        let (fetch, resolve) = build.as_ref().map_or(("", ""), |it| (it.fetch, it.resolve));
        let text = match self {
            Self::NoToolchain { .. } => {
                "install Rust where the check runs, and put `cargo` and `rustc` on PATH"
            }
            Self::NotALockfileOfCargo { .. } => "check the folder of the workspace",
            Self::NotTheWorkspace { .. } => {
                "check the folder of the workspace's root, and remove the lockfile that Cargo does \
                 not read"
            }
            Self::Outdated { .. } => {
                return format!("bring it up to date and commit it: {lock}");
            }
            Self::NotDownloaded { .. } => {
                return format!(
                    "download them before the check: {fetch}; where that fails, the lockfile does \
                     not fit its {}",
                    tool::CARGO.manifest
                );
            }
            Self::Refused { .. } | Self::NotLocked { .. } => {
                return format!("make this command work: {resolve}");
            }
            Self::TooSlow { .. } => "run it by hand to see what takes so long",
            Self::Unreadable { .. } => "use a Rust toolchain of 2025 or later for the check",
            Self::Configured { .. } => {
                "build without it, or move it to the configuration in Cargo's home folder"
            }
            Self::Matrix { .. } => "correct `[cargo]` in the policy",
        };
        text.to_owned()
    }

    /// The line of the reason, if there is one.
    pub fn location(&self) -> Option<&Location> {
        match self {
            Self::Configured { location, .. } => Some(location),
            Self::Matrix { location, .. } => location.as_ref(),
            _ => None,
        }
    }
}
