//! Commands of Bun (Bun documentation, "bun install"; seen with Bun 1.4).
//!
//! Neither `NODE_ENV=production` nor an npm setting in the environment counts, and `update --production`
//! installs development.

use super::verbs::{most_doubtful, verbs};
use super::{DECIDING, Meaning, Order, has_variable, is_doubtful};

/// Commands after which packages are installed.
const INSTALLING: &[&str] = &[
    "a",
    "add",
    "ci",
    "dedupe",
    "i",
    "init",
    "install",
    "link",
    "patch",
    "patch-commit",
    "remove",
    "rm",
    "uninstall",
    "unlink",
    "update",
];

/// Those that leave development out where they are told to.
const SURE: &[&str] = &["ci", "i", "install"];

/// Options that take no value.
const FLAGS: &[&str] = &["-p", "--bun", "-b", "--production", "--silent"];

pub(super) fn is_verb(word: &str) -> bool {
    INSTALLING.contains(&word)
}

/// What a command does.
pub(super) fn meaning(arguments: &[&str]) -> Meaning {
    let installs_nothing =
        |word: &&str| matches!(*word, "-g" | "--global" | "--lockfile-only" | "--dry-run");
    let all = verbs(arguments, FLAGS).into_iter().map(|verb| match verb.word {
        "x" | "exec" | "create" | "c" => Meaning::Wraps(None),
        _ if arguments.iter().any(installs_nothing) => Meaning::Nothing,
        word if INSTALLING.contains(&word) => {
            let is_sure = SURE.contains(&word) && surely_omits(arguments);
            Meaning::Orders(if is_sure { Order::InstallProduction } else { Order::Install })
        }
        _ => Meaning::Nothing,
    });
    most_doubtful(all).unwrap_or(Meaning::Nothing)
}

fn surely_omits(arguments: &[&str]) -> bool {
    let mut omits = false;
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        let next = words.peek().copied().copied().unwrap_or_default();
        match *word {
            _ if has_variable(word) => return false,
            "--production" | "-p" if next != "false" => omits = true,
            "--omit=dev" => omits = true,
            "--omit=optional" | "--omit=peer" => {}
            "--omit" if matches!(next, "dev" | "optional" | "peer") => omits |= next == "dev",
            "-d" | "-D" => return false,
            _ if is_doubtful(word, DECIDING) => return false,
            _ => {}
        }
    }
    omits
}
