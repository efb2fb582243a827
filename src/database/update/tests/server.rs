//! A server in memory that answers conditional requests and records them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::Mutex;

use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::network::{Fetch, Fetched, NetworkError, Progress, Request, Validators};

#[derive(Default)]
pub(super) struct Server {
    documents: Mutex<BTreeMap<String, Vec<u8>>>,
    log: Mutex<Vec<String>>,
    /// Addresses that begin like this cannot be reached.
    pub(super) broken: Mutex<Vec<String>>,
}

/// A record: its id and its JSON.
pub(super) type Record = (String, String, String);

pub(super) fn npm_record(number: usize, day: &str) -> Record {
    record_about(number, day, "")
}

pub(super) fn record_about(number: usize, day: &str, summary: &str) -> Record {
    let id = format!("GHSA-{number:04}");
    let modified = format!("{day}T00:00:00Z");
    let json = format!(
        r#"{{"id":"{id}","modified":"{modified}","summary":"{summary}","affected":[{{"package":
        {{"ecosystem":"npm","name":"package-{number}"}},"versions":["1.0.0"]}}]}}"#
    );
    (id, modified, json)
}

pub(super) fn pack(entries: &[(String, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = SimpleFileOptions::default();
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(super) fn zip(records: &[Record]) -> Vec<u8> {
    let entry = |(id, _, json): &Record| (format!("{id}.json"), json.clone());
    pack(&records.iter().map(entry).collect::<Vec<_>>())
}

/// A RustSec database as packed by a code host.
pub(super) fn rustsec_zip(packages: &[&str]) -> Vec<u8> {
    let mut entries = vec![("advisory-db-main/README.md".to_owned(), "text".to_owned())];
    entries.extend(packages.iter().enumerate().map(|(number, package)| {
        let id = format!("RUSTSEC-2026-{number:04}");
        let text = format!(
            "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2026-01-01\"\n\n\
             [versions]\npatched = [\">=2.0.0\"]\n```\n\n# A flaw\n\nText.\n"
        );
        (format!("advisory-db-main/crates/{package}/{id}.md"), text)
    }));
    pack(&entries)
}

impl Server {
    pub(super) fn put(&self, url: &str, content: &[u8]) {
        let mut documents = self.documents.lock().unwrap();
        documents.insert(url.to_owned(), content.to_owned());
    }

    pub(super) fn remove(&self, url: &str) {
        self.documents.lock().unwrap().remove(url);
    }

    pub(super) fn document(&self, url: &str) -> Vec<u8> {
        self.documents.lock().unwrap()[url].clone()
    }

    /// Publishes records in the layout of OSV's bucket.
    pub(super) fn publish_npm(&self, records: &[Record]) {
        let base = super::NPM;
        let mut lines: Vec<_> =
            records.iter().map(|(id, time, _)| format!("{time},{id}\n")).collect();
        lines.sort();
        lines.reverse();
        self.put(&format!("{base}/modified_id.csv"), lines.concat().as_bytes());
        self.put(&format!("{base}/all.zip"), &zip(records));
        for (id, _, json) in records {
            self.put(&format!("{base}/{id}.json"), json.as_bytes());
        }
    }

    /// Publishes a snapshot beside its manifest.
    pub(super) fn publish_snapshot(&self, path: &Path) {
        let bytes = fs::read(path).unwrap();
        let manifest = serde_json::json!({
            "schema": "lockgate/snapshot/v1",
            "file": "advisories.lockgate",
            "sha256": format!("{:x}", Sha256::digest(&bytes)),
            "bytes": bytes.len(),
            "built_at": "2026-01-10T00:00:00Z",
        });
        self.put("https://team.example/db/manifest.json", manifest.to_string().as_bytes());
        self.put("https://team.example/db/advisories.lockgate", &bytes);
    }

    pub(super) fn take_log(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    fn answer(&self, request: &Request) -> Result<Fetched<Vec<u8>>, NetworkError> {
        let url = request.url.to_string();
        let say = |code: u16| self.log.lock().unwrap().push(format!("{code} {url}"));
        if self.broken.lock().unwrap().iter().any(|start| url.starts_with(start)) {
            return Err(NetworkError::Unreachable { url, cause: "no route".into() });
        }
        let Some(content) = self.documents.lock().unwrap().get(&url).cloned() else {
            say(404);
            return Err(NetworkError::Status { url, status: 404 });
        };
        let etag = Some(format!("{:x}", Sha256::digest(&content)));
        if request.validators.etag == etag {
            say(304);
            return Ok(Fetched::NotModified);
        }
        say(200);
        let validators = Validators { etag, last_modified: None };
        Ok(Fetched::New { content, validators })
    }
}

impl Fetch for Server {
    fn get(&self, request: &Request) -> Result<Fetched<Vec<u8>>, NetworkError> {
        self.answer(request)
    }

    fn get_all(&self, requests: &[Request]) -> Vec<Result<Fetched<Vec<u8>>, NetworkError>> {
        requests.iter().map(|request| self.answer(request)).collect()
    }

    fn download(
        &self,
        request: &Request,
        file: &Path,
        _: &dyn Progress,
    ) -> Result<Fetched<()>, NetworkError> {
        Ok(match self.answer(request)? {
            Fetched::NotModified => Fetched::NotModified,
            Fetched::New { content, validators } => {
                fs::write(file, content).unwrap();
                Fetched::New { content: (), validators }
            }
        })
    }

    fn ask(&self, _: &Request, _: &serde_json::Value) -> Result<Vec<u8>, NetworkError> {
        unreachable!("an update asks nothing")
    }
}
