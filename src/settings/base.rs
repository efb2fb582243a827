//! What a check is compared with.

use super::event::github_event;
use crate::git::{CommitId, Revision};
use crate::github_event::{GitHubEvent, MergeGroup, PullRequest, Push, Tag};
use crate::problem::Problem;

/// What a check is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BaseSetting {
    /// Nothing: everything that is found decides.
    #[default]
    None,
    /// A commit: only what the change since then adds blocks.
    Revision(Revision),
    /// What a pull request is to be merged into, as what is checked out tells it: the event was written
    /// when the pull request was pushed, and its base may have moved since.
    PullRequest(PullRequest),
    /// What an entry of a merge queue is merged with.
    MergeGroup(MergeGroup),
    /// The commit that a branch led to before a push; nothing where it is gone, as after a forced one.
    Before(CommitId),
    /// Nothing, because of this: the event proposes no change.
    WholeTree(String),
}

impl BaseSetting {
    /// A revision that was named.
    ///
    /// # Errors
    ///
    /// The text names no revision.
    pub fn named(text: &str) -> Result<Self, Problem> {
        text.parse().map(Self::Revision).map_err(|error| {
            let shown = crate::terminal::one_line(text, 80);
            Problem::in_file("--base", format!("`{shown}` is no revision: {error}"))
                .help("name a commit, a branch or a tag, such as origin/main")
        })
    }

    /// What the event that started the workflow says.
    ///
    /// # Errors
    ///
    /// No workflow runs, or its event cannot be read or is refused.
    pub fn from_event() -> Result<Self, Problem> {
        let event = github_event()?.ok_or_else(|| {
            Problem::in_file("--base-from-event", "there is no event: GITHUB_EVENT_NAME is not set")
                .help("name what to compare with: --base origin/main")
        })?;
        Ok(Self::of(&event))
    }

    /// What an event is compared with. An entry of a merge queue that is its own base proposes
    /// nothing that could be told apart, so that everything is checked.
    fn of(event: &GitHubEvent) -> Self {
        match event {
            GitHubEvent::PullRequest(pull_request) => Self::PullRequest(pull_request.clone()),
            GitHubEvent::MergeGroup(MergeGroup { base_sha, head_sha }) if base_sha == head_sha => {
                Self::WholeTree("the merge group is its own base".to_owned())
            }
            GitHubEvent::MergeGroup(group) => Self::MergeGroup(group.clone()),
            GitHubEvent::Push(Push { before: Some(before), .. }) => Self::Before(before.clone()),
            GitHubEvent::Push(Push { before: None, branch, .. }) => {
                Self::WholeTree(format!("the branch `{branch}` is new"))
            }
            GitHubEvent::Tag(Tag { name, .. }) => Self::WholeTree(format!("`{name}` is a tag")),
            GitHubEvent::Other(name) => {
                Self::WholeTree(format!("the event `{name}` proposes no change"))
            }
        }
    }
}
