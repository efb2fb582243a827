//! Collects what a change does, and compares two values in different ways.

use super::{PolicyChange, PolicyEffect};
use crate::platform_limits::NpmPlatform;
use crate::policy::{ClaimKind, LocatedWord, NamePattern};
use crate::problem::Location;
use crate::source::RegistryAddress;

/// The changes found so far.
#[derive(Debug, Default)]
pub(super) struct ChangeLog(Vec<PolicyChange>);

/// A word in a list of the policy.
pub(super) trait ListedWord: Clone {
    fn word(&self) -> String;

    fn location(&self) -> Option<&Location> {
        None
    }
}

impl ChangeLog {
    pub(super) fn note(
        &mut self,
        effect: PolicyEffect,
        text: impl Into<String>,
        location: Option<&Location>,
    ) {
        let (text, location) = (text.into(), location.cloned());
        self.0.push(PolicyChange { effect, text, location });
    }

    /// Records a change that loosens the gate.
    pub(super) fn loosened(&mut self, text: impl Into<String>, location: Option<&Location>) {
        self.note(PolicyEffect::Loosened, text, location);
    }

    /// Records a change that tightens the gate.
    pub(super) fn tightened(&mut self, text: impl Into<String>, location: Option<&Location>) {
        self.note(PolicyEffect::Tightened, text, location);
    }

    /// The stricter of two values, chosen by `choose`. `text` describes the change.
    pub(super) fn stricter<T: Ord + Copy>(
        &mut self,
        choose: fn(T, T) -> T,
        [base, head]: [T; 2],
        text: impl Into<String>,
        location: Option<&Location>,
    ) -> T {
        let stricter = choose(base, head);
        if base != head {
            let is_head = stricter == head;
            let effect = if is_head { PolicyEffect::Tightened } else { PolicyEffect::Loosened };
            self.note(effect, text, location);
        }
        stricter
    }

    /// Records the keys of a table that differ but have no stricter value: the base applies.
    pub(super) fn differing(&mut self, table: &str, keys: &[(&str, bool)]) {
        for (key, _) in keys.iter().filter(|(_, differs)| *differs) {
            self.loosened(format!("`{key}` in {table} is changed"), None);
        }
    }

    /// The words on both sides, for a list whose words exclude something from the check.
    pub(super) fn both<T: ListedWord>(&mut self, key: &str, base: &[T], head: &[T]) -> Vec<T> {
        self.list(key, [PolicyEffect::Loosened, PolicyEffect::Tightened], base, head);
        let in_base = head.iter().filter(|word| is_in(base, word));
        in_base.cloned().collect()
    }

    /// The words on either side, for a list whose words add something to the check.
    pub(super) fn either<T: ListedWord>(&mut self, key: &str, base: &[T], head: &[T]) -> Vec<T> {
        self.list(key, [PolicyEffect::Tightened, PolicyEffect::Loosened], base, head);
        let only_in_base = base.iter().filter(|word| !is_in(head, word));
        head.iter().chain(only_in_base).cloned().collect()
    }

    /// The same for a list that narrows the check: without one everything counts, or nothing is proved.
    /// `limits` describes adding a list, `opens` removing it.
    pub(super) fn narrowing<T: ListedWord>(
        &mut self,
        key: &str,
        [limits, opens]: [&str; 2],
        base: &[T],
        head: &[T],
    ) -> Vec<T> {
        match (base, head) {
            ([], []) => return Vec::new(),
            ([], [first, ..]) => self.loosened(format!("{key} {limits}"), first.location()),
            ([first, ..], []) => {
                self.tightened(format!("{key} is removed: {opens}"), first.location());
            }
            _ => return self.either(key, base, head),
        }
        Vec::new()
    }

    /// Records the words that are only on one side. `added` and `removed` describe adding and
    /// removing one.
    fn list<T: ListedWord>(
        &mut self,
        key: &str,
        [added, removed]: [PolicyEffect; 2],
        base: &[T],
        head: &[T],
    ) {
        for word in head.iter().filter(|word| !is_in(base, word)) {
            self.note(added, format!("`{}` is added to {key}", word.word()), None);
        }
        for word in base.iter().filter(|word| !is_in(head, word)) {
            self.note(removed, format!("`{}` is removed from {key}", word.word()), None);
        }
    }

    /// All changes; those that need review come first.
    pub(super) fn finish(self) -> Vec<PolicyChange> {
        let mut changes = self.0;
        changes.sort_by_key(|change| change.effect);
        changes
    }
}

fn is_in<T: ListedWord>(list: &[T], word: &T) -> bool {
    list.iter().any(|known| known.word() == word.word())
}

impl ListedWord for LocatedWord {
    fn word(&self) -> String {
        self.text.clone()
    }

    fn location(&self) -> Option<&Location> {
        Some(&self.location)
    }
}

impl ListedWord for (NpmPlatform, Location) {
    fn word(&self) -> String {
        self.0.to_string()
    }

    fn location(&self) -> Option<&Location> {
        Some(&self.1)
    }
}

impl ListedWord for String {
    fn word(&self) -> String {
        self.clone()
    }
}

impl ListedWord for NamePattern {
    fn word(&self) -> String {
        self.to_string()
    }
}

impl ListedWord for RegistryAddress {
    fn word(&self) -> String {
        self.as_str().to_owned()
    }
}

impl ListedWord for ClaimKind {
    fn word(&self) -> String {
        self.as_str().to_owned()
    }
}
