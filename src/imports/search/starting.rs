//! What is run because something names it to a package that starts programs which it is told.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use foldhash::fast::RandomState;

use super::told::{Told, told};
use super::{Pending, Search};
use crate::imports::graph::{LoadedModule, Stage, Target, Via};
use crate::installed::package_of;
use crate::javascript::{Module, Requested, runs_more};
use crate::lockfile::PackageIndex;
use crate::parallel::in_parallel;

/// Modules of packages that start programs which they are told.
#[derive(Debug)]
struct Starting<'graph> {
    /// The first place that does.
    first: Via,
    files: HashSet<&'graph Path, RandomState>,
    packages: BTreeSet<usize>,
}

/// What a module has to do with those that start programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Teller {
    /// Its package needs none of them.
    Stranger,
    /// Its package needs one.
    Needs,
    /// It loads one.
    Loads,
}

impl Starting<'_> {
    /// Whether a module loads one of them.
    fn is_loaded_by(&self, module: &LoadedModule) -> bool {
        let mut files = module.targets.iter().flat_map(|target| &target.files);
        files.any(|file| self.files.contains(file.as_path()))
    }
}

impl Search<'_> {
    /// `None`: there are none.
    fn starting(&self) -> Option<Starting<'_>> {
        let modules = self.graph.modules.iter().enumerate();
        let mut starting = modules.filter_map(|(position, module)| {
            let mut loads = module.module.loads.iter();
            let load = loads.find(|load| load.what == Requested::Program)?;
            Some((module.owner?, module.path.as_path(), Via::Module(position, load.line)))
        });
        let (package, file, first) = starting.next()?;
        let mut all =
            Starting { first, files: HashSet::default(), packages: BTreeSet::from([package]) };
        all.files.insert(file);
        for (package, file, _) in starting {
            all.packages.insert(package);
            all.files.insert(file);
        }
        // What loads nothing but one in its own package hands it on: `module.exports = require("./lib/run")`.
        let own = self.graph.modules.iter().filter(|module| {
            let is_of_one = module.owner.is_some_and(|owner| all.packages.contains(&owner));
            let is_nothing_else = module.module.loads.len() == 1;
            is_of_one && is_nothing_else && all.is_loaded_by(module)
        });
        let handing: Vec<&Path> = own.map(|module| module.path.as_path()).collect();
        all.files.extend(handing);
        Some(all)
    }

    /// What packages that start programs are told by others. Whether anything new was found.
    pub(super) fn follow_told_programs(&mut self) -> bool {
        let Some(starting) = self.starting() else { return false };
        let telling = self.needing(&starting.packages);
        let modules: Vec<(usize, &LoadedModule)> = self.graph.modules.iter().enumerate().collect();
        let of_modules = in_parallel(&modules, |(position, module)| match module.owner {
            Some(owner) => {
                let teller = if starting.is_loaded_by(module) {
                    Teller::Loads
                } else if telling.contains(&owner) {
                    Teller::Needs
                } else {
                    Teller::Stranger
                };
                self.told_by(module, owner, teller, &Via::Module(*position, 1))
            }
            None => Vec::new(),
        });
        let mut found: Vec<Told> = of_modules.into_iter().flatten().collect();
        found.extend(self.told_in_other_ways(&starting));
        self.add_told(found)
    }

    /// The packages with loaded modules that need one of these, and these.
    fn needing(&self, packages: &BTreeSet<usize>) -> BTreeSet<usize> {
        let installed = self.installed.packages();
        let copies: BTreeSet<PackageIndex> =
            packages.iter().flat_map(|owner| &installed[*owner].copies).copied().collect();
        let owners = self.graph.modules.iter().filter_map(|module| module.owner);
        let mut needing: BTreeSet<usize> = owners.collect();
        needing.retain(|owner| {
            let needed = self.needs.closure(installed[*owner].copies.iter().copied());
            packages.contains(owner) || !needed.is_disjoint(&copies)
        });
        needing
    }

    /// What a module of a package names as programs. Whatever it loads may be handed to others, so every path counts
    /// that it names, and each command of what its package asks for; the names of packages, and other commands, if it
    /// loads what starts them itself; and paths in packages if its package needs such a one.
    fn told_by(&self, module: &LoadedModule, owner: usize, teller: Teller, via: &Via) -> Vec<Told> {
        let mut found = Vec::new();
        for path in &module.module.paths {
            let files = self.resolved(&module.path, path).files;
            found.extend(told(Target { files, ..Target::default() }, via));
        }
        let asked = LazyCell::new(|| self.needs.asked_by(self.installed, owner));
        for word in &module.module.commands {
            found.extend(self.told_commands(word, |package| asked.contains(&package), via));
            // `node node_modules/glim/cli.js`
            if let Some((_, path)) = word.rsplit_once("node_modules/") {
                let mut target = self.resolved(&module.path, path);
                target.packages.retain(|package| asked.contains(package));
                if !target.packages.is_empty() {
                    found.extend(told(target, via));
                }
            }
        }
        for name in module.module.names.iter().filter(|name| !module.loads(name)) {
            let is_told = |package| teller == Teller::Loads || asked.contains(&package);
            found.extend(self.told_commands(name, is_told, via));
            let package = package_of(name);
            let is_told = match teller {
                Teller::Stranger => false,
                Teller::Needs => package.len() < name.len(),
                Teller::Loads => true,
            };
            if is_told && self.called.contains_key(package) {
                found.extend(told(self.resolved(&module.path, name), via));
            }
        }
        found
    }

    /// What a word runs as a command, or as a path to one, of packages that may be told it.
    fn told_commands(&self, word: &str, is_told: impl Fn(usize) -> bool, via: &Via) -> Vec<Told> {
        let commands = self.commands.get(word.rsplit('/').next().unwrap_or(word));
        let commands = commands.into_iter().flatten().filter(|(package, _)| is_told(*package));
        let told = commands.flat_map(|(package, file)| {
            [Told::Package(*package, via.clone()), Told::File(file.clone(), via.clone())]
        });
        told.collect()
    }

    /// What stands in data, in a manifest or in another language is told as well: each file of the packages that load
    /// what starts programs, and each command of what they ask for.
    fn told_in_other_ways(&self, starting: &Starting<'_>) -> Vec<Told> {
        let loading = self.graph.modules.iter().filter(|module| starting.is_loaded_by(module));
        let mut owners: BTreeSet<usize> = loading.filter_map(|module| module.owner).collect();
        owners.extend(&starting.packages);
        let via = &starting.first;
        let mut found = Vec::new();
        for package in owners {
            let files = self.installed.files(package).into_iter();
            found.extend(files.map(|file| Told::File(file, via.clone())));
            for asked in self.needs.asked_by(self.installed, package) {
                let commands = self.installed.commands(asked);
                if !commands.is_empty() {
                    found.push(Told::Package(asked, via.clone()));
                }
                found.extend(commands.into_iter().map(|it| Told::File(it.file, via.clone())));
            }
        }
        found
    }

    /// Whether scripts of a package that are in another language run where a module does: because it is one, or
    /// because it starts programs.
    pub(super) fn runs_foreign_scripts(&self, owner: usize, text: &str, module: &Module) -> bool {
        runs_more(text)
            || (module.starts_programs
                && (module.texts.iter().any(|text| is_for_scripts(text))
                    || self.installed.has_foreign_scripts(owner)))
    }

    /// What scripts of packages may run whose folders a module finds that starts programs: nobody reads which.
    pub(super) fn run_in_folders(&self, path: &Path, module: &Module) -> Vec<Target> {
        let found = module.loads.iter().filter_map(|load| match &load.what {
            Requested::Beginning(start) if !start.starts_with('.') => Some(start),
            _ => None,
        });
        let packages = found.flat_map(|start| self.beginning(path, start).packages);
        let with_scripts = packages.filter(|package| self.installed.has_scripts(*package));
        with_scripts.map(|package| self.asked_by(package)).collect()
    }

    /// The packages that a package asks for, with all that they may be entered by.
    pub(super) fn asked_by(&self, package: usize) -> Target {
        let packages = self.needs.asked_by(self.installed, package);
        let files = packages.iter().flat_map(|asked| self.installed.entries(*asked)).collect();
        Target { files, packages, open: None }
    }

    /// What the texts of modules name as commands is run where anything starts programs. Whether anything new
    /// was found.
    pub(super) fn follow_commands(&mut self) -> bool {
        if !self.graph.modules.iter().any(|loaded| loaded.module.starts_programs) {
            return false;
        }
        let named = std::mem::take(&mut self.named_commands);
        let is_new = !named.is_empty();
        for (module, package, path) in named {
            let via = Via::Module(module, 1);
            self.graph.lead_to(package, &via, Stage::Unsure);
            self.graph.besides.insert(package);
            self.unsure.push(Pending { path, via });
        }
        is_new
    }
}

/// Whether a command is for a package manager or `make`: those run what a manifest calls scripts.
fn is_for_scripts(text: &str) -> bool {
    const MANAGERS: &[&str] = &["npm", "pnpm", "yarn", "bun", "make"];
    text.split_whitespace().next().is_some_and(|first| MANAGERS.contains(&first))
}
