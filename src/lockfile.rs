//! Lockfiles: what is locked, where it comes from, and what pulls it in.
//!
//! One file per format under `lockfile/`, each a row in [`FORMATS`]. A format turns text into a
//! [`Lockfile`]; it reads nothing else and decides nothing. What it cannot read in full it refuses:
//! a half-read lockfile would be a false pass.

pub mod bun;
pub mod cargo;
pub mod chosen;
pub mod deno;
pub mod discovery;
pub mod file;
mod hashes;
pub mod manifest;
pub mod node;
pub mod npm;
pub mod pnpm;
pub mod project;
pub mod records;
mod requirement;
#[cfg(test)]
pub(crate) mod sample;
mod text;
pub mod tool;
pub mod yarn;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::package::{Ecosystem, PackageId};
use crate::platform_limits::PlatformLimits;
use crate::problem::{Gap, Location, Passage, Problem, SourceText};
use crate::source::PackageSource;
use manifest::ManifestFiles;
use records::Differing;
use tool::Tool;

pub use self::requirement::{Carrier, Carrying, Dependents, Requirement};

/// Every lockfile format that lockgate reads. The next one is one file and one row.
pub const FORMATS: &[&dyn LockfileFormat] = &[
    &cargo::CargoLock,
    &npm::NpmLock,
    &yarn::classic::YarnClassic,
    &yarn::berry::YarnBerry,
    &pnpm::PnpmLock,
    &yarn::zpm::YarnZpm,
    &bun::BunLock,
    &deno::DenoLock,
];

pub trait LockfileFormat: Sync + std::fmt::Debug {
    /// The package manager that writes it.
    fn tool(&self) -> &'static Tool;

    /// Who writes the lockfile at a path, where that is not the package manager by itself: whose commands
    /// are typed to have it written again.
    fn writer(&self, _path: &str) -> &'static Tool {
        self.tool()
    }

    /// The word in reports, such as `cargo`.
    fn name(&self) -> &'static str {
        self.tool().word
    }

    /// The ecosystem its names belong to.
    fn ecosystem(&self) -> Ecosystem {
        self.tool().ecosystem
    }

    /// File names that are this format. Where several lie in one folder each is a lockfile.
    fn file_names(&self) -> &'static [&'static str] {
        self.tool().lockfiles
    }

    /// Whether a file of this name is of this format, or of another one of the same name.
    fn reads(&self, name: &str) -> bool {
        self.file_names().contains(&name)
    }

    /// Whether a text looks like this format, for files of a name that several formats share and for
    /// files given by hand.
    fn recognises(&self, text: &str) -> bool;

    /// Reads the text alone.
    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError>;

    /// Reads the text and the manifests of its projects, which say what they ask for, and in what way,
    /// where the lockfile itself does not. A manifest that is absent or does not read teaches nothing:
    /// its dependencies stay [`DependencyKind::Unknown`].
    ///
    /// Also gives where the lockfile does not fit the manifests, so that the package manager would
    /// install something else.
    fn read(
        &self,
        source: &Arc<SourceText>,
        manifests: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError>;

    /// The folders that packages are installed in, from the lockfile's own, where the format says so.
    /// Reads the text again.
    fn folders_of_packages(&self, _lockfile: &Lockfile) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// The archives that the package manager keeps itself, by the locators under which it knows the packages
    /// (Yarn). Reads the text again.
    fn kept_archives(&self, _lockfile: &Lockfile) -> BTreeMap<String, KeptArchive> {
        BTreeMap::new()
    }

    /// The folders of the projects that a lockfile locks, from its own folder, as the manifests around
    /// it say.
    fn folders_of_projects(
        &self,
        lockfile: &Lockfile,
        manifests: &dyn ManifestFiles,
    ) -> BTreeSet<String>;

    /// The entries in which two lockfiles of this format differ. `None` where they cannot be told apart.
    fn differing(&self, before: &Lockfile, after: &Lockfile) -> Option<Differing> {
        Some(records::packages::differing(before, after))
    }

    /// What every dependent of some packages asks of them, and what brings them along, so far as the
    /// lockfile and the manifests say it. Reads the lockfile's text again: most checks never ask.
    fn dependents(
        &self,
        lockfile: &Lockfile,
        packages: &[PackageIndex],
        manifests: &dyn ManifestFiles,
    ) -> Dependents;
}

