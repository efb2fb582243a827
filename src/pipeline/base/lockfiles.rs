//! Which lockfile at the base has become which one at the head.
//!
//! The same path is the same lockfile. One that is new takes the place of one that is gone if both
//! have the same content, or lock the same projects, and nothing is left where it was: it was moved, or
//! its folder was renamed. One of another package manager that is new in the folder of one that is gone
//! replaces it: what it locks in the same version was there before. Names alone prove nothing: where the manifest stays, the project is still
//! there, and only a lockfile that covers its folder locks it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::manifests::ManifestsAtBase;
use super::{Base, plain};
use crate::disk;
use crate::lockfile::manifest::FolderOnDisk;
use crate::lockfile::tool::Tool;
use crate::lockfile::{Lockfile, LockfileError, LockfileFormat, file};
use crate::outcome::LeftOut;
use crate::package::{Ecosystem, PackageId};
use crate::pipeline::lockfiles::{self, Kept, ReadLockfile};
use crate::pipeline::policy::LoadedPolicy;
use crate::problem::{Gap, GapCode};
use crate::settings::{CheckSettings, shown};
use crate::verdict::change::LockfileNow;

/// A lockfile at the base.
#[derive(Debug)]
pub struct LockfileBefore {
    /// Where it was written to.
    pub path: PathBuf,
    /// What people call it.
    pub shown: String,
    /// What it has become, by the position among the lockfiles at the head.
    pub now: LockfileNow,
    /// Whether that one has the same text.
    pub is_unchanged: bool,
    /// What it holds. `None` if it is unchanged, or cannot be read.
    pub lockfile: Option<Lockfile>,
    /// What it locks of which nobody can say that it is gone now.
    pub unproved: BTreeSet<PackageId>,
    /// Whether it is gone, and something of its ecosystem is new where the policy excludes lockfiles:
    /// perhaps its project was moved there.
    pub may_be_excluded: bool,
}

/// The lockfiles at the base.
#[derive(Debug, Default)]
pub struct LockfilesBefore {
    /// All that are compared.
    pub lockfiles: Vec<LockfileBefore>,
    /// What is not checked any more.
    pub gaps: Vec<Gap>,
    /// What there is to know about them.
    pub remarks: Vec<String>,
}

/// What is found at the base, by its path from the root of the repository.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundBefore {
    /// Where the lockfiles were written to.
    pub(super) lockfiles: BTreeMap<PathBuf, PathBuf>,
    /// Lockfiles that lockgate knows and cannot read.
    pub(super) unread: BTreeSet<PathBuf>,
}

impl Base {
    /// Everything that is found at the base. It is searched once.
    pub(super) fn found(&self) -> &Result<FoundBefore, String> {
        self.found.get_or_init(|| {
            let LoadedPolicy { policy, folder } = &self.policy;
            let root = self.tree.root();
            let said = &mut Vec::new();
            let everything = &[root.to_owned()];
            let found = lockfiles::find(everything, policy, folder, Kept::Everything, said);
            let found = found.map_err(|problems| {
                let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
                said.join("; ")
            })?;
            if let Some(unreadable) = found.problems.first() {
                return Err(unreadable.to_string());
            }
            let relative = |path: &Path| path.strip_prefix(root).ok().map(Path::to_owned);
            let lockfiles = found.lockfiles.into_iter();
            Ok(FoundBefore {
                lockfiles: lockfiles.filter_map(|path| Some((relative(&path)?, path))).collect(),
                unread: found.unread.iter().filter_map(|path| relative(path)).collect(),
            })
        })
    }

