//! What can be done: the smallest upgrade, and the claim that holds.

use super::upgrade;
use crate::advisory_kind::AdvisoryKind;
use crate::evidence::EvidenceResult;
use crate::finding::Finding;
use crate::report::Style;
use crate::report::text::table::FactTable;
use crate::terminal::Tone;
use crate::verdict::Trial;

/// The upgrade, the claim, and what remains if there is neither.
pub(super) fn render(finding: &Finding, trial: &Trial, style: Style) -> String {
    let mut facts = FactTable::new(style);
    facts.add_all("upgrade", &upgrade::lines(finding, &trial.upgrade, style));
    let id = finding.id.as_str();
    let upheld = trial.evidence.iter().find(|evidence| evidence.result == EvidenceResult::Upheld);
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
