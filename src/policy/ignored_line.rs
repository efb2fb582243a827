//! Lines of the repository that do not count, by a person's decision: `ignore = [{ line = "…", why = "…" }]`.

use super::raw::Value;
use super::reader::Reader;
use crate::problem::Location;

/// A line that a search ignores, anywhere in its file. After any edit it is a different line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredLine {
    /// Its text, without white space around it.
    pub line: String,
    /// Its file, if it is ignored in only one.
    pub file: Option<String>,
    /// Why it does not count.
    pub why: String,
    /// The line of the policy.
    pub location: Location,
}

const EXAMPLE: &str =
    "ignore = [{ line = \"- run: npm ci\", why = \"this job tests, and nothing leaves it\" }]";

impl IgnoredLine {
    /// Whether a line of a file is this one. `file` uses `/` between its folders, and may begin above the
    /// policy's folder.
    pub fn is(&self, file: &str, line: &str) -> bool {
        let is_there = |own: &String| {
            let own = own.trim_start_matches("./");
            file.strip_suffix(own).is_some_and(|above| above.is_empty() || above.ends_with('/'))
        };
        line.trim() == self.line && self.file.as_ref().is_none_or(is_there)
    }

    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Vec<Self> {
        let mut lines = Vec::new();
        for element in reader.elements("`ignore`", value, EXAMPLE) {
            let Some(table) = reader.table("an entry of `ignore`", element, EXAMPLE) else {
                continue;
            };
            reader.only_keys(&table, &["line", "file", "why"]);
            let line = reader.required(&table, "line", "line = \"- run: npm ci\"");
            let why = reader.required(&table, "why", "why = \"nothing of this job is shipped\"");
            let (Some(line), Some(why)) = (line, why) else {
                continue;
            };
            let location = reader.location(element.span().start);
            let line = reader.string("`line`", line.value, "line = \"- run: npm ci\"");
            let why = reader.string("`why`", why.value, "why = \"nothing of this job is shipped\"");
            let example = "file = \".github/workflows/test.yml\"";
            let file = match table.get("file") {
                Some(entry) => match reader.string("`file`", entry.value, example) {
                    Some(file) => Some(file.trim().to_owned()),
                    None => continue,
                },
                None => None,
            };
            if let (Some(line), Some(why)) = (line, why) {
                lines.push(Self {
                    line: line.trim().to_owned(),
                    file,
                    why: why.to_owned(),
                    location,
                });
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_same_text_in_the_file_that_is_named() {
        let line = |file: Option<&str>| IgnoredLine {
            line: "npm ci".to_owned(),
            file: file.map(str::to_owned),
            why: "it only tests".to_owned(),
            location: Location { file: "lockgate.toml".to_owned(), line: 1 },
        };
        assert!(line(None).is("any/where", "  npm ci"));
        assert!(!line(None).is("any/where", "npm ci --force"));
        for (named, file, fits) in [
            ("ci/test", "ci/test", true),
            ("./ci/test", "../../ci/test", true),
            ("ci/test", "other-ci/test", false),
            ("ci/test", "ci/test.old", false),
        ] {
            assert_eq!(line(Some(named)).is(file, "npm ci"), fits, "{named} {file}");
        }
    }
}
