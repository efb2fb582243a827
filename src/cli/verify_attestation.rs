//! `lockgate verify-attestation`: whether a statement about a release lets it pass.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use jiff::SignedDuration;
use jiff::civil::Date;

use super::output;
use crate::attestation::envelope::{OpenError, OpenedStatement, Wrapping, open};
use crate::attestation::statement::{Digests, Statement};
use crate::attestation::subject::subjects;
use crate::attestation::verify::{Expected, verify};
use crate::attestation::{LEFT_OUT, MAX_BYTES};
use crate::console;
use crate::disk::{self, NotRead};
use crate::exit::Exit;
use crate::policy::{DatabasePolicy, Policy, discovery, parse_duration};
use crate::problem::Problem;
use crate::settings::{clock, shown};
use crate::terminal::one_line;
use crate::words::plural;

/// Digests and names that are longer were not written for people.
const LIMIT: usize = 400;

/// Check the statement that `check --release` wrote, before something is released.
///
/// Everything that it says is held against what is to be released. Its signature is not checked:
/// let `gh attestation verify` or `cosign` do that first.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which policy").required(true).args(["policy", "built_in_policy"]))]
#[command(after_help = "Exit codes: 0 it holds, 1 refused, 2 it cannot be read")]
pub struct VerifyAttestation {
    /// The statement, bare, in a DSSE envelope or in a Sigstore bundle
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The policy that must have decided
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The policy that is built in must have decided
    #[arg(long)]
    built_in_policy: bool,
    /// What is to be released, a file or NAME=sha256:DIGEST; repeatable
    #[arg(long, value_name = "SUBJECT", required = true)]
    subject: Vec<String>,
    /// How old it may be, such as 24h [default: `max-age` in `[database]` of the policy]
    #[arg(long, value_name = "DURATION")]
    max_age: Option<String>,
    /// Accept a check that left out what the policy excludes, and libraries without a lockfile
    #[arg(long)]
    allow_left_out: bool,
}

/// What a verification needs besides the statement.
struct Wanted {
    policy: Option<Digests>,
    max_age: SignedDuration,
}

impl VerifyAttestation {
    pub(super) fn run(self) -> Exit {
        match self.decide() {
            Ok(exit) => exit,
            Err(problems) => console::refuse(&problems),
        }
    }

    fn decide(&self) -> Result<Exit, Vec<Problem>> {
        let clock = clock()?;
        let wanted = self.wanted(clock.today())?;
        let subjects = subjects(&self.subject)
            .map_err(|error| Problem::in_file("--subject", error.to_string()))?;
        let bytes = read(&self.file)?;
        let OpenedStatement { statement, wrapping } = match open(&bytes) {
            Ok(opened) => opened,
            Err(OpenError::Unreadable(said)) => {
                let problem = self.problem(&said);
                return Err(problem.help("name the file that holds the statement").into());
            }
            Err(error @ OpenError::Ambiguous(_)) => return Ok(self.refuse(&[error.to_string()])),
        };
        let expected = Expected {
            policy: wanted.policy.as_ref().map(|digest| digest.sha256.as_str()),
            subjects: &subjects,
            max_age: wanted.max_age,
            now: clock.now,
            allows_left_out: self.allow_left_out,
            is_clock_set: clock.overridden,
        };
        Ok(match verify(&statement, &expected) {
            Ok(statement) => self.accept(&statement, wrapping),
            Err(reasons) => self.refuse(&reasons),
        })
    }

    fn wanted(&self, today: Date) -> Result<Wanted, Vec<Problem>> {
        let (policy, default) = match &self.policy {
            Some(path) => {
                let policy: Policy =
                    discovery::load(path, &shown(path), today).map_err(|error| error.0)?;
                let source = policy.source.as_ref();
                let digest = source.map(|source| Digests::of(source.text.as_bytes()));
                (digest, policy.database.max_age)
            }
            None => (None, DatabasePolicy::default().max_age),
        };
        let max_age = match &self.max_age {
            Some(text) => parse_duration(text).map_err(|error| {
                let problem = Problem::in_file("--max-age", format!("`{text}` {error}"));
                problem.help("write it as 24h or 2d")
            })?,
            None => default,
        };
        Ok(Wanted { policy, max_age })
    }

    fn problem(&self, said: &str) -> Problem {
        Problem::in_file(shown(&self.file), one_line(said, LIMIT))
    }

    fn refuse(&self, reasons: &[String]) -> Exit {
        let mut said = format!("REFUSED  {}\n", one_line(&shown(&self.file), LIMIT));
        for reason in reasons {
            // Writing to a `String` cannot fail.
            let _ = writeln!(said, "  {}", one_line(reason, LIMIT));
        }
        console::say(&said);
        Exit::Blocked
    }

    fn accept(&self, statement: &Statement, wrapping: Wrapping) -> Exit {
        let shown = summary(&shown(&self.file), statement, wrapping);
        output::show(&shown, "result", Exit::Pass)
    }
}

fn summary(file: &str, statement: &Statement, wrapping: Wrapping) -> String {
    let predicate = &statement.predicate;
    let packages: usize = predicate.lockfiles.iter().map(|lockfile| lockfile.packages).sum();
    let mut said = format!("HOLDS  {}\n", one_line(file, LIMIT));
    let mut line = |key: &str, value: &str| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(said, "  {key:<9} {}", one_line(value, LIMIT));
    };
    for subject in &statement.subject {
        line("about", &format!("{} sha256:{}", subject.name, subject.digest.sha256));
    }
    line(
        "checked",
        &format!(
            "{} by lockgate {}: {}, {packages} packages",
            predicate.checked_at,
            predicate.tool.version,
            lockfiles(predicate.lockfiles.len()),
        ),
    );
    if let Some(source) = &predicate.source {
        line("commit", &source.commit);
    }
    let left_out: Vec<&str> =
        predicate.scope.paths.iter().filter_map(|path| path.strip_prefix(LEFT_OUT)).collect();
    if !left_out.is_empty() {
        line("without", &left_out.join(", "));
    }
    let signature = match wrapping {
        Wrapping::Bare => "there is none, so nobody vouches for it",
        Wrapping::Envelope | Wrapping::Bundle => {
            "NOT CHECKED: let `gh attestation verify` or `cosign` do that"
        }
    };
    line("signature", signature);
    said
}

fn lockfiles(number: usize) -> String {
    format!("{number} {}", plural(number, "lockfile", "lockfiles"))
}

/// Reads a statement, unless it is too large to be one.
fn read(file: &Path) -> Result<Vec<u8>, Problem> {
    let problem = |said: String| Problem::in_file(shown(file), said);
    disk::read(file, MAX_BYTES).map_err(|error| match error {
        NotRead::Failed(error) => problem(format!("it cannot be read: {error}")),
        NotRead::TooLarge => {
            let most = MAX_BYTES / (1024 * 1024);
            problem(format!("it is larger than {most} MiB, which no statement is"))
        }
        error => problem(error.to_string()),
    })
}
