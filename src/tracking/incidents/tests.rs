use super::*;
use crate::advisory_kind::AdvisoryKind;
use crate::outcome::Outcome;
use crate::tracking::body::added_by_people;
use crate::tracking::issue::{CloseReason, Issue, IssueState};
use crate::tracking::marker::Marker;
use crate::tracking::sample::{incidents, scan};
use crate::tracking::synchronise::fake::{ACCOUNT, FakeTracker, Fault};
use crate::tracking::ticket::IssueKind;
use crate::tracking::ticket_state::TicketState;

const NOW: &str = "2026-11-22T12:00:00Z";

fn run_at(now: &str, fake: &FakeTracker, outcome: &Outcome) -> Result<Synchronised, TrackerError> {
    run_for(now, fake, outcome, &Visibility::default())
}

fn run_for(
    now: &str,
    fake: &FakeTracker,
    outcome: &Outcome,
    visibility: &Visibility,
) -> Result<Synchronised, TrackerError> {
    let setting = IncidentRun {
        visibility,
        account: ACCOUNT,
        scan: &scan(now),
        exposure: &|_| "since the beginning".to_owned(),
        writes: true,
    };
    let policy = outcome.policy.incident.clone().unwrap();
    synchronise_incidents(
        fake,
        &Tickets::incidents(outcome),
        (&policy, &outcome.policy.ticket),
        setting,
    )
}

fn run(fake: &FakeTracker, outcome: &Outcome) -> Synchronised {
    run_at(NOW, fake, outcome).unwrap()
}

fn body(fake: &FakeTracker) -> String {
    fake.all()[0].body.clone()
}

#[test]
fn an_incident_is_opened_once_with_a_clock_and_a_checklist() {
    let (fake, outcome) = (FakeTracker::default(), incidents(2));
    run(&fake, &outcome);
    let issues = fake.all();
    assert_eq!(issues.len(), 2);
    assert_eq!(issues[0].labels, ["incident"]);
    assert!(issues[0].title.starts_with("incident: GHSA-case-0000-tarn in tarn-0"));
    for part in [
        "Found on 2026-11-22T12:00:00Z. **Not confirmed**",
        "set the label `incident:confirmed`",
        "## Checklist: customer data",
        "**From when to when?** since the beginning",
        "lockgate incident report",
    ] {
        assert!(body(&fake).contains(part), "{part}\n{}", body(&fake));
    }
    fake.writes.set(0);
    run(&fake, &outcome);
    assert_eq!(fake.writes.get(), 0, "the world did not change");
}

#[test]
fn an_incident_reads_like_this() {
    let mut outcome = incidents(1);
    let contact = |name: &str, contact: &str| {
        Some(crate::policy::Contact { name: name.to_owned(), contact: contact.to_owned() })
    };
    let policy = outcome.policy.incident.as_mut().unwrap();
    policy.authority = contact("CNIL", "https://www.cnil.fr/");
    policy.internal = contact("Security", "security@harbour.example");
    let fake = FakeTracker::default();
    run(&fake, &outcome);
    insta::assert_snapshot!("data", body(&fake));
    outcome.verdict.findings[0].finding.kind = AdvisoryKind::Malicious;
    let fake = FakeTracker::default();
    run(&fake, &outcome);
    insta::assert_snapshot!("credentials", body(&fake));
}

#[test]
fn ticks_and_additions_survive_every_update() {
    let (fake, outcome) = (FakeTracker::default(), incidents(1));
    run(&fake, &outcome);
    fake.edit_body(1, |body| {
        body.replacen("- [ ] **Was it used?**", "- [x] **Was it used?**", 1) + "\n- [ ] call Ann"
    });
    let before = added_by_people(&body(&fake));
    assert!(before.contains("- [x] **Was it used?**") && before.ends_with("call Ann"));
    let mut graver = incidents(1);
    graver.verdict.findings[0].finding.title = "It is worse than we knew".to_owned();
    run(&fake, &graver);
    assert!(body(&fake).contains("It is worse than we knew"));
    fake.label(1, "incident:confirmed", "2026-11-22T13:00:00Z");
    run(&fake, &graver);
    run(&fake, &incidents(0));
    run(&fake, &graver);
    assert_eq!(added_by_people(&body(&fake)), before);
}

/// A person ticks an item after the issues were listed and before the issue is written.
#[test]
fn ticks_made_during_a_run_are_kept() {
    let (fake, outcome) = (FakeTracker::default(), incidents(1));
    run(&fake, &outcome);
    fake.edit_body(1, |body| body.replacen("- [ ] **Was it used?**", "- [x] **Was it used?**", 1));
    let mut other = incidents(1);
    other.verdict.findings[0].finding.locations[0].line = 70;
    // The list is older than the tick; the issue itself is read again.
    fake.faults(&[Fault::Stale(1)]);
    run(&fake, &other);
    assert!(body(&fake).contains("line 70"), "{}", body(&fake));
    assert!(body(&fake).contains("- [x] **Was it used?**"));
}

