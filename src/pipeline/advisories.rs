//! The third stage: which advisories the lockfiles are matched against.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::asked::Answers;
use super::lockfiles::ReadLockfile;
use super::notes::Notes;
use crate::advisory::{Advisory, UnreadableRecord};
use crate::database::collection::Collection;
use crate::database::reading::SourceError;
use crate::database::snapshot::{Snapshot, SnapshotError};
use crate::database::{AdvisoriesByPackage, PackageAdvisories, SourceInfo, freshness, sidecar};
use crate::matching::{Match, NamedPackages};
use crate::outcome::DatabaseSummary;
use crate::package::{Ecosystem, PackageName};
use crate::policy::{DatabasePolicy, Policy, Source, SourceKind, SourcePlace};
use crate::problem::{Gap, GapCode};
use crate::settings::{CheckSettings, DatabaseLocation};
use crate::words::plural;

/// What to do where there is no advisory to match against.
const HOW_TO_IMPORT: &str = "run `lockgate db update`, or lockgate db import --rustsec DIR --osv npm=FILE.zip, or name sources in [database] of the policy";

/// Where the sources that lie on disk are read from, where a change is checked.
///
/// Records that the change deletes or alters count as they are at the base; those that it adds
/// count at once.
#[derive(Clone, Debug, Default)]
pub struct SourceChange {
    /// The sources that are there at the base, by name: where they lie.
    pub at_base: BTreeMap<String, PathBuf>,
    /// The sources that the change takes away, by name.
    pub removed: BTreeSet<String>,
    /// The sources that the change adds.
    pub added: Vec<Source>,
    /// The snapshot as it lies at the base, where it is a part of the repository.
    pub snapshot: Option<PathBuf>,
}

impl SourceChange {
    /// A source, read where it lies at the base.
    fn source_at_base(&self, source: Source) -> Source {
        match self.at_base.get(&source.name) {
            Some(path) => {
                let path = path.to_string_lossy().into_owned();
                Source { place: SourcePlace::Path(path), ..source }
            }
            None => source,
        }
    }
}

/// The advisories of one run: a snapshot, the sources that the policy names, or both.
#[derive(Debug, Default)]
pub struct Advisories {
    snapshot: Option<Snapshot>,
    collection: Option<Collection>,
    asked: Answers,
    /// Records that a change adds to sources on disk.
    added: Option<Collection>,
    sources: Vec<SourceInfo>,
    /// The time of the run: what is withdrawn later still counts.
    now: Timestamp,
    /// How old a source may be.
    max_age: SignedDuration,
}

/// What is known about the packages of a lockfile.
#[derive(Debug)]
pub struct Matched {
    pub matches: Vec<Match>,
    /// Why there may be more.
    pub gaps: Vec<Gap>,
    /// Every record about the names that were looked up.
    pub known: AdvisoriesByPackage,
}

impl Advisories {
    /// Opens the snapshot and reads the policy's sources. Whatever cannot be read is a gap.
    ///
    /// A snapshot in the usual place is not needed where the policy names its own sources, and is
    /// then not looked at: what a run checks must not depend on what else the machine has.
    pub fn open(
        settings: &CheckSettings,
        policy: &Policy,
        folder: &Path,
        mut asked: Answers,
        change: Option<&SourceChange>,
        notes: &mut Notes,
    ) -> Self {
        let gaps = &mut notes.gaps;
        gaps.append(&mut asked.gaps);
        let database = &policy.database;
        let (now, max_age) = (settings.clock.now, database.max_age);
        let mut advisories = Self { asked, now, max_age, ..Self::default() };
        let path = settings.database.path(database);
        let at_base = change.and_then(|change| change.snapshot.as_deref());
        match (&settings.database, path) {
            (DatabaseLocation::Named(path), _) => {
                advisories.open_snapshot(at_base.unwrap_or(path), gaps);
                advisories.expect_sources(database, gaps);
            }
            (DatabaseLocation::Default(_), _) if database.fetched().is_empty() => {}
            (DatabaseLocation::Default(_), Some(path)) if path.exists() => {
                advisories.open_snapshot(&path, gaps);
            }
            (DatabaseLocation::Default(_), _) => gaps.push(Gap::new(
                GapCode::DatabaseMissing,
                "there is no advisory database, so nothing was matched",
                HOW_TO_IMPORT,
            )),
        }
        let on_disk = database.on_disk();
        match change {
            Some(change) => advisories.read_changed(&on_disk, folder, change, gaps),
            None if on_disk.is_empty() => {}
            None => advisories.read_sources(&on_disk, folder, gaps),
        }
        advisories.sources.extend(advisories.asked.sources.iter().cloned());
        advisories
    }

