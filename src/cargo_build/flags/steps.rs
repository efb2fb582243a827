//! Inputs of actions and of reusable workflows: what a workflow gives to a program that it does not
//! show (GitHub documentation, "Workflow syntax", `jobs.<job_id>.steps[*].with`).

use super::command::ShippingCommand;
use super::keys::{self, Entry};
use super::lines::without_comment;
use super::words::is_not_shipping;
use crate::policy::Placed;
use crate::problem::{Location, SourceText};

/// Actions that prepare, look or publish other things: they build nothing that is shipped. Every
/// other one may.
const NOT_BUILDING: &[&str] = &[
    "actions-rs/audit-check",
    "actions-rs/clippy-check",
    "actions-rs/toolchain",
    "actions-rust-lang/audit",
    "actions-rust-lang/rustfmt",
    "actions-rust-lang/setup-rust-toolchain",
    "actions/cache",
    "actions/checkout",
    "actions/download-artifact",
    "actions/github-script",
    "actions/setup-node",
    "actions/upload-artifact",
    "codecov/codecov-action",
    "dtolnay/rust-toolchain",
    "EmbarkStudios/cargo-deny-action",
    "giraffate/clippy-action",
    "hecrj/setup-rust-action",
    "moonrepo/setup-rust",
    "obi1kenobi/cargo-semver-checks-action",
    "rustsec/audit-check",
    "softprops/action-gh-release",
    "Swatinem/rust-cache",
    "taiki-e/install-action",
    "taiki-e/setup-cross-toolchain-action",
];

/// Parts of the names of actions that surely build Rust packages.
const RUST: &[&str] = &["cargo", "rust", "maturin", "cross", "wasm-pack", "tauri", "actions-rs"];

/// A line that gives a key a value.
struct Line<'text> {
    number: u32,
    /// The column of the key: behind the dash of a list.
    indent: usize,
    /// Whether a dash stands before it.
    begins_item: bool,
    key: &'text str,
    value: &'text str,
}

/// What the inputs of the steps of a workflow say about what is built.
pub(super) fn inputs(file: &SourceText) -> Vec<ShippingCommand> {
    if !is_yaml(&file.path) || !file.text.contains("with:") {
        return Vec::new();
    }
    let lines: Vec<&str> = file.text.lines().map(without_comment).collect();
    let keys: Vec<Line<'_>> = (1_u32..)
        .zip(&lines)
        .filter_map(|(number, line)| read_line(number, line))
        .collect();
    let blocks = keys.iter().enumerate();
    let blocks = blocks.filter(|(_, line)| line.key == "with" && line.value.trim().is_empty());
    let inputs = blocks.flat_map(|(position, _)| of_block(file, &lines, &keys, position));
    inputs.collect()
}

/// Whether a file is YAML.
pub(super) fn is_yaml(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
}

fn of_block(
    file: &SourceText,
    lines: &[&str],
    keys: &[Line<'_>],
    position: usize,
) -> Vec<ShippingCommand> {
    let action = action(keys, position).unwrap_or_default();
    if NOT_BUILDING
        .iter()
        .any(|known| known.eq_ignore_ascii_case(action))
    {
        return Vec::new();
    }
    let builds_rust = RUST.iter().any(|part| action.to_lowercase().contains(part));
    let entries = entries(file, lines, keys, position);
    let looks_only = entries
        .iter()
        .any(|entry| entry.key == "command" && is_not_shipping(entry.value.text.trim()));
    if looks_only {
        return Vec::new();
    }
    let mut commands: Vec<ShippingCommand> = entries
        .iter()
        .filter_map(|entry| keys::read(entry, builds_rust))
        .collect();
    if builds_rust && commands.is_empty() {
        let first = entries.first().map(|entry| &entry.value.location);
        let location = first
            .cloned()
            .unwrap_or_else(|| place(file, keys[position].number));
        commands.push(ShippingCommand::plain(&Placed { text: action.to_owned(), location }));
    }
    commands
}

/// What is given its inputs by the `with:` at a position, without its version.
fn action<'text>(keys: &[Line<'text>], position: usize) -> Option<&'text str> {
    let with = &keys[position];
    let belongs = |line: &&Line<'_>| line.indent >= with.indent;
    // A dash begins the step: what stands before it belongs to another one.
    let mut before: Vec<&Line<'text>> = Vec::new();
    if !with.begins_item {
        for line in keys[..position].iter().rev().take_while(belongs) {
            before.push(line);
            if line.begins_item && line.indent == with.indent {
                break;
            }
        }
    }
    let after = keys[position + 1..]
        .iter()
        .take_while(belongs)
        .take_while(|line| !(line.begins_item && line.indent == with.indent));
    let mut siblings = before
        .into_iter()
        .chain(after)
        .filter(|line| line.indent == with.indent);
    let uses = siblings.find(|line| line.key == "uses")?;
    let name = uses.value.trim().trim_matches(['"', '\'']);
    Some(name.split('@').next().unwrap_or(name))
}

/// The inputs of a `with:`, each with all the lines of its value.
fn entries(file: &SourceText, lines: &[&str], keys: &[Line<'_>], position: usize) -> Vec<Entry> {
    let with = &keys[position];
    let below: Vec<&Line<'_>> = keys[position + 1..]
        .iter()
        .take_while(|line| line.indent > with.indent)
        .collect();
    let Some(indent) = below.first().map(|first| first.indent) else {
        return Vec::new();
    };
    let inputs = below.into_iter().filter(|line| line.indent == indent);
    inputs
        .map(|line| {
            let mut text = line.value.trim().trim_start_matches(['|', '>']).to_owned();
            if line.value.trim().starts_with(['|', '>']) {
                text = text.trim_start_matches(['-', '+']).to_owned();
            }
            let further = lines.iter().skip(line.number as usize);
            for further in
                further.take_while(|text| text.trim().is_empty() || column(text) > indent)
            {
                text.push(' ');
                text.push_str(further.trim());
            }
            let location = place(file, line.number);
            Entry { key: line.key.to_owned(), value: Placed { text, location } }
        })
        .collect()
}

fn place(file: &SourceText, line: u32) -> Location {
    Location { file: file.path.clone(), line }
}

fn read_line(number: u32, line: &str) -> Option<Line<'_>> {
    let mut indent = column(line);
    let mut rest = line.trim_start();
    let begins_item = rest.starts_with("- ");
    while let Some(item) = rest.strip_prefix("- ") {
        let item = item.trim_start();
        indent += rest.len() - item.len();
        rest = item;
    }
    let (key, value) = rest.split_once(':')?;
    let is_key = !key.is_empty()
        && key
            .chars()
            .all(|character| character.is_alphanumeric() || "-_\"'".contains(character));
    let ends = value.is_empty() || value.starts_with([' ', '\t']);
    let key = key.trim_matches(['"', '\'']);
    (is_key && ends).then_some(Line { number, indent, begins_item, key, value })
}

fn column(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests;
