//! The policy, `lockgate.toml`: what is done about findings, and which findings a team claims not to be
//! affected by.
//!
//! Read in two steps: `raw` parses the TOML and keeps every span, `validate` turns it into a
//! [`Policy`] or into all of its [`Problem`]s at once. A policy with any mistake
//! decides nothing, and a word that this version cannot enforce is an error, never ignored.

pub mod amendment;
mod automatic;
mod cargo;
pub mod change;
mod checklists;
mod claim;
mod claims;
mod compared_archive;
mod database;
pub mod discovery;
mod duration;
mod gate;
mod glob;
mod history;
mod ignored_line;
mod import_target;
mod incident;
mod lockfiles;
mod name_pattern;
mod npm;
mod package_spec;
pub mod path_coverage;
pub mod path_pattern;
mod raw;
mod reader;
mod registries;
mod reviewed;
mod suggestion;
mod suppression;
mod template;
mod ticket;
mod validate;
mod words;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use url::Url;

use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::package::Ecosystem;
use crate::problem::{Location, Problem, SourceText};
use crate::scope::{FindingScope, Scope, UnrecordedPeers};
use crate::severity::SeverityLevel;

pub use cargo::{CargoPolicy, LocatedWord, ShippedFeatures};
pub use claim::{About, Claim, ClaimForm, ClaimKind, Cost, CrateFeature, Fact, Justification};
pub use compared_archive::ComparedArchive;
pub use duration::parse as parse_duration;
pub use history::HistoryPolicy;
pub use ignored_line::IgnoredLine;
pub use import_target::{ImportTarget, ImportedPart};
pub use incident::{Contact, IncidentPolicy, PLACEHOLDERS};
pub use name_pattern::NamePattern;
pub use npm::NpmPolicy;
pub use package_spec::npm_range;
pub use registries::{RegistryPolicy, RegistryStanding};
pub use reviewed::{Code, CodeHash, OpenPlace, Reviewed};
pub use suggestion::any_of;
pub use template::Template;

/// The name of the policy file, in the checked folder or above it.
pub const FILE_NAME: &str = "lockgate.toml";

#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The file it came from; `None` for the built-in strict default.
    pub source: Option<Arc<SourceText>>,
    /// What is done about a finding.
    pub gate: Gate,
    /// How findings are tracked as issues.
    pub ticket: TicketPolicy,
    /// Which findings start an incident, and whom to notify. `None`: no finding does.
    pub incident: Option<IncidentPolicy>,
    /// Which tags are releases to which environment.
    pub history: HistoryPolicy,
    /// Which advisories count, and how fresh they must be.
    pub database: DatabasePolicy,
    /// Registries other than the public one.
    pub registries: RegistryPolicy,
    /// Globs, relative to the policy's folder, of lockfiles that are not checked.
    pub excluded_lockfiles: Vec<String>,
    /// Whether a Cargo library that deliberately has no lockfile closes the gate.
    pub unlocked_libraries_are_gaps: bool,
    pub cargo: CargoPolicy,
    /// The platforms on which npm installs what is shipped, packages and files that do not ship, and
    /// archives that were compared with the advisories.
    pub npm: NpmPolicy,
    /// The kinds of claims that clear a finding by proof alone, without being written.
    pub automatic: BTreeSet<ClaimKind>,
    /// The claims, in the order of the file.
    pub suppressions: Vec<Suppression>,
}

/// What the gate does about a finding, before any claim is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateAction {
    /// Shown, and nothing else.
    Note,
    /// Tracked, with a due date.
    Ticket,
    Block,
}

impl GateAction {
    /// Every action, strictest first.
    pub const ALL: &'static [Self] = &[Self::Block, Self::Ticket, Self::Note];

    /// The word in the policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Ticket => "ticket",
            Self::Block => "block",
        }
    }
}

/// A key of `[gate]`: a severity for vulnerabilities, or one of the other kinds of advisory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateKey {
    /// A vulnerability of this level.
    Severity(SeverityLevel),
    /// An advisory of another kind. Never [`AdvisoryKind::Vulnerability`].
    Kind(AdvisoryKind),
}

