//! Commands in the repository that build with flags of their own: in workflows, container files,
//! makefiles and scripts.
//!
//! What they build is shipped too, so every target and every choice of features that they name
//! becomes a cell of the matrix, with their line. A command that cannot be understood, because a
//! variable stands where a flag should, leaves everything open.
//!
//! This over-approximates on purpose: a file with a command that ships is taken to ship for every
//! target whose triple it names anywhere, and for the operating systems of the runners it asks for.

mod command;
mod files;
mod lines;

use std::collections::BTreeSet;
use std::path::Path;

use self::command::{Features, ShippingCommand};
use super::matrix::{Ingredients, Member};
use super::platform::is_target;
use super::{BuildProblem, Cell, CellFeatures, FeatureName};
use crate::policy::Placed;
use crate::problem::{Location, SourceText};

pub(super) use self::files::read as read_files;

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

/// Targets of the machines that GitHub lends (GitHub documentation, "GitHub-hosted runners").
const RUNNERS: &[(&str, &[&str])] = &[
    ("windows-", &["x86_64-pc-windows-msvc"]),
    ("macos-", &["aarch64-apple-darwin", "x86_64-apple-darwin"]),
];

/// What `dist` builds for stands in a file of its own (cargo-dist documentation, "Configuration").
const DIST: &str = "dist-workspace.toml";

/// A repository that ships in more ways than this is not looked through.
const MOST_CELLS: usize = 60;

/// Looks through files. `cells` is the matrix so far, `conditions` every platform that some dependency
/// is limited to.
pub(super) fn scan(
    files: &[SourceText],
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
    for file in files {
        scan.file(file);
        scan.compiler_flags(file, conditions);
    }
    Ok(scan.flags)
}

/// What `--cfg` in compiler flags leaves open: a dependency may be limited to it.
pub(super) fn compiler_flags(
    flags: &str,
    location: Option<Location>,
    conditions: &BTreeSet<String>,
) -> Option<UnclearFlags> {
    let words = flags.split(|character: char| !is_word(character));
    let after_cfg = words
        .skip_while(|word| *word != "cfg")
        .filter(|word| !word.is_empty());
    let decides = |word: &&str| {
        let is_in = |condition: &String| {
            condition
                .split(|c: char| !is_word(c))
                .any(|own| own == *word)
        };
        *word != "cfg" && conditions.iter().any(is_in)
    };
    let name = after_cfg.into_iter().find(decides)?;
    let reason = format!("`--cfg {name}` in compiler flags decides about dependencies");
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
        let commands = command::shipping(file);
        if commands.is_empty() && !file.path.ends_with(DIST) {
            return;
        }
        let mut targets = named_targets(file);
        for command in &commands {
            for target in &command.targets {
                if is_target(&target.text) {
                    targets.push(target.clone());
                } else if !is_resolved(target, &targets) {
                    self.unclear(target, "what it builds for is not known");
                }
            }
        }
        targets.dedup_by(|left, right| left.text == right.text);
        self.add_targets(&targets);
        for command in &commands {
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
        let Some(features) = self.features(&command.features) else {
            let reason = "which features it turns on is not known";
            self.unclear(&command.line, reason);
            return;
        };
        if features == CellFeatures::DEFAULT {
            return;
        }
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
            });
        }
    }

    /// The features of the members that are meant. A feature that only packages have which are not
    /// shipped turns on nothing that is shipped. `None` if it is not known what is meant.
    fn features(&self, features: &Features) -> Option<CellFeatures> {
        let names = match features {
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
        // Without the default features less is built: a smaller build is contained in the larger.
        Some(CellFeatures::Some { default: true, names: found.into_iter().collect() })
    }

    fn compiler_flags(&mut self, file: &SourceText, conditions: &BTreeSet<String>) {
        for line in lines::lines(file) {
            if line.text.contains("--cfg") {
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

/// A variable of the file's own build matrix stands for the triples that the file names.
fn is_resolved(target: &Placed, targets: &[Placed]) -> bool {
    target.text.contains("matrix.") && !targets.is_empty()
}

/// Every triple that a file names, and those of the runners that it asks for.
fn named_targets(file: &SourceText) -> Vec<Placed> {
    let mut targets: Vec<Placed> = Vec::new();
    for line in lines::lines(file) {
        let is_part = |character: char| character.is_alphanumeric() || "-_.".contains(character);
        for word in line.text.split(|character: char| !is_part(character)) {
            let runner = RUNNERS.iter().find(|(prefix, _)| word.starts_with(prefix));
            let own = is_target(word).then_some(word);
            for target in runner
                .iter()
                .flat_map(|(_, targets)| targets.iter().copied())
                .chain(own)
            {
                if !targets.iter().any(|known| known.text == target) {
                    let location = line.location.clone();
                    targets.push(Placed { text: target.to_owned(), location });
                }
            }
        }
    }
    targets
}

/// The files of a repository that may hold commands, in the folders in which they are looked for.
pub(super) fn folders<'run>(
    repository: &'run Path,
    project: &'run Path,
    members: &'run [Member],
) -> Vec<&'run Path> {
    let mut folders = vec![repository, project];
    folders.extend(members.iter().filter_map(|member| member.manifest.parent()));
    folders.sort();
    folders.dedup();
    folders
}

#[cfg(test)]
mod tests;
