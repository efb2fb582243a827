//! The table of claims. Everything that depends on the kind of a claim is a column here.

use super::ClaimKind;
use super::Justification::{
    self, ComponentNotPresent, VulnerableCodeNotInExecutePath, VulnerableCodeNotPresent,
};
use crate::package::Ecosystem;

/// The properties of a kind of claim.
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the table")]
#[derive(Debug)]
pub struct ClaimRow {
    pub kind: ClaimKind,
    /// The key in the policy and the word in reports.
    pub word: &'static str,
    /// The form of the value after the key.
    pub form: ClaimForm,
    /// The ecosystems whose packages it can be about.
    pub ecosystems: &'static [Ecosystem],
    /// The facts needed to check it, besides lockfiles and manifests.
    pub facts: &'static [Fact],
    /// How much it rules out: the strongest is tried and proposed first.
    pub strength: u8,
    /// Whether it is a person's word, which nothing checks: it needs an owner and an expiry date.
    pub is_word: bool,
    /// Whether a person may answer for it where it is unknown: beside a person's word it counts only where it is
    /// refuted.
    pub may_be_answered_for: bool,
    /// Whether it may be left open by places in code that a person can review.
    pub has_places_to_review: bool,
    /// Whether `[evidence] auto` may name it: a proof then clears a finding without a written claim.
    pub may_be_automatic: bool,
    /// The reasons in other people's statements that it confirms.
    pub bears_out: &'static [Justification],
    /// The VEX status that a proof justifies. `None` if it justifies none.
    pub vex: Option<VexAnswer>,
    /// Whether it also covers development and build machines, which a malicious
    /// package attacks as well.
    pub covers_machines: bool,
}

/// The form of the value after the key of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimForm {
    /// `true`
    True,
    /// `"crate/feature"`, or a list of them.
    Features,
    /// `true`, `"package"`, `"package/module"`, `"package#export"`, or a list of them.
    Imports,
}

/// Why a product is not affected, in the words of VEX documents.
#[derive(Debug)]
pub struct VexAnswer {
    /// OpenVEX specification, "Status Justifications". A locked package is never called absent:
    /// it is part of the repository and of its development.
    pub justification: Justification,
    /// CycloneDX, `vulnerabilities[].analysis.justification`.
    pub cyclonedx: &'static str,
    /// Whether it also applies to the repository, and not only to what is built from it.
    pub is_of_repository: bool,
}

/// A fact that claims depend on and that is expensive to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// What Cargo builds.
    Builds,
    /// Whether a package that only the build needs can leave something in a program.
    Carriers,
    /// Lines that ship what Cargo builds only for development.
    ShippedDevelopment,
    /// How a repository uses the packages that npm installs.
    NpmUse,
    /// Which modules of them its code loads.
    Imports,
}

/// The cost of finding out a fact. A higher cost includes the lower ones.
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
            Self::ShippedDevelopment | Self::NpmUse | Self::Imports => Cost::Search,
        }
    }

    /// The ecosystem of the packages that it is about.
    pub fn ecosystem(self) -> Ecosystem {
        match self {
            Self::Builds | Self::Carriers | Self::ShippedDevelopment => Ecosystem::Cargo,
            Self::NpmUse | Self::Imports => Ecosystem::Npm,
        }
    }
}

const CARGO: &[Ecosystem] = &[Ecosystem::Cargo];
const NPM: &[Ecosystem] = &[Ecosystem::Npm];
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
        may_be_answered_for: false,
        has_places_to_review: false,
        may_be_automatic: false,
        bears_out: &[ComponentNotPresent],
        vex: Some(VexAnswer {
            justification: VulnerableCodeNotInExecutePath,
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
        may_be_answered_for: false,
        has_places_to_review: false,
        may_be_automatic: false,
        bears_out: &[],
        vex: Some(VexAnswer {
            justification: VulnerableCodeNotInExecutePath,
            cyclonedx: "code_not_reachable",
            // What runs only in the build is not part of its products, but it is part of the repository.
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
        strength: 7,
        is_word: false,
        may_be_answered_for: false,
        has_places_to_review: false,
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
        facts: &[Fact::Builds, Fact::NpmUse],
        strength: 6,
        is_word: false,
        may_be_answered_for: false,
        has_places_to_review: false,
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
        strength: 5,
        is_word: false,
        may_be_answered_for: false,
        has_places_to_review: false,
        may_be_automatic: false,
        // A statement does not say which feature is off.
        bears_out: &[],
        vex: Some(VexAnswer {
            justification: VulnerableCodeNotPresent,
            cyclonedx: "requires_configuration",
            is_of_repository: true,
        }),
        covers_machines: false,
    },
    ClaimRow {
        kind: ClaimKind::NotImported,
        word: "not-imported",
        form: ClaimForm::Imports,
        ecosystems: NPM,
        facts: &[Fact::Imports],
        strength: 4,
        is_word: false,
        may_be_answered_for: true,
        has_places_to_review: true,
        may_be_automatic: true,
        bears_out: &[VulnerableCodeNotInExecutePath],
        vex: Some(VexAnswer {
            justification: VulnerableCodeNotInExecutePath,
            cyclonedx: "code_not_reachable",
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
        may_be_answered_for: false,
        has_places_to_review: false,
        may_be_automatic: false,
        bears_out: &[],
        vex: None,
        covers_machines: true,
    },
];

/// Claims of the language that this version cannot check yet.
pub(in crate::policy) const LATER_WORDS: &[&str] = &["not-called"];

/// A misplaced row does not compile.
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
