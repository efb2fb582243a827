//! The files of the base: as many of them as are needed, in a folder that is gone when the check ends.

mod choice;
mod names;
mod opening;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use self::names::decides;
pub(super) use self::opening::Opened;
pub use self::opening::Opening;
use self::opening::unreadable;
use super::plain;
use crate::evidence::FilesOfClaims;
use crate::git::{
    BlobName, CommitId, EntryKind, Repository, Revision, TreeEntry, WholeTree, is_harmless,
    stays_inside,
};
use crate::lockfile::discovery;
use crate::policy::FILE_NAME;
use crate::problem::Problem;
use crate::settings::shown;

/// So many contents are asked for at once: more would only fill the memory.
const AT_ONCE: usize = 512;

/// The tree of a commit.
#[derive(Debug)]
pub(super) struct Tree {
    repository: Repository,
    commit: CommitId,
    /// Where the files are written to, with every link resolved.
    root: PathBuf,
    /// The root of what is checked out, with every link resolved.
    checkout: PathBuf,
    entries: Vec<TreeEntry>,
    files: OnceCell<BTreeMap<PathBuf, BlobName>>,
    paths: OnceCell<HashSet<PathBuf>>,
    places: OnceCell<BTreeSet<PathBuf>>,
    texts: OnceCell<BTreeMap<PathBuf, String>>,
    kept: OnceCell<BTreeSet<PathBuf>>,
    written: RefCell<Vec<bool>>,
    /// What was written of the files behind claims.
    behind_claims: Cell<FilesOfClaims>,
    is_faithful: Cell<bool>,
    /// Held so that it is gone with this.
    _folder: TempDir,
}

impl Tree {
    /// The tree of a commit.
    pub(super) fn open(opened: Opened) -> Result<Self, Vec<Problem>> {
        let Opened { repository, work_tree, commit, .. } = opened;
        let whole = repository
            .whole_tree(&commit, &work_tree)
            .map_err(|error| unreadable(&Revision::from(&commit), &error))?;
        let WholeTree { entries, submodules, repository } = whole;
        let cannot = |error: io::Error| unwritable(&error);
        let folder = TempDir::with_prefix("lockgate-base-").map_err(cannot)?;
        let root = folder.path().canonicalize().map_err(cannot)?;
        // By it the search for policies and configurations knows where a repository ends.
        for place in submodules.iter().chain([&PathBuf::new()]) {
            fs::create_dir_all(root.join(place).join(".git")).map_err(cannot)?;
        }
        let is_faithful = entries
            .iter()
            .all(|entry| entry.kind != EntryKind::Submodule && is_harmless(&entry.path));
        Ok(Self {
            repository,
            commit,
            root,
            checkout: work_tree,
            files: OnceCell::new(),
            paths: OnceCell::new(),
            places: OnceCell::new(),
            texts: OnceCell::new(),
            kept: OnceCell::new(),
            behind_claims: Cell::new(FilesOfClaims::Manifests),
            written: RefCell::new(vec![false; entries.len()]),
            entries,
            is_faithful: Cell::new(is_faithful),
            _folder: folder,
        })
    }

    pub(super) fn commit(&self) -> &CommitId {
        &self.commit
    }

    /// The folder that the files are written to.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The root of the work tree.
    pub(super) fn work_tree(&self) -> &Path {
        &self.checkout
    }

    /// Whether what was written is all that there is: no submodule, and no link that leads out of it.
    pub(super) fn is_faithful(&self) -> bool {
        self.is_faithful.get()
    }

    /// Writes the files by which it is decided what is compared: policies, lockfiles, and what hides
    /// lockfiles from the search. `scopes` is what is checked, `named` are files that were named.
    ///
    /// A lockfile elsewhere is no part of what is checked. With links in the tree nobody can say which
    /// files matter, and then all that may are written.
    pub(super) fn write_what_decides(
        &self,
        scopes: &[PathBuf],
        named: &[&Path],
    ) -> Result<(), Vec<Problem>> {
        let places = |path: &Path| [self.relative(path), self.named(path)].into_iter().flatten();
        let named: BTreeSet<PathBuf> = named.iter().flat_map(|path| places(path)).collect();
        let scopes: Vec<PathBuf> = scopes.iter().flat_map(|path| places(path)).collect();
        if self.has_links() {
            let decides = |path: &Path| decides(path) || named.contains(path);
            let leads_to_named = |link: &Path| named.iter().any(|named| named.starts_with(link));
            // What a link of such a name leads to may have any name.
            let is_linked = self.entries.iter().any(|entry| {
                entry.kind == EntryKind::Link
                    && (decides(&entry.path) || leads_to_named(&entry.path))
            });
            let is_link = |entry: &TreeEntry| entry.kind == EntryKind::Link;
            return self.write(|entry| is_linked || is_link(entry) || decides(&entry.path));
        }
        self.write(|TreeEntry { path, .. }| {
            let Some(name) = path.file_name() else {
                return false;
            };
            let governs = || {
                let folder = path.parent().unwrap_or(Path::new(""));
                scopes.iter().any(|scope| scope.starts_with(folder))
            };
            let is_compared = || scopes.iter().any(|scope| path.starts_with(scope));
            named.contains(path)
                || name == ".gitignore"
                || (name == FILE_NAME && governs())
                || (discovery::is_looked_for(name) && is_compared())
        })
    }

