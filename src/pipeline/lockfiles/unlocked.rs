//! Projects that no lockfile locks: what they ask for is not clean because nobody looked at it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::ReadLockfiles;
use super::on_disk::{CargoTomls, OnDisk, is_named_by_gitignore};
use super::search::{Seen, Survey, place_of};
use crate::lockfile::project::{Answering, Locks, Projects, Standing, Unlocked};
use crate::lockfile::tool::CARGO_LOCK;
use crate::lockfile::{FORMATS, LockfileFormat, file};
use crate::outcome::LeftOut;
use crate::package::Ecosystem;
use crate::policy::Policy;
use crate::problem::{Gap, GapCode};
use crate::settings::shown;
use crate::words::{and_more, plural};

/// So many files are named in one sentence.
const NAMED: usize = 20;

/// So many projects for which the same is typed are told one by one; of more all are told at once.
const MOST_ALONE: usize = 5;

/// So many groups of projects are told one by one, and so many projects are named at once.
const MOST_GAPS: usize = 100;

/// Which lockfiles there are, and where.
pub(super) struct Judge<'run> {
    pub(super) survey: &'run Survey,
    /// Where the lockfiles lie that were read.
    pub(super) checked: BTreeSet<PathBuf>,
    /// Lockfiles that are known and not read.
    pub(super) unread: &'run BTreeSet<PathBuf>,
    /// Lockfiles that cannot be read.
    pub(super) unreadable: &'run [PathBuf],
    /// What was read around lockfiles.
    pub(super) cargo_tomls: &'run CargoTomls,
    pub(super) policy: &'run Policy,
    /// The folder that patterns in it count from.
    pub(super) policy_folder: &'run Path,
}

/// What is done about a project that no lockfile locks.
enum Mend {
    /// Something is typed in its folder.
    Type(Typed),
    /// In words.
    Other(String),
}

/// What is typed in the folder of a project, and done with what that writes.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Typed {
    command: &'static str,
    add: String,
    is_stale: bool,
}

/// Projects with one lockfile, which is not there.
type Groups<'run> = BTreeMap<Unlocked, Vec<&'run Seen>>;

