//! Commands that install packages, and whether they surely leave development out.
//!
//! Each package manager of npm's world has a grammar of its own. What one installs whose lockfile is not
//! the one in question is something else than what is locked, whatever it leaves out.

mod bun;
mod npm;
mod platforms;
mod pnpm;
mod verbs;
mod yarn;

use crate::lockfile::tool::{self, Tool};

pub(super) use self::platforms::looks_away;

/// What a command does with what is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// It installs, development included unless surely left out.
    Install,
    /// It installs, and surely leaves development out.
    InstallProduction,
    /// The same, after it took away what was installed.
    InstallAnew,
    /// The same, but into another folder than the one in which scripts are run.
    InstallElsewhere,
    /// It takes development out again.
    Prune,
    /// It changes what is installed from now on.
    Configure,
    /// It runs something, and where nothing was installed it installs everything before.
    Run,
}

/// Who installs what is locked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Installer {
    pub(super) tool: &'static Tool,
    /// Whether several projects are locked together.
    pub(super) has_workspaces: bool,
}

/// What the words behind a package manager mean.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Nothing,
    Orders(Order),
    /// Another command stands among them. Where that is none of a package manager, this is ordered.
    Wraps(Option<Order>),
}

/// One command stands behind another; a chain that is longer than this may install anything.
const MOST_WRAPPED: usize = 8;

/// Package managers that are known to install, and lock nothing that is read.
const OTHERS: &[&str] = &["cnpm", "lerna", "rush", "vlt"];

/// What they install with.
const INSTALLING: &[&str] = &["add", "bootstrap", "ci", "i", "install", "update"];

/// Settings of npm that decide about development.
const DECIDING: &[&str] = &["include", "omit", "also", "only", "production", "dev"];

/// Options that begin with `no-` and say nothing about development.
const HARMLESS: &[&str] = &[
    "audit",
    "bin-links",
    "cache",
    "color",
    "engine-strict",
    "frozen-lockfile",
    "fund",
    "lockfile",
    "optional",
    "package-lock",
    "progress",
    "save",
    "summary",
    "update-notifier",
    "verify",
];

/// Words before a package manager's name with which it is not run: it is installed, asked for or moved.
const HANDLING: &[&str] = &[
    "ADD", "COPY", "ENV", "LABEL", "VOLUME", "WORKDIR", "apk", "apt", "apt-get", "asdf", "brew",
    "cd", "chmod", "chown", "choco", "command", "cp", "curl", "dnf", "echo", "hash", "ln", "ls",
    "mise", "mkdir", "mv", "nix", "printf", "rm", "scoop", "type", "volta", "wget", "which", "yum",
];

/// Programs that start others without the environment, or with one of another machine.
const CLEARING: &[&str] = &[
    "chroot",
    "doas",
    "docker",
    "dotenv",
    "pkexec",
    "podman",
    "runuser",
    "ssh",
    "su",
    "sudo",
    "systemd-run",
];

/// Programs that install, or run another one that does.
pub(super) const PROGRAMS: &[&str] =
    &["npm", "pnpm", "yarn", "bun", "deno", "corepack", "npx", "pnpx", "bunx"];

/// Keys of settings whose value is the name of a package manager.
const NAMING: &[&str] = &[
    "cache",
    "client",
    "description",
    "manager",
    "name",
    "npmClient",
    "npm-client",
    "packageManager",
    "package-manager",
    "package_manager",
    "uses",
];

