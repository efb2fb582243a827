//! OSV records, one JSON file each (<https://ossf.github.io/osv-schema/>).
//!
//! A record is read in full or reported as unreadable. If only some of its packages
//! can be decided, those are kept: an undecidable entry must not hide a finding about
//! another package.

mod ecosystem;
mod failure;
mod limits;
mod severity;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::advisory::affected::patched_requirements;
use crate::advisory::date::timestamp;
use crate::advisory::format::{AdvisoryFormat, Layout, Reading, RecordFile, has_extension};
use crate::advisory::{Advisory, Affected, AffectedRange, RangeEvent};
use crate::advisory_id::{AdvisoryId, AdvisoryIdKind};
use crate::advisory_kind::AdvisoryKind;
use crate::package::{Ecosystem, PackageName};
use crate::version::Version;

pub struct OsvJson;

impl AdvisoryFormat for OsvJson {
    fn recognises(&self, file_name: &str) -> bool {
        has_extension(file_name, "json")
    }

    fn read(&self, file: &RecordFile<'_>) -> Reading {
        let Some(text) = file.text() else {
            return failure::undecodable(file, "it is not UTF-8");
        };
        match serde_json::from_str::<wire::OsvRecord<'_>>(text) {
            Ok(record) => interpret(file, &record),
            Err(error) => failure::malformed(file, text, &error),
        }
    }
}

/// An entry of `affected` for a package of a supported ecosystem.
struct AffectedEntry<'record> {
    ecosystem: Ecosystem,
    name: &'record str,
    wire: &'record wire::Affected<'record>,
}

fn interpret(file: &RecordFile<'_>, record: &wire::OsvRecord<'_>) -> Reading {
    let entries = known_entries(record);
    let misspelt = ecosystem::misspelt(file, record);
    if entries.is_empty() {
        if names_nothing(file, record) {
            let reason = "it names no package under `affected`";
            return Reading::Unreadable(file.unreadable(reason, BTreeSet::new()));
        }
        return misspelt.map_or(Reading::NoRecord, |(reason, packages)| {
            Reading::Unreadable(file.unreadable(reason, packages))
        });
    }
    if let Some(reason) = limits::exceeded(record) {
        return Reading::Unreadable(file.unreadable(reason, names(&entries)));
    }
    let mut advisory = match describe(file, record, &entries) {
        Ok(advisory) => advisory,
        Err(reason) => return Reading::Unreadable(file.unreadable(reason, names(&entries))),
    };
    let mut undecided = misspelt;
    for entry in &entries {
        match affected(file, entry) {
            Ok(affected) => advisory.affected.push(affected),
            Err(reason) => {
                let (_, packages) = undecided.get_or_insert_with(|| (reason, BTreeSet::new()));
                packages.insert(entry.package());
            }
        }
    }
    let Some((reason, packages)) = undecided else {
        return Reading::Record(advisory);
    };
    let unreadable = file.unreadable(reason, packages);
    // A withdrawn record never matches, so its ranges do not matter. It still may if the withdrawal
    // was only announced when it was written.
    if advisory.withdrawn.is_some_and(|time| Some(time) <= advisory.modified) {
        Reading::Record(advisory)
    } else if advisory.affected.is_empty() {
        Reading::Unreadable(unreadable)
    } else {
        Reading::Partial(advisory, unreadable)
    }
}

/// Whether a team's own record does not say what it is about. Other records may be about source
/// code alone.
fn names_nothing(file: &RecordFile<'_>, record: &wire::OsvRecord<'_>) -> bool {
    let is_about_code = |affected: &wire::Affected<'_>| {
        let mut ranges = affected.ranges.iter().flatten();
        affected.package.is_some() || ranges.any(|range| range.kind == "GIT")
    };
    file.layout == Layout::Own
        && record.withdrawn.is_none()
        && !record.affected.iter().flatten().any(is_about_code)
}

fn known_entries<'record>(
    record: &'record wire::OsvRecord<'record>,
) -> Vec<AffectedEntry<'record>> {
    record
        .affected
        .iter()
        .flatten()
        .filter_map(|wire| {
            let package = wire.package.as_ref()?;
            Some(AffectedEntry {
                ecosystem: package.ecosystem.parse().ok()?,
                name: package.name.trim(),
                wire,
            })
        })
        .collect()
}

impl AffectedEntry<'_> {
    fn package(&self) -> PackageName {
        PackageName::new(self.ecosystem, self.name)
    }
}

