//! RustSec Markdown: TOML front matter in a code fence, then the description
//! (<https://github.com/rustsec/advisory-db>, "Advisory Format").
//!
//! The `rustsec` crate reads the record and turns its requirements into ranges. Records that the crate
//! cannot handle are refused here first.

mod requirements;
mod vector;

use std::collections::{BTreeMap, BTreeSet};

use rustsec::advisory::{Category, Informational};
use smol_str::ToSmolStr;

use crate::advisory::date::timestamp;
use crate::advisory::format::{AdvisoryFormat, Layout, Reading, RecordFile, has_extension};
use crate::advisory::mention::packages_in_markdown;
use crate::advisory::{Advisory, Affected};
use crate::advisory_id::{AdvisoryId, AdvisoryIdKind};
use crate::advisory_kind::AdvisoryKind;
use crate::package::{Ecosystem, PackageName};
use crate::severity::Severity;

pub struct RustSecMarkdown;

/// The first bytes of every record.
const FENCE: &str = "```toml";

/// The id of a record that has not been assigned one yet.
const DRAFT: &str = "RUSTSEC-0000-0000";

impl AdvisoryFormat for RustSecMarkdown {
    fn recognises(&self, file_name: &str) -> bool {
        has_extension(file_name, "md")
    }

    fn read(&self, file: &RecordFile<'_>) -> Reading {
        if !is_record(file) {
            return Reading::NoRecord;
        }
        match read_record(file) {
            Ok(Some(advisory)) => Reading::Record(advisory),
            Ok(None) => Reading::NoRecord,
            Err(reason) => {
                let mut packages = packages_in_markdown(file.content);
                let folder = package_folder(file);
                packages.extend(folder.map(|name| PackageName::new(Ecosystem::Cargo, name)));
                Reading::Unreadable(file.unreadable(reason, packages))
            }
        }
    }
}

/// The folder that should be named like the package: `crates/<package>/<id>.md`.
fn package_folder<'file>(file: &RecordFile<'file>) -> Option<&'file str> {
    let mut parts = file.path.rsplit('/').skip(1);
    let folder = parts.next()?;
    (parts.next()? == "crates").then_some(folder)
}

/// Records are distinguished from a README by their path, their first line, or a name like an id.
fn is_record(file: &RecordFile<'_>) -> bool {
    let stem = file.stem();
    if stem.starts_with(DRAFT) || stem.eq_ignore_ascii_case("readme") {
        return false;
    }
    match file.layout {
        Layout::RustSec => file.path.starts_with("crates/") && file.path.split('/').count() == 3,
        Layout::Free | Layout::Own => {
            let begins_like_one =
                file.text().is_some_and(|text| text.trim_start().starts_with(FENCE));
            begins_like_one || looks_like_id(stem)
        }
    }
}

/// `ACME-2024-7`, but not `CONTRIBUTING` or `release-notes`.
fn looks_like_id(stem: &str) -> bool {
    let Some((prefix, rest)) = stem.split_once('-') else {
        return false;
    };
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    !prefix.is_empty()
        && prefix.bytes().all(is_capital)
        && rest.bytes().any(|byte| byte.is_ascii_digit())
}

fn read_record(file: &RecordFile<'_>) -> Result<Option<Advisory>, String> {
    let text = file.text().ok_or("it is not UTF-8")?;
    if !text.starts_with(FENCE) {
        return Err(format!("it does not begin with `{FENCE}`"));
    }
    requirements::check(text)?;
    let (severity, text) = vector::take(text);
    let record: rustsec::Advisory = text
        .parse()
        .map_err(|error: rustsec::Error| format!("it is not a RustSec advisory: {error}"))?;
    let metadata = &record.metadata;
    let id: AdvisoryId =
        metadata.id.as_str().parse().map_err(|error| format!("its id cannot be used: {error}"))?;
    if file.stem().parse() != Ok(id.clone()) {
        return Err(format!("its name does not agree with its id `{id}`"));
    }
    if package_folder(file).is_some_and(|folder| folder != metadata.package.as_str()) {
        let package = metadata.package.as_str().escape_debug();
        return Err(format!("its folder does not agree with its package `{package}`"));
    }
    if is_about_no_crate(&record) {
        return Ok(None);
    }
    advisory(file, &record, id, severity).map(Some)
}

/// The `rust` collection is about the toolchain, and another source means another registry: their
/// names do not refer to crates.io.
fn is_about_no_crate(record: &rustsec::Advisory) -> bool {
    let metadata = &record.metadata;
    metadata.collection == Some(rustsec::Collection::Rust)
        || metadata.source.as_ref().is_some_and(|source| !source.is_default_registry())
}

fn advisory(
    file: &RecordFile<'_>,
    record: &rustsec::Advisory,
    id: AdvisoryId,
    severity: Severity,
) -> Result<Advisory, String> {
    let metadata = &record.metadata;
    let aliases: BTreeSet<AdvisoryId> = metadata
        .aliases
        .iter()
        .filter_map(|alias| alias.as_str().parse().ok())
        .filter(|alias| *alias != id)
        .collect();
    Ok(Advisory {
        kind: kind(record, &id, &aliases),
        severity,
        title: record.title().to_owned(),
        details: record.description().to_owned(),
        url: metadata.url.as_ref().map(ToString::to_string),
        published: timestamp(record.date().as_str()),
        modified: None,
        withdrawn: metadata.withdrawn.as_ref().and_then(|date| timestamp(date.as_str())),
        source: file.source.into(),
        affected: vec![affected(record)?],
        id,
        aliases,
    })
}

fn kind(
    record: &rustsec::Advisory,
    id: &AdvisoryId,
    aliases: &BTreeSet<AdvisoryId>,
) -> AdvisoryKind {
    let named_malicious =
        std::iter::once(id).chain(aliases).any(|id| id.kind() == AdvisoryIdKind::Malicious);
    if named_malicious || record.metadata.categories.contains(&Category::Malicious) {
        return AdvisoryKind::Malicious;
    }
    match &record.metadata.informational {
        Some(Informational::Unmaintained) => AdvisoryKind::Unmaintained,
        Some(Informational::Unsound) => AdvisoryKind::Unsound,
        Some(Informational::Notice) => AdvisoryKind::Notice,
        // An unknown word must not make a record milder.
        Some(_) | None => AdvisoryKind::Vulnerability,
    }
}

fn affected(record: &rustsec::Advisory) -> Result<Affected, String> {
    let ranges = requirements::affected_ranges(&record.versions);
    if ranges.is_empty() && !record.withdrawn() {
        return Err("its requirements leave no version affected".to_owned());
    }
    let parts = record.affected.clone().unwrap_or_default();
    let functions: BTreeMap<String, Vec<String>> = parts
        .functions
        .iter()
        .map(|(path, requirements)| {
            let requirements = requirements.iter().map(ToString::to_string).collect();
            (path.to_string(), requirements)
        })
        .collect();
    Ok(Affected {
        ecosystem: Ecosystem::Cargo,
        package: record.metadata.package.as_str().into(),
        ranges,
        versions: Vec::new(),
        patched: record.versions.patched().iter().map(ToSmolStr::to_smolstr).collect(),
        functions,
        os: parts.os.iter().map(|os| os.as_str().to_owned()).collect(),
        arch: parts.arch.iter().map(|arch| arch.as_str().to_owned()).collect(),
    })
}

#[cfg(test)]
mod tests;