    /// Finds for every lockfile at the head what it was, and what is gone within `paths`.
    /// What git still keeps and what is not in the work tree is not gone: that is told as not checked out.
    /// `left_out` is what is not checked on purpose.
    pub fn lockfiles(
        &self,
        settings: &CheckSettings,
        head: &[ReadLockfile],
        left_out: &[LeftOut],
    ) -> LockfilesBefore {
        let paths = &settings.paths;
        let mut before = LockfilesBefore::default();
        let mut found = match self.found() {
            Ok(found) => found.lockfiles.clone(),
            Err(reason) => {
                before.remarks.push(format!(
                    "the lockfiles at the base cannot be found, so everything counts as added: \
                     {reason}"
                ));
                BTreeMap::new()
            }
        };
        let places: Vec<Option<PathBuf>> =
            head.iter().map(|read| self.tree.relative(&read.path)).collect();
        let named: BTreeSet<&PathBuf> = paths.iter().filter(|path| path.is_file()).collect();
        let mut unpaired = Vec::new();
        for (position, (read, place)) in head.iter().zip(&places).enumerate() {
            let is_named = named.contains(&read.path);
            let before_it =
                place.as_ref().and_then(|place| self.same_place(place, is_named, &mut found));
            match before_it {
                Some(path) => before.add_pair(self, path, position, read),
                None => unpaired.push(position),
            }
        }
        // What lies outside of what is checked was no part of it before.
        let scopes: Vec<PathBuf> =
            paths.iter().filter_map(|path| self.tree.relative(path)).collect();
        let gone = found
            .into_iter()
            .filter(|(place, _)| scopes.iter().any(|scope| place.starts_with(scope)))
            .filter(|(place, _)| !self.tree.work_tree().join(place).is_file());
        let kept = if settings.is_commit { None } else { self.tree.kept().ok() };
        let gone = gone.filter(|(place, _)| kept.is_none_or(|kept| !kept.contains(place)));
        let mut gone: Vec<Gone> = gone.map(|(place, path)| self.gone(place, path)).collect();
        before.add_moved(&unpaired, head, &mut gone);
        let replacements = self.replacements(&unpaired, head, &places, &before);
        let is_left = gone.iter().any(|gone| gone.left.is_some());
        let covered = if is_left { covered(head, &places) } else { BTreeSet::new() };
        let newly_excluded = self.newly_excluded(left_out);
        for gone in gone {
            let gap = self.submodule_gap(&gone).or_else(|| gone.unlocked(&covered));
            if gap.is_none() {
                let now = gone.replaced_by(&replacements);
                before.add_gone(gone, now, &newly_excluded);
            }
            before.gaps.extend(gap);
        }
        before
    }

    /// Reads a lockfile of the base, and the manifests around it as they are there.
    pub(super) fn read(&self, path: &Path, shown: &str) -> Result<Lockfile, LockfileError> {
        let read = match ManifestsAtBase::of_lockfile(&self.tree, path, shown) {
            Some(manifests) => file::read(path, shown, &manifests),
            None => file::read(path, shown, &FolderOnDisk::of_lockfile(path, shown)),
        };
        read.map(|(lockfile, _)| lockfile)
    }

    /// The ecosystems of what is excluded and was not there at the base.
    fn newly_excluded(&self, left_out: &[LeftOut]) -> BTreeSet<Ecosystem> {
        let excluded = left_out.iter().filter(|file| file.is_excluded);
        let places = excluded.filter_map(|file| self.tree.relative(&file.path));
        let new = places.filter(|place| !self.tree.has(place));
        let tool = |place: PathBuf| {
            let name = place.file_name()?.to_str()?;
            Tool::of_lockfile(name).or_else(|| Tool::of_manifest(name))
        };
        new.filter_map(tool).map(|tool| tool.ecosystem).collect()
    }

    /// The lockfiles that were not there at the base and have not moved: the position of the only one of
    /// its ecosystem in its folder, `None` where there are several.
    fn replacements(
        &self,
        unpaired: &[usize],
        head: &[ReadLockfile],
        places: &[Option<PathBuf>],
        before: &LockfilesBefore,
    ) -> Replacements {
        let moved: BTreeSet<usize> =
            before.lockfiles.iter().filter_map(|before| before.now.same()).collect();
        let mut replacements = Replacements::new();
        for position in unpaired.iter().filter(|position| !moved.contains(position)) {
            let Some(place) = places[*position].as_ref().filter(|place| !self.tree.has(place))
            else {
                continue;
            };
            let folder = place.parent().unwrap_or(Path::new("")).to_owned();
            replacements
                .entry((head[*position].lockfile.ecosystem, folder))
                .and_modify(|only| *only = None)
                .or_insert(Some(*position));
        }
        replacements
    }

    fn gone(&self, place: PathBuf, path: PathBuf) -> Gone {
        let shown = self.tree.shown(&path);
        let read = self.read(&path, &shown).map_err(|error| error.problem().to_string());
        let folder = place.parent().unwrap_or(Path::new(""));
        let left = manifest_of(&place)
            .filter(|manifest| self.tree.work_tree().join(folder).join(manifest).is_file());
        let manifest = manifest_of(&place).map(|manifest| folder.join(manifest));
        let had_manifest = manifest.is_some_and(|manifest| self.tree.has(&manifest));
        Gone { place, path, shown, read, left, had_manifest }
    }

