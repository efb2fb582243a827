//! Patterns of folders, as package managers write them into manifests.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::join;

/// More alternatives than this are not a list of workspaces.
const MOST_ALTERNATIVES: usize = 256;

/// Whether a folder is meant by a pattern that counts from another folder.
///
/// `hidden`: whether a star stands for a name that begins with a dot.
pub(super) fn matches(from: &Path, pattern: &str, folder: &Path, hidden: bool) -> bool {
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: !hidden,
    };
    let pattern = pattern.replace('\\', "/");
    alternatives(&pattern).iter().any(|pattern| {
        // `..` is taken out as far as it stands in front; what is left counts from there.
        let mut base = from.to_owned();
        let mut rest = pattern.trim_matches('/');
        loop {
            if let Some(inside) = rest.strip_prefix("./") {
                rest = inside;
            } else if let Some(above) = rest.strip_prefix("../") {
                base = join(&base, "..");
                rest = above;
            } else {
                break;
            }
        }
        let Ok(inside) = folder.strip_prefix(&base) else {
            return false;
        };
        if rest == "." || rest.is_empty() {
            return inside == Path::new("");
        }
        let is_literal = !rest.contains(['*', '?', '[']);
        let lies_there = || PathBuf::from(rest).components().eq(inside.components());
        let is_meant =
            || Pattern::new(rest).is_ok_and(|pattern| pattern.matches_path_with(inside, options));
        if is_literal { lies_there() } else { is_meant() }
    })
}

/// `{a,b}/c` is `a/c` and `b/c`.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut left = vec![pattern.to_owned()];
    while let Some(pattern) = left.pop() {
        let braces =
            pattern.find('{').and_then(|open| Some((open, open + pattern[open..].find('}')?)));
        let Some((open, close)) = braces.filter(|_| done.len() + left.len() < MOST_ALTERNATIVES)
        else {
            done.push(pattern);
            continue;
        };
        left.extend(
            pattern[open + 1..close]
                .split(',')
                .map(|word| format!("{}{word}{}", &pattern[..open], &pattern[close + 1..])),
        );
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_the_folders_that_package_managers_mean() {
        for (pattern, folder, is_meant) in [
            ("packages/*", "/r/packages/a", true),
            ("./packages/*/", "/r/packages/a", true),
            ("packages/*", "/r/packages/a/b", false),
            ("packages/**", "/r/packages/a/b", true),
            ("packages/a", "/r/packages/a", true),
            ("packages/a", "/r/packages/ab", false),
            ("{apps,libs}/*", "/r/libs/x", true),
            ("{apps,libs}/*", "/r/tools/x", false),
            ("../beside", "/beside", true),
            (".", "/r", true),
            ("*", "/r/.hidden", false),
            ("[", "/r/[", false),
        ] {
            let said = matches(Path::new("/r"), pattern, Path::new(folder), false);
            assert_eq!(said, is_meant, "{pattern} {folder}");
        }
        assert!(matches(Path::new("/r"), "*", Path::new("/r/.hidden"), true));
    }
}
