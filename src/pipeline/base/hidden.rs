//! Lockfiles that a change keeps from being found.
//!
//! What git keeps is a part of the repository, whatever `.gitignore` says of it (git documentation,
//! "gitignore": files that are tracked already are not affected). So what the search of the base would
//! have found is checked, and what the change adds where that search would have looked.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Base;
use super::lockfiles::format_name_of;
use crate::lockfile::discovery;
use crate::pipeline::lockfiles::{self, Found, Kept};
use crate::pipeline::policy::LoadedPolicy;
use crate::problem::Problem;

/// Where packages are installed. Some repositories keep them in git, with whatever they hold.
const INSTALLED: &str = "node_modules";

impl Base {
    /// Adds lockfiles that are passed over at the head because of what the change does, to `.gitignore`
    /// or by where it puts them. They are given back.
    ///
    /// # Errors
    ///
    /// The base cannot be searched, or git does not say what it keeps.
    pub fn add_hidden(
        &self,
        paths: &[PathBuf],
        found: &mut Found,
    ) -> Result<Vec<PathBuf>, Vec<Problem>> {
        let before = self.found().as_ref().map_err(|said| {
            let message = format!("the base cannot be searched for lockfiles: {said}");
            Problem::in_file("--base", message)
                .help("without it nobody knows which lockfiles the change hides")
        })?;
        let relative = |path: &PathBuf| self.tree.relative(path);
        let scopes: Vec<PathBuf> = paths.iter().filter_map(relative).collect();
        let known = found.lockfiles.iter().chain(&found.unread);
        let known: BTreeSet<PathBuf> = known.filter_map(relative).collect();
        let beside = |path: &Path| Some((path.parent()?.to_owned(), format_name_of(path)?));
        let known_beside: BTreeSet<_> = known.iter().filter_map(|path| beside(path)).collect();
        let is_hidden = |path: &&PathBuf| {
            scopes.iter().any(|scope| path.starts_with(scope))
                && !known.contains(*path)
                && beside(path).is_none_or(|beside| !known_beside.contains(&beside))
                && self.tree.work_tree().join(path).is_file()
        };
        let there = before.lockfiles.keys().chain(&before.unread);
        let mut hidden: Vec<PathBuf> = there.filter(is_hidden).cloned().collect();
        let kept = self.tree.kept()?.iter();
        let added = kept
            .filter(|path| path.file_name().is_some_and(discovery::is_looked_for))
            .filter(|path| !self.tree.has(path));
        hidden.extend(self.looked_for(added.filter(is_hidden).cloned().collect()));
        let hidden = hidden.iter().map(|path| self.tree.work_tree().join(path));
        let hidden: Vec<PathBuf> = hidden.collect();
        for path in &hidden {
            let is_unread = path.file_name().is_some_and(discovery::is_unread_name);
            let list = if is_unread { &mut found.unread } else { &mut found.lockfiles };
            list.insert(path.clone());
        }
        Ok(hidden)
    }

    /// Those of the files that are not there at the base which a search there would have found if they
    /// had been. What git keeps in a folder for what is built was not built.
    fn looked_for(&self, added: Vec<PathBuf>) -> Vec<PathBuf> {
        let is_installed = |path: &Path| path.iter().any(|name| name == INSTALLED);
        let (odd, ordinary): (Vec<PathBuf>, Vec<PathBuf>) = added
            .into_iter()
            .filter(|path| !is_installed(path))
            .partition(|path| path.iter().any(discovery::is_skipped));
        let found = if ordinary.is_empty() {
            BTreeSet::new()
        } else {
            // Where it cannot be tried out they count.
            self.try_search(&ordinary).unwrap_or_else(|_| ordinary.iter().cloned().collect())
        };
        let ordinary = ordinary.into_iter().filter(|path| found.contains(path));
        odd.into_iter().chain(ordinary).collect()
    }

    /// Searches the base as if these files were there.
    fn try_search(&self, added: &[PathBuf]) -> io::Result<BTreeSet<PathBuf>> {
        let root = self.tree.root();
        let mut made = Vec::new();
        let mut put_in_place = |path: &PathBuf| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            // A link at the base may lead to a file that is there.
            fs::File::create_new(&path)?;
            made.push(path);
            Ok::<(), io::Error>(())
        };
        let is_complete = added.iter().try_for_each(&mut put_in_place);
        let LoadedPolicy { policy, folder } = &self.policy;
        let found =
            lockfiles::find(&[root.to_owned()], policy, folder, Kept::Everything, &mut Vec::new());
        for path in made {
            fs::remove_file(path)?;
        }
        is_complete?;
        let found = found.map_err(|_| io::Error::other("the base cannot be searched"))?;
        let found = found.lockfiles.into_iter().chain(found.unread);
        Ok(found.filter_map(|path| path.strip_prefix(root).ok().map(Path::to_owned)).collect())
    }
}
