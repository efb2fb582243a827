//! A conversation in memory that loses and refuses requests on demand.

use std::cell::{Cell, RefCell};

use super::{CommentNumber, Conversation, PostedComment};
use crate::tracking::tracker::TrackerError;

/// The account that writes.
pub(super) const ACCOUNT: &str = "gate-bot";

/// The failure of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not done, and the answer is lost.
    LostBefore,
    /// It is done, and the answer is lost.
    LostAfter,
    /// It is not allowed.
    Forbidden,
    /// Another run has written the same just before.
    Raced,
}

pub(super) struct FakeConversation {
    pub(super) comments: RefCell<Vec<PostedComment>>,
    pub(super) faults: RefCell<Vec<Fault>>,
    /// The account that it reports, if that is not the real one.
    pub(super) claims: &'static str,
    pub(super) writes: Cell<usize>,
    pub(super) posts: Cell<usize>,
}

impl FakeConversation {
    pub(super) fn with(comments: &[(CommentNumber, &str, &str)]) -> Self {
        let comments = comments.iter().map(|(number, author, body)| PostedComment {
            number: *number,
            author: (*author).to_owned(),
            body: (*body).to_owned(),
        });
        Self {
            comments: RefCell::new(comments.collect()),
            faults: RefCell::default(),
            claims: ACCOUNT,
            writes: Cell::default(),
            posts: Cell::default(),
        }
    }

    fn add(&self, body: &str) -> PostedComment {
        let mut comments = self.comments.borrow_mut();
        let last = comments.iter().map(|comment| comment.number).max();
        let number = last.unwrap_or_default() + 1;
        let comment = PostedComment { number, author: ACCOUNT.to_owned(), body: body.to_owned() };
        comments.push(comment.clone());
        comment
    }

    fn count(&self) {
        self.writes.set(self.writes.get() + 1);
    }
}

impl Conversation for FakeConversation {
    fn account(&self) -> Result<String, TrackerError> {
        Ok(self.claims.to_owned())
    }

    fn comments(&self, _pull_request: u64) -> Result<Vec<PostedComment>, TrackerError> {
        Ok(self.comments.borrow().clone())
    }

    fn post(&self, _pull_request: u64, body: &str) -> Result<PostedComment, TrackerError> {
        self.posts.set(self.posts.get() + 1);
        let lost = || TrackerError::Lost("nobody knows".to_owned());
        match self.faults.borrow_mut().pop() {
            Some(Fault::LostBefore) => return Err(lost()),
            Some(Fault::Forbidden) => return Err(TrackerError::Forbidden("not you".to_owned())),
            Some(Fault::LostAfter) => {
                self.add(body);
                return Err(lost());
            }
            Some(Fault::Raced) => {
                self.add(&format!("{}\nsaid by another run", body.lines().next().unwrap()));
            }
            None => {}
        }
        self.count();
        Ok(self.add(body))
    }

    fn replace(&self, number: CommentNumber, body: &str) -> Result<(), TrackerError> {
        self.count();
        let mut comments = self.comments.borrow_mut();
        let comment = comments
            .iter_mut()
            .find(|comment| comment.number == number)
            .ok_or_else(|| TrackerError::Missing("no such comment".to_owned()))?;
        body.clone_into(&mut comment.body);
        Ok(())
    }

    fn remove(&self, number: CommentNumber) -> Result<(), TrackerError> {
        self.count();
        self.comments.borrow_mut().retain(|comment| comment.number != number);
        Ok(())
    }

    fn settle(&self) {}
}
