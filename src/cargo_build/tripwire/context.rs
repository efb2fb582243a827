//! A file by its lines, and the command around a word.

use super::unexecuted::executed_part;
use crate::problem::Location;

/// The most lines that a command may span before a word.
const LONGEST_COMMAND: usize = 12;

/// Subcommands of Cargo that ship nothing (Cargo book, "Cargo Commands"), and plugins that only inspect.
/// A subcommand that is missing here counts as one that ships.
const LOOKING: &[&str] = &[
    "test",
    "t",
    "bench",
    "check",
    "c",
    "clippy",
    "doc",
    "d",
    "fmt",
    "tree",
    "metadata",
    "fix",
    "clean",
    "update",
    "fetch",
    "search",
    "info",
    "add",
    "remove",
    "generate-lockfile",
    "locate-project",
    "audit",
    "deny",
    "machete",
    "udeps",
    "outdated",
    "llvm-cov",
    "tarpaulin",
    "miri",
    "careful",
    "mutants",
    "semver-checks",
    "msrv",
    "insta",
    "criterion",
    "expand",
    "rustdoc",
    "nextest",
];

/// Subcommands that certainly produce something that is shipped or run.
const SHIPPING: &[&str] = &["build", "b", "install", "rustc", "run", "r"];

pub(super) struct Text {
    pub(super) path: String,
    pub(super) lines: Vec<String>,
    starts: Vec<usize>,
}

/// The effect of a command of Cargo's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// It inspects, and ships nothing.
    Looks,
    /// It certainly ships.
    Ships,
    /// It may ship, or it is not a command of Cargo's.
    Unknown,
}

impl Text {
    pub(super) fn new(path: String, text: &str) -> Self {
        let starts =
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        Self {
            path,
            starts: starts.collect(),
            lines: text.split('\n').map(str::to_owned).collect(),
        }
    }

    /// The line that contains a byte.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// The start of a line.
    pub(super) fn start_of(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or_default()
    }

    /// The location of a line.
    pub(super) fn location(&self, line: usize) -> Location {
        let line = u32::try_from(line + 1).unwrap_or(u32::MAX);
        Location { file: self.path.clone(), line }
    }

    /// The part of a line that may be executed.
    pub(super) fn orders(&self, line: usize) -> &str {
        self.lines.get(line).map_or("", |line| executed_part(line))
    }

    /// The text of a command up to a position in a line, with the preceding lines that continue in it.
    pub(super) fn command_until(&self, line: usize, column: usize) -> String {
        let written = self.orders(line);
        let mut command = written.get(..column).unwrap_or(written).to_owned();
        let mut at = line;
        let is_part = |text: &str| {
            let text = text.trim_start();
            let element =
                text.strip_prefix("- ").unwrap_or(text).trim_start_matches(['"', '\'', '[']);
            element.starts_with('-') || text.starts_with(['"', '\'']) || text.starts_with("- ")
        };
        for _ in 0..LONGEST_COMMAND {
            let Some(before) = at.checked_sub(1).map(|before| self.orders(before)) else {
                break;
            };
            let end = before.trim_end();
            let goes_on = end.ends_with(['\\', '^', '`', ',', '[', '(', '>', '|'])
                || end.trim_end_matches(['"', '\'']).ends_with("cargo");
            if !goes_on && !is_part(self.orders(at)) {
                break;
            }
            at -= 1;
            command = format!("{} {command}", before.trim_end().trim_end_matches(['\\', '^', '`']));
        }
        if self.is_configuration() {
            // An alias stands for Cargo's arguments.
            let arguments = command.split_once('=').map_or(command.as_str(), |(_, value)| value);
            return format!("cargo {arguments}");
        }
        match self.command_of_action(line) {
            Some(subcommand) if !command.contains("cargo") => {
                format!("cargo {subcommand} {command}")
            }
            _ => command,
        }
    }

    /// Whether it is a configuration file of Cargo's (Cargo book, "Configuration").
    pub(super) fn is_configuration(&self) -> bool {
        ["config.toml", "config"].iter().any(|name| self.path.ends_with(&format!(".cargo/{name}")))
    }

    /// The value of `command: test` shortly before the line with its arguments.
    fn command_of_action(&self, line: usize) -> Option<&str> {
        let mut before = (line.saturating_sub(3)..line).rev().map(|line| self.orders(line).trim());
        before.find_map(|text| text.strip_prefix("command:")).map(str::trim)
    }

