//! The repository of a comparison, and the commit that it names, fetched if need be.

use std::path::PathBuf;
use std::time::Duration;

use super::choice::{self, Choice};
use crate::git::{CommitId, GitError, Repository, Revision};
use crate::pipeline::policy::search_start;
use crate::problem::Problem;
use crate::settings::{BaseSetting, CheckSettings, shown};

/// How long a fetch of one commit is waited for. Large repositories take a minute.
const PATIENCE: Duration = Duration::from_mins(3);

/// What a check is compared with.
#[derive(Debug)]
pub enum Opening {
    Commit(Box<Opened>),
    /// Nothing, because of this.
    WholeTree(String),
    /// Nothing: nobody asked for it.
    Nothing,
}

/// A commit to compare with, which is here.
#[derive(Debug)]
pub struct Opened {
    pub(super) repository: Repository,
    /// The root of the work tree, with every link resolved.
    pub(super) work_tree: PathBuf,
    pub(super) commit: CommitId,
    /// Why nothing at it counts as there before.
    pub(in crate::pipeline::base) doubt: Option<String>,
    /// What there is to know about it.
    pub(in crate::pipeline::base) remark: Option<String>,
}

impl Opening {
    /// Finds what the settings name, and fetches it if it is not here.
    ///
    /// # Errors
    ///
    /// It cannot be had: then nothing can be decided.
    pub fn of(settings: &CheckSettings) -> Result<Self, Vec<Problem>> {
        let CheckSettings { paths, offline, base, .. } = settings;
        let named = |repository: &Repository, revision: &Revision| {
            let here = repository.resolve(revision);
            match here.map_err(|error| unreadable(revision, &error))? {
                Some(commit) => Ok(commit),
                None => fetch(repository, revision, *offline),
            }
        };
        let (repository, work_tree) = match base {
            BaseSetting::None => return Ok(Self::Nothing),
            BaseSetting::WholeTree(reason) => return Ok(Self::WholeTree(reason.clone())),
            _ => repository(paths, *offline)?,
        };
        let from_checkout = repository.seen_from(&work_tree);
        let chosen = match base {
            BaseSetting::PullRequest(event) => choice::of_pull_request(&from_checkout, event),
            BaseSetting::MergeGroup(event) => choice::of_merge_group(&from_checkout, event),
            BaseSetting::Before(before) => match named(&repository, &before.into()) {
                Ok(commit) => Ok(Choice { commit, doubt: None, remark: None }),
                Err(problem) => return Ok(Self::WholeTree(gone(before, &problem))),
            },
            BaseSetting::Revision(revision) => {
                let commit = named(&repository, revision)?;
                Ok(Choice { commit, doubt: None, remark: None })
            }
            BaseSetting::None | BaseSetting::WholeTree(_) => return Ok(Self::Nothing),
        };
        let Choice { commit, doubt, remark } = chosen.map_err(|error| unknown(&error))?;
        let commit = named(&repository, &Revision::from(&commit))?;
        Ok(Self::Commit(Box::new(Opened { repository, work_tree, commit, doubt, remark })))
    }
}

/// Why everything is checked after a push.
fn gone(before: &CommitId, problem: &Problem) -> String {
    format!(
        "what the branch led to before the push, {}, is not to be had, as after a forced one: {}",
        before.short(),
        problem.message
    )
}

fn unknown(error: &GitError) -> Problem {
    Problem::in_file("--base-from-event", format!("it is not known what is checked out: {error}"))
        .help("check out what the event is about, or name what to compare with: --base REV")
}

/// The repository that all paths lie in, and the root of its work tree.
fn repository(paths: &[PathBuf], offline: bool) -> Result<(Repository, PathBuf), Problem> {
    let mut found: Option<(Repository, PathBuf)> = None;
    for path in paths {
        let folder = search_start(path);
        let here = Repository::with_work_tree(&folder).map_err(|error| {
            let message = format!("it cannot be compared with another commit: {error}");
            Problem::in_file(shown(path), message)
                .help("run it in a clone of the repository, with git installed")
        })?;
        match &found {
            Some((_, work_tree)) if *work_tree != here.1 => {
                let message = "it lies in another repository than what else is checked";
                return Err(
                    Problem::in_file(shown(path), message).help("check one repository at a time")
                );
            }
            Some(_) => {}
            None => found = Some(here),
        }
    }
    let (repository, work_tree) =
        found.ok_or_else(|| Problem::in_file("--base", "there is nothing to compare"))?;
    let work_tree = work_tree.canonicalize().map_err(|error| {
        Problem::in_file(shown(&work_tree), format!("the folder cannot be read: {error}"))
    })?;
    Ok((if offline { repository.offline() } else { repository }, work_tree))
}

/// Fetches a commit that a shallow clone lacks. What has no name in full cannot be fetched alone.
fn fetch(repository: &Repository, revision: &Revision, offline: bool) -> Result<CommitId, Problem> {
    let refuse = |message: String, help: String| Problem::in_file("--base", message).help(help);
    let Some(commit) = revision.commit() else {
        return Err(refuse(
            format!("there is no commit `{revision}` here"),
            "name one that is, or the full id of a commit, which is fetched if need be".to_owned(),
        ));
    };
    let by_hand = format!("git fetch --depth=1 --no-tags origin {commit}");
    if offline {
        return Err(refuse(
            format!("commit {commit} is not here, and the network may not be used"),
            format!("run `{by_hand}` before"),
        ));
    }
    repository.fetch(&commit, PATIENCE).map_err(|error| {
        refuse(
            format!("commit {commit} is not here, and it cannot be fetched: {error}"),
            format!("see what `{by_hand}` says, run it before, or check out with a greater depth"),
        )
    })?;
    match repository.resolve(revision) {
        Ok(Some(commit)) => Ok(commit),
        Ok(None) => Err(refuse(
            format!("commit {commit} was fetched, and is not here all the same"),
            format!("see what `{by_hand}` says"),
        )),
        Err(error) => Err(unreadable(revision, &error)),
    }
}

pub(super) fn unreadable(revision: &Revision, error: &GitError) -> Problem {
    Problem::in_file("--base", format!("`{revision}` cannot be read: {error}"))
        .help("nothing can be decided about a change without what it is compared with")
}
