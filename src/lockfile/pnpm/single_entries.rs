//! Version 13, which pnpm writes with `lockfile.format: v13` since 12.19: an entry for each package, with its
//! peers as properties. Exact versions stand where a project asks for them, and are not repeated.

use std::borrow::Cow;
use std::collections::HashMap;

use super::document::{Asked, Copy, Document, Project};
use super::entry::is_true;
use super::reader::Reader;
use super::version::Layout;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::package_json::Table;
use crate::lockfile::node::yaml::{Scalar, Yaml};
use crate::lockfile::{DependencyKind, LockfileError};

const SECTIONS: &[&str] = &["lockfileVersion", "settings", "projects", "packages"];

const OTHER_OF_PROJECT: &[&str] = &["name", "dependenciesMeta", "publishDirectory"];

/// Reads a document.
pub(super) fn document<'t>(
    reader: &Reader<'t>,
    yaml: Yaml<'t>,
) -> Result<Document<'t>, LockfileError> {
    for (key, _) in reader.entries("the document", yaml)? {
        if !SECTIONS.contains(&&*key.text()) {
            return Err(reader.unknown(key));
        }
    }
    let copies = reader.mapping(yaml, "packages")?.map(|(key, package)| {
        reader.entries(&key.text(), package)?;
        let copy = Copy { key: key.text(), span: key.span(), package, entry: package };
        Ok((key.text(), copy))
    });
    let copies = copies.collect::<Result<Vec<_>, LockfileError>>()?;
    let mut document = Document::new(Layout::SingleEntries, yaml, Vec::new(), copies);
    let known = Known::of(yaml, &document);
    let projects = reader.mapping(yaml, "projects")?.map(|(key, value)| {
        let folder = plain_folder(&key.text()).into_owned();
        let reading = Reading { reader, known: &known, folder: &folder, project: value };
        let asked = reading.asked(&key.text())?;
        Ok(Project { folder: Cow::Owned(folder), span: key.span(), asked })
    });
    let projects = projects.collect::<Result<Vec<_>, LockfileError>>()?;
    document.set_projects(projects);
    Ok(document)
}

/// What projects refer to.
struct Known<'t> {
    /// What catalogs have, by their names and those of the packages.
    catalogs: HashMap<(Cow<'t, str>, Cow<'t, str>), Yaml<'t>>,
    /// The folders of projects by their names, which are written where something links to the project.
    folders: HashMap<Cow<'t, str>, Cow<'t, str>>,
    /// The keys of copies of projects, by their names: `None` where there are several.
    copies: HashMap<String, Option<Cow<'t, str>>>,
}

impl<'t> Known<'t> {
    fn of(yaml: Yaml<'t>, document: &Document<'t>) -> Self {
        let settings = yaml.get("settings").and_then(|settings| settings.get("catalogs"));
        let mut known =
            Self { catalogs: HashMap::new(), folders: HashMap::new(), copies: HashMap::new() };
        for (catalog, entries) in settings.and_then(Yaml::mapping).into_iter().flatten() {
            for (name, entry) in entries.mapping().into_iter().flatten() {
                known.catalogs.insert((catalog.text(), name.text()), entry);
            }
        }
        for (key, project) in yaml.get("projects").and_then(Yaml::mapping).into_iter().flatten() {
            if let Some(name) = project.get("name").and_then(Yaml::scalar) {
                known.folders.entry(name.text()).or_insert(key.text());
            }
        }
        for copy in &document.copies {
            if let Some((name, _)) = copy.key.split_once("@file:") {
                let several = known.copies.contains_key(name);
                let key = (!several).then(|| copy.key.clone());
                known.copies.insert(name.to_owned(), key);
            }
        }
        known
    }
}

/// A project while it is read.
struct Reading<'run, 't> {
    reader: &'run Reader<'t>,
    known: &'run Known<'t>,
    folder: &'run str,
    project: Yaml<'t>,
}

