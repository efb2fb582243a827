//! Where loading starts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::graph::{Stage, Via};
use super::needs::Needs;
use crate::graph::scope::Scopes;
use crate::installed::Installed;
use crate::lockfile::Lockfile;
use crate::npm_use::NpmUse;
use crate::problem::Location;
use crate::scope::Scope;

/// Files where loading starts, and what leads to them.
#[derive(Debug)]
pub(super) struct EntryPoint {
    pub(super) files: Vec<PathBuf>,
    /// The package that something names.
    pub(super) package: Option<usize>,
    pub(super) via: Via,
    pub(super) stage: Stage,
}

/// Every place where loading starts: the modules of the repository first.
pub(super) fn entry_points(
    lockfile: &Lockfile,
    installed: &Installed,
    used: &NpmUse,
    scopes: &Scopes,
    needs: &Needs,
) -> Vec<EntryPoint> {
    let of_repository = |files: &[PathBuf], via, stage| EntryPoint {
        files: files.to_vec(),
        package: None,
        via,
        stage,
    };
    let mut all = vec![
        of_repository(used.modules(), Via::Own, Stage::Sure),
        of_repository(used.tests(), Via::Test, Stage::Unsure),
    ];
    for package in 0..installed.packages().len() {
        let stage = stage(installed, used, scopes, package);
        if let Some(location) = named(installed, used, package) {
            // What is run for development is not looked into: it is judged by what it needs.
            let mut files = Vec::new();
            if stage != Stage::Development {
                // Whatever stands behind its name there: `-r name/register`.
                let mut copies = installed.packages()[package].copies.iter();
                if copies.clone().any(|copy| used.named_with_path(*copy)) {
                    files = installed.files(package);
                }
                // Its scripts may be run there, whatever language they are in.
                if copies.any(|copy| used.named_in_folder(*copy)) && installed.has_scripts(package)
                {
                    let asked = needs.asked_by(installed, package);
                    files.extend(asked.into_iter().flat_map(|asked| installed.entries(asked)));
                }
                files.extend(installed.entries(package));
                files.extend(installed.commands(package).into_iter().map(|command| command.file));
            }
            let via = Via::Named(location.clone());
            all.push(EntryPoint { files, package: Some(package), via, stage });
        }
        let mut copies = installed.packages()[package].copies.iter();
        let is_prepared = copies.any(|copy| !lockfile.packages[*copy].source.is_of_registry());
        let mut scripts = installed.install_scripts(package, is_prepared);
        scripts.extend(installed.build_files(package));
        if !is_left_out(installed, used, scopes, package) && !scripts.is_empty() {
            // Nobody knows which of its files a script of a package ends up with, and which of the packages that it
            // asks for.
            let via = Via::Installing(package);
            let mut files = installed.files(package);
            files.extend(started(installed, package, &scripts));
            let installing = |package, files| EntryPoint {
                files,
                package: Some(package),
                via: via.clone(),
                stage: Stage::Unsure,
            };
            all.push(installing(package, files));
            let asked = needs.asked_by(installed, package);
            all.extend(asked.into_iter().map(|asked| installing(asked, installed.entries(asked))));
        }
    }
    all
}

/// How surely what is shipped runs a package that a text names. What only development needs does not, nor what
/// only checks or compiles.
fn stage(installed: &Installed, used: &NpmUse, scopes: &Scopes, package: usize) -> Stage {
    let copies = &installed.packages()[package].copies;
    let only_checks = !copies.is_empty() && copies.iter().all(|copy| used.is_for_developers(*copy));
    if only_checks || is_left_out(installed, used, scopes, package) {
        Stage::Development
    } else {
        Stage::Unsure
    }
}

/// Whether only development needs a package, and nothing ships what is installed for development.
fn is_left_out(installed: &Installed, used: &NpmUse, scopes: &Scopes, package: usize) -> bool {
    let copies = &installed.packages()[package].copies;
    let is_developed = !copies.is_empty() && scopes.of(copies).proven() == Scope::Development;
    is_developed && used.shipped().is_empty()
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

/// The files that the scripts of a package start when it is installed: every word that is a file, a command or
/// the name of a package.
fn started(installed: &Installed, package: usize, scripts: &[(&str, String)]) -> Vec<PathBuf> {
    let from = installed.packages()[package].folder.join("package.json");
    let visible = installed.visible_from(&from);
    let mut files = BTreeSet::new();
    let mut texts: Vec<String> = scripts.iter().map(|(_, script)| script.clone()).collect();
    // What a script of another language names counts as well: `sh install.sh`.
    let started = texts.iter().flat_map(|text| words(text));
    let paths = started.map(|word| installed.packages()[package].folder.join(word));
    let more = paths.filter_map(|path| String::from_utf8(installed.bytes(&path).ok()?).ok());
    let more: Vec<String> = more.collect();
    texts.extend(more);
    let words: BTreeSet<&str> = texts.iter().flat_map(|text| words(text)).collect();
    for word in &words {
        let relative = if word.starts_with('.') { (*word).to_owned() } else { format!("./{word}") };
        files.extend(installed.resolve(&from, &relative).files);
        files.extend(installed.resolve(&from, word).files);
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
