//! The exposure of every lockfile to one advisory, over the history of the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::thread;

use super::advisories::{Advisories, Matched};
use super::compared::Compared;
use super::inquiry::Inquiry;
use super::lockfiles::ReadLockfile;
use super::notes::Notes;
use super::prepared::Prepared;
use super::refresh::Surroundings;
use crate::advisory::alias::MergedAdvisory;
use crate::disk;
use crate::git::{BlobName, GitError, Repository, Tag};
use crate::history::{Exposure, LockfileHistory, LockfileState, Moment, Release, lockfile_history};
use crate::lockfile::LockfileFormat;
use crate::matching::{Match, NamedPackages};
use crate::policy::Policy;
use crate::problem::{Problem, SourceText};
use crate::settings::CheckSettings;

/// Every lockfile with its exposure, and what was not known.
#[derive(Debug)]
pub struct History {
    /// In the order of their paths.
    pub lockfiles: Vec<LockfileHistory>,
    /// Why the history may be longer or other than it looks.
    pub gaps: Vec<String>,
    /// What the advisory says, if any locked version was ever affected by it.
    pub told: Option<MergedAdvisory>,
}

/// Walks the commits and tags of every lockfile below the paths of the settings.
///
/// # Errors
///
/// The policy or a lockfile cannot be read, or git cannot tell the history.
pub fn history(
    settings: &CheckSettings,
    inquiry: &Inquiry,
    surroundings: &Surroundings<'_>,
) -> Result<History, Vec<Problem>> {
    let compared = Compared::with_nothing(settings)?;
    let read = compared.read_lockfiles(settings)?;
    if !read.unreadable.is_empty() {
        return Err(read.unreadable);
    }
    let mut notes = Notes { gaps: read.gaps, remarks: read.remarks };
    let left_out = &read.unsearched.left_out;
    let prepared =
        Prepared::new(settings, surroundings, compared, read.lockfiles, left_out, &mut notes)?;
    let Prepared { policy, lockfiles, database, .. } = prepared;
    let judge =
        Judge { inquiry, database: &database, policy: &policy.policy, told: Mutex::new(None) };
    let mut history = History {
        lockfiles: Vec::new(),
        gaps: notes.gaps.into_iter().map(|gap| gap.message).collect(),
        told: None,
    };
    for lockfile in &lockfiles {
        let (one, is_shallow, silent) =
            judge.lockfile_history(lockfile).map_err(|error| cannot_be_told(lockfile, &error))?;
        if is_shallow {
            history.gaps.push(format!(
                "the clone that {} is in is shallow: older commits are missing",
                one.lockfile
            ));
        }
        history.gaps.extend(silent.iter().map(|environment| {
            format!("no tag is a release to `{environment}` as [history] describes them")
        }));
        history.lockfiles.push(one);
    }
    history.told = judge.told.into_inner().unwrap_or_default();
    history.gaps.sort();
    history.gaps.dedup();
    Ok(history)
}

fn cannot_be_told(lockfile: &ReadLockfile, error: &GitError) -> Problem {
    let path = lockfile.lockfile.source.path.clone();
    Problem::in_file(path, format!("its history cannot be told: {error}"))
        .help("run it in a clone of the repository, with git installed")
}

/// Decides about states of lockfiles.
struct Judge<'run> {
    inquiry: &'run Inquiry,
    database: &'run Advisories,
    policy: &'run Policy,
    /// What the advisory says, once it was met.
    told: Mutex<Option<MergedAdvisory>>,
}

