//! Commands of pnpm (pnpm documentation, "pnpm install", "pnpm deploy", "pnpm fetch", "pnpm prune" and
//! "verifyDepsBeforeRun"; seen with pnpm 7 to 12).
//!
//! `NODE_ENV=production` counts for nothing: pnpm 10 and later install development all the same. From
//! version 11 on a script is run only after what is missing was installed, development included.

use super::verbs::{Verb, most_doubtful, verbs};
use super::{DECIDING, Installer, Meaning, Order, configures, has_variable, is_doubtful};

/// Commands after which packages are installed. `update --prod` installs development before version 11.
const INSTALLING: &[&str] = &[
    "add",
    "ci",
    "clean-install",
    "dedupe",
    "deploy",
    "dislink",
    "fetch",
    "i",
    "ic",
    "install",
    "install-clean",
    "install-test",
    "it",
    "link",
    "ln",
    "patch-commit",
    "patch-remove",
    "remove",
    "rm",
    "un",
    "uni",
    "uninstall",
    "unlink",
    "up",
    "update",
    "upgrade",
];

/// Those that leave development out where they are told to.
const SURE: &[&str] = &["ci", "deploy", "fetch", "i", "install"];

/// Commands that neither install nor run anything of the project. `rebuild` is none of them: it installs
/// what is missing, as before a script.
const OTHERS: &[&str] = &[
    "approve-builds",
    "audit",
    "bin",
    "cache",
    "cat-file",
    "cat-index",
    "clean",
    "completion",
    "dist-tag",
    "doctor",
    "env",
    "find-hash",
    "help",
    "ignored-builds",
    "import",
    "info",
    "init",
    "la",
    "licenses",
    "list",
    "ll",
    "login",
    "logout",
    "ls",
    "outdated",
    "pack",
    "patch",
    "pkg",
    "purge",
    "prefix",
    "publish",
    "root",
    "rt",
    "runtime",
    "sbom",
    "self-update",
    "setup",
    "show",
    "store",
    "version",
    "view",
    "whoami",
    "why",
];

/// Commands that do in every project what stands behind them.
const EVERYWHERE: &[&str] = &["recursive", "multi", "m"];

/// Options that take no value.
const FLAGS: &[&str] =
    &["-P", "-r", "-s", "-w", "--prod", "--recursive", "--silent", "--stream", "--workspace-root"];

pub(super) fn is_verb(word: &str) -> bool {
    INSTALLING.contains(&word) || OTHERS.contains(&word)
}

/// What a command does.
pub(super) fn meaning(mut arguments: &[&str], installer: Installer) -> Meaning {
    while let Some((_, behind)) = arguments.split_first().filter(|(it, _)| EVERYWHERE.contains(it))
    {
        arguments = behind;
    }
    let verbs = verbs(arguments, FLAGS).into_iter();
    let all = verbs.map(|verb| meaning_of(&verb, arguments, installer));
    most_doubtful(all).unwrap_or(Meaning::Nothing)
}

/// What a command does if this is its verb.
fn meaning_of(verb: &Verb<'_>, arguments: &[&str], installer: Installer) -> Meaning {
    let installs_nothing = |word: &&str| matches!(*word, "-g" | "--global" | "--lockfile-only");
    match verb.word {
        word if EVERYWHERE.contains(&word) => Meaning::Orders(Order::Install),
        "dlx" | "with" | "create" => Meaning::Wraps(None),
        "exec" => Meaning::Wraps(Some(Order::Run)),
        "config" | "c" | "set" => configures(arguments),
        _ if arguments.iter().any(installs_nothing) => Meaning::Nothing,
        // Without its option it installs development as well. In a workspace it leaves projects as they are.
        "prune" if !surely_omits(arguments) => Meaning::Orders(Order::Install),
        "prune" if installer.has_workspaces => Meaning::Nothing,
        "prune" => Meaning::Orders(Order::Prune),
        word if INSTALLING.contains(&word) => {
            let is_sure = SURE.contains(&word) && surely_omits(arguments);
            Meaning::Orders(match word {
                _ if !is_sure => Order::Install,
                "deploy" | "fetch" => Order::InstallElsewhere,
                _ => Order::InstallProduction,
            })
        }
        word if verb.is_sure && !OTHERS.contains(&word) => Meaning::Orders(Order::Run),
        _ => Meaning::Nothing,
    }
}

/// The folder into which a command surely puts one project with what it needs for production, and which
/// no later command of pnpm's fills up: what `--legacy` wrote is completed before the first script is run.
pub(super) fn deployed<'line>(arguments: &[&'line str]) -> Option<&'line str> {
    let deploys = verbs(arguments, FLAGS).iter().any(|verb| verb.word == "deploy");
    let is_sure = surely_omits(arguments) && !arguments.contains(&"--legacy");
    let target = arguments.last().filter(|word| word.starts_with('/'))?;
    (deploys && is_sure).then_some(*target)
}

fn surely_omits(arguments: &[&str]) -> bool {
    let mut omits = false;
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        let next = words.peek().copied().copied().unwrap_or_default();
        match *word {
            _ if has_variable(word) => return false,
            // Before version 12 the next word is its value.
            "--prod" | "--production" | "-P" if next != "false" => omits = true,
            "--prod=true" | "--production=true" => omits = true,
            "-D" => return false,
            _ if is_doubtful(word, DECIDING) || is_doubtful(word, &["prod", "config"]) => {
                return false;
            }
            // It sets whatever stands behind the dot.
            _ if word.starts_with("--config.") => return false,
            _ => {}
        }
    }
    omits
}