impl<'t> Reading<'_, 't> {
    fn asked(&self, key: &str) -> Result<Vec<Asked<'t>>, LockfileError> {
        let is_table = |key: &str| Table::INSTALLED.iter().any(|table| table.key() == key);
        for (inner, _) in self.reader.entries(key, self.project)? {
            let text = inner.text();
            if !OTHER_OF_PROJECT.contains(&&*text) && !is_table(&text) {
                return Err(self.reader.unknown(inner));
            }
        }
        let mut asked = Vec::new();
        for table in Table::INSTALLED {
            for (name, value) in self.reader.mapping(self.project, table.key())? {
                let (specifier, reference) = self.locked(name, value)?;
                asked.push(Asked { table, name, specifier: Some(specifier), reference });
            }
        }
        Ok(asked)
    }

    /// What is asked for, and what is locked for it.
    fn locked(
        &self,
        name: Scalar<'t>,
        value: Yaml<'t>,
    ) -> Result<(Cow<'t, str>, Cow<'t, str>), LockfileError> {
        if value.mapping().is_some() {
            let of = |key: &str| self.reader.text_of(value, key);
            return match (of("specifier")?, of("version")?) {
                (Some(specifier), Some(version)) => Ok((specifier, version)),
                _ => Err(self.reader.refuse(name.span(), "nothing is locked for this dependency")),
            };
        }
        let alias = name.text();
        let specifier = self.reader.text(&alias, value)?;
        let reference = match specifier.split_once(':') {
            Some(("npm", exact)) => Some(Cow::Owned(exact.to_owned())),
            Some(("catalog", catalog)) => self.in_catalog(catalog.trim(), &alias)?,
            Some(("workspace", range)) => self.in_workspace(&alias, range),
            _ => None,
        };
        let reference = reference.unwrap_or_else(|| specifier.clone());
        Ok((specifier, reference))
    }

    /// The version in a catalog (pnpm documentation, "Catalogs").
    fn in_catalog(
        &self,
        catalog: &str,
        alias: &str,
    ) -> Result<Option<Cow<'t, str>>, LockfileError> {
        let catalog = if catalog.is_empty() { "default" } else { catalog };
        let key = (Cow::Owned(catalog.to_owned()), Cow::Owned(alias.to_owned()));
        let Some(entry) = self.known.catalogs.get(&key).copied() else {
            return Ok(None);
        };
        if entry.mapping().is_some() {
            return self.reader.text_of(entry, "version");
        }
        let exact = self.reader.text(alias, entry)?;
        Ok(Some(match exact.strip_prefix("npm:") {
            Some(exact) => Cow::Owned(exact.to_owned()),
            None => exact,
        }))
    }

    /// The project that is linked, or the copy of it that is installed.
    fn in_workspace(&self, alias: &str, range: &str) -> Option<Cow<'t, str>> {
        let real = range.rfind('@').filter(|at| *at > 0).map_or(alias, |at| &range[..at]);
        let meta = self.project.get("dependenciesMeta").and_then(|meta| meta.get(alias));
        let is_injected = meta.is_some_and(|meta| is_true(meta, "injected"));
        let copy = self.known.copies.get(real).cloned().flatten();
        let up = self.folder.split('/').filter(|step| !step.is_empty()).map(|_| "../");
        let linked = self.known.folders.get(real);
        let link = linked.map(|folder| format!("link:{}{folder}", up.collect::<String>()));
        if is_injected { copy.or(link.map(Cow::Owned)) } else { link.map(Cow::Owned).or(copy) }
    }
}

/// What a package depends on, in any of its copies. What only a dependency of it wants beside itself is
/// written there as well.
pub(super) fn needs<'t>(
    reader: &Reader<'t>,
    entry: Yaml<'t>,
) -> Result<Vec<(Scalar<'t>, Cow<'t, str>, DependencyKind)>, LockfileError> {
    let mut needs = Vec::new();
    let copies = match entry.get("snapshots") {
        Some(copies) => Some(copies.sequence().ok_or_else(|| {
            reader.refuse(copies.span(), "`snapshots` is not followed by a list")
        })?),
        None => None,
    };
    for part in [entry].into_iter().chain(copies.into_iter().flatten()) {
        for table in [Table::Dependencies, Table::OptionalDependencies, Table::PeerDependencies] {
            for (name, value) in reader.mapping(part, table.key())? {
                let reference = match value.mapping() {
                    Some(_) if is_true(value, "below") => None,
                    Some(_) => reader.text_of(value, "version")?,
                    // The range of a peer that nobody brings.
                    None if table == Table::PeerDependencies => None,
                    None => Some(reader.text(&name.text(), value)?),
                };
                needs.extend(reference.map(|reference| (name, reference, table.kind())));
            }
        }
    }
    Ok(needs)
}
