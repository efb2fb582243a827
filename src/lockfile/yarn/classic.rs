//! `yarn.lock` of Yarn 1: a syntax that looks like YAML and is not (Yarn source, `src/lockfile`).
//!
//! It lists neither the projects nor what they ask for, so that the manifests of the workspace say it.
//! Without them every package counts as needed at run time.

mod document;
mod origin;
mod requirements;
mod resolution;
mod syntax;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::document::Entry;
use self::resolution::Workspace;
use self::syntax::Fault;
use super::fit;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::tool::{self, Tool};
use crate::lockfile::{Dependents, Lockfile, LockfileError, LockfileFormat, PackageIndex, text};
use crate::problem::{Gap, GapCode, Problem, SourceText};

/// The format of Yarn 1.
#[derive(Debug)]
pub struct YarnClassic;

impl LockfileFormat for YarnClassic {
    fn tool(&self) -> &'static Tool {
        &tool::YARN_CLASSIC
    }

    fn recognises(&self, text: &str) -> bool {
        document::version(text).is_some()
            || document::entries(text).is_ok_and(|entries| !entries.is_empty())
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        let entries = entries(source)?;
        let workspace = Workspace::unknown();
        resolution::lockfile(source, &entries, &workspace).map(|(lockfile, _)| lockfile)
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        manifests: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        let entries = entries(source)?;
        let workspace = Workspace::read(manifests);
        let (lockfile, answers) = resolution::lockfile(source, &entries, &workspace)?;
        let mut gaps = fit::misfits(&lockfile, &workspace.projects, |_, name, range| {
            answers.of_project(name, range).is_some()
        });
        gaps.extend(resolution::misfits(&lockfile, &answers, &workspace));
        gaps.extend(not_pinned(&lockfile, &entries));
        Ok((lockfile, gaps))
    }

    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String> {
        requirements::folders_of_projects(lockfile, manifests)
    }

    fn dependents(
        &self,
        lockfile: &Lockfile,
        packages: &[PackageIndex],
        manifests: &dyn ManifestFiles,
    ) -> Dependents {
        requirements::dependents(lockfile, packages, manifests)
    }
}

fn entries(source: &Arc<SourceText>) -> Result<Vec<Entry<'_>>, LockfileError> {
    if let Some((version, span)) = document::version(&source.text).filter(|(it, _)| *it > 1) {
        let message =
            format!("version {version} of Yarn 1's lockfile is not known to this lockgate");
        return Err(LockfileError::Unsupported(
            Problem::at(source, span, message)
                .label("version 1 is known")
                .help("update lockgate; nothing of this file was checked"),
        ));
    }
    if source.text.trim().is_empty() {
        return Err(LockfileError::Empty {
            tool: &tool::YARN_CLASSIC,
            problem: Problem::in_file(&source.path, "the lockfile is empty")
                .help(tool::YARN_CLASSIC.write_again()),
        });
    }
    document::entries(&source.text).map_err(|fault| refusal(source, fault))
}

fn refusal(source: &Arc<SourceText>, Fault { span, message }: Fault) -> LockfileError {
    if let Some(problem) = text::conflict_marker(source) {
        return LockfileError::Syntax(problem);
    }
    LockfileError::Syntax(
        Problem::at(source, span, format!("not a yarn.lock: {message}"))
            .help(tool::YARN_CLASSIC.write_again()),
    )
}

/// Packages of a registry without the address of an archive: Yarn looks for a version of its own choice
/// (Yarn source, `PackageRequest.getLocked`).
fn not_pinned(lockfile: &Lockfile, entries: &[Entry<'_>]) -> Option<Gap> {
    let first = lockfile.packages.iter().position(|package| package.folder.is_none())?;
    let packages = lockfile.packages.iter().enumerate().skip(first).zip(entries);
    let mut open = packages
        .filter(|((_, package), entry)| entry.resolved.is_none() && package.source.is_public());
    let ((package, locked), _) = open.next()?;
    let others = match open.count() {
        0 => String::new(),
        more => format!(", and for {more} more"),
    };
    Some(Gap::new(
        GapCode::LockfileInconsistent,
        format!(
            "{}: no `resolved` stands behind {}{others}, so that Yarn 1 does not keep to the version",
            lockfile.location(package),
            locked.id
        ),
        tool::YARN_CLASSIC.bring_up_to_date(),
    ))
}

/// Reads the entries of a text and counts them. `None`: it is not written as Yarn 1 writes it. For
/// measurements.
pub fn count_entries(text: &str) -> Option<usize> {
    Some(document::entries(text).ok()?.len())
}

#[cfg(test)]
mod tests;
