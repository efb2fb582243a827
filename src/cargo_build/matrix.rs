//! The build matrix: what is shipped, as the policy says it, filled in with what Cargo would do.
//!
//! | | the policy | by itself |
//! | --- | --- | --- |
//! | packages | `[cargo] packages` | every workspace member |
//! | targets | `[cargo] targets`, and `build.target` of Cargo's configuration | the host, and every target that Cargo's configuration names |
//! | features | `[cargo] features` | default features; every feature of a library that is published |
//!
//! One cell builds all its members together. Features only ever add, so that contains every build of
//! some of them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{BuildProblem, Cell, CellFeatures, FeatureName};
use crate::policy::{CargoPolicy, Placed, ShippedFeatures};
use crate::problem::Location;

/// A package of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its identifier, which tells Cargo exactly which package is meant.
    pub id: String,
    /// The features it has.
    pub features: BTreeSet<String>,
    /// Whether others may depend on it, and choose its features.
    pub is_published_library: bool,
    /// Its Cargo.toml.
    pub manifest: PathBuf,
}

/// What the cells are made of.
#[derive(Clone, Copy, Debug)]
pub struct Ingredients<'run> {
    /// What the policy says.
    pub policy: &'run CargoPolicy,
    /// The packages of the workspace.
    pub members: &'run [Member],
    /// The triple of this machine.
    pub host: &'run str,
    /// Targets that Cargo's configuration says something about.
    pub configured: &'run [Placed],
    /// Targets that Cargo's configuration builds for (`build.target`): a plain `cargo build` ships
    /// them, whatever the policy says.
    pub ordered: &'run [Placed],
    /// The target that the environment names (`CARGO_BUILD_TARGET`).
    pub environment: Option<&'run str>,
    /// Whether `--no-default-features` reaches every selected package. Where it does not, default
    /// features count as on.
    pub flags_reach_all: bool,
}

/// A choice of features, the members it is for, and what put it into the matrix.
type Choice = (CellFeatures, Vec<String>, Option<Location>);

/// A target, and what put it into the matrix.
type Target = (String, Option<Location>);

impl Ingredients<'_> {
    /// The members that are shipped.
    ///
    /// A policy may speak for several workspaces: a name that is not in this one says nothing here,
    /// but one of them must be.
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
        let mut cells = Vec::new();
        for (target, target_from) in self.targets() {
            for (features, members, features_from) in self.features(&shipped)? {
                let cell = Cell {
                    target: target.clone(),
                    features,
                    members,
                    target_from: target_from.clone(),
                    features_from,
                    examples_from: None,
                };
                if !cells.iter().any(|known: &Cell| known.contains(&cell)) {
                    cells.push(cell);
                }
            }
        }
        Ok(cells)
    }

    fn targets(&self) -> Vec<Target> {
        let placed = |targets: &[Placed]| -> Vec<Target> {
            let place = |target: &Placed| (target.text.clone(), Some(target.location.clone()));
            targets.iter().map(place).collect()
        };
        let mut targets = placed(&self.policy.targets);
        if targets.is_empty() {
            targets.push((self.host.to_owned(), None));
            targets.extend(placed(self.configured));
        }
        targets.extend(placed(self.ordered));
        targets.extend(self.environment.map(|target| (target.to_owned(), None)));
        let mut known = BTreeSet::new();
        targets.retain(|(target, _)| known.insert(target.clone()));
        targets
    }

    /// The choices of features, each with the members it is for.
    fn features(&self, shipped: &[&Member]) -> Result<Vec<Choice>, BuildProblem> {
        let names = |members: &[&Member]| -> Vec<String> {
            members.iter().map(|member| member.name.clone()).collect()
        };
        if let Some(written) = &self.policy.features {
            let features = self.chosen(written, shipped)?;
            return Ok(vec![(features, names(shipped), Some(written.location.clone()))]);
        }
        let mut choices = vec![(CellFeatures::DEFAULT, names(shipped), None)];
        let published: Vec<&Member> = shipped
            .iter()
            .copied()
            .filter(|member| member.is_published_library)
            .collect();
        if !published.is_empty() {
            choices.push((CellFeatures::All, names(&published), None));
        }
        Ok(choices)
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
            let found = self.named(&name.text, shipped);
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

    /// Whether default features are on although `--no-default-features` is said: it may not reach every
    /// package.
    pub fn default_stays_on(&self) -> bool {
        !self.flags_reach_all && self.members.len() > 1
    }

    /// The features of members that `tls` or `server/tls` means.
    pub fn named(&self, text: &str, members: &[&Member]) -> Vec<FeatureName> {
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
}

#[cfg(test)]
mod tests;
