//! What would be installed, where nothing is: the archives of the locked packages are fetched, held against
//! the checksums of the lockfile, and unpacked. No script of theirs is ever run.
//!
//! What a package sees is what the lockfile says that it depends on. Whatever else is locked everybody sees:
//! package managers put packages where others find them that do not ask for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use smol_str::SmolStr;

use super::NotInstalledReason;
use super::integrity::Integrity;
use super::laid::Laid;
use super::locked::may_be_left_out;
use super::manifest::Manifest;
use super::map::PackageMap;
use super::scan::MODULES;
use super::store::{Store, unpack_tarball};
use super::tree::{MANIFEST, plain};
use crate::lockfile::{LockedPackage, Lockfile, PackageIndex};
use crate::package::PackageId;
use crate::parallel::in_parallel;
use crate::problem::Location;
use crate::source::PackageSource;

/// How many archives are fetched before they are unpacked, which bounds what lies in memory.
const AT_ONCE: usize = 32;

/// An archive that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedArchive {
    pub package: PackageId,
    /// Where it lies. `None`: at the registry that is configured for the package.
    pub address: Option<String>,
}

/// Whoever fetches archives.
pub trait Archives: fmt::Debug {
    /// The bytes of archives, in their order, or why they could not be had: a sentence without a full stop.
    fn fetch(&self, wanted: &[WantedArchive]) -> Vec<Result<Vec<u8>, String>>;
}

/// Fetches what a lockfile locks for this machine, and unpacks it below `unpacked`; without `archives` all of it
/// has to be there. `root` is the lockfile's folder, without links.
///
/// # Errors
///
/// An archive cannot be had, or is not what is locked.
pub(super) fn read(
    lockfile: &Lockfile,
    root: &Path,
    unpacked: Option<&Path>,
    archives: Option<&dyn Archives>,
) -> Result<Laid, NotInstalledReason> {
    let store = Store::of_run(unpacked)?;
    let wanted = wanted(lockfile);
    let fetched = Unpacker { lockfile, store: &store }.unpack_all(&wanted, archives)?;
    store.sweep();
    Ok(lay_out(lockfile, root, fetched))
}

/// The packages that are fetched, with their checksums. What has none lies in the archive of another package,
/// or cannot be verified.
fn wanted(lockfile: &Lockfile) -> BTreeMap<PackageIndex, Integrity> {
    let packages = lockfile.packages.iter().enumerate();
    let wanted = packages.filter(|(index, package)| {
        !lockfile.roots.contains(index) && is_served(&package.source) && !may_be_left_out(package)
    });
    let with_checksum = wanted.filter_map(|(index, package)| {
        let span = package.checksum.clone()?;
        let text = lockfile.source.text.get(span.start as usize..span.end as usize)?;
        Some((index, Integrity::parse(text)?))
    });
    with_checksum.collect()
}

fn is_served(source: &PackageSource) -> bool {
    source.is_of_registry() || matches!(source, PackageSource::Archive(_))
}

fn address(package: &LockedPackage) -> Option<String> {
    match &package.source {
        PackageSource::OtherRegistry(address) | PackageSource::Archive(address) => {
            Some(address.clone())
        }
        PackageSource::NamedRegistry { address, .. } => address.clone(),
        PackageSource::PublicRegistry
        | PackageSource::Git(_)
        | PackageSource::Local
        | PackageSource::Elsewhere(_) => None,
    }
}

/// A folder for each package.
type Folders = BTreeMap<PackageIndex, PathBuf>;

struct Unpacker<'run> {
    lockfile: &'run Lockfile,
    store: &'run Store,
}

impl Unpacker<'_> {
    /// The folder of what each archive holds.
    fn unpack_all(
        &self,
        wanted: &BTreeMap<PackageIndex, Integrity>,
        archives: Option<&dyn Archives>,
    ) -> Result<Folders, NotInstalledReason> {
        let (mut found, mut lacking) = (Folders::new(), Vec::new());
        let wanted: Vec<(&PackageIndex, &Integrity)> = wanted.iter().collect();
        let known = in_parallel(&wanted, |(_, integrity)| self.store.find(&integrity.key()));
        for ((package, integrity), known) in wanted.into_iter().zip(known) {
            match known {
                Some(content) => {
                    found.insert(*package, content);
                }
                None => lacking.push((*package, integrity)),
            }
        }
        if lacking.is_empty() {
            return Ok(found);
        }
        let archives = archives.ok_or(NotInstalledReason::Missing)?;
        for batch in lacking.chunks(AT_ONCE) {
            let asked: Vec<WantedArchive> = batch
                .iter()
                .map(|(package, _)| &self.lockfile.packages[*package])
                .map(|package| WantedArchive {
                    package: package.id.clone(),
                    address: address(package),
                })
                .collect();
            let answers = archives.fetch(&asked);
            let answers: Vec<_> = batch.iter().zip(answers).collect();
            let unpacked = in_parallel(&answers, |((package, integrity), answer)| {
                Ok((*package, self.unpack(*package, integrity, answer.as_deref())?))
            });
            for unpacked in unpacked {
                let (package, content) = unpacked?;
                found.insert(package, content);
            }
        }
        Ok(found)
    }

    fn unpack(
        &self,
        package: PackageIndex,
        integrity: &Integrity,
        answer: Result<&[u8], &String>,
    ) -> Result<PathBuf, NotInstalledReason> {
        let id = &self.lockfile.packages[package].id;
        let not_fetched =
            |cause: String| NotInstalledReason::NotFetched { package: id.clone(), cause };
        let bytes = answer.map_err(|cause| not_fetched(cause.clone()))?;
        if !integrity.is_of(bytes) {
            let Location { file, line } = self.lockfile.location(package);
            let cause = format!("what is served does not have the checksum in {file}:{line}");
            return Err(not_fetched(cause));
        }
        let folder = format!("{MODULES}/{}", id.name);
        let unpacked =
            self.store.unpacked(&integrity.key(), |to| unpack_tarball(bytes, &folder, to));
        unpacked.map_err(|error| not_fetched(error.to_string()))
    }
}

