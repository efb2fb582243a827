//! Lines of a file, cut to fit and made printable, with the marked bytes moved along.
//!
//! A lockfile can be one line of five megabytes, and a span can be wrong. Whatever comes in, a few
//! lines of bounded width come out, and every mark lies inside them on character boundaries.

use std::ops::Range;

use crate::problem::SourceText;

use crate::terminal::{is_plain, printable_width, push_printable};

/// A marked span is shown over at most this many lines.
const MARKED_LINES: usize = 4;
/// A second mark is shown if it is at most this many lines away from the first.
const NEARBY_LINES: usize = 12;
const TAB: &str = "    ";

/// Some lines of a text, ready to be shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The lines, joined by line feeds. Nothing else in it is unprintable.
    pub(super) text: String,
    /// The number of the first line, from 1.
    pub(super) first_line: usize,
    /// The number of the last line.
    pub(super) last_line: usize,
    /// Where the first mark begins in the original: characters into its line, from 1.
    pub(super) column: usize,
    /// The number of the line in which the first mark begins.
    pub(super) line: usize,
    /// The marks, as bytes of `text`. `None`: too far from the first one to be shown with it.
    pub(super) marks: Vec<Option<Range<usize>>>,
}

impl Excerpt {
    /// The lines around `spans[0]`, and around those of the others that are near.
    pub(super) fn new(file: &SourceText, spans: &[Range<usize>], columns: usize) -> Self {
        let source = file.text.as_str();
        let spans: Vec<_> = spans.iter().map(|span| clamp(source, span)).collect();
        let first = spans.first().cloned().unwrap_or(0..0);
        let shown: Vec<_> =
            spans.into_iter().map(|span| is_near(source, &first, &span).then_some(span)).collect();
        let start = shown.iter().flatten().map(|span| span.start).min();
        let end = shown.iter().flatten().map(|span| span.end).max();
        let start = line_start(source, start.unwrap_or(first.start));
        let end = line_end(source, end.unwrap_or(first.end));

        let first_line = usize::try_from(file.line_at(start)).unwrap_or(usize::MAX);
        let (text, marks) = cut_lines(&source[start..end], start, &shown, columns);
        Self {
            first_line,
            last_line: first_line + count_lines(&source[start..end]),
            line: first_line + count_lines(&source[start..first.start]),
            column: 1 + source[line_start(source, first.start)..first.start].chars().count(),
            text,
            marks,
        }
    }
}

/// The span inside the text, on character boundaries, and over no more than [`MARKED_LINES`].
fn clamp(source: &str, span: &Range<usize>) -> Range<usize> {
    let start = source.floor_char_boundary(span.start.min(source.len()));
    let end = source.ceil_char_boundary(span.end.clamp(start, source.len()));
    let lines: usize =
        source[start..end].split_inclusive('\n').take(MARKED_LINES).map(str::len).sum();
    let trimmed = source[start..start + lines].trim_end_matches(['\r', '\n']);
    start..start + trimmed.len()
}

fn is_near(source: &str, first: &Range<usize>, other: &Range<usize>) -> bool {
    let between =
        if other.start < first.start { other.start..first.start } else { first.start..other.start };
    count_lines(&source[between]) <= NEARBY_LINES
}

fn count_lines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}

fn line_start(source: &str, offset: usize) -> usize {
    source[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

fn line_end(source: &str, offset: usize) -> usize {
    source[offset..].find('\n').map_or(source.len(), |newline| offset + newline)
}

/// Cuts every line, and moves the marks, whose offsets count from `base` bytes before `lines`.
fn cut_lines(
    lines: &str,
    base: usize,
    marks: &[Option<Range<usize>>],
    columns: usize,
) -> (String, Vec<Option<Range<usize>>>) {
    let mut text = String::new();
    let mut moved = marks.to_vec();
    let mut offset = base;
    for (index, raw) in lines.split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let within = offset..=offset + raw.len();
        let focus = marks
            .iter()
            .flatten()
            .find(|mark| within.contains(&mark.start))
            .map_or(0, |mark| mark.start - offset);
        let line = CutLine::new(raw.strip_suffix('\r').unwrap_or(raw), focus, columns);
        for (mark, target) in marks.iter().zip(&mut moved) {
            if let (Some(mark), Some(target)) = (mark, target) {
                if within.contains(&mark.start) {
                    target.start = text.len() + line.position(mark.start - offset);
                }
                if within.contains(&mark.end) {
                    target.end = text.len() + line.position(mark.end - offset);
                }
            }
        }
        text.push_str(&line.render());
        offset += raw.len() + 1;
    }
    (text, moved)
}

/// The part of one line that is shown.
struct CutLine<'line> {
    line: &'line str,
    /// Its bytes, on character boundaries.
    window: Range<usize>,
}

