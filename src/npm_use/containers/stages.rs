//! The stages of a container file, and what is installed in each.

use crate::npm_use::commands::{self, Installer, Order};
use crate::problem::SourceText;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stage {
    /// Its name, in lower case.
    pub(super) name: Option<String>,
    /// What it is based on: a stage or an image.
    pub(super) base: String,
    /// The lines that install development dependencies.
    pub(super) installs: Vec<u32>,
    /// What it copies from the machine that builds, each with its line.
    pub(super) taken: Vec<(u32, String)>,
    /// Whether development dependencies of what it is based on are taken out again.
    pub(super) is_pruned: bool,
    /// Other stages of which it copies what may hold installed packages.
    pub(super) copies: Vec<Copy>,
    /// Folders into which projects were put with what they need for production.
    deployed: Vec<String>,
    /// All of its instructions.
    text: String,
    is_production: bool,
    /// Whether something was installed, so that nothing is missing when a script is run.
    is_installed: bool,
}

/// What is copied from another stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) from: String,
    pub(super) sources: Vec<String>,
}

/// The stages of a file, in order.
pub(super) fn read(source: &SourceText, installer: Installer) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for (line, text) in instructions(&source.text) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let Some((instruction, arguments)) = words.split_first() else {
            continue;
        };
        if instruction.eq_ignore_ascii_case("FROM") {
            stages.push(begin(arguments, &stages));
            continue;
        }
        let Some(stage) = stages.last_mut() else {
            continue;
        };
        stage.text.push_str(&text);
        stage.text.push('\n');
        match instruction.to_ascii_uppercase().as_str() {
            // An argument may be given another value.
            "ENV" => stage.environment(arguments),
            "COPY" | "ADD" => stage.copy(line, arguments),
            // Beside `RUN` a line of a script that is written into the file, and what is run later, may
            // hold commands.
            _ => stage.run(line, &text, installer),
        }
    }
    stages
}

/// Instructions with the number of their first line, continued lines joined.
fn instructions(text: &str) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut is_continued = false;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        let content = line.strip_suffix('\\').unwrap_or(line);
        match found.last_mut().filter(|_| is_continued) {
            Some((_, last)) => {
                last.push(' ');
                last.push_str(content);
            }
            None => found.push((number, content.to_owned())),
        }
        is_continued = line.ends_with('\\');
    }
    found
}

/// `FROM --platform=… node:22 AS build`. What the base sets stays set.
fn begin(arguments: &[&str], before: &[Stage]) -> Stage {
    let plain: Vec<String> = arguments
        .iter()
        .filter(|word| !word.starts_with("--"))
        .map(|word| word.to_lowercase())
        .collect();
    let base = plain.first().cloned().unwrap_or_default();
    let name = plain.get(2).filter(|_| plain.get(1).is_some_and(|word| word == "as"));
    let mut named = before.iter().rev();
    let known = named.find(|stage| stage.name.as_deref() == Some(base.as_str()));
    Stage {
        name: name.cloned(),
        is_production: known.is_some_and(|stage| stage.is_production),
        is_installed: known.is_some_and(|stage| stage.is_installed),
        base,
        ..Stage::default()
    }
}

impl Stage {
    /// `NODE_ENV=production`, or `NODE_ENV production` in the old way.
    fn environment(&mut self, arguments: &[&str]) {
        let old = |pair: &[&str]| pair == ["NODE_ENV", "production"];
        let is_set = |value: &str| {
            arguments
                .iter()
                .any(|word| word.replace(['"', '\''], "") == format!("NODE_ENV={value}"))
        };
        if is_set("production") || arguments.get(..2).is_some_and(old) {
            self.is_production = true;
        } else if arguments.iter().any(|word| word.starts_with("NODE_ENV")) {
            self.is_production = false;
        }
    }

    fn run(&mut self, line: u32, text: &str, installer: Installer) {
        let is_production = self.is_production && keeps_environment(text);
        for command in commands::split(text) {
            let words = commands::words(command);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let keeps = keeps_environment(command);
            let deployed = commands::deployed(&words, installer);
            let order = commands::order(&words, installer, is_production && keeps);
            self.is_installed |= deployed.is_none()
                && matches!(order, Some(Order::InstallProduction | Order::InstallAnew));
            self.deployed.extend(deployed.map(str::to_owned));
            match order {
                Some(Order::Install | Order::Configure) => self.installs.push(line),
                Some(Order::InstallAnew) => self.taken.clear(),
                Some(Order::Run) if !self.is_installed && self.copies.is_empty() => {
                    self.installs.push(line);
                }
                Some(Order::Prune) => {
                    self.installs.clear();
                    self.taken.clear();
                    self.copies.clear();
                    self.is_pruned = true;
                }
                Some(Order::InstallProduction | Order::Run) | None => {}
            }
        }
    }

    /// `COPY --from=build /app/node_modules node_modules`. A folder that only holds what was made, by
    /// its name, has no installed packages in it.
    fn copy(&mut self, line: u32, arguments: &[&str]) {
        const MADE: &[&str] =
            &["dist", "build", "out", "public", "lib", ".output", ".next", "standalone", "static"];
        let from = arguments.iter().find_map(|word| word.strip_prefix("--from="));
        let paths: Vec<&&str> = arguments.iter().filter(|word| !word.starts_with("--")).collect();
        let Some((_, sources)) = paths.split_last() else {
            return;
        };
        let Some(from) = from else {
            let plain = |source: &&&str| source.replace(['"', '\'', '[', ']', ','], "");
            self.taken.extend(sources.iter().map(|source| (line, plain(source))));
            return;
        };
        let may_hold_packages = |source: &&&str| {
            let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let is_file = name.contains('.') && !name.starts_with('.');
            source.contains("node_modules") || !(is_file || MADE.contains(&name))
        };
        if sources.iter().any(may_hold_packages) {
            let sources = sources.iter().map(|source| (**source).to_owned()).collect();
            self.copies.push(Copy { from: from.to_lowercase(), sources });
        }
    }

    /// Whether everything that is copied lies in folders into which projects were put with what they need
    /// for production, and nothing else in the stage names these.
    pub(super) fn deployed_all(&self, sources: &[String]) -> bool {
        let is_deployed = |source: &String| {
            let mut deployed = self.deployed.iter();
            deployed.any(|folder| {
                let rest = source.strip_prefix(folder.trim_end_matches('/'));
                let is_below = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                is_below && !source.contains("..") && self.is_only_deployed(folder)
            })
        };
        !sources.is_empty() && sources.iter().all(is_deployed)
    }

    fn is_only_deployed(&self, folder: &str) -> bool {
        let first = folder.split('/').nth(1).filter(|first| !first.is_empty());
        first.is_some_and(|first| {
            let first = format!("/{first}");
            let named = |text: &str| text.matches(&first).count();
            named(&self.text) == self.deployed.iter().map(|folder| named(folder)).sum::<usize>()
        })
    }
}

/// Whether nothing in a script gives `NODE_ENV` another value, or takes it away.
fn keeps_environment(script: &str) -> bool {
    let script = script.replace(['"', '\''], "");
    let mut mentions = script.split("NODE_ENV").skip(1);
    mentions.all(|rest| {
        rest.strip_prefix("=production").is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_alphanumeric() || "-_.".contains(next))
        })
    })
}
