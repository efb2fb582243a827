//! The `[ticket]` table: how findings are tracked as issues.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use toml::de::DeValue;

use super::raw::{Table, Value, escaped};
use super::reader::Reader;
use super::{IssueRules, TicketPolicy};
use crate::severity::SeverityLevel;

const KEYS: &[&str] =
    &["due", "block", "label", "labels", "assignees", "milestone", "author", "most-new"];

/// The longest name of a label (GitHub documentation, "Create a label").
const LONGEST_LABEL: usize = 50;

/// GitHub ignores all assignees of an issue after the tenth (documentation, "Create an issue").
const MOST_ASSIGNEES: usize = 10;

/// GitHub lets one account create 500 pieces of content an hour (documentation, "Rate limits").
const MOST_NEW: i64 = 500;

impl Default for TicketPolicy {
    fn default() -> Self {
        Self {
            due: default_due(),
            block: false,
            issues: IssueRules {
                label: "lockgate".to_owned(),
                labels: Vec::new(),
                assignees: Vec::new(),
                milestone: None,
                author: None,
                most_new: 20,
            },
        }
    }
}

impl TicketPolicy {
    /// Reads `[ticket]`.
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let mut policy = Self::default();
        let Some(table) = reader.table("`[ticket]`", value, "[ticket]") else {
            return policy;
        };
        reader.only_keys(&table, KEYS);
        if let Some(entry) = table.get("due") {
            read_due(reader, entry.value, &mut policy.due);
        }
        if let Some(entry) = table.get("block") {
            policy.block = read_switch(reader, entry.value).unwrap_or_default();
        }
        let issues = &mut policy.issues;
        if let Some(label) =
            table.get("label").and_then(|entry| read_label(reader, "`label`", entry.value))
        {
            issues.label = label;
        }
        issues.labels = read_list(reader, &table, "labels", "[\"security\"]", read_label);
        issues.assignees = read_assignees(reader, &table);
        issues.milestone = read_text(reader, &table, "milestone", "the title of a milestone");
        issues.author = read_text(reader, &table, "author", "the name of an account");
        if let Some(number) =
            table.get("most-new").and_then(|entry| read_most_new(reader, entry.value))
        {
            issues.most_new = number;
        }
        policy
    }
}

/// How long a ticket may stay open by default: the graver, the shorter.
fn default_due() -> BTreeMap<SeverityLevel, SignedDuration> {
    [
        (SeverityLevel::Critical, 2),
        (SeverityLevel::High, 7),
        (SeverityLevel::Medium, 30),
        (SeverityLevel::Low, 90),
        (SeverityLevel::Unknown, 7),
    ]
    .into_iter()
    .map(|(level, days)| (level, SignedDuration::from_hours(days * 24)))
    .collect()
}

fn read_due(
    reader: &mut Reader,
    value: &Value<'_>,
    due: &mut BTreeMap<SeverityLevel, SignedDuration>,
) {
    let Some(table) = reader.table("`due`", value, "due = { high = \"7d\" }") else {
        return;
    };
    let levels: Vec<_> = SeverityLevel::ALL.iter().map(|level| level.as_str()).collect();
    reader.only_keys(&table, &levels);
    for level in SeverityLevel::ALL {
        let Some(entry) = table.get(level.as_str()) else {
            continue;
        };
        if let Some(duration) = reader.duration(&format!("`{level}`"), entry.value) {
            due.insert(*level, duration);
        }
    }
}

fn read_switch(reader: &mut Reader, value: &Value<'_>) -> Option<bool> {
    match value.get_ref() {
        DeValue::Boolean(switch) => Some(*switch),
        _ => reader.wrong_type("`block`", value, "true or false", "block = true"),
    }
}

pub(super) fn read_text(
    reader: &mut Reader,
    table: &Table<'_, '_>,
    key: &str,
    example: &str,
) -> Option<String> {
    let entry = table.get(key)?;
    let text = reader.string(&format!("`{key}`"), entry.value, example)?;
    Some(text.to_owned())
}

type ReadOne = fn(&mut Reader, &str, &Value<'_>) -> Option<String>;

fn read_list(
    reader: &mut Reader,
    table: &Table<'_, '_>,
    key: &str,
    example: &str,
    read_one: ReadOne,
) -> Vec<String> {
    let Some(entry) = table.get(key) else {
        return Vec::new();
    };
    let what = format!("`{key}`");
    let example = format!("{key} = {example}");
    let mut list: Vec<String> = Vec::new();
    for value in reader.elements(&what, entry.value, &example) {
        let name = read_one(reader, &format!("an entry of {what}"), value);
        list.extend(name.filter(|name| !list.contains(name)));
    }
    list
}

/// A label must not contain a comma, which separates labels in the API's address for listing issues.
pub(super) fn read_label(reader: &mut Reader, what: &str, value: &Value<'_>) -> Option<String> {
    let text = reader.string(what, value, "\"security\"")?;
    let reason = if text.chars().count() > LONGEST_LABEL {
        "is longer than the 50 characters that GitHub allows"
    } else if text.contains(',') {
        "holds a comma, which separates labels"
    } else if text.trim() != text {
        "begins or ends with a blank"
    } else {
        return Some(text.to_owned());
    };
    let problem = reader
        .problem(value.span(), format!("{what}: `{}` {reason}", escaped(text)))
        .label("not usable as a label")
        .help("write a short name, such as \"security\"");
    reader.note(problem);
    None
}

pub(super) fn read_assignees(reader: &mut Reader, table: &Table<'_, '_>) -> Vec<String> {
    let assignees = read_list(reader, table, "assignees", "[\"octocat\"]", read_account);
    if let Some(entry) = table.get("assignees").filter(|_| assignees.len() > MOST_ASSIGNEES) {
        let problem = reader
            .problem(entry.value.span(), "`assignees` has more than ten accounts")
            .label("GitHub ignores all after the tenth")
            .help("name ten at most");
        reader.note(problem);
    }
    assignees
}

/// The name of an account, in GitHub's syntax: a team cannot be assigned.
fn read_account(reader: &mut Reader, what: &str, value: &Value<'_>) -> Option<String> {
    let text = reader.string(what, value, "\"octocat\"")?;
    let fits = |character: char| character.is_ascii_alphanumeric() || "-_[]".contains(character);
    if text.chars().all(fits) {
        return Some(text.to_owned());
    }
    let problem = reader
        .problem(value.span(), format!("{what}: `{}` is not an account", escaped(text)))
        .label("not the name of an account")
        .help("write it without @; a team cannot be assigned");
    reader.note(problem);
    None
}

fn read_most_new(reader: &mut Reader, value: &Value<'_>) -> Option<usize> {
    let DeValue::Integer(written) = value.get_ref() else {
        return reader.wrong_type("`most-new`", value, "a number", "most-new = 20");
    };
    let number = i64::from_str_radix(written.as_str(), written.radix()).unwrap_or(i64::MAX);
    if (1..=MOST_NEW).contains(&number) {
        return usize::try_from(number).ok();
    }
    let message = format!("`most-new` cannot be {}", escaped(written.as_str()));
    let problem = reader
        .problem(value.span(), message)
        .label("not between 1 and 500")
        .help("GitHub lets one account create 500 pieces of content an hour");
    reader.note(problem);
    None
}
