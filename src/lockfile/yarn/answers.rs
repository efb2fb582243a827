//! What is locked for what is asked for, in Yarn 2 and later (Yarn source, `Project.resolveEverything`,
//! `CorePlugin`, `plugin-compat`).

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::configuration::Configuration;
use super::descriptor::{is_of_registry, split};
use super::entries::Entry;
use super::locator::{decoded, parameter, patched, with_protocol, without_parameters};
use super::resolutions::{Resolutions, Rule};
use super::workspace;
use crate::lockfile::PackageIndex;
use crate::lockfile::node::origin;

type Table<'text, Value> = HashMap<Cow<'text, str>, Value, RandomState>;

/// What every descriptor leads to.
#[derive(Default)]
pub(super) struct Answers<'text> {
    /// By descriptor. Of two entries for one the last one counts.
    by_descriptor: Table<'text, Known>,
    /// Those that hold for one dependent alone, whose locator stands behind them: paths of patches, folders
    /// and archives are relative to it.
    bound: HashMap<(String, String), Known, RandomState>,
    /// The same, for whichever dependent.
    unbound: HashMap<String, Known, RandomState>,
    /// The patched twin of a descriptor, where Yarn patches the package by itself.
    twins: HashMap<String, Known, RandomState>,
    by_locator: Table<'text, PackageIndex>,
    /// What is asked for by each name.
    by_name: Table<'text, Vec<Known>>,
    /// The projects by their names, with their versions.
    projects: HashMap<&'text str, (&'text str, PackageIndex), RandomState>,
    resolutions: Resolutions<'text>,
    configuration: Option<&'text Configuration>,
    /// The locator of the root, to which what `resolutions` say belongs.
    root: Option<&'text str>,
    /// Which descriptors of [`Known`] somebody asked for.
    asked: Vec<Cell<bool>>,
}

/// A descriptor of an entry.
#[derive(Clone, Copy)]
struct Known {
    package: PackageIndex,
    /// Its place in [`Answers::asked`].
    number: usize,
}

/// Who asks: the locator.
pub(super) type From<'text> = &'text str;

