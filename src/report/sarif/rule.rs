//! One rule for each advisory (§3.49), with its description and its fix.

use std::collections::BTreeMap;

use super::plain;
use super::wire::{Configuration, Help, Rule, RuleProperties, Text};
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::facts;
use crate::finding::Finding;
use crate::markdown::escape;
use crate::report::group::level;
use crate::severity::{Severity, SeverityLevel};
use crate::terminal::one_line;
use crate::verdict::DecidedFinding;

/// The number of characters of a rule's short description that GitHub reads.
const SHORT: usize = 255;
/// The most packages of one advisory that are named in its help.
const FIXES: usize = 10;

/// The rules of a run, in the order of their first results.
pub(super) struct RuleTable<'o> {
    findings: Vec<Vec<&'o DecidedFinding>>,
    positions: BTreeMap<&'o AdvisoryId, usize>,
}

impl<'o> RuleTable<'o> {
    pub(super) fn of(findings: &[&'o DecidedFinding]) -> Self {
        let mut rules = Self { findings: Vec::new(), positions: BTreeMap::new() };
        for decided in findings {
            let next = rules.findings.len();
            let position = *rules.positions.entry(&decided.finding.id).or_insert(next);
            match rules.findings.get_mut(position) {
                Some(known) => known.push(decided),
                None => rules.findings.push(vec![decided]),
            }
        }
        rules
    }

    /// The position of an advisory's rule.
    pub(super) fn index(&self, id: &AdvisoryId) -> usize {
        self.positions.get(id).copied().unwrap_or_default()
    }

    pub(super) fn into_wire(self) -> Vec<Rule<'o>> {
        self.findings.iter().filter_map(|findings| rule(findings)).collect()
    }
}

/// The rule of an advisory's findings, worst first.
fn rule<'o>(findings: &[&'o DecidedFinding]) -> Option<Rule<'o>> {
    let first = *findings.first()?;
    let finding = &first.finding;
    let title = facts::title(finding);
    let fixes = fixes(findings);
    Some(Rule {
        id: finding.id.as_str(),
        short_description: Text { text: plain(&one_line(&title, SHORT)) },
        full_description: Text { text: plain(&format!("{title}. {}", facts::severity(finding))) },
        help_uri: facts::link(finding),
        help: Help {
            text: plain(&format!("{title}\n{}\n{}", facts::severity(finding), fixes.join("\n"))),
            markdown: markdown(finding, &title, &fixes),
        },
        default_configuration: Configuration { level: level(first.disposition) },
        properties: RuleProperties {
            tags: tags(finding),
            precision: "very-high",
            security_severity: security_severity(findings),
        },
    })
}

fn fixes(findings: &[&DecidedFinding]) -> Vec<String> {
    let mut fixes: Vec<String> = Vec::new();
    for decided in findings {
        let fix = facts::fix(&decided.finding);
        if !fixes.contains(&fix) && fixes.len() < FIXES {
            fixes.push(fix);
        }
    }
    fixes
}

fn markdown(finding: &Finding, title: &str, fixes: &[String]) -> String {
    let fixes: Vec<_> = fixes.iter().map(|fix| format!("- {}\n", escape::prose(fix))).collect();
    let mut text = format!(
        "**{}**\n\n{}\n\n### Fix\n\n{}",
        escape::prose(title),
        escape::prose(&facts::severity(finding)),
        fixes.concat(),
    );
    if let Some(page) = facts::link(finding) {
        text.extend(["\n", &escape::link("Read more", Some(&page)), "\n"]);
    }
    text
}

/// `security` makes a result a security alert; an unmaintained package is not one.
fn tags(finding: &Finding) -> Vec<&'static str> {
    let mut tags = vec!["dependency", finding.package.ecosystem.as_str(), finding.kind.as_str()];
    if finding.kind >= AdvisoryKind::Unsound {
        tags.push("security");
    }
    tags
}

/// The worst score, or, without a score, one in the middle of the level, on the scale of
/// GitHub's documentation ("`reportingDescriptor` object", `security-severity`).
fn security_severity(findings: &[&DecidedFinding]) -> Option<String> {
    let scores = findings.iter().filter_map(|decided| score(&decided.finding));
    let worst = scores.max_by(f64::total_cmp)?;
    Some(format!("{worst:.1}"))
}

fn score(finding: &Finding) -> Option<f64> {
    match (&finding.severity, finding.kind) {
        (Severity { level: SeverityLevel::Unknown, .. }, AdvisoryKind::Malicious) => Some(10.0),
        (Severity { score: Some(score), .. }, _) => Some(*score),
        (Severity { level, .. }, _) => match level {
            SeverityLevel::Critical => Some(9.5),
            SeverityLevel::High => Some(8.0),
            SeverityLevel::Medium => Some(5.5),
            SeverityLevel::Low => Some(2.0),
            SeverityLevel::Unknown => None,
        },
    }
}
