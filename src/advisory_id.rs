//! Advisory identifiers: parsed once, compared regardless of spelling.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::{SmolStr, StrExt, format_smolstr};

/// The database that assigned an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdvisoryIdKind {
    /// RustSec Advisory Database: `RUSTSEC-2023-0071`.
    RustSec,
    /// GitHub Advisory Database: `GHSA-35jh-r3h4-6jhm`.
    Ghsa,
    /// OpenSSF malicious packages: `MAL-2024-1234`.
    Malicious,
    /// Any other database, including a team's own.
    Other,
    /// `CVE-2021-23337`: an alias of almost every record, so the last choice for a title.
    Cve,
}

/// The identifier of an advisory, in its canonical spelling.
///
/// `ghsa-35JH-R3H4-6JHM` and `GHSA-35jh-r3h4-6jhm` are the same identifier. Ordered by kind first
/// (RustSec, GHSA, MAL, other, CVE), then by spelling: the least one names a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdvisoryId {
    /// Derived from the spelling and stored, because ids are compared more often than they are parsed.
    kind: AdvisoryIdKind,
    spelling: SmolStr,
}

/// The text cannot be an advisory identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an advisory id such as RUSTSEC-2023-0071, GHSA-35jh-r3h4-6jhm or CVE-2021-23337", .0.escape_debug())]
pub struct InvalidAdvisoryId(pub String);

impl AdvisoryId {
    pub fn as_str(&self) -> &str {
        &self.spelling
    }

    /// The database that assigned it.
    pub fn kind(&self) -> AdvisoryIdKind {
        self.kind
    }

    /// The part before the first dash: the database that assigned it, in its own spelling.
    pub fn prefix(&self) -> &str {
        prefix(&self.spelling)
    }

    /// The public page about it, if its database has one.
    pub fn url(&self) -> Option<String> {
        match self.kind() {
            AdvisoryIdKind::RustSec => {
                Some(format!("https://rustsec.org/advisories/{}.html", self.spelling))
            }
            AdvisoryIdKind::Ghsa => {
                Some(format!("https://github.com/advisories/{}", self.spelling))
            }
            AdvisoryIdKind::Malicious => {
                Some(format!("https://osv.dev/vulnerability/{}", self.spelling))
            }
            AdvisoryIdKind::Cve => {
                Some(format!("https://www.cve.org/CVERecord?id={}", self.spelling))
            }
            AdvisoryIdKind::Other => None,
        }
    }
}

impl AdvisoryIdKind {
    /// The database with this spelling of ids.
    fn of(spelling: &str) -> Self {
        match prefix(spelling) {
            "RUSTSEC" => Self::RustSec,
            "GHSA" => Self::Ghsa,
            "MAL" => Self::Malicious,
            "CVE" => Self::Cve,
            _ => Self::Other,
        }
    }
}

fn prefix(text: &str) -> &str {
    let end = text.bytes().position(|byte| byte == b'-');
    &text[..end.unwrap_or(text.len())]
}

impl FromStr for AdvisoryId {
    type Err = InvalidAdvisoryId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidAdvisoryId(text.to_owned());
        let acceptable = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/')
        };
        if text.is_empty() || text.len() > 128 || !text.bytes().all(acceptable) {
            return Err(invalid());
        }
        let prefix = prefix(text);
        let rest = &text[prefix.len()..];
        let is = |word: &str| prefix.eq_ignore_ascii_case(word);
        let is_canonical = match prefix {
            "GHSA" => !rest.bytes().any(|byte| byte.is_ascii_uppercase()),
            "RUSTSEC" | "CVE" | "MAL" => !rest.bytes().any(|byte| byte.is_ascii_lowercase()),
            _ => false,
        };
        let spelling = if is_canonical {
            SmolStr::new(text)
        } else if is("GHSA") {
            format_smolstr!("GHSA{}", rest.to_ascii_lowercase_smolstr())
        } else if is("RUSTSEC") || is("CVE") || is("MAL") {
            text.to_ascii_uppercase_smolstr()
        } else {
            SmolStr::new(text)
        };
        Ok(Self { kind: AdvisoryIdKind::of(&spelling), spelling })
    }
}

impl<'de> Deserialize<'de> for AdvisoryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Spelling;

        impl Visitor<'_> for Spelling {
            type Value = AdvisoryId;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an advisory id")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<AdvisoryId, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Spelling)
    }
}

impl fmt::Display for AdvisoryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.spelling)
    }
}

impl Serialize for AdvisoryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.spelling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> AdvisoryId {
        text.parse().unwrap()
    }

    #[test]
    fn spelling_is_canonical() {
        assert_eq!(id("ghsa-35JH-R3H4-6JHM"), id("GHSA-35jh-r3h4-6jhm"));
        assert_eq!(id("rustsec-2023-0071").as_str(), "RUSTSEC-2023-0071");
        assert_eq!(id("Acme-7").as_str(), "Acme-7");
    }

    #[test]
    fn the_least_identifier_names_a_finding() {
        let mut ids = [id("CVE-2020-1"), id("ACME-1"), id("GHSA-a"), id("RUSTSEC-2020-0001")];
        ids.sort();
        assert_eq!(ids[0].as_str(), "RUSTSEC-2020-0001");
        assert_eq!(ids[3].as_str(), "CVE-2020-1");
    }

    #[test]
    fn control_characters_and_blanks_are_refused() {
        for text in ["", " ", "RUSTSEC-2020-0001\u{1b}[2J", "GHSA x", "é"] {
            assert!(text.parse::<AdvisoryId>().is_err(), "{text:?}");
        }
    }
}