fn lay_out(lockfile: &Lockfile, root: &Path, fetched: Folders) -> Laid {
    let mut laid = Laid::default();
    let mut folders = Folders::new();
    for (package, content) in fetched {
        let name = lockfile.packages[package].id.name.as_str();
        let folder = content.join(MODULES).join(name);
        laid.packages.push((name.into(), folder.clone()));
        laid.map.add_fallback(name, folder.clone());
        // People know it where it would be installed.
        laid.shown.insert(content, root.to_owned());
        folders.insert(package, folder);
    }
    for project in &lockfile.roots {
        let package = &lockfile.packages[*project];
        let Some(own) = &package.folder else { continue };
        let Ok(folder) = fs::canonicalize(plain(&root.join(own))) else { continue };
        laid.projects.insert(package.id.name.as_str().into());
        folders.insert(*project, folder);
    }
    add_dependencies(lockfile, &folders, &mut laid.map);
    laid
}

/// What every package and project sees by the edges of the lockfile.
fn add_dependencies(lockfile: &Lockfile, folders: &Folders, map: &mut PackageMap) {
    let mut targets: BTreeMap<PackageIndex, Vec<(&str, &PathBuf)>> = BTreeMap::new();
    for edge in &lockfile.edges {
        if let Some(folder) = folders.get(&edge.to) {
            let name = lockfile.packages[edge.to].id.name.as_str();
            targets.entry(edge.from).or_default().push((name, folder));
        }
    }
    for (package, folder) in folders {
        let targets = targets.get(package).map(Vec::as_slice).unwrap_or_default();
        let manifest = Manifest::read(&folder.join(MANIFEST));
        let asked: Vec<(&str, &str)> = manifest.iter().flat_map(Manifest::dependencies).collect();
        map.add(folder);
        for (name, target) in named(&asked, targets) {
            map.add_fallback(&name, target.clone());
            map.add(folder).entry(name).or_default().insert(target.clone());
        }
    }
}

/// The names under which a package sees what it depends on. `asked` is what its manifest asks for, under the
/// names that its code uses; `targets` have the names of the registry.
///
/// A target has its own name, unless it is only asked for by an alias. A name for which no target is called
/// is an alias, or something is put in its place: it stands for what its text names, and else for all targets
/// that are called like nothing that is asked for.
fn named<'target>(
    asked: &[(&str, &str)],
    targets: &[(&str, &'target PathBuf)],
) -> Vec<(SmolStr, &'target PathBuf)> {
    let own: BTreeSet<&str> = asked.iter().map(|(name, _)| *name).collect();
    let called = |wanted: &str| -> Vec<&'target PathBuf> {
        targets.iter().filter(|(name, _)| *name == wanted).map(|(_, folder)| *folder).collect()
    };
    let aliased: BTreeSet<&str> = asked.iter().filter_map(|(_, range)| real_name(range)).collect();
    let by_own_name =
        targets.iter().filter(|(name, _)| own.contains(name) || !aliased.contains(name));
    let mut found: Vec<(SmolStr, &PathBuf)> =
        by_own_name.map(|(name, folder)| ((*name).into(), *folder)).collect();
    for (name, range) in asked {
        let before = found.len();
        if let Some(real) = real_name(range) {
            found.extend(called(real).into_iter().map(|folder| ((*name).into(), folder)));
        }
        if found.len() == before && called(name).is_empty() {
            let others = targets.iter().filter(|(target, _)| !own.contains(target));
            found.extend(others.map(|(_, folder)| ((*name).into(), *folder)));
        }
    }
    found
}

/// The package that an alias stands for: `npm:@scope/name@^1` (npm documentation, "package-spec",
/// "Aliases").
fn real_name(range: &str) -> Option<&str> {
    let target = range.strip_prefix("npm:")?;
    let end = target.rfind('@').filter(|at| *at > 0).unwrap_or(target.len());
    Some(&target[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_uses_the_names_of_its_manifest() {
        let folders: Vec<PathBuf> = ["/0", "/1", "/2"].map(PathBuf::from).to_vec();
        let targets = [("glim", &folders[0]), ("lefty", &folders[1]), ("@s/rust", &folders[2])];
        for (asked, name, expected) in [
            (&[("glim", "^1")][..], "glim", &["/0"][..]),
            (&[("glim", "^1")], "lefty", &["/1"]),
            (&[("called", "npm:lefty@^1"), ("glim", "^1")], "called", &["/1"]),
            (&[("called", "npm:lefty@^1"), ("glim", "^1")], "lefty", &[]),
            (&[("called", "npm:lefty@^1"), ("lefty", "^1")], "lefty", &["/1"]),
            (&[("called", "npm:@s/rust@^1")], "called", &["/2"]),
            (&[("called", "npm:@s/rust")], "called", &["/2"]),
            (&[("glim", "npm:lefty@1")], "glim", &["/0", "/1"]),
            (&[("replaced", "^1"), ("glim", "^1"), ("lefty", "^1")], "replaced", &["/2"]),
            (&[("replaced", "^1")], "replaced", &["/0", "/1", "/2"]),
        ] {
            let found = named(asked, &targets);
            let mut found: Vec<&PathBuf> =
                found.iter().filter(|(of, _)| of == name).map(|(_, folder)| *folder).collect();
            found.sort();
            let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
            assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{asked:?} {name}");
        }
    }
}
