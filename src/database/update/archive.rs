//! Sources that are one archive.

use url::Url;

use super::state::{FetchedSource, StateFolder};
use super::{Refreshed, SourceChange, UpdateError, Updater};
use crate::database::archive::{self, Changes};
use crate::database::collection::Collection;
use crate::network::{Fetched, Request, Validators};
use crate::policy::{Source, SourceKind};

/// The largest archive that is fetched: 2 GiB.
pub(super) const MAX_ARCHIVE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// An archive that was fetched and read, but not committed yet.
pub(super) struct Arrived {
    pub(super) state: FetchedSource,
    pub(super) content: Collection,
}

impl Updater<'_> {
    pub(super) fn refresh_archive(
        &self,
        source: &Source,
        url: &Url,
        folder: &StateFolder,
        old: Option<FetchedSource>,
    ) -> Result<Refreshed, UpdateError> {
        let validators = old
            .as_ref()
            .filter(|state| !self.doubts(state))
            .map(|state| state.validators.clone())
            .unwrap_or_default();
        match self.fetch_archive(source, url, folder, old.as_ref(), validators)? {
            Some(Arrived { mut state, mut content }) => {
                self.check_loss(old.as_ref(), &mut content)?;
                state.sources.clone_from(&content.sources);
                folder.keep_incoming(&state.archive)?;
                folder.commit(&state)?;
                Ok(Refreshed { change: SourceChange::Whole, content: Some(content) })
            }
            None => self.confirm(source, folder, old),
        }
    }

    /// The source has not changed.
    pub(super) fn confirm(
        &self,
        source: &Source,
        folder: &StateFolder,
        old: Option<FetchedSource>,
    ) -> Result<Refreshed, UpdateError> {
        let mut state = old.ok_or(UpdateError::Interrupted)?;
        state.current_at = self.now.max(state.current_at);
        // A published snapshot says itself when its sources were current; that it is still offered says
        // nothing about them.
        if source.kind != SourceKind::Snapshot {
            let current_at = state.current_at;
            for info in &mut state.sources {
                info.current_at = Some(current_at);
            }
        }
        folder.commit(&state)?;
        Ok(Refreshed { change: SourceChange::None, content: None })
    }

    /// Downloads an archive and reads it in full. `None`: it has not changed.
    pub(super) fn fetch_archive(
        &self,
        source: &Source,
        url: &Url,
        folder: &StateFolder,
        old: Option<&FetchedSource>,
        validators: Validators,
    ) -> Result<Option<Arrived>, UpdateError> {
        let Some(validators) =
            self.download(&source.name, url, folder, validators, MAX_ARCHIVE_BYTES)?
        else {
            return Ok(None);
        };
        let records = archive::read(source, &folder.incoming(), &Changes::default());
        let mut content = match records {
            Ok(records) => Collection::from(records),
            Err(error) => {
                folder.discard_incoming();
                return Err(error.into());
            }
        };
        let generation = old.map_or(0, |state| state.generation).saturating_add(1);
        let mut state =
            FetchedSource::new(format!("archive-{generation}.zip"), generation, self.now);
        state.validators = validators;
        describe(&mut content, url, &state);
        state.sources.clone_from(&content.sources);
        Ok(Some(Arrived { state, content }))
    }

    /// Downloads a large file. `None`: it has not changed.
    pub(super) fn download(
        &self,
        name: &str,
        url: &Url,
        folder: &StateFolder,
        validators: Validators,
        max_bytes: u64,
    ) -> Result<Option<Validators>, UpdateError> {
        let request = Request { url: url.clone(), validators, max_bytes, authorization: None };
        let progress = self.observer.downloads(name);
        match self.network.download(&request, &folder.incoming(), progress.as_ref())? {
            Fetched::NotModified => Ok(None),
            Fetched::New { validators, .. } => Ok(Some(validators)),
        }
    }
}

/// Records where content comes from and when it was last known current.
pub(super) fn describe(content: &mut Collection, url: &Url, state: &FetchedSource) {
    for info in &mut content.sources {
        info.origin = Some(url.to_string());
        info.current_at = Some(state.current_at);
    }
}
