//! `Cargo.lock`, versions 1 to 4 (Cargo documentation, "Cargo.lock format"; cargo source,
//! `core::resolver::encode`).
//!
//! The vocabulary is that of the `cargo-lock` crate: its lockfile versions, package versions and
//! source identifiers, default registry included. Its `Lockfile` type is the oracle of the tests,
//! not the reader: it keeps no positions, and completing the abbreviated dependencies of version 2
//! and later takes it time that is quadratic in the number of packages.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use cargo_lock::{ResolveVersion, SourceId};
use serde::Deserialize;
use toml::Spanned;

use super::manifest::ManifestFiles;
use super::text::{self, line_start};
use super::{
    DependencyEdge, DependencyKind, LockedPackage, Lockfile, LockfileError, LockfileFormat,
    MissingDependency, PackageIndex,
};
use crate::package::{Ecosystem, PackageId};
use crate::problem::{Problem, SourceText};
use crate::source::PackageSource;

mod canonical;
mod manifest;

/// The format of `Cargo.lock`.
pub struct CargoLock;

impl LockfileFormat for CargoLock {
    fn name(&self) -> &'static str {
        "cargo"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Cargo
    }

    fn file_names(&self) -> &'static [&'static str] {
        &["Cargo.lock"]
    }

    fn recognises(&self, text: &str) -> bool {
        text.lines().any(|line| line.trim_end() == "[[package]]")
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        let wire: WireLockfile<'_> = match canonical::read(&source.text) {
            Some(wire) => wire,
            None => toml::from_str(&source.text).map_err(|error| syntax_error(source, &error))?,
        };
        check_version(source, wire.version.as_ref())?;
        let mut entries = wire.package;
        if let Some(root) = wire.root {
            entries.insert(0, root);
        }
        let packages = read_packages(source, &entries)?;
        let (edges, missing) = connect(&entries);
        let roots = (0..packages.len())
            .filter(|index| packages[*index].source == PackageSource::Local)
            .collect();
        Ok(Lockfile {
            source: Arc::clone(source),
            format: self.name(),
            ecosystem: self.ecosystem(),
            packages,
            edges,
            roots,
            missing,
            importable: BTreeMap::new(),
            declarations: Vec::new(),
        })
    }

    fn learn_from_manifests(&self, lockfile: &mut Lockfile, manifests: &dyn ManifestFiles) {
        manifest::learn(lockfile, manifests);
    }
}

#[derive(Deserialize)]
struct WireLockfile<'text> {
    version: Option<Spanned<u32>>,
    #[serde(borrow, default)]
    package: Vec<WirePackage<'text>>,
    /// The project itself, in lockfiles of Cargo before 1.17.
    #[serde(borrow)]
    root: Option<WirePackage<'text>>,
}

#[derive(Deserialize)]
struct WirePackage<'text> {
    #[serde(borrow)]
    name: Spanned<Cow<'text, str>>,
    #[serde(borrow)]
    version: Spanned<Cow<'text, str>>,
    #[serde(borrow)]
    source: Option<Cow<'text, str>>,
    #[serde(borrow, default)]
    dependencies: Vec<Cow<'text, str>>,
    /// What `[replace]` puts in its place.
    #[serde(borrow)]
    replace: Option<Cow<'text, str>>,
}

fn syntax_error(source: &Arc<SourceText>, error: &toml::de::Error) -> LockfileError {
    if let Some(problem) = text::conflict_marker(source) {
        return LockfileError::Syntax(problem);
    }
    let message = error
        .message()
        .lines()
        .next()
        .unwrap_or("not TOML")
        .to_owned();
    let help = "let cargo write it again: cargo generate-lockfile";
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
    entries: &[WirePackage<'_>],
) -> Result<Vec<LockedPackage>, LockfileError> {
    let mut origins = SourceCache::default();
    let mut seen: HashMap<(&str, &str, Option<&str>), Range<usize>> =
        HashMap::with_capacity(entries.len());
    let mut packages = Vec::with_capacity(entries.len());
    for entry in entries {
        let (name, version) = (entry.name.get_ref(), entry.version.get_ref());
        text::check_name(source, name, entry.name.span())?;
        if let Err(error) = cargo_lock::Version::parse(version) {
            return Err(invalid_version(source, entry, &error));
        }
        let key = (name.as_ref(), version.as_ref(), entry.source.as_deref());
        if seen.insert(key, entry.name.span()).is_some() {
            return Err(LockfileError::Inconsistent(
                Problem::at(source, entry.name.span(), format!("{name} {version} is locked twice"))
                    .help("let cargo write it again: cargo generate-lockfile"),
            ));
        }
        let origin = origins.classify(entry.source.as_deref());
        let folder = None;
        packages.push(LockedPackage {
            id: PackageId {
                ecosystem: Ecosystem::Cargo,
                name: name.to_string(),
                version: version.to_string(),
            },
            source: origin,
            span: entry_span(&source.text, entry),
            development_flag: None,
            folder,
        });
    }
    Ok(packages)
}

fn invalid_version(
    source: &Arc<SourceText>,
    entry: &WirePackage<'_>,
    error: &semver::Error,
) -> LockfileError {
    LockfileError::Syntax(
        Problem::at(
            source,
            entry.version.span(),
            format!("the version of {} is not a semantic version: {error}", entry.name.get_ref()),
        )
        .help("let cargo write it again: cargo generate-lockfile"),
    )
}

/// From the start of the `name` line to the end of the version, in whichever order they stand.
fn entry_span(text: &str, entry: &WirePackage<'_>) -> Range<usize> {
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
        self.known
            .entry(source)
            .or_insert_with(|| classify_source(source))
            .clone()
    }
}

