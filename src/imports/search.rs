//! The search for what is loaded.

mod named_files;
mod starting;
mod told;

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use smol_str::SmolStr;

use super::adapters::Adapters;
use super::bundles::is_put_together;
use super::cache::ModuleCache;
use super::entry_points::{entry_points, words};
use super::folders::{MODULES, leads_away, plain};
use super::graph::{Graph, LoadedModule, ModuleIndex, Site, Stage, Target, Via};
use super::known_sites::is_known;
use super::needs::Needs;
use super::words::{By, without_prose};
use crate::graph::DependencyGraph;
use crate::graph::scope::Scopes;
use crate::installed::{
    Installed, InstalledPackage, Means, NotInstalled, ResolvedKind, package_of,
};
use crate::javascript::{self, Module, Reason, Requested, Texts};
use crate::lockfile::{Lockfile, PackageIndex};
use crate::npm_use::{self, NpmUse};
use crate::parallel::in_parallel_with_stack;
use crate::policy::NpmPolicy;
use crate::problem::Location;

/// The stack of a thread that parses: parsers call themselves for every level of a text.
pub(super) const STACK: usize = 256 * 1024 * 1024;
/// A larger file is no module that people maintain, and is taken for one that cannot be parsed.
const LARGEST: usize = 8 * 1024 * 1024;

/// The ending of what nothing runs, if it is that of a file.
const DATA: &str = ".json";

/// No name of a package and no path in one is longer.
const LONGEST_WORD: usize = 500;

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
    /// By what packages are looked at that lie in no folder of the projects.
    pub means: Means<'run>,
    /// The folder in which is kept what modules of packages load. `None`: it is found out anew.
    pub module_cache: Option<&'run Path>,
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
    /// What each entry of the lockfile is for.
    pub(super) scopes: Scopes,
    pub(super) needs: Needs,
    /// Where each entry stands.
    pub(super) places: Vec<Location>,
    pub(super) adapters: Adapters,
    /// The checksum of each, where it has one.
    pub(super) checksums: Vec<Option<String>>,
    /// Whether each is not of a registry, so that it is prepared where it is installed.
    pub(super) prepared: Vec<bool>,
    /// Settings that say where modules are, and cannot be read.
    pub(super) unread_settings: Option<PathBuf>,
    /// Places that may load anything, found out when somebody asks.
    pub(super) sites: OnceLock<Vec<Site>>,
}

impl Imports {
    /// Reads every module that may be loaded.
    ///
    /// # Errors
    ///
    /// Nothing is installed, or something else than what is locked.
    pub fn find(request: &Request<'_>) -> Result<Self, NotInstalled> {
        let folder = crate::disk::folder_of(request.path);
        let mut installed = Installed::read(request.lockfile, folder, request.means)?;
        let is_there = |name: &str| {
            let mut packages = 0..installed.packages().len();
            packages.any(|package| installed.called(package).any(|called| called == name))
        };
        let adapters = Adapters::of(is_there);
        let commands = commands(&installed);
        let words = of_entries(&installed, |package| {
            adapters.names_of(&installed.packages()[package].id.name)
        });
        let used = NpmUse::find(&npm_use::Request {
            lockfile: request.lockfile,
            path: request.path,
            policy: request.policy,
            advisories: request.advisories,
            for_imports: true,
            commands: &commands,
            words: &words,
        });
        let settings = installed.learn_settings(used.compiler_settings());
        let graph = DependencyGraph::new(request.lockfile);
        let scopes = Scopes::new(request.lockfile, &graph);
        let needs = Needs::new(&graph);
        let root = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        let mut search = Search {
            installed: &installed,
            root: root.clone(),
            commands: files_of_commands(&installed),
            adapters: &adapters,
            called: called(&installed),
            needs: &needs,
            used: &used,
            cache: ModuleCache::new(request.module_cache, folder, installed.packages()),
            implied: settings.implied.iter().map(SmolStr::from).collect(),
            graph: Graph::default(),
            sure: Vec::new(),
            unsure: Vec::new(),
            named_commands: Vec::new(),
        };
        search.run(request.lockfile, &scopes);
        search.cache.save();
        let graph = search.graph;
        let path = &request.lockfile.source.path;
        let shown = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let unread_settings = settings.unread.into_iter().next();
        let packages = 0..request.lockfile.packages.len();
        let places = packages.map(|package| request.lockfile.location(package)).collect();
        let checksums = request.lockfile.packages.iter().map(|package| {
            let span = package.checksum.as_ref()?;
            let text = &request.lockfile.source.text;
            text.get(span.start as usize..span.end as usize).map(str::to_owned)
        });
        let checksums = checksums.collect();
        let packages = request.lockfile.packages.iter();
        let prepared = packages.map(|package| !package.source.is_of_registry()).collect();
        let sites = OnceLock::new();
        Ok(Self {
            installed,
            used,
            graph,
            root,
            shown,
            scopes,
            needs,
            places,
            adapters,
            checksums,
            prepared,
            unread_settings,
            sites,
        })
    }
}

