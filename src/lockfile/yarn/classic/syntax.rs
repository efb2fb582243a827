//! The syntax of Yarn 1 (Yarn source, `src/lockfile/parse.js`): lines of words, with two spaces for
//! each level.
//!
//! Yarn's own parser stops without a word where lines are not indented as it expects, reads `1.2` as a
//! number with a key behind it, and takes the last of two equal keys. What Yarn never writes and could
//! be read in such a way is refused here.

use std::borrow::Cow;
use std::ops::Range;

/// A word of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'text> {
    /// What it says, without quotes.
    pub(super) text: Cow<'text, str>,
    /// Where it stands, quotes included, in bytes.
    pub(super) span: Range<usize>,
}

/// A line that says something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'text> {
    /// How often it is indented.
    pub(super) level: usize,
    /// Whether nothing stands between it and the line before that says something.
    pub(super) follows: bool,
    pub(super) content: Content<'text>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content<'text> {
    /// `key, key:`, with lines of the next level below it.
    Block(Vec<Word<'text>>),
    /// `key value`
    Value(Word<'text>, Word<'text>),
}

/// Why a text could not be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) span: Range<usize>,
    pub(super) message: &'static str,
}

impl Fault {
    pub(super) fn new(span: Range<usize>, message: &'static str) -> Self {
        Self { span, message }
    }
}

/// The lines of a text that say something, in order.
pub(super) struct Lines<'text> {
    text: &'text str,
    offset: usize,
    follows: bool,
}

impl<'text> Lines<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, offset: 0, follows: false }
    }
}

impl<'text> Iterator for Lines<'text> {
    type Item = Result<Line<'text>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.offset < self.text.len() {
            let start = self.offset;
            let rest = &self.text.as_bytes()[start..];
            let end = memchr::memchr(b'\n', rest).map_or(self.text.len(), |feed| start + feed);
            self.offset = end + 1;
            let line = &self.text[start..end];
            let line = line.strip_suffix('\r').unwrap_or(line);
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            let rest = &line[spaces..];
            if rest.is_empty() || rest.starts_with('#') {
                self.follows = false;
                continue;
            }
            if !spaces.is_multiple_of(2) {
                let span = start..start + spaces;
                return Some(Err(Fault::new(
                    span,
                    "a line is indented by an odd number of spaces",
                )));
            }
            let mut words = Words { line, line_start: start, position: spaces };
            let follows = std::mem::replace(&mut self.follows, true);
            let content = words.content();
            return Some(content.map(|content| Line { level: spaces / 2, follows, content }));
        }
        None
    }
}

/// The words of a line.
struct Words<'text> {
    line: &'text str,
    /// Where the line begins in the text.
    line_start: usize,
    position: usize,
}

impl<'text> Words<'text> {
    fn content(&mut self) -> Result<Content<'text>, Fault> {
        let mut keys = vec![self.key()?];
        while self.take(b',') {
            self.skip_spaces();
            keys.push(self.key()?);
        }
        let has_colon = self.take(b':');
        self.skip_spaces();
        if self.is_at_end() {
            return if has_colon {
                Ok(Content::Block(keys))
            } else {
                Err(self.fault("a line has neither a value nor a colon at its end"))
            };
        }
        let value = self.value()?;
        self.skip_spaces();
        if !self.is_at_end() {
            return Err(self.fault("something stands behind the value of a line"));
        }
        match <[Word<'text>; 1]>::try_from(keys) {
            Ok([key]) => Ok(Content::Value(key, value)),
            Err(_) => Err(Fault::new(value.span, "a value stands behind several keys")),
        }
    }

    fn key(&mut self) -> Result<Word<'text>, Fault> {
        let word = self.string()?;
        if word.text.is_empty() {
            return Err(Fault::new(word.span, "a key is empty"));
        }
        // Yarn reads these as values.
        let is_quoted = self.line.as_bytes()[word.span.start - self.line_start] == b'"';
        if !is_quoted && (word.text.starts_with("true") || word.text.starts_with("false")) {
            return Err(Fault::new(word.span, "a key begins with a boolean"));
        }
        Ok(word)
    }

    /// A string, a boolean or a number.
    fn value(&mut self) -> Result<Word<'text>, Fault> {
        let rest = &self.line[self.position..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return self.string();
        }
        let start = self.position;
        self.position += digits;
        Ok(Word {
            text: Cow::Borrowed(&rest[..digits]),
            span: self.line_start + start..self.line_start + self.position,
        })
    }

    fn string(&mut self) -> Result<Word<'text>, Fault> {
        let rest = &self.line[self.position..];
        let (text, length) = match rest.bytes().next() {
            Some(b'"') => self.quoted(rest)?,
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'.' | b'-') => {
                let is_end = |character: char| matches!(character, ':' | ' ' | '\r' | ',');
                let length = rest.find(is_end).unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..length]), length)
            }
            Some(_) => return Err(self.fault("a word begins with a character that begins none")),
            None => return Err(self.fault("a word is missing at the end of a line")),
        };
        let start = self.line_start + self.position;
        self.position += length;
        Ok(Word { text, span: start..start + length })
    }

    /// What stands between the quotes at the beginning of a text, and the length with them.
    fn quoted(&self, rest: &'text str) -> Result<(Cow<'text, str>, usize), Fault> {
        let unread = |message| self.fault(message);
        let bytes = rest.as_bytes();
        let mut end = 1;
        loop {
            match memchr::memchr2(b'"', b'\\', &bytes[end..]) {
                Some(found) if bytes[end + found] == b'"' => {
                    end += found + 1;
                    break;
                }
                // The character behind a backslash ends nothing.
                Some(found) if end + found + 1 < bytes.len() => end += found + 2,
                _ => return Err(unread("a quoted word does not end on its line")),
            }
        }
        let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'\\';
        let inside = &rest[1..end - 1];
        if inside.as_bytes().iter().all(is_plain) {
            return Ok((Cow::Borrowed(inside), end));
        }
        match serde_json::from_str::<String>(&rest[..end]) {
            Ok(text) => Ok((Cow::Owned(text), end)),
            Err(_) => Err(unread("a quoted word is no string of JSON")),
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.line.as_bytes().get(self.position) == Some(&byte);
        self.position += usize::from(is_there);
        is_there
    }

    fn skip_spaces(&mut self) {
        while self.take(b' ') {}
    }

    /// Whether nothing or a comment is left.
    fn is_at_end(&self) -> bool {
        matches!(self.line.as_bytes().get(self.position), None | Some(b'#'))
    }

    /// Something is wrong with the next character, or with the end of the line.
    fn fault(&self, message: &'static str) -> Fault {
        let start = self.line_start + self.position;
        let next = self.line[self.position..].chars().next();
        Fault::new(start..start + next.map_or(0, char::len_utf8), message)
    }
}
