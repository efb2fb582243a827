//! Comments on pull requests (GitHub REST API, "Issue comments": a pull request is an issue there).

use serde_json::json;

use super::api_client::Call;
use super::wire::Comment;
use super::{GitHub, TrackerError};
use crate::tracking::sticky::{CommentNumber, Conversation, PostedComment};

impl GitHub {
    fn comment_path(&self, comment: CommentNumber) -> String {
        format!("{}/issues/comments/{comment}", self.path)
    }
}

impl Conversation for GitHub {
    fn account(&self) -> Result<String, TrackerError> {
        Self::account(self)
    }

    fn comments(&self, pull_request: u64) -> Result<Vec<PostedComment>, TrackerError> {
        let comments: Vec<Comment> =
            self.pages(&format!("{}/comments", self.issue_path(pull_request)))?;
        Ok(comments.into_iter().map(Comment::into_posted).collect())
    }

    fn post(&self, pull_request: u64, body: &str) -> Result<PostedComment, TrackerError> {
        let path = format!("{}/comments", self.issue_path(pull_request));
        let call = Call::post(path, json!({ "body": body }));
        self.exchange.json::<Comment>(&call).map(Comment::into_posted)
    }

    fn replace(&self, comment: CommentNumber, body: &str) -> Result<(), TrackerError> {
        let call = Call::patch(self.comment_path(comment), json!({ "body": body }));
        self.exchange.send(&call).map(|_| ())
    }

    fn remove(&self, comment: CommentNumber) -> Result<(), TrackerError> {
        let call = Call::delete(self.comment_path(comment));
        self.exchange.send(&call).map(|_| ())
    }

    fn settle(&self) {
        self.exchange.settle();
    }
}
