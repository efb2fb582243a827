//! Finding lockfiles and manifests, and what of them counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;

use super::tracked::{self, Kept, Tracked, TrackedFile};
use super::{exclusions, is_matched_place};
use crate::disk;
use crate::lockfile::chosen::{self, Choice};
use crate::lockfile::discovery::{self, Discovery, Extent};
use crate::lockfile::manifest::{FolderOnDisk, ManifestFiles as _};
use crate::lockfile::tool;
use crate::policy::Policy;
use crate::problem::{Gap, Problem};
use crate::settings::shown;

/// What lies below what was named, one path for each lockfile.
#[derive(Debug, Default)]
pub struct Found {
    /// The lockfiles that are read.
    pub lockfiles: BTreeSet<PathBuf>,
    /// Those that lockgate knows and cannot read.
    pub unread: BTreeSet<PathBuf>,
    /// Those of which it is not known whether they count.
    pub gaps: Vec<Gap>,
    /// Folders that cannot be searched.
    pub problems: Vec<Problem>,
    /// What was not read, and what has to be locked.
    pub(super) survey: Survey,
}

/// What there is beside the lockfiles that are read, by places: absolute paths without links.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The folders that were searched.
    pub(super) starts: BTreeSet<PathBuf>,
    /// What projects ask for.
    pub(super) manifests: BTreeMap<PathBuf, Seen>,
    /// Lockfiles that the policy leaves out, and those that a manifest sets aside.
    pub(super) excluded: BTreeMap<PathBuf, PathBuf>,
    /// Lockfiles that `.gitignore` names and git does not keep.
    pub(super) ignored: BTreeMap<PathBuf, PathBuf>,
    /// Lockfiles of which it is said that nobody knows whether they count.
    pub(super) hidden: BTreeSet<PathBuf>,
    /// Lockfiles that git keeps and that are not in the work tree.
    pub(super) missing: BTreeMap<PathBuf, Seen>,
    /// Submodules that are not checked out.
    pub(super) submodules: BTreeSet<PathBuf>,
    /// Why it is not known, or not true, that everything that git keeps was looked at.
    pub(super) doubts: Vec<String>,
    /// A folder of a sparse checkout about which git says nothing.
    pub(super) silent: Option<PathBuf>,
}

/// A file that counts.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The path as it was found.
    pub(super) path: PathBuf,
    /// Whether the policy leaves it out.
    pub(super) is_excluded: bool,
    /// Where git keeps it, if it is not in the work tree.
    pub(super) missing: Option<TrackedFile>,
}

/// Finds every lockfile at or below `paths`.
pub(in crate::pipeline) fn find(
    paths: &[PathBuf],
    policy: &Policy,
    policy_folder: &Path,
    kept: Kept,
    remarks: &mut Vec<String>,
) -> Result<Found, Vec<Problem>> {
    let excluded = exclusions(policy, policy_folder)?;
    let mut all = Found::default();
    let mut problems = Vec::new();
    for path in paths {
        if path.is_file() {
            all.lockfiles.insert(path.clone());
            continue;
        }
        if !path.is_dir() {
            problems.push(
                Problem::in_file(shown(path), "there is no such file or folder")
                    .help("name a folder to search, or a lockfile"),
            );
            continue;
        }
        let extent = match kept {
            Kept::AsGitSays => Extent::WorkTree,
            Kept::Everything => Extent::Commit,
        };
        let (found, tracked) = tracked::ask(path, kept, || discovery::find(path, extent));
        let folder = Folder::new(path, &excluded);
        all.add(&folder, found, tracked, remarks);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    all.lockfiles = without_doubles(all.lockfiles);
    all.unread = without_doubles(all.unread);
    let named: BTreeSet<&PathBuf> = paths.iter().collect();
    all.choose(&named, remarks);
    Ok(all)
}

/// A folder that is searched.
struct Folder<'run> {
    path: &'run Path,
    place: PathBuf,
    excluded: &'run Gitignore,
}

