//! Which commit a change is compared with: what the event calls its base, as far as that fits what is
//! checked out.
//!
//! A workflow checks out the merge of a pull request as GitHub made it, with the base as it was then.
//! The base that the payload names is older: it stays as it was when the pull request was last pushed
//! (GitHub documentation, "Webhook events and payloads", `pull_request`). Compared with that one, what
//! the base has mended since would seem to have been there before. So the merge itself is asked.
//!
//! Where nothing tells what was merged, nothing counts as there before: that blocks too much at most.

use crate::git::{CommitId, GitError, Repository, Revision};
use crate::github_event::{MergeGroup, PullRequest};

/// A commit to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) commit: CommitId,
    /// Why nothing at it counts as there before.
    pub(super) doubt: Option<String>,
    /// What there is to know about it.
    pub(super) remark: Option<String>,
}

impl Choice {
    /// The commit that the event names, for certain.
    fn named(commit: &CommitId) -> Self {
        Self { commit: commit.clone(), doubt: None, remark: None }
    }

    /// Another one than the event names, if it is another one.
    fn found(commit: &CommitId, named: &CommitId, why: &str) -> Self {
        let remark = (commit != named).then(|| {
            format!(
                "compared with {}, {why}, and not with {}, which the event names",
                commit.short(),
                named.short()
            )
        });
        Self { commit: commit.clone(), doubt: None, remark }
    }

    /// The one that the event names, of which nobody knows whether it is the base of what is checked
    /// out.
    fn doubtful(named: &CommitId, head: &CommitId, proposed: &str) -> Self {
        let doubt = format!(
            "{}, which is checked out, is neither {proposed} nor a merge of it, so it is not known what \
             was merged, and everything counts as added; check out what the event is about, or name the \
             base: --base REV",
            head.short()
        );
        Self { commit: named.clone(), doubt: Some(doubt), remark: None }
    }
}

const FIRST_PARENT: &str = "which the merge that is checked out follows on";
const PARTED: &str = "where what is checked out parted from its base branch";

/// The base of a pull request.
pub(super) fn of_pull_request(
    repository: &Repository,
    event: &PullRequest,
) -> Result<Choice, GitError> {
    let PullRequest { base_sha: named, head_sha: proposed, .. } = event;
    let head = repository.head()?;
    if head == *proposed {
        return Ok(newer(repository, event, &head).unwrap_or_else(|| Choice::named(named)));
    }
    let parents = repository.parents(&head)?;
    let follows = |later: &CommitId| repository.leads_to(proposed, later);
    Ok(match parents.as_slice() {
        // More than two parents: whatever else was merged counts as added.
        [first, others @ ..] if others.contains(proposed) => {
            Choice::found(first, named, FIRST_PARENT)
        }
        // The pull request was pushed again before this ran.
        [first, second] if follows(second) && !follows(first) => {
            Choice::found(first, named, FIRST_PARENT)
        }
        // Somebody merged the base into it.
        [first, second] if first == proposed && repository.leads_to(named, second) => {
            Choice::found(second, named, FIRST_PARENT)
        }
        [only] if only == named => Choice::named(named),
        // It was squashed, or put on top of its base.
        _ => newer(repository, event, &head)
            .unwrap_or_else(|| Choice::doubtful(named, &head, "the pull request")),
    })
}

/// Where what is checked out parted from the base branch, as it was fetched, if that is newer than what
/// the event names.
fn newer(repository: &Repository, event: &PullRequest, head: &CommitId) -> Option<Choice> {
    let branch = format!("refs/remotes/origin/{}", event.base_ref);
    let branch: Revision = branch.parse().ok()?;
    let branch = repository.resolve(&branch).ok()??;
    let parted = repository.parting(head, &branch)?;
    let is_newer = parted != *head && repository.leads_to(&event.base_sha, &parted);
    is_newer.then(|| Choice::found(&parted, &event.base_sha, PARTED))
}

/// The base of an entry of a merge queue.
pub(super) fn of_merge_group(
    repository: &Repository,
    event: &MergeGroup,
) -> Result<Choice, GitError> {
    let MergeGroup { base_sha: named, head_sha: proposed } = event;
    let head = repository.head()?;
    if head != *proposed {
        return Ok(Choice::doubtful(named, &head, "the merge group"));
    }
    let parents = repository.parents(&head)?;
    if let [first, _, ..] = parents.as_slice() {
        return Ok(Choice::found(first, named, FIRST_PARENT));
    }
    let is_here = repository.resolve(&named.into())?.is_some();
    let is_strange = is_here && !repository.is_shallow()? && !repository.leads_to(named, &head);
    Ok(if is_strange {
        Choice::doubtful(named, &head, "built on the base of the merge group")
    } else {
        Choice::named(named)
    })
}
