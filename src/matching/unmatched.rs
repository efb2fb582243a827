//! Which packages are not matched by name, and why: an unchecked package must not look clean.

use std::collections::{BTreeMap, BTreeSet};

use crate::lockfile::{LockedPackage, Lockfile, PackageIndex};
use crate::package::{Ecosystem, PackageId, PackageName};
use crate::policy::{RegistryPolicy, RegistryStanding};
use crate::source::PackageSource;
use crate::words::{and_more, plural};

/// How many of them are named.
const NAMED: usize = 3;

/// Why a package is not matched by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhyUnmatched {
    /// It comes from a git repository.
    Git,
    /// It lies in the repository, or beside it.
    Path,
    /// It is an archive of a repository, made by a git host.
    Url,
    /// The policy says that its registry holds packages of its own.
    Private,
    /// It comes from another registry than that of its ecosystem, or is fetched by its address.
    Elsewhere,
    /// A change moved its project to where the policy excludes lockfiles.
    Excluded,
}

impl WhyUnmatched {
    /// Every reason for which packages of a lockfile that is checked are counted, in the order of reports.
    pub const ALL: &'static [Self] =
        &[Self::Git, Self::Path, Self::Url, Self::Private, Self::Elsewhere];

    /// The word in reports for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Path => "path",
            Self::Url => "url",
            Self::Private => "private",
            Self::Elsewhere => "elsewhere",
            Self::Excluded => "excluded",
        }
    }

    /// Where such a package comes from, in words.
    pub fn place(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Path => "this repository",
            Self::Url => "a URL of a git host",
            Self::Private => "a private registry",
            Self::Elsewhere => "JSR or the web",
            Self::Excluded => "a folder that the policy excludes",
        }
    }
}

/// Whether advisories of the public registry apply to a package, depending on its source.
///
/// A registry that the policy does not name usually mirrors the public one. An unmatched package is
/// not a clean one, so a package is matched when in doubt.
pub fn why_unmatched(
    package: &LockedPackage,
    registries: &RegistryPolicy,
) -> Result<(), WhyUnmatched> {
    match &package.source {
        PackageSource::PublicRegistry => Ok(()),
        PackageSource::OtherRegistry(_)
        | PackageSource::NamedRegistry { .. }
        | PackageSource::Archive(_) => match registries.standing(&package.source) {
            RegistryStanding::Mirror | RegistryStanding::Unnamed => Ok(()),
            RegistryStanding::Private => Err(WhyUnmatched::Private),
        },
        // Cargo also clones over the web, and marks it with `git+`.
        PackageSource::Git(address) if address.starts_with("http") => Err(WhyUnmatched::Url),
        PackageSource::Git(_) => Err(WhyUnmatched::Git),
        PackageSource::Local => Err(WhyUnmatched::Path),
        PackageSource::Elsewhere(_) => Err(WhyUnmatched::Elsewhere),
    }
}

/// The packages of a lockfile that are not matched by name.
///
/// A project is not a package that could be matched, unless a package of a registry
/// depends on it: then it stands in for one of the public registry (Cargo book, "Overriding
/// Dependencies"; npm documentation, "overrides").
pub fn unmatched(
    lockfile: &Lockfile,
    registries: &RegistryPolicy,
) -> Vec<(PackageIndex, WhyUnmatched)> {
    let mut is_project = vec![false; lockfile.packages.len()];
    for root in &lockfile.roots {
        is_project[*root] = true;
    }
    let is_of_a_registry =
        |index: PackageIndex| lockfile.packages[index].source != PackageSource::Local;
    let stand_ins: BTreeSet<PackageIndex> = lockfile
        .edges
        .iter()
        .filter(|edge| is_project[edge.to] && is_of_a_registry(edge.from))
        .map(|edge| edge.to)
        .collect();
    let packages = lockfile.packages.iter().enumerate();
    packages
        .filter_map(|(index, package)| Some((index, why_unmatched(package, registries).err()?)))
        .filter(|(index, _)| !is_project[*index] || stand_ins.contains(index))
        .collect()
}

/// The names of everything in a lockfile that is not matched by name, projects included: a former
/// registry package may have become one of these.
pub fn unmatched_names(
    lockfile: &Lockfile,
    registries: &RegistryPolicy,
) -> BTreeMap<PackageName, WhyUnmatched> {
    let packages = lockfile.packages.iter();
    packages
        .filter_map(|package| {
            let why = why_unmatched(package, registries).err()?;
            Some((package.id.package_name(), why))
        })
        .collect()
}

/// How many packages of all lockfiles are not matched by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnmatchedPackages {
    all: BTreeSet<(WhyUnmatched, PackageId, String)>,
    names: BTreeMap<PackageName, WhyUnmatched>,
}

impl UnmatchedPackages {
    /// Takes in those of a lockfile. A package that is installed several times counts once.
    pub fn add(&mut self, lockfile: &Lockfile, registries: &RegistryPolicy) {
        let path = &lockfile.source.path;
        self.names.extend(unmatched_names(lockfile, registries));
        for (index, why) in unmatched(lockfile, registries) {
            let package = lockfile.packages[index].id.clone();
            self.all.insert((why, package, path.clone()));
        }
    }

    /// Why a package of this name is not matched by name, projects included. `None` if there is none.
    pub fn of_name(&self, ecosystem: Ecosystem, name: &str) -> Option<WhyUnmatched> {
        self.names.get(&PackageName::new(ecosystem, name)).copied()
    }

    /// How many there are for one reason.
    pub fn count(&self, why: WhyUnmatched) -> usize {
        self.all.iter().filter(|(known, _, _)| *known == why).count()
    }

    /// One line: how many there are and why. `None` if there are none.
    pub fn remark(&self) -> Option<String> {
        let total = self.all.len();
        if total == 0 {
            return None;
        }
        let counts = WhyUnmatched::ALL.iter().filter_map(|why| match self.count(*why) {
            0 => None,
            count => Some(format!("{count} from {}", why.place())),
        });
        let counts: Vec<String> = counts.collect();
        let names: BTreeSet<&str> =
            self.all.iter().map(|(_, package, _)| package.name.as_str()).collect();
        let more = and_more(names.len().saturating_sub(NAMED));
        let first: Vec<&str> = names.into_iter().take(NAMED).collect();
        Some(format!(
            "{total} {} not matched by name: {} ({}{more})",
            plural(total, "package is", "packages are"),
            counts.join(", "),
            first.join(", "),
        ))
    }
}
