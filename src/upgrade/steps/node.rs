//! Steps with npm, and with the package managers that install the same packages: what differs between them
//! is [`Moving`].
//!
//! An update takes the latest version that everything admits, mostly by the name that is asked for and not by
//! that of the package. What one project asks for is changed by itself.

mod told;

mod path;

use self::told::Moved;
use super::{Planner, quoted};
use crate::lockfile::Requirement;
use crate::lockfile::tool::{ManifestCommands, Moving, Reach};
use crate::upgrade::range::is_tag;
use crate::upgrade::{Action, Admission, Asker, Candidate, Step, Way};

/// What it takes to plan for one of these package managers.
struct NodePlanner<'plan, 'run> {
    planner: &'plan Planner<'run>,
    moving: &'static Moving,
}

/// An update where everything admits a patched version, and the latest one is not known to be bad; else
/// whoever is in the way is told to ask for the target.
pub(super) fn way(planner: &Planner<'_>) -> Way {
    match &planner.tool().commands.moving {
        Some(moving) => NodePlanner { planner, moving }.way(),
        None => Way::Closed,
    }
}

/// Who is told to ask for the target.
enum Told {
    /// Those whose requests an update does not answer anew.
    WhoIsNotReached,
    /// Those that refuse it.
    WhoIsInTheWay,
    /// The projects: nobody refuses it, and a project that asks for exactly it decides.
    Own,
    /// Everybody: nobody refuses it, and no project asks.
    Everybody,
}

fn is_own(asker: &Asker) -> bool {
    asker.is_project || asker.order.is_some()
}

/// Whether somebody refuses the target, or asks for whatever a tag stands for.
fn is_in_the_way(asker: &Asker) -> bool {
    match asker.admits {
        Admission::Refuses => true,
        Admission::Unknown => asker.is_project && asker.versions.as_deref().is_some_and(is_tag),
        Admission::Admits(_) => false,
    }
}

/// Whether a dependency asks for something that stands in no file (pnpm).
fn is_unwritten(asker: &Asker) -> bool {
    asker.admits == Admission::Unknown && asker.versions.is_none() && !is_own(asker)
}

impl NodePlanner<'_, '_> {
    fn way(&self) -> Way {
        let planner = self.planner;
        let is_reached = planner.askers().all(|(_, asker, asked)| self.reaches(asker, asked));
        if planner.upgrade.admitted.is_some() && planner.is_latest_free && is_reached {
            return Way::Steps(vec![self.update()]);
        }
        let target = planner.upgrade.admitted.as_ref().or(planner.target());
        let Some(target) = target.filter(|target| target.is_named || planner.is_latest_free) else {
            return Way::Closed;
        };
        let is_admitted = planner.upgrade.admitted.is_some() && planner.is_latest_free;
        let Some(steps) = self.steps(target) else {
            let is_unreached = self.moving.overruling.is_none() && !is_reached;
            return if is_admitted || is_unreached { Way::Unreached } else { Way::Closed };
        };
        // Nobody is overruled by an order that they admit.
        if is_admitted || !steps.iter().any(|step| self.is_overruling(step)) {
            return Way::Steps(self.finished(steps));
        }
        let refuses = |(_, asker, _): (usize, &Asker, &Requirement)| {
            !is_own(asker) && asker.admits == Admission::Refuses
        };
        if !planner.is_latest_free || !is_reached || planner.askers().any(refuses) {
            return Way::Overrule(self.finished(steps));
        }
        self.attempt(steps)
    }

    /// What some dependencies admit is not known: an update may do, and overrules nobody.
    fn attempt(&self, steps: Vec<Step>) -> Way {
        let (overruling, own): (Vec<Step>, Vec<Step>) =
            steps.into_iter().partition(|step| self.is_overruling(step));
        let (mut steps, update) = (self.finished(own), self.update());
        if steps.last() != Some(&update) {
            steps.push(update);
        }
        Way::Try { steps, otherwise: self.finished(overruling) }
    }

