//! Standard error and the looks of a terminal. Reports go to standard output, everything else that
//! is said goes to standard error.

use std::io::{self, IsTerminal, Write};

use anstream::ColorChoice;

use crate::diagnostic;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::terminal::{Style, harmless_in_logs};

/// Says what is wrong with an input, and ends with the exit code for it.
pub fn refuse(problems: &[Problem]) -> Exit {
    complain(problems);
    Exit::InvalidInput
}

/// Says what is wrong.
pub fn complain(problems: &[Problem]) {
    if problems.is_empty() {
        return;
    }
    say(&diagnostic::render_all(problems, error_style()));
}

/// Writes a message for people to standard error.
///
/// Nothing can be done, or said, when standard error cannot be written; the exit code remains.
pub fn say(message: &str) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "{}", harmless_in_logs(message.trim_end()));
}

/// Writes what was asked for to standard output.
///
/// # Errors
///
/// Standard output cannot be written. That somebody stopped reading is no error.
pub fn show(text: &str) -> io::Result<()> {
    show_program(&harmless_in_logs(text))
}

/// The same for text of ours that a program reads to the letter.
///
/// # Errors
///
/// As for [`show`].
pub fn show_program(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// How standard output looks: coloured on a terminal, unless `NO_COLOR` says otherwise.
pub fn output_style() -> Style {
    style(anstream::AutoStream::choice(&io::stdout()), io::stdout().is_terminal())
}

/// How standard error looks.
pub fn error_style() -> Style {
    style(anstream::AutoStream::choice(&io::stderr()), io::stderr().is_terminal())
}

fn style(choice: ColorChoice, is_terminal: bool) -> Style {
    let width = if is_terminal {
        terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
    } else {
        None
    };
    Style { color: choice != ColorChoice::Never, width: width.unwrap_or(Style::PLAIN.width) }
}
