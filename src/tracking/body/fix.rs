//! The fix: commands only if they are known to install a patched version, otherwise the dependents that
//! prevent it.

use std::collections::BTreeSet;

use super::facts::bullets;
use crate::advisory_id::AdvisoryId;
use crate::lockfile::Carrying;
use crate::markdown::{FEW, code, code_block, few};
use crate::tracking::ticket::Ticket;
use crate::tracking::visibility::Visibility;
use crate::upgrade::{Action, Admission, CopyUpgrade, Step, Upgrade, Way, quoted};

pub(super) fn render(ticket: &Ticket<'_>, visibility: &Visibility) -> String {
    let fixed = ticket.facts().fixed_in();
    if fixed.is_empty() {
        return "### Fix\n\nNo patched version is known.".to_owned();
    }
    let versions = few(fixed.into_iter().map(code));
    let package = code(&ticket.key.package);
    let mut sections = vec![format!("### Fix\n\nUpgrade {package} to {}.", versions.join(" or "))];
    let text = FixText::of(&ticket.upgrades, visibility);
    if !text.commands.is_empty() {
        sections.push(code_block("sh", &text.commands));
    }
    if !text.overruling.is_empty() {
        sections.push("To override the dependents that ask for other versions:".to_owned());
        sections.push(code_block("sh", &text.overruling));
    }
    let obstacles: Vec<String> = text.obstacles.into_iter().collect();
    if !obstacles.is_empty() {
        sections.push(bullets(&obstacles));
    }
    if text.is_more_to_say || ticket.upgrades.is_empty() {
        let id = ticket.key.identifiers.first();
        let command = format!("lockgate explain {}", id.map_or("", AdvisoryId::as_str));
        sections.push(format!("What every dependent of it admits: {}.", code(&command)));
    }
    sections.join("\n\n")
}

/// The messages about the installed copies, without repetition.
#[derive(Default)]
struct FixText {
    commands: Vec<String>,
    overruling: Vec<String>,
    obstacles: BTreeSet<String>,
    /// Whether some copy has no command, for a reason that needs more words.
    is_more_to_say: bool,
}

impl FixText {
    fn of(upgrades: &[Upgrade], visibility: &Visibility) -> Self {
        let mut text = Self::default();
        let known = upgrades.iter().filter(|upgrade| upgrade.smallest.is_some());
        for copy in known.flat_map(|upgrade| &upgrade.copies) {
            text.add(copy, visibility);
        }
        text.is_more_to_say |= upgrades.iter().any(|upgrade| upgrade.smallest.is_none());
        text
    }

    fn add(&mut self, copy: &CopyUpgrade, visibility: &Visibility) {
        if !copy.way.steps().all(|step| visibility.permits(&command_line(step))) {
            self.is_more_to_say = true;
            return;
        }
        match &copy.way {
            Way::Steps(steps) => add_all(&mut self.commands, steps),
            Way::Overrule(steps) => {
                add_all(&mut self.overruling, steps);
                self.refusing(copy, visibility);
            }
            Way::Try { steps, otherwise } => {
                add_all(&mut self.commands, steps);
                add_all(&mut self.overruling, otherwise);
                self.is_more_to_say = true;
            }
            Way::Carried { by, how, .. } => {
                let does = match how {
                    Carrying::Bundled => "has it inside of its own archive",
                    Carrying::Shrinkwrapped => "fixes its version in a shrinkwrap of its own",
                };
                let line = format!(
                    "{} {does}: only a newer {} can bring another copy",
                    code(&by.to_string()),
                    code(&by.name)
                );
                self.say(line, visibility);
            }
            Way::Unreached | Way::Closed => {
                self.refusing(copy, visibility);
                self.is_more_to_say = true;
            }
        }
    }

    /// The dependents that have to change first.
    fn refusing(&mut self, copy: &CopyUpgrade, visibility: &Visibility) {
        for asker in &copy.askers {
            let is_own = asker.is_project || asker.order.is_some();
            if let (Admission::Refuses, false, Some(versions)) =
                (&asker.admits, is_own, &asker.versions)
            {
                let line = format!("{} asks for {}", code(&asker.name), code(versions));
                self.say(line, visibility);
            }
        }
    }

    fn say(&mut self, line: String, visibility: &Visibility) {
        if visibility.permits(&line) {
            self.obstacles.insert(line);
        } else {
            self.is_more_to_say = true;
        }
    }
}

/// Adds the steps that are not listed yet. A command for another place changes the folder first.
fn add_all(lines: &mut Vec<String>, steps: &[Step]) {
    for step in steps {
        let line = command_line(step);
        if !lines.contains(&line) && lines.len() < FEW {
            lines.push(line);
        }
    }
}

fn command_line(step: &Step) -> String {
    match &step.action {
        Action::Ask { versions, at } => format!("# {at}: ask for {versions}"),
        Action::Add { entry, table, file, .. } => format!("# {file}: add {entry} under {table}"),
        Action::Type(command) if step.folder.is_empty() => command.clone(),
        Action::Type(command) => format!("(cd {} && {command})", quoted(&step.folder)),
    }
}

#[cfg(test)]
mod tests;
