//! One event of a range.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use smol_str::SmolStr;

use crate::advisory::RangeEvent;

/// The schema allows one key in each event; several count as several events, in their order.
pub(in crate::advisory::osv) struct Event {
    pub(in crate::advisory::osv) known: Vec<RangeEvent>,
    /// Whether it has a key that the schema does not define: its effect on the range is unknown.
    pub(in crate::advisory::osv) has_unknown: bool,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Event;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let mut event = Event { known: Vec::with_capacity(1), has_unknown: false };
        while let Some(key) = map.next_key::<SmolStr>()? {
            let kind: fn(SmolStr) -> RangeEvent = match key.as_str() {
                "introduced" => RangeEvent::Introduced,
                "fixed" => RangeEvent::Fixed,
                "last_affected" => RangeEvent::LastAffected,
                "limit" => RangeEvent::Limit,
                // Databases may add a value of their own anywhere (OSV schema, "database_specific").
                "database_specific" => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                _ => {
                    event.has_unknown = true;
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            // Ignore a key without a value.
            let Some(version) = map.next_value::<Option<SmolStr>>()? else {
                continue;
            };
            let new = kind(version);
            let same =
                |known: &RangeEvent| std::mem::discriminant(known) == std::mem::discriminant(&new);
            if event.known.iter().any(same) {
                return Err(de::Error::custom(format!("duplicate field `{key}`")));
            }
            event.known.push(new);
        }
        Ok(event)
    }
}