impl<'text> Answers<'text> {
    /// The answers that the entries are, which become packages from `first` on.
    pub(super) fn of(entries: &'text [Entry<'_>], first: PackageIndex) -> Self {
        let mut answers = Self::default();
        for (position, entry) in entries.iter().enumerate() {
            let package = first + position;
            answers.by_locator.insert(decoded(&entry.resolution), package);
            for descriptor in entry.descriptors() {
                answers.add(descriptor, package);
            }
        }
        answers
    }

    pub(super) fn with_orders(
        mut self,
        resolutions: Resolutions<'text>,
        configuration: &'text Configuration,
        root: Option<&'text str>,
    ) -> Self {
        self.resolutions = resolutions;
        self.configuration = Some(configuration);
        self.root = root;
        self
    }

    pub(super) fn add_project(&mut self, name: &'text str, version: &'text str, at: PackageIndex) {
        self.projects.insert(name, (version, at));
    }

    fn add(&mut self, descriptor: &'text str, package: PackageIndex) {
        let known = Known { package, number: self.asked.len() };
        self.asked.push(Cell::new(false));
        let (name, range) = split(descriptor);
        self.by_descriptor.insert(Cow::Borrowed(descriptor), known);
        self.by_name.entry(Cow::Borrowed(name)).or_default().push(known);
        if range.starts_with("patch:")
            && range.contains("builtin")
            && range.contains('<')
            && let Some(inner) = patched(descriptor)
        {
            self.twins.insert(inner, known);
        }
        // Projects are asked for by their folder only where they lie.
        if range.starts_with("workspace:") {
            self.asked[known.number].set(true);
        }
        if !is_of_registry(range) {
            let descriptor = unbound(name, range);
            if let Some(locator) = parameter(range, "locator") {
                self.bound.insert((descriptor.clone(), locator.into_owned()), known);
            }
            self.unbound.insert(descriptor, known);
        }
    }

    /// The package that answers to what `from` asks for.
    pub(super) fn of_asked(&self, from: From<'_>, name: &str, range: &str) -> Option<PackageIndex> {
        match self.rule(from, name, range) {
            Some(rule) => self.look_up(self.root.unwrap_or(from), name, rule.reference),
            None => self.look_up(from, name, range),
        }
    }

    /// The package that `range` leads to, or the last of that name: what is installed is not known where a
    /// lockfile does not fit the manifest.
    pub(super) fn perhaps(&self, from: From<'_>, name: &str, range: &str) -> Option<PackageIndex> {
        let last = || self.by_name.get(name)?.last().map(|known| known.package);
        self.of_asked(from, name, range).or_else(last)
    }

    /// Every package of a name, for whoever asks for it in a range that is not known.
    pub(super) fn of_name(&self, name: &str) -> Vec<PackageIndex> {
        self.by_name.get(name).into_iter().flatten().map(|known| self.note(*known)).collect()
    }

    /// The package at a locator.
    pub(super) fn at(&self, locator: &str) -> Option<PackageIndex> {
        self.by_locator.get(locator).copied()
    }

    /// The packages of descriptors that nobody asked for.
    pub(super) fn unasked(&self) -> Vec<PackageIndex> {
        let known = self.by_descriptor.values();
        let unasked = known.filter(|known| !self.asked[known.number].get());
        unasked.map(|known| known.package).collect()
    }

    fn rule(&self, from: From<'_>, name: &str, range: &str) -> Option<&Rule<'text>> {
        let rules = self.resolutions.of_name(name);
        let (asker, reference) = split(from);
        rules.iter().find(|rule| {
            let is_from = rule.from.is_none_or(|(package, version)| {
                let version_of = without_parameters(reference);
                let version_of = version_of.strip_prefix("npm:").unwrap_or(version_of);
                package == asker
                    && (version.is_empty()
                        || version.strip_prefix("npm:").unwrap_or(version) == version_of)
            });
            let plain = |range: &str| range.strip_prefix("npm:").unwrap_or(range).to_owned();
            is_from && (rule.range.is_empty() || plain(rule.range) == plain(range))
        })
    }

    fn look_up(&self, from: From<'_>, name: &str, range: &str) -> Option<PackageIndex> {
        if let Some(catalog) = range.strip_prefix("catalog:") {
            let configuration = self.configuration?;
            let range = configuration.in_catalog(catalog, name);
            // A catalog in a catalog is none.
            let range = range.filter(|range| !range.starts_with("catalog:"))?;
            return self.look_up(from, name, range);
        }
        let descriptor = with_protocol(&format!("{name}@{range}"));
        let plain = self.by_descriptor.get(&*descriptor);
        if let Some(twin) = self.twins.get(&descriptor) {
            if let Some(plain) = plain {
                self.note(*plain);
            }
            return Some(self.note(*twin));
        }
        if let Some(known) = plain.or_else(|| self.by_descriptor.get(&*format!("{name}@{range}"))) {
            return Some(self.note(*known));
        }
        if let Some(known) = self.bound_to(from, name, range) {
            return Some(self.note(known));
        }
        if let Some(inner) = inner(name, range).and_then(|inner| self.by_descriptor.get(&*inner)) {
            return Some(self.note(*inner));
        }
        let (version, project) = self.projects.get(name)?;
        workspace::answers(version, range.strip_prefix("npm:").unwrap_or(range)).then_some(*project)
    }

    fn bound_to(&self, from: From<'_>, name: &str, range: &str) -> Option<Known> {
        if is_of_registry(range) {
            return None;
        }
        let bound = (unbound(name, range), decoded(from).into_owned());
        self.bound.get(&bound).or_else(|| self.unbound.get(&bound.0)).copied()
    }

    fn note(&self, known: Known) -> PackageIndex {
        self.asked[known.number].set(true);
        known.package
    }
}

/// What an alias or a patch stands for, which is all that Yarn 6 has an entry for.
fn inner(name: &str, range: &str) -> Option<String> {
    match origin::alias(range) {
        Some((real, versions)) if !versions.is_empty() => Some(format!("{real}@npm:{versions}")),
        _ => patched(&format!("{name}@{range}")),
    }
}

/// A descriptor without what says for whom it holds, in one spelling.
fn unbound(name: &str, range: &str) -> String {
    let plain = without_parameters(range);
    if let Some((inner, selector)) =
        plain.strip_prefix("patch:").and_then(|patch| patch.split_once('#'))
    {
        return format!("{name}@patch:{}#{selector}", with_protocol(&decoded(inner)));
    }
    format!("{name}@{}", decoded(plain))
}
