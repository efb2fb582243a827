//! The status for people: a few facts, and a table of the sources.

use std::fmt::Display;

use jiff::SignedDuration;

use super::{Answer, SnapshotAnswer, SourceAnswer, State};
use crate::terminal::{printable, width};
use crate::words::{ago, span};

pub(super) fn render(answer: &Answer) -> String {
    let mut facts = Vec::new();
    if let Some(path) = &answer.path {
        facts.push(["snapshot".to_owned(), path.clone()]);
    }
    facts.push(["state".to_owned(), state(answer.state).to_owned()]);
    let problem = answer.problem.iter().map(|text| ["problem".to_owned(), text.clone()]);
    let help = answer.help.iter().map(|text| ["help".to_owned(), text.clone()]);
    facts.extend(problem.chain(help));
    let Some(snapshot) = &answer.snapshot else {
        return table(&facts);
    };
    facts.extend(snapshot_facts(snapshot, answer.max_age_seconds));
    let mut rows = vec![
        ["source", "kind", "state", "current", "records", "by kind", "unreadable"]
            .map(str::to_owned),
    ];
    rows.extend(snapshot.sources.iter().map(row));
    let mut text = format!("{}\n{}", table(&facts), table(&rows));
    let details: Vec<[String; 3]> = snapshot.sources.iter().map(detail).collect();
    text.push('\n');
    text.push_str(&table(&details));
    text
}

fn snapshot_facts(snapshot: &SnapshotAnswer, max_age: i64) -> [[String; 2]; 5] {
    [
        ["digest".to_owned(), snapshot.digest.clone()],
        ["format".to_owned(), snapshot.format.to_string()],
        ["size".to_owned(), format!("{} bytes", snapshot.bytes)],
        ["built".to_owned(), format!("{}, {}", snapshot.built_at, age(snapshot.age_seconds))],
        ["max-age".to_owned(), span(SignedDuration::from_secs(max_age))],
    ]
}

fn row(source: &SourceAnswer) -> [String; 7] {
    let current = source.age_seconds.map_or_else(|| "with the repository".to_owned(), age);
    [
        source.name.clone(),
        source.kind.clone(),
        state(source.state).to_owned(),
        current,
        counts(source.advisories.iter()),
        counts(source.kinds.iter()),
        source.unreadable.to_string(),
    ]
}

fn detail(source: &SourceAnswer) -> [String; 3] {
    [source.name.clone(), source.revision.clone(), source.origin.clone().unwrap_or_default()]
}

fn counts<'count>(counts: impl Iterator<Item = (impl Display, &'count u64)>) -> String {
    let parts: Vec<String> = counts.map(|(what, count)| format!("{count} {what}")).collect();
    parts.join(", ")
}

fn age(seconds: i64) -> String {
    ago(SignedDuration::from_secs(seconds))
}

fn state(state: State) -> &'static str {
    match state {
        State::Fresh => "fresh",
        State::Stale => "stale",
        State::Missing => "missing",
        State::Unreadable => "unreadable",
    }
}

/// Rows with their columns under each other. The last column is as wide as it is.
fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let rows: Vec<[String; COLUMNS]> =
        rows.iter().map(|row| row.clone().map(|cell| printable(&cell).into_owned())).collect();
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0));
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, column) in row.iter().zip(widths) {
            line.push_str(cell);
            let padding = column.saturating_sub(width(cell)).saturating_add(2);
            line.extend(std::iter::repeat_n(' ', padding));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
