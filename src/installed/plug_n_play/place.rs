//! Where a package lies that Yarn has installed without `node_modules` (Yarn documentation, "Plug'n'Play
//! specification", "Virtual folders").

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use crate::installed::tree::plain;

/// Folders that are not there: packages lie in others, and once in them for each set of what they want
/// beside themselves. The second name is that of Yarn 2.
const VIRTUAL: &[&str] = &["__virtual__", "$$virtual"];

/// Where a package lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Folder(PathBuf),
    /// In a zip file, below this path in it.
    Archive {
        file: PathBuf,
        inside: PathBuf,
    },
}

impl Place {
    /// The place that stands in the data, which lies in the folder `root`.
    pub(super) fn of(root: &Path, location: &str) -> Self {
        let path = real(&plain(&root.join(location)));
        let is_archive =
            |path: &&Path| path.extension().is_some_and(|it| it == "zip") && !path.is_dir();
        match path.ancestors().find(is_archive) {
            Some(file) => {
                let inside = path.strip_prefix(file).unwrap_or(Path::new("")).to_owned();
                Self::Archive { file: file.to_owned(), inside }
            }
            None => Self::Folder(path),
        }
    }
}

/// A path without virtual folders: `<folder>/__virtual__/<hash>/<n>/<below>` is `<below>`, from the folder `n`
/// above `<folder>`.
fn real(path: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    let mut parts = path.components();
    while let Some(part) = parts.next() {
        if !is_virtual(part) {
            real.push(part);
            continue;
        }
        let mut rest = parts.clone().skip(1);
        let levels = rest.next().and_then(|part| part.as_os_str().to_str()?.parse::<u16>().ok());
        if let Some(levels) = levels {
            for _ in 0..levels {
                real.pop();
            }
            parts.nth(1);
        }
    }
    real
}

fn is_virtual(part: Component<'_>) -> bool {
    VIRTUAL.iter().any(|name| part.as_os_str() == OsStr::new(name))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn virtual_folders_lead_to_real_ones_and_archives_are_files() {
        let archive =
            |file: &str| Place::Archive { file: file.into(), inside: "node_modules/glim".into() };
        for (location, expected) in [
            ("./", Place::Folder("/w/app".into())),
            ("./lib/local/", Place::Folder("/w/app/lib/local".into())),
            (
                "./.yarn/unplugged/x/node_modules/x/",
                Place::Folder("/w/app/.yarn/unplugged/x/node_modules/x".into()),
            ),
            ("./.yarn/cache/glim.zip/node_modules/glim/", archive("/w/app/.yarn/cache/glim.zip")),
            ("../home/cache/glim.zip/node_modules/glim/", archive("/w/home/cache/glim.zip")),
            (
                "./.yarn/__virtual__/glim-virtual-1/0/cache/glim.zip/node_modules/glim/",
                archive("/w/app/.yarn/cache/glim.zip"),
            ),
            (
                "./.yarn/__virtual__/glim-virtual-1/2/home/glim.zip/node_modules/glim/",
                archive("/w/home/glim.zip"),
            ),
            (
                "./.yarn/$$virtual/glim-virtual-1/1/lib/glim/",
                Place::Folder("/w/app/lib/glim".into()),
            ),
        ] {
            assert_eq!(Place::of(Path::new("/w/app"), location), expected, "{location}");
        }
    }
}
