//! Jobs of workflows that install everything and let nothing of it leave the machine.
//!
//! A job counts as such only if each of its steps is known to keep what is installed where it is.
//! Whatever is not known may ship it (GitHub documentation, "Workflow syntax").

use std::collections::{BTreeMap, BTreeSet};

use super::commands;

/// Actions after which everything that is installed is still only on the machine, but for what they
/// report.
const ACTIONS: &[&str] = &[
    "actions/cache@",
    "actions/cache/restore@",
    "actions/cache/save@",
    "actions/checkout@",
    "actions/dependency-review-action@",
    "actions/setup-go@",
    "actions/setup-java@",
    "actions/setup-node@",
    "actions/setup-python@",
    "browser-actions/setup-chrome@",
    "codecov/codecov-action@",
    "coverallsapp/github-action@",
    "cypress-io/github-action@",
    "denoland/setup-deno@",
    "github/codeql-action/",
    "oven-sh/setup-bun@",
    "pnpm/action-setup@",
    "step-security/harden-runner@",
    "wagoid/commitlint-github-action@",
];

/// Actions that give away what lies below a `path`.
const UPLOADS: &[&str] = &["actions/upload-artifact@", "actions/upload-pages-artifact@"];

/// Commands that send nothing away but what they make. Their names, as scripts spell them.
const COMMANDS: &[&str] = &[
    "astro",
    "ava",
    "babel",
    "biome",
    "c8",
    "cat",
    "cd",
    "changeset",
    "chmod",
    "codecov",
    "commitlint",
    "concurrently",
    "corepack",
    "cross-env",
    "cspell",
    "cypress",
    "echo",
    "esbuild",
    "eslint",
    "exit",
    "export",
    "false",
    "grep",
    "husky",
    "is-ci",
    "jasmine",
    "jest",
    "karma",
    "knip",
    "lerna",
    "lint-staged",
    "ls",
    "markdownlint",
    "markdownlint-cli2",
    "mkdir",
    "mocha",
    "ncc",
    "ng",
    "node",
    "npm-run-all",
    "nuxt",
    "nyc",
    "parcel",
    "playwright",
    "postcss",
    "prettier",
    "printf",
    "publint",
    "pwd",
    "react-scripts",
    "rimraf",
    "rm",
    "rollup",
    "run-p",
    "run-s",
    "sass",
    "semantic-release",
    "set",
    "size-limit",
    "sleep",
    "standard",
    "start-server-and-test",
    "stylelint",
    "svelte-check",
    "svelte-kit",
    "swc",
    "tap",
    "tape",
    "test",
    "touch",
    "true",
    "tsc",
    "tsd",
    "tsup",
    "typedoc",
    "vite",
    "vitest",
    "vue-cli-service",
    "vue-tsc",
    "wait-on",
    "wc",
    "webpack",
    "which",
    "xo",
    "xvfb-run",
];

/// Words of the shell before a command, or instead of one.
const KEYWORDS: &[&str] =
    &["if", "elif", "then", "else", "while", "until", "do", "!", "time", "fi", "done", "command"];

/// What git does without sending anything.
const GIT: &[&str] = &[
    "branch",
    "checkout",
    "config",
    "describe",
    "diff",
    "fetch",
    "log",
    "ls-files",
    "rev-parse",
    "show",
    "status",
    "tag",
];

/// What npm does without sending anything but what it packs, which holds no installed package that is
/// not bundled (npm documentation, "npm publish").
const NPM: &[&str] = &[
    "audit",
    "ci",
    "clean-install",
    "config",
    "dedupe",
    "exec",
    "i",
    "install",
    "ls",
    "outdated",
    "pack",
    "publish",
    "rebuild",
    "version",
    "view",
    "whoami",
];

/// Scripts call scripts; a circle is not followed further.
const DEEPEST: usize = 8;

