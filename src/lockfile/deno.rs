//! `deno.lock`, versions 2 to 5 (Deno documentation, "Lockfile"; Deno source, `libs/lockfile`).
//!
//! Packages of npm are matched. Those of JSR and modules that are fetched by their addresses are read as
//! well, and no advisory is about them: they are counted and named.

mod assemble;
mod document;
mod fit;
mod manifest;
mod modules;
mod request;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use self::assemble::assemble;
use self::document::{Document, KNOWN_VERSIONS};
use self::fit::AllManifests;
use self::manifest::Manifests;
use super::manifest::ManifestFiles;
use super::node::json::Str;
use super::node::jsonc::{self, Written};
use super::node::package_json;
use super::node::syntax::syntax_error;
use super::tool::{self, Tool};
use super::{
    Dependents, Lockfile, LockfileError, LockfileFormat, MissingReason, PackageIndex, Requirement,
};
use crate::problem::{Gap, Problem, SourceText};

/// The format of `deno.lock`.
#[derive(Debug)]
pub struct DenoLock;

impl LockfileFormat for DenoLock {
    fn tool(&self) -> &'static Tool {
        &tool::DENO
    }

    fn recognises(&self, text: &str) -> bool {
        let has = |key: &str| memchr::memmem::find(text.as_bytes(), key.as_bytes()).is_some();
        let tables = ["\"specifiers\"", "\"remote\"", "\"jsr\""];
        has("\"version\"") && tables.into_iter().any(has) && !has("\"lockfileVersion\"")
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        with_read(source, |lockfile, _| lockfile)
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        files: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        with_read(source, |mut lockfile, document| {
            let manifests = manifests(&lockfile, files);
            let misfits = fit::misfits(&lockfile, document, &manifests, files);
            for (root, manifest) in &manifests {
                if let Some(name) = manifest.name() {
                    lockfile.packages[*root].id.name = name.into();
                }
            }
            fit::declare(&mut lockfile, &manifests);
            leave_out_projects(&mut lockfile, files);
            (lockfile, misfits)
        })
    }

    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        _manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String> {
        let folders = lockfile.roots.iter();
        folders.filter_map(|root| lockfile.packages[*root].folder.clone()).collect()
    }

    /// Deno does not say what packages ask of each other: only what projects ask for is known.
    fn dependents(
        &self,
        lockfile: &Lockfile,
        packages: &[PackageIndex],
        files: &dyn ManifestFiles,
    ) -> Dependents {
        Dependents {
            requirements: requirements(lockfile, packages, files),
            ..Dependents::default()
        }
    }
}

fn manifests(lockfile: &Lockfile, files: &dyn ManifestFiles) -> AllManifests {
    let roots = lockfile.roots.iter();
    let with_folder =
        roots.filter_map(|root| Some((*root, lockfile.packages[*root].folder.as_deref()?)));
    with_folder.map(|(root, folder)| (root, Manifests::read(folder, files))).collect()
}

/// A project that another one depends on is in no table: it is not missing.
fn leave_out_projects(lockfile: &mut Lockfile, files: &dyn ManifestFiles) {
    if lockfile.missing.is_empty() {
        return;
    }
    let folders = lockfile.roots.iter();
    let folders = folders.filter_map(|root| lockfile.packages[*root].folder.as_deref());
    let names: BTreeSet<String> = folders
        .filter_map(|folder| {
            let slash = if folder.is_empty() { "" } else { "/" };
            let text = files.read(&format!("{folder}{slash}{}", tool::DENO.manifest))?;
            let values = package_json::values(&text.text).ok()??;
            Some(values.get("name")?.as_str()?.to_owned())
        })
        .collect();
    let is_project = |name: &str| names.contains(name);
    lockfile
        .missing
        .retain(|missing| missing.reason != MissingReason::NotLocked || !is_project(&missing.name));
}

/// What projects ask of some packages, as their manifests say it. Everybody else that depends on them asks
/// for nobody knows what.
fn requirements(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    files: &dyn ManifestFiles,
) -> Vec<Requirement> {
    let manifests = manifests(lockfile, files);
    let mut requirements = Vec::new();
    for edge in lockfile.edges.iter().filter(|edge| packages.contains(&edge.to)) {
        let name = lockfile.packages[edge.to].id.name.to_string();
        let manifest = manifests.get(&edge.from);
        let mut asked = manifest.map(Manifests::asked).unwrap_or_default().into_iter();
        let asked = asked.find(|asked| asked.name == name);
        let location = asked.as_ref().map(|asked| asked.location.clone());
        requirements.push(Requirement {
            from: edge.from,
            to: edge.to,
            key: name,
            table: "",
            versions: asked.and_then(|asked| asked.versions),
            location: location.unwrap_or_else(|| lockfile.location(edge.from)),
            is_override: false,
            is_from_alias: false,
        });
    }
    requirements
}

/// Reads a lockfile in full, and gives what was read to `then`.
fn with_read<Answer>(
    source: &Arc<SourceText>,
    then: impl FnOnce(Lockfile, &Document<'_>) -> Answer,
) -> Result<Answer, LockfileError> {
    let plain = jsonc::plain(&source.text);
    let document = document(source, &plain)?;
    let lockfile = assemble(&Written::new(source, &plain), &document)?;
    Ok(then(lockfile, &document))
}

fn document<'text>(
    source: &Arc<SourceText>,
    plain: &'text str,
) -> Result<Document<'text>, LockfileError> {
    match serde_json::from_str::<Document<'text>>(plain) {
        Ok(document) => {
            check_version(source, document.version.as_ref())?;
            Ok(document)
        }
        // What is new in a version that is not known need not read at all.
        Err(error) => {
            if let Ok(Version { version }) = serde_json::from_str::<Version<'_>>(plain) {
                check_version(source, version.as_ref())?;
            }
            Err(syntax_error(source, &tool::DENO, "a lockfile of Deno", &error))
        }
    }
}

#[derive(Deserialize)]
struct Version<'text> {
    #[serde(borrow)]
    version: Option<Str<'text>>,
}

fn check_version(source: &Arc<SourceText>, version: Option<&Str<'_>>) -> Result<(), LockfileError> {
    let number = version.and_then(|version| version.parse::<u64>().ok());
    if number.is_some_and(|number| KNOWN_VERSIONS.contains(&number)) {
        return Ok(());
    }
    let message = match version {
        Some(version) => format!(
            "version {} of Deno's lockfile is not known to this lockgate",
            version.escape_debug()
        ),
        None => "a lockfile of Deno says its version, and this one does not".to_owned(),
    };
    let is_newer = number.is_some_and(|number| number > *KNOWN_VERSIONS.end());
    let help = if is_newer {
        "update lockgate; nothing of this file was checked".to_owned()
    } else {
        tool::DENO.write_anew()
    };
    let key = "\"version\"";
    let problem = match source.text.find(key) {
        Some(start) => Problem::at(source, start..start + key.len(), message),
        None => Problem::in_file(&source.path, message),
    };
    let label =
        format!("versions {} to {} are known", KNOWN_VERSIONS.start(), KNOWN_VERSIONS.end());
    Err(LockfileError::Unsupported(problem.label(label).help(help)))
}

#[cfg(test)]
mod tests;
