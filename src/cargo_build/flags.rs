//! Commands in the repository that build with flags of their own: in workflows, container files,
//! makefiles, scripts and aliases, and settings of tools that run such commands.
//!
//! What they build is shipped too, so every target and every choice of features that they name
//! becomes a cell of the matrix, with their line. A command that cannot be understood, because a
//! variable stands where a flag should, leaves everything open.
//!
//! This over-approximates on purpose: a file with a command that ships is taken to ship for every
//! target whose triple it names anywhere, and for the operating systems of the runners it asks for.

mod code;
mod command;
mod files;
mod keys;
mod lines;
mod places;
mod spacing;
mod steps;
mod tables;
mod words;

use std::collections::BTreeSet;

use self::command::{Features, ShippingCommand};
use super::matrix::{Ingredients, Member};
use super::platform::is_target;
use super::{BuildProblem, Cell, CellFeatures, FeatureName};
use crate::policy::Placed;
use crate::problem::{Location, SourceText};

pub(super) use self::files::{Places, read as read_files};

/// A command or a setting whose effect on what is built is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnclearFlags {
    /// Its line; `None` if the environment holds it.
    pub location: Option<Location>,
    /// What is not known, in a few words.
    pub reason: String,
}

/// What the commands of a repository add to the matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Cells that the matrix does not contain.
    pub cells: Vec<Cell>,
    /// Commands that are not understood.
    pub unclear: Vec<UnclearFlags>,
}

/// A repository that ships in more ways than this is not looked through.
const MOST_CELLS: usize = 60;

/// Looks through files and the aliases of Cargo's configuration. `cells` is the matrix so far,
/// `conditions` every platform that some dependency is limited to.
pub(super) fn scan(
    files: &[SourceText],
    aliases: &[Placed],
    ingredients: &Ingredients<'_>,
    cells: &[Cell],
    conditions: &BTreeSet<String>,
) -> Result<Flags, BuildProblem> {
    let shipped = ingredients.shipped()?;
    let mut scan = Scan {
        ingredients,
        shipped: &shipped,
        cells,
        flags: Flags::default(),
    };
    let aliases: Vec<ShippingCommand> = aliases.iter().filter_map(command::of_alias).collect();
    scan.commands(&aliases, Vec::new(), false);
    for file in files {
        scan.file(file);
        scan.compiler_flags(file, conditions);
    }
    Ok(scan.flags)
}

/// The lines of a file that ship examples.
pub(super) fn example_lines(file: &SourceText) -> Vec<Location> {
    let commands = read_commands(file).commands.into_iter();
    let examples = commands.filter(|command| command.examples);
    examples.map(|command| command.line.location).collect()
}

/// What a file says, and whether the targets that it names are those it ships for.
struct FileCommands {
    commands: Vec<ShippingCommand>,
    names_targets: bool,
}

fn read_commands(file: &SourceText) -> FileCommands {
    let settings = tables::settings(file);
    let is_manifest = file.path.rsplit('/').next() == Some("Cargo.toml");
    let is_of_tool = settings.is_some() && !is_manifest;
    let mut commands = settings.unwrap_or_default();
    if !is_manifest {
        commands.extend(command::shipping(file));
        commands.extend(steps::inputs(file));
        commands.extend(code::flags(file));
    }
    let names_targets = is_of_tool || !(commands.is_empty() || is_manifest);
    FileCommands { commands, names_targets }
}

/// Options of the compiler that change what is asked with `cfg(…)`, and the words that ask for it. What
/// a profile says changes none of them (Cargo book, "Specifying Dependencies", "Platform specific
/// dependencies": conditions see what `rustc --print=cfg` prints).
const OPTIONS: &[(&str, &str)] = &[
    ("debug-assertions", "debug_assertions"),
    ("opt-level", "debug_assertions"),
    ("overflow-checks", "overflow_checks"),
    ("panic", "panic"),
    ("relocation-model", "relocation_model"),
    ("target-cpu", "target_feature"),
    ("target-feature", "target_feature"),
];

/// What compiler flags leave open: a dependency may be limited to what they turn on.
pub(super) fn compiler_flags(
    flags: &str,
    location: Option<Location>,
    conditions: &BTreeSet<String>,
) -> Option<UnclearFlags> {
    let is_asked = |word: &str| {
        let mut words = conditions
            .iter()
            .flat_map(|condition| condition.split(|c: char| !is_word(c)));
        words.any(|own| own == word)
    };
    let words = flags.split(|character: char| !is_word(character));
    let mut after_cfg = words
        .skip_while(|word| *word != "cfg")
        .filter(|word| !word.is_empty() && *word != "cfg");
    let name = after_cfg
        .find(|word| is_asked(word))
        .map(|name| format!("--cfg {name}"));
    let option = || {
        let mut decisive = OPTIONS.iter().filter(|(_, word)| is_asked(word));
        let option = decisive.find(|(option, _)| flags.contains(&format!("{option}=")))?;
        Some(format!("-C {}", option.0))
    };
    let flag = name.or_else(option)?;
    let reason = format!("`{flag}` in compiler flags decides about dependencies");
    Some(UnclearFlags { location, reason })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Scan<'run> {
    ingredients: &'run Ingredients<'run>,
    shipped: &'run [&'run Member],
    cells: &'run [Cell],
    flags: Flags,
}