impl<'run> Folder<'run> {
    fn new(path: &'run Path, excluded: &'run Gitignore) -> Self {
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Self { path, place, excluded }
    }

    /// Where a file stands that was found below: no link was followed on the way.
    fn place(&self, path: &Path) -> PathBuf {
        let inside = path.strip_prefix(self.path).unwrap_or(path);
        self.place.join(inside)
    }

    /// By where it stands, and not by where it leads.
    fn is_excluded(&self, path: &Path) -> bool {
        is_matched_place(self.excluded, &self.place(path))
    }

    /// Whether it lies in a folder that is not searched by itself.
    fn is_skipped(&self, path: &Path) -> bool {
        let inside = path.strip_prefix(self.path).unwrap_or(path);
        inside.iter().any(discovery::is_skipped)
    }
}

impl Found {
    /// Adds what was found below a folder, and says what does not count.
    fn add(
        &mut self,
        folder: &Folder<'_>,
        mut found: Discovery,
        tracked: Tracked,
        remarks: &mut Vec<String>,
    ) {
        self.problems.append(&mut found.problems);
        self.survey.starts.insert(folder.place.clone());
        self.survey.note_silence(folder, &tracked);
        if let Some(error) = &tracked.unknown
            && !(found.ignored.is_empty() && found.unsearched.is_empty())
        {
            let ignored = || found.ignored.iter().filter(|path| !folder.is_excluded(path));
            self.gaps.extend(tracked::hidden_gap(error, ignored()));
            self.survey.hidden.extend(ignored().map(|path| folder.place(path)));
        }
        let mut left_out = Vec::new();
        let counted = self.survey.count(folder, &mut found, tracked, &mut left_out);
        let is_kept = |path: &PathBuf| !folder.is_excluded(path);
        let (skipped, ignored): (Vec<_>, Vec<_>) =
            counted.iter().filter(|path| is_kept(path)).partition(|path| folder.is_skipped(path));
        remark(remarks, "checked although .gitignore names it, because git keeps it", ignored);
        remark(remarks, "checked wherever it lies, because git keeps it", skipped);
        for (paths, counts) in
            [(found.lockfiles, &mut self.lockfiles), (found.unread, &mut self.unread)]
        {
            let (kept, excluded): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_kept);
            counts.extend(kept);
            left_out.extend(excluded);
        }
        remark(remarks, "not checked, by `[lockfiles] exclude` of the policy", &left_out);
        remark(remarks, "not checked, ignored by .gitignore", &found.ignored);
        remark(remarks, "not checked, behind a link out of the folder", &found.linked);
        remark(remarks, "too large or closed to say what is ignored in it", &found.unsearched);
        let placed = |path: PathBuf| (folder.place(&path), path);
        self.survey.excluded.extend(left_out.into_iter().map(placed));
        self.survey.ignored.extend(found.ignored.into_iter().map(placed));
    }
}

impl Found {
    /// Sets lockfiles aside that a project is not installed from, as its manifest says. What was `named`
    /// by hand is read all the same.
    fn choose(&mut self, named: &BTreeSet<&PathBuf>, remarks: &mut Vec<String>) {
        let text = |path: &Path| FolderOnDisk::of_lockfile(path, "").read(tool::NPM.manifest);
        let text = |path: &Path| text(path).map(|source| source.text.clone());
        for choice in chosen::choices(&self.lockfiles, &self.unread, text) {
            match choice {
                Choice::Open { named: Some(word), paths } => {
                    let what = format!(
                        "several lockfiles in one folder, so all are checked; package.json names {word}, which has none that is read"
                    );
                    remark(remarks, &what, &paths);
                }
                Choice::Open { named: None, paths } => remark(
                    remarks,
                    "several lockfiles in one folder, so all are checked; `packageManager` in package.json would say which one is installed",
                    &paths,
                ),
                Choice::Named { word, set_aside } => {
                    let aside = set_aside.iter().filter(|path| !named.contains(path));
                    let aside: Vec<&PathBuf> = aside.collect();
                    let what = format!("not checked, package.json says that {word} installs");
                    remark(remarks, &what, aside.iter().copied());
                    for path in aside {
                        self.lockfiles.remove(path);
                        self.unread.remove(path);
                        let place = place_of(path).unwrap_or_else(|| path.clone());
                        self.survey.excluded.insert(place, path.clone());
                    }
                }
            }
        }
    }
}