    fn open_snapshot(&mut self, path: &Path, gaps: &mut Vec<Gap>) {
        match Snapshot::open(path) {
            Ok(snapshot) => {
                let mut sources = snapshot.sources().to_vec();
                sidecar::apply(path, snapshot.digest(), &mut sources);
                self.sources.extend(sources);
                self.snapshot = Some(snapshot);
            }
            Err(error) => gaps.push(snapshot_gap(&error)),
        }
    }

    /// A snapshot that was named must hold every source that the policy wants fetched.
    fn expect_sources(&self, database: &DatabasePolicy, gaps: &mut Vec<Gap>) {
        if database.sources.is_empty() || self.snapshot.is_none() {
            return;
        }
        for source in database.fetched() {
            let is_there = self.sources.iter().any(|info| info.name == source.name);
            // A published snapshot brings sources of its own.
            if !is_there && source.kind != SourceKind::Snapshot {
                gaps.push(Gap::new(
                    GapCode::DatabaseIncomplete,
                    format!("the snapshot lacks source `{}`, which the policy names", source.name),
                    "run `lockgate db update --out FILE` with this policy",
                ));
            }
        }
    }

    fn read_sources(&mut self, on_disk: &[Source], folder: &Path, gaps: &mut Vec<Gap>) {
        match Collection::read(on_disk, folder) {
            Ok(collection) => {
                self.sources.extend(collection.sources.iter().cloned());
                self.collection = Some(collection);
            }
            Err(errors) => gaps.extend(errors.iter().map(source_gap)),
        }
    }

    /// Reads sources as they are at the base, and what the change adds to them.
    fn read_changed(
        &mut self,
        on_disk: &[Source],
        folder: &Path,
        change: &SourceChange,
        gaps: &mut Vec<Gap>,
    ) {
        let is_kept = |source: &Source| change.at_base.contains_key(&source.name);
        let (kept, others): (Vec<Source>, Vec<Source>) = on_disk.iter().cloned().partition(is_kept);
        let still_named = kept.iter().filter(|source| !change.removed.contains(&source.name));
        let now: Vec<Source> = still_named.chain(&change.added).cloned().collect();
        let before = kept.into_iter().map(|source| change.source_at_base(source));
        let mut read = |sources: &[Source]| {
            Collection::read(sources, folder).unwrap_or_else(|errors| {
                gaps.extend(errors.iter().map(source_gap));
                Collection::default()
            })
        };
        let mut collection = read(&before.collect::<Vec<_>>());
        let others = read(&others);
        let added = read(&now);
        for info in &mut collection.sources {
            // By the time of a copy that was made just now nothing is as old as it is.
            info.current_at = None;
            if let Some(now) = added.sources.iter().find(|now| now.name == info.name) {
                info.current_at = now.current_at;
                info.origin.clone_from(&now.origin);
                if now.revision != info.revision {
                    info.revision = format!("{}+{}", info.revision, now.revision);
                }
            }
        }
        if let Err(error) = collection.merge(others) {
            gaps.push(source_gap(&error));
        }
        self.sources.extend(collection.sources.iter().cloned());
        let is_new = |info: &&SourceInfo| self.sources.iter().all(|own| own.name != info.name);
        let new: Vec<SourceInfo> = added.sources.iter().filter(is_new).cloned().collect();
        self.sources.extend(new);
        self.collection = (!collection.sources.is_empty()).then_some(collection);
        self.added = (!added.sources.is_empty()).then_some(added);
    }

