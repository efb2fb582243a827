//! Sources with the layout of OSV's public bucket: for each ecosystem everything in `all.zip`, each record
//! in `<id>.json`, and in `modified_id.csv` the time when each record last changed.
//!
//! The first time everything is downloaded; after that only the changes in the list are
//! fetched and kept beside the archive. The three are published one after the other, so the stored
//! time of a record is always the record's own, never the one in the list: a
//! copy that lags behind the list is fetched again the next time.

use std::collections::BTreeMap;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::archive::{Arrived, describe};
use super::listing::{Difference, Listing};
use super::missing;
use super::state::{FetchedSource, StateFolder};
use super::{Refreshed, SourceChange, UpdateError, Updater};
use crate::database::archive::{self, Changes};
use crate::database::collection::Collection;
use crate::database::reading::MAX_RECORD_BYTES;
use crate::network::{Fetched, Request, Validators};
use crate::policy::Source;

/// The largest list that is fetched: 256 MiB. npm's has under 20 MiB.
const MAX_LISTING_BYTES: u64 = 256 * 1024 * 1024;

/// If more records have changed, the archive is downloaded again.
pub const MAX_CHANGED: usize = 2_000;

/// One ecosystem of a bucket.
pub(super) struct Bucket<'run> {
    updater: &'run Updater<'run>,
    source: &'run Source,
    base: &'run Url,
    ecosystem: &'static str,
    folder: &'run StateFolder,
}

/// The list on the server.
enum List {
    /// It has not changed.
    Same,
    /// The server has none: there is only the archive.
    Absent,
    New(Listing, Validators),
}

/// A record's id and time.
#[derive(Deserialize)]
struct Stamp {
    id: String,
    modified: Option<Timestamp>,
}

impl<'run> Bucket<'run> {
    pub(super) fn new(
        updater: &'run Updater<'run>,
        source: &'run Source,
        base: &'run Url,
        folder: &'run StateFolder,
    ) -> Result<Self, UpdateError> {
        let ecosystem = source.ecosystem.ok_or(UpdateError::NotFetched)?.as_str();
        Ok(Self { updater, source, base, ecosystem, folder })
    }

    pub(super) fn refresh(
        &self,
        old: Option<FetchedSource>,
        remarks: &mut Vec<String>,
    ) -> Result<Refreshed, UpdateError> {
        match self.list(old.as_ref())? {
            List::Same => self.updater.confirm(self.source, self.folder, old),
            List::Absent => {
                let url = self.url("all.zip");
                self.updater.refresh_archive(self.source, &url, self.folder, old)
            }
            List::New(listing, validators) => match old {
                Some(state) if state.listing.is_some() => {
                    self.follow(state, &listing, validators, remarks)
                }
                old => self.download(old.as_ref(), &listing, validators, remarks),
            },
        }
    }

    fn list(&self, old: Option<&FetchedSource>) -> Result<List, UpdateError> {
        let known = old.filter(|state| state.listing.is_some());
        // Missing records are requested again even if nothing else has changed.
        let believed =
            known.filter(|state| state.missing.is_empty() && !self.updater.doubts(state));
        let validators = believed.map(|state| state.listing_validators.clone());
        let request = Request {
            url: self.url("modified_id.csv"),
            validators: validators.unwrap_or_default(),
            max_bytes: MAX_LISTING_BYTES,
            authorization: None,
        };
        match self.updater.network.get(&request) {
            Ok(Fetched::NotModified) => Ok(List::Same),
            Ok(Fetched::New { content, validators }) => {
                let url = request.url.to_string();
                let mut listing =
                    Listing::parse(&content).map_err(|line| UpdateError::Listing { url, line })?;
                listing.0.values_mut().for_each(|time| *time = whole_seconds(*time));
                Ok(List::New(listing, validators))
            }
            Err(error) if UpdateError::is_gone(&error) => Ok(List::Absent),
            Err(error) => Err(error.into()),
        }
    }

