//! Which lockfile at the base has become which one at the head.
//!
//! The same path is the same lockfile. One that is new takes the place of one that is gone if both
//! have the same content, or lock the same projects: it was moved, or its folder was renamed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Base;
use crate::lockfile::{Lockfile, LockfileFormat, file};
use crate::package::Ecosystem;
use crate::pipeline::lockfiles::{self, Kept, ReadLockfile};
use crate::pipeline::policy::LoadedPolicy;
use crate::problem::{Gap, GapCode};

/// A lockfile at the base.
#[derive(Debug)]
pub struct LockfileBefore {
    /// Where it was written to.
    pub path: PathBuf,
    /// What people call it.
    pub shown: String,
    /// The position, among the lockfiles at the head, of the one that it has become. `None` if it is
    /// gone.
    pub now: Option<usize>,
    /// Whether that one has the same text.
    pub is_unchanged: bool,
    /// What it holds. `None` if it is unchanged, or cannot be read.
    pub lockfile: Option<Lockfile>,
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
                lockfiles: lockfiles
                    .filter_map(|path| Some((relative(&path)?, path)))
                    .collect(),
                unread: found
                    .unread
                    .iter()
                    .filter_map(|path| relative(path))
                    .collect(),
            })
        })
    }

    /// Finds for every lockfile at the head what it was, and what is gone within `paths`.
    pub fn lockfiles(&self, paths: &[PathBuf], head: &[ReadLockfile]) -> LockfilesBefore {
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
        let places: Vec<Option<PathBuf>> = head
            .iter()
            .map(|read| self.tree.relative(&read.path))
            .collect();
        let named: BTreeSet<&PathBuf> = paths.iter().filter(|path| path.is_file()).collect();
        let mut unpaired = Vec::new();
        for (position, (read, place)) in head.iter().zip(&places).enumerate() {
            let is_named = named.contains(&read.path);
            let before_it = place
                .as_ref()
                .and_then(|place| self.same_place(place, is_named, &mut found));
            match before_it {
                Some(path) => before.add_pair(self, path, position, read),
                None => unpaired.push(position),
            }
        }
        let gone = found
            .into_iter()
            .filter(|(place, _)| !self.tree.work_tree().join(place).is_file());
        let mut gone: Vec<(PathBuf, Gone)> = gone
            .map(|(place, path)| {
                let shown = self.tree.shown(&path);
                let read = file::read(&path, &shown).map_err(|error| error.problem().to_string());
                (place, Gone { path, shown, read })
            })
            .collect();
        for position in unpaired {
            before.add_moved(position, &head[position], &mut gone);
        }
        let scopes: Vec<PathBuf> = paths
            .iter()
            .filter_map(|path| self.tree.relative(path))
            .collect();
        for (place, gone) in gone {
            if scopes.iter().any(|scope| place.starts_with(scope)) {
                before.gaps.extend(self.unlocked(&place, &gone, head));
                before.add_gone(gone);
            }
        }
        before
    }

    /// A lockfile that is gone while its project is still there, and no other one locks that project:
    /// what the project needs now nobody knows, and nothing was mended.
    fn unlocked(&self, place: &Path, gone: &Gone, head: &[ReadLockfile]) -> Option<Gap> {
        let manifest = manifest_of(place)?;
        let folder = place.parent().unwrap_or(Path::new(""));
        let is_there = self.tree.work_tree().join(folder).join(manifest).is_file();
        let is_locked = gone.read.as_ref().is_ok_and(|read| {
            let projects = projects(read);
            let mut others = head
                .iter()
                .filter(|other| other.lockfile.format == read.format);
            !projects.is_empty()
                && others.any(|other| projects.is_subset(&self::projects(&other.lockfile)))
        });
        (is_there && !is_locked).then(|| {
            Gap::new(
                GapCode::LockfileGone,
                format!(
                    "{} is gone and {manifest} beside it is not, so what that project needs was not \
                     checked",
                    gone.shown
                ),
                "commit the lockfile, or exclude it with `[lockfiles] exclude` in a change of its own",
            )
        })
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
        let beside = found
            .keys()
            .find(|other| other.parent() == place.parent() && format_of(other) == format_of(place));
        let beside = beside?.clone();
        found.remove(&beside)
    }
}

/// A lockfile whose path is gone.
#[derive(Debug)]
struct Gone {
    path: PathBuf,
    shown: String,
    read: Result<Lockfile, String>,
}

impl LockfilesBefore {
    fn add_pair(&mut self, base: &Base, path: PathBuf, position: usize, head: &ReadLockfile) {
        let shown = base.tree.shown(&path);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let is_unchanged = *text == head.lockfile.source.text;
        let mut lockfile = None;
        if !is_unchanged {
            match file::read(&path, &shown) {
                Ok(read) => lockfile = Some(read),
                Err(error) => self.note_unreadable(&shown, &error.problem().to_string()),
            }
        }
        let now = Some(position);
        self.lockfiles
            .push(LockfileBefore { path, shown, now, is_unchanged, lockfile });
    }

    /// Takes from what is gone the one that has become this lockfile: the same text, else the same
    /// projects, which must be told apart from all others.
    fn add_moved(&mut self, position: usize, head: &ReadLockfile, gone: &mut Vec<(PathBuf, Gone)>) {
        let lockfile = &head.lockfile;
        let same_text = gone.iter().position(|(_, gone)| {
            gone.read.as_ref().is_ok_and(|read| {
                read.format == lockfile.format && read.source.text == lockfile.source.text
            })
        });
        let projects = projects(lockfile);
        let mut same_projects = gone.iter().enumerate().filter(|(_, (_, gone))| {
            gone.read.as_ref().is_ok_and(|read| {
                read.format == lockfile.format
                    && !projects.is_empty()
                    && self::projects(read) == projects
            })
        });
        let same_projects = match (same_projects.next(), same_projects.next()) {
            (Some((index, _)), None) => Some(index),
            _ => None,
        };
        let Some(index) = same_text.or(same_projects) else {
            return;
        };
        let (_, Gone { path, shown, read }) = gone.remove(index);
        let now = &lockfile.source.path;
        self.remarks
            .push(format!("{now} is compared with {shown}, which has moved"));
        let lockfile = read.ok();
        let now = Some(position);
        self.lockfiles
            .push(LockfileBefore { path, shown, now, is_unchanged: false, lockfile });
    }

    fn add_gone(&mut self, gone: Gone) {
        let Gone { path, shown, read } = gone;
        match read {
            Ok(lockfile) => self.lockfiles.push(LockfileBefore {
                path,
                shown,
                now: None,
                is_unchanged: false,
                lockfile: Some(lockfile),
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
    let names = lockfile
        .roots
        .iter()
        .map(|root| lockfile.packages[*root].id.name.as_str());
    names.filter(|name| !name.is_empty()).collect()
}

/// The manifest of the project that a lockfile of this name locks.
fn manifest_of(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_string_lossy();
    Some(match file::format_of_name(&name)?.ecosystem() {
        Ecosystem::Cargo => "Cargo.toml",
        Ecosystem::Npm => "package.json",
    })
}

pub(super) fn format_of(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_string_lossy();
    file::format_of_name(&name).map(LockfileFormat::name)
}
