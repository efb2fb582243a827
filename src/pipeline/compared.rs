//! The first stage where a change is checked: which policy decides, and against what it is compared.

use super::advisories::SourceChange;
use super::base::{Base, Governance, Opening};
use super::lockfiles::{self, Kept, ReadLockfiles};
use super::notes::Notes;
use super::policy::{self, LoadedPolicy};
use crate::policy::change::PolicyChange;
use crate::problem::Problem;
use crate::settings::{CheckSettings, shown};

/// What decides, and what is compared with, if anything is.
#[derive(Debug)]
pub struct Compared {
    /// The policy that decides.
    pub policy: LoadedPolicy,
    pub base: Option<Base>,
    /// From where sources on disk are read; `None` where nothing is compared.
    pub sources: Option<SourceChange>,
    /// What the change does to the policy.
    pub changes: Vec<PolicyChange>,
}

impl Compared {
    /// Loads the policy, and where the settings name a base that of the base.
    ///
    /// # Errors
    ///
    /// A policy or the base cannot be read: then nothing can be decided.
    pub fn open(settings: &CheckSettings, notes: &mut Notes) -> Result<Self, Vec<Problem>> {
        let head = Self::with_nothing(settings)?;
        match Opening::of(settings)? {
            Opening::Nothing => {}
            Opening::WholeTree(reason) => {
                notes.remarks.push(format!("everything is checked: {reason}"));
            }
            Opening::Commit(opened) => {
                let base = Base::open(settings, *opened, &head.policy, settings.clock.today())?;
                let Governance { decides, changes, sources, remarks } =
                    base.govern(head.policy, &settings.database)?;
                notes.remarks.extend(remarks);
                let (base, sources) = (Some(base), Some(sources));
                return Ok(Self { policy: decides, base, sources, changes });
            }
        }
        Ok(head)
    }

    /// Loads the policy, and compares with nothing, whatever the settings name.
    ///
    /// # Errors
    ///
    /// The policy cannot be read.
    pub fn with_nothing(settings: &CheckSettings) -> Result<Self, Vec<Problem>> {
        let today = settings.clock.today();
        let policy = policy::load(settings.policy.as_deref(), &settings.paths, today)?;
        Ok(Self { policy, base: None, sources: None, changes: Vec::new() })
    }

    /// Finds and reads the lockfiles; those that the change hides are read as well.
    ///
    /// # Errors
    ///
    /// What was named is not there, it is not known what the change hides, or no lockfile can be read:
    /// then there is nothing to decide about.
    pub fn read_lockfiles(&self, settings: &CheckSettings) -> Result<ReadLockfiles, Vec<Problem>> {
        let LoadedPolicy { policy, folder } = &self.policy;
        let mut remarks = Vec::new();
        let mut found =
            lockfiles::find(&settings.paths, policy, folder, kept(settings), &mut remarks)?;
        let hidden = match &self.base {
            Some(base) => base.add_hidden(&settings.paths, &mut found)?,
            None => Vec::new(),
        };
        remarks.extend(hidden.iter().map(|path| {
            let path = shown(path);
            format!("{path} is checked although the change hides it from the search")
        }));
        let read = lockfiles::read_found(found, remarks, policy, folder);
        if read.lockfiles.is_empty() && !read.unreadable.is_empty() {
            return Err(read.unreadable);
        }
        Ok(read)
    }
}

fn kept(settings: &CheckSettings) -> Kept {
    if settings.is_commit { Kept::Everything } else { Kept::AsGitSays }
}
