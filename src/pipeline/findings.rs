//! From the matches of one lockfile to findings with evidence.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::inquiry::Trying;
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::cargo_build::{
    self, BuildEnvironment, BuildProblem, BuildRequest, Detail, ResolvedBuilds,
};
use crate::database::AdvisoriesByPackage;
use crate::evidence::{self, Chains, ClaimCheck, Doubt, Doubts, Evidence, StatementCheck, Subject};
use crate::finding::{Finding, WaysIn};
use crate::graph::DependencyGraph;
use crate::graph::paths::PathFinder;
use crate::graph::scope::scopes;
use crate::lockfile::manifest::FolderOnDisk;
use crate::lockfile::{Lockfile, PackageIndex};
use crate::matching::Match;
use crate::npm_use::{FindsNpmUse, NpmUse, Request};
use crate::package::Ecosystem;
use crate::policy::{Claim, GateAction, GateKey, Policy, SourcePlace};
use crate::problem::Location;
use crate::upgrade::{self, Upgrade};
use crate::verdict::Trial;
use crate::verdict::decide::{CheckedFinding, is_open};
use crate::vex::{Statement, Statements};

/// What evidence may be looked for in, besides the lockfile.
#[derive(Clone, Copy)]
pub struct Context<'run> {
    /// Where the lockfile lies.
    pub path: &'run Path,
    /// The claims, and what is shipped.
    pub policy: &'run Policy,
    /// Statements of other people.
    pub statements: &'run Statements,
    /// What Cargo is given of the environment.
    pub environment: &'run BuildEnvironment,
    pub today: Date,
    /// Which claims are tried although nobody makes them.
    pub trying: Trying<'run>,
    /// For which findings Cargo is asked what it builds.
    pub builds: BuildAccess<'run>,
    /// Every record that names a package which was matched, where an upgrade is looked for.
    pub known: &'run AdvisoriesByPackage,
    /// What a change makes doubtful in the lockfile.
    pub doubts: Option<&'run Doubts>,
}

/// For which findings Cargo is asked what it builds, where a claim is about that.
#[derive(Clone, Copy)]
pub enum BuildAccess<'run> {
    Always,
    /// For those that this is true of. It is asked just before Cargo is.
    Where(&'run dyn Fn(&Finding) -> bool),
}

impl BuildAccess<'_> {
    fn allows(self, finding: &Finding) -> bool {
        match self {
            Self::Always => true,
            Self::Where(is_wanted) => is_wanted(finding),
        }
    }
}

/// From the matches of one lockfile to findings with evidence. `position` is that of the lockfile
/// among those checked.
pub fn check(
    context: &Context<'_>,
    position: usize,
    lockfile: &Lockfile,
    matches: Vec<Match>,
) -> Vec<CheckedFinding> {
    if matches.is_empty() {
        return Vec::new();
    }
    let graph = DependencyGraph::new(lockfile);
    let scene = Scene {
        context,
        lockfile,
        graph: &graph,
        finder: &PathFinder::new(&graph),
        chains: &Chains::default(),
        ships_development: &ships_development(context, lockfile),
        npm_use: &LazyNpmUse { context, lockfile, found: OnceCell::new() },
    };
    let restored = context.doubts.map_or(&[][..], Doubts::restored);
    let scopes = if restored.is_empty() {
        scopes(&graph)
    } else {
        let mut fuller = lockfile.clone();
        fuller.edges.extend(restored);
        scopes(&DependencyGraph::new(&fuller))
    };
    let builds =
        Builds { context, lockfile, resolved: OnceCell::new(), is_certain: Cell::new(true) };
    let mut ways_in = WaysIn::new(scene.finder);
    let mut checked: Vec<(CheckedFinding, Vec<PackageIndex>)> = matches
        .into_iter()
        .map(|matched| {
            let copies = matched.copies.clone();
            let finding = Finding::new(matched, position, lockfile, &mut ways_in, &scopes)
                .with_unnamed_registries(lockfile, &copies, &context.policy.registries);
            (scene.check(finding, &copies, &builds), copies)
        })
        .collect();
    // Only now it is certain whether what is built had to be resolved.
    for (checked, copies) in &mut checked {
        let subject = scene.subject(&checked.finding, copies);
        let trial = try_out(context, checked, subject, &builds);
        checked.trial = trial;
    }
    checked.into_iter().map(|(checked, _)| checked).collect()
}

