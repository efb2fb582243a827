//! The stages of `check`, in order, once.
//!
//! ```text
//! policy ─► lockfiles ─► database ─► matches ─► graph, findings ─► evidence ─► verdict ─► outcome
//! ```
//!
//! Files are read in the first three stages, which [`prepared`] holds, each lockfile together with the
//! manifests of its projects: it never changes afterwards. Where a claim about the build is to be checked,
//! Cargo is asked what it builds. Everything behind that is a function of what was read and of the date.
//!
//! Where a change is checked, [`compared`] says first which policy decides, and [`base`] takes the base
//! through the same stages: then the verdict counts what the change adds. What is done about an outcome
//! comes after all of it and can make it stricter at most: [`tickets`], with [`incidents`], and
//! [`release`]. The last stage, [`comment`], changes nothing.
//!
//! The other modules ask the same stages other questions: [`inquiry`] about one advisory, [`history`]
//! about all commits, [`push`] about what is about to be pushed.

pub mod advisories;
pub mod asked;
pub mod base;
pub mod comment;
pub mod compared;
pub mod examination;
mod facts;
pub mod findings;
pub mod history;
pub mod incidents;
pub mod inquiry;
pub mod issues;
pub mod lockfiles;
pub mod notes;
mod packages;
pub mod policy;
pub mod prepared;
pub mod push;
pub mod refresh;
pub mod release;
pub mod tickets;
pub mod unlisted;
pub mod vex;
pub mod whole;

use self::base::Head;
use self::compared::Compared;
use self::examination::{Examination, Examined};
use self::inquiry::{Inquest, Trying};
use self::issues::IssueAccess;
use self::lockfiles::ReadLockfile;
use self::notes::Notes;
use self::policy::LoadedPolicy;
use self::prepared::Prepared;
use self::refresh::Surroundings;
use crate::attestation::statement::Subject;
use crate::outcome::Outcome;
use crate::problem::Problem;
use crate::repository_root::RepositoryRoot;
use crate::settings::CheckSettings;
use crate::verdict::decide::decide;
use crate::verdict::{SuppressionSummary, Verdict};
use crate::vex::Statements;

/// What is done about the verdict. It can make it stricter and nothing else.
#[derive(Debug)]
pub enum FollowUp {
    Nothing,
    /// Findings are tracked as issues, and block where that does not work or is overdue.
    Tickets {
        /// Whether issues may be written.
        writes: bool,
    },
    /// What a ticket lets pass must be tracked already, and what is released is stated.
    Release {
        subjects: Vec<Subject>,
    },
}

/// Checks what the settings name, and does something about it.
///
/// # Errors
///
/// An input cannot be read and nothing was decided (exit code 2). Everything else that went wrong is
/// a gap in the outcome.
pub fn check_and_follow_up(
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
    issues: &IssueAccess,
    follow_up: FollowUp,
) -> Result<Outcome, Vec<Problem>> {
    match follow_up {
        FollowUp::Nothing => check(settings, surroundings),
        FollowUp::Tickets { writes } => {
            let (outcome, _) = tickets::check_and_track(settings, surroundings, issues, writes)?;
            Ok(outcome)
        }
        FollowUp::Release { subjects } => {
            let mut outcome = check(settings, surroundings)?;
            tickets::hold_release(&mut outcome, settings, surroundings, issues);
            release::describe(&mut outcome, settings, subjects);
            Ok(outcome)
        }
    }
}

/// Checks what the settings name.
///
/// # Errors
///
/// As for [`check_and_follow_up`].
pub fn check(
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
) -> Result<Outcome, Vec<Problem>> {
    run(settings, surroundings, Trying::Nothing).map(|inquest| inquest.outcome)
}

/// The same, and tries claims that nobody makes.
///
/// # Errors
///
/// As for [`check_and_follow_up`].
pub fn run(
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
    trying: Trying<'_>,
) -> Result<Inquest, Vec<Problem>> {
    let mut notes = Notes::default();
    let today = settings.clock.today();

    let compared = Compared::open(settings, &mut notes)?;
    let statements = vex::read(&settings.vex)?;
    let read = compared.read_lockfiles(settings)?;
    notes.add(read.gaps, read.remarks);
    let root = count_from_root(settings, &read.lockfiles);
    let left_out = &read.unsearched.left_out;
    let prepared =
        Prepared::new(settings, surroundings, compared, read.lockfiles, left_out, &mut notes)?;
    let Prepared { policy, lockfiles, configurations, database, doubts, comparing } = prepared;
    let LoadedPolicy { policy, folder } = policy;
    let customer_data = lockfiles::customer_data(&lockfiles, &policy, &folder)?;

    let examination = Examination {
        settings,
        policy: &policy,
        statements: &statements,
        database: &database,
        today,
        trying,
        doubts: &doubts,
        configurations: &configurations,
        surroundings,
    };
    let examined = examination.examine(lockfiles, &mut notes);
    let Examined { lockfiles, findings, trials, unmatched, used_archives } = examined;
    // From here on nobody can note a gap: the verdict has them all.
    let Notes { gaps, mut remarks } = notes;
    remarks.extend(database.remarks());
    remarks.extend(settings.clock.remark());

    let mut verdict = decide(findings, &policy, gaps, today);
    remarks.extend(unsettled(&verdict.suppressions));
    let is_everything_known = verdict.gaps.is_empty();
    remarks.extend(unlisted::unused(&policy.npm.bundled, &used_archives, is_everything_known));
    let head =
        Head { settings, database: &database, policy: &policy, lockfiles: &lockfiles, today };
    let comparison =
        comparing.map(|comparing| comparing.compare(&head, &mut verdict, &mut remarks));
    let database = database.summary();
    if database.is_some() {
        remarks.extend(unanswered(&statements, &verdict));
    }
    let outcome = Outcome {
        verdict,
        lockfiles,
        database,
        policy,
        statements,
        customer_data,
        unmatched,
        remarks,
        now: settings.clock.now,
        product: settings.product.clone(),
        comparison,
        release: None,
        unreadable: read.unreadable,
        unsearched: read.unsearched,
        root,
    };
    Ok(Inquest { outcome, trials })
}

/// The root of the repository, from which reports for other programs count the paths of the lockfiles.
fn count_from_root(settings: &CheckSettings, lockfiles: &[ReadLockfile]) -> Option<RepositoryRoot> {
    let root = crate::settings::repository_root(&settings.paths)?;
    for ReadLockfile { lockfile, .. } in lockfiles {
        lockfile.source.lies_at(root.path_of(&lockfile.source.path));
    }
    Some(root)
}

/// What other people state and what came of it, where no finding tells.
fn unanswered(statements: &Statements, verdict: &Verdict) -> Vec<String> {
    let found = verdict.findings.iter();
    let found = found.map(|it| (it.finding.identifiers(), &it.finding.package));
    statements.remarks(found)
}

/// Why suppressions that match no finding are not called unused.
fn unsettled(suppressions: &SuppressionSummary) -> Option<String> {
    let said = match suppressions.unsettled.as_slice() {
        [] => return None,
        [_] => "1 suppression matches no finding: whether it is needed".to_owned(),
        several => {
            format!("{} suppressions match no finding: whether they are needed", several.len())
        }
    };
    Some(format!("{said} can only be said once everything is known"))
}

#[cfg(test)]
mod tests;
