//! `osv-api`: OSV's batch query, and the records it names (<https://google.github.io/osv.dev/api/>).
//!
//! The answer only selects records; whether one affects a locked version is decided here, as for
//! records of any other source.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{AskError, Gathering, Project, SourceAnswer};
use crate::advisory::UnreadableRecord;
use crate::advisory::format::{AdvisoryFormat, Layout, Reading, RecordFile};
use crate::advisory::osv::OsvJson;
use crate::advisory_id::AdvisoryId;
use crate::database::reading::MAX_RECORD_BYTES;
use crate::network::redacted;
use crate::network::{Fetch, Fetched, Request, Validators};
use crate::package::{Ecosystem, PackageId, PackageName};
use crate::words::plural;

/// The word in policies and reports.
pub const KIND: &str = "osv-api";

/// "POST /v1/querybatch": at most a thousand queries.
const QUERIES_PER_BATCH: usize = 1000;

/// The pages of one question. OSV serves up to a thousand records a page.
const MAX_PAGES: usize = 100;

const MAX_ANSWER_BYTES: u64 = 64 * 1024 * 1024;

/// The packages for which a record was listed, by record.
type Named = BTreeMap<AdvisoryId, BTreeSet<PackageName>>;

/// One package to ask about, or the next page of its answer.
struct Query<'package> {
    package: &'package PackageId,
    page: Option<String>,
}

/// The packages to ask about, and those that are withheld because their scope has a registry of its
/// own. Pure.
pub fn plan(projects: &[Project]) -> (BTreeSet<&PackageId>, BTreeSet<&PackageId>) {
    let mut asked = BTreeSet::new();
    let mut private = BTreeSet::new();
    for project in projects {
        for package in &project.packages {
            let is_private = package.ecosystem == Ecosystem::Npm
                && project.registries.own_of_scope(&package.name).is_some();
            if is_private {
                private.insert(package);
            } else {
                asked.insert(package);
            }
        }
    }
    // A package that is private in one project is private everywhere.
    let private_names: BTreeSet<&str> =
        private.iter().map(|package| package.name.as_str()).collect();
    asked.retain(|package| {
        package.ecosystem != Ecosystem::Npm || !private_names.contains(package.name.as_str())
    });
    (asked, private)
}

pub(super) fn ask(
    name: &str,
    base: &Url,
    projects: &[Project],
    fetch: &dyn Fetch,
    now: Timestamp,
) -> SourceAnswer {
    let mut gathering = Gathering::new(name, KIND);
    let (asked, private) = plan(projects);
    if !private.is_empty() {
        gathering.remarks.push(format!(
            "{} npm {} not looked up in `{name}`: npm's configuration gives their scopes registries of their own",
            private.len(),
            plural(private.len(), "package was", "packages were"),
        ));
    }
    let service = Service { base, fetch };
    let packages: Vec<&PackageId> = asked.into_iter().collect();
    for batch in packages.chunks(QUERIES_PER_BATCH) {
        match service.named(batch) {
            Ok(named) => service.read_records(named, &mut gathering),
            Err(failure) => gathering.failures.push(failure),
        }
    }
    gathering.answer(Ecosystem::ALL, now)
}

struct Service<'run> {
    base: &'run Url,
    fetch: &'run dyn Fetch,
}

