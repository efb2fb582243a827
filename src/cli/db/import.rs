//! `lockgate db import` and the options that name sources on disk.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::console;
use crate::database::collection::Collection;
use crate::database::reading::SourceError;
use crate::database::snapshot::{self, SnapshotContent, SnapshotDigest};
use crate::exit::Exit;
use crate::policy::{Source, SourceKind, SourcePlace};
use crate::problem::Problem;
use crate::settings::{Clock, clock, default_database, shown};
use crate::terminal::printable;

/// At most this many skipped records are listed.
const MAX_SKIPPED: usize = 10;

/// Sources that lie on disk.
#[derive(Debug, Args)]
pub(super) struct SourceArguments {
    /// The RustSec advisory database: a checkout, or a zip of one
    #[arg(long, value_name = "[NAME=]PATH")]
    rustsec: Vec<String>,
    /// OSV records: a folder of JSON files, or a zip laid out like OSV's all.zip
    #[arg(long, value_name = "NAME=PATH")]
    osv: Vec<String>,
    /// A team's own advisories, as OSV JSON or RustSec Markdown
    #[arg(long, value_name = "NAME=DIR")]
    folder: Vec<String>,
}

/// Compile advisories that lie on disk into one snapshot.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    lockgate db import --rustsec advisory-db --osv npm=npm-all.zip --out advisories.lockgate")]
pub struct Import {
    #[command(flatten)]
    sources: SourceArguments,
    /// The snapshot to write [default: where `check` looks for it]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Import {
    pub(super) fn run(&self) -> Exit {
        match self.import() {
            Ok(message) => {
                console::say(&message);
                Exit::Pass
            }
            Err(problems) => console::refuse(&problems),
        }
    }

    fn import(&self) -> Result<String, Vec<Problem>> {
        let out = self.out.clone().or_else(default_database).ok_or_else(|| {
            Problem::in_file("--out", "this machine has no folder for caches")
                .help("say where to write the snapshot: --out FILE")
        })?;
        let collection = self.sources.read("db import")?;
        let Clock { now, .. } = clock()?;
        let digest = write(&collection, now, &out)?;
        Ok(summary(&collection, &shown(&out), &digest.to_string()))
    }
}

/// Writes a snapshot, in a folder that is made if it is not there.
pub(super) fn write(
    collection: &Collection,
    built_at: jiff::Timestamp,
    out: &Path,
) -> Result<SnapshotDigest, Vec<Problem>> {
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            Problem::in_file(shown(folder), format!("the folder cannot be made: {error}"))
        })?;
    }
    let content = SnapshotContent {
        packages: &collection.packages,
        sources: &collection.sources,
        unattributed: &collection.unattributed,
        built_at,
    };
    let written = snapshot::write(&content, out);
    Ok(written
        .map_err(|error| Problem::in_file(shown(out), error.to_string()).help(error.help()))?)
}

impl SourceArguments {
    /// Reads every source that is named.
    pub(super) fn read(&self, command: &str) -> Result<Collection, Vec<Problem>> {
        let sources = self.sources(command)?;
        Collection::read(&sources, Path::new("")).map_err(|errors| {
            let problem = |error: &SourceError| {
                Problem::in_file(command, error.to_string()).help(error.help())
            };
            errors.iter().map(problem).collect()
        })
    }

    fn sources(&self, command: &str) -> Result<Vec<Source>, Vec<Problem>> {
        let kinds = [
            ("--rustsec", SourceKind::RustSec, &self.rustsec),
            ("--osv", SourceKind::Osv, &self.osv),
            ("--folder", SourceKind::Folder, &self.folder),
        ];
        let mut sources = Vec::new();
        let mut problems = Vec::new();
        for (option, kind, values) in kinds {
            for value in values {
                let (name, path) = match value.split_once('=') {
                    Some((name, path)) => (name, path),
                    None if kind == SourceKind::RustSec => (kind.as_str(), value.as_str()),
                    None => ("", value.as_str()),
                };
                if name.is_empty() || path.is_empty() {
                    let message = format!("`{value}` gives no name and path");
                    let help = format!("write NAME=PATH, such as {option} npm=npm-all.zip");
                    problems.push(Problem::in_file(option, message).help(help));
                    continue;
                }
                sources.push(Source {
                    kind,
                    name: name.to_owned(),
                    place: SourcePlace::Path(path.to_owned()),
                    ecosystem: None,
                    location: None,
                });
            }
        }
        if sources.is_empty() && problems.is_empty() {
            problems.push(
                Problem::in_file(command, "no source was named")
                    .help("name at least one: --rustsec DIR, --osv NAME=PATH, --folder NAME=DIR"),
            );
        }
        if problems.is_empty() { Ok(sources) } else { Err(problems) }
    }
}

pub(super) fn summary(collection: &Collection, out: &str, digest: &str) -> String {
    let mut lines = Vec::new();
    let width = collection.sources.iter().map(|source| source.name.len()).max().unwrap_or(0);
    for source in &collection.sources {
        let newest = source.newest_record.map_or_else(String::new, |newest| {
            format!(", newest of {}", newest.strftime("%Y-%m-%d"))
        });
        let unreadable = match source.unreadable {
            0 => String::new(),
            count => format!(", {count} unreadable"),
        };
        lines.push(format!(
            "  {:width$}  {} advisories{unreadable}{newest}",
            source.name,
            source.total(),
        ));
    }
    let skipped: BTreeSet<String> = collection
        .packages
        .values()
        .flat_map(|known| &known.unreadable)
        .chain(&collection.unattributed)
        .map(|record| format!("  skipped {} of {}: {}", record.file, record.source, record.reason))
        .collect();
    lines.extend(skipped.iter().take(MAX_SKIPPED).map(|line| printable(line).into_owned()));
    if let more @ 1.. = skipped.len().saturating_sub(MAX_SKIPPED) {
        lines.push(format!("  and {more} more"));
    }
    lines.insert(0, format!("wrote {out}"));
    lines.push(format!("  {digest}"));
    lines.join("\n")
}
