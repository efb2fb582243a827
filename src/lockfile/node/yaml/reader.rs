//! Block structure: what is indented how far, and the scalars in it.

use memchr::memmem;

use super::scalar::Style;
use super::{Documents, Kind, Node, YamlError};

pub(super) type Read<T = ()> = Result<T, YamlError>;

/// How deep collections may lie in each other. The tools need six.
const MAX_DEPTH: usize = 64;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads from the beginning of a text to its end.
pub(super) struct Reader<'t> {
    text: &'t str,
    position: usize,
    /// Where the line of `position` begins; where the next one begins once a line was read to its end.
    line: usize,
    depth: usize,
    /// Where ends what was read last.
    end: u32,
    nodes: Vec<Node>,
}

/// A scalar that was found: where it begins and ends, and how it is written.
pub(super) type Span = (usize, usize, Style);

pub(super) fn documents(text: &str) -> Read<Documents<'_>> {
    if u32::try_from(text.len()).is_err() {
        return Err(YamlError { offset: 0, reason: "more than 4 GiB are not supported" });
    }
    let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    if let Some(offset) = memmem::find(&text.as_bytes()[start..], BYTE_ORDER_MARK.as_bytes()) {
        let reason = "a byte order mark is only supported at the beginning";
        return Err(YamlError { offset: start + offset, reason });
    }
    let mut reader =
        Reader { text, position: start, line: start, depth: 0, end: 0, nodes: Vec::new() };
    let mut roots = Vec::new();
    let mut is_marked = false;
    loop {
        let root = offset(reader.nodes.len());
        if reader.next_content()?.is_some() {
            roots.push(root);
            reader.block(0)?;
            if reader.next_content()?.is_some() {
                return reader.refuse("this line does not belong to what stands before it");
            }
        } else if is_marked {
            roots.push(root);
            reader.push_empty();
        }
        if reader.byte().is_none() {
            return Ok(Documents { text, nodes: reader.nodes, roots });
        }
        reader.advance("---".len());
        reader.end_of_line()?;
        is_marked = true;
    }
}

/// A length of the text, or of the nodes, of which there are fewer than it has bytes.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Whether a byte, or the end of the text, ends a word.
fn is_blank(byte: Option<u8>) -> bool {
    matches!(byte, None | Some(b' ' | b'\t' | b'\n' | b'\r'))
}

pub(super) fn refuse_at<T>(offset: usize, reason: &'static str) -> Read<T> {
    Err(YamlError { offset, reason })
}

impl<'t> Reader<'t> {
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn line(&self) -> usize {
        self.line
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn byte_behind(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position + 1).copied()
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.position += bytes;
    }

    /// Moves behind a line that was looked at as a whole.
    pub(super) fn next_line(&mut self, bytes: usize) {
        self.line += bytes;
        self.position = self.line;
    }

    pub(super) fn refuse<T>(&self, reason: &'static str) -> Read<T> {
        refuse_at(self.position, reason)
    }

    pub(super) fn push(&mut self, node: Node) {
        let next = offset(self.nodes.len() + 1);
        self.end = node.end;
        self.nodes.push(Node { next, ..node });
    }

    pub(super) fn push_scalar(&mut self, start: usize, end: usize, style: Style) {
        self.push(Node {
            start: offset(start),
            end: offset(end),
            next: 0,
            kind: Kind::Scalar(style),
        });
    }

    /// A value that is left out.
    pub(super) fn push_empty(&mut self) {
        self.push_scalar(self.position, self.position, Style::Plain);
    }

    pub(super) fn push_key(&mut self, (start, end, style): Span) -> Read {
        if style == Style::Plain && &self.text[start..end] == "<<" {
            return refuse_at(start, "merge keys are not supported");
        }
        self.push_scalar(start, end, style);
        Ok(())
    }

