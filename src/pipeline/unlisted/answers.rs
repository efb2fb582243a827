//! Whether the owner answers for what lies in an archive: `bundled` in `[npm]`, held against what is known
//! about it now.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::advisory::Advisory;
use crate::database::{AdvisoriesByPackage, PackageAdvisories};
use crate::lockfile::LockedPackage;
use crate::package::PackageName;
use crate::policy::ComparedArchive;

/// The owner's words, on a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answers<'run> {
    pub(super) archives: &'run [ComparedArchive],
    pub(super) today: Date,
}

/// What the owner says about one archive.
#[derive(Debug)]
pub(super) enum Answer<'run> {
    /// A word that counts, and its position in the policy.
    Given(usize, &'run ComparedArchive),
    /// A word that does not count, and why: a sentence without a full stop.
    Void(usize, String),
    Silent,
}

/// Since when the advisories have been known that an archive has to be compared with.
#[derive(Debug, Default)]
pub(super) struct Known<'known> {
    /// The advisory that was published or changed last.
    latest: Option<(Date, &'known str)>,
    /// A record that nobody can say it of: it has no date, or cannot be read.
    undated: Option<&'known str>,
}

impl<'known> Known<'known> {
    /// What is known about some names.
    pub(super) fn about<'name>(
        names: impl IntoIterator<Item = &'name PackageName>,
        known: &'known AdvisoriesByPackage,
    ) -> Self {
        let mut all = Self::default();
        for known in names.into_iter().filter_map(|name| known.get(name)) {
            all.add(known);
        }
        all
    }

    fn add(&mut self, known: &'known PackageAdvisories) {
        for advisory in known.advisories.iter().filter(|advisory| advisory.withdrawn.is_none()) {
            match known_since(advisory) {
                Some(day) => self.latest = self.latest.max(Some((day, advisory.id.as_str()))),
                None => self.undated = Some(advisory.id.as_str()),
            }
        }
        let unreadable = known.unreadable.last().map(|record| record.file.as_str());
        self.undated = unreadable.or(self.undated);
    }
}

/// The day, in UTC, on which an advisory got the content that it has.
fn known_since(advisory: &Advisory) -> Option<Date> {
    let changed = advisory.published.max(advisory.modified)?;
    Some(changed.to_zoned(TimeZone::UTC).date())
}

impl<'run> Answers<'run> {
    /// What the owner says about the archive of a package.
    pub(super) fn about(&self, package: &LockedPackage, known: &Known<'_>) -> Answer<'run> {
        let mut archives = self.archives.iter().enumerate();
        let Some((position, archive)) = archives.find(|(_, it)| it.package == package.id) else {
            return Answer::Silent;
        };
        let place = &archive.location;
        let void = |why: String| Answer::Void(position, why);
        if !package.source.is_of_registry() {
            return void(format!("{place} answers for what a registry has under this name"));
        }
        if archive.is_expired(self.today) {
            return void(format!("{place} answered for it until {}", archive.last_day()));
        }
        if let Some(undated) = known.undated {
            return void(format!(
                "it is not known whether {place} considers {undated}, which has no date"
            ));
        }
        match known.latest.filter(|(day, _)| !archive.considers(*day)) {
            Some((day, id)) => void(format!(
                "{id} was published or changed on {day}, not before the day in {place}: {}",
                archive.compared
            )),
            None => Answer::Given(position, archive),
        }
    }

    /// How the owner may answer for a package, as a part of a help text. `None` where no word would count.
    pub(super) fn proposal(&self, package: &LockedPackage, known: &Known<'_>) -> Option<String> {
        if known.undated.is_some() || !package.source.is_of_registry() {
            return None;
        }
        let earliest = known.latest.and_then(|(day, _)| day.tomorrow().ok());
        let day = earliest.map_or(self.today, |earliest| earliest.max(self.today));
        let when = if day > self.today { format!(" from {day} on") } else { String::new() };
        let line = ComparedArchive::proposal(&package.id, day)?;
        let mut others = self.archives.iter().filter(|it| it.package.name == package.id.name);
        let other = others.find(|it| it.package != package.id).map_or_else(String::new, |other| {
            format!(" ({} answers for {} alone)", other.location, other.package.version)
        });
        Some(format!(
            "or compare its archive with the advisories yourself, and write{when}: [npm] {line}{other}"
        ))
    }
}

/// What is to be said about words that no lockfile needed. `used` are the positions of the others.
pub fn unused(
    archives: &[ComparedArchive],
    used: &BTreeSet<usize>,
    is_everything_known: bool,
) -> Vec<String> {
    let verdict = if is_everything_known {
        "nothing in a lockfile needs that: remove it"
    } else {
        "whether that is needed can only be said once everything is known"
    };
    let unused = archives.iter().enumerate().filter(|(position, _)| !used.contains(position));
    unused
        .map(|(_, archive)| {
            format!("{}: `bundled` answers for {archive}; {verdict}", archive.location)
        })
        .collect()
}
