//! Issues on GitHub and on GitHub Enterprise Server, through octocrab.
//!
//! Octocrab builds and sends the requests. Retries are
//! decided here: octocrab's own would send a lost `POST` again and open a second issue. The
//! async runtime lives in this module and is started by the first request.

mod api_client;
mod connection;
mod conversation;
mod response;
mod wire;

use std::fmt;

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use self::api_client::{ApiClient, Call};
pub use self::connection::{Connection, ConnectionError, ConnectionSettings};
use self::wire::{Comment, IssueWire, Milestone, RepositoryWire, User, labelled_since};
use super::issue::{Issue, IssueEdit, IssueNumber, IssueState, NewIssue};
use super::tracker::{Repository, Tracker, TrackerError};

/// The account of the token that a workflow gets (GitHub documentation, "Automatic token
/// authentication"). Such a token may not ask who it is.
const WORKFLOW_ACCOUNT: &str = "github-actions[bot]";

/// The largest page size (GitHub documentation, "Using pagination").
const PER_PAGE: usize = 100;

/// A longer list is not plausible, and would take too long.
const MOST_PAGES: usize = 1_000;

/// How many pages are searched for an issue that has lost its label. Losing it counts as an update, and
/// the latest updates come first.
const PAGES_OF_LOST: usize = 20;

/// The issues of one repository.
pub struct GitHub {
    exchange: ApiClient,
    /// `/repos/<owner>/<name>`
    path: String,
    /// The account that opens issues, if it is configured.
    account: Option<String>,
}

impl GitHub {
    /// Starts the runtime; no request is made yet. `account` is the one that opens issues, if
    /// the policy names it.
    pub fn new(connection: &Connection, account: Option<String>) -> Result<Self, TrackerError> {
        Ok(Self {
            exchange: ApiClient::new(connection)?,
            path: format!("/repos/{}", connection.repository()),
            account,
        })
    }

    fn account(&self) -> Result<String, TrackerError> {
        if let Some(account) = &self.account {
            return Ok(account.clone());
        }
        match self.exchange.json::<User>(&Call::get("/user".to_owned())) {
            Ok(user) => Ok(user.login),
            Err(TrackerError::Forbidden(_)) => Ok(WORKFLOW_ACCOUNT.to_owned()),
            Err(error) => Err(error),
        }
    }

    /// Every page of a list, ordered by creation time: new entries are appended and
    /// do not move others to another page.
    fn pages<Wire: serde::de::DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Vec<Wire>, TrackerError> {
        let (all, is_whole) = self.first_pages(path, MOST_PAGES)?;
        if is_whole {
            Ok(all)
        } else {
            Err(TrackerError::Unexpected(format!("a list of more than {MOST_PAGES} pages")))
        }
    }