fn classify_source(source: &str) -> PackageSource {
    match SourceId::from_url(source) {
        Ok(id) if id.is_default_registry() => PackageSource::PublicRegistry,
        Ok(id) if id.is_git() => PackageSource::Git(text::without_credentials(id.url().as_str())),
        Ok(id) if is_default_index(id.url()) => PackageSource::PublicRegistry,
        Ok(id) if id.is_path() => PackageSource::Local,
        Ok(id) => PackageSource::OtherRegistry(text::without_credentials(id.url().as_str())),
        // A kind of source that cargo-lock does not know is certainly not the default registry.
        Err(_) => PackageSource::OtherRegistry(text::without_credentials(source)),
    }
}

/// Whether an address is that of the default registry's git index in one of the spellings that cargo
/// takes for the same repository (cargo source, `CanonicalUrl`).
fn is_default_index(url: &url::Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    url.host_str() == Some("github.com")
        && path.trim_end_matches(".git") == "/rust-lang/crates.io-index"
}

/// The entries of each name, next to each other in the order of their names.
struct ByName<'wire> {
    order: Vec<PackageIndex>,
    ranges: HashMap<&'wire str, Range<usize>>,
}

impl<'wire> ByName<'wire> {
    fn new(entries: &'wire [WirePackage<'_>]) -> Self {
        let name = |index: PackageIndex| entries[index].name.get_ref().as_ref();
        let mut order: Vec<PackageIndex> = (0..entries.len()).collect();
        order.sort_by_key(|index| name(*index));
        let mut ranges: HashMap<&str, Range<usize>> = HashMap::with_capacity(entries.len());
        for (position, index) in order.iter().enumerate() {
            ranges.entry(name(*index)).or_insert(position..position).end = position + 1;
        }
        Self { order, ranges }
    }

    fn of(&self, name: &str) -> &[PackageIndex] {
        self.ranges
            .get(name)
            .map_or(&[], |range| &self.order[range.clone()])
    }
}

fn connect(entries: &[WirePackage<'_>]) -> (Vec<DependencyEdge>, Vec<MissingDependency>) {
    let by_name = ByName::new(entries);
    let count = entries.iter().map(|entry| entry.dependencies.len()).sum();
    let mut edges = Vec::with_capacity(count);
    let mut missing = Vec::new();
    for (from, entry) in entries.iter().enumerate() {
        for dependency in entry.dependencies.iter().chain(&entry.replace) {
            let before = edges.len();
            let kind = DependencyKind::Unknown;
            let targets = resolve(entries, &by_name, dependency);
            edges.extend(targets.map(|to| DependencyEdge { from, to, kind }));
            if edges.len() == before {
                missing.push(MissingDependency { from, name: dependency.to_string() });
            }
        }
    }
    (edges, missing)
}

/// A source without the commit that it is locked to, which dependencies leave out.
fn place(source: Option<&str>) -> Option<&str> {
    source?.split('#').next()
}

/// Resolves `name`, `name version` or `name version (source)`. Cargo leaves out what is not needed
/// to tell packages apart: of several packages of one version, one without a source is the local
/// one. Where it is ambiguous all the same, every candidate is taken.
fn resolve<'index>(
    entries: &'index [WirePackage<'_>],
    by_name: &'index ByName<'_>,
    dependency: &'index str,
) -> impl Iterator<Item = PackageIndex> + use<'index> {
    let mut parts = dependency.splitn(3, ' ');
    let name = parts.next().unwrap_or_default();
    let version = parts.next();
    let source = parts
        .next()
        .map(|part| part.trim_start_matches('(').trim_end_matches(')'));
    let source = place(source);
    let has_version = move |index: PackageIndex| {
        version.is_none_or(|wanted| *entries[index].version.get_ref() == wanted)
    };
    let has_source = move |index: PackageIndex| place(entries[index].source.as_deref()) == source;
    let candidates = by_name.of(name);
    let is_exact = version.is_some()
        && candidates
            .iter()
            .any(|index| has_version(*index) && has_source(*index));
    candidates
        .iter()
        .copied()
        .filter(move |index| has_version(*index) && (!is_exact || has_source(*index)))
}

#[cfg(test)]
mod tests;
