//! Commands with which a package manager installs what does not fit the machine, or takes the machine for
//! another one (npm documentation, "npm install", "config"; pnpm documentation, "pnpm install", `--cpu`,
//! `--os`, `--libc`; Bun documentation, "bun install").
//!
//! Every word counts wherever it stands in a command: no order of options is taken for sure.

use super::{Installer, bun, npm, pnpm, program};
use crate::lockfile::tool::{self, Tool};

/// Options that say what the machine is.
const MACHINE: &[&str] = &["os", "cpu", "libc"];

/// The setting of pnpm and Yarn, in every spelling of it in lower case without `-` and `_`.
const ARCHITECTURES: &str = "supportedarchitectures";

/// Verbs that change settings, in what several package managers call them.
const CONFIGURING: &[&str] = &["config", "c", "set"];

/// How the variables begin that are settings of npm and pnpm.
const VARIABLES: &[&str] = &["npm_config_", "pnpm_config_"];

/// Whether a line makes the package manager look away from the platform of the machine.
pub(in crate::npm_use) fn looks_away(line: &str, installer: Installer) -> bool {
    let tool = installer.tool;
    if *tool == tool::DENO || *tool == tool::YARN_CLASSIC {
        // The one leaves nothing out, and the lockfile of the other records no platforms.
        return false;
    }
    let mut commands = super::split(line).map(words);
    commands.any(|command| {
        sets_variable(&command, tool)
            || writes_setting(&command, tool)
            || (runs(&command, tool) && has_option(&command, tool))
    })
}

/// The words of a command, whatever quotes, brackets and commas stand around them.
fn words(command: &str) -> Vec<&str> {
    let is_between = |next: char| next.is_whitespace() || "\"'`,()[]{}".contains(next);
    command.split(is_between).filter(|word| !word.is_empty()).collect()
}

fn runs(words: &[&str], tool: &Tool) -> bool {
    words.iter().any(|word| program(word) == Some(tool.word))
}

fn has_option(words: &[&str], tool: &Tool) -> bool {
    if words.iter().any(|word| names_architectures(word)) {
        return true;
    }
    let is_verb = |word: &&str| match tool {
        tool if *tool == tool::NPM => npm::is_verb(word) || *word == "audit",
        tool if *tool == tool::PNPM => pnpm::is_verb(word),
        tool if *tool == tool::BUN => bun::is_verb(word),
        _ => false,
    };
    let sets = words.iter().any(|word| CONFIGURING.contains(word));
    let installs = words.iter().any(is_verb);
    let mut options = words.iter();
    options.any(|word| match word.strip_prefix("--") {
        Some(option) => installs && is_setting(option, tool),
        None => (sets && is_setting(word, tool)) || (installs && is_short_force(word, tool)),
    })
}

/// Whether `key` or `key=value` is one of the settings that decide about platforms. `force=false` forces nothing.
fn is_setting(text: &str, tool: &Tool) -> bool {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    let key = key.strip_prefix("config.").unwrap_or(key);
    let forces = |key: &str| {
        // Bun's option asks registries anew, and Yarn has none.
        key == "force" && value != "false" && [tool::NPM, tool::PNPM].contains(tool)
    };
    MACHINE.contains(&key) || forces(key)
}

fn is_short_force(word: &str, tool: &Tool) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    let is_short = !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_short && letters.contains('f') && *tool == tool::NPM
}

fn names_architectures(text: &str) -> bool {
    let plain: String = text.chars().filter(|next| !"-_".contains(*next)).collect();
    plain.to_ascii_lowercase().contains(ARCHITECTURES)
}

/// Whether a variable is set that the package manager takes for such a setting: `npm_config_force=true`.
fn sets_variable(words: &[&str], tool: &Tool) -> bool {
    words.iter().any(|word| {
        let lower = word.to_ascii_lowercase();
        let mut settings = VARIABLES.iter().filter_map(|start| Some(lower.split_once(start)?.1));
        let is_set = settings.any(|setting| is_setting(setting.trim_end_matches(':'), tool));
        is_set || (lower.contains("yarn_") && names_architectures(word))
    })
}

/// Whether a command writes such a setting into a file: `echo force=true >> .npmrc`.
fn writes_setting(words: &[&str], tool: &Tool) -> bool {
    let is_file = |word: &&str| {
        let files = [".npmrc", ".yarnrc.yml", tool::PNPM_WORKSPACE];
        files.iter().any(|file| word.ends_with(file))
    };
    words.iter().any(is_file)
        && words.iter().any(|word| is_setting(word, tool) || names_architectures(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_looks_away_from_the_platform_is_seen() {
        let (npm, pnpm, yarn, bun) = (&tool::NPM, &tool::PNPM, &tool::YARN, &tool::BUN);
        for (tool, line, expected) in [
            (npm, "npm ci --force", true),
            (npm, "npm --force ci", true),
            (npm, "npm i -f", true),
            (npm, "RUN npm install --omit=dev --os=linux --cpu x64", true),
            (npm, "execFileSync('npm', ['ci', '--force'])", true),
            (npm, "npm ci && npm cache clean --force", false),
            (npm, "npm publish --force", false),
            (npm, "npm run build -- --force", false),
            (npm, "npm ci && git push --force", false),
            (npm, "npm ci --force=false", false),
            (npm, "npx npm@10 ci --force", true),
            (npm, "npm config set force true", true),
            (npm, "npm config set fund false", false),
            (npm, "ENV NPM_CONFIG_FORCE=true", true),
            (npm, "  npm_config_libc: musl", true),
            (npm, "npm_config_fund=false npm ci", false),
            (npm, "echo os=darwin >> .npmrc", true),
            (npm, "pnpm install --force", false),
            (pnpm, "pnpm install --force", true),
            (pnpm, "pnpm i --libc=musl", true),
            (pnpm, "pnpm install --config.supportedArchitectures.os=darwin", true),
            (pnpm, "pnpm config set supported-architectures '{}'", true),
            (pnpm, "pnpm install --frozen-lockfile", false),
            (yarn, "yarn config set supportedArchitectures.os --json '[\"darwin\"]'", true),
            (yarn, "yarn install --immutable", false),
            (yarn, "YARN_SUPPORTED_ARCHITECTURES=x yarn", true),
            (bun, "bun install --os darwin", true),
            (bun, "bun install --force", false),
        ] {
            let installer = Installer { tool, has_workspaces: false };
            assert_eq!(looks_away(line, installer), expected, "{} {line}", tool.word);
        }
    }
}
