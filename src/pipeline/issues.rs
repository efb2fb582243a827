//! Where issues and comments are, and how they are reached.

use crate::policy::Policy;
use crate::settings::tracker_connection;
use crate::tracking::github::GitHub;
use crate::tracking::tracker::TrackerError;

/// Whose issues are meant, and of what they are to tell.
#[derive(Clone, Debug, Default)]
pub struct IssueAccess {
    /// The repository that was named, `owner/name`.
    pub repository: Option<String>,
    /// The branch that is checked, or a reference as `GITHUB_REF` holds it.
    pub branch: Option<String>,
}

impl IssueAccess {
    /// Reaches GitHub as the environment says; `policy` names the account that writes.
    ///
    /// # Errors
    ///
    /// The environment lacks what it takes.
    pub fn connect(&self, policy: &Policy) -> Result<GitHub, TrackerError> {
        let connection = tracker_connection(self.repository.clone())
            .map_err(|error| TrackerError::Setup(error.to_string()))?;
        GitHub::new(&connection, policy.ticket.issues.author.clone())
    }
}
