//! The files that a path may stand for: itself, with an ending, in another language, for another platform,
//! or what a folder is loaded by.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::names::{ENDINGS, PLATFORMS};
use super::scan::MODULES;
use super::tree::{Folder, Kind, Tree, plain};

/// What TypeScript takes for the ending of what it makes (TypeScript documentation, "File extension
/// substitution").
const SOURCES: &[(&str, &[&str])] = &[
    (".js", &[".ts", ".tsx", ".jsx"]),
    (".jsx", &[".tsx"]),
    (".mjs", &[".mts"]),
    (".cjs", &[".cts"]),
];

/// How often the manifest of a folder may lead to another folder.
const DEEPEST: usize = 8;

/// Files that a path may stand for, without links.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) files: BTreeSet<PathBuf>,
    /// The folders that were looked at, for circles of manifests.
    folders: BTreeSet<PathBuf>,
}

impl Candidates {
    /// Adds everything that an absolute path may stand for.
    pub(super) fn add(&mut self, tree: &Tree, path: &Path) {
        self.add_within(tree, &plain(path), DEEPEST);
    }

    fn add_within(&mut self, tree: &Tree, path: &Path, depth: usize) {
        if let (Some(above), Some(name)) =
            (path.parent(), path.file_name().and_then(|it| it.to_str()))
            && let Some(above) = tree.folder(above)
        {
            self.add_named(&above, name);
            for (_, folder) in tree.folders_named(&above, name) {
                self.add_folder(tree, &folder, depth);
            }
        } else if let Some(folder) = tree.folder(path) {
            // The root of the disk.
            self.add_folder(tree, &folder, depth);
        }
    }

    fn add_named(&mut self, folder: &Folder, name: &str) {
        let mut found = Vec::new();
        folder.files(name, &mut found);
        with_endings(folder, name, &mut found);
        for (made, sources) in SOURCES {
            let Some(stem) = name.strip_suffix(made) else { continue };
            for source in *sources {
                folder.files(&format!("{stem}{source}"), &mut found);
            }
        }
        self.files.extend(found);
    }

    /// Adds what a folder is loaded by: whatever its manifest names, and `index`.
    fn add_folder(&mut self, tree: &Tree, folder: &Folder, depth: usize) {
        if depth == 0 || !self.folders.insert(folder.real.clone()) {
            return;
        }
        let mut found = Vec::new();
        with_endings(folder, "index", &mut found);
        self.files.extend(found);
        for main in tree.manifest(&folder.real).iter().flat_map(|manifest| manifest.mains()) {
            let path = plain(&folder.real.join(main.trim_start_matches('/')));
            self.add_within(tree, &path, depth - 1);
        }
    }
}

fn with_endings(folder: &Folder, stem: &str, found: &mut Vec<PathBuf>) {
    let mut name = String::with_capacity(stem.len() + 16);
    let platforms = if folder.has_platforms { PLATFORMS } else { &[] };
    for platform in platforms.iter().chain([&""]) {
        for ending in ENDINGS {
            name.clear();
            name.extend([stem, platform, ending]);
            folder.files(&name, found);
        }
    }
}

/// Every file below a folder whose name is wanted, but for those of packages inside of it.
pub(super) fn files_below(
    tree: &Tree,
    folder: &Path,
    is_wanted: impl Fn(&str) -> bool,
) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        let Some(folder) = tree.folder(&path) else { continue };
        for entry in folder.entries() {
            match entry.kind {
                Kind::Folder if entry.name != MODULES => {
                    pending.push(folder.real.join(&entry.name));
                }
                Kind::File if is_wanted(&entry.name) => found.push(folder.real.join(&entry.name)),
                Kind::Link if is_wanted(&entry.name) => {
                    folder.files(&entry.name, &mut found);
                }
                Kind::File | Kind::Folder | Kind::Link => {}
            }
        }
    }
    found.sort();
    found
}
