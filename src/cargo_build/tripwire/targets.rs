//! Words that ask for a target: triples, `--target`, and words for machines and containers that imply
//! one.

use rustsec::platforms::Platform;

use super::context::{Command, Text, command, is_order, is_program};
use super::features::{definition, variables};
use super::{Ask, AskKind, Order, SearchTerms};
use crate::cargo_build::platform::is_target;

/// Words that always name a system, in lower case, with the part that its triples
/// have. If no declared target has the part, the word is outside of the declaration.
pub(super) const SYSTEMS: &[(&str, &str)] = &[
    ("alpine:", "musl"),
    (":alpine", "musl"),
    ("-alpine", "musl"),
    ("from alpine", "musl"),
    ("musllinux", "musl"),
    ("windows-latest", "windows"),
    ("windows-20", "windows"),
    ("windows-11-arm", "aarch64-pc-windows"),
    ("macos-latest", "darwin"),
    ("macos-1", "darwin"),
    ("macos-2", "darwin"),
    ("-arm64", "aarch64"),
    ("linux/arm64", "aarch64"),
    ("linux/arm/", "arm"),
    ("linux/386", "i686"),
    ("linux/ppc64le", "powerpc64le"),
    ("linux/riscv64", "riscv64"),
    ("linux/s390x", "s390x"),
    ("windows/amd64", "windows"),
    ("universal2", "darwin"),
    ("iphoneos", "ios"),
    ("xcodebuild", "apple"),
    ("cargo-ndk", "android"),
    ("cargo ndk", "android"),
    ("wasm-pack", "wasm32"),
];

/// Words for processors and systems that mean a machine only in a line about machines.
const MACHINES: &[(&str, &str)] = &[
    ("arm64", "aarch64"),
    ("arm", "aarch64"),
    ("aarch64", "aarch64"),
    ("armv7", "arm"),
    ("x86", "i686"),
    ("i686", "i686"),
    ("s390x", "s390x"),
    ("ppc64le", "powerpc64le"),
    ("riscv64", "riscv64"),
    ("windows", "windows"),
    ("macos", "darwin"),
    ("darwin", "darwin"),
    ("osx", "darwin"),
    ("freebsd", "freebsd"),
    ("android", "android"),
    ("ios", "ios"),
    ("musl", "musl"),
    ("wasm", "wasm32"),
];

/// Keys of lines about machines.
const KEYS: &[&str] = &[
    "runs-on",
    "runner",
    "os",
    "arch",
    "architecture",
    "platform",
    "platforms",
    "target",
    "targets",
    "goos",
    "goarch",
    "system",
    "systems",
    "image",
    "container",
];

/// Words without which a file builds nothing, except for Cargo commands. Many other files contain them too.
const BUILDING: &[&str] = &["build", "wheel", "publish", "bundle", "compile"];

/// Programs with a `--target` of their own.
const OTHERS: &[&str] =
    &["docker", "podman", "buildah", "buildx", "earthly", "npm", "tsc", "esbuild", "cmake", "pip"];

/// The target that a triple at a position in a line asks for.
pub(super) fn at_triple(
    text: &Text,
    line: usize,
    column: usize,
    triple: &str,
    wanted: &SearchTerms,
) -> Vec<Ask> {
    let orders = text.orders(line);
    let Some(behind) = orders.get(column + triple.len()..) else {
        return Vec::new();
    };
    let is_longer = behind.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    let is_part =
        orders[..column].ends_with(|before: char| before.is_alphanumeric() || before == '_');
    if is_longer || is_part || !is_undeclared(triple, wanted) {
        return Vec::new();
    }
    let before = text.command_until(line, column);
    let does = command(&before);
    // Configuration for a target only applies to its builds, and starts none.
    let is_heading = text.is_configuration() && orders.trim_start().starts_with("[target.");
    if does == Command::Looks || is_heading {
        return Vec::new();
    }
    let flag = before.trim_end_matches(['"', '\'', '=', ' ', ',', '-']);
    let is_sure = does == Command::Ships
        && is_order(&before)
        && flag.ends_with("--target")
        && is_simulated(triple);
    let order = is_sure.then(|| Order::Target(triple.to_owned()));
    ask(text, line, &format!("the target {triple}"), order)
}

/// Whether the simulation knows a triple: an unknown one would fail every build.
fn is_simulated(triple: &str) -> bool {
    let features = guppy::platform::TargetFeatures::Unknown;
    guppy::platform::Platform::new_strict(triple.to_owned(), features).is_ok()
}