/// What a command line orders, by its words. `is_production` says that `NODE_ENV` is set to `production`.
pub(super) fn order(words: &[&str], installer: Installer, is_production: bool) -> Option<Order> {
    if keeps_for_later(words) {
        return Some(Order::Install);
    }
    if runs_variable(words) {
        return Some(Order::Install);
    }
    let mut from = 0;
    let mut otherwise = None;
    for _ in 0..MOST_WRAPPED {
        let behind = &words[from..];
        let Some(found) = behind.iter().position(|word| program(word).is_some()) else {
            return otherwise;
        };
        let position = from + found;
        let told = is_told_production(&words[..position], is_production);
        let is_own = program(words[position]) == Some(installer.tool.word);
        // A path may be that of a folder which is only called so: `--cache /root/yarn yarn install`.
        let is_path = words[position].contains(['/', '\\', '=']);
        let is_followed = words.get(position + 1).is_some_and(|next| program(next).is_some());
        match meaning(words, position, installer, told) {
            _ if is_followed => {}
            Meaning::Nothing if is_path => {}
            Meaning::Nothing => return otherwise,
            Meaning::Orders(Order::Run) if is_handled(&words[..position]) => return None,
            Meaning::Orders(Order::Run) if is_path => otherwise = Some(Order::Run),
            Meaning::Orders(order) if is_own => return Some(order),
            Meaning::Orders(order) => return of_another(order),
            Meaning::Wraps(order) => otherwise = order,
        }
        from = position + 1;
    }
    Some(Order::Install)
}

/// Whether a program is started with `NODE_ENV=production`, by the words before it. What does not surely hand
/// the environment on, as `sudo` and `env -i` do not, takes it away.
fn is_told_production(before: &[&str], is_production: bool) -> bool {
    let set = before.iter().rposition(|word| word.starts_with("NODE_ENV="));
    let is_set = set.is_some_and(|place| before[place] == "NODE_ENV=production");
    let takes_away = |word: &&str| {
        let name = word.rsplit('/').next().unwrap_or(word);
        CLEARING.contains(&name)
    };
    let clears = before.iter().any(takes_away);
    let is_option_of_env =
        before.windows(2).any(|pair| pair[0] == "env" && pair[1].starts_with('-'));
    !clears && !is_option_of_env && if set.is_some() { is_set } else { is_production }
}

/// What an order comes to where another package manager locks the project.
fn of_another(order: Order) -> Option<Order> {
    match order {
        Order::Install
        | Order::InstallProduction
        | Order::InstallAnew
        | Order::InstallElsewhere => Some(Order::Install),
        Order::Configure | Order::Run => Some(order),
        Order::Prune => None,
    }
}

fn meaning(words: &[&str], position: usize, installer: Installer, is_production: bool) -> Meaning {
    let (before, word, arguments) = (&words[..position], words[position], &words[position + 1..]);
    match program(word).unwrap_or_default() {
        "npm" => npm::meaning(arguments, is_production),
        "pnpm" => pnpm::meaning(arguments, installer),
        "yarn" if arguments.is_empty() && is_only_named(before, word) => Meaning::Nothing,
        "yarn" => yarn::meaning(arguments, installer, is_production),
        "bun" => bun::meaning(arguments),
        "deno" => deno(arguments),
        "corepack" => corepack(arguments),
        _ if arguments.iter().any(|word| INSTALLING.contains(word)) => {
            Meaning::Orders(Order::Install)
        }
        _ => Meaning::Nothing,
    }
}

/// Deno installs development wherever it installs, `--prod` or not (seen with Deno 2.9).
fn deno(arguments: &[&str]) -> Meaning {
    let installs = ["install", "i", "add", "ci", "cache", "update", "approve-scripts", "remove"];
    let is_global = arguments.iter().any(|word| matches!(*word, "-g" | "--global"));
    let mut verbs = verbs::verbs(arguments, &["-q", "--quiet"]).into_iter();
    if !is_global && verbs.any(|verb| installs.contains(&verb.word)) {
        return Meaning::Orders(Order::Install);
    }
    Meaning::Nothing
}

/// `corepack pnpm@10 install` runs what it names; `use` and `up` install (Corepack documentation).
fn corepack(arguments: &[&str]) -> Meaning {
    match arguments.iter().find(|word| !word.starts_with('-')) {
        Some(&("use" | "up")) => Meaning::Orders(Order::Install),
        Some(&("enable" | "disable" | "prepare" | "hydrate" | "pack" | "cache" | "install")) => {
            Meaning::Nothing
        }
        _ => Meaning::Wraps(None),
    }
}

