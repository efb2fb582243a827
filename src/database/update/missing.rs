//! Records that a list names but that could not be fetched.
//!
//! The content of such a record is unknown: it counts as an unreadable record about the packages that
//! an older copy of it names, otherwise about any of its ecosystem. That is stored with the source, so that
//! every check reports it, until the record is found or a person accepts that it is gone.

use std::collections::{BTreeMap, BTreeSet};

use super::state::FetchedSource;
use super::{ACCEPT, Updater};
use crate::advisory::UnreadableRecord;
use crate::database::collection::Collection;
use crate::package::PackageName;
use crate::policy::Source;

/// How many records are named one by one.
const NAMED: usize = 20;

impl Updater<'_> {
    /// Stores in a state which records could not be fetched.
    pub(super) fn note_missing(
        &self,
        old: Option<&FetchedSource>,
        missing: Vec<String>,
        state: &mut FetchedSource,
    ) {
        state.missing = missing.into_iter().collect();
        let accepted = old.map(|state| state.accepted.clone()).unwrap_or_default();
        state.accepted = if self.accept_shrink {
            state.missing.clone()
        } else {
            accepted.intersection(&state.missing).cloned().collect()
        };
    }
}

/// Adds the missing records to a source's content.
pub(super) fn add(source: &Source, state: &FetchedSource, content: &mut Collection) {
    let lacking: BTreeSet<&str> =
        state.missing.difference(&state.accepted).map(String::as_str).collect();
    let mut records = Vec::new();
    let mut nameless = Vec::new();
    let about = packages_of(&lacking, content);
    for id in &lacking {
        match about.get(*id) {
            Some(packages) => records.push(record(source, id, packages.clone())),
            None => nameless.push(*id),
        }
    }
    if nameless.len() > NAMED {
        let what = format!("{} and {} others", nameless[0], nameless.len() - 1);
        records.push(record(source, &what, BTreeSet::new()));
    } else {
        let nameless = nameless.iter();
        records.extend(nameless.map(|id| record(source, id, BTreeSet::new())));
    }
    let count = lacking.len() as u64;
    for info in &mut content.sources {
        info.unreadable = info.unreadable.saturating_add(count);
        if let Some(first) = state.accepted.first() {
            let more = match state.accepted.len() {
                1 => String::new(),
                several => format!(" and {} others", several - 1),
            };
            let remark = "listed and could not be found, which somebody has accepted";
            info.remarks.push(format!("{first}{more}: {remark}"));
        }
    }
    for record in records {
        content.add_unreadable(record);
    }
}

fn record(source: &Source, what: &str, packages: BTreeSet<PackageName>) -> UnreadableRecord {
    UnreadableRecord {
        file: what.to_owned(),
        source: source.name.clone(),
        reason: format!(
            "it is listed and could not be found: run `lockgate db update` again, and if it is gone \
             for good {ACCEPT}"
        ),
        packages,
        ecosystem: source.ecosystem,
    }
}

/// The packages in older copies of records.
fn packages_of(
    ids: &BTreeSet<&str>,
    content: &Collection,
) -> BTreeMap<String, BTreeSet<PackageName>> {
    let mut about: BTreeMap<String, BTreeSet<PackageName>> = BTreeMap::new();
    for (package, known) in &content.packages {
        let of_package = known.advisories.iter().map(|advisory| advisory.id.as_str());
        for id in of_package.filter(|id| ids.contains(id)) {
            about.entry(id.to_owned()).or_default().insert(package.clone());
        }
    }
    about
}