impl<'line> CutLine<'line> {
    /// As much around `focus` as fits: three quarters of the room after it, then all that is left
    /// before it, then after it again.
    fn new(line: &'line str, focus: usize, columns: usize) -> Self {
        let focus = focus.min(line.len());
        // Two columns for the marks that say where something was cut.
        let room = columns.saturating_sub(2).max(1);
        let (end, used_after) = reach_forward(line, focus, room * 3 / 4);
        let (start, used_before) = reach_backward(line, focus, room.saturating_sub(used_after));
        let left = room.saturating_sub(used_after + used_before);
        let (end, _) = reach_forward(line, end, left);
        Self { line, window: start..end }
    }

    /// Where a byte of the line lies in the rendered line.
    fn position(&self, offset: usize) -> usize {
        let mut rendered = self.prefix().to_owned();
        let end = offset.clamp(self.window.start, self.window.end);
        render_into(&mut rendered, &self.line[self.window.start..end]);
        rendered.len()
    }

    fn prefix(&self) -> &'static str {
        if self.window.start > 0 { "…" } else { "" }
    }

    fn render(&self) -> String {
        let mut rendered = self.prefix().to_owned();
        render_into(&mut rendered, &self.line[self.window.clone()]);
        if self.window.end < self.line.len() {
            rendered.push('…');
        }
        rendered
    }
}

fn render_into(rendered: &mut String, text: &str) {
    if is_plain(text.as_bytes()) {
        rendered.push_str(text);
        return;
    }
    for character in text.chars() {
        if character == '\t' {
            rendered.push_str(TAB);
        } else {
            push_printable(rendered, character);
        }
    }
}

fn columns_of(character: char) -> usize {
    if character == '\t' { TAB.len() } else { printable_width(character) }
}

/// How far `room` columns reach after `from`, and how many of them are used.
fn reach_forward(line: &str, from: usize, room: usize) -> (usize, usize) {
    let nearest = room.min(line.len() - from);
    if is_plain(&line.as_bytes()[from..from + nearest]) {
        return (from + nearest, nearest);
    }
    let mut end = from;
    let mut used = 0;
    for character in line[from..].chars().take(room) {
        let columns = columns_of(character);
        if used + columns > room {
            break;
        }
        used += columns;
        end += character.len_utf8();
    }
    (end, used)
}

/// How far `room` columns reach before `from`, and how many of them are used.
fn reach_backward(line: &str, from: usize, room: usize) -> (usize, usize) {
    let nearest = room.min(from);
    if is_plain(&line.as_bytes()[from - nearest..from]) {
        return (from - nearest, nearest);
    }
    let mut start = from;
    let mut used = 0;
    for character in line[..from].chars().rev().take(room) {
        let columns = columns_of(character);
        if used + columns > room {
            break;
        }
        used += columns;
        start -= character.len_utf8();
    }
    (start, used)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(source: &str, span: Range<usize>, columns: usize) -> Excerpt {
        let file = SourceText::new("x", source);
        Excerpt::new(&file, std::slice::from_ref(&span), columns)
    }

    fn marked(excerpt: &Excerpt) -> Vec<Option<&str>> {
        let text = |mark: &Option<Range<usize>>| mark.clone().map(|mark| &excerpt.text[mark]);
        excerpt.marks.iter().map(text).collect()
    }

    #[test]
    fn whole_lines_are_kept_when_they_fit() {
        let excerpt = excerpt("one\r\ntwo three\nfour", 9..14, 80);
        assert_eq!(excerpt.text, "two three");
        assert_eq!((excerpt.line, excerpt.column), (2, 5));
        assert_eq!(marked(&excerpt), [Some("three")]);
    }

    #[test]
    fn a_huge_line_is_cut_around_the_mark() {
        let text = format!("{}NEEDLE{}", "a".repeat(3_000_000), "b".repeat(2_000_000));
        let excerpt = excerpt(&text, 3_000_000..3_000_006, 40);
        assert_eq!(marked(&excerpt), [Some("NEEDLE")]);
        assert!(excerpt.text.starts_with("…a") && excerpt.text.ends_with("b…"));
        assert_eq!(crate::terminal::width(&excerpt.text), 40);
        assert_eq!(excerpt.column, 3_000_001);
    }

    #[test]
    fn nearby_marks_share_the_lines_between_them_and_distant_ones_are_left_out() {
        let text = "a\n".repeat(50);
        let excerpt = Excerpt::new(&SourceText::new("x", text), &[20..21, 24..25, 90..91], 40);
        assert_eq!((excerpt.first_line, excerpt.last_line), (11, 13));
        assert_eq!(marked(&excerpt), [Some("a"), Some("a"), None]);
    }

    #[test]
    fn a_mark_over_many_lines_is_shortened() {
        let text = "line\n".repeat(50);
        let excerpt = excerpt(&text, 0..text.len(), 40);
        assert_eq!((excerpt.first_line, excerpt.last_line), (1, 4));
    }

    #[test]
    fn spans_outside_the_text_or_off_its_characters_are_mended() {
        for (start, end) in [(5, 900), (900, 901), (1, 2), (7, 3)] {
            let excerpt = excerpt("é漢x\n", start..end, 40);
            assert!(marked(&excerpt)[0].is_some(), "{start}..{end}");
        }
    }
}
