//! JSON with comments and trailing commas, as Bun and Deno read it (Bun source, `bun_json`; Deno source,
//! `jsonc-parser`).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

use crate::problem::{SourceText, place_in};

/// The characters at which a comment of one line ends beside line feeds and carriage returns (ECMAScript
/// specification, "Line Terminators"): U+2028 and U+2029 without their last byte.
const SEPARATOR: &[u8] = "\u{2028}".as_bytes().split_at(2).0;

/// The text of a lockfile, and the same text as plain JSON, byte for byte in the same places.
#[derive(Clone, Copy)]
pub(in crate::lockfile) struct Written<'text> {
    pub(in crate::lockfile) source: &'text Arc<SourceText>,
    plain: &'text str,
}

impl<'text> Written<'text> {
    pub(in crate::lockfile) fn new(source: &'text Arc<SourceText>, plain: &'text str) -> Self {
        Self { source, plain }
    }

    /// From the opening quote of a key to the closing quote of a text behind it. What was written with
    /// escapes does not know its place: for that it is the beginning of the file.
    pub(in crate::lockfile) fn span(&self, key: &str, end: &str) -> Range<usize> {
        let [key, end] = [key, end].map(|text| place_in(self.plain, text));
        let start = key.as_ref().or(end.as_ref()).map_or(1, |place| place.start);
        let end = end.or(key).map_or(0, |place| place.end);
        start.saturating_sub(1)..(end + 1).max(start).min(self.plain.len())
    }

    /// The same words in the lockfile's text, where they are read from it.
    pub(in crate::lockfile) fn original(&self, part: &'text str) -> &'text str {
        let place = place_in(self.plain, part);
        place.and_then(|place| self.source.text.get(place)).unwrap_or(part)
    }
}

/// The text without comments and without commas behind the last value of a list or an object. Blanks stand
/// in their place, so that every byte keeps its offset and every line its number.
///
/// What is no such comment or comma stays, and a reader of JSON refuses it: a comment that does not end, a
/// comma without a value before it.
pub(in crate::lockfile) fn plain(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut blanked: Option<Vec<u8>> = None;
    let mut blank = |start: usize, end: usize| {
        let blanked = blanked.get_or_insert_with(|| bytes.to_vec());
        let part = blanked[start..end].iter_mut();
        part.filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    };
    // Behind an opening bracket there is no value yet, and so it is at the beginning.
    let mut before = b'[';
    let mut comma = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'/' {
            // Outside of strings it stands for nothing but comments: no reader gets any further.
            let Some(end) = comment_end(bytes, at) else { break };
            blank(at, end);
            at = end;
            continue;
        }
        if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
            if let (b']' | b'}', Some(comma)) = (byte, comma) {
                blank(comma, comma + 1);
            }
            let is_behind_value = !matches!(before, b'[' | b'{' | b',' | b':');
            comma = (byte == b',' && is_behind_value).then_some(at);
            before = byte;
        }
        at = if byte == b'"' { string_end(bytes, at) } else { at + 1 };
    }
    match blanked.map(String::from_utf8) {
        Some(Ok(plain)) => Cow::Owned(plain),
        Some(Err(_)) | None => Cow::Borrowed(text),
    }
}

/// Where the comment that begins here ends; `None` where none does.
fn comment_end(text: &[u8], start: usize) -> Option<usize> {
    let (inside, is_block) = match text[start..] {
        [b'/', b'/', ..] => (start + 2, false),
        [b'/', b'*', ..] => (start + 2, true),
        _ => return None,
    };
    let rest = &text[inside..];
    let length = if is_block {
        memmem::find(rest, b"*/")? + 2
    } else {
        let line = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let separators = memmem::find_iter(&rest[..line], SEPARATOR);
        let mut ends = separators.filter(|end| matches!(rest.get(end + 2), Some(0xA8 | 0xA9)));
        ends.next().unwrap_or(line)
    };
    Some(inside + length)
}

/// Where the string that begins here ends: behind its closing quote, or with the text.
fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(length) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
        at += length + 1;
        if text[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests;
