//! Steps with npm (npm documentation, "npm update", "npm install", "npm pkg").
//!
//! npm updates by the name of the folder, not of the package, and takes the latest version that
//! everything admits. `npm install` changes what one project asks for.

use super::{Planner, quoted};
use crate::lockfile::Requirement;
use crate::lockfile::tool::ManifestCommands;
use crate::package::Ecosystem;
use crate::upgrade::range::is_tag;
use crate::upgrade::{Action, Admission, Asker, Candidate, Step, Way};
use crate::version::Version;

/// An update where everything admits a patched version, and the latest one is not known to be bad; else
/// whoever is in the way is told to ask for the target.
pub(super) fn way(planner: &Planner<'_>) -> Way {
    if planner.upgrade.admitted.is_some() && planner.is_latest_free {
        return Way::Steps(vec![update(planner)]);
    }
    let target = planner.upgrade.admitted.as_ref().or(planner.target());
    let Some(target) = target.filter(|target| target.is_named || planner.is_latest_free) else {
        return Way::Closed;
    };
    let askers = || planner.upgrade.askers.iter();
    let told = if askers().any(is_in_the_way) {
        Told::WhoIsInTheWay
    } else if askers().any(is_own) {
        Told::Own
    } else {
        Told::Everybody
    };
    let mut steps = Vec::new();
    for (position, asker, requirement) in planner.askers() {
        let is_told = match asker.admits {
            _ if is_in_the_way(asker) => true,
            Admission::Unknown | Admission::Refuses => return Way::Closed,
            Admission::Admits(_) => match told {
                Told::WhoIsInTheWay => false,
                Told::Own => is_own(asker),
                Told::Everybody => true,
            },
        };
        if !is_told {
            continue;
        }
        match planner.move_asker(asker, requirement, target) {
            Moved::By(step) => steps.push(Step { asker: Some(position), ..step }),
            Moved::ByAnother => {}
            Moved::ByNobody => return Way::Closed,
        }
    }
    finish(planner, &mut steps);
    if steps.iter().any(|step| is_overruling(planner, step)) {
        Way::Overrule(steps)
    } else {
        Way::Steps(steps)
    }
}

/// Who is told to ask for the target.
enum Told {
    /// Those that refuse it.
    WhoIsInTheWay,
    /// The projects: nobody refuses it, and a project that asks for exactly it decides.
    Own,
    /// Everybody: nobody refuses it, and no project asks.
    Everybody,
}

fn is_own(asker: &Asker) -> bool {
    asker.is_project || asker.is_override
}

/// Whether somebody refuses the target, or asks for whatever a tag stands for.
fn is_in_the_way(asker: &Asker) -> bool {
    match asker.admits {
        Admission::Refuses => true,
        Admission::Unknown => asker.is_project && asker.versions.as_deref().is_some_and(is_tag),
        Admission::Admits(_) => false,
    }
}

fn is_overruling(planner: &Planner<'_>, step: &Step) -> bool {
    let asker = step.asker.and_then(|asker| planner.upgrade.askers.get(asker));
    asker.is_some_and(|asker| !is_own(asker))
}

/// How somebody is made to ask for another version.
enum Moved {
    By(Step),
    /// With what another asker is told.
    ByAnother,
    ByNobody,
}

/// What is written into a manifest counts with the next command that reads it.
fn finish(planner: &Planner<'_>, steps: &mut Vec<Step>) {
    let Some(ManifestCommands { set, install }) = &planner.tool().commands.manifest else {
        return;
    };
    let writes = |step: &Step| match &step.action {
        Action::Type(command) => command.starts_with(set),
        Action::Ask { .. } => false,
    };
    if !steps.iter().any(writes) {
        return;
    }
    // Commands that install come last: they may only run when all manifests agree.
    steps.sort_by_key(|step| !writes(step));
    if planner.is_latest_free {
        steps.push(update(planner));
    } else {
        steps.push(planner.typed((*install).to_owned()));
    }
}

fn update(planner: &Planner<'_>) -> Step {
    let mut asked = planner.requirements.iter();
    let by_name = asked.find(|requirement| !requirement.is_override);
    let name = by_name.map_or(planner.locked.name.as_str(), |requirement| &requirement.key);
    planner.typed(format!("{} {}", planner.tool().commands.upgrade, quoted(name)))
}

