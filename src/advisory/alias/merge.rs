//! Merges the records of a group into one advisory.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::advisory::affected::AffectedVersions;
use crate::advisory::{Advisory, Affected};
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::package::PackageName;
use crate::severity::Severity;

/// All records of one vulnerability, merged for one package.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedAdvisory {
    /// The least id of the records.
    pub id: AdvisoryId,
    /// Every other id, and every alias of a record.
    pub aliases: BTreeSet<AdvisoryId>,
    /// The strictest kind that a record gives it.
    pub kind: AdvisoryKind,
    /// The gravest severity that a record gives it.
    pub severity: Severity,
    /// The CVSS vector of every record that has one.
    pub vectors: BTreeSet<String>,
    /// The first title in the order of the ids. May be empty.
    pub title: String,
    /// A page about it: its database's own page, otherwise one that a record names.
    pub url: Option<String>,
    /// The sources of the records.
    pub sources: BTreeSet<SmolStr>,
    /// Requirements that a patched version fulfils: those of the first record with any that
    /// no other record contradicts.
    pub patched: Vec<SmolStr>,
    /// Affected functions of every record, with the requirements they apply to. A function that
    /// one record limits to some versions and another does not is not limited.
    pub functions: BTreeMap<String, Vec<String>>,
    /// Operating systems that are affected. Empty means all: one record that names none is enough.
    pub os: BTreeSet<String>,
    /// Processor architectures that are affected. Empty means all, as with `os`.
    pub arch: BTreeSet<String>,
}

impl MergedAdvisory {
    /// Merges the records of one group, as far as they are about one package. `None` if there is
    /// no record.
    pub fn of(records: &[&Advisory], name: &PackageName) -> Option<Self> {
        let mut records = records.to_vec();
        records.sort_by(|left, right| {
            (&left.id, &left.source, Reverse(left.modified)).cmp(&(
                &right.id,
                &right.source,
                Reverse(right.modified),
            ))
        });
        let first = records.first()?;
        let id = first.id.clone();
        let mut aliases: BTreeSet<AdvisoryId> = records
            .iter()
            .flat_map(|record| record.aliases.iter().chain([&record.id]))
            .cloned()
            .collect();
        aliases.remove(&id);
        let entries: Vec<&Affected> = records
            .iter()
            .flat_map(|record| &record.affected)
            .filter(|entry| entry.is_about(name))
            .collect();
        Some(Self {
            kind: records.iter().map(|record| record.kind).max()?,
            severity: records
                .iter()
                .map(|record| record.severity.clone())
                .fold(Severity::UNKNOWN, Severity::graver),
            vectors: records.iter().filter_map(|record| record.severity.vector.clone()).collect(),
            title: first_text(records.iter().map(|record| &record.title)),
            url: id.url().or_else(|| records.iter().find_map(|record| record.url.clone())),
            sources: records.iter().map(|record| record.source.clone()).collect(),
            patched: patched(&records, name),
            functions: functions(&entries),
            os: limits(&entries, |entry| &entry.os),
            arch: limits(&entries, |entry| &entry.arch),
            id,
            aliases,
        })
    }
}

fn first_text<'record>(texts: impl Iterator<Item = &'record String>) -> String {
    let mut texts = texts.filter(|text| !text.is_empty());
    texts.next().cloned().unwrap_or_default()
}

/// A requirement is kept if its lower bound is unaffected by every record; of the records with
/// the least id the one with the fewest requirements counts.
fn patched(records: &[&Advisory], name: &PackageName) -> Vec<SmolStr> {
    let affected = AffectedVersions::of(records, name);
    records
        .iter()
        .map(|record| {
            let entries = record.affected.iter();
            let of_package = entries.filter(|entry| entry.is_about(name));
            let mut requirements: Vec<SmolStr> = Vec::new();
            let mut seen = BTreeSet::new();
            for requirement in of_package.flat_map(|entry| &entry.patched) {
                if seen.insert(requirement) && affected.clear(requirement) {
                    requirements.push(requirement.clone());
                }
            }
            (&record.id, requirements)
        })
        .filter(|(_, requirements)| !requirements.is_empty())
        .min_by_key(|(id, requirements)| (*id, requirements.len()))
        .map(|(_, requirements)| requirements)
        .unwrap_or_default()
}

fn functions(entries: &[&Affected]) -> BTreeMap<String, Vec<String>> {
    let mut merged: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, requirements) in entries.iter().flat_map(|entry| &entry.functions) {
        merged
            .entry(path.clone())
            .and_modify(|known| {
                if known.is_empty() || requirements.is_empty() {
                    known.clear();
                } else {
                    let new = requirements.iter().filter(|new| !known.contains(new));
                    let new: Vec<String> = new.cloned().collect();
                    known.extend(new);
                }
            })
            .or_insert_with(|| requirements.clone());
    }
    merged
}

fn limits(entries: &[&Affected], list: fn(&Affected) -> &Vec<String>) -> BTreeSet<String> {
    if entries.iter().any(|entry| list(entry).is_empty()) {
        return BTreeSet::new();
    }
    entries.iter().flat_map(|entry| list(entry)).cloned().collect()
}
