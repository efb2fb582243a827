//! From the entries of Yarn 2 and later to a lockfile, with what the manifests and the configuration say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::answers::Answers;
use super::configuration::Configuration;
use super::descriptor::{is_of_registry, split};
use super::entries::{Entry, Need};
use super::locator::{Named, named, patched, project};
use super::requirements::{self, Wish};
use super::resolutions::Resolutions;
use super::{extensions, fit, unasked, workspace};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::assembly::Assembly;
use crate::lockfile::node::fit::misfit;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::package_json::{PackageJson, Table};
use crate::lockfile::node::projects::{Projects, learn};
use crate::lockfile::{
    DependencyKind, Dependents, Lockfile, LockfileError, LockfileFormat, MissingReason,
    PackageIndex, PlatformLimitsApply,
};
use crate::problem::{Gap, Location, SourceText};

/// How many copies of a package may all be what is added to another one.
const MOST_COPIES: usize = 32;

/// The beginning of the name that Yarn gives a root without one.
const NAMELESS: &str = "root-workspace";

/// The manifests and the configuration around a lockfile.
#[derive(Default)]
pub(super) struct Surroundings {
    /// The folders of the projects, the root's first.
    folders: Vec<String>,
    projects: Projects,
    /// The folders of the projects, by their names.
    by_name: BTreeMap<String, String>,
    configuration: Configuration,
}

impl Surroundings {
    fn read(entries: &[Entry<'_>], files: &dyn ManifestFiles) -> Self {
        let mut folders = workspace::folders(files);
        let locked = entries.iter().filter_map(|entry| match project(&entry.resolution) {
            // In Yarn 6 this may be no folder but the name once more.
            Some((name, folder))
                if name != folder || PackageJson::read(folder, files).is_some() =>
            {
                Some(plain_folder(folder).into_owned())
            }
            _ => None,
        });
        let mut known: BTreeSet<String> = folders.iter().cloned().collect();
        folders.extend(locked.filter(|folder| known.insert(folder.clone())));
        let projects = Projects::in_folders(folders.iter().map(String::as_str), files);
        let named = projects
            .all()
            .filter_map(|(folder, manifest)| Some((manifest.name.clone()?, folder.to_owned())));
        let by_name = named.collect();
        Self { folders, projects, by_name, configuration: Configuration::read(files) }
    }

    /// The folder of a project that is locked under a name, and at a folder or, in Yarn 6, under that name
    /// again.
    fn folder_of(&self, name: &str, reference: &str) -> String {
        let folder = plain_folder(reference);
        if name != reference || self.projects.manifest(&folder).is_some() {
            return folder.into_owned();
        }
        match self.by_name.get(name) {
            Some(found) => found.clone(),
            None if name.starts_with(NAMELESS) => String::new(),
            None => folder.into_owned(),
        }
    }
}

/// What was read of a lockfile.
pub(super) struct Read<'run> {
    pub(super) source: &'run Arc<SourceText>,
    pub(super) format: &'static dyn LockfileFormat,
    pub(super) entries: &'run [Entry<'run>],
    /// Whether what lies in folders and in archives on this machine has entries.
    pub(super) has_folders: bool,
}

impl Read<'_> {
    /// Whether what is asked for has no entry in any lockfile.
    fn is_never_locked(&self, range: &str) -> bool {
        const FOLDERS: &[&str] = &["link:", "workspace:", "portal:", "file:", "./", "../", "/"];
        !self.has_folders && FOLDERS.iter().any(|start| range.starts_with(start))
    }
}

/// A lockfile and what leads to its packages.
struct Resolved<'text> {
    lockfile: Lockfile,
    answers: Answers<'text>,
    /// The locators of the projects, by their folders.
    by_folder: HashMap<String, &'text str>,
}

impl Resolved<'_> {
    /// What answers to what the project in a folder asks for.
    fn of_project(&self, folder: &str, name: &str, range: &str) -> Option<PackageIndex> {
        let locator = self.by_folder.get(folder).copied().unwrap_or_default();
        self.answers.of_asked(locator, name, range)
    }
}

/// Reads the entries alone.
pub(super) fn parse(read: &Read<'_>) -> Result<Lockfile, LockfileError> {
    resolved(read, &Surroundings::default()).map(|resolved| resolved.lockfile)
}

/// Reads the entries with the manifests around them. Also gives where they do not fit.
pub(super) fn with_manifests(
    read: &Read<'_>,
    files: &dyn ManifestFiles,
) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
    let around = Surroundings::read(read.entries, files);
    let resolved = resolved(read, &around)?;
    let mut gaps = fit::misfits(&resolved.lockfile, &around.projects, |folder, name, range| {
        read.is_never_locked(range) || resolved.of_project(folder, name, range).is_some()
    });
    gaps.extend(gone(read, &around));
    Ok((resolved.lockfile, gaps))
}

