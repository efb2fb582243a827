//! Scalars: from what stands in the text to what it means.

use std::borrow::Cow;
use std::ops::Range;

/// A key, or a value that is no collection.
#[derive(Clone, Copy, Debug)]
pub(in crate::lockfile) struct Scalar<'t> {
    /// With its quotes, or with the head of literal and folded text.
    raw: &'t str,
    start: usize,
    style: Style,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block(BlockText),
}

/// What the head of literal or folded text says, and by how many spaces its lines are indented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockText {
    pub(super) is_folded: bool,
    pub(super) chomping: Chomping,
    pub(super) indent: u8,
}

/// What becomes of the line breaks at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl<'t> Scalar<'t> {
    pub(super) fn new(raw: &'t str, start: usize, style: Style) -> Self {
        Self { raw, start, style }
    }

    /// Its text, which is borrowed unless it holds escapes or has lines.
    pub(in crate::lockfile) fn text(&self) -> Cow<'t, str> {
        let quoted = || &self.raw[1..self.raw.len() - 1];
        match self.style {
            Style::Plain => Cow::Borrowed(self.raw),
            Style::SingleQuoted if quoted().contains('\'') => {
                Cow::Owned(quoted().replace("''", "'"))
            }
            Style::DoubleQuoted if quoted().contains('\\') => Cow::Owned(unescape(quoted())),
            Style::SingleQuoted | Style::DoubleQuoted => Cow::Borrowed(quoted()),
            Style::Block(block) => Cow::Owned(block.text(self.raw)),
        }
    }

    /// Where it stands, quotes included. Empty where a value is left out.
    pub(in crate::lockfile) fn span(&self) -> Range<usize> {
        self.start..self.start + self.raw.len()
    }

    /// Whether it is written without quotes, so that a reader of types would take `1.0` for a number.
    pub(in crate::lockfile) fn is_plain(&self) -> bool {
        self.style == Style::Plain
    }

    /// Whether nothing is there, in one of the words for it (YAML 1.2, core schema).
    pub(in crate::lockfile) fn is_null(&self) -> bool {
        self.is_plain() && matches!(self.raw, "" | "~" | "null" | "Null" | "NULL")
    }
}

/// What stands between double quotes. Its escapes were looked at when it was read.
fn unescape(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let Some((character, length)) = escaped(escape) else {
            return text;
        };
        text.push(character);
        rest = &escape[length..];
    }
    text.push_str(rest);
    text
}

/// The character that an escape stands for (YAML 1.2, "Escaped Characters"), and how long the escape is:
/// `escape` begins behind its backslash. `None` for one that does not exist, that ends a line, and for half
/// a pair of UTF-16.
pub(super) fn escaped(escape: &str) -> Option<(char, usize)> {
    let hexadecimal = |digits: usize| {
        let digits = escape.get(1..=digits)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
        Some((character, 1 + digits.len()))
    };
    let character = match escape.chars().next()? {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        same @ (' ' | '"' | '/' | '\\') => same,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return hexadecimal(2),
        'u' => return hexadecimal(4),
        'U' => return hexadecimal(8),
        _ => return None,
    };
    Some((character, 1))
}

impl BlockText {
    /// The text itself (YAML 1.2, "Block Scalar Styles"). `raw` begins with its head.
    pub(super) fn text(self, raw: &str) -> String {
        let mut text = String::with_capacity(raw.len());
        // How many lines ended since the last one that holds anything, and whether that one began with
        // a space: such lines are not folded.
        let (mut breaks, mut was_indented) = (0, true);
        for line in raw.split_inclusive('\n').skip(1) {
            let content = without_break(line);
            let content = content.get(usize::from(self.indent)..).unwrap_or_default();
            if !content.is_empty() {
                let is_indented = content.starts_with([' ', '\t']);
                let folds = self.is_folded && !is_indented && !was_indented;
                text.push_str(if folds && breaks == 1 { " " } else { "" });
                text.extend(std::iter::repeat_n('\n', breaks - usize::from(folds && breaks > 0)));
                text.push_str(content);
                (breaks, was_indented) = (0, is_indented);
            }
            breaks += 1;
        }
        let kept = match self.chomping {
            Chomping::Strip => 0,
            Chomping::Clip if text.is_empty() => 0,
            Chomping::Clip => breaks.min(1),
            Chomping::Keep => breaks,
        };
        text.extend(std::iter::repeat_n('\n', kept));
        text
    }
}

/// A line without what ends it.
pub(super) fn without_break(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}
