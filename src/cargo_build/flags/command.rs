//! Commands that ship, and the flags that decide what is in what they build.

use super::lines::lines;
use crate::policy::Placed;
use crate::problem::SourceText;

/// Subcommands of Cargo that make nothing that is shipped. Every other one counts, those that are not
/// known included.
const NOT_SHIPPING: &[&str] = &[
    "add",
    "audit",
    "bench",
    "c",
    "check",
    "clean",
    "clippy",
    "d",
    "deny",
    "doc",
    "fetch",
    "fix",
    "fmt",
    "generate-lockfile",
    "hack",
    "help",
    "init",
    "llvm-cov",
    "locate-project",
    "login",
    "machete",
    "metadata",
    "miri",
    "mutants",
    "new",
    "nextest",
    "outdated",
    "owner",
    "pkgid",
    "read-manifest",
    "remove",
    "rustdoc",
    "search",
    "semver-checks",
    "sort",
    "t",
    "tarpaulin",
    "test",
    "tree",
    "udeps",
    "uninstall",
    "update",
    "vendor",
    "verify-project",
    "version",
    "vet",
    "yank",
];

/// Programs that build Rust packages, and the variables that stand for Cargo.
const PROGRAMS: &[&str] =
    &["cargo", "cross", "$CARGO", "${CARGO}", "CARGO", "maturin", "cargo-zigbuild", "wasm-pack"];

/// Options that take a value which says nothing about what is built.
const WITH_VALUE: &[&str] = &[
    "-p",
    "--package",
    "--exclude",
    "--bin",
    "--example",
    "--profile",
    "-j",
    "--jobs",
    "--target-dir",
    "--manifest-path",
    "--path",
    "--root",
    "--color",
    "--token",
    "--registry",
    "--message-format",
    "--out-dir",
    "--artifact-dir",
    "--version",
    "-o",
    "--out",
    "-i",
    "--interpreter",
];

/// A command that ships.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ShippingCommand {
    /// The command, and where it begins.
    pub(super) line: Placed,
    /// What it turns on.
    pub(super) features: Features,
    /// What it builds for, as it is written.
    pub(super) targets: Vec<Placed>,
}

/// The features that a command names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Features {
    /// `--all-features`
    All,
    /// `--features`, `-F`. One that holds a variable names no feature that any package has.
    Named(Vec<String>),
}

/// The commands of a file that ship.
pub(super) fn shipping(file: &SourceText) -> Vec<ShippingCommand> {
    let speaks_of_rust = PROGRAMS.iter().any(|program| file.text.contains(program));
    if !speaks_of_rust {
        return Vec::new();
    }
    lines(file).iter().flat_map(commands_of_line).collect()
}

fn commands_of_line(line: &Placed) -> Vec<ShippingCommand> {
    let text = spaced(&line.text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut commands = Vec::new();
    let mut rest = words.as_slice();
    while let Some(start) = rest.iter().position(|word| is_program(word)) {
        let after = &rest[start + 1..];
        let end = after
            .iter()
            .position(|word| is_end(word))
            .unwrap_or(after.len());
        if ships(program(rest[start]), &after[..end]) {
            commands.push(command(line, &after[..end]));
        }
        rest = &after[end..];
    }
    // The arguments of an action, which Cargo is given elsewhere.
    let is_action = words
        .first()
        .is_some_and(|word| matches!(*word, "args:" | "-args:"));
    if commands.is_empty() && is_action {
        commands.push(command(line, &words[1..]));
    }
    commands
}

/// Quotes and brackets stand around words; the variables of workflows stay whole.
fn spaced(text: &str) -> String {
    let text = text.replace("${{ ", "${{").replace(" }}", "}}");
    let blank = |character: char| {
        if "\"'`()[]".contains(character) {
            ' '
        } else {
            character
        }
    };
    text.chars().map(blank).collect()
}

/// The name of a program without its folder, and without the signs of makefiles and YAML.
fn program(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.trim_start_matches(['@', '-']).trim_end_matches(".exe")
}

fn is_program(word: &str) -> bool {
    PROGRAMS.contains(&program(word))
}

/// What ends a command in a line of a shell.
fn is_end(word: &str) -> bool {
    matches!(word, "&&" | "||" | ";" | "|" | "--") || word.ends_with(';')
}

fn ships(program: &str, arguments: &[&str]) -> bool {
    if !matches!(program, "cargo" | "cross" | "$CARGO" | "${CARGO}" | "CARGO") {
        return true;
    }
    let subcommand = arguments.iter().find(|word| !word.starts_with(['+', '-']));
    subcommand.is_some_and(|subcommand| {
        // A tool from the registry is not what is shipped.
        let is_tool = *subcommand == "install" && !arguments.contains(&"--path");
        !NOT_SHIPPING.contains(subcommand) && !is_tool
    })
}

fn command(line: &Placed, arguments: &[&str]) -> ShippingCommand {
    let mut all = false;
    let mut names = Vec::new();
    let mut targets = Vec::new();
    let mut position = 0;
    while let Some(word) = arguments.get(position) {
        position += 1;
        all |= *word == "--all-features";
        if let Some(value) = value(word, &["--target"], arguments, &mut position) {
            targets.push(Placed { text: value, location: line.location.clone() });
        }
        if let Some(value) = value(word, &["--features", "-F"], arguments, &mut position) {
            names.extend(
                value
                    .split(',')
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned),
            );
            // `--features "tls log"`: the quotes are gone.
            while arguments.get(position).is_some_and(|next| is_plain(next)) {
                names.extend(arguments.get(position).map(|next| (*next).to_owned()));
                position += 1;
            }
        } else if WITH_VALUE.contains(word) {
            position += 1;
        } else if is_variable(word) {
            names.push((*word).to_owned());
        }
    }
    let features = if all {
        Features::All
    } else {
        Features::Named(names)
    };
    ShippingCommand { line: line.clone(), features, targets }
}

/// The value of an option: `--target T`, `--target=T`, `-FT`.
fn value(word: &str, names: &[&str], arguments: &[&str], position: &mut usize) -> Option<String> {
    for name in names {
        let Some(rest) = word.strip_prefix(name) else {
            continue;
        };
        if rest.is_empty() {
            let value = arguments
                .get(*position)
                .copied()
                .unwrap_or_default()
                .to_owned();
            *position += 1;
            return Some(value);
        }
        if let Some(value) = rest.strip_prefix('=') {
            return Some(value.to_owned());
        }
        if name.len() == 2 {
            return Some(rest.to_owned());
        }
    }
    None
}

/// A variable where a flag could stand: it may hold any.
fn is_variable(word: &str) -> bool {
    let option = word.split('=').next().unwrap_or(word);
    let is_value = word.starts_with("--") && option != word;
    let part = if is_value { option } else { word };
    !word.starts_with('+') && (part.contains('$') || part.contains("{{"))
}

/// A further word of a list of features: neither an option nor a path nor a variable.
fn is_plain(word: &str) -> bool {
    let fits = |character: char| character.is_alphanumeric() || "-_/".contains(character);
    !word.starts_with('-') && word.chars().all(fits)
}

#[cfg(test)]
mod tests;