    /// Fetches the changes since `old`, or everything if they are unknown.
    fn follow(
        &self,
        mut old: FetchedSource,
        listing: &Listing,
        validators: Validators,
        remarks: &mut Vec<String>,
    ) -> Result<Refreshed, UpdateError> {
        let mut known = self.known(&old);
        self.updater.check_time(known.newest(), listing.newest())?;
        let Some(difference) = Difference::between(&known, listing) else {
            remarks.push("its list of changes does not reach back to what is here".to_owned());
            return self.download(Some(&old), listing, validators, remarks);
        };
        if difference == Difference::default() {
            old.listing_validators = validators;
            return self.updater.confirm(self.source, self.folder, Some(old));
        }
        let mut changes = self.folder.changes(&old)?;
        let kept = changes.records.keys();
        let kept = kept.filter(|id| !difference.changed.contains_key(*id)).count();
        if kept.saturating_add(difference.changed.len()) > MAX_CHANGED {
            return self.download(Some(&old), listing, validators, remarks);
        }
        let missing = self.fetch(&difference, &mut changes, &mut known)?;
        if let Some(id) = missing.iter().find(|id| !old.missing.contains(*id)) {
            remarks.push(format!("{id} is listed and cannot be found, so everything was fetched"));
            return self.download(Some(&old), listing, validators, remarks);
        }
        for id in &difference.deleted {
            changes.records.remove(id);
            known.0.remove(id);
        }
        changes.deleted.extend(difference.deleted.iter().cloned());
        let mut state =
            FetchedSource::new(old.archive.clone(), old.generation + 1, self.updater.now);
        state.validators = old.validators.clone();
        state.listing_validators = validators.clone();
        let path = self.folder.file(&state.archive);
        self.updater.note_missing(Some(&old), missing, &mut state);
        let mut content = self.read(&path, &changes, &state)?;
        if let Err(error) = self.updater.check_loss(Some(&old), &mut content) {
            remarks.push(format!("by its list of changes, {error}"));
            return self.download(Some(&old), listing, validators, remarks);
        }
        self.commit(&mut state, &known, &changes, &content)?;
        Ok(Refreshed {
            change: SourceChange::Records {
                changed: difference.changed.len(),
                deleted: difference.deleted.len(),
            },
            content: Some(content),
        })
    }

    /// Downloads the archive, and the changes since it was packed.
    fn download(
        &self,
        old: Option<&FetchedSource>,
        listing: &Listing,
        validators: Validators,
        remarks: &mut Vec<String>,
    ) -> Result<Refreshed, UpdateError> {
        let url = self.url("all.zip");
        let anew = Validators::default();
        let Some(Arrived { mut state, mut content }) =
            self.updater.fetch_archive(self.source, &url, self.folder, old, anew)?
        else {
            return Err(UpdateError::Interrupted);
        };
        let incoming = self.folder.incoming();
        let mut known = times_in(&content, listing, &incoming)?;
        let is_newer =
            |(id, time): &(&String, &Timestamp)| known.0.get(*id).is_none_or(|own| own < *time);
        let newer = listing.0.iter().filter(is_newer);
        let lag = Difference {
            changed: newer.map(|(id, time)| (id.clone(), *time)).collect(),
            ..Difference::default()
        };
        let mut changes = Changes::default();
        let mut lacking = Vec::new();
        if lag.changed.len() > MAX_CHANGED {
            let count = lag.changed.len();
            remarks.push(format!("its archive lags behind its list by {count} records"));
            lacking.extend(lag.changed.into_keys());
        } else if !lag.changed.is_empty() {
            lacking = self.fetch(&lag, &mut changes, &mut known)?;
            let missing = lacking.iter();
            remarks.extend(missing.map(|id| format!("{id} is listed and cannot be found")));
        }
        self.updater.note_missing(old, lacking, &mut state);
        if changes.records.is_empty() {
            missing::add(self.source, &state, &mut content);
        } else {
            content = self.read(&incoming, &changes, &state)?;
        }
        self.updater.check_loss(old, &mut content)?;
        state.listing_validators = validators;
        self.folder.keep_incoming(&state.archive)?;
        self.commit(&mut state, &known, &changes, &content)?;
        Ok(Refreshed { change: SourceChange::Whole, content: Some(content) })
    }