/// What is the same for all findings of a lockfile.
#[derive(Clone, Copy)]
struct Scene<'run> {
    context: &'run Context<'run>,
    lockfile: &'run Lockfile,
    graph: &'run DependencyGraph<'run>,
    finder: &'run PathFinder<'run, 'run>,
    chains: &'run Chains,
    ships_development: &'run [Location],
    npm_use: &'run LazyNpmUse<'run>,
}

/// What the repository uses of npm's packages, searched for when it is first asked for: most checks
/// never ask.
struct LazyNpmUse<'run> {
    context: &'run Context<'run>,
    lockfile: &'run Lockfile,
    found: OnceCell<NpmUse>,
}

impl std::fmt::Debug for LazyNpmUse<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("LazyNpmUse").field(&self.found).finish()
    }
}

impl FindsNpmUse for LazyNpmUse<'_> {
    fn npm_use(&self) -> Option<&NpmUse> {
        if self.lockfile.ecosystem != Ecosystem::Npm {
            return None;
        }
        Some(self.found.get_or_init(|| {
            let sources = self.context.policy.database.sources.iter();
            let on_disk = sources.filter_map(|source| match &source.place {
                SourcePlace::Path(path) => Some(path.clone()),
                SourcePlace::Url(_) | SourcePlace::PackageManager => None,
            });
            NpmUse::find(&Request {
                lockfile: self.lockfile,
                path: self.context.path,
                policy: &self.context.policy.npm,
                advisories: &on_disk.collect::<Vec<_>>(),
            })
        }))
    }
}

impl<'run> Scene<'run> {
    fn subject<'a>(&self, finding: &'a Finding, copies: &'a [PackageIndex]) -> Subject<'a>
    where
        'run: 'a,
    {
        Subject {
            lockfile: self.lockfile,
            graph: self.graph,
            finder: self.finder,
            chains: self.chains,
            packages: copies,
            builds: None,
            ships_development: self.ships_development,
            npm_use: self.npm_use,
            npm: &self.context.policy.npm,
            os: &finding.os,
            arch: &finding.arch,
        }
    }

    fn check(
        &self,
        finding: Finding,
        copies: &[PackageIndex],
        builds: &Builds<'_>,
    ) -> CheckedFinding {
        let context = self.context;
        let subject = self.subject(&finding, copies);
        builds.is_certain.set(true);
        let doubt = context.doubts.and_then(|doubts| doubts.about(copies));
        let mut checks = check_claims(context, &finding, subject, builds);
        if let Some(doubt) = doubt {
            self.shake(doubt, &mut checks);
        }
        let mut statements = check_statements(context, &finding, subject, &checks, builds);
        if let Some(doubt) = doubt {
            for check in &mut statements {
                doubt.shake(&mut check.evidence, |claim| self.rests_on_lockfile(claim));
            }
        }
        let is_stated = statements.iter().any(|check| check.proof().is_some());
        let proof = if is_stated {
            None
        } else {
            let proof = prove(context, &finding, subject, &checks, builds);
            proof.filter(|proof| doubt.is_none_or(|_| !self.rests_on_lockfile(proof.claim)))
        };
        let is_certain = builds.is_certain.get();
        CheckedFinding { finding, checks, statements, proof, trial: None, is_certain }
    }
}

impl Scene<'_> {
    /// What is in doubt proves nothing. A suppression that is limited to paths rests on the edges as a
    /// whole, whatever it claims.
    fn shake(&self, doubt: &Doubt, checks: &mut [ClaimCheck]) {
        for check in checks {
            let suppression = self.context.policy.suppressions.get(check.suppression);
            let is_limited = suppression.is_none_or(|suppression| !suppression.paths.is_empty());
            doubt.shake(&mut check.evidence, |claim| is_limited || self.rests_on_lockfile(claim));
        }
    }

    fn rests_on_lockfile(&self, claim: Claim) -> bool {
        evidence::rests_on_lockfile(claim, self.lockfile.ecosystem)
    }
}

