//! The list of what a change does, while it is written.

use std::fmt::Display;

use super::{PolicyChange, PolicyEffect};
use crate::problem::Location;

/// What has been found so far.
#[derive(Debug, Default)]
pub(super) struct Log(Vec<PolicyChange>);

impl Log {
    pub(super) fn note(
        &mut self,
        effect: PolicyEffect,
        text: impl Display,
        location: Option<&Location>,
    ) {
        let (text, location) = (text.to_string(), location.cloned());
        self.0.push(PolicyChange { effect, text, location });
    }

    /// Notes something that makes the gate looser.
    pub(super) fn loosened(&mut self, text: impl Display, location: Option<&Location>) {
        self.note(PolicyEffect::Loosened, text, location);
    }

    /// Notes something that makes the gate stricter.
    pub(super) fn tightened(&mut self, text: impl Display, location: Option<&Location>) {
        self.note(PolicyEffect::Tightened, text, location);
    }

    /// Notes the words of a list that stand on one side only. `added` and `removed` are what adding
    /// and removing one does.
    pub(super) fn list<'word>(
        &mut self,
        key: &str,
        [added, removed]: [PolicyEffect; 2],
        base: &[&'word str],
        head: &[&'word str],
    ) {
        for word in head.iter().filter(|word| !base.contains(word)) {
            self.note(added, format!("`{word}` is added to {key}"), None);
        }
        for word in base.iter().filter(|word| !head.contains(word)) {
            self.note(removed, format!("`{word}` is removed from {key}"), None);
        }
    }

    /// Everything, what needs review first.
    pub(super) fn finish(self) -> Vec<PolicyChange> {
        let mut changes = self.0;
        changes.sort_by_key(|change| change.effect);
        changes
    }
}
