//! The costly facts about one lockfile, each found out when a claim first asks for it: most checks never
//! ask.

use std::cell::OnceCell;
use std::path::Path;

use jiff::civil::Date;

use super::inquiry::Trying;
use crate::cargo_build::{
    self, BuildEnvironment, BuildProblem, BuildRequest, Detail, ResolvedBuilds,
};
use crate::database::AdvisoriesByPackage;
use crate::evidence::{Doubts, Facts, Unanswered};
use crate::finding::Finding;
use crate::imports::{self, Imports};
use crate::installed::{Means, NotInstalled};
use crate::lockfile::Lockfile;
use crate::lockfile::manifest::ManifestFiles;
use crate::npm_use::{self, NpmUse};
use crate::policy::{Cost, Fact, Policy, SourcePlace, Suppression};
use crate::problem::Location;
use crate::vex::Statements;

/// What evidence may be looked for in, besides the lockfile.
#[derive(Clone, Copy)]
pub struct Context<'run> {
    /// Where the lockfile lies.
    pub path: &'run Path,
    /// The manifests around it.
    pub manifests: &'run dyn ManifestFiles,
    /// The claims, and what is shipped.
    pub policy: &'run Policy,
    /// Statements of other people.
    pub statements: &'run Statements,
    /// By what packages are looked at that are not installed in folders.
    pub means: Means<'run>,
    /// The folder in which is kept what modules of packages load.
    pub module_cache: Option<&'run Path>,
    /// What Cargo is given of the environment.
    pub environment: &'run BuildEnvironment,
    pub today: Date,
    /// Which claims are tried although nobody makes them.
    pub trying: Trying<'run>,
    /// The most that may be spent on facts for the sake of a finding.
    pub most_for: &'run dyn Fn(&Finding) -> Cost,
    /// Every record that names a package which was matched, where an upgrade is looked for.
    pub known: &'run AdvisoriesByPackage,
    /// What a change makes doubtful in the lockfile.
    pub doubts: Option<&'run Doubts>,
}

/// What is known about a lockfile so far.
pub(super) struct LockfileFacts<'run> {
    context: &'run Context<'run>,
    lockfile: &'run Lockfile,
    builds: OnceCell<Result<ResolvedBuilds, BuildProblem>>,
    shipped_development: OnceCell<Vec<Location>>,
    npm_use: OnceCell<NpmUse>,
    imports: OnceCell<Result<Imports, NotInstalled>>,
}

impl<'run> LockfileFacts<'run> {
    pub(super) fn new(context: &'run Context<'run>, lockfile: &'run Lockfile) -> Self {
        Self {
            context,
            lockfile,
            builds: OnceCell::new(),
            shipped_development: OnceCell::new(),
            npm_use: OnceCell::new(),
            imports: OnceCell::new(),
        }
    }

    /// The facts for the sake of a finding, as far as `most` and the context let them cost.
    pub(super) fn about<'a>(&'a self, finding: &'a Finding, most: Cost) -> FindingFacts<'a> {
        FindingFacts { facts: self, finding, most }
    }

    fn resolve(&self) -> Result<ResolvedBuilds, BuildProblem> {
        let Context { path, policy, environment, .. } = *self.context;
        cargo_build::resolve(&BuildRequest {
            lockfile: self.lockfile,
            path,
            policy: &policy.cargo,
            policy_text: policy.source.as_deref(),
            environment,
            detail: self.detail(),
        })
    }

    /// What somebody wants to know beyond what is built.
    fn detail(&self) -> Detail {
        let is_asked = matches!(self.context.trying, Trying::Everything(_));
        let mut claimed = self.context.policy.suppressions.iter().flat_map(Suppression::kinds);
        let is_claimed = claimed.any(|kind| kind.takes(Fact::Carriers));
        Detail { narrower: is_asked, carriers: is_asked || is_claimed }
    }

    fn find_shipped_development(&self) -> Vec<Location> {
        let Context { path, policy, .. } = *self.context;
        let text = policy.source.as_deref();
        cargo_build::ships_development(path, &self.lockfile.source.path, &policy.cargo, text)
    }

    fn find_imports(&self) -> Result<Imports, NotInstalled> {
        let Context { path, policy, .. } = *self.context;
        Imports::find(&imports::Request {
            lockfile: self.lockfile,
            path,
            policy: &policy.npm,
            advisories: &self.advisories_on_disk(),
            means: self.context.means,
            module_cache: self.context.module_cache,
        })
    }

    fn find_npm_use(&self) -> NpmUse {
        let Context { path, policy, .. } = *self.context;
        NpmUse::find(&npm_use::Request {
            lockfile: self.lockfile,
            path,
            policy: &policy.npm,
            advisories: &self.advisories_on_disk(),
            for_imports: false,
            commands: &[],
            words: &[],
        })
    }

    fn advisories_on_disk(&self) -> Vec<String> {
        let sources = self.context.policy.database.sources.iter();
        let on_disk = sources.filter_map(|source| match &source.place {
            SourcePlace::Path(path) => Some(path.clone()),
            SourcePlace::Url(_) | SourcePlace::PackageManager => None,
        });
        on_disk.collect()
    }

    fn is_known(&self, fact: Fact) -> bool {
        match fact {
            Fact::Builds | Fact::Carriers => self.builds.get().is_some(),
            Fact::ShippedDevelopment => self.shipped_development.get().is_some(),
            Fact::NpmUse => self.npm_use.get().is_some(),
            Fact::Imports => self.imports.get().is_some(),
        }
    }
}

/// The facts about a lockfile, for the sake of one of its findings.
#[derive(Clone, Copy)]
pub(super) struct FindingFacts<'run> {
    facts: &'run LockfileFacts<'run>,
    finding: &'run Finding,
    most: Cost,
}

impl std::fmt::Debug for FindingFacts<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("FindingFacts").field(&self.most).finish()
    }
}

impl FindingFacts<'_> {
    /// The facts that are known already, or cost little enough.
    fn allow(&self, fact: Fact) -> Result<&LockfileFacts<'_>, Unanswered<'_>> {
        if self.is_at_hand(fact) { Ok(self.facts) } else { Err(Unanswered::NotAsked) }
    }
}

impl Facts for FindingFacts<'_> {
    fn builds(&self) -> Result<&ResolvedBuilds, Unanswered<'_>> {
        let facts = self.allow(Fact::Builds)?;
        facts.builds.get_or_init(|| facts.resolve()).as_ref().map_err(Unanswered::Failed)
    }

    fn shipped_development(&self) -> Result<&[Location], Unanswered<'_>> {
        let facts = self.allow(Fact::ShippedDevelopment)?;
        Ok(facts.shipped_development.get_or_init(|| facts.find_shipped_development()))
    }

    fn npm_use(&self) -> Result<&NpmUse, Unanswered<'_>> {
        let facts = self.allow(Fact::NpmUse)?;
        Ok(facts.npm_use.get_or_init(|| facts.find_npm_use()))
    }

    fn imports(&self) -> Result<&Imports, Unanswered<'_>> {
        let facts = self.allow(Fact::Imports)?;
        let imports = facts.imports.get_or_init(|| facts.find_imports());
        imports.as_ref().map_err(Unanswered::NotInstalled)
    }

    fn is_at_hand(&self, fact: Fact) -> bool {
        let LockfileFacts { context, lockfile, .. } = self.facts;
        let may_cost = |cost: Cost| cost <= self.most && cost <= (context.most_for)(self.finding);
        fact.ecosystem() == lockfile.ecosystem
            && (self.facts.is_known(fact) || may_cost(fact.cost()))
    }
}
