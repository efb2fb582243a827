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
pub mod whole;

use std::collections::BTreeSet;

use jiff::Timestamp;
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
use crate::matching::{NamedPackages, UnmatchedPackages};
use crate::outcome::Outcome;
use crate::package::PackageName;
use crate::policy::Policy;
use crate::problem::{Gap, Problem};
use crate::repository_root::RepositoryRoot;
use crate::settings::CheckSettings;
use crate::verdict::decide::{CheckedFinding, decide};
use crate::verdict::{SuppressionSummary, Verdict};
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
    let root = count_from_root(settings, &read.lockfiles);
    let LoadedPolicy { policy, folder } = compared.policy;
    let refresh_remarks = refresh::refresh(settings, &policy.database, surroundings);
    let mut lockfiles_before = compared
        .base
        .as_ref()
        .map_or_else(LockfilesBefore::default, |base| base.lockfiles(settings, &read.lockfiles));
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
    gaps.extend(database.unattributed(&read.lockfiles));
    gaps.extend(database.freshness(&read.lockfiles, policy.database.max_age, now));
    let is_known = |ecosystem| database.knows_without_asking(ecosystem);
    let (unasked, said_of_unasked) = asked::unasked(&policy, &read.lockfiles, is_known);
    gaps.extend(unasked);
    let mut remarks = compared.remarks;
    remarks.extend(said_of_unasked);
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
    remarks.extend(examined.unmatched.remark());
    remarks.extend(database.remarks(policy.database.max_age, now));
    if settings.clock.overridden {
        remarks.push(format!("the clock is set to {now} by {}", crate::settings::NOW_VARIABLE));
    }
    let found = examined.findings.iter_mut();
    let trials = found.filter_map(|checked| checked.trial.take()).collect();
    let mut verdict = decide(examined.findings, &policy, gaps, today);
    let outcome_database = database.summary();
    remarks.extend(unsettled(&verdict.suppressions));
    let comparison = compared.base.map(|base| {
        let head = Head {
            settings,
            database: &database,
            policy: &policy,
            lockfiles: &examined.lockfiles,
            now,
            today,
        };
        let (comparison, said) =
            base.compare(&head, &mut verdict, lockfiles_before, compared.changes);
        remarks.extend(said);
        comparison
    });
    if outcome_database.is_some() {
        remarks.extend(unanswered(&statements, &verdict));
    }
    let outcome = Outcome {
        verdict,
        lockfiles: examined.lockfiles,
        database: outcome_database,
        policy,
        statements,
        customer_data,
        unmatched: examined.unmatched,
        remarks,
        now,
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
    unmatched: UnmatchedPackages,
    remarks: Vec<String>,
}

impl Rules<'_> {
    /// Matches every lockfile against the advisories, and collects evidence about what is found.
    fn examine(&self, read: Vec<ReadLockfile>, database: &Advisories) -> Examined {
        let registries = &self.policy.registries;
        let mut examined = Examined::default();
        for (position, ReadLockfile { path, lockfile }) in read.into_iter().enumerate() {
            examined.unmatched.add(&lockfile, registries);
            let namesakes = namesakes(&lockfile, database, self.settings.clock.now);
            examined.remarks.extend(namesakes);
            let unlisted = Unlisted::of(&lockfile, self.policy);
            let named = NamedPackages::of(&lockfile, registries).and(unlisted.names());
            let (mut known, unreadable) = database.look_up(&named, self.settings.clock.now);
            let (matches, undecided) = named.matches(&known);
            let (unknown, told) = unlisted.judge(&known);
            examined.gaps.extend(unknown);
            examined.remarks.extend(told);
            // What is known besides is not needed any more, and is most of what memory holds.
            let tries = !matches!(self.trying, Trying::Nothing);
            let of_interest: BTreeSet<PackageName> = matches
                .iter()
                .filter(|_| tries)
                .map(|matched| matched.package.package_name())
                .collect();
            known.retain(|name, _| of_interest.contains(name));
            examined.gaps.extend(unreadable.into_iter().chain(undecided));
            let context = Context {
                path: &path,
                policy: self.policy,
                statements: self.statements,
                environment: &self.settings.build_environment,
                today: self.today,
                trying: self.trying,
                builds: BuildAccess::Always,
                known: &known,
                doubts: self.doubts.get(position),
            };
            let found = findings::check(&context, position, &lockfile, matches);
            examined.findings.extend(found);
            examined.lockfiles.push(lockfile);
        }
        examined
    }
}

/// Projects that have the name and version of a package with advisories: copies of it, perhaps.
fn namesakes(lockfile: &Lockfile, database: &Advisories, now: Timestamp) -> Option<String> {
    let projects = NamedPackages::of_projects(lockfile);
    let (known, _) = database.look_up(&projects, now);
    let (matches, _) = projects.matches(&known);
    let named: BTreeSet<String> =
        matches.iter().map(|found| format!("{} ({})", found.package, found.advisory.id)).collect();
    let (first, more) = (named.first()?, named.len() - 1);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    Some(format!(
        "{}: a project of this repository has the name and version of a public package with \
         advisories, which is not counted as a finding: {first}{more}",
        lockfile.source.path
    ))
}

#[cfg(test)]
mod tests;