impl Judge<'_> {
    /// Says which projects no lockfile locks, and which of what git keeps is not in the work tree.
    pub(super) fn judge(&self, read: &mut ReadLockfiles) {
        let on_disk = OnDisk::new(self.survey, self.cargo_tomls);
        let manifests: BTreeSet<PathBuf> = self.survey.manifests.keys().cloned().collect();
        let mut unlocked: Groups<'_> = BTreeMap::new();
        let mut absent: Vec<&Seen> =
            self.survey.missing.values().filter(|seen| !seen.is_excluded).collect();
        let mut left_out: Vec<&Seen> = Vec::new();
        let mut libraries: Vec<&Seen> = Vec::new();
        {
            let locks = self.locks(read);
            let projects = Projects::new(&locks, &on_disk, &manifests);
            for (place, seen) in &self.survey.manifests {
                match projects.standing(place) {
                    Some(Standing::Unlocked(_)) if seen.is_excluded => left_out.push(seen),
                    Some(Standing::Unlocked(_)) if seen.missing.is_some() => absent.push(seen),
                    Some(Standing::Unlocked(project)) => {
                        unlocked.entry(project).or_default().push(seen);
                    }
                    Some(_) | None => {}
                }
            }
            if !self.policy.unlocked_libraries_are_gaps {
                unlocked.retain(|project, members| {
                    let is_meant = self.is_ignored_by_cargo(project)
                        && projects.are_libraries(&folders(members));
                    if is_meant {
                        libraries.append(members);
                    }
                    !is_meant
                });
            }
        }
        read.gaps.extend(self.absent_gap(&absent));
        read.gaps.extend(self.submodule_gap());
        read.gaps.extend(self.silent_gap());
        read.gaps.extend(self.gaps(&unlocked));
        read.remarks.extend(excluded_remark(&left_out));
        read.remarks.extend(library_remark(&libraries));
        let excluded = self.survey.excluded.values().map(|path| (path, true));
        let projects = left_out.iter().map(|seen| (&seen.path, true));
        let libraries = libraries.iter().map(|seen| (&seen.path, false));
        read.unsearched.left_out = excluded
            .chain(projects)
            .chain(libraries)
            .map(|(path, is_excluded)| LeftOut {
                file: shown(path),
                path: path.clone(),
                is_excluded,
            })
            .collect();
    }

    fn locks<'read>(&self, read: &'read ReadLockfiles) -> Locks<'read> {
        let folder_of = |path: &Path| Some(place_of(path)?.parent()?.to_owned());
        let answering = |place: &Path| {
            let folder = place.parent()?.to_owned();
            Some(Answering { folder, ecosystem: ecosystem_of_lockfile(place) })
        };
        let place = |path: &PathBuf| place_of(path);
        let unread = self.unread.iter().chain(self.unreadable).filter_map(place);
        let told = unread
            .chain(self.survey.hidden.iter().cloned())
            .chain(self.survey.missing.keys().cloned());
        Locks {
            read: read
                .lockfiles
                .iter()
                .filter_map(|read| Some((folder_of(&read.path)?, &read.lockfile)))
                .collect(),
            told: told.filter_map(|place| answering(&place)).collect(),
            left_out: self.survey.excluded.keys().filter_map(|place| answering(place)).collect(),
        }
    }

    fn absent_gap(&self, absent: &[&Seen]) -> Option<Gap> {
        let files: Vec<String> = absent.iter().map(|seen| shown(&seen.path)).collect();
        let is_sparse = |seen: &&Seen| seen.missing.as_ref().is_some_and(|file| file.is_sparse);
        let mend = if absent.iter().any(is_sparse) {
            "`git sparse-checkout disable` brings back what is left out".to_owned()
        } else {
            format!(
                "`git restore {}` brings back the first; or commit that it is gone",
                files.first()?
            )
        };
        let one = files.len() == 1;
        Some(Gap::new(
            GapCode::NotCheckedOut,
            format!(
                "{} {} kept by git and not in the work tree, so what {} was not checked",
                named(&files),
                if one { "is" } else { "are" },
                if one { "it locks or asks for" } else { "they lock or ask for" },
            ),
            format!(
                "{mend}, or leave it out with {} in the policy",
                self.exclude(&absent.first()?.path)
            ),
        ))
    }

    fn submodule_gap(&self) -> Option<Gap> {
        let submodules = &self.survey.submodules;
        let files: Vec<String> = submodules.iter().map(|path| shown(path)).collect();
        let first = submodules.first()?;
        Some(Gap::new(
            GapCode::NotCheckedOut,
            format!(
                "{} not checked out, so what may be locked there was not checked: {}",
                plural(files.len(), "a submodule is", "submodules are"),
                named(&files)
            ),
            format!(
                "type `git submodule update --init --recursive`, or leave it out with {} in the policy",
                self.exclude(&first.join(""))
            ),
        ))
    }

    fn silent_gap(&self) -> Option<Gap> {
        let folder = self.survey.silent.as_ref()?;
        Some(Gap::new(
            GapCode::NotCheckedOut,
            format!(
                "{} is a sparse checkout, and git does not say what is left out of it",
                folder_name(folder)
            ),
            "let git answer in this folder, or check out everything: `git sparse-checkout disable`",
        ))
    }

    fn gaps(&self, unlocked: &Groups<'_>) -> Vec<Gap> {
        let mut alike: BTreeMap<Typed, Vec<&Unlocked>> = BTreeMap::new();
        for project in unlocked.keys() {
            if let Mend::Type(typed) = self.mend(project) {
                alike.entry(typed).or_default().push(project);
            }
        }
        alike.retain(|typed, projects| !typed.is_stale && projects.len() > MOST_ALONE);
        let at_once: BTreeSet<&Unlocked> = alike.values().flatten().copied().collect();
        let mut alone = unlocked.iter().filter(|(project, _)| !at_once.contains(project));
        let mut gaps: Vec<Gap> = alone
            .by_ref()
            .take(MOST_GAPS)
            .map(|(project, members)| self.gap(project, members))
            .collect();
        gaps.extend(
            alike.iter().map(|(typed, projects)| self.gap_of_many(typed, projects, unlocked)),
        );
        let more = alone.count();
        if more > 0 {
            gaps.push(Gap::new(
                GapCode::LockfileMissing,
                format!("{more} more projects have no lockfile"),
                "write their lockfiles, or leave them out with `[lockfiles] exclude` in the policy",
            ));
        }
        gaps
    }

    fn gap(&self, project: &Unlocked, members: &[&Seen]) -> Gap {
        let root = &project.root;
        let files: Vec<String> = members.iter().map(|seen| shown(&seen.path)).collect();
        let asks = plural(files.len(), "asks", "ask");
        let why = if project.is_stale {
            format!("the lockfile in {} does not lock", folder_name(root))
        } else {
            "no lockfile locks".to_owned()
        };
        let message =
            format!("{} {asks} for packages that {why}, so they were not checked", named(&files));
        let mend = match self.mend(project) {
            Mend::Other(mend) => mend,
            Mend::Type(Typed { command, add, .. }) => {
                format!("type `{command}` in {} and {add}", folder_name(root))
            }
        };
        let pattern = self.exclude(&left_out_with(project, members));
        let help = format!("{mend}, or leave it out with {pattern} in the policy");
        Gap::new(GapCode::LockfileMissing, message, help)
    }

    /// Many projects for which the same is typed.
    fn gap_of_many(&self, typed: &Typed, projects: &[&Unlocked], unlocked: &Groups<'_>) -> Gap {
        let named: Vec<&Path> =
            projects.iter().take(MOST_GAPS).map(|project| project.root.as_path()).collect();
        let folders: Vec<String> = named.iter().map(|root| folder_name(root)).collect();
        let members = projects.iter().take(MOST_GAPS).filter_map(|project| {
            Some(self.pattern(&left_out_with(project, unlocked.get(*project)?)))
        });
        let patterns: Vec<String> = members.flatten().collect();
        let more = and_more(projects.len() - named.len());
        let message = format!(
            "{} projects ask for packages that no lockfile locks, so they were not checked: {}{more}",
            projects.len(),
            folders.join(", ")
        );
        let help = format!(
            "type `{}` in each of these folders and {}, or leave them out with `[lockfiles] exclude = \
             [{}]` in the policy",
            typed.command,
            typed.add,
            patterns.join(", ")
        );
        Gap::new(GapCode::LockfileMissing, message, help)
    }

    /// What to type, and where.
    fn mend(&self, project: &Unlocked) -> Mend {
        let Unlocked { root, tool, is_stale } = project;
        let ignored = names_of(tool.ecosystem)
            .map(|name| root.join(name))
            .find_map(|place| self.survey.ignored.get(&place));
        if let Some(ignored) = ignored {
            let file = shown(ignored);
            return Mend::Other(format!(
                "`.gitignore` names {file}: type `git add --force {file}`, so that it counts"
            ));
        }
        if !is_stale && let Some(lockfile) = self.beyond(root, tool.ecosystem) {
            let folder = folder_name(lockfile.parent().unwrap_or(root));
            return Mend::Other(format!(
                "{} lies outside of what was checked: check {folder}",
                shown(&lockfile)
            ));
        }
        let commands = &tool.commands;
        let is_manifest_above =
            |above: &Path| self.survey.manifests.contains_key(&above.join(tool.manifest));
        let apart = tool.lock_apart.filter(|_| root.ancestors().skip(1).any(is_manifest_above));
        let command =
            if *is_stale { commands.add_projects } else { apart.unwrap_or(commands.lock) };
        let add = if self.is_ignored_by_cargo(project) {
            format!("`git add --force {CARGO_LOCK}`")
        } else {
            "commit the lockfile".to_owned()
        };
        Mend::Type(Typed { command, add, is_stale: *is_stale })
    }

    /// Whether git leaves the lockfile out that Cargo would write, as people do with libraries.
    fn is_ignored_by_cargo(&self, project: &Unlocked) -> bool {
        project.tool.ecosystem == Ecosystem::Cargo
            && is_named_by_gitignore(&project.root.join(CARGO_LOCK), &self.survey.starts)
    }

    /// A lockfile in the folder of the project or above, which was not a part of what was checked.
    fn beyond(&self, root: &Path, ecosystem: Ecosystem) -> Option<PathBuf> {
        let ends = |folder: &&Path| folder.join(".git").exists();
        let mut above: Vec<&Path> = root.ancestors().take_while(|folder| !ends(folder)).collect();
        above.extend(root.ancestors().find(ends));
        let is_counted = |place: &PathBuf| {
            self.survey.excluded.contains_key(place) || self.checked.contains(place)
        };
        let lockfiles = above
            .into_iter()
            .flat_map(|folder| names_of(ecosystem).map(move |name| folder.join(name)));
        lockfiles.filter(|place| !is_counted(place)).find(|place| place.is_file())
    }

    /// What leaves a file or a folder out, as it would stand in the policy.
    fn exclude(&self, path: &Path) -> String {
        let pattern = self.pattern(path).map(|pattern| format!(" = [{pattern}]"));
        format!("`[lockfiles] exclude{}`", pattern.unwrap_or_default())
    }

    /// The pattern of a file or a folder, in quotes.
    fn pattern(&self, path: &Path) -> Option<String> {
        let is_folder = path.as_os_str().to_string_lossy().ends_with('/');
        let folder = self.policy_folder.canonicalize().ok();
        let place = if is_folder {
            path.canonicalize().ok().or_else(|| place_of(path))
        } else {
            place_of(path)
        };
        let inside = place.zip(folder).and_then(|(place, folder)| {
            Some(place.strip_prefix(folder).ok()?.to_string_lossy().replace('\\', "/"))
        });
        let inside = inside.filter(|inside| !inside.is_empty())?;
        let mut pattern = String::from("/");
        for character in inside.chars() {
            if "[]*?\\".contains(character) {
                pattern.push('\\');
            }
            pattern.push(character);
        }
        if is_folder {
            pattern.push('/');
        }
        let quote = if pattern.contains('\\') { '\'' } else { '"' };
        Some(format!("{quote}{pattern}{quote}"))
    }
}