    /// A lockfile whose folder is a submodule now, which is not checked out: nobody looked whether it is
    /// gone.
    fn submodule_gap(&self, gone: &Gone) -> Option<Gap> {
        let kept = self.tree.kept().ok()?;
        let submodule = gone.place.ancestors().skip(1).find(|above| kept.contains(*above))?;
        let folder = self.tree.work_tree().join(submodule);
        if folder.is_symlink() || folder.join(".git").exists() {
            return None;
        }
        let submodule = shown(&self.tree.work_tree().join(submodule));
        Some(Gap::new(
            GapCode::LockfileGone,
            format!(
                "{} lies in {submodule}, which is a submodule now and not checked out, so what it locks \
                 was not checked",
                gone.shown
            ),
            format!("check it out: git submodule update --init {submodule}"),
        ))
    }

    /// The lockfile at the same path, or of the same format in the same folder: npm's two file names.
    /// `named`: whether it was named by hand, so that it was no matter whether it would be found.
    fn same_place(
        &self,
        place: &Path,
        named: bool,
        found: &mut BTreeMap<PathBuf, PathBuf>,
    ) -> Option<PathBuf> {
        if let Some(path) = found.remove(place) {
            return Some(path);
        }
        let path = self.tree.root().join(place);
        if named && path.is_file() {
            return Some(path);
        }
        let mut beside = format_of(place)?.file_names().iter();
        beside.find_map(|name| found.remove(&place.with_file_name(name)))
    }
}

/// The new lockfile of an ecosystem in a folder, from the root of the repository.
type Replacements = BTreeMap<(Ecosystem, PathBuf), Option<usize>>;

/// A lockfile whose path is gone.
#[derive(Debug)]
struct Gone {
    /// Where it was, from the root of the repository.
    place: PathBuf,
    path: PathBuf,
    shown: String,
    read: Result<Lockfile, String>,
    /// The manifest that is still there.
    left: Option<&'static str>,
    /// Whether there was one at the base.
    had_manifest: bool,
}

impl Gone {
    /// What it has become where the package manager may have changed.
    fn replaced_by(&self, replacements: &Replacements) -> LockfileNow {
        let folder = self.place.parent().unwrap_or(Path::new("")).to_owned();
        let new = format_of(&self.place)
            .and_then(|format| replacements.get(&(format.ecosystem(), folder)).copied().flatten());
        new.map_or(LockfileNow::Gone, LockfileNow::ReplacedBy)
    }

    /// A lockfile that is gone while its project is still there, and no other one locks that project:
    /// what the project needs now nobody knows, and nothing was mended.
    fn unlocked(&self, covered: &BTreeSet<(Ecosystem, PathBuf)>) -> Option<Gap> {
        let manifest = self.left?;
        let folder = self.place.parent().unwrap_or(Path::new("")).to_owned();
        let ecosystem = format_of(&self.place)?.ecosystem();
        (!covered.contains(&(ecosystem, folder))).then(|| {
            Gap::new(
                GapCode::LockfileGone,
                format!(
                    "{} is gone and {manifest} beside it is not, so what that project needs was not \
                     checked",
                    self.shown
                ),
                "commit the lockfile, or exclude it with `[lockfiles] exclude` in a change of its own",
            )
        })
    }
}

impl LockfilesBefore {
    fn add_pair(&mut self, base: &Base, path: PathBuf, position: usize, head: &ReadLockfile) {
        let shown = base.tree.shown(&path);
        let text = disk::read_text(&path, file::MAX_BYTES).unwrap_or_default();
        let is_unchanged = text == head.lockfile.source.text;
        let mut lockfile = None;
        if !is_unchanged {
            match base.read(&path, &shown) {
                Ok(read) => lockfile = Some(read),
                Err(error) => self.note_unreadable(&shown, &error.problem().to_string()),
            }
        }
        self.lockfiles.push(LockfileBefore {
            path,
            shown,
            now: LockfileNow::Is(position),
            is_unchanged,
            lockfile,
            unproved: BTreeSet::new(),
            may_be_excluded: false,
        });
    }

