//! The list of what a change does, while it is written, and the ways in which two values compare.

use super::{PolicyChange, PolicyEffect};
use crate::platform_limits::NpmPlatform;
use crate::policy::{ClaimKind, NamePattern, Placed};
use crate::problem::Location;
use crate::source::RegistryAddress;

/// What has been found so far.
#[derive(Debug, Default)]
pub(super) struct Log(Vec<PolicyChange>);

/// A word in a list of the policy.
pub(super) trait Word: Clone {
    fn word(&self) -> String;

    fn location(&self) -> Option<&Location> {
        None
    }
}

impl Log {
    pub(super) fn note(
        &mut self,
        effect: PolicyEffect,
        text: impl Into<String>,
        location: Option<&Location>,
    ) {
        let (text, location) = (text.into(), location.cloned());
        self.0.push(PolicyChange { effect, text, location });
    }

    /// Notes something that makes the gate looser.
    pub(super) fn loosened(&mut self, text: impl Into<String>, location: Option<&Location>) {
        self.note(PolicyEffect::Loosened, text, location);
    }

    /// Notes something that makes the gate stricter.
    pub(super) fn tightened(&mut self, text: impl Into<String>, location: Option<&Location>) {
        self.note(PolicyEffect::Tightened, text, location);
    }

    /// The stricter of two values, which `choose` finds. `text` says what the change does.
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

    /// Notes the keys of a table that differ and have no stricter value: that of the base counts.
    pub(super) fn differing(&mut self, table: &str, keys: &[(&str, bool)]) {
        for (key, _) in keys.iter().filter(|(_, differs)| *differs) {
            self.loosened(format!("`{key}` in {table} is changed"), None);
        }
    }

    /// What both sides say, of a list whose words take something away from what is looked at.
    pub(super) fn both<T: Word>(&mut self, key: &str, base: &[T], head: &[T]) -> Vec<T> {
        self.list(key, [PolicyEffect::Loosened, PolicyEffect::Tightened], base, head);
        let in_base = head.iter().filter(|word| is_in(base, word));
        in_base.cloned().collect()
    }

    /// What either side says, of a list whose words add something to what is looked at.
    pub(super) fn either<T: Word>(&mut self, key: &str, base: &[T], head: &[T]) -> Vec<T> {
        self.list(key, [PolicyEffect::Tightened, PolicyEffect::Loosened], base, head);
        let only_in_base = base.iter().filter(|word| !is_in(head, word));
        head.iter().chain(only_in_base).cloned().collect()
    }

    /// The same, of a list that narrows: without one everything counts, or nothing is proved.
    /// `limits` says what a list does, `opens` what taking it away does.
    pub(super) fn narrowing<T: Word>(
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

    /// Notes the words that stand on one side only. `added` and `removed` are what adding and
    /// removing one does.
    fn list<T: Word>(
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

    /// Everything, what needs review first.
    pub(super) fn finish(self) -> Vec<PolicyChange> {
        let mut changes = self.0;
        changes.sort_by_key(|change| change.effect);
        changes
    }
}

fn is_in<T: Word>(list: &[T], word: &T) -> bool {
    list.iter().any(|known| known.word() == word.word())
}

impl Word for Placed {
    fn word(&self) -> String {
        self.text.clone()
    }

    fn location(&self) -> Option<&Location> {
        Some(&self.location)
    }
}

impl Word for (NpmPlatform, Location) {
    fn word(&self) -> String {
        self.0.to_string()
    }

    fn location(&self) -> Option<&Location> {
        Some(&self.1)
    }
}

impl Word for String {
    fn word(&self) -> String {
        self.clone()
    }
}

impl Word for NamePattern {
    fn word(&self) -> String {
        self.to_string()
    }
}

impl Word for RegistryAddress {
    fn word(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Word for ClaimKind {
    fn word(&self) -> String {
        self.as_str().to_owned()
    }
}