impl GateKey {
    /// Every key with the strict default that applies if no policy sets it.
    pub const DEFAULTS: &'static [(Self, GateAction)] = &[
        (Self::Severity(SeverityLevel::Critical), GateAction::Block),
        (Self::Severity(SeverityLevel::High), GateAction::Block),
        (Self::Severity(SeverityLevel::Medium), GateAction::Block),
        (Self::Severity(SeverityLevel::Low), GateAction::Block),
        (Self::Severity(SeverityLevel::Unknown), GateAction::Block),
        (Self::Kind(AdvisoryKind::Malicious), GateAction::Block),
        (Self::Kind(AdvisoryKind::Unsound), GateAction::Note),
        (Self::Kind(AdvisoryKind::Unmaintained), GateAction::Note),
        (Self::Kind(AdvisoryKind::Yanked), GateAction::Note),
        (Self::Kind(AdvisoryKind::Notice), GateAction::Note),
    ];

    /// The key that decides about an advisory of this kind and level.
    pub fn of(kind: AdvisoryKind, level: SeverityLevel) -> Self {
        match kind {
            AdvisoryKind::Vulnerability => Self::Severity(level),
            other => Self::Kind(other),
        }
    }

    /// The word in the policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Severity(level) => level.as_str(),
            Self::Kind(kind) => kind.as_str(),
        }
    }
}

/// The `[gate]` tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// The lines of the policy, by scope. `Runtime` is `[gate]` itself.
    pub rules: BTreeMap<(Scope, GateKey), GateRule>,
}

/// One line of a gate table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateRule {
    /// The action.
    pub action: GateAction,
    /// Its table; `Runtime` is `[gate]` itself.
    pub table: Scope,
    pub location: Location,
}

/// The gate's decision about one finding, and the rule behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateDecision<'policy> {
    /// The action.
    pub action: GateAction,
    /// The key that decided.
    pub key: GateKey,
    /// The line that decided; `None` if the built-in default did.
    pub rule: Option<&'policy GateRule>,
    /// The table of that line.
    pub table: Scope,
    /// The scope whose table is less strict and does not count, because the scope is not proven.
    pub passed_over: Option<(Scope, UnrecordedPeers)>,
}

impl Gate {
    /// Whether any table sets a key.
    pub fn mentions(&self, key: GateKey) -> bool {
        self.rules.keys().any(|(_, mentioned)| *mentioned == key)
    }

    /// Decides about a finding. Where its scope is not proven, the stricter table counts: that of the scope
    /// or `[gate]`.
    pub fn decide_finding(&self, key: GateKey, scope: FindingScope) -> GateDecision<'_> {
        let proven = self.decide(key, scope.proven());
        let Some((recorded, doubt)) = scope.doubted() else {
            return proven;
        };
        let doubted = self.decide(key, recorded);
        match doubted.action.cmp(&proven.action) {
            Ordering::Greater => doubted,
            Ordering::Equal => proven,
            Ordering::Less => GateDecision { passed_over: Some((recorded, doubt)), ..proven },
        }
    }

    /// What the tables say of a scope: its own, otherwise `[gate]`, otherwise the strict default.
    pub fn decide(&self, key: GateKey, scope: Scope) -> GateDecision<'_> {
        for table in [scope, Scope::Runtime] {
            if let Some(rule) = self.rules.get(&(table, key)) {
                let table = rule.table;
                return GateDecision {
                    action: rule.action,
                    key,
                    rule: Some(rule),
                    table,
                    passed_over: None,
                };
            }
        }
        let action = GateKey::DEFAULTS
            .iter()
            .find(|(default_key, _)| *default_key == key)
            .map_or(GateAction::Block, |(_, action)| *action);
        GateDecision { action, key, rule: None, table: Scope::Runtime, passed_over: None }
    }
}

/// The `[ticket]` table: how findings are tracked as issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketPolicy {
    /// How long a ticket of each severity may stay open, from when its issue was opened.
    pub due: BTreeMap<SeverityLevel, SignedDuration>,
    /// Whether findings that block get an issue as well.
    pub block: bool,
    pub issues: IssueRules,
}

/// How issues are written and recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueRules {
    /// The label by which lockgate finds its own issues again.
    pub label: String,
    /// Further labels of a new issue.
    pub labels: Vec<String>,
    /// The accounts a new issue is assigned to.
    pub assignees: Vec<String>,
    /// The title of the milestone of a new issue.
    pub milestone: Option<String>,
    /// The account that opens the issues, if it cannot be looked up.
    pub author: Option<String>,
    /// How many issues one run may open.
    pub most_new: usize,
}

