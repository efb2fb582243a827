//! Where reports go, and how a command ends.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::console;
use crate::disk;
use crate::exit::Exit;
use crate::outcome::Outcome;
use crate::problem::Problem;
use crate::report::Reporter;
use crate::settings::{ReportTarget, shown};
use crate::terminal::Style;

/// A report of some dozen findings takes this much, and is then handed over at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// The end of a command: a report that cannot be written must not turn into a pass, nor hide a block.
pub(super) fn exit_after(written: Result<(), Problem>, exit: Exit) -> Exit {
    match (written, exit) {
        (Ok(()), exit) => exit,
        (Err(problem), exit) => {
            console::complain(&[problem]);
            if exit == Exit::Blocked { exit } else { Exit::Internal }
        }
    }
}

/// The end of a command that shows a text; `what` it is, for where it cannot be written.
pub(super) fn show(text: &str, what: &str, exit: Exit) -> Exit {
    let written = console::show(text).map_err(|error| {
        Problem::in_file("standard output", format!("the {what} cannot be written: {error}"))
    });
    exit_after(written, exit)
}

/// The end of a command that has nothing more to do with an outcome: giving back every piece of its
/// memory takes longer than ending the process.
pub(super) fn end(outcome: Outcome, written: Result<(), Problem>, exit: Exit) -> Exit {
    std::mem::forget(outcome);
    exit_after(written, exit)
}

/// Writes every report that was asked for.
pub(super) fn write_reports(outcome: &Outcome, targets: &[ReportTarget]) -> Result<(), Problem> {
    for ReportTarget { reporter, file } in targets {
        let (place, written) = match file {
            Some(file) => (shown(file), write_to_file(*reporter, outcome, file)),
            None => ("standard output".to_owned(), write_to_standard_output(*reporter, outcome)),
        };
        written.map_err(|error| {
            Problem::in_file(place, format!("the report cannot be written: {error}"))
        })?;
    }
    Ok(())
}

fn write_to_file(reporter: &dyn Reporter, outcome: &Outcome, file: &Path) -> io::Result<()> {
    write_whole(file, |out| reporter.write(outcome, Style::PLAIN, out))
}

/// Writes a file that is there whole or not at all: whoever reads it next must not take half of it
/// for all.
pub(super) fn write_whole(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let is_ordinary = fs::metadata(file).map_or(true, |metadata| metadata.is_file());
    if !is_ordinary {
        // A device or a pipe cannot be replaced.
        let mut out =
            BufWriter::with_capacity(BUFFER_BYTES, fs::OpenOptions::new().write(true).open(file)?);
        write(&mut out)?;
        return out.flush();
    }
    disk::replace(file, |temporary| {
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, &*temporary);
        write(&mut out)?;
        out.flush()?;
        disk::make_readable(temporary)
    })
}

fn write_to_standard_output(reporter: &dyn Reporter, outcome: &Outcome) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
    let written = reporter.write(outcome, console::output_style(), &mut out);
    match written.and_then(|()| out.flush()) {
        // Whoever stopped reading has seen what they wanted; the exit code still tells the rest.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
