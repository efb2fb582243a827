//! The findings at the base: the same stages, the same advisories, the same date.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Base;
use super::lockfiles::{LockfileBefore, LockfilesBefore};
use crate::database::AdvisoriesByPackage;
use crate::evidence::FilesOfClaims;
use crate::finding::Finding;
use crate::installed::{Fetching, Means};
use crate::lockfile::Lockfile;
use crate::lockfile::manifest::FolderOnDisk;
use crate::matching::{NamedPackages, WhyUnmatched, unmatched_names};
use crate::outcome::Comparison;
use crate::package::PackageName;
use crate::pipeline::advisories::Advisories;
use crate::pipeline::facts::Context;
use crate::pipeline::findings;
use crate::pipeline::inquiry::Trying;
use crate::pipeline::vex;
use crate::policy::change::PolicyChange;
use crate::policy::{Cost, Fact, GateKey, Policy, Suppression};
use crate::problem::{Gap, GapCode};
use crate::scope::Scope;
use crate::settings::CheckSettings;
use crate::verdict::change::{self, FindingBefore, FindingChanges, FixedFinding, is_same_flaw};
use crate::verdict::decide::{CheckedFinding, decide_one, settle};
use crate::verdict::{DecidedFinding, Disposition, Verdict};
use crate::vex::Statements;

/// What the head was decided by.
#[derive(Clone, Copy, Debug)]
pub struct Head<'run> {
    /// The settings of the check.
    pub settings: &'run CheckSettings,
    pub database: &'run Advisories,
    pub policy: &'run Policy,
    /// The lockfiles that were checked.
    pub lockfiles: &'run [Lockfile],
    pub today: Date,
}

/// A package that nothing locks any more, because an entry was edited that is still the same archive.
fn may_be_there(finding: &FixedFinding) -> Gap {
    let FixedFinding { id, package, lockfile, .. } = finding;
    Gap::new(
        GapCode::LockfileIncomplete,
        format!(
            "{lockfile} does not lock {package} any more, of which {id} tells, and the entries that say \
             so are those of the same archives as at the base"
        ),
        "find out who edited the lockfile, and let the package manager write it anew; where the base \
         is what was wrong, mend it there in a change of its own",
    )
}

impl Base {
    /// Says of each finding of a verdict whether the change brings it, and lets the answer follow
    /// from that. Also gives what there is to know about it.
    pub fn compare(
        &self,
        head: &Head<'_>,
        verdict: &mut Verdict,
        lockfiles: LockfilesBefore,
        policy_changes: Vec<PolicyChange>,
    ) -> (Comparison, Vec<String>) {
        let mut remarks = lockfiles.remarks;
        let statements = self.statements(head.settings, &mut remarks);
        let mut now_found: BTreeMap<usize, Vec<&DecidedFinding>> = BTreeMap::new();
        for decided in &verdict.findings {
            let found = now_found.entry(decided.finding.lockfile).or_default();
            found.push(decided);
        }
        let mut before = Vec::new();
        for (position, lockfile) in lockfiles.lockfiles.into_iter().enumerate() {
            let found = lockfile.now.successor().and_then(|now| now_found.get(&now));
            let found = found.map_or(&[][..], Vec::as_slice);
            // Where nothing changed, what is not found now was not found then.
            if lockfile.is_unchanged && found.is_empty() {
                continue;
            }
            before.extend(self.findings_of(head, found, position, lockfile, statements.as_ref()));
        }
        let FindingChanges { changes, fixed, unproved } =
            change::compare(&verdict.findings, &before, head.policy, self.policy());
        for (decided, change) in verdict.findings.iter_mut().zip(changes) {
            decided.change = Some(change);
        }
        verdict.gaps.extend(unproved.iter().map(may_be_there));
        settle(verdict);
        let (unmatched, fixed) = fixed.into_iter().partition(|finding| finding.unmatched.is_some());
        let comparison = Comparison {
            revision: self.commit().to_string(),
            fixed,
            unmatched,
            policy_changes,
            policy: self.policy().source.clone(),
        };
        (comparison, remarks)
    }

