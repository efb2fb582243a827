//! GitHub's answers, as far as they are used (GitHub REST API, version 2022-11-28).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

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
        self.user.as_ref().is_some_and(|user| user.login.eq_ignore_ascii_case(author))
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
    /// The account's relation to the repository (GitHub REST API, `author_association`).
    author_association: Option<String>,
    labels: Vec<LabelWire>,
    created_at: Timestamp,
    /// Present for pull requests, which the API lists as issues.
    pull_request: Option<serde::de::IgnoredAny>,
}

/// Labels are objects; the API also allows plain names.
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
            is_by_member: matches!(
                self.author_association.as_deref(),
                Some("OWNER" | "MEMBER" | "COLLABORATOR")
            ),
            labels: labels.collect(),
            created_at: self.created_at,
        })
    }
}

/// When the current label of an issue was set, from its events.
///
/// There is no complete list of event types, so each is parsed as plain JSON. The
/// label's latest setting counts: removing it stops the clock.
pub(super) fn labelled_since(events: &[Value], label: &str) -> Option<Timestamp> {
    let mut about_it: Vec<(Timestamp, bool)> = events
        .iter()
        .filter_map(|event| {
            let is_set = match event.get("event")?.as_str()? {
                "labeled" => true,
                "unlabeled" => false,
                _ => return None,
            };
            let name = event.get("label")?.get("name")?.as_str()?;
            let time = event.get("created_at")?.as_str()?.parse().ok()?;
            name.eq_ignore_ascii_case(label).then_some((time, is_set))
        })
        .collect();
    // Events of the same second keep the order of the list.
    about_it.sort_by_key(|(time, _)| *time);
    let (time, is_set) = about_it.last()?;
    is_set.then_some(*time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, label: &str, time: &str) -> Value {
        json!({ "event": kind, "label": { "name": label, "color": "ededed" }, "created_at": time })
    }

    #[test]
    fn a_label_counts_from_when_it_was_set_last() {
        let set = |time| event("labeled", "incident:confirmed", time);
        let taken = |time| event("unlabeled", "Incident:Confirmed", time);
        let (first, second, third) =
            ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z");
        let unknown = json!({ "event": "opened", "label": null, "created_at": first });
        let without_time = json!({ "event": "labeled", "label": { "name": "incident:confirmed" } });
        for (events, since) in [
            (vec![], None),
            (vec![unknown.clone(), without_time, json!(7)], None),
            (vec![event("labeled", "incident", first)], None),
            (vec![unknown, set(second)], Some(second)),
            (vec![set(first), taken(second)], None),
            (vec![set(first), taken(second), set(third)], Some(third)),
            (vec![set(third), taken(second), set(first)], Some(third)),
            (vec![set(first), taken(first), set(first)], Some(first)),
        ] {
            let since = since.map(|since: &str| since.parse().unwrap());
            assert_eq!(labelled_since(&events, "incident:confirmed"), since, "{events:?}");
        }
    }
}
