//! Searches the repository for lines that ask for builds.
//!
//! Proofs are made for everything that could be built, or for the policy's declaration. If that
//! is less than everything, a command, a setting or a script that builds something else casts doubt on the
//! declaration: every text file that git tracks is searched, with any name, for words
//! that ask for features, targets or packages, and a line outside of the declaration is
//! reported. The search does not depend on a list of tools or file names.
//!
//! Two things are searched for even without a declaration. A command line can enable a feature of a
//! dependency (`--features time/macros`) that no feature of the workspace enables: such words extend
//! the matrix. And development builds may be shipped (`cargo build --examples`).

mod context;
mod features;
mod files;
mod search;
mod targets;
mod unexecuted;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::search::search;
use super::matrix::{Ingredients, Member, features_named};
use super::{Cell, CellFeatures, FeatureName, FeatureTable, PackageKey, Target};
use crate::policy::IgnoredLine;
use crate::problem::Location;

/// A line that asks for a build outside of the policy's declaration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    pub location: Location,
    /// The kind of thing it asks for.
    pub kind: AskKind,
    /// The thing it asks for, in a few words.
    pub reason: String,
    /// The build that it certainly makes, if there is one.
    pub(super) order: Option<Order>,
}

impl Ask {
    /// An unreadable file, which may ask for anything.
    pub fn of_unread(location: Location) -> Self {
        let reason = "it cannot be read, and may ask for anything".to_owned();
        Self { location, kind: AskKind::Anything, reason, order: None }
    }
}

/// The kind of thing that a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskKind {
    Features,
    Target,
    /// A package of the workspace.
    Package,
    /// Unknown, because the file cannot be read.
    Anything,
}

/// What a command certainly builds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    AllFeatures,
    /// These features, in addition to the default ones.
    Features(Vec<String>),
    Target(String),
}

/// The result of the search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SearchResult {
    /// How many files were searched.
    pub(super) files: usize,
    /// Builds outside of the policy's declaration.
    pub(super) asks: Vec<Ask>,
    /// Features of dependencies that a command line enables, with the lines.
    pub(super) of_dependencies: BTreeMap<FeatureName, BTreeSet<Location>>,
    /// Lines that ship development builds.
    pub(super) development: Vec<Location>,
    /// The positions of `ignore` lines that had an effect.
    pub(super) answered: BTreeSet<usize>,
}

/// What to search for.
#[derive(Clone, Debug, Default)]
pub(super) struct SearchTerms {
    /// Whether the policy declares the features that ship.
    features_are_declared: bool,
    /// Features of members that are outside of the declaration.
    features: BTreeSet<String>,
    /// Whether the declaration excludes the default features, so that a plain command is outside of it.
    is_default_off: bool,
    /// The declared targets. `None`: all.
    targets: Option<Vec<String>>,
    /// The target of builds without `--target`: that of the build machine, for which the checking machine
    /// stands in. `None`: the one in Cargo's configuration.
    machine: Option<String>,
    /// Members that are not shipped.
    packages: BTreeSet<String>,
    /// Whether each of several members is declared to be built separately.
    is_alone: bool,
    /// The features of the members' dependencies, by the names in their manifests.
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl SearchTerms {
    /// What to search for in a workspace. `tables` are the features of every package, and `machine` is the
    /// default target, unless Cargo's configuration has one.
    pub(super) fn new(
        ingredients: &Ingredients<'_>,
        cells: &[Cell],
        tables: &BTreeMap<PackageKey, FeatureTable>,
        machine: Option<&str>,
    ) -> Self {
        let policy = ingredients.policy;
        let declared = cells.first().map(|cell| &cell.features);
        let chosen = declared.filter(|features| **features != CellFeatures::All);
        let is_every = cells.iter().any(|cell| cell.target == Target::Every);
        let triples = cells.iter().filter_map(|cell| cell.target.triple().map(str::to_owned));
        let mut wanted = Self {
            features_are_declared: chosen.is_some(),
            machine: machine.map(str::to_owned),
            targets: (!is_every).then(|| triples.collect()),
            is_alone: policy.is_alone && ingredients.members.len() > 1,
            dependencies: dependencies(ingredients.members, tables),
            ..Self::default()
        };
        if let Some(CellFeatures::Some { default, names }) = chosen {
            for member in ingredients.members {
                let on = turned_on(member, *default, names, tables);
                let off = member.features.iter().filter(|feature| !on.contains(*feature));
                wanted.features.extend(off.cloned());
            }
            wanted.is_default_off = !default && wanted.features.contains("default");
        }
        if !policy.packages.is_empty() {
            let is_shipped =
                |member: &&Member| policy.packages.iter().any(|name| name.text == member.name);
            let others = ingredients.members.iter().filter(|member| !is_shipped(member));
            wanted.packages = others.map(|member| member.name.clone()).collect();
        }
        wanted
    }

    /// Whether a build without `--target` is for a target that is not declared.
    fn is_machine_outside(&self) -> bool {
        let is_outside = |machine| {
            let targets = self.targets.as_ref();
            targets.is_some_and(|targets| !targets.contains(machine))
        };
        self.machine.as_ref().is_some_and(is_outside)
    }
}

/// The features that a declaration enables in a member by itself.
fn turned_on(
    member: &Member,
    default: bool,
    names: &[FeatureName],
    tables: &BTreeMap<PackageKey, FeatureTable>,
) -> BTreeSet<String> {
    let own = tables.iter().filter(|(package, _)| package.name == member.name);
    let tables: Vec<&FeatureTable> = own.map(|(_, table)| table).collect();
    let chosen = names.iter().filter(|name| name.member == member.name);
    let mut pending: Vec<String> = chosen.map(|name| name.feature.clone()).collect();
    pending.extend(default.then(|| "default".to_owned()));
    let mut on = BTreeSet::new();
    while let Some(next) = pending.pop() {
        if on.insert(next.clone()) {
            let values = tables.iter().filter_map(|table| table.get(&next));
            pending.extend(values.flatten().cloned());
        }
    }
    on
}

fn dependencies(
    members: &[Member],
    tables: &BTreeMap<PackageKey, FeatureTable>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let is_member = |name: &str| members.iter().any(|member| member.name == name);
    let pairs = members.iter().flat_map(|member| &member.dependencies);
    for (written, name) in pairs.filter(|(_, name)| !is_member(name)) {
        let of_package = tables.iter().filter(|(package, _)| package.name == *name);
        let features = of_package.flat_map(|(_, table)| table.keys().cloned());
        all.entry(written.clone()).or_default().extend(features);
    }
    all.retain(|_, features| !features.is_empty());
    all
}

impl SearchResult {
    /// An unreadable file or folder may ask for anything.
    fn of_unread(file: String) -> Self {
        let location = Location { file, line: 1 };
        let development = vec![location.clone()];
        Self { asks: vec![Ask::of_unread(location)], development, ..Self::default() }
    }

