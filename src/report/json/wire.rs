//! The format of the JSON report, which is a contract.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use smol_str::SmolStr;

use super::evidence::{EvidenceEntry, LocationEntry};
use super::statements::StatementEntry;
use crate::advisory_id::AdvisoryId;
use crate::database::SourceInfo;
use crate::matching::WhyUnmatched;
use crate::outcome::{DatabaseSummary, Outcome};
use crate::package::PackageId;
use crate::policy::change::PolicyChange;
use crate::policy::{ClaimKind, Justification, Policy};
use crate::problem::{Gap, Problem};
use crate::severity::Severity;
use crate::verdict::change::{Change, FixedFinding};
use crate::verdict::{AppliedSuppression, DecidedFinding, SuppressionSummary};

const SCHEMA: &str = "lockgate/report/v1";

#[derive(Serialize)]
pub(super) struct Report<'o> {
    schema: &'static str,
    database: Option<Database<'o>>,
    lockfiles: Vec<Lockfile<'o>>,
    verdict: &'static str,
    gaps: Vec<GapEntry<'o>>,
    findings: Vec<Finding<'o>>,
    suppressions: Suppressions<'o>,
    remarks: &'o [String],
    policy: Option<&'o str>,
    base: Option<Base<'o>>,
    fixed: Vec<Fixed<'o>>,
    no_longer_matched: Vec<Fixed<'o>>,
    policy_changes: Vec<PolicyChangeEntry<'o>>,
    unmatched: BTreeMap<&'static str, usize>,
    unreadable: Vec<UnreadableEntry<'o>>,
    version: &'static str,
}

