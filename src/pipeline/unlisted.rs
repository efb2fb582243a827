//! Packages that are installed in versions that a lockfile does not say: what lies in the archive of
//! another package, and what a shrinkwrap file in an archive locks.
//!
//! What advisories exist about is a gap, unless the owner answers for the archive; whatever else is only
//! told. What no shipped platform installs is neither.

mod answers;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;

pub use self::answers::unused;
use self::answers::{Answer, Answers, Known};
use crate::database::AdvisoriesByPackage;
use crate::lockfile::tool::{NPM, SHRINKWRAP, Unfitting};
use crate::lockfile::{Lockfile, MissingReason, PackageIndex, PlatformLimitsApply};
use crate::package::PackageName;
use crate::policy::{ComparedArchive, Policy};
use crate::problem::{Gap, GapCode};
use crate::words::plural;

/// How many names are told in one line.
const MOST_NAMED: usize = 10;

/// The way that is open for a package of another platform.
const FITS_NONE: &str = "or say in `[npm] platforms` of the policy what is shipped, if the package \
                         fits none of it";

/// How many gaps are told about one lockfile.
const MOST_GAPS: usize = 100;

/// What a lockfile does not list.
pub struct Unlisted<'lockfile> {
    lockfile: &'lockfile Lockfile,
    /// What each package brings in its archive: the name that it is asked for under, and its name in
    /// the registry, if it comes from there.
    bundled: BTreeMap<PackageIndex, BTreeMap<&'lockfile str, Option<PackageName>>>,
    /// Packages that bring a shrinkwrap file.
    shrinkwrapped: Vec<PackageIndex>,
    /// Whether a source is asked, which tells nothing about a name without a version.
    is_asked: bool,
    answers: Answers<'lockfile>,
}

/// What is unlisted, in the light of advisories.
#[derive(Debug, Default)]
pub struct Judged {
    pub gaps: Vec<Gap>,
    /// What is only told.
    pub remarks: Vec<String>,
    /// The entries of `bundled` in `[npm]` that are about one of them, by position.
    pub used: BTreeSet<usize>,
}

impl<'lockfile> Unlisted<'lockfile> {
    /// What the lockfile does not list, without what the policy ships nowhere. `today` decides how long the
    /// owner's words count.
    pub fn of(lockfile: &'lockfile Lockfile, policy: &'lockfile Policy, today: Date) -> Self {
        let mut unlisted = Self {
            lockfile,
            bundled: BTreeMap::new(),
            shrinkwrapped: Vec::new(),
            is_asked: policy.database.asked().next().is_some(),
            answers: Answers { archives: &policy.npm.bundled, today },
        };
        let bundled = lockfile.missing.iter().filter_map(|missing| match &missing.reason {
            MissingReason::Bundled(name) => Some((missing, name)),
            MissingReason::NotLocked | MissingReason::Outside(_) => None,
        });
        for (missing, name) in bundled {
            let name = name.as_ref().map(|name| PackageName::new(lockfile.ecosystem, name));
            let of_bundler = unlisted.bundled.entry(missing.from).or_default();
            of_bundler.entry(&missing.name).or_insert(name);
        }
        unlisted.shrinkwrapped.clone_from(&lockfile.shrinkwrapped);
        unlisted.leave_out_what_is_not_shipped(policy);
        unlisted
    }

    fn leave_out_what_is_not_shipped(&mut self, policy: &Policy) {
        let nothing_unlisted = self.bundled.is_empty() && self.shrinkwrapped.is_empty();
        let platforms = &policy.npm.platforms;
        if nothing_unlisted || platforms.is_empty() {
            return;
        }
        // Some package managers install what does not fit where it is required.
        let installs_all = self.lockfile.format.tool().unfitting == Unfitting::Installed;
        if installs_all || matches!(self.lockfile.platform_limits, PlatformLimitsApply::Never(_)) {
            return;
        }
        let packages = &self.lockfile.packages;
        let is_shipped = |package: PackageIndex| {
            packages[package].limits.as_ref().is_none_or(|limits| {
                let mut platforms = platforms.iter();
                platforms.any(|(platform, _)| limits.allow(platform))
            })
        };
        self.bundled.retain(|bundler, _| is_shipped(*bundler));
        self.shrinkwrapped.retain(|package| is_shipped(*package));
    }

    /// The names in the registry.
    pub fn names(&self) -> BTreeSet<PackageName> {
        let bundled = self.bundled.values().flat_map(BTreeMap::values);
        bundled.flatten().cloned().collect()
    }

    /// What is a gap, by what is known about the names, and what is only told.
    pub fn judge(&self, known: &AdvisoriesByPackage) -> Judged {
        let is_known = |name: &PackageName| {
            let known = known.get(name);
            self.is_asked
                || known.is_some_and(|known| {
                    let mut advisories = known.advisories.iter();
                    let counts = advisories.any(|advisory| advisory.withdrawn.is_none());
                    counts || !known.unreadable.is_empty()
                })
        };
        let mut judged = Judged::default();
        let mut harmless = Vec::new();
        for package in &self.shrinkwrapped {
            self.answer(&mut judged, *package, &Known::default(), &Unsaid::Shrinkwrap);
        }
        for (bundler, bundled) in &self.bundled {
            let (grave, rest): (Vec<_>, Vec<_>) =
                bundled.iter().partition(|(_, name)| name.as_ref().is_some_and(is_known));
            let rest: Vec<&str> = rest.into_iter().map(|(name, _)| *name).collect();
            harmless.extend(self.remark(*bundler, &rest));
            if !grave.is_empty() {
                let about = Known::about(grave.iter().filter_map(|(_, name)| name.as_ref()), known);
                let names = grave.into_iter().map(|(name, _)| *name).collect();
                self.answer(&mut judged, *bundler, &about, &Unsaid::Bundled(names));
            }
        }
        self.limit(&mut judged.gaps, &mut harmless);
        judged.remarks.extend(harmless);
        judged
    }