    /// The rest of the command after a position in a line.
    pub(super) fn command_behind(&self, line: usize, column: usize) -> String {
        let mut command = self.orders(line).get(column..).unwrap_or_default().to_owned();
        for next in line + 1..line + LONGEST_COMMAND {
            let text = self.orders(next).trim().to_owned();
            let goes_on = command.trim_end().ends_with(['\\', '^', '`', ',', '[', '('])
                || text.trim_start_matches(['"', '\'']).starts_with('-');
            if !goes_on {
                break;
            }
            command.push(' ');
            command.push_str(&text);
        }
        command
    }
}

/// The effect of the last Cargo command in a text, if the text ends in it.
pub(super) fn command(text: &str) -> Command {
    let Some((position, _)) =
        text.match_indices("cargo").filter(|(at, _)| is_program(text, *at)).last()
    else {
        return Command::Unknown;
    };
    let rest = &text[position + "cargo".len()..];
    if rest.contains(['|', ';']) || rest.contains("&&") {
        return Command::Unknown;
    }
    let words =
        rest.split(|character: char| character.is_whitespace() || "\"',[]()".contains(character));
    let mut words = words.filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        match word {
            "hack" | "args" | "args:" | "=" => {}
            "-C" | "-Z" | "--config" | "--color" | "--manifest-path" => {
                words.next();
            }
            "nextest" if words.peek() == Some(&"archive") => return Command::Unknown,
            _ if word.starts_with(['+', '-']) => {}
            _ if LOOKING.contains(&word) => {
                // Tests that are built but not run may be shipped.
                let mut further = words.clone();
                let is_kept = further.any(|word| word == "--no-run");
                return if is_kept { Command::Unknown } else { Command::Looks };
            }
            _ if SHIPPING.contains(&word) => return Command::Ships,
            _ => return Command::Unknown,
        }
    }
    Command::Unknown
}

/// Whether a text begins with a Cargo command, so that it is certainly run: only
/// punctuation, variables and words that introduce commands are before it.
pub(super) fn is_order(text: &str) -> bool {
    let Some((at, _)) = text.match_indices("cargo").filter(|(at, _)| is_program(text, *at)).last()
    else {
        return false;
    };
    let leads_in = |word: &str| {
        let is_marks = word.chars().all(|character| !character.is_alphanumeric());
        let is_word =
            ["RUN", "CMD", "run", "sudo", "exec", "env", "time", "then", "do"].contains(&word);
        is_marks || is_word || word.contains('=') || word.ends_with([':', '[', '&', ';'])
    };
    let last = text[..at].rsplit(['&', ';', '\n']).next().unwrap_or_default();
    last.split_whitespace().all(|word| leads_in(word.trim_matches(['"', '\''])))
}

/// Whether `cargo` at a position is the name of the program, not part of a word such as `cargo-deny`.
pub(super) fn is_program(text: &str, at: usize) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    let before = text[..at].chars().next_back();
    let behind = text[at + "cargo".len()..].chars().next();
    !before.is_some_and(is_part) && !behind.is_some_and(|next| is_part(next) || next == '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inspecting_commands_are_distinguished_from_shipping_ones() {
        for (text, expected) in [
            ("cargo build ", Command::Ships),
            ("run: cargo +nightly --locked build --release ", Command::Ships),
            ("[\"cargo\", \"install\", ", Command::Ships),
            ("cargo -Z x rustc ", Command::Ships),
            ("cargo test ", Command::Looks),
            ("cargo test --no-run ", Command::Unknown),
            ("cargo nextest run ", Command::Looks),
            ("cargo nextest archive ", Command::Unknown),
            ("cargo hack check ", Command::Looks),
            ("cargo hack build ", Command::Ships),
            ("cargo clippy && cargo build ", Command::Ships),
            ("cargo test && ./other ", Command::Unknown),
            ("cargo test; maturin build ", Command::Unknown),
            ("cargo xtask dist ", Command::Unknown),
            ("cargo-zigbuild build ", Command::Unknown),
            ("maturin build ", Command::Unknown),
            ("cargo ", Command::Unknown),
        ] {
            assert_eq!(command(text), expected, "{text}");
        }
    }

    #[test]
    fn a_command_can_span_several_lines() {
        for text in [
            "x: |\n  cargo test \\\n    --locked \\\n    --features tls",
            "cmd = [\n  \"cargo\",\n  \"test\",\n  \"--features\", \"tls\"\n]",
            "args:\n  - cargo\n  - test\n  - --features\n  - tls",
        ] {
            let file = Text::new("x".into(), text);
            let line = file.lines.iter().position(|line| line.contains("--features")).unwrap();
            let column = file.lines[line].find("--features").unwrap();
            assert_eq!(command(&file.command_until(line, column)), Command::Looks, "{text}");
        }
        let apart = Text::new("x".into(), "cargo test\nmaturin build --features tls");
        assert_eq!(command(&apart.command_until(1, 14)), Command::Unknown);
    }
}
