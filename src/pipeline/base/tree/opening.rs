//! The repository of a comparison, and the commit that it names, fetched if need be.

use std::path::PathBuf;

use crate::git::{CommitId, GitError, Repository, Revision};
use crate::pipeline::policy::search_start;
use crate::problem::Problem;
use crate::settings::shown;

/// The repository that all paths lie in, and the root of its work tree.
pub(super) fn repository(
    paths: &[PathBuf],
    offline: bool,
) -> Result<(Repository, PathBuf), Vec<Problem>> {
    let mut found: Option<(Repository, PathBuf)> = None;
    for path in paths {
        let folder = search_start(path);
        let here = Repository::with_work_tree(&folder).map_err(|error| {
            let message = format!("it cannot be compared with another commit: {error}");
            vec![
                Problem::in_file(shown(path), message)
                    .help("run it in a clone of the repository, with git installed"),
            ]
        })?;
        match &found {
            Some((_, work_tree)) if *work_tree != here.1 => {
                let message = "it lies in another repository than what else is checked";
                return Err(vec![
                    Problem::in_file(shown(path), message).help("check one repository at a time"),
                ]);
            }
            Some(_) => {}
            None => found = Some(here),
        }
    }
    let (repository, work_tree) =
        found.ok_or_else(|| vec![Problem::in_file("--base", "there is nothing to compare")])?;
    let work_tree = work_tree.canonicalize().map_err(|error| {
        vec![Problem::in_file(shown(&work_tree), format!("the folder cannot be read: {error}"))]
    })?;
    Ok((
        if offline {
            repository.offline()
        } else {
            repository
        },
        work_tree,
    ))
}

/// Fetches a commit that a shallow clone lacks. What has no name in full cannot be fetched alone.
pub(super) fn fetch(
    repository: &Repository,
    revision: &Revision,
    offline: bool,
) -> Result<CommitId, Vec<Problem>> {
    let refuse =
        |message: String, help: String| vec![Problem::in_file("--base", message).help(help)];
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
    repository.fetch(&commit).map_err(|error| {
        refuse(
            format!("commit {commit} is not here, and it cannot be fetched: {error}"),
            format!("see what `{by_hand}` says, or check out with a greater depth"),
        )
    })?;
    match repository.resolve(revision) {
        Ok(Some(commit)) => Ok(commit),
        Ok(None) => Err(refuse(
            format!("commit {commit} was fetched, and is not here all the same"),
            format!("see what `{by_hand}` says"),
        )),
        Err(error) => Err(vec![unreadable(revision, &error)]),
    }
}

pub(super) fn unreadable(revision: &Revision, error: &GitError) -> Problem {
    Problem::in_file("--base", format!("`{revision}` cannot be read: {error}"))
        .help("nothing can be decided about a change without what it is compared with")
}
