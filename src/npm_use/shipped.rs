//! Lines by which what is installed for development may be in what is shipped.

mod copied;

use std::collections::{BTreeMap, BTreeSet};

use self::copied::leaves_out;
use super::commands::{self, Installer, Order};
use super::containers::{self, Surroundings};
use super::keeping::{Around, Scripts};
use super::places::Kind;
use super::programs::Programs;
use super::settings;
use super::shell;
use super::words::Reading;
use super::workflow;
use crate::problem::SourceText;

const MODULES: &str = "node_modules";

/// The folder in which Yarn 2 and later keep packages, beside what they are themselves.
const OF_YARN: &str = ".yarn";

/// Commands that pack or copy whatever lies in a folder.
const PACKERS: &[&str] = &["zip", "7z", "tar", "rsync", "scp", "bestzip", "compress-archive"];

/// What such a command is given to take everything.
const EVERYTHING: &[&str] = &[".", "./", "*", "./*", "..", "../", "$PWD", "${PWD}", "$(pwd)"];

/// Keys of settings whose values are left out of something, or kept for the next run.
const LEFT_OUT: &[&str] = &["exclude", "ignore", "skip", "cache"];

/// Actions of workflows that install (their documentation).
const ACTIONS: &[&str] = &[
    "Borales/actions-yarn@",
    "bahmutov/npm-install@",
    "borales/actions-yarn@",
    "cypress-io/github-action@",
    "wyvox/action-setup-pnpm@",
];

/// What installs a project that is packaged by Nix (Nixpkgs manual, "JavaScript").
const HOOKS: &[&str] = &[
    "pnpm.configHook",
    "pnpmConfigHook",
    "npmConfigHook",
    "yarnConfigHook",
    "yarnBerryConfigHook",
    "mkYarnPackage",
];

/// What is known about shipping once every file was looked at.
pub(super) struct Shipped {
    installer: Installer,
    /// Lines that install or pack, by file.
    lines: BTreeMap<String, BTreeSet<u32>>,
    /// Lines that make the package manager look away from the platform, by file.
    forced: BTreeMap<String, BTreeSet<u32>>,
    containers: Vec<SourceText>,
    workflows: Vec<SourceText>,
    /// Lines that speak of a target, without their white space, in lower case.
    targets: Vec<String>,
    /// What each `.dockerignore` says, by its path.
    ignore_files: BTreeMap<String, String>,
    /// The scripts of every manifest.
    scripts: Scripts,
    /// The folders into which npm installs packages of the lockfile.
    folders: BTreeSet<String>,
    /// What the repository runs.
    programs: Programs,
    /// Whether git passes over what is installed, wherever that is.
    is_ignored: bool,
}

impl Shipped {
    pub(super) fn new(installer: Installer) -> Self {
        Self {
            installer,
            lines: BTreeMap::new(),
            forced: BTreeMap::new(),
            containers: Vec::new(),
            workflows: Vec::new(),
            targets: Vec::new(),
            ignore_files: BTreeMap::new(),
            scripts: Scripts::new(),
            folders: BTreeSet::new(),
            programs: Programs::default(),
            is_ignored: false,
        }
    }

    /// Takes in what is never searched for names: settings, and what container files leave out.
    pub(super) fn add_settings(&mut self, path: &str, text: &str) {
        let name = path.rsplit('/').next().unwrap_or(path);
        if settings::is_of_package_manager(name) {
            let lines = settings::doubtful_settings(name, text);
            self.lines.entry(path.to_owned()).or_default().extend(lines);
        } else if name.to_lowercase().ends_with(".dockerignore") {
            self.ignore_files.insert(path.to_owned(), text.to_owned());
        } else if path == ".gitignore" {
            self.is_ignored = leaves_out(text, MODULES) && !text.contains("/node_modules");
        }
    }

    /// Takes in a folder into which npm installs packages of the lockfile, or one above it.
    pub(super) fn add_folder(&mut self, folder: &str) {
        self.folders.insert(folder.to_owned());
    }

