//! The build matrix: what is shipped according to the policy, and everything that could be if it says
//! nothing.
//!
//! | | the policy | default |
//! | --- | --- | --- |
//! | packages | `[cargo] packages` | every workspace member |
//! | targets | `[cargo] targets`, and `build.target` of Cargo's configuration beside them | every target |
//! | features | `[cargo] features` | every feature |
//!
//! A cell has the features of all members together, like a build of the whole workspace; members
//! that are not shipped only contribute their features (`beside`). Only if the policy says that each
//! package is built `alone`, each has a cell of its own. Features are additive, so a cell contains
//! every build of some of its members with some of its features.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{BuildProblem, Cell, CellFeatures, FeatureName, Target};
use crate::policy::{CargoPolicy, LocatedWord, ShippedFeatures};
use crate::problem::Location;

/// A package of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// Its identifier, which names the package unambiguously to Cargo.
    pub id: String,
    /// The features it has.
    pub features: BTreeSet<String>,
    /// Its dependencies: the names in its manifest, with those in the registry.
    pub dependencies: BTreeMap<String, String>,
    pub manifest: PathBuf,
}

/// The inputs of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Ingredients<'run> {
    /// The policy.
    pub policy: &'run CargoPolicy,
    /// The packages of the workspace.
    pub members: &'run [Member],
    /// Default targets of Cargo's configuration (`build.target`): a plain `cargo build` ships
    /// them, regardless of the policy.
    pub ordered: &'run [LocatedWord],
    /// The target that the environment names (`CARGO_BUILD_TARGET`).
    pub environment: Option<&'run str>,
    /// Whether `--no-default-features` applies to every selected package. Otherwise default
    /// features count as enabled.
    pub flags_reach_all: bool,
}

/// A target, and the line that added it to the matrix.
type ChosenTarget = (Target, Option<Location>);

impl Ingredients<'_> {
    /// The members that are shipped.
    ///
    /// A policy may be for several workspaces: it may name packages that are not in this one,
    /// but at least one must be.
    pub fn shipped(&self) -> Result<Vec<&Member>, BuildProblem> {
        let named = &self.policy.packages;
        let is_shipped = |member: &&Member| {
            named.is_empty() || named.iter().any(|name| name.text == member.name)
        };
        let shipped: Vec<&Member> = self.members.iter().filter(is_shipped).collect();
        if shipped.is_empty() {
            return Err(BuildProblem::Matrix {
                location: named.first().map(|name| name.location.clone()),
                reason: "no package of this workspace is shipped, so nothing is known about it"
                    .to_owned(),
            });
        }
        Ok(shipped)
    }

    /// Every cell, in the order of the policy.
    pub fn cells(&self) -> Result<Vec<Cell>, BuildProblem> {
        let shipped = self.shipped()?;
        let (features, features_from) = self.features(&shipped)?;
        let mut cells = Vec::new();
        for (target, target_from) in self.targets() {
            for (members, beside) in self.builds(&shipped) {
                cells.push(Cell {
                    target: target.clone(),
                    features: features.clone(),
                    of_dependencies: Vec::new(),
                    members,
                    beside,
                    target_from: target_from.clone(),
                    features_from: features_from.clone(),
                    development_from: self.policy.development.clone(),
                });
            }
        }
        Ok(cells)
    }

    /// The members that each build ships, and the members that are built beside them.
    fn builds(&self, shipped: &[&Member]) -> Vec<(Vec<String>, Vec<String>)> {
        if self.policy.is_alone {
            let alone = shipped.iter().map(|member| (vec![member.name.clone()], Vec::new()));
            return alone.collect();
        }
        let names: Vec<String> = shipped.iter().map(|member| member.name.clone()).collect();
        let others = self.members.iter().filter(|member| !names.contains(&member.name));
        let beside = others.map(|member| member.name.clone()).collect();
        vec![(names, beside)]
    }

    fn targets(&self) -> Vec<ChosenTarget> {
        if self.policy.targets.is_empty() {
            return vec![(Target::Every, None)];
        }
        let written = self.policy.targets.iter().chain(self.ordered);
        let written = written.map(|target| (target.text.as_str(), Some(target.location.clone())));
        let all = written.chain(self.environment.map(|target| (target, None)));
        let mut known = BTreeSet::new();
        all.filter(|(target, _)| known.insert(*target))
            .map(|(target, from)| (Target::Triple(target.to_owned()), from))
            .collect()
    }

    fn features(
        &self,
        shipped: &[&Member],
    ) -> Result<(CellFeatures, Option<Location>), BuildProblem> {
        match &self.policy.features {
            None => Ok((CellFeatures::All, None)),
            Some(written) => Ok((self.chosen(written, shipped)?, Some(written.location.clone()))),
        }
    }

    fn chosen(
        &self,
        written: &ShippedFeatures,
        shipped: &[&Member],
    ) -> Result<CellFeatures, BuildProblem> {
        if written.all {
            return Ok(CellFeatures::All);
        }
        let mut names = BTreeSet::new();
        for name in &written.names {
            let found = features_named(&name.text, shipped);
            if found.is_empty() {
                return Err(BuildProblem::Matrix {
                    location: Some(name.location.clone()),
                    reason: format!("no package that is shipped has the feature `{}`", name.text),
                });
            }
            names.extend(found);
        }
        let default = written.default || self.default_stays_on();
        Ok(CellFeatures::Some { default, names: names.into_iter().collect() })
    }

    /// Whether default features are enabled despite `--no-default-features`, which may not apply to every
    /// package.
    pub fn default_stays_on(&self) -> bool {
        !self.flags_reach_all && self.members.len() > 1
    }
}

/// The features of members named by `tls` or `server/tls`.
pub(super) fn features_named(text: &str, members: &[&Member]) -> Vec<FeatureName> {
    let (package, feature) = match text.split_once('/') {
        Some((package, feature)) => (Some(package), feature),
        None => (None, text),
    };
    members
        .iter()
        .filter(|member| package.is_none_or(|package| package == member.name))
        .filter(|member| member.features.contains(feature))
        .map(|member| FeatureName { member: member.name.clone(), feature: feature.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests;
