//! Flow collections: `{key: value}` and `[value, value]`, on one line or on several.

use super::Kind;
use super::reader::{Read, Reader};
use super::scalar::Style;

impl Reader<'_> {
    /// Reads a collection that begins here. Its further lines begin at `floor` or behind it.
    pub(super) fn flow(&mut self, floor: usize) -> Read {
        let is_mapping = self.byte() == Some(b'{');
        let (kind, close) = if is_mapping { (Kind::Mapping, b'}') } else { (Kind::Sequence, b']') };
        let collection = self.open(kind)?;
        self.advance(1);
        loop {
            self.skip_in_flow(floor)?;
            if self.byte() == Some(close) {
                break;
            }
            if is_mapping {
                self.flow_entry(floor)?;
            } else {
                self.flow_value(floor)?;
            }
            self.skip_in_flow(floor)?;
            match self.byte() {
                Some(b',') => self.advance(1),
                Some(byte) if byte == close => {}
                _ if is_mapping => return self.refuse("`,` or `}` was expected"),
                _ => return self.refuse("`,` or `]` was expected"),
            }
        }
        self.advance(1);
        self.close_flow(collection);
        Ok(())
    }

    fn flow_entry(&mut self, floor: usize) -> Read {
        let key = self.scalar(true)?;
        self.push_key(key)?;
        self.skip_in_flow(floor)?;
        if self.byte() != Some(b':') {
            self.push_empty();
            return Ok(());
        }
        self.advance(1);
        if key.2 == Style::Plain && matches!(self.byte(), Some(b'{' | b'[')) {
            return self.refuse("a space was expected behind `:`");
        }
        self.skip_in_flow(floor)?;
        if matches!(self.byte(), Some(b',' | b'}')) {
            self.push_empty();
            return Ok(());
        }
        self.flow_value(floor)
    }

    fn flow_value(&mut self, floor: usize) -> Read {
        if matches!(self.byte(), Some(b'{' | b'[')) {
            return self.flow(floor);
        }
        let (start, end, style) = self.scalar(true)?;
        self.push_scalar(start, end, style);
        Ok(())
    }

    /// Moves to the next thing that is neither space nor comment. Tabs are spaces where nothing has to be
    /// indented: pnpm indents a whole document of brackets with them.
    fn skip_in_flow(&mut self, floor: usize) -> Read {
        loop {
            self.skip_spaces();
            match self.byte() {
                Some(b'\t') if floor == 0 => {
                    self.advance(1);
                    continue;
                }
                Some(b'\n' | b'\r' | b'#') => self.end_of_line()?,
                Some(_) => return Ok(()),
                None => return self.refuse("a `{` or `[` is not closed"),
            }
            let is_inside = if floor == 0 {
                !self.is_at_marker()
            } else {
                self.next_content()?.is_some_and(|column| column >= floor)
            };
            if !is_inside {
                return self.refuse("a `{` or `[` is not closed");
            }
        }
    }
}
