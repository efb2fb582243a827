//! What the modules of installed packages load, kept between runs.
//!
//! What is kept of a module depends on nothing but the name and the content of its file, so both are its key:
//! whatever is changed on disk is read again. Modules of the repository are never kept. The folder may be
//! removed at any time; a file in it that is not whole, or that another build of this program wrote, counts
//! for nothing. Nothing here can fail: without the cache everything is only read again.

mod bound;
mod stored;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use sha2::{Digest, Sha256};

use self::stored::{Key, Modules};
use super::folders::MODULES;
use crate::installed::InstalledPackage;
use crate::javascript::{self, Module, Texts};
use crate::lockfile::discovery::may_be_brought;
use crate::parallel::in_parallel;

/// The most bytes that the files in the folder hold together.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What is known of the modules of installed packages.
#[derive(Debug)]
pub(super) struct ModuleCache {
    /// `None` where nothing may be kept.
    folder: Option<PathBuf>,
    most_bytes: u64,
    /// By their positions in [`Installed::packages`](crate::installed::Installed::packages).
    packages: Vec<KeptPackage>,
}

/// The modules of a package.
#[derive(Debug)]
struct KeptPackage {
    /// What the package is called; `None` if its modules are not kept.
    name: Option<String>,
    /// What other runs have kept, once it is asked for.
    kept: OnceLock<Modules>,
    /// What this run has read.
    added: Mutex<Modules>,
}

impl KeptPackage {
    fn new(package: &InstalledPackage) -> Self {
        let is_installed = package.folder.components().any(|part| part.as_os_str() == MODULES);
        let name = is_installed.then(|| package.id.to_string());
        Self { name, kept: OnceLock::new(), added: Mutex::default() }
    }
}

impl ModuleCache {
    /// The cache in a folder, for a run that looks at a lockfile in `root`. A folder in the repository that is
    /// looked at, or in any other, is not used: a change could bring what is in it.
    pub(super) fn new(folder: Option<&Path>, root: &Path, packages: &[InstalledPackage]) -> Self {
        let folder = folder.filter(|folder| !may_be_brought(folder, root)).map(Path::to_owned);
        let packages = packages.iter().map(KeptPackage::new).collect();
        Self { folder, most_bytes: MOST_BYTES, packages }
    }

    /// What a module of a package loads, by the path, the content and the text of its file.
    pub(super) fn read(&self, package: usize, path: &Path, bytes: &[u8], text: &str) -> Module {
        // The folder decides nothing, so it must not be seen.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let read = || javascript::read(&name, text, Texts::OfPrograms);
        let package = &self.packages[package];
        let Some((folder, id)) = self.folder.as_deref().zip(package.name.as_deref()) else {
            return read();
        };
        let key = key(&name, bytes);
        let kept = package.kept.get_or_init(|| stored::read(folder, id).unwrap_or_default());
        if let Some(module) = kept.get(&key) {
            return module.clone();
        }
        let module = read();
        let mut added = package.added.lock().unwrap_or_else(PoisonError::into_inner);
        added.insert(key, module.clone());
        module
    }

    /// Keeps what this run has read, and removes the oldest files where all together are too large. What cannot be
    /// written is read again next time.
    pub(super) fn save(&mut self) {
        let Some(folder) = &self.folder else { return };
        let packages = self.packages.drain(..).filter_map(|package| {
            let added = package.added.into_inner().unwrap_or_else(PoisonError::into_inner);
            let mut modules = package.kept.into_inner()?;
            let is_new = !added.is_empty();
            modules.extend(added);
            is_new.then_some((package.name?, modules))
        });
        let packages: Vec<(String, Modules)> = packages.collect();
        if packages.is_empty() || fs::create_dir_all(folder).is_err() {
            return;
        }
        in_parallel(&packages, |(id, modules)| stored::write(folder, id, modules));
        bound::remove_oldest(folder, self.most_bytes);
    }
}

fn key(name: &str, bytes: &[u8]) -> Key {
    let mut hasher = Sha256::new();
    hasher.update(name.len().to_le_bytes());
    hasher.update(name);
    hasher.update(bytes);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests;
