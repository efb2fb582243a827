//! What a `bun.lock` says, as far as it is read (Bun source, `install/lockfile`, `bun.lock`).

use std::collections::HashSet;
use std::fmt;
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::lockfile::DependencyKind;
use crate::lockfile::node::json::{Keyed, Str};
use crate::lockfile::node::words::Words;

/// The versions of the format that are known. Each allows more than the one before it, and means the same
/// by what both allow.
pub(super) const KNOWN_VERSIONS: RangeInclusive<u64> = 0..=3;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'text> {
    pub(super) lockfile_version: u64,
    /// The projects, by their folders from that of the lockfile. That of the root is `""`.
    #[serde(borrow)]
    pub(super) workspaces: Keyed<'text, Info<'text>>,
    /// What is installed, by the path of the names under which it is: `parent/@scope/child`. Bun leaves the
    /// table out where it would be empty.
    #[serde(borrow, default)]
    pub(super) packages: Keyed<'text, Entry<'text>>,
    /// What the root orders in place of what others ask for.
    #[serde(default)]
    pub(super) overrides: Map<String, Value>,
    /// What `catalog:` stands for.
    #[serde(borrow, default)]
    pub(super) catalog: Keyed<'text, Str<'text>>,
    /// What `catalog:<name>` stands for.
    #[serde(borrow, default)]
    pub(super) catalogs: Keyed<'text, Keyed<'text, Str<'text>>>,
}

/// An entry of `packages`: a list whose first element says what it is. Which others there are depends on
/// that, on their order and on the version of Bun.
pub(super) struct Entry<'text> {
    /// `name@1.2.3`, or a place behind the `@`.
    pub(super) resolution: Str<'text>,
    /// The address of its archive, where it is no package of the public registry. Empty where it is one.
    pub(super) registry: Option<Str<'text>>,
    pub(super) info: Info<'text>,
    /// What stands behind: a commit, and the checksum of the archive.
    pub(super) rest: Vec<Str<'text>>,
}

impl Entry<'_> {
    /// The checksum of its archive.
    pub(super) fn integrity(&self) -> Option<&str> {
        self.rest.last().map(|text| &**text).filter(|text| text.contains('-'))
    }
}

/// What is said about a project or a package.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Info<'text> {
    /// Of a project.
    #[serde(borrow)]
    pub(super) name: Option<Str<'text>>,
    /// Of a project.
    #[serde(borrow)]
    pub(super) version: Option<Str<'text>>,
    #[serde(borrow)]
    dependencies: Keyed<'text, Str<'text>>,
    #[serde(borrow)]
    dev_dependencies: Keyed<'text, Str<'text>>,
    #[serde(borrow)]
    optional_dependencies: Keyed<'text, Str<'text>>,
    #[serde(borrow)]
    peer_dependencies: Keyed<'text, Str<'text>>,
    #[serde(borrow)]
    optional_peers: Vec<Str<'text>>,
    #[serde(borrow)]
    pub(super) os: Words<'text>,
    #[serde(borrow)]
    pub(super) cpu: Words<'text>,
    /// Whether it is a part of the archive of the package above it.
    pub(super) bundled: bool,
}

impl<'text> Info<'text> {
    /// The names of its peers that it can do without.
    pub(super) fn optional_peers(&self) -> HashSet<&str> {
        self.optional_peers.iter().map(|name| &**name).collect()
    }

    /// All that it asks for: in what way, under which name, and what.
    pub(super) fn asks(&self) -> impl Iterator<Item = (DependencyKind, &Str<'text>, &Str<'text>)> {
        let tables = [
            (DependencyKind::Normal, &self.dependencies),
            (DependencyKind::Optional, &self.optional_dependencies),
            (DependencyKind::Peer, &self.peer_dependencies),
            (DependencyKind::Development, &self.dev_dependencies),
        ];
        tables
            .into_iter()
            .flat_map(|(kind, table)| table.0.iter().map(move |(name, wish)| (kind, name, wish)))
    }
}

impl<'de: 'text, 'text> Deserialize<'de> for Entry<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list that begins with the name and the version of a package")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let Some(resolution) = list.next_element()? else {
            return Err(A::Error::invalid_length(0, &self));
        };
        let mut entry =
            Entry { resolution, registry: None, info: Info::default(), rest: Vec::new() };
        let mut has_info = false;
        while let Some(element) = list.next_element()? {
            match element {
                Element::Info(info) if !has_info => {
                    entry.info = *info;
                    has_info = true;
                }
                Element::Text(text) if has_info => entry.rest.push(text),
                Element::Text(text) if entry.registry.is_none() => entry.registry = Some(text),
                Element::Info(_) => return Err(A::Error::custom("a package is described twice")),
                Element::Text(_) => return Err(A::Error::custom("a package has two addresses")),
            }
        }
        Ok(entry)
    }
}

/// An element of an entry behind the first.
enum Element<'text> {
    Text(Str<'text>),
    Info(Box<Info<'text>>),
}

impl<'de: 'text, 'text> Deserialize<'de> for Element<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Element<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, or what a package depends on")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Element::Text(Str(text.into())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Element::Text(Str(text.to_owned().into())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Info::deserialize(MapAccessDeserializer::new(map)).map(|info| Element::Info(Box::new(info)))
    }
}
