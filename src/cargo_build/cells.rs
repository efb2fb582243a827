//! One cell of the build matrix: a target and a choice of features for the shipped
//! packages.

use std::fmt;

use super::Purpose;
use crate::problem::Location;

/// One build of the shipped packages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The target.
    pub target: Target,
    pub features: CellFeatures,
    /// Features of dependencies that a command line enables (`dependency/feature`), sorted. They need not be
    /// enabled by a feature of a member (Cargo book, "Features", "Command-line feature options").
    pub of_dependencies: Vec<FeatureName>,
    /// The names of the workspace members that are shipped, sorted.
    pub members: Vec<String>,
    /// Members that are built in the same command, sorted: they are not shipped, but the features that
    /// they enable also apply to the shipped ones.
    pub beside: Vec<String>,
    /// The line that added the target to the matrix, if there is one.
    pub target_from: Option<Location>,
    /// The line that added the features to the matrix, if there is one.
    pub features_from: Option<Location>,
    /// The line that declares that tests, examples and benchmarks are shipped too, if there is one: they
    /// need development dependencies.
    pub development_from: Option<Location>,
}

/// The target of a build.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Every target at once, and every build machine: no condition excludes anything.
    Every,
    /// One target, by its triple.
    Triple(String),
}

impl Target {
    /// The triple, if it is one.
    pub fn triple(&self) -> Option<&str> {
        match self {
            Self::Every => None,
            Self::Triple(triple) => Some(triple),
        }
    }
}

/// The enabled features of the members. Features are additive, so one build of all members with
/// all of them contains every build of some members with some of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellFeatures {
    All,
    /// The named ones, with or without the default features.
    Some {
        /// Whether the default features are on.
        default: bool,
        /// Further features, sorted.
        names: Vec<FeatureName>,
    },
}

/// A feature of a workspace member, or of a dependency of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeatureName {
    /// The name of the package there.
    pub member: String,
    pub feature: String,
}

impl CellFeatures {
    /// The default of `cargo build`.
    pub const DEFAULT: Self = Self::Some { default: true, names: Vec::new() };

    /// The arguments for Cargo. Features are always named with their package, which every
    /// resolver version understands in every folder (Cargo book, "Features", "Command-line feature
    /// options").
    fn arguments(&self, further: &[FeatureName]) -> Vec<String> {
        let mut arguments = Vec::new();
        let mut named = Vec::new();
        match self {
            Self::All => arguments.push("--all-features".to_owned()),
            Self::Some { default, names } => {
                if !default {
                    arguments.push("--no-default-features".to_owned());
                }
                named.extend(names.iter().map(ToString::to_string));
            }
        }
        named.extend(further.iter().map(ToString::to_string));
        if !named.is_empty() {
            arguments.extend(["--features".to_owned(), named.join(",")]);
        }
        arguments
    }
}

impl Cell {
    /// Whether a build of it for a purpose includes development dependencies.
    pub fn builds_development(&self, purpose: Purpose) -> bool {
        purpose == Purpose::Development || self.development_from.is_some()
    }

    /// The arguments that select its features.
    pub fn feature_arguments(&self) -> Vec<String> {
        self.features.arguments(&self.of_dependencies)
    }

    /// Whether a member is built, shipped or not.
    pub fn builds_member(&self, name: &str) -> bool {
        self.members.iter().chain(&self.beside).any(|member| member == name)
    }

    /// Whether both are the same except for the target.
    pub fn is_like(&self, other: &Self) -> bool {
        self.features == other.features
            && self.of_dependencies == other.of_dependencies
            && self.members == other.members
            && self.beside == other.beside
            && self.development_from.is_some() == other.development_from.is_some()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.triple().unwrap_or("every target"))
    }
}

impl fmt::Display for FeatureName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.member, self.feature)
    }
}

impl fmt::Display for CellFeatures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("all features"),
            Self::Some { default, names } => {
                let base = if *default { "default features" } else { "no default features" };
                formatter.write_str(base)?;
                for (position, name) in names.iter().enumerate() {
                    let separator = if position == 0 { " and " } else { ", " };
                    write!(formatter, "{separator}{name}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} with {}", self.target, self.features)?;
        for (position, name) in self.of_dependencies.iter().enumerate() {
            let separator = if position == 0 { " and " } else { ", " };
            write!(formatter, "{separator}{name}")?;
        }
        if self.development_from.is_some() {
            formatter.write_str(", with what development builds")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(default: bool, names: &[&str]) -> CellFeatures {
        let name = |name: &&str| FeatureName { member: "app".into(), feature: (*name).into() };
        CellFeatures::Some { default, names: names.iter().map(name).collect() }
    }

    #[test]
    fn features_are_named_with_their_package() {
        let chosen = some(false, &["log", "tls"]);
        assert_eq!(chosen.to_string(), "no default features and app/log, app/tls");
        assert_eq!(
            chosen.arguments(&[]),
            ["--no-default-features", "--features", "app/log,app/tls"]
        );
        assert_eq!(CellFeatures::All.arguments(&[]), ["--all-features"]);
        assert_eq!(CellFeatures::DEFAULT.arguments(&[]), [""; 0]);
        let further = [FeatureName { member: "time".into(), feature: "macros".into() }];
        assert_eq!(
            CellFeatures::All.arguments(&further),
            ["--all-features", "--features", "time/macros"]
        );
    }
}
