//! The ability to read and write issues. Everything that reaches a tracker goes through here.

use jiff::Timestamp;

use super::issue::{Issue, IssueEdit, IssueNumber, NewIssue};

/// A repository's issues.
///
/// Pauses, limits and retries of what may safely be sent again belong to the implementation. What
/// may not be sent again blindly, opening an issue or writing a comment, it sends once and says
/// [`TrackerError::Lost`] where it cannot know what became of it.
pub trait Tracker {
    /// What is known about the repository, and as whom it is written to.
    fn repository(&self) -> Result<Repository, TrackerError>;

    /// Every issue with a label, open and closed, in the order of their numbers. Pull requests are
    /// none.
    fn issues(&self, label: &str) -> Result<Vec<Issue>, TrackerError>;

    /// Where an issue may be that has lost its label: those that an account opened, and those of
    /// anybody that changed last. Open and closed; as many as can be had with a few requests.
    fn lost_issues(&self, account: &str) -> Result<Vec<Issue>, TrackerError>;

    /// One issue, as it is now.
    fn issue(&self, number: IssueNumber) -> Result<Issue, TrackerError>;

    /// Since when an issue carries a label, by the tracker's own record; `None` if that does not say.
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

    /// Waits for as long as a tracker may need until what was written appears in its lists.
    fn settle(&self);
}

/// What is known about a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// `owner/name`
    pub name: String,
    /// Whether only its members can read it.
    pub is_private: bool,
    /// The branch that a scan must be of to close issues.
    pub default_branch: String,
    /// The account that opens issues.
    pub account: String,
}

/// Why a tracker could not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackerError {
    /// Nobody said which repository, or with which credentials.
    #[error("{0}")]
    Setup(String),
    /// The answer did not arrive: it was done, or it was not.
    #[error("the answer was lost: {0}")]
    Lost(String),
    /// It was not done, and another attempt soon would end the same way.
    #[error("the tracker asks to be left alone: {0}")]
    Limited(String),
    /// The credentials are not accepted.
    #[error("the token is not accepted: {0}")]
    Unauthorized(String),
    /// The credentials do not allow it.
    #[error("the token does not allow it: {0}")]
    Forbidden(String),
    /// The repository or the issue is not there, or not for these eyes.
    #[error("not found: {0}")]
    Missing(String),
    /// Issues are switched off, or this one was deleted or moved away.
    #[error("gone: {0}")]
    Gone(String),
    /// The tracker does not accept what was sent.
    #[error("not accepted: {0}")]
    Invalid(String),
    /// The answer is not what the API describes.
    #[error("an answer that is not understood: {0}")]
    Unexpected(String),
}

impl TrackerError {
    /// Whether everything else that would be written now would end the same way.
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
