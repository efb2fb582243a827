//! The first line of a program, which says what runs it: `#!/usr/bin/env node`.

/// Options of Node.js that load nothing (Node.js documentation, "Command-line API").
const HARMLESS_OPTIONS: &[&str] = &[
    "--enable-source-maps",
    "--harmony",
    "--max-old-space-size",
    "--no-deprecation",
    "--no-warnings",
    "--stack-size",
    "--trace-warnings",
    "--unhandled-rejections",
    "--use-strict",
];

/// It, without its mark. `None`: the text says nothing of that kind.
pub(super) fn first_line(text: &str) -> Option<&str> {
    text.strip_prefix("#!").and_then(|rest| rest.lines().next())
}

/// Whether something else runs than the text as a program of Node.js: another language or runtime, or a module that
/// is loaded before.
pub fn runs_more(text: &str) -> bool {
    let Some(first) = first_line(text) else { return false };
    let is_runtime = |word: &&str| {
        let name = word.rsplit('/').next().unwrap_or(word);
        matches!(name, "node" | "nodejs")
    };
    let mut options = first.split_whitespace().skip_while(|word| !is_runtime(word));
    let is_harmless = |option: &str| {
        let name = option.split('=').next().unwrap_or(option);
        HARMLESS_OPTIONS.contains(&name)
    };
    options.next().is_none() || !options.all(is_harmless)
}

#[cfg(test)]
mod tests {
    use super::runs_more;

    #[test]
    fn more_runs_unless_node_runs_it_and_loads_nothing_else() {
        for (text, more) in [
            ("#!/usr/bin/env node\nrequire('a')", false),
            ("#!/usr/local/bin/node --max-old-space-size=4096", false),
            ("#!/usr/bin/env -S node --no-warnings\r", false),
            ("module.exports = 1", false),
            ("#!/usr/bin/env -S node -r pkg/register", true),
            ("#!/usr/bin/env -S node --import=pkg", true),
            ("#!/usr/bin/env tsx", true),
            ("#!/bin/sh", true),
            ("#!/usr/bin/env python3", true),
        ] {
            assert_eq!(runs_more(text), more, "{text}");
        }
    }
}