/// The commands of every package, by its entries in the lockfile.
fn commands(installed: &Installed) -> Vec<(PackageIndex, String)> {
    of_entries(installed, |package| {
        installed.commands(package).into_iter().map(|command| command.name).collect()
    })
}

/// Texts about every package, by its entries in the lockfile.
fn of_entries(
    installed: &Installed,
    texts: impl Fn(usize) -> Vec<String>,
) -> Vec<(PackageIndex, String)> {
    let mut all = Vec::new();
    for (package, found) in installed.packages().iter().enumerate() {
        for text in texts(package) {
            all.extend(found.copies.iter().map(|copy| (*copy, text.clone())));
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

fn called(installed: &Installed) -> HashMap<SmolStr, Vec<usize>, RandomState> {
    let mut all: HashMap<SmolStr, Vec<usize>, RandomState> = HashMap::default();
    for package in 0..installed.packages().len() {
        for name in installed.called(package) {
            all.entry(name.into()).or_default().push(package);
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
    root: PathBuf,
    commands: Commands,
    /// The packages by what they are called.
    called: HashMap<SmolStr, Vec<usize>, RandomState>,
    needs: &'run Needs,
    used: &'run NpmUse,
    adapters: &'run Adapters,
    cache: ModuleCache,
    /// What compilers write into modules of the repository.
    implied: Vec<SmolStr>,
    graph: Graph,
    /// Modules to which something leads that says so in so many words, and others: those only when there
    /// are no more of the first.
    sure: Vec<Pending>,
    unsure: Vec<Pending>,
    /// Commands that texts of modules name, each with the module, the package and its file.
    named_commands: Vec<(ModuleIndex, usize, PathBuf)>,
}

/// What was read of a module.
struct ReadModule {
    module: Module,
    is_built: bool,
    known_sites: Vec<u32>,
    targets: Vec<Target>,
    /// Commands that its texts name.
    started: Vec<(usize, PathBuf)>,
}

impl Search<'_> {
    fn run(&mut self, lockfile: &Lockfile, scopes: &Scopes) {
        for entry in entry_points(lockfile, self.installed, self.used, scopes, self.needs) {
            if let Some(package) = entry.package {
                self.graph.lead_to(package, &entry.via, entry.stage);
            }
            let owners = entry.files.iter().filter_map(|file| self.installed.owner(file));
            self.graph.besides.extend(owners.chain(entry.package));
            let is_sure = entry.stage == Stage::Sure;
            let modules =
                entry.files.into_iter().map(|path| Pending { path, via: entry.via.clone() });
            if is_sure { self.sure.extend(modules) } else { self.unsure.extend(modules) }
        }
        loop {
            let stage = if self.sure.is_empty() { Stage::Unsure } else { Stage::Sure };
            let wave = if stage == Stage::Sure { &mut self.sure } else { &mut self.unsure };
            let wave = std::mem::take(wave);
            if !wave.is_empty() {
                self.read(wave, stage);
            } else if !self.follow_known_sites()
                && !self.follow_commands()
                && !self.follow_told_paths()
                && !self.follow_told_programs()
                && !self.follow_told_files()
            {
                return;
            }
        }
    }

    fn read(&mut self, wave: Vec<Pending>, stage: Stage) {
        let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
        let is_new = |pending: &Pending| {
            !self.graph.holds(&pending.path)
                && javascript::is_run_when_loaded(&pending.path.to_string_lossy())
                && seen.insert(pending.path.clone())
        };
        let wave: Vec<Pending> = wave.into_iter().filter(is_new).collect();
        let read = in_parallel_with_stack(STACK, &wave, |pending| self.read_module(&pending.path));
        for (pending, read) in wave.into_iter().zip(read) {
            // A text that only might have been a script.
            let is_text = !javascript::is_module(&pending.path.to_string_lossy())
                && read.module == Module::default();
            if is_text && self.installed.owner(&pending.path).is_none() {
                self.graph.pass_over(pending.path);
            } else {
                self.add(pending, read, stage);
            }
        }
    }

    fn read_module(&self, path: &Path) -> ReadModule {
        let owner = self.installed.owner(path);
        let bytes = self.installed.bytes(path);
        let text = bytes.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let is_built = owner.is_none() && bytes.as_deref().is_ok_and(is_put_together);
        let module = match &bytes {
            Ok(bytes) if bytes.len() <= LARGEST => match owner {
                Some(owner) => self.cache.read(owner, path, bytes, &text),
                None => javascript::read(&path.to_string_lossy(), &text, Texts::All),
            },
            _ => javascript::unread(),
        };
        let known_sites = owner.map(|owner| self.known_sites(owner, path, &text, &module));
        let loads = module.loads.iter().map(|load| self.target(path, &load.what));
        let implied = if owner.is_none() { self.implied.as_slice() } else { &[] };
        // What a package names is loaded where something loads what is computed: then it may be anything.
        let counted = if owner.is_none() { &module.names } else { &module.listed };
        // What the repository writes may be meant for a tool that makes another name of it.
        let own = if owner.is_none() { module.texts.as_slice() } else { &[] };
        let meant =
            own.iter().flat_map(|text| self.adapters.may_mean(without_prose(text, By::Repository)));
        let meant: BTreeSet<SmolStr> = meant.map(SmolStr::from).collect();
        let names = counted.iter().chain(implied).chain(&meant);
        let names = names.map(|name| self.resolved(path, name));
        let mut targets: Vec<Target> = loads.chain(names).collect();
        if let Some(owner) = owner.filter(|_| module.starts_programs) {
            // A program that it starts may be a file of its own, whose name is put together.
            targets.push(Target { files: self.installed.files(owner), ..Target::default() });
        }
        if let Some(owner) = owner.filter(|owner| self.runs_foreign_scripts(*owner, &text, &module))
        {
            targets.push(self.asked_by(owner));
        }
        if module.starts_programs {
            targets.extend(self.run_in_folders(path, &module));
        }
        if owner.is_none() {
            targets.push(self.named_in_unknown(&module, &targets));
        }
        targets.push(self.worded(path, &module));
        let started = self.started(path, &module);
        let known_sites = known_sites.unwrap_or_default();
        ReadModule { module, is_built, known_sites, targets, started }
    }

    /// The lines of a module in which users of its package name what is loaded.
    fn known_sites(&self, owner: usize, path: &Path, text: &str, module: &Module) -> Vec<u32> {
        let open = |load: &&javascript::Load| matches!(load.what, Requested::Anything(_));
        let lines = module.loads.iter().filter(open).map(|load| load.line);
        let package = &self.installed.packages()[owner].id.name;
        let line_of = |line: u32| {
            let position = usize::try_from(line.saturating_sub(1)).ok()?;
            text.lines().nth(position)
        };
        lines
            .filter(|line| line_of(*line).is_some_and(|text| is_known(package, path, text)))
            .collect()
    }

    fn target(&self, from: &Path, what: &Requested) -> Target {
        match what {
            Requested::Module(specifier) => self.resolved(from, specifier),
            Requested::Elsewhere(specifier) => self.elsewhere(from, specifier),
            Requested::Beginning(start) => self.beginning(from, start),
            Requested::Generated | Requested::Program | Requested::Anything(_) => Target::default(),
        }
    }

    fn resolved(&self, from: &Path, specifier: &str) -> Target {
        let resolved = self.installed.resolve(from, specifier);
        // A package may be called so, and is loaded although all of it is data.
        let is_file = specifier.ends_with(DATA) && package_of(specifier) != specifier;
        if is_file && resolved.files.iter().all(|file| is_data(file)) {
            return Target::default();
        }
        let is_missing = resolved.kind == ResolvedKind::Missing
            && self.installed.owner(from).is_none()
            && specifier.starts_with('.')
            && self.is_made(from, specifier);
        // A module of WebAssembly imports others by their names.
        let is_binary = |file: &PathBuf| file.extension().is_some_and(|it| it == "wasm");
        let is_unread = resolved.files.iter().any(is_binary);
        let is_not_locked = resolved.files.iter().any(|file| self.is_not_locked(file));
        let open = is_missing
            .then_some(Reason::Missing)
            .or(is_not_locked.then_some(Reason::NotLocked))
            .or(is_unread.then_some(Reason::NotParsed));
        Target { files: resolved.files, packages: resolved.packages, open }
    }

    /// Whether a file is of a package that is installed, and of no entry of the lockfile. Names that begin with a
    /// dot are of no package (npm documentation, `package.json`): tools write their own files there.
    fn is_not_locked(&self, file: &Path) -> bool {
        let below = file.strip_prefix(&self.root).unwrap_or(file);
        let parts: Vec<&OsStr> = below.iter().collect();
        let package = parts.iter().rposition(|part| *part == MODULES).map(|at| &parts[at + 1..]);
        let is_named = |package: &[&OsStr]| {
            package.first().is_some_and(|name| !name.as_encoded_bytes().starts_with(b"."))
        };
        package.is_some_and(is_named) && self.installed.owner(file).is_none()
    }

    /// Whether a path in the repository leads to nothing, so that something may make what is loaded there:
    /// not a file that only declares types, nor one that the policy says to be built.
    fn is_made(&self, from: &Path, specifier: &str) -> bool {
        let folder = from.parent().unwrap_or(from);
        let Some(path) = plain(&folder.join(specifier)) else { return true };
        let declares_types = [".d.ts", ".d.mts", ".d.cts", "/index.d.ts"]
            .iter()
            .any(|ending| PathBuf::from(format!("{}{ending}", path.display())).exists());
        let is_asset = !javascript::is_run_when_loaded(&path.to_string_lossy());
        !declares_types && !is_asset && !self.used.is_built(&path)
    }

    /// What a specifier leads to from any folder: every package of its name.
    fn elsewhere(&self, from: &Path, specifier: &str) -> Target {
        let mut target = self.resolved(from, specifier);
        for (package, installed) in self.installed.packages().iter().enumerate() {
            let mut called = self.installed.called(package);
            let named = |name: &&str| specifier.strip_prefix(*name).is_some_and(is_subpath);
            let Some(name) = called.find(named) else { continue };
            let below = &specifier[name.len()..];
            let manifest = installed.folder.join("package.json");
            let files = if below.is_empty() {
                self.installed.entries(package)
            } else {
                let own = format!("{}{below}", installed.id.name);
                let mut files = self.installed.resolve(&manifest, &own).files;
                files.extend(self.installed.resolve(&manifest, &format!(".{below}")).files);
                files
            };
            target.files.extend(files);
            target.packages.push(package);
        }
        target
    }

    /// Every module whose specifier begins so.
    fn beginning(&self, from: &Path, start: &str) -> Target {
        let mut target = Target::default();
        let packages = self.installed.packages();
        if start.starts_with('.') {
            let folder = from.parent().unwrap_or(from);
            let Some(begin) = plain(&folder.join(start)) else { return Target::linked() };
            // What follows may lead to another folder of the package.
            let own =
                self.installed.owner(from).filter(|_| start.bytes().all(|it| b"./".contains(&it)));
            if let Some(owner) = own {
                target.files.extend(self.installed.files(owner));
            }
            // Tools keep their own files in folders that begin with a dot, which are of no package.
            let parts: Vec<&OsStr> = begin.iter().collect();
            let is_of_tool = parts
                .windows(2)
                .any(|pair| pair[0] == MODULES && pair[1].as_encoded_bytes().starts_with(b"."));
            if is_of_tool {
                return Target { open: Some(Reason::NotLocked), ..target };
            }
            // What lies below a link lies somewhere else.
            let inside = if start.ends_with('/') { Some(begin.as_path()) } else { begin.parent() };
            if inside.is_none_or(leads_away) {
                return Target::linked();
            }
            let begin = begin.to_string_lossy().into_owned();
            let may_hold = |package: &InstalledPackage| {
                let folder = package.folder.to_string_lossy();
                folder.starts_with(&begin) || begin.starts_with(&*folder)
            };
            let holding = (0..packages.len()).filter(|package| may_hold(&packages[*package]));
            let files = holding.flat_map(|package| self.installed.files(package));
            let fits = |file: &PathBuf| file.to_string_lossy().starts_with(&begin);
            target.files.extend(files.filter(fits));
            return target;
        }
        let visible = self.installed.visible_from(from);
        // A package may name itself, or one in it.
        let owner = self.installed.owner(from);
        target.files.extend(owner.into_iter().flat_map(|owner| self.installed.files(owner)));
        for package in visible {
            let mut names = self.installed.called(package);
            let fits = |name: &&str| {
                name.starts_with(start) || start.strip_prefix(*name).is_some_and(is_subpath)
            };
            if names.any(|name| fits(&name)) {
                target.files.extend(self.installed.files(package));
                target.packages.push(package);
            }
        }
        target
    }

    /// The packages that texts of a module name among other words, and their paths: each as it would be
    /// loaded.
    fn worded(&self, path: &Path, module: &Module) -> Target {
        let mut target = Target::default();
        let by = By::owner(self.installed.owner(path));
        let words = module.texts.iter().flat_map(|text| words(without_prose(text, by)));
        for word in words.filter(|word| word.len() <= LONGEST_WORD) {
            let specifier = word.rsplit("node_modules/").next().unwrap_or(word);
            let specifier = specifier.trim_start_matches(['-', '.', '/', '~', ':']);
            let Some(packages) = self.called.get(package_of(specifier)) else { continue };
            target.packages.extend(packages);
            if module.starts_programs && word.contains("node_modules/") {
                // Its scripts may be run in its folder.
                let with_scripts = packages.iter().filter(|it| self.installed.has_scripts(**it));
                target.files.extend(with_scripts.flat_map(|package| self.asked_by(*package).files));
            }
            target.files.extend(self.installed.resolve(path, specifier).files);
            if specifier.len() > package_of(specifier).len() {
                let folders = packages.iter().map(|it| &self.installed.packages()[*it].folder);
                let below = &specifier[package_of(specifier).len()..];
                let from = folders.map(|folder| folder.join("package.json"));
                target.files.extend(
                    from.flat_map(|from| self.installed.resolve(&from, &format!(".{below}")).files),
                );
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
        let by = By::owner(self.installed.owner(path));
        let words = module.texts.iter().flat_map(|text| words(without_prose(text, by)));
        let named = words.filter_map(|word| self.commands.get(word.rsplit('/').next()?));
        let mut files: Vec<(usize, PathBuf)> =
            named.flatten().filter(|(package, _)| visible.contains(package)).cloned().collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    fn add(&mut self, pending: Pending, read: ReadModule, stage: Stage) {
        let ReadModule { module, is_built, known_sites, targets, started } = read;
        let owner = self.installed.owner(&pending.path);
        let mut loads: Vec<(u32, bool)> = module
            .loads
            .iter()
            .map(|load| (load.line, matches!(load.what, Requested::Module(_))))
            .collect();
        // Names, and what else may be meant.
        loads.resize(targets.len(), (1, false));
        let Pending { path, via } = pending;
        let targets_of_module = targets.clone();
        let loaded = LoadedModule {
            path,
            owner,
            module,
            via,
            stage,
            is_built,
            known_sites,
            targets: targets_of_module,
        };
        let position = self.graph.add(loaded);
        for ((line, is_named), target) in loads.into_iter().zip(targets) {
            let via = Via::Module(position, line);
            let stage = if is_named { stage } else { Stage::Unsure };
            for package in target.packages {
                self.graph.lead_to(package, &via, stage);
            }
            let next = if stage == Stage::Sure { &mut self.sure } else { &mut self.unsure };
            next.extend(target.files.into_iter().map(|path| Pending { path, via: via.clone() }));
        }
        let named = started.into_iter().map(|(package, path)| (position, package, path));
        self.named_commands.extend(named);
    }
}

fn is_data(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "json")
}

/// Whether nothing more stands there, or a path in a package.
fn is_subpath(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}
