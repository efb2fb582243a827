//! How those who ask for a copy are made to ask for another version.

use super::path::{joined, path, yaml_key};
use super::{NodePlanner, quoted};
use crate::lockfile::tool::{Below, Overruling, Place, ProjectChoice};
use crate::lockfile::{PackageIndex, Requirement};
use crate::package::Ecosystem;
use crate::upgrade::range::{alias, npm_versions};
use crate::upgrade::{Action, Admission, Asker, Candidate, Step};
use crate::version::Version;

/// How somebody is made to ask for another version.
pub(super) enum Moved {
    By(Step),
    /// With what another asker is told.
    ByAnother,
    ByNobody,
}

impl NodePlanner<'_, '_> {
    pub(super) fn move_asker(
        &self,
        asker: &Asker,
        requirement: &Requirement,
        target: &Candidate,
    ) -> Moved {
        let exact = self.is_exact(asker);
        if requirement.key.starts_with('-') {
            return Moved::ByNobody;
        }
        if asker.order.is_some() {
            return self.move_override(asker, requirement, target, exact);
        }
        if !asker.is_project {
            return self.overrule(requirement, target);
        }
        let project = &self.planner.search.lockfile.packages[requirement.from];
        let folder = project.folder.as_deref().unwrap_or_default();
        if self.planner.search.dependents.linked.contains(&requirement.from) {
            let version = stated(target, exact);
            let value = self.value(requirement, &version);
            let set = format!("{}={value}", path(&[requirement.table, &requirement.key]));
            return self.set(joined(&self.planner.folder(), folder), &set);
        }
        Moved::By(self.pin(requirement, folder, target, exact))
    }

    /// What one project, which lies in a folder relative to the lockfile's, asks for.
    fn pin(
        &self,
        requirement: &Requirement,
        folder: &str,
        target: &Candidate,
        exact: bool,
    ) -> Step {
        let version = stated(target, exact || !self.moving.is_written_as_typed);
        let wanted = format!("{}@{}", requirement.key, self.value(requirement, &version));
        let mut words = vec![self.planner.tool().commands.pin.to_owned()];
        let mut typed_in = self.planner.folder();
        match self.moving.project {
            ProjectChoice::Option(_) if folder.is_empty() => {}
            ProjectChoice::Option(option) => words.extend([option.to_owned(), quoted(folder)]),
            ProjectChoice::Folder { root_option } if folder.is_empty() => {
                let is_workspace = self.planner.search.lockfile.roots.len() > 1;
                words.extend(is_workspace.then(|| root_option.to_owned()));
            }
            ProjectChoice::Folder { .. } => typed_in = joined(&typed_in, folder),
        }
        let mut tables = self.moving.tables.iter();
        let table = tables.find(|(table, _)| *table == requirement.table);
        words.extend(table.map(|(_, option)| (*option).to_owned()));
        words.push(quoted(&wanted));
        if exact && target.is_named {
            words.push(self.moving.exact.to_owned());
        }
        words.retain(|word| !word.is_empty());
        Step { folder: typed_in, action: Action::Type(words.join(" ")), asker: None }
    }

    /// Changes the manifest in a folder.
    fn set(&self, folder: String, setting: &str) -> Moved {
        let Some(commands) = &self.planner.tool().commands.manifest else {
            return Moved::ByNobody;
        };
        let action = Action::Type(format!("{} {}", commands.set, quoted(setting)));
        Moved::By(Step { folder, action, asker: None })
    }

    /// Whether exactly one version is asked for, or has to be because later ones are bad.
    fn is_exact(&self, asker: &Asker) -> bool {
        let version = npm_versions(asker.versions.as_deref().unwrap_or_default().trim());
        let is_version = Version::parse(Ecosystem::Npm, version).is_ok()
            && version.split(['-', '+']).next().is_some_and(|core| core.split('.').count() == 3);
        is_version || !self.planner.is_latest_free
    }

