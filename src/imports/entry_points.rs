//! Where loading starts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::graph::Via;
use crate::installed::Installed;
use crate::npm_use::NpmUse;
use crate::problem::Location;
use crate::scope::Scope;

/// A file or a whole package where loading starts.
#[derive(Debug)]
pub(super) struct EntryPoint {
    pub(super) files: Vec<PathBuf>,
    /// The package that something names.
    pub(super) package: Option<usize>,
    pub(super) via: Via,
}

/// Every place where loading starts: the modules of the repository first. What only development needs, and
/// is known to add nothing to what is shipped, does not count where a text names it.
pub(super) fn entry_points(
    installed: &Installed,
    used: &NpmUse,
    scopes: &[Scope],
) -> Vec<EntryPoint> {
    let own = EntryPoint { files: used.modules().to_vec(), package: None, via: Via::Own };
    let mut all = vec![own];
    for package in 0..installed.packages().len() {
        let mut copies = installed.packages()[package].copies.iter();
        let is_tool = copies
            .all(|copy| scopes.get(*copy) == Some(&Scope::Development) && used.adds_nothing(*copy));
        if let Some(location) = named(installed, used, package).filter(|_| !is_tool) {
            let mut files = installed.entries(package);
            files.extend(installed.commands(package).into_iter().map(|command| command.file));
            let via = Via::Named(location.clone());
            all.push(EntryPoint { files, package: Some(package), via });
        }
        let scripts = installed.install_scripts(package);
        if !scripts.is_empty() {
            let commands = scripts.iter().map(|(_, script)| script.as_str());
            let files = started(installed, package, commands);
            all.push(EntryPoint { files, package: Some(package), via: Via::Installing(package) });
        }
    }
    all
}

/// Where a text of the repository that is no module names a package or its commands, or may hold a copy.
fn named<'used>(
    installed: &Installed,
    used: &'used NpmUse,
    package: usize,
) -> Option<&'used Location> {
    let copies = installed.packages()[package].copies.iter();
    copies.filter_map(|copy| used.named_outside_modules(*copy)).min()
}

/// The files that commands in the folder of a package start: every word that is a file or a command.
fn started<'text>(
    installed: &Installed,
    package: usize,
    commands: impl Iterator<Item = &'text str>,
) -> Vec<PathBuf> {
    let folder = &installed.packages()[package].folder;
    let from = folder.join("package.json");
    let visible = installed.visible_from(&from);
    let mut files = BTreeSet::new();
    let words: BTreeSet<&str> = commands.flat_map(words).collect();
    for word in &words {
        let relative = if word.starts_with('.') { (*word).to_owned() } else { format!("./{word}") };
        files.extend(installed.resolve(&from, &relative).files);
    }
    for command in visible.into_iter().flat_map(|seen| installed.commands(seen)) {
        if words.contains(command.name.as_str()) {
            files.insert(command.file);
        }
    }
    files.into_iter().collect()
}

/// What a command line may name: its parts between white space, quotes and what else parts commands.
pub(super) fn words(command: &str) -> impl Iterator<Item = &str> {
    let parts =
        |character: char| character.is_whitespace() || "\"'`;&|()<>$={},".contains(character);
    command.split(parts).filter(|word| !word.is_empty())
}
