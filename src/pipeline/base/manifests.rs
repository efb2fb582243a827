//! The manifests around a lockfile at the base, without writing them anywhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glob::{MatchOptions, Pattern};

use super::plain;
use super::tree::Tree;
use crate::lockfile::manifest::{MAX_BYTES, ManifestFiles};
use crate::lockfile::tool::says_what_is_locked;
use crate::problem::SourceText;

/// As a search on disk: a `*` does not reach into a folder.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// The manifests at the base, as they are seen from the folder of a lockfile.
#[derive(Debug)]
pub(super) struct ManifestsAtBase<'base> {
    tree: &'base Tree,
    /// The folder, from the root of the repository.
    folder: PathBuf,
    shown: String,
}

impl<'base> ManifestsAtBase<'base> {
    /// Those around the lockfile that was written to `path` and is called `shown`. `None` where links
    /// in the tree lead from one name to another: then everything was written, and lies beside it.
    pub(super) fn of_lockfile(tree: &'base Tree, path: &Path, shown: &str) -> Option<Self> {
        if tree.has_links() {
            return None;
        }
        let folder = path.parent()?.strip_prefix(tree.root()).ok()?.to_owned();
        let shown =
            shown.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        Some(Self { tree, folder, shown })
    }

    /// Every manifest of the tree, read at once.
    fn texts(&self) -> &BTreeMap<PathBuf, String> {
        self.tree.texts(|tree| {
            let is_manifest = |path: &Path| says_what_is_locked(&path.to_string_lossy());
            let files = tree.files().iter();
            let (paths, blobs): (Vec<_>, Vec<_>) = files
                .filter(|(path, _)| is_manifest(path))
                .map(|(path, blob)| (path.clone(), blob.clone()))
                .unzip();
            let contents = tree.contents(&blobs);
            let texts = paths.into_iter().zip(contents).filter_map(|(path, content)| {
                let fits = u64::try_from(content.len()).is_ok_and(|length| length <= MAX_BYTES);
                Some((path, String::from_utf8(content).ok().filter(|_| fits)?))
            });
            texts.collect()
        })
    }
}

impl ManifestFiles for ManifestsAtBase<'_> {
    fn read(&self, path: &str) -> Option<Arc<SourceText>> {
        let text = self.texts().get(&plain(&self.folder.join(path))?)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Some(Arc::new(SourceText::new(format!("{}{path}", self.shown), text)))
    }

    fn expand(&self, pattern: &str) -> Vec<String> {
        // From the folder up to what both have in common, and down again.
        let Some(whole) = plain(&self.folder.join(pattern)) else {
            return Vec::new();
        };
        let folder = Pattern::escape(&self.folder.to_string_lossy());
        let up = self.folder.ancestors().position(|above| whole.starts_with(above)).unwrap_or(0);
        let common = self.folder.ancestors().nth(up).unwrap_or(Path::new(""));
        let whole = match whole.strip_prefix(&self.folder) {
            Ok(below) => Path::new(&folder).join(below),
            Err(_) => whole.clone(),
        };
        let Ok(pattern) = Pattern::new(&whole.to_string_lossy().replace('\\', "/")) else {
            return Vec::new();
        };
        // What lies in a folder stands behind it, in a row.
        let places = self.tree.places().range(common.to_owned()..);
        let below = places.take_while(|place| place.starts_with(common));
        let found = below.filter(|place| {
            let place = place.to_string_lossy().replace('\\', "/");
            pattern.matches_with(&place, OPTIONS)
        });
        let relative = found.filter_map(|place| {
            let below = place.strip_prefix(common).ok()?.to_string_lossy().replace('\\', "/");
            Some(format!("{}{below}", "../".repeat(up)))
        });
        relative.collect()
    }
}
