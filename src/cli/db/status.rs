//! `lockgate db status`: which advisories there are, and how fresh they are.

mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::advisory_kind::AdvisoryKind;
use crate::cli::output;
use crate::console;
use crate::database::snapshot::{FORMAT_VERSION, Snapshot, SnapshotError};
use crate::database::{SourceInfo, freshness, sidecar};
use crate::exit::Exit;
use crate::package::Ecosystem;
use crate::pipeline::policy;
use crate::policy::DatabasePolicy;
use crate::problem::Problem;
use crate::settings::{DatabaseLocation, clock, shown};

const SCHEMA: &str = "lockgate/database-status/v1";

/// Say which advisories there are, and how fresh they are.
#[derive(Debug, Args)]
pub struct Status {
    /// The snapshot [default: the one that `check` would use]
    #[arg(long, value_name = "FILE", env = "LOCKGATE_DB", hide_env_values = true)]
    db: Option<PathBuf>,
    /// The policy [default: lockgate.toml in this folder or above it]
    #[arg(long, value_name = "FILE", env = "LOCKGATE_POLICY", hide_env_values = true)]
    policy: Option<PathBuf>,
    /// JSON, for programs
    #[arg(long)]
    json: bool,
}

/// What can be said about a snapshot. Its JSON is a contract.
#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    state: State,
    path: Option<String>,
    problem: Option<String>,
    help: Option<String>,
    max_age_seconds: i64,
    snapshot: Option<SnapshotAnswer>,
}

/// Whether a snapshot or a source may decide.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Fresh,
    Stale,
    Missing,
    Unreadable,
}

#[derive(Serialize)]
struct SnapshotAnswer {
    bytes: u64,
    digest: String,
    format: u32,
    built_at: Timestamp,
    age_seconds: i64,
    sources: Vec<SourceAnswer>,
}

#[derive(Serialize)]
struct SourceAnswer {
    name: String,
    kind: String,
    origin: Option<String>,
    revision: String,
    advisories: BTreeMap<Ecosystem, u64>,
    kinds: BTreeMap<AdvisoryKind, u64>,
    unreadable: u64,
    newest_record: Option<Timestamp>,
    current_at: Option<Timestamp>,
    age_seconds: Option<i64>,
    state: State,
}

impl Status {
    pub(super) fn run(&self) -> Exit {
        let answer = match self.answer() {
            Ok(answer) => answer,
            Err(problems) => return console::refuse(&problems),
        };
        let text = if self.json {
            match serde_json::to_string_pretty(&answer) {
                Ok(json) => json,
                Err(error) => {
                    console::complain(&[Problem::in_file("db status", error.to_string())]);
                    return Exit::Internal;
                }
            }
        } else {
            table::render(&answer)
        };
        let is_fresh = answer.state == State::Fresh;
        output::show(&text, "status", if is_fresh { Exit::Pass } else { Exit::Indeterminate })
    }

    fn answer(&self) -> Result<Answer, Vec<Problem>> {
        let clock = clock()?;
        let today = clock.today();
        let policy = policy::load(self.policy.as_deref(), &[PathBuf::from(".")], today)?.policy;
        let location = DatabaseLocation::of(self.db.as_deref());
        let path = location.path(&policy.database);
        Ok(Answer::about(path.as_deref(), &policy.database, clock.now))
    }
}

impl Answer {
    fn about(path: Option<&Path>, policy: &DatabasePolicy, now: Timestamp) -> Self {
        let mut answer = Self {
            schema: SCHEMA,
            state: State::Missing,
            path: path.map(shown),
            problem: None,
            help: None,
            max_age_seconds: policy.max_age.as_secs(),
            snapshot: None,
        };
        let Some(path) = path else {
            answer.problem = Some("this machine has no folder for caches".to_owned());
            return answer;
        };
        match Snapshot::open(path) {
            Ok(snapshot) => {
                let snapshot = SnapshotAnswer::of(path, &snapshot, policy.max_age, now);
                let is_fresh = |source: &SourceAnswer| source.state == State::Fresh;
                let decides = !snapshot.sources.is_empty() && snapshot.sources.iter().all(is_fresh);
                answer.state = if decides { State::Fresh } else { State::Stale };
                answer.snapshot = Some(snapshot);
            }
            Err(error) => {
                if !matches!(error, SnapshotError::Missing { .. }) {
                    answer.state = State::Unreadable;
                }
                answer.problem = Some(error.to_string());
                answer.help = Some(error.help());
            }
        }
        answer
    }
}

impl SnapshotAnswer {
    fn of(path: &Path, snapshot: &Snapshot, max_age: SignedDuration, now: Timestamp) -> Self {
        let mut sources = snapshot.sources().to_vec();
        sidecar::apply(path, snapshot.digest(), &mut sources);
        let sources = sources.into_iter();
        Self {
            bytes: fs::metadata(path).map_or(0, |metadata| metadata.len()),
            digest: snapshot.digest().to_string(),
            format: FORMAT_VERSION,
            built_at: snapshot.built_at(),
            age_seconds: now.duration_since(snapshot.built_at()).as_secs(),
            sources: sources.map(|info| SourceAnswer::of(info, max_age, now)).collect(),
        }
    }
}

impl SourceAnswer {
    fn of(info: SourceInfo, max_age: SignedDuration, now: Timestamp) -> Self {
        let is_fresh = freshness::staleness(&info, max_age, now).is_none();
        Self {
            age_seconds: info.current_at.map(|time| now.duration_since(time).as_secs()),
            state: if is_fresh { State::Fresh } else { State::Stale },
            name: info.name,
            kind: info.kind,
            origin: info.origin,
            revision: info.revision,
            advisories: info.advisories,
            kinds: info.kinds,
            unreadable: info.unreadable,
            newest_record: info.newest_record,
            current_at: info.current_at,
        }
    }
}
