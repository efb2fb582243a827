//! The table of claims. Whatever depends on the kind of a claim is a column here.

use super::ClaimKind;
use super::Justification::{self, ComponentNotPresent, VulnerableCodeNotPresent};
use crate::package::Ecosystem;

/// What there is to know about a kind of claim.
#[derive(Debug)]
pub struct ClaimRow {
    pub kind: ClaimKind,
    /// The key in the policy and the word in reports.
    pub word: &'static str,
    /// What is written behind the key.
    pub form: ClaimForm,
    /// The ecosystems about whose packages it means anything.
    pub ecosystems: &'static [Ecosystem],
    /// What it takes to check it, besides lockfiles and manifests.
    pub facts: &'static [Fact],
    /// How much it rules out: the greatest is tried and proposed first.
    pub strength: u8,
    /// Whether it is a person's word, which nothing checks: it needs an owner and an end.
    pub is_word: bool,
    /// Whether `[evidence] auto` may name it: proved, it clears a finding that nobody claims it of.
    pub may_be_automatic: bool,
    /// The reasons in statements of other people that it bears out.
    pub bears_out: &'static [Justification],
    /// What a proof of it says to other people. `None` if it proves nothing to them.
    pub vex: Option<VexAnswer>,
    /// Whether it answers for the machines of those who develop and build as well, which a malicious
    /// package attacks.
    pub covers_machines: bool,
}

/// What is written behind the key of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimForm {
    /// `true`
    True,
    /// `"crate/feature"`, or a list of them.
    Features,
}

/// Why a product is not affected, in the words of VEX documents.
#[derive(Debug)]
pub struct VexAnswer {
    /// OpenVEX specification, "Status Justifications". A package that is locked is never called absent:
    /// it is a part of the repository, and of what develops it.
    pub justification: Justification,
    /// CycloneDX, `vulnerabilities[].analysis.justification`.
    pub cyclonedx: &'static str,
    /// Whether it is true of the repository too, and not only of what is built from it.
    pub is_of_repository: bool,
}

/// Something that claims rest on, and that is costly to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// What Cargo builds.
    Builds,
    /// What may be left in a program of the packages that only building it needs.
    Carriers,
    /// Which lines ship what Cargo builds for development alone.
    ShippedDevelopment,
    /// What a repository uses of the packages that npm installs.
    NpmUse,
}

/// What it costs to know a fact. What is greater includes what is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// The text files of the repository are read.
    Search,
    /// Cargo is started.
    Process,
}

impl Fact {
    pub fn cost(self) -> Cost {
        match self {
            Self::Builds | Self::Carriers => Cost::Process,
            Self::ShippedDevelopment | Self::NpmUse => Cost::Search,
        }
    }

    /// The ecosystem whose packages it says anything about.
    pub fn ecosystem(self) -> Ecosystem {
        match self {
            Self::Builds | Self::Carriers | Self::ShippedDevelopment => Ecosystem::Cargo,
            Self::NpmUse => Ecosystem::Npm,
        }
    }
}

const CARGO: &[Ecosystem] = &[Ecosystem::Cargo];
const EVERY: &[Ecosystem] = &[Ecosystem::Cargo, Ecosystem::Npm];

/// Every claim that this version checks, in the order of [`ClaimKind`].
pub const CLAIMS: &[ClaimRow; ClaimKind::COUNT] = &[
    ClaimRow {
        kind: ClaimKind::DevelopmentOnly,
        word: "development-only",
        form: ClaimForm::True,
        ecosystems: EVERY,
        facts: &[Fact::ShippedDevelopment, Fact::NpmUse],
        strength: 3,
        is_word: false,
        may_be_automatic: false,
        bears_out: &[ComponentNotPresent],
        vex: Some(VexAnswer {
            justification: Justification::VulnerableCodeNotInExecutePath,
            cyclonedx: "code_not_reachable",
            is_of_repository: true,
        }),
        covers_machines: false,
    },
    ClaimRow {
        kind: ClaimKind::BuildOnly,
        word: "build-only",
        form: ClaimForm::True,
        ecosystems: CARGO,
        facts: &[Fact::Builds, Fact::Carriers],
        strength: 2,
        is_word: false,
        may_be_automatic: false,
        bears_out: &[],
        vex: Some(VexAnswer {
            justification: Justification::VulnerableCodeNotInExecutePath,
            cyclonedx: "code_not_reachable",
            // What only builds run is no part of what they make, but it is part of the repository.
            is_of_repository: false,
        }),
        covers_machines: false,
    },
    ClaimRow {
        kind: ClaimKind::NotBuilt,
        word: "not-built",
        form: ClaimForm::True,
        ecosystems: CARGO,
        facts: &[Fact::Builds],
        strength: 6,
        is_word: false,
        may_be_automatic: true,
        bears_out: &[ComponentNotPresent],
        vex: Some(VexAnswer {
            justification: VulnerableCodeNotPresent,
            cyclonedx: "code_not_present",
            is_of_repository: true,
        }),
        covers_machines: true,
    },
    ClaimRow {
        kind: ClaimKind::Platform,
        word: "platform",
        form: ClaimForm::True,
        ecosystems: EVERY,
        facts: &[Fact::Builds],
        strength: 5,
        is_word: false,
        may_be_automatic: true,
        bears_out: &[ComponentNotPresent, VulnerableCodeNotPresent],
        vex: Some(VexAnswer {
            justification: VulnerableCodeNotPresent,
            cyclonedx: "requires_environment",
            is_of_repository: true,
        }),
        covers_machines: false,
    },
    ClaimRow {
        kind: ClaimKind::FeatureOff,
        word: "feature-off",
        form: ClaimForm::Features,
        ecosystems: CARGO,
        facts: &[Fact::Builds],
        strength: 4,
        is_word: false,
        may_be_automatic: false,
        // Which feature is off a statement does not say.
        bears_out: &[],
        vex: Some(VexAnswer {
            justification: VulnerableCodeNotPresent,
            cyclonedx: "requires_configuration",
            is_of_repository: true,
        }),
        covers_machines: false,
    },
    ClaimRow {
        kind: ClaimKind::Attested,
        word: "attested",
        form: ClaimForm::True,
        ecosystems: EVERY,
        facts: &[],
        strength: 1,
        is_word: true,
        may_be_automatic: false,
        bears_out: &[],
        vex: None,
        covers_machines: true,
    },
];

/// Claims of the language that this version cannot check yet.
pub(in crate::policy) const LATER_WORDS: &[&str] = &["not-called", "not-imported"];

/// A row in another place does not compile.
const _: () = {
    let mut position = 0;
    while position < CLAIMS.len() {
        assert!(
            CLAIMS[position].kind as usize == position,
            "the rows are in the order of the kinds"
        );
        position += 1;
    }
};
