//! `lockgate completions` and `lockgate man`: what shells and people want to know about the command
//! line, written from the command line itself.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::{Cli, output};
use crate::console;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::settings::shown;

/// The name of the program.
const NAME: &str = "lockgate";

/// Print the completions of a shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Print the manual.
#[derive(Debug, Args)]
pub struct Manual {
    /// Write a page for each command into this folder instead
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Completions {
    pub(super) fn run(self) -> Exit {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), NAME, &mut text);
        show(&text)
    }
}

impl Manual {
    pub(super) fn run(self) -> Exit {
        let Some(folder) = &self.out else {
            let mut page = Vec::new();
            // Writing to memory cannot fail.
            let _ = Man::new(command()).render(&mut page);
            return show(&page);
        };
        let written = pages(folder).map_err(|error| {
            Problem::in_file(shown(folder), format!("no page can be written: {error}"))
        });
        output::exit_after(written, Exit::Pass)
    }
}

/// The command line without `help`, which says what the manual does.
fn command() -> clap::Command {
    Cli::command().disable_help_subcommand(true)
}

fn pages(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command(), folder)
}

fn show(text: &[u8]) -> Exit {
    let written = console::show_program(&String::from_utf8_lossy(text)).map_err(|error| {
        Problem::in_file("standard output", format!("it cannot be written: {error}"))
    });
    output::exit_after(written, Exit::Pass)
}
