//! What the paths in a tree tell: which files decide about lockfiles, and which lead where they seem to.

use std::path::{Component, Path};

use crate::lockfile::discovery;
use crate::lockfile::tool::says_what_is_locked;
use crate::policy::FILE_NAME;

/// Files that say something about lockfiles, or about what is found in them, besides those of package
/// managers.
const NAMES: &[&str] = &[".gitignore", FILE_NAME];

/// Whether a file says something about lockfiles, or about what is found in them.
pub(super) fn decides(path: &Path) -> bool {
    let is_name = path.file_name().is_some_and(|name| {
        discovery::is_looked_for(name) || NAMES.iter().any(|known| name == *known)
    });
    is_name || says_what_is_locked(&path.to_string_lossy())
}

/// Whether a path leads to where it seems to. git itself refuses others.
pub(super) fn is_ordinary(path: &Path) -> bool {
    path.components().all(|component| match component {
        Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        _ => false,
    })
}

/// Whether a link leads to a place in the same tree, whatever other links are on the way: it goes up
/// from its own folder, which no link leads to, and then only down.
pub(super) fn stays_inside(link: &Path, target: &Path) -> bool {
    let mut depth = link.components().count().saturating_sub(1);
    let mut goes_down = false;
    for component in target.components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) if !name.eq_ignore_ascii_case(".git") => goes_down = true,
            Component::ParentDir if depth > 0 && !goes_down => depth -= 1,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tool::TOOLS;

    #[test]
    fn links_are_written_only_if_nothing_can_make_them_leave_the_tree() {
        for (link, target, stays) in [
            ("Cargo.lock", "locks/Cargo.lock", true),
            ("a/b/link", "../../c", true),
            ("a/link", "./x", true),
            ("link", "../x", false),
            ("a/link", "../../x", false),
            ("link", "/etc/passwd", false),
            // `a` may be a link itself, and then `a/..` is anywhere.
            ("link", "a/../x", false),
            ("link", ".git/config", false),
        ] {
            assert_eq!(stays_inside(Path::new(link), Path::new(target)), stays, "{link}: {target}");
        }
    }

    #[test]
    fn what_decides_is_told_by_its_name() {
        for (path, expected) in [
            ("web/package-lock.json", true),
            ("Cargo.toml", true),
            (".cargo/config.toml", true),
            ("config.toml", false),
            ("src/main.rs", false),
        ] {
            assert_eq!(decides(Path::new(path)), expected, "{path}");
        }
        for tool in TOOLS {
            let lockfiles = tool.lockfiles.iter().map(|name| (*name).to_owned());
            for name in tool.files().into_iter().chain(lockfiles) {
                assert!(decides(Path::new(&name)), "{name}");
                assert!(decides(&Path::new("web").join(&name)), "{name}");
            }
        }
        assert!(!is_ordinary(Path::new("a/../b")));
        assert!(!is_ordinary(Path::new("a/.GIT/config")));
    }
}
