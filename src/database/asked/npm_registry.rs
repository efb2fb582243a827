//! `npm-registry`: the bulk advisory endpoint of the registries that npm itself would use.
//!
//! A scope with a registry of its own is asked only there, and that registry is
//! asked about nothing else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::npm_config::Registry;
use super::{AskError, Gathering, Project, SourceAnswer};
use crate::advisory::npm;
use crate::network::redacted;
use crate::network::{Fetch, NetworkError, Request, Secret, Validators};
use crate::package::Ecosystem;

/// The word in policies and reports.
pub const KIND: &str = "npm-registry";

/// Below the address of a registry (`@npmcli/arborist`, `lib/audit-report.js`).
const PATH: &str = "-/npm/v1/security/advisories/bulk";

/// The packages of one question. npm sends all at once, but registries limit the size of a request.
const PACKAGES_PER_QUESTION: usize = 500;

/// An answer lists only vulnerable packages, in a few hundred bytes for each advisory.
const MAX_ANSWER_BYTES: u64 = 32 * 1024 * 1024;

/// One question to one registry: the locked versions of each package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub registry: Registry,
    /// The locked versions by name.
    pub packages: BTreeMap<String, BTreeSet<String>>,
}

/// The questions, in the order of the registries' addresses: `url` replaces npm's default
/// registry, if it is set. Pure.
pub fn plan(projects: &[Project], url: Option<&Url>) -> Vec<Question> {
    type Asked<'project> = (&'project Registry, BTreeMap<String, BTreeSet<String>>);
    let mut registries: BTreeMap<(&Url, Option<&str>), Asked<'_>> = BTreeMap::new();
    for project in projects {
        for package in &project.packages {
            if package.ecosystem != Ecosystem::Npm {
                continue;
            }
            let registry = match url {
                Some(url) => project.registries.of_named(&package.name, url),
                None => project.registries.of(&package.name),
            };
            let Some(registry) = registry else {
                continue;
            };
            let key = (&registry.url, registry.authorization.as_ref().map(Secret::expose));
            let (_, packages) =
                registries.entry(key).or_insert_with(|| (registry, BTreeMap::new()));
            let versions = packages.entry(package.name.to_string()).or_default();
            versions.insert(package.version.to_string());
        }
    }
    registries
        .into_values()
        .flat_map(|(registry, packages)| in_batches(registry, packages))
        .collect()
}

fn in_batches(registry: &Registry, packages: BTreeMap<String, BTreeSet<String>>) -> Vec<Question> {
    let packages: Vec<_> = packages.into_iter().collect();
    packages
        .chunks(PACKAGES_PER_QUESTION)
        .map(|chunk| Question {
            registry: registry.clone(),
            packages: chunk.iter().cloned().collect(),
        })
        .collect()
}

pub(super) fn ask(
    name: &str,
    url: Option<&Url>,
    projects: &[Project],
    fetch: &dyn Fetch,
    now: Timestamp,
) -> SourceAnswer {
    let mut gathering = Gathering::new(name, KIND);
    let mut silent = BTreeSet::new();
    for question in plan(projects, url) {
        // A registry that has failed once is not asked again in this run.
        let registry = question.registry.url.clone();
        if silent.contains(&registry) {
            continue;
        }
        if let Err(failure) = put(&question, fetch, &mut gathering) {
            gathering.failures.push(failure);
            silent.insert(registry);
        }
    }
    gathering.answer(&[Ecosystem::Npm], now)
}

fn put(
    question: &Question,
    fetch: &dyn Fetch,
    gathering: &mut Gathering<'_>,
) -> Result<(), AskError> {
    let registry = &question.registry;
    let not_an_answer =
        |reason: String| AskError::Answer { address: redacted(&registry.url), reason };
    let url = registry.url.join(PATH).map_err(|error| not_an_answer(error.to_string()))?;
    let request = Request {
        url,
        validators: Validators::default(),
        max_bytes: MAX_ANSWER_BYTES,
        authorization: registry.authorization.clone(),
    };
    let content = fetch
        .ask(&request, &body(&question.packages))
        .map_err(|error| failure(&registry.url, error))?;
    let asked = question.packages.keys().map(String::as_str).collect();
    let answer = npm::read(gathering.name, &content, &asked)
        .map_err(|error| not_an_answer(error.to_string()))?;
    gathering.note(&content);
    for advisory in answer.advisories {
        gathering.keep(advisory);
    }
    for record in &answer.unreadable {
        gathering.keep_unreadable(record);
    }
    Ok(())
}

fn body(packages: &BTreeMap<String, BTreeSet<String>>) -> Value {
    let versions =
        |versions: &BTreeSet<String>| versions.iter().cloned().map(Value::from).collect();
    let packages = packages.iter();
    Value::Object(packages.map(|(name, all)| (name.clone(), versions(all))).collect())
}

/// Registries without an audit endpoint report that in several ways.
fn failure(registry: &Url, error: NetworkError) -> AskError {
    match error {
        NetworkError::Status { status: status @ (404 | 405 | 410 | 501), .. } => {
            AskError::NotSupported { registry: redacted(registry), status }
        }
        other => AskError::Network(other),
    }
}

#[cfg(test)]
mod tests;
