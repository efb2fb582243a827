//! The table under a block: a label and what is said under it.

use crate::diagnostic::wrap;
use crate::report::Style;
use crate::terminal::Tone;

const LABEL_WIDTH: usize = 10;
/// More than most advisories need, so that the text is hardly ever moved.
const FACTS_LENGTH: usize = 1024;

/// Labelled lines, wrapped under their labels.
pub(super) struct Facts {
    style: Style,
    rendered: String,
}

impl Facts {
    pub(super) fn new(style: Style) -> Self {
        Self { style, rendered: String::with_capacity(FACTS_LENGTH) }
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