/// The position of a package in [`Lockfile::packages`].
pub type PackageIndex = usize;

#[derive(Debug, Clone)]
pub struct Lockfile {
    /// The text it was parsed from, and its path.
    pub source: Arc<SourceText>,
    pub format: &'static dyn LockfileFormat,
    /// The ecosystem of every package in it.
    pub ecosystem: Ecosystem,
    /// Every locked package, roots included, in the order of the file.
    pub packages: Vec<LockedPackage>,
    /// What depends on what.
    pub edges: Vec<DependencyEdge>,
    /// The projects whose dependencies these are: workspace members, or the folder itself.
    pub roots: Vec<PackageIndex>,
    /// Dependencies that are named but not locked.
    pub missing: Vec<MissingDependency>,
    /// Packages that bring an npm-shrinkwrap.json of their own, which decides what is installed for
    /// them, and of whose dependencies none is locked where that file would put it.
    pub shrinkwrapped: Vec<PackageIndex>,
    /// What the text says in two ways, so that nobody can tell what is installed. Each is a gap.
    pub contradictions: Vec<Gap>,
    /// What is to be known about the text although it leaves nothing open.
    pub remarks: Vec<String>,
    /// Whether [`LockedPackage::limits`] decide where packages are installed.
    pub platform_limits: PlatformLimitsApply,
    /// Whether it leaves out what packages want beside them (npm `peerDependencies`).
    pub omits_peers: bool,
    /// Where a project's manifest asks for a dependency.
    pub declarations: Vec<Declaration>,
}

/// Whether the platforms that a lockfile records for packages decide where these are installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformLimitsApply {
    AsRecorded,
    /// The format does not record them.
    NotRecorded,
    /// This line of a configuration makes the package manager install what does not fit the platform.
    Never(Location),
}

impl Lockfile {
    /// Which lockfiles leave peers out, with an article, where it is one of them.
    pub fn kind_that_omits_peers(&self) -> Option<&'static str> {
        self.omits_peers.then(|| {
            if *self.format.tool() == tool::NPM {
                "a lockfile of version 1"
            } else {
                "a lockfile of Yarn 1"
            }
        })
    }

    /// Whose commands are typed to have it written again.
    pub fn writer(&self) -> &'static Tool {
        self.format.writer(&self.source.path)
    }

    /// How many packages it locks, projects not counted.
    pub fn locked(&self) -> usize {
        self.packages.len().saturating_sub(self.roots.len())
    }

    /// The names of packages that do not come from the public registry, roots not counted.
    pub fn private_packages(&self) -> BTreeSet<SmolStr> {
        let roots: BTreeSet<PackageIndex> = self.roots.iter().copied().collect();
        self.packages
            .iter()
            .enumerate()
            .filter(|(position, package)| !package.source.is_public() && !roots.contains(position))
            .map(|(_, package)| package.id.name.clone())
            .collect()
    }

    /// The key of a package's entry, where the format has keys (npm).
    pub fn key(&self, package: PackageIndex) -> Option<String> {
        let span = self.packages[package].span.clone();
        let mut strings =
            serde_json::Deserializer::from_str(self.source.text.get(span)?).into_iter();
        strings.next()?.ok()
    }

    /// The line of a package's entry.
    pub fn location(&self, package: PackageIndex) -> Location {
        let line = self.source.line_at(self.packages[package].span.start);
        Location { file: self.source.path.clone(), line }
    }
}

/// An archive of a package as the package manager keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptArchive {
    pub package: PackageIndex,
    /// The SHA-512 of the file, in hexadecimal digits. `None` where the lockfile does not say it, as for what
    /// is not installed on every platform.
    pub checksum: Option<String>,
}

/// A line of a manifest that asks for a dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The edge it is the reason for.
    pub edge: DependencyEdge,
    pub location: Location,
    /// The manifest.
    pub source: Arc<SourceText>,
}

