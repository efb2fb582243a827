//! `lockgate check`: find lockfiles, decide, report.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::comment::{CommentOfCheck, How};
use super::release::ReleaseOfCheck;
use super::ticket::TicketsOfCheck;
use super::{BaseArguments, CheckArguments, db};
use crate::attestation::statement::Subject;
use crate::console;
use crate::disk;
use crate::exit::Exit;
use crate::outcome::Outcome;
use crate::pipeline::refresh::Surroundings;
use crate::problem::Problem;
use crate::report::{self, Reporter};
use crate::settings::{CheckRequest, CheckSettings, ReportTarget, shown};
use crate::terminal::Style;

/// A report of some dozen findings takes this much, and is then handed over at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// Find lockfiles, decide, report; the exit code is the verdict.
#[derive(Debug, Args)]
pub struct Check {
    /// Folders to search and lockfiles to check [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    arguments: CheckArguments,
    #[command(flatten)]
    base: BaseArguments,
    #[command(flatten)]
    effects: Effects,
}

/// What is done about the verdict, beyond reporting it.
#[derive(Debug, Default, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("effects").args(["tickets", "comment"]).multiple(true)))]
pub struct Effects {
    #[command(flatten)]
    tickets: TicketsOfCheck,
    #[command(flatten)]
    release: ReleaseOfCheck,
    #[command(flatten)]
    comment: CommentOfCheck,
    /// With --tickets or --comment: read what is there, but write nothing
    #[arg(long, requires = "effects")]
    dry_run: bool,
}

impl Check {
    pub(super) fn run(self) -> Exit {
        run(&self.paths, &self.arguments, &self.base, &self.effects)
    }
}

/// Checks `paths`, or the current folder if there are none.
pub(super) fn run(
    paths: &[PathBuf],
    arguments: &CheckArguments,
    base: &BaseArguments,
    effects: &Effects,
) -> Exit {
    let Effects { tickets, release, comment, dry_run } = effects;
    let prepared = base.setting().and_then(|base| {
        let (settings, subjects) = settings_for(paths, arguments, release)?;
        Ok((CheckSettings { base, ..settings }, subjects, comment.key()?))
    });
    let (settings, subjects, key) = match prepared {
        Ok(prepared) => prepared,
        Err(problem) => return console::refuse(&[problem]),
    };
    let surroundings =
        Surroundings { connect: &db::network, observer: &db::ConsoleObserver::new() };
    match tickets.check(&settings, &surroundings, !dry_run) {
        Ok(mut outcome) => {
            release.hold(&mut outcome, &settings, tickets, subjects);
            let exit = Exit::from(&outcome);
            console::complain(&outcome.unreadable);
            let written = write_reports(&outcome, &settings.reports);
            let how = How { key: key.as_ref(), repository: tickets.repository(), writes: !dry_run };
            comment.write(&outcome, settings.offline, how);
            // The process is about to end; giving back every piece of memory on its own takes longer.
            std::mem::forget(outcome);
            exit_after(written, exit)
        }
        Err(problems) => console::refuse(&problems),
    }
}

/// A report that cannot be written must not turn into a pass, nor hide a block.
pub(super) fn exit_after(written: Result<(), Problem>, exit: Exit) -> Exit {
    match (written, exit) {
        (Ok(()), exit) => exit,
        (Err(problem), exit) => {
            console::complain(&[problem]);
            if exit == Exit::Blocked { exit } else { Exit::Internal }
        }
    }
}

/// What a run that is not about a release is to do.
pub(super) fn settings(
    paths: &[PathBuf],
    arguments: &CheckArguments,
) -> Result<CheckSettings, Problem> {
    settings_for(paths, arguments, &ReleaseOfCheck::default()).map(|(settings, _)| settings)
}

fn settings_for(
    paths: &[PathBuf],
    arguments: &CheckArguments,
    release: &ReleaseOfCheck,
) -> Result<(CheckSettings, Vec<Subject>), Problem> {
    let settings = requested(paths, arguments)?;
    let subjects = release.subjects(&settings.reports)?;
    Ok((settings, subjects))
}

fn requested(paths: &[PathBuf], arguments: &CheckArguments) -> Result<CheckSettings, Problem> {
    CheckSettings::new(CheckRequest {
        paths: paths.to_vec(),
        policy: arguments.input.policy.clone(),
        database: arguments.input.db.clone(),
        offline: arguments.input.offline,
        vex: arguments.vex.clone(),
        reports: arguments.reports()?,
    })
}

pub(super) fn write_reports(outcome: &Outcome, targets: &[ReportTarget]) -> Result<(), Problem> {
    for target in targets {
        let Some(reporter) = report::by_name(target.reporter) else {
            continue;
        };
        match &target.file {
            Some(file) => write_file(reporter, outcome, file).map_err(|error| {
                Problem::in_file(shown(file), format!("the report cannot be written: {error}"))
            })?,
            None => write_to_standard_output(reporter, outcome).map_err(|error| {
                Problem::in_file(
                    "standard output",
                    format!("the report cannot be written: {error}"),
                )
            })?,
        }
    }
    Ok(())
}

fn write_file(reporter: &dyn Reporter, outcome: &Outcome, file: &Path) -> io::Result<()> {
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
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, tempfile::NamedTempFile::new_in(folder)?);
    write(&mut out)?;
    let temporary = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    disk::make_readable(temporary.as_file())?;
    temporary.persist(file).map_err(|error| error.error)?;
    Ok(())
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
