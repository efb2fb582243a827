//! What a package is called: its ecosystem, its name and one exact version.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A package ecosystem, spelt as the OSV schema spells it (`package.ecosystem`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ecosystem {
    /// Rust crates of the default registry.
    #[serde(rename = "crates.io")]
    Cargo,
    /// JavaScript packages of the default npm registry.
    #[serde(rename = "npm")]
    Npm,
}

impl Ecosystem {
    /// Every ecosystem, in the order reports use.
    pub const ALL: &'static [Self] = &[Self::Cargo, Self::Npm];

    /// The OSV name: `crates.io` or `npm`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cargo => "crates.io",
            Self::Npm => "npm",
        }
    }

    /// The package URL type: `cargo` or `npm` (purl specification, "known types").
    pub fn purl_type(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
        }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The word is not the name of an ecosystem that lockgate knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ecosystem lockgate knows: use `crates.io` or `npm`")]
pub struct UnknownEcosystem(pub String);

impl FromStr for Ecosystem {
    type Err = UnknownEcosystem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // An OSV ecosystem may carry a suffix after a colon (OSV schema, "affected[].package").
        match text.split(':').next() {
            Some("crates.io") => Ok(Self::Cargo),
            Some("npm") => Ok(Self::Npm),
            _ => Err(UnknownEcosystem(text.to_owned())),
        }
    }
}

/// One exact package: `lodash 4.17.20` of npm.
///
/// Nearly every name and version is short enough to be kept in place, so that copies cost no memory
/// of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId {
    /// Where names are unique.
    pub ecosystem: Ecosystem,
    /// The name under which the registry knows it, never a local alias.
    pub name: SmolStr,
    /// The locked version, as the lockfile spells it.
    pub version: SmolStr,
}

impl PackageId {
    /// The package URL, such as `pkg:npm/%40babel/core@7.0.0` (purl specification).
    pub fn purl(&self) -> String {
        let name = self
            .name
            .split('/')
            .map(percent_encode)
            .collect::<Vec<_>>()
            .join("/");
        format!("pkg:{}/{name}@{}", self.ecosystem.purl_type(), percent_encode(&self.version))
    }
}

impl fmt::Display for PackageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.version.is_empty() {
            return formatter.write_str(&self.name);
        }
        write!(formatter, "{} {}", self.name, self.version)
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986, as purl components want it.
fn percent_encode(text: &str) -> String {
    use fmt::Write;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purl_encodes_scope_and_build_metadata() {
        let scoped = PackageId {
            ecosystem: Ecosystem::Npm,
            name: "@babel/core".into(),
            version: "7.0.0".into(),
        };
        assert_eq!(scoped.purl(), "pkg:npm/%40babel/core@7.0.0");
        let build = PackageId {
            ecosystem: Ecosystem::Cargo,
            name: "wasi".into(),
            version: "0.11.0+wasi-snapshot".into(),
        };
        assert_eq!(build.purl(), "pkg:cargo/wasi@0.11.0%2Bwasi-snapshot");
    }

    #[test]
    fn ecosystem_ignores_the_osv_suffix() {
        assert_eq!("npm:private".parse(), Ok(Ecosystem::Npm));
        assert!("PyPI".parse::<Ecosystem>().is_err());
    }
}
