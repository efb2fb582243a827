//! What the paths in a tree tell: which files decide about lockfiles.

use std::path::Path;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::tool::TOOLS;

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
    }
}
