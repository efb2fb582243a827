//! What a document says, in versions 5 to 9: projects, packages, and copies of them.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use foldhash::fast::RandomState;

use super::path::{plain_key, target, without_suffix};
use super::reader::Reader;
use super::rush;
use super::version::Layout;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::package_json::Table;
use crate::lockfile::node::yaml::{Scalar, Yaml};
use crate::lockfile::{DependencyKind, LockfileError};

/// Sections in which no package stands that is not under `packages` as well.
const OTHER_SECTIONS: &[&str] = &[
    "lockfileVersion",
    "settings",
    "catalogs",
    "overrides",
    "packageExtensionsChecksum",
    "pnpmfileChecksum",
    "patchedDependencies",
    "ignoredOptionalDependencies",
    "neverBuiltDependencies",
    "onlyBuiltDependencies",
    "time",
];

/// What stands in a project beside what it depends on.
const OTHER_OF_PROJECT: &[&str] =
    &["specifiers", "dependenciesMeta", "publishDirectory", "lockfileVersion"];

/// What runs at each installation, by the key that says so.
const ENVIRONMENT: [&str; 2] = ["configDependencies", "packageManagerDependencies"];

/// A document.
pub(super) struct Document<'t> {
    pub(super) layout: Layout,
    /// Whether it is about what installs, and not about projects.
    pub(super) is_environment: bool,
    pub(super) span: Range<usize>,
    pub(super) projects: Vec<Project<'t>>,
    /// The positions of the projects by their folders.
    folders: HashMap<Cow<'t, str>, usize, RandomState>,
    pub(super) copies: Vec<Copy<'t>>,
    /// What the project says to count in place of what others ask: selectors, each with what counts.
    pub(super) overrides: Vec<(Scalar<'t>, Cow<'t, str>)>,
    /// The names of packages in the selectors.
    pub(super) overridden: BTreeSet<String>,
    /// What `catalog:` stood for when the lockfile was written.
    pub(super) catalogs: Vec<CatalogEntry<'t>>,
    /// The names of optional dependencies that nobody gets.
    pub(super) ignored: BTreeSet<String>,
    /// Whether a hook could change manifests when it was written.
    pub(super) has_hook: bool,
    index: HashMap<Cow<'t, str>, usize, RandomState>,
}

/// An entry of a catalog that something was locked for.
pub(super) struct CatalogEntry<'t> {
    pub(super) catalog: Cow<'t, str>,
    pub(super) name: Scalar<'t>,
    /// What stood in the catalog.
    pub(super) specifier: Cow<'t, str>,
}

/// A project (pnpm: importer).
pub(super) struct Project<'t> {
    /// Its folder, relative to the lockfile's. For what is no project: the key that says so.
    pub(super) folder: Cow<'t, str>,
    pub(super) span: Range<usize>,
    pub(super) asked: Vec<Asked<'t>>,
}

/// Something that a project depends on.
pub(super) struct Asked<'t> {
    pub(super) table: Table,
    pub(super) name: Scalar<'t>,
    /// What the manifest asked for when the lockfile was written.
    pub(super) specifier: Option<Cow<'t, str>>,
    /// What was locked for it.
    pub(super) reference: Cow<'t, str>,
}

/// A copy of a package, with what it depends on.
pub(super) struct Copy<'t> {
    /// Its key without the peers, as [`plain_key`] gives it.
    pub(super) key: Cow<'t, str>,
    /// Where the package's own key stands.
    pub(super) span: Range<usize>,
    /// The entry that says where the package comes from.
    pub(super) package: Yaml<'t>,
    /// The entry that says what this copy depends on.
    pub(super) entry: Yaml<'t>,
}

