//! Which files may hold commands that ship.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::UnclearFlags;
use crate::problem::{Location, SourceText};

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// How deep folders are looked into.
const DEEPEST: usize = 6;

/// A repository with more files and folders than this is not looked through.
const MOST_ENTRIES: usize = 200_000;

/// Folders in which every file counts.
const FOLDERS: &[&str] = &[
    ".github",
    ".gitea",
    ".forgejo",
    ".gitlab",
    ".woodpecker",
    ".circleci",
    ".buildkite",
    ".azure-pipelines",
    ".devcontainer",
    ".ci",
    "ci",
    "containers",
    "debian",
    "deploy",
    "docker",
    "infra",
    "nix",
    "packaging",
    "release",
    "script",
    "scripts",
    "tools",
];

/// Folders that hold what others wrote or programs made.
const SKIPPED: &[&str] = &[".git", "node_modules", "target", "vendor"];

/// What the names of folders hold in which Rust programs start Cargo (cargo-xtask, by convention).
const XTASK: &str = "xtask";

/// How the names of files begin that count wherever they lie.
const BEGINNINGS: &[&str] =
    &["Dockerfile", "Containerfile", "Makefile", "makefile", "GNUmakefile", "Jenkinsfile"];

/// How their names end.
const ENDINGS: &[&str] =
    &[".sh", ".bash", ".mk", ".just", ".dockerfile", ".ps1", ".bat", ".cmd", ".nix", ".spec"];

/// Their names.
const NAMES: &[&str] = &[
    "justfile",
    "Justfile",
    ".justfile",
    ".gitlab-ci.yml",
    ".gitlab-ci.yaml",
    ".travis.yml",
    ".cirrus.yml",
    ".drone.yml",
    ".woodpecker.yml",
    ".appveyor.yml",
    "appveyor.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "buildspec.yml",
    "cloudbuild.yaml",
    "compose.yml",
    "compose.yaml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "docker-bake.hcl",
    "action.yml",
    "action.yaml",
    ".goreleaser.yml",
    ".goreleaser.yaml",
    "dist-workspace.toml",
    "dist.toml",
    "Cross.toml",
    "Trunk.toml",
    "Dioxus.toml",
    "mise.toml",
    ".mise.toml",
    "netlify.toml",
    "pyproject.toml",
    "release-plz.toml",
    ".release-plz.toml",
    "package.json",
    ".env",
    ".envrc",
    "tauri.conf.json",
    "vercel.json",
    "Taskfile.yml",
    "Taskfile.yaml",
    "Procfile",
    "Rakefile",
    "noxfile.py",
    "setup.py",
    "build.py",
    "CMakeLists.txt",
    "meson.build",
    "Earthfile",
    "PKGBUILD",
    "snapcraft.yaml",
];

/// Where files are looked for.
pub(in crate::cargo_build) struct Places<'run> {
    /// The roots of the repository and of those that it is a part of: their files, and what lies in
    /// folders that are known for commands.
    pub(in crate::cargo_build) roots: Vec<&'run Path>,
    /// The folder of the workspace, which is looked through in full.
    pub(in crate::cargo_build) project: &'run Path,
    /// The folders of members, which may lie elsewhere.
    pub(in crate::cargo_build) members: Vec<&'run Path>,
}

/// Reads the files of some places, each once, in the order of their paths. A file that cannot be read
/// may hold any command.
pub(in crate::cargo_build) fn read(
    places: &Places<'_>,
    shown: &dyn Fn(&Path) -> String,
) -> (Vec<SourceText>, Vec<UnclearFlags>) {
    let mut found = Found::default();
    found.look(places.project, DEEPEST, false);
    for root in &places.roots {
        found.look(root, 1, false);
        for name in FOLDERS {
            found.look(&root.join(name), DEEPEST, true);
        }
    }
    for member in &places.members {
        if !member.starts_with(places.project) {
            found.look(member, DEEPEST, false);
        }
    }
    let manifests = places.members.iter().chain([&places.project]);
    let manifests = manifests.map(|folder| folder.join("Cargo.toml"));
    found.paths.extend(manifests.filter(|path| path.is_file()));
    let mut texts = Vec::new();
    let mut unclear = Vec::new();
    let unclear_at = |path: &Path, reason: &str| UnclearFlags {
        location: Some(Location { file: shown(path), line: 1 }),
        reason: reason.to_owned(),
    };
    if found.entries > MOST_ENTRIES {
        let reason = "there are too many files to look through all of them for commands";
        unclear.push(unclear_at(&places.project.join("Cargo.toml"), reason));
    }
    for path in found.paths {
        if is_large(&path) && !is_known(&path) {
            // Data that lies among scripts.
            continue;
        }
        match text(&path) {
            Some(text) => texts.push(SourceText::new(shown(&path), text)),
            None => {
                unclear.push(unclear_at(&path, "a file that may say what is built cannot be read"));
            }
        }
    }
    (texts, unclear)
}

/// The files that count, so far.
#[derive(Default)]
struct Found {
    paths: BTreeSet<PathBuf>,
    entries: usize,
}

impl Found {
    /// Looks into a folder. Links to folders are not followed: they may go round in circles.
    fn look(&mut self, folder: &Path, depth: usize, counts_all: bool) {
        let is_xtask = folder.to_string_lossy().contains(XTASK);
        for path in entries(folder) {
            self.entries += 1;
            if self.entries > MOST_ENTRIES {
                return;
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_file() {
                let is_code = is_xtask && name.ends_with(".rs");
                // What is written for people gives orders to nobody.
                let is_in_folder = counts_all && !name.ends_with(".md");
                if is_in_folder || is_code || counts(&name) || is_script(&path, &name) {
                    self.paths.insert(path);
                }
            } else if depth > 1 && path.is_dir() && !path.is_symlink() {
                let is_skipped = SKIPPED.contains(&name.as_ref());
                let is_known = || {
                    let mut names = FOLDERS.iter();
                    names.any(|known| path.ends_with(known) || *known == name)
                };
                if !is_skipped {
                    self.look(&path, depth - 1, counts_all || is_known());
                }
            }
        }
    }
}

/// Whether a file may be one of those, wherever the folders lie in which they are looked for. `path` has
/// `/` between its folders.
pub fn may_count(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_in_folder = || folders.split('/').any(|folder| FOLDERS.contains(&folder));
    let is_code = || folders.contains(XTASK) && Path::new(name).extension() == Some("rs".as_ref());
    // What has no extension may be a script.
    let may_be_script = !name.is_empty() && !name.contains('.');
    counts(name) || may_be_script || is_in_folder() || is_code()
}

fn counts(name: &str) -> bool {
    BEGINNINGS
        .iter()
        .any(|beginning| name.starts_with(beginning))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || NAMES.contains(&name)
}

/// Whether a file without an extension begins as programs do (`#!`).
fn is_script(path: &Path, name: &str) -> bool {
    let begins = || {
        let mut first = [0; 2];
        let mut file = fs::File::open(path).ok()?;
        file.read_exact(&mut first).ok()?;
        Some(first == *b"#!")
    };
    !name.contains('.') && begins().unwrap_or(false)
}

/// A folder that is not there has no entries.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

/// Whether a file is larger than any that is read.
fn is_large(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.len() > MAX_BYTES)
}

/// Whether a file is told by its name, wherever it lies.
fn is_known(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| counts(&name.to_string_lossy()))
}

/// What is not UTF-8 in a file still leaves its commands readable.
fn text(path: &Path) -> Option<String> {
    let length = fs::metadata(path).ok()?.len();
    let bytes = (length <= MAX_BYTES)
        .then(|| fs::read(path).ok())
        .flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
