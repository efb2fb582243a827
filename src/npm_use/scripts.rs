//! Whether scripts start programs of which nobody knows what they put into what is shipped.

use super::commands;

/// Commands of the shell, and those that run what counts for itself: files that are searched, other
/// scripts, packages whose names are found.
const KNOWN: &[&str] = &[
    "cat",
    "cd",
    "chmod",
    "cp",
    "cross-env",
    "curl",
    "diff",
    "echo",
    "exit",
    "export",
    "false",
    "find",
    "git",
    "grep",
    "head",
    "if",
    "kill",
    "ls",
    "mkdir",
    "mv",
    "node",
    "npm",
    "npx",
    "open",
    "pnpm",
    "printf",
    "pwd",
    "rm",
    "sed",
    "set",
    "sh",
    "sleep",
    "sort",
    "source",
    "tail",
    "test",
    "then",
    "touch",
    "true",
    "wait",
    "xargs",
    "yarn",
    "bash",
    "bun",
    "fi",
    "else",
];

/// Whether a script starts a program that is neither known nor a command of a locked package.
pub(super) fn starts_unknown(script: &str, is_locked: &dyn Fn(&str) -> bool) -> bool {
    commands::split(script).any(|command| {
        let words = commands::words(command);
        let mut words =
            words.iter().map(String::as_str).skip_while(|word| word.contains('=') || *word == "!");
        let Some(first) = words.next() else {
            return false;
        };
        let mut plain = words.filter(|word| !word.starts_with('-'));
        let runs = match first {
            // What it runs need not be locked.
            "npx" | "bunx" | "pnpx" => plain.next().unwrap_or_default(),
            "npm" | "pnpm" | "yarn" | "bun" => match plain.next() {
                Some("exec" | "x" | "dlx") => plain.next().unwrap_or_default(),
                // The command of a package is run like a script, and Bun has a bundler.
                Some("build") if first == "bun" => return true,
                Some(name) if first != "npm" && !commands::is_verb(name) => name,
                _ => first,
            },
            other => other,
        };
        let name = runs.rsplit('/').next().unwrap_or(runs);
        let name = name.split('@').next().unwrap_or(name);
        // A file of the repository is searched itself.
        let is_file = runs.starts_with("./") || runs.contains('.');
        !(is_file || KNOWN.contains(&name) || is_locked(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_nobody_locks_may_do_anything() {
        let is_locked = |name: &str| name == "lefty";
        for (script, is_unknown) in [
            ("lefty src && echo done", false),
            ("NODE_ENV=x npx --yes lefty@2", false),
            ("./build.sh", false),
            ("npm run other", false),
            ("bun run other && pnpm -r run other && yarn workspaces foreach run other", false),
            ("pnpm lefty", false),
            ("yarn install", false),
            ("yarn righty", true),
            ("pnpm exec righty", true),
            ("bunx lefty", false),
            ("bun build src/main.js", true),
            ("npx esbuild src", true),
            ("rm -rf dist; deno bundle x", true),
        ] {
            assert_eq!(starts_unknown(script, &is_locked), is_unknown, "{script}");
        }
    }
}