    /// Takes in what may be run.
    pub(super) fn add_program(&mut self, path: &str, text: &str) {
        self.programs.add(path, text);
    }

    /// Takes in the scripts of a manifest.
    pub(super) fn add_scripts<'all>(
        &mut self,
        scripts: impl Iterator<Item = (&'all String, &'all str)>,
    ) {
        for (name, command) in scripts {
            let known = self.scripts.entry(name.clone()).or_default();
            known.push(command.to_owned());
        }
    }

    /// Takes in a file. `orders` is what of it may be commands.
    pub(super) fn add(&mut self, path: &str, kind: Kind, source: SourceText, orders: &str) {
        if kind == Kind::Plain(Reading::Prose) {
            // What is written for people gives orders to nobody.
            return;
        }
        self.add_targets(&source.text);
        self.add_forced(path, orders);
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut lines: BTreeSet<u32> = settings::doubtful_variables(orders)
            .into_iter()
            .map(|place| source.line_at(place))
            .collect();
        if !matches!(kind, Kind::Plain(Reading::Code)) {
            lines.extend(settings::written_settings(orders));
        }
        if containers::is_container_file(name) {
            self.containers.push(source);
        } else {
            let is_code = matches!(kind, Kind::Plain(Reading::Code | Reading::Data));
            let is_words = !is_code && kind != Kind::CompilerSettings;
            for (number, line) in joined(orders) {
                let orders =
                    if is_code { self.installs_in_code(&line) } else { self.installs(&line) };
                if orders || (is_words && packs(&line)) {
                    lines.insert(number);
                }
            }
            // What git does with files says nothing about what is shipped.
            if is_words && name != ".gitattributes" {
                lines.extend(names_modules(orders));
            }
            if path.contains("/workflows/") || path.starts_with("workflows/") {
                lines.extend(self.runs_first(orders));
                self.workflows.push(source);
            }
        }
        self.lines.entry(path.to_owned()).or_default().extend(lines);
    }

    fn add_forced(&mut self, path: &str, orders: &str) {
        let lines = joined(orders).into_iter();
        let lines = lines.filter(|(_, line)| commands::looks_away(line, self.installer));
        let lines: BTreeSet<u32> = lines.map(|(number, _)| number).collect();
        if !lines.is_empty() {
            self.forced.entry(path.to_owned()).or_default().extend(lines);
        }
    }

    /// The lines that make the package manager look away from the platform, by file.
    pub(super) fn take_forced(&mut self) -> BTreeMap<String, BTreeSet<u32>> {
        std::mem::take(&mut self.forced)
    }

    fn add_targets(&mut self, text: &str) {
        if memchr::memmem::find(text.as_bytes(), b"arget").is_none() {
            return;
        }
        let lines = text.lines().filter(|line| line.contains("arget"));
        let speaking = lines.map(str::to_lowercase);
        self.targets.extend(speaking.filter(|line| line.contains("target")));
    }

    /// The lines that count, by file. `project` is the folder of the lockfile, from the root.
    pub(super) fn finish(mut self, project: &str) -> BTreeMap<String, BTreeSet<u32>> {
        for workflow in std::mem::take(&mut self.workflows) {
            let harmless = workflow::harmless_lines(&Around {
                scripts: &self.scripts,
                programs: &self.programs,
                folders: &self.folders,
                is_ignored: self.is_ignored,
                workflow: &workflow.text,
            });
            if let Some(lines) = self.lines.get_mut(&workflow.path) {
                lines.retain(|line| !harmless.contains(line));
            }
        }
        let is_target = |name: &str| self.targets.iter().any(|line| names_stage(line, name));
        for container in &self.containers {
            let holds_packages = |source: &str| self.holds_packages(container, source, project);
            let around = Surroundings {
                installer: self.installer,
                is_target: &is_target,
                holds_packages: &holds_packages,
            };
            let lines = containers::shipped_installs(container, &around);
            let known = self.lines.entry(container.path.clone()).or_default();
            known.extend(lines);
        }
        self.lines.retain(|_, lines| !lines.is_empty());
        self.lines
    }

    /// The lines of a workflow that run something although its job has installed nothing for production
    /// before: what is missing is installed with development.
    fn runs_first(&self, text: &str) -> Vec<u32> {
        let mut is_ready = false;
        let mut first = Vec::new();
        for (number, line) in joined(text) {
            is_ready &= line != "steps:";
            for order in self.orders(&line) {
                is_ready |= matches!(order, Order::InstallProduction | Order::InstallAnew);
                if order == Order::Run && !is_ready {
                    first.push(number);
                }
            }
        }
        first
    }

    /// What the commands of a line order.
    fn orders(&self, line: &str) -> Vec<Order> {
        let plain = line.trim_start_matches("- ");
        if plain.starts_with("name:") || plain.starts_with("description:") || only_says(plain) {
            return Vec::new();
        }
        let orders = commands::split(line).filter_map(|command| {
            let words = commands::words(command);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            commands::order(&words, self.installer, false)
        });
        orders.collect()
    }

    /// Whether a line of a script installs development, or makes a package manager do so.
    fn installs(&self, line: &str) -> bool {
        let plain = line.trim_start_matches("- ");
        // What pnpm's action installs before the next step (pnpm/action-setup, "run_install").
        let by_action = plain.strip_prefix("run_install:").map(str::trim);
        let action =
            plain.strip_prefix("uses:").map(|action| action.trim().trim_matches(['"', '\'']));
        let is_action = |action: &str| ACTIONS.iter().any(|known| action.starts_with(known));
        let installs = by_action.is_some_and(|value| !matches!(value, "false" | "null"))
            || action.is_some_and(is_action)
            || HOOKS.iter().any(|hook| line.contains(hook))
            || (line.contains("pnpm_") && line.contains(".configHook"));
        let orders = self.orders(line);
        installs || orders.iter().any(|order| matches!(order, Order::Install | Order::Configure))
    }

    /// The same in code: only what begins in quotes, or behind another command, is started.
    fn installs_in_code(&self, line: &str) -> bool {
        commands::PROGRAMS.iter().any(|program| {
            line.match_indices(program).any(|(place, _)| {
                let before = line[..place].trim_end_matches(' ');
                let is_started = match before.chars().last() {
                    Some('"' | '\'' | '`') => before.len() == place,
                    Some('&' | ';') => true,
                    _ => false,
                };
                let key = before.trim_end_matches(['"', '\'', '`', ' ']);
                let is_value = key.strip_suffix(':').is_some_and(|key| {
                    commands::names_package_manager(key.trim_matches(['"', '\'', ' ', '{', ',']))
                });
                // What stands behind a separator is started by itself.
                let command = commands::split(&line[place..]).next().unwrap_or_default();
                is_started && !is_value && self.installs(&command.replace('`', " "))
            })
        })
    }
}

