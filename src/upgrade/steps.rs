//! What to type, and where, so that a copy is replaced by a patched one. Every shape of it is held against
//! the package managers themselves (`tests/cases/upgrades/followed.rs`).

mod cargo;
mod node;

use super::range::Range;
use super::{Action, Admission, Asker, Candidate, CopyUpgrade, Search, Step, Way};
use crate::lockfile::Requirement;
use crate::lockfile::tool::Tool;
use crate::package::{Ecosystem, PackageId};
use crate::version::Version;

/// What it takes to find the steps for a copy.
pub(super) struct Planner<'run> {
    pub(super) search: &'run Search<'run>,
    /// The versions that may be upgraded to, in order.
    pub(super) possible: &'run [Candidate],
    /// Whether the latest version that everything admits may be taken.
    pub(super) is_latest_free: bool,
    pub(super) locked: &'run PackageId,
    /// What each asker of the copy says, in the same order.
    pub(super) requirements: Vec<&'run Requirement>,
    /// What is known so far.
    pub(super) upgrade: &'run CopyUpgrade,
}

/// The way for a copy that nothing carries.
pub(super) fn way(planner: &Planner<'_>) -> Way {
    // Nothing that a tool would read as an option.
    if planner.locked.name.starts_with('-') || planner.upgrade.askers.is_empty() {
        return Way::Closed;
    }
    match planner.locked.ecosystem {
        Ecosystem::Cargo => cargo::way(planner),
        Ecosystem::Npm => node::way(planner),
    }
}

/// The table in which a project speaks for everybody.
pub(super) fn table_of_orders(tool: &Tool) -> &'static str {
    let overruling = tool.commands.moving.as_ref().and_then(|moving| moving.overruling.as_ref());
    overruling.map_or("overrides", |overruling| overruling.table)
}

impl Planner<'_> {
    fn askers(&self) -> impl Iterator<Item = (usize, &Asker, &Requirement)> {
        let requirements = self.requirements.iter().copied();
        let askers = self.upgrade.askers.iter().zip(requirements).enumerate();
        askers.map(|(position, (asker, requirement))| (position, asker, requirement))
    }

    /// The smallest patched version that everybody admits who admits any.
    fn target(&self) -> Option<&Candidate> {
        let ecosystem = self.locked.ecosystem;
        let willing = self.upgrade.askers.iter();
        let willing = willing.filter(|asker| matches!(asker.admits, Admission::Admits(_)));
        let ranges: Vec<Range> = willing
            .filter_map(|asker| Range::parse(ecosystem, asker.versions.as_deref()?))
            .collect();
        let admits = |candidate: &&Candidate| {
            Version::parse(ecosystem, &candidate.version)
                .is_ok_and(|version| ranges.iter().all(|range| range.admits(&version)))
        };
        self.possible.iter().find(admits)
    }

    /// The package manager that wrote the lockfile.
    fn tool(&self) -> &'static Tool {
        self.search.lockfile.format.tool()
    }

    fn folder(&self) -> String {
        folder_of(&self.search.lockfile.source.path).to_owned()
    }

    fn typed(&self, command: String) -> Step {
        Step { folder: self.folder(), action: Action::Type(command), asker: None }
    }
}

/// The folder of a file, empty for the one that it is named from.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A word for a shell: quoted unless it is plainly harmless, as a name in a lockfile need not be.
pub fn quoted(word: &str) -> String {
    let is_plain =
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@/._+-:=".contains(&byte));
    if is_plain && !word.is_empty() {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
