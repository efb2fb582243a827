//! `build-only`: building needs the package, running does not (Cargo `[build-dependencies]`).
//!
//! `Cargo.lock` does not tell the build dependencies of a registry package from its others, so
//! only a chain that is certain at every step refutes the claim.

use super::reachability::{Chain, Way, chain, is_any_copy_unreached, is_project};
use super::{Collector, Evidence, EvidenceResult, Question};
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
        if question.subject.lockfile.ecosystem == Ecosystem::Npm {
            return evidence(
                EvidenceResult::Unknown,
                "npm knows no build dependencies".to_owned(),
                Some("claim `development-only` instead".to_owned()),
                None,
            );
        }
        if let Some(chain) = chain(question, Way::AtRunTime) {
            return refuted(question, &chain);
        }
        if let Some(chain) = chain(question, Way::PerhapsAtRunTime) {
            return undecided(question, &chain);
        }
        if is_any_copy_unreached(question) {
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
}

fn refuted(question: &Question<'_>, chain: &Chain) -> Evidence {
    evidence(
        EvidenceResult::Refuted,
        format!("it is needed at run time: {}", chain.describe(question)),
        None,
        Some((chain, question)),
    )
}

fn undecided(question: &Question<'_>, chain: &Chain) -> Evidence {
    let starts_at_unknown = chain.project().is_some_and(|project| {
        question
            .subject
            .graph
            .successors(project)
            .iter()
            .any(|edge| is_project(question, project) && edge.kind == DependencyKind::Unknown)
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
            chain.describe(question)
        ),
        Some(help.to_owned()),
        None,
    )
}

fn evidence(
    result: EvidenceResult,
    detail: String,
    help: Option<String>,
    chain: Option<(&Chain, &Question<'_>)>,
) -> Evidence {
    let locations = chain.map_or_else(Vec::new, |(chain, question)| {
        chain.locations(question, |kind| {
            !matches!(kind, DependencyKind::Build | DependencyKind::Development)
        })
    });
    Evidence { claim: Claim::BuildOnly, result, detail, help, locations }
}
