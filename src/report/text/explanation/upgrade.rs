//! The smallest upgrade that the requirements in the graph allow, or the dependents that prevent it.

use crate::finding::Finding;
use crate::lockfile::Carrying;
use crate::lockfile::tool::{SHRINKWRAP, Tool};
use crate::package::PackageId;
use crate::problem::Location;
use crate::report::Style;
use crate::terminal::{Tone, one_line};
use crate::upgrade::{Action, Admission, Asker, Candidate, CopyUpgrade, Step, Upgrade, Way};

const NAME_LIMIT: usize = 80;
/// A command must not be cut, or it would be a different one.
const COMMAND_LIMIT: usize = 2_000;
/// The most dependents that are listed; those that prevent an upgrade come first.
const ASKERS: usize = 8;

/// The upgrade of every installed copy.
pub(super) fn lines(finding: &Finding, upgrade: &Upgrade, style: Style) -> Vec<String> {
    let telling = Telling { finding, style };
    let Some(smallest) = &upgrade.smallest else {
        let name = telling.name();
        return vec![if upgrade.is_bad_otherwise {
            format!("another advisory is about every patched version of {name} that is known")
        } else {
            format!("no patched version of {name} is known")
        }];
    };
    let mut lines: Vec<String> = Vec::new();
    for copy in &upgrade.copies {
        let place = (upgrade.copies.len() > 1).then_some(&copy.location);
        for line in telling.copy(copy, smallest, place) {
            // Identical lines about several copies are printed once.
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

struct Telling<'run> {
    finding: &'run Finding,
    style: Style,
}

impl Telling<'_> {
    fn name(&self) -> String {
        one_line(&self.finding.package.name, NAME_LIMIT)
    }

    fn copy(
        &self,
        copy: &CopyUpgrade,
        smallest: &Candidate,
        place: Option<&Location>,
    ) -> Vec<String> {
        let of =
            place.map_or_else(String::new, |place| format!(" for the copy at {}", line_of(place)));
        if let Way::Carried { by, how, way_in, direct } = &copy.way {
            let carrier = carrier(by, *how, &way(way_in, direct.as_ref()));
            return vec![self.held_back(smallest, "no command brings it", &of), carrier];
        }
        let mut lines = vec![self.first(copy, smallest, &of)];
        let mut askers: Vec<(usize, &Asker)> = copy.askers.iter().enumerate().collect();
        askers.sort_by_key(|(_, asker)| match asker.admits {
            Admission::Refuses => 0,
            Admission::Unknown => 1,
            Admission::Admits(_) => 2,
        });
        let listed = askers.iter().take(ASKERS);
        lines.extend(listed.map(|(position, asker)| self.asker(asker, *position, &copy.way)));
        if askers.is_empty() {
            lines.push("no file says who asks for it".to_owned());
        }
        if askers.len() > ASKERS {
            lines.push(format!("… and {} more ask for it", askers.len() - ASKERS));
        }
        lines.extend(self.last(copy, &askers));
        lines
    }

    /// The command, if one is enough; otherwise what prevents it.
    fn first(&self, copy: &CopyUpgrade, smallest: &Candidate, of: &str) -> String {
        match (&copy.admitted, &copy.way) {
            (Some(admitted), Way::Steps(steps)) => {
                let steps = self.steps(steps.iter());
                format!("{steps}{of}: everything that asks for it admits {}", version(admitted))
            }
            (Some(_), way) if *way != Way::Unreached => {
                let why = "everything admits it, but the latest version is affected as well";
                self.held_back(smallest, why, of)
            }
            _ => {
                let refuses = |asker: &Asker| asker.admits == Admission::Refuses;
                let answer = if copy.admitted.is_some() {
                    "everything admits it"
                } else if copy.askers.iter().any(refuses) {
                    "something holds it back"
                } else {
                    "whether everything admits it is not known"
                };
                let unreached = match &copy.way {
                    Way::Unreached => ", and no command moves what only dependencies ask for",
                    _ => "",
                };
                let answer = &format!("{answer}{unreached}");
                self.held_back(smallest, answer, of)
            }
        }
    }

    /// The remaining steps after the dependents.
    fn last(&self, copy: &CopyUpgrade, askers: &[(usize, &Asker)]) -> Option<String> {
        let is_told = |step: &&Step| {
            let mut listed = askers.iter().take(ASKERS).map(|(position, _)| *position);
            step.asker.is_some_and(|asker| listed.any(|position| position == asker))
        };
        match &copy.way {
            Way::Overrule(steps) => {
                Some(format!("or overrule what they ask for: {}", self.steps(steps.iter())))
            }
            Way::Steps(steps) if copy.admitted.is_none() => {
                let left: Vec<&Step> = steps.iter().filter(|step| !is_told(step)).collect();
                (!left.is_empty()).then(|| format!("then {}", self.steps(left)))
            }
            Way::Try { steps, otherwise } => {
                let left = self.steps(steps.iter().filter(|step| !is_told(step)));
                let otherwise = self.steps(otherwise);
                Some(format!(
                    "{left} brings the latest version that they admit; if that is an affected one, \
                     overrule them: {otherwise}"
                ))
            }
            Way::Closed => self.nobody_else(askers),
            Way::Steps(_) | Way::Carried { .. } | Way::Unreached => None,
        }
    }

    /// Cargo does not allow overriding a requirement of a registry package.
    fn nobody_else(&self, askers: &[(usize, &Asker)]) -> Option<String> {
        let fetch = Tool::usual(self.finding.package.ecosystem).commands.build.as_ref()?.fetch;
        let mut packages = askers.iter().map(|(_, asker)| asker);
        if packages.any(|asker| asker.admits == Admission::Refuses && !asker.is_project) {
            return Some(
                "no command of Cargo's overrules that: only newer versions of these can".to_owned(),
            );
        }
        let mut packages = askers.iter().map(|(_, asker)| asker);
        packages.any(|asker| asker.admits == Admission::Unknown && !asker.is_project).then(|| {
            let command = self.style.paint(Tone::Good, fetch);
            format!("{command} brings what Cargo needs to tell; then ask again")
        })
    }

    fn steps<'step>(&self, steps: impl IntoIterator<Item = &'step Step>) -> String {
        let mut listed: Vec<String> = Vec::new();
        for step in steps {
            let step = self.step(step);
            if !listed.contains(&step) {
                listed.push(step);
            }
        }
        listed.join(", then ")
    }

    fn step(&self, step: &Step) -> String {
        match &step.action {
            Action::Ask { versions, .. } => {
                format!("ask for {} there", one_line(versions, NAME_LIMIT))
            }
            Action::Add { entry, table, file, otherwise } => {
                let [entry, file] = [entry, file].map(|text| one_line(text, COMMAND_LIMIT));
                let entry = self.style.paint(Tone::Good, entry);
                format!("add {entry} under `{table}` in {file} ({otherwise})")
            }
            Action::Type(command) => {
                let command = self.style.paint(Tone::Good, one_line(command, COMMAND_LIMIT));
                match step.folder.as_str() {
                    "" => command,
                    folder => format!("in {}/: {command}", one_line(folder, NAME_LIMIT)),
                }
            }
        }
    }

    fn held_back(&self, smallest: &Candidate, answer: &str, of: &str) -> String {
        let target = format!("{} {}", self.name(), version(smallest));
        let target = self.style.paint(Tone::Strong, target);
        format!("{target} is the smallest patched version, and {answer}{of}:")
    }

    fn asker(&self, asker: &Asker, position: usize, way_out: &Way) -> String {
        let name = one_line(&asker.name, NAME_LIMIT);
        let name = match asker.order {
            Some(table) => format!("`{table}` of {name}"),
            None => name,
        };
        let place = line_of(&asker.location);
        let asks = match &asker.versions {
            Some(versions) => {
                let versions = one_line(versions, NAME_LIMIT);
                let asks = if asker.order.is_some() { "ask" } else { "asks" };
                format!("{name} {asks} for `{versions}` ({place})")
            }
            None => format!("what {name} asks for is not known ({place})"),
        };
        let is_own = asker.is_project || asker.order.is_some();
        let mut steps = way_out.steps();
        let step = steps
            .find(|step| step.asker == Some(position))
            .filter(|_| is_own)
            .map_or_else(String::new, |step| format!(": {}", self.step(step)));
        match &asker.admits {
            Admission::Admits(admitted) => format!("{asks}, which admits {}", version(admitted)),
            Admission::Unknown if asker.versions.is_none() => format!("{asks}{step}"),
            Admission::Unknown => format!("{asks}, which is not a range of versions{step}"),
            Admission::Refuses if is_own && step.is_empty() => {
                format!("{asks}: it has to ask for another version")
            }
            Admission::Refuses if is_own => format!("{asks}{step}"),
            Admission::Refuses => {
                let way_in = way(&asker.way_in, asker.direct.as_ref());
                format!("{asks}: it has to move first{way_in}")
            }
        }
    }
}

