use super::*;
use crate::lockfile::DependencyKind::{Development, Normal};
use crate::lockfile::sample::lockfile;
use crate::package::Ecosystem;
use crate::policy::{ClaimKind, NamePattern, Suppression};
use crate::scope::{FindingScope, UnrecordedPeers};
use crate::severity::SeverityLevel;
use crate::tracking::sample::{outcome, package, ticket};
use crate::verdict::{AppliedSuppression, Disposition, SuppressionState};

const REMOTE: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
const LOCAL: &str = "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";

/// Two projects: `server` needs `tarn` by way of `rope`, `site` needs `moss` and, for development,
/// `tarn`; nothing needs `lost`.
fn sample() -> Outcome {
    let mut tarn = ticket("GHSA-aaaa-bbbb-cccc", "tarn", SeverityLevel::High);
    tarn.finding.vectors = [REMOTE.to_owned()].into();
    let mut outcome = outcome(vec![tarn]);
    let packages = ["server ", "site ", "rope 1.0.0", "tarn 1.0.0", "moss 1.0.0", "lost 1.0.0"];
    outcome.lockfiles.push(lockfile(
        Ecosystem::Npm,
        &packages,
        2,
        &[(0, 2, Normal), (2, 3, Normal), (1, 4, Normal), (1, 3, Development)],
    ));
    outcome.policy.incident = Some(marking(&["server"]));
    outcome
}

fn marking(projects: &[&str]) -> IncidentPolicy {
    IncidentPolicy {
        projects: projects.iter().map(|name| NamePattern::new(*name)).collect(),
        ..IncidentPolicy::default()
    }
}

fn kinds(outcome: &Outcome) -> Vec<IncidentKind> {
    incident_triggers(outcome).into_iter().map(|trigger| trigger.kind).collect()
}

fn with(change: impl FnOnce(&mut Outcome, usize)) -> Vec<IncidentKind> {
    let mut outcome = sample();
    change(&mut outcome, 0);
    kinds(&outcome)
}

#[test]
fn a_grave_finding_in_a_marked_component_starts_an_incident_and_says_why() {
    let outcome = sample();
    assert_eq!(
        incident_triggers(&outcome),
        [IncidentTrigger {
            position: 0,
            kind: IncidentKind::Data,
            why: format!(
                "its CVSS vector {REMOTE} allows high impact on confidentiality over the network; \
                 server needs it, which is marked as handling customer data"
            ),
        }]
    );
}

#[test]
fn each_condition_counts() {
    fn found(outcome: &mut Outcome) -> &mut DecidedFinding {
        &mut outcome.verdict.findings[0]
    }
    let none: [IncidentKind; 0] = [];
    assert_eq!(with(|outcome, _| outcome.policy.incident = None), none, "nobody asked for any");
    assert_eq!(with(|outcome, _| found(outcome).finding.vectors = [LOCAL.to_owned()].into()), none);
    assert_eq!(
        with(|outcome, _| found(outcome).finding.scope = FindingScope::certain(Scope::Development)),
        none
    );
    assert_eq!(
        with(|outcome, _| found(outcome).finding.scope = FindingScope::certain(Scope::Build)),
        none
    );
    for (disposition, starts) in [
        (Disposition::Block, true),
        (Disposition::Ticket, true),
        (Disposition::Note, true),
        (Disposition::Suppressed, false),
        (Disposition::NotAffected, false),
    ] {
        let started = with(|outcome, _| found(outcome).disposition = disposition);
        assert_eq!(!started.is_empty(), starts, "{disposition:?}");
    }
    let unsound = with(|outcome, _| found(outcome).finding.kind = AdvisoryKind::Unsound);
    assert_eq!(unsound, none);
}

#[test]
fn one_grave_vector_of_several_is_enough() {
    let started = with(|outcome, at| {
        let finding = &mut outcome.verdict.findings[at].finding;
        finding.vectors = [LOCAL.to_owned(), REMOTE.to_owned()].into();
    });
    assert_eq!(started, [IncidentKind::Data]);
    let unreadable = with(|outcome, at| {
        outcome.verdict.findings[at].finding.vectors = ["CVSS:9.9/X:Y".to_owned()].into();
    });
    assert_eq!(unreadable, [IncidentKind::Data], "what cannot be read counts");
}