impl<'o> Report<'o> {
    pub(super) fn of(outcome: &'o Outcome) -> Self {
        let policy = &outcome.policy;
        let verdict = &outcome.verdict;
        let comparison = outcome.comparison.as_ref();
        Self {
            schema: SCHEMA,
            database: outcome.database.as_ref().map(Database::of),
            lockfiles: outcome.lockfiles.iter().map(Lockfile::of).collect(),
            verdict: verdict.answer.as_str(),
            gaps: verdict.gaps.iter().map(GapEntry::of).collect(),
            findings: verdict
                .findings
                .iter()
                .map(|decided| Finding::of(decided, outcome))
                .collect(),
            suppressions: Suppressions::of(&verdict.suppressions, policy),
            remarks: &outcome.remarks,
            policy: policy.source.as_ref().map(|source| source.path.as_str()),
            base: comparison.map(|comparison| Base { revision: &comparison.revision }),
            fixed: comparison
                .map_or(&[][..], |comparison| &comparison.fixed)
                .iter()
                .map(Fixed::of)
                .collect(),
            no_longer_matched: comparison
                .map_or(&[][..], |comparison| &comparison.unmatched)
                .iter()
                .map(Fixed::of)
                .collect(),
            policy_changes: comparison
                .map_or(&[][..], |comparison| &comparison.policy_changes)
                .iter()
                .map(PolicyChangeEntry::of)
                .collect(),
            unmatched: WhyUnmatched::ALL
                .iter()
                .map(|why| (why.as_str(), outcome.unmatched.count(*why)))
                .collect(),
            unreadable: outcome.unreadable.iter().map(UnreadableEntry::of).collect(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

#[derive(Serialize)]
struct Database<'o> {
    digest: &'o str,
    built_at: Timestamp,
    sources: Vec<SourceEntry<'o>>,
}

impl<'o> Database<'o> {
    fn of(database: &'o DatabaseSummary) -> Self {
        Self {
            digest: &database.digest,
            built_at: database.built_at,
            sources: database.sources.iter().map(SourceEntry::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct SourceEntry<'o> {
    name: &'o str,
    revision: &'o str,
    advisories: u64,
    kind: &'o str,
    current_at: Option<Timestamp>,
    newest_record: Option<Timestamp>,
    unreadable: u64,
}

impl<'o> SourceEntry<'o> {
    fn of(source: &'o SourceInfo) -> Self {
        Self {
            name: &source.name,
            revision: &source.revision,
            advisories: source.total(),
            kind: &source.kind,
            current_at: source.current_at,
            newest_record: source.newest_record,
            unreadable: source.unreadable,
        }
    }
}

#[derive(Serialize)]
struct Lockfile<'o> {
    path: &'o str,
    format: &'static str,
    packages: usize,
}

impl<'o> Lockfile<'o> {
    fn of(lockfile: &'o crate::lockfile::Lockfile) -> Self {
        Self {
            path: &lockfile.source.path,
            format: lockfile.format.name(),
            packages: lockfile.locked(),
        }
    }
}

#[derive(Serialize)]
struct GapEntry<'o> {
    code: &'static str,
    message: &'o str,
    help: Option<&'o str>,
}

impl<'o> GapEntry<'o> {
    fn of(gap: &'o Gap) -> Self {
        Self { code: gap.code.as_str(), message: &gap.message, help: gap.help.as_deref() }
    }
}

#[derive(Serialize)]
struct Finding<'o> {
    id: &'o str,
    aliases: Vec<&'o str>,
    package: Package<'o>,
    lockfile: Option<&'o str>,
    line: Option<u32>,
    kind: &'static str,
    severity: SeverityEntry<'o>,
    scope: &'static str,
    paths: Vec<Vec<PackageStep<'o>>>,
    fixed_in: &'o [SmolStr],
    disposition: &'static str,
    due: Option<Date>,
    suppression: Option<SuppressionEntry<'o>>,
    evidence: Vec<EvidenceEntry<'o>>,
    fingerprint: &'o str,
    title: &'o str,
    url: Option<&'o str>,
    sources: Vec<&'o str>,
    lines: Vec<u32>,
    paths_cut: bool,
    reason: &'o str,
    change: Option<&'static str>,
    /// Only present if it comes from a registry that the policy does not name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    registries: Vec<&'o str>,
    /// Only present if a statement of `--vex` names it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vex: Vec<StatementEntry<'o>>,
}

impl<'o> Finding<'o> {
    fn of(decided: &'o DecidedFinding, outcome: &'o Outcome) -> Self {
        let today = outcome.today();
        let finding = &decided.finding;
        let first = finding.locations.first();
        Self {
            id: finding.id.as_str(),
            aliases: finding.aliases.iter().map(AdvisoryId::as_str).collect(),
            package: Package::of(&finding.package),
            lockfile: first.map(|location| location.file.as_str()),
            line: first.map(|location| location.line),
            kind: finding.kind.as_str(),
            severity: SeverityEntry::of(&finding.severity),
            scope: finding.scope.as_str(),
            paths: finding
                .paths
                .iter()
                .map(|path| path.iter().map(|package| PackageStep(package)).collect())
                .collect(),
            fixed_in: &finding.fixed_in,
            disposition: decided.disposition.as_str(),
            due: decided.due,
            suppression: decided
                .suppression
                .as_ref()
                .and_then(|applied| SuppressionEntry::of(applied, &outcome.policy)),
            evidence: decided.evidence.iter().map(EvidenceEntry::of).collect(),
            fingerprint: &finding.fingerprint,
            title: &finding.title,
            url: finding.url.as_deref(),
            sources: finding.sources.iter().map(SmolStr::as_str).collect(),
            lines: finding.locations.iter().map(|place| place.line).collect(),
            paths_cut: finding.paths_cut,
            reason: &decided.reason,
            change: decided.change.map(Change::as_str),
            registries: finding.registries.iter().map(String::as_str).collect(),
            vex: StatementEntry::all(decided, outcome, today),
        }
    }
}

/// A file that could not be checked.
#[derive(Serialize)]
struct UnreadableEntry<'o> {
    file: &'o str,
    line: Option<u32>,
    message: &'o str,
    help: Option<&'o str>,
}

impl<'o> UnreadableEntry<'o> {
    fn of(problem: &'o Problem) -> Self {
        Self {
            file: &problem.file,
            line: problem.line(),
            message: &problem.message,
            help: problem.help.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Base<'o> {
    revision: &'o str,
}

/// A finding of the base that disappeared.
#[derive(Serialize)]
struct Fixed<'o> {
    id: &'o str,
    package: Package<'o>,
    lockfile: &'o str,
    disposition: &'static str,
    title: &'o str,
    /// Why it is not matched by name any more; only present if it is not fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl<'o> Fixed<'o> {
    fn of(fixed: &'o FixedFinding) -> Self {
        Self {
            id: fixed.id.as_str(),
            package: Package::of(&fixed.package),
            lockfile: &fixed.lockfile,
            disposition: fixed.disposition.as_str(),
            title: &fixed.title,
            why: fixed.unmatched.map(WhyUnmatched::as_str),
        }
    }
}

#[derive(Serialize)]
struct PolicyChangeEntry<'o> {
    effect: &'static str,
    text: &'o str,
    location: Option<LocationEntry<'o>>,
}

impl<'o> PolicyChangeEntry<'o> {
    fn of(change: &'o PolicyChange) -> Self {
        Self {
            effect: change.effect.as_str(),
            text: &change.text,
            location: change.location.as_ref().map(LocationEntry::of),
        }
    }
}

/// A package on a path: its name and version in one string.
struct PackageStep<'o>(&'o PackageId);

impl Serialize for PackageStep<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

#[derive(Serialize)]
struct Package<'o> {
    ecosystem: &'static str,
    name: &'o str,
    version: &'o str,
    purl: String,
}

