//! Small trees of files in temporary folders.

mod entries;
mod fetched;
mod fit;
mod layouts;
mod plug_n_play;
mod resolution;
mod settings;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Fetching, Installed, Means, NotInstalled, Resolved};
use crate::lockfile::{DependencyKind, Lockfile, sample};
use crate::package::Ecosystem;

/// Where archives of packages are unpacked.
const UNPACKED: &str = "unpacked";

/// A folder with a project in it.
struct Tree {
    folder: TempDir,
    /// Without links.
    root: PathBuf,
}

impl Tree {
    /// A project with these files, each with its text. `package.json` is there in any case.
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap().join("app");
        let tree = Self { folder, root };
        tree.write("package.json", r#"{ "name": "app", "version": "1.0.0" }"#);
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A package with its manifest, which has only a name and a version, and an `index.js`.
    fn package(&self, folder: &str, package: &str) {
        let (name, version) = package.split_once(' ').unwrap();
        let manifest = format!("{{ \"name\": \"{name}\", \"version\": \"{version}\" }}");
        self.write(&format!("{folder}/package.json"), &manifest);
        self.write(&format!("{folder}/index.js"), "");
    }

    #[cfg(unix)]
    fn link(&self, path: &str, target: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// What is installed for a lockfile with these packages, all of which the project needs.
    fn installed(&self, packages: &[&str]) -> Installed {
        self.read(&lockfile(packages)).unwrap()
    }

    fn read(&self, lockfile: &Lockfile) -> Result<Installed, NotInstalled> {
        self.read_with(lockfile, Fetching::Off)
    }

    fn read_with(
        &self,
        lockfile: &Lockfile,
        fetching: Fetching<'_>,
    ) -> Result<Installed, NotInstalled> {
        let unpacked = self.folder.path().join(UNPACKED);
        Installed::read(lockfile, &self.root, Means { unpacked: Some(&unpacked), fetching })
    }

    /// A path from the folder of the project.
    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    fn resolve(&self, installed: &Installed, from: &str, specifier: &str) -> Resolved {
        installed.resolve(&self.path(from), specifier)
    }

    /// The files that a specifier leads to.
    fn files(&self, installed: &Installed, from: &str, specifier: &str) -> Vec<String> {
        let resolved = self.resolve(installed, from, specifier);
        let mut files: Vec<String> = resolved.files.iter().map(|file| self.shown(file)).collect();
        files.sort();
        files
    }
}

/// A lockfile with these packages, all of which its one project needs.
fn lockfile(packages: &[&str]) -> Lockfile {
    let edges: Vec<_> =
        (1..=packages.len()).map(|package| (0, package, DependencyKind::Normal)).collect();
    lockfile_with(packages, &edges)
}

/// The same with other edges. The project is package 0.
fn lockfile_with(packages: &[&str], edges: &[(usize, usize, DependencyKind)]) -> Lockfile {
    let all: Vec<&str> = ["app 1.0.0"].into_iter().chain(packages.iter().copied()).collect();
    sample::lockfile(Ecosystem::Npm, &all, 1, edges)
}

/// Packages by their folders.
fn folders(tree: &Tree, installed: &Installed, packages: &BTreeSet<usize>) -> Vec<String> {
    let folders = packages.iter().map(|it| tree.shown(&installed.packages()[*it].folder));
    let mut folders: Vec<String> = folders.collect();
    folders.sort();
    folders
}
