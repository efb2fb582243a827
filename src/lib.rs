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

pub mod advisory;
pub mod advisory_id;
pub mod advisory_kind;
pub mod attestation;
pub mod cargo_build;
pub mod cli;
pub mod console;
pub mod database;
pub mod diagnostic;
pub mod disk;
pub mod evidence;
pub mod exit;
pub mod finding;
pub mod git;
pub mod github_event;
pub mod graph;
pub mod history;
pub mod hook;
pub mod incident;
pub mod lockfile;
pub mod markdown;
pub mod matching;
pub mod network;
pub mod npm_use;
pub mod outcome;
pub mod package;
pub mod pipeline;
pub mod platform_limits;
pub mod policy;
pub mod problem;
pub mod report;
pub mod repository_root;
pub mod scope;
pub mod settings;
pub mod severity;
pub mod source;
pub mod terminal;
pub mod text_file;
pub mod tracking;
pub mod upgrade;
pub mod verdict;
pub mod version;
pub mod vex;
