//! `bun.lock`, versions 0 to 3 (Bun documentation, "Lockfile"; Bun source, `install/lockfile`, `bun.lock`).
//!
//! JSON with trailing commas. Projects stand in `workspaces`, by their folders, with all that they ask for;
//! packages in `packages`, by the paths of names under which a hoisted tree would have them. Bun writes the
//! same file for an isolated one, and whoever reads it looks for dependencies as in that tree.

mod assemble;
mod bundles;
mod document;
mod fit;
mod peers;
mod requirements;
mod resolution;
mod root;
mod tree;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use self::assemble::{Installed, assemble};
use self::document::{Document, KNOWN_VERSIONS};
use super::manifest::ManifestFiles;
use super::node::jsonc::{self, Written};
use super::node::projects::{Projects, learn};
use super::node::syntax::syntax_error;
use super::tool::{self, Tool};
use super::{Dependents, Lockfile, LockfileError, LockfileFormat, PackageIndex};
use crate::problem::{Gap, Problem, SourceText};

/// The format of `bun.lock`.
#[derive(Debug)]
pub struct BunLock;

/// Whether a text lists workspaces by their folders, the root first, as no other lockfile does.
pub(super) fn is_of_bun(text: &str) -> bool {
    let has = |key: &str| memchr::memmem::find(text.as_bytes(), key.as_bytes()).is_some();
    let lists_root = |(at, key): (usize, &str)| {
        let value = text[at + key.len()..].trim_start().strip_prefix(':').map(str::trim_start);
        let first = value.and_then(|value| value.strip_prefix('{')).map(str::trim_start);
        first.is_some_and(|first| first.starts_with("\"\""))
    };
    has("\"lockfileVersion\"") && text.match_indices("\"workspaces\"").any(lists_root)
}

impl LockfileFormat for BunLock {
    fn tool(&self) -> &'static Tool {
        &tool::BUN
    }

    /// `bun.lockb` is another format, which is not read.
    fn file_names(&self) -> &'static [&'static str] {
        &["bun.lock"]
    }

    fn recognises(&self, text: &str) -> bool {
        is_of_bun(text)
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        with_read(source, |read| read.lockfile)
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        manifests: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        with_read(source, |Read { mut lockfile, installed, document, .. }| {
            let projects = Projects::read(&lockfile, manifests);
            let mut misfits = fit::misfits(&lockfile, &installed, &projects);
            if let Some(manifest) = projects.manifest("") {
                misfits.extend(root::misfits(&lockfile, document, manifest));
            }
            learn(&mut lockfile, &projects, |asked| {
                let project = installed.projects.get(asked.folder)?;
                installed.tree.resolve(project.place, asked.name).next()
            });
            (lockfile, misfits)
        })
    }

    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String> {
        fit::folders_of_projects(lockfile, manifests)
    }

    fn dependents(
        &self,
        lockfile: &Lockfile,
        packages: &[PackageIndex],
        manifests: &dyn ManifestFiles,
    ) -> Dependents {
        let dependents = with_read(&lockfile.source, |read| {
            requirements::dependents(lockfile, &read, packages, manifests)
        });
        dependents.unwrap_or_default()
    }
}

/// A lockfile that was read, with what it was read from.
struct Read<'text> {
    lockfile: Lockfile,
    installed: Installed<'text>,
    document: &'text Document<'text>,
    written: Written<'text>,
}

/// Reads a lockfile in full, and gives what was read to `then`.
fn with_read<Answer>(
    source: &Arc<SourceText>,
    then: impl FnOnce(Read<'_>) -> Answer,
) -> Result<Answer, LockfileError> {
    let plain = jsonc::plain(&source.text);
    let document = document(source, &plain)?;
    let written = Written::new(source, &plain);
    let (lockfile, installed) = assemble(&written, &document)?;
    Ok(then(Read { lockfile, installed, document: &document, written }))
}

fn document<'text>(
    source: &Arc<SourceText>,
    plain: &'text str,
) -> Result<Document<'text>, LockfileError> {
    match serde_json::from_str::<Document<'text>>(plain) {
        Ok(document) if KNOWN_VERSIONS.contains(&document.lockfile_version) => Ok(document),
        Ok(document) => Err(unknown_version(source, document.lockfile_version)),
        // What is new in a version that is not known need not read at all.
        Err(error) => match serde_json::from_str::<Version>(plain) {
            Ok(Version { lockfile_version }) if !KNOWN_VERSIONS.contains(&lockfile_version) => {
                Err(unknown_version(source, lockfile_version))
            }
            _ => Err(syntax_error(source, &tool::BUN, "a lockfile of Bun", &error)),
        },
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    lockfile_version: u64,
}

fn unknown_version(source: &Arc<SourceText>, version: u64) -> LockfileError {
    let key = "\"lockfileVersion\"";
    let start = source.text.find(key).unwrap_or(0);
    let span = start..(start + key.len()).min(source.text.len());
    let message = format!("version {version} of Bun's lockfile is not known to this lockgate");
    let label =
        format!("versions {} to {} are known", KNOWN_VERSIONS.start(), KNOWN_VERSIONS.end());
    LockfileError::Unsupported(
        Problem::at(source, span, message)
            .label(label)
            .help("update lockgate; nothing of this file was checked"),
    )
}

#[cfg(test)]
mod tests;
