//! Configuration dependencies that the lockfile does not lock: pnpm 10 keeps their versions in
//! pnpm-workspace.yaml alone (pnpm documentation, "Config Dependencies"). They run at each installation.

use std::collections::BTreeSet;

use super::document::Document;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::yaml::Documents;
use crate::lockfile::tool::{self, PNPM_WORKSPACE};
use crate::problem::{Gap, GapCode, Location, SourceText};

/// The key in pnpm-workspace.yaml and in the lockfile.
const KEY: &str = "configDependencies";

/// A gap for each that the document about what installs does not lock.
pub(super) fn not_locked(
    environment: Option<&Document<'_>>,
    manifests: &dyn ManifestFiles,
) -> Vec<Gap> {
    let Some(source) = manifests.read(PNPM_WORKSPACE).filter(|it| it.text.contains(KEY)) else {
        return Vec::new();
    };
    let Ok(documents) = Documents::read(&source.text) else {
        return vec![gap(&source, source.text.find(KEY).unwrap_or_default(), None)];
    };
    let projects = environment.into_iter().flat_map(|environment| &environment.projects);
    let locked: BTreeSet<_> = projects
        .filter(|project| project.folder == KEY)
        .flat_map(|project| project.asked.iter().map(|asked| asked.name.text()))
        .collect();
    let mut gaps = Vec::new();
    for listed in documents.iter().filter_map(|document| document.get(KEY)) {
        let Some(entries) = listed.mapping() else {
            let is_empty = listed.scalar().is_some_and(|it| it.text().is_empty());
            gaps.extend((!is_empty).then(|| gap(&source, listed.span().start, None)));
            continue;
        };
        let left_out = entries.filter(|(name, _)| !locked.contains(&name.text()));
        gaps.extend(left_out.map(|(name, _)| gap(&source, name.span().start, Some(&name.text()))));
    }
    gaps
}

fn gap(source: &SourceText, offset: usize, name: Option<&str>) -> Gap {
    let location = Location { file: source.path.clone(), line: source.line_at(offset) };
    let what = match name {
        Some(name) => format!("`{name}` is a configuration dependency"),
        None => "there are configuration dependencies that cannot be read".to_owned(),
    };
    Gap::new(
        GapCode::LockfileIncomplete,
        format!("{location}: {what}, which pnpm installs first, and the lockfile does not lock it"),
        tool::PNPM.write_lockfile_again(" 11 or later"),
    )
}
