//! What the settings of a workspace put in the place of what projects and packages ask for: overrides,
//! catalogs, hooks (pnpm documentation, "pnpm-workspace.yaml"; before pnpm 11 also `pnpm` in "package.json").
//!
//! A lockfile repeats them. Where it does not fit, `pnpm install --frozen-lockfile` refuses to install, and
//! `pnpm install` resolves anew (pnpm source, `getOutdatedLockfileSetting`, `allCatalogsAreUpToDate`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::document::{CatalogEntry, Document, name_in};
use super::rush;
use crate::lockfile::Lockfile;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::fit::misfit;
use crate::lockfile::node::overrides::key_line;
use crate::lockfile::node::package_json;
use crate::lockfile::node::yaml::{Documents, Yaml};
use crate::lockfile::tool::{self, PNPM_WORKSPACE, Tool};
use crate::problem::{Gap, GapCode, Location, SourceText};

/// How many folders above a lockfile the settings may lie, where each project has a lockfile of its own.
const MOST_ABOVE: usize = 8;

/// Settings that name code which may change all others.
const HOOKS: &[&str] = &["configDependencies", "pnpmfile", "pnpmfilePath", "globalPnpmfile"];

/// What stands for something else in the lockfile, or is written there relative to it.
const RESOLVED: &[&str] = &["$", "catalog:", "link:", "file:", "workspace:"];

/// The first version of pnpm that does not read the settings in `package.json`.
const WITHOUT_MANIFEST: u64 = 11;

/// The settings. What is not known is believed to be as the lockfile says.
#[derive(Default)]
pub(super) struct Workspace {
    /// The folder of the settings, from that of the lockfile, with `/` at its end.
    folder: String,
    is_known: bool,
    /// Where there are settings that cannot be read.
    unreadable: Option<Location>,
    has_hook: bool,
    /// By their selectors.
    overrides: BTreeMap<String, Setting>,
    /// By the name of the catalog and that of the package.
    catalogs: BTreeMap<(String, String), Setting>,
    ignored: BTreeSet<String>,
}

struct Setting {
    value: String,
    location: Location,
}

impl Workspace {
    /// Reads the settings in the lockfile's folder, or in the nearest one above that has some.
    pub(super) fn read(files: &dyn ManifestFiles, has_environment: bool) -> Self {
        let above = (0..=MOST_ABOVE).map(|steps| "../".repeat(steps));
        let mut found = above
            .filter_map(|folder| Some((files.read(&format!("{folder}{PNPM_WORKSPACE}"))?, folder)));
        let (own, folder) = found.next().map_or((None, String::new()), |(own, up)| (Some(own), up));
        let beside = |name: &str| files.read(&format!("{folder}{name}"));
        let manifest = beside(tool::NPM.manifest);
        let mut workspace = Self {
            is_known: own.is_some() || manifest.is_some(),
            has_hook: has_hook(&beside),
            folder: folder.clone(),
            ..Self::default()
        };
        if let Some(manifest) = &manifest {
            workspace.add_manifest(manifest, has_environment);
        }
        if let Some(own) = &own
            && workspace.add_own(own).is_none()
        {
            workspace.unreadable = Some(Location { file: own.path.clone(), line: 1 });
        }
        workspace
    }

    /// The folder of the settings, from that of the lockfile, with `/` at its end.
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    /// Whether what the lockfile says about hooks can be true.
    pub(super) fn may_have_hook(&self) -> bool {
        !self.is_known || self.has_hook || self.unreadable.is_some()
    }

    /// Whether something may stand in the place of what is asked for under a name, as the lockfile says.
    pub(super) fn may_override(&self, name: &str) -> bool {
        self.may_have_hook() || self.overrides.keys().any(|selector| name_in(selector) == name)
    }

    /// Whether an optional dependency may be left out, as the lockfile says.
    pub(super) fn may_ignore(&self, name: &str) -> bool {
        self.may_have_hook() || self.ignored.contains(name)
    }

    fn add_manifest(&mut self, source: &Arc<SourceText>, has_environment: bool) {
        let text = source.text.trim_start_matches('\u{feff}');
        let Ok(Some(values)) = package_json::values(text) else {
            return;
        };
        if has_environment || version_in(&values).is_some_and(|it| it >= WITHOUT_MANIFEST) {
            return;
        }
        let settings = values.get("pnpm");
        let tables = [values.get("resolutions"), settings.and_then(|it| it.get("overrides"))];
        for (selector, value) in tables.into_iter().flatten().filter_map(Value::as_object).flatten()
        {
            if let Some(value) = value.as_str() {
                let location = key_line(source, 0, selector);
                let setting = Setting { value: value.to_owned(), location };
                self.overrides.insert(selector.trim().to_owned(), setting);
            }
        }
        let ignored = settings.and_then(|it| it.get("ignoredOptionalDependencies")?.as_array());
        let ignored = ignored.into_iter().flatten().filter_map(Value::as_str);
        self.ignored.extend(ignored.map(str::to_owned));
    }