/// Whether a line that speaks of a target names a stage, or may name any.
fn names_stage(line: &str, name: &str) -> bool {
    let is_name = |byte: char| byte.is_alphanumeric() || "-_.".contains(byte);
    let mut words = line.split(|character: char| !is_name(character));
    let is_variable = || {
        let value = line.split("target").nth(1).unwrap_or_default();
        value.trim_start_matches([':', '=', ' ', '"', '\'']).starts_with('$')
    };
    words.any(|word| word == name) || is_variable()
}

/// Lines with the number of their first one, continued lines joined, comments left out. A list with a word
/// in each line is one command: `- pnpm` and `- install`.
fn joined(text: &str) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut is_continued = false;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim();
        if line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        let content = line.trim_end_matches(['\\', '`']);
        let completes =
            |(_, last): &&mut (u32, String)| is_continued || commands::completes(last, content);
        match found.last_mut().filter(completes) {
            Some((_, last)) => {
                last.push(' ');
                last.push_str(content);
            }
            None => found.push((number, content.to_owned())),
        }
        is_continued = content.len() < line.len();
    }
    found
}

/// Whether a line is one command that writes something for people, and to no file.
fn only_says(line: &str) -> bool {
    let says = line.starts_with("echo ") || line.starts_with("printf ");
    says && !line.contains("$(")
        && shell::commands(line).is_some_and(|commands| {
            let mut words = commands.iter().flatten();
            commands.len() == 1 && !words.any(|word| word.starts_with(['>', '<']))
        })
}

