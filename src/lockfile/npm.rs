//! `package-lock.json` and `npm-shrinkwrap.json`, lockfile versions 1 to 3 (npm documentation,
//! "package-lock.json").
//!
//! Version 1 nests `dependencies`, version 3 lists `packages` by their folder, version 2 does both
//! for the sake of old readers. Whatever version a file says it is, npm 7 and later install its
//! `packages` and npm 6 its `dependencies` (npm source, `arborist`, `shrinkwrap`): where they disagree
//! both are matched. Both layouts are brought to one shape, entries by folder, and resolved as Node.js
//! resolves modules: from the folder of the dependent upwards.

mod asked;
mod carriers;
mod dependencies;
mod entry;
mod fit;
mod folders;
mod json_entries;
mod names;
mod packages;
mod place;
mod projects;
mod records;
mod repeats;
mod request;
mod requirements;
mod resolution;
mod sections;
mod wire;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::folders::Folders;
use super::bun::is_of_bun;
use super::manifest::ManifestFiles;
use super::node::configuration;
use super::node::json::Keyed;
use super::node::projects::{Projects, learn};
use super::node::syntax::{nested_error, syntax_error};
use super::records::Differing;
use super::tool::{self, Tool};
use super::{
    Dependents, Lockfile, LockfileError, LockfileFormat, PackageIndex, PlatformLimitsApply,
};
use crate::problem::{Gap, Problem, SourceText};
use serde_json::value::RawValue;
use wire::WireLockfile;

/// The format of `package-lock.json` and `npm-shrinkwrap.json`.
#[derive(Debug)]
pub struct NpmLock;

impl LockfileFormat for NpmLock {
    fn tool(&self) -> &'static Tool {
        &tool::NPM
    }

    /// A search in the text, so that one with merge conflicts is recognised as well.
    fn recognises(&self, text: &str) -> bool {
        let has = |key: &str| memchr::memmem::find(text.as_bytes(), key.as_bytes()).is_some();
        text.trim_start().starts_with('{')
            && has("\"lockfileVersion\"")
            && (has("\"packages\"") || has("\"dependencies\""))
            && !is_of_bun(text)
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        parse(source).map(|(lockfile, _)| lockfile)
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        manifests: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        let (mut lockfile, folders) = parse(source)?;
        let projects = Projects::read(&lockfile, manifests);
        let misfits = fit::misfits(&lockfile, &folders, &projects);
        learn(&mut lockfile, &projects, |asked| {
            folders.seen_from(asked.folder).resolve(asked.name)
        });
        if lockfile.platform_limits == PlatformLimitsApply::AsRecorded
            && let Some(location) = configuration::ignores_limits(self.tool(), manifests)
        {
            lockfile.platform_limits = PlatformLimitsApply::Never(location);
        }
        Ok((lockfile, misfits))
    }

    fn folders_of_packages(&self, lockfile: &Lockfile) -> BTreeSet<String> {
        folders_of(lockfile).of_packages()
    }

    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String> {
        projects::folders_of_projects(lockfile, manifests)
    }

    fn differing(&self, before: &Lockfile, after: &Lockfile) -> Option<Differing> {
        records::differing(&before.source.text, &after.source.text)
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

/// The folders that the packages of a lockfile lie in, which is read once more for them.
fn folders_of(lockfile: &Lockfile) -> Folders {
    parse(&lockfile.source).map(|(_, folders)| folders).unwrap_or_default()
}

fn parse(source: &Arc<SourceText>) -> Result<(Lockfile, Folders), LockfileError> {
    let refused = match parse_plain(source) {
        Ok(parsed) => return Ok(parsed),
        Err(refused) => refused,
    };
    // Only a lockfile that is refused is searched for what it says twice.
    let Some(text) = repeats::without(source)? else {
        return Err(refused);
    };
    let (mut lockfile, folders) = parse_plain(&Arc::new(SourceText::new(&*source.path, text)))?;
    lockfile.source = Arc::clone(source);
    Ok((lockfile, folders))
}

fn parse_plain(source: &Arc<SourceText>) -> Result<(Lockfile, Folders), LockfileError> {
    let wire = wire(source)?;
    let nested = wire.dependencies.as_ref();
    let Some(packages) = &wire.packages else {
        let nothing = Keyed::default();
        let nested = match nested {
            Some(nested) => nested,
            // A project without any dependency. From version 2 on npm lists the project itself.
            None if wire.lockfile_version == Some(1) => &nothing,
            None => return Err(not_a_lockfile(source)),
        };
        let entries = dependencies::entries(source, &wire, nested)?.into_iter().map(Ok);
        let (mut lockfile, folders) = resolution::lockfile(source, &NpmLock, entries)?;
        lockfile.platform_limits = PlatformLimitsApply::NotRecorded;
        lockfile.omits_peers = true;
        return Ok((lockfile, folders));
    };
    let entries = packages::entries(source, &wire, packages);
    let (mut lockfile, folders) = resolution::lockfile(source, &NpmLock, entries)?;
    if let Some(nested) = nested {
        let others = dependencies::others(source, nested, &lockfile, &folders)?;
        sections::compare(&mut lockfile, &folders, others);
    }
    Ok((lockfile, folders))
}

/// The content of the file. Where that cannot be read at once, what is wrong is told about the file first,
/// and then about its nested entries.
fn wire(source: &Arc<SourceText>) -> Result<WireLockfile<'_>, LockfileError> {
    if let Ok(wire) = serde_json::from_str::<WireLockfile<'_>>(&source.text) {
        check_version(source, wire.lockfile_version)?;
        return Ok(wire);
    }
    let wire: WireLockfile<'_, &RawValue> = serde_json::from_str(&source.text)
        .map_err(|error| syntax_error(source, &tool::NPM, WHAT, &error))?;
    let WireLockfile { name, version, lockfile_version, packages, dependencies } = wire;
    check_version(source, lockfile_version)?;
    let dependencies = dependencies.map(|raw| {
        serde_json::from_str(raw.get())
            .map_err(|error| nested_error(source, &tool::NPM, WHAT, raw.get(), &error))
    });
    let dependencies = dependencies.transpose()?;
    Ok(WireLockfile { name, version, lockfile_version, packages, dependencies })
}

fn check_version(source: &Arc<SourceText>, version: Option<u64>) -> Result<(), LockfileError> {
    match version {
        // npm before version 5 wrote npm-shrinkwrap.json without a version, in the layout of 1.
        None | Some(1..=3) => Ok(()),
        Some(version) => {
            let key = "\"lockfileVersion\"";
            let start = source.text.find(key).unwrap_or(0);
            Err(LockfileError::Unsupported(
                Problem::at(
                    source,
                    start..start + key.len(),
                    format!("npm lockfile version {version} is not known to this lockgate"),
                )
                .label("versions 1 to 3 are known")
                .help("update lockgate; nothing of this file was checked"),
            ))
        }
    }
}

const WHAT: &str = "an npm lockfile";

fn not_a_lockfile(source: &Arc<SourceText>) -> LockfileError {
    LockfileError::Unsupported(
        Problem::in_file(
            &source.path,
            "this JSON is no npm lockfile: it has neither `packages` nor `dependencies`",
        )
        .help(tool::NPM.write_again()),
    )
}

#[cfg(test)]
mod tests;