#[test]
fn a_component_is_what_its_projects_lead_to() {
    for (projects, name, starts) in [
        (&["server"][..], "tarn", true),
        (&["server"], "rope", true),
        (&["server"], "moss", false),
        (&["site"], "moss", true),
        // Any kind of dependency counts, also one that is not needed at run time.
        (&["site"], "tarn", true),
        (&["s*"], "moss", true),
        // No project reaches it, so it may belong to the marked one.
        (&["server"], "lost", true),
        (&["other"], "lost", false),
        (&["other"], "tarn", false),
        (&[], "tarn", false),
    ] {
        let started = with(|outcome, at| {
            outcome.policy.incident = Some(marking(projects));
            outcome.verdict.findings[at].finding.package = package(name);
        });
        assert_eq!(!started.is_empty(), starts, "{projects:?} {name}");
    }
}

#[test]
fn a_marked_lockfile_marks_all_of_it_and_a_nameless_project_counts() {
    let whole = with(|outcome, _| {
        outcome.policy.incident = Some(marking(&[]));
        outcome.customer_data.insert(0);
    });
    assert_eq!(whole, [IncidentKind::Data]);
    let nameless = with(|outcome, _| {
        outcome.policy.incident = Some(marking(&["other"]));
        outcome.lockfiles[0].packages[0].id.name = "".into();
    });
    assert_eq!(nameless, [IncidentKind::Data]);
}

/// Peers that are not recorded may bring what only development is known to need into production, and
/// into any project.
#[test]
fn a_scope_that_is_not_proven_starts_an_incident() {
    let doubt = UnrecordedPeers { lockfile: "a lockfile of Yarn 1" };
    let mut outcome = sample();
    outcome.verdict.findings[0].finding.scope = FindingScope::doubtful(Scope::Development, doubt);
    assert_eq!(kinds(&outcome), [IncidentKind::Data]);
    // What leads to it from the marked project is not recorded.
    outcome.lockfiles[0].edges.retain(|edge| edge.from != 2);
    let why = incident_triggers(&outcome).remove(0).why;
    assert!(
        why.ends_with("; server may need it, which is marked as handling customer data"),
        "{why}"
    );
    outcome.verdict.findings[0].finding.scope = FindingScope::certain(Scope::Runtime);
    assert_eq!(kinds(&outcome), []);
}

#[test]
fn a_malicious_package_threatens_credentials_in_every_scope() {
    let malicious = |change: &dyn Fn(&mut Outcome)| {
        with(|outcome, at| {
            let finding = &mut outcome.verdict.findings[at].finding;
            finding.kind = AdvisoryKind::Malicious;
            finding.scope = FindingScope::certain(Scope::Development);
            finding.vectors.clear();
            outcome.policy.incident = Some(marking(&[]));
            change(outcome);
        })
    };
    assert_eq!(malicious(&|_| ()), [IncidentKind::Credentials]);
    let proved = malicious(&|outcome| {
        outcome.verdict.findings[0].disposition = Disposition::NotAffected;
    });
    assert_eq!(proved, [IncidentKind::Credentials], "no proof about what is shipped answers");
}

#[test]
fn only_a_claim_that_it_never_ran_or_a_person_clears_a_malicious_package() {
    for (claim, starts) in [
        (ClaimKind::DevelopmentOnly, true),
        (ClaimKind::BuildOnly, true),
        (ClaimKind::Platform, true),
        (ClaimKind::FeatureOff, true),
        (ClaimKind::NotBuilt, false),
        (ClaimKind::Attested, false),
    ] {
        let started = with(|outcome, at| {
            let advisory = "GHSA-aaaa-bbbb-cccc".parse().unwrap();
            outcome.policy.suppressions = vec![Suppression::unwritten(advisory, claim)];
            let decided = &mut outcome.verdict.findings[at];
            decided.finding.kind = AdvisoryKind::Malicious;
            decided.disposition = Disposition::Suppressed;
            let state = SuppressionState::Upheld;
            decided.suppression = Some(AppliedSuppression { index: 0, state });
        });
        assert_eq!(!started.is_empty(), starts, "{claim:?}");
    }
}

#[test]
fn a_project_without_a_lockfile_is_reported() {
    let outcome = sample();
    let policy = marking(&["server", "serve", "s*", "x*"]);
    assert_eq!(unknown_projects(&outcome, &policy), ["serve", "x*"]);
}
