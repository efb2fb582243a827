//! The data for the page's script. Private to the page: programs read the JSON report.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::Date;
use serde::Serialize;

use crate::advisory_id::AdvisoryId;
use crate::facts::{self, Claimed, Facts, line, places};
use crate::outcome::Outcome;
use crate::package::PackageId;
use crate::policy::Suppression;
use crate::policy::change::PolicyChange;
use crate::problem::Gap;
use crate::report::frame;
use crate::report::group::{Group, groups};
use crate::report::words;
use crate::terminal::{is_unprintable, one_line};
use crate::verdict::change::{Change, FixedFinding};
use crate::verdict::{DecidedFinding, Disposition};

const NAME_LIMIT: usize = 120;
/// The most paths that are drawn; more would be confusing.
const PATHS: usize = 6;
/// The most places of one finding or one piece of evidence that are named.
const PLACES: usize = 10;

/// Everything that the script shows.
#[derive(Serialize)]
pub(super) struct Data {
    findings: Vec<Finding>,
    /// Packages on paths, each once: name and version.
    names: Vec<[String; 2]>,
    gaps: Vec<GapEntry>,
    remarks: Vec<String>,
    /// Findings that a change fixes.
    fixed: Vec<String>,
    /// Changes to the policy.
    policy: Vec<PolicyEntry>,
}

#[derive(Serialize)]
struct PolicyEntry {
    effect: &'static str,
    meaning: &'static str,
    text: String,
    place: Option<String>,
}

#[derive(Serialize)]
struct Finding {
    id: String,
    aliases: Vec<String>,
    title: String,
    link: Option<String>,
    package: String,
    version: String,
    ecosystem: &'static str,
    places: Vec<String>,
    kind: &'static str,
    level: &'static str,
    score: Option<f64>,
    vector: Option<String>,
    scope: &'static str,
    disposition: &'static str,
    /// The disposition of a finding that was there before and therefore closes nothing.
    would: Option<&'static str>,
    change: Option<&'static str>,
    reason: String,
    due: Option<Date>,
    fix: String,
    paths: Vec<Vec<usize>>,
    cut: bool,
    sources: Vec<String>,
    claim: Option<Claim>,
    evidence: Vec<EvidenceData>,
    frames: Vec<String>,
}

#[derive(Serialize)]
struct Claim {
    reason: String,
    owner: Option<String>,
    place: String,
    expires: Option<Date>,
}

#[derive(Serialize)]
struct EvidenceData {
    claim: &'static str,
    result: &'static str,
    detail: String,
    places: Vec<String>,
    help: Option<String>,
}

#[derive(Serialize)]
struct GapEntry {
    code: &'static str,
    message: String,
    help: Option<String>,
}

impl Data {
    pub(super) fn of(outcome: &Outcome) -> Self {
        let mut names = Names::default();
        let groups = groups(outcome);
        let findings = groups
            .iter()
            .flat_map(Group::findings)
            .map(|decided| finding(decided, outcome, &mut names))
            .collect();
        let comparison = outcome.comparison.iter();
        let unused = outcome.policy.suppressions_at(&outcome.verdict.suppressions.unused);
        let unused = unused.map(|Suppression { location, advisory, .. }| {
            line(&format!("{location}: the suppression of {advisory} matches no finding"))
        });
        Self {
            findings,
            gaps: outcome.verdict.gaps.iter().map(gap).collect(),
            remarks: comparison
                .clone()
                .flat_map(|it| &it.unmatched)
                .map(no_longer_matched)
                .chain(unused)
                .chain(outcome.remarks.iter().map(|remark| line(remark)))
                .collect(),
            names: names.list,
            fixed: comparison.clone().flat_map(|it| &it.fixed).map(fixed).collect(),
            policy: comparison.flat_map(|it| &it.policy_changes).map(policy).collect(),
        }
    }
}

/// Packages by number, because a thousand findings share most of their paths.
#[derive(Default)]
struct Names {
    list: Vec<[String; 2]>,
    known: BTreeMap<PackageId, usize>,
}

