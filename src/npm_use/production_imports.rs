//! What production code surely imports of the packages that only development needs.
//!
//! A bundler takes in what code imports, whatever the manifest calls it (documentation of webpack,
//! "Concepts"; of esbuild, "Bundling for the web"), and where nothing bundles the code does not run without
//! it. A module is parsed only when somebody asks for a package whose name stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::OnceLock;

use super::files::Files;
use super::lookup::{Found, Lookup};
use super::production;
use super::words::bare;
use crate::javascript::{self, Module, Requested, Texts};
use crate::lockfile::{PackageIndex, tool};
use crate::parallel::in_parallel_with_stack;
use crate::problem::{Passage, SourceText};

/// The stack of a thread that parses: parsers call themselves for every level of a text.
const STACK: usize = 256 * 1024 * 1024;
/// No person maintains a longer module, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;

/// An import that surely is in what is shipped.
#[derive(Debug)]
pub struct ProductionImport {
    /// The project whose code it is.
    pub project: PackageIndex,
    /// The line of the import.
    pub passage: Passage,
}

/// The modules that may be production code and name packages that only development needs.
#[derive(Debug, Default)]
pub(super) struct NamingModules {
    modules: Vec<NamingModule>,
    /// Texts that may lead a name elsewhere than to its package, with their paths.
    redirecting: Vec<(String, String)>,
    /// What manifests say to be the code of their projects.
    entries: BTreeSet<String>,
}

/// A module in which names of packages stand as code imports them.
#[derive(Debug)]
struct NamingModule {
    /// From the root of the repository.
    path: String,
    source: Arc<SourceText>,
    /// The numbers of the names.
    names: BTreeSet<usize>,
    /// Lines for which the policy answers.
    answered: BTreeSet<u32>,
    /// What it loads, once somebody has asked.
    module: OnceLock<Module>,
}

impl NamingModules {
    /// Takes in a module of the repository, unless it names nothing.
    pub(super) fn add(
        &mut self,
        path: &str,
        source: SourceText,
        names: BTreeSet<usize>,
        is_answered_for: impl Fn(&str) -> bool,
    ) {
        if names.is_empty() || source.text.len() > LONGEST {
            return;
        }
        let lines = (1_u32..).zip(source.text.lines());
        let answered = lines.filter(|(_, line)| is_answered_for(line)).map(|(line, _)| line);
        self.modules.push(NamingModule {
            path: path.to_owned(),
            names,
            answered: answered.collect(),
            source: Arc::new(source),
            module: OnceLock::new(),
        });
    }

    /// Takes in a text that may say that a name stands for something else, if it is no production code
    /// (documentation of webpack, "Resolve"; of Vite, `resolve.alias`; of Parcel, "Dependency resolution").
    pub(super) fn add_text(&mut self, path: &str, text: &str) {
        let words = ["alias", "Alias", "\"browser\""];
        if words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
        {
            self.redirecting.push((path.to_owned(), text.to_owned()));
        }
    }

    /// Takes in the manifest of a project of the lockfile.
    pub(super) fn add_manifest(&mut self, folder: &str, text: &str) {
        self.entries.extend(production::entries(folder, text));
    }

    /// Those that surely are production code, with what is known about the repository.
    pub(super) fn finish(self, lookup: Lookup, files: Files) -> ProductionImports {
        let Self { mut modules, redirecting, entries } = self;
        let is_production = |path: &str| {
            let manifest = manifest_folder(path, &files.paths);
            let below = manifest.map(|folder| path[folder.len()..].trim_start_matches('/'));
            below.is_some_and(|below| production::is_production_code(path, below, &entries))
        };
        modules.retain(|module| is_production(&module.path));
        let redirecting = redirecting.into_iter().filter(|(path, _)| !is_production(path));
        let redirecting = redirecting.map(|(_, text)| text).collect();
        let mut by_name: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (position, module) in modules.iter().enumerate() {
            for name in &module.names {
                by_name.entry(*name).or_default().push(position);
            }
        }
        ProductionImports { modules, redirecting, by_name, lookup, files }
    }
}

/// What production code imports.
#[derive(Debug)]
pub(super) struct ProductionImports {
    modules: Vec<NamingModule>,
    redirecting: Vec<String>,
    /// The modules in which a name stands.
    by_name: BTreeMap<usize, Vec<usize>>,
    lookup: Lookup,
    files: Files,
}

impl ProductionImports {
    /// The first import of a package that is called by any of these names.
    pub(super) fn of(
        &self,
        package: PackageIndex,
        names: &BTreeSet<usize>,
    ) -> Option<ProductionImport> {
        let naming: BTreeSet<usize> =
            names.iter().filter_map(|name| self.by_name.get(name)).flatten().copied().collect();
        naming.into_iter().find_map(|position| self.in_module(&self.modules[position], package))
    }

    fn in_module(&self, module: &NamingModule, package: PackageIndex) -> Option<ProductionImport> {
        let folder = manifest_folder(&module.path, &self.files.paths)?;
        module.loads().find_map(|(specifier, line)| {
            let name = bare(specifier);
            if module.answered.contains(&line)
                || self.redirecting.iter().any(|text| text.contains(name))
            {
                return None;
            }
            let Found { project, package: found } =
                self.lookup.package(&module.path, folder, specifier, &self.files.paths)?;
            let passage = Passage::of_line(Arc::clone(&module.source), line)?;
            (found == package).then_some(ProductionImport { project, passage })
        })
    }
}

impl NamingModule {
    /// What it certainly loads, with the lines.
    fn loads(&self) -> impl Iterator<Item = (&str, u32)> {
        let module = self.module.get_or_init(|| parse(&self.path, &self.source.text));
        module.loads.iter().filter(|load| load.is_certain).filter_map(|load| match &load.what {
            Requested::Module(specifier) => Some((specifier.as_str(), load.line)),
            _ => None,
        })
    }
}

/// Reads a module where there is room for it.
fn parse(path: &str, text: &str) -> Module {
    let read = |text: &&str| javascript::read(path, text, Texts::OfPrograms);
    in_parallel_with_stack(STACK, &[text], read).pop().unwrap_or_else(javascript::unread)
}

/// The folder of the manifest that a file belongs to.
fn manifest_folder<'path>(path: &'path str, paths: &BTreeSet<String>) -> Option<&'path str> {
    let mut folder = path;
    loop {
        let above = folder.rsplit_once('/').map(|(above, _)| above);
        folder = above.unwrap_or("");
        let slash = if folder.is_empty() { "" } else { "/" };
        if paths.contains(&format!("{folder}{slash}{}", tool::NPM.manifest)) {
            return Some(folder);
        }
        above?;
    }
}
