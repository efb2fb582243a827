//! The affected stretches of many ranges, combined.
//!
//! One range is evaluated event by event, as in the schema ([`super::range`]). To test many versions
//! against many ranges, the events of all are first sorted into one list, so that each
//! answer takes a search instead of a pass over the list.

use crate::advisory::AffectedRange;
use crate::advisory::range::{Point, RangeError};
use crate::package::Ecosystem;

/// The points where versions start and stop being affected by any of several ranges.
pub(super) struct Stretches {
    /// Whether versions are affected from each point on, in the order of the points.
    turns: Vec<(Point, bool)>,
}

impl Stretches {
    /// The stretches of all ranges.
    ///
    /// # Errors
    ///
    /// A range that cannot be decided.
    pub(super) fn of<'range>(
        ecosystem: Ecosystem,
        ranges: impl IntoIterator<Item = &'range AffectedRange>,
    ) -> Result<Self, RangeError> {
        let mut changes: Vec<(Point, i64)> = Vec::new();
        for range in ranges {
            let mut was_affected = false;
            for (point, is_affected) in range.turns(ecosystem)? {
                if is_affected != was_affected {
                    changes.push((point, if is_affected { 1 } else { -1 }));
                    was_affected = is_affected;
                }
            }
        }
        changes.sort_by(|left, right| left.0.cmp(&right.0));
        let mut turns = Vec::new();
        let mut open = 0;
        for together in changes.chunk_by(|left, right| left.0 == right.0) {
            open += together.iter().map(|(_, change)| change).sum::<i64>();
            turns.extend(together.first().map(|(point, _)| (point.clone(), open > 0)));
        }
        Ok(Self { turns })
    }

    /// Whether a version is affected, or the point directly after it.
    pub(super) fn contain(&self, point: &Point) -> bool {
        let passed = self.turns.partition_point(|(turn, _)| turn <= point);
        let last = passed.checked_sub(1).and_then(|last| self.turns.get(last));
        last.is_some_and(|(_, is_affected)| *is_affected)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::advisory::RangeEvent;
    use crate::version::Version;

    fn event() -> impl Strategy<Value = RangeEvent> {
        ("[0-3]\\.[0-2]\\.0(-a)?", 0..8_u8).prop_map(|(version, kind)| match kind {
            0..=2 => RangeEvent::Introduced(version.into()),
            3 => RangeEvent::Introduced("0".into()),
            4 | 5 => RangeEvent::Fixed(version.into()),
            6 => RangeEvent::LastAffected(version.into()),
            _ => RangeEvent::Limit(version.into()),
        })
    }

    proptest! {
        #[test]
        fn they_contain_every_version_of_any_range(
            ranges in proptest::collection::vec(proptest::collection::vec(event(), 0..6), 0..4),
            versions in proptest::collection::vec("[0-3]\\.[0-2]\\.[01](-a|-b)?", 12),
        ) {
            let ranges: Vec<AffectedRange> =
                ranges.into_iter().map(|events| AffectedRange { events }).collect();
            let stretches = Stretches::of(Ecosystem::Npm, &ranges).unwrap();
            for text in versions {
                let version = Version::parse(Ecosystem::Npm, &text).unwrap();
                let any = |contains: &dyn Fn(&AffectedRange) -> bool| ranges.iter().any(contains);
                let at = any(&|range| range.contains(Ecosystem::Npm, &version).unwrap());
                let after = any(&|range| range.contains_just_after(Ecosystem::Npm, &version).unwrap());
                let point = (Some(version.clone()), false);
                prop_assert_eq!(stretches.contain(&point), at, "{} in {:?}", text, ranges);
                let point = (Some(version), true);
                prop_assert_eq!(stretches.contain(&point), after, "after {} in {:?}", text, ranges);
            }
        }
    }
}
