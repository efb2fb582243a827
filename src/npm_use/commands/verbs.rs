//! Which word of a command line is its verb, where options with values may stand before it.

use super::{Meaning, Order};

/// A word that may be the verb, and what stands behind it.
pub(super) struct Verb<'line> {
    pub(super) word: &'line str,
    pub(super) behind: &'line [&'line str],
    /// Whether it cannot be the value of an option.
    pub(super) is_sure: bool,
}

/// The words that may be the verb, up to the first that surely is. `flags` are the options that take no value.
pub(super) fn verbs<'line>(arguments: &'line [&'line str], flags: &[&str]) -> Vec<Verb<'line>> {
    let mut found = Vec::new();
    for (position, word) in arguments.iter().enumerate() {
        if word.starts_with('-') {
            continue;
        }
        let before = position.checked_sub(1).map(|before| arguments[before]);
        let is_sure = before.is_none_or(|before| {
            !before.starts_with('-') || before.contains('=') || flags.contains(&before)
        });
        found.push(Verb { word, behind: &arguments[position + 1..], is_sure });
        if is_sure {
            break;
        }
    }
    found
}

/// Of the meanings of words each of which may be the verb, that which installs most.
pub(super) fn most_doubtful(all: impl Iterator<Item = Meaning>) -> Option<Meaning> {
    all.max_by_key(|meaning| match meaning {
        Meaning::Nothing => 0,
        Meaning::Orders(Order::Run) => 1,
        Meaning::Wraps(_) => 2,
        Meaning::Orders(Order::Install) => 4,
        Meaning::Orders(_) => 3,
    })
}
