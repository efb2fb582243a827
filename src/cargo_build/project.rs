//! The location of a workspace, and its files that affect builds.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::configuration::RepositoryConfiguration;
use super::matrix::{Ingredients, Member};
use super::tripwire::{self, SearchTerms};
use super::{BuildEnvironment, BuildProblem};
use crate::cargo_toml::NamedCargoToml;
use crate::disk;
use crate::lockfile::manifest::MAX_BYTES;
use crate::lockfile::tool::{CARGO, CARGO_LOCK};
use crate::policy::CargoPolicy;
use crate::problem::{Location, SourceText};

/// The location of a workspace, and the names of its files in messages.
pub(super) struct Project {
    /// The folder of the lockfile, with all links resolved.
    pub(super) folder: PathBuf,
    /// The folder that contains `.git`, or the same folder.
    pub(super) repository: PathBuf,
    /// The lockfile's path for messages.
    pub(super) lockfile: String,
}

impl Project {
    /// The project of a lockfile at `path`; `display_path` is its path for messages.
    pub(super) fn of(path: &Path, display_path: &str) -> Result<Self, BuildProblem> {
        let folder = disk::folder_of(path).canonicalize().ok();
        let is_named = path.file_name().is_some_and(|name| name == CARGO_LOCK);
        let folder = folder.filter(|folder| is_named && folder.join(CARGO.manifest).is_file());
        let lockfile = display_path.to_owned();
        let Some(folder) = folder else {
            return Err(BuildProblem::NotALockfileOfCargo { path: lockfile });
        };
        let repository = folder.ancestors().find(|ancestor| ancestor.join(".git").exists());
        let repository = repository.unwrap_or(&folder).to_owned();
        Ok(Self { folder, repository, lockfile })
    }

    /// The root of the repository and, if it is part of another one (a submodule, whose `.git` is
    /// a file), the root of that one: its commands may build the submodule.
    fn roots(&self) -> Vec<&Path> {
        let mut roots = vec![self.repository.as_path()];
        for ancestor in self.repository.ancestors().skip(1) {
            let is_part = roots.last().is_some_and(|root| root.join(".git").is_file());
            if is_part && ancestor.join(".git").exists() {
                roots.push(ancestor);
            }
        }
        roots
    }

    /// A path for messages: relative to the lockfile's own.
    fn display_path(&self, path: &Path) -> String {
        let below = |folder: &Path| {
            let relative = path.strip_prefix(folder).ok()?;
            Some(relative.to_string_lossy().replace('\\', "/"))
        };
        let prefix = self.lockfile.rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
        if let Some(relative) = below(&self.folder) {
            return format!("{}{relative}", prefix.unwrap_or_default());
        }
        // Above the lockfile: start at the common folder.
        for (steps, folder) in self.folder.ancestors().enumerate().skip(1) {
            if let Some(relative) = below(folder) {
                return format!("{}{}{relative}", prefix.unwrap_or_default(), "../".repeat(steps));
            }
        }
        path.to_string_lossy().into_owned()
    }

    /// The repository's configuration.
    pub(super) fn configuration(
        &self,
        environment: &BuildEnvironment,
    ) -> Result<RepositoryConfiguration, BuildProblem> {
        let home = environment.cargo_home();
        let display_path = |path: &Path| self.display_path(path);
        RepositoryConfiguration::read(
            &self.folder,
            &self.repository,
            home.as_deref(),
            &display_path,
        )
    }

    /// The configuration in members' own folders, which Cargo reads when it is started there.
    pub(super) fn member_configurations(
        &self,
        members: &[Member],
        environment: &BuildEnvironment,
    ) -> Result<RepositoryConfiguration, BuildProblem> {
        let home = environment.cargo_home();
        let display_path = |path: &Path| self.display_path(path);
        let folders = members.iter().filter_map(|member| member.manifest.parent());
        let folders = folders.flat_map(|folder| {
            let below = move |ancestor: &&Path| *ancestor != self.folder;
            folder.ancestors().take_while(below)
        });
        let own: BTreeSet<&Path> = folders
            .filter(|folder| folder.starts_with(&self.folder) && folder.join(".cargo").is_dir())
            .collect();
        let mut all = RepositoryConfiguration::default();
        for folder in own {
            let home = home.as_deref();
            all.add(RepositoryConfiguration::read_one(folder, home, &display_path)?);
        }
        Ok(all)
    }

