//! Packages that Yarn installs without `node_modules`: a map says where each of them lies, mostly in a zip
//! file, and which others it sees (Yarn documentation, "Plug'n'Play specification").
//!
//! The zip files are held against the checksums of the lockfile, and unpacked into a [`Store`].

mod document;
mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha512};

use self::document::{Document, Package, Target};
use self::place::Place;
use super::laid::Laid;
use super::map::PackageMap;
use super::scan::MODULES;
use super::store::{Store, unpack_zip};
use super::{NotInstalledReason, shown_from};
use crate::disk;
use crate::lockfile::{KeptArchive, Lockfile};
use crate::package::{Ecosystem, PackageId};
use crate::parallel::in_parallel;

/// The programs that hold the data, or say where it stands.
const PROGRAMS: &[&str] = &[".pnp.cjs", ".pnp.js"];
/// The file of the data alone.
const DATA: &str = ".pnp.data.json";

/// The most bytes of a map. That of 5,000 packages has about 10 MB.
const LARGEST_MAP: u64 = 256 << 20;
/// The most bytes of an archive.
const LARGEST_ARCHIVE: u64 = 2 << 30;

/// Packages that lend what they see to all others (Yarn source, `makeApi`).
const LENDERS: &[&str] = &["react-scripts", "gatsby"];

/// The file in a folder by which Yarn says that packages are installed without `node_modules`.
pub(super) fn map_in(folder: &Path) -> Option<PathBuf> {
    let names = PROGRAMS.iter().chain([&DATA]);
    names.map(|name| folder.join(name)).find(|file| file.exists())
}

/// Reads the map `file`, verifies the archives of which it speaks, and unpacks them below `unpacked`.
///
/// # Errors
///
/// The map or an archive cannot be read, or is not what is locked.
pub(super) fn read(
    file: &Path,
    lockfile: &Lockfile,
    unpacked: Option<&Path>,
) -> Result<Laid, NotInstalledReason> {
    let root = disk::folder_of(file);
    let document = document(file).map_err(|cause| NotInstalledReason::UnreadableMap {
        file: shown_from(root, file),
        cause,
    })?;
    let instances = instances(&document, root);
    let content = unpack(&instances, lockfile, root, unpacked)?;
    Ok(lay_out(&document, &instances, &content))
}

fn document(file: &Path) -> Result<Document, String> {
    let read = |file: &Path| disk::read_text(file, LARGEST_MAP).map_err(|error| error.to_string());
    if file.ends_with(DATA) {
        return Document::of_data(&read(file)?);
    }
    Document::of_program(&read(file)?)
        .unwrap_or_else(|| Document::of_data(&read(&file.with_file_name(DATA))?))
}

/// A package or project as it is installed once.
struct Instance<'map> {
    /// The root of the projects has none.
    name: Option<&'map str>,
    reference: Option<&'map str>,
    package: &'map Package,
    place: Place,
}

impl Instance<'_> {
    /// What the lockfile calls the package.
    fn locator(&self) -> String {
        let reference = self.reference.unwrap_or_default();
        let behind = reference.strip_prefix("virtual:").and_then(|it| it.split_once('#'));
        let reference = behind.map_or(reference, |(_, reference)| reference);
        format!("{}@{reference}", self.name.unwrap_or_default())
    }
}

fn instances<'map>(document: &'map Document, root: &Path) -> Vec<Instance<'map>> {
    let all = document.package_registry_data.iter().flat_map(|(name, references)| {
        references.iter().map(move |(reference, package)| Instance {
            name: name.as_deref(),
            reference: reference.as_deref(),
            package,
            place: Place::of(root, &package.location),
        })
    });
    all.collect()
}

/// By every archive that is there, the folder of what it holds.
type Content = BTreeMap<PathBuf, PathBuf>;

fn unpack(
    instances: &[Instance<'_>],
    lockfile: &Lockfile,
    root: &Path,
    unpacked: Option<&Path>,
) -> Result<Content, NotInstalledReason> {
    let mut files: BTreeMap<&Path, &Instance<'_>> = BTreeMap::new();
    for instance in instances {
        match &instance.place {
            Place::Archive { file, .. } if file.is_file() => {
                files.insert(file, instance);
            }
            Place::Archive { .. } | Place::Folder(_) => {}
        }
    }
    if files.is_empty() {
        return Ok(Content::new());
    }
    let store = Store::of_run(unpacked)?;
    let locked = lockfile.format.kept_archives(lockfile);
    let files: Vec<(&Path, &Instance<'_>)> = files.into_iter().collect();
    let content = in_parallel(&files, |(file, instance)| {
        let archive = Archive { file, shown: shown_from(root, file) };
        let locator = instance.locator();
        let kept = locked.get(&locator).ok_or_else(|| archive.not_locked(instance))?;
        Ok((file.to_path_buf(), archive.unpack(kept, lockfile, &store)?))
    });
    let content = content.into_iter().collect();
    store.sweep();
    content
}

/// An archive in a cache of Yarn.
struct Archive<'run> {
    file: &'run Path,
    /// How people call it.
    shown: PathBuf,
}

impl Archive<'_> {
    fn not_locked(&self, instance: &Instance<'_>) -> NotInstalledReason {
        let locator = instance.locator();
        let version = locator.strip_prefix(instance.name.unwrap_or_default()).unwrap_or(&locator);
        let package = PackageId {
            ecosystem: Ecosystem::Npm,
            name: instance.name.unwrap_or_default().into(),
            version: version.trim_start_matches('@').into(),
        };
        NotInstalledReason::NotLocked { package, folder: self.shown.clone() }
    }

    fn unpack(
        &self,
        kept: &KeptArchive,
        lockfile: &Lockfile,
        store: &Store,
    ) -> Result<PathBuf, NotInstalledReason> {
        let refused = |cause: String| NotInstalledReason::ArchiveRefused {
            archive: self.shown.clone(),
            cause,
        };
        let bytes =
            disk::read(self.file, LARGEST_ARCHIVE).map_err(|error| refused(error.to_string()))?;
        let checksum = format!("{:x}", Sha512::digest(&bytes));
        if kept.checksum.as_ref().is_some_and(|locked| *locked != checksum) {
            return Err(NotInstalledReason::ArchiveDiffers {
                archive: self.shown.clone(),
                package: lockfile.packages[kept.package].id.clone(),
                location: lockfile.location(kept.package),
            });
        }
        let content = store.unpacked(&checksum, |unpacking| unpack_zip(&bytes, unpacking));
        content.map_err(|error| refused(error.to_string()))
    }
}

