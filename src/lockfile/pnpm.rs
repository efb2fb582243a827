//! `pnpm-lock.yaml` and the lockfiles of branches, lockfile versions 5 to 13 (pnpm documentation, "Git Branch
//! Lockfiles"; pnpm source, `lockfile.fs`, `dependency-path`).
//!
//! Versions 5 to 7 list every copy of a package under `packages`; since version 9 those are `snapshots`, which
//! have the peers of a copy in their key, and `packages` say where a package comes from. Version 13 lists
//! each package once, with its copies in it. A copy is a package of its own here, but for version 13, where
//! all copies need what any of them needs.
//!
//! Since pnpm 11 another YAML document may stand before the one of the projects: what runs at each
//! installation, pnpm itself and configuration dependencies. These are projects of their own.

mod configuration_dependencies;
mod document;
mod entry;
mod fit;
mod path;
mod projects;
mod reader;
mod requirements;
mod resolution;
mod rush;
mod single_entries;
mod version;
mod workspace;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::document::Document;
use self::reader::Reader;
use self::version::Layout;
use self::workspace::Workspace;
use super::manifest::ManifestFiles;
use super::node::configuration;
use super::node::projects::{Projects, call_by_manifests};
use super::node::registries::Registries;
use super::node::yaml::Documents;
use super::tool::{self, Tool};
use super::{
    Dependents, Lockfile, LockfileError, LockfileFormat, PackageIndex, PlatformLimitsApply, text,
};
use crate::problem::{Gap, Problem, SourceText};

/// The format of `pnpm-lock.yaml`.
#[derive(Debug)]
pub struct PnpmLock;

impl LockfileFormat for PnpmLock {
    fn tool(&self) -> &'static Tool {
        &tool::PNPM
    }

    fn writer(&self, path: &str) -> &'static Tool {
        rush::writer(path)
    }

    fn file_names(&self) -> &'static [&'static str] {
        &["pnpm-lock.yaml"]
    }

    fn reads(&self, name: &str) -> bool {
        self.file_names().contains(&name) || tool::PNPM.is_of_branch(name)
    }

    /// A search in the text, so that one with merge conflicts is recognised as well: the version is anywhere
    /// in it in old ones.
    fn recognises(&self, text: &str) -> bool {
        let is_version = |line: &str| {
            let key = line.trim_start().trim_start_matches(['"', '\'']);
            key.starts_with("lockfileVersion") && line.contains(':')
        };
        let is_json = text.trim_start().starts_with('{');
        !is_json && text.lines().any(is_version)
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        let documents = documents(source)?;
        Content::of(source, &documents)?.lockfile(source, &Registries::default())
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        manifests: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        let documents = documents(source)?;
        let content = Content::of(source, &documents)?;
        let environment = content.environment.as_ref();
        let workspace = Workspace::read(manifests, environment.is_some());
        let registries = Registries::of_pnpm(manifests, workspace.folder());
        let mut lockfile = content.lockfile(source, &registries)?;
        let projects = Projects::read(&lockfile, manifests);
        let mut misfits = fit::misfits(&lockfile, &content.projects, &projects, &workspace);
        misfits.extend(configuration_dependencies::not_locked(environment, manifests));
        call_by_manifests(&mut lockfile, &projects);
        projects::learn(&mut lockfile, &content.projects, &projects);
        if let Some(location) = configuration::ignores_limits(self.tool(), manifests) {
            lockfile.platform_limits = PlatformLimitsApply::Never(location);
        }
        Ok((lockfile, misfits))
    }

    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String> {
        let Ok(documents) = documents(&lockfile.source) else {
            return BTreeSet::new();
        };
        let content = Content::of(&lockfile.source, &documents);
        content.map(|content| projects::locked(&content.projects, manifests)).unwrap_or_default()
    }

    fn dependents(
        &self,
        lockfile: &Lockfile,
        packages: &[PackageIndex],
        manifests: &dyn ManifestFiles,
    ) -> Dependents {
        let Ok(documents) = documents(&lockfile.source) else {
            return Dependents::default();
        };
        let content = Content::of(&lockfile.source, &documents);
        let dependents = |content: Content<'_>| {
            requirements::dependents(lockfile, &content.projects, packages, manifests)
        };
        content.map(dependents).unwrap_or_default()
    }
}

/// What the documents of a lockfile say.
struct Content<'t> {
    /// What runs at each installation.
    environment: Option<Document<'t>>,
    projects: Document<'t>,
}

impl<'t> Content<'t> {
    fn of(
        source: &'t Arc<SourceText>,
        documents: &'t Documents<'t>,
    ) -> Result<Self, LockfileError> {
        let reader = Reader::new(source);
        if let Some(key) = documents.repeated_key() {
            let message = format!("`{}` is written twice", key.text());
            return Err(reader.refuse(key.span(), &message));
        }
        let begins_apart = source.text.starts_with("---")
            && documents.iter().next().is_some_and(|first| !first.is_nothing());
        let mut read = Vec::new();
        for yaml in documents.iter().filter(|yaml| !yaml.is_nothing()) {
            let layout = Layout::of(&reader, yaml)?;
            read.push(match layout {
                Layout::SingleEntries => single_entries::document(&reader, yaml)?,
                layout => document::document(&reader, yaml, layout)?,
            });
        }
        let mut read = read.into_iter();
        match (read.next(), read.next(), read.next()) {
            // pnpm 11 and later take what begins like this for what runs at each installation, and know
            // of no projects.
            (Some(first), None, None) if !first.is_environment && begins_apart => Err(reader.refuse(
                first.span,
                "it begins with `---`, so that pnpm takes it for what installs, and not for projects",
            )),
            (Some(first), None, None) if !first.is_environment => {
                Ok(Self { environment: None, projects: first })
            }
            (Some(first), Some(projects), None)
                if first.may_be_environment() && !projects.is_environment =>
            {
                Ok(Self { environment: Some(first), projects })
            }
            (None, ..) => Err(empty(source, "the lockfile is empty")),
            (Some(_), None, _) => Err(empty(
                source,
                "the lockfile locks only what installs, and nothing of the projects",
            )),
            (_, Some(second), _) => Err(reader.refuse(
                second.span,
                "a second document of projects: it is not known which one counts",
            )),
        }
    }

    fn lockfile(
        &self,
        source: &'t Arc<SourceText>,
        registries: &Registries,
    ) -> Result<Lockfile, LockfileError> {
        resolution::lockfile(source, registries, self.environment.as_ref(), &self.projects)
    }
}

fn documents(source: &Arc<SourceText>) -> Result<Documents<'_>, LockfileError> {
    if source.text.trim().is_empty() {
        return Err(empty(source, "the lockfile is empty"));
    }
    let reader = Reader::new(source);
    let documents = Documents::read(&source.text).map_err(|error| {
        if let Some(problem) = text::conflict_marker(source) {
            return LockfileError::Syntax(problem);
        }
        let end = source.text.ceil_char_boundary(error.offset + 1);
        reader.refuse(error.offset..end, error.reason)
    })?;
    // pnpm ends every line: where that of the last one lacks, the rest of the file does as well.
    if !source.text.ends_with('\n') {
        let end = source.text.len();
        return Err(reader.refuse(end..end, "the file ends within a line, as if it was cut off"));
    }
    Ok(documents)
}

fn empty(source: &Arc<SourceText>, message: &str) -> LockfileError {
    LockfileError::Empty {
        tool: &tool::PNPM,
        problem: Problem::in_file(&source.path, message)
            .help(rush::writer(&source.path).write_again()),
    }
}

#[cfg(test)]
mod tests;
