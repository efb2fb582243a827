//! Whether what is installed is what the lockfile locks.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use smol_str::SmolStr;

use super::scan::Lying;
use crate::lockfile::{DependencyKind, LockedPackage, Lockfile, PackageIndex};
use crate::platform_limits::NpmPlatform;
use crate::source::PackageSource;

/// The packages of a lockfile by what their manifests call them.
pub(super) struct Locked<'lockfile> {
    lockfile: &'lockfile Lockfile,
    by_name: HashMap<&'lockfile str, Vec<PackageIndex>>,
    roots: BTreeSet<PackageIndex>,
}

impl<'lockfile> Locked<'lockfile> {
    pub(super) fn new(lockfile: &'lockfile Lockfile) -> Self {
        let mut by_name: HashMap<&str, Vec<PackageIndex>> = HashMap::new();
        for (index, package) in lockfile.packages.iter().enumerate() {
            by_name.entry(&package.id.name).or_default().push(index);
        }
        Self { lockfile, by_name, roots: lockfile.roots.iter().copied().collect() }
    }

    /// The entries that a package on disk may be a copy of. Empty: the lockfile does not lock it.
    pub(super) fn copies(&self, lying: &Lying, name: &str, version: &str) -> Vec<PackageIndex> {
        let named = self.named(name);
        let exact = |index: &&PackageIndex| {
            !self.roots.contains(*index)
                && plain_version(&self.lockfile.packages[**index].id.version)
                    == plain_version(version)
        };
        let exact: Vec<PackageIndex> = named.iter().filter(exact).copied().collect();
        if !exact.is_empty() {
            return exact;
        }
        // What is no package of a registry is locked without its version, or under the name that it is
        // installed as.
        let mut others: Vec<PackageIndex> = [named, self.named(&lying.installed_as)]
            .into_iter()
            .flatten()
            .copied()
            .filter(|index| !self.lockfile.packages[*index].source.is_of_registry())
            .collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// The entries of folders to which links of these names lead.
    pub(super) fn linked(&self, names: &BTreeSet<SmolStr>) -> Vec<PackageIndex> {
        let entries = names.iter().flat_map(|name| self.named(name)).copied();
        entries.filter(|it| self.lockfile.packages[*it].source == PackageSource::Local).collect()
    }

    /// The entries with a name, whatever their versions.
    pub(super) fn named(&self, name: &str) -> &[PackageIndex] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A version as registries compare it: npm takes `v1.2.3` and `=1.2.3` for `1.2.3`, and build metadata for
/// nothing (semver 2.0, 10).
fn plain_version(version: &str) -> &str {
    let bare = version.trim().trim_start_matches(['v', '=', ' ']);
    bare.split_once('+').map_or(bare, |(version, _)| version)
}

/// Why a locked package need not be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AbsentBecause {
    /// All that is only for development was left out.
    Development,
    /// It is not from a registry for npm, and is kept elsewhere.
    Elsewhere,
    /// It, or whatever brings it along, is optional or does not fit this platform, or nothing asks for it.
    Optional,
}

/// Locked packages that are not installed.
pub(super) enum Absent {
    Allowed(Vec<(PackageIndex, AbsentBecause)>),
    /// This one should be.
    Lacking(PackageIndex),
}

/// Which packages of a lockfile are not installed, and whether they may be absent.
pub(super) fn absent(lockfile: &Lockfile, folder: &Path, present: &[bool]) -> Absent {
    let reaching = Reaching::new(lockfile, folder, present);
    let required =
        reaching.reached(|kind| is_required(kind) || kind == DependencyKind::Development);
    let to_run = reaching.reached(|kind| kind != DependencyKind::Development);
    let only_developed: Vec<PackageIndex> =
        (0..present.len()).filter(|index| required[*index] && !to_run[*index]).collect();
    let is_developed = only_developed.iter().any(|index| present[*index]);
    let required_to_run = reaching.reached(is_required);
    let mut allowed = Vec::new();
    for index in (0..present.len()).filter(|index| !present[*index] && !reaching.is_root(*index)) {
        let source = &lockfile.packages[index].source;
        if matches!(source, PackageSource::Elsewhere(_)) {
            allowed.push((index, AbsentBecause::Elsewhere));
            continue;
        }
        if required_to_run[index] || (is_developed && required[index]) {
            return Absent::Lacking(index);
        }
        let because = if required[index] || !to_run[index] {
            AbsentBecause::Development
        } else {
            AbsentBecause::Optional
        };
        allowed.push((index, because));
    }
    Absent::Allowed(allowed)
}

fn is_required(kind: DependencyKind) -> bool {
    matches!(kind, DependencyKind::Normal | DependencyKind::Build | DependencyKind::Unknown)
}

struct Reaching<'lockfile> {
    edges: Vec<Vec<(PackageIndex, DependencyKind)>>,
    lockfile: &'lockfile Lockfile,
    present: &'lockfile [bool],
    /// The projects whose folders are there.
    projects: Vec<PackageIndex>,
}

impl<'lockfile> Reaching<'lockfile> {
    fn new(lockfile: &'lockfile Lockfile, folder: &Path, present: &'lockfile [bool]) -> Self {
        let mut edges = vec![Vec::new(); lockfile.packages.len()];
        for edge in &lockfile.edges {
            edges[edge.from].push((edge.to, edge.kind));
        }
        let manifest = lockfile.format.tool().manifest;
        // What pnpm itself runs on is listed like a project, and is not installed in a project.
        let is_there = |index: &PackageIndex| match &lockfile.packages[*index].folder {
            Some(own) => folder.join(own).join(manifest).is_file(),
            None => true,
        };
        let projects = lockfile.roots.iter().copied().filter(is_there).collect();
        Self { edges, lockfile, present, projects }
    }

    fn reached(&self, follows: impl Fn(DependencyKind) -> bool) -> Vec<bool> {
        let mut reached = vec![false; self.edges.len()];
        let mut pending = self.projects.clone();
        for project in &self.projects {
            reached[*project] = true;
        }
        while let Some(from) = pending.pop() {
            for (to, kind) in &self.edges[from] {
                if follows(*kind) && !reached[*to] && !self.may_be_left_out(*to) {
                    reached[*to] = true;
                    pending.push(*to);
                }
            }
        }
        reached
    }

    /// Whether a package is absent and does not fit this platform: so may be what only it needs.
    fn may_be_left_out(&self, index: PackageIndex) -> bool {
        !self.present[index] && may_be_left_out(&self.lockfile.packages[index])
    }

    fn is_root(&self, index: PackageIndex) -> bool {
        self.lockfile.roots.contains(&index)
    }
}

/// Whether a package may not fit the platform that lockgate runs on.
pub(super) fn may_be_left_out(package: &LockedPackage) -> bool {
    package.limits.as_deref().is_some_and(|limits| {
        // Which C library there is nobody knows.
        !limits.libraries.is_empty()
            || !this_platform().is_some_and(|platform| limits.allow(&platform))
    })
}

/// The platform that lockgate runs on, in npm's words.
fn this_platform() -> Option<NpmPlatform> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        "solaris" | "illumos" => "sunos",
        system => system,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "x86" => "ia32",
        "aarch64" => "arm64",
        "loongarch64" => "loong64",
        "powerpc64" => "ppc64",
        processor => processor,
    };
    NpmPlatform::parse(&format!("{system}-{processor}"))
}
