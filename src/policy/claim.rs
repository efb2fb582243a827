//! The claims of a suppression.

mod table;

use self::table::CLAIMS;
pub(super) use self::table::LATER_WORDS;
pub use self::table::{ClaimForm, ClaimRow, Cost, Fact};
use super::ImportTarget;
use super::cargo::{is_feature_name, is_name};
use crate::package::Ecosystem;

/// A kind of claim: a row of [`CLAIMS`]. In the order in which the policy language lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
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
    /// No code uses the package, a module of it or something that it exports.
    NotImported,
    /// A person's word, which no tool can check. Must stay last: it rules out least.
    Attested,
}

impl ClaimKind {
    /// The number of kinds.
    pub const COUNT: usize = Self::Attested as usize + 1;

    /// Its row in the table.
    pub fn row(self) -> &'static ClaimRow {
        &CLAIMS[self as usize]
    }

    /// The key in the policy and the word in reports.
    pub fn as_str(self) -> &'static str {
        self.row().word
    }

    /// Every kind, in the order of the policy language.
    pub fn all() -> impl Iterator<Item = Self> {
        CLAIMS.iter().map(|row| row.kind)
    }

    /// Every kind, from the one that rules out most to a person's word.
    pub fn strongest_first() -> [Self; Self::COUNT] {
        let mut kinds = CLAIMS.each_ref().map(|row| row.kind);
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.row().strength));
        kinds
    }

    /// Whether it can be about packages of an ecosystem.
    pub fn applies_to(self, ecosystem: Ecosystem) -> bool {
        self.row().ecosystems.contains(&ecosystem)
    }

    /// The facts needed to check it for a package of an ecosystem.
    pub fn facts_in(self, ecosystem: Ecosystem) -> impl Iterator<Item = Fact> {
        let facts = self.row().facts.iter().copied();
        facts.filter(move |fact| fact.ecosystem() == ecosystem)
    }

    /// Whether checking it needs a fact, for packages of the fact's ecosystem.
    pub fn takes(self, fact: Fact) -> bool {
        self.row().facts.contains(&fact)
    }

    /// Whether only a person can make it: because nothing proves it, or because it names something.
    pub fn needs_a_person(self) -> bool {
        let row = self.row();
        row.is_word || row.form == ClaimForm::Features
    }
}

/// One claim of a suppression, which lockgate checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub kind: ClaimKind,
    /// Its subject. Fits the [form](ClaimRow::form) of its kind.
    pub about: About,
}

impl Claim {
    /// Whether it rests on what a person says: that it holds, or what the advisory is about.
    pub fn rests_on_a_word(&self) -> bool {
        self.kind.needs_a_person() || self.about != About::Package
    }
}

/// The subject of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The package of the finding.
    Package,
    /// These features of crates.
    Features(Vec<CrateFeature>),
    /// These packages of npm, or parts of them.
    Imports(Vec<ImportTarget>),
}

impl From<ClaimKind> for Claim {
    fn from(kind: ClaimKind) -> Self {
        Self { kind, about: About::Package }
    }
}

/// `not-built`, or `feature-off time/local-offset, time/macros`
impl std::fmt::Display for Claim {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.kind.as_str())?;
        let names: Vec<String> = match &self.about {
            About::Package => return Ok(()),
            About::Features(features) => features.iter().map(ToString::to_string).collect(),
            About::Imports(targets) => targets.iter().map(ToString::to_string).collect(),
        };
        write!(formatter, " {}", names.join(", "))
    }
}

/// A feature of a crate: `time/local-offset`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrateFeature {
    /// The crate's name in its registry.
    pub package: String,
    pub feature: String,
}

impl CrateFeature {
    /// Reads `crate/feature`.
    pub fn parse(text: &str) -> Option<Self> {
        let (package, feature) = text.split_once('/')?;
        (is_name(package) && is_feature_name(feature))
            .then(|| Self { package: package.to_owned(), feature: feature.to_owned() })
    }
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

#[cfg(test)]
mod tests;
