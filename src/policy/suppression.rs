//! The `[[suppress]]` entries: claims about an advisory, with an expiry date.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;
use toml::de::DeValue;

use super::claims::ReadClaims;
use super::raw::{Table, Value, escaped};
use super::reader::Reader;
use super::suggestion::any_of;
use super::{
    Claim, ClaimKind, Justification, PackageSpec, PathPattern, Reviewed, Suppression,
    SuppressionSpans,
};
use crate::advisory_id::{AdvisoryId, AdvisoryIdKind};
use crate::package::{Ecosystem, PackageId};
use crate::problem::Location;

/// How many days ahead a person's word may last: a tool cannot check it, so a person must review
/// it twice a year.
pub(super) const LONGEST_WORD_DAYS: i64 = 180;

const KEYS: &[&str] = &[
    "advisory",
    "package",
    "paths",
    "justification",
    "claim",
    "reviewed",
    "reason",
    "owner",
    "expires",
];

impl Suppression {
    /// A claim about an advisory that is in no policy, to try it.
    pub fn unwritten(advisory: AdvisoryId, claim: impl Into<Claim>) -> Self {
        Self {
            location: Location { file: String::new(), line: 0 },
            spans: SuppressionSpans::default(),
            advisory,
            package: None,
            paths: Vec::new(),
            justification: None,
            claims: vec![claim.into()],
            reviewed: Vec::new(),
            reason: String::new(),
            owner: None,
            expires: None,
        }
    }

    /// Whether it is about this advisory, known under any of `ids`, in this package.
    pub fn names(&self, ids: &BTreeSet<AdvisoryId>, package: &PackageId) -> bool {
        ids.contains(&self.advisory)
            && self.package.as_ref().is_none_or(|spec| spec.matches(package))
    }

    /// Whether it makes a claim of this kind.
    pub fn claims(&self, kind: ClaimKind) -> bool {
        self.kinds().any(|claimed| claimed == kind)
    }

    /// The kinds of its claims.
    pub fn kinds(&self) -> impl Iterator<Item = ClaimKind> {
        self.claims.iter().map(|claim| claim.kind)
    }

    /// Whether another entry has the same content, at any place.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let here =
            Self { location: self.location.clone(), spans: self.spans.clone(), ..other.clone() };
        *self == here
    }

    /// Whether it rests on what a person says, and not on what is checked alone.
    pub fn rests_on_a_word(&self) -> bool {
        !self.reviewed.is_empty() || self.claims.iter().any(Claim::rests_on_a_word)
    }

    /// Whether its last day has passed. It still applies on that day itself.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

/// Reads every `[[suppress]]`.
pub(super) fn read_all(reader: &mut Reader, value: &Value<'_>, today: Date) -> Vec<Suppression> {
    let DeValue::Array(entries) = value.get_ref() else {
        reader.wrong_type::<()>("`suppress`", value, "a list of tables", "[[suppress]]");
        return Vec::new();
    };
    entries.iter().filter_map(|entry| read(reader, entry, today)).collect()
}

fn read(reader: &mut Reader, value: &Value<'_>, today: Date) -> Option<Suppression> {
    let table = reader.table("`[[suppress]]`", value, "[[suppress]]")?;
    reader.only_keys(&table, KEYS);
    let location = table.get("advisory").map(|entry| entry.key_span.start);
    let span_of = |key| table.get(key).map_or(0..0, |entry| entry.value.span());
    let advisory = read_advisory(reader, &table);
    let package = read_package(reader, &table);
    let paths = read_paths(reader, &table);
    let justification = table.get("justification").and_then(|entry| {
        let all = Justification::ALL;
        reader.word("`justification`", entry.value, all, Justification::as_str)
    });
    let ReadClaims(claims) = read_claims(reader, &table, advisory.as_ref(), package.as_ref());
    let reviewed = read_reviewed(reader, &table, &claims);
    let reason_example = "reason = \"why this does not affect us\"";
    let reason = reader
        .required(&table, "reason", reason_example)
        .and_then(|entry| reader.prose("`reason`", entry.value, reason_example));
    let owner = table
        .get("owner")
        .and_then(|entry| reader.string("`owner`", entry.value, "owner = \"@acme/security\""));
    let expires = table.get("expires").and_then(|entry| reader.date("`expires`", entry.value));
    if let Some((claim, span)) = claims.iter().find(|(claim, _)| claim.kind.row().is_word) {
        check_word(reader, &table, claim.kind, span, expires, today);
    }
    Some(Suppression {
        location: reader.location(location?),
        spans: SuppressionSpans { advisory: span_of("advisory"), claim: span_of("claim") },
        advisory: advisory?,
        package,
        paths,
        justification,
        claims: claims.into_iter().map(|(claim, _)| claim).collect(),
        reviewed,
        reason: reason?.trim().to_owned(),
        owner: owner.map(|owner| owner.trim().to_owned()),
        expires,
    })
}

fn read_claims(
    reader: &mut Reader,
    table: &Table<'_, '_>,
    advisory: Option<&AdvisoryId>,
    package: Option<&PackageSpec>,
) -> ReadClaims {
    let read = ReadClaims::read(reader, table);
    read.check_ecosystem(reader, ecosystem(advisory, package));
    read
}

