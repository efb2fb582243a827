//! What `package.json` says about the dependencies of a project, for lockfiles of version 1, which
//! do not say it themselves.

use std::sync::Arc;

use serde::Deserialize;

use super::wire::Keyed;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::{Declaration, DependencyEdge, DependencyKind, Lockfile, PackageIndex};
use crate::problem::{Location, SourceText};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireManifest<'text> {
    #[serde(borrow, default)]
    dependencies: Keyed<'text, serde::de::IgnoredAny>,
    #[serde(borrow, default)]
    dev_dependencies: Keyed<'text, serde::de::IgnoredAny>,
    #[serde(borrow, default)]
    optional_dependencies: Keyed<'text, serde::de::IgnoredAny>,
    #[serde(borrow, default)]
    peer_dependencies: Keyed<'text, serde::de::IgnoredAny>,
}

/// Replaces what was assumed about the project's dependencies by what its manifest asks for.
///
/// What the manifest does not ask for and nobody else requires keeps its unknown edge.
pub(super) fn learn(lockfile: &mut Lockfile, files: &dyn ManifestFiles) {
    if lockfile.importable.is_empty() {
        return;
    }
    let Some(project) = lockfile.roots.first().copied() else {
        return;
    };
    let Some(source) = files.read("package.json") else {
        return;
    };
    let Ok(manifest) = serde_json::from_str::<WireManifest<'_>>(&source.text) else {
        return;
    };
    let declarations = declarations(lockfile, project, &source, &manifest);
    lockfile.edges.retain(|edge| {
        edge.from != project
            || declarations
                .iter()
                .all(|declared| declared.edge.to != edge.to)
    });
    lockfile
        .edges
        .extend(declarations.iter().map(|declared| declared.edge));
    lockfile.declarations.extend(declarations);
}

fn declarations(
    lockfile: &Lockfile,
    project: PackageIndex,
    source: &Arc<SourceText>,
    manifest: &WireManifest<'_>,
) -> Vec<Declaration> {
    let tables = [
        (&manifest.dependencies, DependencyKind::Normal),
        (&manifest.optional_dependencies, DependencyKind::Optional),
        (&manifest.peer_dependencies, DependencyKind::Peer),
        (&manifest.dev_dependencies, DependencyKind::Development),
    ];
    let mut declarations = Vec::new();
    for (table, kind) in tables {
        for (name, _) in &table.0 {
            let Some(to) = lockfile.importable.get(&**name) else {
                continue;
            };
            let quoted = format!("\"{}\"", &**name);
            let offset = name
                .offset_in(&source.text)
                .or_else(|| source.text.find(&quoted));
            let line = source.line_at(offset.unwrap_or(0));
            declarations.push(Declaration {
                edge: DependencyEdge { from: project, to: *to, kind },
                location: Location { file: source.path.clone(), line },
            });
        }
    }
    declarations
}
