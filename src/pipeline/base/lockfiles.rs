//! Which lockfile at the base has become which one at the head.
//!
//! The same path is the same lockfile. One that is new takes the place of one that is gone if both
//! have the same content, or lock the same projects: it was moved, or its folder was renamed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Base;
use crate::lockfile::{Lockfile, LockfileFormat, file};
use crate::pipeline::lockfiles::{self, ReadLockfile};
use crate::pipeline::policy::LoadedPolicy;

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
    /// What there is to know about them.
    pub remarks: Vec<String>,
}

impl Base {
    /// The lockfiles at the base, by their path from the root of the repository.
    fn find_lockfiles(&self) -> Result<BTreeMap<PathBuf, PathBuf>, String> {
        let LoadedPolicy { policy, folder } = &self.policy;
        let root = self.tree.root().to_owned();
        let found =
            lockfiles::find(&[root], policy, folder, &mut Vec::new()).map_err(|problems| {
                problems
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; ")
            })?;
        let relative =
            |path: &PathBuf| path.strip_prefix(self.tree.root()).ok().map(Path::to_owned);
        Ok(found
            .into_iter()
            .filter_map(|path| Some((relative(&path)?, path)))
            .collect())
    }

    /// Lockfiles that were checked at the base, are still there, and are passed over at the head
    /// because of what the change does to `.gitignore`: they are checked all the same.
    pub fn passed_over(&self, paths: &[PathBuf], found: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
        let relative = |path: &PathBuf| self.tree.relative(path);
        let known: BTreeSet<PathBuf> = found.iter().filter_map(relative).collect();
        let scopes: Vec<PathBuf> = paths.iter().filter_map(relative).collect();
        let before = self.find_lockfiles().unwrap_or_default();
        let missing = before.into_keys().filter(|path| {
            let is_beside = |other: &&PathBuf| {
                other.parent() == path.parent() && format_of(other) == format_of(path)
            };
            scopes.iter().any(|scope| path.starts_with(scope))
                && !known.iter().any(|other| other == path || is_beside(&other))
                && self.tree.work_tree().join(path).is_file()
        });
        missing
            .map(|path| self.tree.work_tree().join(path))
            .collect()
    }

    /// Finds for every lockfile at the head what it was, and what is gone within `paths`.
    pub fn lockfiles(&self, paths: &[PathBuf], head: &[ReadLockfile]) -> LockfilesBefore {
        let mut before = LockfilesBefore::default();
        let mut found = self.find_lockfiles().unwrap_or_else(|reason| {
            before.remarks.push(format!(
                "the lockfiles at the base cannot be found, so everything counts as added: {reason}"
            ));
            BTreeMap::new()
        });
        let places: Vec<Option<PathBuf>> = head
            .iter()
            .map(|read| self.tree.relative(&read.path))
            .collect();
        let mut unpaired = Vec::new();
        for (position, (read, place)) in head.iter().zip(&places).enumerate() {
            match place
                .as_ref()
                .and_then(|place| self.same_place(place, &mut found))
            {
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
                before.add_gone(gone);
            }
        }
        before
    }

    /// The lockfile at the same path, or of the same format in the same folder: npm's two file names.
    fn same_place(&self, place: &Path, found: &mut BTreeMap<PathBuf, PathBuf>) -> Option<PathBuf> {
        if let Some(path) = found.remove(place) {
            return Some(path);
        }
        // One that was named by hand may have a name that is not searched for.
        let path = self.tree.root().join(place);
        if path.is_file() {
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

fn format_of(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_string_lossy();
    file::format_of_name(&name).map(LockfileFormat::name)
}
