//! The time in which a vulnerable version was locked: the exposure of a lockfile over the
//! history of its repository. Pure.

pub mod listing;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::policy::HistoryPolicy;

/// Whether one state of a lockfile is affected by an advisory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// These packages are affected, each with its version. Never empty.
    Affected(BTreeSet<String>),
    Clear,
    /// It cannot be read, for this reason. It counts as exposed, because that cannot be ruled out.
    Unknown(String),
}

impl Exposure {
    /// Whether it is certainly not affected.
    pub fn is_clear(&self) -> bool {
        *self == Self::Clear
    }
}

/// A point in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// The commit, in full.
    pub commit: String,
    /// When it was committed.
    pub time: Timestamp,
}

/// The content of the lockfile from one commit on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockfileState {
    /// The commit that introduced it.
    pub since: Moment,
    /// Whether it is affected by the advisory.
    pub exposure: Exposure,
}

/// A tag, and whether its lockfile is affected by the advisory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Release {
    /// The name of the tag.
    pub tag: String,
    /// When it was made.
    pub time: Timestamp,
    pub exposure: Exposure,
}

/// A period in which a vulnerable version was locked, or may have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The commit, or the release, that began it.
    pub from: String,
    pub since: Timestamp,
    /// The commit or release that ended it; `None` if it is still open.
    pub to: Option<String>,
    pub until: Option<Timestamp>,
    /// The packages that were affected at any time in it.
    pub packages: BTreeSet<String>,
    /// Whether a state in it could not be read.
    pub is_uncertain: bool,
}

/// The exposure of one lockfile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockfileHistory {
    /// Its path for messages.
    pub lockfile: String,
    /// How many commits changed it.
    pub commits: usize,
    /// When it was exposed on the branch that is checked out.
    pub windows: Vec<Window>,
    /// The releases that shipped it, in order of time.
    pub releases: Vec<Release>,
    /// When each environment was exposed: those of the policy, even if never, and those named by tags
    /// such as `production/2026-11-22`.
    pub environments: BTreeMap<String, Vec<Window>>,
}

impl LockfileHistory {
    /// Whether something in it could not be read and is counted as exposed.
    pub fn is_uncertain(&self) -> bool {
        let windows = self.windows.iter().chain(self.environments.values().flatten());
        let mut releases = self.releases.iter();
        windows.clone().any(|window| window.is_uncertain)
            || releases.any(|release| matches!(release.exposure, Exposure::Unknown(_)))
    }
}

/// Combines the states of a lockfile, oldest first, and its releases.
pub fn lockfile_history(
    lockfile: String,
    states: &[LockfileState],
    mut releases: Vec<Release>,
    policy: &HistoryPolicy,
) -> LockfileHistory {
    releases.sort_by(|left, right| (left.time, &left.tag).cmp(&(right.time, &right.tag)));
    let windows = windows(
        states.iter().map(|state| (state.since.commit.as_str(), state.since.time, &state.exposure)),
    );
    let environments = environments(&releases, policy);
    releases.retain(|release| !release.exposure.is_clear());
    LockfileHistory { lockfile, commits: states.len(), windows, releases, environments }
}

/// From states in order of time to the windows in which they are not clear.
fn windows<'s>(states: impl Iterator<Item = (&'s str, Timestamp, &'s Exposure)>) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for (name, time, exposure) in states {
        let open = windows.last_mut().filter(|window| window.until.is_none());
        match (open, exposure) {
            (Some(window), Exposure::Clear) => {
                window.to = Some(name.to_owned());
                window.until = Some(time);
            }
            (Some(window), exposure) => window.take_in(exposure),
            (None, Exposure::Clear) => {}
            (None, exposure) => {
                let mut window = Window {
                    from: name.to_owned(),
                    since: time,
                    to: None,
                    until: None,
                    packages: BTreeSet::new(),
                    is_uncertain: false,
                };
                window.take_in(exposure);
                windows.push(window);
            }
        }
    }
    windows
}

impl Window {
    fn take_in(&mut self, exposure: &Exposure) {
        match exposure {
            Exposure::Affected(packages) => self.packages.extend(packages.iter().cloned()),
            Exposure::Unknown(_) => self.is_uncertain = true,
            Exposure::Clear => {}
        }
    }
}

/// The releases to each environment, in order of time: a later one replaces an
/// earlier one.
///
/// A tag is a release to every environment of the policy whose patterns it matches, and, if it contains
/// `/`, to the one named before the last `/`.
fn environments(releases: &[Release], policy: &HistoryPolicy) -> BTreeMap<String, Vec<Window>> {
    let mut by_environment: BTreeMap<&str, Vec<&Release>> = BTreeMap::new();
    for release in releases {
        let in_front = release.tag.rsplit_once('/').map(|(name, _)| name);
        let configured = policy
            .environments
            .iter()
            .filter(|(_, patterns)| patterns.iter().any(|pattern| pattern.matches(&release.tag)));
        let names: BTreeSet<&str> =
            configured.map(|(name, _)| name.as_str()).chain(in_front).collect();
        for name in names {
            by_environment.entry(name).or_default().push(release);
        }
    }
    by_environment
        .into_iter()
        .map(|(environment, releases)| {
            let states = releases
                .iter()
                .map(|release| (release.tag.as_str(), release.time, &release.exposure));
            (environment.to_owned(), windows(states))
        })
        .filter(|(name, windows)| !windows.is_empty() || policy.environments.contains_key(name))
        .collect()
}

#[cfg(test)]
mod tests;
