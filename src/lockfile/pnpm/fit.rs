//! Whether a lockfile fits the manifests of its projects: each is locked for exactly what its manifest asks
//! for, or `pnpm install --frozen-lockfile` refuses to install (pnpm source, `satisfiesPackageManifest`).

use std::collections::BTreeMap;

use super::document::{Document, Project};
use super::rush;
use super::workspace::Workspace;
use crate::lockfile::Lockfile;
use crate::lockfile::node::fit::nothing;
use crate::lockfile::node::package_json::{Dependency, PackageJson, Table};
use crate::lockfile::node::projects::Projects;
use crate::problem::{Gap, GapCode};

/// Where the lockfile does not fit the manifests.
pub(super) fn misfits(
    lockfile: &Lockfile,
    document: &Document<'_>,
    manifests: &Projects,
    workspace: &Workspace,
) -> Vec<Gap> {
    let locks_nothing =
        document.copies.is_empty() && document.projects.iter().all(|it| it.asked.is_empty());
    if locks_nothing && manifests.manifest("").is_none() {
        return vec![nothing(lockfile)];
    }
    let mut gaps = workspace.misfits(lockfile, document);
    // A hook may change what manifests ask for.
    if document.has_hook && workspace.may_have_hook() {
        return gaps;
    }
    for project in &document.projects {
        if let Some(manifest) = manifests.manifest(&project.folder) {
            gaps.extend(misfits_of(lockfile, (document, workspace), project, manifest));
        }
    }
    gaps
}

fn misfits_of(
    lockfile: &Lockfile,
    (document, workspace): (&Document<'_>, &Workspace),
    project: &Project<'_>,
    manifest: &PackageJson,
) -> Vec<Gap> {
    // Of one name in several tables the last of these counts (pnpm source,
    // `getAllDependenciesFromManifest`).
    let mut by_name: BTreeMap<&str, &Dependency> = BTreeMap::new();
    for table in [Table::DevDependencies, Table::Dependencies, Table::OptionalDependencies] {
        for ((_, name), dependency) in manifest.by_name(&[table]) {
            by_name.insert(name, dependency);
        }
    }
    let misfit = |(name, dependency): (&str, &Dependency)| {
        let is_overridden = document.overridden.contains(name) && workspace.may_override(name);
        if is_overridden || (document.ignored.contains(name) && workspace.may_ignore(name)) {
            return None;
        }
        let wish = dependency.specifier.as_deref()?;
        let mut locked = project.asked.iter().filter(|asked| asked.name.text() == name);
        let path = &lockfile.source.path;
        let found = match locked.next() {
            // Links can be left out (pnpm documentation, "excludeLinksFromLockfile").
            None if wish.starts_with("link:") => return None,
            None => format!("{path} locks nothing for it"),
            Some(asked) => match asked.specifier.as_deref() {
                Some(specifier) if specifier != wish => {
                    let line = lockfile.source.line_at(asked.name.span().start);
                    format!("{path}:{line} locks it for `{}`", specifier.escape_debug())
                }
                Some(_) => return None,
                None => {
                    let line = lockfile.source.line_at(asked.name.span().start);
                    format!("{path}:{line} does not say for what it is locked")
                }
            },
        };
        Some(Gap::new(
            GapCode::LockfileOutdated,
            format!(
                "{}: `{name}` is asked for as `{}`, and {found}, so that pnpm would install something \
                 else",
                manifest.location(&dependency.name),
                wish.escape_debug()
            ),
            rush::writer(&lockfile.source.path).bring_up_to_date(),
        ))
    };
    by_name.into_iter().filter_map(misfit).collect()
}