/// The package that brings a copy along, and therefore has to be upgraded.
fn carrier(by: &PackageId, how: Carrying, way_in: &str) -> String {
    let carrier = one_line(&by.to_string(), NAME_LIMIT);
    let newer = one_line(&by.name, NAME_LIMIT);
    let does = match how {
        Carrying::Bundled => "has it inside of its own archive".to_owned(),
        Carrying::Shrinkwrapped => format!("says in its own {SHRINKWRAP} which version it gets"),
    };
    format!("{carrier} {does}: only a newer {newer} can bring another copy{way_in}")
}

/// How a package gets in, starting at the project that could move it.
fn way(steps: &[String], direct: Option<&Location>) -> String {
    let steps: Vec<String> = steps.iter().map(|step| one_line(step, NAME_LIMIT)).collect();
    if steps.len() < 2 {
        return String::new();
    }
    let direct = direct.map_or_else(String::new, |place| format!(", from {}", line_of(place)));
    format!(" ({}{direct})", steps.join(" › "))
}

fn version(candidate: &Candidate) -> String {
    let version = one_line(&candidate.version, NAME_LIMIT);
    if candidate.is_named { version } else { format!("{version} or a later one") }
}

fn line_of(place: &Location) -> String {
    format!("{}:{}", one_line(&place.file, NAME_LIMIT), place.line)
}
