//! Whether a lockfile fits the manifests of its projects. Where it does not, Deno resolves what is new when
//! it is next run (Deno documentation, "Lockfile").

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use nodejs_semver::Range;

use super::document::Document;
use super::manifest::{Asked, Manifests};
use super::request::{Registry, Request};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::fit::{misfit, nothing};
use crate::lockfile::node::folder::is_outside;
use crate::lockfile::{Declaration, DependencyEdge, Lockfile, PackageIndex, tool};
use crate::problem::Gap;

/// The manifests of every project, by the project.
pub(super) type AllManifests = BTreeMap<PackageIndex, Manifests>;

/// What the lockfile says to be asked of npm, by names.
struct Recorded<'text>(HashMap<&'text str, Vec<Option<&'text str>>>);

impl<'text> Recorded<'text> {
    fn of(document: &'text Document<'text>) -> Self {
        let Document { specifiers, npm, packages, workspace, .. } = document;
        let keys = specifiers.0.iter().chain(&packages.specifiers.0).map(|(key, _)| key);
        let members = workspace.members.0.iter().flat_map(|(_, member)| member.requests());
        let prefixed = keys.chain(workspace.requests()).chain(members);
        let prefixed = prefixed.filter_map(|text| Request::read(text));
        let bare = npm.specifiers.0.iter().map(|(key, _)| Request::of(Registry::Npm, key));
        let mut recorded: HashMap<&str, Vec<Option<&str>>> = HashMap::new();
        for request in prefixed.chain(bare).filter(|request| request.registry == Registry::Npm) {
            recorded.entry(request.name).or_default().push(request.versions);
        }
        for versions in recorded.values_mut() {
            versions.sort_unstable();
            versions.dedup();
        }
        Self(recorded)
    }

    /// Deno writes a shorter word for the same versions: `1` for `^1.0.0`.
    fn says(&self, asked: &Asked) -> bool {
        let Some(recorded) = self.0.get(asked.name.as_str()) else {
            return false;
        };
        let wish = asked.versions.as_deref().unwrap_or_default();
        let range = |text: &str| Range::parse(if text.is_empty() { "*" } else { text }).ok();
        let asked = range(wish);
        let mut recorded = recorded.iter().map(|recorded| recorded.unwrap_or_default());
        recorded.any(|recorded| {
            recorded == wish
                || asked.as_ref().is_some_and(|asked| range(recorded).as_ref() == Some(asked))
        })
    }
}

/// Where the lockfile does not fit the manifests.
pub(super) fn misfits(
    lockfile: &Lockfile,
    document: &Document<'_>,
    manifests: &AllManifests,
    files: &dyn ManifestFiles,
) -> Vec<Gap> {
    if lockfile.locked() == 0 && !manifests.values().any(Manifests::is_there) {
        return vec![nothing(lockfile)];
    }
    let recorded = Recorded::of(document);
    let inside = manifests.iter().filter(|(project, _)| {
        let folder = lockfile.packages[**project].folder.as_deref();
        !folder.is_some_and(is_outside)
    });
    let unlocked = unlocked(lockfile, manifests, files);
    inside
        .map(|(_, manifests)| manifests)
        .chain(&unlocked)
        .flat_map(Manifests::asked)
        .filter(|asked| !recorded.says(asked))
        .map(|asked| {
            let locked = format!("{} has no such request", lockfile.source.path);
            misfit(&tool::DENO, &asked.location, &asked.name, &asked.written, &locked)
        })
        .collect()
}

/// The manifests of members of the workspace of which the lockfile says nothing, as of those that ask for
/// nothing.
fn unlocked(
    lockfile: &Lockfile,
    manifests: &AllManifests,
    files: &dyn ManifestFiles,
) -> Vec<Manifests> {
    let folder = |project: PackageIndex| lockfile.packages[project].folder.as_deref();
    let locked: BTreeSet<&str> = manifests.keys().filter_map(|project| folder(*project)).collect();
    let mut roots = manifests.iter().filter(|(project, _)| folder(**project) == Some(""));
    let members = roots.next().map(|(_, root)| root.members(files)).unwrap_or_default();
    let unlocked = members.iter().filter(|member| !locked.contains(member.as_str()));
    unlocked.map(|member| Manifests::read(member, files)).collect()
}

/// Notes on which lines projects ask for what they need.
pub(super) fn declare(lockfile: &mut Lockfile, manifests: &AllManifests) {
    let mut needs: HashMap<(PackageIndex, &str), Vec<DependencyEdge>> = HashMap::new();
    for edge in lockfile.edges.iter().filter(|edge| manifests.contains_key(&edge.from)) {
        let name = lockfile.packages[edge.to].id.name.as_str();
        needs.entry((edge.from, name)).or_default().push(*edge);
    }
    let mut declarations = Vec::new();
    for (project, manifests) in manifests {
        let mut seen = BTreeSet::new();
        for asked in manifests.asked() {
            let edges = needs.get(&(*project, asked.name.as_str())).into_iter().flatten();
            let new = edges.filter(|edge| seen.insert((**edge, asked.location.line)));
            declarations.extend(new.map(|edge| Declaration {
                edge: *edge,
                location: asked.location.clone(),
                source: Arc::clone(&asked.source),
            }));
        }
    }
    lockfile.declarations.extend(declarations);
}
