//! The search: every text once, first what counts, then what only tests and checks use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;

use super::files::Files;
use super::inline;
use super::leads::Leads;
use super::manifest;
use super::mentions::{Mentions, has_path, line_at};
use super::names::{AllNames, Spellings};
use super::places::{self, Kind, Place};
use super::scope::{
    aliases, describes_packages, elsewhere, installer, is_advisory, is_answered_for, is_below,
    may_lead_here, patterns,
};
use super::scripts;
use super::settings;
use super::shipped::Shipped;
use super::tools;
use super::words::{self, Form, Reading};
use crate::javascript;
use crate::lockfile::{Lockfile, PackageIndex};
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
    settings: Vec<(PathBuf, String)>,
    built: Gitignore,
    /// The root of the repository, without links.
    root: PathBuf,
}

impl NpmUse {
    pub fn find(request: &Request<'_>) -> Self {
        let files = Files::around(request.path, &request.lockfile.source.path);
        let mut names = AllNames::of(request.lockfile, &aliases(&files));
        for (package, command) in request.commands {
            names.of[*package].commands.push(command.clone());
        }
        let spellings = names.spellings();
        let mut search = Search {
            request,
            tests: patterns(&request.policy.tests),
            built: patterns(&request.policy.built),
            elsewhere: elsewhere(&files),
            mentions: vec![Mentions::default(); spellings.len()],
            spellings: &spellings,
            shipped: Shipped::new(installer(request.lockfile)),
            kept_modules: None,
            unread: None,
            computed: None,
            starts_unknown: None,
            leads: Leads::default(),
            later: Vec::new(),
            modules: Vec::new(),
            unsaid: Vec::new(),
            settings: Vec::new(),
            files: &files,
        };
        search.run();
        let Search { mentions, mut shipped, kept_modules, unread, starts_unknown, .. } = search;
        let (modules, unsaid, settings) = (search.modules, search.unsaid, search.settings);
        let computed = search.computed;
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
            settings,
            built: patterns(&request.policy.built),
            root: files.full(""),
        };
        found.transforms = found.transforms.take().or_else(|| found.transformer());
        found
    }

    /// Nothing of what a lockfile holds is used.
    #[cfg(test)]
    pub fn nothing(lockfile: &Lockfile) -> Self {
        let names = AllNames::of(lockfile, &super::names::Aliases::default());
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
            settings: Vec::new(),
            built: Gitignore::empty(),
            root: PathBuf::new(),
        }
    }

    /// The lines by which what is installed for development may be shipped.
    pub fn shipped(&self) -> &[Location] {
        &self.shipped
    }

    /// The lines that make the package manager install what does not fit the machine.
    pub fn forced(&self) -> &[Location] {
        &self.forced
    }

    /// A file that cannot be searched.
    pub fn unread(&self) -> Option<&Location> {
        self.unread.as_ref()
    }

    /// A command with code in it that computes what it loads.
    pub fn computed(&self) -> Option<&Location> {
        self.computed.as_ref()
    }

    /// Whether npm installs a package although it is told to leave development out: it lies in a folder
    /// of a linked project.
    pub fn comes_with_link(&self, package: PackageIndex) -> bool {
        self.names.is_in_linked_folder(package)
    }

    /// Where code imports a package.
    pub fn imported(&self, package: PackageIndex) -> Option<&Location> {
        let names = self.names.of[package].imports.iter();
        names.filter_map(|name| self.mention(name)?.import.as_ref()).min()
    }

    /// Where a package is named, or one of its commands.
    pub fn named(&self, package: PackageIndex) -> Option<&Location> {
        let names = &self.names.of[package];
        let all = names.names.iter().chain(&names.commands);
        all.filter_map(|name| self.mention(name)?.word.as_ref()).min()
    }

    /// Where one of a package's commands is named.
    pub fn run(&self, package: PackageIndex) -> Option<&Location> {
        let commands = self.names.of[package].commands.iter();
        commands.filter_map(|name| self.mention(name)?.word.as_ref()).min()
    }

    /// A file that is called like a package: perhaps a copy of it.
    pub fn copied(&self, package: PackageIndex) -> Option<&Location> {
        let names = self.names.of[package].names.iter();
        names.filter_map(|name| self.mention(name)?.path.as_ref()).min()
    }

    /// Where a text names a package, or one of its commands, that is no module of JavaScript.
    pub fn named_outside_modules(&self, package: PackageIndex) -> Option<&Location> {
        let names = &self.names.of[package];
        let all = names.names.iter().chain(&names.commands);
        all.filter_map(|name| self.mention(name)?.outside.as_ref()).min()
    }

    /// The modules of JavaScript that count, without links. What the policy says to be built from them is
    /// none.
    pub fn modules(&self) -> &[PathBuf] {
        &self.modules
    }

    /// Modules that are tests, or settings of tools, by where they lie and what they are called, and not by
    /// the policy.
    pub fn tests(&self) -> &[PathBuf] {
        &self.tests
    }

    /// Whether the policy says that a path is one of what is built from the sources.
    pub fn is_built(&self, path: &Path) -> bool {
        let below =
            path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        self.built.matched_path_or_any_parents(below, false).is_ignore()
    }

    /// What a package is called by code, and its commands.
    pub fn names(&self, package: PackageIndex) -> impl Iterator<Item = &str> {
        let names = &self.names.of[package];
        names.names.iter().chain(&names.commands).map(String::as_str)
    }

    /// The settings of the TypeScript compiler, with their texts.
    pub fn compiler_settings(&self) -> &[(PathBuf, String)] {
        &self.settings
    }

    /// Whether a package puts nothing into what is shipped by being run.
    pub fn adds_nothing(&self, package: PackageIndex) -> bool {
        self.tools[package]
    }

    /// Whether a package is run to check or to compile, and never as a part of what is shipped.
    pub fn is_for_developers(&self, package: PackageIndex) -> bool {
        self.for_developers[package]
    }

    /// Whether a text that is no module names a path in a package.
    pub fn named_with_path(&self, package: PackageIndex) -> bool {
        let mut names = self.names.of[package].names.iter();
        names.any(|name| self.mention(name).is_some_and(|mentions| mentions.with_path))
    }

    /// For a package that nothing names: the line of what may add it to what is shipped unasked, as
    /// compilers add their helpers.
    pub fn may_be_added(&self, package: PackageIndex) -> Option<&Location> {
        let names = &self.names.of[package];
        let mut all = names.names.iter().chain(&names.commands);
        // What checks do with it says nothing about commands that nobody knows.
        let says_all = self.names.know_commands;
        let is_named = all.any(|name| {
            self.mention(name).is_some_and(|mentions| {
                (mentions.is_for_checks && says_all) || mentions.word.is_some()
            })
        });
        let has_types_only = || names.names.iter().any(|name| tools::holds_types_only(name));
        if is_named || self.tools[package] || has_types_only() {
            return None;
        }
        self.transforms.as_ref()
    }

    /// Where a package is used that brings commands, and is not known to add nothing.
    fn transformer(&self) -> Option<Location> {
        let packages = 0..self.tools.len();
        let used = packages
            .filter(|package| !self.names.of[*package].commands.is_empty() && !self.tools[*package])
            .filter_map(|package| self.imported(package).or_else(|| self.named(package)));
        used.min().cloned()
    }

    fn mention(&self, name: &str) -> Option<&Mentions> {
        let number = self.spellings.number(name)?;
        self.mentions.get(number)
    }
}

