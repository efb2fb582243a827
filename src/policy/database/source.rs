//! One source of `[database] sources`.

use std::ops::Range;

use url::{Host, Url};

use super::super::raw::{KeyValue, Table, Value, escaped};
use super::super::reader::Reader;
use super::super::{Source, SourceKind, SourcePlace};
use crate::package::Ecosystem;

const SOURCE: &str = "a source in `sources`";

pub(super) const EXAMPLE: &str = "{ kind = \"rustsec\", path = \"advisory-db\" }";

/// The keys that a source of one kind may have.
pub(super) struct KindRules {
    pub(super) kind: SourceKind,
    /// Whether it can be on disk.
    path: bool,
    /// Whether it can be fetched or queried.
    url: bool,
    /// Its address if none is given.
    pub(super) default_url: Option<&'static str>,
    /// Whether its address depends on an ecosystem, which must be named.
    ecosystem: bool,
}

/// One row for each kind.
pub(super) const KINDS: &[KindRules] = &[
    KindRules {
        kind: SourceKind::RustSec,
        path: true,
        url: true,
        default_url: Some("https://github.com/rustsec/advisory-db/archive/refs/heads/main.zip"),
        ecosystem: false,
    },
    KindRules {
        kind: SourceKind::Osv,
        path: true,
        url: true,
        default_url: Some("https://osv-vulnerabilities.storage.googleapis.com"),
        ecosystem: true,
    },
    KindRules {
        kind: SourceKind::Folder,
        path: true,
        url: false,
        default_url: None,
        ecosystem: false,
    },
    KindRules {
        kind: SourceKind::Snapshot,
        path: false,
        url: true,
        default_url: None,
        ecosystem: false,
    },
    KindRules {
        kind: SourceKind::NpmRegistry,
        path: false,
        url: true,
        default_url: None,
        ecosystem: false,
    },
    KindRules {
        kind: SourceKind::OsvApi,
        path: false,
        url: true,
        default_url: Some("https://api.osv.dev"),
        ecosystem: false,
    },
];

impl KindRules {
    fn of(kind: SourceKind) -> Option<&'static Self> {
        KINDS.iter().find(|row| row.kind == kind)
    }

    /// The line that is missing, for the help.
    fn example(&self) -> &'static str {
        if self.path {
            "path = \"advisory-db\""
        } else {
            "url = \"https://advisories.example.com/manifest.json\""
        }
    }
}

/// The default address of a kind.
pub(super) fn default_url(kind: SourceKind) -> Option<Url> {
    Url::parse(KindRules::of(kind)?.default_url?).ok()
}

/// The default name of a source.
pub(super) fn default_name(kind: SourceKind, ecosystem: Option<Ecosystem>) -> String {
    match ecosystem {
        Some(ecosystem) => format!("{}-{ecosystem}", kind.as_str()),
        None => kind.as_str().to_owned(),
    }
}

/// A source whose name may not be chosen yet, and the span for problems with that name.
pub(super) struct Draft {
    pub(super) source: Source,
    pub(super) named: bool,
    pub(super) name_span: Range<usize>,
}

/// Reads one element of `sources`.
pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Option<Draft> {
    let table = reader.table(SOURCE, value, EXAMPLE)?;
    reader.only_keys(&table, &["kind", "path", "url", "ecosystem", "name"]);
    let kind = reader.required(&table, "kind", "kind = \"rustsec\", \"osv\" or \"folder\"");
    let kind = kind
        .and_then(|entry| reader.word("`kind`", entry.value, SourceKind::ALL, SourceKind::as_str));
    let name_entry = table.get("name");
    let name = name_entry
        .as_ref()
        .and_then(|entry| reader.string("`name`", entry.value, "name = \"our advisories\""));
    let kind = kind?;
    let rules = KindRules::of(kind)?;
    let place = read_place(reader, &table, rules);
    let is_remote = matches!(place, Some(SourcePlace::Url(_)));
    let ecosystem = read_ecosystem(reader, &table, rules, is_remote);
    let place = place?;
    let name_span = name_entry
        .or_else(|| table.get("path"))
        .or_else(|| table.get("url"))
        .map_or_else(|| value.span(), |entry| entry.value.span());
    Some(Draft {
        named: name.is_some(),
        source: Source {
            kind,
            name: name.map_or_else(|| default_name(kind, ecosystem), |name| name.trim().to_owned()),
            place,
            ecosystem,
            location: Some(reader.location(value.span().start)),
        },
        name_span,
    })
}

