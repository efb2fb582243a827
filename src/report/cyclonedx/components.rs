//! The packages of all lockfiles, each once, and what depends on what.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::lockfile::{LockedPackage, Lockfile};
use crate::outcome::Outcome;
use crate::source::PackageSource;

/// What a qualifier of a package URL may not hold as it is (purl specification, "Qualifiers").
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'@');

/// A project, a package or a tool.
#[derive(Serialize)]
pub(super) struct Component<'o> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    reference: Option<Cow<'o, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'o str>,
    name: &'o str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'o str,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<Cow<'o, str>>,
}

impl<'o> Component<'o> {
    pub(super) fn tool(name: &'static str, version: &'static str) -> Component<'static> {
        Component {
            kind: "application",
            reference: None,
            group: None,
            name,
            version,
            purl: None,
        }
    }

    /// The repository that was checked, by its package URL.
    pub(super) fn repository(purl: &'o str) -> Self {
        let bare = purl.split(['@', '?']).next().unwrap_or(purl);
        let name = bare.rsplit('/').next().unwrap_or(bare);
        let purl = Cow::Borrowed(purl);
        Self {
            kind: "application",
            reference: Some(purl.clone()),
            group: None,
            name,
            version: "",
            purl: Some(purl),
        }
    }

    fn of(reference: &'o str, package: &'o LockedPackage, is_project: bool) -> Self {
        let full = package.id.name.as_str();
        let (group, name) = match full.rsplit_once('/') {
            Some((group, name)) if group.starts_with('@') => (Some(group), name),
            _ => (None, full),
        };
        Self {
            kind: if is_project { "application" } else { "library" },
            reference: Some(Cow::Borrowed(reference)),
            group,
            name,
            version: &package.id.version,
            purl: Some(Cow::Borrowed(reference)),
        }
    }
}

/// What a component needs.
#[derive(Serialize)]
pub(super) struct Dependency<'o> {
    #[serde(rename = "ref")]
    reference: &'o str,
    #[serde(rename = "dependsOn")]
    depends_on: Vec<&'o str>,
}

/// The components, by reference.
pub(super) struct Parts<'o> {
    packages: BTreeMap<String, (&'o LockedPackage, bool)>,
    edges: BTreeMap<String, BTreeSet<String>>,
}

impl<'o> Parts<'o> {
    pub(super) fn of(outcome: &'o Outcome) -> Self {
        let mut parts = Self { packages: BTreeMap::new(), edges: BTreeMap::new() };
        for lockfile in &outcome.lockfiles {
            parts.add(lockfile);
        }
        parts
    }

    fn add(&mut self, lockfile: &'o Lockfile) {
        let references: Vec<String> = lockfile.packages.iter().map(package_url).collect();
        let projects: BTreeSet<usize> = lockfile.roots.iter().copied().collect();
        for (index, package) in lockfile.packages.iter().enumerate() {
            let is_project = projects.contains(&index);
            self.packages
                .entry(references[index].clone())
                .or_insert((package, is_project));
            self.edges.entry(references[index].clone()).or_default();
        }
        for edge in &lockfile.edges {
            if references[edge.from] != references[edge.to] {
                self.edges
                    .entry(references[edge.from].clone())
                    .or_default()
                    .insert(references[edge.to].clone());
            }
        }
    }

    pub(super) fn components(&self) -> Vec<Component<'_>> {
        self.packages
            .iter()
            .map(|(reference, (package, is_project))| {
                Component::of(reference, package, *is_project)
            })
            .collect()
    }

    pub(super) fn dependencies(&self) -> Vec<Dependency<'_>> {
        self.edges
            .iter()
            .map(|(reference, needs)| Dependency {
                reference,
                depends_on: needs.iter().map(String::as_str).collect(),
            })
            .collect()
    }

    /// The references of a package, whichever registry it comes from.
    pub(super) fn references(&self, purl: &str) -> Vec<&str> {
        self.packages
            .keys()
            .map(String::as_str)
            .filter(|reference| reference.split('?').next() == Some(purl))
            .collect()
    }
}

/// The package URL, with where the package comes from unless that is the public registry: another
/// package of the same name is another component.
fn package_url(package: &LockedPackage) -> String {
    let purl = package.id.purl();
    let (key, address) = match &package.source {
        PackageSource::PublicRegistry | PackageSource::Local => return purl,
        PackageSource::OtherRegistry(address) => ("repository_url", address),
        PackageSource::Git(address) => ("vcs_url", address),
        PackageSource::Archive(address) => ("download_url", address),
    };
    format!("{purl}?{key}={}", utf8_percent_encode(address, RESERVED))
}