#[test]
fn the_clock_runs_from_the_confirmation_and_says_when_it_has_run_out() {
    let (fake, outcome) = (FakeTracker::default(), incidents(1));
    run(&fake, &outcome);
    fake.label(1, "incident:confirmed", "2026-11-22T14:00:00Z");
    run_at("2026-11-23T00:00:00Z", &fake, &outcome).unwrap();
    assert!(body(&fake).contains("**Confirmed on 2026-11-22T14:00:00Z.**"));
    assert!(body(&fake).contains("by **2026-11-25T14:00:00Z**, 72 hours later"));
    assert!(!fake.all()[0].has_label("incident:overdue"));
    for _ in 0..2 {
        let done = run_at("2026-11-25T14:00:01Z", &fake, &outcome).unwrap();
        assert!(matches!(done.states[0], TicketState::Tracked { overdue: false, .. }));
    }
    assert!(fake.all()[0].has_label("incident:overdue"));
    assert!(body(&fake).contains("**That is past"));
    assert_eq!(fake.comments_on(1).len(), 2, "{:?}", fake.comments_on(1));
    // The authority was notified, and the item ticked.
    fake.edit_body(1, |body| body.replacen("- [ ] **Authority**", "- [x] **Authority**", 1));
    run_at("2026-11-26T00:00:00Z", &fake, &outcome).unwrap();
    assert!(!fake.all()[0].has_label("incident:overdue"));
    assert!(body(&fake).contains("The checklist says that it was told."));
}

#[test]
fn the_clock_goes_on_when_the_finding_is_gone_and_the_incident_stays_open() {
    let (fake, outcome, nothing) = (FakeTracker::default(), incidents(1), incidents(0));
    run(&fake, &outcome);
    for _ in 0..2 {
        run(&fake, &nothing);
    }
    assert!(fake.all()[0].is_open());
    assert_eq!(fake.comments_on(1).len(), 1);
    assert!(fake.comments_on(1)[0].contains("the finding is gone"));
    fake.label(1, "incident:confirmed", "2026-11-22T14:00:00Z");
    run_at("2026-11-26T00:00:00Z", &fake, &nothing).unwrap();
    assert!(body(&fake).contains("**Confirmed on 2026-11-22T14:00:00Z.**"), "{}", body(&fake));
    assert!(fake.all()[0].has_label("incident:overdue"));
    fake.writes.set(0);
    run_at("2026-11-26T00:00:00Z", &fake, &nothing).unwrap();
    assert_eq!(fake.writes.get(), 0);
}

#[test]
fn the_time_of_confirmation_is_remembered_and_never_invented() {
    let (fake, outcome) = (FakeTracker::default(), incidents(1));
    run(&fake, &outcome);
    fake.label(1, "incident:confirmed", "2026-11-22T14:00:00Z");
    // The list arrives, the events do not.
    fake.faults(&[Fault::None, Fault::Forbidden]);
    run(&fake, &outcome);
    assert!(body(&fake).contains("**Confirmed; the time could not be read.**"));
    run(&fake, &outcome);
    assert!(body(&fake).contains("**Confirmed on 2026-11-22T14:00:00Z.**"));
    fake.writes.set(0);
    fake.faults(&[Fault::None, Fault::Forbidden]);
    run(&fake, &outcome);
    assert_eq!(fake.writes.get(), 0, "what is known stays known");
}

#[test]
fn a_person_closes_and_what_is_back_opens_again() {
    let (fake, outcome, nothing) = (FakeTracker::default(), incidents(1), incidents(0));
    run(&fake, &outcome);
    run(&fake, &nothing);
    fake.person(1, IssueState::Closed(CloseReason::Completed));
    fake.writes.set(0);
    run(&fake, &nothing);
    assert_eq!(fake.writes.get(), 0, "what a person has closed stays closed");
    run(&fake, &outcome);
    assert!(fake.all()[0].is_open(), "the finding is back");
    // Closed while the finding is there: one comment, one reopening.
    for open in [true, false] {
        fake.person(1, IssueState::Closed(CloseReason::Completed));
        let done = run(&fake, &outcome);
        assert_eq!(fake.all()[0].is_open(), open);
        assert_eq!(matches!(done.states[0], TicketState::ClosedByPerson { .. }), !open);
    }
}

#[test]
fn nothing_is_published_unless_the_policy_says_so() {
    let (fake, mut outcome, public) = (FakeTracker::default(), incidents(1), Visibility::public());
    let done = run_for(NOW, &fake, &outcome, &public).unwrap();
    assert_eq!(fake.all().len(), 0);
    let TicketState::Untracked { reason } = &done.states[0] else { panic!("{done:?}") };
    assert!(reason.contains("`public` in [incident]"), "{reason}");
    let incidents = Tickets::incidents(&outcome);
    let adjustments = done.states[0].adjustments(&incidents.wanted[0]);
    assert!(adjustments.iter().all(|adjustment| adjustment.blocks));
    outcome.policy.incident.as_mut().unwrap().public = true;
    run_for(NOW, &fake, &outcome, &public).unwrap();
    assert_eq!(fake.all().len(), 1);
}

