//! Advisories laid out on a server as their publishers lay them out, in one edition after the other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::server::{Page, Server};

/// Records that every edition has.
const ORDINARY: u32 = 20;

/// One publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A RustSec database in one archive, about the crate `tarn`.
    RustSec,
    /// OSV's bucket for npm, about the package `glim`.
    Osv,
}

impl Source {
    /// The table of the policy that names it.
    pub(super) fn policy(self, server: &Server) -> String {
        match self {
            Self::RustSec => format!(
                "[[database.sources]]\nkind = \"rustsec\"\nurl = \"{}\"\n",
                server.url("/rustsec.zip")
            ),
            Self::Osv => format!(
                "[[database.sources]]\nkind = \"osv\"\necosystem = \"npm\"\nurl = \"{}\"\n",
                server.url("/osv")
            ),
        }
    }

    /// A lockfile with the package that the second edition and all later ones are about.
    pub(super) fn lockfile(self) -> (&'static str, &'static str) {
        match self {
            Self::RustSec => (
                "Cargo.lock",
                "version = 4\n\n[[package]]\nname = \"harbour\"\nversion = \"0.1.0\"\ndependencies = [\n \
                 \"tarn\",\n]\n\n[[package]]\nname = \"tarn\"\nversion = \"1.4.0\"\n\
                 source = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
            ),
            Self::Osv => (
                "package-lock.json",
                r#"{"name":"harbour","version":"0.1.0","lockfileVersion":3,"packages":{
                "":{"name":"harbour","version":"0.1.0","dependencies":{"glim":"^1.0.0"}},
                "node_modules/glim":{"version":"1.4.0"}}}"#,
            ),
        }
    }

    /// What an edition says of that package.
    pub(super) fn findings(self, edition: u32) -> Vec<String> {
        (2..=edition).map(|number| self.id(number)).collect()
    }

    fn id(self, number: u32) -> String {
        match self {
            Self::RustSec => format!("RUSTSEC-2026-{number:04}"),
            Self::Osv => format!("GHSA-edit-0000-{number:04}"),
        }
    }

    /// Every page of an edition, by its path.
    pub(super) fn pages(self, edition: u32) -> BTreeMap<String, Page> {
        let etag = format!("\"edition-{edition}\"");
        let page = |body: Vec<u8>| Page::new(body).etag(&etag).ranges();
        match self {
            Self::RustSec => {
                let archive = pack(&rustsec_files(edition));
                [("/rustsec.zip".to_owned(), page(archive))].into()
            }
            Self::Osv => {
                let records = osv_records(edition);
                let mut pages: BTreeMap<String, Page> = records
                    .iter()
                    .map(|(id, _, json)| (format!("/osv/npm/{id}.json"), page(json.clone().into())))
                    .collect();
                let list = modified(&records).into_bytes();
                pages.insert("/osv/npm/modified_id.csv".to_owned(), page(list));
                let files = records
                    .iter()
                    .map(|(id, _, json)| (format!("{id}.json"), json.clone().into_bytes()));
                pages.insert("/osv/npm/all.zip".to_owned(), page(pack(&files.collect::<Vec<_>>())));
                pages
            }
        }
    }

    /// Puts an edition on the server.
    pub(super) fn publish(self, server: &Server, edition: u32) {
        for (path, page) in self.pages(edition) {
            server.route(&path, page);
        }
    }
}

/// The id, the time and the text of one record.
type Record = (String, String, String);

/// OSV records of an edition, oldest first.
pub(super) fn osv_records(edition: u32) -> Vec<Record> {
    let ordinary = (0..ORDINARY).map(|number| {
        let (id, time) = (format!("GHSA-same-0000-{number:04}"), "2026-11-01T00:00:00Z");
        (id.clone(), time.to_owned(), osv_record(&id, time, &format!("package-{number}")))
    });
    let of_edition = (2..=edition).map(|number| {
        let (id, time) = (Source::Osv.id(number), format!("2026-11-10T00:00:{number:02}Z"));
        (id.clone(), time.clone(), osv_record(&id, &time, "glim"))
    });
    ordinary.chain(of_edition).collect()
}

fn osv_record(id: &str, time: &str, package: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"{time}","summary":"A flaw","affected":[{{"package":
        {{"ecosystem":"npm","name":"{package}"}},"versions":["1.4.0"]}}]}}"#
    )
}

/// `modified_id.csv`: newest first.
pub(super) fn modified(records: &[Record]) -> String {
    let mut text = String::new();
    for (id, time, _) in records.iter().rev() {
        writeln!(text, "{time},{id}").unwrap();
    }
    text
}

fn rustsec_files(edition: u32) -> Vec<(String, Vec<u8>)> {
    let ordinary = (0..ORDINARY)
        .map(|number| (format!("RUSTSEC-2025-{number:04}"), format!("package-{number}")));
    let of_edition = (2..=edition).map(|number| (Source::RustSec.id(number), "tarn".to_owned()));
    let files = ordinary.chain(of_edition).map(|(id, package)| {
        let text = format!(
            "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2026-11-01\"\n\n\
             [versions]\npatched = [\">=2.0.0\"]\n```\n\n# A flaw\n\nText.\n"
        );
        (format!("advisory-db-main/crates/{package}/{id}.md"), text.into_bytes())
    });
    files.collect()
}

/// A zip file, with records that do not become smaller, so that every tenth of it holds some.
pub(super) fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    pack_as(zip::CompressionMethod::Stored, files)
}

/// A zip file.
pub(super) fn pack_as(method: zip::CompressionMethod, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in files {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
