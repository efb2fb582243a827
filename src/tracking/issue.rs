//! An issue as the tracker shows it, and what may be done to one.

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
    /// When it was opened, by the clock of the tracker, which nobody can set back.
    pub created_at: Timestamp,
}

impl Issue {
    /// Whether it carries a label. GitHub compares them without regard to case.
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
    /// It is done. Also where the tracker gives no reason.
    Completed,
    /// Nobody wants to do it.
    NotPlanned,
    /// Another issue is about the same.
    Duplicate,
}

impl CloseReason {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NotPlanned => "not_planned",
            Self::Duplicate => "duplicate",
        }
    }

    /// The reason of an API's word; `completed` for what is unknown or absent.
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
    /// Its labels, that of lockgate first.
    pub labels: Vec<String>,
    /// The accounts it is assigned to.
    pub assignees: Vec<String>,
    /// The title of its milestone.
    pub milestone: Option<String>,
}

/// What is to change about an issue. Doing it twice is the same as doing it once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueEdit {
    pub title: Option<String>,
    pub body: Option<String>,
    pub state: Option<IssueState>,
    pub add_labels: Vec<String>,
    /// Labels to take away.
    pub remove_labels: Vec<String>,
}

impl IssueEdit {
    /// Whether the issue itself is written, labels aside.
    pub fn writes_issue(&self) -> bool {
        self.title.is_some() || self.body.is_some() || self.state.is_some()
    }

    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        !self.writes_issue() && self.add_labels.is_empty() && self.remove_labels.is_empty()
    }
}