    /// Records that cannot be read and do not even say which package they are about: it may be any of
    /// those that the lockfiles hold.
    pub fn unattributed(&self, lockfiles: &[ReadLockfile]) -> Vec<Gap> {
        let collections = self.collection.iter().chain(&self.added);
        let mut records: Vec<UnreadableRecord> =
            collections.flat_map(|collection| collection.unattributed.iter().cloned()).collect();
        if let Some(snapshot) = &self.snapshot {
            match snapshot.unattributed() {
                Ok(found) => records.extend(found),
                Err(error) => return vec![snapshot_gap(&error)],
            }
        }
        let gap = |record: &UnreadableRecord| {
            Gap::new(
                GapCode::AdvisoryUnreadable,
                format!(
                    "an advisory that may be about any package cannot be read: {} of {}: {}",
                    record.file, record.source, record.reason
                ),
                "update the advisory database; if the record is your own, correct it",
            )
        };
        let used: BTreeSet<Ecosystem> = used(lockfiles);
        let is_used =
            |record: &&UnreadableRecord| record.ecosystem.is_none_or(|only| used.contains(&only));
        records.iter().filter(is_used).map(gap).collect()
    }

    /// Whether a source that is at hand, and not asked, knows of an ecosystem.
    pub fn knows_without_asking(&self, ecosystem: Ecosystem) -> bool {
        let is_asked = |source: &SourceInfo| {
            let mut asked = self.asked.sources.iter();
            asked.any(|asked| asked.name == source.name)
        };
        let mut sources = self.sources.iter();
        sources.any(|source| source.covers.contains(&ecosystem) && !is_asked(source))
    }

    /// What keeps the sources from deciding: they are stale, or do not cover an ecosystem in use.
    pub fn freshness(&self, lockfiles: &[ReadLockfile]) -> Vec<Gap> {
        if self.is_empty() {
            return Vec::new();
        }
        freshness::gaps(&self.sources, &used(lockfiles), self.max_age, self.now)
    }

    /// Matches the packages of a lockfile against everything that is known about them.
    pub fn matches(&self, packages: &NamedPackages<'_>) -> Matched {
        let (known, mut gaps) = self.look_up(packages);
        let (matches, undecided) = packages.matches(&known);
        gaps.extend(undecided);
        Matched { matches, gaps, known }
    }

    /// Everything known, as of now, about the packages of a lockfile that are matched by name.
    fn look_up(&self, packages: &NamedPackages<'_>) -> (AdvisoriesByPackage, Vec<Gap>) {
        let mut known = AdvisoriesByPackage::new();
        let mut gaps = Vec::new();
        if let Some(snapshot) = &self.snapshot {
            match snapshot.lookup_all(packages.names().cloned()) {
                Ok(found) => known = found,
                Err(error) => gaps.push(snapshot_gap(&error)),
            }
        }
        let in_memory = self.collection.is_some() || self.added.is_some();
        if in_memory || !self.asked.packages.is_empty() {
            self.add_from_memory(packages.names().collect(), &mut known);
        }
        let records = known.values_mut().flat_map(|known| &mut known.advisories);
        for advisory in records {
            advisory.as_of(self.now);
        }
        (known, gaps)
    }

    /// Adds what the source folders and the sources that were asked know about the names.
    fn add_from_memory(&self, names: BTreeSet<&PackageName>, known: &mut AdvisoriesByPackage) {
        for name in names {
            let in_collection =
                self.collection.as_ref().and_then(|collection| collection.lookup(name));
            let asked = self.asked.packages.get(name);
            for found in in_collection.into_iter().chain(asked) {
                let entry = known.entry(name.clone()).or_default();
                entry.advisories.extend(found.advisories.iter().cloned());
                entry.unreadable.extend(found.unreadable.iter().cloned());
            }
            let added = self.added.as_ref();
            if let Some(found) = added.and_then(|added| added.lookup(name)) {
                add_new(found, known.entry(name.clone()).or_default());
            }
        }
    }

