//! Aligned rows for lists that must stay short.

use crate::diagnostic::wrap;
use crate::report::Style;
use crate::terminal::{Tone, width};

/// Columns wider than this do not push the others away.
const COLUMN_LIMIT: usize = 32;
/// With less room than this beside the cells, the rest stands below them.
const REST_COLUMNS: usize = 30;
const BELOW: &str = "      ";

/// A row: short cells, and a last one that wraps in the room that is left.
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
