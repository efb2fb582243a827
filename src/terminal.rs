//! Output for a terminal: text without hidden characters, in a style that the caller chose.
//!
//! Package names, advisory text and policy text are untrusted. Printed raw, an escape
//! sequence in one of them could erase a finding from the screen, and a bidirectional control could
//! make one package look like another. Everything that comes from an input passes through
//! [`printable`] or [`one_line`] before it is printed.

mod log;
mod palette;

use std::borrow::Cow;
use std::fmt::Write;

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub use log::harmless_in_logs;
pub use palette::Tone;

/// The number of bytes that are examined together.
const BLOCK: usize = 1024;

/// How output looks. The caller decides; this module does not read the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour with ANSI escape sequences.
    pub color: bool,
    /// How many columns the terminal has.
    pub width: usize,
}

impl Style {
    /// No colour, 100 columns: for files and pipes.
    pub const PLAIN: Self = Self { color: false, width: 100 };

    /// The columns for layout: at least 60, so that a table keeps its shape, and at most 100,
    /// because longer lines are hard to read.
    pub fn columns(self) -> usize {
        self.width.clamp(60, 100)
    }
}

/// Whether a character changes how text looks without being visible itself, or moves the cursor.
///
/// These are the controls, the format characters (bidirectional controls, zero-width characters,
/// the byte order mark), the line and paragraph separators, and everything that the Unicode
/// standard calls default-ignorable (Unicode 16, section 5.21): fillers, variation selectors, tags.
pub fn is_unprintable(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    matches!(
        category,
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    ) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// Whether text is printable ASCII, as almost all text is: each byte is a character of one column.
///
/// A whole block is examined before the answer, so that the compiler can vectorise the loop.
pub fn is_plain(text: &[u8]) -> bool {
    let is_visible = |byte: &u8| (b' '..=b'~').contains(byte);
    text.chunks(BLOCK).all(|block| block.iter().fold(true, |all, byte| all & is_visible(byte)))
}

/// The text with every unprintable character escaped, as in `\u{1b}`.
///
/// Line feeds and tabs are escaped too: a caller that wants lines splits the text first.
pub fn printable(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.find(is_unprintable) else {
        return Cow::Borrowed(text);
    };
    let mut shown = String::with_capacity(text.len() + 16);
    shown.push_str(&text[..first]);
    for character in text[first..].chars() {
        push_printable(&mut shown, character);
    }
    Cow::Owned(shown)
}

/// Appends one character, escaped if it is unprintable.
pub fn push_printable(shown: &mut String, character: char) {
    if is_unprintable(character) {
        // Writing to a `String` cannot fail.
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
    } else {
        shown.push(character);
    }
}

/// JSON without raw invisible characters. Outside of strings JSON has none except line feeds
/// and blanks; inside, an escape means the same to a program (RFC 8259, section 7). The same is done for the
/// characters that start commands in workflow logs, see [`harmless_in_logs`].
pub fn printable_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    let mut before = ' ';
    for character in json.chars() {
        let is_mark = character == '#' && before == '#';
        before = character;
        if is_mark {
            shown.push_str("\\u0023");
        } else if character != '\n' && is_unprintable(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The text as one printable line: runs of white space, including line breaks, become one space, and
/// text longer than `limit` characters is cut and ends in `…`.
pub fn one_line(text: &str, limit: usize) -> String {
    if text.len() <= limit && is_plain_line(text) {
        return text.to_owned();
    }
    let mut line = String::new();
    // One word more than fits shows that something was left out.
    let mut room = limit.saturating_add(1);
    for word in text.split_whitespace() {
        if room == 0 {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
            room -= 1;
        }
        for character in word.chars().take(room) {
            push_printable(&mut line, character);
            room -= 1;
        }
    }
    elide(&line, limit)
}

/// Whether text is visible ASCII with single spaces between its words.
fn is_plain_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_gap = || {
        let is_gap = |(left, right): (&u8, &u8)| *left == b' ' && *right == b' ';
        let pairs = bytes.iter().zip(bytes.iter().skip(1));
        pairs.fold(false, |found, pair| found | is_gap(pair))
    };
    is_plain(bytes) && !text.starts_with(' ') && !text.ends_with(' ') && !has_gap()
}

fn elide(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some(_) => {
            let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
        None => text.to_owned(),
    }
}

/// The number of columns that printable text takes.
pub fn width(text: &str) -> usize {
    if is_plain(text.as_bytes()) { text.len() } else { text.width() }
}

/// The number of columns of one character in its printable form.
pub fn printable_width(character: char) -> usize {
    if is_unprintable(character) {
        let digits = (u32::BITS - u32::from(character).leading_zeros()).div_ceil(4);
        return "\\u{}".len() + usize::try_from(digits.max(1)).unwrap_or(1);
    }
    character.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unprintable_characters_are_escaped() {
        for (raw, shown) in [
            ("lodash 4.17.20", "lodash 4.17.20"),
            ("héllo 漢字 🦀", "héllo 漢字 🦀"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\nb\tc\r", "a\\u{a}b\\u{9}c\\u{d}"),
            ("\u{0}\u{7f}\u{9b}31m", "\\u{0}\\u{7f}\\u{9b}31m"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe"),
            ("lo\u{200b}dash\u{feff}", "lo\\u{200b}dash\\u{feff}"),
            ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
            ("\u{3164}\u{ad}\u{e0041}", "\\u{3164}\\u{ad}\\u{e0041}"),
        ] {
            assert_eq!(printable(raw), shown);
        }
    }

    #[test]
    fn no_invisible_character_is_unescaped_in_json() {
        assert_eq!(printable_json("[\"##[error]#\"]"), "[\"#\\u0023[error]#\"]");
        let json = serde_json::to_string_pretty(&["lo\u{202e}dash\u{e0041}\n"]).unwrap();
        let shown = printable_json(&json);
        assert_eq!(shown, "[\n  \"lo\\u202edash\\udb40\\udc41\\n\"\n]");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            serde_json::json!(["lo\u{202e}dash\u{e0041}\n"])
        );
    }

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(printable("serde 1.0.0"), Cow::Borrowed(_)));
    }

    #[test]
    fn one_line_folds_white_space_and_marks_what_it_cut() {
        assert_eq!(one_line("  two\n\n lines\u{2028}here ", 80), "two lines here");
        assert_eq!(one_line("abcdefgh", 8), "abcdefgh");
        assert_eq!(one_line("abcdefghi", 8), "abcdefg…");
        assert_eq!(one_line(&"x ".repeat(1_000_000), 5), "x x…");
        assert_eq!(one_line("", 8), "");
    }

    proptest! {
        #[test]
        fn printable_text_holds_nothing_unprintable(text in any::<String>()) {
            prop_assert!(!printable(&text).chars().any(is_unprintable));
            prop_assert!(!one_line(&text, 40).chars().any(is_unprintable));
            prop_assert!(one_line(&text, 40).chars().count() <= 40);
        }

        #[test]
        fn the_width_of_a_character_is_the_width_of_what_is_shown(character in any::<char>()) {
            let shown = printable(character.encode_utf8(&mut [0; 4])).into_owned();
            prop_assert_eq!(printable_width(character), width(&shown));
        }
    }
}
