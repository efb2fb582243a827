//! `[database] sources`: those of the base apply, plus those on disk that the head adds.

use std::collections::BTreeSet;

use super::ChangeLog;
use crate::policy::{DatabasePolicy, Source, SourcePlace};

/// The result of comparing the sources. Those of the base apply.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Those that only the head names and that apply as well.
    pub(super) added: Vec<Source>,
    /// The names of those that only the base has.
    pub(super) removed: BTreeSet<String>,
}

/// A new source applies at once if it is on disk: a fetched or queried one has an
/// address that nobody has reviewed.
pub(super) fn merge(base: &DatabasePolicy, head: &DatabasePolicy, log: &mut ChangeLog) -> Sources {
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

/// The sources of a policy, by name; the public databases if it has none.
fn named(database: &DatabasePolicy) -> Vec<Source> {
    if database.sources.is_empty() {
        DatabasePolicy::public_databases()
    } else {
        database.sources.clone()
    }
}

/// The name of a source does not change its content; a default name also depends
/// on the other sources.
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
