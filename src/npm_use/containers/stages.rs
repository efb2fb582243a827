//! The stages of a container file, and what is installed in each.

use crate::npm_use::commands::{self, Installer, Order};
use crate::npm_use::programs::unpacks;
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
    /// What it copies from other stages.
    pub(super) copies: Vec<Copy>,
    moved: Moved,
    /// Folders into which projects were put with what they need for production.
    deployed: Vec<String>,
    /// All of its instructions.
    text: String,
    is_production: bool,
    /// Whether something was installed, so that nothing is missing when a script is run.
    is_installed: bool,
}

/// Where in a stage something may be installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Moved {
    /// Folders in which it works, or into which it puts what was installed.
    places: Vec<String>,
    /// Whether a command copies, moves or packs what was installed.
    is_carried: bool,
}

/// What is copied from another stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) line: u32,
    pub(super) from: String,
    pub(super) sources: Vec<String>,
    /// Whether, by their names, they hold only what was made.
    is_made: bool,
}

/// Commands that copy, move or pack.
const CARRIERS: &[&str] = &["7z", "cp", "cpio", "ln", "mv", "rsync", "tar", "zip"];

/// What stands before a folder in which something is installed.
const LEADING: &[&str] = &[
    "-C",
    "-o",
    "cd",
    "pushd",
    "--cwd",
    "--dir",
    "--modules-dir",
    "--modules-folder",
    "--prefix",
    "--store-dir",
    "--virtual-store-dir",
    "--cache-folder",
];

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
        let Some((stage, before)) = stages.split_last_mut() else {
            continue;
        };
        stage.text.push_str(&text);
        stage.text.push('\n');
        match instruction.to_ascii_uppercase().as_str() {
            // An argument may be given another value.
            "ENV" => stage.environment(arguments),
            "COPY" | "ADD" => stage.copy(line, arguments, before),
            "WORKDIR" => stage.moved.places.extend(arguments.iter().map(|place| plain(place))),
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
        // An empty line ends no instruction either (Dockerfile reference, "Format").
        if line.starts_with('#') || line.is_empty() {
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
        moved: known.map(|stage| stage.moved.clone()).unwrap_or_default(),
        base,
        ..Stage::default()
    }
}

impl Stage {
    /// `NODE_ENV=production`, or `NODE_ENV production` in the old way.
    fn environment(&mut self, arguments: &[&str]) {
        let old = |pair: &[&str]| pair == ["NODE_ENV", "production"];
        let last = arguments.iter().rfind(|word| word.starts_with("NODE_ENV"));
        if let Some(last) = last {
            let is_set = last.replace(['"', '\''], "") == "NODE_ENV=production";
            self.is_production = is_set || arguments.get(..2).is_some_and(old);
        }
    }

    fn run(&mut self, line: u32, text: &str, installer: Installer) {
        let is_production = self.is_production && keeps_environment(text);
        self.mount(line, text);
        for command in commands::split(text) {
            let words = commands::words(command);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let keeps = keeps_environment(command);
            let deployed = commands::deployed(&words, installer);
            let order = commands::order(&words, installer, is_production && keeps);
            self.deployed.extend(deployed.map(str::to_owned));
            self.carry(&words);
            self.follow(line, order);
        }
    }

    fn follow(&mut self, line: u32, order: Option<Order>) {
        match order {
            Some(Order::Install | Order::Configure) => self.installs.push(line),
            Some(Order::InstallProduction) => self.is_installed = true,
            Some(Order::InstallAnew) => {
                self.is_installed = true;
                self.taken.clear();
            }
            Some(Order::Run) if !self.is_installed => self.installs.push(line),
            Some(Order::Prune) => {
                self.installs.clear();
                self.taken.clear();
                self.copies.clear();
                self.is_pruned = true;
                self.is_installed = true;
            }
            Some(Order::InstallElsewhere | Order::Run) | None => {}
        }
    }

    /// `RUN --mount=type=bind,from=build,source=/app,target=/src`: what lies there may be copied.
    fn mount(&mut self, line: u32, text: &str) {
        for mount in text.split_whitespace().filter_map(|word| word.strip_prefix("--mount=")) {
            let value = |keys: &[&str]| {
                let mut options = mount.split(',').filter_map(|option| option.split_once('='));
                options.find(|(key, _)| keys.contains(key)).map(|(_, value)| plain(value))
            };
            if value(&["type"]).is_some_and(|kind| kind != "bind") {
                continue;
            }
            let source = value(&["source", "src"]);
            match value(&["from"]) {
                Some(from) => self.copies.push(Copy {
                    line,
                    from: from.to_lowercase(),
                    sources: vec![source.unwrap_or_else(|| "/".to_owned())],
                    is_made: false,
                }),
                None => self.taken.push((line, source.unwrap_or_else(|| ".".to_owned()))),
            }
        }
    }

