//! `lockgate hook`: a git hook that checks what is about to be pushed.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use clap::{Args, Subcommand};

use super::{InputArguments, db};
use crate::console;
use crate::exit::Exit;
use crate::git::Repository;
use crate::hook::plan::{self, Plan};
use crate::hook::push;
use crate::hook::script::{self, EARLIER, NAME};
use crate::outcome::Outcome;
use crate::pipeline;
use crate::pipeline::push::{Place, Push, Task};
use crate::pipeline::refresh::Surroundings;
use crate::problem::{GapCode, Problem};
use crate::report;
use crate::settings::{CheckRequest, CheckSettings, clock, enter, own_binary, shown};
use crate::terminal::one_line;
use crate::verdict::Answer;

/// The setting of git that lets old advisories pass with a warning, on one person's machine.
const STALE_SETTING: &str = "lockgate.hook.stale";

/// Names of branches are as long as their authors like.
const NAME_LIMIT: usize = 120;

/// A git hook that checks what is about to be pushed.
#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Write the hook; one that is there already is kept, and runs first
    Install {
        /// Write it even if `core.hooksPath` leads out of the repository: it is then run for others too
        #[arg(long)]
        shared: bool,
    },
    /// Take the hook away, and put back the one from before
    Uninstall,
    /// Check what git says is pushed, on standard input; the hook calls this
    Run(Run),
}

/// What git hands over to a pre-push hook.
#[derive(Debug, Args)]
pub struct Run {
    /// The name of the remote
    #[arg(value_name = "REMOTE")]
    remote: Option<String>,
    /// Its address
    #[arg(value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    input: InputArguments,
}

impl HookCommand {
    pub(super) fn run(self) -> Exit {
        let done = match self {
            Self::Install { shared } => install(shared),
            Self::Uninstall => uninstall(),
            Self::Run(run) => run.check(),
        };
        done.unwrap_or_else(|problems| console::refuse(&problems))
    }
}

/// The repository of the current folder, and where its hooks lie.
struct Hooks {
    folder: PathBuf,
    is_inside: bool,
}

impl Hooks {
    fn find() -> Result<Self, Vec<Problem>> {
        let (repository, root) = repository()?;
        let (folder, own) = repository.hook_folders().map_err(|error| no_repository(&error))?;
        let place = resolved(&folder);
        let is_inside = [&root, &own]
            .map(|inside| resolved(inside))
            .iter()
            .any(|inside| !inside.as_os_str().is_empty() && place.starts_with(inside));
        Ok(Self { folder, is_inside })
    }

    fn hook(&self) -> String {
        shown(&self.folder.join(NAME))
    }

    fn problem(&self, said: impl Into<String>) -> Problem {
        Problem::in_file(self.hook(), said)
    }
}

/// The repository of the current folder, seen from its root: there hooks are run.
fn repository() -> Result<(Repository, PathBuf), Vec<Problem>> {
    let (_, root) =
        Repository::with_work_tree(Path::new(".")).map_err(|error| no_repository(&error))?;
    let repository = Repository::of(&root).map_err(|error| no_repository(&error))?;
    // What is pushed is here; nothing is waited for.
    Ok((repository.offline(), root))
}

fn no_repository(error: &dyn std::fmt::Display) -> Problem {
    let problem = Problem::in_file(".", error.to_string());
    problem.help("run it in a clone of a repository that has files checked out")
}

/// Where a folder is, whatever links lead to it, even if it is not there yet. Nowhere, if that cannot
/// be said.
fn resolved(folder: &Path) -> PathBuf {
    let is_there = |place: &&Path| place.exists();
    let there = folder.ancestors().find(is_there);
    let place = there.and_then(|there| {
        let rest = folder.strip_prefix(there).ok()?;
        let goes_down = rest.components().all(|part| matches!(part, Component::Normal(_)));
        goes_down.then_some(there.canonicalize().ok()?.join(rest))
    });
    place.unwrap_or_default()
}

fn install(shared: bool) -> Result<Exit, Vec<Problem>> {
    let hooks = Hooks::find()?;
    if !hooks.is_inside && !shared {
        let problem = hooks.problem("`core.hooksPath` leads out of this repository");
        let help = "add `lockgate hook run \"$@\"` to that hook by hand, or write it for every \
                    repository that uses it: `lockgate hook install --shared`";
        return Err(problem.help(help).into());
    }
    let binary = own_binary()
        .map_err(|error| hooks.problem(format!("it is not known where lockgate is: {error}")))?;
    let text = script::text(&binary);
    let unwritable = |error: io::Error| hooks.problem(format!("cannot be written: {error}"));
    let present = plan::look(&hooks.folder).map_err(unwritable)?;
    let planned = plan::install(&present).map_err(|error| {
        let problem = hooks.problem(error.to_string());
        problem.help("add `lockgate hook run \"$@\"` to it by hand, or move it away")
    })?;
    let is_there = fs::read(hooks.folder.join(NAME)).is_ok_and(|there| there == text.as_bytes());
    if is_there {
        console::say(&format!("{}: is installed already", hooks.hook()));
        return Ok(Exit::Pass);
    }
    plan::apply(planned, &hooks.folder, &text).map_err(unwritable)?;
    let mut said = format!("{}: checks from now on what you push", hooks.hook());
    if planned == Plan::KeepAndWrite {
        said = format!("{said}\nthe hook that was there is kept as {EARLIER}, and runs first");
    }
    console::say(&said);
    Ok(Exit::Pass)
}

