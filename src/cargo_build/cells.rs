//! One cell of the build matrix: a target and a choice of features for the packages that are
//! shipped.

use std::fmt;

use super::Purpose;
use crate::problem::Location;

/// One build of what is shipped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The target triple.
    pub target: String,
    /// The features.
    pub features: CellFeatures,
    /// The names of the workspace members that are built, sorted.
    pub members: Vec<String>,
    /// What put the target into the matrix, if something that was written did.
    pub target_from: Option<Location>,
    /// What put the features into the matrix, if something that was written did.
    pub features_from: Option<Location>,
    /// The command that ships examples, if one does: development dependencies are part of them.
    pub examples_from: Option<Location>,
}

/// Which features of the members are on. Features only ever add, so one build of all members with
/// all of them contains every build of some members with some of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellFeatures {
    /// Every feature.
    All,
    /// Those that are named, and the default features or not.
    Some {
        /// Whether the default features are on.
        default: bool,
        /// Further features, sorted.
        names: Vec<FeatureName>,
    },
}

/// A feature of a workspace member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeatureName {
    /// The member.
    pub member: String,
    /// Its feature.
    pub feature: String,
}

impl CellFeatures {
    /// What `cargo build` does by itself.
    pub const DEFAULT: Self = Self::Some { default: true, names: Vec::new() };

    /// Whether everything that is on in `other` is on here.
    pub fn contain(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Some { .. }, Self::All) => false,
            (
                Self::Some { default, names },
                Self::Some { default: other_default, names: other_names },
            ) => {
                (*default || !other_default) && other_names.iter().all(|name| names.contains(name))
            }
        }
    }

    /// The arguments that say so to Cargo. Features are always named with their package, which every
    /// resolver version understands in every folder (Cargo book, "Features", "Command-line feature
    /// options").
    pub fn arguments(&self) -> Vec<String> {
        match self {
            Self::All => vec!["--all-features".to_owned()],
            Self::Some { default, names } => {
                let mut arguments = Vec::new();
                if !default {
                    arguments.push("--no-default-features".to_owned());
                }
                if !names.is_empty() {
                    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
                    arguments.push("--features".to_owned());
                    arguments.push(names.join(","));
                }
                arguments
            }
        }
    }
}

impl Cell {
    /// Whether a build of it for a purpose takes development dependencies.
    pub fn builds_development(&self, purpose: Purpose) -> bool {
        purpose == Purpose::Development || self.examples_from.is_some()
    }

    /// Whether this build contains the other one.
    pub fn contains(&self, other: &Self) -> bool {
        self.target == other.target
            && self.features.contain(&other.features)
            && (self.examples_from.is_some() || other.examples_from.is_none())
            && other
                .members
                .iter()
                .all(|member| self.members.contains(member))
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
                let base = if *default {
                    "default features"
                } else {
                    "no default features"
                };
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
        if self.examples_from.is_some() {
            formatter.write_str(", with examples")?;
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
    fn a_choice_contains_what_it_adds_to() {
        assert!(CellFeatures::All.contain(&some(true, &["tls"])));
        assert!(some(true, &["tls"]).contain(&CellFeatures::DEFAULT));
        assert!(some(true, &["tls"]).contain(&some(false, &["tls"])));
        assert!(!some(true, &["tls"]).contain(&CellFeatures::All));
        assert!(!some(false, &["tls"]).contain(&CellFeatures::DEFAULT));
        assert!(!CellFeatures::DEFAULT.contain(&some(false, &["tls"])));
    }

    #[test]
    fn features_are_named_with_their_package() {
        let chosen = some(false, &["log", "tls"]);
        assert_eq!(chosen.to_string(), "no default features and app/log, app/tls");
        assert_eq!(chosen.arguments(), ["--no-default-features", "--features", "app/log,app/tls"]);
        assert_eq!(CellFeatures::All.arguments(), ["--all-features"]);
        assert_eq!(CellFeatures::DEFAULT.arguments(), [""; 0]);
    }
}