    /// Notes where a command works, and whether it takes what was installed somewhere else.
    fn carry(&mut self, words: &[&str]) {
        let carrier = words.iter().position(|word| CARRIERS.contains(word));
        let (carrier, given) =
            carrier.map_or(("", [].as_slice()), |place| (words[place], &words[place + 1..]));
        if carrier == "tar" && given.first().is_some_and(|mode| unpacks(mode)) {
            return;
        }
        for (position, word) in words.iter().enumerate() {
            let (option, value) = word.split_once('=').unwrap_or((word, ""));
            let next = words.get(position + 1).copied();
            let folder = Some(value).filter(|value| !value.is_empty()).or(next);
            self.moved.places.extend(folder.filter(|_| LEADING.contains(&option)).map(plain));
        }
        let sources = match carrier {
            "cp" | "mv" | "rsync" => given.split_last().map_or(given, |(_, sources)| sources),
            _ => given,
        };
        let takes_modules = |word: &&str| {
            let word = word.trim_end_matches('/').trim_end_matches("/.");
            word.contains("node_modules")
                || matches!(word, "." | ".." | "*" | "./*" | "$PWD" | "$(pwd)")
                || self.moved.places.iter().any(|place| place.starts_with('/') && place == word)
        };
        self.moved.is_carried |= sources.iter().any(takes_modules);
    }

    /// `COPY --from=build /app/node_modules node_modules`. A folder that only holds what was made, by
    /// its name, has no installed packages in it, unless the stage works there or puts them there.
    fn copy(&mut self, line: u32, arguments: &[&str], before: &[Self]) {
        const MADE: &[&str] =
            &["dist", "build", "out", "public", "lib", ".output", ".next", "standalone", "static"];
        const ARCHIVES: &[&str] =
            &["7z", "bz2", "gz", "tar", "tbz", "tgz", "txz", "xz", "zip", "zst"];
        let from = arguments.iter().find_map(|word| word.strip_prefix("--from="));
        let paths: Vec<&&str> = arguments.iter().filter(|word| !word.starts_with("--")).collect();
        let Some((target, sources)) = paths.split_last() else {
            return;
        };
        let sources: Vec<String> = sources.iter().map(|source| plain(source)).collect();
        let Some(from) = from.map(str::to_lowercase) else {
            self.taken.extend(sources.into_iter().map(|source| (line, source)));
            return;
        };
        let may_hold_packages = |source: &String| {
            let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let ending = name.rsplit_once('.').map(|(_, ending)| ending);
            let is_archive = ending.is_some_and(|ending| ARCHIVES.contains(&ending));
            let is_file = name.contains('.') && !name.starts_with('.') && !is_archive;
            source.contains("node_modules") || !(is_file || MADE.contains(&name))
        };
        let holds_modules = sources.iter().any(|source| source.contains("node_modules"));
        let mut known = before.iter().rev();
        let known = known.find(|stage| stage.name.as_deref() == Some(&from));
        self.is_installed |= holds_modules
            || known.is_some_and(|stage| stage.is_installed || !stage.deployed.is_empty());
        if holds_modules {
            self.moved.places.push(plain(target));
        }
        let is_made = !sources.iter().any(may_hold_packages);
        self.copies.push(Copy { line, from, sources, is_made });
    }

    /// Whether what is copied may hold what was installed.
    pub(super) fn fills(&self, copy: &Copy) -> bool {
        let is_filled = |source: &String| {
            let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let mut places = self.moved.places.iter();
            places.any(|place| place.split('/').any(|step| step == name))
        };
        !copy.is_made || self.moved.is_carried || copy.sources.iter().any(is_filled)
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
        !self.moved.is_carried && !sources.is_empty() && sources.iter().all(is_deployed)
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

/// An argument without its quotes, and without the brackets and commas of a list.
fn plain(argument: &str) -> String {
    argument.replace(['"', '\'', '[', ']', ','], "")
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
