//! The colours: few, and each means one thing.

use std::fmt::Display;

use anstyle::{AnsiColor, Effects};

use crate::terminal::Style;

/// What a piece of text means, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Error,
    /// Needs attention, but not immediately.
    Warning,
    Note,
    /// Something is unknown.
    Gap,
    /// A good state, or the way to it.
    Good,
    /// The most important text.
    Strong,
    /// Secondary text.
    Faint,
    /// The frame around source lines: line numbers, arrows, bars.
    Frame,
}

impl Tone {
    /// The style of the terminal.
    pub const fn style(self) -> anstyle::Style {
        match self {
            Self::Error => AnsiColor::BrightRed.on_default().effects(Effects::BOLD),
            Self::Warning => AnsiColor::Yellow.on_default().effects(Effects::BOLD),
            Self::Note => AnsiColor::BrightBlue.on_default().effects(Effects::BOLD),
            Self::Gap => AnsiColor::BrightMagenta.on_default().effects(Effects::BOLD),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Strong => anstyle::Style::new().effects(Effects::BOLD),
            Self::Faint => anstyle::Style::new().effects(Effects::DIMMED),
            Self::Frame => AnsiColor::BrightBlue.on_default(),
        }
    }
}

impl Style {
    /// The text in a tone. The text must be printable already.
    pub fn paint(self, tone: Tone, text: impl Display) -> String {
        if !self.color {
            return text.to_string();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }
}