    fn limit(&self, gaps: &mut Vec<Gap>, harmless: &mut Vec<String>) {
        let path = &self.lockfile.source.path;
        let more = gaps.len().saturating_sub(MOST_GAPS);
        gaps.truncate(MOST_GAPS);
        if let Some(last) = gaps.last().filter(|_| more > 0).cloned() {
            gaps.push(Gap {
                message: format!("{path}: there are {more} more of this kind"),
                ..last
            });
        }
        let more = harmless.len().saturating_sub(MOST_NAMED);
        harmless.truncate(MOST_NAMED);
        if more > 0 {
            harmless.push(format!("{path}: {more} more packages bundle what is not listed"));
        }
    }

    /// Takes the owner's word about what a package brings, or notes a gap.
    fn answer(
        &self,
        judged: &mut Judged,
        package: PackageIndex,
        known: &Known<'_>,
        unsaid: &Unsaid<'_>,
    ) {
        let locked = &self.lockfile.packages[package];
        let brings = format!("{}: {} {unsaid}", self.lockfile.location(package), locked.id);
        let void = match self.answers.about(locked, known) {
            Answer::Given(position, archive) => {
                judged.used.insert(position);
                judged.remarks.push(given(archive, &brings));
                return;
            }
            Answer::Void(position, why) => {
                judged.used.insert(position);
                format!("; {why}")
            }
            Answer::Silent => String::new(),
        };
        let mut help = match unsaid {
            Unsaid::Bundled(_) => self.unpack(package),
            Unsaid::Shrinkwrap => self.lock(package),
        };
        if let Some(proposal) = self.answers.proposal(locked, known) {
            help = format!("{help}; {proposal}");
        }
        judged.gaps.push(Gap::new(GapCode::LockfileIncomplete, brings + &void, help));
    }

    /// Only npm looks into archives before it writes a lockfile.
    fn unpack(&self, bundler: PackageIndex) -> String {
        let tool = self.lockfile.format.tool();
        if *tool == NPM {
            return self.write_anew("unpacks it");
        }
        let name = &self.lockfile.packages[bundler].id.name;
        let or_else = match tool.unfitting {
            Unfitting::Installed => "or do without it",
            Unfitting::Refused | Unfitting::LeftOut => FITS_NONE,
        };
        format!(
            "let {} lock a version of {name} that bundles nothing: {} {name}; {or_else}",
            tool.word,
            tool.commands.upgrade_of(self.lockfile)
        )
    }

    fn remark(&self, bundler: PackageIndex, names: &[&str]) -> Option<String> {
        let message = format!(
            "{}: {} brings {} in its archive, in versions that the lockfile does not say; no \
             advisory is about {}",
            self.lockfile.location(bundler),
            self.lockfile.packages[bundler].id,
            listed(names),
            plural(names.len(), "it", "them"),
        );
        (!names.is_empty()).then_some(message)
    }

    fn lock(&self, package: PackageIndex) -> String {
        format!(
            "{}; where npm has nothing to lock for it, use a version of {} without such a file",
            self.write_anew("locks what that file says"),
            self.lockfile.packages[package].id.name
        )
    }

    fn write_anew(&self, what: &str) -> String {
        let path = &self.lockfile.source.path;
        let name = path.rsplit('/').next().unwrap_or(path);
        let tool = self.lockfile.format.tool();
        format!(
            "remove {name} and let {} write it anew, which {what}: {}; {FITS_NONE}",
            tool.word, tool.commands.lock
        )
    }
}

/// What a lockfile does not say about an archive. Written behind the name of its package.
enum Unsaid<'name> {
    /// The versions of what it bundles: names that advisories are about.
    Bundled(Vec<&'name str>),
    /// What its shrinkwrap file locks.
    Shrinkwrap,
}

impl fmt::Display for Unsaid<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundled(names) => write!(
                formatter,
                "brings {} in its archive, in versions that the lockfile does not say, and there \
                 are advisories about {}",
                listed(names),
                plural(names.len(), "it", "them"),
            ),
            Self::Shrinkwrap => write!(
                formatter,
                "brings an {SHRINKWRAP} in its archive, from which npm 8 to 11 install, and nothing \
                 of it is locked"
            ),
        }
    }
}

/// The word comes first: what it is about may be long.
fn given(archive: &ComparedArchive, brings: &str) -> String {
    format!(
        "{}: {archive} was compared with the advisories on {}, which counts until {}: \"{}\"; {brings}",
        archive.location,
        archive.compared,
        archive.last_day(),
        archive.why
    )
}

fn listed(names: &[&str]) -> String {
    let mut shown: Vec<String> =
        names.iter().take(MOST_NAMED).map(|name| format!("`{name}`")).collect();
    if names.len() > MOST_NAMED {
        shown.push(format!("{} more", names.len() - MOST_NAMED));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests;
