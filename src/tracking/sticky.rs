//! The single comment on a pull request: written once, found again and updated in place.
//!
//! [`plan`] is pure: the same comments and the same text give the same steps. A comment is lockgate's
//! own only if its author and its first line match: anybody can paste the line. A new comment cannot be
//! taken back and is never sent again blindly, and if several runs have written one at the same time,
//! the lowest number wins: see [`apply`].

pub mod apply;

use std::fmt;
use std::str::FromStr;

use super::tracker::TrackerError;
use crate::markdown::MARKER;

/// The longest key, in characters.
const KEY_LIMIT: usize = 64;

/// The number of a comment within its repository. Later comments have higher ones.
pub type CommentNumber = u64;

/// Distinguishes the comments of several jobs.
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

/// The first line of a job's comment, by which later runs find it.
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

/// The comment that should exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedComment {
    pub marker: String,
    /// Its complete text, including the first line.
    pub body: String,
    /// Whether it justifies a new comment, or only an update of an existing one.
    pub creates: bool,
}

/// The action for the comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentStep {
    /// There is no comment yet, and one is needed.
    Create,
    /// Its text differs.
    Update(CommentNumber),
    /// Its text is up to date.
    Keep(CommentNumber),
    /// There is no comment, and none is needed.
    Nothing,
}

/// The actions for all comments of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentPlan {
    /// The action for the comment that counts.
    pub step: CommentStep,
    /// Later ones of lockgate's own, which are removed.
    pub duplicates: Vec<CommentNumber>,
}

/// The comments of a pull request. Limits, pauses and safe retries belong to the implementation;
/// a request that must not be repeated is sent once and returns [`TrackerError::Lost`] if in doubt.
pub trait Conversation {
    /// The account that writes comments.
    fn account(&self) -> Result<String, TrackerError>;

    /// Every comment on a pull request.
    fn comments(&self, pull_request: u64) -> Result<Vec<PostedComment>, TrackerError>;

    fn post(&self, pull_request: u64, body: &str) -> Result<PostedComment, TrackerError>;

    /// Replaces the text of a comment.
    fn replace(&self, comment: CommentNumber, body: &str) -> Result<(), TrackerError>;

    /// Deletes a comment.
    fn remove(&self, comment: CommentNumber) -> Result<(), TrackerError>;

    /// Waits until lists show what was written.
    fn settle(&self);
}

/// The actions that leave exactly one comment with the wanted text.
pub fn plan(comments: &[PostedComment], wanted: &WantedComment, account: &str) -> CommentPlan {
    let mut own: Vec<&PostedComment> =
        comments.iter().filter(|comment| is_own(comment, wanted, account)).collect();
    own.sort_by_key(|comment| comment.number);
    own.dedup_by_key(|comment| comment.number);
    let Some((first, others)) = own.split_first() else {
        let step = if wanted.creates { CommentStep::Create } else { CommentStep::Nothing };
        return CommentPlan { step, duplicates: Vec::new() };
    };
    let step = if is_same(&first.body, &wanted.body) {
        CommentStep::Keep(first.number)
    } else {
        CommentStep::Update(first.number)
    };
    CommentPlan { step, duplicates: others.iter().map(|comment| comment.number).collect() }
}

fn is_own(comment: &PostedComment, wanted: &WantedComment, account: &str) -> bool {
    let first_line = comment.body.lines().next().unwrap_or_default();
    comment.author.eq_ignore_ascii_case(account) && first_line.trim_end() == wanted.marker
}

/// GitHub may return other line endings than it was sent.
fn is_same(posted: &str, wanted: &str) -> bool {
    posted.trim_end().lines().eq(wanted.trim_end().lines())
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