impl<'t> Document<'t> {
    pub(super) fn new(
        layout: Layout,
        yaml: Yaml<'t>,
        projects: Vec<Project<'t>>,
        copies: Vec<(Cow<'t, str>, Copy<'t>)>,
    ) -> Self {
        let mut index = HashMap::with_capacity_and_hasher(copies.len(), RandomState::default());
        let mut only_copies = Vec::with_capacity(copies.len());
        for (key, copy) in copies {
            index.insert(key, only_copies.len());
            only_copies.push(copy);
        }
        let overrides = overrides(yaml);
        let names = overrides.iter().map(|(selector, _)| name_in(&selector.text()).to_owned());
        Self {
            layout,
            is_environment: false,
            span: yaml.span(),
            folders: folders(&projects),
            projects,
            copies: only_copies,
            overridden: names.collect(),
            overrides,
            catalogs: catalogs(yaml),
            ignored: ignored(yaml),
            has_hook: sections(yaml).any(|section| section.get("pnpmfileChecksum").is_some()),
            index,
        }
    }

    /// Whether it says what installs, or nothing at all.
    pub(super) fn may_be_environment(&self) -> bool {
        let asks = self.projects.iter().any(|project| !project.asked.is_empty());
        self.is_environment || (self.copies.is_empty() && !asks)
    }

    /// The copy with a key, as [`plain_key`] gives it.
    pub(super) fn copy(&self, key: &str) -> Option<usize> {
        self.index.get(key).copied()
    }

    /// The project in a folder: of several the first.
    pub(super) fn project_in(&self, folder: &str) -> Option<usize> {
        self.folders.get(folder).copied()
    }

    pub(super) fn set_projects(&mut self, projects: Vec<Project<'t>>) {
        self.folders = folders(&projects);
        self.projects = projects;
    }
}

fn folders<'t>(projects: &[Project<'t>]) -> HashMap<Cow<'t, str>, usize, RandomState> {
    let projects = projects.iter().enumerate().rev();
    projects.map(|(position, project)| (project.folder.clone(), position)).collect()
}

/// Where settings stand, in one version or another.
fn sections(yaml: Yaml<'_>) -> impl Iterator<Item = Yaml<'_>> {
    [Some(yaml), yaml.get("settings")].into_iter().flatten()
}

fn ignored(yaml: Yaml<'_>) -> BTreeSet<String> {
    let lists = sections(yaml).filter_map(|it| it.get("ignoredOptionalDependencies")?.sequence());
    lists.flatten().filter_map(|name| Some(name.scalar()?.text().into_owned())).collect()
}

fn overrides(yaml: Yaml<'_>) -> Vec<(Scalar<'_>, Cow<'_, str>)> {
    let tables = sections(yaml).filter_map(|section| section.get("overrides")?.mapping());
    let texts = tables.flatten().map(|(selector, value)| {
        (selector, value.scalar().map(|value| value.text()).unwrap_or_default())
    });
    texts.collect()
}

/// The name in the selector of an override: `a`, `a@1`, `b>a` (pnpm documentation, "overrides").
pub(super) fn name_in(selector: &str) -> &str {
    let last = selector.rsplit('>').next().unwrap_or_default().trim();
    let end = last.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1);
    &last[..end.unwrap_or(last.len())]
}

fn catalogs(yaml: Yaml<'_>) -> Vec<CatalogEntry<'_>> {
    let tables = sections(yaml).filter_map(|section| section.get("catalogs")?.mapping());
    let entries = tables.flatten().flat_map(|(catalog, entries)| {
        let entries = entries.mapping().into_iter().flatten();
        entries.map(move |(name, entry)| {
            // Version 13 writes an exact version alone.
            let specifier = entry.get("specifier").unwrap_or(entry).scalar();
            let specifier = specifier.map(|it| it.text()).unwrap_or_default();
            CatalogEntry { catalog: catalog.text(), name, specifier }
        })
    });
    entries.collect()
}

/// Reads a document of versions 5 to 9.
pub(super) fn document<'t>(
    reader: &Reader<'t>,
    yaml: Yaml<'t>,
    layout: Layout,
) -> Result<Document<'t>, LockfileError> {
    for (key, _) in reader.entries("the document", yaml)? {
        let text = key.text();
        let is_known = OTHER_SECTIONS.contains(&&*text)
            || OTHER_OF_PROJECT.contains(&&*text)
            || ["importers", "packages", "snapshots"].contains(&&*text)
            || is_table(&text);
        if !is_known {
            return Err(reader.unknown(key));
        }
    }
    let (projects, is_environment) = projects(reader, yaml)?;
    let copies = copies(reader, yaml, layout)?;
    Ok(Document { is_environment, ..Document::new(layout, yaml, projects, copies) })
}

