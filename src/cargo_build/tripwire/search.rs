//! Searching files for words, all of them at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use ignore::gitignore::GitignoreBuilder;

use super::context::{Command, Text, command, is_program};
use super::files::{ListedFiles, list};
use super::{Ask, AskKind, FeatureName, SearchResult, SearchTerms, features, targets};
use crate::lockfile::tool::{CARGO, CARGO_LOCK};
use crate::parallel::in_parallel;
use crate::policy::{CargoPolicy, LocatedWord};
use crate::problem::{Location, SourceText};
use crate::text_file::{self, Content};

/// The flags that build targets for development (Cargo book, "cargo build", "Target Selection").
const DEVELOPMENT: &[&str] = &[
    "--example",
    "--tests",
    "--test",
    "--benches",
    "--bench",
    "--all-targets",
    "--no-run",
    "archive",
];

/// The flags that select packages (Cargo book, "cargo build", "Package Selection").
const PACKAGES: &[&str] = &["-p", "--package", "--bin", "--workspace", "--all"];

/// The meaning of a word.
#[derive(Clone, Copy)]
enum WordMeaning<'run> {
    Features,
    ShortFlag,
    Cargo,
    TargetFlag,
    Triple(&'static str),
    /// A system, by a part of its triples.
    System(&'static str),
    MachineKey,
    Development,
    Package(&'run str),
    /// The features of a dependency follow.
    Dependency(&'run str),
}

/// Searches every tracked file in some folders, the first of which is the root of the repository,
/// except for those that the owner has `declared` to build nothing that ships. The words of the `policy` itself
/// do not count; `shown` formats a path for messages.
pub(in crate::cargo_build) fn search(
    roots: &[&Path],
    wanted: &SearchTerms,
    declared: &CargoPolicy,
    policy: Option<&SourceText>,
    shown: &(dyn Fn(&Path) -> String + Sync),
) -> SearchResult {
    let Ok(words) = Words::new(wanted) else {
        // The word list exceeds the limits of the search library.
        return SearchResult::of_unread(String::new());
    };
    let ListedFiles { mut files, unread } = list(roots);
    keep_scripts(&mut files, roots, &declared.scripts);
    let searched = in_parallel(&files, |path| {
        let name = shown(path);
        if is_lockfile(path) {
            return FoundInFile::default();
        }
        match text_file::read(path) {
            Content::Text(text) if policy.is_some_and(|policy| policy.text == text) => {
                FoundInFile::default()
            }
            Content::Text(text) => words.search(&name, &text, wanted),
            Content::Unread => {
                FoundInFile { found: SearchResult::of_unread(name), ..FoundInFile::default() }
            }
            Content::Binary | Content::Folder => FoundInFile::default(),
        }
    });
    let mut all = SearchResult { files: files.len(), ..SearchResult::default() };
    for folder in unread {
        let found = SearchResult::of_unread(shown(&folder));
        all.asks.extend(found.asks);
        all.development.extend(found.development);
    }
    let mut lines = BTreeMap::new();
    for part in searched {
        all.asks.extend(part.found.asks);
        all.development.extend(part.found.development);
        for (name, places) in part.found.of_dependencies {
            all.of_dependencies.entry(name).or_default().extend(places);
        }
        lines.extend(part.lines);
    }
    all.answer(&declared.ignored, &lines);
    all
}

/// Removes the files of the repository that match none of the owner's patterns. The owner's patterns do not
/// apply to other repositories.
fn keep_scripts(files: &mut Vec<PathBuf>, roots: &[&Path], scripts: &[LocatedWord]) {
    let (Some(root), false) = (roots.first(), scripts.is_empty()) else {
        return;
    };
    let mut builder = GitignoreBuilder::new("");
    let is_read = scripts.iter().all(|pattern| builder.add_line(None, &pattern.text).is_ok());
    // An invalid pattern was refused with the policy.
    let Some(patterns) = builder.build().ok().filter(|_| is_read) else {
        return;
    };
    let is_named = |path: &PathBuf| {
        let path = path.strip_prefix(root).ok()?;
        let matched = patterns.matched_path_or_any_parents(path, false);
        Some(matched.is_ignore())
    };
    // Patterns that match no file at all are probably a mistake.
    if files.iter().any(|path| is_named(path) == Some(true)) {
        files.retain(|path| is_named(path) != Some(false));
    }
}

/// Cargo's lockfiles contain only results of resolution.
fn is_lockfile(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == CARGO_LOCK)
}

#[derive(Default)]
struct FoundInFile {
    found: SearchResult,
    /// The texts of the reported lines.
    lines: BTreeMap<Location, String>,
}

/// All words to search for.
struct Words<'run> {
    automaton: AhoCorasick,
    meanings: Vec<WordMeaning<'run>>,
}

impl<'run> Words<'run> {
    fn new(wanted: &'run SearchTerms) -> Result<Self, BuildError> {
        let mut words: Vec<(String, WordMeaning<'run>)> = Vec::new();
        let mut add =
            |word: &str, meaning: WordMeaning<'run>| words.push((word.to_owned(), meaning));
        for flag in DEVELOPMENT {
            add(flag, WordMeaning::Development);
        }
        for name in wanted.dependencies.keys() {
            add(&format!("{name}/"), WordMeaning::Dependency(name));
        }
        if wanted.features_are_declared {
            add("features", WordMeaning::Features);
            add("-F", WordMeaning::ShortFlag);
            add("-rF", WordMeaning::ShortFlag);
        }
        if wanted.is_default_off || wanted.is_alone || wanted.is_machine_outside() {
            add("cargo", WordMeaning::Cargo);
        }
        for name in &wanted.packages {
            add(name, WordMeaning::Package(name));
        }
        if wanted.targets.is_some() {
            add("--target", WordMeaning::TargetFlag);
            add("CARGO_BUILD_TARGET", WordMeaning::TargetFlag);
            for triple in targets::triples() {
                add(triple, WordMeaning::Triple(triple));
            }
            for (word, part) in targets::SYSTEMS {
                add(word, WordMeaning::System(part));
            }
            for key in ["runs-on", "arch", "os", "platform", "target", "system", "image", "runner"]
            {
                add(key, WordMeaning::MachineKey);
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(words.iter().map(|(word, _)| word))?;
        Ok(Self { automaton, meanings: words.into_iter().map(|(_, meaning)| meaning).collect() })
    }

    fn search(&self, path: &str, content: &str, wanted: &SearchTerms) -> FoundInFile {
        let mut matches = self.automaton.find_overlapping_iter(content).peekable();
        if matches.peek().is_none() {
            return FoundInFile::default();
        }
        let text = Text::new(path.to_owned(), content);
        let hidden = hidden_lines(&text);
        let mut file = FoundInFile::default();
        let mut seen_keys = Vec::new();
        for found in matches {
            let line = text.line_of(found.start());
            if hidden.get(line).copied().unwrap_or(false) || text.orders(line).is_empty() {
                continue;
            }
            let column = found.start() - text.start_of(line);
            let place =
                WordPosition { text: &text, line, column, end: found.end() - text.start_of(line) };
            let asks = match self.meanings[found.pattern().as_usize()] {
                WordMeaning::Features => features::at_word(&text, line, column, wanted),
                WordMeaning::ShortFlag => place.short_flag(wanted),
                WordMeaning::Cargo => place.command(wanted),
                WordMeaning::TargetFlag => targets::at_flag(&text, line, place.end),
                WordMeaning::Triple(triple) => {
                    targets::at_triple(&text, line, column, triple, wanted)
                }
                WordMeaning::System(part) => targets::at_system(&text, line, part, wanted),
                WordMeaning::MachineKey if seen_keys.contains(&line) => Vec::new(),
                WordMeaning::MachineKey => {
                    seen_keys.push(line);
                    targets::at_machine_key(&text, line, wanted)
                }
                WordMeaning::Package(name) => place.package(name),
                WordMeaning::Development => {
                    if place.is_development() {
                        file.found.development.push(text.location(line));
                    }
                    Vec::new()
                }
                WordMeaning::Dependency(name) => {
                    for feature in place.features_of(name, wanted) {
                        let name = FeatureName { member: name.to_owned(), feature };
                        file.found
                            .of_dependencies
                            .entry(name)
                            .or_default()
                            .insert(text.location(line));
                    }
                    Vec::new()
                }
            };
            file.found.asks.extend(asks);
        }
        file.finish(&text);
        file
    }
}

impl FoundInFile {
    /// Each line is reported once for each thing that it asks for.
    fn finish(&mut self, text: &Text) {
        let found = &mut self.found;
        found.asks.sort();
        found.asks.dedup();
        found.development.dedup();
        let asked = found.asks.iter().map(|ask| &ask.location);
        for place in asked.chain(&found.development).chain(found.of_dependencies.values().flatten())
        {
            let line = usize::try_from(place.line).unwrap_or(1).saturating_sub(1);
            let written = text.lines.get(line).cloned().unwrap_or_default();
            self.lines.insert(place.clone(), written);
        }
    }
}

/// Lines of a manifest that Cargo's own answers cover: all except those that only other tools read.
fn hidden_lines(text: &Text) -> Vec<bool> {
    let is_manifest = text.path.rsplit('/').next() == Some(CARGO.manifest);
    if !is_manifest {
        return Vec::new();
    }
    let mut is_hidden = true;
    let lines = text.lines.iter().map(|line| {
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            let is_metadata = ["[package.metadata", "[workspace.metadata"]
                .iter()
                .any(|beginning| trimmed.starts_with(beginning));
            is_hidden = !is_metadata || trimmed.contains("metadata.docs");
        }
        is_hidden && !trimmed.starts_with("metadata")
    });
    lines.collect()
}

/// A word at a position in a file.
struct WordPosition<'run> {
    text: &'run Text,
    line: usize,
    column: usize,
    end: usize,
}

impl WordPosition<'_> {
    fn before(&self) -> &str {
        self.text.orders(self.line).get(..self.column).unwrap_or_default()
    }

    fn behind(&self) -> &str {
        self.text.orders(self.line).get(self.end..).unwrap_or_default()
    }

    fn short_flag(&self, wanted: &SearchTerms) -> Vec<Ask> {
        let is_flag = self.before().is_empty()
            || self
                .before()
                .ends_with(|before: char| before.is_whitespace() || "\"'[(=,`".contains(before));
        if !is_flag || self.behind().is_empty() && !self.is_written_large() {
            return Vec::new();
        }
        if self.is_written_large() {
            features::at_short_flag(self.text, self.line, self.end, wanted)
        } else {
            Vec::new()
        }
    }

    /// `-f` is a different flag.
    fn is_written_large(&self) -> bool {
        let orders = self.text.orders(self.line);
        orders.get(self.column..self.end).is_some_and(|word| word.ends_with('F'))
    }

    fn command(&self, wanted: &SearchTerms) -> Vec<Ask> {
        let orders = self.text.orders(self.line);
        if self.end > orders.len() || !is_program(orders, self.column) {
            return Vec::new();
        }
        features::of_command(self.text, self.line, self.column, wanted)
    }

    /// A member that is not shipped, after a flag that selects it in a command that ships.
    fn package(&self, name: &str) -> Vec<Ask> {
        let until = self.text.command_until(self.line, self.column);
        let flag = until.trim_end_matches(['"', '\'', '=', ' ', ',', '[']);
        let flag = flag.rsplit(|next: char| next.is_whitespace() || "\"',[".contains(next)).next();
        let is_part = |next: char| next.is_alphanumeric() || "-_".contains(next);
        let is_chosen = flag.is_some_and(|flag| PACKAGES.contains(&flag));
        let does = command(&until);
        // A helper program of the workspace is run, and not shipped.
        let is_run = [" run ", " r "].iter().any(|word| until.contains(word));
        if !is_chosen || self.behind().starts_with(is_part) || does == Command::Looks || is_run {
            return Vec::new();
        }
        let reason = format!("it builds the package `{name}`, which the policy does not declare");
        let location = self.text.location(self.line);
        vec![Ask { location, kind: AskKind::Package, reason, order: None }]
    }

    /// Whether a command that ships builds targets for development.
    fn is_development(&self) -> bool {
        let word = self.text.orders(self.line).get(self.column..self.end).unwrap_or_default();
        let is_part = |next: char| next.is_alphanumeric() || next == '-';
        let is_plural = word == "--example" && self.behind().starts_with('s');
        if (self.behind().starts_with(is_part) && !is_plural)
            || self.before().ends_with(|before: char| before.is_alphanumeric() || before == '-')
        {
            return false;
        }
        let until = self.text.command_until(self.line, self.column);
        match word {
            "archive" => until.contains("nextest"),
            "--no-run" => until.contains("cargo"),
            _ => command(&until) == Command::Ships,
        }
    }

    /// The features of a dependency that are named after it.
    fn features_of(&self, name: &str, wanted: &SearchTerms) -> Vec<String> {
        let known = wanted.dependencies.get(name);
        let is_start = !self
            .before()
            .ends_with(|before: char| before.is_alphanumeric() || "-_./@:".contains(before))
            || self.before().ends_with("-F");
        let Some(known) = known.filter(|_| is_start) else {
            return Vec::new();
        };
        let behind = self.behind();
        if behind.starts_with(['$', '{', '%', '<', '"', '\'']) && !behind.starts_with("\"\"") {
            return known.iter().cloned().collect();
        }
        let is_part = |next: char| next.is_alphanumeric() || "-_+.".contains(next);
        let end = behind.find(|next| !is_part(next)).unwrap_or(behind.len());
        let feature = behind[..end].trim_end_matches('.');
        known.get(feature).cloned().into_iter().collect()
    }
}
