//! What packages of Yarn 1 ask of each other, read from the lockfile and the manifests once more.

use std::collections::BTreeSet;

use super::resolution::{self, Workspace};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::package_json::Table;
use crate::lockfile::yarn::requirements::{self, Wish};
use crate::lockfile::{Dependents, Lockfile, PackageIndex};
use crate::problem::Location;

pub(super) fn dependents(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    files: &dyn ManifestFiles,
) -> Dependents {
    let workspace = Workspace::read(files);
    let Ok(entries) = super::entries(&lockfile.source) else {
        return Dependents::default();
    };
    let Ok((read, answers)) = resolution::lockfile(&lockfile.source, &entries, &workspace) else {
        return Dependents::default();
    };
    // Where the manifests are others than it was read with, its packages are others, too.
    if read.packages.len() != lockfile.packages.len() {
        return Dependents::default();
    }
    let first = workspace.folders.len();
    let of_entries = entries.iter().enumerate().flat_map(|(position, entry)| {
        entry.dependencies.iter().map(move |asked| (first + position, asked))
    });
    let of_entries = of_entries.filter_map(|(from, asked)| {
        let table =
            if asked.is_optional { Table::OptionalDependencies } else { Table::Dependencies };
        Some(Wish {
            from,
            to: answers.of_package(&asked.name.text, &asked.range.text)?,
            name: &asked.name.text,
            table: table.key(),
            range: &asked.range.text,
            location: Location {
                file: lockfile.source.path.clone(),
                line: lockfile.source.line_at(asked.name.span.start),
            },
        })
    });
    let of_manifests = requirements::of_manifests(&read, &workspace.projects, |_, name, range| {
        answers.of_project(name, range)
    });
    let root = workspace.projects.manifest("");
    requirements::dependents(lockfile, packages, of_manifests.chain(of_entries), root)
}

/// The folders of projects of which the lockfile has all that they ask for.
pub(super) fn folders_of_projects(
    lockfile: &Lockfile,
    files: &dyn ManifestFiles,
) -> BTreeSet<String> {
    let workspace = Workspace::read(files);
    let Ok(entries) = super::entries(&lockfile.source) else {
        return BTreeSet::new();
    };
    let Ok((_, answers)) = resolution::lockfile(&lockfile.source, &entries, &workspace) else {
        return BTreeSet::new();
    };
    let has_all = |folder: &&String| {
        let manifest = workspace.projects.manifest(folder);
        let asked = manifest.into_iter().flat_map(|manifest| &manifest.dependencies);
        let mut asked = asked.filter(|asked| Table::INSTALLED.contains(&asked.table));
        asked.all(|asked| {
            let range = asked.specifier.as_deref().unwrap_or_default();
            answers.of_project(&asked.name.text, range).is_some()
        })
    };
    workspace.folders.iter().filter(has_all).cloned().collect()
}
