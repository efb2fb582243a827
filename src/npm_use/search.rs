//! The search: every text once, first what counts, then what only tests and checks use.

mod answers;
mod outside;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;
use smol_str::SmolStr;

use super::files::Files;
use super::leads::Leads;
use super::lookup::Lookup;
use super::manifest;
use super::mentions::{Mentions, has_path, is_in_folder, line_at};
use super::names::{AllNames, Installation, Spellings};
use super::path_aliases::PathAliases;
use super::places::{self, Kind, Place};
use super::production_imports::{NamingModules, ProductionImports};
use super::scope::{
    aliases, compiler_settings, describes_packages, elsewhere, installer, is_advisory,
    is_answered_for, is_below, may_lead_here, patterns,
};
use super::scripts;
use super::settings;
use super::shipped::Shipped;
use super::tools;
use super::words::{self, Form, Reading};
use crate::graph::DependencyGraph;
use crate::javascript;
use crate::lockfile::{DependencyKind, Lockfile, PackageIndex};
use crate::policy::NpmPolicy;
use crate::problem::{Location, SourceText};
use crate::text_file::Content;

/// What is searched, and for what.
#[derive(Debug)]
pub struct Request<'run> {
    /// The lockfile whose packages are looked for.
    pub lockfile: &'run Lockfile,
    pub path: &'run Path,
    /// What the policy says to add nothing.
    pub policy: &'run NpmPolicy,
    /// Folders and files of the repository that hold advisories: they name packages, and use none.
    pub advisories: &'run [String],
    /// Whether somebody asks what is loaded: then words of data count as names, and code in commands is
    /// looked for.
    pub for_imports: bool,
    /// Commands that packages bring besides those of which the lockfile knows.
    pub commands: &'run [(PackageIndex, String)],
    /// Words by which tools may load packages, as their settings write them.
    pub words: &'run [(PackageIndex, String)],
}

/// What a repository uses of the packages of a lockfile.
#[derive(Debug)]
pub struct NpmUse {
    names: AllNames,
    spellings: Spellings,
    mentions: Vec<Mentions>,
    tools: Vec<bool>,
    for_developers: Vec<bool>,
    shipped: Vec<Location>,
    forced: Vec<Location>,
    unread: Option<Location>,
    computed: Option<Location>,
    transforms: Option<Location>,
    modules: Vec<PathBuf>,
    tests: Vec<PathBuf>,
    /// None where nothing was searched.
    production: Option<ProductionImports>,
    settings: Vec<(PathBuf, String)>,
    built: Gitignore,
    /// The root of the repository, without links.
    root: PathBuf,
    /// What stands behind the last dot of the names of its files, once each: `ejs`.
    endings: BTreeSet<SmolStr>,
}

impl NpmUse {
    pub fn find(request: &Request<'_>) -> Self {
        let files = Files::around(request.path, &request.lockfile.source.path);
        let (aliases, settings) = (aliases(&files), compiler_settings(&files));
        let path_aliases = {
            let settings = settings.iter();
            let full = settings.map(|(path, text)| (files.full(path), text.clone()));
            PathAliases::of(&full.collect::<Vec<_>>())
        };
        let Installation { mut names, places } = AllNames::of(request.lockfile, &aliases);
        for (package, command) in request.commands {
            names.of[*package].commands.push(command.clone());
        }
        for (package, word) in request.words {
            names.of[*package].words.push(word.clone());
        }
        let spellings = names.spellings();
        let mut search = Search {
            request,
            tests: patterns(&request.policy.tests),
            built: patterns(&request.policy.built),
            elsewhere: elsewhere(&files),
            mentions: vec![Mentions::default(); spellings.len()],
            spellings: &spellings,
            of_development: of_development(request.lockfile, &names, &spellings),
            path_aliases: &path_aliases,
            read_settings: settings,
            shipped: Shipped::new(installer(request.lockfile)),
            kept_modules: None,
            unread: None,
            computed: None,
            is_in_scripts: false,
            starts_unknown: None,
            leads: Leads::default(),
            later: Vec::new(),
            modules: Vec::new(),
            unsaid: Vec::new(),
            naming: NamingModules::default(),
            settings: Vec::new(),
            files: &files,
        };
        search.run();
        let Search { mentions, mut shipped, kept_modules, unread, starts_unknown, .. } = search;
        let (modules, unsaid, settings) = (search.modules, search.unsaid, search.settings);
        let (computed, naming) = (search.computed, search.naming);
        let counted = |lines: BTreeMap<String, BTreeSet<u32>>| -> Vec<Location> {
            let lines = lines.into_iter().flat_map(|(path, lines)| {
                let file = files.shown(&path);
                let location = move |line| Location { file: file.clone(), line };
                lines.into_iter().map(move |line| (path.clone(), location(line)))
            });
            let counted = lines.filter(|(path, location)| {
                !is_answered_for(request.policy, &files, path, location.line)
            });
            counted.map(|(_, location)| location).collect()
        };
        let forced = counted(shipped.take_forced());
        let mut shipped = counted(shipped.finish(&files.project));
        shipped.extend(kept_modules);
        let packages = &request.lockfile.packages;
        let is_tool = |package: &crate::lockfile::LockedPackage| {
            tools::adds_nothing(&package.id.name, request.policy)
        };
        let tools = packages.iter().map(is_tool).collect();
        let for_developers = packages
            .iter()
            .map(|package| tools::is_for_developers(&package.id.name, request.policy))
            .collect();
        let mapped = (path_aliases.mappings, files.root());
        let lookup = Lookup::new(request.lockfile, &files.project, places, &aliases, mapped);
        let root = files.full("");
        let endings = files.paths.iter().filter_map(|path| path.rsplit_once('.'));
        let endings = endings.map(|(_, ending)| SmolStr::from(ending)).collect();
        let mut found = Self {
            names,
            spellings,
            mentions,
            tools,
            for_developers,
            shipped,
            forced,
            unread,
            computed,
            transforms: starts_unknown,
            modules,
            tests: unsaid,
            production: Some(naming.finish(lookup, files)),
            settings,
            built: patterns(&request.policy.built),
            root,
            endings,
        };
        found.transforms = found.transforms.take().or_else(|| found.transformer());
        found
    }