    /// What was found in a lockfile at the base, which is the one at `position` there. Only for what
    /// blocks at the head the files that claims rest on are written, and Cargo is asked what was built.
    fn findings_of(
        &self,
        head: &Head<'_>,
        now_found: &[&DecidedFinding],
        position: usize,
        before: LockfileBefore,
        statements: Option<&Statements>,
    ) -> Vec<FindingBefore> {
        let LockfileBefore { path, shown, now, is_unchanged, lockfile, unproved, may_be_excluded } =
            before;
        let lockfile: Option<Lockfile> = match lockfile {
            None if is_unchanged => self.read(&path, &shown).ok(),
            other => other,
        };
        let Some(lockfile) = lockfile else {
            return Vec::new();
        };
        let policy = self.policy();
        let moved =
            moved_away(&lockfile, policy, now.same().and_then(|now| head.lockfiles.get(now)), head);
        let named = NamedPackages::of(&lockfile, &policy.registries);
        // What could not be looked up is a gap of the head already.
        let matches = head.database.matches(&named).matches;
        let blocking: Vec<&DecidedFinding> = now_found
            .iter()
            .copied()
            .filter(|decided| decided.disposition == Disposition::Block)
            .collect();
        let files = self.files_behind(&blocking, statements);
        self.tree.write_behind_claims(files.in_ecosystem(lockfile.ecosystem));
        let most_for = |finding: &Finding| {
            let mut blocking = blocking.iter();
            if blocking.any(|decided| is_same_flaw(&decided.finding, finding)) {
                Cost::Process
            } else {
                Cost::Search
            }
        };
        let nothing = Statements::default();
        let nothing_known = AdvisoriesByPackage::new();
        let context = Context {
            path: &path,
            manifests: &FolderOnDisk::of_lockfile(&path, &lockfile.source.path),
            policy,
            statements: statements.unwrap_or(&nothing),
            means: Means { unpacked: None, fetching: Fetching::Off },
            module_cache: head.settings.module_cache.as_deref(),
            environment: &head.settings.build_environment,
            today: head.today,
            trying: Trying::Nothing,
            most_for: &most_for,
            known: &nothing_known,
            doubts: None,
        };
        let checked = findings::check(&context, position, &lockfile, matches);
        let before = checked.findings.into_iter().map(|checked| FindingBefore {
            is_certain: statements.is_some() && self.is_certain(&checked),
            may_be_fixed: !unproved.contains(&checked.finding.package),
            lockfile: now,
            unmatched: if may_be_excluded {
                Some(WhyUnmatched::Excluded)
            } else {
                moved.get(&checked.finding.package.package_name()).copied()
            },
            decided: decide_one(checked, policy, head.today),
        });
        before.collect()
    }

    /// The files that it takes to check what may clear any of these findings at the base, or did.
    fn files_behind(
        &self,
        blocking: &[&DecidedFinding],
        statements: Option<&Statements>,
    ) -> FilesOfClaims {
        if blocking.is_empty() {
            return FilesOfClaims::default();
        }
        let policy = self.policy();
        let names: Vec<_> = blocking.iter().map(|decided| decided.finding.identifiers()).collect();
        let is_about = |suppression: &&Suppression| {
            let mut names = names.iter();
            names.any(|names| names.contains(&suppression.advisory))
        };
        let suppressions = policy.suppressions.iter().filter(is_about);
        let claimed = suppressions.flat_map(Suppression::kinds);
        let stated = statements.into_iter().flat_map(Statements::checks);
        FilesOfClaims::of(claimed.chain(policy.automatic.iter().copied()).chain(stated))
    }

    /// Whether it cannot have been cleared, or been let pass by a gate for another scope, by something
    /// that is not here.
    fn is_certain(&self, checked: &CheckedFinding) -> bool {
        let policy = self.policy();
        let finding = &checked.finding;
        let key = GateKey::of(finding.kind, finding.severity.level);
        let action = |scope| policy.gate.decide(key, scope).action;
        let rests_on_files = !checked.checks.is_empty()
            || !checked.statements.is_empty()
            || !policy.automatic.is_empty()
            || action(Scope::Build) != action(Scope::Runtime)
            || action(Scope::Development) != action(Scope::Runtime);
        // What is installed at the base nobody knows.
        let rests_on_installed = takes_installed(checked, policy);
        let is_faithful = !rests_on_files || self.tree.is_faithful();
        !self.is_doubtful && checked.is_certain && is_faithful && !rests_on_installed
    }

    /// The statements of other people as they are at the base; those that are not there as they are:
    /// what they clear now they cleared then, and is not taken for one that was there. `None` if they
    /// cannot be read.
    fn statements(
        &self,
        settings: &CheckSettings,
        remarks: &mut Vec<String>,
    ) -> Option<Statements> {
        let at_base = settings.vex.iter().map(|path| match self.tree.at_base(path) {
            Some(at_base) if at_base.is_file() => at_base,
            _ => path.clone(),
        });
        match vex::read(&at_base.collect::<Vec<_>>()) {
            Ok(statements) => Some(statements),
            Err(problems) => {
                let reason = problems.first().map(ToString::to_string).unwrap_or_default();
                remarks.push(format!(
                    "a VEX document cannot be read at the base, so everything counts as added: \
                     {reason}"
                ));
                None
            }
        }
    }
}

/// Whether a claim about a finding is checked by what is installed.
fn takes_installed(checked: &CheckedFinding, policy: &Policy) -> bool {
    let claimed = checked.checks.iter().flat_map(|check| &check.evidence);
    let stated = checked.statements.iter().flat_map(|check| &check.evidence);
    let kinds = claimed.chain(stated).map(|evidence| evidence.claim);
    kinds.chain(policy.automatic.iter().copied()).any(|kind| kind.takes(Fact::Imports))
}

/// The names that a lockfile matched at the base and does not match now, although they are still
/// locked: what was found under them is not fixed.
fn moved_away(
    before: &Lockfile,
    base_policy: &Policy,
    now: Option<&Lockfile>,
    head: &Head<'_>,
) -> BTreeMap<PackageName, WhyUnmatched> {
    let Some(now) = now else {
        return BTreeMap::new();
    };
    let mut names = unmatched_names(now, &head.policy.registries);
    for known in unmatched_names(before, &base_policy.registries).keys() {
        names.remove(known);
    }
    names
}
