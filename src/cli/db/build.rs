//! `lockgate db build`: a snapshot that is the same wherever it is built.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::import::{SourceArguments, summary, write};
use crate::console;
use crate::database::collection::Collection;
use crate::database::update::SnapshotManifest;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::settings::{shown, source_date_epoch};

/// Compile advisories that lie on disk into a snapshot to publish.
#[derive(Debug, Args)]
#[command(
    after_help = "The same sources give the same bytes. SOURCE_DATE_EPOCH, in seconds, says \
    when they were fetched; without it the newest record of each source does."
)]
pub struct Build {
    #[command(flatten)]
    sources: SourceArguments,
    /// The snapshot to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write a manifest beside it, for `kind = "snapshot"`: FILE.json
    #[arg(long)]
    manifest: bool,
}

impl Build {
    pub(super) fn run(&self) -> Exit {
        match self.build() {
            Ok(message) => {
                console::say(&message);
                Exit::Pass
            }
            Err(problems) => console::refuse(&problems),
        }
    }

    fn build(&self) -> Result<String, Vec<Problem>> {
        let epoch = source_date_epoch()?;
        let mut collection = self.sources.read("db build")?;
        let built_at = make_reproducible(&mut collection, epoch);
        let digest = write(&collection, built_at, &self.out)?;
        let mut message = summary(&collection, &shown(&self.out), &digest.to_string());
        if self.manifest {
            let path = self.write_manifest(built_at)?;
            message = format!("{message}\n  manifest {}", shown(&path));
        }
        Ok(message)
    }

    fn write_manifest(&self, built_at: Timestamp) -> Result<PathBuf, Problem> {
        let mut path = self.out.clone().into_os_string();
        path.push(".json");
        let path = PathBuf::from(path);
        let name = self.out.file_name().unwrap_or_default().to_string_lossy();
        SnapshotManifest::of(&self.out, name.into_owned(), built_at)
            .and_then(|manifest| manifest.write(&path))
            .map_err(|error| {
                Problem::in_file(shown(&path), format!("the manifest cannot be written: {error}"))
            })?;
        Ok(path)
    }
}

/// Takes out of a collection what depends on where it was read, and says when it counts as built.
///
/// The time of a file is when it was copied here, which is different everywhere and proves nothing
/// to whoever downloads the snapshot. So a source counts as current when `epoch` says it was fetched,
/// or else as of its newest record, which is never too late.
fn make_reproducible(collection: &mut Collection, epoch: Option<Timestamp>) -> Timestamp {
    for info in &mut collection.sources {
        info.origin = None;
        if info.current_at.is_some() {
            let newest = info.newest_record.unwrap_or(Timestamp::UNIX_EPOCH);
            info.current_at = Some(epoch.unwrap_or(newest));
        }
    }
    let newest = collection.sources.iter().filter_map(|info| info.newest_record);
    epoch.or(newest.max()).unwrap_or(Timestamp::UNIX_EPOCH)
}
