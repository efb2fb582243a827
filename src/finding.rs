//! A finding: one vulnerability in one locked package, with what is known about it.

mod ways_in;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

pub use self::ways_in::WaysIn;
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::graph::scope::Scopes;
use crate::lockfile::{Lockfile, PackageIndex};
use crate::matching::Match;
use crate::package::PackageId;
use crate::policy::{RegistryPolicy, RegistryStanding};
use crate::problem::Location;
use crate::scope::FindingScope;
use crate::severity::Severity;
use crate::source::PackageSource;

/// A path through the dependency graph, from a project to a package.
pub type WayIn = Vec<Arc<PackageId>>;

/// One vulnerability in one locked package of one lockfile.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The name of the vulnerability: the least of all its identifiers.
    pub id: AdvisoryId,
    pub aliases: BTreeSet<AdvisoryId>,
    /// The strictest kind that any record gives it.
    pub kind: AdvisoryKind,
    /// The gravest severity that any record gives it.
    pub severity: Severity,
    /// The CVSS vector of every record that matches and has one: they need not agree.
    pub vectors: BTreeSet<String>,
    /// One line for people. May be empty.
    pub title: String,
    /// A page about it.
    pub url: Option<String>,
    /// The sources whose records matched.
    pub sources: BTreeSet<SmolStr>,
    pub package: PackageId,
    /// The lockfile, and the line of each installed copy, in order. Never empty.
    pub locations: Vec<Location>,
    /// The bytes of each installed copy's entry in the lockfile's text, in the same order.
    pub spans: Vec<Range<usize>>,
    /// The registries of its copies that the policy does not name: they are assumed to
    /// mirror the public one.
    pub registries: BTreeSet<String>,
    /// The position of the lockfile among those checked.
    pub lockfile: usize,
    /// What needs the package.
    pub scope: FindingScope,
    /// How it gets in: paths from a project to the package. The first one is the shortest of those that
    /// make the scope, the others follow by length. Findings of one package share them.
    pub paths: Arc<Vec<WayIn>>,
    /// Whether there are more paths than are listed.
    pub paths_cut: bool,
    /// Requirements that a patched version fulfils. Empty: no patched version is known.
    pub fixed_in: Vec<SmolStr>,
    /// The functions that are affected, if the advisory names any.
    pub functions: BTreeMap<String, Vec<String>>,
    /// Operating systems that are affected. Empty means all.
    pub os: BTreeSet<String>,
    /// Processor architectures that are affected. Empty means all.
    pub arch: BTreeSet<String>,
    /// A digest that stays the same when the version or the line changes, for the same vulnerability
    /// in the same package of the same lockfile: 32 hexadecimal digits.
    pub fingerprint: String,
}

impl Finding {
    /// Puts together what the lockfile, the graph and the advisory know about a match.
    pub fn new(
        matched: Match,
        lockfile_position: usize,
        lockfile: &Lockfile,
        ways_in: &mut WaysIn<'_>,
        scopes: &Scopes,
    ) -> Self {
        let Match { package, copies, advisory } = matched;
        let (paths, paths_cut) = ways_in.to(&copies);
        let spans: Vec<Range<usize>> =
            copies.iter().map(|copy| lockfile.packages[*copy].span.clone()).collect();
        let path = &lockfile.source.path;
        let locations = spans
            .iter()
            .map(|span| Location { file: path.clone(), line: lockfile.source.line_at(span.start) })
            .collect();
        Self {
            fingerprint: fingerprint(&advisory.id, &package, lockfile.source.place()),
            id: advisory.id,
            aliases: advisory.aliases,
            kind: advisory.kind,
            severity: advisory.severity,
            vectors: advisory.vectors,
            title: advisory.title,
            url: advisory.url,
            sources: advisory.sources,
            scope: scopes.of(&copies),
            package,
            locations,
            spans,
            registries: BTreeSet::new(),
            lockfile: lockfile_position,
            paths,
            paths_cut,
            fixed_in: advisory.patched,
            functions: advisory.functions,
            os: advisory.os,
            arch: advisory.arch,
        }
    }

    /// Records the registries of its copies that the policy does not name.
    #[must_use]
    pub fn with_unnamed_registries(
        mut self,
        lockfile: &Lockfile,
        copies: &[PackageIndex],
        policy: &RegistryPolicy,
    ) -> Self {
        let sources = copies.iter().map(|copy| &lockfile.packages[*copy].source);
        let unnamed = sources.filter(|source| policy.standing(source) == RegistryStanding::Unnamed);
        self.registries = unnamed.filter_map(PackageSource::registry).collect();
        self
    }

    /// Its name and every other identifier.
    pub fn identifiers(&self) -> BTreeSet<AdvisoryId> {
        self.aliases.iter().cloned().chain([self.id.clone()]).collect()
    }
}

/// A digest of what stays the same while a finding stays open: the vulnerability, the package and
/// the lockfile, but neither the version nor the line.
fn fingerprint(id: &AdvisoryId, package: &PackageId, lockfile: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [id.as_str(), package.ecosystem.as_str(), &package.name, lockfile] {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests;
