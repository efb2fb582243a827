//! Which exports an npm advisory is about: no advisory database of npm says so in data.
//!
//! The rows stand in `advisory_exports/rows/`, one file for each package, written by hand; CONTRIBUTING.md says how.
//! They never clear anything: where a claim leaves out what a row names, it proves nothing.

mod data;

use std::collections::BTreeSet;

use crate::advisory_id::AdvisoryId;
use crate::policy::{ImportTarget, ImportedPart};
use data::Row;

/// What is written down about one vulnerability of one package.
#[derive(Clone, Debug, Default)]
pub struct AdvisoryExports {
    rows: Vec<&'static Row>,
}

impl AdvisoryExports {
    /// What is written down about a vulnerability by any of its names. Empty if that is nothing.
    pub fn of(package: &str, identifiers: &BTreeSet<AdvisoryId>) -> Self {
        let rows = data::rows().iter();
        let is_meant = |row: &&Row| {
            row.package() == package && row.ids.iter().any(|id| identifiers.contains(id))
        };
        Self { rows: rows.filter(is_meant).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the advisory is about, each once.
    pub fn targets(&self) -> Vec<&'static ImportTarget> {
        let mut targets = Vec::new();
        for target in self.rows.iter().flat_map(|row| &row.targets) {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }

    /// What the advisory is about and none of some named parts of the package holds.
    pub fn left_out_by(&self, named: &[&ImportTarget]) -> Vec<&'static ImportTarget> {
        let targets = self.targets();
        let is_left_out = |wanted: &&ImportTarget| {
            !named.iter().any(|named| {
                holds(&named.part, &wanted.part)
                    || (targets.contains(named) && is_named_like(&named.part, &wanted.part))
            })
        };
        targets.iter().copied().filter(is_left_out).collect()
    }

    /// What the vulnerability is, in a sentence without a full stop, and the source of that, for each row.
    pub fn summaries(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.rows.iter().map(|row| (row.summary.as_str(), row.source.as_str()))
    }
}

/// `` `lodash#trim` and `lodash#trimEnd` ``; empty if there are none.
pub fn names(targets: &[&ImportTarget]) -> String {
    let names: Vec<String> = targets.iter().map(|target| format!("`{target}`")).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// These as the policy takes them behind a claim: `"lodash#template"`, or a list.
pub fn value(targets: &[&ImportTarget]) -> String {
    let quoted: Vec<String> = targets.iter().map(|target| format!("\"{target}\"")).collect();
    match &quoted[..] {
        [target] => target.clone(),
        targets => format!("[{}]", targets.join(", ")),
    }
}

/// Whether a part of a package is another part of it, or holds it.
fn holds(whole: &ImportedPart, part: &ImportedPart) -> bool {
    match (whole, part) {
        (ImportedPart::Package, _) => true,
        (ImportedPart::Export(whole), ImportedPart::Export(part)) => part.starts_with(whole),
        _ => whole == part,
    }
}

/// Whether a module is called like an export. Where a row names both, the module has its code, and whoever
/// claims that the module is not loaded means every module with a copy of it.
fn is_named_like(module: &ImportedPart, export: &ImportedPart) -> bool {
    let (ImportedPart::Module(module), ImportedPart::Export(export)) = (module, export) else {
        return false;
    };
    module.rsplit('/').next() == export.last().map(String::as_str)
}

#[cfg(test)]
mod tests;