impl Scan<'_> {
    fn file(&mut self, file: &SourceText) {
        let FileCommands { commands, names_targets } = read_commands(file);
        let mut targets = if names_targets {
            places::targets(file)
        } else {
            Vec::new()
        };
        targets.extend(places::container_targets(file));
        self.commands(&commands, targets, places::lists_targets(file));
    }

    /// Commands that stand together, the targets that the file around them names, and whether a
    /// variable of its matrix stands for these.
    fn commands(
        &mut self,
        commands: &[ShippingCommand],
        mut targets: Vec<Placed>,
        lists_targets: bool,
    ) {
        for command in commands {
            for target in &command.targets {
                if is_target(&target.text) {
                    targets.push(target.clone());
                } else if !(lists_targets && is_of_matrix(target)) {
                    self.unclear(target, "what it builds for is not known");
                }
            }
        }
        targets.dedup_by(|left, right| left.text == right.text);
        self.add_targets(&targets);
        for command in commands {
            self.add_command(command, &targets);
        }
    }

    /// The matrix's choices of features, for targets that it does not have.
    fn add_targets(&mut self, targets: &[Placed]) {
        for target in targets {
            for known in self.cells {
                self.add(Cell {
                    target: target.text.clone(),
                    target_from: Some(target.location.clone()),
                    ..known.clone()
                });
            }
        }
    }

    /// The features of a command, for the host, the matrix's targets and those that its file names.
    fn add_command(&mut self, command: &ShippingCommand, targets: &[Placed]) {
        if let Some(reason) = command.unclear {
            self.unclear(&command.line, reason);
        }
        let Some(features) = self.features(command) else {
            let reason = "which features it turns on is not known";
            self.unclear(&command.line, reason);
            return;
        };
        let members: Vec<String> = self
            .shipped
            .iter()
            .map(|member| member.name.clone())
            .collect();
        let mut all: Vec<(String, Option<Location>)> = Vec::new();
        all.extend(
            self.cells
                .iter()
                .map(|cell| (cell.target.clone(), cell.target_from.clone())),
        );
        all.extend(
            targets
                .iter()
                .map(|target| (target.text.clone(), Some(target.location.clone()))),
        );
        all.dedup();
        for (target, target_from) in all {
            self.add(Cell {
                target,
                features: features.clone(),
                members: members.clone(),
                target_from,
                features_from: Some(command.line.location.clone()),
                examples_from: command.examples.then(|| command.line.location.clone()),
            });
        }
    }

    /// The features of the members that are meant. A feature that only packages have which are not
    /// shipped turns on nothing that is shipped. `None` if it is not known what is meant.
    fn features(&self, command: &ShippingCommand) -> Option<CellFeatures> {
        let names = match &command.features {
            Features::All => return Some(CellFeatures::All),
            Features::Named(names) => names,
        };
        let everyone: Vec<&Member> = self.ingredients.members.iter().collect();
        let mut found: BTreeSet<FeatureName> = BTreeSet::new();
        for name in names {
            if self.ingredients.named(name, &everyone).is_empty() {
                return None;
            }
            found.extend(self.ingredients.named(name, self.shipped));
        }
        let default = !command.without_default || self.ingredients.default_stays_on();
        Some(CellFeatures::Some { default, names: found.into_iter().collect() })
    }

    fn compiler_flags(&mut self, file: &SourceText, conditions: &BTreeSet<String>) {
        for line in lines::lines(file) {
            if line.text.contains("--cfg") || line.text.contains("-C") {
                let found = compiler_flags(&line.text, Some(line.location), conditions);
                self.flags.unclear.extend(found);
            }
        }
    }

    fn unclear(&mut self, place: &Placed, reason: &str) {
        let shown: String = place.text.chars().take(120).collect();
        let reason = format!("`{shown}`: {reason}");
        let location = Some(place.location.clone());
        self.flags.unclear.push(UnclearFlags { location, reason });
    }

    fn add(&mut self, cell: Cell) {
        let is_known = |known: &Cell| known.contains(&cell);
        if self.cells.iter().any(is_known) || self.flags.cells.iter().any(is_known) {
            return;
        }
        if self.flags.cells.len() >= MOST_CELLS {
            let reason = format!("commands build in more than {MOST_CELLS} ways");
            let location = cell.features_from.or(cell.target_from);
            self.flags.unclear.push(UnclearFlags { location, reason });
            return;
        }
        self.flags.cells.push(cell);
    }
}

/// Whether a target is a variable of the file's own build matrix, and nothing else: one that is only
/// part of a triple may stand for others than the file names.
fn is_of_matrix(target: &Placed) -> bool {
    let inner = target
        .text
        .strip_prefix("${{")
        .and_then(|rest| rest.strip_suffix("}}"));
    inner.is_some_and(|inner| {
        inner.starts_with("matrix.") && !inner.contains(|c: char| c == '{' || c.is_whitespace())
    })
}

#[cfg(test)]
mod tests;
