//! lockgate: a dependency gate for npm and Cargo lockfiles.
//!
//! ```text
//! lockfiles ─┐
//! advisories ┼─► DependencyGraph ─► Match ─► Evidence ─► Finding ─► Verdict ─► Outcome ─► reports
//! policy ────┘                                                         ▲          ▲
//!     the same at the base of a change ────────────────────────────────┘          │
//!     tickets, incidents, releases: at most stricter ─────────────────────────────┘
//! ```
//!
//! [`pipeline`] holds the stages in that order, once. Lockfiles, advisories and the policy never
//! see each other; the graph, matching, findings and the verdict are pure: no files, no clock, no
//! environment. Three rules rank above everything else:
//!
//! 1. Never a false "not affected": what is doubtful is unknown, and unknown does not clear.
//! 2. Never a false pass: what could not be read or is stale is a gap with its own exit code.
//! 3. Fast enough that nobody notices it.

mod advisory;
mod advisory_exports;
mod advisory_id;
mod advisory_kind;
mod attestation;
mod cargo_build;
mod cargo_toml;
pub mod cli;
mod console;
mod database;
mod diagnostic;
mod disk;
mod evidence;
mod exit;
mod facts;
mod finding;
mod git;
mod github_event;
mod graph;
mod history;
mod hook;
mod imports;
mod incident;
mod installed;
mod javascript;
mod lockfile;
mod markdown;
mod matching;
mod network;
mod npm_use;
mod outcome;
mod package;
mod parallel;
mod pipeline;
mod platform_limits;
mod policy;
mod problem;
mod report;
mod repository_root;
mod scope;
mod settings;
mod severity;
#[cfg(test)]
#[path = "../tests/it/skip.rs"]
mod skip;
mod source;
mod terminal;
mod text_file;
mod tracking;
mod upgrade;
mod verdict;
mod version;
mod vex;
mod words;

/// What benches and tests outside of this crate call. It is promised to nobody else.
#[doc(hidden)]
pub mod inside {
    pub use crate::advisory::{Advisory, Affected, AffectedRange, RangeEvent};
    pub use crate::advisory_kind::AdvisoryKind;
    pub use crate::cargo_build::{
        BuildEnvironment, BuildRequest, BuiltPackages, Detail, PackageKey, Purpose, ResolvedBuilds,
        ResolvedCell, resolve,
    };
    pub use crate::database::snapshot::{Snapshot, SnapshotContent, write};
    pub use crate::database::{AdvisoriesByPackage, PackageAdvisories};
    pub use crate::graph::DependencyGraph;
    pub use crate::graph::paths::PathFinder;
    pub use crate::graph::scope::scopes;
    pub use crate::imports::{Adapters, Answer, Imports, Places, Request as ImportsRequest};
    pub use crate::installed::{
        AbsentBecause, Archives, Command, Fetching, Installed, InstalledPackage, Mapping, Means,
        NotInstalled, NotInstalledReason, Resolved, ResolvedKind, Settings, WantedArchive,
    };
    pub use crate::lockfile::cargo::CargoLock;
    pub use crate::lockfile::npm::NpmLock;
    pub use crate::lockfile::pnpm::PnpmLock;
    pub use crate::lockfile::yarn::berry::YarnBerry;
    pub use crate::lockfile::yarn::classic::YarnClassic;
    pub use crate::lockfile::yarn::zpm::YarnZpm;
    pub use crate::lockfile::{DependencyKind, Lockfile, LockfileError, LockfileFormat};
    pub use crate::network::http::{Http, HttpSettings};
    pub use crate::network::{Fetch, Fetched, NetworkError, Progress, Request, Secret, Validators};
    pub use crate::package::{Ecosystem, PackageName};
    pub use crate::platform_limits::NpmPlatform;
    pub use crate::policy::{CargoPolicy, LocatedWord, NpmPolicy, ShippedFeatures};
    pub use crate::problem::{Location, SourceText};
    pub use crate::scope::Scope;
    pub use crate::settings::build_environment;
    pub use crate::severity::Severity;
    pub use crate::source::PackageSource;

    pub use crate::lockfile::node::{count_documents, relaxed_json};
    pub use crate::lockfile::yarn::classic::count_entries;

    /// Reads a lockfile and the manifests around it.
    pub fn read_lockfile(path: &std::path::Path) -> Result<Lockfile, LockfileError> {
        let shown = path.display().to_string();
        let around = crate::lockfile::manifest::FolderOnDisk::of_lockfile(path, &shown);
        crate::lockfile::file::read(path, &shown, &around).map(|(lockfile, _)| lockfile)
    }
}
