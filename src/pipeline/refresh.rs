//! Before the third stage: fetching advisories that are missing or too old.

use std::path::Path;

use crate::database::freshness;
use crate::database::sidecar;
use crate::database::snapshot::{Snapshot, SnapshotError};
use crate::database::update::{Observer, UpdateLock, UpdateReport, Updater};
use crate::network::Fetch;
use crate::policy::DatabasePolicy;
use crate::problem::Problem;
use crate::settings::{CheckSettings, DatabaseLocation};

/// What a check may reach for outside of its inputs.
pub struct Surroundings<'run> {
    /// Makes the network. Called only if something has to be fetched.
    pub connect: &'run dyn Fn() -> Result<Box<dyn Fetch>, Problem>,
    /// Who is told about what is fetched.
    pub observer: &'run dyn Observer,
}

/// Brings the snapshot in the usual place up to date if it is missing, unreadable or too old, and if
/// the network may be used. A snapshot that was named is left alone.
///
/// Whatever goes wrong is a remark: the snapshot that there is then decides, by its own age.
pub fn refresh(
    settings: &CheckSettings,
    policy: &DatabasePolicy,
    surroundings: &Surroundings<'_>,
) -> Vec<String> {
    let DatabaseLocation::Default(Some(default)) = &settings.database else {
        return Vec::new();
    };
    let Some(path) = settings.database.path(policy) else {
        return Vec::new();
    };
    if settings.offline || policy.fetched().is_empty() {
        return Vec::new();
    }
    let folder = default.with_file_name("sources");
    let need = || reason(&path, policy, settings.clock.now);
    let Some(reason) = need() else {
        return Vec::new();
    };
    surroundings.observer.refreshes(&reason);
    let network = match (surroundings.connect)() {
        Ok(network) => network,
        Err(problem) => return vec![format!("nothing could be fetched: {}", problem.message)],
    };
    let lock = match UpdateLock::acquire(&folder, surroundings.observer) {
        Ok(lock) => lock,
        Err(error) => return vec![format!("nothing could be fetched: {error}")],
    };
    // Whoever held the lock may have done it all.
    if need().is_none() {
        return Vec::new();
    }
    let updater = Updater {
        network: network.as_ref(),
        folder: &folder,
        observer: surroundings.observer,
        accept_shrink: false,
        max_age: policy.max_age,
        now: settings.clock.now,
    };
    remarks(&updater.run(&lock, &policy.fetched(), &path))
}

/// Why the snapshot has to be brought up to date. `None` if it does not, or if that would not help.
fn reason(path: &Path, policy: &DatabasePolicy, now: jiff::Timestamp) -> Option<String> {
    let snapshot = match Snapshot::open(path) {
        Ok(snapshot) => snapshot,
        Err(SnapshotError::Missing { .. }) => {
            return Some("there are no advisories yet".to_owned());
        }
        Err(_) => return Some("the advisory snapshot cannot be read".to_owned()),
    };
    let mut sources = snapshot.sources().to_vec();
    sidecar::apply(path, snapshot.digest(), &mut sources);
    sources
        .iter()
        .any(|source| freshness::is_stale(source, policy.max_age, now))
        .then(|| "the advisories are too old".to_owned())
}

fn remarks(report: &UpdateReport) -> Vec<String> {
    let failed = report.sources.iter().filter_map(|source| {
        let error = source.result.as_ref().err()?;
        let help = error.help();
        Some(format!("source `{}` could not be fetched: {error}; {help}", source.name))
    });
    let snapshot = report.snapshot.as_ref().err();
    failed
        .chain(
            snapshot
                .map(|error| format!("the advisories are as they were: {error}; {}", error.help())),
        )
        .collect()
}