impl<'o> Package<'o> {
    fn of(package: &'o PackageId) -> Self {
        Self {
            ecosystem: package.ecosystem.as_str(),
            name: &package.name,
            version: &package.version,
            purl: package.purl(),
        }
    }
}

#[derive(Serialize)]
struct SeverityEntry<'o> {
    level: &'static str,
    score: Option<f64>,
    vector: Option<&'o str>,
}

impl<'o> SeverityEntry<'o> {
    fn of(severity: &'o Severity) -> Self {
        Self {
            level: severity.level.as_str(),
            score: severity.score,
            vector: severity.vector.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct SuppressionEntry<'o> {
    policy: &'o str,
    line: u32,
    advisory: &'o str,
    state: &'static str,
    claims: Vec<&'static str>,
    justification: Option<&'static str>,
    reason: &'o str,
    owner: Option<&'o str>,
    expires: Option<Date>,
}

impl<'o> SuppressionEntry<'o> {
    fn of(applied: &AppliedSuppression, policy: &'o Policy) -> Option<Self> {
        let suppression = policy.suppressions.get(applied.index)?;
        Some(Self {
            policy: &suppression.location.file,
            line: suppression.location.line,
            advisory: suppression.advisory.as_str(),
            state: applied.state.as_str(),
            claims: suppression.kinds().map(ClaimKind::as_str).collect(),
            justification: suppression.justification.map(Justification::as_str),
            reason: &suppression.reason,
            owner: suppression.owner.as_deref(),
            expires: suppression.expires,
        })
    }
}

#[derive(Serialize)]
struct Suppressions<'o> {
    upheld: usize,
    unused: Vec<SuppressionPlace<'o>>,
    unsettled: Vec<SuppressionPlace<'o>>,
    expired: Vec<SuppressionPlace<'o>>,
    refuted: Vec<SuppressionPlace<'o>>,
    unknown: Vec<SuppressionPlace<'o>>,
    duplicate: Vec<SuppressionPlace<'o>>,
}

impl<'o> Suppressions<'o> {
    fn of(summary: &'o SuppressionSummary, policy: &'o Policy) -> Self {
        let places = |indices: &'o [usize]| SuppressionPlace::all(indices, policy);
        Self {
            upheld: summary.upheld.len(),
            unused: places(&summary.unused),
            unsettled: places(&summary.unsettled),
            expired: places(&summary.expired),
            refuted: places(&summary.refuted),
            unknown: places(&summary.unknown),
            duplicate: places(&summary.duplicate),
        }
    }
}

#[derive(Serialize)]
struct SuppressionPlace<'o> {
    advisory: &'o str,
    line: u32,
    reason: &'o str,
}

impl<'o> SuppressionPlace<'o> {
    fn all(indices: &'o [usize], policy: &'o Policy) -> Vec<Self> {
        policy
            .suppressions_at(indices)
            .map(|suppression| Self {
                advisory: suppression.advisory.as_str(),
                line: suppression.location.line,
                reason: &suppression.reason,
            })
            .collect()
    }
}