/// The target that `--target` or `CARGO_BUILD_TARGET`, which ends at a position in a line, asks for if no
/// triple follows it.
pub(super) fn at_flag(text: &Text, line: usize, behind: usize) -> Vec<Ask> {
    let orders = text.orders(line);
    let (Some(before), Some(rest)) = (orders.get(..behind), orders.get(behind..)) else {
        return Vec::new();
    };
    let until = text.command_until(line, behind);
    let is_of_other = OTHERS.iter().any(|program| before.contains(program));
    let value = rest.trim_start_matches(['"', '\'', ',', ' ', '=', ':', '\\', '[']);
    let word = value.split(|next: char| next.is_whitespace() || "\"',;)".contains(next)).next();
    let word = word.unwrap_or_default();
    if command(&until) == Command::Looks || is_of_other || rest.starts_with(char::is_alphanumeric) {
        return Vec::new();
    }
    if word.to_lowercase().ends_with(".json") {
        return ask(text, line, "a target of its own", None);
    }
    if !word.contains(['$', '{', '%']) || word.contains("host-tuple") {
        return Vec::new();
    }
    let shown = if word.contains("{{") { value.split("}}").next().unwrap_or(word) } else { word };
    let names = variables(shown);
    let is_defined = |at: usize| {
        let value = definition(text, at, &names);
        at != line && value.is_some_and(|value| has_triple(&value))
    };
    if (0..text.lines.len()).any(is_defined) {
        // The triples of the file are examined at their own positions.
        return Vec::new();
    }
    let reason = "which target it builds for is not known".to_owned();
    vec![Ask { location: text.location(line), kind: AskKind::Target, reason, order: None }]
}

fn has_triple(text: &str) -> bool {
    let is_part = |next: char| next.is_alphanumeric() || "-_.".contains(next);
    text.split(|next: char| !is_part(next)).any(is_target)
}

/// The target that a word for a system asks for, in a file that may build something.
pub(super) fn at_system(text: &Text, line: usize, part: &str, wanted: &SearchTerms) -> Vec<Ask> {
    if text.orders(line).is_empty() || has_part(part, wanted) || !may_build(text) {
        return Vec::new();
    }
    ask(text, line, &format!("a target of `{part}`"), None)
}

/// The targets that a line with a key for machines asks for.
pub(super) fn at_machine_key(text: &Text, line: usize, wanted: &SearchTerms) -> Vec<Ask> {
    let orders = text.orders(line).to_lowercase();
    let is_part = |next: char| next.is_alphanumeric() || "-_".contains(next);
    let Some((key, value)) = orders.split_once([':', '=']) else {
        return Vec::new();
    };
    let key = key.trim().trim_start_matches("- ").trim_matches(['"', '\'', '{', ' ']);
    if !KEYS.contains(&key) || !may_build(text) {
        return Vec::new();
    }
    if has_triple(value) {
        // It is examined at its own position.
        return Vec::new();
    }
    let mut words = value
        .split(|next: char| !is_part(next))
        .flat_map(|word| std::iter::once(word).chain(word.split('-')));
    let known = words.find_map(|word| MACHINES.iter().find(|(name, _)| *name == word));
    match known.filter(|(_, part)| !has_part(part, wanted)) {
        Some((word, _)) => ask(text, line, &format!("a target of `{word}`"), None),
        None => Vec::new(),
    }
}

/// Whether a file may build something: one of Cargo's test files does not.
fn may_build(text: &Text) -> bool {
    let may_order = |line: &str| {
        let lower = line.to_lowercase();
        let mut programs = line.match_indices("cargo").filter(|(at, _)| is_program(line, *at));
        BUILDING.iter().any(|word| lower.contains(word))
            || programs.any(|(at, _)| command(&line[at..]) != Command::Looks)
    };
    (0..text.lines.len()).any(|line| may_order(text.orders(line)))
}

fn has_part(part: &str, wanted: &SearchTerms) -> bool {
    let targets = wanted.targets.as_deref().unwrap_or_default();
    targets.iter().any(|target| target.contains(part))
}

fn is_undeclared(triple: &str, wanted: &SearchTerms) -> bool {
    let targets = wanted.targets.as_deref().unwrap_or_default();
    !targets.iter().any(|target| target == triple)
}

fn ask(text: &Text, line: usize, what: &str, order: Option<Order>) -> Vec<Ask> {
    let reason = format!("it asks for {what}, which the policy does not declare");
    vec![Ask { location: text.location(line), kind: AskKind::Target, reason, order }]
}

/// All known triples.
pub(super) fn triples() -> impl Iterator<Item = &'static str> {
    Platform::ALL.iter().map(|platform| platform.target_triple)
}