    /// What a person should know about the sources although it changes nothing.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = freshness::remarks(&self.sources, self.max_age, self.now);
        remarks.extend(self.asked.remarks.iter().cloned());
        for source in &self.sources {
            let said = source.remarks.iter();
            remarks.extend(said.map(|remark| format!("source `{}`: {remark}", source.name)));
        }
        for source in self.sources.iter().filter(|source| source.unreadable > 0) {
            remarks.push(format!(
                "{} {} of `{}` cannot be read and {} skipped; none that may be about a locked package is passed over in silence",
                source.unreadable,
                plural(source.unreadable, "record", "records"),
                source.name,
                plural(source.unreadable, "was", "were"),
            ));
        }
        remarks
    }

    /// Whether there is nothing to match against.
    fn is_empty(&self) -> bool {
        self.snapshot.is_none()
            && self.collection.is_none()
            && self.added.is_none()
            && self.asked.sources.is_empty()
    }

    /// What the reports say about the advisories; `None` if there were none.
    pub fn summary(&self) -> Option<DatabaseSummary> {
        let built_at = match (&self.snapshot, &self.collection) {
            (Some(snapshot), _) => snapshot.built_at(),
            (None, _) if self.is_empty() => return None,
            (None, _) => oldest(&self.sources),
        };
        let digest = match (&self.snapshot, &self.collection) {
            (Some(snapshot), None) => snapshot.digest().to_string(),
            (snapshot, _) => digest_of_sources(snapshot.as_ref(), &self.sources),
        };
        Some(DatabaseSummary { digest, built_at, sources: self.sources.clone() })
    }
}

/// The ecosystems of lockfiles.
fn used(lockfiles: &[ReadLockfile]) -> BTreeSet<Ecosystem> {
    lockfiles.iter().map(|read| read.lockfile.ecosystem).collect()
}

/// Adds the records that a change adds: those of which the same source has none under that name.
///
/// They lend their names to no other record: a suppression of the one vulnerability must not come to
/// hide another one because a change says that both are the same.
fn add_new(found: &PackageAdvisories, known: &mut PackageAdvisories) {
    for record in &found.advisories {
        let is_known =
            known.advisories.iter().any(|own| own.id == record.id && own.source == record.source);
        if !is_known {
            let aliases = BTreeSet::new();
            known.advisories.push(Advisory { aliases, ..record.clone() });
        }
    }
    let unreadable = found.unreadable.iter();
    let new = unreadable.filter(|record| !known.unreadable.contains(record));
    let new: Vec<UnreadableRecord> = new.cloned().collect();
    known.unreadable.extend(new);
}

fn source_gap(error: &SourceError) -> Gap {
    Gap::new(GapCode::DatabaseUnreadable, error.to_string(), error.help())
}

fn snapshot_gap(error: &SnapshotError) -> Gap {
    let code = match error {
        SnapshotError::Missing { .. } => GapCode::DatabaseMissing,
        _ => GapCode::DatabaseUnreadable,
    };
    Gap::new(code, error.to_string(), error.help())
}

/// The time at which the source that was looked after least was known current. Sources that are
/// kept in the repository have no such time.
fn oldest(sources: &[SourceInfo]) -> Timestamp {
    sources.iter().filter_map(|source| source.current_at).min().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Sources that were read directly are identified by what each of them calls its state.
fn digest_of_sources(snapshot: Option<&Snapshot>, sources: &[SourceInfo]) -> String {
    let mut hasher = Sha256::new();
    if let Some(snapshot) = snapshot {
        hasher.update(snapshot.digest().to_string());
    }
    for source in sources {
        for part in [&source.name, &source.kind, &source.revision] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
    }
    format!("sha256:{:x}", hasher.finalize())
}
