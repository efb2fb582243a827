//! The `[[suppress]]` entries: claims that are checked apply at once, a person's word
//! applies as written at the base.
//!
//! Whether a feature is off can be checked; whether the vulnerability needs this feature cannot, so a
//! change could name any disabled feature.

use std::fmt::Display;

use super::{ChangeLog, PolicyEffect};
use crate::policy::{Reviewed, Suppression};
use crate::words::count;

/// How an entry of the head relates to the base.
#[derive(Clone, Copy, Debug)]
enum EntryChange<'base> {
    /// It is the same.
    Unchanged,
    /// It was changed from this one.
    Edited(&'base Suppression),
    /// It is new.
    Added,
}

/// The entries that apply, in the order of the head.
pub(super) fn merge(
    base: &[Suppression],
    head: &[Suppression],
    log: &mut ChangeLog,
) -> Vec<Suppression> {
    let (entry_changes, removed) = pair(base, head);
    for gone in removed {
        let text = format!("the suppression of {} is removed", subject(gone));
        log.tightened(text, Some(&gone.location));
    }
    let mut effective = Vec::new();
    for (entry, change) in head.iter().zip(entry_changes) {
        note(entry, change, log);
        match change {
            EntryChange::Edited(before) if entry.rests_on_a_word() => {
                effective.push(before.clone());
            }
            EntryChange::Added if entry.rests_on_a_word() => {}
            EntryChange::Unchanged | EntryChange::Edited(_) | EntryChange::Added => {
                effective.push(entry.clone());
            }
        }
    }
    effective
}

/// Finds for each entry of the head its counterpart at the base: an identical one, otherwise one about the
/// same advisory, of the same package if there is one. Also returns the removed ones.
fn pair<'base>(
    base: &'base [Suppression],
    head: &[Suppression],
) -> (Vec<EntryChange<'base>>, Vec<&'base Suppression>) {
    let mut left: Vec<&Suppression> = base.iter().collect();
    let mut entry_changes = vec![EntryChange::Added; head.len()];
    let rounds: [fn(&Suppression, &Suppression) -> bool; 3] = [
        Suppression::says_the_same,
        |before, after| before.advisory == after.advisory && before.package == after.package,
        |before, after| before.advisory == after.advisory,
    ];
    for (round, is_it) in rounds.into_iter().enumerate() {
        for (entry, change) in head.iter().zip(&mut entry_changes) {
            if !matches!(change, EntryChange::Added) {
                continue;
            }
            let found = left.iter().position(|before| is_it(before, entry));
            if let Some(position) = found {
                let before = left.remove(position);
                *change =
                    if round == 0 { EntryChange::Unchanged } else { EntryChange::Edited(before) };
            }
        }
    }
    (entry_changes, left)
}

fn note(entry: &Suppression, change: EntryChange<'_>, log: &mut ChangeLog) {
    let effect =
        if entry.rests_on_a_word() { PolicyEffect::Loosened } else { PolicyEffect::Proved };
    let subject = subject(entry);
    let text = match change {
        EntryChange::Unchanged => return,
        EntryChange::Added if entry.kinds().any(|kind| kind.row().is_word) => {
            let owner = entry.owner.as_deref().unwrap_or("nobody");
            let until = entry.expires.map_or_else(String::new, |day| format!(" until {day}"));
            format!("a suppression of {subject} on the word of {owner}{until} is proposed")
        }
        EntryChange::Added if entry.rests_on_a_word() => {
            format!(
                "a suppression of {subject} is proposed: {}{}",
                joined(&entry.claims),
                reviewed(entry)
            )
        }
        EntryChange::Added => {
            format!("a suppression of {subject} is added: {}", joined(&entry.claims))
        }
        EntryChange::Edited(before) => {
            format!("the suppression of {subject} is edited: {}", edits(before, entry))
        }
    };
    log.note(effect, text, Some(&entry.location));
}

/// `RUSTSEC-2023-0071 in rsa@<0.10`
fn subject(entry: &Suppression) -> String {
    match &entry.package {
        Some(package) => format!("{} in {package}", entry.advisory),
        None => entry.advisory.to_string(),
    }
}

/// The differences, each with the old value.
fn edits(before: &Suppression, after: &Suppression) -> String {
    let (before, after) = (fields(before), fields(after));
    let edited = before.into_iter().zip(after).filter(|(before, after)| before != after);
    let words = edited.map(|((field, before), (_, after))| match (before, after) {
        (_, None) => format!("without `{field}`"),
        (None, Some(after)) => format!("`{field}` {after}"),
        (Some(before), Some(after)) => format!("`{field}` {after}, was {before}"),
    });
    words.collect::<Vec<_>>().join("; ")
}

/// Each key of an entry, for display.
fn fields(entry: &Suppression) -> [(&'static str, Option<String>); 8] {
    let paths = joined(&entry.paths);
    [
        ("package", entry.package.as_ref().map(ToString::to_string)),
        ("paths", (!paths.is_empty()).then_some(paths)),
        ("claim", Some(joined(&entry.claims))),
        ("reviewed", (!entry.reviewed.is_empty()).then(|| listed(&entry.reviewed))),
        ("justification", entry.justification.map(|word| word.as_str().to_owned())),
        ("reason", Some(entry.reason.clone())),
        ("owner", entry.owner.clone()),
        ("expires", entry.expires.map(|day| day.to_string())),
    ]
}

/// `, with 2 reviewed places`
fn reviewed(entry: &Suppression) -> String {
    let places = entry.reviewed.len();
    if places == 0 {
        return String::new();
    }
    format!(", with {}", count(places, "reviewed place", "reviewed places"))
}

/// Everything that is said about places, so that every change of it is seen.
fn listed(places: &[Reviewed]) -> String {
    let shown = |place: &Reviewed| {
        let Reviewed { site, hash, why } = place;
        let start = hash.as_str().get(..8).unwrap_or_default();
        format!("{site} ({start}…, “{why}”)")
    };
    places.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn joined(words: &[impl Display]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.join(", ")
}