    /// Nothing of what a lockfile holds is used.
    #[cfg(test)]
    pub fn nothing(lockfile: &Lockfile) -> Self {
        let names = AllNames::of(lockfile, &super::names::Aliases::default()).names;
        let spellings = names.spellings();
        Self {
            mentions: vec![Mentions::default(); spellings.len()],
            tools: vec![false; lockfile.packages.len()],
            for_developers: vec![false; lockfile.packages.len()],
            names,
            spellings,
            shipped: Vec::new(),
            forced: Vec::new(),
            unread: None,
            computed: None,
            transforms: None,
            modules: Vec::new(),
            tests: Vec::new(),
            production: None,
            settings: Vec::new(),
            built: Gitignore::empty(),
            root: PathBuf::new(),
            endings: BTreeSet::new(),
        }
    }
}

/// A search that goes on.
struct Search<'run> {
    request: &'run Request<'run>,
    files: &'run Files,
    spellings: &'run Spellings,
    /// The names of packages that only development needs, by their numbers.
    of_development: Vec<bool>,
    path_aliases: &'run PathAliases,
    /// Settings of the TypeScript compiler that are read already, by their paths.
    read_settings: BTreeMap<String, String>,
    /// What the policy calls tests.
    tests: Gitignore,
    /// What it calls built from the sources.
    built: Gitignore,
    /// Folders of other lockfiles, from which nothing sees the packages of this one.
    elsewhere: Vec<String>,
    mentions: Vec<Mentions>,
    shipped: Shipped,
    /// A file below a folder that npm fills, which git keeps all the same.
    kept_modules: Option<Location>,
    unread: Option<Location>,
    /// Code in a command that computes what it loads.
    computed: Option<Location>,
    /// Whether what is scanned are the scripts of a manifest.
    is_in_scripts: bool,
    starts_unknown: Option<Location>,
    /// What something outside of tests leads to.
    leads: Leads,
    /// Tests, which count if something leads to them.
    later: Vec<(String, Reading, String)>,
    /// Modules that count.
    modules: Vec<PathBuf>,
    /// Modules of tests that the policy does not call so.
    unsaid: Vec<PathBuf>,
    /// Those that may be production code and name what only development needs.
    naming: NamingModules,
    /// Settings of the TypeScript compiler.
    settings: Vec<(PathBuf, String)>,
}

