//! Literal (`|`) and folded (`>`) text, in which pnpm keeps deprecation messages of several lines.

use super::reader::{Read, Reader, refuse_at};
use super::scalar::{BlockText, Chomping, Style, without_break};

impl Reader<'_> {
    /// Reads a text whose head stands here. Its lines begin at `floor` or behind it.
    pub(super) fn block_text(&mut self, floor: usize) -> Read {
        let start = self.position();
        let (is_folded, chomping, given) = self.head()?;
        let Some(parent) = floor.checked_sub(1) else {
            return refuse_at(start, "a document of nothing but text is not supported");
        };
        let indent = match given {
            Some(given) => parent + given,
            None => self.found_indent()?.max(floor),
        };
        let Ok(indent) = u8::try_from(indent) else {
            return refuse_at(start, "text is indented further than is supported");
        };
        while let Some(line) = self.rest_of_text_line(usize::from(indent)) {
            if without_break(line).contains(is_control) {
                return self.refuse("control characters are not allowed");
            }
            if !line.ends_with('\n') {
                return self.refuse("the text ends within a line");
            }
            self.next_line(line.len());
        }
        self.skip_spaces();
        if self.position() - self.line() >= floor && self.byte().is_some() {
            return self.refuse("this line is indented less than the text before it");
        }
        let style = Style::Block(BlockText { is_folded, chomping, indent });
        self.push_scalar(start, self.line(), style);
        Ok(())
    }

    /// `|` or `>`, what becomes of line breaks, and the indentation if it is given.
    fn head(&mut self) -> Read<(bool, Chomping, Option<usize>)> {
        let is_folded = self.byte() == Some(b'>');
        let (mut chomping, mut given) = (Chomping::Clip, None);
        loop {
            self.advance(1);
            match self.byte() {
                Some(b'-') if chomping == Chomping::Clip => chomping = Chomping::Strip,
                Some(b'+') if chomping == Chomping::Clip => chomping = Chomping::Keep,
                Some(digit @ b'1'..=b'9') if given.is_none() => {
                    given = Some(usize::from(digit - b'0'));
                }
                _ => break,
            }
        }
        self.end_of_line()?;
        Ok((is_folded, chomping, given))
    }

    /// By how many spaces the first line is indented that holds anything. Lines before it may not be
    /// indented further.
    fn found_indent(&self) -> Read<usize> {
        let (mut at, mut longest) = (self.line(), 0);
        for line in self.text()[at..].split_inclusive('\n') {
            let indent = line.len() - line.trim_start_matches(' ').len();
            if !matches!(&line[indent..], "" | "\n" | "\r\n") {
                if longest > indent {
                    return refuse_at(at, "an empty line is indented further than the text");
                }
                return Ok(indent);
            }
            longest = longest.max(indent);
            at += line.len();
        }
        Ok(longest)
    }

    /// The line at which the reader stands, unless the text ends before it.
    fn rest_of_text_line(&self, indent: usize) -> Option<&str> {
        let line = self.text()[self.line()..].split_inclusive('\n').next()?;
        let line_ends = |rest: &str| matches!(rest, "" | "\n" | "\r\n");
        let spaces = line.bytes().take(indent).take_while(|byte| *byte == b' ').count();
        (spaces == indent || line_ends(&line[spaces..])).then_some(line)
    }
}

fn is_control(character: char) -> bool {
    character.is_ascii_control() && character != '\t'
}
