//! What projects and packages ask of packages. The lockfile repeats the versions that projects ask for, and
//! only what was chosen for packages.

use super::document::{Document, needs};
use super::path::Target;
use super::projects::Answers;
use super::reader::Reader;
use super::single_entries;
use super::version::Layout;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::package_json::Table;
use crate::lockfile::node::projects::Projects;
use crate::lockfile::{DependencyKind, Dependents, Lockfile, PackageIndex, Requirement};
use crate::problem::Location;

/// What every dependent asks of some packages.
pub(super) fn dependents(
    lockfile: &Lockfile,
    document: &Document<'_>,
    packages: &[PackageIndex],
    files: &dyn ManifestFiles,
) -> Dependents {
    let mut requirements = of_projects(lockfile, document, packages, files);
    requirements.extend(of_packages(lockfile, document, packages));
    Dependents { requirements, overridden: document.overridden.clone(), ..Dependents::default() }
}

fn of_projects(
    lockfile: &Lockfile,
    document: &Document<'_>,
    packages: &[PackageIndex],
    files: &dyn ManifestFiles,
) -> Vec<Requirement> {
    let answers = Answers::of(document);
    let manifests = Projects::read(lockfile, files);
    let mut requirements = Vec::new();
    for (from, project) in document.projects.iter().enumerate() {
        let manifest = manifests.manifest(&project.folder);
        for asked in &project.asked {
            let name = asked.name.text();
            let Some(to) = answers.to(from, &name).filter(|to| packages.contains(to)) else {
                continue;
            };
            let written = manifest.and_then(|manifest| {
                let dependency = manifest.by_name(&[asked.table]).remove(&(asked.table, &*name))?;
                Some((dependency.specifier.clone(), manifest.location(&dependency.name)))
            });
            let (versions, location) = written.unwrap_or_else(|| {
                let specifier = asked.specifier.as_ref().map(ToString::to_string);
                (specifier, line(lockfile, asked.name.span().start))
            });
            requirements.push(Requirement {
                from,
                to,
                key: name.into_owned(),
                table: asked.table.key(),
                versions,
                location,
                is_override: false,
                is_from_alias: false,
            });
        }
    }
    requirements
}

fn of_packages(
    lockfile: &Lockfile,
    document: &Document<'_>,
    packages: &[PackageIndex],
) -> Vec<Requirement> {
    let reader = Reader::new(&lockfile.source);
    let mut requirements = Vec::new();
    for (position, copy) in document.copies.iter().enumerate() {
        let needs = match document.layout {
            Layout::SingleEntries => single_entries::needs(&reader, copy.entry),
            _ => needs(&reader, copy.entry),
        };
        for (name, reference, kind) in needs.unwrap_or_default() {
            let alias = name.text();
            let Target::Entry(key) = document.target(&alias, &reference) else {
                continue;
            };
            let to = document.copy(&key).map(|copy| document.projects.len() + copy);
            let Some(to) = to.filter(|to| packages.contains(to)) else {
                continue;
            };
            requirements.push(Requirement {
                from: document.projects.len() + position,
                to,
                key: alias.into_owned(),
                table: table(kind).key(),
                versions: None,
                location: line(lockfile, name.span().start),
                is_override: false,
                is_from_alias: false,
            });
        }
    }
    requirements
}

fn table(kind: DependencyKind) -> Table {
    match kind {
        DependencyKind::Optional => Table::OptionalDependencies,
        DependencyKind::Peer => Table::PeerDependencies,
        _ => Table::Dependencies,
    }
}

fn line(lockfile: &Lockfile, offset: usize) -> Location {
    Location { file: lockfile.source.path.clone(), line: lockfile.source.line_at(offset) }
}
