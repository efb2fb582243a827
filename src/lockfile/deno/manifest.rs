//! What `deno.json`, `deno.jsonc` and `package.json` ask for (Deno documentation, "deno.json and
//! package.json").

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::request::{Registry, Request};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::json::{Keyed, Text};
use crate::lockfile::node::jsonc;
use crate::lockfile::node::package_json::{PackageJson, Table};
use crate::lockfile::node::projects::workspaces;
use crate::lockfile::tool;
use crate::problem::{Location, SourceText};

/// The manifests in one folder.
#[derive(Default)]
pub(super) struct Manifests {
    deno: Option<Arc<SourceText>>,
    import_map: Option<Arc<SourceText>>,
    package: Option<PackageJson>,
}

/// Something of npm that a manifest asks for.
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) versions: Option<String>,
    /// As it is written.
    pub(super) written: String,
    pub(super) location: Location,
    /// The manifest.
    pub(super) source: Arc<SourceText>,
}

/// What a `deno.json` asks for. An import map has the first two tables (WICG, "Import maps").
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DenoJson<'text> {
    #[serde(borrow)]
    imports: Keyed<'text, Text<'text>>,
    #[serde(borrow)]
    scopes: Keyed<'text, Keyed<'text, Text<'text>>>,
    /// The path of an import map, which counts where there are no such tables.
    import_map: Value,
    compiler_options: Value,
    workspace: Value,
}

impl Manifests {
    /// Those in a folder, relative to that of the lockfile.
    pub(super) fn read(folder: &str, files: &dyn ManifestFiles) -> Self {
        let slash = if folder.is_empty() { "" } else { "/" };
        let mut names = tool::DENO.configuration.iter();
        let deno = names.find_map(|name| files.read(&format!("{folder}{slash}{name}")));
        let import_map = deno.as_ref().and_then(|deno| {
            let path = import_map(&deno.text).filter(|path| !path.contains("://"))?;
            files.read(&plain_folder(&format!("{folder}{slash}{path}")))
        });
        Self { deno, import_map, package: PackageJson::read(folder, files) }
    }

    /// What the project is called.
    pub(super) fn name(&self) -> Option<String> {
        let own = self.deno.as_ref().and_then(|deno| {
            let values: Value = serde_json::from_str(&jsonc::plain(&deno.text)).ok()?;
            Some(values.get("name")?.as_str()?.to_owned())
        });
        let name = own.or_else(|| self.package.as_ref()?.name.clone());
        name.filter(|name| !name.is_empty())
    }

    pub(super) fn is_there(&self) -> bool {
        self.deno.is_some() || self.package.is_some()
    }

    /// The folders of the members of a workspace, from the one of these manifests (Deno documentation,
    /// "Workspaces and monorepos").
    pub(super) fn members(&self, files: &dyn ManifestFiles) -> BTreeSet<String> {
        let plain = self.deno.as_ref().map(|deno| jsonc::plain(&deno.text));
        let read: Option<DenoJson<'_>> =
            plain.as_ref().and_then(|plain| serde_json::from_str(plain).ok());
        let workspace = read.map(|read| read.workspace).unwrap_or_default();
        let listed = workspace.get("members").unwrap_or(&workspace).as_array();
        let listed = listed.into_iter().flatten();
        let mut patterns: Vec<String> =
            listed.filter_map(Value::as_str).map(str::to_owned).collect();
        let of_package = self.package.as_ref().and_then(|package| package.workspaces.as_ref());
        patterns.extend(of_package.into_iter().flatten().cloned());
        workspaces(&patterns, files)
    }

    /// All that they ask of npm. Deno installs nothing for the other tables of a `package.json`.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let maps = [&self.deno, &self.import_map].into_iter().flatten();
        let mut asked: Vec<Asked> = maps.flat_map(imports).collect();
        let tables = [Table::Dependencies, Table::DevDependencies];
        for dependency in self.package.iter().flat_map(|package| &package.dependencies) {
            let specifier = dependency.specifier.as_deref();
            let wish = specifier.filter(|_| tables.contains(&dependency.table));
            let (Some(wish), Some(package)) = (wish, &self.package) else {
                continue;
            };
            let request = Request::of_manifest(&dependency.name.text, wish);
            asked.extend(request.map(|request| Asked {
                name: request.name.to_owned(),
                versions: request.versions.map(str::to_owned),
                written: wish.to_owned(),
                location: package.location(&dependency.name),
                source: Arc::clone(&package.source),
            }));
        }
        asked
    }
}

/// The path of the import map of a `deno.json` that has none in itself.
fn import_map(text: &str) -> Option<String> {
    let plain = jsonc::plain(text);
    let read: DenoJson<'_> = serde_json::from_str(&plain).ok()?;
    let has_own = !read.imports.0.is_empty() || !read.scopes.0.is_empty();
    read.import_map.as_str().filter(|_| !has_own).map(str::to_owned)
}

/// What a `deno.json` or an import map asks of npm. One that does not read asks for nothing.
fn imports(source: &Arc<SourceText>) -> Vec<Asked> {
    let plain = jsonc::plain(&source.text);
    let read: DenoJson<'_> = serde_json::from_str(&plain).unwrap_or_default();
    let scoped = read.scopes.0.iter().flat_map(|(_, table)| &table.0);
    let imports = read.imports.0.iter().chain(scoped).filter_map(|(key, value)| {
        let written = value.0.as_ref()?;
        let offset = key.offset_in(&plain).or(written.offset_in(&plain));
        Some((&**written, offset))
    });
    // The factory of JSX comes from this package.
    let jsx = read.compiler_options.get("jsxImportSource").and_then(Value::as_str);
    let jsx = jsx.map(|written| (written, plain.find("\"jsxImportSource\"")));
    let asked = imports.chain(jsx).filter_map(|(written, offset)| {
        let request = Request::read(written).filter(|request| request.registry == Registry::Npm)?;
        let line = source.line_at(offset.unwrap_or_default());
        Some(Asked {
            name: request.name.to_owned(),
            versions: request.versions.map(str::to_owned),
            written: written.to_string(),
            location: Location { file: source.path.clone(), line },
            source: Arc::clone(source),
        })
    });
    asked.collect()
}
