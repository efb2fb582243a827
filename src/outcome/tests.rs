use super::*;
use crate::problem::GapCode;
use crate::severity::SeverityLevel;
use crate::tracking::sample::{outcome, ticket};
use crate::verdict::Answer;

fn adjustment(position: usize, blocks: bool) -> Adjustment {
    Adjustment { position, blocks, remark: "tracked in #1".to_owned(), due: None }
}

#[test]
fn what_is_done_makes_the_answer_stricter_and_never_less_strict() {
    let findings = || {
        vec![
            ticket("GHSA-aaaa-bbbb-cccc", "a", SeverityLevel::High),
            ticket("GHSA-dddd-eeee-ffff", "b", SeverityLevel::Low),
        ]
    };
    let gap = Gap::new(GapCode::TicketsUnknown, "nobody knows", "run again");
    for (adjustments, gaps, answer) in [
        (vec![], vec![], Answer::Pass),
        (vec![adjustment(0, false)], vec![], Answer::Pass),
        (vec![adjustment(1, true)], vec![], Answer::Block),
        (vec![], vec![gap.clone()], Answer::Indeterminate),
        (vec![adjustment(1, true)], vec![gap.clone()], Answer::Block),
        (vec![adjustment(7, true)], vec![], Answer::Pass),
    ] {
        let mut outcome = outcome(findings());
        outcome.tighten(adjustments, gaps);
        assert_eq!(outcome.verdict.answer, answer);
    }
    let mut blocked = outcome(findings());
    blocked.tighten(vec![adjustment(0, true)], Vec::new());
    blocked.tighten(vec![adjustment(0, false)], Vec::new());
    assert_eq!(blocked.verdict.answer, Answer::Block);
    let reason = &blocked.verdict.findings[0].reason;
    assert!(reason.ends_with("tracked in #1; tracked in #1"), "{reason}");
}

#[test]
fn a_ticket_that_fails_closes_the_gate_for_what_was_there_before_as_well() {
    use crate::verdict::change::Change;
    let existing = |disposition| {
        let mut decided = ticket("GHSA-aaaa-bbbb-cccc", "a", SeverityLevel::High);
        decided.change = Some(Change::Existing);
        decided.disposition = disposition;
        outcome(vec![decided])
    };
    let mut blocked = existing(Disposition::Block);
    blocked.tighten(Vec::new(), Vec::new());
    assert_eq!(blocked.verdict.answer, Answer::Pass);
    let mut tracked = existing(Disposition::Ticket);
    tracked.tighten(vec![adjustment(0, false)], Vec::new());
    assert_eq!(tracked.verdict.answer, Answer::Pass);
    let mut overdue = existing(Disposition::Ticket);
    overdue.tighten(vec![adjustment(0, true)], Vec::new());
    assert_eq!(overdue.verdict.answer, Answer::Block);
    assert_eq!(overdue.verdict.findings[0].change, Some(Change::Overdue));
}
