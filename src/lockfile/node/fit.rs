//! Gaps where a lockfile does not fit the manifests of its projects.

use crate::lockfile::Lockfile;
use crate::lockfile::tool::Tool;
use crate::problem::{Gap, GapCode, Location};

/// What a manifest asks for under a name on a line, and the lockfile locks otherwise: `locked` says what it
/// locks, and where.
pub(in crate::lockfile) fn misfit(
    tool: &Tool,
    place: &Location,
    name: &str,
    wish: &str,
    locked: &str,
) -> Gap {
    let shown = if wish.is_empty() { "*" } else { wish };
    Gap::new(
        GapCode::LockfileOutdated,
        format!(
            "{place}: `{name}` is asked for as `{}`, and {locked}, so that {} would install something \
             else",
            shown.escape_debug(),
            tool.word
        ),
        tool.bring_up_to_date(),
    )
}

/// A lockfile that locks nothing, and no manifest beside it that says that there is nothing to lock.
pub(in crate::lockfile) fn nothing(lockfile: &Lockfile) -> Gap {
    let Lockfile { source, .. } = lockfile;
    let tool = lockfile.writer();
    Gap::new(
        GapCode::NothingToCheck,
        format!(
            "{}: the lockfile locks no package, and there is no {} beside it to say that this is all",
            source.path, tool.manifest
        ),
        format!("{}; or leave it out with `[lockfiles] exclude` in the policy", tool.write_again()),
    )
}