/// The place of a source. `None` only if a problem was noted.
fn read_place(
    reader: &mut Reader,
    table: &Table<'_, '_>,
    rules: &KindRules,
) -> Option<SourcePlace> {
    let kind = rules.kind.as_str();
    match (table.get("path"), table.get("url")) {
        (Some(_), Some(url)) => {
            refuse(reader, &url, format!("{SOURCE} has both a `path` and a `url`"), "keep one");
            None
        }
        (Some(path), None) if !rules.path => {
            let message = format!("a source of kind `{kind}` does not lie on disk");
            refuse(reader, &path, message, "give its `url` in place of the `path`");
            None
        }
        (None, Some(url)) if !rules.url => {
            let message = format!("a source of kind `{kind}` is not fetched");
            refuse(reader, &url, message, "give its `path` in place of the `url`");
            None
        }
        (Some(path), None) => reader
            .string("`path`", path.value, rules.example())
            .map(|path| SourcePlace::Path(path.to_owned())),
        (None, Some(url)) => read_url(reader, &url).map(SourcePlace::Url),
        (None, None) => match default_url(rules.kind) {
            Some(url) => Some(SourcePlace::Url(url)),
            None if rules.kind == SourceKind::NpmRegistry => Some(SourcePlace::PackageManager),
            None => {
                let missing = if rules.path { "path" } else { "url" };
                reader.required(table, missing, rules.example());
                None
            }
        },
    }
}

fn refuse(reader: &mut Reader, entry: &KeyValue<'_, '_>, message: String, help: &str) {
    let problem = reader.problem(entry.key_span.clone(), message).label("not here").help(help);
    reader.note(problem);
}

fn read_url(reader: &mut Reader, entry: &KeyValue<'_, '_>) -> Option<Url> {
    const ADDRESS: &str = "url = \"https://advisories.example.com\"";
    let text = reader.string("`url`", entry.value, ADDRESS)?;
    let url = Url::parse(text).ok().filter(is_allowed);
    if url.is_none() {
        let message = format!("`{}` is not an address to fetch advisories from", escaped(text));
        let problem = reader
            .problem(entry.value.span(), message)
            .label("not a plain https address")
            .help("write https, host and path alone: no password, query or fragment; plain http only to this machine itself");
        reader.note(problem);
    }
    url
}

/// HTTPS, or plain HTTP to this machine; without anything that could be a secret.
fn is_allowed(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    (url.scheme() == "https" || (url.scheme() == "http" && is_loopback))
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

fn read_ecosystem(
    reader: &mut Reader,
    table: &Table<'_, '_>,
    rules: &KindRules,
    is_remote: bool,
) -> Option<Ecosystem> {
    let entry = table.get("ecosystem");
    if rules.ecosystem && is_remote {
        let entry = match entry {
            Some(entry) => entry,
            None => reader.required(table, "ecosystem", "ecosystem = \"npm\" or \"crates.io\"")?,
        };
        return reader.word("`ecosystem`", entry.value, Ecosystem::ALL, Ecosystem::as_str);
    }
    if let Some(entry) = entry {
        let message = format!("{SOURCE} needs no `ecosystem` unless it is fetched from OSV");
        refuse(reader, &entry, message, "leave it out");
    }
    None
}
