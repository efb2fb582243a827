//! Places that leave a claim open, and that a person can review.

use super::Subject;
use crate::policy::OpenPlace;
use crate::words::count;

/// The most places that are proposed to one person for one claim: more are not read, but signed.
pub(super) const MOST: usize = 20;

/// What a person would have to review.
#[derive(Debug)]
pub(super) enum OpenPlaces {
    /// More than that is open.
    NotEnough,
    /// Nobody reviews as many.
    TooMany(usize),
    These(Vec<OpenPlace>),
}

/// What to type to review them.
pub(super) fn help(subject: &Subject<'_>, places: usize) -> String {
    let places = count(places, "place leaves", "places leave");
    format!(
        "{places} it open; if none of them loads it, a person can answer for that: {}",
        command(subject)
    )
}

/// The command that lists the places and writes them down.
pub(super) fn command(subject: &Subject<'_>) -> String {
    let package = &subject.lockfile.packages[subject.packages[0]].id.name;
    format!("lockgate suppress {} {package} --reviewed \"why\"", subject.advisory)
}

/// Why a review is not proposed.
pub(super) fn too_many(places: usize) -> String {
    format!(
        "{places} places leave it open, more than the {MOST} that one person is asked to review"
    )
}
