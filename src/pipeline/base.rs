//! What a change is compared with: the policy, the lockfiles and the findings of another commit.
//!
//! Everything about the base is read from git. It goes through the same stages as the head, with the
//! same advisories and the same date, so that a difference is one of the change.

mod entries;
mod findings;
mod hidden;
mod lockfiles;
mod manifests;
mod tree;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use jiff::civil::Date;

pub use self::findings::Head;
use self::lockfiles::FoundBefore;
pub use self::lockfiles::LockfilesBefore;
pub use self::tree::Opening;
use self::tree::{Opened, Tree};
use super::advisories::SourceChange;
use super::asked::AskedLockfile;
use super::lockfiles::ReadLockfile;
use super::policy::{self, LoadedPolicy};
use crate::database::asked::yanked::Lookup;
use crate::database::sidecar;
use crate::git::CommitId;
use crate::policy::change::{self, PolicyChange, PolicyComparison};
use crate::policy::{Policy, Source, SourcePlace};
use crate::problem::Problem;
use crate::settings::{CheckSettings, DatabaseLocation, shown};

/// The base of a comparison.
#[derive(Debug)]
pub struct Base {
    tree: Tree,
    /// The policy there; the strict default where there is none.
    policy: LoadedPolicy,
    /// Whether nothing that blocks counts as there before, because it may not be the base.
    is_doubtful: bool,
    /// What there is to know about it.
    remarks: Vec<String>,
    found: OnceCell<Result<FoundBefore, String>>,
}

/// The policy that decides about a change.
#[derive(Debug)]
pub struct Governance {
    /// The policy, and the folder of the work tree that its relative paths count from.
    pub decides: LoadedPolicy,
    /// What the change does to the policy.
    pub changes: Vec<PolicyChange>,
    /// From where sources on disk are read.
    pub sources: SourceChange,
    /// What there is to know about it.
    pub remarks: Vec<String>,
}

impl Base {
    /// Reads the policy of the base. `head` is the policy of the work tree.
    ///
    /// # Errors
    ///
    /// It cannot be read: then nothing can be decided.
    pub fn open(
        settings: &CheckSettings,
        mut opened: Opened,
        head: &LoadedPolicy,
        today: Date,
    ) -> Result<Self, Vec<Problem>> {
        let (doubt, remark) = (opened.doubt.take(), opened.remark.take());
        let tree = Tree::open(opened)?;
        let mut named: Vec<&Path> = settings.paths.iter().map(PathBuf::as_path).collect();
        named.extend(settings.policy.as_deref());
        named.extend(settings.vex.iter().map(PathBuf::as_path));
        tree.write_what_decides(&settings.paths, &named)?;
        let policy = load_policy(&tree, settings, head, today)?;
        let is_doubtful = doubt.is_some();
        let mut remarks: Vec<String> = doubt.into_iter().chain(remark).collect();
        remarks.extend(tree.absent());
        Ok(Self { tree, policy, is_doubtful, remarks, found: OnceCell::new() })
    }

    pub fn commit(&self) -> &CommitId {
        self.tree.commit()
    }

    pub fn policy(&self) -> &Policy {
        &self.policy.policy
    }

    /// The policy that decides: that of the base, made at most stricter by that of the head. `database`
    /// is where the snapshot is.
    ///
    /// # Errors
    ///
    /// The base cannot be read any further.
    pub fn govern(
        &self,
        head: LoadedPolicy,
        database: &DatabaseLocation,
    ) -> Result<Governance, Vec<Problem>> {
        let mut remarks = self.remarks.clone();
        let has_moved = self.folder_in_work_tree().filter(|folder| !is_same(folder, &head.folder));
        let mut head_policy = head.policy;
        let mut folder = head.folder;
        if let Some(moved) = has_moved {
            if head_policy.source.is_some() {
                let (then, now) = (shown(&moved), shown(&folder));
                remarks.push(format!("the policy has moved from {then} to {now}"));
                // What is relative to another folder means something else.
                head_policy.excluded_lockfiles.clear();
                head_policy.database.sources.clone_from(&self.policy().database.sources);
            }
            folder = moved;
        }
        let PolicyComparison { effective, changes, added_sources, removed_sources } =
            change::compare(self.policy(), &head_policy);
        let at_base =
            self.sources(&folder, effective.database.on_disk().iter().chain(&added_sources))?;
        let sources = SourceChange {
            at_base,
            removed: removed_sources,
            added: added_sources,
            snapshot: self.snapshot(database, &effective)?,
        };
        Ok(Governance {
            decides: LoadedPolicy { policy: effective, folder },
            changes,
            sources,
            remarks,
        })
    }

    /// The folder of the policy at the base, as a folder of the work tree. `None` without a policy.
    fn folder_in_work_tree(&self) -> Option<PathBuf> {
        self.policy.policy.source.as_ref()?;
        Some(
            self.tree
                .in_work_tree(&self.policy.folder)
                .unwrap_or_else(|| self.policy.folder.clone()),
        )
    }

