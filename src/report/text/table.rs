//! Aligned rows for compact lists, and facts with labels.

use crate::diagnostic::wrap;
use crate::report::Style;
use crate::terminal::{Tone, width};

/// The widest column.
const COLUMN_LIMIT: usize = 32;
/// With fewer columns left, the last cell is printed below the others.
const REST_COLUMNS: usize = 30;
const BELOW: &str = "      ";
const LABEL_WIDTH: usize = 10;
/// More than most advisories need, so that the string rarely reallocates.
const TABLE_LENGTH: usize = 1024;

/// A row: short cells, and a last one that wraps in the remaining columns.
pub(super) struct Row<const CELLS: usize> {
    /// Printable text without colour, and its tone.
    pub(super) cells: [(String, Option<Tone>); CELLS],
    /// Printable text; may be coloured.
    pub(super) rest: String,
}

/// The rows, indented by two, each ended by a line feed.
pub(super) fn render<const CELLS: usize>(rows: &[Row<CELLS>], style: Style) -> String {
    let column = |index: usize| {
        rows.iter()
            .map(|row| width(&row.cells[index].0))
            .filter(|width| *width <= COLUMN_LIMIT)
            .max()
            .unwrap_or(0)
    };
    let columns: [usize; CELLS] = std::array::from_fn(column);
    let indent = " ".repeat(2 + columns.iter().map(|width| width + 2).sum::<usize>());
    let mut rendered = String::new();
    for row in rows {
        let mut start = "  ".to_owned();
        for ((text, tone), column) in row.cells.iter().zip(columns) {
            match tone {
                Some(tone) => start += &style.paint(*tone, text),
                None => start += text,
            }
            start += &" ".repeat(column.saturating_sub(width(text)) + 2);
        }
        let wrapped = if indent.len() + REST_COLUMNS > style.columns() {
            format!("{start}\n{}", wrap(&row.rest, BELOW, BELOW, style))
        } else {
            wrap(&row.rest, &start, &indent, style)
        };
        rendered += wrapped.replace('\u{a0}', " ").trim_end();
        rendered.push('\n');
    }
    rendered
}

/// Labelled lines, wrapped under their labels.
pub(super) struct FactTable {
    style: Style,
    rendered: String,
}

impl FactTable {
    pub(super) fn new(style: Style) -> Self {
        Self { style, rendered: String::with_capacity(TABLE_LENGTH) }
    }

    /// A fact with a quiet label.
    pub(super) fn add(&mut self, label: &str, value: &str) {
        self.add_in(Tone::Faint, label, value);
    }

    /// A fact with a label in a tone of its own.
    pub(super) fn add_in(&mut self, tone: Tone, label: &str, value: &str) {
        let margin = " ".repeat(LABEL_WIDTH.saturating_sub(label.len()));
        let label = self.style.paint(tone, label);
        self.line(&["  ", &label, &margin].concat(), value);
    }

    /// Another line under the same label.
    pub(super) fn more(&mut self, value: &str) {
        self.line(&" ".repeat(2 + LABEL_WIDTH), value);
    }

    /// Several lines under one label.
    pub(super) fn add_all(&mut self, label: &str, values: &[String]) {
        for (index, value) in values.iter().enumerate() {
            if index == 0 {
                self.add(label, value);
            } else {
                self.more(value);
            }
        }
    }

    /// The lines, each ended by a line feed.
    pub(super) fn finish(self) -> String {
        let mut finished = String::with_capacity(self.rendered.len());
        for (position, part) in self.rendered.split('\u{a0}').enumerate() {
            if position > 0 {
                finished.push(' ');
            }
            finished += part;
        }
        finished
    }

    fn line(&mut self, start: &str, value: &str) {
        let indent = " ".repeat(2 + LABEL_WIDTH);
        self.rendered += &wrap(value, start, &indent, self.style);
        self.rendered.push('\n');
    }
}
