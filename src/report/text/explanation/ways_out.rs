//! What can be done: the smallest upgrade, and the claim that holds.

use std::collections::BTreeSet;

use semver::{Version, VersionReq};

use crate::advisory_kind::AdvisoryKind;
use crate::evidence::EvidenceResult;
use crate::finding::Finding;
use crate::package::Ecosystem;
use crate::report::Style;
use crate::report::text::facts::Facts;
use crate::terminal::{Tone, one_line};
use crate::verdict::Trial;

const NAME_LIMIT: usize = 80;

/// The upgrade, the claim, and what remains if there is neither.
pub(super) fn render(finding: &Finding, trial: &Trial, style: Style) -> String {
    let mut facts = Facts::new(style);
    for line in upgrade(finding, style) {
        facts.add("upgrade", &line);
    }
    let id = finding.id.as_str();
    let upheld = trial
        .evidence
        .iter()
        .find(|evidence| evidence.result == EvidenceResult::Upheld);
    match upheld {
        Some(evidence) => {
            let command = style.paint(Tone::Good, format!("lockgate suppress {id}"));
            let claim = evidence.claim.as_str();
            facts.add("claim", &format!("`{claim}` holds now; {command} writes it down"));
        }
        None => facts.add("claim", "none of those that can be checked holds now"),
    }
    if upheld.is_none() && finding.kind != AdvisoryKind::Malicious {
        let command = format!("lockgate suppress {id} --attest");
        facts.add("attest", &format!("{command}, with an owner, a reason and a last day"));
    }
    facts.finish()
}

fn upgrade(finding: &Finding, style: Style) -> Vec<String> {
    let name = one_line(&finding.package.name, NAME_LIMIT);
    let Some(version) = smallest_patched(finding) else {
        return vec![format!("no patched version of {name} is known")];
    };
    if is_compatible(finding, &version) {
        let command = match finding.package.ecosystem {
            Ecosystem::Cargo => format!("cargo update {name} --precise {version}"),
            Ecosystem::Npm => format!("npm update {name}"),
        };
        let command = style.paint(Tone::Good, command);
        return vec![format!("{command}: {version} is compatible with the locked version")];
    }
    let askers: BTreeSet<String> = finding
        .paths
        .iter()
        .filter_map(|path| path.iter().rev().nth(1))
        .map(|asker| one_line(&asker.to_string(), NAME_LIMIT))
        .collect();
    let askers: Vec<String> = askers.into_iter().collect();
    let target = style.paint(Tone::Good, format!("{name} {version}"));
    if askers.is_empty() {
        return vec![format!("{target} is the smallest patched version")];
    }
    vec![format!(
        "{target} is the smallest patched version, and not compatible with the locked one: {} must ask for it",
        askers.join(", ")
    )]
}

/// The smallest version above the locked one that a requirement of patched versions begins with.
fn smallest_patched(finding: &Finding) -> Option<Version> {
    let locked = Version::parse(&finding.package.version).ok()?;
    let beginnings = finding.fixed_in.iter().filter_map(|requirement| {
        let first = requirement.split([',', ' ']).next()?;
        let version = first.trim_start_matches(['>', '=', '^', '~']);
        let dots = version.split(['-', '+']).next()?.matches('.').count();
        let whole = match dots {
            0 => format!("{version}.0.0"),
            1 => format!("{version}.0"),
            _ => version.to_owned(),
        };
        Version::parse(&whole).ok()
    });
    beginnings.filter(|version| *version > locked).min()
}

/// Whether a requirement that admits the locked version in the usual way admits the other as well
/// (Cargo documentation, "Caret requirements"; npm's are the same).
fn is_compatible(finding: &Finding, version: &Version) -> bool {
    VersionReq::parse(&format!("^{}", finding.package.version))
        .is_ok_and(|requirement| requirement.matches(version))
}
