//! The search for what is loaded.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use foldhash::fast::RandomState;

use super::entry_points::{entry_points, words};
use super::graph::{Graph, LoadedModule, Target, Via};
use crate::graph::DependencyGraph;
use crate::graph::scope::scopes;
use crate::installed::{Installed, NotInstalled};
use crate::javascript::{self, Module, Requested, Texts};
use crate::lockfile::{Lockfile, PackageIndex};
use crate::npm_use::{self, NpmUse};
use crate::policy::NpmPolicy;
use crate::scope::Scope;

/// The stack of a thread that parses: parsers call themselves for every level of a text.
const STACK: usize = 256 * 1024 * 1024;
/// A larger file is no module that people maintain, and is taken for one that cannot be parsed.
const LARGEST: usize = 8 * 1024 * 1024;

/// What is searched.
#[derive(Debug)]
pub struct Request<'run> {
    /// The lockfile whose packages are looked for.
    pub lockfile: &'run Lockfile,
    pub path: &'run Path,
    /// What the policy says to be tests and tools.
    pub policy: &'run NpmPolicy,
    /// Folders and files of the repository that hold advisories: they name packages, and use none.
    pub advisories: &'run [String],
}

/// What the code of a repository loads of the packages of a lockfile.
#[derive(Debug)]
pub struct Imports {
    pub(super) installed: Installed,
    pub(super) used: NpmUse,
    pub(super) graph: Graph,
    pub(super) root: PathBuf,
    /// How files of the lockfile's folder are called.
    pub(super) shown: String,
}

impl Imports {
    /// Reads every module that may be loaded.
    ///
    /// # Errors
    ///
    /// Nothing is installed, or something else than what is locked.
    pub fn find(request: &Request<'_>) -> Result<Self, NotInstalled> {
        let folder = crate::disk::folder_of(request.path);
        let mut installed = Installed::read(request.lockfile, folder)?;
        let commands = commands(&installed);
        let used = NpmUse::find(&npm_use::Request {
            lockfile: request.lockfile,
            path: request.path,
            policy: request.policy,
            advisories: request.advisories,
            commands: &commands,
        });
        installed.learn_settings(used.compiler_settings());
        let mut search = Search {
            installed: &installed,
            commands: files_of_commands(&installed),
            graph: Graph::default(),
            sure: Vec::new(),
            unsure: Vec::new(),
        };
        search.run(&used, &scopes(&DependencyGraph::new(request.lockfile)));
        let graph = search.graph;
        let path = &request.lockfile.source.path;
        let shown = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let root = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        Ok(Self { installed, used, graph, root, shown })
    }
}

/// The commands of every package, by its entries in the lockfile.
fn commands(installed: &Installed) -> Vec<(PackageIndex, String)> {
    let mut all = Vec::new();
    for (package, installed_package) in installed.packages().iter().enumerate() {
        for command in installed.commands(package) {
            all.extend(installed_package.copies.iter().map(|copy| (*copy, command.name.clone())));
        }
    }
    all
}

type Commands = HashMap<String, Vec<(usize, PathBuf)>, RandomState>;

fn files_of_commands(installed: &Installed) -> Commands {
    let mut all = Commands::default();
    for package in 0..installed.packages().len() {
        for command in installed.commands(package) {
            all.entry(command.name).or_default().push((package, command.file));
        }
    }
    all
}

/// A module that is to be read.
#[derive(Debug)]
struct Pending {
    path: PathBuf,
    via: Via,
}

/// A search that goes on.
struct Search<'run> {
    installed: &'run Installed,
    commands: Commands,
    graph: Graph,
    /// Modules to which something leads that says so in so many words, and others: those only when there
    /// are no more of the first.
    sure: Vec<Pending>,
    unsure: Vec<Pending>,
}

/// What was read of a module.
struct ReadModule {
    module: Module,
    targets: Vec<Target>,
    /// Commands that its texts name.
    started: Vec<(usize, PathBuf)>,
}

