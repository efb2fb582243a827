//! The first three stages, for every question that is asked: policy, lockfiles, database.

use std::path::PathBuf;

use super::advisories::Advisories;
use super::asked::{self, AskedLockfile};
use super::base::{Base, Head, LockfilesBefore};
use super::compared::Compared;
use super::lockfiles::ReadLockfile;
use super::notes::Notes;
use super::policy::LoadedPolicy;
use super::refresh::{self, Surroundings};
use crate::evidence::Doubts;
use crate::outcome::{Comparison, LeftOut};
use crate::policy::change::PolicyChange;
use crate::problem::Problem;
use crate::settings::CheckSettings;
use crate::verdict::Verdict;

/// Everything that decides, read and opened.
#[derive(Debug)]
pub struct Prepared {
    /// The policy that decides, and the folder that its relative paths count from.
    pub policy: LoadedPolicy,
    pub lockfiles: Vec<ReadLockfile>,
    /// The folder for each lockfile whose configuration says which registries there are: at the base, where
    /// something is compared. A change could choose whom to trust.
    pub configurations: Vec<PathBuf>,
    /// What the lockfiles are matched against.
    pub database: Advisories,
    /// What a change makes doubtful in each lockfile; empty where nothing is compared.
    pub doubts: Vec<Doubts>,
    /// What is compared with; `None` where nothing is.
    pub comparing: Option<Comparing>,
}

impl Prepared {
    /// Brings the advisories up to date, asks the registries that the policy wants asked, and opens
    /// the database.
    ///
    /// A failed refresh is a remark: an old database is a gap of its own.
    ///
    /// # Errors
    ///
    /// The base of a change cannot be read.
    pub fn new(
        settings: &CheckSettings,
        surroundings: &Surroundings<'_>,
        compared: Compared,
        lockfiles: Vec<ReadLockfile>,
        left_out: &[LeftOut],
        notes: &mut Notes,
    ) -> Result<Self, Vec<Problem>> {
        let Compared { policy: LoadedPolicy { policy, folder }, base, sources, changes } = compared;
        notes.remarks.extend(refresh::refresh(settings, &policy.database, surroundings));
        let mut comparing = base.map(|base| {
            let before = base.lockfiles(settings, &lockfiles, left_out);
            Comparing { base, before, changes }
        });
        let (locked, configuration) = match &comparing {
            Some(Comparing { base, before, .. }) => {
                let locked = base.asked(&policy, &lockfiles, before)?;
                (locked, base.configuration_folder(&folder))
            }
            None => (AskedLockfile::all(&lockfiles), folder.clone()),
        };
        let configurations = locked.iter().take(lockfiles.len()).map(|it| it.folder.clone());
        let configurations = configurations.collect();
        let answers = asked::ask(settings, &policy, &configuration, &locked, surroundings);
        let database =
            Advisories::open(settings, &policy, &folder, answers, sources.as_ref(), notes);
        notes.gaps.extend(database.unattributed(&lockfiles));
        notes.gaps.extend(database.freshness(&lockfiles));
        let is_known = |ecosystem| database.knows_without_asking(ecosystem);
        let (unasked, remarks) = asked::unasked(&policy, &lockfiles, is_known);
        notes.add(unasked, remarks);
        let doubts = comparing.as_mut().map(|it| it.doubts(&lockfiles, notes)).unwrap_or_default();
        let policy = LoadedPolicy { policy, folder };
        Ok(Self { policy, lockfiles, configurations, database, doubts, comparing })
    }
}

/// The base of a change, and what is known about it before anything is matched.
#[derive(Debug)]
pub struct Comparing {
    base: Base,
    before: LockfilesBefore,
    /// What the change does to the policy.
    changes: Vec<PolicyChange>,
}

impl Comparing {
    /// Holds every lockfile against what it was, entry by entry.
    fn doubts(&mut self, lockfiles: &[ReadLockfile], notes: &mut Notes) -> Vec<Doubts> {
        notes.gaps.append(&mut self.before.gaps);
        let entries = self.before.entries(lockfiles);
        notes.add(entries.gaps, entries.remarks);
        entries.doubts
    }

    /// Takes the base through the same stages, and lets the verdict count what the change adds.
    pub fn compare(
        self,
        head: &Head<'_>,
        verdict: &mut Verdict,
        remarks: &mut Vec<String>,
    ) -> Comparison {
        let (comparison, said) = self.base.compare(head, verdict, self.before, self.changes);
        remarks.extend(said);
        comparison
    }
}
