//! The trees of submodules: a commit holds only their commit ids; their objects are in repositories of
//! their own (git documentation, "gitsubmodules").

use std::path::{Path, PathBuf};

use super::{CommitId, EntryKind, GitError, Repository, TreeEntry, path_of};

/// The greatest depth of nested submodules.
const DEEPEST: usize = 8;

/// The tree of a commit, with those of its submodules.
#[derive(Debug)]
pub struct WholeTree {
    /// All entries. A submodule whose commit is not here is itself an entry.
    pub entries: Vec<TreeEntry>,
    /// The paths of the submodules that are here.
    pub submodules: Vec<PathBuf>,
    /// The repository, with the objects of those submodules.
    pub repository: Repository,
}

impl WholeTree {
    /// The submodules whose commits are not here.
    pub fn absent(&self) -> impl Iterator<Item = &TreeEntry> {
        let entries = self.entries.iter();
        entries.filter(|entry| entry.kind == EntryKind::Submodule)
    }
}

impl Repository {
    /// The complete tree of a commit. The commits of submodules are looked up where they
    /// are checked out below `work_tree`.
    ///
    /// # Errors
    ///
    /// Git cannot list the commit itself.
    pub fn whole_tree(&self, commit: &CommitId, work_tree: &Path) -> Result<WholeTree, GitError> {
        let mut entries = self.tree(commit)?;
        let mut submodules = Vec::new();
        let mut objects = Vec::new();
        for _ in 0..DEEPEST {
            let mut has_found = false;
            let mut whole = Vec::with_capacity(entries.len());
            for entry in entries {
                let known = submodules.len();
                if entry.kind == EntryKind::Submodule
                    && let Some((inside, folder)) = self.submodule(&entry, work_tree)
                {
                    whole.extend(inside);
                    objects.push(folder);
                    submodules.push(entry.path.clone());
                } else {
                    whole.push(entry);
                }
                has_found |= submodules.len() > known;
            }
            entries = whole;
            if !has_found {
                break;
            }
        }
        let repository =
            if objects.is_empty() { self.clone() } else { self.clone().with_objects_of(objects) };
        Ok(WholeTree { entries, submodules, repository })
    }

    /// The tree of a submodule's commit, and its object folder. `None` if it is not checked
    /// out, or does not have that commit.
    fn submodule(&self, entry: &TreeEntry, work_tree: &Path) -> Option<(Vec<TreeEntry>, PathBuf)> {
        let folder = work_tree.join(&entry.path);
        let (repository, root) = Self::with_work_tree(&folder).ok()?;
        // Without a repository of its own the folder belongs to the one around it.
        if root.canonicalize().ok()? != folder.canonicalize().ok()? {
            return None;
        }
        let repository = Self { fetches: self.fetches, ..repository };
        let inside = repository.tree(&CommitId::parse(&entry.blob)?).ok()?;
        let arguments = ["rev-parse", "--path-format=absolute", "--git-path", "objects"];
        let objects = repository.run(&arguments, None).ok()?;
        let objects = path_of(objects.strip_suffix(b"\n").unwrap_or(&objects))?;
        let inside = inside
            .into_iter()
            .map(|inside| TreeEntry { path: entry.path.join(inside.path), ..inside });
        Some((inside.collect(), objects))
    }
}
