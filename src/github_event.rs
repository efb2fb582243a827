//! The event that started a workflow on GitHub: what is proposed, and against what.
//!
//! Pure: the name of the event and the text of its payload in, a value out. Commits are the only
//! part of a payload that is passed to git, and only hexadecimal digits are accepted as one. Names
//! of branches and tags are chosen by the author of a change: they are shown and compared, and
//! never part of a command.

mod wire;

use crate::problem::Problem;

pub use crate::git::CommitId;

/// An event, as far as the gate distinguishes them (GitHub documentation, "Events that trigger
/// workflows" and "Webhook events and payloads").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitHubEvent {
    /// A pull request was opened, changed or reopened.
    PullRequest(PullRequest),
    /// A merge queue asks whether a group of changes may be merged.
    MergeGroup(MergeGroup),
    /// Commits were pushed to a branch.
    Push(Push),
    /// A tag was pushed.
    Tag(Tag),
    /// Another event, with its name: it proposes no change.
    Other(String),
}

/// A proposal to merge one branch into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number, from 1.
    pub number: u64,
    /// The newest commit of the target branch.
    pub base_sha: CommitId,
    /// The newest commit of the proposed branch. A workflow checks out the merge of both.
    pub head_sha: CommitId,
    /// The target branch.
    pub base_ref: String,
    /// Whether it comes from another repository: then its workflows get a read-only token.
    pub from_fork: bool,
}

/// An entry of a merge queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeGroup {
    /// The commit that the group is to be merged into.
    pub base_sha: CommitId,
    pub head_sha: CommitId,
}

/// A push to a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The newest commit of the branch before the push; `None` if the branch is new.
    pub before: Option<CommitId>,
    /// The newest commit of the branch now.
    pub after: CommitId,
    pub branch: String,
    /// The default branch of the repository.
    pub default_branch: String,
}

/// A push of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The name of the tag.
    pub name: String,
    /// The object that it names: a commit, or a tag object.
    pub after: CommitId,
}

impl GitHubEvent {
    /// Reads an event. `name` is the value of `GITHUB_EVENT_NAME`, `payload` the text of the file that
    /// `GITHUB_EVENT_PATH` names, `file` its path for messages.
    ///
    /// # Errors
    ///
    /// The payload is not what GitHub sends for an event of that name; a branch or tag was deleted,
    /// and there is nothing to check; or the event is `pull_request_target`, which gives the
    /// rights of the base branch to code that anyone can propose (GitHub documentation, "Secure use
    /// reference").
    pub fn parse(name: &str, payload: &str, file: &str) -> Result<Self, Problem> {
        match name {
            "pull_request" => wire::pull_request(payload),
            "merge_group" => wire::merge_group(payload),
            "push" => wire::push(payload),
            "pull_request_target" => return Err(refuse_target(file)),
            other => Ok(Self::Other(other.to_owned())),
        }
        .map_err(|cause| {
            Problem::in_file(file, format!("this is not the payload of `{name}`: {cause}")).help(
                "GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are set by GitHub for each run and are left \
                 as they are; elsewhere unset both",
            )
        })
    }

    /// The number of the pull request that is checked, if one is.
    pub fn pull_request(&self) -> Option<u64> {
        match self {
            Self::PullRequest(pull_request) => Some(pull_request.number),
            Self::MergeGroup(_) | Self::Push(_) | Self::Tag(_) | Self::Other(_) => None,
        }
    }
}

fn refuse_target(file: &str) -> Problem {
    let message = "`pull_request_target` runs with the rights of the base branch on what anybody \
                   may propose";
    Problem::in_file(file, message).help(
        "let the workflow start on `pull_request`: the exit code, the step summary and annotations \
         work there with a token that can only read",
    )
}

#[cfg(test)]
mod tests;
