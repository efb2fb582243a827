//! Commands of pnpm (pnpm documentation, "pnpm install", "pnpm deploy", "pnpm fetch", "pnpm prune" and
//! "verifyDepsBeforeRun"; seen with pnpm 7 to 12).
//!
//! `NODE_ENV=production` counts for nothing: pnpm 10 and later install development all the same. From
//! version 11 on a script is run only after what is missing was installed, development included.

use super::verbs::verbs;
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

/// Options that take no value.
const FLAGS: &[&str] =
    &["-P", "-r", "-s", "-w", "--prod", "--recursive", "--silent", "--stream", "--workspace-root"];

pub(super) fn is_verb(word: &str) -> bool {
    INSTALLING.contains(&word) || OTHERS.contains(&word)
}

/// What a command does.
pub(super) fn meaning(mut arguments: &[&str], installer: Installer) -> Meaning {
    const EVERYWHERE: &[&str] = &["recursive", "multi", "m"];
    // What they do in every project stands behind them.
    while let Some((_, behind)) = arguments.split_first().filter(|(it, _)| EVERYWHERE.contains(it))
    {
        arguments = behind;
    }
    let installs_nothing = |word: &&str| matches!(*word, "-g" | "--global" | "--lockfile-only");
    for verb in verbs(arguments, FLAGS) {
        match verb.word {
            word if EVERYWHERE.contains(&word) => return Meaning::Orders(Order::Install),
            "dlx" | "with" | "create" => return Meaning::Wraps(None),
            "exec" => return Meaning::Wraps(Some(Order::Run)),
            "config" | "c" | "set" => return configures(arguments),
            _ if arguments.iter().any(installs_nothing) => {}
            // Without its option it installs development as well. In a workspace it leaves projects as they are.
            "prune" if !surely_omits(arguments) => return Meaning::Orders(Order::Install),
            "prune" if installer.has_workspaces => return Meaning::Nothing,
            "prune" => return Meaning::Orders(Order::Prune),
            word if INSTALLING.contains(&word) => {
                let is_sure = SURE.contains(&word) && surely_omits(arguments);
                return Meaning::Orders(match word {
                    _ if !is_sure => Order::Install,
                    "deploy" | "fetch" => Order::InstallElsewhere,
                    _ => Order::InstallProduction,
                });
            }
            word if verb.is_sure && !OTHERS.contains(&word) => return Meaning::Orders(Order::Run),
            _ => {}
        }
    }
    Meaning::Nothing
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
