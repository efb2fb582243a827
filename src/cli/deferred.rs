//! Options that are only defined once their command is typed.
//!
//! To define the options of all commands takes a thirtieth of a whole check. The one thing that is lost:
//! the completions of `lockgate help` know the commands, and not the commands below them.

use clap::builder::Resettable;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches, Subcommand};

use super::without_empty_variables;

/// What stands behind a command, defined when that command is typed, or when all of them are shown.
#[derive(Debug)]
pub(super) struct Deferred<Arguments>(pub(super) Arguments);

impl<Arguments: FromArgMatches> FromArgMatches for Deferred<Arguments> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Arguments::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        Arguments::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<Arguments: Args> Args for Deferred<Arguments> {
    fn augment_args(command: Command) -> Command {
        command.defer(|command| define(command, Arguments::augment_args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(|command| define(command, Arguments::augment_args_for_update))
    }
}

impl<Commands: Subcommand> Subcommand for Deferred<Commands> {
    fn augment_subcommands(command: Command) -> Command {
        command.defer(|command| define(command, Commands::augment_subcommands))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        command.defer(|command| define(command, Commands::augment_subcommands_for_update))
    }

    fn has_subcommand(name: &str) -> bool {
        Commands::has_subcommand(name)
    }
}

/// Defines what stands behind a command. What is said of the command itself was said before, and stays.
fn define(command: Command, augment: fn(Command) -> Command) -> Command {
    let about = Resettable::from(command.get_about().cloned());
    let long_about = Resettable::from(command.get_long_about().cloned());
    without_empty_variables(augment(command)).about(about).long_about(long_about)
}
