//! Package URLs, read and written (purl specification).

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Ecosystem, PackageId};

impl Ecosystem {
    /// The package URL type: `cargo` or `npm` (purl specification, "known types").
    pub fn purl_type(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
        }
    }
}

impl PackageId {
    /// The package URL, such as `pkg:npm/%40babel/core@7.0.0` (purl specification).
    pub fn purl(&self) -> String {
        let name = self.encoded_name();
        format!("pkg:{}/{name}@{}", self.ecosystem.purl_type(), percent_encode(&self.version))
    }

    /// The package URL of what no registry has, such as a project: readers find no public package
    /// under it (purl specification, type `generic`).
    pub fn generic_purl(&self) -> String {
        let name = self.encoded_name();
        if self.version.is_empty() {
            return format!("pkg:generic/{name}");
        }
        format!("pkg:generic/{name}@{}", percent_encode(&self.version))
    }

    fn encoded_name(&self) -> String {
        let parts = self.name.split('/').map(|part| percent_encode(part).to_string());
        parts.collect::<Vec<_>>().join("/")
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986, as purl components want it.
fn percent_encode(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, RESERVED)
}

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A package that a package URL names.
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
    pub fn parse(text: &str) -> Option<Self> {
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
    pub fn is_of_an_ecosystem(&self) -> bool {
        let mut all = Ecosystem::ALL.iter();
        all.any(|ecosystem| ecosystem.purl_type() == self.kind)
    }

    /// Whether this is a locked package.
    pub fn is(&self, package: &PackageId) -> bool {
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

/// The namespace and name that stand at the beginning of a text, percent-decoded. Whatever ends a package
/// URL in JSON ends them.
pub fn name_at_start(text: &str) -> String {
    let end = length_of_name(text);
    // A scope may stand unencoded: `pkg:npm/@babel/core`.
    let end = match text.strip_prefix('@') {
        Some(scoped) if end == 0 => 1 + length_of_name(scoped),
        _ => end,
    };
    percent_decode_str(&text[..end]).decode_utf8_lossy().into_owned()
}

fn length_of_name(text: &str) -> usize {
    text.find(|character: char| {
        matches!(character, '@' | '?' | '#' | '"' | '\\') || character.is_whitespace()
    })
    .unwrap_or(text.len())
}

fn decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_url_encodes_scope_and_build_metadata() {
        let scoped = PackageId {
            ecosystem: Ecosystem::Npm,
            name: "@babel/core".into(),
            version: "7.0.0".into(),
        };
        assert_eq!(scoped.purl(), "pkg:npm/%40babel/core@7.0.0");
        assert_eq!(scoped.generic_purl(), "pkg:generic/%40babel/core@7.0.0");
        let unversioned = PackageId { version: "".into(), ..scoped };
        assert_eq!(unversioned.generic_purl(), "pkg:generic/%40babel/core");
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
