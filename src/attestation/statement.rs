//! The format of the statement, which is a contract.
//!
//! Keys are in alphabetical order, lists in the order of their content. Every key is always
//! present, and there are no others.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

/// An in-toto statement about a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_field_names,
    reason = "in-toto calls it `_type`, which Rust keeps for itself"
)]
pub struct Statement {
    /// [`STATEMENT_TYPE`](super::STATEMENT_TYPE)
    #[serde(rename = "_type")]
    pub statement_type: String,
    pub predicate: Predicate,
    /// [`PREDICATE_TYPE`](super::PREDICATE_TYPE)
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// Its subjects, by name.
    pub subject: Vec<Subject>,
}

/// A file of the release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub digest: Digests,
    /// Its name: that of the file, without its folder.
    pub name: String,
}

/// A digest under the name of its algorithm (in-toto attestation framework, "`DigestSet`").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// 64 hexadecimal digits in lower case.
    pub sha256: String,
}

impl Digests {
    /// The digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: format!("{:x}", Sha256::digest(bytes)) }
    }
}

/// The statement about a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Predicate {
    /// When the check ran.
    pub checked_at: Timestamp,
    /// Findings that were suppressed or proved harmless.
    pub cleared: Vec<Cleared>,
    /// Whether the clock was set by hand.
    pub clock_set: bool,
    /// The SHA-256 digest of the predicate without this key, as compact JSON. It detects accidents; it is
    /// not a signature.
    pub content_digest: String,
    /// The advisories; `None` if there were none.
    #[serde(deserialize_with = "present")]
    pub database: Option<Database>,
    /// The number of findings by disposition.
    pub dispositions: Dispositions,
    /// The exit code of the check.
    pub exit_code: u8,
    /// The meaning of the exit code.
    pub exit_meaning: String,
    /// Everything that is unknown.
    pub gaps: Vec<Unknown>,
    /// The lockfiles that were read, by path.
    pub lockfiles: Vec<Lockfile>,
    /// The policy that decided.
    pub policy: PolicyIdentity,
    /// Remarks that change nothing.
    pub remarks: Vec<String>,
    pub scope: Scope,
    /// The commit; `None` if it is unknown.
    #[serde(deserialize_with = "present")]
    pub source: Option<SourceCommit>,
    /// Findings that a ticket lets pass for now.
    pub tickets: Vec<Tracked>,
    pub tool: Tool,
    /// `pass`, `block` or `indeterminate`.
    pub verdict: String,
}

impl Predicate {
    /// The digest of everything except the digest itself.
    pub fn digest_of_content(&self) -> String {
        let content = Self { content_digest: String::new(), ..self.clone() };
        // Serialising structures of texts and numbers into memory cannot fail.
        let bytes = serde_json::to_vec(&content).unwrap_or_default();
        format!("sha256:{:x}", Sha256::digest(bytes))
    }
}

/// A key that may be `null` but must be present.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}

/// A finding that does not count, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cleared {
    pub advisory: String,
    /// `suppressed` or `not-affected`.
    pub disposition: String,
    /// The claims that were upheld for it. `attested` is a person's word.
    pub evidence: Vec<String>,
    /// The last day on which its suppression applies.
    #[serde(deserialize_with = "present")]
    pub expires: Option<Date>,
    #[serde(deserialize_with = "present")]
    pub lockfile: Option<String>,
    /// The package URL of the package.
    pub package: String,
}

/// A finding that a ticket lets pass until a date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracked {
    pub advisory: String,
    /// The last day on which the ticket lets it pass.
    #[serde(deserialize_with = "present")]
    pub due: Option<Date>,
    #[serde(deserialize_with = "present")]
    pub lockfile: Option<String>,
    /// The package URL of the package.
    pub package: String,
}

/// The advisories that were known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Database {
    /// When it was built.
    pub built_at: Timestamp,
    /// Its digest, with the algorithm in front.
    pub digest: String,
    /// Their sources, by name.
    pub sources: Vec<AdvisorySource>,
}

/// A source of advisories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AdvisorySource {
    /// The number of its records.
    pub advisories: u64,
    /// When it was last known to be current.
    #[serde(deserialize_with = "present")]
    pub current_at: Option<Timestamp>,
    /// The word for its kind in a policy.
    pub kind: String,
    pub name: String,
    pub revision: String,
}

/// The number of findings by disposition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Dispositions {
    /// They close the gate.
    pub block: usize,
    /// They were proved harmless without a written claim.
    pub not_affected: usize,
    /// They are only shown.
    pub note: usize,
    /// A claim about them was upheld.
    pub suppressed: usize,
    pub ticket: usize,
}

/// A gap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unknown {
    /// Its stable code.
    pub code: String,
    pub message: String,
}

/// A lockfile that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lockfile {
    /// The digest of its bytes.
    pub digest: Digests,
    /// The word for its format.
    pub format: String,
    /// How many packages it locks, without the projects.
    pub packages: usize,
    /// Its path, for display.
    pub path: String,
}

/// The policy that decided: a file, or the built-in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PolicyIdentity {
    /// [`BUILT_IN_POLICY`] if there was no file.
    #[serde(deserialize_with = "present")]
    pub built_in: Option<String>,
    /// The digest of the bytes of the file.
    #[serde(deserialize_with = "present")]
    pub digest: Option<Digests>,
    /// The path of the file, for display.
    #[serde(deserialize_with = "present")]
    pub path: Option<String>,
}

/// The name of the policy that applies without a file.
pub const BUILT_IN_POLICY: &str = "strict-default";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Folders and lockfiles, for display.
    pub paths: Vec<String>,
    /// Whether one of them is the root of a repository, so that only files that the
    /// policy and `.gitignore` exclude were left out.
    pub whole: bool,
}

/// The commit that is checked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceCommit {
    /// The full commit id.
    pub commit: String,
    /// Lockfiles and the policy, if they differ from the commit; `None` if that is
    /// unknown.
    #[serde(deserialize_with = "present")]
    pub modified: Option<Vec<String>>,
    /// The repository and commit as a package URL, if it is known.
    #[serde(deserialize_with = "present")]
    pub product: Option<String>,
}

/// The program that checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// [`TOOL`]
    pub name: String,
    pub version: String,
}

/// The name of the program that checks.
pub const TOOL: &str = "lockgate";
