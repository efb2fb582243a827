//! Outcomes of a change compared with another commit.

use super::parts::crate_finding;
use super::{note, refuted_finding, signer, templater, with};
use crate::outcome::{Comparison, Outcome};
use crate::policy::change::{PolicyChange, PolicyEffect};
use crate::problem::Location;
use crate::verdict::change::{Change, FixedFinding};
use crate::verdict::{Answer, DecidedFinding, Disposition};

fn policy_change(effect: PolicyEffect, text: &str, place: Option<(&str, u32)>) -> PolicyChange {
    let location = place.map(|(file, line)| Location { file: file.into(), line });
    PolicyChange { effect, text: text.into(), location }
}

/// One finding added by the change, and two from before.
pub(super) fn compared() -> Outcome {
    let as_of = |change, decided| DecidedFinding { change: Some(change), ..decided };
    let mut findings = vec![
        as_of(Change::Existing, refuted_finding()),
        as_of(Change::Added, signer()),
        as_of(Change::Existing, note(0)),
    ];
    findings.extend(templater().into_iter().map(|it| as_of(Change::Existing, it)));
    let mut outcome = with(Answer::Block, findings);
    outcome.verdict.suppressions.refuted = vec![0];
    outcome.comparison = Some(Comparison {
        revision: "0123456789abcdef0123456789abcdef01234567".into(),
        fixed: vec![FixedFinding {
            id: "RUSTSEC-2099-0042".parse().unwrap(),
            package: crate_finding("RUSTSEC-2099-0042", "tarball", "0.4.1").package,
            title: "A link leads out of the folder".into(),
            lockfile: "Cargo.lock".into(),
            disposition: Disposition::Block,
            unmatched: None,
        }],
        unmatched: vec![FixedFinding {
            id: "RUSTSEC-2099-0043".parse().unwrap(),
            package: crate_finding("RUSTSEC-2099-0043", "unpacker", "0.4.1").package,
            title: "A name leads out of the folder".into(),
            lockfile: "Cargo.lock".into(),
            disposition: Disposition::Block,
            unmatched: Some(crate::matching::WhyUnmatched::Git),
        }],
        policy_changes: vec![
            policy_change(
                PolicyEffect::Loosened,
                "`medium` goes from \"block\" to \"ticket\"",
                Some(("lockgate.toml", 4)),
            ),
            policy_change(
                PolicyEffect::Loosened,
                "a suppression of GHSA-aaaa-bbbb-cccc on the word of @acme/web until 2099-06-30 is \
                 proposed",
                Some(("lockgate.toml", 14)),
            ),
            policy_change(
                PolicyEffect::Proved,
                "a suppression of RUSTSEC-2099-0002 in keyring is added: development-only",
                Some(("lockgate.toml", 7)),
            ),
            policy_change(PolicyEffect::Tightened, "`max-age` goes from 2d to 1d", None),
        ],
        policy: None,
    });
    outcome
}

/// No finding added by the change, and one from before that would block.
pub(super) fn passed_before() -> Outcome {
    let mut outcome = compared();
    outcome.verdict.answer = Answer::Pass;
    outcome.verdict.findings.retain(DecidedFinding::was_there_before);
    if let Some(comparison) = &mut outcome.comparison {
        comparison.policy_changes.clear();
        comparison.fixed.clear();
    }
    outcome
}

pub(super) fn hostile_comparison() -> Comparison {
    let text = "\u{1b}[2J\u{202e}::error::no ${{ secrets.X }} <!-- --> @octocat #12 **b** <b>x</b> \
                ]]> | `x` </script>\n::stop-commands::x";
    Comparison {
        revision: "0123456789abcdef0123456789abcdef01234567".into(),
        fixed: vec![FixedFinding {
            id: "ACME-3".parse().unwrap(),
            package: crate_finding("ACME-3", "`evil`|\u{1b}[2J", "1.0.0\u{200b}").package,
            title: text.into(),
            lockfile: text.into(),
            disposition: Disposition::Block,
            unmatched: None,
        }],
        unmatched: Vec::new(),
        policy_changes: vec![policy_change(
            PolicyEffect::Loosened,
            text,
            Some(("lockgate.toml", 1)),
        )],
        policy: None,
    }
}
