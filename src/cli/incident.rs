//! `lockgate incident`: the internal report, and drafts for those who have to be told.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::explain::Question;
use super::{db, output};
use crate::console;
use crate::exit::Exit;
use crate::incident::context::IncidentContext;
use crate::incident::note::{self, Reader};
use crate::incident::report;
use crate::pipeline::incidents::{Investigation, investigate};
use crate::pipeline::refresh::Surroundings;
use crate::problem::Problem;
use crate::settings::shown;
use crate::terminal::printable;

/// What is known about an incident, for those who have to be told.
#[derive(Debug, Subcommand)]
pub enum IncidentCommand {
    /// Write the internal report, filled in as far as the facts are known
    Report {
        /// About what, and where it goes
        #[command(flatten)]
        document: Document,
        /// When access or alteration was confirmed, such as 2026-11-22T14:30:00Z
        #[arg(long, value_name = "TIME")]
        confirmed: Option<Timestamp>,
    },
    /// Draft what customers are told, or the note in a release
    Note {
        /// About what, and where it goes
        #[command(flatten)]
        document: Document,
        /// Who reads it
        #[arg(long = "for", value_enum, value_name = "READER")]
        reader: ReaderArgument,
    },
}

/// About what, and where it goes.
#[derive(Debug, Args)]
pub struct Document {
    #[command(flatten)]
    question: Question,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Who reads a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReaderArgument {
    /// Customers, each told directly
    Customers,
    /// Whoever reads the notes of a release
    ReleaseNotes,
}

impl IncidentCommand {
    pub(super) fn run(self) -> Exit {
        match self {
            Self::Report { document, confirmed } => {
                document.write(|context| report::render(&IncidentContext { confirmed, ..context }))
            }
            Self::Note { document, reader } => {
                let reader = match reader {
                    ReaderArgument::Customers => Reader::Customers,
                    ReaderArgument::ReleaseNotes => Reader::ReleaseNotes,
                };
                document.write(|context| note::render(&context, reader))
            }
        }
    }
}

impl Document {
    fn write(&self, render: impl FnOnce(IncidentContext<'_>) -> String) -> Exit {
        let investigation = match self.investigate() {
            Ok(investigation) => investigation,
            Err(problems) => return console::refuse(&problems),
        };
        let context = investigation.context();
        let gaps = context.gaps.clone();
        for gap in &gaps {
            console::say(&printable(&format!("not known: {gap}")));
        }
        let exit = if gaps.is_empty() { Exit::Pass } else { Exit::Indeterminate };
        if !context.is_known() {
            return self.unknown(exit);
        }
        let text = render(context) + "\n";
        output::exit_after(self.put(&text), exit)
    }

    fn investigate(&self) -> Result<Investigation, Vec<Problem>> {
        let settings = self.question.settings()?;
        let surroundings =
            Surroundings { connect: &db::network, observer: &db::ConsoleObserver::new() };
        investigate(&settings, self.question.inquiry(), &surroundings)
    }

    /// Nothing that was ever locked is affected. Where something was not known, that is no answer.
    fn unknown(&self, exit: Exit) -> Exit {
        let advisory = self.question.inquiry().advisory;
        let message = format!("no package that is or was locked here is affected by {advisory}");
        let problem = Problem::in_file(advisory.as_str(), message)
            .help("`lockgate check` lists what is found, `lockgate history` what was locked");
        console::complain(&[problem]);
        if exit == Exit::Pass { Exit::InvalidInput } else { exit }
    }

    fn put(&self, text: &str) -> Result<(), Problem> {
        let cannot = |place: String, error: &std::io::Error| {
            let reason = crate::disk::in_words(error);
            Problem::in_file(place, format!("it cannot be written: {reason}"))
        };
        match &self.out {
            Some(file) => output::write_whole(file, |out| out.write_all(text.as_bytes()))
                .map_err(|error| cannot(shown(file), &error)),
            None => {
                console::show(text).map_err(|error| cannot("standard output".to_owned(), &error))
            }
        }
    }
}
