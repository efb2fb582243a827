//! The one comment on a pull request: written once, found again, kept up to date in its place.
//!
//! [`plan`] is pure: the same comments and the same text give the same steps. A comment is lockgate's
//! own only if its author and its first line agree: anybody can paste the line. Writing one cannot be
//! taken back and is never sent again blindly, and of several that runs at the same time have written
//! the lowest number wins: see [`apply`].

pub mod apply;

use std::fmt;
use std::str::FromStr;

use super::tracker::TrackerError;
use crate::markdown::MARKER;

/// A longer key is not one.
const KEY_LIMIT: usize = 64;

/// The number of a comment within its repository. Later comments have higher ones.
pub type CommentNumber = u64;

/// Tells the comments of several jobs apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentKey(String);

/// The text cannot be the key of a comment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key has 1 to {KEY_LIMIT} of the characters a-z, A-Z, 0-9, `.`, `_` and `-`")]
pub struct InvalidCommentKey;

impl FromStr for CommentKey {
    type Err = InvalidCommentKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let is_key = !text.is_empty() && text.len() <= KEY_LIMIT && text.bytes().all(is_allowed);
        is_key.then(|| Self(text.to_owned())).ok_or(InvalidCommentKey)
    }
}

impl fmt::Display for CommentKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The first line of the comment of a job: by it the comment of an earlier run is found again.
pub fn marker(key: Option<&CommentKey>) -> String {
    match key {
        None => MARKER.to_owned(),
        Some(key) => format!("<!-- lockgate:report {key} -->"),
    }
}

/// A comment as GitHub shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedComment {
    pub number: CommentNumber,
    /// The account that wrote it.
    pub author: String,
    /// Its text, in Markdown.
    pub body: String,
}

/// What the comment is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub marker: String,
    /// Its whole text, the first line included.
    pub body: String,
    /// Whether it is worth a new comment, or only that an older one is brought up to date.
    pub creates: bool,
}

/// What happens to the comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is none yet, and there is something to say.
    Create,
    /// It says something else.
    Update(CommentNumber),
    /// It says just that.
    Keep(CommentNumber),
    /// There is none, and there is nothing to say.
    Nothing,
}

/// What happens to all comments of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What happens to the one that counts.
    pub step: Step,
    /// Later ones of lockgate's own, which are taken away.
    pub duplicates: Vec<CommentNumber>,
}

/// The comments of a pull request. Limits, pauses and retries of what may safely be sent again belong
/// to the implementation; what may not, it sends once and says [`TrackerError::Lost`].
pub trait Conversation {
    /// As whom comments are written.
    fn account(&self) -> Result<String, TrackerError>;

    /// Every comment on a pull request.
    fn comments(&self, pull_request: u64) -> Result<Vec<PostedComment>, TrackerError>;

    fn post(&self, pull_request: u64, body: &str) -> Result<PostedComment, TrackerError>;

    /// Gives a comment another text.
    fn replace(&self, comment: CommentNumber, body: &str) -> Result<(), TrackerError>;

    /// Takes a comment away.
    fn remove(&self, comment: CommentNumber) -> Result<(), TrackerError>;

    /// Waits for as long as a list may need until it shows what was written.
    fn settle(&self);
}

/// What has to happen so that exactly one comment says what is wanted.
pub fn plan(comments: &[PostedComment], wanted: &Wanted, account: &str) -> Plan {
    let mut own: Vec<&PostedComment> =
        comments.iter().filter(|comment| is_own(comment, wanted, account)).collect();
    own.sort_by_key(|comment| comment.number);
    own.dedup_by_key(|comment| comment.number);
    let Some((first, others)) = own.split_first() else {
        let step = if wanted.creates { Step::Create } else { Step::Nothing };
        return Plan { step, duplicates: Vec::new() };
    };
    let step = if is_same(&first.body, &wanted.body) {
        Step::Keep(first.number)
    } else {
        Step::Update(first.number)
    };
    Plan { step, duplicates: others.iter().map(|comment| comment.number).collect() }
}

fn is_own(comment: &PostedComment, wanted: &Wanted, account: &str) -> bool {
    let first_line = comment.body.lines().next().unwrap_or_default();
    comment.author.eq_ignore_ascii_case(account) && first_line.trim_end() == wanted.marker
}

/// GitHub may hand out other line ends than it was given.
fn is_same(posted: &str, wanted: &str) -> bool {
    posted.trim_end().lines().eq(wanted.trim_end().lines())
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
