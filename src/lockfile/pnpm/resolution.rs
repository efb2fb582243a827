//! From documents to a lockfile.

use std::borrow::Cow;
use std::sync::Arc;

use super::PnpmLock;
use super::document::{Document, Project, needs};
use super::entry::{self, Bundled};
use super::path::Target;
use super::reader::Reader;
use super::single_entries;
use super::version::Layout;
use crate::lockfile::node::assembly::Assembly;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::registries::Registries;
use crate::lockfile::{
    DependencyKind, LockedPackage, Lockfile, LockfileError, MissingReason, PackageIndex,
};
use crate::package::{Ecosystem, PackageId};
use crate::problem::SourceText;
use crate::source::PackageSource;

/// Connects projects and packages.
///
/// # Errors
///
/// An entry does not say which package it is, or what it depends on.
pub(super) fn lockfile<'t>(
    source: &'t Arc<SourceText>,
    registries: &Registries,
    environment: Option<&Document<'t>>,
    projects: &Document<'t>,
) -> Result<Lockfile, LockfileError> {
    let reader = Reader::new(source);
    let about = projects.copies.len() + projects.projects.len();
    let mut assembly = Assembly::new(source, &PnpmLock, about);
    let roots = projects
        .projects
        .iter()
        .map(|project| assembly.project(None, "", &project.folder, project.span.clone()));
    let roots: Vec<PackageIndex> = roots.collect();
    Graph::add(&reader, registries, &mut assembly, projects, &roots)?;
    if let Some(environment) = environment {
        let roots = environment.projects.iter().map(|group| assembly.root(environment_root(group)));
        let roots: Vec<PackageIndex> = roots.collect();
        Graph::add(&reader, registries, &mut assembly, environment, &roots)?;
    }
    Ok(assembly.finish())
}

/// What stands for what runs at each installation: it lies in no folder.
fn environment_root(group: &Project<'_>) -> LockedPackage {
    let id = PackageId {
        ecosystem: Ecosystem::Npm,
        name: group.folder.as_ref().into(),
        version: "".into(),
    };
    LockedPackage {
        id,
        source: PackageSource::Local,
        span: group.span.clone(),
        checksum: None,
        development_flag: None,
        limits: None,
        folder: None,
    }
}

/// One document while it is connected.
struct Graph<'run, 't> {
    document: &'run Document<'t>,
    roots: &'run [PackageIndex],
    /// The package of the first copy; the others follow.
    first: PackageIndex,
}

impl<'t> Graph<'_, 't> {
    fn add(
        reader: &Reader<'t>,
        registries: &Registries,
        assembly: &mut Assembly<'t>,
        document: &Document<'t>,
        roots: &[PackageIndex],
    ) -> Result<(), LockfileError> {
        let graph = Graph { document, roots, first: assembly.packages().len() };
        for copy in &document.copies {
            let origin = entry::origin(reader, registries, document.layout, copy)?;
            let package = assembly.package(origin, copy.span.clone())?;
            let locked = assembly.package_mut(package);
            locked.limits = entry::limits(copy);
            locked.development_flag = entry::development_flag(copy.entry);
            match entry::integrity(copy.package) {
                Some(Cow::Borrowed(integrity)) => assembly.integrity(package, integrity),
                // Nobody could hold it against that of another package.
                Some(Cow::Owned(_)) => {
                    let reason = "its checksum is written with escapes";
                    return Err(reader.refuse(copy.span.clone(), reason));
                }
                None => {}
            }
        }
        for (project, root) in document.projects.iter().zip(roots) {
            for asked in &project.asked {
                let name = asked.name.text();
                let to = document.target(&name, &asked.reference);
                graph.connect(assembly, *root, &project.folder, (&name, to, asked.table.kind()));
            }
        }
        for (position, copy) in document.copies.iter().enumerate() {
            let package = graph.first + position;
            let needs = match document.layout {
                Layout::SingleEntries => single_entries::needs(reader, copy.entry)?,
                _ => needs(reader, copy.entry)?,
            };
            for (name, reference, kind) in needs {
                let name = name.text();
                let to = document.target(&name, &reference);
                graph.connect(assembly, package, "", (&name, to, kind));
            }
            bundle(assembly, package, entry::bundled(copy.package));
        }
        Ok(())
    }

    /// Adds the edge to what a package asks for, or why there is nothing.
    fn connect(
        &self,
        assembly: &mut Assembly<'_>,
        from: PackageIndex,
        folder: &str,
        (name, to, kind): (&str, Target<'_>, DependencyKind),
    ) {
        let found = match &to {
            Target::Entry(key) => self.document.copy(key).map(|copy| self.first + copy),
            Target::Link(path) => {
                let linked = linked_folder(folder, path);
                self.document.project_in(&linked).and_then(|there| self.roots.get(there).copied())
            }
        };
        match (found, to) {
            (Some(found), _) => assembly.edge(from, found, kind),
            (None, Target::Entry(_)) => assembly.missing(from, name, MissingReason::NotLocked),
            (None, Target::Link(path)) => {
                let reason = MissingReason::Outside(linked_folder(folder, &path));
                assembly.missing(from, name, reason);
            }
        }
    }
}

/// The folder to which a link leads that a project in a folder has.
pub(super) fn linked_folder(folder: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    if path.starts_with('/') {
        return path;
    }
    plain_folder(&format!("{folder}/{path}")).trim_start_matches('/').to_owned()
}

fn bundle(assembly: &mut Assembly<'_>, package: PackageIndex, bundled: Bundled) {
    match bundled {
        Bundled::Names(names) => {
            for name in names {
                let in_registry = Some(name.as_str().into());
                assembly.missing(package, name, MissingReason::Bundled(in_registry));
            }
        }
        Bundled::Everything => {
            assembly.missing(package, "whatever its archive bundles", MissingReason::NotLocked);
        }
    }
}
