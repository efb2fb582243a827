//! What a package may be entered by, apart from the paths that specifiers name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::candidates::{Candidates, files_below};
use super::names::{declares_types, is_for_shells, is_module, may_be_program};
use super::tree::Kind;
use super::{Installed, exports};
use crate::javascript::runs_more;

/// A command of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Command {
    /// What is typed.
    pub name: String,
    /// What runs then.
    pub file: PathBuf,
}

/// The scripts of a package that a package manager runs when it installs it (npm documentation, "Scripts",
/// "Life Cycle Operation Order").
const INSTALL_SCRIPTS: &[&str] = &["preinstall", "install", "postinstall"];

/// What `node-gyp` reads.
const BUILD_FILE: &str = "binding.gyp";

/// Those that it runs besides for what is not from a registry, and built on the spot.
const PREPARE_SCRIPTS: &[&str] = &["preprepare", "prepare", "postprepare", "prepack"];

impl Installed {
    /// Everything that a package may be entered by: `exports` under every condition, `main` and what stands
    /// for it in other tools, commands, and `index`.
    pub fn entries(&self, package: usize) -> Vec<PathBuf> {
        let folder = &self.packages[package].folder;
        let mut found = Candidates::default();
        found.add(&self.tree, folder);
        let manifest = self.tree.manifest(folder);
        let exported = manifest.iter().filter_map(|it| it.exports()).flat_map(exports::all);
        let mut files = BTreeSet::new();
        for target in exported {
            if target.contains('*') || target.ends_with('/') {
                files.extend(self.matching(package, &target));
            } else {
                found.add(&self.tree, &folder.join(target.trim_start_matches('/')));
            }
        }
        files.extend(found.files);
        files.extend(self.commands(package).into_iter().map(|command| command.file));
        files.retain(|file| !declares_types(file));
        files.into_iter().collect()
    }

    /// The files of a package that a pattern may stand for: a `*` for any text, the same in each place.
    fn matching(&self, package: usize, pattern: &str) -> Vec<PathBuf> {
        let folder = &self.packages[package].folder;
        let pattern = pattern.trim_start_matches("./");
        let (start, rest) = pattern.split_once('*').unwrap_or((pattern, ""));
        let end = rest.rsplit('*').next().unwrap_or_default();
        let matches = |file: &PathBuf| {
            let below = file.strip_prefix(folder).ok().and_then(Path::to_str);
            let below = below.map(|below| below.replace('\\', "/"));
            below.is_some_and(|below| {
                below.len() >= start.len() + end.len()
                    && below.starts_with(start)
                    && below.ends_with(end)
            })
        };
        self.files(package).into_iter().filter(matches).collect()
    }

    /// The commands of a package (npm documentation, "package.json", `bin`, `directories.bin`), and what Git calls
    /// those that it runs as its own: `x` for `git-x` (Git documentation, "git").
    pub fn commands(&self, package: usize) -> Vec<Command> {
        let folder = &self.packages[package].folder;
        let Some(manifest) = self.tree.manifest(folder) else { return Vec::new() };
        let mut commands = BTreeSet::new();
        for (name, file) in manifest.bin() {
            let mut found = Candidates::default();
            found.add(&self.tree, &folder.join(file.trim_start_matches('/')));
            let named = |file| Command { name: name.to_owned(), file };
            commands.extend(found.files.into_iter().map(named));
        }
        let listed = manifest.folder_of_commands();
        let listed =
            listed.and_then(|it| self.tree.folder(&folder.join(it.trim_start_matches('/'))));
        if let Some(listed) = listed {
            let files = listed.entries().into_iter().filter(|entry| entry.kind != Kind::Folder);
            commands.extend(files.map(|entry| Command {
                name: entry.name.to_string(),
                file: listed.real.join(&entry.name),
            }));
        }
        let of_git = |command: &Command| {
            let name = command.name.strip_prefix("git-")?.to_owned();
            Some(Command { name, file: command.file.clone() })
        };
        let of_git: Vec<Command> = commands.iter().filter_map(of_git).collect();
        commands.extend(of_git);
        commands.into_iter().collect()
    }

    /// The scripts that run when a package is installed, each with its name. `is_prepared` says whether it is
    /// built then, as what comes from git is.
    pub fn install_scripts(
        &self,
        package: usize,
        is_prepared: bool,
    ) -> Vec<(&'static str, String)> {
        let Some(manifest) = self.tree.manifest(&self.packages[package].folder) else {
            return Vec::new();
        };
        let prepare: &[&str] = if is_prepared { PREPARE_SCRIPTS } else { &[] };
        let scripts = INSTALL_SCRIPTS.iter().chain(prepare);
        scripts.filter_map(|name| Some((*name, manifest.script(name)?.to_owned()))).collect()
    }

    /// The settings by which a package is built when it is installed, each with its name: npm runs `node-gyp`
    /// for them unasked (npm documentation, "Scripts", "npm install"), and they may have commands in them.
    pub fn build_files(&self, package: usize) -> Vec<(&'static str, String)> {
        let path = self.packages[package].folder.join(BUILD_FILE);
        let text = self.bytes(&path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        text.into_iter().map(|text| (BUILD_FILE, text)).collect()
    }

    /// Whether a package has scripts that nobody reads: in its manifest, or in another language.
    pub fn has_scripts(&self, package: usize) -> bool {
        let manifest = self.tree.manifest(&self.packages[package].folder);
        manifest.is_some_and(|it| it.has_scripts()) || self.has_foreign_scripts(package)
    }

    /// Whether a package has scripts in another language, of which nobody reads what they run.
    pub fn has_foreign_scripts(&self, package: usize) -> bool {
        let folder = &self.packages[package].folder;
        let may_be = |name: &str| is_for_shells(name) || !name.contains('.');
        let files = files_below(&self.tree, folder, may_be);
        files.iter().any(|file| {
            is_for_shells(&file.to_string_lossy())
                || self.bytes(file).is_ok_and(|it| runs_more(&String::from_utf8_lossy(&it)))
        })
    }

    /// What stands behind the last dot of the names of a package's files, once each: `ejs`.
    pub fn endings(&self, package: usize) -> BTreeSet<String> {
        let files = files_below(&self.tree, &self.packages[package].folder, |_| true);
        let ending = |file: PathBuf| Some(file.extension()?.to_str()?.to_owned());
        files.into_iter().filter_map(ending).collect()
    }

    /// Every file of a package that may be loaded as a module, or run without an ending. Those of packages inside of it
    /// are theirs.
    pub fn files(&self, package: usize) -> Vec<PathBuf> {
        let may_run = |name: &str| is_module(name) || may_be_program(name);
        files_below(&self.tree, &self.packages[package].folder, may_run)
    }
}