fn names(entries: &[AffectedEntry<'_>]) -> BTreeSet<PackageName> {
    entries.iter().map(AffectedEntry::package).collect()
}

/// Everything except the affected packages.
fn describe(
    file: &RecordFile<'_>,
    record: &wire::OsvRecord<'_>,
    entries: &[AffectedEntry<'_>],
) -> Result<Advisory, String> {
    // Only version 1 is known (OSV schema, `schema_version`).
    let version = record.schema_version.as_deref().unwrap_or("1");
    if !matches!(version.split('.').next(), Some("0" | "1")) {
        return Err(format!("its schema_version is `{}`", version.escape_debug()));
    }
    let id: AdvisoryId =
        record.id.parse().map_err(|error| format!("its id cannot be used: {error}"))?;
    if file.stem().parse() != Ok(id.clone()) {
        return Err(format!("its name does not agree with its id `{id}`"));
    }
    let withdrawn = match &record.withdrawn {
        None => None,
        Some(text) => timestamp(text)
            .map(Some)
            .ok_or_else(|| format!("`{}` is not a time of withdrawal", text.escape_debug()))?,
    };
    // An alias that is not a valid identifier joins nothing; the record is usable without it.
    let aliases: BTreeSet<AdvisoryId> = record
        .aliases
        .iter()
        .flatten()
        .filter_map(|alias| alias.parse().ok())
        .filter(|alias| *alias != id)
        .collect();
    Ok(Advisory {
        kind: kind(&id, &aliases, record, entries),
        severity: severity::of(record, entries),
        title: limits::title(record.summary.as_deref().unwrap_or_default()),
        details: record.details.clone().unwrap_or_default(),
        url: page(record),
        published: record.published.as_deref().and_then(timestamp),
        modified: record.modified.as_deref().and_then(timestamp),
        withdrawn,
        source: file.source.into(),
        affected: Vec::new(),
        id,
        aliases,
    })
}

/// The strictest kind that any part of the record gives it.
fn kind(
    id: &AdvisoryId,
    aliases: &BTreeSet<AdvisoryId>,
    record: &wire::OsvRecord<'_>,
    entries: &[AffectedEntry<'_>],
) -> AdvisoryKind {
    let specifics = || {
        let of_entries = entries.iter().filter_map(|entry| entry.wire.database_specific.as_ref());
        record.database_specific.iter().chain(of_entries)
    };
    let named_malicious =
        std::iter::once(id).chain(aliases).any(|id| id.kind() == AdvisoryIdKind::Malicious);
    if named_malicious || specifics().any(wire::DatabaseSpecific::is_malicious) {
        return AdvisoryKind::Malicious;
    }
    let word = |specific: &Option<wire::DatabaseSpecific<'_>>| {
        specific.as_ref().and_then(wire::DatabaseSpecific::informational)
    };
    let of_record = word(&record.database_specific);
    entries
        .iter()
        .map(|entry| {
            let of_entry = word(&entry.wire.database_specific);
            match of_entry.as_deref().or(of_record.as_deref()) {
                Some("unmaintained") => AdvisoryKind::Unmaintained,
                Some("unsound") => AdvisoryKind::Unsound,
                Some("notice") => AdvisoryKind::Notice,
                // An unknown word of RustSec must not make a record milder.
                Some(_) | None => AdvisoryKind::Vulnerability,
            }
        })
        .max()
        .unwrap_or(AdvisoryKind::Vulnerability)
}

/// The advisory's own page, otherwise the report, otherwise any page.
fn page(record: &wire::OsvRecord<'_>) -> Option<String> {
    ["ADVISORY", "REPORT", "WEB"].iter().find_map(|kind| {
        record
            .references
            .iter()
            .flatten()
            .filter(|reference| reference.kind.as_deref() == Some(*kind))
            .filter_map(|reference| reference.url.as_deref())
            .find(|url| {
                let is_web = url.starts_with("https://") || url.starts_with("http://");
                is_web && url.len() <= limits::MAX_URL_BYTES
            })
            .map(str::to_owned)
    })
}

fn affected(file: &RecordFile<'_>, entry: &AffectedEntry<'_>) -> Result<Affected, String> {
    if entry.name.is_empty() {
        return Err("it names a package without a name".to_owned());
    }
    let versions = entry.wire.versions.clone().unwrap_or_default();
    // Published records list a registry's versions in any spelling; a team may mean `1.x`.
    let is_version = |text: &&SmolStr| Version::parse(entry.ecosystem, text).is_ok();
    if file.layout == Layout::Own
        && let Some(odd) = versions.iter().find(|text| !is_version(text))
    {
        return Err(format!("`{}` under `versions` is not a version", odd.escape_debug()));
    }
    let ranges = ranges(entry, &versions)?;
    let affects = entry
        .wire
        .ecosystem_specific
        .as_ref()
        .map(wire::EcosystemSpecific::affects)
        .unwrap_or_default();
    let functions: BTreeMap<String, Vec<String>> =
        affects.functions.into_iter().map(|path| (path, Vec::new())).collect();
    Ok(Affected {
        ecosystem: entry.ecosystem,
        package: entry.name.into(),
        patched: patched_requirements(entry.ecosystem, &ranges),
        ranges,
        versions,
        functions,
        os: affects.os,
        arch: affects.arch,
    })
}

/// The ranges that order registry versions.
///
/// Without ranges and versions every version is affected. Ranges of commits alone say nothing
/// about a registry's versions, so the entry cannot be decided.
fn ranges(entry: &AffectedEntry<'_>, versions: &[SmolStr]) -> Result<Vec<AffectedRange>, String> {
    let given = entry.wire.ranges.as_deref().unwrap_or_default();
    if given.is_empty() && versions.is_empty() {
        return Ok(vec![everything()]);
    }
    let mut ranges = Vec::new();
    for range in given.iter().filter(|range| range.kind != "GIT") {
        if !matches!(range.kind.as_str(), "SEMVER" | "ECOSYSTEM") {
            let kind = range.kind.escape_debug();
            return Err(format!("`{kind}` is not a type of range we know"));
        }
        let read = read_range(range)?;
        read.validate(entry.ecosystem).map_err(|error| error.to_string())?;
        ranges.push(read);
    }
    if ranges.is_empty() && versions.is_empty() {
        let name = entry.name.escape_debug();
        return Err(format!("it gives only commits, no versions, for `{name}`"));
    }
    Ok(ranges)
}

fn everything() -> AffectedRange {
    AffectedRange { events: vec![RangeEvent::Introduced("0".into())] }
}

fn read_range(range: &wire::Range) -> Result<AffectedRange, String> {
    let mut events = Vec::new();
    for event in range.events.iter().flatten() {
        if event.has_unknown || event.known.is_empty() {
            return Err("a range has an event of a kind we do not know".to_owned());
        }
        events.extend(event.known.iter().cloned());
    }
    Ok(AffectedRange { events })
}

#[cfg(test)]
mod tests;
