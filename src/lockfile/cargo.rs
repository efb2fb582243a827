//! `Cargo.lock`, versions 1 to 4 (Cargo documentation, "Cargo.lock format"; cargo source,
//! `core::resolver::encode`).
//!
//! The vocabulary is that of the `cargo-lock` crate: its lockfile versions, package versions and
//! source identifiers, default registry included. Its `Lockfile` type is the oracle of the tests,
//! not the reader: it keeps no positions, and completing the abbreviated dependencies of version 2
//! and later takes it time that is quadratic in the number of packages.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use cargo_lock::{ResolveVersion, SourceId};
use toml::Spanned;

use self::entries::{Entry, WireLockfile};
use self::resolution::{ByName, TooAmbiguous, connect};
use super::hashes;
use super::manifest::ManifestFiles;
use super::records::{self, Differing};
use super::text::{self, line_start, span_in};
use super::tool::{self, Tool};
use super::{
    Dependents, LockedPackage, Lockfile, LockfileError, LockfileFormat, PackageIndex,
    PlatformLimitsApply,
};
use crate::package::{Ecosystem, PackageId};
use crate::problem::{Gap, Problem, SourceText};
use crate::source::PackageSource;

mod canonical;
mod entries;
mod fit;
mod manifest;
mod requirements;
mod resolution;

/// The format of `Cargo.lock`.
#[derive(Debug)]
pub struct CargoLock;

