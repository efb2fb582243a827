//! `yarn.lock` of Yarn 6, which is JSON (`zpm` source, `lockfile.rs`).
//!
//! It says the same as that of Yarn 2 to 4, and leaves out what lies in the folders of the workspace.

mod document;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::document::Document;
use super::entries::{Entry, kept_archives};
use super::resolution::{self, Read};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::syntax::syntax_error;
use crate::lockfile::tool::{self, Tool};
use crate::lockfile::{
    Dependents, KeptArchive, Lockfile, LockfileError, LockfileFormat, PackageIndex,
};
use crate::problem::{Gap, Problem, SourceText};

/// The lockfile version that is known.
const VERSION: u64 = 9;

/// The format of Yarn 6.
#[derive(Debug)]
pub struct YarnZpm;

impl LockfileFormat for YarnZpm {
    fn tool(&self) -> &'static Tool {
        &tool::YARN
    }

    fn recognises(&self, text: &str) -> bool {
        let has = |key: &str| memchr::memmem::find(text.as_bytes(), key.as_bytes()).is_some();
        text.trim_start().starts_with('{') && has("\"__metadata\"") && !has("\"lockfileVersion\"")
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        let entries = entries(source)?;
        resolution::parse(&read(source, &entries))
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        manifests: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        let entries = entries(source)?;
        resolution::with_manifests(&read(source, &entries), manifests)
    }

    fn kept_archives(&self, lockfile: &Lockfile) -> BTreeMap<String, KeptArchive> {
        kept_archives(&entries(&lockfile.source).unwrap_or_default())
    }

    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String> {
        let entries = entries(&lockfile.source).unwrap_or_default();
        resolution::folders_of_projects(&read(&lockfile.source, &entries), manifests)
    }

    fn dependents(
        &self,
        lockfile: &Lockfile,
        packages: &[PackageIndex],
        manifests: &dyn ManifestFiles,
    ) -> Dependents {
        let entries = entries(&lockfile.source).unwrap_or_default();
        let read = read(&lockfile.source, &entries);
        resolution::dependents(lockfile, packages, &read, manifests)
    }
}

fn read<'run>(source: &'run Arc<SourceText>, entries: &'run [Entry<'run>]) -> Read<'run> {
    Read { source, format: &YarnZpm, entries, has_folders: false }
}

fn entries(source: &Arc<SourceText>) -> Result<Vec<Entry<'_>>, LockfileError> {
    let document: Document<'_> = serde_json::from_str(&source.text)
        .map_err(|error| syntax_error(source, &tool::YARN, "a yarn.lock", &error))?;
    check_version(source, document.metadata.version)?;
    Ok(document::entries(&source.text, document))
}

fn check_version(source: &Arc<SourceText>, version: u64) -> Result<(), LockfileError> {
    if version == VERSION {
        return Ok(());
    }
    let key = "\"version\"";
    let start = source.text.find(key).unwrap_or(0);
    let message = format!("version {version} of Yarn 6's lockfile is not known to this lockgate");
    Err(LockfileError::Unsupported(
        Problem::at(source, start..start + key.len(), message)
            .label(format!("version {VERSION} is known"))
            .help("update lockgate; nothing of this file was checked"),
    ))
}

#[cfg(test)]
mod tests;
