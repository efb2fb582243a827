//! Whether a suppression that is limited to dependency paths covers every way in.

use super::{Evidence, EvidenceResult, Question};
use crate::lockfile::PackageIndex;
use crate::policy::path_coverage::{Coverage, uncovered_path};
use crate::policy::{Claim, PathPattern};

/// What the `paths` of a suppression cover.
pub(super) enum CoveredPaths {
    None,
    /// Every way in, or it has no `paths`.
    All,
    /// Some way in is left open: it does not clear.
    NotAll(Evidence),
}

/// Looks at every way in, not only at those that reports list.
pub(super) fn look(question: &Question<'_>) -> CoveredPaths {
    let patterns = &question.suppression.paths;
    if patterns.is_empty() {
        return CoveredPaths::All;
    }
    if !covers_a_listed_path(question, patterns) {
        return CoveredPaths::None;
    }
    let subject = question.subject;
    let coverage = uncovered_path(
        patterns,
        subject.finder.starts(),
        subject.packages,
        |from| subject.graph.successors(from).iter().map(|edge| edge.package),
        |package| subject.graph.id(package).name.as_str(),
    );
    match coverage {
        Coverage::Covered => CoveredPaths::All,
        Coverage::Uncovered(walk) => {
            let steps: Vec<String> =
                walk.iter().map(|step| subject.graph.id(*step).to_string()).collect();
            left_open(question, format!("`paths` leaves a way in open: {}", steps.join(" › ")))
        }
        Coverage::Unreachable(_) => {
            left_open(question, "no project leads to an installed copy".to_owned())
        }
        Coverage::TooComplex => left_open(
            question,
            "there are too many ways in to check that `paths` covers them all".to_owned(),
        ),
    }
}

fn covers_a_listed_path(question: &Question<'_>, patterns: &[PathPattern]) -> bool {
    let subject = question.subject;
    subject
        .packages
        .iter()
        .flat_map(|package| subject.finder.paths_to(*package).paths)
        .any(|path| is_covered(question, patterns, &path))
}

/// A single path is a graph in which every step has one successor.
fn is_covered(question: &Question<'_>, patterns: &[PathPattern], path: &[PackageIndex]) -> bool {
    let Some(last) = path.len().checked_sub(1) else {
        return false;
    };
    let next = |step: usize| (step < last).then_some(step + 1);
    let name = |step: usize| question.subject.graph.id(path[step]).name.as_str();
    uncovered_path(patterns, &[0], &[last], next, name) == Coverage::Covered
}

fn left_open(question: &Question<'_>, detail: String) -> CoveredPaths {
    CoveredPaths::NotAll(Evidence {
        claim: question.suppression.claims.first().copied().unwrap_or(Claim::Attested),
        result: EvidenceResult::Unknown,
        detail,
        help: Some("add a pattern that covers it, or leave `paths` out".to_owned()),
        locations: vec![question.suppression.location.clone()],
    })
}
