//! Queries about resolved builds. A package or a feature is present if both resolvers see it in some
//! cell, and absent only if neither sees it in any, for any build machine.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{BuiltPackages, PackageKey, Purpose, ResolvedBuilds, ResolvedCell};

/// Whether something is part of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence<'builds> {
    /// Neither resolver sees it in any cell.
    Absent,
    /// Both see it in this cell.
    Present(&'builds ResolvedCell),
    /// One sees it in this cell and the other one does not.
    Disputed { cell: &'builds ResolvedCell, seen_by: &'static str },
    /// Neither sees it, but it would run on the build machine of this cell if that were one of the
    /// cell's target.
    OnOtherMachine(&'builds ResolvedCell),
}

/// A path from a workspace member to a package.
pub type Chain = Vec<PackageKey>;

impl ResolvedBuilds {
    /// Whether a package is built for a purpose.
    pub fn package(&self, package: &PackageKey, purpose: Purpose) -> Presence<'_> {
        self.judge(purpose, |packages| packages.contains_key(package))
    }

    /// Whether a feature of a package is enabled in a shipped build.
    pub fn feature(&self, package: &PackageKey, feature: &str) -> Presence<'_> {
        self.judge(Purpose::Shipping, |packages| {
            packages.get(package).is_some_and(|features| features.contains(feature))
        })
    }

    /// The versions of a package that Cargo knows.
    pub fn versions(&self, name: &str) -> impl Iterator<Item = &PackageKey> {
        self.declared.keys().filter(move |package| package.name == name)
    }

    /// Whether a package runs on the build machine.
    pub fn is_on_host(&self, package: &PackageKey) -> bool {
        let shipping = self.cells.iter().filter(|cell| cell.purpose == Purpose::Shipping);
        shipping.into_iter().any(|cell| cell.simulated.on_host.contains(package))
    }

    /// The cells of one purpose.
    pub fn cells_for(&self, purpose: Purpose) -> impl Iterator<Item = &ResolvedCell> {
        self.cells.iter().filter(move |cell| cell.purpose == purpose)
    }

    fn judge(&self, purpose: Purpose, is_there: impl Fn(&BuiltPackages) -> bool) -> Presence<'_> {
        let mut disputed = None;
        for cell in self.cells_for(purpose) {
            match (is_there(&cell.cargo.packages), is_there(&cell.simulated.packages)) {
                (true, true) => return Presence::Present(cell),
                (true, false) => disputed = disputed.or(Some((cell, "cargo"))),
                (false, true) => disputed = disputed.or(Some((cell, "the simulation"))),
                (false, false) => {}
            }
        }
        let mut development = self.cells_for(Purpose::Development);
        let on_other_machine = development.find(|cell| is_there(&cell.simulated.on_target));
        match (disputed, on_other_machine) {
            (Some((cell, seen_by)), _) => Presence::Disputed { cell, seen_by },
            (None, Some(cell)) => Presence::OnOtherMachine(cell),
            (None, None) => Presence::Absent,
        }
    }
}

impl ResolvedCell {
    /// Whether Cargo builds a package, or enables a feature, that the simulation does not see.
    pub fn sees_less_than_cargo(&self) -> bool {
        let simulated = &self.simulated.packages;
        self.cargo.packages.iter().any(|(package, features)| {
            simulated.get(package).is_none_or(|known| !features.is_subset(known))
        })
    }

    /// The shortest path from a workspace member to a package; of several the first by name.
    pub fn chain(&self, package: &PackageKey) -> Option<Chain> {
        let mut came_from: BTreeMap<&PackageKey, Option<&PackageKey>> =
            self.cargo.starts.iter().map(|start| (start, None)).collect();
        let mut pending: VecDeque<&PackageKey> = self.cargo.starts.iter().collect();
        let empty = BTreeSet::new();
        while let Some(next) = pending.pop_front() {
            if next == package {
                return Some(walk_back(&came_from, next));
            }
            for needed in self.cargo.dependencies.get(next).unwrap_or(&empty) {
                if !came_from.contains_key(needed) {
                    came_from.insert(needed, Some(next));
                    pending.push_back(needed);
                }
            }
        }
        None
    }
}

fn walk_back(came_from: &BTreeMap<&PackageKey, Option<&PackageKey>>, end: &PackageKey) -> Chain {
    let mut chain = vec![end.clone()];
    let mut step = came_from.get(end).copied().flatten();
    while let Some(package) = step {
        chain.push(package.clone());
        step = came_from.get(package).copied().flatten();
    }
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests;
