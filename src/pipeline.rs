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
pub mod findings;
pub mod history;
pub mod incidents;
pub mod inquiry;
pub mod lockfiles;
pub mod policy;
pub mod refresh;
pub mod tickets;
pub mod vex;

use jiff::tz::TimeZone;

use self::advisories::Advisories;
use self::findings::Context;
use self::inquiry::{Inquest, Trying};
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
    run(settings, surroundings, Trying::Nothing).map(|inquest| inquest.outcome)
}

fn run(
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
    trying: Trying<'_>,
) -> Result<Inquest, Vec<Problem>> {
    let now = settings.clock.now;
    let today = now.to_zoned(TimeZone::UTC).date();
    let LoadedPolicy { policy, folder } =
        policy::load(settings.policy.as_deref(), &settings.paths, today)?;
    let statements = vex::read(&settings.vex)?;
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

    let customer_data = lockfiles::customer_data(&read.lockfiles, &policy, &folder)?;
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
            trying,
        };
        findings.extend(findings::check(&context, position, &mut lockfile, matches));
        checked.push(lockfile);
    }
    remarks.extend(database.remarks(policy.database.max_age, now));
    if settings.clock.overridden {
        remarks.push(format!("the clock is set to {now} by {}", crate::settings::NOW_VARIABLE));
    }
    let database = database.summary();
    let trials = findings
        .iter_mut()
        .filter_map(|checked| checked.trial.take())
        .collect();
    let verdict = decide(findings, &policy, gaps, today);
    let product = settings.product.clone();
    let outcome = Outcome {
        verdict,
        lockfiles: checked,
        database,
        policy,
        statements,
        customer_data,
        remarks,
        now,
        product,
    };
    Ok(Inquest { outcome, trials })
}

#[cfg(test)]
mod tests;