    fn move_override(
        &self,
        asker: &Asker,
        requirement: &Requirement,
        target: &Candidate,
        exact: bool,
    ) -> Moved {
        let own = self.planner.askers().any(|(_, asker, _)| {
            asker.is_project && asker.order.is_none() && asker.admits == Admission::Refuses
        });
        let Some(overruling) = &self.moving.overruling else {
            return Moved::ByNobody;
        };
        let version = stated(target, exact);
        match overruling.place {
            _ if requirement.table.is_empty() && own => Moved::ByAnother,
            _ if requirement.table.is_empty() => Moved::ByNobody,
            Place::Manifest => {
                let set = format!("{}={version}", path(&[requirement.table, &requirement.key]));
                self.set(self.planner.folder(), &set)
            }
            Place::File { .. } => {
                let action = Action::Ask { versions: version, at: asker.location.clone() };
                Moved::By(Step { folder: String::new(), action, asker: None })
            }
        }
    }

    /// A project overrules what its dependencies ask for. npm does not let it overrule what it asks for
    /// itself, so the order is given for one dependent only (npm documentation, "package.json",
    /// `overrides`).
    fn overrule(&self, requirement: &Requirement, target: &Candidate) -> Moved {
        let Some(overruling) = &self.moving.overruling else {
            return Moved::ByNobody;
        };
        let by = &self.planner.search.lockfile.packages[requirement.from].id.name;
        if !self.may_overrule(overruling, requirement.from, by) {
            return Moved::ByNobody;
        }
        let is_alias = requirement.key != self.planner.locked.name.as_str();
        if requirement.is_from_alias || (is_alias && !overruling.is_for_aliases) {
            return Moved::ByNobody;
        }
        let version = stated(target, true);
        let value = self.value(requirement, &version);
        let joined = match overruling.below {
            Below::Nested => None,
            Below::Joined { before, between } => {
                Some(format!("{before}{by}{between}{}", requirement.key))
            }
        };
        match (overruling.place, &joined) {
            (Place::Manifest, None) => {
                let place = path(&[overruling.table, by, &requirement.key]);
                self.set(self.planner.folder(), &format!("{place}={value}"))
            }
            (Place::Manifest, Some(joined)) => {
                let place = path(&[overruling.table, joined]);
                self.set(self.planner.folder(), &format!("{place}={value}"))
            }
            (Place::File { name, otherwise }, joined) => {
                let key = joined.as_deref().unwrap_or(&requirement.key);
                let action = Action::Add {
                    entry: format!("{}: {value}", yaml_key(key)),
                    table: overruling.table,
                    file: super::path::joined(&self.planner.folder(), name),
                    otherwise,
                };
                Moved::By(Step { folder: String::new(), action, asker: None })
            }
        }
    }

    /// Whether an order about one dependent can be added to those that are there.
    fn may_overrule(&self, overruling: &Overruling, from: PackageIndex, by: &str) -> bool {
        let is_project = self.planner.search.lockfile.roots.contains(&from);
        let is_taken = overruling.below == Below::Nested
            && self.planner.search.dependents.overridden.contains(by);
        !is_project && !is_taken && !by.starts_with('-')
    }

    /// What is asked for, under an alias where that is how it is asked for.
    fn value(&self, requirement: &Requirement, version: &str) -> String {
        let is_alias = match requirement.versions.as_deref() {
            Some(asked) => alias(asked.trim()).is_some(),
            None => requirement.key != self.planner.locked.name.as_str(),
        };
        if is_alias {
            format!("npm:{}@{version}", self.planner.locked.name)
        } else {
            version.to_owned()
        }
    }
}

/// The version, if that is wanted and somebody has named it; else it or a later one that is compatible.
fn stated(target: &Candidate, exactly: bool) -> String {
    if exactly && target.is_named { target.version.clone() } else { format!("^{}", target.version) }
}
