//! The stages from lockfiles to findings with evidence.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::civil::Date;

use super::advisories::{Advisories, Matched};
use super::facts::Context;
use super::findings;
use super::inquiry::Trying;
use super::lockfiles::ReadLockfile;
use super::notes::Notes;
use super::packages::RegistryArchives;
use super::refresh::Surroundings;
use super::unlisted::{Judged, Unlisted};
use crate::database::AdvisoriesByPackage;
use crate::evidence::Doubts;
use crate::installed::{Fetching, Means};
use crate::lockfile::Lockfile;
use crate::matching::{Match, NamedPackages, UnmatchedPackages};
use crate::package::PackageName;
use crate::policy::{Cost, Policy};
use crate::settings::CheckSettings;
use crate::verdict::Trial;
use crate::verdict::decide::CheckedFinding;
use crate::vex::Statements;
use crate::words::and_more;

/// By what the lockfiles of the head are examined.
pub struct Examination<'run> {
    pub settings: &'run CheckSettings,
    pub policy: &'run Policy,
    /// Statements of other people.
    pub statements: &'run Statements,
    pub database: &'run Advisories,
    pub today: Date,
    pub trying: Trying<'run>,
    /// What a change makes doubtful in each of them.
    pub doubts: &'run [Doubts],
    /// The folder for each of them whose configuration says which registries there are.
    pub configurations: &'run [PathBuf],
    pub surroundings: &'run Surroundings<'run>,
}

/// What lies in the lockfiles of the head.
#[derive(Debug, Default)]
pub struct Examined {
    pub lockfiles: Vec<Lockfile>,
    pub findings: Vec<CheckedFinding>,
    /// What claims that nobody makes would prove, where somebody asks.
    pub trials: Vec<Trial>,
    /// The packages that were not matched by name.
    pub unmatched: UnmatchedPackages,
    /// The entries of `bundled` in `[npm]` that are about something in a lockfile, by position.
    pub used_archives: BTreeSet<usize>,
}

impl Examination<'_> {
    /// Matches every lockfile against the advisories, and collects evidence about what is found.
    pub fn examine(&self, lockfiles: Vec<ReadLockfile>, notes: &mut Notes) -> Examined {
        let mut examined = Examined::default();
        for (position, read) in lockfiles.into_iter().enumerate() {
            examined.unmatched.add(&read.lockfile, &self.policy.registries);
            notes.remarks.extend(self.namesakes(&read.lockfile));
            self.examine_one(position, read, &mut examined, notes);
        }
        notes.remarks.extend(examined.unmatched.remark());
        examined
    }

    fn examine_one(
        &self,
        position: usize,
        ReadLockfile { path, lockfile, manifests }: ReadLockfile,
        examined: &mut Examined,
        notes: &mut Notes,
    ) {
        let unlisted = Unlisted::of(&lockfile, self.policy, self.today);
        let named = NamedPackages::of(&lockfile, &self.policy.registries).and(unlisted.names());
        let Matched { matches, gaps, mut known } = self.database.matches(&named);
        notes.gaps.extend(gaps);
        let Judged { gaps, remarks, used } = unlisted.judge(&known);
        notes.add(gaps, remarks);
        examined.used_archives.extend(used);
        self.keep_what_is_tried(&mut known, &matches);
        let archives = RegistryArchives::new(&self.configurations[position], self.surroundings);
        let fetching = match (self.policy.npm.fetch, self.settings.offline) {
            (false, _) => Fetching::Off,
            (true, true) => Fetching::Offline,
            (true, false) => Fetching::By(&archives),
        };
        let context = Context {
            path: &path,
            manifests: &manifests,
            policy: self.policy,
            statements: self.statements,
            means: Means { unpacked: self.settings.unpacked.as_deref(), fetching },
            module_cache: self.settings.module_cache.as_deref(),
            environment: &self.settings.build_environment,
            today: self.today,
            trying: self.trying,
            most_for: &|_| Cost::Process,
            known: &known,
            doubts: self.doubts.get(position),
        };
        let found = findings::check(&context, position, &lockfile, matches);
        examined.findings.extend(found.findings);
        examined.trials.extend(found.trials);
        examined.lockfiles.push(lockfile);
    }

    /// Frees all advisories but those that an upgrade is looked for in: they are most of what memory
    /// holds.
    fn keep_what_is_tried(&self, known: &mut AdvisoriesByPackage, matches: &[Match]) {
        if matches!(self.trying, Trying::Nothing) {
            known.clear();
            return;
        }
        let of_interest: BTreeSet<PackageName> =
            matches.iter().map(|matched| matched.package.package_name()).collect();
        known.retain(|name, _| of_interest.contains(name));
    }

    /// Projects that have the name and version of a package with advisories: copies of it, perhaps.
    fn namesakes(&self, lockfile: &Lockfile) -> Option<String> {
        let Matched { matches, .. } = self.database.matches(&NamedPackages::of_projects(lockfile));
        let named: BTreeSet<String> = matches
            .iter()
            .map(|found| format!("{} ({})", found.package, found.advisory.id))
            .collect();
        let (first, more) = (named.first()?, named.len() - 1);
        let more = and_more(more);
        Some(format!(
            "{}: a project of this repository has the name and version of a public package with \
             advisories, which is not counted as a finding: {first}{more}",
            lockfile.source.path
        ))
    }
}
