//! The suppression to write for a statement that no check confirms.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Statement;
use crate::advisory_id::AdvisoryId;
use crate::package::PackageId;

/// How many days the suggested attestation lasts.
const DAYS: i64 = 90;

/// The longest quoted text, in characters: a statement may have pages of it.
const MOST_CHARACTERS: usize = 200;

impl Statement {
    /// A policy entry by which a person vouches for the statement.
    pub fn attestation(&self, advisory: &AdvisoryId, package: &PackageId, today: Date) -> String {
        let text = |text: String| toml::Value::String(text).to_string();
        let expires = today.checked_add(DAYS.days()).unwrap_or(Date::MAX);
        let words = self.words.as_deref().unwrap_or("no reason is given");
        let words: String = words
            .chars()
            .map(|character| if character.is_control() { ' ' } else { character })
            .take(MOST_CHARACTERS)
            .collect();
        let reason = format!("{} of {}: {words}", self.status, self.location);
        let package = text(format!("{}@{}", package.name, package.version));
        let justification = self.justification.map_or_else(String::new, |justification| {
            format!("justification = \"{}\"\n", justification.as_str())
        });
        format!(
            "[[suppress]]\nadvisory = \"{advisory}\"\npackage = {package}\n\
             claim = {{ attested = true }}\n{justification}reason = {}\n\
             owner = \"@your-team\"\nexpires = {expires}\n",
            text(reason)
        )
    }
}
