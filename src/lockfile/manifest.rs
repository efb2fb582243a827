//! The manifests beside a lockfile: `Cargo.toml` and `package.json`.
//!
//! A lockfile format asks for them by path; where they lie is not its business.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::cargo_toml::NamedCargoToml;
use crate::disk;
use crate::problem::SourceText;

/// The largest manifest that is read, in bytes.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The files around a lockfile. Paths are relative to its folder and use `/`.
pub trait ManifestFiles {
    /// The text of a file, or `None` if it is not there or cannot be read.
    fn read(&self, path: &str) -> Option<Arc<SourceText>>;

    /// A Cargo.toml, or `None` if it is not there, cannot be read or is not TOML.
    fn cargo_toml(&self, path: &str) -> Option<NamedCargoToml> {
        NamedCargoToml::read(&*self.read(path)?)
    }

    /// The paths that match a glob, sorted.
    fn expand(&self, pattern: &str) -> Vec<String>;
}

/// The files around a lockfile on disk.
#[derive(Debug)]
pub struct FolderOnDisk {
    folder: PathBuf,
    shown: String,
}

impl FolderOnDisk {
    /// The folder of the lockfile at `path`, which is shown as `shown`.
    pub fn of_lockfile(path: &Path, shown: &str) -> Self {
        // What a glob finds is told without `.` in front, so the folder has to be, too.
        let folder = path
            .parent()
            .unwrap_or(Path::new(""))
            .components()
            .filter(|component| *component != Component::CurDir)
            .collect();
        let shown =
            shown.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        Self { folder, shown }
    }

    /// What people call a file.
    pub fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.shown)
    }
}

impl ManifestFiles for FolderOnDisk {
    fn read(&self, path: &str) -> Option<Arc<SourceText>> {
        let text = disk::read_text(&self.folder.join(path), MAX_BYTES).ok()?;
        Some(Arc::new(SourceText::new(self.shown(path), text)))
    }

    fn expand(&self, pattern: &str) -> Vec<String> {
        let escaped = glob::Pattern::escape(&self.folder.to_string_lossy());
        let full = Path::new(&escaped).join(pattern);
        let Ok(found) = glob::glob(&full.to_string_lossy()) else {
            return Vec::new();
        };
        found
            .filter_map(Result::ok)
            .filter_map(|path| {
                let relative = path.strip_prefix(&self.folder).ok()?;
                Some(relative.to_string_lossy().replace('\\', "/"))
            })
            .collect()
    }
}