    /// Removes lines that a person has declared harmless. `line` returns the text of a line.
    fn answer(&mut self, ignored: &[IgnoredLine], lines: &BTreeMap<Location, String>) {
        let mut answered = BTreeSet::new();
        let mut is_open = |place: &Location| {
            let text = lines.get(place).map_or("", |text| text.trim());
            let entries = ignored.iter().enumerate();
            let fitting: Vec<usize> = entries
                .filter(|(_, entry)| entry.is(&place.file, text))
                .map(|(position, _)| position)
                .collect();
            answered.extend(&fitting);
            fitting.is_empty()
        };
        self.asks.retain(|ask| is_open(&ask.location));
        self.of_dependencies.retain(|_, places| {
            places.retain(&mut is_open);
            !places.is_empty()
        });
        self.development.retain(&mut is_open);
        self.answered = answered;
    }

    /// Shipped builds besides the declared ones: those with features of dependencies, and
    /// those that a line certainly makes.
    pub(super) fn further_cells(&self, ingredients: &Ingredients<'_>, cells: &[Cell]) -> Vec<Cell> {
        let mut further = Vec::new();
        if let Some(first) = self.of_dependencies.values().flatten().next() {
            further.extend(cells.iter().map(|cell| Cell {
                of_dependencies: self.of_dependencies.keys().cloned().collect(),
                features_from: Some(first.clone()),
                ..cell.clone()
            }));
        }
        let orders = self.asks.iter().filter_map(|ask| Some((ask, ask.order.as_ref()?)));
        for (ask, order) in orders.take(MOST_ORDERS) {
            for cell in cells {
                let cell = ordered(ingredients, cell, order, &ask.location);
                let is_known = |known: &Cell| known.target == cell.target && known.is_like(&cell);
                if !cells.iter().chain(&further).any(is_known) {
                    further.push(cell);
                }
            }
        }
        further
    }

    /// Everything that the lines outside of the declaration could build.
    pub(super) fn outside_cells(&self, ingredients: &Ingredients<'_>, cells: &[Cell]) -> Vec<Cell> {
        let asks = |wanted: AskKind| {
            let mut kinds = self.asks.iter().map(|ask| ask.kind);
            kinds.any(|kind| kind == wanted || kind == AskKind::Anything)
        };
        if self.asks.is_empty() {
            return Vec::new();
        }
        let names = || ingredients.members.iter().map(|member| member.name.clone());
        let mut outside: Vec<Cell> = Vec::new();
        for cell in cells {
            let mut cell = cell.clone();
            if asks(AskKind::Target) {
                (cell.target, cell.target_from) = (Target::Every, None);
            }
            if asks(AskKind::Features) {
                cell.features = CellFeatures::All;
            }
            if asks(AskKind::Package) {
                cell.members = names().collect();
            }
            let members = &cell.members;
            cell.beside = names().filter(|name| !members.contains(name)).collect();
            cell.of_dependencies = self.of_dependencies.keys().cloned().collect();
            if !outside.iter().any(|known| known.target == cell.target && known.is_like(&cell)) {
                outside.push(cell);
            }
        }
        outside
    }
}

/// Up to this number, builds that lines make are resolved one by one. Further ones are still covered by
/// everything that could be built outside of the declaration.
const MOST_ORDERS: usize = 6;

fn ordered(ingredients: &Ingredients<'_>, cell: &Cell, order: &Order, place: &Location) -> Cell {
    let mut cell = cell.clone();
    match order {
        Order::AllFeatures => cell.features = CellFeatures::All,
        Order::Features(written) => {
            let everyone: Vec<&Member> = ingredients.members.iter().collect();
            let names = written.iter().flat_map(|name| features_named(name, &everyone));
            let names: BTreeSet<FeatureName> = names.collect();
            let names = names.into_iter().collect();
            cell.features = CellFeatures::Some { default: true, names };
        }
        Order::Target(triple) => {
            cell.target = Target::Triple(triple.clone());
            cell.target_from = Some(place.clone());
            return cell;
        }
    }
    cell.features_from = Some(place.clone());
    cell
}