fn is_table(key: &str) -> bool {
    Table::INSTALLED.iter().any(|table| table.key() == key)
}

/// The projects, and whether they are what installs.
fn projects<'t>(
    reader: &Reader<'t>,
    yaml: Yaml<'t>,
) -> Result<(Vec<Project<'t>>, bool), LockfileError> {
    // A project alone is the document itself, before version 9.
    if yaml.get("importers").is_none() {
        let first = reader.entries("the document", yaml)?.next();
        let span = first.map_or_else(|| yaml.span(), |(key, _)| key.span());
        let own = project(reader, Cow::Borrowed(""), span, yaml)?;
        return Ok((vec![own], false));
    }
    let mut projects = Vec::new();
    let mut environment = Vec::new();
    for (key, value) in reader.mapping(yaml, "importers")? {
        for name in ENVIRONMENT {
            if value.get(name).is_some() {
                let asked = table(reader, value, name, Table::Dependencies)?;
                environment.push(Project { folder: name.into(), span: key.span(), asked });
            }
        }
        for (inner, _) in reader.entries(&key.text(), value)? {
            let text = inner.text();
            let is_known = OTHER_OF_PROJECT.contains(&&*text)
                || ENVIRONMENT.contains(&&*text)
                || is_table(&text);
            if !is_known {
                return Err(reader.unknown(inner));
            }
        }
        let folder = match key.text() {
            Cow::Borrowed(folder) => plain_folder(folder),
            Cow::Owned(folder) => Cow::Owned(plain_folder(&folder).into_owned()),
        };
        let folder = rush::folder(reader.path(), folder);
        projects.push(project(reader, folder, key.span(), value)?);
    }
    if environment.is_empty() {
        return Ok((projects, false));
    }
    if let Some(both) = projects.iter().find(|project| !project.asked.is_empty()) {
        let reason = "a project and what installs it stand in one document";
        return Err(reader.refuse(both.span.clone(), reason));
    }
    Ok((environment, true))
}

fn project<'t>(
    reader: &Reader<'t>,
    folder: Cow<'t, str>,
    span: Range<usize>,
    yaml: Yaml<'t>,
) -> Result<Project<'t>, LockfileError> {
    let mut asked = Vec::new();
    for kind in Table::INSTALLED {
        asked.extend(table(reader, yaml, kind.key(), kind)?);
    }
    if asked.iter().any(|asked| asked.specifier.is_none()) {
        let specifiers: HashMap<_, _, RandomState> = reader
            .mapping(yaml, "specifiers")?
            .map(|(name, specifier)| Ok((name.text(), reader.text(&name.text(), specifier)?)))
            .collect::<Result<_, LockfileError>>()?;
        for asked in asked.iter_mut().filter(|asked| asked.specifier.is_none()) {
            asked.specifier = specifiers.get(&asked.name.text()).cloned();
        }
    }
    Ok(Project { folder, span, asked })
}

/// A table of a project: `name: reference`, or `name: {specifier, version}`.
fn table<'t>(
    reader: &Reader<'t>,
    yaml: Yaml<'t>,
    key: &str,
    table: Table,
) -> Result<Vec<Asked<'t>>, LockfileError> {
    let asked = reader.mapping(yaml, key)?.map(|(name, value)| {
        if value.mapping().is_none() {
            let reference = reader.text(&name.text(), value)?;
            return Ok(Asked { table, name, specifier: None, reference });
        }
        let specifier = reader.text_of(value, "specifier")?;
        let Some(reference) = reader.text_of(value, "version")? else {
            return Err(reader.refuse(name.span(), "nothing is locked for this dependency"));
        };
        Ok(Asked { table, name, specifier, reference })
    });
    asked.collect()
}

