//! Documents as the tools write them, in every style that is read, and damage to them.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A text, and which of the ways to write it is taken.
#[derive(Clone, Debug)]
enum Tree {
    Scalar(String, u8),
    Mapping(Vec<(String, Tree)>, u8),
    Sequence(Vec<Tree>, u8),
}

pub(super) fn documents() -> impl Strategy<Value = String> {
    let documents = vec(collection(), 1..3);
    (documents, any::<bool>(), any::<bool>()).prop_map(|(trees, marked, carriage_returns)| {
        let mut text = String::new();
        for (position, tree) in trees.iter().enumerate() {
            if marked || position > 0 {
                text.push_str("---\n");
            }
            block(tree, 0, &mut text);
        }
        if carriage_returns { text.replace('\n', "\r\n") } else { text }
    })
}

fn word() -> impl Strategy<Value = String> {
    let parts = select(
        &[
            "a",
            "left-pad",
            "@s/b",
            "1.10",
            "9.0",
            "^1.2",
            ">=6 <7",
            " ",
            "  ",
            ":",
            ": ",
            "#",
            " #",
            "-",
            "- ",
            "?",
            ",",
            "[",
            "{",
            "}",
            "'",
            "\"",
            "\\",
            "|",
            ">",
            "&",
            "*",
            "!",
            "%",
            "~",
            "null",
            "é",
            "日本",
            "😀",
            "\t",
            "=",
            "<<",
            "---",
            "npm:",
            "()",
            "https://packages.invalid/a#b",
        ][..],
    );
    vec(parts, 0..5).prop_map(|parts| parts.concat())
}

/// Lines for literal and folded text.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![3 => word(), 1 => Just(String::new()), 1 => word().prop_map(|word| format!("  {word}"))];
    vec(line, 1..5).prop_map(|lines| lines.join("\n"))
}

fn collection() -> impl Strategy<Value = Tree> {
    let scalar = (prop_oneof![4 => word(), 1 => lines()], any::<u8>())
        .prop_map(|(text, style)| Tree::Scalar(text, style));
    scalar.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            3 => (vec((word(), inner.clone()), 0..5), any::<u8>())
                .prop_map(|(entries, style)| Tree::Mapping(entries, style)),
            1 => (vec(inner, 0..4), any::<u8>()).prop_map(|(items, style)| Tree::Sequence(items, style)),
        ]
    }).prop_filter("a document of the tools is a collection", |tree| !matches!(tree, Tree::Scalar(..)))
}

/// Writes a tree at a column. The place where it begins was written already.
fn block(tree: &Tree, column: usize, text: &mut String) {
    let indent = " ".repeat(column);
    match tree {
        Tree::Mapping(entries, style) if !entries.is_empty() && style % 4 > 0 => {
            for (position, (key, value)) in entries.iter().enumerate() {
                text.push_str(if position > 0 { &indent } else { "" });
                if style % 4 == 1 && position % 2 == 1 {
                    write!(text, "? {}\n{indent}: ", scalar(key, style / 4, false)).unwrap();
                    compact(value, column, text);
                    continue;
                }
                write!(text, "{}:", scalar(key, style / 4, false)).unwrap();
                below(value, column, text);
            }
        }
        Tree::Sequence(items, style) if !items.is_empty() && style % 4 > 0 => {
            for (position, item) in items.iter().enumerate() {
                text.push_str(if position > 0 { &indent } else { "" });
                text.push_str("- ");
                compact(item, column, text);
            }
        }
        Tree::Scalar(scalar, style) if style % 4 == 3 && fits_block(scalar) => {
            block_text(scalar, *style, column.max(1), text);
        }
        other => writeln!(text, "{} # comment", flow(other, column)).unwrap(),
    }
}

/// Writes a value behind `- ` or `: ` at a column.
fn compact(value: &Tree, column: usize, text: &mut String) {
    match value {
        Tree::Scalar(scalar, style) if style % 4 == 3 && fits_block(scalar) => {
            block_text(scalar, *style, column + 1, text);
        }
        value => block(value, column + 2, text),
    }
}

/// Writes a value behind the `:` of a key at a column.
fn below(value: &Tree, column: usize, text: &mut String) {
    match value {
        Tree::Mapping(entries, style) if !entries.is_empty() && style % 4 > 0 => {
            write!(text, "\n\n{}", " ".repeat(column + 2)).unwrap();
            block(value, column + 2, text);
        }
        Tree::Sequence(items, style) if !items.is_empty() && style % 4 > 0 => {
            let column = if style % 8 > 3 { column } else { column + 3 };
            write!(text, " # comment: {{\n{}", " ".repeat(column)).unwrap();
            block(value, column, text);
        }
        Tree::Scalar(scalar, 0..=9) if scalar.is_empty() => text.push('\n'),
        value => {
            text.push(' ');
            compact(value, column, text);
        }
    }
}

