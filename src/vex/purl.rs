//! Package URLs in statements (purl specification).

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::package::{Ecosystem, PackageId};

/// A package that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPackage {
    /// The type: `cargo`, `npm` or any other.
    kind: String,
    /// The name in its registry, with its scope.
    name: String,
    /// The version; `None` for every version.
    version: Option<String>,
}

impl NamedPackage {
    /// Reads `pkg:type/name@version`. Qualifiers and the path inside the package are ignored:
    /// a claim about a part is checked for the whole package.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("pkg:")?.trim_start_matches('/');
        let rest = rest.split('#').next()?;
        let rest = rest.split('?').next()?;
        let (kind, path) = rest.split_once('/')?;
        // An npm scope may begin with an unescaped `@`.
        let (path, version) = match path.rfind('@') {
            Some(position) if position > 0 && !path[position..].contains('/') => {
                (&path[..position], Some(decode(&path[position + 1..])?))
            }
            _ => (path, None),
        };
        let name = decode(path.trim_matches('/'))?;
        let version = version.filter(|version| !version.is_empty());
        (!name.is_empty()).then(|| Self { kind: kind.to_ascii_lowercase(), name, version })
    }

    /// Whether its type is a supported ecosystem.
    pub(super) fn is_of_an_ecosystem(&self) -> bool {
        let mut all = Ecosystem::ALL.iter();
        all.any(|ecosystem| ecosystem.purl_type() == self.kind)
    }

    /// Whether this is a locked package.
    pub(super) fn is(&self, package: &PackageId) -> bool {
        self.kind == package.ecosystem.purl_type()
            && self.name == package.name.as_str()
            && self.version.as_ref().is_none_or(|version| *version == package.version.as_str())
    }
}

impl fmt::Display for NamedPackage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.name)?;
        match &self.version {
            Some(version) => write!(formatter, " {version}"),
            None => Ok(()),
        }
    }
}

fn decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_named_with_or_without_its_version() {
        for (purl, ecosystem, name, version, expected) in [
            ("pkg:cargo/rsa@0.9.6", Ecosystem::Cargo, "rsa", "0.9.6", true),
            ("pkg:cargo/rsa", Ecosystem::Cargo, "rsa", "0.9.6", true),
            ("pkg:cargo/rsa@", Ecosystem::Cargo, "rsa", "0.9.6", true),
            ("pkg:cargo/rsa@0.9.5", Ecosystem::Cargo, "rsa", "0.9.6", false),
            ("pkg:npm/rsa@0.9.6", Ecosystem::Cargo, "rsa", "0.9.6", false),
            ("pkg:CARGO/rsa@0.9.6?arch=x#src", Ecosystem::Cargo, "rsa", "0.9.6", true),
            ("pkg:npm/%40acme/web@1.0.0", Ecosystem::Npm, "@acme/web", "1.0.0", true),
            ("pkg:npm/@acme/web@1.0.0", Ecosystem::Npm, "@acme/web", "1.0.0", true),
            ("pkg:npm/%40acme/web", Ecosystem::Npm, "@acme/web", "1.0.0", true),
            ("pkg:npm/web@1.0.0", Ecosystem::Npm, "@acme/web", "1.0.0", false),
            ("pkg:cargo/wasi@1.0.0%2Bx", Ecosystem::Cargo, "wasi", "1.0.0+x", true),
        ] {
            let named = NamedPackage::parse(purl).unwrap();
            let package = PackageId { ecosystem, name: name.into(), version: version.into() };
            assert_eq!(named.is(&package), expected, "{purl}");
        }
        for text in ["", "rsa", "pkg:", "pkg:cargo", "pkg:cargo/", "pkg:cargo/%ff", "pkg:npm/@"] {
            let named = NamedPackage::parse(text);
            assert!(named.is_none_or(|named| named.name == "@"), "{text}");
        }
    }
}