/// The scripts of every `package.json`, by name.
pub(super) type Scripts = BTreeMap<String, Vec<String>>;

/// A line of a workflow.
struct Line<'text> {
    number: u32,
    indentation: usize,
    text: &'text str,
}

/// The lines of those jobs of a workflow out of which nothing that is installed leaves.
pub(super) fn harmless_lines(text: &str, scripts: &Scripts) -> BTreeSet<u32> {
    let lines: Vec<Line<'_>> = (1_u32..).zip(text.lines()).filter_map(line).collect();
    let jobs = jobs(&lines);
    let (harmless, harmful): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|job| is_harmless(job, scripts));
    let keeps_modules =
        |job: &[Line<'_>]| job.iter().any(|line| line.text.contains("node_modules"));
    let harmless = harmless
        .into_iter()
        // What one job puts into a cache another may ship.
        .filter(|job| harmful.is_empty() || !keeps_modules(job));
    harmless.flatten().map(|line| line.number).collect()
}

fn line((number, text): (u32, &str)) -> Option<Line<'_>> {
    let trimmed = text.trim_start();
    let is_comment = trimmed.starts_with('#');
    let indentation = text.len() - trimmed.len();
    (!trimmed.is_empty() && !is_comment).then_some(Line { number, indentation, text: trimmed })
}

/// The lines of each job.
fn jobs<'lines, 'text>(lines: &'lines [Line<'text>]) -> Vec<&'lines [Line<'text>]> {
    let begins = |line: &Line<'_>| line.indentation == 0 && line.text.starts_with("jobs:");
    let Some(start) = lines.iter().position(begins) else {
        return Vec::new();
    };
    let below = &lines[start + 1..];
    let end = below.iter().position(|line| line.indentation == 0);
    let below = &below[..end.unwrap_or(below.len())];
    let Some(indentation) = below.first().map(|line| line.indentation) else {
        return Vec::new();
    };
    let mut jobs = Vec::new();
    let mut first = 0;
    for position in 1..=below.len() {
        if below
            .get(position)
            .is_none_or(|line| line.indentation <= indentation)
        {
            jobs.push(&below[first..position]);
            first = position;
        }
    }
    jobs
}

fn is_harmless(job: &[Line<'_>], scripts: &Scripts) -> bool {
    let mut position = 0;
    while let Some(line) = job.get(position) {
        position += 1;
        let is_element = line.text.starts_with("- ");
        let text = line.text.trim_start_matches("- ").trim_start();
        let indentation = line.indentation + line.text.len() - text.len();
        // What is written in one line, or once for several places, is not taken apart.
        let is_unclear = text.starts_with(['*', '&', '<']) || (is_element && text.starts_with('{'));
        if is_unclear || text.starts_with("steps: *") || text.starts_with("steps: [") {
            return false;
        }
        let below = job[position..]
            .iter()
            .take_while(|next| next.indentation > indentation);
        let below: Vec<&str> = below.map(|line| line.text).collect();
        if let Some(action) = text.strip_prefix("uses:") {
            let step = step_of(job, position - 1);
            if !is_harmless_action(action.trim().trim_matches(['"', '\'']), step) {
                return false;
            }
        } else if let Some(command) = text.strip_prefix("run:") {
            position += below.len();
            let command = command.trim().trim_matches(['"', '\'']);
            let is_block = command.starts_with(['|', '>']);
            let block = below.join("\n");
            let all = if is_block {
                block
            } else {
                format!("{command}\n{block}")
            };
            if !are_harmless(&all, scripts, DEEPEST) {
                return false;
            }
        }
    }
    true
}

/// The lines of the step that a line belongs to.
fn step_of<'lines, 'text>(job: &'lines [Line<'text>], position: usize) -> &'lines [Line<'text>] {
    let before = (0..=position).rev();
    let start = before
        .into_iter()
        .find(|place| {
            let line = &job[*place];
            line.text.starts_with("- ") && line.indentation <= job[position].indentation
        })
        .unwrap_or(position);
    let indentation = job[start].indentation;
    let length = job[start + 1..]
        .iter()
        .take_while(|line| line.indentation > indentation)
        .count();
    &job[start..=start + length]
}

