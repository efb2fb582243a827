//! Which paths and links in the tree of a commit lead where they seem to. A repository made by hand may
//! hold others.

use std::path::{Component, Path};

/// Whether a path leads to a place below the root of the tree, and not into git's own folder. Git itself
/// never writes out any other.
pub fn is_harmless(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some() && parts.all(is_ordinary)
}

fn is_ordinary(part: Component<'_>) -> bool {
    matches!(part, Component::Normal(name) if !name.eq_ignore_ascii_case(".git"))
}

/// Whether a link leads to a place in the same tree, whatever other links are on the way: it goes up
/// from its own folder, which no link leads to, and then only down.
pub fn stays_inside(link: &Path, target: &Path) -> bool {
    let mut depth = link.components().count().saturating_sub(1);
    let mut goes_down = false;
    for component in target.components() {
        match component {
            Component::CurDir => {}
            part if is_ordinary(part) => goes_down = true,
            Component::ParentDir if depth > 0 && !goes_down => depth -= 1,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_of_a_tree_are_not_written() {
        for (path, may_be_written) in [
            ("Cargo.lock", true),
            ("a/.github/b", true),
            ("../Cargo.lock", false),
            ("a/../b", false),
            ("/etc/passwd", false),
            (".git/config", false),
            ("a/.GIT/hooks/pre-push", false),
            ("", false),
        ] {
            assert_eq!(is_harmless(Path::new(path)), may_be_written, "{path}");
        }
    }

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
}
