//! Commands that ship, and the flags that decide what is in what they build.

use super::lines::lines;
use super::spacing::spaced;
use super::steps::is_yaml;
use super::words::{
    Program, implied_targets, is_bundling, is_harmless_configuration, is_not_shipping,
    may_speak_of_rust, program, takes_a_value,
};
use crate::policy::Placed;
use crate::problem::SourceText;

/// The variable that names a target (Cargo book, "Configuration", `build.target`).
const TARGET_VARIABLE: &str = "CARGO_BUILD_TARGET";

/// How variables begin that name further commands (Cargo book, "Configuration", `[alias]`).
const ALIAS_VARIABLE: &str = "CARGO_ALIAS_";

/// A command that ships, or a setting that says what another one ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShippingCommand {
    /// The command, and where it begins.
    pub(super) line: Placed,
    /// What it turns on.
    pub(super) features: Features,
    /// Whether it turns the default features off.
    pub(super) without_default: bool,
    /// What it builds for, as it is written.
    pub(super) targets: Vec<Placed>,
    /// Whether it ships examples, which development dependencies are part of.
    pub(super) examples: bool,
    /// Something that it says without its effect being known.
    pub(super) unclear: Option<&'static str>,
}

/// The features that a command names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Features {
    /// `--all-features`
    All,
    /// `--features`, `-F`. One that holds a variable names no feature that any package has.
    Named(Vec<String>),
}

impl ShippingCommand {
    /// What builds with default features for the machine that it runs on.
    pub(super) fn plain(line: &Placed) -> Self {
        Self {
            line: line.clone(),
            features: Features::Named(Vec::new()),
            without_default: false,
            targets: Vec::new(),
            examples: false,
            unclear: None,
        }
    }
}

/// The commands of a file that ship.
pub(super) fn shipping(file: &SourceText) -> Vec<ShippingCommand> {
    if !may_speak_of_rust(&file.text) {
        return Vec::new();
    }
    // The inputs of an action are looked through with what it is.
    let has_inputs = is_yaml(&file.path) && file.text.contains("with:");
    let lines = lines(file);
    let commands = lines.iter().flat_map(|line| {
        let mut commands = commands_of_line(line);
        let arguments = || {
            line.text
                .trim_start_matches(['-', ' '])
                .strip_prefix("args:")
        };
        if let (true, false, Some(text)) = (commands.is_empty(), has_inputs, arguments()) {
            let text = text.to_owned();
            commands.extend(of_arguments(&Placed { text, location: line.location.clone() }));
        }
        commands
    });
    commands.collect()
}

