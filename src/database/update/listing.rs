//! `modified_id.csv`: the records of an OSV ecosystem and when each last changed, newest first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use jiff::Timestamp;

/// When each record last changed, by id.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing(pub(super) BTreeMap<String, Timestamp>);

impl Listing {
    /// Reads lines of `time,id`.
    ///
    /// # Errors
    ///
    /// The number of the first invalid line; 1 if there is no line at all.
    pub(super) fn parse(text: &[u8]) -> Result<Self, usize> {
        let text = std::str::from_utf8(text).map_err(|_| 1_usize)?;
        let mut records: BTreeMap<String, Timestamp> = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let (time, id) = line.split_once(',').ok_or(number)?;
            let time: Timestamp = time.parse().map_err(|_| number)?;
            if !is_id(id) {
                return Err(number);
            }
            let known = records.entry(id.to_owned()).or_insert(time);
            *known = time.max(*known);
        }
        if records.is_empty() {
            return Err(1);
        }
        // The last id of an incomplete list may be cut off.
        if !text.ends_with('\n') {
            return Err(text.lines().count());
        }
        Ok(Self(records))
    }

    pub(super) fn write(&self) -> String {
        let mut text = String::new();
        for (id, time) in &self.0 {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{time},{id}");
        }
        text
    }

    fn oldest(&self) -> Option<Timestamp> {
        self.0.values().min().copied()
    }

    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.0.values().max().copied()
    }
}

/// An id becomes part of an address: it must not lead to another path.
fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    !text.is_empty()
        && text.len() <= 200
        && !text.starts_with('.')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The difference between the stored records and a server's list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// Records that are new or have changed, and when.
    pub(super) changed: BTreeMap<String, Timestamp>,
    /// Records that are listed no longer.
    pub(super) deleted: BTreeSet<String>,
}

impl Difference {
    /// `None`: the list does not reach back to any stored record, so that changes may be
    /// missing.
    ///
    /// A list may be limited. A stored record that is not in it and changed before its end may still
    /// exist, and is kept.
    pub(super) fn between(known: &Listing, listed: &Listing) -> Option<Self> {
        let end = listed.oldest()?;
        if known.newest()? < end {
            return None;
        }
        let changed =
            listed.0.iter().filter(|(id, time)| known.0.get(*id).is_none_or(|known| known < *time));
        let deleted =
            known.0.iter().filter(|(id, time)| **time >= end && !listed.0.contains_key(*id));
        Some(Self {
            changed: changed.map(|(id, time)| (id.clone(), *time)).collect(),
            deleted: deleted.map(|(id, _)| id.clone()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(lines: &[&str]) -> Listing {
        let line = |line: &&str| {
            let (day, id) = line.split_once(' ').unwrap();
            format!("2026-01-{day}T00:00:00Z,{id}\n")
        };
        let text: String = lines.iter().map(line).collect();
        Listing::parse(text.as_bytes()).unwrap()
    }

    fn difference(known: &[&str], listed: &[&str]) -> Option<(Vec<String>, Vec<String>)> {
        let found = Difference::between(&listing(known), &listing(listed))?;
        Some((found.changed.into_keys().collect(), found.deleted.into_iter().collect()))
    }

    fn ids(changed: &[&str], deleted: &[&str]) -> (Vec<String>, Vec<String>) {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        (owned(changed), owned(deleted))
    }

    #[test]
    fn newer_times_are_changes() {
        let known = ["03 C", "02 B", "01 A"];
        assert_eq!(difference(&known, &known), Some(ids(&[], &[])));
        assert_eq!(difference(&known, &["04 B", "03 C", "01 A"]), Some(ids(&["B"], &[])));
        assert_eq!(difference(&known, &["03 D", "03 C", "02 B", "01 A"]), Some(ids(&["D"], &[])));
        // An older time means an older copy of the list, and changes nothing.
        assert_eq!(difference(&known, &["03 C", "01 B", "01 A"]), Some(ids(&[], &[])));
    }

    #[test]
    fn a_record_is_only_deleted_within_the_reach_of_the_list() {
        let known = ["03 C", "02 B", "01 A"];
        assert_eq!(difference(&known, &["03 C", "01 A"]), Some(ids(&[], &["B"])));
        assert_eq!(difference(&known, &["04 D", "03 C"]), Some(ids(&["D"], &[])));
        assert_eq!(difference(&known, &["05 E", "04 D"]), None);
    }

    #[test]
    fn an_invalid_list_is_refused_with_its_line() {
        for (text, line) in [
            ("", 1),
            ("<html>", 1),
            ("2026-01-01T00:00:00Z,A\n2026-01-01T00:00:00Z", 2),
            ("2026-01-01T00:00:00Z,../A", 1),
            ("2026-01-01T00:00:00Z,a/A", 1),
            ("2026-01-01T00:00:00Z,.A", 1),
            ("2026-01-01T00:00:00Z,", 1),
            ("yesterday,A", 1),
            ("2026-01-01T00:00:00Z,A\n2026-01-01T00:00:00Z,GHSA-same-", 2),
        ] {
            assert_eq!(Listing::parse(text.as_bytes()), Err(line), "{text:?}");
        }
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let known = listing(&["03 C", "02 B", "01 A"]);
        assert_eq!(Listing::parse(known.write().as_bytes()), Ok(known));
    }
}