impl Search<'_> {
    fn run(&mut self, used: &NpmUse, scopes: &[Scope]) {
        for entry in entry_points(self.installed, used, scopes) {
            if let Some(package) = entry.package {
                self.graph.packages.entry(package).or_insert((entry.via.clone(), false));
            }
            let is_own = entry.via == Via::Own;
            let modules =
                entry.files.into_iter().map(|path| Pending { path, via: entry.via.clone() });
            if is_own { self.sure.extend(modules) } else { self.unsure.extend(modules) }
        }
        loop {
            let is_sure = !self.sure.is_empty();
            let wave = if is_sure { &mut self.sure } else { &mut self.unsure };
            let wave = std::mem::take(wave);
            if wave.is_empty() {
                return;
            }
            self.read(wave, is_sure);
        }
    }

    fn read(&mut self, wave: Vec<Pending>, is_sure: bool) {
        let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
        let is_new = |pending: &Pending| {
            !self.graph.holds(&pending.path)
                && is_module_file(&pending.path)
                && seen.insert(pending.path.clone())
        };
        let wave: Vec<Pending> = wave.into_iter().filter(is_new).collect();
        let read = in_parallel(&wave, |pending| self.read_module(&pending.path));
        for (pending, read) in wave.into_iter().zip(read) {
            self.add(pending, read, is_sure);
        }
    }

    fn read_module(&self, path: &Path) -> ReadModule {
        let owner = self.installed.owner(path);
        let texts = if owner.is_none() { Texts::All } else { Texts::OfPrograms };
        let name = path.to_string_lossy();
        let module = match self.installed.bytes(path) {
            Ok(bytes) if bytes.len() <= LARGEST => {
                javascript::read(&name, &String::from_utf8_lossy(&bytes), texts)
            }
            _ => javascript::unread(),
        };
        let loads = module.loads.iter().map(|load| self.target(path, owner, &load.what));
        let names = module.names.iter();
        let names = names.map(|name| self.resolved(path, name));
        let targets = loads.chain(names).collect();
        let started = self.started(path, &module);
        ReadModule { module, targets, started }
    }

    fn target(&self, from: &Path, owner: Option<usize>, what: &Requested) -> Target {
        match what {
            Requested::Module(specifier) => self.resolved(from, specifier),
            Requested::Beginning(start) => self.beginning(from, owner, start),
            Requested::Generated | Requested::Anything(_) => Target::default(),
        }
    }

    fn resolved(&self, from: &Path, specifier: &str) -> Target {
        let resolved = self.installed.resolve(from, specifier);
        Target { files: resolved.files, packages: resolved.packages }
    }

    /// Every module whose specifier begins so.
    fn beginning(&self, from: &Path, owner: Option<usize>, start: &str) -> Target {
        if start.starts_with('.') || start.starts_with('/') {
            let folder = from.parent().unwrap_or(from);
            let Some(begin) = plain(&folder.join(start)) else { return Target::default() };
            let packages = owner.into_iter().chain(self.installed.visible_from(from));
            let files = packages.flat_map(|package| self.installed.files(package));
            let begin = begin.to_string_lossy().into_owned();
            let fits = |file: &PathBuf| file.to_string_lossy().starts_with(&begin);
            return Target { files: files.filter(fits).collect(), packages: Vec::new() };
        }
        let mut target = Target::default();
        for package in self.installed.visible_from(from) {
            let name = &self.installed.packages()[package].id.name;
            if name.starts_with(start) || start.starts_with(&format!("{name}/")) {
                target.files.extend(self.installed.files(package));
                target.packages.push(package);
            }
        }
        target
    }

    /// What the commands start that the texts of a module name.
    fn started(&self, path: &Path, module: &Module) -> Vec<(usize, PathBuf)> {
        if module.texts.is_empty() {
            return Vec::new();
        }
        let visible = self.installed.visible_from(path);
        let words = module.texts.iter().flat_map(|text| words(text));
        let named = words.filter_map(|word| self.commands.get(word.rsplit('/').next()?));
        let mut files: Vec<(usize, PathBuf)> =
            named.flatten().filter(|(package, _)| visible.contains(package)).cloned().collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    fn add(&mut self, pending: Pending, read: ReadModule, is_sure: bool) {
        let ReadModule { module, targets, started } = read;
        let owner = self.installed.owner(&pending.path);
        let loads: Vec<(u32, bool)> = module
            .loads
            .iter()
            .map(|load| (load.line, matches!(load.what, Requested::Module(_))))
            .chain(module.names.iter().map(|_| (1, false)))
            .collect();
        let Pending { path, via } = pending;
        let loaded = LoadedModule { path, owner, module, via, is_sure, targets: targets.clone() };
        let position = self.graph.add(loaded);
        for ((line, is_named), target) in loads.into_iter().zip(targets) {
            let via = Via::Module(position, line);
            let is_sure = is_sure && is_named;
            for package in target.packages {
                let known = self.graph.packages.entry(package);
                let known = known.or_insert_with(|| (via.clone(), is_sure));
                known.1 |= is_sure;
            }
            let next = if is_sure { &mut self.sure } else { &mut self.unsure };
            next.extend(target.files.into_iter().map(|path| Pending { path, via: via.clone() }));
        }
        for (package, path) in started {
            let via = Via::Module(position, 1);
            self.graph.packages.entry(package).or_insert((via.clone(), false));
            self.unsure.push(Pending { path, via });
        }
    }
}

/// Whether a file is read as a module. One without an ending is a program that its first line names.
fn is_module_file(path: &Path) -> bool {
    path.extension().is_none() || javascript::is_module(&path.to_string_lossy())
}

/// A path without `.` and `..`, which need not exist.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                plain.pop().then_some(())?;
            }
            std::path::Component::CurDir => {}
            other => plain.push(other),
        }
    }
    let ends_with_slash = path.to_string_lossy().ends_with(['/', '\\']);
    Some(if ends_with_slash { plain.join("") } else { plain })
}

/// Does something for every item, on every processor, and keeps their order.
fn in_parallel<Item: Sync, Done: Send>(
    items: &[Item],
    work: impl Fn(&Item) -> Done + Sync,
) -> Vec<Done> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(items.len().max(1));
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, Done)> = thread::scope(|scope| {
        let run = || {
            let mut done = Vec::new();
            loop {
                let position = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(position) else { return done };
                done.push((position, work(item)));
            }
        };
        let spawn = |_| {
            let builder = thread::Builder::new().stack_size(STACK);
            builder.spawn_scoped(scope, run)
        };
        let threads: Vec<_> = (0..workers).filter_map(|number| spawn(number).ok()).collect();
        // Where no thread can be had there is still this one.
        let mut done = if threads.is_empty() { run() } else { Vec::new() };
        for thread in threads {
            match thread.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(position, _)| *position);
    done.into_iter().map(|(_, done)| done).collect()
}
