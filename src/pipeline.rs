//! The stages of `check`, in order, once.
//!
//! ```text
//! policy ─► lockfiles ─► database ─► matches ─► graph, findings ─► evidence ─► verdict ─► outcome
//! ```
//!
//! Files are read in the first three stages, and once more for the manifests of projects in whose
//! lockfiles something was found. Where a claim about the build is to be checked, Cargo is asked what
//! it builds. Everything behind that is a function of what was read and of the date.

pub mod advisories;
pub mod asked;
pub mod base;
pub mod comment;
pub mod compared;
pub mod findings;
pub mod history;
pub mod inquiry;
pub mod lockfiles;
pub mod policy;
pub mod refresh;
pub mod tickets;
pub mod vex;

use jiff::tz::TimeZone;

use self::advisories::Advisories;
use self::asked::AskedLockfile;
use self::base::{Head, LockfilesBefore};
use self::compared::Compared;
use self::findings::{BuildAccess, Context};
use self::inquiry::{Inquest, Inquiry};
use self::lockfiles::ReadLockfile;
use self::policy::LoadedPolicy;
use self::refresh::Surroundings;
use crate::matching;
use crate::outcome::Outcome;
use crate::problem::Problem;
use crate::settings::CheckSettings;
use crate::verdict::decide::decide;

/// Checks what the settings name. An error means that an input cannot be read and nothing was
/// decided (exit code 2); everything else that went wrong is a gap in the outcome.
pub fn check(
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
) -> Result<Outcome, Vec<Problem>> {
    run(settings, surroundings, None).map(|inquest| inquest.outcome)
}

fn run(
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
    inquiry: Option<&Inquiry>,
) -> Result<Inquest, Vec<Problem>> {
    let now = settings.clock.now;
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut compared = Compared::open(settings, today)?;
    let statements = vex::read(&settings.vex)?;
    let read = compared.read_lockfiles(settings)?;
    let LoadedPolicy { policy, folder } = compared.policy;
    let refresh_remarks = refresh::refresh(settings, &policy.database, surroundings);
    let (asked, lockfiles_before) = match &compared.base {
        Some(base) => {
            let before = base.lockfiles(&settings.paths, &read.lockfiles);
            let locked = base.asked(&read.lockfiles, &before);
            let folder = base.configuration_folder(&folder);
            (asked::ask(settings, &policy, &folder, &locked, surroundings), before)
        }
        None => {
            let locked = AskedLockfile::all(&read.lockfiles);
            let asked = asked::ask(settings, &policy, &folder, &locked, surroundings);
            (asked, LockfilesBefore::default())
        }
    };
    let sources = compared.sources.as_ref();
    let (database, database_gaps) = Advisories::open(settings, &policy, &folder, asked, sources);
    let mut gaps = read.gaps;
    gaps.extend(database_gaps);
    gaps.extend(database.unattributed());
    gaps.extend(database.freshness(&read.lockfiles, policy.database.max_age, now));
    let mut remarks = compared.remarks;
    remarks.extend(read.remarks);
    remarks.extend(refresh_remarks);

    let mut findings = Vec::new();
    let mut checked = Vec::with_capacity(read.lockfiles.len());
    for (position, ReadLockfile { path, mut lockfile }) in read.lockfiles.into_iter().enumerate() {
        remarks.extend(lockfiles::unmatched(&lockfile, &policy.mirrors));
        let (known, unreadable) = database.look_up(&lockfile, &policy.mirrors, now);
        let (matches, undecided) = matching::matches(&lockfile, &policy.mirrors, &known);
        gaps.extend(unreadable.into_iter().chain(undecided));
        let context = Context {
            path: &path,
            policy: &policy,
            statements: &statements,
            environment: &settings.build_environment,
            today,
            inquiry,
            builds: BuildAccess::Always,
        };
        findings.extend(findings::check(&context, position, &mut lockfile, matches));
        checked.push(lockfile);
    }
    remarks.extend(database.remarks(policy.database.max_age, now));
    if settings.clock.overridden {
        remarks.push(format!("the clock is set to {now} by {}", crate::settings::NOW_VARIABLE));
    }
    let trials = findings
        .iter_mut()
        .filter_map(inquiry::take_trial)
        .collect();
    let mut verdict = decide(findings, &policy, gaps, today);
    let comparison = compared.base.map(|base| {
        let head = Head { settings, database: &database, policy: &policy, now, today };
        let (comparison, said) =
            base.compare(&head, &mut verdict, lockfiles_before, compared.changes);
        remarks.extend(said);
        comparison
    });
    let outcome = Outcome {
        verdict,
        lockfiles: checked,
        database: database.summary(),
        policy,
        statements,
        remarks,
        now,
        product: settings.product.clone(),
        comparison,
    };
    Ok(Inquest { outcome, trials })
}

#[cfg(test)]
mod tests;
