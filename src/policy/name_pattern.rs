//! Names in which `*` stands for any characters: `harbour-*`, `production/*`.

use std::fmt;

use super::path_pattern::step_matches;

/// A pattern over names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamePattern(String);

impl NamePattern {
    /// Every text is a pattern; one without `*` is the name itself.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether a name matches.
    pub fn matches(&self, name: &str) -> bool {
        step_matches(&self.0, name)
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
