//! Rush installs from a copy of the lockfile that it keeps (Rush documentation, "Rush subspaces"; Rush source,
//! `Subspace.ts`): what the lockfile says about folders counts from where that copy lies.

use std::borrow::Cow;

use crate::lockfile::node::folder::is_outside;
use crate::lockfile::tool::{self, Tool};

/// Where Rush keeps lockfiles, from the root of the repository. It installs from `common/temp` and
/// `common/temp/*`, which lie one folder higher.
const KEPT: [&[&str]; 2] = [&["common", "config", "rush"], &["common", "config", "subspaces", "*"]];

/// The folder of a project, relative to that of the lockfile at `path`. `key` is what the lockfile calls it.
pub(super) fn folder<'t>(path: &str, key: Cow<'t, str>) -> Cow<'t, str> {
    if is_outside(&key) && is_kept(path) { Cow::Owned(format!("../{key}")) } else { key }
}

/// Who writes the lockfile at a path: pnpm, or Rush with it.
pub(super) fn writer(path: &str) -> &'static Tool {
    if is_kept(path) { &tool::RUSH } else { &tool::PNPM }
}

fn is_kept(path: &str) -> bool {
    let Some((folder, _)) = path.rsplit_once('/') else {
        return false;
    };
    KEPT.iter().any(|kept| {
        let mut steps = folder.rsplit('/');
        kept.iter().rev().all(|kept| {
            steps.next().is_some_and(|step| *kept == step || (*kept == "*" && !step.is_empty()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_count_from_where_rush_installs() {
        for (path, key, expected) in [
            ("common/config/rush/pnpm-lock.yaml", "../../apps/x", "../../../apps/x"),
            ("/r/common/config/rush/pnpm-lock.yaml", "../../apps/x", "../../../apps/x"),
            ("common/config/subspaces/a/pnpm-lock.yaml", "../../../apps/x", "../../../../apps/x"),
            ("common/config/rush/pnpm-lock.yaml", "", ""),
            ("common/pnpm-lock.yaml", "../apps/x", "../apps/x"),
            ("subspaces/a/pnpm-lock.yaml", "../apps/x", "../apps/x"),
            ("pnpm-lock.yaml", "../apps/x", "../apps/x"),
        ] {
            let is_kept = path.contains("common/config/");
            assert_eq!(writer(path).word, if is_kept { "rush" } else { "pnpm" }, "{path}");
            assert_eq!(folder(path, Cow::Borrowed(key)), expected, "{path} {key}");
        }
    }
}