impl Service<'_> {
    /// The records listed for each package of a batch, over all pages.
    fn named(&self, batch: &[&PackageId]) -> Result<Named, AskError> {
        let mut named = Named::new();
        let mut queries: Vec<Query<'_>> =
            batch.iter().map(|package| Query { package, page: None }).collect();
        for _ in 0..MAX_PAGES {
            if queries.is_empty() {
                return Ok(named);
            }
            queries = self.one_page(queries, &mut named)?;
        }
        Err(self.not_an_answer("the answer does not end"))
    }

    /// Asks once, and returns the queries that remain.
    fn one_page<'package>(
        &self,
        queries: Vec<Query<'package>>,
        named: &mut Named,
    ) -> Result<Vec<Query<'package>>, AskError> {
        let url = self.address(&["v1", "querybatch"])?;
        let content = self.fetch.ask(&request(url, MAX_ANSWER_BYTES), &body(&queries))?;
        let page: Page = serde_json::from_slice(&content)
            .map_err(|error| self.not_an_answer(format!("the answer is not OSV's: {error}")))?;
        if page.results.len() != queries.len() {
            return Err(self.not_an_answer(format!(
                "{} answers came back to {} questions",
                page.results.len(),
                queries.len()
            )));
        }
        let mut rest = Vec::new();
        for (query, result) in queries.into_iter().zip(page.results) {
            for record in result.vulns.into_iter().flatten() {
                let id = self.usable_id(&record.id)?;
                let package = query.package.package_name();
                named.entry(id).or_default().insert(package);
            }
            if let Some(token) = result.next_page_token.filter(|token| !token.is_empty()) {
                rest.push(Query { page: Some(token), ..query });
            }
        }
        Ok(rest)
    }

    /// An identifier becomes part of an address: it must be valid, and must not lead to another path.
    fn usable_id(&self, text: &str) -> Result<AdvisoryId, AskError> {
        let id = text.parse::<AdvisoryId>().ok();
        id.filter(|id| !id.as_str().contains('/') && !id.as_str().starts_with('.')).ok_or_else(
            || {
                let id = text.escape_debug();
                self.not_an_answer(format!("`{id}` is not the id of a record"))
            },
        )
    }

    fn read_records(&self, named: Named, gathering: &mut Gathering<'_>) {
        let mut requests = Vec::new();
        for id in named.keys() {
            match self.address(&["v1", "vulns", id.as_str()]) {
                Ok(url) => requests.push(request(url, MAX_RECORD_BYTES)),
                Err(failure) => return gathering.failures.push(failure),
            }
        }
        let answers = self.fetch.get_all(&requests);
        if answers.len() != requests.len() {
            let failure = self.not_an_answer("not every record was answered for");
            return gathering.failures.push(failure);
        }
        for ((id, packages), answer) in named.into_iter().zip(answers) {
            let unreadable = match answer {
                Ok(Fetched::New { content, .. }) => {
                    read_record(&id, &content, &packages, gathering)
                }
                Ok(Fetched::NotModified) => Some("the server sent nothing".to_owned()),
                Err(error) => Some(error.to_string()),
            };
            if let Some(reason) = unreadable {
                gathering.keep_unreadable(&UnreadableRecord {
                    file: id.to_string(),
                    source: gathering.name.to_owned(),
                    reason,
                    packages,
                    ecosystem: None,
                });
            }
        }
    }

    fn address(&self, segments: &[&str]) -> Result<Url, AskError> {
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut path) => path.pop_if_empty().extend(segments),
            Err(()) => return Err(self.not_an_answer("that is not the address of a server")),
        };
        Ok(url)
    }

    fn not_an_answer(&self, reason: impl Into<String>) -> AskError {
        AskError::Answer { address: redacted(self.base), reason: reason.into() }
    }
}

/// Stores a record. Returns why it does not cover all packages that OSV lists, if it does not.
fn read_record(
    id: &AdvisoryId,
    content: &[u8],
    packages: &BTreeSet<PackageName>,
    gathering: &mut Gathering<'_>,
) -> Option<String> {
    gathering.note(content);
    let file = RecordFile {
        source: gathering.name,
        path: &format!("{id}.json"),
        layout: Layout::Free,
        content,
    };
    let (advisory, unreadable) = match OsvJson.read(&file) {
        Reading::Record(advisory) => (Some(advisory), None),
        Reading::Partial(advisory, unreadable) => (Some(advisory), Some(unreadable)),
        // The text may not even name its packages, but OSV's list does.
        Reading::Unreadable(unreadable) => return Some(unreadable.reason),
        Reading::NoRecord => return Some("it is not the record that was asked for".to_owned()),
    };
    let speaks_of = |package: &PackageName| {
        let in_record = advisory.iter().flat_map(|advisory| &advisory.affected);
        let mut in_record =
            in_record.map(|entry| package.is_spelt(entry.ecosystem, &entry.package));
        let mut unread = unreadable.iter().flat_map(|record| &record.packages);
        in_record.any(|is_it| is_it) || unread.any(|name| name == package)
    };
    let silent_about = packages.iter().find(|package| !speaks_of(package));
    let reason = silent_about.map(|name| format!("it says nothing about {}", name.as_str()));
    if let Some(record) = &unreadable {
        gathering.keep_unreadable(record);
    }
    if let Some(advisory) = advisory {
        gathering.keep(advisory);
    }
    reason
}

fn request(url: Url, max_bytes: u64) -> Request {
    Request { url, validators: Validators::default(), max_bytes, authorization: None }
}

fn body(queries: &[Query<'_>]) -> Value {
    let queries = queries.iter().map(|query| {
        let mut value = json!({
            "package": {
                "name": query.package.name,
                "ecosystem": query.package.ecosystem.as_str(),
            },
            "version": query.package.version,
        });
        if let Some(token) = &query.page {
            value["page_token"] = json!(token);
        }
        value
    });
    json!({ "queries": queries.collect::<Vec<_>>() })
}

#[derive(Deserialize)]
struct Page {
    results: Vec<QueryResult>,
}

#[derive(Deserialize)]
struct QueryResult {
    #[serde(default)]
    vulns: Option<Vec<NamedRecord>>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct NamedRecord {
    id: String,
}

#[cfg(test)]
mod tests;
