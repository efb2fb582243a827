//! Conditions on platforms (`cfg(…)`) that the target alone does not decide.
//!
//! The properties of a triple (its system, its processor and the like) are known. Everything else, such as a
//! custom name (`--cfg`), a feature of the processor (`-C target-feature`), `debug_assertions` or a word
//! that Cargo and the simulation interpret differently (`true`), may be on or off in the shipped build.
//! Instead of searching for compiler flags, the simulation assumes both for every such word: the
//! condition counts as true if it can be true (Rust reference, "Conditional compilation").

use std::collections::BTreeSet;

/// The keys that a triple decides.
const DECIDED_KEYS: &[&str] = &[
    "target_os",
    "target_arch",
    "target_env",
    "target_family",
    "target_vendor",
    "target_endian",
    "target_pointer_width",
];

/// The names that a triple decides.
const DECIDED_NAMES: &[&str] = &["unix", "windows"];

/// The text of `cargo metadata` in which every condition that can be true is true. `written` are all
/// conditions in it, in their original spelling.
pub(super) fn widen(metadata: String, written: &BTreeSet<String>) -> String {
    let mut text = metadata;
    for condition in written {
        let widened = widened(condition);
        if widened == *condition {
            continue;
        }
        let quoted = |condition: &str| {
            format!("\"target\":{}", serde_json::Value::String(condition.to_owned()))
        };
        text = text.replace(&quoted(condition), &quoted(&widened));
    }
    text
}

/// A condition that is true wherever the original can be. One that is not `cfg(…)` names a triple.
fn widened(written: &str) -> String {
    let Some(inner) = written.strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')')) else {
        return written.to_owned();
    };
    let mut reader = Reader { rest: inner };
    let read = reader.expression(true).filter(|_| reader.rest.trim().is_empty());
    match read {
        Some(read) if read.is_decided => written.to_owned(),
        Some(read) => format!("cfg({})", read.text),
        // An unreadable condition may be true.
        None => "cfg(all())".to_owned(),
    }
}

/// A part of a condition, widened.
struct Part {
    text: String,
    /// Whether a triple decides it completely.
    is_decided: bool,
}

struct Reader<'text> {
    rest: &'text str,
}

impl Reader<'_> {
    /// An expression with the value `wanted` wherever the original can have it.
    fn expression(&mut self, wanted: bool) -> Option<Part> {
        let name = self.name()?;
        if self.take('(') {
            let wanted = wanted ^ (name == "not");
            let mut parts = Vec::new();
            while !self.take(')') {
                parts.push(self.expression(wanted)?);
                if !self.take(',') && !self.rest.trim_start().starts_with(')') {
                    return None;
                }
            }
            let is_known =
                matches!(name.as_str(), "all" | "any") || (name == "not" && parts.len() == 1);
            let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
            return is_known.then(|| Part {
                text: format!("{name}({})", texts.join(", ")),
                is_decided: parts.iter().all(|part| part.is_decided),
            });
        }
        if self.take('=') {
            let value = self.string()?;
            let is_decided = DECIDED_KEYS.contains(&name.as_str());
            return Some(leaf(format!("{name} = \"{value}\""), is_decided, wanted));
        }
        let is_decided = DECIDED_NAMES.contains(&name.as_str());
        Some(leaf(name, is_decided, wanted))
    }

    fn name(&mut self) -> Option<String> {
        let rest = self.rest.trim_start();
        let is_part = |character: char| character.is_alphanumeric() || character == '_';
        let end = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn string(&mut self) -> Option<String> {
        let (value, rest) = self.rest.trim_start().strip_prefix('"')?.split_once('"')?;
        self.rest = rest;
        (!value.contains('\\')).then(|| value.to_owned())
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

/// An undecided word gets the wanted value: `all()` is true and `any()` is false.
fn leaf(written: String, is_decided: bool, wanted: bool) -> Part {
    let text = match (is_decided, wanted) {
        (true, _) => written,
        (false, true) => "all()".to_owned(),
        (false, false) => "any()".to_owned(),
    };
    Part { text, is_decided }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_no_triple_decides_can_have_any_value() {
        for (written, expected) in [
            ("cfg(windows)", "cfg(windows)"),
            ("cfg( any(unix,target_os=\"wasi\") )", "cfg( any(unix,target_os=\"wasi\") )"),
            ("x86_64-pc-windows-msvc", "x86_64-pc-windows-msvc"),
            ("cfg(loom)", "cfg(all())"),
            ("cfg(not(loom))", "cfg(not(any()))"),
            ("cfg(not(all(unix, loom)))", "cfg(not(all(unix, any())))"),
            (
                "cfg(all(windows, not(any(fancy, debug_assertions))))",
                "cfg(all(windows, not(any(any(), any()))))",
            ),
            ("cfg(true)", "cfg(all())"),
            ("cfg(not(true))", "cfg(not(any()))"),
            ("cfg(false)", "cfg(all())"),
            ("cfg(target_feature = \"crt-static\")", "cfg(all())"),
            ("cfg(not(target_feature = \"crt-static\"))", "cfg(not(any()))"),
            ("cfg(all(unix, panic = \"abort\",))", "cfg(all(unix, all()))"),
            ("cfg(r#true)", "cfg(all())"),
            ("cfg(some(unix))", "cfg(all())"),
            ("cfg(unix windows)", "cfg(all())"),
            ("cfg(not(unix, windows))", "cfg(all())"),
        ] {
            assert_eq!(widened(written), expected, "{written}");
        }
    }

    #[test]
    fn only_conditions_of_dependencies_are_widened() {
        let text = r#"{"target":"cfg(loom)","description":"cfg(loom)","x":{"target":"cfg(unix)"}}"#;
        let written = ["cfg(loom)", "cfg(unix)"].map(str::to_owned).into();
        assert_eq!(
            widen(text.to_owned(), &written),
            r#"{"target":"cfg(all())","description":"cfg(loom)","x":{"target":"cfg(unix)"}}"#
        );
    }
}