fn copies<'t>(
    reader: &Reader<'t>,
    yaml: Yaml<'t>,
    layout: Layout,
) -> Result<Vec<(Cow<'t, str>, Copy<'t>)>, LockfileError> {
    let packages = reader.mapping(yaml, "packages")?.map(|(key, package)| {
        reader.entries(&key.text(), package)?;
        Ok((plain_key(layout, key.text()), key.span(), package))
    });
    let packages = packages.collect::<Result<Vec<_>, LockfileError>>()?;
    if layout != Layout::Snapshots {
        check_last(reader, &packages)?;
        return Ok(packages.into_iter().map(alone).collect());
    }
    let index: HashMap<&str, usize, RandomState> =
        packages.iter().enumerate().map(|(package, (key, ..))| (&**key, package)).collect();
    let mut has_copy = vec![false; packages.len()];
    let mut copies = Vec::with_capacity(packages.len());
    for (key, entry) in reader.mapping(yaml, "snapshots")? {
        reader.entries(&key.text(), entry)?;
        let of_copy = plain_key(layout, key.text());
        let found = index.get(&*of_copy).or_else(|| index.get(without_suffix(&of_copy)));
        let Some(position) = found.copied() else {
            return Err(reader.refuse(key.span(), "`packages` does not say where this comes from"));
        };
        has_copy[position] = true;
        let (name, span, package) = &packages[position];
        let copy = Copy { key: name.clone(), span: span.clone(), package: *package, entry };
        copies.push((of_copy, copy));
    }
    // Nothing installs these. They are matched all the same.
    let without = packages.iter().zip(has_copy).filter(|(_, has_copy)| !has_copy);
    let without: Vec<_> = without.map(|(package, _)| alone(package.clone())).collect();
    copies.extend(without);
    Ok(copies)
}

/// A package that has its copy in the same entry.
fn alone<'t>(
    (key, span, package): (Cow<'t, str>, Range<usize>, Yaml<'t>),
) -> (Cow<'t, str>, Copy<'t>) {
    (key.clone(), Copy { key, span, package, entry: package })
}

/// The last entry says what all others say, or the file was cut off in it.
fn check_last(
    reader: &Reader<'_>,
    packages: &[(Cow<'_, str>, Range<usize>, Yaml<'_>)],
) -> Result<(), LockfileError> {
    let says = |package: &Yaml<'_>| package.get("dev").is_some();
    match packages.split_last() {
        Some(((_, span, last), others))
            if !says(last) && !others.is_empty() && others.iter().all(|(.., it)| says(it)) =>
        {
            let reason = "the last entry lacks `dev`, as if the file was cut off";
            Err(reader.refuse(span.clone(), reason))
        }
        _ => Ok(()),
    }
}

/// What a copy depends on: under which name, what that refers to, and in what way.
pub(super) fn needs<'t>(
    reader: &Reader<'t>,
    entry: Yaml<'t>,
) -> Result<Vec<(Scalar<'t>, Cow<'t, str>, DependencyKind)>, LockfileError> {
    let mut needs = Vec::new();
    for table in [Table::Dependencies, Table::OptionalDependencies] {
        for (name, reference) in reader.mapping(entry, table.key())? {
            needs.push((name, reader.text(&name.text(), reference)?, table.kind()));
        }
    }
    Ok(needs)
}

impl Document<'_> {
    /// What a dependency refers to.
    pub(super) fn target<'t>(
        &self,
        alias: &str,
        reference: &Cow<'t, str>,
    ) -> super::path::Target<'t> {
        target(self.layout, alias, reference)
    }
}
