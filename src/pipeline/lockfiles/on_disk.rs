//! Manifests on disk, and as git keeps them where they are not there.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::GitignoreBuilder;

use super::search::{Survey, place_of};
use super::tracked::TrackedFile;
use crate::cargo_toml::NamedCargoToml;
use crate::disk::{self, NotRead};
use crate::git::Repository;
use crate::lockfile::discovery;
use crate::lockfile::manifest::{FolderOnDisk, MAX_BYTES, ManifestFiles};
use crate::lockfile::project::{CargoTomlText, Files, Text, join};
use crate::problem::SourceText;

/// Whether a `.gitignore` names a file, whether or not it is there: one of the repository, or without a
/// repository one below `starts`, the folders that are searched.
pub(super) fn is_named_by_gitignore(path: &Path, starts: &BTreeSet<PathBuf>) -> bool {
    let is_bounded = path.parent().is_some_and(discovery::is_in_repository);
    for folder in path.ancestors().skip(1) {
        let file = folder.join(".gitignore");
        if fs::metadata(&file).is_ok_and(|metadata| metadata.is_file()) {
            let mut builder = GitignoreBuilder::new(folder);
            builder.add(&file);
            let matched = builder
                .build()
                .map(|globs| globs.matched_path_or_any_parents(path, false).map(|_| ()));
            match matched {
                Ok(Match::Ignore(())) => return true,
                Ok(Match::Whitelist(())) => return false,
                _ => {}
            }
        }
        let is_start = !is_bounded && starts.contains(folder);
        if is_start || folder.join(".git").exists() {
            break;
        }
    }
    false
}

/// Every Cargo.toml that was asked for, by its absolute path: each is read once.
#[derive(Debug, Default)]
pub(super) struct CargoTomls(RefCell<BTreeMap<PathBuf, CargoTomlText>>);

impl CargoTomls {
    fn get(&self, path: &Path, text: impl FnOnce() -> Text) -> CargoTomlText {
        if let Some(known) = self.0.borrow().get(path) {
            return known.clone();
        }
        let read = CargoTomlText::parse(text());
        self.0.borrow_mut().insert(path.to_owned(), read.clone());
        read
    }
}

/// The manifests around a lockfile.
#[derive(Debug)]
pub struct AroundLockfile {
    folder: FolderOnDisk,
    /// The folder without links.
    place: Option<PathBuf>,
    cargo_tomls: Rc<CargoTomls>,
}

impl AroundLockfile {
    /// Those around the lockfile at `path`, which is shown as `shown`.
    pub(super) fn new(path: &Path, shown: &str, cargo_tomls: &Rc<CargoTomls>) -> Self {
        let cargo_tomls = Rc::clone(cargo_tomls);
        let place = place_of(path).and_then(|place| Some(place.parent()?.to_owned()));
        Self { folder: FolderOnDisk::of_lockfile(path, shown), place, cargo_tomls }
    }
}

impl ManifestFiles for AroundLockfile {
    fn read(&self, path: &str) -> Option<Arc<SourceText>> {
        self.folder.read(path)
    }

    fn cargo_toml(&self, path: &str) -> Option<NamedCargoToml> {
        let Some(folder) = &self.place else {
            return self.folder.cargo_toml(path);
        };
        let place = join(folder, path);
        match self.cargo_tomls.get(&place, || read(&place)) {
            Text::Read(Ok(manifest)) => {
                Some(NamedCargoToml { file: self.folder.shown(path), manifest })
            }
            _ => None,
        }
    }

    fn expand(&self, pattern: &str) -> Vec<String> {
        self.folder.expand(pattern)
    }
}

/// Manifests on disk, and as git keeps them where they are not there.
pub(super) struct OnDisk<'run> {
    missing: BTreeMap<PathBuf, TrackedFile>,
    texts: OnceCell<BTreeMap<PathBuf, Text>>,
    cargo_tomls: &'run CargoTomls,
    /// Those that are not there.
    missing_cargo_tomls: CargoTomls,
}

impl<'run> OnDisk<'run> {
    /// Of what is not in `cargo_tomls` nothing is read yet.
    pub(super) fn new(survey: &Survey, cargo_tomls: &'run CargoTomls) -> Self {
        let missing = survey.manifests.iter();
        let missing =
            missing.filter_map(|(place, seen)| Some((place.clone(), seen.missing.clone()?)));
        Self {
            missing: missing.collect(),
            texts: OnceCell::new(),
            cargo_tomls,
            missing_cargo_tomls: CargoTomls::default(),
        }
    }

    /// What git keeps, asked for once in each repository.
    fn texts(&self) -> &BTreeMap<PathBuf, Text> {
        self.texts.get_or_init(|| {
            let mut by_repository: BTreeMap<&Path, Vec<(&PathBuf, &TrackedFile)>> = BTreeMap::new();
            for (place, file) in &self.missing {
                by_repository.entry(&file.repository).or_default().push((place, file));
            }
            let mut texts = BTreeMap::new();
            for (folder, files) in by_repository {
                let blobs: Vec<_> = files.iter().map(|(_, file)| file.blob.clone()).collect();
                let contents = Repository::assumed(folder).offline().contents(&blobs);
                let contents = contents.unwrap_or_default();
                for (index, (place, _)) in files.iter().enumerate() {
                    let content = contents.get(index).cloned();
                    let text = content.and_then(|content| String::from_utf8(content).ok());
                    texts.insert((*place).clone(), text.map_or(Text::Unreadable, Text::Read));
                }
            }
            texts
        })
    }
}

impl Files for OnDisk<'_> {
    fn text(&self, path: &Path) -> Text {
        if self.missing.contains_key(path) {
            return self.texts().get(path).cloned().unwrap_or(Text::Unreadable);
        }
        read(path)
    }

    fn cargo_toml(&self, path: &Path) -> CargoTomlText {
        let is_missing = self.missing.contains_key(path);
        let known = if is_missing { &self.missing_cargo_tomls } else { self.cargo_tomls };
        known.get(path, || self.text(path))
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
}

fn read(path: &Path) -> Text {
    match disk::read_text(path, MAX_BYTES) {
        Ok(text) => Text::Read(text),
        Err(NotRead::NotRegular) => Text::Absent,
        Err(_) if fs::symlink_metadata(path).is_err() => Text::Absent,
        Err(_) => Text::Unreadable,
    }
}