/// The places that a person has reviewed, for a claim that leaves any to a person.
fn read_reviewed(
    reader: &mut Reader,
    table: &Table<'_, '_>,
    claims: &[(Claim, Range<usize>)],
) -> Vec<Reviewed> {
    let Some(entry) = table.get("reviewed") else {
        return Vec::new();
    };
    let is_reviewable = |kind: &ClaimKind| kind.row().has_places_to_review;
    if !claims.is_empty() && !claims.iter().any(|(claim, _)| is_reviewable(&claim.kind)) {
        let words: Vec<_> = ClaimKind::all().filter(is_reviewable).map(ClaimKind::as_str).collect();
        let problem = reader
            .problem(entry.key_span, "`reviewed` means nothing for this claim")
            .label("no place of it is left to a person")
            .help(format!("leave it out, or claim {}", any_of(&words)));
        reader.note(problem);
        return Vec::new();
    }
    Reviewed::read_all(reader, entry.value)
}

/// The ecosystem of an entry if it is certain: RustSec's is crates.io, and only npm has scopes.
fn ecosystem(advisory: Option<&AdvisoryId>, package: Option<&PackageSpec>) -> Option<Ecosystem> {
    if package.is_some_and(|package| package.name.starts_with('@')) {
        return Some(Ecosystem::Npm);
    }
    let is_rustsec = |id: &&AdvisoryId| id.kind() == AdvisoryIdKind::RustSec;
    advisory.filter(is_rustsec).map(|_| Ecosystem::Cargo)
}

fn read_advisory(reader: &mut Reader, table: &Table<'_, '_>) -> Option<AdvisoryId> {
    const EXAMPLE: &str = "advisory = \"RUSTSEC-2023-0071\"";
    let entry = reader.required(table, "advisory", EXAMPLE)?;
    let text = reader.string("`advisory`", entry.value, EXAMPLE)?;
    let id = text.parse().ok().filter(is_well_formed);
    if id.is_none() {
        let message = format!("`{}` is not the id of an advisory", escaped(text));
        let problem = reader
            .problem(entry.value.span(), message)
            .label("not an advisory id")
            .help("ids look like RUSTSEC-2023-0071, GHSA-35jh-r3h4-6jhm or CVE-2021-23337");
        reader.note(problem);
    }
    id
}

/// Whether an id has the form used by its database. A misspelt id would otherwise only
/// appear as an unused suppression.
fn is_well_formed(id: &AdvisoryId) -> bool {
    let parts: Vec<_> = id.as_str().split('-').skip(1).collect();
    let digits = |text: &str, least: usize, most: usize| {
        (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    match (id.kind(), parts.as_slice()) {
        (AdvisoryIdKind::RustSec, [year, number]) => digits(year, 4, 4) && digits(number, 4, 4),
        (AdvisoryIdKind::Cve, [year, number]) => digits(year, 4, 4) && digits(number, 4, 19),
        (AdvisoryIdKind::Malicious, [year, number]) => digits(year, 4, 4) && digits(number, 1, 19),
        (AdvisoryIdKind::Ghsa, groups) => {
            groups.len() == 3 && groups.iter().all(|group| group.len() == 4)
        }
        (AdvisoryIdKind::Other, _) => true,
        _ => false,
    }
}

fn read_package(reader: &mut Reader, table: &Table<'_, '_>) -> Option<PackageSpec> {
    let entry = table.get("package")?;
    let text = reader.string("`package`", entry.value, "package = \"rsa@<0.10\"")?;
    match text.parse() {
        Ok(spec) => Some(spec),
        Err(error) => {
            let message = format!("`package` cannot be `{}`: {error}", escaped(text));
            let problem = reader
                .problem(entry.value.span(), message)
                .label("not a package")
                .help("write a name, or a name and its versions: \"rsa\" or \"rsa@<0.10\"");
            reader.note(problem);
            None
        }
    }
}

fn read_paths(reader: &mut Reader, table: &Table<'_, '_>) -> Vec<PathPattern> {
    const EXAMPLE: &str = "paths = [\"* > sqlx > rsa\"]";
    let Some(entry) = table.get("paths") else {
        return Vec::new();
    };
    let mut paths = Vec::new();
    for value in reader.elements("`paths`", entry.value, EXAMPLE) {
        let Some(text) = reader.string("a path in `paths`", value, "\"* > sqlx > rsa\"") else {
            continue;
        };
        match PathPattern::parse(text) {
            Ok(pattern) => paths.push(pattern),
            Err(error) => {
                let message = format!("`{}` is not a dependency path: {error}", escaped(text));
                let problem = reader
                    .problem(value.span(), message)
                    .label("not a dependency path")
                    .help("name packages from the project to the package: \"* > sqlx > rsa\"");
                reader.note(problem);
            }
        }
    }
    paths
}

/// A person's word needs a person, and an expiry date near enough for regular review.
fn check_word(
    reader: &mut Reader,
    table: &Table<'_, '_>,
    claim: ClaimKind,
    span: &Range<usize>,
    expires: Option<Date>,
    today: Date,
) {
    let claim = claim.as_str();
    if table.get("owner").is_none() {
        let problem = reader
            .problem(span.clone(), format!("`{claim}` needs an `owner`"))
            .label("nobody answers for it")
            .help("add owner = \"@acme/security\": no tool can check it, so a person must");
        reader.note_missing(problem);
    }
    let latest = today.checked_add(LONGEST_WORD_DAYS.days()).unwrap_or(Date::MAX);
    let Some(entry) = table.get("expires") else {
        let problem = reader
            .problem(span.clone(), format!("`{claim}` needs a day on which it expires"))
            .label("never looked at again")
            .help(format!("add expires = {latest} or an earlier day"));
        reader.note_missing(problem);
        return;
    };
    if expires.is_some_and(|expires| expires > latest) {
        let message = format!("`{claim}` may reach {LONGEST_WORD_DAYS} days ahead at most");
        let problem = reader
            .problem(entry.value.span(), message)
            .label("too far ahead")
            .help(format!("write expires = {latest} or an earlier day"));
        reader.note(problem);
    }
}

#[cfg(test)]
mod tests;
