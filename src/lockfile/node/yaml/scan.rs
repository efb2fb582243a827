//! Where a scalar on one line ends.

use super::reader::{Read, Reader, Span, refuse_at};
use super::scalar::{Style, escaped};

impl<'t> Reader<'t> {
    /// Finds the scalar that begins here, and moves behind it.
    pub(super) fn scalar(&mut self, in_flow: bool) -> Read<Span> {
        match self.byte() {
            Some(b'\'') => self.single_quoted(),
            Some(b'"') => self.double_quoted(),
            _ => self.plain(in_flow),
        }
    }

    fn plain(&mut self, in_flow: bool) -> Read<Span> {
        let start = self.position();
        let bytes = self.text().as_bytes();
        let ends_word = |at: usize| match bytes.get(at) {
            None | Some(b' ' | b'\t' | b'\n' | b'\r') => true,
            Some(b',' | b'[' | b']' | b'{' | b'}') => in_flow,
            Some(_) => false,
        };
        if let Some(reason) = self.no_plain_start(ends_word(start + 1)) {
            return self.refuse(reason);
        }
        let (mut at, mut end) = (start, start);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\n' | b'\r' => break,
                b':' if ends_word(at + 1) => break,
                b'#' if end < at => break,
                b' ' | b'\t' => {}
                _ if ends_word(at) => break,
                byte if byte.is_ascii_control() => return refuse_at(at, CONTROL),
                _ => end = at + 1,
            }
            at += 1;
        }
        self.advance(end - start);
        Ok((start, end, Style::Plain))
    }

    /// Why no plain scalar can begin here (YAML 1.2, "Plain Style").
    fn no_plain_start(&self, is_alone: bool) -> Option<&'static str> {
        Some(match self.byte()? {
            b'&' | b'*' => "anchors and aliases are not supported",
            b'!' => "tags are not supported",
            b'%' => "directives are not supported",
            b'\t' => "tabs are not supported between words",
            b'|' | b'>' => "text of several lines cannot begin here",
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'@' | b'`' => {
                "a value cannot begin like this"
            }
            b'\n' | b'\r' => "a value was expected",
            b'-' | b'?' | b':' if is_alone => "a value cannot begin like this",
            _ => return None,
        })
    }

    fn single_quoted(&mut self) -> Read<Span> {
        let start = self.position();
        self.advance(1);
        loop {
            let rest = self.rest();
            let length = memchr::memchr(b'\'', rest.as_bytes());
            self.quoted_part(length.map(|length| &rest[..length]), start)?;
            self.advance(1);
            if self.byte() != Some(b'\'') {
                return Ok((start, self.position(), Style::SingleQuoted));
            }
            self.advance(1);
        }
    }

    fn double_quoted(&mut self) -> Read<Span> {
        let start = self.position();
        self.advance(1);
        loop {
            let rest = self.rest();
            let length = memchr::memchr2(b'"', b'\\', rest.as_bytes());
            self.quoted_part(length.map(|length| &rest[..length]), start)?;
            self.advance(1);
            if self.text().as_bytes().get(self.position() - 1) == Some(&b'"') {
                return Ok((start, self.position(), Style::DoubleQuoted));
            }
            match escaped(self.rest()) {
                Some((_, length)) => self.advance(length),
                None => return self.refuse("this is no escape that is supported"),
            }
        }
    }

    fn rest(&self) -> &'t str {
        &self.text()[self.position()..]
    }

    /// Moves behind a part of a quoted scalar without escapes. `None` where no quote follows.
    fn quoted_part(&mut self, part: Option<&'t str>, start: usize) -> Read {
        let Some(part) = part else {
            return refuse_at(start, "a quoted text is not closed");
        };
        let control = |byte: u8| byte.is_ascii_control() && byte != b'\t';
        if let Some(at) = part.bytes().position(control) {
            let is_line = matches!(part.as_bytes().get(at), Some(b'\n' | b'\r'));
            let reason =
                if is_line { "quoted text on several lines is not supported" } else { CONTROL };
            return refuse_at(self.position() + at, reason);
        }
        self.advance(part.len());
        Ok(())
    }
}

const CONTROL: &str = "control characters are not allowed";
