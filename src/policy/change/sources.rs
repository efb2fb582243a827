//! `[database] sources`: those of the base count, and those on disk that the head adds.

use std::collections::BTreeSet;

use super::Log;
use crate::policy::{DatabasePolicy, Source, SourcePlace};

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
pub(super) fn merge(base: &DatabasePolicy, head: &DatabasePolicy, log: &mut Log) -> Sources {
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