    /// Adds what stands in the workspace's own file. `None` if it does not read.
    fn add_own(&mut self, source: &Arc<SourceText>) -> Option<()> {
        let documents = Documents::read(&source.text).ok()?;
        let Some(settings) = documents.iter().next().filter(|first| !first.is_nothing()) else {
            return Some(());
        };
        for (key, value) in settings.mapping()? {
            match &*key.text() {
                "overrides" => {
                    let overrides = listed(source, value);
                    self.overrides.extend(overrides);
                }
                "catalog" => self.add_catalog(source, "default", value),
                "catalogs" => {
                    for (name, catalog) in value.mapping().into_iter().flatten() {
                        self.add_catalog(source, &name.text(), catalog);
                    }
                }
                "ignoredOptionalDependencies" => {
                    let names = value.sequence().into_iter().flatten();
                    let names = names.filter_map(|name| Some(name.scalar()?.text().into_owned()));
                    self.ignored.extend(names);
                }
                key if HOOKS.contains(&key) => self.has_hook = true,
                _ => {}
            }
        }
        Some(())
    }

    fn add_catalog(&mut self, source: &Arc<SourceText>, catalog: &str, entries: Yaml<'_>) {
        let entries = listed(source, entries);
        let entries = entries.map(|(name, entry)| ((catalog.to_owned(), name), entry));
        self.catalogs.extend(entries);
    }

    /// Where the lockfile repeats other settings.
    pub(super) fn misfits(&self, lockfile: &Lockfile, document: &Document<'_>) -> Vec<Gap> {
        let mut recorded = document.overrides.iter().peekable();
        let mut catalogs = document.catalogs.iter().peekable();
        if let Some(location) = &self.unreadable {
            let says_something = recorded.peek().is_some() || catalogs.peek().is_some();
            return says_something.then(|| unreadable(lockfile, location)).into_iter().collect();
        }
        if self.may_have_hook() {
            return Vec::new();
        }
        let writer = rush::writer(&lockfile.source.path);
        let mut gaps: Vec<Gap> = recorded
            .filter_map(|(selector, value)| {
                let value_there = self.overrides.get(selector.text().trim()).map(|it| &*it.value);
                let line = || line_of(lockfile, selector.span().start);
                misfit_of(writer, &line, &selector.text(), (value, value_there, "overrides"))
            })
            .collect();
        gaps.extend(catalogs.filter_map(|CatalogEntry { catalog, name, specifier }| {
            let key = (catalog.clone().into_owned(), name.text().into_owned());
            let value_there = self.catalogs.get(&key).map(|it| &*it.value);
            let line = || line_of(lockfile, name.span().start);
            misfit_of(writer, &line, &name.text(), (specifier, value_there, "catalogs"))
        }));
        let known: BTreeSet<String> = document
            .overrides
            .iter()
            .map(|(selector, _)| selector.text().trim().to_owned())
            .collect();
        let missing = self.overrides.iter().filter(|(selector, _)| !known.contains(*selector));
        let locked = format!("{} has no such override", lockfile.source.path);
        gaps.extend(missing.map(|(selector, Setting { value, location })| {
            misfit(writer, location, selector, value, &locked)
        }));
        gaps
    }
}

/// Where something is recorded that the settings say otherwise.
fn misfit_of(
    writer: &Tool,
    place: &impl Fn() -> Location,
    name: &str,
    (recorded, value, setting): (&str, Option<&str>, &str),
) -> Option<Gap> {
    let is_resolved = |value: &str| RESOLVED.iter().any(|start| value.starts_with(start));
    let found = match value.map(str::trim) {
        Some(value) if value == recorded.trim() || is_resolved(value) => return None,
        Some(value) => format!("the setting `{setting}` says `{}`", value.escape_debug()),
        None => format!("the setting `{setting}` says nothing about it"),
    };
    Some(misfit(writer, &place(), name, recorded, &found))
}

fn line_of(lockfile: &Lockfile, offset: usize) -> Location {
    Location { file: lockfile.source.path.clone(), line: lockfile.source.line_at(offset) }
}

fn unreadable(lockfile: &Lockfile, location: &Location) -> Gap {
    Gap::new(
        GapCode::LockfileOutdated,
        format!(
            "{}: it does not read, so that nobody knows whether {} fits its overrides and catalogs",
            location.file, lockfile.source.path
        ),
        "write it without tabs, tags, anchors and texts of several lines".to_owned(),
    )
}

/// The texts of a table, by their keys.
fn listed<'file>(
    source: &'file Arc<SourceText>,
    table: Yaml<'file>,
) -> impl Iterator<Item = (String, Setting)> + use<'file> {
    table.mapping().into_iter().flatten().filter_map(|(key, value)| {
        let line = source.line_at(key.span().start);
        let location = Location { file: source.path.clone(), line };
        let value = value.scalar()?.text().into_owned();
        Some((key.text().trim().to_owned(), Setting { value, location }))
    })
}

fn has_hook(beside: &impl Fn(&str) -> Option<Arc<SourceText>>) -> bool {
    let is_set = |source: Arc<SourceText>| source.text.contains("pnpmfile");
    [".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js"].iter().any(|name| beside(name).is_some())
        || beside(".npmrc").is_some_and(is_set)
}

/// The major version of pnpm that a manifest names.
fn version_in(manifest: &Map<String, Value>) -> Option<u64> {
    let pinned = manifest.get("packageManager")?.as_str()?.strip_prefix("pnpm@")?;
    pinned.split('.').next()?.parse().ok()
}
