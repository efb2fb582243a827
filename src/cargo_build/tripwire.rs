//! Lines of the repository that ask a build for something.
//!
//! The proofs are over everything that could be built, or over what the policy declares. Where it
//! declares less than everything, a command, a setting or a script that builds something else makes the
//! declaration doubtful: every text file that git keeps is searched, whatever it is called, for words
//! that ask for features, targets or packages, and what lies outside of the declaration is told with its
//! line. No list of tools or of file names decides what is looked at: words do.
//!
//! Two things are looked for even where nothing is declared. A command line can turn on a feature of a
//! dependency (`--features time/macros`) that no feature of the workspace turns on: such words add to
//! the matrix. And what development builds may be shipped (`cargo build --examples`).

mod context;
mod features;
mod files;
mod said;
mod search;
mod targets;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::search::search;
use super::matrix::{Ingredients, Member, features_named};
use super::{Cell, CellFeatures, FeatureName, FeatureTable, PackageKey, Target};
use crate::policy::IgnoredLine;
use crate::problem::Location;

/// A line that asks a build for something that the policy does not declare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    pub location: Location,
    /// What it asks for.
    pub kind: AskKind,
    /// What it asks for, in a few words.
    pub reason: String,
    /// The build that it orders, if that is certain.
    pub(super) order: Option<Order>,
}

impl Ask {
    /// What a file asks for that cannot be read.
    pub fn of_unread(location: Location) -> Self {
        let reason = "it cannot be read, and may ask for anything".to_owned();
        Self { location, kind: AskKind::Anything, reason, order: None }
    }
}

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskKind {
    Features,
    Target,
    /// A package of the workspace.
    Package,
    /// Nobody knows: the file cannot be read.
    Anything,
}

/// What a command surely builds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    AllFeatures,
    /// These features, and the default ones.
    Features(Vec<String>),
    Target(String),
}

/// What the search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// What the policy does not declare.
    pub(super) asks: Vec<Ask>,
    /// Features of dependencies that a command line turns on, with the lines.
    pub(super) of_dependencies: BTreeMap<FeatureName, BTreeSet<Location>>,
    /// Lines that ship what development builds.
    pub(super) development: Vec<Location>,
    /// The lines of `ignore` that answered for something, by position.
    pub(super) answered: BTreeSet<usize>,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// Whether the policy declares which features ship.
    features_are_declared: bool,
    /// Features of members that the declaration leaves off.
    features: BTreeSet<String>,
    /// Whether the declaration leaves off the default features, so that a plain command is outside.
    is_default_off: bool,
    /// The targets that are declared. `None`: every one.
    targets: Option<Vec<String>>,
    /// What a build without `--target` is for: the machine that it runs on, for which that of the check
    /// stands. `None`: what Cargo's configuration says.
    machine: Option<String>,
    /// Members that are not shipped.
    packages: BTreeSet<String>,
    /// Whether each of several members is declared to be built alone.
    is_alone: bool,
    /// The features of what members depend on, by the names in their manifests.
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl Wanted {
    /// What to look for in a workspace. `tables` are the features of every package, and `machine` is the
    /// target of builds that name none, unless Cargo's configuration gives them one.
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

    /// Whether a build without `--target` is for none of the declared targets.
    fn is_machine_outside(&self) -> bool {
        let is_outside = |machine| {
            let targets = self.targets.as_ref();
            targets.is_some_and(|targets| !targets.contains(machine))
        };
        self.machine.as_ref().is_some_and(is_outside)
    }
}

/// The features that a declaration turns on in a member by itself.
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

impl Found {
    /// What is in a file or a folder that cannot be read: anything.
    fn of_unread(file: String) -> Self {
        let location = Location { file, line: 1 };
        let development = vec![location.clone()];
        Self { asks: vec![Ask::of_unread(location)], development, ..Self::default() }
    }

    /// Takes away what a person has answered for. `line` gives the text of a line.
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

    /// The builds that are shipped besides the declared ones: those with features of dependencies, and
    /// those that a line surely orders.
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

/// Builds that lines order are resolved one by one up to this number. What further ones build is in what
/// could be built outside of the declaration all the same.
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