/// Projects that are locked for what a registry is asked for as well, and are no workspaces: Yarn asks the
/// registry.
fn gone(read: &Read<'_>, around: &Surroundings) -> Vec<Gap> {
    let Some(root) = around.projects.manifest("") else {
        return Vec::new();
    };
    let gone = read.entries.iter().filter_map(|entry| {
        let (name, reference) = project(&entry.resolution)?;
        let folder = around.folder_of(name, reference);
        let is_there = root.workspaces.is_some() && around.projects.manifest(&folder).is_some();
        if folder.is_empty() || is_there {
            return None;
        }
        let mut asked = entry.descriptors().map(split);
        let (name, range) = asked.find(|(_, range)| is_of_registry(range))?;
        let line = read.source.line_at(entry.span.start);
        let place = Location { file: read.source.path.clone(), line };
        let locked = format!("what is locked is no workspace: {}", folder.escape_debug());
        Some(misfit(read.format.tool(), &place, name, range, &locked))
    });
    gone.collect()
}

pub(super) fn folders_of_projects(read: &Read<'_>, files: &dyn ManifestFiles) -> BTreeSet<String> {
    let around = Surroundings::read(read.entries, files);
    let Ok(resolved) = resolved(read, &around) else {
        return BTreeSet::new();
    };
    let has_all = |folder: &&String| {
        let manifest = around.projects.manifest(folder);
        let asked = manifest.into_iter().flat_map(|manifest| &manifest.dependencies);
        let mut asked = asked.filter(|asked| Table::INSTALLED.contains(&asked.table));
        asked.all(|asked| {
            let range = asked.specifier.as_deref().unwrap_or_default();
            read.is_never_locked(range)
                || resolved.of_project(folder, &asked.name.text, range).is_some()
        })
    };
    around.folders.iter().filter(has_all).cloned().collect()
}

pub(super) fn dependents(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    read: &Read<'_>,
    files: &dyn ManifestFiles,
) -> Dependents {
    let around = Surroundings::read(read.entries, files);
    let Ok(resolved) = resolved(read, &around) else {
        return Dependents::default();
    };
    // Where the manifests are others than it was read with, its packages are others, too.
    if resolved.lockfile.packages.len() != lockfile.packages.len() {
        return Dependents::default();
    }
    let projects: BTreeSet<PackageIndex> = lockfile.roots.iter().copied().collect();
    let is_known = |from: PackageIndex| {
        let folder = lockfile.packages[from].folder.as_deref();
        folder.is_some_and(|folder| around.projects.manifest(folder).is_some())
    };
    let of_entries = read.entries.iter().enumerate().filter(|(from, _)| {
        // A manifest says it in more detail.
        !(projects.contains(from) && is_known(*from))
    });
    let of_entries = of_entries.flat_map(|(from, entry)| {
        entry.needs.iter().map(move |need| (from, &*entry.resolution, need))
    });
    let of_entries = of_entries.filter_map(|(from, locator, need)| {
        let table =
            if need.is_optional { Table::OptionalDependencies } else { Table::Dependencies };
        Some(Wish {
            from,
            to: resolved.answers.of_asked(locator, &need.name, &need.range)?,
            name: &need.name,
            table: table.key(),
            range: &need.range,
            location: Location {
                file: lockfile.source.path.clone(),
                line: lockfile.source.line_at(need.offset),
            },
        })
    });
    let of_manifests =
        requirements::of_manifests(&resolved.lockfile, &around.projects, |folder, name, range| {
            resolved.of_project(folder, name, range)
        });
    let root = around.projects.manifest("");
    requirements::dependents(lockfile, packages, of_manifests.chain(of_entries), root)
}

