//! Modules and how they lead to each other.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;

use crate::javascript::Module;
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
    /// Whether everything that leads to it says so in so many words.
    pub(super) is_sure: bool,
    /// Where each of its [`Module::loads`] leads, and each of its names after them.
    pub(super) targets: Vec<Target>,
}

/// Where a load leads.
#[derive(Clone, Debug, Default)]
pub(super) struct Target {
    /// The files, those that are no modules as well.
    pub(super) files: Vec<PathBuf>,
    /// The packages that it names, or whose files these are.
    pub(super) packages: Vec<usize>,
}

/// What leads to a module or a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// It is a module of the repository.
    Own,
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
    /// What leads to each package first, and whether that says so in so many words.
    pub(super) packages: HashMap<usize, (Via, bool), RandomState>,
}

impl Graph {
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.by_path.contains_key(path)
    }

    pub(super) fn module(&self, path: &Path) -> Option<ModuleIndex> {
        self.by_path.get(path).copied()
    }

    pub(super) fn add(&mut self, module: LoadedModule) -> ModuleIndex {
        let position = self.modules.len();
        self.by_path.insert(module.path.clone(), position);
        if let Some(owner) = module.owner {
            let via = (module.via.clone(), module.is_sure);
            self.packages.entry(owner).or_insert(via);
        }
        self.modules.push(module);
        position
    }
}
