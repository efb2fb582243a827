//! Creates something exactly once, even if answers are lost or other runs create the same
//! at the same time.

use super::tracker::TrackerError;

/// How often a request is sent when answers are lost.
const ATTEMPTS: usize = 3;

/// Creates something. It is sent again only if a list shows that it is missing: `create` sends it,
/// `settle` waits until lists are up to date, and `find` looks for it in one.
pub(super) fn create<Created>(
    create: impl Fn() -> Result<Created, TrackerError>,
    settle: impl Fn(),
    find: impl Fn() -> Result<Option<Created>, TrackerError>,
) -> Result<Created, TrackerError> {
    let mut lost = "no attempt was made".to_owned();
    for _ in 0..ATTEMPTS {
        match create() {
            Err(TrackerError::Lost(cause)) => {
                settle();
                if let Some(found) = find()? {
                    return Ok(found);
                }
                lost = cause;
            }
            other => return other,
        }
    }
    Err(TrackerError::Lost(lost))
}

/// Adds what this run has created to a list that may not show it yet.
pub(super) fn add_own<Created: Clone>(
    listed: &mut Vec<Created>,
    created: &[Created],
    number: impl Fn(&Created) -> u64,
) {
    for own in created {
        if !listed.iter().any(|other| number(other) == number(own)) {
            listed.push(own.clone());
        }
    }
}