/// Puts the lockfile together: a package for each entry, and a project for each manifest without one.
fn resolved<'text>(
    read: &Read<'text>,
    around: &'text Surroundings,
) -> Result<Resolved<'text>, LockfileError> {
    let Read { source, format, entries, .. } = *read;
    let mut assembly = Assembly::new(source, format, entries.len() + around.folders.len());
    for entry in entries {
        add(&mut assembly, entry, around)?;
    }
    add_projects(&mut assembly, around, &source.text);
    let mut locators: Vec<&str> = entries.iter().map(|entry| &*entry.resolution).collect();
    locators.resize(assembly.packages().len(), "");
    let mut answers = Answers::of(entries, 0);
    for (index, package) in assembly.packages().iter().enumerate() {
        let folder = package.folder.as_deref();
        let manifest = folder.and_then(|folder| around.projects.manifest(folder));
        if let Some(PackageJson { name: Some(name), version, .. }) = manifest {
            answers.add_project(name, version.as_deref().unwrap_or_default(), index);
        }
    }
    let root = assembly.packages().iter().position(|package| package.folder.as_deref() == Some(""));
    let root = root.map(|root| locators[root]);
    let answers = answers.with_orders(
        Resolutions::of(around.projects.manifest("")),
        &around.configuration,
        root,
    );
    let mut in_unknown_ways = connect(&mut assembly, read, &answers, around);
    let mut lockfile = assembly.finish();
    if let Some(location) = &around.configuration.other_platforms {
        lockfile.platform_limits = PlatformLimitsApply::Never(location.clone());
    }
    learn(&mut lockfile, &around.projects, |asked| {
        // What a project wants beside it whoever depends on it brings.
        let range = asked.specifier.filter(|_| asked.kind != DependencyKind::Peer)?;
        answers.perhaps(locators[asked.project], asked.name, range)
    });
    in_unknown_ways.extend(answers.unasked());
    // Without the configuration nobody knows what it adds to whose dependencies.
    if around.configuration.is_unreadable {
        in_unknown_ways = (0..lockfile.packages.len()).collect();
    }
    unasked::ask(&mut lockfile, &in_unknown_ways);
    let folders = lockfile.packages.iter().enumerate();
    let folders = folders.filter_map(|(index, it)| Some((it.folder.clone()?, locators[index])));
    let by_folder = folders.collect();
    Ok(Resolved { lockfile, answers, by_folder })
}

fn add<'text>(
    assembly: &mut Assembly<'text>,
    entry: &'text Entry<'text>,
    around: &Surroundings,
) -> Result<(), LockfileError> {
    match named(&entry.resolution, &entry.version, &around.configuration.registries) {
        Named::Project(name, reference) => {
            let folder = around.folder_of(name, reference);
            let manifest = around.projects.manifest(&folder);
            let version = manifest.and_then(|manifest| manifest.version.as_deref());
            let name = Some(name).filter(|name| !name.starts_with(NAMELESS));
            assembly.project(name, version.unwrap_or_default(), &folder, entry.span.clone());
        }
        Named::Package(origin) => {
            let package = assembly.package(origin, entry.span.clone())?;
            assembly.package_mut(package).limits.clone_from(&entry.limits);
        }
    }
    Ok(())
}

/// Adds the projects that have no entry: of Yarn 6 they may all be such.
fn add_projects(assembly: &mut Assembly<'_>, around: &Surroundings, text: &str) {
    let mut known: BTreeSet<String> =
        assembly.packages().iter().filter_map(|package| package.folder.clone()).collect();
    let alone = [String::new()];
    let listed = if around.folders.is_empty() { &alone[..] } else { &around.folders };
    for folder in listed.iter().filter(|folder| known.insert((*folder).clone())) {
        let manifest = around.projects.manifest(folder);
        let name = manifest.and_then(|manifest| manifest.name.as_deref());
        let version = manifest.and_then(|manifest| manifest.version.as_deref()).unwrap_or_default();
        assembly.project(name, version, folder, workspace::start(text));
    }
}

/// Adds what every entry depends on. Gives what somebody depends on of whom it is not known.
fn connect(
    assembly: &mut Assembly<'_>,
    read: &Read<'_>,
    answers: &Answers<'_>,
    around: &Surroundings,
) -> Vec<PackageIndex> {
    let mut crowded: BTreeSet<&str> = BTreeSet::new();
    for (from, entry) in read.entries.iter().enumerate() {
        let is_project = assembly.packages()[from].folder.is_some();
        for Need { name, range, is_optional, .. } in &entry.needs {
            let kind = match is_optional {
                // What it is for, the manifest says.
                _ if is_project => DependencyKind::Unknown,
                true => DependencyKind::Optional,
                false => DependencyKind::Normal,
            };
            match answers.of_asked(&entry.resolution, name, range) {
                Some(to) => assembly.edge(from, to, kind),
                None if read.is_never_locked(range) => {}
                None => assembly.missing(from, &**name, MissingReason::NotLocked),
            }
        }
        // Whoever installs a patched package has what was patched.
        if let Some(inner) = patched(&entry.resolution).and_then(|inner| answers.at(&inner)) {
            assembly.edge(from, inner, DependencyKind::Normal);
        }
        let (package, _) = split(&entry.resolution);
        let added = extensions::of(package).iter().copied();
        let added = added.chain(around.configuration.added_to(package));
        for name in added {
            if crowded.contains(name) {
                continue;
            }
            let copies = answers.of_name(name);
            if copies.len() > MOST_COPIES {
                crowded.insert(name);
                continue;
            }
            for to in copies {
                assembly.edge(from, to, DependencyKind::Unknown);
            }
        }
    }
    crowded.into_iter().flat_map(|name| answers.of_name(name)).collect()
}
