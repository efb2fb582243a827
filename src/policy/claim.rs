//! What a suppression can claim.

use crate::package::Ecosystem;

/// Something a suppression claims, and lockgate checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// Only development needs the package.
    DevelopmentOnly,
    /// Only building needs the package.
    BuildOnly,
    /// No build of what is shipped, and no development build of it, contains the package.
    NotBuilt,
    /// Nothing is shipped for a platform that the advisory affects.
    Platform,
    /// Some features of crates are off in every build of what is shipped.
    FeatureOff,
    /// A person's word, which no tool can check.
    Attested,
}

impl Claim {
    /// Every claim that this version checks.
    pub const ALL: &'static [Self] = &[
        Self::DevelopmentOnly,
        Self::BuildOnly,
        Self::NotBuilt,
        Self::Platform,
        Self::FeatureOff,
        Self::Attested,
    ];

    /// Every claim, from the one that rules out most to a person's word.
    pub const STRONGEST_FIRST: &'static [Self] = &[
        Self::NotBuilt,
        Self::Platform,
        Self::FeatureOff,
        Self::DevelopmentOnly,
        Self::BuildOnly,
        Self::Attested,
    ];

    /// The key in the policy and the word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DevelopmentOnly => "development-only",
            Self::BuildOnly => "build-only",
            Self::NotBuilt => "not-built",
            Self::Platform => "platform",
            Self::FeatureOff => "feature-off",
            Self::Attested => "attested",
        }
    }

    /// Whether it means anything about packages of an ecosystem.
    pub fn applies_to(self, ecosystem: Ecosystem) -> bool {
        match self {
            Self::NotBuilt | Self::FeatureOff | Self::BuildOnly => ecosystem == Ecosystem::Cargo,
            Self::DevelopmentOnly | Self::Platform | Self::Attested => true,
        }
    }

    /// Whether it is about what is built, and so needs a [resolved
    /// build](crate::cargo_build::ResolvedBuilds).
    pub fn needs_builds(self) -> bool {
        matches!(self, Self::NotBuilt | Self::Platform | Self::FeatureOff | Self::BuildOnly)
    }

    /// Whether any file of a project may decide about it, and not only what says what is locked and
    /// built.
    pub fn rests_on_code(self) -> bool {
        match self {
            // What code imports may be taken into what is shipped.
            Self::DevelopmentOnly => true,
            Self::BuildOnly
            | Self::NotBuilt
            | Self::Platform
            | Self::FeatureOff
            | Self::Attested => false,
        }
    }

    /// Whether only a person can say it: a word that stands for itself, or which feature is meant.
    pub fn needs_a_person(self) -> bool {
        matches!(self, Self::FeatureOff | Self::Attested)
    }
}

/// A feature of a crate: `time/local-offset`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrateFeature {
    /// The crate's name in its registry.
    pub package: String,
    pub feature: String,
}

impl std::fmt::Display for CrateFeature {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.package, self.feature)
    }
}

/// The five words of the VEX standards for "not affected" (CISA, "Status Justifications").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Justification {
    /// `component_not_present`
    ComponentNotPresent,
    /// `vulnerable_code_not_present`
    VulnerableCodeNotPresent,
    /// `vulnerable_code_not_in_execute_path`
    VulnerableCodeNotInExecutePath,
    /// `vulnerable_code_cannot_be_controlled_by_adversary`
    VulnerableCodeCannotBeControlledByAdversary,
    /// `inline_mitigations_already_exist`
    InlineMitigationsAlreadyExist,
}

impl Justification {
    pub const ALL: &'static [Self] = &[
        Self::ComponentNotPresent,
        Self::VulnerableCodeNotPresent,
        Self::VulnerableCodeNotInExecutePath,
        Self::VulnerableCodeCannotBeControlledByAdversary,
        Self::InlineMitigationsAlreadyExist,
    ];

    /// The word in policies and VEX documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ComponentNotPresent => "component_not_present",
            Self::VulnerableCodeNotPresent => "vulnerable_code_not_present",
            Self::VulnerableCodeNotInExecutePath => "vulnerable_code_not_in_execute_path",
            Self::VulnerableCodeCannotBeControlledByAdversary => {
                "vulnerable_code_cannot_be_controlled_by_adversary"
            }
            Self::InlineMitigationsAlreadyExist => "inline_mitigations_already_exist",
        }
    }
}
