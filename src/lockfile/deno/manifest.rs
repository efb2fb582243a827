//! What `deno.json`, `deno.jsonc` and `package.json` ask for (Deno documentation, "deno.json and
//! package.json").

use std::sync::Arc;

use serde::Deserialize;

use super::request::{Registry, Request};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::json::{Keyed, Text};
use crate::lockfile::node::jsonc;
use crate::lockfile::node::package_json::{PackageJson, Table};
use crate::lockfile::tool;
use crate::problem::{Location, SourceText};

/// The manifests in one folder.
#[derive(Default)]
pub(super) struct Manifests {
    deno: Option<Arc<SourceText>>,
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

#[derive(Default, Deserialize)]
#[serde(default)]
struct DenoJson<'text> {
    #[serde(borrow)]
    imports: Keyed<'text, Text<'text>>,
}

impl Manifests {
    /// Those in a folder, relative to that of the lockfile.
    pub(super) fn read(folder: &str, files: &dyn ManifestFiles) -> Self {
        let slash = if folder.is_empty() { "" } else { "/" };
        let mut names = tool::DENO.configuration.iter();
        Self {
            deno: names.find_map(|name| files.read(&format!("{folder}{slash}{name}"))),
            package: PackageJson::read(folder, files),
        }
    }

    pub(super) fn is_there(&self) -> bool {
        self.deno.is_some() || self.package.is_some()
    }

    /// All that they ask of npm. Deno installs nothing for the other tables of a `package.json`.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let mut asked = self.deno.as_ref().map(imports).unwrap_or_default();
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

/// What the import map of a `deno.json` asks of npm. One that does not read asks for nothing.
fn imports(source: &Arc<SourceText>) -> Vec<Asked> {
    let plain = jsonc::plain(&source.text);
    let read: DenoJson<'_> = serde_json::from_str(&plain).unwrap_or_default();
    let imports = read.imports.0.iter();
    let asked = imports.filter_map(|(key, value)| {
        let written = value.0.as_ref()?;
        let request = Request::read(written).filter(|request| request.registry == Registry::Npm)?;
        let offset = key.offset_in(&plain).or(written.offset_in(&plain)).unwrap_or_default();
        Some(Asked {
            name: request.name.to_owned(),
            versions: request.versions.map(str::to_owned),
            written: written.to_string(),
            location: Location { file: source.path.clone(), line: source.line_at(offset) },
            source: Arc::clone(source),
        })
    });
    asked.collect()
}
