//! Commands of npm (npm documentation, "npm install", "npm ci", "config"; seen with npm 11 and 12).
//!
//! Only one spelling of each way is taken for sure: npm ignores values of `omit` that it does not know,
//! takes one `include` for the last word, and reads `production false` as `include=dev`.

use super::{DECIDING, Meaning, Order, configures, has_variable, is_doubtful};

/// The names of commands that install, with those that npm takes for them (npm documentation, "npm
/// install", "npm ci", "npm install-test", "npm update").
const INSTALLING: &[&str] = &[
    "add",
    "ci",
    "cit",
    "clean-install",
    "clean-install-test",
    "ddp",
    "dedupe",
    "i",
    "ic",
    "in",
    "ins",
    "inst",
    "insta",
    "instal",
    "install",
    "install-ci-test",
    "install-clean",
    "install-test",
    "isnt",
    "isnta",
    "isntal",
    "isntall",
    "isntall-clean",
    "it",
    "link",
    "ln",
    "sit",
    "u",
    "up",
    "update",
    "udpate",
    "upgrade",
];

/// What is behind these is no command of npm's.
const RUNNING: &[&str] = &[
    "dist-tag",
    "info",
    "owner",
    "pack",
    "publish",
    "run",
    "run-script",
    "search",
    "t",
    "test",
    "view",
];

pub(super) fn is_verb(word: &str) -> bool {
    INSTALLING.contains(&word)
}

/// What a command does. `is_production` says that npm is told so by its environment.
pub(super) fn meaning(arguments: &[&str], is_production: bool) -> Meaning {
    let installs_nothing =
        |word: &&str| matches!(*word, "-g" | "--global" | "--package-lock-only" | "--dry-run");
    let Some(first) = arguments.iter().position(|word| !word.starts_with('-')) else {
        return Meaning::Nothing;
    };
    // The word after an option may be its value.
    let is_verb = first == 0 || arguments[first - 1].contains('=');
    match arguments[first] {
        "exec" | "x" | "explore" if is_verb => return Meaning::Wraps(None),
        verb if is_verb && RUNNING.contains(&verb) => return Meaning::Nothing,
        _ => {}
    }
    let is_known = |word: &&&str| {
        INSTALLING.contains(*word) || matches!(**word, "prune" | "config" | "c" | "set")
    };
    let Some(verb) = arguments.iter().find(is_known) else {
        return Meaning::Nothing;
    };
    let is_sure = surely_omits(arguments, is_production);
    match *verb {
        "config" | "c" | "set" => configures(arguments),
        _ if arguments.iter().any(installs_nothing) => Meaning::Nothing,
        "prune" if is_sure => Meaning::Orders(Order::Prune),
        "prune" => Meaning::Nothing,
        // npm takes away what is there before it installs from a lockfile ("npm ci").
        "ci" if is_sure => Meaning::Orders(Order::InstallAnew),
        _ if is_sure => Meaning::Orders(Order::InstallProduction),
        _ => Meaning::Orders(Order::Install),
    }
}

/// Whether every reader of a command would say that it leaves development out.
fn surely_omits(arguments: &[&str], is_production: bool) -> bool {
    let mut omits = is_production;
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        if has_variable(word) {
            return false;
        }
        let next = words.peek().copied().copied().unwrap_or_default();
        match *word {
            "--omit=dev" | "--production=true" | "--only=prod" | "--only=production" => {
                omits = true;
            }
            "--omit=optional" | "--omit=peer" => {}
            "--omit" if matches!(next, "dev" | "optional" | "peer") => omits |= next == "dev",
            "--only" if matches!(next, "prod" | "production") => omits = true,
            "--production" if next != "false" => omits = true,
            _ if is_doubtful(word, DECIDING) => return false,
            _ => {}
        }
    }
    omits
}
