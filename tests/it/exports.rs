//! The rows of `src/advisory_exports/rows/`, beside the advisories that they are about.

use std::fs::File;
use std::io::Read;

use semver::Version;
use serde_json::Value;
use zip::ZipArchive;

use crate::harness::{repository, shared};
use crate::slow::exports::rows;

/// Whether a version lies in a range of OSV.
fn holds(range: &Value, version: &Version) -> bool {
    let mut is_in = false;
    for event in range["events"].as_array().unwrap() {
        for (kind, at) in event.as_object().unwrap() {
            let at = at.as_str().unwrap();
            let at: Version = if at == "0" { Version::new(0, 0, 0) } else { at.parse().unwrap() };
            match kind.as_str() {
                "introduced" => is_in |= *version >= at,
                "fixed" => is_in &= *version < at,
                "last_affected" => is_in &= *version <= at,
                other => panic!("{other}"),
            }
        }
    }
    is_in
}

/// Whether an entry of an advisory says that one version is affected and the other one is not, in a range or a list.
fn tells_apart(entry: &Value, affected: &str, fixed: &str) -> bool {
    let (of, outside) = (affected.parse().unwrap(), fixed.parse().unwrap());
    let mut ranges = entry["ranges"].as_array().into_iter().flatten();
    let listed = |version: &str| {
        entry["versions"].as_array().is_some_and(|listed| listed.iter().any(|it| it == version))
    };
    ranges.any(|range| holds(range, &of) && !holds(range, &outside))
        || (listed(affected) && !listed(fixed))
}

#[test]
fn every_row_is_about_an_advisory_that_affects_its_version() {
    let Some(path) = shared("advisories/npm.zip", "every row is about an advisory") else { return };
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    for (package, row) in rows() {
        let id = row.ids.iter().find(|id| id.starts_with("GHSA-")).unwrap();
        let mut text = String::new();
        let file = archive.by_name(&format!("{id}.json"));
        file.unwrap_or_else(|why| panic!("{id}: {why}")).read_to_string(&mut text).unwrap();
        let record: Value = serde_json::from_str(&text).unwrap();
        let mut names: Vec<&str> =
            record["aliases"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        names.push(id);
        for id in &row.ids {
            assert!(names.contains(&id.as_str()), "{id} is not {names:?}");
        }
        let mut entries = record["affected"].as_array().unwrap().iter();
        assert!(
            entries.any(|entry| entry["package"]["name"] == package.as_str()
                && tells_apart(entry, &row.affected, &row.fixed)),
            "{id}: {package} {} and {}",
            row.affected,
            row.fixed
        );
    }
}

/// A file that is not in the list of the sources would never be read.
#[test]
fn every_file_is_read() {
    let list = std::fs::read_to_string(repository().join("src/advisory_exports/data.rs")).unwrap();
    for (package, _) in rows() {
        let name = format!("    \"{}\",\n", package.replace('/', "+"));
        assert!(list.contains(&name), "{package} is missing in src/advisory_exports/data.rs");
    }
}
