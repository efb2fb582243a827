//! Commands of Yarn 1 (Yarn 1 documentation, "yarn install"; seen with 1.22) and of Yarn 2 and later
//! ("yarn install", "yarn workspaces focus"; seen with 3.8 and 4.18).
//!
//! Without a verb both install. Yarn 2 and later leave development out with `workspaces focus` alone, and
//! whatever `NODE_ENV` says.

use super::verbs::{most_doubtful, verbs};
use super::{DECIDING, Installer, Meaning, Order, configures, has_variable, is_doubtful};
use crate::lockfile::tool;

/// Commands after which packages are installed.
const INSTALLING: &[&str] = &[
    "add",
    "dedupe",
    "install",
    "link",
    "rebuild",
    "remove",
    "unlink",
    "unplug",
    "up",
    "upgrade",
    "upgrade-interactive",
];

/// Options that take no value.
const FLAGS: &[&str] = &[
    "-s",
    "--check-files",
    "--force",
    "--frozen-lockfile",
    "--ignore-engines",
    "--ignore-scripts",
    "--immutable",
    "--non-interactive",
    "--offline",
    "--prefer-offline",
    "--pure-lockfile",
    "--silent",
    "--verbose",
];

pub(super) fn is_verb(word: &str) -> bool {
    INSTALLING.contains(&word)
}

/// What a command does. `is_production` says that Yarn 1 is told so by its environment.
pub(super) fn meaning(
    mut arguments: &[&str],
    installer: Installer,
    is_production: bool,
) -> Meaning {
    while let ["workspace", _, behind @ ..] = arguments {
        arguments = behind;
    }
    let is_classic = *installer.tool == tool::YARN_CLASSIC;
    let install = || {
        let is_sure = is_classic && surely_omits(arguments, is_production);
        let only_locks = arguments.contains(&"--mode=update-lockfile");
        match (only_locks, is_sure) {
            (true, _) => Meaning::Nothing,
            (false, true) => Meaning::Orders(Order::InstallProduction),
            (false, false) => Meaning::Orders(Order::Install),
        }
    };
    let verbs = verbs(arguments, FLAGS);
    let all = verbs.iter().map(|verb| match verb.word {
        "install" => install(),
        "workspaces" => in_workspaces(verb.behind, is_classic),
        "workspace" => {
            let installs = verb.behind.iter().any(|word| INSTALLING.contains(word));
            if installs { Meaning::Orders(Order::Install) } else { Meaning::Nothing }
        }
        "dlx" | "exec" | "create" => Meaning::Wraps(None),
        "config" => configures(arguments),
        // Yarn 2 and later install after they changed the version.
        "version" if !is_classic => Meaning::Orders(Order::Install),
        word if INSTALLING.contains(&word) => Meaning::Orders(Order::Install),
        _ => Meaning::Nothing,
    });
    let found = most_doubtful(all).unwrap_or(Meaning::Nothing);
    let has_verb = found != Meaning::Nothing || verbs.iter().any(|verb| verb.is_sure);
    let only_tells = ["--version", "-v", "--help", "-h"];
    let is_asked = arguments.iter().any(|word| only_tells.contains(word));
    if has_verb || is_asked { found } else { install() }
}

/// `workspaces focus --production`, and what is run in every workspace.
fn in_workspaces(behind: &[&str], is_classic: bool) -> Meaning {
    let is_sure = || {
        let is_clear = |word: &&str| !has_variable(word) && !word.starts_with("--no-");
        !is_classic && behind.contains(&"--production") && behind.iter().all(is_clear)
    };
    match behind.first() {
        Some(&"focus") if is_sure() => Meaning::Orders(Order::InstallProduction),
        Some(&"focus") => Meaning::Orders(Order::Install),
        _ if behind.iter().any(|word| INSTALLING.contains(word)) => Meaning::Orders(Order::Install),
        _ => Meaning::Nothing,
    }
}

/// Whether Yarn 1 leaves development out.
fn surely_omits(arguments: &[&str], is_production: bool) -> bool {
    let mut omits = is_production;
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        let next = words.peek().copied().copied().unwrap_or_default();
        match *word {
            _ if has_variable(word) => return false,
            // What stands behind it is its value, `0` among them.
            "--production" | "--prod"
                if next.is_empty() || next == "true" || next.starts_with('-') =>
            {
                omits = true;
            }
            "--production" | "--prod" => return false,
            "--production=true" | "--prod=true" => omits = true,
            _ if is_doubtful(word, DECIDING) || is_doubtful(word, &["prod"]) => return false,
            _ => {}
        }
    }
    omits
}
