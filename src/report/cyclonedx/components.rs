//! The packages of all lockfiles, each once, and the dependencies between them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::address::package_url;
use crate::lockfile::{LockedPackage, Lockfile};
use crate::matching::why_unmatched;
use crate::outcome::Outcome;

/// The most lockfiles in the name of a document's subject.
const NAMED_LOCKFILES: usize = 3;

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
        Component { kind: "application", reference: None, group: None, name, version, purl: None }
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

    fn of(reference: &'o str, part: &'o Part<'_>) -> Self {
        let package = part.package;
        let full = package.id.name.as_str();
        let (group, name) = match full.rsplit_once('/') {
            Some((group, name)) if group.starts_with('@') => (Some(group), name),
            _ => (None, full),
        };
        Self {
            kind: if part.is_project { "application" } else { "library" },
            reference: Some(Cow::Borrowed(reference)),
            group,
            name,
            version: &package.id.version,
            purl: part.purl.as_deref().map(Cow::Borrowed),
        }
    }
}

/// The dependencies of a component.
#[derive(Serialize)]
pub(super) struct Dependency<'o> {
    #[serde(rename = "ref")]
    reference: &'o str,
    #[serde(rename = "dependsOn")]
    depends_on: Vec<&'o str>,
}

/// A package of the document.
struct Part<'o> {
    package: &'o LockedPackage,
    is_project: bool,
    purl: Option<String>,
    /// Whether advisories are matched against it.
    is_matched: bool,
}

/// The components, by reference.
pub(super) struct Parts<'o> {
    packages: BTreeMap<String, Part<'o>>,
    edges: BTreeMap<String, BTreeSet<String>>,
    /// The subject of the document.
    subject: Subject,
}

/// The subject of a document. It is always present, because some readers require it.
enum Subject {
    /// The repository, by its package URL.
    Repository(String),
    /// The only project, by its reference.
    Project(String),
    /// Several projects, or none: their lockfiles.
    Lockfiles(String),
}

/// The reference of a subject with several projects.
const SEVERAL: &str = "lockgate:lockfiles";

impl<'o> Parts<'o> {
    pub(super) fn of(outcome: &'o Outcome) -> Self {
        let nothing = Subject::Lockfiles(String::new());
        let (packages, edges) = (BTreeMap::new(), BTreeMap::new());
        let mut parts = Self { packages, edges, subject: nothing };
        for lockfile in &outcome.lockfiles {
            parts.add(lockfile, outcome);
        }
        parts.subject = parts.find_subject(outcome);
        parts
    }

    fn add(&mut self, lockfile: &'o Lockfile, outcome: &Outcome) {
        let purls: Vec<Option<String>> = lockfile.packages.iter().map(package_url).collect();
        let references: Vec<String> = lockfile
            .packages
            .iter()
            .zip(&purls)
            .map(|(package, purl)| purl.clone().unwrap_or_else(|| local_reference(package)))
            .collect();
        let projects: BTreeSet<usize> = lockfile.roots.iter().copied().collect();
        for ((index, package), purl) in lockfile.packages.iter().enumerate().zip(purls) {
            let part = Part {
                package,
                is_project: projects.contains(&index),
                purl,
                is_matched: why_unmatched(package, &outcome.policy.registries).is_ok(),
            };
            self.packages.entry(references[index].clone()).or_insert(part);
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

    fn projects(&self) -> impl Iterator<Item = &String> {
        let projects = self.packages.iter().filter(|(_, part)| part.is_project);
        projects.map(|(reference, _)| reference)
    }

    fn find_subject(&self, outcome: &Outcome) -> Subject {
        if let Some(product) = &outcome.product {
            return Subject::Repository(product.clone());
        }
        let mut projects = self.projects();
        if let (Some(only), None) = (projects.next(), projects.next()) {
            return Subject::Project(only.clone());
        }
        let paths = outcome.lockfiles.iter().take(NAMED_LOCKFILES);
        let mut names: Vec<String> = paths.map(|it| it.source.path.clone()).collect();
        let more = outcome.lockfiles.len() - names.len();
        if more > 0 {
            names.push(format!("{more} more"));
        }
        let name = if names.is_empty() { "no lockfile".to_owned() } else { names.join(", ") };
        Subject::Lockfiles(name)
    }

    /// The subject of the document.
    pub(super) fn subject(&self) -> Component<'_> {
        match &self.subject {
            Subject::Repository(purl) => Component::repository(purl),
            Subject::Lockfiles(name) => Component {
                kind: "application",
                reference: Some(Cow::Borrowed(SEVERAL)),
                group: None,
                name,
                version: "",
                purl: None,
            },
            Subject::Project(reference) => match self.packages.get(reference) {
                Some(part) => Component::of(reference, part),
                None => Component::tool("project", ""),
            },
        }
    }

    /// Every component except the document's subject.
    pub(super) fn components(&self) -> Vec<Component<'_>> {
        let is_subject = |reference: &String| match &self.subject {
            Subject::Project(subject) => subject == reference,
            Subject::Repository(_) | Subject::Lockfiles(_) => false,
        };
        let others = self.packages.iter();
        let others = others.filter(|(reference, _)| !is_subject(reference));
        others.map(|(reference, part)| Component::of(reference, part)).collect()
    }

    pub(super) fn dependencies(&self) -> Vec<Dependency<'_>> {
        let subject = match &self.subject {
            Subject::Repository(purl) => Some(purl.as_str()),
            Subject::Lockfiles(_) => Some(SEVERAL),
            Subject::Project(_) => None,
        };
        let of_subject = subject.map(|reference| Dependency {
            reference,
            depends_on: self.projects().map(String::as_str).collect(),
        });
        let of_packages = self.edges.iter().map(|(reference, needs)| Dependency {
            reference,
            depends_on: needs.iter().map(String::as_str).collect(),
        });
        of_subject.into_iter().chain(of_packages).collect()
    }

    /// The references of a package, from any registry, if it is matched by name.
    pub(super) fn references(&self, purl: &str) -> Vec<&str> {
        let is_it = |part: &Part<'_>| {
            let own = part.purl.as_ref().and_then(|own| own.split('?').next());
            part.is_matched && own == Some(purl)
        };
        self.packages
            .iter()
            .filter(|(_, part)| is_it(part))
            .map(|(reference, _)| reference.as_str())
            .collect()
    }
}

/// The reference of a project or of a copy in the repository, which has no package URL.
fn local_reference(package: &LockedPackage) -> String {
    let kind = package.id.ecosystem.purl_type();
    format!("local:{kind}/{}@{}", package.id.name, package.id.version)
}