impl Planner<'_> {
    fn move_asker(&self, asker: &Asker, requirement: &Requirement, target: &Candidate) -> Moved {
        let exact = self.is_exact(asker);
        if requirement.key.starts_with('-') {
            return Moved::ByNobody;
        }
        if asker.is_override {
            return self.move_override(requirement, target, exact);
        }
        if !asker.is_project {
            return self.overrule(requirement, target);
        }
        let value = |version: &str| self.value(requirement, version);
        let project = &self.search.lockfile.packages[requirement.from];
        let folder = project.folder.as_deref().unwrap_or_default();
        if self.search.dependents.linked.contains(&requirement.from) {
            let version = stated(target, exact);
            let set =
                format!("{}={}", path(&[requirement.table, &requirement.key]), value(&version));
            return self.set(joined(&self.folder(), folder), &set);
        }
        let version = stated(target, true);
        let wanted = quoted(&format!("{}@{}", requirement.key, value(&version)));
        let workspace = if folder.is_empty() {
            String::new()
        } else {
            format!("--workspace {} ", quoted(folder))
        };
        let kept = if exact && target.is_named { " --save-exact" } else { "" };
        Moved::By(self.typed(format!("{} {workspace}{wanted}{kept}", self.tool().commands.pin)))
    }

    /// Changes the manifest in a folder.
    fn set(&self, folder: String, setting: &str) -> Moved {
        let Some(commands) = &self.tool().commands.manifest else {
            return Moved::ByNobody;
        };
        let action = Action::Type(format!("{} {}", commands.set, quoted(setting)));
        Moved::By(Step { folder, action, asker: None })
    }

    /// Whether exactly one version is asked for, or has to be because later ones are bad.
    fn is_exact(&self, asker: &Asker) -> bool {
        let text = asker.versions.as_deref().unwrap_or_default();
        let version = text.rsplit_once('@').map_or(text, |(_, version)| version);
        let is_version = Version::parse(Ecosystem::Npm, version).is_ok()
            && version.split(['-', '+']).next().is_some_and(|core| core.split('.').count() == 3);
        is_version || !self.is_latest_free
    }

    fn move_override(&self, requirement: &Requirement, target: &Candidate, exact: bool) -> Moved {
        let own = self.askers().any(|(_, asker, _)| {
            asker.is_project && !asker.is_override && asker.admits == Admission::Refuses
        });
        match requirement.table {
            "overrides" => {
                let version = stated(target, exact);
                let set = format!("{}={version}", path(&["overrides", &requirement.key]));
                self.set(self.folder(), &set)
            }
            // It stands for what the project asks for itself.
            _ if own => Moved::ByAnother,
            _ => Moved::ByNobody,
        }
    }

    /// npm lets a project overrule what its dependencies ask for. Not what it asks for itself, so the
    /// order is given for one dependent only (npm documentation, "package.json", `overrides`).
    fn overrule(&self, requirement: &Requirement, target: &Candidate) -> Moved {
        let dependents = self.search.dependents;
        let by = &self.search.lockfile.packages[requirement.from].id.name;
        let is_overridden = dependents.overridden.contains(by.as_str());
        if requirement.is_from_alias || is_overridden || by.starts_with('-') {
            return Moved::ByNobody;
        }
        let version = stated(target, true);
        let value = self.value(requirement, &version);
        let set = format!("{}={value}", path(&["overrides", by, &requirement.key]));
        self.set(self.folder(), &set)
    }

    /// What is asked for, under an alias where that is how it is asked for.
    fn value(&self, requirement: &Requirement, version: &str) -> String {
        let asked = requirement.versions.as_deref().unwrap_or_default();
        if asked.trim_start().starts_with("npm:") {
            format!("npm:{}@{version}", self.locked.name)
        } else {
            version.to_owned()
        }
    }
}

/// The version, if that is wanted and somebody has named it; else it or a later one that is compatible.
fn stated(target: &Candidate, exactly: bool) -> String {
    if exactly && target.is_named { target.version.clone() } else { format!("^{}", target.version) }
}

/// A place in `package.json`, as `npm pkg` takes it: names with dots in them stand in brackets.
fn path(parts: &[&str]) -> String {
    let mut path = String::new();
    for part in parts {
        let is_bracketed = part.contains(['.', '[', ']']);
        let before = match (is_bracketed, path.is_empty()) {
            (true, _) => "[",
            (false, true) => "",
            (false, false) => ".",
        };
        path.push_str(before);
        path.push_str(part);
        path.push_str(if is_bracketed { "]" } else { "" });
    }
    path
}

/// A folder below, or beside, another one.
fn joined(folder: &str, below: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in below.split('/') {
        match (part, parts.last()) {
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            ("" | ".", _) => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_dots_stand_in_brackets() {
        for (parts, expected) in [
            (&["overrides", "larch", "brindle"][..], "overrides.larch.brindle"),
            (&["overrides", "larch.core", "brindle"], "overrides[larch.core].brindle"),
            (&["dependencies", "@acme/tool"], "dependencies.@acme/tool"),
            (&["dependencies", "brindle.js"], "dependencies[brindle.js]"),
        ] {
            assert_eq!(path(parts), expected);
        }
    }

    #[test]
    fn a_folder_beside_another_one_is_named_from_where_it_was_started() {
        for (folder, below, expected) in [
            ("", "packages/dock", "packages/dock"),
            ("web", "packages/dock", "web/packages/dock"),
            ("web", "../lib", "lib"),
            ("", "../lib", "../lib"),
            ("../web", "../lib", "../lib"),
        ] {
            assert_eq!(joined(folder, below), expected);
        }
    }
}