    /// The first pages of a list, and whether the list is complete.
    fn first_pages<Wire: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        most: usize,
    ) -> Result<(Vec<Wire>, bool), TrackerError> {
        let mut all = Vec::new();
        let mark = if path.contains('?') { '&' } else { '?' };
        for page in 1..=most {
            let path = format!("{path}{mark}per_page={PER_PAGE}&page={page}");
            let (entries, has_next) = self.exchange.page::<Wire>(&Call::get(path))?;
            let is_full = entries.len() >= PER_PAGE;
            let is_empty = entries.is_empty();
            all.extend(entries);
            if is_empty || !(has_next || is_full) {
                return Ok((all, true));
            }
        }
        Ok((all, false))
    }

    fn milestone(&self, title: &str) -> Result<u64, TrackerError> {
        let milestones: Vec<Milestone> =
            self.pages(&format!("{}/milestones?state=open", self.path))?;
        milestones
            .iter()
            .find(|milestone| milestone.title == title)
            .map(|milestone| milestone.number)
            .ok_or_else(|| TrackerError::Invalid(format!("there is no open milestone `{title}`")))
    }

    fn issue_path(&self, number: IssueNumber) -> String {
        format!("{}/issues/{number}", self.path)
    }

    fn edit_labels(&self, number: IssueNumber, edit: &IssueEdit) -> Result<(), TrackerError> {
        let path = format!("{}/labels", self.issue_path(number));
        if !edit.add_labels.is_empty() {
            // Adding a label twice has no effect, so this may be repeated.
            let body = json!({ "labels": edit.add_labels });
            self.exchange.send(&Call::repeatable_post(path.clone(), body))?;
        }
        for label in &edit.remove_labels {
            let name = utf8_percent_encode(label, NON_ALPHANUMERIC);
            match self.exchange.send(&Call::delete(format!("{path}/{name}"))) {
                Ok(_) | Err(TrackerError::Missing(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The issues of a list, each once, in the order of their numbers, without pull requests.
fn in_order(wires: Vec<IssueWire>) -> Result<Vec<Issue>, TrackerError> {
    let mut issues: Vec<Issue> = wires
        .into_iter()
        .filter(|wire| !wire.is_pull_request())
        .map(IssueWire::into_issue)
        .collect::<Result<_, _>>()?;
    issues.sort_by_key(|issue| issue.number);
    issues.dedup_by_key(|issue| issue.number);
    Ok(issues)
}

impl fmt::Debug for GitHub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client inside knows the token.
        formatter.debug_struct("GitHub").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Tracker for GitHub {
    fn repository(&self) -> Result<Repository, TrackerError> {
        let wire: RepositoryWire = self.exchange.json(&Call::get(self.path.clone()))?;
        if wire.has_issues == Some(false) {
            return Err(TrackerError::Gone(format!("{} has no issues", wire.full_name)));
        }
        Ok(Repository {
            name: wire.full_name,
            is_private: wire.private,
            default_branch: wire.default_branch,
            account: self.account()?,
        })
    }

    fn issues(&self, label: &str) -> Result<Vec<Issue>, TrackerError> {
        let label = utf8_percent_encode(label, NON_ALPHANUMERIC);
        let path =
            format!("{}/issues?labels={label}&state=all&sort=created&direction=asc", self.path);
        in_order(self.pages(&path)?)
    }

    fn lost_issues(&self, account: &str) -> Result<Vec<Issue>, TrackerError> {
        let account = utf8_percent_encode(account, NON_ALPHANUMERIC);
        let list = format!("{}/issues?state=all&sort=updated&direction=desc", self.path);
        let by_account = format!("{list}&creator={account}");
        // An account that does not exist on GitHub has opened nothing.
        let mut found = match self.first_pages(&by_account, PAGES_OF_LOST) {
            Ok((found, _)) => found,
            Err(TrackerError::Invalid(_) | TrackerError::Missing(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        found.extend(self.first_pages(&list, PAGES_OF_LOST)?.0);
        in_order(found)
    }

    fn issue(&self, number: IssueNumber) -> Result<Issue, TrackerError> {
        self.exchange.json::<IssueWire>(&Call::get(self.issue_path(number)))?.into_issue()
    }

    fn labelled_since(
        &self,
        number: IssueNumber,
        label: &str,
    ) -> Result<Option<Timestamp>, TrackerError> {
        let events: Vec<Value> = self.pages(&format!("{}/events", self.issue_path(number)))?;
        Ok(labelled_since(&events, label))
    }

    fn create(&self, issue: &NewIssue) -> Result<Issue, TrackerError> {
        let mut body = json!({
            "title": issue.title,
            "body": issue.body,
            "labels": issue.labels,
            "assignees": issue.assignees,
        });
        if let Some(title) = &issue.milestone {
            body["milestone"] = self.milestone(title)?.into();
        }
        let call = Call::post(format!("{}/issues", self.path), body);
        self.exchange.json::<IssueWire>(&call)?.into_issue()
    }

    fn edit(&self, number: IssueNumber, edit: &IssueEdit) -> Result<(), TrackerError> {
        self.edit_labels(number, edit)?;
        if !edit.writes_issue() {
            return Ok(());
        }
        let mut body = serde_json::Map::new();
        if let Some(title) = &edit.title {
            body.insert("title".to_owned(), title.as_str().into());
        }
        if let Some(text) = &edit.body {
            body.insert("body".to_owned(), text.as_str().into());
        }
        match edit.state {
            Some(IssueState::Open) => {
                body.insert("state".to_owned(), "open".into());
            }
            Some(IssueState::Closed(reason)) => {
                body.insert("state".to_owned(), "closed".into());
                body.insert("state_reason".to_owned(), reason.as_str().into());
            }
            None => {}
        }
        let call = Call::patch(self.issue_path(number), body.into());
        self.exchange.send(&call).map(|_| ())
    }

    fn comments(&self, number: IssueNumber, author: &str) -> Result<Vec<String>, TrackerError> {
        let comments: Vec<Comment> =
            self.pages(&format!("{}/comments", self.issue_path(number)))?;
        Ok(comments
            .into_iter()
            .filter(|comment| comment.is_by(author))
            .filter_map(|comment| comment.body)
            .collect())
    }

    fn comment(&self, number: IssueNumber, body: &str) -> Result<(), TrackerError> {
        let path = format!("{}/comments", self.issue_path(number));
        self.exchange.send(&Call::post(path, json!({ "body": body }))).map(|_| ())
    }

    fn settle(&self) {
        self.exchange.settle();
    }
}
