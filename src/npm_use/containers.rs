//! Container files (Dockerfile reference): whether what they ship is installed with development
//! dependencies.
//!
//! Package managers leave development dependencies out only where they are told to, each in its own way
//! (see [`super::commands`]). The last stage is what is shipped, and every
//! stage that some file names as a target, with what each is based on and the folders that it copies
//! from other stages. Whatever cannot be told apart counts as shipped.

mod stages;

use std::collections::BTreeSet;

use self::stages::Stage;
use super::commands::Installer;
use crate::problem::SourceText;

/// What other files say about container files.
pub(super) struct Surroundings<'run> {
    pub(super) installer: Installer,
    /// Whether a stage of this name, or of this number, may be built by itself.
    pub(super) is_target: &'run dyn Fn(&str) -> bool,
    /// Whether what is copied from the machine that builds may hold installed packages.
    pub(super) holds_packages: &'run dyn Fn(&str) -> bool,
}

/// Whether a file of this name is one.
pub fn is_container_file(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with("dockerfile")
        || name.starts_with("containerfile")
        || name.ends_with(".dockerfile")
}

/// The lines of one file that put development dependencies into what it ships.
pub(super) fn shipped_installs(source: &SourceText, around: &Surroundings<'_>) -> Vec<u32> {
    let stages = stages::read(source, around.installer);
    let Some(last) = stages.len().checked_sub(1) else {
        return Vec::new();
    };
    let mut lines = BTreeSet::new();
    for (position, stage) in stages.iter().enumerate() {
        let is_target = (around.is_target)(&position.to_string())
            || stage.name.as_deref().is_some_and(|name| (around.is_target)(name));
        if position == last || is_target {
            collect(&stages, position, around, stages.len(), &mut lines);
        }
    }
    lines.into_iter().collect()
}

/// What a stage holds: its own installation, that of the stage it is based on, and those it copies.
fn collect(
    stages: &[Stage],
    position: usize,
    around: &Surroundings<'_>,
    depth: usize,
    lines: &mut BTreeSet<u32>,
) {
    let Some(stage) = stages.get(position).filter(|_| depth > 0) else {
        return;
    };
    lines.extend(&stage.installs);
    let taken = stage.taken.iter();
    let taken = taken.filter(|(_, source)| (around.holds_packages)(source));
    lines.extend(taken.map(|(line, _)| line));
    let earlier = |name: &str| {
        let numbered = || name.parse::<usize>().ok().filter(|number| *number < position);
        let mut before = stages[..position].iter();
        before.rposition(|stage| stage.name.as_deref() == Some(name)).or_else(numbered)
    };
    let named = |name: &str| -> Vec<usize> {
        // A variable may name any of them.
        if name.contains('$') {
            (0..position).collect()
        } else {
            earlier(name).into_iter().collect()
        }
    };
    for copy in &stage.copies {
        // A name that is neither a stage's nor an image's may be that of a folder of the machine.
        let is_folder = !copy.from.contains(['$', ':', '/', '.']) && earlier(&copy.from).is_none();
        if is_folder && copy.sources.iter().any(|source| (around.holds_packages)(source)) {
            lines.insert(copy.line);
        }
        let holds_more = |other: &usize| {
            stages[*other].fills(copy) && !stages[*other].deployed_all(&copy.sources)
        };
        for other in named(&copy.from).into_iter().filter(holds_more) {
            collect(stages, other, around, depth - 1, lines);
        }
    }
    if !stage.is_pruned {
        for other in named(&stage.base) {
            collect(stages, other, around, depth - 1, lines);
        }
    }
}

#[cfg(test)]
mod tests;
