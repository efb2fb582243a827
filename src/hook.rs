//! The git hook that checks before a push (Git documentation, "githooks", `pre-push`).
//!
//! [`plan`] installs it and takes it away without ever losing a hook of somebody else's; [`push`] reads
//! what git says is pushed; [`relevance`] says which changes are worth a check.

pub mod plan;
pub mod push;
pub mod relevance;
pub mod script;