    /// Fetches changed records. Returns the ids of those that the server does not have.
    fn fetch(
        &self,
        difference: &Difference,
        changes: &mut Changes,
        known: &mut Listing,
    ) -> Result<Vec<String>, UpdateError> {
        let requests: Vec<Request> = difference
            .changed
            .keys()
            .map(|id| Request {
                url: self.url(&format!("{id}.json")),
                validators: Validators::default(),
                max_bytes: MAX_RECORD_BYTES,
                authorization: None,
            })
            .collect();
        let answers = self.updater.network.get_all(&requests);
        let mut answers = answers.into_iter();
        let mut missing = Vec::new();
        for ((id, listed), request) in difference.changed.iter().zip(&requests) {
            let answer = answers.next().ok_or(UpdateError::Interrupted)?;
            let content = match answer {
                Ok(Fetched::New { content, .. }) => content,
                Ok(Fetched::NotModified) => return Err(not_the_record(request, "no content")),
                Err(error) if UpdateError::is_gone(&error) => {
                    missing.push(id.clone());
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let (record, modified) =
                read_record(&content, id).map_err(|reason| not_the_record(request, &reason))?;
            let own = modified.map_or(*listed, |modified| whole_seconds(modified).min(*listed));
            known.0.insert(id.clone(), own);
            changes.deleted.remove(id);
            changes.records.insert(id.clone(), record);
        }
        Ok(missing)
    }

    fn read(
        &self,
        path: &std::path::Path,
        changes: &Changes,
        state: &FetchedSource,
    ) -> Result<Collection, UpdateError> {
        let records = archive::read(self.source, path, changes)?;
        let mut content = Collection::from(records);
        describe(&mut content, &self.url("all.zip"), state);
        missing::add(self.source, state, &mut content);
        Ok(content)
    }

    fn commit(
        &self,
        state: &mut FetchedSource,
        known: &Listing,
        changes: &Changes,
        content: &Collection,
    ) -> Result<(), UpdateError> {
        let listing = format!("listing-{}.csv", state.generation);
        self.folder.write(&listing, known.write().as_bytes())?;
        state.listing = Some(listing);
        let name = format!("changes-{}.json", state.generation);
        let json = serde_json::to_vec(changes)
            .map_err(|error| UpdateError::disk(&self.folder.path, &error.into()))?;
        self.folder.write(&name, &json)?;
        state.changes = Some(name);
        state.sources.clone_from(&content.sources);
        self.folder.commit(state)
    }

    /// When the stored records last changed. Empty, so that no list reaches back to it, if that
    /// cannot be read.
    fn known(&self, state: &FetchedSource) -> Listing {
        let name = state.listing.as_deref().unwrap_or_default();
        let text = std::fs::read(self.folder.file(name)).unwrap_or_default();
        Listing::parse(&text).unwrap_or_default()
    }

    /// The address of a file of the ecosystem.
    fn url(&self, file: &str) -> Url {
        let mut url = self.base.clone();
        // An `https` address always has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(self.ecosystem).push(file);
        }
        url
    }
}

/// When the records of an archive last changed, by their own time. For an unreadable record
/// the list is used.
fn times_in(
    content: &Collection,
    listing: &Listing,
    archive: &std::path::Path,
) -> Result<Listing, UpdateError> {
    let own: BTreeMap<&str, Timestamp> = content
        .packages
        .values()
        .flat_map(|known| &known.advisories)
        .filter_map(|advisory| Some((advisory.id.as_str(), whole_seconds(advisory.modified?))))
        .collect();
    let ids = archive::record_ids(archive).map_err(|cause| UpdateError::disk(archive, &cause))?;
    let times = ids.into_iter().filter_map(|id| {
        let time = own.get(id.as_str()).or_else(|| listing.0.get(&id)).copied()?;
        Some((id, time))
    });
    Ok(Listing(times.collect()))
}

/// A record of the id, and when it last changed.
fn read_record(content: &[u8], id: &str) -> Result<(Box<RawValue>, Option<Timestamp>), String> {
    let record: Box<RawValue> =
        serde_json::from_slice(content).map_err(|error| error.to_string())?;
    let stamp: Stamp = serde_json::from_str(record.get()).map_err(|error| error.to_string())?;
    if stamp.id != id {
        return Err(format!("the record is {}", stamp.id.escape_debug()));
    }
    Ok((record, stamp.modified))
}

fn not_the_record(request: &Request, reason: &str) -> UpdateError {
    UpdateError::Record { url: request.url.to_string(), reason: reason.to_owned() }
}

/// Lists and records do not always agree in fractions of seconds.
fn whole_seconds(time: Timestamp) -> Timestamp {
    let down = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Trunc);
    time.round(down).unwrap_or(time)
}
