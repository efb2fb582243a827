//! The stages of `check`, in order, once.
//!
//! ```text
//! policy ─► lockfiles ─► database ─► matches ─► graph, findings ─► evidence ─► verdict ─► outcome
//! ```
//!
//! Files are read in the first three stages, and once more for the manifests of projects in whose
//! lockfiles something was found. Everything behind that is a function of what was read and of the
//! date.

pub mod advisories;
pub mod asked;
pub mod history;
pub mod lockfiles;
pub mod policy;
pub mod refresh;
pub mod tickets;

use std::path::Path;

use jiff::tz::TimeZone;

use self::advisories::Advisories;
use self::lockfiles::ReadLockfile;
use self::policy::LoadedPolicy;
use self::refresh::Surroundings;
use crate::evidence::{self, Chains, Subject};
use crate::finding::Finding;
use crate::graph::DependencyGraph;
use crate::graph::paths::PathFinder;
use crate::graph::scope::scopes;
use crate::lockfile::manifest::FolderOnDisk;
use crate::lockfile::{Lockfile, file};
use crate::matching::{self, Match};
use crate::outcome::{CheckedLockfile, Outcome};
use crate::policy::Policy;
use crate::problem::Problem;
use crate::settings::CheckSettings;
use crate::verdict::decide::{CheckedFinding, decide};

/// Checks what the settings name. An error means that an input cannot be read and nothing was
/// decided (exit code 2); everything else that went wrong is a gap in the outcome.
pub fn check(
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
) -> Result<Outcome, Vec<Problem>> {
    let now = settings.clock.now;
    let today = now.to_zoned(TimeZone::UTC).date();
    let LoadedPolicy { policy, folder } =
        policy::load(settings.policy.as_deref(), &settings.paths, today)?;
    let read = lockfiles::read(&settings.paths, &policy, &folder)?;
    let refresh_remarks = refresh::refresh(settings, &policy.database, surroundings);
    let asked = asked::ask(settings, &policy, &folder, &read.lockfiles, surroundings);
    let (database, database_gaps) = Advisories::open(settings, &policy, &folder, asked);
    let mut gaps = read.gaps;
    gaps.extend(database_gaps);
    gaps.extend(database.unattributed());
    gaps.extend(database.freshness(&read.lockfiles, policy.database.max_age, now));
    let mut remarks = read.remarks;
    remarks.extend(refresh_remarks);

    let mut findings = Vec::new();
    let mut checked = Vec::with_capacity(read.lockfiles.len());
    for (position, ReadLockfile { path, mut lockfile }) in read.lockfiles.into_iter().enumerate() {
        remarks.extend(lockfiles::unmatched(&lockfile, &policy.mirrors));
        let (known, unreadable) = database.look_up(&lockfile, &policy.mirrors);
        let (matches, undecided) = matching::matches(&lockfile, &policy.mirrors, &known);
        gaps.extend(unreadable.into_iter().chain(undecided));
        findings.extend(check_lockfile(&path, position, &mut lockfile, matches, &policy));
        checked.push(CheckedLockfile {
            packages: lockfile.packages.len() - lockfile.roots.len(),
            private_packages: lockfile.private_packages(),
            source: lockfile.source,
            format: lockfile.format,
        });
    }
    remarks.extend(database.remarks(now));
    if settings.clock.overridden {
        remarks.push(format!("the clock is set to {now} by {}", crate::settings::NOW_VARIABLE));
    }
    let database = database.summary();
    let verdict = decide(findings, &policy, gaps, today);
    Ok(Outcome { verdict, lockfiles: checked, database, policy, remarks, now })
}

/// From the matches of one lockfile to findings with evidence.
fn check_lockfile(
    path: &Path,
    position: usize,
    lockfile: &mut Lockfile,
    matches: Vec<Match>,
    policy: &Policy,
) -> Vec<CheckedFinding> {
    if matches.is_empty() {
        return Vec::new();
    }
    if let Some(format) = file::format_by_name(lockfile.format) {
        let manifests = FolderOnDisk::of_lockfile(path, &lockfile.source.path);
        format.learn_from_manifests(lockfile, &manifests);
    }
    let graph = DependencyGraph::new(lockfile);
    let finder = PathFinder::new(&graph);
    let scopes = scopes(&graph);
    let chains = Chains::default();
    matches
        .into_iter()
        .map(|matched| {
            let copies = matched.copies.clone();
            let finding = Finding::new(matched, position, lockfile, &finder, &scopes);
            let subject = Subject {
                lockfile,
                graph: &graph,
                finder: &finder,
                chains: &chains,
                packages: &copies,
            };
            let checks = evidence::check_claims(
                &subject,
                &finding.identifiers(),
                &finding.package,
                &policy.suppressions,
            );
            CheckedFinding { finding, checks }
        })
        .collect()
}

#[cfg(test)]
mod tests;
