//! What a source names of its own crate, by every path in it and not only by its `use` items.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// A path from the root of the crate, such as `report::json::wire`.
pub(super) type ModulePath = Vec<String>;

/// A path that a source names, and the line it does so in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) line: usize,
    pub(super) path: ModulePath,
}

/// A word, `::`, or any other character that is not blank; with its line.
type Token = (usize, String);

/// Everything of this crate that the source of a module names outside of its tests. Names that a `use`
/// item brings in are followed: behind `use crate::report;`, `report::json` is `crate::report::json`.
pub(super) fn imports(module: &[String], text: &str) -> Vec<Import> {
    let tokens = without_tests(&tokens(text));
    let mut found = Vec::new();
    let mut brought_in: BTreeMap<String, ModulePath> = BTreeMap::new();
    let mut position = 0;
    while position < tokens.len() {
        if !begins_path(&tokens, position) {
            position += 1;
            continue;
        }
        let mut named = Vec::new();
        let line = tokens[position].0;
        position = read_paths(&tokens, position, &[], &mut named);
        for (path, name) in named {
            let path = absolute(module, &path);
            if let Some(name) = name.or_else(|| path.last().cloned()) {
                brought_in.insert(name, path.clone());
            }
            found.push(Import { line, path });
        }
    }
    for (position, (line, word)) in tokens.iter().enumerate() {
        let is_first = position == 0 || tokens[position - 1].1 != "::";
        let Some((path, next)) = brought_in.get(word).zip(tokens.get(position + 2)) else {
            continue;
        };
        if is_first && tokens[position + 1].1 == "::" && is_word(&next.1) {
            let path = path.iter().chain([&next.1]).cloned().collect();
            found.push(Import { line: *line, path });
        }
    }
    found
}

/// Whether `crate::`, `self::` or `super::` stands there.
fn begins_path(tokens: &[Token], position: usize) -> bool {
    let word = |position: usize| tokens.get(position).map_or("", |(_, word)| word.as_str());
    matches!(word(position), "crate" | "self" | "super")
        && word(position + 1) == "::"
        && (position == 0 || word(position - 1) != "::")
}

/// Reads a path, or the tree of a `use` item, and gives the position behind it. Each path comes with
/// the name that `as` gives it.
fn read_paths(
    tokens: &[Token],
    mut position: usize,
    prefix: &[String],
    found: &mut Vec<(ModulePath, Option<String>)>,
) -> usize {
    let word = |position: usize| tokens.get(position).map_or("", |(_, word)| word.as_str());
    if word(position) == "{" {
        position += 1;
        while position < tokens.len() && word(position) != "}" {
            position = read_paths(tokens, position, prefix, found);
            position += usize::from(word(position) == ",");
        }
        return position + 1;
    }
    let mut path = prefix.to_vec();
    loop {
        path.push(word(position).to_owned());
        position += 1;
        match (word(position), word(position + 1)) {
            ("::", "{") => return read_paths(tokens, position + 1, &path, found),
            // A turbofish ends it.
            ("::", next) if next == "*" || is_word(next) => position += 1,
            ("as", name) => {
                found.push((path, Some(name.to_owned())));
                return position + 2;
            }
            _ => {
                found.push((path, None));
                return position;
            }
        }
    }
}

/// A path as it is called from the root of the crate.
fn absolute(module: &[String], path: &[String]) -> ModulePath {
    let mut absolute = module.to_vec();
    for (position, part) in path.iter().enumerate() {
        match part.as_str() {
            "crate" if position == 0 => absolute.clear(),
            "super" => {
                absolute.pop();
            }
            "self" | "*" => {}
            other => absolute.push(other.to_owned()),
        }
    }
    absolute
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Leaves out every item behind `#[cfg(test)]`, and nothing else.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let marker = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut left = Vec::new();
    let mut position = 0;
    while position < tokens.len() {
        let words = tokens[position..].iter().map(|(_, word)| word.as_str());
        if words.take(marker.len()).eq(marker) {
            position = end_of_item(tokens, position + marker.len());
        } else {
            left.push(tokens[position].clone());
            position += 1;
        }
    }
    left
}

