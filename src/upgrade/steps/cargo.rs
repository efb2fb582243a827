//! Steps with Cargo (Cargo book, "cargo update").

use super::{Planner, quoted};
use crate::upgrade::{Action, Admission, Candidate, Step, Way};

/// An update where everything admits a patched version; where only projects refuse it, they are told
/// to ask for it first. Cargo lets nobody overrule what a package of a registry asks for.
pub(super) fn way(planner: &Planner<'_>) -> Way {
    if let Some(admitted) = &planner.upgrade.admitted {
        return update(planner, admitted).map_or(Way::Closed, |step| Way::Steps(vec![step]));
    }
    let Some(target) = planner.target() else {
        return Way::Closed;
    };
    let mut steps = Vec::new();
    for (position, asker, _) in planner.askers() {
        match (&asker.admits, &asker.versions) {
            (Admission::Admits(_), _) => {}
            (Admission::Refuses, Some(versions))
                if asker.is_project && asker.location.file.ends_with(planner.tool().manifest) =>
            {
                let operator = if versions.trim_start().starts_with('=') { "=" } else { "" };
                let versions = format!("{operator}{}", target.version);
                let action = Action::Ask { versions, at: asker.location.clone() };
                let step = Step { folder: String::new(), action, asker: Some(position) };
                steps.push(step);
            }
            _ => return Way::Closed,
        }
    }
    steps.extend(update(planner, target));
    Way::Steps(steps)
}

/// A version that nobody has named need not be there: Cargo takes the latest one that it may.
fn update(planner: &Planner<'_>, to: &Candidate) -> Option<Step> {
    let (name, version) = (&planner.locked.name, &planner.locked.version);
    let lockfile = planner.search.lockfile;
    let of_this_name = lockfile.packages.iter().filter(|package| package.id.name == *name);
    let which =
        if of_this_name.count() > 1 { quoted(&format!("{name}@{version}")) } else { quoted(name) };
    if to.is_named {
        let precise = quoted(&to.version);
        return Some(
            planner.typed(format!("{} {which} --precise {precise}", planner.tool().commands.pin)),
        );
    }
    let latest = || planner.typed(format!("{} {which}", planner.tool().commands.upgrade));
    planner.is_latest_free.then(latest)
}
