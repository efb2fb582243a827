//! One cell of the build matrix: a target and a choice of features for the packages that are
//! shipped.

use std::fmt;

use super::Purpose;
use crate::problem::Location;

/// One build of what is shipped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// What it is built for.
    pub target: Target,
    pub features: CellFeatures,
    /// Features of dependencies that a command line turns on (`dependency/feature`), sorted. No feature
    /// of a member need do so (Cargo book, "Features", "Command-line feature options").
    pub of_dependencies: Vec<FeatureName>,
    /// The names of the workspace members that are shipped, sorted.
    pub members: Vec<String>,
    /// Members that are built in the same command, sorted: they are not shipped, but the features that
    /// they turn on are on for what is.
    pub beside: Vec<String>,
    /// What put the target into the matrix, if something that was written did.
    pub target_from: Option<Location>,
    /// What put the features into the matrix, if something that was written did.
    pub features_from: Option<Location>,
    /// Where it says that tests, examples and benchmarks are shipped too, if it does: development
    /// dependencies are part of them.
    pub development_from: Option<Location>,
}

/// What something is built for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Every target at once, and every machine that may build: no condition keeps anything out.
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

/// Which features of the members are on. Features only ever add, so one build of all members with
/// all of them contains every build of some members with some of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellFeatures {
    All,
    /// Those that are named, and the default features or not.
    Some {
        /// Whether the default features are on.
        default: bool,
        /// Further features, sorted.
        names: Vec<FeatureName>,
    },
}

/// A feature of a workspace member, or of what one depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeatureName {
    /// The package, by the name that it has there.
    pub member: String,
    pub feature: String,
}

impl CellFeatures {
    /// What `cargo build` does by itself.
    pub const DEFAULT: Self = Self::Some { default: true, names: Vec::new() };

    /// The arguments that say so to Cargo. Features are always named with their package, which every
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
    /// Whether a build of it for a purpose takes development dependencies.
    pub fn builds_development(&self, purpose: Purpose) -> bool {
        purpose == Purpose::Development || self.development_from.is_some()
    }

    /// The arguments that say to Cargo which features are on.
    pub fn feature_arguments(&self) -> Vec<String> {
        self.features.arguments(&self.of_dependencies)
    }

    /// Whether a member is built, shipped or not.
    pub fn builds_member(&self, name: &str) -> bool {
        self.members.iter().chain(&self.beside).any(|member| member == name)
    }

    /// Whether both build the same, but for the target.
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
