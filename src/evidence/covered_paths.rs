//! Whether a suppression that is limited to dependency paths covers every way in.

use super::seen::Seen;
use super::{Evidence, Subject};
use crate::lockfile::PackageIndex;
use crate::policy::path_coverage::{Coverage, uncovered_path};
use crate::policy::{ClaimKind, PathPattern, Suppression};

/// What the `paths` of a suppression cover.
pub(super) enum CoveredPaths {
    None,
    /// Every way in, or it has no `paths`.
    All,
    /// Some way in is left open: it does not clear.
    NotAll(Box<Evidence>),
}

/// Looks at every way in, not only at those that reports list.
pub(super) fn look(suppression: &Suppression, subject: &Subject<'_>) -> CoveredPaths {
    let patterns = &suppression.paths;
    if patterns.is_empty() {
        return CoveredPaths::All;
    }
    if !covers_a_listed_path(subject, patterns) {
        return CoveredPaths::None;
    }
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
            let steps = walk.iter().map(|step| subject.graph.id(*step).clone());
            let seen = Seen::unknown("`paths` leaves a way in open").by_way_of(steps.collect());
            left_open(suppression, seen)
        }
        Coverage::Unreachable(_) => {
            left_open(suppression, Seen::unknown("no project leads to an installed copy"))
        }
        Coverage::TooComplex => {
            let detail = "there are too many ways in to check that `paths` covers them all";
            left_open(suppression, Seen::unknown(detail))
        }
    }
}

fn covers_a_listed_path(subject: &Subject<'_>, patterns: &[PathPattern]) -> bool {
    subject
        .packages
        .iter()
        .flat_map(|package| subject.finder.paths_to(*package).paths)
        .any(|path| is_covered(subject, patterns, &path))
}

/// A single path is a graph in which every step has one successor.
fn is_covered(subject: &Subject<'_>, patterns: &[PathPattern], path: &[PackageIndex]) -> bool {
    let Some(last) = path.len().checked_sub(1) else {
        return false;
    };
    let next = |step: usize| (step < last).then_some(step + 1);
    let name = |step: usize| subject.graph.id(path[step]).name.as_str();
    uncovered_path(patterns, &[0], &[last], next, name) == Coverage::Covered
}

fn left_open(suppression: &Suppression, seen: Seen) -> CoveredPaths {
    let seen = seen
        .help("add a pattern that covers it, or leave `paths` out")
        .at([suppression.location.clone()]);
    let claim = suppression.kinds().next().unwrap_or(ClaimKind::Attested);
    CoveredPaths::NotAll(Box::new(seen.about(claim)))
}
