//! The tables of which each key has a stricter direction of its own.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Log, PolicyEffect};
use crate::advisory_kind::AdvisoryKind;
use crate::policy::duration::written;
use crate::policy::{
    ClaimKind, DatabasePolicy, GateKey, Policy, RegistryPolicy, Source, SourcePlace, TicketPolicy,
};
use crate::severity::SeverityLevel;
use crate::source::RegistryAddress;

/// Adding makes looser, removing makes stricter.
const CLEARS: [PolicyEffect; 2] = [PolicyEffect::Loosened, PolicyEffect::Tightened];
/// Adding makes stricter, removing makes looser.
const FINDS: [PolicyEffect; 2] = [PolicyEffect::Tightened, PolicyEffect::Loosened];

/// What becomes of the sources. Those of the base count.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Those that only the head names and that count beside them.
    pub(super) added: Vec<Source>,
    /// Those that only the base names, by name.
    pub(super) removed: BTreeSet<String>,
}

/// What the head adds counts at once if it lies on disk: what is fetched or asked comes from an
/// address that nobody has reviewed.
pub(super) fn merge_sources(
    base: &DatabasePolicy,
    head: &DatabasePolicy,
    log: &mut Log,
) -> Sources {
    let (before, after) = (named(base), named(head));
    let mut sources = Sources::default();
    for source in &after {
        if before.iter().any(|known| is_same(known, source)) {
            continue;
        }
        let is_own_name = before.iter().all(|known| known.name != source.name);
        let text = format!("source `{}` ({}) is added", source.name, place(source));
        if is_own_name && matches!(source.place, SourcePlace::Path(_)) {
            log.tightened(text, source.location.as_ref());
            sources.added.push(source.clone());
        } else {
            log.loosened(text, source.location.as_ref());
        }
    }
    for source in before.iter().filter(|source| !after.iter().any(|known| is_same(known, source))) {
        let text = format!("source `{}` ({}) is removed", source.name, place(source));
        log.loosened(text, source.location.as_ref());
        sources.removed.insert(source.name.clone());
    }
    sources
}

/// The sources of a policy, by name: without any, the public databases.
fn named(database: &DatabasePolicy) -> Vec<Source> {
    if database.sources.is_empty() {
        DatabasePolicy::public_databases()
    } else {
        database.sources.clone()
    }
}

/// What a source is called changes nothing of what it says; without a name of its own it also depends
/// on which others there are.
fn is_same(left: &Source, right: &Source) -> bool {
    (left.kind, &left.place, left.ecosystem) == (right.kind, &right.place, right.ecosystem)
}

fn place(source: &Source) -> String {
    match &source.place {
        SourcePlace::Path(path) => path.clone(),
        SourcePlace::Url(url) => url.to_string(),
        SourcePlace::PackageManager => "where the package manager says".to_owned(),
    }
}

/// `[database]`, with the sources of the base.
pub(super) fn merge_database(base: &Policy, head: &Policy, log: &mut Log) -> DatabasePolicy {
    let (before, after) = (&base.database, &head.database);
    note_duration("`max-age`", before.max_age, after.max_age, log);
    let (asked_before, asked_after) = (asks_for_yanked(base), asks_for_yanked(head));
    match (asked_before, asked_after) {
        (true, false) => log.loosened("yanked versions are looked up no more", None),
        (false, true) => log.tightened("yanked versions are looked up", None),
        (true, true) | (false, false) => {}
    }
    let yanked = if before.yanked == after.yanked {
        before.yanked
    } else {
        Some(asked_before || asked_after)
    };
    DatabasePolicy {
        max_age: before.max_age.min(after.max_age),
        sources: before.sources.clone(),
        yanked,
    }
}

fn asks_for_yanked(policy: &Policy) -> bool {
    let key = GateKey::Kind(AdvisoryKind::Yanked);
    policy.database.yanked.unwrap_or_else(|| policy.gate.mentions(key))
}

fn note_duration(what: &str, before: SignedDuration, after: SignedDuration, log: &mut Log) {
    let text = format!("{what} goes from {} to {}", written(before), written(after));
    match after.cmp(&before) {
        std::cmp::Ordering::Less => log.tightened(text, None),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => log.loosened(text, None),
    }
}