/// The package manager that a word runs: by its path, with the version that is asked for, and in the file
/// that Node.js or Windows starts: `pnpm.cjs`, `.yarn/releases/yarn-4.18.1.cjs`, `bun.exe`.
fn program(word: &str) -> Option<&'static str> {
    let name = word.rsplit(['/', '\\']).next().filter(|_| !word.starts_with('-'))?;
    let name = name.split('@').next().unwrap_or(name);
    let name = without_ending(name).to_ascii_lowercase();
    match name.as_str() {
        "pn" => Some(tool::PNPM.word),
        "yarnpkg" | "yarn-berry" => Some(tool::YARN.word),
        "npm-cli" => Some(tool::NPM.word),
        name => {
            let known = ["npm", "pnpm", "yarn", "bun", "deno", "corepack"].iter().chain(OTHERS);
            known.copied().find(|known| *known == name)
        }
    }
}

/// The name of a program's file without its ending and its version.
fn without_ending(name: &str) -> &str {
    const ENDINGS: &[&str] = &["cmd", "exe", "ps1", "cjs", "mjs", "js"];
    let stem = name.rsplit_once('.').filter(|(_, ending)| ENDINGS.contains(ending));
    let stem = stem.map_or(name, |(stem, _)| stem);
    let version = stem
        .rsplit_once('-')
        .filter(|(_, version)| version.starts_with(|first: char| first.is_ascii_digit()));
    version.map_or(stem, |(stem, _)| stem)
}

/// Whether a name with nothing behind it is the value of a setting, the end of a sentence, or what another
/// program is about.
fn is_only_named(before: &[&str], word: &str) -> bool {
    let key = match before {
        [.., key, ":" | "="] => Some(*key),
        _ => before.last().and_then(|word| word.strip_suffix([':', '='])),
    };
    let is_named = key.is_some_and(names_package_manager);
    let is_sentence = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase)
            && word.chars().skip(1).any(char::is_lowercase)
            && word.chars().all(char::is_alphabetic)
    };
    is_named
        || word.contains('=')
        || is_handled(before)
        || before.first().is_some_and(|word| is_sentence(word))
}

/// Whether a program installs whose name only the run knows: `$PM install`, `${{ matrix.manager }} i`. Makefiles
/// call other programs so as well.
fn runs_variable(words: &[&str]) -> bool {
    const OTHERS: &[&str] = &[
        "apt", "brew", "cargo", "cmake", "gem", "go", "helm", "make", "pip", "poetry", "python",
        "sudo", "uv",
    ];
    let installs = |word: &str| matches!(word, "add" | "ci" | "i" | "install");
    words.windows(2).enumerate().any(|(place, pair)| {
        let is_end = matches!(pair[0], "}}" | "}" | "%");
        let name = if is_end { words[place.saturating_sub(1)] } else { pair[0] };
        let name = name.to_ascii_lowercase();
        let is_variable = is_end
            || pair[0].starts_with(['$', '%'])
            || words[..place].last().is_some_and(|before| before.ends_with('$'));
        let is_other = OTHERS.iter().any(|other| name.contains(other)) || program(&name).is_some();
        is_variable && name != "$" && !is_other && installs(pair[1])
    })
}

/// Whether a package manager is the value of a variable, which other lines may run: `PM := pnpm`.
fn keeps_for_later(words: &[&str]) -> bool {
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let is_variable = |key: &str| !names_package_manager(key.trim_end_matches([':', '?', '+']));
    let is_program = |word: &str| !word.contains('/') && program(word).is_some();
    match (last.split_once('='), before) {
        (Some((key, value)), _) => !key.starts_with('-') && is_variable(key) && is_program(value),
        (None, [.., key, "=" | ":=" | "?="]) => is_variable(key) && is_program(last),
        (None, [.., key]) => {
            let key = key.strip_suffix('=');
            key.is_some_and(|key| !key.starts_with('-') && is_variable(key) && is_program(last))
        }
        (None, []) => false,
    }
}