    /// Begins a collection here.
    pub(super) fn open(&mut self, kind: Kind) -> Read<usize> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.refuse("this lies deeper than is supported");
        }
        let start = offset(self.position);
        self.push(Node { start, end: start, next: 0, kind });
        Ok(self.nodes.len() - 1)
    }

    /// Ends a flow collection, of which the bracket was read last.
    pub(super) fn close_flow(&mut self, collection: usize) {
        self.end = offset(self.position);
        self.close(collection);
    }

    /// Ends a collection with what was read last.
    fn close(&mut self, collection: usize) {
        self.depth -= 1;
        let next = offset(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(collection) {
            (node.next, node.end) = (next, self.end);
        }
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.byte() == Some(b' ') {
            self.position += 1;
        }
    }

    /// The column of the next line that holds something, from that line's beginning. `None` at the end of
    /// the document.
    pub(super) fn next_content(&mut self) -> Read<Option<usize>> {
        loop {
            self.position = self.line;
            self.skip_spaces();
            match self.byte() {
                None => return Ok(None),
                Some(b'\n' | b'\r' | b'#') => self.end_of_line()?,
                Some(b'\t') => return self.refuse("tabs are not supported as indentation"),
                Some(_) if self.at_marker("...") => {
                    return self.refuse("`...` is not supported as the end of a document");
                }
                Some(_) if self.at_marker("---") => return Ok(None),
                Some(_) => return Ok(Some(self.column())),
            }
        }
    }

    fn column(&self) -> usize {
        self.position - self.line
    }

    /// Whether a document begins or ends here.
    pub(super) fn is_at_marker(&self) -> bool {
        ["---", "..."].iter().any(|marker| self.at_marker(marker))
    }

    fn at_marker(&self, marker: &str) -> bool {
        self.column() == 0
            && self.text[self.position..].starts_with(marker)
            && is_blank(self.text.as_bytes().get(self.position + marker.len()).copied())
    }

    /// Moves to the next line. Nothing may be left on this one but a comment.
    pub(super) fn end_of_line(&mut self) -> Read {
        let start = self.position;
        while matches!(self.byte(), Some(b' ' | b'\t')) {
            self.position += 1;
        }
        let bytes = self.text.as_bytes();
        let is_apart = self.position > start
            || self.position == self.line
            || is_blank(bytes.get(start.wrapping_sub(1)).copied());
        if self.byte() == Some(b'#') && is_apart {
            let rest = &bytes[self.position..];
            self.position += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        }
        self.position += match (self.byte(), self.byte_behind()) {
            (None, _) => 0,
            (Some(b'\n'), _) => 1,
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r'), _) => {
                return self.refuse("a line may not end with a carriage return alone");
            }
            (Some(b':'), _) => return self.refuse("a mapping cannot begin within a line"),
            _ => return self.refuse("nothing more was expected on this line"),
        };
        self.line = self.position;
        Ok(())
    }

    /// Whether nothing is left on this line, which a space or a line break stands before.
    fn at_end_of_line(&self) -> bool {
        matches!(self.byte(), None | Some(b'\n' | b'\r' | b'#'))
    }

    /// Whether a `-`, `?` or `:` stands here by itself.
    fn at(&self, indicator: u8) -> bool {
        self.byte() == Some(indicator) && is_blank(self.byte_behind())
    }

    /// Reads what begins at this column. Whatever belongs to it begins at `floor` or behind it.
    fn block(&mut self, floor: usize) -> Read {
        let column = self.column();
        if self.at(b'-') {
            return self.block_sequence(column);
        }
        if self.at(b'?') {
            return self.block_mapping(column, None);
        }
        if matches!(self.byte(), Some(b'{' | b'[' | b'|' | b'>')) {
            return self.inline(floor);
        }
        let start = self.position;
        let scalar = self.scalar(false)?;
        self.skip_spaces();
        if self.at(b':') {
            self.position = start;
            return self.block_mapping(column, Some(scalar));
        }
        self.push_scalar(scalar.0, scalar.1, scalar.2);
        self.end_of_line()
    }

    /// Reads a value that ends on this line, unless it is text or in brackets.
    fn inline(&mut self, floor: usize) -> Read {
        match self.byte() {
            Some(b'|' | b'>') => return self.block_text(floor),
            Some(b'{' | b'[') => self.flow(floor)?,
            _ => {
                let scalar = self.scalar(false)?;
                self.push_scalar(scalar.0, scalar.1, scalar.2);
            }
        }
        self.end_of_line()
    }

    fn block_mapping(&mut self, column: usize, mut first: Option<Span>) -> Read {
        let mapping = self.open(Kind::Mapping)?;
        loop {
            if self.at(b'?') {
                self.explicit_entry(column)?;
            } else {
                self.entry(column, first.take())?;
            }
            if !self.continues(column)? {
                break;
            }
        }
        self.close(mapping);
        Ok(())
    }

    /// Reads `key: value`.
    fn entry(&mut self, column: usize, key: Option<Span>) -> Read {
        let key = match key {
            Some(key) => key,
            None => self.scalar(false)?,
        };
        self.position = key.1;
        self.push_key(key)?;
        self.skip_spaces();
        if !self.at(b':') {
            return self.refuse("`:` was expected behind this key");
        }
        self.position += 1;
        self.skip_spaces();
        if !self.at_end_of_line() {
            return self.inline(column + 1);
        }
        let empty = self.position;
        self.end_of_line()?;
        match self.next_content()? {
            Some(at) if at > column => self.block(column + 1),
            Some(at) if at == column && self.at(b'-') => self.block_sequence(column),
            _ => {
                self.push_scalar(empty, empty, Style::Plain);
                Ok(())
            }
        }
    }

    /// Reads `? key` and, on a line of its own, `: value`.
    fn explicit_entry(&mut self, column: usize) -> Read {
        self.position += 1;
        self.skip_spaces();
        let key = self.scalar(false)?;
        self.push_key(key)?;
        self.end_of_line()?;
        if self.next_content()? != Some(column) || !self.at(b':') {
            return self.refuse("a line with `:` was expected behind `?` and its key");
        }
        self.item(column)
    }

    fn block_sequence(&mut self, column: usize) -> Read {
        let sequence = self.open(Kind::Sequence)?;
        loop {
            self.item(column)?;
            if !self.continues(column)? || !self.at(b'-') {
                break;
            }
        }
        self.close(sequence);
        Ok(())
    }

    /// Reads what stands behind a `-` or `:` at this column: it may begin a collection on the same line.
    fn item(&mut self, column: usize) -> Read {
        self.position += 1;
        self.skip_spaces();
        if !self.at_end_of_line() {
            return self.block(column + 1);
        }
        let empty = self.position;
        self.end_of_line()?;
        match self.next_content()? {
            Some(at) if at > column => self.block(column + 1),
            _ => {
                self.push_scalar(empty, empty, Style::Plain);
                Ok(())
            }
        }
    }

    /// Whether the next line belongs to a collection at this column.
    fn continues(&mut self, column: usize) -> Read<bool> {
        match self.next_content()? {
            Some(at) if at > column => self.refuse("this line is indented too far"),
            at => Ok(at == Some(column)),
        }
    }
}