/// What literal and folded text can hold.
fn fits_block(text: &str) -> bool {
    !text.trim().is_empty()
}

/// Writes literal or folded text. Where it begins with a space its indentation has to be said.
fn block_text(scalar: &str, style: u8, column: usize, text: &mut String) {
    let more = 1 + usize::from(style / 64);
    let indent = " ".repeat(column - 1 + more);
    let begins_empty = scalar.starts_with([' ', '\n', '\t']);
    let given = if begins_empty { more.to_string() } else { String::new() };
    let chomping = ["", "-", "+"][usize::from(style / 4) % 3];
    writeln!(text, "{}{given}{chomping}", if (style / 16).is_multiple_of(2) { "|" } else { ">" })
        .unwrap();
    for line in scalar.split('\n') {
        text.push_str(if line.is_empty() { "" } else { &indent });
        text.push_str(line);
        text.push('\n');
    }
}

fn flow(tree: &Tree, column: usize) -> String {
    let line = format!("\n{}", " ".repeat(column + 3));
    let space = |style: &u8| if style.is_multiple_of(3) { line.as_str() } else { " " };
    match tree {
        Tree::Scalar(text, style) => scalar(text, *style, true),
        Tree::Mapping(entries, style) => {
            let entries = entries.iter().map(|(key, value)| {
                let key = scalar(key, style / 2, true);
                let apart = if key.starts_with('"') && style % 2 == 0 { "" } else { " " };
                format!("{key}:{apart}{}", flow(value, column))
            });
            let inside = entries.collect::<Vec<String>>().join(&format!(",{}", space(style)));
            let last = if style % 5 == 0 && !inside.is_empty() { "," } else { "" };
            format!("{{{inside}{last}{}}}", space(style))
        }
        Tree::Sequence(items, style) => {
            let items = items.iter().map(|item| flow(item, column)).collect::<Vec<String>>();
            format!("[{}{}]", items.join(","), space(style))
        }
    }
}

/// A scalar on one line: plain where that is possible, else in quotes.
fn scalar(text: &str, style: u8, in_flow: bool) -> String {
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    let starts = |characters: &str| text.starts_with(|first| characters.contains(first));
    let needs_quotes = text.is_empty()
        || text.trim() != text
        || has(&[": ", ":\t", " #", "\t#", "\n"])
        || text.ends_with(':')
        || starts("-?:,[]{}#&*!|>'\"%@`")
        || (in_flow && has(&[",", "[", "]", "{", "}"]))
        || ["<<", "---"].contains(&text);
    match style % 4 {
        0 | 1 if !needs_quotes => text.to_owned(),
        2 if !text.contains('\n') => format!("'{}'", text.replace('\'', "''")),
        _ => {
            let escape = |character: char| match character {
                '"' | '\\' => format!("\\{character}"),
                '\n' => "\\n".to_owned(),
                'é' => "\\xe9".to_owned(),
                '日' => "\\u65E5".to_owned(),
                '😀' => "\\U0001F600".to_owned(),
                other => other.to_string(),
            };
            format!("\"{}\"", text.chars().map(escape).collect::<String>())
        }
    }
}

/// One change to a text: where, how many bytes go, what comes instead.
pub(super) type Damage = (prop::sample::Index, usize, &'static str);

pub(super) fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let inserted = select(
        &[
            "", "", "\n", "\n\n", "\r", "\r\n", " ", "  ", "\t", ":", ": ", "- ", "? ", "#", " #",
            "'", "\"", "\\", "{", "}", "[", "]", ",", "|", ">", "|-\n", "&a", "*a", "!", "%",
            "---\n", "\n---\n", "...", "a", "a: b", "\u{feff}", "<<: ",
        ][..],
    );
    vec((any::<prop::sample::Index>(), 0..6_usize, inserted), 1..4)
}

pub(super) fn damaged(mut text: String, damages: &[Damage]) -> String {
    for (place, length, inserted) in damages {
        let start = text.floor_char_boundary(place.index(text.len() + 1));
        let end = text.ceil_char_boundary((start + length).min(text.len()));
        text.replace_range(start..end, inserted);
    }
    text
}
