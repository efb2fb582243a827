//! What a package is called: its ecosystem, its name and one exact version.

pub mod purl;

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

/// A name in a registry, in the spelling that all spellings of it have in common.
///
/// crates.io takes `foo-bar`, `foo_bar` and `Foo-Bar` for one name and gives it out once (crates.io
/// source, `canon_crate_name`). To npm every spelling is a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(Ecosystem, SmolStr)", into = "(Ecosystem, SmolStr)")]
pub struct PackageName {
    ecosystem: Ecosystem,
    spelling: SmolStr,
}

impl PackageName {
    /// The name that is spelt like this.
    pub fn new(ecosystem: Ecosystem, spelling: &str) -> Self {
        let spelling = folded(ecosystem, spelling).unwrap_or_else(|| SmolStr::new(spelling));
        Self { ecosystem, spelling }
    }

    /// Where it is unique.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    pub fn as_str(&self) -> &str {
        &self.spelling
    }

    /// Whether it can be spelt like this.
    pub fn is_spelt(&self, ecosystem: Ecosystem, spelling: &str) -> bool {
        let own = self.spelling.bytes();
        let other = spelling.bytes().map(|byte| match ecosystem {
            Ecosystem::Cargo => fold(byte),
            Ecosystem::Npm => byte,
        });
        self.ecosystem == ecosystem && self.spelling.len() == spelling.len() && own.eq(other)
    }
}

/// The common spelling, if it is another one.
fn folded(ecosystem: Ecosystem, spelling: &str) -> Option<SmolStr> {
    let is_other = |byte: u8| byte == b'-' || byte.is_ascii_uppercase();
    if ecosystem == Ecosystem::Npm || !spelling.bytes().any(is_other) {
        return None;
    }
    // Nearly every name fits into this, and so takes no memory of its own.
    let mut short = [0; 64];
    let mut long = Vec::new();
    let folded = if let Some(short) = short.get_mut(..spelling.len()) {
        short
    } else {
        long.resize(spelling.len(), 0);
        long.as_mut_slice()
    };
    for (folded, byte) in folded.iter_mut().zip(spelling.bytes()) {
        *folded = fold(byte);
    }
    std::str::from_utf8(folded).ok().map(SmolStr::new)
}

/// What stands for a byte of a crate's name. One ASCII character stands for another: UTF-8 stays UTF-8.
fn fold(byte: u8) -> u8 {
    if byte == b'-' { b'_' } else { byte.to_ascii_lowercase() }
}

impl From<(Ecosystem, SmolStr)> for PackageName {
    fn from((ecosystem, spelling): (Ecosystem, SmolStr)) -> Self {
        Self::new(ecosystem, &spelling)
    }
}

impl From<PackageName> for (Ecosystem, SmolStr) {
    fn from(name: PackageName) -> Self {
        (name.ecosystem, name.spelling)
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
    pub fn package_name(&self) -> PackageName {
        let folded = folded(self.ecosystem, &self.name);
        let spelling = folded.unwrap_or_else(|| self.name.clone());
        PackageName { ecosystem: self.ecosystem, spelling }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_spelling() -> impl Strategy<Value = String> {
        prop_oneof!["[aA_-]{0,3}", "[aA_é-]{0,40}", any::<String>()]
    }

    proptest! {
        #[test]
        fn names_agree_with_what_they_can_be_spelt(left in any_spelling(), right in any_spelling()) {
            for ecosystem in Ecosystem::ALL {
                let name = PackageName::new(*ecosystem, &left);
                let other = PackageName::new(*ecosystem, &right);
                prop_assert_eq!(name == other, name.is_spelt(*ecosystem, &right));
                prop_assert_eq!(&PackageName::new(*ecosystem, name.as_str()), &name);
                prop_assert!(name.is_spelt(*ecosystem, &left));
            }
        }
    }

    #[test]
    fn spellings_that_a_registry_takes_for_one_name_are_one_name() {
        use Ecosystem::{Cargo, Npm};
        for (ecosystem, left, right, is_one) in [
            (Cargo, "foo-bar", "foo_bar", true),
            (Cargo, "Foo_bar", "foo-Bar", true),
            (Cargo, "foo-bar", "foobar", false),
            (Cargo, "foo", "fo", false),
            (Npm, "foo-bar", "foo_bar", false),
            (Npm, "Foo", "foo", false),
            (Npm, "@a/ä", "@a/ä", true),
        ] {
            let name = PackageName::new(ecosystem, left);
            assert_eq!(name == PackageName::new(ecosystem, right), is_one, "{left} {right}");
            assert_eq!(name.is_spelt(ecosystem, right), is_one, "{left} {right}");
        }
        assert!(!PackageName::new(Cargo, "foo").is_spelt(Npm, "foo"));
        assert_ne!(PackageName::new(Cargo, "foo"), PackageName::new(Npm, "foo"));
    }
}
