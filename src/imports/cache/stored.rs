//! A file for each package: the digest of what follows, and the build of this program, the package, and its
//! modules as `postcard` writes them.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use twox_hash::xxhash3_128::Hasher;

use crate::disk;
use crate::javascript::Module;

/// The name and the content of a module's file: their SHA-256.
pub(super) type Key = [u8; 32];

pub(super) type Modules = BTreeMap<Key, Module>;

/// The sources of this program: others may read a module in another way.
const BUILD: &str = env!("LOCKGATE_SOURCES");

/// A larger file is neither written nor read.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The modules of a package, if a run of this build has kept them and the file is whole.
pub(super) fn read(folder: &Path, package: &str) -> Option<Modules> {
    let bytes = disk::read(&path_of(folder, package), LARGEST).ok()?;
    decode(&bytes, package)
}

/// Puts the file of a package in its place. One that cannot be written is not there, or the old one.
pub(super) fn write(folder: &Path, package: &str, modules: &Modules) {
    let bytes = encode(package, modules).filter(|bytes| bytes.len() as u64 <= LARGEST);
    if let Some(bytes) = bytes {
        let _ = disk::replace(&path_of(folder, package), |file| file.write_all(&bytes));
    }
}

/// Where the file of a package lies. Builds beside each other have files of their own.
pub(super) fn path_of(folder: &Path, package: &str) -> PathBuf {
    let name = Hasher::oneshot(format!("{BUILD} {package}").as_bytes());
    folder.join(format!("{name:032x}"))
}

fn encode(package: &str, modules: &Modules) -> Option<Vec<u8>> {
    let content = postcard::to_stdvec(&(BUILD, package, modules)).ok()?;
    let mut bytes = Hasher::oneshot(&content).to_le_bytes().to_vec();
    bytes.extend(content);
    Some(bytes)
}

fn decode(bytes: &[u8], package: &str) -> Option<Modules> {
    let (digest, content) = bytes.split_first_chunk()?;
    if u128::from_le_bytes(*digest) != Hasher::oneshot(content) {
        return None;
    }
    let (build, of, modules): (&str, &str, Modules) = postcard::from_bytes(content).ok()?;
    (build == BUILD && of == package).then_some(modules)
}