/// The lines that ship what is meant for development, where a claim may be about that.
fn ships_development(context: &Context<'_>, lockfile: &Lockfile) -> Vec<Location> {
    let mut suppressions = context.policy.suppressions.iter();
    let is_claimed =
        suppressions.any(|suppression| suppression.claims.contains(&Claim::DevelopmentOnly));
    let is_nothing_tried = matches!(context.trying, Trying::Nothing);
    if !is_claimed && context.statements.is_empty() && is_nothing_tried {
        return Vec::new();
    }
    let shown = &lockfile.source.path;
    match lockfile.ecosystem {
        Ecosystem::Cargo => {
            let policy = context.policy;
            let text = policy.source.as_deref();
            cargo_build::ships_development(context.path, shown, &policy.cargo, text)
        }
        // For npm it takes more: see `LazyNpmUse`.
        Ecosystem::Npm => Vec::new(),
    }
}

/// What is built, resolved when it is first asked for: most checks never ask.
struct Builds<'run> {
    context: &'run Context<'run>,
    lockfile: &'run Lockfile,
    resolved: OnceCell<Result<ResolvedBuilds, BuildProblem>>,
    /// Whether everything that was asked since this was set has an answer.
    is_certain: Cell<bool>,
}

impl Builds<'_> {
    /// What somebody wants to know beyond what is built.
    fn detail(&self) -> Detail {
        let is_asked = matches!(self.context.trying, Trying::Everything(_));
        let mut suppressions = self.context.policy.suppressions.iter();
        let is_claimed =
            suppressions.any(|suppression| suppression.claims.contains(&Claim::BuildOnly));
        Detail { narrower: is_asked, carriers: is_asked || is_claimed }
    }

    /// What is built, asked for the sake of a finding. `None` for a lockfile that is not Cargo's, and
    /// where nobody may ask.
    fn get(&self, finding: &Finding) -> Option<&Result<ResolvedBuilds, BuildProblem>> {
        let request = BuildRequest {
            lockfile: self.lockfile,
            path: self.context.path,
            policy: &self.context.policy.cargo,
            policy_text: self.context.policy.source.as_deref(),
            environment: self.context.environment,
            detail: self.detail(),
        };
        let is_cargo = self.lockfile.ecosystem == Ecosystem::Cargo;
        if !is_cargo {
            return None;
        }
        let is_known = self.resolved.get().is_some();
        let resolved = (is_known || self.context.builds.allows(finding))
            .then(|| self.resolved.get_or_init(|| cargo_build::resolve(&request)));
        if !matches!(resolved, Some(Ok(_))) {
            self.is_certain.set(false);
        }
        resolved
    }
}

fn check_claims<'run>(
    context: &Context<'_>,
    finding: &Finding,
    subject: Subject<'run>,
    builds: &'run Builds<'run>,
) -> Vec<ClaimCheck> {
    let identifiers = finding.identifiers();
    let suppressions = &context.policy.suppressions;
    let builds =
        needs_builds(context, finding, &identifiers).then(|| builds.get(finding)).flatten();
    let subject = Subject { builds, ..subject };
    let mut checks = evidence::check_claims(&subject, &identifiers, &finding.package, suppressions);
    if finding.kind == AdvisoryKind::Malicious {
        for check in &mut checks {
            evidence::doubt_about_malice(&mut check.evidence);
        }
    }
    checks
}

