//! The entries of `Cargo.lock`: a table for each package, as Cargo writes it.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::{Differing, Need, Record, digest};
use crate::lockfile::Lockfile;

const HEADER: &str = "[[package]]";

/// Checksums in lockfiles of version 1.
const METADATA: &str = "[metadata]";

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

pub(in crate::lockfile) fn differing(before: &Lockfile, after: &Lockfile) -> Option<Differing> {
    let (earlier, later) = (Tables::of(before)?, Tables::of(after)?);
    let known: HashSet<&str> = earlier.bodies.iter().map(|(_, body)| *body).collect();
    let still: HashSet<&str> = later.bodies.iter().map(|(_, body)| *body).collect();
    Some(Differing { before: earlier.records(&still)?, after: later.records(&known)? })
}

/// The texts of the tables, with where they stand.
struct Tables<'text> {
    bodies: Vec<(usize, &'text str)>,
    /// Lines such as `"checksum a 1.0.0 (registry)" = "…"`.
    checksums: BTreeMap<String, String>,
}

impl<'text> Tables<'text> {
    /// `None` where the text is not written as Cargo writes it.
    fn of(lockfile: &'text Lockfile) -> Option<Self> {
        let text = lockfile.source.text.as_str();
        let (tables, metadata) = match text.split_once(METADATA) {
            Some((tables, metadata)) => (tables, metadata),
            None => (text, ""),
        };
        let mut bodies = Vec::new();
        let mut parts = tables.split(HEADER);
        let mut offset = parts.next()?.len();
        for part in parts {
            offset += HEADER.len();
            let body = part.trim_start();
            bodies.push((offset + part.len() - body.len(), body.trim_end()));
            offset += part.len();
        }
        let checksums = toml::from_str(metadata).ok()?;
        (bodies.len() == lockfile.packages.len()).then_some(Self { bodies, checksums })
    }

    /// What those tables say whose text is not one of `same`. What comes from no registry is a project
    /// or of one, and says what its manifest does.
    fn records(&self, same: &HashSet<&str>) -> Option<Vec<Record>> {
        let mut records = Vec::new();
        let by_themselves = self.checksums.is_empty();
        for (offset, body) in &self.bodies {
            if by_themselves && same.contains(body) {
                continue;
            }
            let entry: Entry = toml::from_str(body).ok()?;
            let Some(source) = &entry.source else {
                continue;
            };
            let listed = format!("checksum {} {} ({source})", entry.name, entry.version);
            let checksum = entry.checksum.as_ref().or_else(|| self.checksums.get(&listed));
            records.push(Record {
                digests: checksum.and_then(|hash| digest("sha256", hash)).into_iter().collect(),
                needs: entry.dependencies.iter().map(|need| need_of(need)).collect(),
                origin: Some(source.clone()),
                name: entry.name,
                version: entry.version,
                offset: *offset,
                ..Record::default()
            });
        }
        Some(records)
    }
}

/// `name`, `name version` or `name version (source)`.
fn need_of(written: &str) -> (String, Need) {
    let name = written.split(' ').next().unwrap_or(written);
    (name.to_owned(), Need::Always)
}
