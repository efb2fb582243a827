//! Lines of the repository that a person answers for: `ignore = [{ line = "…", why = "…" }]`.

use super::raw::Value;
use super::reader::Reader;
use crate::problem::Location;

/// A line that a search is not to count, wherever it stands. A line that is changed is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredLine {
    /// Its text, without white space around it.
    pub line: String,
    /// Why it does not count.
    pub why: String,
    /// Where the policy says so.
    pub location: Location,
}

const EXAMPLE: &str =
    "ignore = [{ line = \"- run: npm ci\", why = \"this job tests, and nothing leaves it\" }]";

impl IgnoredLine {
    /// Whether a line of a file is this one.
    pub fn is(&self, line: &str) -> bool {
        line.trim() == self.line
    }

    /// Reads the list.
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Vec<Self> {
        let mut lines = Vec::new();
        for element in reader.elements("`ignore`", value, EXAMPLE) {
            let Some(table) = reader.table("an entry of `ignore`", element, EXAMPLE) else {
                continue;
            };
            reader.only_keys(&table, &["line", "why"]);
            let line = reader.required(&table, "line", "line = \"- run: npm ci\"");
            let why = reader.required(&table, "why", "why = \"nothing of this job is shipped\"");
            let (Some(line), Some(why)) = (line, why) else {
                continue;
            };
            let location = reader.location(element.span().start);
            let line = reader.string("`line`", line.value, "line = \"- run: npm ci\"");
            let why = reader.string("`why`", why.value, "why = \"nothing of this job is shipped\"");
            if let (Some(line), Some(why)) = (line, why) {
                let (line, why) = (line.trim().to_owned(), why.to_owned());
                lines.push(Self { line, why, location });
            }
        }
        lines
    }
}