    /// What makes dependents ask for the target, those first that only write. `None` where one of them
    /// cannot be made to.
    fn steps(&self, target: &Candidate) -> Option<Vec<Step>> {
        let askers = || self.planner.upgrade.askers.iter();
        let told = if self.moving.reach == Reach::Root {
            Told::WhoIsNotReached
        } else if askers().any(|asker| is_in_the_way(asker) || is_unwritten(asker)) {
            Told::WhoIsInTheWay
        } else if askers().any(is_own) {
            Told::Own
        } else {
            Told::Everybody
        };
        let mut steps = Vec::new();
        for (position, asker, requirement) in self.planner.askers() {
            let is_told = match asker.admits {
                _ if is_in_the_way(asker) || is_unwritten(asker) => true,
                Admission::Unknown | Admission::Refuses => return None,
                Admission::Admits(_) => match told {
                    Told::WhoIsNotReached => !self.is_updated(asker, requirement),
                    Told::WhoIsInTheWay => false,
                    Told::Own => is_own(asker),
                    Told::Everybody => true,
                },
            };
            if !is_told {
                continue;
            }
            match self.move_asker(asker, requirement, target) {
                Moved::By(step) => steps.push(Step { asker: Some(position), ..step }),
                Moved::ByAnother => {}
                Moved::ByNobody => return None,
            }
        }
        Some(steps)
    }

    /// Whether an update answers anew what somebody asks for.
    fn reaches(&self, asker: &Asker, requirement: &Requirement) -> bool {
        let packages = &self.planner.search.lockfile.packages;
        let is_of_root = |(_, asker, requirement): (usize, &Asker, &Requirement)| {
            let folder = packages[requirement.from].folder.as_deref();
            asker.is_project && asker.order.is_none() && folder == Some("")
        };
        match self.moving.reach {
            Reach::Everybody => true,
            // One that asks for the same is answered by the same entry.
            Reach::Root => self.planner.askers().any(|known| {
                let (_, other, of_other) = known;
                let is_same = of_other.key == requirement.key && other.versions == asker.versions;
                is_same && asker.order.is_none() && is_of_root(known)
            }),
        }
    }

    /// Whether an update may be made, and brings this one a new version.
    fn is_updated(&self, asker: &Asker, requirement: &Requirement) -> bool {
        self.planner.is_latest_free && self.reaches(asker, requirement)
    }

    fn is_overruling(&self, step: &Step) -> bool {
        let asker = step.asker.and_then(|asker| self.planner.upgrade.askers.get(asker));
        asker.is_some_and(|asker| !is_own(asker))
    }

    /// What is written into a file counts with the next command that reads it.
    fn finished(&self, mut steps: Vec<Step>) -> Vec<Step> {
        let Some(ManifestCommands { set, install }) = &self.planner.tool().commands.manifest else {
            return steps;
        };
        let writes = |step: &Step| match &step.action {
            Action::Type(command) => command.starts_with(set),
            Action::Ask { .. } | Action::Add { .. } => true,
        };
        let is_told = |position: usize| steps.iter().any(|step| step.asker == Some(position));
        let is_left = |(position, asker, requirement): (usize, &Asker, &Requirement)| {
            !is_told(position) && self.is_updated(asker, requirement)
        };
        let is_updated = match self.moving.reach {
            Reach::Everybody => self.planner.is_latest_free,
            Reach::Root => self.planner.askers().any(is_left),
        };
        let is_written = steps.iter().any(writes);
        // Commands that install come last: they may only run when all manifests agree.
        steps.sort_by_key(|step| !writes(step));
        let last = || self.planner.typed((*install).to_owned());
        match self.moving.reach {
            Reach::Everybody if !is_written => {}
            Reach::Everybody => steps.push(if is_updated { self.update() } else { last() }),
            Reach::Root => {
                // Yarn 1 updates nothing while the lockfile does not fit the manifests.
                steps.splice(0..0, is_updated.then(|| self.update()));
                steps.extend(is_written.then(last));
            }
        }
        steps
    }

    fn update(&self) -> Step {
        let planner = self.planner;
        let mut asked = planner.requirements.iter();
        let by_name = asked.find(|requirement| !requirement.is_override);
        let by_name = by_name.filter(|_| !self.moving.is_updated_by_package);
        let name = by_name.map_or(planner.locked.name.as_str(), |requirement| &requirement.key);
        let upgrade = planner.tool().commands.upgrade_of(planner.search.lockfile);
        planner.typed(format!("{upgrade} {}", quoted(name)))
    }
}
