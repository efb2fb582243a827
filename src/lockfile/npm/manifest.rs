//! What `package.json` says about the dependencies of a project.
//!
//! Lockfiles of version 1 do not say it themselves. Those of later versions repeat it, and it may
//! have changed since: what either asks for is asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::wire::{Keyed, Str};
use super::words::Bundle;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::{Declaration, DependencyEdge, DependencyKind, Lockfile, PackageIndex};
use crate::problem::{Location, SourceText};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireManifest<'text> {
    #[serde(borrow, default)]
    dependencies: Keyed<'text, IgnoredAny>,
    #[serde(borrow, default)]
    dev_dependencies: Keyed<'text, IgnoredAny>,
    #[serde(borrow, default)]
    optional_dependencies: Keyed<'text, IgnoredAny>,
    #[serde(borrow, default)]
    peer_dependencies: Keyed<'text, IgnoredAny>,
    #[serde(borrow, default, alias = "bundledDependencies")]
    bundle_dependencies: Bundle<'text>,
}

impl WireManifest<'_> {
    /// Every name, with the way in which it is asked for.
    fn names(&self) -> impl Iterator<Item = (&Str<'_>, DependencyKind)> {
        let tables = [
            (&self.dependencies, DependencyKind::Normal),
            (&self.optional_dependencies, DependencyKind::Optional),
            (&self.peer_dependencies, DependencyKind::Peer),
            (&self.dev_dependencies, DependencyKind::Development),
        ];
        let listed = tables
            .into_iter()
            .flat_map(|(table, kind)| table.0.iter().map(move |(name, _)| (name, kind)));
        // What is bundled is part of the package, whatever else asks for it.
        let bundled = self.bundle_dependencies.listed().iter();
        listed.chain(bundled.map(|name| (name, DependencyKind::Normal)))
    }
}

/// Adds what the manifests of the projects ask for, with the lines that do.
///
/// Where the lockfile does not tell in what way, the manifest does. What it does not ask for and
/// nobody else requires keeps its unknown edge.
pub(super) fn learn(lockfile: &mut Lockfile, files: &dyn ManifestFiles) {
    for project in lockfile.roots.clone() {
        let Some(folder) = lockfile.packages[project].folder.clone() else {
            continue;
        };
        let path = if folder.is_empty() {
            "package.json".to_owned()
        } else {
            format!("{folder}/package.json")
        };
        let Some(source) = files.read(&path) else {
            continue;
        };
        let declarations = declarations(lockfile, project, &folder, &source);
        let asked_for: BTreeSet<PackageIndex> =
            declarations.iter().map(|declaration| declaration.edge.to).collect();
        lockfile.edges.retain(|edge| {
            edge.from != project
                || edge.kind != DependencyKind::Unknown
                || !asked_for.contains(&edge.to)
        });
        lockfile.declarations.extend(declarations);
    }
    add_edges(lockfile);
}

/// The edges that only the manifests know of.
fn add_edges(lockfile: &mut Lockfile) {
    let roots: BTreeSet<PackageIndex> = lockfile.roots.iter().copied().collect();
    let known: BTreeSet<DependencyEdge> =
        lockfile.edges.iter().filter(|edge| roots.contains(&edge.from)).copied().collect();
    let declared: BTreeSet<DependencyEdge> =
        lockfile.declarations.iter().map(|declaration| declaration.edge).collect();
    lockfile.edges.extend(declared.difference(&known));
}

fn declarations(
    lockfile: &Lockfile,
    project: PackageIndex,
    folder: &str,
    source: &Arc<SourceText>,
) -> Vec<Declaration> {
    let Ok(manifest) = serde_json::from_str::<WireManifest<'_>>(&source.text) else {
        return Vec::new();
    };
    let seen = lockfile.folders.seen_from(folder);
    let mut declarations = Vec::new();
    for (name, kind) in manifest.names() {
        let Some(to) = seen.resolve(name) else {
            continue;
        };
        let quoted = format!("\"{}\"", &**name);
        let offset = name.offset_in(&source.text).or_else(|| source.text.find(&quoted));
        let line = source.line_at(offset.unwrap_or(0));
        declarations.push(Declaration {
            edge: DependencyEdge { from: project, to, kind },
            location: Location { file: source.path.clone(), line },
        });
    }
    declarations
}
