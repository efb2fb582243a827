//! Affected ranges: the events of the OSV schema, and their evaluation.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::package::Ecosystem;
use crate::version::{Version, VersionError};

/// An event on the line of versions (OSV schema, `affected[].ranges[].events`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RangeEvent {
    /// Affected from this version on. `0` is before every version.
    Introduced(SmolStr),
    /// No longer affected from this version on.
    Fixed(SmolStr),
    /// No longer affected after this version.
    LastAffected(SmolStr),
    /// The range says nothing about this version or anything after it. `*` means no limit.
    Limit(SmolStr),
}

impl RangeEvent {
    fn version(&self) -> &str {
        match self {
            Self::Introduced(version)
            | Self::Fixed(version)
            | Self::LastAffected(version)
            | Self::Limit(version) => version,
        }
    }
}

/// A range of affected versions, as a list of events in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AffectedRange {
    /// The events, in the order the record gives them.
    pub events: Vec<RangeEvent>,
}

/// A point in the order of versions: before everything, at a version, or directly after it.
pub(super) type Point = (Option<Version>, bool);

/// A parsed bound. `None` means "before every version".
struct Bound<'event> {
    version: Option<Version>,
    event: &'event RangeEvent,
}

impl AffectedRange {
    /// Checks the schema's rules for a range: every version in it can be ordered, something
    /// introduces it, and its ends are of one kind.
    pub fn validate(&self, ecosystem: Ecosystem) -> Result<(), RangeError> {
        if !self.events.iter().any(|event| matches!(event, RangeEvent::Introduced(_))) {
            return Err(RangeError::NothingIntroduced);
        }
        let has = |kind: fn(&RangeEvent) -> bool| self.events.iter().any(kind);
        if has(|event| matches!(event, RangeEvent::Fixed(_)))
            && has(|event| matches!(event, RangeEvent::LastAffected(_)))
        {
            return Err(RangeError::TwoEnds);
        }
        self.bounds(ecosystem).map(drop)
    }

    /// Whether `version` is affected, by the evaluation algorithm of the OSV schema ("Evaluation"):
    /// the events are sorted and the last one at or before the version decides.
    pub fn contains(&self, ecosystem: Ecosystem, version: &Version) -> Result<bool, RangeError> {
        self.evaluate(ecosystem, version, false)
    }

    /// Whether the versions directly after `version` are affected, as after a last affected
    /// version.
    pub fn contains_just_after(
        &self,
        ecosystem: Ecosystem,
        version: &Version,
    ) -> Result<bool, RangeError> {
        self.evaluate(ecosystem, version, true)
    }

    fn evaluate(
        &self,
        ecosystem: Ecosystem,
        version: &Version,
        just_after: bool,
    ) -> Result<bool, RangeError> {
        let mut bounds = self.bounds(ecosystem)?;
        if !before_limits(&bounds, version) {
            return Ok(false);
        }
        bounds.sort_by(|left, right| left.version.cmp(&right.version));
        let mut affected = false;
        for point in bounds.chunk_by(|left, right| left.version == right.version) {
            let position = point
                .first()
                .and_then(|bound| bound.version.as_ref())
                .map_or(Ordering::Greater, |at| version.cmp(at));
            if position.is_lt() {
                break;
            }
            affected = state_after(point, affected, just_after || position.is_gt());
        }
        Ok(affected)
    }

    /// Whether versions are affected from each point on at which that may change, in the order of
    /// versions: the same evaluation, for all versions at once.
    pub(super) fn turns(&self, ecosystem: Ecosystem) -> Result<Vec<(Point, bool)>, RangeError> {
        let mut bounds = self.bounds(ecosystem)?;
        bounds.sort_by(|left, right| left.version.cmp(&right.version));
        let is_limit = |bound: &&Bound<'_>| matches!(bound.event, RangeEvent::Limit(_));
        let is_limited = !bounds.iter().filter(is_limit).any(|limit| limit.version.is_none());
        let widest = bounds.iter().rfind(is_limit).filter(|_| is_limited);
        let mut turns = Vec::new();
        let mut affected = false;
        for point in bounds.chunk_by(|left, right| left.version == right.version) {
            let Some(at) = point.first().map(|bound| &bound.version) else {
                continue;
            };
            if widest.is_some_and(|limit| *at >= limit.version) {
                break;
            }
            if at.is_some() {
                turns.push(((at.clone(), false), state_after(point, affected, false)));
            }
            affected = state_after(point, affected, true);
            turns.push(((at.clone(), true), affected));
        }
        turns.extend(widest.map(|limit| ((limit.version.clone(), false), false)));
        Ok(turns)
    }

    fn bounds(&self, ecosystem: Ecosystem) -> Result<Vec<Bound<'_>>, RangeError> {
        self.events
            .iter()
            .map(|event| {
                let text = event.version();
                let unbounded = match event {
                    RangeEvent::Introduced(_) => text == "0",
                    RangeEvent::Limit(_) => text == "*",
                    // Nothing is before every version: as an end, `0` has no meaning.
                    RangeEvent::Fixed(_) | RangeEvent::LastAffected(_) => false,
                };
                if text == "0" && !unbounded {
                    return Err(RangeError::EndsBeforeEverything);
                }
                let version = if unbounded { None } else { Some(Version::parse(ecosystem, text)?) };
                Ok(Bound { version, event })
            })
            .collect()
    }
}

/// Whether versions are affected at the events of one version (`passed` is false) or after it.
///
/// The schema leaves the order of events at one version open. If a range is open already, a
/// start keeps it open: the reading that reports. Otherwise the record's own order counts:
/// a start followed by its end is only this version, or nothing at all (RustSec exports
/// `introduced` and `fixed` at one version for empty stretches).
fn state_after(point: &[Bound<'_>], affected: bool, passed: bool) -> bool {
    let start = point.iter().rposition(|bound| matches!(bound.event, RangeEvent::Introduced(_)));
    let end = point.iter().rposition(|bound| match bound.event {
        RangeEvent::Fixed(_) => true,
        RangeEvent::LastAffected(_) => passed,
        RangeEvent::Introduced(_) | RangeEvent::Limit(_) => false,
    });
    match (start, end) {
        (Some(start), Some(end)) => affected || start > end,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => affected,
    }
}

/// A version is in scope if there is no limit or it is before one of them.
fn before_limits(bounds: &[Bound<'_>], version: &Version) -> bool {
    let mut limits =
        bounds.iter().filter(|bound| matches!(bound.event, RangeEvent::Limit(_))).peekable();
    limits.peek().is_none()
        || limits.any(|limit| limit.version.as_ref().is_none_or(|at| version < at))
}

/// Why a range is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// OSV schema: "there must be at least one introduced object".
    #[error("a range has no `introduced` event")]
    NothingIntroduced,
    /// OSV schema: `fixed` and `last_affected` are mutually exclusive in a range.
    #[error("a range has both `fixed` and `last_affected` events")]
    TwoEnds,
    /// OSV schema: only `introduced` has a `0` that is before every version.
    #[error("a range ends at `0`")]
    EndsBeforeEverything,
    /// A version in it cannot be ordered.
    #[error(transparent)]
    Version(#[from] VersionError),
}

#[cfg(test)]
mod tests;
