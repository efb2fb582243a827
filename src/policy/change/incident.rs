//! `[incident]` and `[history]`.

use super::{Log, PolicyEffect};
use crate::policy::{HistoryPolicy, IncidentPolicy, NamePattern};

/// Adding makes more of a finding, removing makes less of it.
const MARKS: [PolicyEffect; 2] = [PolicyEffect::Tightened, PolicyEffect::Loosened];

/// What is marked on either side is marked. Whom an incident concerns, and what its issue looks like,
/// stays what it is until the change is merged.
pub(super) fn merge_incident(
    base: Option<&IncidentPolicy>,
    head: Option<&IncidentPolicy>,
    log: &mut Log,
) -> Option<IncidentPolicy> {
    match (base, head) {
        (None, None) => None,
        (None, Some(head)) => {
            log.tightened("[incident] is added", None);
            Some(head.clone())
        }
        (Some(base), None) => {
            log.loosened("[incident] is removed", None);
            Some(base.clone())
        }
        (Some(base), Some(head)) => Some(merge_both(base, head, log)),
    }
}

fn merge_both(base: &IncidentPolicy, head: &IncidentPolicy, log: &mut Log) -> IncidentPolicy {
    note(log, "lockfiles", &base.lockfiles, &head.lockfiles);
    note(log, "projects", &names(&base.projects), &names(&head.projects));
    let others = [
        ("label", base.label != head.label),
        ("assignees", base.assignees != head.assignees),
        ("public", base.public != head.public),
        ("deadline", base.deadline != head.deadline),
        ("authority", base.authority != head.authority),
        ("internal", base.internal != head.internal),
        ("customers", base.customers != head.customers),
        (
            "checklist",
            (&base.data_checklist, &base.credential_checklist)
                != (&head.data_checklist, &head.credential_checklist),
        ),
    ];
    for (key, _) in others.into_iter().filter(|(_, differs)| *differs) {
        log.loosened(format!("`{key}` in [incident] is changed"), None);
    }
    let mut merged = base.clone();
    let more_lockfiles = head.lockfiles.iter();
    let more_projects = head.projects.iter();
    merged.lockfiles.extend(more_lockfiles.filter(|glob| !base.lockfiles.contains(glob)).cloned());
    merged.projects.extend(more_projects.filter(|name| !base.projects.contains(name)).cloned());
    merged
}

fn note(log: &mut Log, key: &str, base: &[String], head: &[String]) {
    let base: Vec<&str> = base.iter().map(String::as_str).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    log.list(&format!("`{key}` in [incident]"), MARKS, &base, &head);
}

fn names(patterns: &[NamePattern]) -> Vec<String> {
    patterns.iter().map(NamePattern::to_string).collect()
}

/// Which tags an environment has decides about nothing; it stays what it is until the change is merged.
pub(super) fn merge_history(
    base: &HistoryPolicy,
    head: &HistoryPolicy,
    log: &mut Log,
) -> HistoryPolicy {
    if base != head {
        log.loosened("`environments` in [history] is changed", None);
    }
    base.clone()
}
