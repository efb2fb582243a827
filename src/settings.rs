//! What was typed, the environment and the defaults, turned into what it means.
//!
//! The only place that reads the environment and the clock.

mod base;
mod event;
mod product;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::cargo_build::BuildEnvironment;
use crate::database::asked::npm_config::NpmVariables;
use crate::database::update::state;
use crate::network::Secret;
use crate::policy::DatabasePolicy;
use crate::problem::Problem;
use crate::report::{self, Reporter};
use crate::repository_root::RepositoryRoot;
use crate::tracking::github::{Connection, ConnectionError, ConnectionSettings};

pub use self::base::BaseSetting;
pub use self::event::github_event;

/// The variable that sets the clock, for tests and for asking "what would the gate say then?".
pub const NOW_VARIABLE: &str = "LOCKGATE_NOW";

/// What one run of `check` is to do.
#[derive(Clone, Debug)]
pub struct CheckSettings {
    /// Folders to search and lockfiles to read.
    pub paths: Vec<PathBuf>,
    /// The policy file, if one was named.
    pub policy: Option<PathBuf>,
    /// The snapshot to open.
    pub database: DatabaseLocation,
    /// Whether the network may not be touched.
    pub offline: bool,
    /// Documents with statements of other people.
    pub vex: Vec<PathBuf>,
    /// Where the reports go.
    pub reports: Vec<ReportTarget>,
    /// When the run begins.
    pub clock: Clock,
    /// What the lockfiles belong to, as a package URL, where that is known.
    pub product: Option<String>,
    /// What Cargo is given of the environment, where it has to be asked.
    pub build_environment: BuildEnvironment,
    /// The folder in which archives of packages are unpacked; `None` if this machine has none for caches.
    pub unpacked: Option<PathBuf>,
    /// The folder in which is kept what modules of packages load; `None` if this machine has none for caches.
    pub module_cache: Option<PathBuf>,
    /// What is compared with.
    pub base: BaseSetting,
    /// Whether what is checked is the tree of a commit, written out, so that everything in it counts.
    pub is_commit: bool,
}

/// The time that counts as now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub now: Timestamp,
    /// Whether it was set by [`NOW_VARIABLE`], which every report says.
    pub overridden: bool,
}

impl Clock {
    /// The day of the run, in UTC.
    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// That it was set, if it was.
    pub fn remark(&self) -> Option<String> {
        let Self { now, overridden } = self;
        overridden.then(|| format!("the clock is set to {now} by {NOW_VARIABLE}"))
    }
}

/// Which snapshot is meant, and whether it must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseLocation {
    /// Named on the command line or by `LOCKGATE_DB`.
    Named(PathBuf),
    /// The usual place; `None` if this machine has no folder for caches.
    Default(Option<PathBuf>),
}

impl DatabaseLocation {
    /// The snapshot that was named, or the usual place.
    pub fn of(named: Option<&Path>) -> Self {
        named.map_or_else(|| Self::Default(default_database()), |path| Self::Named(path.to_owned()))
    }
}

impl DatabaseLocation {
    /// Where the snapshot for a policy lies. A policy that names sources to fetch has a snapshot of its
    /// own, so that what one project fetches is never taken for what another one wants.
    pub fn path(&self, policy: &DatabasePolicy) -> Option<PathBuf> {
        let default = self.path_without_policy()?;
        if matches!(self, Self::Named(_)) {
            return Some(default.to_owned());
        }
        let keys = |policy: &DatabasePolicy| -> String {
            policy.fetched().iter().map(state::key).collect()
        };
        let own = keys(policy);
        if own.is_empty() || own == keys(&DatabasePolicy::default()) {
            return Some(default.to_owned());
        }
        let hash = format!("{:x}", Sha256::digest(own));
        Some(default.with_file_name(format!("advisories-{}.lockgate", &hash[..16])))
    }

    /// Where the snapshot lies if no policy names sources.
    pub fn path_without_policy(&self) -> Option<&Path> {
        match self {
            Self::Named(path) => Some(path),
            Self::Default(path) => path.as_deref(),
        }
    }
}

/// Where the sources are kept as they were fetched: `lockgate/sources` in the user's cache folder.
pub fn sources_folder() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join("lockgate").join("sources"))
}

/// Where archives of packages are unpacked: `lockgate/node_modules` in the user's cache folder. That may lie in
/// the repository that is checked, where folders of this name are not taken for its own.
fn unpacked_folder() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join("lockgate").join("node_modules"))
}

/// Where is kept what modules of packages load: `lockgate/modules` in the user's cache folder.
fn module_cache_folder() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join("lockgate").join("modules"))
}

/// The variable that says when sources were fetched (reproducible-builds.org, `SOURCE_DATE_EPOCH`).
const EPOCH_VARIABLE: &str = "SOURCE_DATE_EPOCH";

/// When the sources of a build were fetched, if the environment says so.
pub fn source_date_epoch() -> Result<Option<Timestamp>, Problem> {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    let set = std::env::var(EPOCH_VARIABLE).ok().filter(|text| !text.is_empty());
    let Some(text) = set else {
        return Ok(None);
    };
    let seconds = text.parse().ok();
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(Some).ok_or_else(|| {
        Problem::in_file(
            EPOCH_VARIABLE,
            "the environment variable does not hold seconds since 1970",
        )
        .help("write it as 1796040000, or unset it")
    })
}

/// A point in time to measure from how long something takes.
pub fn stopwatch() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the clock")]
    Instant::now()
}

