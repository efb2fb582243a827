//! The options that say whose issues are meant.

use clap::Args;

use crate::pipeline::issues::IssueAccess;

/// Whose issues, and what was scanned.
#[derive(Clone, Debug, Default, Args)]
pub struct IssueArguments {
    /// The repository whose issues are meant
    #[arg(long, value_name = "OWNER/NAME", env = "GITHUB_REPOSITORY", hide_env_values = true)]
    repository: Option<String>,
    /// The branch that is checked; only a scan of the default branch closes issues
    #[arg(long, value_name = "BRANCH", env = "GITHUB_REF", hide_env_values = true)]
    branch: Option<String>,
}

impl IssueArguments {
    pub(super) fn access(&self) -> IssueAccess {
        IssueAccess { repository: self.repository.clone(), branch: self.branch.clone() }
    }
}