/// The `[database]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabasePolicy {
    /// The longest time since a source was last known to be current.
    pub max_age: SignedDuration,
    /// The sources. Empty: the public databases, see [`DatabasePolicy::fetched`].
    pub sources: Vec<Source>,
    /// Whether the crates.io index is asked for yanked versions. `None`: if `[gate]` mentions them.
    pub yanked: Option<bool>,
}

/// A source of advisories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub kind: SourceKind,
    /// The name in reports.
    pub name: String,
    pub place: SourcePlace,
    /// The ecosystem of an OSV bucket; `None` for every other kind and place.
    pub ecosystem: Option<Ecosystem>,
    /// Where the policy names it; `None` for a default.
    pub location: Option<Location>,
}

/// Where a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePlace {
    /// A folder or a file. Relative paths in a policy count from the policy's folder.
    Path(String),
    /// An address, without credentials.
    Url(Url),
    /// The registry in the configuration of the package manager.
    PackageManager,
}

/// The kind of a source: its layout on disk, how it is fetched, or how it is queried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// The RustSec advisory database: `crates/<name>/RUSTSEC-*.md`.
    RustSec,
    /// OSV records, one JSON file each: in a folder, in a zip laid out like OSV's `all.zip`, or in
    /// a bucket laid out like OSV's.
    Osv,
    /// A team's own advisories, OSV JSON or RustSec Markdown, kept in the repository. They supplement
    /// the public sources: they are as fresh as the repository, and never cover an ecosystem.
    Folder,
    /// A published snapshot, at the address of its manifest.
    Snapshot,
    /// The bulk advisory endpoint of an npm registry, queried about the locked packages.
    NpmRegistry,
    /// The batch query of the OSV service, queried about the locked packages.
    OsvApi,
}

impl SourceKind {
    pub const ALL: &'static [Self] =
        &[Self::RustSec, Self::Osv, Self::Folder, Self::Snapshot, Self::NpmRegistry, Self::OsvApi];

    /// The word in the policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RustSec => "rustsec",
            Self::Osv => "osv",
            Self::Folder => "folder",
            Self::Snapshot => "snapshot",
            Self::NpmRegistry => "npm-registry",
            Self::OsvApi => "osv-api",
        }
    }

    /// Whether it is queried about the locked packages during a check, instead of being a file.
    pub fn is_asked(self) -> bool {
        matches!(self, Self::NpmRegistry | Self::OsvApi)
    }
}

impl Policy {
    /// The suppressions at these positions.
    pub fn suppressions_at<'p>(
        &'p self,
        positions: &'p [usize],
    ) -> impl Iterator<Item = &'p Suppression> {
        positions.iter().filter_map(move |position| self.suppressions.get(*position))
    }
}

/// The bytes of a suppression that a report marks if its claim does not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuppressionSpans {
    pub advisory: Range<usize>,
    pub claim: Range<usize>,
}

/// One `[[suppress]]` entry: a claim that a team makes about one advisory.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppression {
    /// The line of `advisory`.
    pub location: Location,
    /// The bytes of its subject in the policy's text.
    pub spans: SuppressionSpans,
    /// The advisory, under any of its names.
    pub advisory: AdvisoryId,
    /// Limits it to a package, and to versions of it.
    pub package: Option<PackageSpec>,
    /// Limits it to dependency paths. Empty means any path.
    pub paths: Vec<PathPattern>,
    /// The VEX word, if one is given.
    pub justification: Option<Justification>,
    /// Its claims. Never empty; all of them must be upheld.
    pub claims: Vec<Claim>,
    /// Places that leave them open, and that a person has looked at.
    pub reviewed: Vec<Reviewed>,
    /// The reason, in a person's words.
    pub reason: String,
    /// The person responsible for it.
    pub owner: Option<String>,
    /// The last day on which it applies.
    pub expires: Option<Date>,
}

/// `name`, or `name@requirement` such as `rsa@<0.10`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageSpec {
    pub name: String,
    /// A version requirement in the syntax of the package's ecosystem.
    pub versions: Option<String>,
}

/// A pattern over a dependency path, such as `* > sqlx > rsa`.
///
/// Each step between `>` is a package name in which `*` stands for any characters; a step that is
/// `*` alone stands for any number of packages, none included. The pattern covers a whole path,
/// from the project to the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    /// The steps, from the project to the package.
    pub steps: Vec<String>,
}

/// Why a policy could not be read: all of its problems at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy has {} problem(s)", .0.len())]
pub struct PolicyError(pub Vec<Problem>);