/// Whether a line names a package manager alone, and the next one begins with what it installs by.
pub(super) fn completes(line: &str, next: &str) -> bool {
    let alone = |line: &str| {
        let plain = line.trim_matches(|character: char| " -'\",[(".contains(character));
        program(plain).is_some() && !plain.contains(['/', '='])
    };
    let next = next.trim_start_matches(|character: char| " -'\"[(".contains(character));
    let verb =
        next.split(|character: char| !character.is_alphanumeric() && character != '-').next();
    alone(line) && verb.is_some_and(|verb| verb == "clean-install" || INSTALLING.contains(&verb))
}

fn is_handled(before: &[&str]) -> bool {
    before.iter().any(|word| word.starts_with('#') || HANDLING.contains(word))
}

/// Whether the value of a setting is the name of a package manager, and no command.
pub(super) fn names_package_manager(key: &str) -> bool {
    NAMING.contains(&key)
}

/// Whether a word is a command of a package manager itself, and no script or command of a package.
pub(super) fn is_verb(word: &str) -> bool {
    const RUNNING: &[&str] =
        &["foreach", "focus", "recursive", "run", "start", "t", "test", "workspace", "workspaces"];
    RUNNING.contains(&word) || pnpm::is_verb(word) || yarn::is_verb(word) || bun::is_verb(word)
}

/// The folder into which a command surely puts one project with what it needs for production alone.
pub(super) fn deployed<'line>(words: &[&'line str], installer: Installer) -> Option<&'line str> {
    let position = words.iter().position(|word| program(word) == Some(tool::PNPM.word))?;
    let is_own = *installer.tool == tool::PNPM;
    pnpm::deployed(&words[position + 1..]).filter(|_| is_own)
}

fn configures(arguments: &[&str]) -> Meaning {
    let decides = |word: &&str| {
        let name = word.split('=').next().unwrap_or(word);
        DECIDING.contains(&name.trim_start_matches('-'))
    };
    if arguments.iter().any(decides) {
        return Meaning::Orders(Order::Configure);
    }
    Meaning::Nothing
}

/// Whether a word may stand for any other, options included.
fn has_variable(word: &str) -> bool {
    word.contains(['$', '`', '%', '{', '\\', '*'])
}

/// Whether an option may decide about development: by its name, by an abbreviation of it, or by taking
/// another one back.
fn is_doubtful(word: &str, deciding: &[&str]) -> bool {
    let Some(name) = word.strip_prefix('-') else {
        return false;
    };
    let name = name.trim_start_matches('-');
    let name = name.split('=').next().unwrap_or(name);
    if let Some(taken_back) = name.strip_prefix("no-") {
        return !HARMLESS.contains(&taken_back);
    }
    let may_stand_for = |setting: &&str| !name.is_empty() && setting.starts_with(name);
    // One dash before a single letter is an option of its own.
    let is_letter = name.len() == 1 && !word.starts_with("--");
    !is_letter && deciding.iter().any(may_stand_for)
}

/// The words of one command, without quotes and brackets, and without the commas of a list. What another
/// command puts in begins with `$`, in both ways to write it.
pub(super) fn words(command: &str) -> Vec<String> {
    let parts = command.split('`').enumerate();
    let plain: Vec<_> = parts
        .map(|(number, part)| [if number % 2 == 1 { "$ " } else { "" }, part].concat())
        .collect();
    let plain = plain.join(" ").replace(['"', '\'', '[', ']', '(', ')'], " ");
    let words = plain.split_whitespace().map(|word| word.trim_matches(','));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The commands of a line.
pub(super) fn split(line: &str) -> impl Iterator<Item = &str> {
    line.split(['&', ';', '|', '\n'])
}

#[cfg(test)]
mod tests;
