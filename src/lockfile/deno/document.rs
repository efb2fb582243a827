//! What a `deno.lock` says, as far as it is read (Deno source, `libs/lockfile`).

use std::fmt;
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::lockfile::node::json::{Keyed, Str};
use crate::lockfile::node::words::Words;

/// The versions of the format that are known.
pub(super) const KNOWN_VERSIONS: RangeInclusive<u64> = 2..=5;

/// The tables of every version, of which a file has some.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Document<'text> {
    #[serde(borrow)]
    pub(super) version: Option<Str<'text>>,
    /// Versions 4 and 5: what stands for each request. `npm:a@1` is a version, with the peers of a copy.
    #[serde(borrow)]
    pub(super) specifiers: Keyed<'text, Str<'text>>,
    /// Versions 4 and 5.
    #[serde(borrow)]
    pub(super) jsr: Keyed<'text, JsrPackage<'text>>,
    /// Versions 4 and 5, and version 2.
    #[serde(borrow)]
    pub(super) npm: Npm<'text>,
    /// Version 3.
    #[serde(borrow)]
    pub(super) packages: Packages<'text>,
    /// Modules that are fetched by their addresses.
    #[serde(borrow)]
    pub(super) remote: Keyed<'text, IgnoredAny>,
    #[serde(borrow)]
    pub(super) workspace: Workspace<'text>,
}

/// `packages` of version 3.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Packages<'text> {
    /// `npm:a@1` is `npm:a@1.2.3`.
    #[serde(borrow)]
    pub(super) specifiers: Keyed<'text, Str<'text>>,
    #[serde(borrow)]
    pub(super) jsr: Keyed<'text, JsrPackage<'text>>,
    #[serde(borrow)]
    pub(super) npm: Keyed<'text, NpmPackage<'text>>,
}

/// `npm`: packages by their ids, which version 2 has in a table below, beside what stands for each request.
#[derive(Default)]
pub(super) struct Npm<'text> {
    /// `a@1` is `a@1.2.3`.
    pub(super) specifiers: Keyed<'text, Str<'text>>,
    pub(super) packages: Keyed<'text, NpmPackage<'text>>,
}

/// A package of npm. Its key is its name, an `@`, its version and the peers of this copy.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct NpmPackage<'text> {
    #[serde(borrow)]
    pub(super) integrity: Option<Str<'text>>,
    #[serde(borrow)]
    pub(super) dependencies: Dependencies<'text>,
    #[serde(borrow)]
    pub(super) optional_dependencies: Dependencies<'text>,
    /// Those that are installed, and requests for those that are not.
    #[serde(borrow)]
    pub(super) optional_peers: Dependencies<'text>,
    #[serde(borrow)]
    pub(super) os: Words<'text>,
    #[serde(borrow)]
    pub(super) cpu: Words<'text>,
    /// The address of its archive, where that is not of the public registry.
    #[serde(borrow)]
    pub(super) tarball: Option<Str<'text>>,
}

/// What a package depends on: `a` where one copy is locked, `a@1.2.3`, or `alias@npm:a@1.2.3`.
#[derive(Default)]
pub(super) struct Dependencies<'text>(pub(super) Vec<Str<'text>>);

/// A package of JSR.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct JsrPackage<'text> {
    /// Requests.
    #[serde(borrow)]
    pub(super) dependencies: Vec<Str<'text>>,
}

/// The projects.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Workspace<'text> {
    #[serde(borrow)]
    dependencies: Vec<Str<'text>>,
    #[serde(borrow)]
    package_json: Manifest<'text>,
    /// By their folders from that of the lockfile.
    #[serde(borrow)]
    pub(super) members: Keyed<'text, Member<'text>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Member<'text> {
    #[serde(borrow)]
    dependencies: Vec<Str<'text>>,
    #[serde(borrow)]
    package_json: Manifest<'text>,
}

/// What a `package.json` asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest<'text> {
    #[serde(borrow)]
    dependencies: Vec<Str<'text>>,
}

impl<'text> Workspace<'text> {
    /// The requests of the project in the lockfile's own folder.
    pub(super) fn requests(&self) -> impl Iterator<Item = &Str<'text>> {
        self.dependencies.iter().chain(&self.package_json.dependencies)
    }
}

impl<'text> Member<'text> {
    pub(super) fn requests(&self) -> impl Iterator<Item = &Str<'text>> {
        self.dependencies.iter().chain(&self.package_json.dependencies)
    }
}

impl<'de: 'text, 'text> Deserialize<'de> for Npm<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NpmVisitor)
    }
}

struct NpmVisitor;

impl<'de> Visitor<'de> for NpmVisitor {
    type Value = Npm<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of packages")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut npm = Npm::default();
        while let Some(key) = map.next_key::<Str<'de>>()? {
            match &*key {
                "specifiers" => npm.specifiers.0.extend(map.next_value::<Keyed<'de, _>>()?.0),
                "packages" => npm.packages.0.extend(map.next_value::<Keyed<'de, _>>()?.0),
                _ => npm.packages.0.push((key, map.next_value()?)),
            }
        }
        Ok(npm)
    }
}

impl<'de: 'text, 'text> Deserialize<'de> for Dependencies<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DependenciesVisitor)
    }
}

struct DependenciesVisitor;

impl<'de> Visitor<'de> for DependenciesVisitor {
    type Value = Dependencies<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or a list of dependencies")
    }

    /// Versions 2 and 3: ids by names.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut dependencies = Vec::new();
        while let Some((_, id)) = map.next_entry::<IgnoredAny, Str<'de>>()? {
            dependencies.push(id);
        }
        Ok(Dependencies(dependencies))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut dependencies = Vec::new();
        while let Some(id) = list.next_element()? {
            dependencies.push(id);
        }
        Ok(Dependencies(dependencies))
    }
}
