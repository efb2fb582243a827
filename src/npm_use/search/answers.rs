//! What was found.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use smol_str::SmolStr;

use super::super::mentions::Mentions;
use super::super::production_imports::ProductionImport;
use super::super::tools;
use super::NpmUse;
use crate::lockfile::PackageIndex;
use crate::problem::Location;

impl NpmUse {
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

    /// Where production code surely imports a package that only development needs. What a name may stand
    /// for besides leaves it open: there is a file that is called like it, too.
    pub fn imported_by_production(&self, package: PackageIndex) -> Option<ProductionImport> {
        if self.copied(package).is_some() {
            return None;
        }
        let names = self.names.of[package].names.iter();
        let names = names.filter_map(|name| self.spellings.number(name)).collect();
        self.production.as_ref()?.of(package, &names)
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
        let outside = all.filter_map(|name| self.mention(name)?.outside.as_ref());
        let words = names.words.iter();
        outside.chain(words.filter_map(|word| self.mention(word)?.in_settings.as_ref())).min()
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

    /// What stands behind the last dot of the names of the repository's files, once each: `ejs`.
    pub fn endings(&self) -> &BTreeSet<SmolStr> {
        &self.endings
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

    /// Whether a text that is no module names a package in the folder where packages are installed.
    pub fn named_in_folder(&self, package: PackageIndex) -> bool {
        let mut names = self.names.of[package].names.iter();
        names.any(|name| self.mention(name).is_some_and(|mentions| mentions.in_folder))
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
    pub(super) fn transformer(&self) -> Option<Location> {
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