/// Mirrors make more packages known: none is lost before the change is merged. What is private is not
/// matched: only what both say is.
pub(super) fn merge_registries(
    base: &RegistryPolicy,
    head: &RegistryPolicy,
    log: &mut Log,
) -> RegistryPolicy {
    let (mirrors, private) = ("`mirrors` in [registries]", "`private` in [registries]");
    log.list(mirrors, FINDS, &addresses(&base.mirrors), &addresses(&head.mirrors));
    log.list(private, CLEARS, &addresses(&base.private), &addresses(&head.private));
    let more = head.mirrors.iter();
    let more = more.filter(|mirror| !base.mirrors.contains(mirror));
    let both = base.private.iter();
    let both = both.filter(|registry| head.private.contains(registry));
    RegistryPolicy {
        mirrors: base.mirrors.iter().chain(more).cloned().collect(),
        private: both.cloned().collect(),
    }
}

fn addresses(registries: &[RegistryAddress]) -> Vec<&str> {
    registries.iter().map(RegistryAddress::as_str).collect()
}

/// What is excluded is not checked: only what both exclude is.
pub(super) fn merge_excluded(base: &[String], head: &[String], log: &mut Log) -> Vec<String> {
    log.list("`exclude` in [lockfiles]", CLEARS, &words(base), &words(head));
    let both = base.iter().filter(|glob| head.contains(glob));
    both.cloned().collect()
}

/// Libraries without a lockfile close the gate if either says so.
pub(super) fn merge_libraries(base: &Policy, head: &Policy, log: &mut Log) -> bool {
    let word = |is_gap: bool| if is_gap { "gap" } else { "remark" };
    let (before, after) = (base.unlocked_libraries_are_gaps, head.unlocked_libraries_are_gaps);
    let text = format!("`libraries` in [lockfiles] goes from {} to {}", word(before), word(after));
    match (before, after) {
        (false, true) => log.tightened(text, None),
        (true, false) => log.loosened(text, None),
        _ => {}
    }
    before || after
}

/// Proofs that nobody has to claim: only what both let count does.
pub(super) fn merge_automatic(
    base: &BTreeSet<ClaimKind>,
    head: &BTreeSet<ClaimKind>,
    log: &mut Log,
) -> BTreeSet<ClaimKind> {
    let words = |claims: &BTreeSet<ClaimKind>| -> Vec<&'static str> {
        claims.iter().map(|claim| claim.as_str()).collect()
    };
    log.list("`auto` in [evidence]", CLEARS, &words(base), &words(head));
    base.intersection(head).copied().collect()
}

fn words(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// `[ticket]`: shorter times count at once. What an issue looks like, and by what it is found again,
/// is neither stricter nor looser, and stays what it is until the change is merged.
pub(super) fn merge_ticket(
    base: &TicketPolicy,
    head: &TicketPolicy,
    log: &mut Log,
) -> TicketPolicy {
    let mut ticket = base.clone();
    for level in SeverityLevel::ALL {
        let (Some(before), Some(after)) = (base.due.get(level), head.due.get(level)) else {
            continue;
        };
        note_duration(&format!("`due` of `{level}` in [ticket]"), *before, *after, log);
        ticket.due.insert(*level, (*before).min(*after));
    }
    let (before, after) = (&base.issues, &head.issues);
    let (most_before, most_after) = (before.most_new, after.most_new);
    let text = format!("`most-new` in [ticket] goes from {most_before} to {most_after}");
    match most_after.cmp(&most_before) {
        std::cmp::Ordering::Less => log.tightened(text, None),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => log.loosened(text, None),
    }
    ticket.issues.most_new = most_before.min(most_after);
    let others = [
        ("block", base.block != head.block),
        ("label", before.label != after.label),
        ("labels", before.labels != after.labels),
        ("assignees", before.assignees != after.assignees),
        ("milestone", before.milestone != after.milestone),
        ("author", before.author != after.author),
    ];
    for (key, _) in others.into_iter().filter(|(_, differs)| *differs) {
        log.loosened(format!("`{key}` in [ticket] is changed"), None);
    }
    ticket
}