/// The usual place of the snapshot: `lockgate/advisories.lockgate` in the user's cache folder.
pub fn default_database() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join("lockgate").join("advisories.lockgate"))
}

/// What was typed after `lockgate check`.
#[derive(Clone, Debug, Default)]
pub struct CheckRequest {
    /// Folders and lockfiles; empty for the current folder.
    pub paths: Vec<PathBuf>,
    /// `--policy`
    pub policy: Option<PathBuf>,
    /// `--db`
    pub database: Option<PathBuf>,
    /// `--offline`
    pub offline: bool,
    /// `--vex`
    pub vex: Vec<PathBuf>,
    /// `--report`, as it was read.
    pub reports: Vec<ReportTarget>,
}

/// A report and where it goes.
#[derive(Clone, Debug)]
pub struct ReportTarget {
    pub reporter: &'static dyn Reporter,
    /// The file; `None` for standard output.
    pub file: Option<PathBuf>,
}

impl CheckSettings {
    /// Reads the environment and fills in the defaults.
    pub fn new(request: CheckRequest) -> Result<Self, Problem> {
        let CheckRequest { mut paths, policy, database, offline, vex, mut reports } = request;
        if paths.is_empty() {
            paths.push(PathBuf::from("."));
        }
        if reports.is_empty() {
            reports.push(ReportTarget { reporter: report::DEFAULT, file: None });
        }
        let database = DatabaseLocation::of(database.as_deref());
        let product = product::product();
        Ok(Self {
            paths,
            policy,
            database,
            offline,
            vex,
            reports,
            clock: clock()?,
            product,
            build_environment: build_environment(),
            unpacked: unpacked_folder(),
            module_cache: module_cache_folder(),
            base: BaseSetting::None,
            is_commit: false,
        })
    }
}

/// The program that is running.
pub fn own_binary() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// Makes a folder the current one: what is read from now on is shown as it is called from there.
pub fn enter(folder: &Path) -> io::Result<()> {
    std::env::set_current_dir(folder)
}

/// Whether an environment variable is set to nothing.
pub fn is_empty_variable(name: &OsStr) -> bool {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    let value = std::env::var_os(name);
    value.is_some_and(|value| value.is_empty())
}

/// The clock, or the time that [`NOW_VARIABLE`] sets.
pub fn clock() -> Result<Clock, Problem> {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    let set = std::env::var(NOW_VARIABLE).ok().filter(|text| !text.is_empty());
    if let Some(text) = set {
        match text.parse() {
            Ok(now) => Ok(Clock { now, overridden: true }),
            Err(error) => Err(Problem::in_file(
                NOW_VARIABLE,
                format!("the environment variable does not hold a time: {error}"),
            )
            .help("write it as 2026-11-22T12:00:00Z, or unset it")),
        }
    } else {
        #[expect(clippy::disallowed_methods, reason = "this is the home of the clock")]
        let now = Timestamp::now();
        Ok(Clock { now, overridden: false })
    }
}

/// The variables that hold a token for GitHub, the most particular first.
const TOKEN_VARIABLES: &[&str] = &["LOCKGATE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];

/// How GitHub is reached: `repository` as it was typed, everything else from the environment
/// (GitHub documentation, "Variables").
pub fn tracker_connection(repository: Option<String>) -> Result<Connection, ConnectionError> {
    Connection::new(ConnectionSettings {
        repository,
        token: TOKEN_VARIABLES.iter().find_map(|name| variable(name)).map(Secret::new),
        api: variable("GITHUB_API_URL"),
        pause: variable("LOCKGATE_TICKET_PAUSE"),
    })
}

/// What Cargo is given of the environment, and what in it speaks about builds.
pub fn build_environment() -> BuildEnvironment {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let text = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned());
    let passed = BuildEnvironment::PASSED.iter();
    BuildEnvironment {
        path: variable("PATH"),
        passed: passed.filter_map(|name| Some((name.into(), variable(name)?))).collect(),
        target: text(BuildEnvironment::TARGET),
    }
}

/// A variable of the environment that is set and not blank.
fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    let set = std::env::var(name).ok();
    set.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// npm's own settings in the environment. What is not UTF-8 is no setting of npm's.
pub fn npm_variables() -> NpmVariables {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    let variables = std::env::vars_os();
    NpmVariables::new(
        variables.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    )
}

/// A path as a person would type it: relative to the current folder where it lies in or above it,
/// with `/` between folders and no `./` in front.
pub fn shown(path: &Path) -> String {
    let relative = if path.is_absolute() { relative_to_current_folder(path) } else { None };
    let text = relative.unwrap_or_else(|| path.to_owned()).to_string_lossy().replace('\\', "/");
    match text.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => text,
    }
}

/// Where what is checked lies in its repository; `None` outside of any.
pub fn repository_root(paths: &[PathBuf]) -> Option<RepositoryRoot> {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    let current = std::env::current_dir().ok()?;
    RepositoryRoot::of(paths.first()?, &current)
}

fn relative_to_current_folder(path: &Path) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
    let current = std::env::current_dir().ok()?.canonicalize().ok()?;
    if let Ok(below) = path.strip_prefix(&current) {
        return Some(below.to_owned());
    }
    let name = path.file_name()?;
    let folder = path.parent()?;
    let above = current.strip_prefix(folder).ok()?.components().count();
    Some(std::iter::repeat_n(Path::new(".."), above).collect::<PathBuf>().join(name))
}
