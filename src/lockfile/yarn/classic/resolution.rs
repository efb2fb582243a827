//! From the entries of Yarn 1 to a lockfile: every dependency is looked up as it is asked for.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::YarnClassic;
use super::document::{Dependency, Entry};
use super::origin;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::assembly::Assembly;
use crate::lockfile::node::fit;
use crate::lockfile::node::package_json::PackageJson;
use crate::lockfile::node::projects::{Projects, learn};
use crate::lockfile::tool;
use crate::lockfile::yarn::descriptor::split;
use crate::lockfile::yarn::resolutions::Resolutions;
use crate::lockfile::yarn::{unasked, workspace};
use crate::lockfile::{
    DependencyKind, Lockfile, LockfileError, MissingReason, PackageIndex, PlatformLimitsApply,
};
use crate::problem::{Gap, SourceText};

/// The projects of a workspace, which Yarn 1 does not list.
pub(super) struct Workspace {
    /// Their folders, the root's first.
    pub(super) folders: Vec<String>,
    pub(super) projects: Projects,
}

impl Workspace {
    pub(super) fn read(files: &dyn ManifestFiles) -> Self {
        let folders = workspace::folders(files);
        let projects = Projects::in_folders(folders.iter().map(String::as_str), files);
        Self { folders, projects }
    }

    /// One project, of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self { folders: vec![String::new()], projects: Projects::default() }
    }
}

/// What is locked for what is asked for.
pub(super) struct Answers<'text> {
    /// The packages of entries. Of two entries for one descriptor the last one counts.
    locked: HashMap<&'text str, PackageIndex, RandomState>,
    /// The packages by the names that they are asked for.
    by_name: HashMap<&'text str, PackageIndex, RandomState>,
    /// The projects by their names, with their versions.
    projects: HashMap<&'text str, (&'text str, PackageIndex)>,
    resolutions: Resolutions<'text>,
}

impl<'text> Answers<'text> {
    fn new(entries: &'text [Entry<'_>], first: PackageIndex, workspace: &'text Workspace) -> Self {
        let mut locked = HashMap::default();
        let mut by_name = HashMap::default();
        for (position, entry) in entries.iter().enumerate() {
            for descriptor in &entry.descriptors {
                locked.insert(&*descriptor.text, first + position);
                by_name.insert(split(&descriptor.text).0, first + position);
            }
        }
        let mut projects = HashMap::new();
        for (index, folder) in workspace.folders.iter().enumerate() {
            if let Some(PackageJson { name: Some(name), version, .. }) =
                workspace.projects.manifest(folder)
            {
                projects.insert(name.as_str(), (version.as_deref().unwrap_or_default(), index));
            }
        }
        let resolutions = Resolutions::of(workspace.projects.manifest(""));
        Self { locked, by_name, projects, resolutions }
    }

    /// The package that answers to what a package asks for.
    pub(super) fn of_package(&self, name: &str, range: &str) -> Option<PackageIndex> {
        if let Some(package) = self.locked.get(&*format!("{name}@{range}")) {
            return Some(*package);
        }
        let project = self.projects.get(name);
        let project = project.filter(|(version, _)| workspace::answers(version, range));
        project.map(|(_, project)| *project).or_else(|| self.forced(name))
    }

    /// The package that answers to what a project asks for. The first versions of Yarn locked it by its name
    /// alone.
    pub(super) fn of_project(&self, name: &str, range: &str) -> Option<PackageIndex> {
        self.locked.get(name).copied().or_else(|| self.of_package(name, range))
    }

    /// The same, or else a package of that name: what is installed for a project is not known where the
    /// lockfile does not fit its manifest.
    fn perhaps_of_project(&self, name: &str, range: &str) -> Option<PackageIndex> {
        self.of_project(name, range).or_else(|| self.by_name.get(name).copied())
    }

    /// What `resolutions` put in the place of what is asked for.
    fn forced(&self, name: &str) -> Option<PackageIndex> {
        let mut rules = self.resolutions.of_name(name).iter();
        rules.find_map(|rule| self.locked.get(&*format!("{name}@{}", rule.reference)).copied())
    }
}

/// Puts the lockfile together. The answers are those to what the manifests ask for.
pub(super) fn lockfile<'text>(
    source: &Arc<SourceText>,
    entries: &'text [Entry<'_>],
    workspace: &'text Workspace,
) -> Result<(Lockfile, Answers<'text>), LockfileError> {
    let about = entries.len() + workspace.folders.len();
    let mut assembly = Assembly::new(source, &YarnClassic, about);
    for folder in &workspace.folders {
        let manifest = workspace.projects.manifest(folder);
        let name = manifest.and_then(|manifest| manifest.name.as_deref());
        let version = manifest.and_then(|manifest| manifest.version.as_deref());
        assembly.project(name, version.unwrap_or_default(), folder, workspace::start(&source.text));
    }
    let first = workspace.folders.len();
    for entry in entries {
        let package = assembly.package(origin::of_entry(entry), span(entry))?;
        if let Some(integrity) = &entry.integrity {
            assembly.integrity(package, &integrity.text);
        }
    }
    let answers = Answers::new(entries, first, workspace);
    for (position, entry) in entries.iter().enumerate() {
        for Dependency { name, range, is_optional } in &entry.dependencies {
            let kind = if *is_optional { DependencyKind::Optional } else { DependencyKind::Normal };
            match answers.of_package(&name.text, &range.text) {
                Some(to) => assembly.edge(first + position, to, kind),
                None => assembly.missing(first + position, &*name.text, MissingReason::NotLocked),
            }
        }
    }
    let mut lockfile = assembly.finish();
    lockfile.platform_limits = PlatformLimitsApply::NotRecorded;
    lockfile.omits_peers = true;
    learn(&mut lockfile, &workspace.projects, |asked| {
        // Yarn 1 does not install what a package wants beside it.
        let is_installed = asked.kind != DependencyKind::Peer;
        let range = asked.specifier.filter(|_| is_installed)?;
        answers.perhaps_of_project(asked.name, range)
    });
    unasked::ask(&mut lockfile, &[]);
    Ok((lockfile, answers))
}

/// From the first descriptor that is near enough to the version, to the end of that.
fn span(entry: &Entry<'_>) -> Range<usize> {
    const NEAR: usize = 400;
    let end = entry.version.span.end;
    let mut starts = entry.descriptors.iter().map(|descriptor| descriptor.span.start);
    let near = starts.find(|start| *start < end && end - start < NEAR);
    match (near, entry.descriptors.first()) {
        (Some(start), _) => start..end,
        (None, Some(first)) => first.span.clone(),
        (None, None) => entry.version.span.clone(),
    }
}

/// What `resolutions` put in the place of packages that are locked, and the lockfile has no entry for.
pub(super) fn misfits(
    lockfile: &Lockfile,
    answers: &Answers<'_>,
    workspace: &Workspace,
) -> Vec<Gap> {
    let Some(root) = workspace.projects.manifest("") else {
        return Vec::new();
    };
    let orders = root.resolutions.iter().filter_map(|order| {
        let (name, reference) = (order.pattern.text.trim_start_matches("**/"), &*order.reference);
        let is_locked = answers.locked.contains_key(&*format!("{name}@{reference}"));
        (answers.by_name.contains_key(name) && !is_locked).then_some((order, name, reference))
    });
    let locked = format!("{} locks nothing for that", lockfile.source.path);
    let misfits = orders.map(|(order, name, reference)| {
        fit::misfit(&tool::YARN_CLASSIC, &root.location(&order.pattern), name, reference, &locked)
    });
    misfits.collect()
}