impl Search<'_> {
    fn run(&mut self) {
        if self.files.are_too_many {
            let lockfile = &self.request.lockfile.source.path;
            self.unread = Some(Location { file: lockfile.clone(), line: 1 });
        }
        for path in &self.files.paths {
            self.look(path);
        }
        self.scan_tests();
    }

    /// Tests count where something leads to them, and so does what those lead to.
    fn scan_tests(&mut self) {
        let mut left = std::mem::take(&mut self.later);
        loop {
            let (reached, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|(path, ..)| self.leads.reach(path));
            left = others;
            if reached.is_empty() {
                break;
            }
            for (path, reading, text) in reached {
                self.leads.follow(&text);
                self.scan(&path, reading, &text, true);
            }
        }
        for (path, reading, text) in left {
            // What a script in a folder of tests runs is not told from what a test runs: anything may start it.
            let counts = self.request.for_imports && reading == Reading::Words;
            self.scan(&path, reading, &text, counts);
        }
    }

    fn look(&mut self, path: &str) {
        if is_advisory(path, self.request.advisories, &self.files.project) {
            return;
        }
        let is_there = |path: &str| self.files.paths.contains(path);
        let is_declared = self.tests.matched_path_or_any_parents(path, false).is_ignore();
        let place = match places::place(path, &is_there) {
            Place::Counted(kind) | Place::Tests(kind) if is_declared => Place::Declared(kind),
            other => other,
        };
        if places::is_installed(path) {
            let is_counted = matches!(place, Place::Counted(_));
            if is_counted && self.kept_modules.is_none() {
                self.kept_modules = Some(self.files.location(path, 1));
            }
            return;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_setting = settings::is_of_package_manager(name)
            || path.to_lowercase().ends_with("dockerignore")
            || path == ".gitignore";
        if place == Place::Passed && !is_setting {
            return;
        }
        let is_elsewhere = self.elsewhere.iter().any(|folder| is_below(path, folder));
        let read = self.read_settings.remove(path).map(Content::Text);
        match read.unwrap_or_else(|| self.files.read(path)) {
            Content::Text(text) if is_elsewhere => {
                let reading = match place {
                    Place::Counted(Kind::Plain(reading)) => Some(reading),
                    _ => None,
                };
                if may_lead_here(&text, reading, &self.files.project) {
                    self.take(path, place, text);
                }
            }
            Content::Binary if is_elsewhere => {}
            Content::Text(text) => self.take(path, place, text),
            Content::Binary | Content::Folder => {
                // Node.js runs a module with a zero in it all the same.
                if matches!(place, Place::Counted(_)) && javascript::is_module(path) {
                    self.modules.push(self.files.full(path));
                }
                self.look_at_name(path, place);
            }
            Content::Unread => {
                let location = self.files.location(path, 1);
                self.unread.get_or_insert(location);
            }
        }
    }

    fn take(&mut self, path: &str, place: Place, text: String) {
        self.shipped.add_settings(path, &text);
        self.look_at_name(path, place);
        let (kind, counts) = match place {
            Place::Passed => return,
            Place::Counted(kind) => (kind, true),
            Place::Tests(kind) | Place::Declared(kind) => (kind, false),
        };
        let is_named_test = places::may_be_test(path) && !places::runs_tests(&text);
        let counts = counts || (matches!(place, Place::Tests(_)) && is_named_test);
        if kind == Kind::Manifest {
            self.take_manifest(path, &text);
            return;
        }
        if let Kind::Plain(Reading::Data) = kind
            && describes_packages(&text)
        {
            return;
        }
        let (reading, text) = match kind {
            Kind::CompilerSettings => {
                self.settings.push((self.files.full(path), text.clone()));
                (Reading::Data, manifest::without_types(&text))
            }
            Kind::Plain(reading) => (reading, text),
            Kind::Manifest => (Reading::Words, text),
        };
        if matches!(reading, Reading::Code | Reading::Words) {
            self.shipped.add_program(path, &text);
        }
        if counts {
            let named = self.scan(path, reading, &text, true);
            if reading == Reading::Code {
                self.leads.add(&text);
            }
            if self.request.for_imports && self.is_built(path) {
                return;
            }
            if reading != Reading::Prose {
                self.naming.add_text(path, &text);
            }
            if javascript::is_module(path) {
                let source = SourceText::new(self.files.shown(path), text.clone());
                let ignored = &self.request.policy.ignore;
                let is_answered_for = |line: &str| ignored.iter().any(|it| it.is(path, line));
                self.naming.add(path, source, named, is_answered_for);
            }
            let source = SourceText::new(path, text.clone());
            self.shipped.add(path, kind, source, &text);
        } else if matches!(place, Place::Tests(_)) {
            if self.holds_module(path, &text) {
                self.unsaid.push(self.files.full(path));
            }
            self.later.push((path.to_owned(), reading, text));
        } else {
            self.scan(path, reading, &text, false);
        }
    }

    fn take_manifest(&mut self, path: &str, text: &str) {
        let parts = manifest::parts(text);
        // A script names programs, and no settings of tools.
        self.is_in_scripts = true;
        self.scan(path, Reading::Words, &parts.scripts, true);
        self.is_in_scripts = false;
        self.scan(path, Reading::Data, &parts.rest, true);
        self.leads.add(&parts.rest);
        let commands = parts.commands.iter();
        let commands = commands.map(|(name, script)| (name, script.command.as_str()));
        self.shipped.add_scripts(commands);
        let source = SourceText::new(path, text);
        for script in parts.commands.values() {
            let policy = self.request.policy;
            let is_known = |name: &str| {
                self.spellings.number(name).is_some()
                    || tools::adds_nothing(name, policy)
                    || parts.commands.contains_key(name)
            };
            if self.starts_unknown.is_none() && scripts::starts_unknown(&script.command, &is_known)
            {
                let line = source.line_at(script.start);
                self.starts_unknown = Some(self.files.location(path, line));
            }
        }
        // What a project of its own installs is not of this lockfile.
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_locked = self.is_locked(folder);
        if is_locked {
            self.shipped.add_folder(folder);
            self.naming.add_manifest(folder, text);
            self.naming.add_text(path, &parts.rest);
        }
        let is_own = !is_locked && !parts.scripts.contains("../");
        let leaves = ["cd ", "pushd ", "--prefix", "-C "];
        let stays = !leaves.iter().any(|word| parts.scripts.contains(word));
        let orders = if is_own && stays { "" } else { &parts.scripts };
        self.shipped.add(path, Kind::Manifest, source, orders);
    }

    /// Whether a folder is that of a project of the lockfile, or one above it.
    fn is_locked(&self, folder: &str) -> bool {
        let lockfile = self.request.lockfile;
        let mut folders =
            lockfile.roots.iter().map(|root| lockfile.packages[*root].folder.as_deref());
        let project = &self.files.project;
        is_below(project, folder)
            || folders.any(|locked| {
                let locked = locked.unwrap_or_default();
                let slash = if project.is_empty() { "" } else { "/" };
                locked.contains("..") || format!("{project}{slash}{locked}") == folder
            })
    }

    /// A file that is called like a package may be a copy of it.
    fn look_at_name(&mut self, path: &str, place: Place) {
        let is_code = matches!(place, Place::Counted(Kind::Plain(Reading::Code)));
        if !is_code {
            return;
        }
        let location = self.files.location(path, 1);
        let mentions = &mut self.mentions;
        words::words(path, self.spellings, &mut |number| {
            mentions[number].path.get_or_insert_with(|| location.clone());
        });
    }

    /// Searches a text, and tells which packages that only development needs it names as code imports them.
    fn scan(&mut self, path: &str, reading: Reading, text: &str, counts: bool) -> BTreeSet<usize> {
        if counts && self.holds_module(path, text) {
            self.modules.push(self.files.full(path));
        }
        let is_outside = counts && self.is_outside(path);
        if is_outside {
            self.look_outside(path, reading, text);
        }
        let is_in_scripts = self.is_in_scripts;
        let (files, policy, mentions) = (self.files, self.request.policy, &mut self.mentions);
        let of_development = &self.of_development;
        let (mut imported, mut answered) = (BTreeSet::new(), BTreeSet::new());
        let text = words::unescaped(text);
        let mut tell = |number: usize, form, start| {
            let mention = &mut mentions[number];
            if !counts {
                mention.is_for_checks = true;
                return;
            }
            let known = match form {
                Form::Import => &mut mention.import,
                Form::Word => &mut mention.word,
            };
            let (line, line_number) = line_at(&text, start);
            let erased = line.trim_start();
            let is_type = erased.starts_with("import type ") || erased.starts_with("export type ");
            let is_erased = reading == Reading::Code && is_type;
            let is_answered_for = policy.ignore.iter().any(|ignored| ignored.is(path, line));
            if is_answered_for {
                answered.insert(number);
            }
            if is_erased || is_answered_for {
                return;
            }
            if form == Form::Import && of_development[number] {
                imported.insert(number);
            }
            known.get_or_insert_with(|| files.location(path, line_number));
            if is_outside {
                mention.with_path |= has_path(&text, start);
                mention.in_folder |= is_in_folder(&text, start);
                mention.note_outside(files.location(path, line_number), is_in_scripts);
            }
        };
        words::scan(&text, reading, self.spellings, &mut tell);
        if reading == Reading::Code {
            for (number, start) in self.path_aliases.scan(&text, self.spellings) {
                tell(number, Form::Import, start);
            }
        }
        imported.difference(&answered).copied().collect()
    }
}

/// Which names are those of packages that nothing but development needs.
fn of_development(lockfile: &Lockfile, names: &AllNames, spellings: &Spellings) -> Vec<bool> {
    let graph = DependencyGraph::new(lockfile);
    let needed = graph.reach(graph.roots(), |_, edge| edge.kind != DependencyKind::Development);
    let mut of_development = vec![false; spellings.len()];
    let only = (0..needed.len()).filter(|package| !needed[*package]);
    for number in only.flat_map(|package| &names.of[package].names) {
        if let Some(number) = spellings.number(number) {
            of_development[number] = true;
        }
    }
    of_development
}
