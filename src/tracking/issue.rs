//! An issue as the tracker shows it, and the changes that can be made to one.

use jiff::Timestamp;

/// The number of an issue within its repository.
pub type IssueNumber = u64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub number: IssueNumber,
    pub url: String,
    pub title: String,
    /// Its text, in Markdown.
    pub body: String,
    /// Whether it is open.
    pub state: IssueState,
    /// The account that opened it.
    pub author: String,
    /// Whether that account belongs to a member of the repository.
    pub is_by_member: bool,
    pub labels: Vec<String>,
    /// When it was opened, by the tracker's clock, which users cannot set back.
    pub created_at: Timestamp,
}

impl Issue {
    /// Whether it has a label. GitHub compares labels without regard to case.
    pub fn has_label(&self, name: &str) -> bool {
        self.labels.iter().any(|label| label.eq_ignore_ascii_case(name))
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.state == IssueState::Open
    }
}

/// Whether an issue is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssueState {
    Open,
    /// It is closed, for this reason.
    Closed(CloseReason),
}

/// Why an issue is closed (GitHub REST API, `state_reason`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CloseReason {
    /// It is done, or the tracker gives no reason.
    Completed,
    /// It will not be done.
    NotPlanned,
    /// Another issue is about the same thing.
    Duplicate,
}

impl CloseReason {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NotPlanned => "not_planned",
            Self::Duplicate => "duplicate",
        }
    }

    /// The reason for a word of the API; `completed` if it is unknown or absent.
    pub fn from_word(word: Option<&str>) -> Self {
        match word {
            Some("not_planned") => Self::NotPlanned,
            Some("duplicate") => Self::Duplicate,
            _ => Self::Completed,
        }
    }
}

/// An issue to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIssue {
    pub title: String,
    pub body: String,
    /// Its labels, lockgate's own first.
    pub labels: Vec<String>,
    /// The accounts it is assigned to.
    pub assignees: Vec<String>,
    /// The title of its milestone.
    pub milestone: Option<String>,
}

/// Changes to an issue. Repeating them has no further effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueEdit {
    pub title: Option<String>,
    pub body: Option<String>,
    pub state: Option<IssueState>,
    pub add_labels: Vec<String>,
    /// Labels to remove.
    pub remove_labels: Vec<String>,
}

impl IssueEdit {
    /// Whether the issue itself changes, not only its labels.
    pub fn writes_issue(&self) -> bool {
        self.title.is_some() || self.body.is_some() || self.state.is_some()
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        !self.writes_issue() && self.add_labels.is_empty() && self.remove_labels.is_empty()
    }
}
