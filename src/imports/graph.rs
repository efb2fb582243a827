//! Modules and how they lead to each other.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;

use crate::javascript::{Module, Reason, Requested};
use crate::problem::Location;

/// The position of a module in [`Graph::modules`].
pub(super) type ModuleIndex = usize;

/// A module that may be loaded.
#[derive(Debug)]
pub(super) struct LoadedModule {
    /// Its file, without links.
    pub(super) path: PathBuf,
    /// The installed package that it is of. `None`: the repository's own.
    pub(super) owner: Option<usize>,
    pub(super) module: Module,
    /// What leads to it.
    pub(super) via: Via,
    pub(super) stage: Stage,
    /// Whether it is the repository's own, and looks as if a bundler or minifier had written it.
    pub(super) is_built: bool,
    /// The lines in which users of its package name what is loaded.
    pub(super) known_sites: Vec<u32>,
    /// Where each of its [`Module::loads`] leads, and what else it names after them.
    pub(super) targets: Vec<Target>,
}

impl LoadedModule {
    /// Whether it loads something by this name itself.
    pub(super) fn loads(&self, name: &str) -> bool {
        let mut loads = self.module.loads.iter();
        loads.any(|load| matches!(&load.what, Requested::Module(specifier) if specifier == name))
    }
}

/// How sure it is that something is loaded by what is shipped, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Everything that leads to it says so in so many words.
    Sure,
    /// It may be.
    Unsure,
    /// Only what is run for development leads to it.
    Development,
}

/// A place that may load anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) module: ModuleIndex,
    pub(super) line: u32,
    pub(super) reason: Reason,
}

/// Where a load leads.
#[derive(Clone, Debug, Default)]
pub(super) struct Target {
    /// The files, those that are no modules as well.
    pub(super) files: Vec<PathBuf>,
    /// The packages that it names, or whose files these are.
    pub(super) packages: Vec<usize>,
    /// Why it may be any place.
    pub(super) open: Option<Reason>,
}

impl Target {
    /// Below a link.
    pub(super) fn linked() -> Self {
        Self { open: Some(Reason::Linked), ..Self::default() }
    }
}

/// What leads to a module or a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// It is a module of the repository.
    Own,
    /// It is one, and a test by its name, or settings of a tool.
    Test,
    /// A text of the repository names its package, or a command of it.
    Named(Location),
    /// A package runs it when it is installed.
    Installing(usize),
    /// A module loads it, in this line.
    Module(ModuleIndex, u32),
}

/// Everything that may be loaded.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) modules: Vec<LoadedModule>,
    by_path: HashMap<PathBuf, ModuleIndex, RandomState>,
    /// Files that were read and are no modules.
    texts: HashSet<PathBuf, RandomState>,
    /// Packages to which something else leads than a load of a module, or a name in it: scripts, commands, and what
    /// is named to a package.
    pub(super) besides: BTreeSet<usize>,
    /// What leads to each package first, and how surely.
    pub(super) packages: HashMap<usize, (Via, Stage), RandomState>,
}

impl Graph {
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.by_path.contains_key(path) || self.texts.contains(path)
    }

    /// Notes that a file is no module.
    pub(super) fn pass_over(&mut self, path: PathBuf) {
        self.texts.insert(path);
    }

    pub(super) fn module(&self, path: &Path) -> Option<ModuleIndex> {
        self.by_path.get(path).copied()
    }

    pub(super) fn add(&mut self, module: LoadedModule) -> ModuleIndex {
        let position = self.modules.len();
        self.by_path.insert(module.path.clone(), position);
        if let Some(owner) = module.owner {
            self.lead_to(owner, &module.via, module.stage);
        }
        self.modules.push(module);
        position
    }

    /// Notes that something leads to a package. The surest counts, and the first of those.
    pub(super) fn lead_to(&mut self, package: usize, via: &Via, stage: Stage) {
        let known = self.packages.entry(package).or_insert_with(|| (via.clone(), stage));
        if stage < known.1 {
            *known = (via.clone(), stage);
        }
    }
}