impl LockfileFormat for CargoLock {
    fn tool(&self) -> &'static Tool {
        &tool::CARGO
    }

    fn recognises(&self, text: &str) -> bool {
        text.lines().any(|line| line.trim_end() == "[[package]]")
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        let mut entries = match canonical::read(&source.text) {
            Some(entries) => entries,
            None => toml::from_str::<WireLockfile<'_>>(&source.text)
                .map_err(|error| syntax_error(source, &error))?
                .into(),
        };
        check_version(source, entries.version.as_ref())?;
        let by_name = ByName::new(&entries.packages);
        if let Some(duplicate) = by_name.duplicate() {
            return Err(locked_twice(source, duplicate));
        }
        let connected =
            connect(&entries, &by_name).map_err(|ambiguous| too_ambiguous(source, &ambiguous));
        drop(by_name);
        // The packages take as much memory as what is not needed any more.
        entries.dependencies = Vec::new();
        let packages = read_packages(source, &entries.packages)?;
        let (edges, missing) = connected?;
        let checksums = entries.packages.iter().enumerate();
        let checksums = checksums.filter_map(|(package, entry)| {
            let (checksum, key) = entry.checksum.as_ref()?;
            Some((&**checksum, *key, package))
        });
        let contradictions = hashes::contradictions(source, &packages, checksums);
        let roots = (0..packages.len())
            .filter(|index| packages[*index].source == PackageSource::Local)
            .collect();
        Ok(Lockfile {
            source: Arc::clone(source),
            format: &CargoLock,
            ecosystem: self.ecosystem(),
            packages,
            edges,
            roots,
            missing,
            shrinkwrapped: Vec::new(),
            contradictions,
            remarks: Vec::new(),
            platform_limits: PlatformLimitsApply::NotRecorded,
            omits_peers: false,
            declarations: Vec::new(),
        })
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        manifests: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        let mut lockfile = self.parse(source)?;
        let workspace = manifest::read_workspace(manifests);
        let misfits = fit::misfits(&lockfile, &workspace, manifests);
        manifest::learn(&mut lockfile, &workspace);
        Ok((lockfile, misfits))
    }

    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String> {
        manifest::folders(lockfile, manifests)
    }

    fn differing(&self, before: &Lockfile, after: &Lockfile) -> Option<Differing> {
        records::cargo::differing(before, after)
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

fn syntax_error(source: &Arc<SourceText>, error: &toml::de::Error) -> LockfileError {
    if let Some(problem) = text::conflict_marker(source) {
        return LockfileError::Syntax(problem);
    }
    let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
    let help = tool::CARGO.write_again();
    let problem = match error.span() {
        Some(span) => Problem::at(source, span, format!("not a Cargo.lock: {message}")),
        None => Problem::in_file(&source.path, format!("not a Cargo.lock: {message}")),
    };
    LockfileError::Syntax(problem.help(help))
}

/// Absent means version 1 or 2, which are told apart by their content.
fn check_version(
    source: &Arc<SourceText>,
    version: Option<&Spanned<u32>>,
) -> Result<(), LockfileError> {
    let Some(version) = version else {
        return Ok(());
    };
    match ResolveVersion::try_from(*version.get_ref()) {
        Ok(_) => Ok(()),
        Err(_) => Err(LockfileError::Unsupported(
            Problem::at(
                source,
                version.span(),
                format!("Cargo.lock version {} is not known to this lockgate", version.get_ref()),
            )
            .label("versions 1 to 4 are known")
            .help("update lockgate; nothing of this file was checked"),
        )),
    }
}

fn read_packages(
    source: &Arc<SourceText>,
    entries: &[Entry<'_>],
) -> Result<Vec<LockedPackage>, LockfileError> {
    let mut origins = SourceCache::default();
    let mut packages = Vec::with_capacity(entries.len());
    for entry in entries {
        let (name, version) = (entry.name.text.as_ref(), entry.version.text.as_ref());
        text::check_name(source, name, entry.name.span())?;
        if let Err(error) = cargo_lock::Version::parse(version) {
            return Err(invalid_version(source, entry, &error));
        }
        let origin = origins.classify(entry.source.as_deref());
        packages.push(LockedPackage {
            id: PackageId {
                ecosystem: Ecosystem::Cargo,
                name: name.into(),
                version: version.into(),
            },
            source: origin,
            span: entry_span(&source.text, entry),
            checksum: entry.checksum.as_ref().and_then(|(hash, _)| span_in(&source.text, hash)),
            development_flag: None,
            limits: None,
            folder: None,
        });
    }
    Ok(packages)
}

fn locked_twice(source: &Arc<SourceText>, entry: &Entry<'_>) -> LockfileError {
    let (name, version) = (entry.name.text.as_ref(), entry.version.text.as_ref());
    LockfileError::Inconsistent(
        Problem::at(source, entry.name.span(), format!("{name} {version} is locked twice"))
            .help(tool::CARGO.write_again()),
    )
}

fn too_ambiguous(source: &Arc<SourceText>, ambiguous: &TooAmbiguous<'_>) -> LockfileError {
    let TooAmbiguous { dependent, dependency, candidates } = ambiguous;
    let message = format!(
        "{} {} depends on `{dependency}`, which may be any of {candidates} packages",
        dependent.name.text, dependent.version.text
    );
    LockfileError::Inconsistent(
        Problem::at(source, dependent.name.span(), message)
            .label("and so do too many others")
            .help(tool::CARGO.write_again()),
    )
}

fn invalid_version(
    source: &Arc<SourceText>,
    entry: &Entry<'_>,
    error: &semver::Error,
) -> LockfileError {
    LockfileError::Syntax(
        Problem::at(
            source,
            entry.version.span(),
            format!("the version of {} is not a semantic version: {error}", &entry.name.text),
        )
        .help(tool::CARGO.write_again()),
    )
}

/// From the start of the `name` line to the end of the version, in whichever order they stand.
fn entry_span(text: &str, entry: &Entry<'_>) -> Range<usize> {
    let (name, version) = (entry.name.span(), entry.version.span());
    let start = name.start.min(version.start);
    line_start(text, start)..name.end.max(version.end)
}

/// Nearly every package of a lockfile has the same source, so each spelling is read once.
#[derive(Default)]
struct SourceCache<'text> {
    known: BTreeMap<&'text str, PackageSource>,
}

impl<'text> SourceCache<'text> {
    /// A package without a source is a member of the workspace or comes from a path.
    fn classify(&mut self, source: Option<&'text str>) -> PackageSource {
        let Some(source) = source else {
            return PackageSource::Local;
        };
        self.known.entry(source).or_insert_with(|| classify_source(source)).clone()
    }
}

fn classify_source(source: &str) -> PackageSource {
    match SourceId::from_url(source) {
        Ok(id) if id.is_default_registry() => PackageSource::PublicRegistry,
        Ok(id) if id.is_git() => PackageSource::Git(text::without_credentials(source)),
        Ok(id) if is_default_index(id.url()) => PackageSource::PublicRegistry,
        Ok(_) if is_default_registry_otherwise(source) => PackageSource::PublicRegistry,
        Ok(id) if id.is_path() => PackageSource::Local,
        Ok(id) => PackageSource::OtherRegistry(text::without_credentials(id.url().as_str())),
        // A kind of source that cargo-lock does not know is certainly not the default registry.
        Err(_) => PackageSource::OtherRegistry(text::without_credentials(source)),
    }
}

/// Whether an address is that of the default registry with a dot behind its host, which is the same host
/// (RFC 1034, section 3.1).
fn is_default_registry_otherwise(source: &str) -> bool {
    let Some((start, rest)) = source.split_once("://") else {
        return false;
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    let plain = format!("{start}://{}{path}", host.trim_end_matches('.').to_ascii_lowercase());
    let is_default_port = matches!(port, "" | "443");
    is_default_port
        && plain != source
        && SourceId::from_url(&plain)
            .is_ok_and(|id| id.is_default_registry() || is_default_index(id.url()))
}

/// Whether an address is that of the default registry's git index in one of the spellings that cargo
/// takes for the same repository (cargo source, `CanonicalUrl`).
fn is_default_index(url: &url::Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    url.host_str() == Some("github.com")
        && path.trim_end_matches(".git") == "/rust-lang/crates.io-index"
}

#[cfg(test)]
mod tests;