/// The file or the folder that is left out with a project.
fn left_out_with(project: &Unlocked, members: &[&Seen]) -> PathBuf {
    match members {
        [one] => one.path.clone(),
        _ => project.root.join(""),
    }
}

fn folders<'seen>(members: &[&'seen Seen]) -> Vec<PathBuf> {
    let places = members.iter().filter_map(|seen: &&'seen Seen| place_of(&seen.path));
    places.filter_map(|place| place.parent().map(Path::to_owned)).collect()
}

fn names_of(ecosystem: Ecosystem) -> impl Iterator<Item = &'static str> {
    let formats = FORMATS.iter().filter(move |format| format.ecosystem() == ecosystem);
    formats.flat_map(|format| format.file_names().iter().copied())
}

/// What people call a folder in a sentence.
fn folder_name(folder: &Path) -> String {
    match shown(folder).as_str() {
        "" | "." => "this folder".to_owned(),
        name => name.to_owned(),
    }
}

/// `a, b and 3 more`
fn named(files: &[String]) -> String {
    let more = files.len().saturating_sub(NAMED);
    format!("{}{}", files[..files.len() - more].join(", "), and_more(more))
}

fn excluded_remark(left_out: &[&Seen]) -> Option<String> {
    let files: Vec<String> = left_out.iter().map(|seen| shown(&seen.path)).collect();
    (!files.is_empty()).then(|| {
        format!(
            "without a lockfile, and left out by `[lockfiles] exclude` of the policy: {}",
            named(&files)
        )
    })
}

fn library_remark(libraries: &[&Seen]) -> Option<String> {
    let files: Vec<String> = libraries.iter().map(|seen| shown(&seen.path)).collect();
    (!files.is_empty()).then(|| {
        format!(
            "not checked, a library whose {CARGO_LOCK} .gitignore names: {}; `[lockfiles] libraries = \
             \"gap\"` in the policy closes the gate",
            named(&files)
        )
    })
}

fn ecosystem_of_lockfile(path: &Path) -> Ecosystem {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    // All that are known and not read are of npm's world.
    file::format_of_name(&name).map_or(Ecosystem::Npm, LockfileFormat::ecosystem)
}
