//! `development-only`: nothing but development needs the package.
//!
//! Decided over the edges of the lockfile, as told apart by the projects' manifests. A flag in the
//! lockfile (npm `dev`) is no evidence; where it contradicts the edges the claim is unknown.
//! Whether production code imports a development dependency all the same is not looked at here.

use super::reachability::{Chain, Way, chain, is_any_copy_unreached};
use super::{Collector, Evidence, EvidenceResult, Question};
use crate::lockfile::DependencyKind;
use crate::package::Ecosystem;
use crate::policy::Claim;

/// Looks for a way in that is not development.
pub(super) struct DevelopmentOnly;

impl Collector for DevelopmentOnly {
    fn claim(&self) -> Claim {
        Claim::DevelopmentOnly
    }

    fn collect(&self, question: &Question<'_>) -> Evidence {
        if let Some(chain) = chain(question, Way::OutsideDevelopment) {
            return evidence(
                EvidenceResult::Refuted,
                format!("it is needed outside development: {}", chain.describe(question)),
                None,
                Some((&chain, question)),
            );
        }
        if let Some(chain) = chain(question, Way::PerhapsOutsideDevelopment) {
            return undecided(question, &chain);
        }
        if is_any_copy_unreached(question) {
            return unknown(
                "no project leads to an installed copy, so nothing tells what it is for",
                None,
            );
        }
        if let Some(flagged) = question.subject.packages.iter().find(|package| {
            question.subject.lockfile.packages[**package].development_flag == Some(false)
        }) {
            let detail = format!(
                "the dependencies say development, but the lockfile does not mark {} as `dev`",
                question.subject.graph.id(*flagged)
            );
            return unknown(
                &detail,
                Some("let npm write the lockfile again: npm install --package-lock-only"),
            );
        }
        evidence(
            EvidenceResult::Upheld,
            "every way in starts at a development dependency of a project".to_owned(),
            None,
            None,
        )
    }
}

/// The project's own edge is of unknown kind: its manifest was not there, or does not ask for it.
fn undecided(question: &Question<'_>, chain: &Chain) -> Evidence {
    let project = chain
        .project()
        .map_or_else(String::new, |project| question.subject.graph.id(project).to_string());
    let (manifest, lockfile) = match question.subject.lockfile.ecosystem {
        Ecosystem::Cargo => ("Cargo.toml", "Cargo.lock"),
        Ecosystem::Npm => ("package.json", "a lockfile of version 1"),
    };
    let detail = format!(
        "{lockfile} does not say what {project} needs it for, and no {manifest} of it was found that does"
    );
    unknown(
        &detail,
        Some(&format!("check where the {manifest} of {project} lies beside the lockfile")),
    )
}

fn unknown(detail: &str, help: Option<&str>) -> Evidence {
    evidence(EvidenceResult::Unknown, detail.to_owned(), help.map(str::to_owned), None)
}

fn evidence(
    result: EvidenceResult,
    detail: String,
    help: Option<String>,
    chain: Option<(&Chain, &Question<'_>)>,
) -> Evidence {
    let locations = chain.map_or_else(Vec::new, |(chain, question)| {
        chain.locations(question, |kind| kind != DependencyKind::Development)
    });
    Evidence {
        claim: Claim::DevelopmentOnly,
        result,
        detail,
        help,
        locations,
    }
}
