//! Unreadable OSV records.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::advisory::format::{Reading, RecordFile};
use crate::advisory::mention::packages_in_json_text;
use crate::package::PackageName;

/// A file that is not even text.
pub(super) fn undecodable(file: &RecordFile<'_>, reason: &str) -> Reading {
    Reading::Unreadable(file.unreadable(reason, packages_in_json_text(file.content)))
}

/// Text that is not an OSV record: not JSON, or JSON of another shape.
///
/// A JSON object without an id and without `affected` anywhere is some other file, such as a
/// `package.json`; everything else is a record that could not be read.
pub(super) fn malformed(file: &RecordFile<'_>, text: &str, error: &serde_json::Error) -> Reading {
    let reason = format!("it is not an OSV record: {error}");
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return undecodable(file, &reason);
    };
    let is_record =
        !value.is_object() || value.get("id").is_some() || text.contains("\"affected\"");
    if !is_record {
        return Reading::NoRecord;
    }
    match packages_in_value(&value) {
        // The value keeps only the last of two equal keys, so search the text instead.
        Some(packages) if !error.to_string().contains("duplicate field") => {
            if packages.is_empty() {
                return Reading::NoRecord;
            }
            Reading::Unreadable(file.unreadable(reason, packages))
        }
        _ => undecodable(file, &reason),
    }
}

/// The packages in `affected`, without unsupported ecosystems. `None` if any entry does not
/// say clearly which package it is about.
fn packages_in_value(value: &Value) -> Option<BTreeSet<PackageName>> {
    let mut packages = BTreeSet::new();
    for entry in value.get("affected")?.as_array()? {
        let package = entry.get("package")?;
        let ecosystem = package.get("ecosystem")?.as_str()?;
        let name = package.get("name")?.as_str()?;
        if let Ok(ecosystem) = ecosystem.parse() {
            packages.insert(PackageName::new(ecosystem, name));
        }
    }
    Some(packages)
}
