//! From the matches of one lockfile to findings with evidence.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::inquiry::Inquiry;
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::cargo_build::{self, BuildEnvironment, BuildProblem, BuildRequest, ResolvedBuilds};
use crate::container_files;
use crate::evidence::{self, Chains, ClaimCheck, Evidence, StatementCheck, Subject};
use crate::finding::Finding;
use crate::graph::DependencyGraph;
use crate::graph::paths::PathFinder;
use crate::graph::scope::scopes;
use crate::lockfile::manifest::{FolderOnDisk, ManifestFiles};
use crate::lockfile::{Lockfile, file};
use crate::matching::Match;
use crate::package::Ecosystem;
use crate::policy::{Claim, GateAction, GateKey, Policy};
use crate::problem::Location;
use crate::upgrade;
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
    /// Today.
    pub today: Date,
    /// The findings for which every claim is tried.
    pub inquiry: Option<&'run Inquiry>,
    /// For which findings Cargo is asked what it builds.
    pub builds: BuildAccess<'run>,
    /// The manifests around the lockfile, where they do not lie beside it on disk.
    pub manifests: Option<&'run dyn ManifestFiles>,
}

/// For which findings Cargo is asked what it builds, where a claim is about that.
#[derive(Clone, Copy)]
pub enum BuildAccess<'run> {
    /// For every one.
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
    lockfile: &mut Lockfile,
    matches: Vec<Match>,
) -> Vec<CheckedFinding> {
    if matches.is_empty() {
        return Vec::new();
    }
    if let Some(format) = file::format_by_name(lockfile.format) {
        if let Some(manifests) = context.manifests {
            format.learn_from_manifests(lockfile, manifests);
        } else {
            let manifests = FolderOnDisk::of_lockfile(context.path, &lockfile.source.path);
            format.learn_from_manifests(lockfile, &manifests);
        }
    }
    let graph = DependencyGraph::new(lockfile);
    let finder = PathFinder::new(&graph);
    let scopes = scopes(&graph);
    let chains = Chains::default();
    let builds = Builds {
        context,
        lockfile,
        resolved: OnceCell::new(),
        is_certain: Cell::new(true),
    };
    let ships_development = ships_development(context, lockfile);
    matches
        .into_iter()
        .map(|matched| {
            let copies = matched.copies.clone();
            let finding = Finding::new(matched, position, lockfile, &finder, &scopes);
            let subject = Subject {
                lockfile,
                graph: &graph,
                finder: &finder,
                chains: &chains,
                packages: &copies,
                builds: None,
                ships_development: &ships_development,
                npm: &context.policy.npm,
                os: &finding.os,
                arch: &finding.arch,
            };
            builds.is_certain.set(true);
            let checks = check_claims(context, &finding, subject, &builds);
            let statements = check_statements(context, &finding, subject, &checks, &builds);
            let is_stated = statements.iter().any(|check| check.proof().is_some());
            let proof = if is_stated {
                None
            } else {
                prove(context, &finding, subject, &checks, &builds)
            };
            let is_certain = builds.is_certain.get();
            let trial = try_out(context, &finding, subject, &builds);
            CheckedFinding { finding, checks, statements, proof, trial, is_certain }
        })
        .collect()
}

/// The lines that ship what is meant for development, where a claim may be about that.
fn ships_development(context: &Context<'_>, lockfile: &Lockfile) -> Vec<Location> {
    let mut suppressions = context.policy.suppressions.iter();
    let is_claimed =
        suppressions.any(|suppression| suppression.claims.contains(&Claim::DevelopmentOnly));
    if !is_claimed && context.statements.is_empty() && context.inquiry.is_none() {
        return Vec::new();
    }
    let shown = &lockfile.source.path;
    match lockfile.ecosystem {
        Ecosystem::Cargo => cargo_build::example_commands(context.path, shown),
        Ecosystem::Npm => container_files::development_installs(context.path, shown),
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
    /// What is built, asked for the sake of a finding. `None` for a lockfile that is not Cargo's, and
    /// where nobody may ask.
    fn get(&self, finding: &Finding) -> Option<&Result<ResolvedBuilds, BuildProblem>> {
        let request = BuildRequest {
            lockfile: self.lockfile,
            path: self.context.path,
            policy: &self.context.policy.cargo,
            environment: self.context.environment,
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
    let builds = needs_builds(context, finding, &identifiers)
        .then(|| builds.get(finding))
        .flatten();
    let subject = Subject { builds, ..subject };
    evidence::check_claims(&subject, &identifiers, &finding.package, suppressions)
}

/// What every claim would prove and where an upgrade leads, for a finding that somebody asks about.
fn try_out<'run>(
    context: &Context<'_>,
    finding: &Finding,
    subject: Subject<'run>,
    builds: &'run Builds<'run>,
) -> Option<Trial> {
    context
        .inquiry
        .filter(|inquiry| inquiry.is_about(finding))?;
    let resolved = builds.get(finding);
    let evidence = evidence::try_claims(&Subject { builds: resolved, ..subject }, &finding.id);
    let (lockfile, packages) = (subject.lockfile, subject.packages);
    let manifests = FolderOnDisk::of_lockfile(context.path, &lockfile.source.path);
    let format = file::format_by_name(lockfile.format);
    let requirements =
        format.map_or_else(Vec::new, |format| format.requirements(lockfile, packages, &manifests));
    let search = upgrade::Search {
        lockfile,
        finder: subject.finder,
        packages,
        requirements: &requirements,
        builds: resolved.and_then(|resolved| resolved.as_ref().ok()),
    };
    Some(Trial {
        package: finding.package.clone(),
        lockfile: finding.lockfile,
        evidence,
        upgrade: upgrade::look(finding, &search),
    })
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
    let named = context
        .statements
        .about(&finding.identifiers(), &finding.package);
    if named.is_empty() || !is_open(checks, context.policy, context.today) {
        return Vec::new();
    }
    if finding.kind == AdvisoryKind::Malicious {
        let unchecked = |statement| StatementCheck { statement, evidence: Vec::new() };
        return named.into_iter().map(unchecked).collect();
    }
    let statements = named
        .iter()
        .filter_map(|position| context.statements.get(*position));
    let needs_builds = statements
        .flat_map(Statement::checks)
        .any(|claim| claim.needs_builds());
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
