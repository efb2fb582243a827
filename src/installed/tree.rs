//! Folders on disk, each listed once, and the manifests in them.
//!
//! Names are compared without regard to the case of ASCII letters: some file systems do, and a file too
//! many is only looked at.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;
use smol_str::SmolStr;

use super::manifest::Manifest;
use super::names::is_for_platform;

/// The name of a package's manifest.
pub(super) const MANIFEST: &str = "package.json";

type Remembered<T> = RwLock<HashMap<PathBuf, Option<Arc<T>>, RandomState>>;

/// What was looked at so far.
#[derive(Debug, Default)]
pub(super) struct Tree {
    folders: Remembered<Folder>,
    manifests: Remembered<Manifest>,
}

/// A folder and the names in it. One that is no UTF-8 no specifier can name.
#[derive(Debug)]
pub(super) struct Folder {
    /// Without symbolic links.
    pub(super) real: PathBuf,
    /// By their names in small letters.
    entries: HashMap<SmolStr, Vec<Entry>, RandomState>,
    /// Whether files in it are for one platform.
    pub(super) has_platforms: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: SmolStr,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
}

impl Tree {
    /// A folder, links followed. `None` where there is none, or it cannot be listed.
    pub(super) fn folder(&self, path: &Path) -> Option<Arc<Folder>> {
        remembered(&self.folders, path, || Folder::list(path).ok())
    }

    /// The manifest in a folder. `None` where there is none, or Node.js could not read it.
    pub(super) fn manifest(&self, folder: &Path) -> Option<Arc<Manifest>> {
        remembered(&self.manifests, folder, || {
            let listed = self.folder(folder)?;
            listed.named(MANIFEST).next()?;
            Manifest::read(&listed.real.join(MANIFEST))
        })
    }

    /// The folders with this name in a folder, those that are spelt exactly so first.
    pub(super) fn folders_named(&self, folder: &Folder, name: &str) -> Vec<(bool, Arc<Folder>)> {
        let named = folder.named(name).filter(|entry| entry.kind != Kind::File);
        let mut found: Vec<_> = named
            .filter_map(|entry| {
                let inside = self.folder(&folder.real.join(&entry.name))?;
                Some((entry.name == name, inside))
            })
            .collect();
        found.sort_by_key(|(is_exact, _)| !is_exact);
        found
    }

    /// Reads a file in full.
    pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }
}

impl Folder {
    fn list(path: &Path) -> io::Result<Self> {
        let listing = fs::read_dir(path)?;
        let real = fs::canonicalize(path)?;
        let mut entries: HashMap<SmolStr, Vec<Entry>, RandomState> = HashMap::default();
        let mut has_platforms = false;
        for entry in listing {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(SmolStr::new) else { continue };
            let kind = entry.file_type()?;
            let kind = match () {
                () if kind.is_symlink() => Kind::Link,
                () if kind.is_dir() => Kind::Folder,
                () if kind.is_file() => Kind::File,
                () => continue,
            };
            has_platforms |= is_for_platform(&name);
            entries.entry(folded(&name)).or_default().push(Entry { name, kind });
        }
        Ok(Self { real, entries, has_platforms })
    }

    /// The regular files with this name, without links.
    pub(super) fn files(&self, name: &str, found: &mut Vec<PathBuf>) {
        for entry in self.named(name) {
            let path = self.real.join(&entry.name);
            match entry.kind {
                Kind::File => found.push(path),
                Kind::Folder => {}
                Kind::Link => found.extend(fs::canonicalize(path).ok().filter(|it| it.is_file())),
            }
        }
    }

    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &Entry> {
        let entries = if needs_folding(name) {
            self.entries.get(&folded(name))
        } else {
            self.entries.get(name)
        };
        entries.into_iter().flatten()
    }

    /// Everything in it, by name.
    pub(super) fn entries(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.entries.values().flatten().collect();
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        entries
    }
}

fn needs_folding(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn folded(name: &str) -> SmolStr {
    if needs_folding(name) { SmolStr::new(name.to_ascii_lowercase()) } else { SmolStr::new(name) }
}

fn remembered<T>(
    known: &Remembered<T>,
    path: &Path,
    look: impl FnOnce() -> Option<T>,
) -> Option<Arc<T>> {
    if let Some(known) = known.read().unwrap_or_else(PoisonError::into_inner).get(path) {
        return known.clone();
    }
    let found = look().map(Arc::new);
    let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
    known.entry(path.to_owned()).or_insert(found).clone()
}

/// An absolute path without `.` and `..`, which are taken as they are written: a link is not followed.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
