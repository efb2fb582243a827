//! The ability to read and write issues. Everything that reaches a tracker goes through here.

use jiff::Timestamp;

use super::issue::{Issue, IssueEdit, IssueNumber, NewIssue};

/// A repository's issues.
///
/// Pauses, limits and safe retries belong to the implementation. A request that
/// must not be repeated (opening an issue, writing a comment) is sent once and returns
/// [`TrackerError::Lost`] if its result is unknown.
pub trait Tracker {
    /// The repository, and the account that writes.
    fn repository(&self) -> Result<Repository, TrackerError>;

    /// Every issue with a label, open and closed, in the order of their numbers, without pull
    /// requests.
    fn issues(&self, label: &str) -> Result<Vec<Issue>, TrackerError>;

    /// Candidates for issues that have lost their label: those that an account opened, and the
    /// most recently updated ones. Open and closed; as many as a few requests return.
    fn lost_issues(&self, account: &str) -> Result<Vec<Issue>, TrackerError>;

    /// One issue, as it is now.
    fn issue(&self, number: IssueNumber) -> Result<Issue, TrackerError>;

    /// When an issue's current label was set, by the tracker's event log; `None` if that does not say.
    fn labelled_since(
        &self,
        number: IssueNumber,
        label: &str,
    ) -> Result<Option<Timestamp>, TrackerError>;

    fn create(&self, issue: &NewIssue) -> Result<Issue, TrackerError>;

    fn edit(&self, number: IssueNumber, edit: &IssueEdit) -> Result<(), TrackerError>;

    /// The texts of the comments on an issue that were written by one account.
    fn comments(&self, number: IssueNumber, author: &str) -> Result<Vec<String>, TrackerError>;

    fn comment(&self, number: IssueNumber, body: &str) -> Result<(), TrackerError>;

    /// Waits until lists show what was written.
    fn settle(&self);
}

/// The properties of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// `owner/name`
    pub name: String,
    /// Whether only its members can read it.
    pub is_private: bool,
    /// The branch whose scan may close issues.
    pub default_branch: String,
    /// The account that opens issues.
    pub account: String,
}

/// Why a request to a tracker failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackerError {
    /// The repository or the credentials are not configured.
    #[error("{0}")]
    Setup(String),
    /// The answer did not arrive: it may or may not have been done.
    #[error("the answer was lost: {0}")]
    Lost(String),
    /// It was not done, and an immediate retry would fail as well.
    #[error("the tracker asks to be left alone: {0}")]
    Limited(String),
    /// The credentials are not accepted.
    #[error("the token is not accepted: {0}")]
    Unauthorized(String),
    /// The credentials do not allow it.
    #[error("the token does not allow it: {0}")]
    Forbidden(String),
    /// The repository or the issue does not exist, or is hidden from this account.
    #[error("not found: {0}")]
    Missing(String),
    /// Issues are disabled, or this one was deleted or transferred.
    #[error("gone: {0}")]
    Gone(String),
    /// The tracker rejects the request.
    #[error("not accepted: {0}")]
    Invalid(String),
    /// The answer does not match the API's description.
    #[error("an answer that is not understood: {0}")]
    Unexpected(String),
}

impl TrackerError {
    /// Whether all further writes would fail the same way.
    pub fn ends_the_run(&self) -> bool {
        matches!(self, Self::Setup(_) | Self::Limited(_) | Self::Unauthorized(_))
    }

    /// What the reader can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Setup(_) => {
                "name the repository with --repository or GITHUB_REPOSITORY, and put a token into \
                 LOCKGATE_TOKEN, GITHUB_TOKEN or GH_TOKEN"
            }
            Self::Lost(_) | Self::Unexpected(_) => {
                "run again: what was done is found and not done twice"
            }
            Self::Limited(_) => "run again later: what is left over is done then",
            Self::Unauthorized(_) => "check the token: it may have expired",
            Self::Forbidden(_) => "give the job `permissions: issues: write`",
            Self::Missing(_) => {
                "check the name of the repository, and that the token may read its issues"
            }
            Self::Gone(_) => "switch issues on in the settings of the repository, or name another",
            Self::Invalid(_) => "check labels, assignees and milestone in [ticket]",
        }
    }
}