/// Whether a line packs or copies whatever lies in a folder.
fn packs(line: &str) -> bool {
    commands::split(line).any(|command| {
        let words = commands::words(command);
        let is_packer = |word: &String| {
            let name = word.rsplit('/').next().unwrap_or(word).to_ascii_lowercase();
            PACKERS.contains(&name.as_str())
        };
        let Some(packer) = words.iter().position(is_packer) else {
            return false;
        };
        let mut given = words[packer + 1..].iter();
        let leaves_out = command.contains("node_modules") && command.contains('x');
        given.any(|word| EVERYTHING.contains(&word.as_str())) && !leaves_out
    })
}

/// The lines of a script that name the folder of what is installed as a whole, and neither remove it
/// nor leave it out of something.
fn names_modules(text: &str) -> Vec<u32> {
    let has = |folder: &str| memchr::memmem::find(text.as_bytes(), folder.as_bytes()).is_some();
    if !has(MODULES) && !has(OF_YARN) {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let named = lines.iter().enumerate().filter(|(position, line)| {
        let is_comment = line.trim_start().starts_with('#');
        !is_comment && names_whole_folder(line) && !is_left_out_by_key(&lines, *position)
    });
    named.filter_map(|(position, _)| u32::try_from(position + 1).ok()).collect()
}

fn names_whole_folder(line: &str) -> bool {
    commands::split(line).any(|command| {
        let first = command.split_whitespace().next().unwrap_or_default();
        let removes = matches!(first, "rm" | "rimraf" | "Remove-Item" | "rd" | "rmdir");
        let mut places = command.match_indices(MODULES).chain(command.match_indices(OF_YARN));
        !removes
            && places.any(|(place, folder)| {
                let after = &command[place + folder.len()..];
                if folder == OF_YARN && !holds_archives(after) {
                    return false;
                }
                let before =
                    command[..place].trim_end_matches(['"', '\'', '.', '/', '*', '!', '=']);
                let is_left_out = ["exclude", "ignore", "-x", "-path", "prune"]
                    .iter()
                    .any(|option| before.trim_end().ends_with(option));
                let is_part = folder == MODULES
                    && after.strip_prefix('/').is_some_and(|rest| {
                        rest.starts_with(|next: char| {
                            next.is_ascii_alphanumeric() || "@.".contains(next)
                        })
                    });
                !is_left_out && !is_part
            })
    })
}

/// Whether what stands behind the name of Yarn's folder makes it one in which Yarn keeps packages (Yarn
/// documentation, "Which files should be gitignored?"): the folder itself, or one of two in it.
fn holds_archives(after: &str) -> bool {
    match after.strip_prefix('/') {
        Some(inside) => {
            let is_named = ["cache", "unplugged"].iter().any(|folder| inside.starts_with(folder));
            is_named || !inside.starts_with(|next: char| next.is_ascii_alphanumeric())
        }
        None => {
            !after.starts_with(|next: char| next.is_ascii_alphanumeric() || "-_".contains(next))
        }
    }
}

/// Whether a line stands under a key, in YAML or the like, whose values are left out or cached; or
/// belongs to the step of a workflow that caches.
fn is_left_out_by_key(lines: &[&str], position: usize) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let is_key = |line: &str| {
        // A command has words in it, and no value behind them.
        let key = line.split_once([':', '=']).map_or("", |(key, _)| key).to_lowercase();
        LEFT_OUT.iter().any(|word| key.contains(word))
    };
    let mut limit = depth(lines[position]) + 1;
    for line in lines[..=position].iter().rev() {
        if line.trim().is_empty() || depth(line) >= limit {
            continue;
        }
        limit = depth(line);
        if is_key(line) || line.contains("uses: actions/cache@") {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
