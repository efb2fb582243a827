//! Jobs of workflows that install everything and let nothing of it leave the machine.
//!
//! A job counts as such only if each of its steps is known to keep what is installed where it is.
//! Whatever is not known may ship it (GitHub documentation, "Workflow syntax").

use std::collections::BTreeSet;

use super::keeping::{Around, DEEPEST};

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
    "dorny/paths-filter@",
    "ffurrer2/extract-release-notes@",
    "github/codeql-action/",
    "martinbeentjes/npm-get-version-action@",
    // Both run a command, which is looked at.
    "mathiasvr/command-output@",
    "nick-fields/retry@",
    "oven-sh/setup-bun@",
    "pnpm/action-setup@",
    "rickstaa/action-create-tag@",
    "step-security/harden-runner@",
    "tj-actions/changed-files@",
    "wagoid/commitlint-github-action@",
];

/// Actions that give away what lies below a path, with the key of the path.
const UPLOADS: &[(&str, &str)] = &[
    ("actions/upload-artifact@", "path:"),
    ("actions/upload-pages-artifact@", "path:"),
    ("JamesIves/github-pages-deploy-action@", "folder:"),
    ("peaceiris/actions-gh-pages@", "publish_dir:"),
];

/// The same, where nothing is given away without the key.
const RELEASES: &[(&str, &str)] =
    &[("ncipollo/release-action@", "artifact"), ("softprops/action-gh-release@", "files:")];

/// Actions that commit what git does not pass over.
const COMMITS: &[&str] =
    &["peter-evans/create-pull-request@", "stefanzweifel/git-auto-commit-action@"];

/// A line of a workflow.
struct Line<'text> {
    number: u32,
    indentation: usize,
    text: &'text str,
}

/// The lines of those jobs of a workflow out of which nothing that is installed leaves.
pub(super) fn harmless_lines(around: &Around<'_>) -> BTreeSet<u32> {
    let lines: Vec<Line<'_>> = (1_u32..).zip(around.workflow.lines()).filter_map(line).collect();
    let jobs = jobs(&lines);
    let (harmless, harmful): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|job| is_harmless(job, around));
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
        if below.get(position).is_none_or(|line| line.indentation <= indentation) {
            jobs.push(&below[first..position]);
            first = position;
        }
    }
    jobs
}

fn is_harmless(job: &[Line<'_>], around: &Around<'_>) -> bool {
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
        let below = job[position..].iter().take_while(|next| next.indentation > indentation);
        let below: Vec<&str> = below.map(|line| line.text).collect();
        if let Some(action) = text.strip_prefix("uses:") {
            let step = step_of(job, position - 1);
            if !is_harmless_action(action.trim().trim_matches(['"', '\'']), step, around) {
                return false;
            }
        } else if let Some(command) = run_by(text) {
            position += below.len();
            let command = unquoted(command.trim());
            let is_block = command.starts_with(['|', '>']);
            let joined = if command.starts_with('|') { "\n" } else { " " };
            let block = below.join(joined);
            let all = if is_block { block } else { format!("{command} {block}") };
            if !around.keeps(&all, DEEPEST) {
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
    let length = job[start + 1..].iter().take_while(|line| line.indentation > indentation).count();
    &job[start..=start + length]
}

fn is_harmless_action(action: &str, step: &[Line<'_>], around: &Around<'_>) -> bool {
    let is = |known: &&&str| action.starts_with(**known);
    if ACTIONS.iter().any(|known| is(&known)) {
        return true;
    }
    if COMMITS.iter().any(|known| is(&known)) {
        return around.is_ignored;
    }
    let mut carriers = UPLOADS.iter().chain(RELEASES);
    carriers.any(|(known, key)| {
        let is_optional = RELEASES.contains(&(*known, *key));
        is(&known) && gives_only_what_was_made(step, key, is_optional, around)
    })
}

/// Whether what a step gives away are folders and files by name, none of which can hold what is
/// installed.
fn gives_only_what_was_made(
    step: &[Line<'_>],
    key: &str,
    is_optional: bool,
    around: &Around<'_>,
) -> bool {
    let Some(place) = step.iter().position(|line| line.text.starts_with(key)) else {
        return is_optional;
    };
    let path = &step[place];
    let value = path.text.split_once(':').map_or("", |(_, value)| value).trim();
    let below = step[place + 1..]
        .iter()
        .take_while(|line| line.indentation > path.indentation)
        .map(|line| line.text);
    let mut values: Vec<&str> = below.collect();
    if !value.starts_with(['|', '>']) {
        values.push(value);
    }
    let named = values.iter().flat_map(|value| value.split(','));
    let is_made = |value: &str| around.is_made(value.trim().trim_matches(['"', '\'']));
    !values.is_empty() && named.into_iter().all(is_made)
}

fn unquoted(scalar: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| scalar.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(scalar)
}

/// What a line orders: the key of GitHub's, and that of actions which run a command.
fn run_by(text: &str) -> Option<&str> {
    ["run:", "command:"].iter().find_map(|key| text.strip_prefix(key))
}

#[cfg(test)]
mod tests;
