//! The `[database]` table: the advisory sources, and how fresh they must be.

mod source;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use self::source::{Draft, EXAMPLE, default_url};
use super::raw::{Value, escaped};
use super::reader::Reader;
use super::{DatabasePolicy, Source, SourceKind, SourcePlace};
use crate::package::Ecosystem;

impl Default for DatabasePolicy {
    /// The public databases, no older than 24 hours.
    fn default() -> Self {
        Self { max_age: SignedDuration::from_hours(24), sources: Vec::new(), yanked: None }
    }
}

impl DatabasePolicy {
    /// The sources that are fetched into a snapshot. If the policy names no source, these are
    /// the public databases: RustSec, and OSV for each ecosystem.
    pub fn fetched(&self) -> Vec<Source> {
        if self.sources.is_empty() {
            return Self::public_databases();
        }
        let is_fetched = |source: &&Source| {
            matches!(source.place, SourcePlace::Url(_)) && !source.kind.is_asked()
        };
        self.sources.iter().filter(is_fetched).cloned().collect()
    }

    /// The sources on disk, which every check reads.
    pub fn on_disk(&self) -> Vec<Source> {
        let is_on_disk = |source: &&Source| matches!(source.place, SourcePlace::Path(_));
        self.sources.iter().filter(is_on_disk).cloned().collect()
    }

    /// The sources that every check queries.
    pub fn asked(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.kind.is_asked())
    }

    /// RustSec, and OSV for each ecosystem.
    pub fn public_databases() -> Vec<Source> {
        let mut sources = Vec::new();
        let wanted = std::iter::once((SourceKind::RustSec, None))
            .chain([Ecosystem::Npm, Ecosystem::Cargo].map(|known| (SourceKind::Osv, Some(known))));
        for (kind, ecosystem) in wanted {
            let Some(url) = default_url(kind) else {
                continue;
            };
            sources.push(Source {
                kind,
                name: source::default_name(kind, ecosystem),
                place: SourcePlace::Url(url),
                ecosystem,
                location: None,
            });
        }
        sources
    }

    /// Reads `[database]`.
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let mut database = Self::default();
        let Some(table) = reader.table("`[database]`", value, "[database]") else {
            return database;
        };
        reader.only_keys(&table, &["max-age", "sources", "yanked"]);
        if let Some(entry) = table.get("max-age")
            && let Some(max_age) = reader.duration("`max-age`", entry.value)
        {
            database.max_age = max_age;
        }
        if let Some(entry) = table.get("yanked") {
            database.yanked = reader.boolean("`yanked`", entry.value);
        }
        if let Some(entry) = table.get("sources") {
            let values = reader.elements("`sources`", entry.value, &format!("[{EXAMPLE}]"));
            let drafts = values.iter().filter_map(|value| source::read(reader, value));
            let drafts: Vec<_> = drafts.collect();
            database.sources = name_all(reader, drafts);
        }
        database
    }
}

/// Names the unnamed sources: after their kind, with the ecosystem of a bucket, and
/// the last part of the path if the kind alone would be ambiguous.
fn name_all(reader: &mut Reader, drafts: Vec<Draft>) -> Vec<Source> {
    let mut alike = BTreeMap::new();
    for draft in &drafts {
        *alike.entry(draft.source.kind).or_insert(0_usize) += 1;
    }
    let mut names = BTreeSet::new();
    let mut sources = Vec::new();
    for Draft { mut source, named, name_span } in drafts {
        if !named
            && alike[&source.kind] > 1
            && source.ecosystem.is_none()
            && let Some(part) = last_part(&source.place)
        {
            source.name = format!("{}-{part}", source.kind.as_str());
        }
        if !names.insert(source.name.clone()) {
            let message = format!("two sources are called `{}`", escaped(&source.name));
            let problem = reader
                .problem(name_span, message)
                .label("the second of that name")
                .help("give each source a `name` of its own");
            reader.note(problem);
        }
        sources.push(source);
    }
    sources
}

fn last_part(place: &SourcePlace) -> Option<&str> {
    let path = match place {
        SourcePlace::Path(path) => path.as_str(),
        SourcePlace::Url(url) => url.host_str()?,
        SourcePlace::PackageManager => return None,
    };
    let mut parts = path.rsplit(['/', '\\']);
    parts.find(|part| !matches!(*part, "" | "." | "..")).or(Some(path))
}

#[cfg(test)]
mod tests {
    use super::source::KINDS;
    use super::*;

    #[test]
    fn every_kind_has_one_row_and_its_own_default_can_be_read() {
        for kind in SourceKind::ALL {
            let rows = KINDS.iter().filter(|row| row.kind == *kind).count();
            assert_eq!(rows, 1, "{}", kind.as_str());
        }
        for row in KINDS {
            let readable = row.default_url.is_none() || default_url(row.kind).is_some();
            assert!(readable, "{}", row.kind.as_str());
        }
    }

    #[test]
    fn the_public_databases_are_rustsec_and_both_halves_of_osv() {
        let sources = DatabasePolicy::default().fetched();
        let names: Vec<_> = sources.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["rustsec", "osv-npm", "osv-crates.io"]);
    }
}
