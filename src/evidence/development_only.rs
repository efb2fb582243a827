//! `development-only`: nothing but development needs the package.
//!
//! Two questions make up the claim. Is the package outside of what is installed or built for
//! production? This is decided here, over the edges of the lockfile, as told apart by the projects'
//! manifests: npm installs for production what the dependencies, optional dependencies and peer
//! dependencies of any workspace lead to (npm documentation, "npm install", `--omit`). A flag in the
//! lockfile (npm `dev`) is no evidence; where it contradicts the edges the claim is unknown.
//!
//! And is what is left out shipped all the same, because code imports it, a bundler takes it in, somebody
//! copies it, or development is installed where it is shipped? For npm every file of the repository
//! may say so: [`crate::npm_use`] tells what was searched, and on what that rests. For Cargo tests,
//! examples or benchmarks may be shipped.
//!
//! What it rests on for Cargo: the lockfile, the manifests, and that no test, example or benchmark is
//! shipped. That `[cargo] development` declares; lines of any text file that order such a build are found,
//! and one that ships what `cargo test` has left behind would make it false.

use super::reachability::{Chain, Way, chain, first_installed, is_any_copy_unreached};
use super::{Collector, Evidence, EvidenceResult, Question, Subject, shipped_development};
use crate::lockfile::DependencyKind;
use crate::package::Ecosystem;
use crate::policy::Claim;
use crate::problem::Location;

/// Looks for a way in that is not development.
pub(super) struct DevelopmentOnly;

impl Collector for DevelopmentOnly {
    fn claim(&self) -> Claim {
        Claim::DevelopmentOnly
    }

    fn collect(&self, question: &Question<'_>) -> Evidence {
        look(question.subject)
    }

    fn look(&self, subject: &Subject<'_>) -> Option<Evidence> {
        Some(look(subject))
    }
}

fn look(subject: &Subject<'_>) -> Evidence {
    if let Some(chain) = chain(subject, Way::OutsideDevelopment) {
        return evidence(
            EvidenceResult::Refuted,
            format!("it is needed outside development: {}", chain.describe(subject)),
            None,
            Some((&chain, subject)),
        );
    }
    if let Some(chain) = chain(subject, Way::PerhapsOutsideDevelopment) {
        return undecided(subject, &chain);
    }
    if is_any_copy_unreached(subject) {
        return unknown(
            "no project leads to an installed copy, so nothing tells what it is for",
            None,
            Vec::new(),
        );
    }
    let open = contradicted(subject)
        .or_else(|| peers_not_recorded(subject))
        .or_else(|| shipped_all_the_same(subject));
    if let Some(open) = open {
        return open;
    }
    evidence(
        EvidenceResult::Upheld,
        "every way in starts at a development dependency of a project".to_owned(),
        None,
        None,
    )
}

/// The project's own edge is of unknown kind: its manifest was not there, or does not ask for it.
fn undecided(subject: &Subject<'_>, chain: &Chain) -> Evidence {
    let project =
        chain.project().map_or_else(String::new, |project| subject.graph.id(project).to_string());
    let (manifest, lockfile) = match subject.lockfile.ecosystem {
        Ecosystem::Cargo => ("Cargo.toml", "Cargo.lock"),
        Ecosystem::Npm => ("package.json", "a lockfile of version 1"),
    };
    let detail = format!(
        "{lockfile} does not say what {project} needs it for, and no {manifest} of it was found that does"
    );
    unknown(
        &detail,
        Some(&format!("check where the {manifest} of {project} lies beside the lockfile")),
        Vec::new(),
    )
}

/// The lockfile's own flag says something else than its edges: one of them is wrong.
fn contradicted(subject: &Subject<'_>) -> Option<Evidence> {
    let lockfile = subject.lockfile;
    let flagged = subject
        .packages
        .iter()
        .find(|package| lockfile.packages[**package].development_flag == Some(false))?;
    let detail = format!(
        "the dependencies say development, but the lockfile does not mark {} as `dev`",
        subject.graph.id(*flagged)
    );
    let help = "let npm write the lockfile again: npm install --package-lock-only";
    Some(unknown(&detail, Some(help), vec![lockfile.location(*flagged)]))
}

/// A package of production may want this one beside it, and npm 7 and later then installs it for
/// production. Lockfiles of version 1 do not say so.
fn peers_not_recorded(subject: &Subject<'_>) -> Option<Evidence> {
    let lockfile = subject.lockfile;
    if !lockfile.omits_peers {
        return None;
    }
    let first = first_installed(subject, Way::PerhapsOutsideDevelopment)?;
    let detail = format!(
        "a lockfile of version 1 does not say whether {} needs it as a peer",
        subject.graph.id(first)
    );
    let help = "let npm 7 or later write the lockfile again: npm install --package-lock-only";
    Some(unknown(&detail, Some(help), vec![lockfile.location(first)]))
}

/// What is meant for development is shipped, or may be: an example of Cargo's, or whatever brings what
/// npm installs into it.
fn shipped_all_the_same(subject: &Subject<'_>) -> Option<Evidence> {
    if let Some(used) = subject.npm_use.npm_use() {
        let doubt = shipped_development::doubt(subject, used)?;
        return Some(unknown(&doubt.detail, Some(&doubt.help), doubt.locations));
    }
    let lines = subject.ships_development;
    if lines.is_empty() {
        return None;
    }
    let detail = "only development needs it, but what development builds (tests, examples, benchmarks) may be \
                  shipped";
    let help = "ship a binary of the package instead, or answer for the line in `[cargo]`: \
                `ignore = [{ line = \"…\", why = \"…\" }]`";
    Some(unknown(detail, Some(help), lines.to_vec()))
}

fn unknown(detail: &str, help: Option<&str>, locations: Vec<Location>) -> Evidence {
    let help = help.map(str::to_owned);
    let undecided = evidence(EvidenceResult::Unknown, detail.to_owned(), help, None);
    Evidence { locations, ..undecided }
}

fn evidence(
    result: EvidenceResult,
    detail: String,
    help: Option<String>,
    chain: Option<(&Chain, &Subject<'_>)>,
) -> Evidence {
    let locations = chain.map_or_else(Vec::new, |(chain, subject)| {
        chain.locations(subject, |kind| kind != DependencyKind::Development)
    });
    Evidence { claim: Claim::DevelopmentOnly, result, detail, help, locations }
}