fn uninstall() -> Result<Exit, Vec<Problem>> {
    let hooks = Hooks::find()?;
    let unwritable = |error: io::Error| hooks.problem(format!("cannot be removed: {error}"));
    let present = plan::look(&hooks.folder).map_err(unwritable)?;
    let planned = plan::uninstall(&present).map_err(|error| {
        hooks.problem(error.to_string()).help("remove it by hand if it is not needed")
    })?;
    plan::apply(planned, &hooks.folder, "").map_err(unwritable)?;
    console::say(&match planned {
        Plan::Nothing => format!("{}: is not lockgate's", hooks.hook()),
        Plan::RemoveAndRestore => format!("{}: is the one from before again", hooks.hook()),
        Plan::Remove | Plan::Write | Plan::KeepAndWrite => format!("{}: removed", hooks.hook()),
    });
    Ok(Exit::Pass)
}

impl Run {
    fn check(self) -> Result<Exit, Vec<Problem>> {
        let unreadable =
            |error: &dyn std::fmt::Display| Problem::in_file("standard input", error.to_string());
        let mut input = String::new();
        io::stdin().read_to_string(&mut input).map_err(|error| unreadable(&error))?;
        let pushed = push::read(&input).map_err(|error| unreadable(&error))?;
        if pushed.is_empty() {
            return Ok(Exit::Pass);
        }
        let (repository, root) = repository()?;
        let today = clock()?.today();
        let input = Input::of(&self.input);
        let push = Push {
            repository: &repository,
            root: &root,
            remote: self.remote.as_deref().unwrap_or_default(),
            policy: input.policy.as_deref(),
            today,
        };
        let tasks = push.tasks(&pushed).map_err(|error| unknown(&error))?;
        let mut exit = Exit::Pass;
        for task in &tasks {
            let place = push.place(&task.commit).map_err(|error| unknown(&error))?;
            exit = exit.max(input.check(task, &place, &repository)?);
            // A folder that is about to go cannot stay the current one.
            enter(&root).map_err(|error| unknown(&error))?;
        }
        Ok(exit)
    }
}

fn unknown(error: &dyn std::fmt::Display) -> Problem {
    let problem =
        Problem::in_file("pre-push", format!("what is pushed cannot be checked: {error}"));
    problem.help("`git push --no-verify` pushes all the same")
}

/// Where policy and advisories are, from whatever folder they are looked for.
struct Input {
    policy: Option<PathBuf>,
    database: Option<PathBuf>,
}

impl Input {
    fn of(arguments: &InputArguments) -> Self {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        Self {
            policy: arguments.policy.as_ref().map(absolute),
            database: arguments.db.as_ref().map(absolute),
        }
    }

    /// Checks one commit. The network is never waited for: a push is no time for that.
    fn check(
        &self,
        task: &Task,
        place: &Place,
        repository: &Repository,
    ) -> Result<Exit, Vec<Problem>> {
        let settings = CheckSettings::new(CheckRequest {
            paths: Vec::new(),
            policy: self.policy.clone(),
            database: self.database.clone(),
            offline: true,
            ..CheckRequest::default()
        })?;
        enter(place.folder()).map_err(|error| unknown(&error))?;
        let surroundings =
            Surroundings { connect: &db::network, observer: &db::ConsoleObserver::new() };
        let is_commit = matches!(place, Place::Copy(_));
        let settings = CheckSettings { is_commit, ..settings };
        let outcome = pipeline::check(&settings, &surroundings)?;
        console::complain(&outcome.unreadable);
        Ok(tell(task, &outcome, repository))
    }
}

/// Says what came of a check, on standard error: the standard output of a hook may be read by programs.
fn tell(task: &Task, outcome: &Outcome, repository: &Repository) -> Exit {
    let names: Vec<String> = task.names.iter().map(|name| one_line(name, NAME_LIMIT)).collect();
    let names = names.join(", ");
    if outcome.verdict.answer == Answer::Pass {
        console::say(&format!("lockgate: {names}: {}", report::in_one_line(outcome)));
        return Exit::Pass;
    }
    // Nothing can be done where standard error cannot be written; the exit code remains.
    let _ = report::DEFAULT.write(outcome, console::error_style(), &mut io::stderr().lock());
    if is_only_stale(outcome) && repository.setting(STALE_SETTING).as_deref() == Some("warn") {
        console::say(&format!(
            "lockgate: {names}: pushed with old advisories, as {STALE_SETTING} says; \
             run `lockgate db update`"
        ));
        return Exit::Pass;
    }
    console::say(&format!(
        "lockgate: the push of {names} is refused; `git push --no-verify` pushes all the same"
    ));
    Exit::from(outcome)
}

/// Whether nothing is wrong but that advisories are old.
fn is_only_stale(outcome: &Outcome) -> bool {
    outcome.verdict.answer == Answer::Indeterminate
        && outcome.verdict.gaps.iter().all(|gap| gap.code == GapCode::DatabaseStale)
}
