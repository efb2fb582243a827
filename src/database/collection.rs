//! The records of all sources, by package.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::advisory::{Advisory, UnreadableRecord};
use crate::database::reading::{SourceError, SourceRecords};
use crate::database::snapshot::{Snapshot, SnapshotError};
use crate::database::{AdvisoriesByPackage, PackageAdvisories, SourceInfo, archive, folder};
use crate::package::PackageName;
use crate::policy::{Source, SourcePlace};

/// The records of several sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collection {
    /// Everything known about each package, in the order of the sources and of their paths.
    pub packages: AdvisoriesByPackage,
    /// The sources, in the order given.
    pub sources: Vec<SourceInfo>,
    /// Records that could not be read and that name no package: they may be about any.
    pub unattributed: Vec<UnreadableRecord>,
}

impl Collection {
    /// Reads every source. Relative paths count from `base`.
    ///
    /// # Errors
    ///
    /// All sources that cannot be used, at once.
    pub fn read(sources: &[Source], base: &Path) -> Result<Self, Vec<SourceError>> {
        let mut errors = Vec::new();
        let mut collection = Self::default();
        let mut names = BTreeSet::new();
        for source in sources {
            if !names.insert(&source.name) {
                let name = source.name.clone();
                errors.push(SourceError::DuplicateName { name });
                continue;
            }
            match read_source(source, base) {
                Ok(records) => collection.add(records),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(collection) } else { Err(errors) }
    }

    /// Everything known about one package. `None`: no record names it.
    pub fn lookup(&self, package: &PackageName) -> Option<&PackageAdvisories> {
        self.packages.get(package)
    }

    /// The complete content of a snapshot.
    ///
    /// # Errors
    ///
    /// The snapshot cannot be read, or any part of it is altered.
    pub fn of_snapshot(snapshot: &Snapshot) -> Result<Self, SnapshotError> {
        Ok(Self {
            packages: snapshot.read_all()?,
            sources: snapshot.sources().to_vec(),
            unattributed: snapshot.unattributed()?,
        })
    }

    /// Adds everything in `other`.
    ///
    /// # Errors
    ///
    /// Both have a source of the same name.
    pub fn merge(&mut self, other: Self) -> Result<(), SourceError> {
        let taken = |info: &&SourceInfo| self.sources.iter().any(|own| own.name == info.name);
        if let Some(info) = other.sources.iter().find(taken) {
            let name = info.name.clone();
            return Err(SourceError::DuplicateName { name });
        }
        self.sources.extend(other.sources);
        self.unattributed.extend(other.unattributed);
        for (package, known) in other.packages {
            let own = self.packages.entry(package).or_default();
            own.advisories.extend(known.advisories);
            own.unreadable.extend(known.unreadable);
        }
        Ok(())
    }

    fn add(&mut self, records: SourceRecords) {
        self.sources.push(records.info);
        for mut advisory in records.advisories {
            // No report shows descriptions, and they take most of a record's memory.
            advisory.details = String::new();
            for (package, advisory) in by_package(advisory) {
                let known = self.packages.entry(package).or_default();
                known.advisories.push(advisory);
            }
        }
        records.unreadable.into_iter().for_each(|record| self.add_unreadable(record));
    }

    /// Adds an unreadable record. With each package only that package is stored, because a record may name
    /// very many.
    pub(super) fn add_unreadable(&mut self, record: UnreadableRecord) {
        if record.packages.is_empty() {
            self.unattributed.push(record);
            return;
        }
        let nameless = UnreadableRecord { packages: BTreeSet::new(), ..record };
        for package in record.packages {
            let packages = [package.clone()].into();
            let of_package = UnreadableRecord { packages, ..nameless.clone() };
            let known = self.packages.entry(package).or_default();
            known.unreadable.push(of_package);
        }
    }
}

impl From<SourceRecords> for Collection {
    fn from(records: SourceRecords) -> Self {
        let mut collection = Self::default();
        collection.add(records);
        collection
    }
}

fn read_source(source: &Source, base: &Path) -> Result<SourceRecords, SourceError> {
    let SourcePlace::Path(path) = &source.place else {
        let name = source.name.clone();
        return Err(SourceError::NotOnDisk { name });
    };
    let path = base.join(path);
    if archive::can_read(source.kind) && archive::is_archive(&path) {
        archive::read(source, &path, &archive::Changes::default())
    } else {
        folder::read(source, &path)
    }
}

/// One advisory for each of its packages, reduced to the entries of that package.
pub(super) fn by_package(mut advisory: Advisory) -> Vec<(PackageName, Advisory)> {
    let mut entries: BTreeMap<PackageName, Vec<_>> = BTreeMap::new();
    for entry in std::mem::take(&mut advisory.affected) {
        let package = PackageName::new(entry.ecosystem, &entry.package);
        entries.entry(package).or_default().push(entry);
    }
    entries
        .into_iter()
        .map(|(package, affected)| {
            let advisory = Advisory { affected, ..advisory.clone() };
            (package, advisory)
        })
        .collect()
}

#[cfg(test)]
mod tests;
