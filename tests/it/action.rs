//! The composite action, executed step by step as GitHub's runner does it.
//!
//! ```text
//! let job = Job::on("pull_request", "pull-request");
//! let run = job.run(&[("comment", "on-failure")]);
//! assert_eq!(run.output("verdict"), "block");
//! ```

mod cache;
mod changes;
mod commands;
mod events;
mod expression;
#[cfg(unix)]
mod fetching;
mod files;
mod hostile;
mod job;
mod manifest;
mod options;
mod proposals;
mod runner;
mod workflows;
