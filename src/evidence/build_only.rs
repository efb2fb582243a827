//! `build-only`: building needs the package, running does not (Cargo `[build-dependencies]`).
//!
//! `Cargo.lock` does not tell the build dependencies of a registry package from its others, so
//! only a chain that is certain at every step refutes the claim.

use super::reachability::{Chain, Way, chain, is_any_copy_unreached, is_project};
use super::{Collector, Evidence, EvidenceResult, Question, Subject};
use crate::lockfile::DependencyKind;
use crate::package::Ecosystem;
use crate::policy::Claim;

/// Looks for a way in that does not start at a build dependency.
pub(super) struct BuildOnly;

impl Collector for BuildOnly {
    fn claim(&self) -> Claim {
        Claim::BuildOnly
    }

    fn collect(&self, question: &Question<'_>) -> Evidence {
        look(question.subject)
    }

    fn look(&self, subject: &Subject<'_>) -> Option<Evidence> {
        Some(look(subject))
    }
}

fn look(subject: &Subject<'_>) -> Evidence {
    if subject.lockfile.ecosystem == Ecosystem::Npm {
        return evidence(
            EvidenceResult::Unknown,
            "npm knows no build dependencies".to_owned(),
            Some("claim `development-only` instead".to_owned()),
            None,
        );
    }
    if let Some(chain) = chain(subject, Way::AtRunTime) {
        return refuted(subject, &chain);
    }
    if let Some(chain) = chain(subject, Way::PerhapsAtRunTime) {
        return undecided(subject, &chain);
    }
    if is_any_copy_unreached(subject) {
        return evidence(
            EvidenceResult::Unknown,
            "no project leads to an installed copy, so nothing tells what it is for".to_owned(),
            None,
            None,
        );
    }
    evidence(
        EvidenceResult::Upheld,
        "every way in starts at a build or development dependency of a project".to_owned(),
        None,
        None,
    )
}

fn refuted(subject: &Subject<'_>, chain: &Chain) -> Evidence {
    evidence(
        EvidenceResult::Refuted,
        format!("it is needed at run time: {}", chain.describe(subject)),
        None,
        Some((chain, subject)),
    )
}

fn undecided(subject: &Subject<'_>, chain: &Chain) -> Evidence {
    let starts_at_unknown = chain.project().is_some_and(|project| {
        subject
            .graph
            .successors(project)
            .iter()
            .any(|edge| is_project(subject, project) && edge.kind == DependencyKind::Unknown)
    });
    let help = if starts_at_unknown {
        "check that the Cargo.toml of every project lies beside the lockfile"
    } else {
        "claim it for the package that a project depends on, or upgrade"
    };
    evidence(
        EvidenceResult::Unknown,
        format!(
            "Cargo.lock does not say whether {} needs it to run or to build",
            chain.describe(subject)
        ),
        Some(help.to_owned()),
        None,
    )
}

fn evidence(
    result: EvidenceResult,
    detail: String,
    help: Option<String>,
    chain: Option<(&Chain, &Subject<'_>)>,
) -> Evidence {
    let locations = chain.map_or_else(Vec::new, |(chain, subject)| {
        chain.locations(subject, |kind| {
            !matches!(kind, DependencyKind::Build | DependencyKind::Development)
        })
    });
    Evidence { claim: Claim::BuildOnly, result, detail, help, locations }
}