/// What claims that nobody makes would prove, as far as somebody wants to know.
fn try_out<'run>(
    context: &Context<'_>,
    checked: &CheckedFinding,
    subject: Subject<'run>,
    builds: &'run Builds<'run>,
) -> Option<Trial> {
    let finding = &checked.finding;
    let (mut evidence, upgrade) = match context.trying {
        Trying::Everything(inquiry) if inquiry.is_about(finding) => {
            let subject = Subject { builds: builds.get(finding), ..subject };
            (evidence::try_claims(&subject, &finding.id), way_up(context, finding, &subject))
        }
        Trying::WhatIsAtHand if is_open(&checked.checks, context.policy, context.today) => {
            let subject = Subject { builds: builds.resolved.get(), ..subject };
            (
                evidence::try_claims_at_hand(&subject, &finding.id),
                way_up(context, finding, &subject),
            )
        }
        Trying::Nothing | Trying::WhatIsAtHand | Trying::Everything(_) => return None,
    };
    if finding.kind == AdvisoryKind::Malicious {
        evidence::doubt_about_malice(&mut evidence);
    }
    Some(Trial {
        package: finding.package.clone(),
        lockfile: finding.lockfile,
        fingerprint: finding.fingerprint.clone(),
        evidence,
        upgrade,
    })
}

/// Where an upgrade leads.
fn way_up(context: &Context<'_>, finding: &Finding, subject: &Subject<'_>) -> Upgrade {
    let (lockfile, packages) = (subject.lockfile, subject.packages);
    let manifests = FolderOnDisk::of_lockfile(context.path, &lockfile.source.path);
    let dependents = lockfile.format.dependents(lockfile, packages, &manifests);
    let known = context.known.get(&finding.package.package_name());
    let search = upgrade::Search {
        lockfile,
        finder: subject.finder,
        packages,
        dependents: &dependents,
        known: known.map_or(&[], |known| &known.advisories),
        builds: subject.builds.and_then(|resolved| resolved.as_ref().ok()),
    };
    upgrade::look(finding, &search)
}

/// Whether a suppression that still counts claims something about what is built.
fn needs_builds(
    context: &Context<'_>,
    finding: &Finding,
    identifiers: &BTreeSet<AdvisoryId>,
) -> bool {
    context.policy.suppressions.iter().any(|suppression| {
        suppression.claims.iter().copied().any(Claim::needs_builds)
            && !suppression.is_expired(context.today)
            && suppression.names(identifiers, &finding.package)
    })
}

/// What is seen for statements of other people, where the policy does not decide.
///
/// About malicious packages they are not checked, and so clear nothing: having fetched one is reason
/// enough to look.
fn check_statements<'run>(
    context: &Context<'_>,
    finding: &Finding,
    subject: Subject<'run>,
    checks: &[ClaimCheck],
    builds: &'run Builds<'run>,
) -> Vec<StatementCheck> {
    let named = context.statements.about(&finding.identifiers(), &finding.package);
    if named.is_empty() || !is_open(checks, context.policy, context.today) {
        return Vec::new();
    }
    if finding.kind == AdvisoryKind::Malicious {
        let unchecked = |statement| StatementCheck { statement, evidence: Vec::new() };
        return named.into_iter().map(unchecked).collect();
    }
    let statements = named.iter().filter_map(|position| context.statements.get(*position));
    let needs_builds = statements.flat_map(Statement::checks).any(|claim| claim.needs_builds());
    let builds = needs_builds.then(|| builds.get(finding)).flatten();
    evidence::check_statements(&Subject { builds, ..subject }, context.statements, &named)
}

/// A proof that nobody had to claim, for a finding that would not pass without it.
///
/// Malicious packages are never cleared by themselves: having fetched one is reason enough to look.
fn prove<'run>(
    context: &Context<'_>,
    finding: &Finding,
    subject: Subject<'run>,
    checks: &[ClaimCheck],
    builds: &'run Builds<'run>,
) -> Option<Evidence> {
    let policy = context.policy;
    let key = GateKey::of(finding.kind, finding.severity.level);
    let passes = policy.gate.decide(key, finding.scope).action == GateAction::Note;
    let is_wanted = !policy.automatic.is_empty()
        && !passes
        && finding.kind != AdvisoryKind::Malicious
        && is_open(checks, policy, context.today);
    if !is_wanted {
        return None;
    }
    evidence::prove(&Subject { builds: builds.get(finding), ..subject }, &policy.automatic)
}