impl Judge<'_> {
    fn lockfile_history(
        &self,
        lockfile: &ReadLockfile,
    ) -> Result<(LockfileHistory, bool, Vec<String>), GitError> {
        let repository = Repository::of(disk::folder_of(&lockfile.path))?;
        let name = lockfile.path.file_name().unwrap_or_default().to_string_lossy();
        let shown = lockfile.lockfile.source.path.clone();
        let commits = repository.commits(&name)?;
        let tags = repository.tags()?;
        let mut revisions: Vec<String> = commits.iter().map(|commit| commit.id.clone()).collect();
        revisions.extend(tags.iter().map(|tag| format!("refs/tags/{}", tag.name)));
        let blobs = repository.blobs(&revisions, &name)?;
        let exposures = self.exposures(&repository, &blobs, lockfile)?;
        let exposure = |blob: &Option<BlobName>| match blob {
            Some(blob) => exposures
                .get(blob)
                .cloned()
                .unwrap_or_else(|| Exposure::Unknown("git does not have it".to_owned())),
            None => Exposure::Clear,
        };
        let (of_commits, of_tags) = blobs.split_at(commits.len());
        let states: Vec<LockfileState> = commits
            .into_iter()
            .zip(of_commits)
            .map(|(commit, blob)| LockfileState {
                since: Moment { commit: commit.id, time: commit.time },
                exposure: exposure(blob),
            })
            .collect();
        let silent = self.silent_environments(&tags);
        let releases = tags
            .into_iter()
            .zip(of_tags)
            .map(|(tag, blob)| Release { tag: tag.name, time: tag.time, exposure: exposure(blob) })
            .collect();
        let history = lockfile_history(shown, &states, releases, &self.policy.history);
        Ok((history, repository.is_shallow()?, silent))
    }

    /// The environments of the policy to which no tag is a release: when they were exposed is not
    /// known, which must not look like never.
    fn silent_environments(&self, tags: &[Tag]) -> Vec<String> {
        let environments = self.policy.history.environments.iter();
        environments
            .filter(|(name, patterns)| {
                !tags.iter().any(|tag| {
                    patterns.iter().any(|pattern| pattern.matches(&tag.name))
                        || tag.name.rsplit_once('/').is_some_and(|(named, _)| named == **name)
                })
            })
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Decides about every different content once, on all cores.
    fn exposures(
        &self,
        repository: &Repository,
        blobs: &[Option<BlobName>],
        lockfile: &ReadLockfile,
    ) -> Result<BTreeMap<BlobName, Exposure>, GitError> {
        let different: BTreeSet<&BlobName> = blobs.iter().flatten().collect();
        let different: Vec<BlobName> = different.into_iter().cloned().collect();
        let contents = repository.contents(&different)?;
        let format = lockfile.lockfile.format;
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = contents.len().div_ceil(cores).max(1);
        let decide = |share: &[Vec<u8>]| -> Vec<Exposure> {
            share.iter().map(|content| self.exposure(content, format)).collect()
        };
        let decided: Vec<Exposure> = thread::scope(|scope| {
            let workers: Vec<_> = contents
                .chunks(share)
                .map(|share| (share.len(), scope.spawn(move || decide(share))))
                .collect();
            workers
                .into_iter()
                .flat_map(|(length, worker)| {
                    let undecided = Exposure::Unknown("it was not decided".to_owned());
                    worker.join().unwrap_or_else(|_| vec![undecided; length])
                })
                .collect()
        });
        Ok(different.into_iter().zip(decided).collect())
    }

    /// Remembers what the advisory says. Of several packages the first by name counts, so that the
    /// order in which states are decided changes nothing.
    fn take_in(&self, matches: Vec<Match>) {
        let Ok(mut told) = self.told.lock() else {
            return;
        };
        for matched in matches {
            let rank = |advisory: &MergedAdvisory| (advisory.id.clone(), advisory.patched.clone());
            let is_first =
                told.as_ref().is_none_or(|before| rank(&matched.advisory) < rank(before));
            if is_first {
                *told = Some(matched.advisory);
            }
        }
    }

    fn exposure(&self, content: &[u8], format: &dyn LockfileFormat) -> Exposure {
        let Ok(text) = std::str::from_utf8(content) else {
            return Exposure::Unknown("it is not UTF-8".to_owned());
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = Arc::new(SourceText::new("lockfile", text));
        let lockfile = match format.parse(&source) {
            Ok(lockfile) => lockfile,
            Err(error) => return Exposure::Unknown(error.problem().message.clone()),
        };
        let named = NamedPackages::of(&lockfile, &self.policy.registries);
        let Matched { matches, gaps, .. } = self.database.matches(&named);
        let about_it: Vec<Match> =
            matches.into_iter().filter(|matched| self.inquiry.is_about_match(matched)).collect();
        let affected: BTreeSet<String> =
            about_it.iter().map(|matched| matched.package.to_string()).collect();
        self.take_in(about_it);
        match gaps.into_iter().next() {
            _ if !affected.is_empty() => Exposure::Affected(affected),
            // What cannot be read may be about just this.
            Some(gap) => Exposure::Unknown(gap.message),
            None => Exposure::Clear,
        }
    }
}
