//! The lines of a file that may hold commands, as a shell would see them.

use crate::policy::Placed;
use crate::problem::{Location, SourceText};

/// The lines of a file without comments. One that ends with a backslash is joined with the next, and
/// one that begins with a flag with the one before: YAML folds lines.
pub(super) fn lines(file: &SourceText) -> Vec<Placed> {
    let mut lines: Vec<Placed> = Vec::new();
    let mut is_continued = false;
    for (number, line) in (1_u32..).zip(file.text.lines()) {
        let text = without_comment(line).trim();
        let continues = text.strip_suffix('\\');
        let content = continues.unwrap_or(text);
        match lines
            .last_mut()
            .filter(|_| is_continued || begins_with_flag(content))
        {
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

/// Whether a line goes on with a command. An item of a YAML list has a blank behind its dash.
fn begins_with_flag(text: &str) -> bool {
    let rest = text.strip_prefix("--").or_else(|| text.strip_prefix('-'));
    rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_alphabetic() || first == '$'))
}

/// A `#` begins a comment at the start of a line or after a blank, in every one of these languages.
fn without_comment(line: &str) -> &str {
    let mut previous = ' ';
    for (position, character) in line.char_indices() {
        if character == '#' && previous.is_whitespace() {
            return &line[..position];
        }
        previous = character;
    }
    line
}
