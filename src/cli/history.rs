//! `lockgate history`: since when, and until when, a vulnerable version was locked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{InputArguments, db, output};
use crate::advisory_id::AdvisoryId;
use crate::console;
use crate::exit::Exit;
use crate::history::listing;
use crate::pipeline::history::{History, history};
use crate::pipeline::inquiry::Inquiry;
use crate::pipeline::refresh::Surroundings;
use crate::problem::Problem;
use crate::terminal::{printable, printable_json};

/// Since when, and until when, a version that an advisory is about was locked, and which releases
/// shipped it.
#[derive(Debug, Args)]
pub struct HistoryCommand {
    /// The advisory, under any of its names
    #[arg(value_name = "ADVISORY")]
    advisory: String,
    /// Folders to search and lockfiles to look at [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    input: InputArguments,
    /// How the history is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How a history is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

impl HistoryCommand {
    pub(super) fn run(self) -> Exit {
        match self.tell() {
            Ok(told) => self.show(&told),
            Err(problems) => console::refuse(&problems),
        }
    }

    fn tell(&self) -> Result<History, Vec<Problem>> {
        let advisory: AdvisoryId = self.advisory.parse().map_err(|error| {
            Problem::in_file("ADVISORY", format!("`{}`: {error}", self.advisory))
        })?;
        let settings = self.input.settings(&self.paths)?;
        let surroundings =
            Surroundings { connect: &db::network, observer: &db::ConsoleObserver::new() };
        history(&settings, &Inquiry { advisory, package: None }, &surroundings)
    }

    fn show(&self, told: &History) -> Exit {
        let shown = match self.format {
            Format::Text => listing::text(&self.advisory, &told.lockfiles),
            Format::Json => {
                let history = json!({
                    "schema": "lockgate/history/v1",
                    "advisory": self.advisory,
                    "gaps": told.gaps,
                    "lockfiles": told.lockfiles,
                });
                printable_json(&format!("{history:#}"))
            }
        };
        for gap in &told.gaps {
            console::say(&printable(&format!("not known: {gap}")));
        }
        let exit = if told.gaps.is_empty() { Exit::Pass } else { Exit::Indeterminate };
        output::show(&shown, "history", exit)
    }
}