impl Survey {
    /// Notes what git does not say.
    fn note_silence(&mut self, folder: &Folder<'_>, tracked: &Tracked) {
        if let Some(error) = &tracked.unknown {
            self.doubts.push(format!("git does not say what it keeps: {error}"));
            if tracked::is_sparse_checkout(folder.path) {
                self.silent = Some(folder.path.to_owned());
            }
        } else if tracked.is_outside {
            self.doubts.push("it is no repository, or not known to be one".to_owned());
        }
    }

    /// Counts what git keeps: lockfiles and manifests that the search passed over, and those that are not
    /// in the work tree. The lockfiles that count now are given back, and what the policy leaves out is
    /// added to `left_out`.
    fn count(
        &mut self,
        folder: &Folder<'_>,
        found: &mut Discovery,
        tracked: Tracked,
        left_out: &mut Vec<PathBuf>,
    ) -> Vec<PathBuf> {
        let mut counted = BTreeSet::new();
        for (path, file) in tracked.files {
            if found.knows(&path) {
                continue;
            }
            let is_lockfile = path.file_name().is_some_and(discovery::is_looked_for);
            if path.is_file() {
                let set = if is_lockfile { &mut counted } else { &mut found.manifests };
                set.insert(path);
                continue;
            }
            let is_excluded = folder.is_excluded(&path);
            let place = folder.place(&path);
            if is_lockfile && is_excluded {
                left_out.push(path);
                continue;
            }
            if !is_excluded {
                self.doubts.push(format!("{} is not in the work tree", shown(&path)));
            }
            let seen = Seen { path, is_excluded, missing: Some(file) };
            let list = if is_lockfile { &mut self.missing } else { &mut self.manifests };
            list.insert(place, seen);
        }
        for path in std::mem::take(&mut found.manifests) {
            let is_excluded = folder.is_excluded(&path);
            let place = folder.place(&path);
            self.manifests.insert(place, Seen { path, is_excluded, missing: None });
        }
        let submodules = tracked.submodules.into_iter();
        for path in submodules {
            // A pattern for what lies in it excludes it as well.
            if folder.is_excluded(&path) || folder.is_excluded(&path.join("package-lock.json")) {
                left_out.push(path);
            } else {
                self.doubts.push(format!("the submodule {} is not checked out", shown(&path)));
                self.submodules.insert(path);
            }
        }
        found.count(&counted);
        counted.into_iter().collect()
    }
}

/// One path for each lockfile: `.` and `sub` both lead to `sub/Cargo.lock`, under two names.
///
/// A link to another folder's lockfile is a lockfile of its own: the manifests beside it are others.
fn without_doubles(lockfiles: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let mut seen = BTreeSet::new();
    lockfiles
        .into_iter()
        .filter(|path| seen.insert(place_of(path).unwrap_or_else(|| path.clone())))
        .collect()
}

/// Where a file stands: the folder without links, and its own name even if it is a link.
pub(super) fn place_of(path: &Path) -> Option<PathBuf> {
    Some(disk::folder_of(path).canonicalize().ok()?.join(path.file_name()?))
}

fn remark<'path>(
    remarks: &mut Vec<String>,
    what: &str,
    paths: impl IntoIterator<Item = &'path PathBuf>,
) {
    let shown: Vec<String> = paths.into_iter().map(|path| shown(path)).collect();
    if !shown.is_empty() {
        remarks.push(format!("{what}: {}", shown.join(", ")));
    }
}
