//! `yarn.lock` of Yarn 2 to 4, which is YAML, lockfile versions 3 to 10 (Yarn source, `Project`).
//!
//! It lists the projects and mixes what they need with what their development needs, so that the
//! manifests say which is which. Without them every package counts as needed at run time.

mod conditions;
mod document;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::entries;
use super::resolution::{self, Read};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::yaml::{Documents, Scalar, YamlError};
use crate::lockfile::tool::{self, Tool};
use crate::lockfile::{
    Dependents, KeptArchive, Lockfile, LockfileError, LockfileFormat, PackageIndex, text,
};
use crate::problem::{Gap, Problem, SourceText};

/// The lockfile versions that are known.
const VERSIONS: std::ops::RangeInclusive<u64> = 3..=10;

/// The format of Yarn 2 to 4.
#[derive(Debug)]
pub struct YarnBerry;

impl LockfileFormat for YarnBerry {
    fn tool(&self) -> &'static Tool {
        &tool::YARN
    }

    fn recognises(&self, text: &str) -> bool {
        let starts_line = |start: usize| start == 0 || text.as_bytes()[start - 1] == b'\n';
        memchr::memmem::find_iter(text.as_bytes(), "__metadata:").any(starts_line)
            || memchr::memmem::find_iter(text.as_bytes(), "\"__metadata\":").any(starts_line)
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        with_entries(source, resolution::parse)
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        manifests: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        with_entries(source, |read| resolution::with_manifests(read, manifests))
    }

    fn kept_archives(&self, lockfile: &Lockfile) -> BTreeMap<String, KeptArchive> {
        let archives =
            with_entries(&lockfile.source, |read| Ok(entries::kept_archives(read.entries)));
        archives.unwrap_or_default()
    }

    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String> {
        let folders = with_entries(&lockfile.source, |read| {
            Ok(resolution::folders_of_projects(read, manifests))
        });
        folders.unwrap_or_default()
    }

    fn dependents(
        &self,
        lockfile: &Lockfile,
        packages: &[PackageIndex],
        manifests: &dyn ManifestFiles,
    ) -> Dependents {
        let dependents = with_entries(&lockfile.source, |read| {
            Ok(resolution::dependents(lockfile, packages, read, manifests))
        });
        dependents.unwrap_or_default()
    }
}

/// Does something with the entries of a lockfile.
fn with_entries<T>(
    source: &Arc<SourceText>,
    use_entries: impl FnOnce(&Read<'_>) -> Result<T, LockfileError>,
) -> Result<T, LockfileError> {
    if source.text.trim().is_empty() {
        return Err(LockfileError::Empty {
            tool: &tool::YARN,
            problem: Problem::in_file(&source.path, "the lockfile is empty")
                .help(tool::YARN.write_again()),
        });
    }
    let documents = Documents::read(&source.text).map_err(|error| syntax_error(source, error))?;
    let document =
        document::read(&documents).map_err(|fault| refusal(source, fault.span, fault.message))?;
    check_version(source, document.version)?;
    let entries = &document.entries;
    use_entries(&Read { source, format: &YarnBerry, entries, has_folders: true })
}

fn check_version(
    source: &Arc<SourceText>,
    version: Option<Scalar<'_>>,
) -> Result<(), LockfileError> {
    let Some(version) = version else {
        return Err(refusal(source, 0..0, "it does not say which version of the format it is"));
    };
    let number: Option<u64> = version.text().parse().ok();
    if number.is_some_and(|number| VERSIONS.contains(&number)) {
        return Ok(());
    }
    let message =
        format!("version {} of Yarn's lockfile is not known to this lockgate", version.text());
    Err(LockfileError::Unsupported(
        Problem::at(source, version.span(), message)
            .label(format!("versions {} to {} are known", VERSIONS.start(), VERSIONS.end()))
            .help("update lockgate; nothing of this file was checked"),
    ))
}

fn syntax_error(source: &Arc<SourceText>, error: YamlError) -> LockfileError {
    let start = source.text.floor_char_boundary(error.offset.min(source.text.len()));
    let end = source.text[start..].chars().next().map_or(start, |next| start + next.len_utf8());
    refusal(source, start..end, error.reason)
}

fn refusal(source: &Arc<SourceText>, span: std::ops::Range<usize>, message: &str) -> LockfileError {
    let problem = text::conflict_marker(source).unwrap_or_else(|| {
        Problem::at(source, span, format!("not a yarn.lock: {message}"))
            .help(tool::YARN.write_again())
    });
    LockfileError::Syntax(problem)
}

#[cfg(test)]
mod tests;
