//! Folders as npm spells them, and what a folder is by its place (npm source, `arborist`,
//! `load-virtual`: keys are resolved as paths of the operating system).

use std::ops::Range;
use std::sync::Arc;

use crate::lockfile::node::name;
use crate::lockfile::{LockfileError, tool};
use crate::problem::{Problem, SourceText};

/// What lies in a folder, by its place alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'folder> {
    /// A project: it lies in no `node_modules`.
    Project,
    /// A package, installed under this name.
    Installed(&'folder str),
    /// A part of an installed package, to which a link inside that package may lead. The last part
    /// of the path is what npm takes for its name.
    Part(&'folder str),
}

impl<'folder> Place<'folder> {
    /// What lies in a folder that is spelt as [`plain_folder`](crate::lockfile::node::folder::plain_folder) spells it.
    pub(super) fn of(folder: &'folder str) -> Self {
        let Some(start) = inside_modules(folder) else {
            return Self::Project;
        };
        let below = &folder[start..];
        let mut parts = below.split('/');
        let is_name = match (parts.next(), parts.next()) {
            (Some(first), Some(_)) => first.starts_with('@') && parts.next().is_none(),
            _ => true,
        };
        if is_name {
            return Self::Installed(below);
        }
        let last = below.rfind('/').map_or(0, |slash| slash + 1);
        let scope = below[..last].trim_end_matches('/');
        let scope_start = scope.rfind('/').map_or(0, |slash| slash + 1);
        let is_scoped = scope[scope_start..].starts_with('@');
        Self::Part(&below[if is_scoped { scope_start } else { last }..])
    }
}

/// Where the path from the last folder of installed packages begins.
fn inside_modules(folder: &str) -> Option<usize> {
    let mut slashes = memchr::memrchr_iter(b'/', folder.as_bytes());
    let ends_modules = |slash: &usize| {
        let above = folder[..*slash].strip_suffix("node_modules");
        above.is_some_and(|above| above.is_empty() || above.ends_with('/'))
    };
    Some(slashes.find(ends_modules)? + 1)
}

/// The name under which a folder is imported; `None` where no package is installed in it.
pub(super) fn installed_name(folder: &str) -> Option<&str> {
    match Place::of(folder) {
        Place::Installed(name) => Some(name),
        Place::Project | Place::Part(_) => None,
    }
}

/// Refuses a key that is another folder on another system, or no place for a package.
pub(super) fn check_key(
    source: &Arc<SourceText>,
    key: &str,
    place: Place<'_>,
    span: &Range<usize>,
) -> Result<(), LockfileError> {
    let refuse = |message: String| {
        let help = format!(
            "npm writes no such key: find out who wrote this lockfile, remove it, and {}",
            tool::NPM.write_anew()
        );
        Err(LockfileError::Inconsistent(Problem::at(source, span.clone(), message).help(help)))
    };
    if key.contains('\\') {
        return refuse("a folder is spelt with backslashes".to_owned());
    }
    if key.starts_with('/') {
        return refuse("a folder is spelt from the root of the disk".to_owned());
    }
    match place {
        Place::Installed(name) if !name::is_valid(name) => {
            let shown = name.escape_debug();
            refuse(format!("`{shown}` is no name of a package"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_tells_what_lies_in_it() {
        for (folder, place) in [
            ("", Place::Project),
            ("packages/a", Place::Project),
            ("../a", Place::Project),
            ("node_modules/a", Place::Installed("a")),
            ("node_modules/@s/a", Place::Installed("@s/a")),
            ("packages/b/node_modules/a", Place::Installed("a")),
            ("node_modules/b/node_modules/@s/a", Place::Installed("@s/a")),
            ("node_modules/b/packages/a", Place::Part("a")),
            ("node_modules/@s/b/packages/@t/a", Place::Part("@t/a")),
        ] {
            assert_eq!(Place::of(folder), place, "{folder}");
        }
    }
}
