//! Applies a plan, and ends with one comment even if answers are lost.

use super::{CommentPlan, CommentStep, Conversation, PostedComment, WantedComment, plan};
use crate::tracking::once;
use crate::tracking::tracker::TrackerError;

/// Lists the comments, plans, and applies the plan if this run may write. Without an error, everything
/// planned was done.
///
/// # Errors
///
/// The comments cannot be listed, or the one that counts cannot be written.
pub fn apply(
    conversation: &dyn Conversation,
    pull_request: u64,
    wanted: &WantedComment,
    writes: bool,
) -> Result<CommentPlan, TrackerError> {
    let account = conversation.account()?;
    let comments = conversation.comments(pull_request)?;
    let planned = plan(&comments, wanted, &account);
    if !writes {
        return Ok(planned);
    }
    if planned.step == CommentStep::Create {
        let posted = post_once(conversation, pull_request, wanted, &account)?;
        converge(conversation, pull_request, wanted, posted);
    } else {
        write(conversation, &planned, wanted)?;
    }
    Ok(planned)
}

/// Writes a comment, once.
fn post_once(
    conversation: &dyn Conversation,
    pull_request: u64,
    wanted: &WantedComment,
    account: &str,
) -> Result<PostedComment, TrackerError> {
    once::create(
        || conversation.post(pull_request, &wanted.body),
        || conversation.settle(),
        || {
            let mut comments = conversation.comments(pull_request)?.into_iter();
            Ok(comments.find(|comment| super::is_own(comment, wanted, account)))
        },
    )
}

/// Another run may have written the same comment at the same time, or an account that may not ask for
/// its own name may have written under an unexpected one: the lowest number wins. Anything
/// that cannot be done here is left to the next run.
fn converge(
    conversation: &dyn Conversation,
    pull_request: u64,
    wanted: &WantedComment,
    posted: PostedComment,
) {
    let Ok(mut comments) = conversation.comments(pull_request) else {
        return;
    };
    let account = posted.author.clone();
    once::add_own(&mut comments, &[posted], |comment| comment.number);
    let _ = write(conversation, &plan(&comments, wanted, &account), wanted);
}

fn write(
    conversation: &dyn Conversation,
    plan: &CommentPlan,
    wanted: &WantedComment,
) -> Result<(), TrackerError> {
    if let CommentStep::Update(number) = plan.step {
        conversation.replace(number, &wanted.body)?;
    }
    for number in &plan.duplicates {
        match conversation.remove(*number) {
            // Another run was faster.
            Ok(()) | Err(TrackerError::Missing(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
