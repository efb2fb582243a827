//! The sources that are asked about the locked packages themselves: npm's registry, OSV's interface,
//! and the crates.io index for yanked versions.
//!
//! Nothing is asked, and no network is made, unless the policy wants it. Whatever is not answered is
//! a gap; for yanked versions only where the policy blocks on them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use url::Url;

use super::lockfiles::ReadLockfile;
use super::refresh::Surroundings;
use crate::database::asked::yanked::{self, Lookup};
use crate::database::asked::{self, AskedSource, Project};
use crate::database::{AdvisoriesByPackage, SourceInfo};
use crate::lockfile::{LockedPackage, Lockfile};
use crate::matching::why_unmatched;
use crate::network::Fetch;
use crate::package::{Ecosystem, PackageId};
use crate::policy::{Policy, RegistryStanding, Source, SourceKind, SourcePlace};
use crate::problem::{Gap, GapCode};
use crate::settings::{CheckSettings, DatabaseLocation, npm_variables};
use crate::words::plural;

/// A lockfile about whose packages sources are asked.
#[derive(Clone, Debug)]
pub struct AskedLockfile<'run> {
    pub lockfile: &'run Lockfile,
    /// The folder whose configuration says where to ask.
    pub folder: PathBuf,
}

impl<'run> AskedLockfile<'run> {
    /// Every lockfile, asked about where the configuration beside it says.
    pub fn all(lockfiles: &'run [ReadLockfile]) -> Vec<Self> {
        let asked = lockfiles.iter().map(|read| Self {
            lockfile: &read.lockfile,
            folder: read.path.parent().unwrap_or(Path::new("")).to_owned(),
        });
        asked.collect()
    }
}

#[derive(Debug, Default)]
pub struct Answers {
    /// What is known about the packages that were asked about.
    pub packages: AdvisoriesByPackage,
    /// The sources that answered.
    pub sources: Vec<SourceInfo>,
    /// What was not answered.
    pub gaps: Vec<Gap>,
    /// What was not answered and changes nothing.
    pub remarks: Vec<String>,
}