#[test]
fn an_incident_and_a_ticket_about_the_same_finding_have_separate_issues() {
    let mut outcome = incidents(1);
    // The worst case: both under one label.
    outcome.policy.incident.as_mut().unwrap().label = outcome.policy.ticket.issues.label.clone();
    let fake = FakeTracker::default();
    let (scan, visibility) = (scan(NOW), Visibility::default());
    for _ in 0..2 {
        run(&fake, &outcome);
        let rules = crate::tracking::sample::rules(&outcome, &scan, &visibility);
        crate::tracking::synchronise::synchronise(&fake, &Tickets::of(&outcome), rules, true)
            .unwrap();
    }
    let kinds: Vec<IssueKind> =
        fake.all().iter().map(|issue| Marker::parse(&issue.body).unwrap().key.kind).collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds[0].is_incident() && kinds[1] == IssueKind::Ticket);
}

#[test]
fn text_added_by_people_is_never_cut() {
    let (fake, outcome) = (FakeTracker::default(), incidents(1));
    run(&fake, &outcome);
    fake.edit_body(1, |body| format!("{body}\n{}", "x".repeat(58_000)));
    let before = added_by_people(&body(&fake));
    let mut longer = incidents(1);
    let finding = longer.verdict.findings[0].clone();
    longer.verdict.findings = (0..300)
        .map(|number| {
            let mut finding = finding.clone();
            finding.finding.locations[0].file = format!("{number}/package-lock.json");
            finding
        })
        .collect();
    run(&fake, &longer);
    assert_eq!(added_by_people(&body(&fake)), before);
    assert!(body(&fake).chars().count() < 65_536);
}

#[test]
fn two_runs_that_see_nothing_of_each_other_leave_one_incident() {
    let (fake, outcome) = (FakeTracker::default(), incidents(3));
    run(&fake, &outcome);
    fake.faults(&[Fault::Stale(100), Fault::Stale(100)]);
    run(&fake, &outcome);
    let open = fake.all().into_iter().filter(Issue::is_open).count();
    assert_eq!(open, 3);
}

#[test]
fn the_confirmed_one_of_two_incidents_counts() {
    let (fake, outcome) = (FakeTracker::default(), incidents(2));
    run(&fake, &outcome);
    // Opened a second time by a run that saw an old list, and confirmed before anybody noticed.
    fake.faults(&[Fault::Stale(100), Fault::Stale(100), Fault::None, Fault::Forbidden]);
    run(&fake, &outcome);
    assert_eq!(fake.all().len(), 3, "the list was from before the second one");
    fake.label(3, "incident:confirmed", "2026-11-22T14:00:00Z");
    run(&fake, &outcome);
    let open: Vec<u64> =
        fake.all().iter().filter(|issue| issue.is_open()).map(|issue| issue.number).collect();
    assert_eq!(open, [1, 3]);
}

#[test]
fn nothing_private_is_published_even_if_incidents_are() {
    let (fake, mut outcome) = (FakeTracker::default(), incidents(1));
    outcome.policy.incident.as_mut().unwrap().public = true;
    let mut lockfile = crate::lockfile::sample::lockfile(
        crate::package::Ecosystem::Npm,
        &["app 1.0.0", "tarn-0 1.0.0"],
        1,
        &[],
    );
    lockfile.packages[1].source =
        crate::source::PackageSource::OtherRegistry("https://npm.acme.example/".into());
    outcome.lockfiles.push(lockfile);
    let repository = crate::tracking::tracker::Repository {
        name: "octocat/demo".to_owned(),
        is_private: false,
        default_branch: "main".to_owned(),
        account: ACCOUNT.to_owned(),
    };
    let done = run_for(NOW, &fake, &outcome, &Visibility::of(&outcome, &repository)).unwrap();
    assert_eq!(fake.all().len(), 0);
    assert!(
        matches!(&done.states[0], TicketState::Untracked { reason } if reason.contains("private"))
    );
}

#[test]
fn the_history_is_only_read_for_issues_that_are_opened() {
    let (fake, mut outcome) = (FakeTracker::default(), incidents(3));
    outcome.policy.ticket.issues.most_new = 2;
    let asked = std::cell::Cell::new(0);
    let policy = outcome.policy.incident.clone().unwrap();
    for (writes, expected) in [(false, 0), (true, 2), (true, 3), (true, 3)] {
        let setting = IncidentRun {
            visibility: &Visibility::default(),
            account: ACCOUNT,
            scan: &scan(NOW),
            exposure: &|_| {
                asked.set(asked.get() + 1);
                "since the beginning".to_owned()
            },
            writes,
        };
        synchronise_incidents(
            &fake,
            &Tickets::incidents(&outcome),
            (&policy, &outcome.policy.ticket),
            setting,
        )
        .unwrap();
        assert_eq!(asked.get(), expected);
    }
}