    /// Writes the configurations of package managers, and by what they find their projects.
    pub(super) fn write_configurations(&self) -> Result<(), Vec<Problem>> {
        self.write(|entry| decides(&entry.path))
    }

    /// Whether a name in the tree may lead to another one.
    pub(super) fn has_links(&self) -> bool {
        self.entries.iter().any(|entry| entry.kind == EntryKind::Link)
    }

    /// The files in the tree, by path.
    pub(super) fn files(&self) -> &BTreeMap<PathBuf, BlobName> {
        self.files.get_or_init(|| {
            let files = self.entries.iter().filter(|entry| entry.kind == EntryKind::File);
            files.map(|entry| (entry.path.clone(), entry.blob.clone())).collect()
        })
    }

    /// The contents with these names. If git cannot give them, the tree is not faithful any more.
    pub(super) fn contents(&self, blobs: &[BlobName]) -> Vec<Vec<u8>> {
        self.repository.contents(blobs).unwrap_or_else(|_| {
            self.is_faithful.set(false);
            Vec::new()
        })
    }

    /// Writes everything at or below these paths. Those that have anything are given back.
    pub(super) fn write_below<'path>(
        &self,
        paths: &BTreeSet<&'path Path>,
    ) -> Result<BTreeSet<&'path Path>, Vec<Problem>> {
        let mut present = BTreeSet::new();
        if paths.is_empty() {
            return Ok(present);
        }
        for entry in &self.entries {
            present.extend(entry.path.ancestors().filter_map(|above| paths.get(above).copied()));
        }
        self.write(|entry| entry.path.ancestors().any(|above| paths.contains(above)))?;
        Ok(present)
    }

    /// Writes the files that it takes to check claims. If they cannot be written, the tree is not
    /// faithful any more.
    pub(super) fn write_behind_claims(&self, files: FilesOfClaims) {
        // What there is of manifests was written, or is read from git.
        if !files.are_all() || files <= self.behind_claims.get() {
            return;
        }
        self.behind_claims.set(files);
        if self.write_whole().is_err() {
            self.is_faithful.set(false);
        }
    }

    /// Writes everything, where links may lead from any name to any other one.
    pub(super) fn write_whole(&self) -> Result<(), Vec<Problem>> {
        self.write(|_| true)
    }

    fn write(&self, is_wanted: impl Fn(&TreeEntry) -> bool) -> Result<(), Vec<Problem>> {
        let mut written = self.written.borrow_mut();
        let wanted: Vec<usize> = (0..self.entries.len())
            .filter(|position| !written[*position])
            .filter(|position| {
                let entry = &self.entries[*position];
                let has_content = entry.kind != EntryKind::Submodule;
                has_content && is_harmless(&entry.path) && is_wanted(entry)
            })
            .collect();
        let mut folders = BTreeSet::new();
        for positions in wanted.chunks(AT_ONCE) {
            let entries = positions.iter().map(|position| &self.entries[*position]);
            let blobs: Vec<String> = entries.clone().map(|entry| entry.blob.clone()).collect();
            let contents = self
                .repository
                .contents(&blobs)
                .map_err(|error| unreadable(&Revision::from(&self.commit), &error))?;
            for (entry, content) in entries.zip(contents) {
                self.write_one(entry, &content, &mut folders)
                    .map_err(|error| unwritable(&error))?;
            }
            for position in positions {
                written[*position] = true;
            }
        }
        Ok(())
    }

    fn write_one(
        &self,
        entry: &TreeEntry,
        content: &[u8],
        folders: &mut BTreeSet<PathBuf>,
    ) -> io::Result<()> {
        let path = self.root.join(&entry.path);
        if let Some(folder) = path.parent()
            && folders.insert(folder.to_owned())
        {
            fs::create_dir_all(folder)?;
        }
        if entry.kind == EntryKind::File {
            return fs::write(path, content);
        }
        let target = std::str::from_utf8(content).ok().map(Path::new);
        if let Some(target) = target.filter(|target| stays_inside(&entry.path, target)) {
            return link(target, &path, &self.is_faithful);
        }
        self.is_faithful.set(false);
        Ok(())
    }

    /// A path of the work tree, from the root of the repository. `None` outside of it.
    pub(super) fn relative(&self, path: &Path) -> Option<PathBuf> {
        // The file itself may be gone or a link; the folders above it say where it lies.
        let absolute = if path.is_dir() {
            path.canonicalize().ok()?
        } else {
            let absolute = std::path::absolute(path).ok()?;
            let above = absolute.ancestors().skip(1).find(|folder| folder.is_dir())?;
            let rest = absolute.strip_prefix(above).ok()?;
            plain(&above.canonicalize().ok()?.join(rest))?
        };
        absolute.strip_prefix(&self.checkout).ok().map(Path::to_owned)
    }

    /// The same by its names alone: a link that the change puts on the way to what decides about it
    /// leads nowhere else.
    pub(super) fn named(&self, path: &Path) -> Option<PathBuf> {
        let absolute = plain(&std::path::absolute(path).ok()?)?;
        let is_root = |above: &&Path| above.canonicalize().is_ok_and(|real| real == self.checkout);
        match absolute.ancestors().filter(is_root).last() {
            Some(root) => absolute.strip_prefix(root).ok().map(Path::to_owned),
            None => self.relative(path),
        }
    }

    /// The place at the base of a path of the work tree that somebody named. `None` outside of the
    /// repository.
    pub(super) fn at_base(&self, path: &Path) -> Option<PathBuf> {
        self.named(path).map(|relative| self.root.join(relative))
    }

    /// Whether the base has a file or a link of this path.
    pub(super) fn has(&self, path: &Path) -> bool {
        let paths = self.paths.get_or_init(|| {
            let entries = self.entries.iter();
            entries.map(|entry| entry.path.clone()).collect()
        });
        paths.contains(path)
    }

    /// Everything in the tree: files, and the folders that they lie in.
    pub(super) fn places(&self) -> &BTreeSet<PathBuf> {
        self.places.get_or_init(|| {
            let files = self.files().keys();
            let places = files.flat_map(|path| path.ancestors());
            places.map(Path::to_owned).collect()
        })
    }

    /// The texts of files, by path, read at once when the first of them is asked for.
    pub(super) fn texts(
        &self,
        read: impl FnOnce(&Self) -> BTreeMap<PathBuf, String>,
    ) -> &BTreeMap<PathBuf, String> {
        self.texts.get_or_init(|| read(self))
    }

    /// What cannot be compared: submodules that are checked out, and whose commit at the base is not
    /// here.
    pub(super) fn absent(&self) -> Vec<String> {
        let submodules = self.entries.iter().filter(|entry| {
            let folder = self.checkout.join(&entry.path);
            entry.kind == EntryKind::Submodule && folder.join(".git").exists()
        });
        let said = submodules.map(|entry| {
            let folder = shown(&self.checkout.join(&entry.path));
            let commit = &entry.blob;
            format!(
                "the submodule {folder} was at {commit}, which is not here, so everything in it counts \
                 as added; fetch it before: git -C {folder} fetch origin {commit}"
            )
        });
        said.collect()
    }

    /// The paths of the files that git keeps in the work tree, from its root.
    ///
    /// # Errors
    ///
    /// Git does not say.
    pub(super) fn kept(&self) -> Result<&BTreeSet<PathBuf>, Vec<Problem>> {
        if let Some(kept) = self.kept.get() {
            return Ok(kept);
        }
        let whole = self.repository.seen_from(&self.checkout);
        let kept = whole.kept().map_err(|error| {
            let message = format!("it is not known which files git keeps: {error}");
            Problem::in_file(shown(&self.checkout), message)
        })?;
        Ok(self.kept.get_or_init(|| kept))
    }

    /// The place in the work tree of a path at the base.
    pub(super) fn in_work_tree(&self, path: &Path) -> Option<PathBuf> {
        path.strip_prefix(&self.root).ok().map(|relative| self.checkout.join(relative))
    }

    /// The folder, or the nearest one above it that is there at the base.
    pub(super) fn nearest(&self, folder: &Path) -> PathBuf {
        let inside = folder.ancestors().take_while(|above| above.starts_with(&self.root));
        let found = inside.into_iter().find(|above| above.is_dir());
        found.unwrap_or(&self.root).to_owned()
    }

    /// What people call a path at the base: what they call it in the work tree.
    pub(super) fn shown(&self, path: &Path) -> String {
        self.in_work_tree(path).map_or_else(|| shown(path), |path| shown(&path))
    }

    /// The same, told from the work tree, as git writes it: `1a2b3c4:lockgate.toml`.
    pub(super) fn shown_with_revision(&self, path: &Path) -> String {
        format!("{}:{}", self.commit.short(), self.shown(path))
    }
}

fn unwritable(error: &io::Error) -> Problem {
    let message = format!("the files at the base cannot be written for a moment: {error}");
    Problem::in_file("the folder for temporary files", message)
        .help("make room in it, or name another one in TMPDIR")
}

#[cfg(unix)]
fn link(target: &Path, path: &Path, _is_faithful: &Cell<bool>) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// Links need rights there that nobody has.
#[cfg(not(unix))]
fn link(_target: &Path, _path: &Path, is_faithful: &Cell<bool>) -> io::Result<()> {
    is_faithful.set(false);
    Ok(())
}
