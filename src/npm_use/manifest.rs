//! The parts of a `package.json` and of compiler settings that name packages for different ends.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tools;
use crate::lockfile::node::package_json::written;
use crate::problem::place_in;

/// A script of a `package.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) command: String,
    /// Where it stands in the text.
    pub(super) start: usize,
}

/// A `package.json`, part by part. Each part has the length and the lines of the whole.
#[derive(Debug)]
pub(super) struct Parts {
    /// The scripts, as text.
    pub(super) scripts: String,
    /// What is neither a script nor harmless.
    pub(super) rest: String,
    /// The scripts, by name.
    pub(super) commands: BTreeMap<String, Script>,
}

/// The parts of a manifest. One that is no JSON npm cannot read either, and nothing in it counts.
pub(super) fn parts(text: &str) -> Parts {
    // npm passes over a byte order mark.
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(values) = written(json) else {
        let (scripts, rest) = (String::new(), String::new());
        return Parts { scripts, rest, commands: BTreeMap::new() };
    };
    let mut rest = text.to_owned();
    let mut scripts = blank(text, 0..text.len());
    let mut commands = BTreeMap::new();
    for (key, value) in values {
        let Some(range) = place_in(text, value) else {
            continue;
        };
        if key == "scripts" {
            scripts.replace_range(range.clone(), &text[range.clone()]);
            rest.replace_range(range.clone(), &blank(text, range));
            commands = read_scripts(text, value);
        } else if tools::is_harmless_key(&key) && !tools::is_about_installed_files(&key, value) {
            rest.replace_range(range.clone(), &blank(text, range));
        }
    }
    Parts { scripts, rest, commands }
}

fn read_scripts(text: &str, value: &str) -> BTreeMap<String, Script> {
    let scripts = written(value).unwrap_or_default().into_iter().filter_map(|(name, value)| {
        let command = serde_json::from_str(value).ok()?;
        let start = place_in(text, value)?.start;
        Some((name.into_owned(), Script { command, start }))
    });
    scripts.collect()
}

/// Settings of the `TypeScript` compiler without the packages whose types are known everywhere, and
/// without what they extend: neither is in the output (`TypeScript` documentation, "`TSConfig` Reference").
pub(super) fn without_types(text: &str) -> String {
    let mut left = text.to_owned();
    for key in ["\"types\"", "\"typeRoots\"", "\"extends\""] {
        for (place, _) in text.match_indices(key) {
            let after = &text[place + key.len()..];
            let value = after.trim_start().strip_prefix(':').map(str::trim_start);
            let Some(value) = value else { continue };
            let start = text.len() - value.len();
            let length =
                if value.starts_with('[') { value.find(']') } else { value.find(['\n', ',']) };
            if let Some(length) = length {
                let range = start..start + length;
                left.replace_range(range.clone(), &blank(text, range));
            }
        }
    }
    left
}

/// As many spaces as a part has bytes; its lines are kept.
fn blank(text: &str, range: Range<usize>) -> String {
    let bytes = text[range].bytes();
    bytes.map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_manifest_asks_for_is_not_what_it_uses() {
        let text = "{\n \"devDependencies\": { \"lefty\": \"é\" },\n \"scripts\": { \"build\": \"lefty\" },\n \"browserify\": [\"jquery\"]\n}";
        let parts = parts(text);
        assert_eq!(parts.scripts.matches("lefty").count(), 1);
        assert_eq!(parts.scripts.lines().nth(2).unwrap().trim(), "{ \"build\": \"lefty\" }");
        assert!(parts.rest.contains("jquery") && !parts.rest.contains("lefty"));
        assert_eq!(parts.scripts.len(), text.len());
        let script = &parts.commands["build"];
        assert_eq!((script.command.as_str(), &text[script.start..][..7]), ("lefty", "\"lefty\""));
        assert_eq!(super::parts("{ broken lefty").scripts, "");
        assert!(super::parts(&format!("\u{feff}{text}")).scripts.contains("lefty"));
    }

    #[test]
    fn types_that_are_known_everywhere_are_not_in_the_output() {
        let text =
            "{ \"extends\": \"lefty/x\",\n \"types\": [\"jquery\"], \"jsxImportSource\": \"kit\" }";
        let left = without_types(text);
        assert!(!left.contains("lefty") && !left.contains("jquery") && left.contains("kit"));
        assert_eq!(left.len(), text.len());
    }
}