fn is_harmless_action(action: &str, step: &[Line<'_>]) -> bool {
    let is = |known: &&&str| action.starts_with(**known);
    if ACTIONS.iter().any(|known| is(&known)) {
        return true;
    }
    UPLOADS.iter().any(|known| is(&known)) && uploads_only_what_was_made(step)
}

/// Whether what a step gives away are folders and files by name, none of which can hold what is
/// installed.
fn uploads_only_what_was_made(step: &[Line<'_>]) -> bool {
    let Some(place) = step.iter().position(|line| line.text.starts_with("path:")) else {
        return false;
    };
    let path = &step[place];
    let value = path.text["path:".len()..].trim();
    let below = step[place + 1..]
        .iter()
        .take_while(|line| line.indentation > path.indentation)
        .map(|line| line.text);
    let mut values: Vec<&str> = below.collect();
    if !value.starts_with(['|', '>']) {
        values.push(value);
    }
    let is_made = |value: &&str| {
        let plain = value.trim_matches(['"', '\'']);
        let plain = plain.strip_prefix("./").unwrap_or(plain);
        let is_named =
            plain.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_');
        is_named && !plain.contains("node_modules") && !plain.contains(['$', '*'])
    };
    !values.is_empty() && values.iter().all(is_made)
}

/// Whether every command of a script keeps what is installed where it is.
pub(super) fn are_harmless(script: &str, scripts: &Scripts, depth: usize) -> bool {
    let script = script
        .replace("\\\n", " ")
        .replace("$(", ";")
        .replace('`', ";");
    let mut all = commands::split(&script).filter(|command| !command.trim().is_empty());
    depth > 0 && all.all(|command| is_harmless_command(command, scripts, depth))
}

fn is_harmless_command(command: &str, scripts: &Scripts, depth: usize) -> bool {
    let trimmed = command.trim_start();
    if trimmed.starts_with('#') {
        return true;
    }
    let words = commands::words(trimmed);
    let mut words = words
        .iter()
        .map(String::as_str)
        .skip_while(|word| KEYWORDS.contains(word) || is_assignment(word));
    let Some(first) = words.next() else {
        return true;
    };
    let arguments: Vec<&str> = words.collect();
    let plain = || {
        arguments
            .iter()
            .copied()
            .filter(|word| !word.starts_with('-'))
    };
    match first {
        "git" => plain().next().is_some_and(|word| GIT.contains(&word)),
        "npx" => plain().next().is_some_and(|word| {
            let name = word.split('@').next().unwrap_or(word);
            COMMANDS.contains(&name)
        }),
        "npm" => match plain().next() {
            Some("test" | "t" | "tst") => is_harmless_script("test", scripts, depth),
            Some("start") => is_harmless_script("start", scripts, depth),
            Some("run" | "run-script") => plain()
                .nth(1)
                .is_none_or(|name| is_harmless_script(name, scripts, depth)),
            Some(verb) => NPM.contains(&verb),
            None => true,
        },
        "cross-env" | "xvfb-run" => {
            let rest = arguments.join(" ");
            is_harmless_command(&rest, scripts, depth)
        }
        _ => COMMANDS.contains(&first.rsplit('/').next().unwrap_or(first)),
    }
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Whether a script of any manifest, with what npm runs before and after it, is harmless.
fn is_harmless_script(name: &str, scripts: &Scripts, depth: usize) -> bool {
    [format!("pre{name}"), name.to_owned(), format!("post{name}")]
        .iter()
        .filter_map(|name| scripts.get(name))
        .flatten()
        .all(|command| are_harmless(command, scripts, depth - 1))
}

#[cfg(test)]
mod tests;