    /// The builds that files of the repository ask for.
    pub(super) fn look_through(
        &self,
        ingredients: &Ingredients<'_>,
        wanted: &SearchTerms,
        policy: Option<&SourceText>,
    ) -> tripwire::SearchResult {
        let mut roots = self.roots();
        for member in ingredients.members {
            let folder = member.manifest.parent();
            roots
                .extend(folder.filter(|folder| !roots.iter().any(|root| folder.starts_with(root))));
        }
        tripwire::search(&roots, wanted, ingredients.policy, policy, &|path| {
            self.display_path(path)
        })
    }

    /// The lines of commands that ship development builds.
    pub(super) fn development_lines(
        &self,
        declared: &CargoPolicy,
        policy: Option<&SourceText>,
    ) -> Vec<Location> {
        let (roots, wanted) = (self.roots(), SearchTerms::default());
        let found =
            tripwire::search(&roots, &wanted, declared, policy, &|path| self.display_path(path));
        declared.development.iter().cloned().chain(found.development).collect()
    }

    /// The manifests of the workspace and its members.
    pub(super) fn manifests(&self, members: &[Member]) -> Vec<NamedCargoToml> {
        let root = self.folder.join(CARGO.manifest);
        let mut paths: Vec<&Path> =
            members.iter().map(|member| member.manifest.as_path()).collect();
        if !paths.contains(&root.as_path()) {
            paths.push(&root);
        }
        let manifests = paths.into_iter().filter_map(|path| {
            let text = disk::read_text(path, MAX_BYTES).ok()?;
            NamedCargoToml::read(&SourceText::new(self.display_path(path), text))
        });
        manifests.collect()
    }

    /// The configuration for Cargo, in a file that is deleted when this is dropped.
    pub(super) fn write_configuration(
        configuration: &RepositoryConfiguration,
    ) -> Result<Option<NamedTempFile>, BuildProblem> {
        if configuration.handed_on.is_empty() {
            return Ok(None);
        }
        let write = || {
            let mut file = tempfile::Builder::new().suffix(".toml").tempfile()?;
            file.write_all(configuration.handed_on.as_bytes())?;
            file.flush()?;
            Ok(file)
        };
        let written: std::io::Result<NamedTempFile> = write();
        let refuse = |error: std::io::Error| BuildProblem::Refused { message: error.to_string() };
        written.map(Some).map_err(refuse)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_submodule_is_part_of_the_repository_around_it() {
        let folder = tempfile::tempdir().unwrap();
        let outer = folder.path().canonicalize().unwrap();
        let part = outer.join("parts/app");
        fs::create_dir_all(&part).unwrap();
        fs::create_dir(outer.join(".git")).unwrap();
        fs::write(part.join("Cargo.toml"), "").unwrap();
        let project = || Project::of(&part.join("Cargo.lock"), "Cargo.lock").unwrap();
        assert_eq!(project().roots(), [&outer]);
        fs::write(part.join(".git"), "gitdir: ../../.git/modules/app").unwrap();
        assert_eq!(project().roots(), [&part, &outer]);
        fs::remove_file(part.join(".git")).unwrap();
        fs::create_dir(part.join(".git")).unwrap();
        assert_eq!(project().roots(), [&part], "a repository of its own");
        let commands = "jobs:\n  ship:\n    steps:\n      - run: cargo build --example demo\n";
        fs::write(outer.join("ship"), commands).unwrap();
        let lines = || project().development_lines(&CargoPolicy::default(), None);
        assert_eq!(lines(), []);
        fs::remove_dir(part.join(".git")).unwrap();
        fs::write(part.join(".git"), "gitdir: ../../.git/modules/app").unwrap();
        assert_eq!(lines().len(), 1);
    }
}
