//! The smallest upgrade that the requirements in the graph allow, or what holds it back.

use crate::finding::Finding;
use crate::package::Ecosystem;
use crate::problem::Location;
use crate::report::Style;
use crate::terminal::{Tone, one_line};
use crate::upgrade::{Admission, Asker, Candidate, CopyUpgrade, Upgrade};

const NAME_LIMIT: usize = 80;
/// Those that hold an upgrade back are told before the others.
const ASKERS: usize = 8;

/// What is said about the upgrade of every installed copy.
pub(super) fn lines(finding: &Finding, upgrade: &Upgrade, style: Style) -> Vec<String> {
    let telling = Telling { finding, upgrade, style };
    let Some(smallest) = &upgrade.smallest else {
        return vec![format!("no patched version of {} is known", telling.name())];
    };
    let mut lines: Vec<String> = Vec::new();
    for copy in &upgrade.copies {
        let place = (upgrade.copies.len() > 1).then_some(&copy.location);
        for line in telling.copy(copy, smallest, place) {
            // Copies that everything is the same about are told once.
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

struct Telling<'run> {
    finding: &'run Finding,
    upgrade: &'run Upgrade,
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
            place.map_or_else(String::new, |place| format!(" for the copy at {}", shown(place)));
        let mut lines = vec![match &copy.admitted {
            Some(admitted) => {
                let command = self.style.paint(Tone::Good, self.command(admitted));
                let version = version(admitted);
                format!("{command}{of}: everything that asks for it admits {version}")
            }
            None => self.held_back(copy, smallest, &of),
        }];
        let mut askers: Vec<&Asker> = copy.askers.iter().collect();
        askers.sort_by_key(|asker| match asker.admits {
            Admission::Refuses => 0,
            Admission::Unknown => 1,
            Admission::Admits(_) => 2,
        });
        let told = askers.iter().take(ASKERS);
        lines.extend(told.map(|asker| self.asker(asker, smallest)));
        if askers.is_empty() {
            lines.push("who asks for it stands in no file".to_owned());
        }
        if askers.len() > ASKERS {
            lines.push(format!("… and {} more ask for it", askers.len() - ASKERS));
        }
        lines.extend(self.overrule(&askers, smallest));
        lines
    }

    /// npm lets a project overrule what its dependencies ask for (npm documentation, "package.json",
    /// `overrides`).
    fn overrule(&self, askers: &[&Asker], smallest: &Candidate) -> Option<String> {
        let refuses = |asker: &&&Asker| asker.admits == Admission::Refuses && !asker.is_project;
        let is_npm = self.finding.package.ecosystem == Ecosystem::Npm;
        let is_overruled = askers.iter().any(|asker| asker.is_override);
        askers
            .iter()
            .find(refuses)
            .filter(|_| is_npm && !is_overruled)?;
        let (name, version) = (self.name(), one_line(&smallest.version, NAME_LIMIT));
        Some(format!(
            "or overrule what they ask for, in package.json: \"overrides\": {{ \"{name}\": \"{version}\" }}"
        ))
    }

    fn held_back(&self, copy: &CopyUpgrade, smallest: &Candidate, of: &str) -> String {
        let target = format!("{} {}", self.name(), version(smallest));
        let target = self.style.paint(Tone::Strong, target);
        let refused = copy
            .askers
            .iter()
            .any(|asker| asker.admits == Admission::Refuses);
        let answer = if refused {
            "something holds it back"
        } else {
            "whether everything admits it is not known"
        };
        format!("{target} is the smallest patched version, and {answer}{of}:")
    }

    /// The command that takes a version which is admitted.
    fn command(&self, admitted: &Candidate) -> String {
        let name = self.name();
        match self.finding.package.ecosystem {
            Ecosystem::Npm => format!("npm update {name}"),
            Ecosystem::Cargo => {
                let which = if self.upgrade.is_one_of_several {
                    format!("{name}@{}", one_line(&self.finding.package.version, NAME_LIMIT))
                } else {
                    name
                };
                if admitted.is_named {
                    format!("cargo update {which} --precise {}", admitted.version)
                } else {
                    format!("cargo update {which}")
                }
            }
        }
    }

    fn asker(&self, asker: &Asker, smallest: &Candidate) -> String {
        let name = one_line(&asker.name, NAME_LIMIT);
        let name = if asker.is_override {
            format!("`overrides` of {name}")
        } else {
            name
        };
        let place = shown(&asker.location);
        let asks = match &asker.versions {
            Some(versions) => {
                let versions = one_line(versions, NAME_LIMIT);
                let asks = if asker.is_override { "ask" } else { "asks" };
                format!("{name} {asks} for `{versions}` ({place})")
            }
            None => format!("what {name} asks for is not known ({place})"),
        };
        match &asker.admits {
            Admission::Admits(admitted) => format!("{asks}, which admits {}", version(admitted)),
            Admission::Unknown if asker.versions.is_none() => asks,
            Admission::Unknown => format!("{asks}, which is no range of versions"),
            Admission::Refuses if asker.is_project || asker.is_override => {
                format!("{asks}: {}", self.edit(asker, smallest))
            }
            Admission::Refuses => format!("{asks}: it has to move first{}", way_in(asker)),
        }
    }

    /// What to change in a manifest of one's own.
    fn edit(&self, asker: &Asker, smallest: &Candidate) -> String {
        let name = self.name();
        let version = one_line(&smallest.version, NAME_LIMIT);
        match self.finding.package.ecosystem {
            Ecosystem::Npm if !asker.is_override => {
                let command = format!("npm install {name}@{version}");
                self.style.paint(Tone::Good, command)
            }
            _ => format!("ask for {version} there"),
        }
    }
}

/// How a dependent gets in, down from the project that could move it.
fn way_in(asker: &Asker) -> String {
    let steps: Vec<String> = asker
        .way_in
        .iter()
        .map(|step| one_line(step, NAME_LIMIT))
        .collect();
    if steps.len() < 2 {
        return String::new();
    }
    let direct = asker.direct.as_ref();
    let direct = direct.map_or_else(String::new, |place| format!(", from {}", shown(place)));
    format!(" ({}{direct})", steps.join(" › "))
}

fn version(candidate: &Candidate) -> String {
    let version = one_line(&candidate.version, NAME_LIMIT);
    if candidate.is_named {
        version
    } else {
        format!("{version} or a later one")
    }
}

fn shown(place: &Location) -> String {
    format!("{}:{}", one_line(&place.file, NAME_LIMIT), place.line)
}