impl Names {
    fn number(&mut self, package: &PackageId) -> usize {
        if let Some(number) = self.known.get(package) {
            return *number;
        }
        let number = self.list.len();
        self.list
            .push([one_line(&package.name, NAME_LIMIT), one_line(&package.version, NAME_LIMIT)]);
        self.known.insert(package.clone(), number);
        number
    }
}

fn finding(decided: &DecidedFinding, outcome: &Outcome, names: &mut Names) -> Finding {
    let facts = Facts::of(decided, outcome);
    let finding = &decided.finding;
    let numbers = |path: &Vec<_>| -> Vec<usize> {
        path.iter().map(|step: &std::sync::Arc<_>| names.number(step)).collect()
    };
    let paths: Vec<_> = finding.paths.iter().take(PATHS).map(numbers).collect();
    Finding {
        id: line(finding.id.as_str()),
        aliases: finding.aliases.iter().map(AdvisoryId::as_str).map(line).collect(),
        title: facts::title(finding),
        link: facts::link(finding),
        package: one_line(&finding.package.name, NAME_LIMIT),
        version: one_line(&finding.package.version, NAME_LIMIT),
        ecosystem: finding.package.ecosystem.as_str(),
        places: places(&finding.locations, PLACES),
        kind: finding.kind.as_str(),
        level: finding.severity.level.as_str(),
        score: finding.severity.score,
        vector: finding.severity.vector.as_deref().map(line),
        scope: finding.scope.as_str(),
        disposition: decided.disposition.as_str(),
        would: would(decided),
        change: decided.change.map(Change::as_str),
        reason: reason(&facts),
        due: decided.due,
        fix: facts::fix(finding),
        cut: finding.paths_cut || finding.paths.len() > PATHS,
        paths,
        sources: finding.sources.iter().map(|source| line(source)).collect(),
        claim: claim(&facts),
        evidence: facts.evidence().map(seen).collect(),
        frames: frame::plain(decided, outcome),
    }
}

/// The reason, and the package's origin unless it is the public registry.
fn reason(facts: &Facts<'_>) -> String {
    match facts::origin(&facts.decided.finding) {
        Some(origin) => format!("{}; it comes from {origin}", facts.reason()),
        None => facts.reason(),
    }
}

fn would(decided: &DecidedFinding) -> Option<&'static str> {
    let is_let_pass = decided.disposition == Disposition::Block && !decided.closes_the_gate();
    is_let_pass.then(|| words::before(decided.disposition))
}

fn claim(facts: &Facts<'_>) -> Option<Claim> {
    let Claimed { reason, owner, place } = facts.claimed()?;
    let expires = facts.suppression.and_then(|written| written.expires);
    Some(Claim { reason, owner, place, expires })
}

fn seen(seen: facts::EvidenceText<'_>) -> EvidenceData {
    EvidenceData {
        claim: seen.claim(),
        result: seen.result().as_str(),
        detail: seen.detail(),
        places: seen.places(PLACES),
        help: seen.help(),
    }
}

fn fixed(fixed: &FixedFinding) -> String {
    let FixedFinding { id, package, title, lockfile, .. } = fixed;
    line(&format!("{id} in {package}, {lockfile}: {title}"))
}

fn no_longer_matched(finding: &FixedFinding) -> String {
    format!("{}: {}, {}", words::UNMATCHED, fixed(finding), words::moved(finding))
}

fn policy(change: &PolicyChange) -> PolicyEntry {
    PolicyEntry {
        effect: change.effect.as_str(),
        meaning: change.effect.meaning(),
        text: line(&change.text),
        place: change.location.as_ref().map(|place| line(&place.to_string())),
    }
}

fn gap(gap: &Gap) -> GapEntry {
    GapEntry {
        code: gap.code.as_str(),
        message: line(&gap.message),
        help: gap.help.as_deref().map(line),
    }
}

/// JSON in which no HTML parser finds the end of a script (HTML standard, "Restrictions for contents of script
/// elements"). The characters only occur in strings, where their escapes mean the same.
pub(super) fn embedded(data: &impl Serialize) -> serde_json::Result<String> {
    let json = serde_json::to_string(data)?;
    let mut embedded = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, '<' | '>' | '&') || is_unprintable(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(embedded, "\\u{unit:04x}");
            }
        } else {
            embedded.push(character);
        }
    }
    Ok(embedded)
}
