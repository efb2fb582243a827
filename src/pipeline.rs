//! The stages of `check`, in order, once.
//!
//! ```text
//! policy ─► lockfiles ─► database ─► matches ─► graph, findings ─► evidence ─► verdict ─► outcome
//! ```
//!
//! Files are read in the first three stages, and once more for the manifests of projects in whose
//! lockfiles something was found. Where a claim about the build is to be checked, Cargo is asked what
//! it builds. Everything behind that is a function of what was read and of the date.
//!
//! Where a change is checked, [`compared`] says first which policy decides, and [`base`] takes the base
//! through the same stages: then the verdict counts what the change adds. What is done about an outcome
//! comes after all of it and can make it stricter at most: [`tickets`], with [`incidents`], and
//! [`release`].
//!
//! The other modules ask the same stages other questions: [`inquiry`] about one advisory, [`history`]
//! about all commits, [`push`] about what is about to be pushed.

pub mod advisories;
pub mod asked;
pub mod base;
pub mod comment;
pub mod compared;
pub mod findings;
pub mod history;
pub mod incidents;
pub mod inquiry;
pub mod lockfiles;
pub mod policy;
pub mod push;
pub mod refresh;
pub mod release;
pub mod tickets;
pub mod unlisted;
pub mod vex;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::advisories::Advisories;
use self::asked::AskedLockfile;
use self::base::{Head, LockfilesBefore};
use self::compared::Compared;
use self::findings::{BuildAccess, Context};
use self::inquiry::{Inquest, Trying};
use self::lockfiles::ReadLockfile;
use self::policy::LoadedPolicy;
use self::refresh::Surroundings;
use self::unlisted::Unlisted;
use crate::evidence::Doubts;
use crate::lockfile::Lockfile;
use crate::matching::NamedPackages;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::problem::{Gap, Problem};
use crate::settings::CheckSettings;
use crate::verdict::decide::{CheckedFinding, decide};
use crate::vex::Statements;

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
    let compared = Compared::open(settings, today)?;
    let statements = vex::read(&settings.vex)?;
    let read = compared.read_lockfiles(settings)?;
    let LoadedPolicy { policy, folder } = compared.policy;
    let refresh_remarks = refresh::refresh(settings, &policy.database, surroundings);
    let mut lockfiles_before = compared
        .base
        .as_ref()
        .map_or_else(LockfilesBefore::default, |base| {
            base.lockfiles(&settings.paths, &read.lockfiles)
        });
    let (locked, configuration) = match &compared.base {
        Some(base) => {
            let locked = base.asked(&policy, &read.lockfiles, &lockfiles_before)?;
            (locked, base.configuration_folder(&folder))
        }
        None => (AskedLockfile::all(&read.lockfiles), folder.clone()),
    };
    let asked = asked::ask(settings, &policy, &configuration, &locked, surroundings);
    let sources = compared.sources.as_ref();
    let (database, database_gaps) = Advisories::open(settings, &policy, &folder, asked, sources);
    let mut gaps = read.gaps;
    gaps.append(&mut lockfiles_before.gaps);
    let entries = lockfiles_before.entries(&read.lockfiles);
    gaps.extend(entries.gaps);
    gaps.extend(database_gaps);
    gaps.extend(database.unattributed());
    gaps.extend(database.freshness(&read.lockfiles, policy.database.max_age, now));
    let mut remarks = compared.remarks;
    remarks.extend(read.remarks);
    remarks.extend(refresh_remarks);
    remarks.extend(entries.remarks);

    let customer_data = lockfiles::customer_data(&read.lockfiles, &policy, &folder)?;
    let rules = Rules {
        settings,
        policy: &policy,
        statements: &statements,
        today,
        trying,
        doubts: &entries.doubts,
    };
    let mut examined = rules.examine(read.lockfiles, &database);
    gaps.append(&mut examined.gaps);
    remarks.append(&mut examined.remarks);
    remarks.extend(database.remarks(policy.database.max_age, now));
    if settings.clock.overridden {
        remarks.push(format!("the clock is set to {now} by {}", crate::settings::NOW_VARIABLE));
    }
    let found = &mut examined.findings;
    let trials = found
        .iter_mut()
        .filter_map(|checked| checked.trial.take())
        .collect();
    let mut verdict = decide(examined.findings, &policy, gaps, today);
    let comparison = compared.base.map(|base| {
        let head = Head { settings, database: &database, policy: &policy, now, today };
        let (comparison, said) =
            base.compare(&head, &mut verdict, lockfiles_before, compared.changes);
        remarks.extend(said);
        comparison
    });
    let outcome = Outcome {
        verdict,
        lockfiles: examined.lockfiles,
        database: database.summary(),
        policy,
        statements,
        customer_data,
        remarks,
        now,
        product: settings.product.clone(),
        comparison,
        release: None,
    };
    Ok(Inquest { outcome, trials })
}

/// By what the lockfiles of the head are examined.
struct Rules<'run> {
    settings: &'run CheckSettings,
    policy: &'run Policy,
    statements: &'run Statements,
    today: Date,
    trying: Trying<'run>,
    /// What a change makes doubtful in each of them.
    doubts: &'run [Doubts],
}

/// What lies in the lockfiles of the head.
#[derive(Default)]
struct Examined {
    lockfiles: Vec<Lockfile>,
    findings: Vec<CheckedFinding>,
    gaps: Vec<Gap>,
    remarks: Vec<String>,
}

impl Rules<'_> {
    /// Matches every lockfile against the advisories, and collects evidence about what is found.
    fn examine(&self, read: Vec<ReadLockfile>, database: &Advisories) -> Examined {
        let mirrors = &self.policy.mirrors;
        let mut examined = Examined::default();
        for (position, ReadLockfile { path, mut lockfile }) in read.into_iter().enumerate() {
            let unmatched = lockfiles::unmatched(&lockfile, mirrors);
            examined.remarks.extend(unmatched);
            let unlisted = Unlisted::of(&lockfile, &path, self.policy);
            let named = NamedPackages::of(&lockfile, mirrors).and(unlisted.names());
            let (known, unreadable) = database.look_up(&named, self.settings.clock.now);
            let (matches, undecided) = named.matches(&known);
            let (unknown, told) = unlisted.judge(&known);
            examined.gaps.extend(unknown);
            examined.remarks.extend(told);
            // What is known besides is not needed any more, and is most of what memory holds.
            drop(known);
            examined
                .gaps
                .extend(unreadable.into_iter().chain(undecided));
            let context = Context {
                path: &path,
                policy: self.policy,
                statements: self.statements,
                environment: &self.settings.build_environment,
                today: self.today,
                trying: self.trying,
                builds: BuildAccess::Always,
                manifests: None,
                doubts: self.doubts.get(position),
            };
            let found = findings::check(&context, position, &mut lockfile, matches);
            examined.findings.extend(found);
            examined.lockfiles.push(lockfile);
        }
        examined
    }
}

#[cfg(test)]
mod tests;