/// Asks what the policy wants asked. `folder` is where Cargo's configuration is looked for.
pub fn ask(
    settings: &CheckSettings,
    policy: &Policy,
    folder: &Path,
    lockfiles: &[AskedLockfile<'_>],
    surroundings: &Surroundings<'_>,
) -> Answers {
    let mut answers = Answers::default();
    let sources: Vec<&Source> = policy.database.asked().collect();
    let mut lookup = Lookup::of_policy(policy.database.yanked, &policy.gate);
    if lookup != Lookup::Off {
        answers.remarks.extend(not_looked_up(policy, lockfiles));
    }
    if lookup != Lookup::Off && locked_crates(lockfiles).next().is_none() {
        lookup = Lookup::Off;
    }
    if sources.is_empty() && lookup == Lookup::Off {
        return answers;
    }
    if settings.offline {
        let reason = "the network may not be used";
        answers.not_asked(&sources, lookup, reason, "run the check without `--offline`");
        return answers;
    }
    match (surroundings.connect)() {
        Ok(network) => {
            answers.ask_sources(settings, policy, lockfiles, &sources, network.as_ref());
            answers.ask_index(settings, folder, lockfiles, lookup, network.as_ref());
        }
        Err(problem) => {
            let help = problem.help.unwrap_or_default();
            answers.not_asked(&sources, lookup, &problem.message, &help);
        }
    }
    answers
}

impl Answers {
    fn not_asked(&mut self, sources: &[&Source], lookup: Lookup, reason: &str, help: &str) {
        self.gaps.extend(sources.iter().map(|source| {
            let message = format!("source `{}` was not asked: {reason}", source.name);
            Gap::new(GapCode::DatabaseIncomplete, message, help)
        }));
        let message = format!("yanked versions were not looked up: {reason}");
        let unanswered = lookup.unanswered(message, help);
        self.gaps.extend(unanswered.gaps);
        self.remarks.extend(unanswered.remarks);
    }

    fn ask_sources(
        &mut self,
        settings: &CheckSettings,
        policy: &Policy,
        lockfiles: &[AskedLockfile<'_>],
        sources: &[&Source],
        network: &dyn Fetch,
    ) {
        if sources.is_empty() {
            return;
        }
        let projects = self.projects(policy, lockfiles, &named_registries(sources));
        for asked in sources.iter().copied().filter_map(asked_source) {
            let answer = asked::ask(&asked, &projects, network, settings.clock.now);
            self.gaps.extend(answer.gaps());
            self.remarks.extend(answer.remarks);
            self.sources.push(answer.info);
            self.keep(answer.packages);
        }
    }

    /// The packages that are asked about, with what npm's configuration says beside each lockfile.
    fn projects(
        &mut self,
        policy: &Policy,
        lockfiles: &[AskedLockfile<'_>],
        by_policy: &[Url],
    ) -> Vec<Project> {
        let variables = npm_variables();
        let mut projects = Vec::new();
        for read in lockfiles {
            let packages: BTreeSet<PackageId> = read
                .lockfile
                .packages
                .iter()
                .filter(|package| is_asked_about(package, policy))
                .map(|package| package.id.clone())
                .collect();
            match Project::read(&read.folder, packages, &variables, by_policy) {
                Ok(project) => projects.push(project),
                Err(error) => self.gaps.push(Gap::new(
                    GapCode::DatabaseUnreadable,
                    error.to_string(),
                    error.help(),
                )),
            }
        }
        projects
    }

    fn ask_index(
        &mut self,
        settings: &CheckSettings,
        folder: &Path,
        lockfiles: &[AskedLockfile<'_>],
        lookup: Lookup,
        network: &dyn Fetch,
    ) {
        if lookup == Lookup::Off {
            return;
        }
        let unanswered = match yanked::index_address(folder) {
            Ok(index) => {
                let cache = match &settings.database {
                    DatabaseLocation::Default(Some(path)) => Some(path.with_file_name("index")),
                    _ => None,
                };
                let crates = locked_crates(lockfiles).collect();
                let now = settings.clock.now;
                let answer = yanked::ask(&index, &crates, cache.as_deref(), network, now);
                let unanswered = answer.unanswered(lookup);
                self.sources.push(answer.info);
                self.keep(answer.packages);
                unanswered
            }
            Err(reason) => lookup.unanswered(
                format!("yanked versions were not looked up: {reason}"),
                "check `[source]` and `[registries]` in Cargo's configuration",
            ),
        };
        self.gaps.extend(unanswered.gaps);
        self.remarks.extend(unanswered.remarks);
    }

    fn keep(&mut self, packages: AdvisoriesByPackage) {
        for (package, known) in packages {
            let entry = self.packages.entry(package).or_default();
            entry.advisories.extend(known.advisories);
            entry.unreadable.extend(known.unreadable);
        }
    }
}

/// The registries of npm that the policy names.
fn named_registries(sources: &[&Source]) -> Vec<Url> {
    let of_npm = sources.iter().filter(|source| source.kind == SourceKind::NpmRegistry);
    of_npm
        .filter_map(|source| match &source.place {
            SourcePlace::Url(url) => Some(url.clone()),
            SourcePlace::Path(_) | SourcePlace::PackageManager => None,
        })
        .collect()
}

/// What a source asks. `None` for one that is not asked.
fn asked_source(source: &Source) -> Option<AskedSource> {
    let name = source.name.clone();
    match (source.kind, &source.place) {
        (SourceKind::NpmRegistry, SourcePlace::PackageManager) => {
            Some(AskedSource::NpmRegistry { name, url: None })
        }
        (SourceKind::NpmRegistry, SourcePlace::Url(url)) => {
            Some(AskedSource::NpmRegistry { name, url: Some(url.clone()) })
        }
        (SourceKind::OsvApi, SourcePlace::Url(base)) => {
            Some(AskedSource::OsvApi { name, base: base.clone() })
        }
        _ => None,
    }
}

/// Whether a service may learn the name of a package: it is public. What a registry that nobody has
/// named holds may be a secret.
fn is_asked_about(package: &LockedPackage, policy: &Policy) -> bool {
    package.source.is_public()
        || policy.registries.standing(&package.source) == RegistryStanding::Mirror
}

/// The packages of registries that the policy does not name, about which nobody was asked. Where
/// nothing but a source that is asked knows of their ecosystem, nobody has looked at them.
pub fn unasked(
    policy: &Policy,
    lockfiles: &[ReadLockfile],
    is_known_otherwise: impl Fn(Ecosystem) -> bool,
) -> (Vec<Gap>, Vec<String>) {
    let (mut gaps, mut remarks) = (Vec::new(), Vec::new());
    for ecosystem in Ecosystem::ALL {
        let mut sources = policy.database.asked();
        let is_asked = sources.any(|source| match source.kind {
            SourceKind::NpmRegistry => *ecosystem == Ecosystem::Npm,
            _ => true,
        });
        let unnamed = unnamed_packages(policy, lockfiles, *ecosystem);
        if !is_asked || unnamed.packages.is_empty() {
            continue;
        }
        let registries: Vec<String> = unnamed.registries.into_iter().collect();
        let message = format!(
            "nobody was asked about {} of registries that the policy does not name: {}",
            counted(unnamed.packages.len()),
            registries.join(", "),
        );
        let help = "say in `[registries]` of the policy whether it is one of the `mirrors` of the \
                    public registry, or `private`; or add a source that is fetched or on disk";
        if is_known_otherwise(*ecosystem) {
            remarks.push(message);
        } else {
            gaps.push(Gap::new(GapCode::DatabaseIncomplete, message, help));
        }
    }
    (gaps, remarks)
}

/// The packages of registries that the policy does not name.
struct Unnamed<'run> {
    packages: BTreeSet<&'run PackageId>,
    registries: BTreeSet<String>,
}

fn unnamed_packages<'run>(
    policy: &Policy,
    lockfiles: &'run [ReadLockfile],
    ecosystem: Ecosystem,
) -> Unnamed<'run> {
    let mut unnamed = Unnamed { packages: BTreeSet::new(), registries: BTreeSet::new() };
    let of_it = lockfiles.iter().filter(|read| read.lockfile.ecosystem == ecosystem);
    for package in of_it.flat_map(|read| &read.lockfile.packages) {
        if let Some(registry) = unnamed_registry(package, policy) {
            unnamed.packages.insert(&package.id);
            unnamed.registries.insert(registry);
        }
    }
    unnamed
}

fn unnamed_registry(package: &LockedPackage, policy: &Policy) -> Option<String> {
    let registry = package.source.registry()?;
    let standing = policy.registries.standing(&package.source);
    (standing == RegistryStanding::Unnamed).then_some(registry)
}

/// The crates of other registries, of which nobody says whether they are yanked.
fn not_looked_up(policy: &Policy, lockfiles: &[AskedLockfile<'_>]) -> Option<String> {
    let locked = lockfiles.iter().flat_map(|read| &read.lockfile.packages);
    let is_of_another = |package: &&LockedPackage| {
        package.id.ecosystem == Ecosystem::Cargo
            && !package.source.is_public()
            && why_unmatched(package, &policy.registries).is_ok()
    };
    let others: BTreeSet<&PackageId> = locked.filter(is_of_another).map(|it| &it.id).collect();
    let number = others.len();
    (number > 0).then(|| {
        format!("whether {} of other registries are yanked was not looked up", counted(number))
    })
}

fn counted(number: usize) -> String {
    format!("{number} {}", plural(number, "package", "packages"))
}

/// The crates that come from the public registry itself: what a mirror yanks is its own affair.
fn locked_crates(lockfiles: &[AskedLockfile<'_>]) -> impl Iterator<Item = PackageId> {
    lockfiles
        .iter()
        .flat_map(|read| &read.lockfile.packages)
        .filter(|package| package.id.ecosystem == Ecosystem::Cargo && package.source.is_public())
        .map(|package| package.id.clone())
}