impl Declaration {
    /// What the line says.
    pub fn passage(&self) -> Option<Passage> {
        Passage::of_line(Arc::clone(&self.source), self.location.line)
    }
}

/// One entry of a lockfile.
#[derive(Debug, Clone)]
pub struct LockedPackage {
    /// Its registry name and version. A root's version may be empty.
    pub id: PackageId,
    /// Where it comes from.
    pub source: PackageSource,
    /// The bytes of the lockfile's text that a person would call its line: never empty. It ends with the
    /// version, in quotes, where that stands behind the name and near it: see [`version_span`].
    pub span: Range<usize>,
    /// Where the checksum of its archive stands in the text, in bytes and without quotes. `None` where
    /// there is none, or it is written with escapes.
    pub checksum: Option<Range<u32>>,
    /// What the lockfile itself says about development use (npm `dev`). Not evidence: see
    /// [`crate::evidence`]. `None` where the format has no such flag.
    pub development_flag: Option<bool>,
    /// Where it can be installed, if it says so (npm `os`, `cpu`, `libc`).
    pub limits: Option<Box<PlatformLimits>>,
    /// The folder a root lies in, relative to the lockfile's folder, `""` for the same folder.
    /// `None` for a package that is not a root, or where the lockfile does not say.
    pub folder: Option<String>,
}

/// Where the version of a package stands in the text of its lockfile, quotes included. `span` is
/// [`LockedPackage::span`], so that no package takes memory for a second one. `None` where another version
/// stands there than the one that is installed, or none.
pub fn version_span(text: &str, span: &Range<usize>, version: &str) -> Option<Range<usize>> {
    let entry = text.get(span.clone())?;
    let quoted = entry.strip_suffix('"').and_then(|inside| inside.strip_suffix(version));
    if let Some(before) = quoted.and_then(|before| before.strip_suffix('"')) {
        return Some(span.start + before.len()..span.end);
    }
    // Yarn 2 and later write it without quotes.
    let before = entry.strip_suffix(version).filter(|_| !version.is_empty())?;
    before.ends_with(' ').then_some(span.start + before.len()..span.end)
}

/// One dependency between two locked packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DependencyEdge {
    /// The package that depends.
    pub from: PackageIndex,
    /// The package it depends on.
    pub to: PackageIndex,
    pub kind: DependencyKind,
}

/// In what way one package depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DependencyKind {
    /// Needed at run time.
    Normal,
    /// Needed at run time where it can be installed (npm `optionalDependencies`).
    Optional,
    /// Needed beside it (npm `peerDependencies`).
    Peer,
    /// Needed to build it (Cargo `[build-dependencies]`).
    Build,
    /// Needed only to develop it.
    Development,
    /// The lockfile does not say (`Cargo.lock` never does): counts as needed at run time.
    Unknown,
}

/// A dependency that the lockfile names but does not lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingDependency {
    /// The package that names it.
    pub from: PackageIndex,
    pub name: String,
    /// Why it is not locked.
    pub reason: MissingReason,
}

/// Why a dependency is not locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingReason {
    NotLocked,
    /// It is a part of the archive of the package that names it, and whoever wrote the lockfile did
    /// not unpack that. Its name in the registry; `None` where it comes from elsewhere.
    Bundled(Option<SmolStr>),
    /// It is installed in this folder, relative to the lockfile's, by what is locked there.
    Outside(String),
}

/// Why a lockfile could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockfileError {
    /// It is not written in the syntax of its format.
    #[error("{0}")]
    Syntax(Problem),
    /// The syntax holds, but it is not a lockfile of a kind we know.
    #[error("{0}")]
    Unsupported(Problem),
    #[error("{0}")]
    Inconsistent(Problem),
    /// There is nothing in it, which its package manager takes for no lockfile.
    #[error("{problem}")]
    Empty { tool: &'static Tool, problem: Problem },
}

impl LockfileError {
    /// What is wrong, for the screen.
    pub fn problem(&self) -> &Problem {
        match self {
            Self::Syntax(problem)
            | Self::Unsupported(problem)
            | Self::Inconsistent(problem)
            | Self::Empty { problem, .. } => problem,
        }
    }
}
