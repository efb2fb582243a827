//! Projects that a lockfile locks, and what their manifests ask for.

use std::collections::{BTreeSet, HashMap};

use super::document::Document;
use super::path::Target;
use super::resolution::linked_folder;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::package_json::{PackageJson, Table};
use crate::lockfile::node::projects::{self, Projects};
use crate::lockfile::{DependencyKind, Lockfile, PackageIndex};

/// The packages that answer to what projects ask for.
pub(super) struct Answers(HashMap<(PackageIndex, String), PackageIndex>);

impl Answers {
    /// Those of a document whose projects and packages are the first of a lockfile.
    pub(super) fn of(document: &Document<'_>) -> Self {
        let mut answers = HashMap::new();
        for (root, project) in document.projects.iter().enumerate() {
            for asked in &project.asked {
                let name = asked.name.text();
                let found = match document.target(&name, &asked.reference) {
                    Target::Entry(key) => {
                        document.copy(&key).map(|copy| document.projects.len() + copy)
                    }
                    Target::Link(path) => {
                        let folder = linked_folder(&project.folder, &path);
                        document.project_in(&folder)
                    }
                };
                if let Some(found) = found {
                    answers.insert((root, name.into_owned()), found);
                }
            }
        }
        Self(answers)
    }

    pub(super) fn to(&self, project: PackageIndex, name: &str) -> Option<PackageIndex> {
        self.0.get(&(project, name.to_owned())).copied()
    }
}

/// Adds what the manifests ask for. What a project wants beside it is locked as one of its dependencies, or
/// not installed for it (pnpm documentation, "autoInstallPeers").
pub(super) fn learn(lockfile: &mut Lockfile, document: &Document<'_>, manifests: &Projects) {
    let answers = Answers::of(document);
    projects::learn(lockfile, manifests, |asked| {
        let is_installed = asked.kind != DependencyKind::Peer;
        answers.to(asked.project, asked.name).filter(|_| is_installed)
    });
}

/// The folders of the projects for which the lockfile locks all that their manifests ask for.
pub(super) fn locked(document: &Document<'_>, files: &dyn ManifestFiles) -> BTreeSet<String> {
    let locked = document.projects.iter().filter(|project| {
        let names: BTreeSet<_> = project.asked.iter().map(|asked| asked.name.text()).collect();
        let manifest = PackageJson::read(&project.folder, files);
        let asked = manifest.iter().flat_map(|manifest| &manifest.dependencies);
        let mut asked = asked.filter(|asked| Table::INSTALLED.contains(&asked.table));
        asked.all(|asked| {
            let name = asked.name.text.as_str();
            let is_link = asked.specifier.as_deref().is_some_and(|it| it.starts_with("link:"));
            names.contains(name)
                || is_link
                || document.has_hook
                || document.overridden.contains(name)
                || document.ignored.contains(name)
        })
    });
    locked.map(|project| project.folder.clone().into_owned()).collect()
}
