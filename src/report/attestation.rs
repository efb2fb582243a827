//! The attestation: an in-toto statement about a release, for a later stage to verify.
//!
//! See `docs/release.md`. It is written for every verdict, and contains the verdict.

use std::io;

use serde::Serialize;

use super::json::formatter::PrintableFormatter;
use super::{Reporter, Style};
use crate::attestation::statement::{
    AdvisorySource, BUILT_IN_POLICY, Cleared, Database, Digests, Dispositions, Lockfile,
    PolicyIdentity, Predicate, Scope, SourceCommit, Statement, TOOL, Tool, Tracked, Unknown,
};
use crate::attestation::{PREDICATE_TYPE, Release, STATEMENT_TYPE};
use crate::database::SourceInfo;
use crate::evidence::{Evidence, EvidenceResult};
use crate::outcome::{DatabaseSummary, Outcome};
use crate::policy::{ClaimKind, Policy};
use crate::verdict::{Answer, DecidedFinding, Disposition};

/// Its name on the command line.
pub const NAME: &str = "attestation";

/// The statement. The style has no effect.
#[derive(Debug)]
pub(super) struct Attestation;

impl Reporter for Attestation {
    fn name(&self) -> &'static str {
        NAME
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let Some(release) = &outcome.release else {
            return Err(io::Error::other("only a check of a release is attested: see --release"));
        };
        let formatter = PrintableFormatter::default();
        let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
        statement(outcome, release).serialize(&mut serializer)?;
        out.write_all(b"\n")
    }
}

fn statement(outcome: &Outcome, release: &Release) -> Statement {
    let mut predicate = predicate(outcome, release);
    predicate.content_digest = predicate.digest_of_content();
    Statement {
        statement_type: STATEMENT_TYPE.to_owned(),
        predicate,
        predicate_type: PREDICATE_TYPE.to_owned(),
        subject: release.subjects.clone(),
    }
}

fn predicate(outcome: &Outcome, release: &Release) -> Predicate {
    let verdict = &outcome.verdict;
    let (exit_code, exit_meaning) = exit(outcome);
    Predicate {
        checked_at: outcome.now,
        cleared: cleared(outcome),
        clock_set: release.is_clock_set,
        content_digest: String::new(),
        database: outcome.database.as_ref().map(database),
        dispositions: dispositions(&verdict.findings),
        exit_code,
        exit_meaning: exit_meaning.to_owned(),
        gaps: gaps(outcome),
        lockfiles: outcome.lockfiles.iter().map(lockfile).collect(),
        policy: policy(&outcome.policy),
        remarks: remarks(outcome),
        scope: Scope { paths: release.paths.clone(), whole: release.is_whole },
        source: release.source.as_ref().map(|checkout| SourceCommit {
            commit: checkout.commit.clone(),
            modified: checkout.modified.clone(),
            // The name of another commit than the one checked out would be wrong.
            product: outcome.product.clone().filter(|product| product.ends_with(&checkout.commit)),
        }),
        tickets: tickets(outcome),
        tool: Tool { name: TOOL.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        verdict: verdict.answer.as_str().to_owned(),
    }
}

/// The exit code of a check, and its meaning.
fn exit(outcome: &Outcome) -> (u8, &'static str) {
    match outcome.verdict.answer {
        _ if !outcome.unreadable.is_empty() => {
            (2, "a lockfile cannot be read; what can be read was decided")
        }
        Answer::Pass => {
            (0, "every lockfile was read, the database is fresh and complete, nothing blocks")
        }
        Answer::Block => (1, "at least one finding blocks"),
        Answer::Indeterminate => (3, "something was not known; the gate stays closed"),
    }
}

fn gaps(outcome: &Outcome) -> Vec<Unknown> {
    let gaps = outcome.verdict.gaps.iter();
    let mut unknown: Vec<Unknown> = gaps
        .map(|gap| Unknown { code: gap.code.as_str().to_owned(), message: gap.message.clone() })
        .collect();
    unknown.sort();
    unknown
}

fn remarks(outcome: &Outcome) -> Vec<String> {
    let mut remarks = outcome.remarks.clone();
    remarks.sort();
    remarks
}

fn dispositions(findings: &[DecidedFinding]) -> Dispositions {
    let mut counts = Dispositions::default();
    for decided in findings {
        let count = match decided.disposition {
            Disposition::Block => &mut counts.block,
            Disposition::Ticket => &mut counts.ticket,
            Disposition::Note => &mut counts.note,
            Disposition::Suppressed => &mut counts.suppressed,
            Disposition::NotAffected => &mut counts.not_affected,
        };
        *count += 1;
    }
    counts
}

fn cleared(outcome: &Outcome) -> Vec<Cleared> {
    let findings = outcome.verdict.findings.iter();
    let findings = findings.filter(|decided| decided.disposition.is_cleared());
    let mut cleared: Vec<Cleared> = findings
        .map(|decided| Cleared {
            advisory: decided.finding.id.to_string(),
            disposition: decided.disposition.as_str().to_owned(),
            evidence: evidence(decided),
            expires: outcome.suppression_of(decided).and_then(|suppression| suppression.expires),
            lockfile: place(decided),
            package: decided.finding.package.purl(),
        })
        .collect();
    cleared.sort();
    cleared
}

/// The kinds of upheld claims, from the policy or from other people's statements.
fn evidence(decided: &DecidedFinding) -> Vec<String> {
    let upheld = |evidence: &&Evidence| evidence.result == EvidenceResult::Upheld;
    let mut kinds: Vec<ClaimKind> = decided
        .evidence
        .iter()
        .chain(decided.statements.iter().filter_map(|check| check.proof()))
        .filter(upheld)
        .map(|evidence| evidence.claim)
        .collect();
    kinds.sort();
    kinds.dedup();
    kinds.iter().map(|claim| claim.as_str().to_owned()).collect()
}

fn tickets(outcome: &Outcome) -> Vec<Tracked> {
    let findings = outcome.verdict.findings.iter();
    let mut tickets: Vec<Tracked> = findings
        .filter(|decided| decided.disposition == Disposition::Ticket)
        .map(|decided| Tracked {
            advisory: decided.finding.id.to_string(),
            due: decided.due,
            lockfile: place(decided),
            package: decided.finding.package.purl(),
        })
        .collect();
    tickets.sort();
    tickets
}

fn place(decided: &DecidedFinding) -> Option<String> {
    let first = decided.finding.locations.first()?;
    Some(first.file.clone())
}

fn lockfile(lockfile: &crate::lockfile::Lockfile) -> Lockfile {
    Lockfile {
        digest: Digests::of(lockfile.source.text.as_bytes()),
        format: lockfile.format.name().to_owned(),
        packages: lockfile.locked(),
        path: lockfile.source.path.clone(),
    }
}

fn policy(policy: &Policy) -> PolicyIdentity {
    let source = policy.source.as_ref();
    PolicyIdentity {
        built_in: source.is_none().then(|| BUILT_IN_POLICY.to_owned()),
        digest: source.map(|source| Digests::of(source.text.as_bytes())),
        path: source.map(|source| source.path.clone()),
    }
}

fn database(database: &DatabaseSummary) -> Database {
    Database {
        built_at: database.built_at,
        digest: database.digest.clone(),
        sources: database.sources.iter().map(source).collect(),
    }
}

fn source(source: &SourceInfo) -> AdvisorySource {
    AdvisorySource {
        advisories: source.total(),
        current_at: source.current_at,
        kind: source.kind.clone(),
        name: source.name.clone(),
        revision: source.revision.clone(),
    }
}

#[cfg(test)]
mod tests;
