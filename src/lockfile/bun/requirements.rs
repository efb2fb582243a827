//! What packages ask of those that they depend on: the lockfile repeats it for each of them as it was
//! published, and `overrides` of the root count in place of that (Bun documentation, "Overrides and
//! resolutions").

use super::Read;
use super::assemble::Dependent;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::json::{Keyed, Str};
use crate::lockfile::node::overrides::Overrides;
use crate::lockfile::node::package_json::Table;
use crate::lockfile::node::projects::Projects;
use crate::lockfile::{
    Carrier, Carrying, DependencyKind, Dependents, Lockfile, PackageIndex, Requirement,
};
use crate::problem::Location;

/// What every dependent asks of some packages, and what brings them along.
pub(super) fn dependents(
    lockfile: &Lockfile,
    read: &Read<'_>,
    packages: &[PackageIndex],
    files: &dyn ManifestFiles,
) -> Dependents {
    let asking = Asking { lockfile, read, packages };
    let projects = Projects::read(lockfile, files);
    let installed = &read.installed;
    let asked: Vec<Requirement> = installed
        .dependents
        .iter()
        .flat_map(|dependent| asking.requirements(dependent, &projects))
        .collect();
    let overrides = asking.overrides(&projects);
    let copies = installed.bundled.iter().filter(|bundled| packages.contains(&bundled.package));
    let carriers = copies.map(|bundled| Carrier {
        copy: bundled.package,
        by: bundled.by,
        how: Carrying::Bundled,
    });
    Dependents {
        carriers: carriers.collect(),
        overridden: overrides.map(|overrides| overrides.names()).unwrap_or_default(),
        requirements: match overrides {
            Some(overrides) => overrides.apply(lockfile, packages, asked),
            None => asked,
        },
        ..Dependents::default()
    }
}

struct Asking<'run, 'text> {
    lockfile: &'run Lockfile,
    read: &'run Read<'text>,
    packages: &'run [PackageIndex],
}

impl Asking<'_, '_> {
    fn requirements(&self, dependent: &Dependent<'_>, projects: &Projects) -> Vec<Requirement> {
        let own_name = self.lockfile.packages[dependent.package].id.name.as_str();
        let above = dependent.key.strip_suffix(own_name);
        let is_own = above.is_some_and(|above| above.is_empty() || above.ends_with('/'));
        let mut found = Vec::new();
        for (kind, name, wish) in dependent.asks() {
            let copies = self.read.installed.tree.resolve(dependent.place, name);
            for to in copies.filter(|to| self.packages.contains(to)) {
                found.push(Requirement {
                    from: dependent.package,
                    to,
                    key: name.to_string(),
                    table: table(kind).key(),
                    versions: Some(self.meant(name, wish).to_owned()),
                    location: self.location(dependent, kind, name, projects),
                    is_override: false,
                    is_from_alias: !dependent.is_project && !is_own,
                });
            }
        }
        found
    }

    /// What a project's request stands for: one of a catalog is what the catalog says.
    fn meant<'wish>(&'wish self, name: &str, wish: &'wish str) -> &'wish str {
        let of = |catalog: &'wish Keyed<'_, Str<'_>>| {
            let mut entries = catalog.0.iter();
            entries.find_map(|(known, versions)| (**known == *name).then_some(&**versions))
        };
        let meant = match wish.strip_prefix("catalog:").map(str::trim) {
            Some("") => of(&self.read.document.catalog),
            Some(catalog) => {
                let mut catalogs = self.read.document.catalogs.0.iter();
                catalogs.find(|(known, _)| **known == *catalog).and_then(|(_, catalog)| of(catalog))
            }
            None => None,
        };
        meant.unwrap_or(wish)
    }

    /// The line that asks: that of the manifest where it has one.
    fn location(
        &self,
        dependent: &Dependent<'_>,
        kind: DependencyKind,
        name: &Str<'_>,
        projects: &Projects,
    ) -> Location {
        let manifest = projects.manifest(dependent.key).filter(|_| dependent.is_project);
        let declared = manifest.and_then(|manifest| {
            let declared = manifest.by_name(&[table(kind)]);
            let declared = declared.get(&(table(kind), &**name))?;
            Some(manifest.location(&declared.name))
        });
        declared.unwrap_or_else(|| {
            let line = self.read.written.source.line_at(self.read.written.span(name, name).start);
            Location { file: self.read.written.source.path.clone(), line }
        })
    }

    /// What the root orders: the lockfile repeats it, from whichever table of the manifest it is.
    fn overrides<'run>(&'run self, projects: &'run Projects) -> Option<Overrides<'run>> {
        let root = self.read.installed.projects.get("")?.package;
        let manifest = projects.manifest("");
        let of_manifest = manifest.and_then(|manifest| {
            let rules = manifest.overrides.as_ref()?.as_object()?;
            let (source, start) = (&manifest.source, manifest.overrides_start);
            Some(Overrides { root, rules, source, start, manifest: Some(manifest) })
        });
        let rules = &self.read.document.overrides;
        let source = self.read.written.source;
        let start = source.text.find("\"overrides\"").unwrap_or(0);
        let of_lockfile = Overrides { root, rules, source, start, manifest: None };
        of_manifest.or_else(|| (!rules.is_empty()).then_some(of_lockfile))
    }
}

fn table(kind: DependencyKind) -> Table {
    match kind {
        DependencyKind::Optional => Table::OptionalDependencies,
        DependencyKind::Peer => Table::PeerDependencies,
        DependencyKind::Development => Table::DevDependencies,
        DependencyKind::Normal | DependencyKind::Build | DependencyKind::Unknown => {
            Table::Dependencies
        }
    }
}