    /// Takes from what is gone what has become a lockfile that is new: the same text, else the same
    /// projects, which must be told apart from all others. What left its manifest behind has not moved.
    fn add_moved(&mut self, new: &[usize], head: &[ReadLockfile], gone: &mut Vec<Gone>) {
        let mut taken = vec![false; gone.len()];
        let mut pairs = Vec::new();
        {
            let movable = || {
                let all = gone.iter().enumerate().filter(|(_, gone)| gone.left.is_none());
                all.filter_map(|(index, gone)| Some((index, gone.read.as_ref().ok()?)))
            };
            let mut of_text: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
            let mut of_projects: HashMap<(&str, BTreeSet<&str>), Vec<usize>> = HashMap::new();
            for (index, read) in movable() {
                of_text.entry((read.format.name(), &read.source.text)).or_default().push(index);
                of_projects.entry((read.format.name(), projects(read))).or_default().push(index);
            }
            for position in new.iter().copied() {
                let lockfile = &head[position].lockfile;
                let path = &head[position].path;
                // A project goes nowhere without its manifest.
                let has_manifest = manifest_of(path)
                    .is_some_and(|manifest| path.with_file_name(manifest).is_file());
                let free = |found: Option<&Vec<usize>>| -> Vec<usize> {
                    let found = found.into_iter().flatten().copied();
                    found
                        .filter(|index| !taken[*index])
                        .filter(|index| has_manifest || !gone[*index].had_manifest)
                        .collect()
                };
                let same_text =
                    free(of_text.get(&(lockfile.format.name(), &*lockfile.source.text)));
                let projects = projects(lockfile);
                let same_projects = if projects.is_empty() {
                    Vec::new()
                } else {
                    free(of_projects.get(&(lockfile.format.name(), projects)))
                };
                let index = match (same_text.first(), same_projects.as_slice()) {
                    (Some(index), _) | (None, [index]) => *index,
                    (None, _) => continue,
                };
                taken[index] = true;
                pairs.push((position, index));
            }
        }
        let mut all: Vec<Option<Gone>> = std::mem::take(gone).into_iter().map(Some).collect();
        for (position, index) in pairs {
            if let Some(moved) = all[index].take() {
                self.add_moved_pair(position, &head[position], moved);
            }
        }
        gone.extend(all.into_iter().flatten());
    }

    fn add_moved_pair(&mut self, position: usize, head: &ReadLockfile, moved: Gone) {
        let Gone { path, shown, read, .. } = moved;
        let now = &head.lockfile.source.path;
        self.remarks.push(format!("{now} is compared with {shown}, which has moved"));
        self.lockfiles.push(LockfileBefore {
            path,
            shown,
            now: LockfileNow::Is(position),
            is_unchanged: false,
            lockfile: read.ok(),
            unproved: BTreeSet::new(),
            may_be_excluded: false,
        });
    }

    fn add_gone(&mut self, gone: Gone, now: LockfileNow, newly_excluded: &BTreeSet<Ecosystem>) {
        let Gone { path, shown, read, .. } = gone;
        match read {
            Ok(lockfile) => self.lockfiles.push(LockfileBefore {
                path,
                shown,
                now,
                is_unchanged: false,
                may_be_excluded: newly_excluded.contains(&lockfile.ecosystem),
                lockfile: Some(lockfile),
                unproved: BTreeSet::new(),
            }),
            Err(reason) => self.note_unreadable(&shown, &reason),
        }
    }

    fn note_unreadable(&mut self, shown: &str, reason: &str) {
        self.remarks.push(format!(
            "{shown} cannot be read at the base, so everything in it counts as added: {reason}"
        ));
    }
}

/// The names of the projects whose dependencies are locked.
fn projects(lockfile: &Lockfile) -> BTreeSet<&str> {
    let names = lockfile.roots.iter().map(|root| lockfile.packages[*root].id.name.as_str());
    names.filter(|name| !name.is_empty()).collect()
}

/// The folders of the projects that lockfiles at the head lock, from the root of the repository.
fn covered(head: &[ReadLockfile], places: &[Option<PathBuf>]) -> BTreeSet<(Ecosystem, PathBuf)> {
    let mut covered = BTreeSet::new();
    for (read, place) in head.iter().zip(places) {
        let Some(folder) = place.as_ref().and_then(|place| place.parent()) else {
            continue;
        };
        let lockfile = &read.lockfile;
        let inside = lockfile.format.folders_of_projects(lockfile, &read.manifests);
        let inside = inside.iter().filter_map(|inside| plain(&folder.join(inside)));
        covered.extend(inside.map(|project| (lockfile.ecosystem, project)));
    }
    covered
}

/// The manifest of the project that a lockfile of this name locks.
fn manifest_of(path: &Path) -> Option<&'static str> {
    Some(format_of(path)?.tool().manifest)
}

/// The format of a lockfile, by its name.
pub(super) fn format_of(path: &Path) -> Option<&'static dyn LockfileFormat> {
    file::format_of_name(&path.file_name()?.to_string_lossy())
}

/// The word for it.
pub(super) fn format_name_of(path: &Path) -> Option<&'static str> {
    format_of(path).map(LockfileFormat::name)
}
