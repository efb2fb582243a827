//! Remarks about statements without effect: those that a newer one overrules, and those that match
//! no finding.

use std::collections::{BTreeMap, BTreeSet};

use super::{Statement, Statements, Succession};
use crate::advisory_id::AdvisoryId;
use crate::package::PackageId;

/// How many are listed one by one.
const MOST_LISTED: usize = 5;

/// A finding: an advisory under all its names, in a package.
type Found<'run> = (BTreeSet<AdvisoryId>, &'run PackageId);

impl Statements {
    /// A remark for each clearing statement without effect. A vendor's document
    /// may name thousands of packages: statements unrelated to any finding are only counted.
    pub fn remarks<'run>(&self, found: impl Iterator<Item = Found<'run>>) -> Vec<String> {
        let mut naming = BTreeSet::new();
        let mut near: BTreeMap<usize, &PackageId> = BTreeMap::new();
        let mut overruled: BTreeMap<usize, usize> = BTreeMap::new();
        for (ids, package) in found {
            for position in self.about_advisory(&ids) {
                near.entry(position).or_insert(package);
            }
            let about_it = self.naming(&ids, package);
            let succession = Succession::of(&about_it, &self.all);
            for position in about_it {
                naming.insert(position);
                if let Some(newer) = succession.overruling(position)
                    && self.all[position].clears
                {
                    overruled.entry(position).or_insert(newer);
                }
            }
        }
        let mut listed: Vec<String> = overruled
            .iter()
            .map(|(position, newer)| overruled_by(&self.all[*position], &self.all[*newer]))
            .collect();
        let unheard = |position: &usize| self.all[*position].clears && !naming.contains(position);
        let missed = near.iter().filter(|(position, _)| unheard(position));
        listed.extend(missed.map(|(position, package)| misses(&self.all[*position], package)));
        let left_out = listed.len().saturating_sub(MOST_LISTED);
        listed.truncate(MOST_LISTED);
        if left_out > 0 {
            listed.push(format!("{left_out} more VEX statements do not count"));
        }
        listed.extend(self.far(|position| unheard(position) && !near.contains_key(position)));
        listed
    }

    /// One line for each document that counts its unrelated statements.
    fn far(&self, is_far: impl Fn(&usize) -> bool) -> Vec<String> {
        let mut by_document: BTreeMap<&str, Vec<&Statement>> = BTreeMap::new();
        for position in (0..self.all.len()).filter(|position| is_far(position)) {
            let statement = &self.all[position];
            let document = statement.location.file.as_str();
            by_document.entry(document).or_default().push(statement);
        }
        let lines = by_document.into_iter().map(|(document, statements)| match statements[..] {
            [one] => format!(
                "{}: the statement about {} names no finding",
                one.location,
                vulnerability(one)
            ),
            _ => format!("{document}: {} statements name no finding", statements.len()),
        });
        lines.collect()
    }
}

fn overruled_by(statement: &Statement, newer: &Statement) -> String {
    format!(
        "{}: the statement about {} does not count: {} says `{}` about the same, and is newer or may be",
        statement.location,
        vulnerability(statement),
        newer.location,
        newer.status
    )
}

/// Why a statement about a reported advisory does not match the package of the finding.
fn misses(statement: &Statement, package: &PackageId) -> String {
    let own: Vec<String> = statement
        .packages
        .iter()
        .filter(|named| named.is_of_an_ecosystem())
        .map(ToString::to_string)
        .collect();
    let about = match (own.first(), statement.named.first()) {
        (Some(first), _) => format!("it is about {first}, and {package} is locked"),
        (None, None) => format!("it names no product, and {package} is locked"),
        (None, Some(named)) if named.starts_with("pkg:") => format!(
            "it is about `{named}` and names no package of npm or Cargo in it; {package} is locked"
        ),
        (None, Some(named)) => {
            format!("it is about `{named}`, which is not a package URL; {package} is locked")
        }
    };
    format!(
        "{}: the statement about {} names no finding: {about}",
        statement.location,
        vulnerability(statement)
    )
}

/// The name of the vulnerability that a statement is about.
fn vulnerability(statement: &Statement) -> String {
    let first = statement.vulnerabilities.first();
    first.map_or_else(|| "no known vulnerability".to_owned(), ToString::to_string)
}