    /// Where the sources on disk lie at the base, by name.
    fn sources<'source>(
        &self,
        folder: &Path,
        sources: impl Iterator<Item = &'source Source>,
    ) -> Result<BTreeMap<String, PathBuf>, Vec<Problem>> {
        let mut places = Vec::new();
        for source in sources {
            let SourcePlace::Path(path) = &source.place else {
                continue;
            };
            if let Some(relative) = self.tree.named(&folder.join(path)) {
                places.push((source.name.clone(), relative));
            }
        }
        let wanted: BTreeSet<&Path> = places.iter().map(|(_, place)| place.as_path()).collect();
        let present = self.present(&wanted)?;
        Ok(places
            .iter()
            .filter(|(_, relative)| present.contains(relative.as_path()))
            .map(|(name, relative)| (name.clone(), self.tree.root().join(relative)))
            .collect())
    }

    /// Writes everything at or below these paths, and says which of them the base has.
    fn present<'path>(
        &self,
        wanted: &BTreeSet<&'path Path>,
    ) -> Result<BTreeSet<&'path Path>, Vec<Problem>> {
        let mut present = self.tree.write_below(wanted)?;
        if self.tree.has_links() && !wanted.is_empty() {
            // A name may lead to another one there.
            self.tree.write_whole()?;
            let is_there = |path: &&&Path| self.tree.root().join(path).exists();
            present.extend(wanted.iter().filter(is_there).copied());
        }
        Ok(present)
    }

    /// The snapshot of advisories as it is at the base, where it is a part of the repository.
    ///
    /// # Errors
    ///
    /// The change brings the snapshot, or what the cache holds: it could leave out what is known.
    pub fn snapshot(
        &self,
        location: &DatabaseLocation,
        policy: &Policy,
    ) -> Result<Option<PathBuf>, Vec<Problem>> {
        let Some(path) = location.path(&policy.database) else {
            return Ok(None);
        };
        let Some(place) = self.tree.named(&path) else {
            return Ok(None);
        };
        let is_named = matches!(location, DatabaseLocation::Named(_));
        if is_named {
            let fresh = sidecar::path_of(&place);
            let wanted = BTreeSet::from([place.as_path(), fresh.as_path()]);
            if self.present(&wanted)?.contains(place.as_path()) {
                return Ok(Some(self.tree.root().join(place)));
            }
        }
        let folder = place.parent().filter(|folder| *folder != Path::new(""));
        let brought = if is_named { Some(place.as_path()) } else { folder };
        let is_brought = |kept: &PathBuf| brought.is_some_and(|brought| kept.starts_with(brought));
        if self.tree.kept()?.iter().any(is_brought) {
            let message = "the advisories are a part of the change, which could leave some out";
            let help = "keep them out of the repository, or add them in a change of their own";
            return Err(Problem::in_file(shown(&path), message).help(help).into());
        }
        Ok(None)
    }

    /// The lockfiles about whose packages sources are asked: those of the head, and those that were
    /// others at the base. Where to ask the configuration at the base says: a change could choose
    /// whom to ask.
    ///
    /// # Errors
    ///
    /// The configurations at the base cannot be read.
    pub fn asked<'run>(
        &self,
        policy: &Policy,
        head: &'run [ReadLockfile],
        before: &'run LockfilesBefore,
    ) -> Result<Vec<AskedLockfile<'run>>, Vec<Problem>> {
        let is_asked = policy.npm.fetch
            || policy.database.asked().next().is_some()
            || Lookup::of_policy(policy.database.yanked, &policy.gate) != Lookup::Off;
        if is_asked {
            self.tree.write_configurations()?;
        }
        let now = head.iter().map(|read| AskedLockfile {
            lockfile: &read.lockfile,
            folder: self.configuration_folder(&policy::folder_of(&read.path)),
        });
        let then = before.lockfiles.iter().filter_map(|before| {
            let folder = policy::folder_of(&before.path);
            Some(AskedLockfile { lockfile: before.lockfile.as_ref()?, folder })
        });
        Ok(now.chain(then).collect())
    }

    /// The folder at the base in which configurations are looked for, whatever the head has there.
    pub fn configuration_folder(&self, folder: &Path) -> PathBuf {
        let relative = self.tree.relative(folder);
        relative.map_or_else(|| folder.to_owned(), |relative| self.tree.root().join(relative))
    }
}

/// The policy at the base, where the one that decides at the head would be looked for. One outside of
/// the repository is no part of the change, and is taken as it is.
fn load_policy(
    tree: &Tree,
    settings: &CheckSettings,
    head: &LoadedPolicy,
    today: Date,
) -> Result<LoadedPolicy, Vec<Problem>> {
    let mut named = None;
    if let Some(path) = &settings.policy {
        let Some(at_base) = tree.at_base(path) else {
            let LoadedPolicy { policy, folder } = head;
            return Ok(LoadedPolicy { policy: policy.clone(), folder: folder.clone() });
        };
        if !at_base.exists() {
            let folder = policy::folder_of(&at_base);
            return Ok(LoadedPolicy { policy: Policy::strict_default(), folder });
        }
        named = Some(at_base);
    }
    let paths: Vec<PathBuf> = settings
        .paths
        .iter()
        .filter_map(|path| tree.at_base(&policy::search_start(path)))
        .map(|folder| tree.nearest(&folder))
        .collect();
    let loaded =
        policy::load_shown(named.as_deref(), &paths, today, &|path| tree.shown_with_revision(path));
    loaded.map_err(|mut problems| {
        problems.push(
            Problem::in_file(
                tree.commit().short(),
                "the policy at the base cannot be read, so nothing can be decided about the change",
            )
            .help("mend it at the base first, or check without a base"),
        );
        problems
    })
}

/// Whether two paths lead to the same folder.
fn is_same(left: &Path, right: &Path) -> bool {
    match (left.canonicalize(), right.canonicalize()) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}

/// A path without `.` and `..`, as far as names alone can tell. `None` if it leads above its start.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !plain.pop() {
                    return None;
                }
            }
            other => plain.push(other),
        }
    }
    Some(plain)
}