/// The position behind the item that begins here: behind its `;`, or behind its last brace.
fn end_of_item(tokens: &[Token], begin: usize) -> usize {
    let mut depth = 0_usize;
    for (position, (_, word)) in tokens.iter().enumerate().skip(begin) {
        match word.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" if depth <= 1 => return position + 1,
            "}" | ")" | "]" => depth -= 1,
            ";" if depth == 0 => return position + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The tokens of a source, without comments and without what stands in literals.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    let mut line = 1;
    while let Some(character) = rest.next() {
        let is_next = |rest: &mut Peekable<Chars<'_>>, wanted| rest.peek() == Some(&wanted);
        match character {
            '\n' => line += 1,
            '/' if is_next(&mut rest, '/') => {
                while rest.next_if(|character| *character != '\n').is_some() {}
            }
            '"' => line += skip_text(&mut rest, None),
            '\'' => skip_character(&mut rest),
            ':' if is_next(&mut rest, ':') => {
                rest.next();
                tokens.push((line, "::".to_owned()));
            }
            first if first.is_alphabetic() || first == '_' => {
                let mut word = String::from(first);
                while let Some(next) = rest.next_if(|next| next.is_alphanumeric() || *next == '_') {
                    word.push(next);
                }
                let is_raw = matches!(word.as_str(), "r" | "br");
                match raw_hashes(&mut rest, is_raw) {
                    Some(hashes) => line += skip_text(&mut rest, Some(hashes)),
                    None => tokens.push((line, word)),
                }
            }
            other if other.is_whitespace() => {}
            other => tokens.push((line, other.to_string())),
        }
    }
    tokens
}

/// Behind `r`: reads `#` and `"` of a raw text, and gives how many `#` there are.
fn raw_hashes(rest: &mut Peekable<Chars<'_>>, is_raw: bool) -> Option<usize> {
    let mut ahead = rest.clone();
    let mut hashes = 0;
    while ahead.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    let begins = is_raw && ahead.next_if_eq(&'"').is_some();
    begins.then(|| {
        *rest = ahead;
        hashes
    })
}

/// Skips a text up to its end, and gives how many lines it breaks. `raw` is how many `#` end it.
fn skip_text(rest: &mut Peekable<Chars<'_>>, raw: Option<usize>) -> usize {
    let mut lines = 0;
    while let Some(character) = rest.next() {
        match (character, raw) {
            ('\n', _) => lines += 1,
            ('\\', None) => lines += usize::from(rest.next() == Some('\n')),
            ('"', None) => return lines,
            ('"', Some(hashes))
                if rest.clone().take(hashes).filter(|it| *it == '#').count() == hashes =>
            {
                return lines;
            }
            _ => {}
        }
    }
    lines
}

/// Behind `'`: skips the rest of a character; of a lifetime nothing.
fn skip_character(rest: &mut Peekable<Chars<'_>>) {
    let mut ahead = rest.clone();
    let first = ahead.next();
    if first == Some('\\') {
        ahead.next();
        while ahead.next_if(|character| *character != '\'').is_some() {}
        ahead.next();
        *rest = ahead;
    } else if ahead.next() == Some('\'') {
        *rest = ahead;
    }
}

#[test]
fn every_way_to_name_a_module_is_seen() {
    let text = r##"
//! Not `crate::comment`.
#[cfg(test)]
mod tests;

use crate::first;
use crate::{second, third::{self, Thing as Other}, fourth::*};
use super::super::fifth::sixth;
pub(in crate::a) use self::child::Item;

fn one<'a>(text: &'a str) -> crate::seventh::Type<'a> {
    let _ = ('"', '\'', "crate::text", r#"crate::"raw"#);
    first::inner::call(crate::eighth::generic::<u8>(text), Other::new());
}

#[cfg(test)]
impl Thing {
    fn only_in_tests() -> [crate::hidden::Thing; 2] { crate::hidden::two() }
}

fn two() { third::deep(crate::ninth()) }
"##;
    let module = ["a", "b", "c"].map(str::to_owned);
    let found = imports(&module, text);
    let mut paths: Vec<String> = found.iter().map(|import| import.path.join("::")).collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "a",
            "a::b::c::child::Item",
            "a::fifth::sixth",
            "eighth::generic",
            "first",
            "first::inner",
            "fourth",
            "ninth",
            "second",
            "seventh::Type",
            "third",
            "third::Thing",
            "third::Thing::new",
            "third::deep",
        ]
    );
    let line = found.iter().find(|import| import.path == ["ninth"]).map(|import| import.line);
    assert_eq!(line, Some(21));
}
