//! Applies a plan, and ends with one comment whatever is lost on the way.

use super::{Conversation, Plan, PostedComment, Step, Wanted, plan};
use crate::tracking::tracker::TrackerError;

/// How often a comment is tried to be written when answers are lost.
const ATTEMPTS: usize = 3;

/// Lists the comments, plans, and applies the plan if this run may write. What was planned is what
/// was done, unless there is an error.
///
/// # Errors
///
/// The comments cannot be listed, or the one that counts cannot be written.
pub fn apply(
    conversation: &dyn Conversation,
    pull_request: u64,
    wanted: &Wanted,
    writes: bool,
) -> Result<Plan, TrackerError> {
    let account = conversation.account()?;
    let comments = conversation.comments(pull_request)?;
    let planned = plan(&comments, wanted, &account);
    if !writes {
        return Ok(planned);
    }
    if planned.step == Step::Create {
        let posted = post_once(conversation, pull_request, wanted, &account)?;
        converge(conversation, pull_request, wanted, posted);
    } else {
        write(conversation, &planned, wanted)?;
    }
    Ok(planned)
}

/// Writes a comment. It is sent again only when a list shows that it is not there.
fn post_once(
    conversation: &dyn Conversation,
    pull_request: u64,
    wanted: &Wanted,
    account: &str,
) -> Result<PostedComment, TrackerError> {
    let mut lost = None;
    for _ in 0..ATTEMPTS {
        match conversation.post(pull_request, &wanted.body) {
            Err(TrackerError::Lost(cause)) => {
                conversation.settle();
                let comments = conversation.comments(pull_request)?;
                let found =
                    comments.into_iter().find(|comment| super::is_own(comment, wanted, account));
                if let Some(found) = found {
                    return Ok(found);
                }
                lost = Some(TrackerError::Lost(cause));
            }
            other => return other,
        }
    }
    Err(lost.unwrap_or_else(|| TrackerError::Lost("no attempt was made".to_owned())))
}

/// Other runs may have written the same comment at the same time, or an account that may not ask who
/// it is has written one under another name than was expected: the lowest number wins. Whatever
/// cannot be done here, the next run does.
fn converge(
    conversation: &dyn Conversation,
    pull_request: u64,
    wanted: &Wanted,
    posted: PostedComment,
) {
    let Ok(mut comments) = conversation.comments(pull_request) else {
        return;
    };
    let account = posted.author.clone();
    if !comments.iter().any(|comment| comment.number == posted.number) {
        comments.push(posted);
    }
    let _ = write(conversation, &plan(&comments, wanted, &account), wanted);
}

fn write(
    conversation: &dyn Conversation,
    plan: &Plan,
    wanted: &Wanted,
) -> Result<(), TrackerError> {
    if let Step::Update(number) = plan.step {
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
