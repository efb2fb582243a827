//! The lines of a file that may hold commands, as a shell would see them.

use super::words::program;
use crate::policy::Placed;
use crate::problem::{Location, SourceText};

/// The lines of a file without comments. One that ends with a backslash is joined with the next, one
/// that begins with a flag with the one before, because YAML folds lines, and a list whose first word is
/// a program is one command.
pub(super) fn lines(file: &SourceText) -> Vec<Placed> {
    let mut lines: Vec<Placed> = Vec::new();
    let mut is_continued = false;
    let mut is_list = false;
    for (number, line) in (1_u32..).zip(file.text.lines()) {
        let text = without_comment(line).trim();
        let continues = text.strip_suffix('\\');
        let content = continues.unwrap_or(text);
        let element = element(content);
        is_list = match element {
            Some(word) => is_list || program(word).is_some(),
            None => false,
        };
        let begins_list = element.is_some_and(|word| program(word).is_some());
        let content = element.filter(|_| is_list).unwrap_or(content);
        let goes_on = is_continued || begins_with_flag(content) || (is_list && !begins_list);
        match lines.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(content);
            }
            None => lines.push(Placed {
                text: content.to_owned(),
                location: Location { file: file.path.clone(), line: number },
            }),
        }
        is_continued = continues.is_some();
    }
    lines
}

/// The only word of a line that is an element of a list: `- cargo`, or `"cargo",`.
fn element(text: &str) -> Option<&str> {
    let item = text.strip_prefix("- ").map(str::trim);
    let quoted = || text.starts_with(['"', '\'']).then_some(text);
    let word = item
        .or_else(quoted)?
        .trim_end_matches(',')
        .trim_matches(['"', '\'']);
    (!word.is_empty() && !word.contains(char::is_whitespace)).then_some(word)
}

/// Whether a line goes on with a command. An item of a YAML list has a blank behind its dash.
fn begins_with_flag(text: &str) -> bool {
    let text = text.trim_start_matches(['"', '\'']);
    let rest = text.strip_prefix("--").or_else(|| text.strip_prefix('-'));
    rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_alphabetic() || first == '$'))
}

/// A `#` begins a comment at the start of a line or after a blank, in every one of these languages, but
/// not between quotes.
pub(super) fn without_comment(line: &str) -> &str {
    let mut previous = ' ';
    let mut quote = None;
    for (position, character) in line.char_indices() {
        if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && matches!(character, '"' | '\'') {
            quote = Some(character);
        } else if quote.is_none() && character == '#' && previous.is_whitespace() {
            return &line[..position];
        }
        previous = character;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_as_their_readers_join_them() {
        for (text, expected) in [
            ("a \\\nb", &["1 a  b"][..]),
            ("cargo build\n  --release", &["1 cargo build --release"]),
            (
                "- cargo\n- build\n- --features\n- tls\nother:",
                &["1 cargo build --features tls", "5 other:"],
            ),
            ("- first\n- second", &["1 - first", "2 - second"]),
            (
                "[\"cargo\", \"build\",\n  \"--all-features\"]",
                &["1 [\"cargo\", \"build\", \"--all-features\"]"],
            ),
            ("\"cargo\",\n\"build\",", &["1 cargo build"]),
            ("a # b", &["1 a"]),
            ("echo \"no # comment\" && b", &["1 echo \"no # comment\" && b"]),
        ] {
            let found = lines(&SourceText::new("f", text));
            let described: Vec<String> = found
                .iter()
                .map(|line| format!("{} {}", line.location.line, line.text))
                .collect();
            assert_eq!(described, expected, "{text}");
        }
    }
}
