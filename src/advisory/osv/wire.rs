//! OSV records in their file format (OSV schema 1.7).
//!
//! Only the keys that lockgate uses. A used key that occurs twice is an error, because JSON readers
//! disagree about which one counts. The free-form `*_specific` objects are kept raw: databases put
//! anything there, and nothing in them makes a record unreadable.

mod event;

use serde::Deserialize;
use serde_json::value::RawValue;
use smol_str::SmolStr;

#[derive(Deserialize)]
pub(super) struct OsvRecord<'text> {
    #[serde(default)]
    pub(super) schema_version: Option<String>,
    pub(super) id: String,
    #[serde(default)]
    pub(super) aliases: Option<Vec<String>>,
    #[serde(default)]
    pub(super) modified: Option<String>,
    #[serde(default)]
    pub(super) published: Option<String>,
    #[serde(default)]
    pub(super) withdrawn: Option<String>,
    #[serde(default)]
    pub(super) summary: Option<String>,
    #[serde(default)]
    pub(super) details: Option<String>,
    #[serde(default, borrow)]
    pub(super) severity: Option<Vec<Severity<'text>>>,
    #[serde(default, borrow)]
    pub(super) affected: Option<Vec<Affected<'text>>>,
    #[serde(default)]
    pub(super) references: Option<Vec<Reference>>,
    #[serde(default, borrow)]
    pub(super) database_specific: Option<DatabaseSpecific<'text>>,
}

#[derive(Deserialize)]
pub(super) struct Severity<'text> {
    #[serde(default, borrow)]
    score: Option<&'text RawValue>,
}

impl Severity<'_> {
    /// The vector or the word. Some databases write a number, which means nothing by itself.
    pub(super) fn score(&self) -> Option<String> {
        string(self.score)
    }
}

#[derive(Deserialize)]
pub(super) struct Reference {
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Affected<'text> {
    #[serde(default)]
    pub(super) package: Option<Package>,
    #[serde(default, borrow)]
    pub(super) severity: Option<Vec<Severity<'text>>>,
    #[serde(default)]
    pub(super) ranges: Option<Vec<Range>>,
    #[serde(default)]
    pub(super) versions: Option<Vec<SmolStr>>,
    #[serde(default, borrow)]
    pub(super) ecosystem_specific: Option<EcosystemSpecific<'text>>,
    #[serde(default, borrow)]
    pub(super) database_specific: Option<DatabaseSpecific<'text>>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) ecosystem: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct Range {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) events: Option<Vec<event::Event>>,
}

/// RustSec's additions for crates.
#[derive(Deserialize)]
pub(super) struct EcosystemSpecific<'text> {
    #[serde(default, borrow)]
    affects: Option<&'text RawValue>,
    #[serde(default, borrow)]
    affected_functions: Option<&'text RawValue>,
}

/// Which parts of a crate RustSec says are affected.
#[derive(Default, Deserialize)]
pub(super) struct Affects {
    #[serde(default)]
    pub(super) functions: Vec<String>,
    #[serde(default)]
    pub(super) os: Vec<String>,
    #[serde(default)]
    pub(super) arch: Vec<String>,
}

impl EcosystemSpecific<'_> {
    /// The affected parts. Older exports have the functions in `affected_functions`.
    pub(super) fn affects(&self) -> Affects {
        let mut affects: Affects = lenient(self.affects).unwrap_or_default();
        if affects.functions.is_empty() {
            affects.functions = lenient(self.affected_functions).unwrap_or_default();
        }
        affects
    }
}

/// Additions of the known databases: the GitHub Advisory Database, RustSec, the `OpenSSF` malicious
/// packages.
#[derive(Deserialize)]
pub(super) struct DatabaseSpecific<'text> {
    #[serde(default, borrow)]
    severity: Option<&'text RawValue>,
    #[serde(default, borrow)]
    informational: Option<&'text RawValue>,
    #[serde(default, borrow)]
    cvss: Option<&'text RawValue>,
    #[serde(default, borrow)]
    categories: Option<&'text RawValue>,
    #[serde(default, borrow)]
    cwe_ids: Option<&'text RawValue>,
    #[serde(default, borrow)]
    cwes: Option<&'text RawValue>,
    #[serde(default, borrow, rename = "malicious-packages-origins")]
    malicious_packages_origins: Option<&'text RawValue>,
}

#[derive(Deserialize)]
struct Weakness {
    #[serde(rename = "cweId")]
    id: String,
}

impl DatabaseSpecific<'_> {
    /// The severity word, such as `MODERATE`.
    pub(super) fn severity_word(&self) -> Option<String> {
        string(self.severity)
    }

    /// RustSec's word for an advisory that is not a vulnerability.
    pub(super) fn informational(&self) -> Option<String> {
        string(self.informational)
    }

    /// RustSec's own copy of the CVSS vector.
    pub(super) fn cvss(&self) -> Option<String> {
        string(self.cvss)
    }

    /// Whether the package was made to attack: CWE-506 ("Embedded Malicious Code"),
    /// RustSec's category `malicious`, or an origin in the malicious packages database.
    pub(super) fn is_malicious(&self) -> bool {
        let weakness_ids: Vec<String> = lenient(self.cwe_ids).unwrap_or_default();
        let weaknesses: Vec<Weakness> = lenient(self.cwes).unwrap_or_default();
        let categories: Vec<String> = lenient(self.categories).unwrap_or_default();
        self.malicious_packages_origins.is_some()
            || categories.iter().any(|category| category == "malicious")
            || weakness_ids
                .iter()
                .chain(weaknesses.iter().map(|weakness| &weakness.id))
                .any(|id| id == "CWE-506")
    }
}

fn string(raw: Option<&RawValue>) -> Option<String> {
    lenient(raw)
}

/// A free-form value, if it has the expected shape.
fn lenient<'text, T: Deserialize<'text>>(raw: Option<&'text RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}
