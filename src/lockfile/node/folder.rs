//! Folders relative to that of a lockfile, in one spelling.

use std::borrow::Cow;

/// A folder in the one spelling that npm writes. `node_modules/a/`, `node_modules//a` and
/// `node_modules/b/../a` are where `a` is installed, and must not pass as packages of other names.
pub(in crate::lockfile) fn plain_folder(folder: &str) -> Cow<'_, str> {
    // `..` at the beginning leads out, and is how npm writes that.
    let inside = folder.trim_start_matches("../");
    let mut begins = true;
    let is_plain = inside.bytes().all(|byte| {
        let may_be_other = begins && matches!(byte, b'.' | b'/');
        begins = byte == b'/';
        !may_be_other
    });
    if folder == ".." || (is_plain && !begins) {
        return Cow::Borrowed(folder);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Cow::Owned(parts.join("/"))
}

/// Whether a folder lies outside of the lockfile's own.
pub(in crate::lockfile) fn is_outside(folder: &str) -> bool {
    folder == ".." || folder.starts_with("../")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_the_spelling_that_npm_writes() {
        for (spelt, plain) in [
            ("", ""),
            (".", ""),
            ("a/..", ""),
            ("node_modules/a", "node_modules/a"),
            ("node_modules/a/", "node_modules/a"),
            ("node_modules//a", "node_modules/a"),
            ("./node_modules/./a", "node_modules/a"),
            ("node_modules/b/../a", "node_modules/a"),
            ("node_modules/b/../../node_modules/a", "node_modules/a"),
            ("..", ".."),
            ("../..", "../.."),
            ("../x/", "../x"),
            ("../x/../../y", "../../y"),
            ("x/../../y", "../y"),
        ] {
            assert_eq!(plain_folder(spelt), plain, "{spelt}");
        }
    }
}
