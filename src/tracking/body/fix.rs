//! The fix: commands only if they are known to install a patched version, otherwise the dependents that
//! prevent it.

use std::collections::BTreeSet;

use super::facts::bullets;
use crate::advisory_id::AdvisoryId;
use crate::lockfile::Carrying;
use crate::markdown::{FEW, code, code_block, few};
use crate::tracking::audience::Audience;
use crate::tracking::ticket::Ticket;
use crate::upgrade::{Action, Admission, CopyUpgrade, Step, Upgrade, Way, quoted};

pub(super) fn render(ticket: &Ticket<'_>, audience: &Audience) -> String {
    let fixed = ticket.facts().fixed_in();
    if fixed.is_empty() {
        return "### Fix\n\nNo patched version is known.".to_owned();
    }
    let versions = few(fixed.into_iter().map(code));
    let package = code(&ticket.key.package);
    let mut sections = vec![format!("### Fix\n\nUpgrade {package} to {}.", versions.join(" or "))];
    let told = Told::of(&ticket.upgrades, audience);
    if !told.commands.is_empty() {
        sections.push(code_block("sh", &told.commands));
    }
    if !told.overruling.is_empty() {
        sections.push("To overrule who asks for other versions:".to_owned());
        sections.push(code_block("sh", &told.overruling));
    }
    let obstacles: Vec<String> = told.obstacles.into_iter().collect();
    if !obstacles.is_empty() {
        sections.push(bullets(&obstacles));
    }
    if told.is_more_to_say || ticket.upgrades.is_empty() {
        let id = ticket.key.identifiers.first();
        let command = format!("lockgate explain {}", id.map_or("", AdvisoryId::as_str));
        sections.push(format!("What every dependent of it admits: {}.", code(&command)));
    }
    sections.join("\n\n")
}

/// The messages about the installed copies, without repetition.
#[derive(Default)]
struct Told {
    commands: Vec<String>,
    overruling: Vec<String>,
    obstacles: BTreeSet<String>,
    /// Whether some copy has no command, for a reason that needs more words.
    is_more_to_say: bool,
}

impl Told {
    fn of(upgrades: &[Upgrade], audience: &Audience) -> Self {
        let mut told = Self::default();
        let known = upgrades.iter().filter(|upgrade| upgrade.smallest.is_some());
        for copy in known.flat_map(|upgrade| &upgrade.copies) {
            told.add(copy, audience);
        }
        told.is_more_to_say |= upgrades.iter().any(|upgrade| upgrade.smallest.is_none());
        told
    }

    fn add(&mut self, copy: &CopyUpgrade, audience: &Audience) {
        let steps = copy.way.steps();
        if !steps.iter().all(|step| audience.may_read(&shown(step))) {
            self.is_more_to_say = true;
            return;
        }
        match &copy.way {
            Way::Steps(steps) => add_all(&mut self.commands, steps),
            Way::Overrule(steps) => {
                add_all(&mut self.overruling, steps);
                self.refusing(copy, audience);
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
                self.say(line, audience);
            }
            Way::Closed => {
                self.refusing(copy, audience);
                self.is_more_to_say = true;
            }
        }
    }

    /// The dependents that have to change first.
    fn refusing(&mut self, copy: &CopyUpgrade, audience: &Audience) {
        for asker in &copy.askers {
            let is_own = asker.is_project || asker.is_override;
            if let (Admission::Refuses, false, Some(versions)) =
                (&asker.admits, is_own, &asker.versions)
            {
                let line = format!("{} asks for {}", code(&asker.name), code(versions));
                self.say(line, audience);
            }
        }
    }

    fn say(&mut self, line: String, audience: &Audience) {
        if audience.may_read(&line) {
            self.obstacles.insert(line);
        } else {
            self.is_more_to_say = true;
        }
    }
}

/// Adds the steps that are not listed yet. A command for another place changes the folder first.
fn add_all(lines: &mut Vec<String>, steps: &[Step]) {
    for step in steps {
        let shown = shown(step);
        if !lines.contains(&shown) && lines.len() < FEW {
            lines.push(shown);
        }
    }
}

fn shown(step: &Step) -> String {
    match &step.action {
        Action::Ask { versions, at } => format!("# {at}: ask for {versions}"),
        Action::Type(command) if step.folder.is_empty() => command.clone(),
        Action::Type(command) => format!("(cd {} && {command})", quoted(&step.folder)),
    }
}

#[cfg(test)]
mod tests;
