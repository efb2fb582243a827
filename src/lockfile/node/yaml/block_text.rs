//! Literal (`|`) and folded (`>`) text, in which pnpm keeps deprecation messages of several lines.

use super::reader::{Read, Reader};
use super::scalar::Style;

/// What its head says, and by how many spaces its lines are indented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lockfile::node) struct BlockText {
    is_folded: bool,
    chomping: Chomping,
    indent: u8,
}

/// What becomes of the line breaks at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl Reader<'_> {
    /// Reads a text whose head stands here. Its lines begin at `floor` or behind it.
    pub(super) fn block_text(&mut self, floor: usize) -> Read {
        let start = self.position();
        let (is_folded, chomping, given) = self.head()?;
        let Some(parent) = floor.checked_sub(1) else {
            return self.refuse_at(start, "a document of nothing but text is not supported");
        };
        let indent = match given {
            Some(given) => parent + given,
            None => self.found_indent()?.max(floor),
        };
        let Ok(indent) = u8::try_from(indent) else {
            return self.refuse_at(start, "text is indented further than is supported");
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
                    return self.refuse_at(at, "an empty line is indented further than the text");
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

fn without_break(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
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