fn lay_out(document: &Document, instances: &[Instance<'_>], content: &Content) -> Laid {
    let mut laid = Laid::default();
    let mut folders: BTreeMap<(Option<&str>, Option<&str>), PathBuf> = BTreeMap::new();
    for instance in instances {
        let Some(folder) = folder(&instance.place, content) else { continue };
        let is_package = folder.components().any(|part| part.as_os_str() == MODULES);
        match instance.name {
            Some(name) if is_package => laid.packages.push((name.into(), folder.clone())),
            Some(name) => {
                laid.projects.insert(name.into());
            }
            None => {}
        }
        folders.insert((instance.name, instance.reference), folder);
    }
    laid.shown = content.iter().map(|(file, folder)| (folder.clone(), file.clone())).collect();
    let seeing = Seeing { document, instances, folders };
    seeing.add_fallback(&mut laid.map);
    seeing.add_own(&mut laid.map);
    seeing.add_unprovided(&mut laid.map);
    laid
}

/// Where something lies on disk, without links. `None`: it is not there.
fn folder(place: &Place, content: &Content) -> Option<PathBuf> {
    let folder = match place {
        Place::Folder(folder) => folder.clone(),
        Place::Archive { file, inside } => content.get(file)?.join(inside),
    };
    fs::canonicalize(folder).ok()
}

/// What a map says about who sees what.
struct Seeing<'map> {
    document: &'map Document,
    instances: &'map [Instance<'map>],
    /// Where everything lies that is there.
    folders: BTreeMap<(Option<&'map str>, Option<&'map str>), PathBuf>,
}

impl<'map> Seeing<'map> {
    /// What stands for a name.
    fn target(&self, name: &'map str, target: Option<&'map Target>) -> Option<&PathBuf> {
        let (name, reference) = target?.locator(name);
        self.folders.get(&(Some(name), Some(reference)))
    }

    /// The instances whose files are their own, each with its folder.
    fn owners(&self) -> impl Iterator<Item = (&'map Instance<'map>, &PathBuf)> {
        let instances = self.instances.iter().filter(|it| !it.package.discard_from_lookup);
        instances.filter_map(|it| Some((it, self.folders.get(&(it.name, it.reference))?)))
    }

    /// What everybody sees: what the root of the projects depends on, where the settings say so, and what
    /// some packages lend.
    fn add_fallback(&self, map: &mut PackageMap) {
        let is_lent = |instance: &&Instance<'_>| match instance.name {
            None => self.document.enable_top_level_fallback,
            Some(name) => LENDERS.contains(&name),
        };
        let lent = self.instances.iter().filter(is_lent);
        let lent = lent.flat_map(|instance| &instance.package.dependencies);
        let pool = self.document.fallback_pool.iter();
        let pool = pool.filter(|_| self.document.enable_top_level_fallback);
        for (name, target) in lent.chain(pool) {
            if let Some(folder) = self.target(name, target.as_ref()) {
                map.add_fallback(name, folder.clone());
            }
        }
    }

    /// What everybody sees by themselves.
    fn add_own(&self, map: &mut PackageMap) {
        let mut generous: BTreeSet<&Path> = BTreeSet::new();
        for (instance, folder) in self.owners() {
            let names = map.add(folder);
            for (name, target) in &instance.package.dependencies {
                if let Some(target) = self.target(name, target.as_ref()) {
                    names.entry(name.into()).or_default().insert(target.clone());
                }
            }
            if !self.is_strict(instance) {
                generous.insert(folder);
            }
        }
        for (_, folder) in self.owners().filter(|(_, folder)| !generous.contains(folder.as_path()))
        {
            map.restrict(folder);
        }
    }

    /// What nobody provides for one of several instances in one folder.
    fn add_unprovided(&self, map: &mut PackageMap) {
        for (instance, folder) in self.owners().filter(|(instance, _)| !self.is_strict(instance)) {
            for (name, target) in &instance.package.dependencies {
                if self.target(name, target.as_ref()).is_none() {
                    map.add_what_all_see(folder, name);
                }
            }
        }
    }

    /// Whether something sees nothing but its own.
    fn is_strict(&self, instance: &Instance<'_>) -> bool {
        let (Some(name), Some(reference)) = (instance.name, instance.reference) else {
            return true;
        };
        let excluded = self.document.fallback_exclusion_list.iter();
        let mut references = excluded.filter(|(excluded, _)| excluded == name).flat_map(|it| &it.1);
        references.any(|excluded| excluded == reference)
    }
}