/// A search that goes on.
struct Search<'run> {
    request: &'run Request<'run>,
    files: &'run Files,
    spellings: &'run Spellings,
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
    starts_unknown: Option<Location>,
    /// What something outside of tests leads to.
    leads: Leads,
    /// Tests, which count if something leads to them.
    later: Vec<(String, Reading, String)>,
    /// Modules that count.
    modules: Vec<PathBuf>,
    /// Modules of tests that the policy does not call so.
    unsaid: Vec<PathBuf>,
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
            self.scan(&path, reading, &text, false);
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
        match self.files.read(path) {
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
            self.scan(path, reading, &text, true);
            if reading == Reading::Code {
                self.leads.add(&text);
            }
            if self.request.for_imports && self.is_built(path) {
                return;
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
        self.scan(path, Reading::Words, &parts.scripts, true);
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

    /// Whether the policy says that a file is built from the sources.
    fn is_built(&self, path: &str) -> bool {
        self.built.matched_path_or_any_parents(path, false).is_ignore()
    }

    /// Whether a file is read as a module: because of its name, or because of what it holds.
    fn holds_module(&self, path: &str, text: &str) -> bool {
        !self.is_built(path)
            && (javascript::is_module(path) || javascript::may_be_script(path, text))
    }

    fn scan(&mut self, path: &str, reading: Reading, text: &str, counts: bool) {
        if counts && self.holds_module(path, text) {
            self.modules.push(self.files.full(path));
        }
        let is_built = self.is_built(path);
        let (files, policy, mentions) = (self.files, self.request.policy, &mut self.mentions);
        let text = words::unescaped(text);
        let is_module = javascript::is_module(path);
        let is_outside = counts && !is_module && !is_built && !javascript::declares_types(path);
        if self.request.for_imports && is_outside && reading != Reading::Prose {
            if let Some(start) = inline::computed_load(&text) {
                let (_, line) = line_at(&text, start);
                self.computed.get_or_insert_with(|| files.location(path, line));
            }
            if reading == Reading::Data {
                words::scan(&text, Reading::Words, self.spellings, &mut |number, _, start| {
                    let (_, line) = line_at(&text, start);
                    let mention = &mut mentions[number];
                    mention.outside.get_or_insert_with(|| files.location(path, line));
                    mention.with_path |= has_path(&text, start);
                });
            }
        }
        words::scan(&text, reading, self.spellings, &mut |number, form, start| {
            let mention = &mut mentions[number];
            if !counts {
                mention.is_for_checks = true;
                return;
            }
            let known = match form {
                Form::Import => &mut mention.import,
                Form::Word => &mut mention.word,
            };
            let (line, number) = line_at(&text, start);
            let erased = line.trim_start();
            let is_type = erased.starts_with("import type ") || erased.starts_with("export type ");
            let is_erased = reading == Reading::Code && is_type;
            let is_answered_for = policy.ignore.iter().any(|ignored| ignored.is(path, line));
            if is_erased || is_answered_for {
                return;
            }
            known.get_or_insert_with(|| files.location(path, number));
            if is_outside {
                mention.with_path |= has_path(&text, start);
                mention.outside.get_or_insert_with(|| files.location(path, number));
            }
        });
    }
}
