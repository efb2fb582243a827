//! What GitHub answers, as far as it is needed (GitHub REST API, version 2022-11-28).

use jiff::Timestamp;
use serde::Deserialize;

use crate::tracking::issue::{CloseReason, Issue, IssueState};
use crate::tracking::sticky::PostedComment;
use crate::tracking::tracker::TrackerError;

#[derive(Deserialize)]
pub(super) struct RepositoryWire {
    pub(super) full_name: String,
    pub(super) private: bool,
    pub(super) default_branch: String,
    pub(super) has_issues: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) login: String,
}

#[derive(Deserialize)]
pub(super) struct Milestone {
    pub(super) number: u64,
    pub(super) title: String,
}

#[derive(Deserialize)]
pub(super) struct Comment {
    id: u64,
    /// `None` for an account that was deleted.
    user: Option<User>,
    pub(super) body: Option<String>,
}

impl Comment {
    pub(super) fn is_by(&self, author: &str) -> bool {
        self.user
            .as_ref()
            .is_some_and(|user| user.login.eq_ignore_ascii_case(author))
    }

    pub(super) fn into_posted(self) -> PostedComment {
        PostedComment {
            number: self.id,
            author: self.user.map_or_else(String::new, |user| user.login),
            body: self.body.unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct IssueWire {
    number: u64,
    html_url: String,
    title: String,
    body: Option<String>,
    state: String,
    state_reason: Option<String>,
    /// `None` for an account that was deleted.
    user: Option<User>,
    labels: Vec<LabelWire>,
    created_at: Timestamp,
    /// There for pull requests, which the API lists as issues.
    pull_request: Option<serde::de::IgnoredAny>,
}

/// Labels come as objects; the API allows plain names as well.
#[derive(Deserialize)]
#[serde(untagged)]
enum LabelWire {
    Name(String),
    Object { name: Option<String> },
}

impl IssueWire {
    pub(super) fn is_pull_request(&self) -> bool {
        self.pull_request.is_some()
    }

    pub(super) fn into_issue(self) -> Result<Issue, TrackerError> {
        let state = match self.state.as_str() {
            "open" => IssueState::Open,
            "closed" => IssueState::Closed(CloseReason::from_word(self.state_reason.as_deref())),
            other => {
                return Err(TrackerError::Unexpected(format!(
                    "issue #{} is neither open nor closed but `{other}`",
                    self.number
                )));
            }
        };
        let labels = self.labels.into_iter().filter_map(|label| match label {
            LabelWire::Name(name) => Some(name),
            LabelWire::Object { name } => name,
        });
        Ok(Issue {
            number: self.number,
            url: self.html_url,
            title: self.title,
            body: self.body.unwrap_or_default(),
            state,
            author: self.user.map_or_else(String::new, |user| user.login),
            labels: labels.collect(),
            created_at: self.created_at,
        })
    }
}