fn commands_of_line(line: &Placed) -> Vec<ShippingCommand> {
    let text = spaced(&line.text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut commands = Vec::new();
    let mut rest = words.as_slice();
    while let Some((start, found)) = first_program(rest) {
        let after = &rest[start + 1..];
        let end = after
            .iter()
            .position(|word| is_end(word))
            .unwrap_or(after.len());
        if ships(found, &after[..end]) {
            let mut command = command(line, &after[..end]);
            let words = [&rest[start..=start], &after[..end]].concat();
            let implied = implied_targets(&words)
                .map(|target| Placed { text: target.to_owned(), location: line.location.clone() });
            command.targets.extend(implied);
            commands.push(command);
        }
        rest = &after[end..];
    }
    commands.extend(variables(line, &words));
    commands
}

fn first_program(words: &[&str]) -> Option<(usize, Program)> {
    let mut numbered = words.iter().enumerate();
    numbered.find_map(|(position, word)| Some((position, program(word)?)))
}

/// What a cargo alias of the repository stands for: Cargo's own arguments.
pub(super) fn of_alias(alias: &Placed) -> Option<ShippingCommand> {
    let text = spaced(&alias.text);
    let words: Vec<&str> = text.split_whitespace().collect();
    ships(Program::LikeCargo, &words).then(|| command(alias, &words))
}

/// The options of a command that stands elsewhere.
pub(super) fn of_arguments(arguments: &Placed) -> Option<ShippingCommand> {
    let text = spaced(&arguments.text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let looks_only = words.first().is_some_and(|first| is_not_shipping(first));
    (!looks_only).then(|| command(arguments, &words))
}

/// Variables of Cargo's own that decide what is built.
fn variables(line: &Placed, words: &[&str]) -> Vec<ShippingCommand> {
    let mut commands = Vec::new();
    for (position, word) in words.iter().enumerate() {
        if word.contains(ALIAS_VARIABLE) {
            let unclear = Some("it names a further command of Cargo");
            commands.push(ShippingCommand { unclear, ..ShippingCommand::plain(line) });
        }
        let Some(rest) = word.strip_prefix(TARGET_VARIABLE) else {
            continue;
        };
        let own = rest.trim_start_matches(['=', ':']);
        let value = match (own, words.get(position + 1)) {
            ("", Some(next)) if *next == "=" => words.get(position + 2).copied(),
            ("", next) => next.copied(),
            (own, _) => Some(own),
        };
        let targets = value.map(|value| Placed {
            text: value.trim_matches([',', ';']).to_owned(),
            location: line.location.clone(),
        });
        let targets = targets.into_iter().collect();
        commands.push(ShippingCommand { targets, ..ShippingCommand::plain(line) });
    }
    commands
}

/// What ends a command in a line of a shell.
fn is_end(word: &str) -> bool {
    matches!(word, "&&" | "||" | "&" | ";" | ";;" | "|" | "|&" | "--")
}

fn ships(found: Program, arguments: &[&str]) -> bool {
    if found == Program::Builder {
        return true;
    }
    let subcommand = arguments.iter().find(|word| !word.starts_with(['+', '-']));
    if found == Program::Bundler {
        return subcommand.is_some_and(|subcommand| is_bundling(subcommand));
    }
    subcommand.is_some_and(|subcommand| {
        // A tool from the registry is not what is shipped.
        let is_tool = *subcommand == "install" && !arguments.contains(&"--path");
        !is_not_shipping(subcommand) && !is_tool
    })
}

fn command(line: &Placed, arguments: &[&str]) -> ShippingCommand {
    let mut found = ShippingCommand::plain(line);
    let mut all = false;
    let mut names = Vec::new();
    let mut position = 0;
    while let Some(word) = arguments.get(position) {
        position += 1;
        all |= *word == "--all-features";
        found.without_default |= *word == "--no-default-features";
        found.examples |= matches!(option(word), "--example" | "--examples");
        if let Some(value) = value(word, &["--target"], arguments, &mut position) {
            let location = &line.location;
            let triples = triples(&value).into_iter();
            let triples = triples.map(|text| Placed { text, location: location.clone() });
            found.targets.extend(triples);
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
        } else if let Some(value) = value(word, &["--config"], arguments, &mut position) {
            if !is_harmless_configuration(&value) {
                found.unclear = Some("what its configuration changes is not known");
            }
        } else if takes_a_value(word) {
            position += 1;
        } else if is_variable(word) {
            names.push((*word).to_owned());
        }
    }
    found.features = if all {
        Features::All
    } else {
        Features::Named(names)
    };
    found
}

/// What a value of `--target` stands for: cargo-zigbuild takes the version of a C library behind a dot
/// (`x86_64-unknown-linux-gnu.2.17`), and a word for both processors of macOS.
fn triples(value: &str) -> Vec<String> {
    if value == "universal2-apple-darwin" {
        return vec!["aarch64-apple-darwin".to_owned(), "x86_64-apple-darwin".to_owned()];
    }
    let is_version = |rest: &str| {
        !rest.is_empty()
            && rest
                .chars()
                .all(|character| character.is_ascii_digit() || character == '.')
    };
    match value.split_once('.') {
        Some((triple, rest)) if is_version(rest) => vec![triple.to_owned()],
        _ => vec![value.to_owned()],
    }
}

/// An option without its value.
fn option(word: &str) -> &str {
    word.split('=').next().unwrap_or(word)
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
            // `--target="T"`: the quotes are gone.
            let next = arguments
                .get(*position)
                .filter(|next| !next.starts_with('-'));
            if let (true, Some(next)) = (value.is_empty(), next) {
                *position += 1;
                return Some((*next).to_owned());
            }
            return Some(value.to_owned());
        }
        if name.len() == 2 {
            return Some(rest.to_owned());
        }
    }
    None
}

/// A variable where a flag could stand: it may hold any. Shells, makefiles, workflows, batch files
/// and the languages of scripts each have their own signs.
fn is_variable(word: &str) -> bool {
    let option = option(word);
    let is_value = word.starts_with("--") && option != word;
    let part = if is_value { option } else { word };
    let is_batch = part.len() > 2 && part.starts_with('%') && part.ends_with('%');
    !word.starts_with('+')
        && (holds_variable(part) || is_batch || part.starts_with(['{', '@', '*']))
}

/// Whether a text holds a variable of a shell, a workflow or a template.
pub(super) fn holds_variable(text: &str) -> bool {
    text.contains('$') || text.contains("{{")
}

/// A further word of a list of features: neither an option nor a path nor a variable.
fn is_plain(word: &str) -> bool {
    let fits = |character: char| character.is_alphanumeric() || "-_/".contains(character);
    !word.starts_with('-') && word.chars().all(fits)
}

#[cfg(test)]
mod tests;
