//! `name@requirement`: the package and the versions that a suppression is about.
//!
//! The requirement is read strictly. A library that drops what it does not
//! understand would widen the requirement beyond its author's intent, and hide findings.

use std::fmt;
use std::str::FromStr;

use nodejs_semver::Range;
use semver::VersionReq;

use super::PackageSpec;
use crate::package::PackageId;
use crate::version::Version;

/// Why a text does not name a package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageSpecError {
    /// The name cannot be the name of a package.
    #[error("that is not a package name")]
    Name,
    /// The part after `@` is neither a Cargo nor an npm requirement.
    #[error("neither Cargo nor npm reads what follows the `@` as versions")]
    Versions,
}

impl FromStr for PackageSpec {
    type Err = PackageSpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The `@` of a scope comes first and belongs to the name.
        let separator = text.char_indices().skip(1).find(|(_, character)| *character == '@');
        let (name, versions) = match separator {
            Some((index, _)) => (&text[..index], Some(text[index + 1..].trim())),
            None => (text, None),
        };
        if !is_name(name) {
            return Err(PackageSpecError::Name);
        }
        if let Some(versions) = versions
            && cargo_requirement(versions).is_none()
            && npm_range(versions).is_none()
        {
            return Err(PackageSpecError::Versions);
        }
        Ok(Self { name: name.to_owned(), versions: versions.map(str::to_owned) })
    }
}

impl fmt::Display for PackageSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.versions {
            Some(versions) => write!(formatter, "{}@{versions}", self.name),
            None => formatter.write_str(&self.name),
        }
    }
}

impl PackageSpec {
    /// Whether this is the package, in one of the versions.
    ///
    /// A requirement that the package's ecosystem cannot read never matches, nor does a version
    /// that it cannot order.
    pub fn matches(&self, package: &PackageId) -> bool {
        if self.name != package.name {
            return false;
        }
        let Some(versions) = &self.versions else {
            return true;
        };
        match Version::parse(package.ecosystem, &package.version) {
            Ok(Version::Cargo(version)) => {
                cargo_requirement(versions).is_some_and(|requirement| requirement.matches(&version))
            }
            Ok(Version::Npm(version)) => {
                npm_range(versions).is_some_and(|range| npm_matches(&range, &version))
            }
            Err(_) => false,
        }
    }
}

/// Names are compared exactly, so a name that no registry accepts is a mistake.
fn is_name(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|character| {
                !character.is_whitespace()
                    && !character.is_control()
                    && !"*@<>\\".contains(character)
            })
    };
    match name.strip_prefix('@') {
        Some(scoped) => scoped
            .split_once('/')
            .is_some_and(|(scope, name)| plain(scope) && plain(name) && !name.contains('/')),
        None => plain(name) && !name.contains('/'),
    }
}

/// A Cargo requirement (The Cargo Book, "Specifying Dependencies"), except that a version with no
/// operator means that version, as in `cargo update crate@1.2.3`, and not every compatible one.
fn cargo_requirement(text: &str) -> Option<VersionReq> {
    if text.is_empty() {
        return None;
    }
    let comparators = text.split(',').map(str::trim).map(|comparator| {
        let bare = comparator.starts_with(|first: char| first.is_ascii_digit())
            && !comparator.contains('*');
        if bare { format!("={comparator}") } else { comparator.to_owned() }
    });
    VersionReq::parse(&comparators.collect::<Vec<_>>().join(", ")).ok()
}

/// An npm range (npm's `semver` documentation, "Ranges"), fully understood and without
/// contradictions. `nodejs_semver` skips unknown parts and turns `>=2 <1` into `>=2 ||
/// <1`: harmless when matching advisories, fatal when hiding them.
pub fn npm_range(text: &str) -> Option<Range> {
    let understood = text.split("||").all(|alternative| {
        let comparators = npm_comparators(alternative);
        let parses = |comparator: &String| Range::parse(comparator).is_ok();
        comparators.is_some_and(|all| !all.is_empty() && all.iter().all(parses))
            && Range::parse(alternative).is_ok_and(|range| !range.to_string().contains("||"))
    });
    if understood { Range::parse(text).ok() } else { None }
}

/// The comparators between two `||`. `None` for a hyphen range with further comparators.
fn npm_comparators(alternative: &str) -> Option<Vec<String>> {
    if let Some((low, high)) = alternative.split_once(" - ") {
        let ends = [low.trim().to_owned(), high.trim().to_owned()];
        let single = |end: &String| !end.is_empty() && !end.contains(char::is_whitespace);
        return ends.iter().all(single).then(|| ends.to_vec());
    }
    let mut comparators: Vec<String> = Vec::new();
    for word in alternative.split_whitespace() {
        match comparators.last_mut() {
            // `>= 1.2` is `>=1.2`.
            Some(last) if last.chars().all(|character| "<>=~^".contains(character)) => {
                last.push_str(word);
            }
            _ => comparators.push(word.to_owned()),
        }
    }
    Some(comparators)
}

/// Pre-releases count as in npm audit, but not those of a release outside of the range:
/// `<2` includes 1.5.0-beta and not 2.0.0-beta.
fn npm_matches(range: &Range, version: &nodejs_semver::Version) -> bool {
    let release = nodejs_semver::Version::from((version.major(), version.minor(), version.patch()));
    range.satisfies(version)
        || (range.satisfies_with_prerelease(version, true)
            && range.satisfies_with_prerelease(&release, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Ecosystem;

    fn spec(text: &str) -> PackageSpec {
        text.parse().unwrap()
    }

    fn matches(text: &str, ecosystem: Ecosystem, version: &str) -> bool {
        let spec = spec(text);
        spec.matches(&PackageId {
            ecosystem,
            name: spec.name.as_str().into(),
            version: version.into(),
        })
    }

    #[test]
    fn names_and_versions_are_separated() {
        for (text, name, versions) in [
            ("rsa", "rsa", None),
            ("rsa@<0.10", "rsa", Some("<0.10")),
            ("rsa@ >=0.9, <0.10", "rsa", Some(">=0.9, <0.10")),
            ("@scope/name", "@scope/name", None),
            ("@scope/name@<2", "@scope/name", Some("<2")),
            ("lodash@^4 || ^3", "lodash", Some("^4 || ^3")),
        ] {
            let spec = spec(text);
            assert_eq!((spec.name.as_str(), spec.versions.as_deref()), (name, versions));
        }
    }

    #[test]
    fn an_invalid_package_is_refused() {
        use PackageSpecError::{Name, Versions};
        for (text, error) in [
            ("", Name),
            ("@", Name),
            ("@scope", Name),
            ("@scope/", Name),
            ("@scope@1", Name),
            ("a b", Name),
            ("lod*", Name),
            ("a/b", Name),
            ("rsa<1", Name),
            ("rsa@", Versions),
            ("rsa@latest", Versions),
            ("rsa@<0.10 foo", Versions),
            ("rsa@>=2 <1", Versions),
            ("rsa@>1 || ", Versions),
            ("rsa@1 - 2 3", Versions),
            ("rsa@<", Versions),
            ("rsa@2 - 1", Versions),
            ("rsa@@1", Versions),
        ] {
            assert_eq!(text.parse::<PackageSpec>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn cargo_requirements_mean_what_cargo_means() {
        for (text, version, expected) in [
            ("rsa", "0.9.6", true),
            ("rsa@<0.10", "0.9.6", true),
            ("rsa@<0.10", "0.10.0", false),
            ("rsa@<0.10", "0.10.0-rc.1", false),
            ("rsa@^0.9.5", "0.9.6", true),
            ("rsa@0.9", "0.9.6", true),
            ("rsa@0.9.5", "0.9.5", true),
            ("rsa@0.9.5", "0.9.6", false),
            ("rsa@0.9.*", "0.9.6", true),
            ("rsa@>=0.9, <0.9.5", "0.9.6", false),
            ("rsa@*", "0.9.6", true),
            ("rsa@^1 || ^0.9", "0.9.6", false),
            ("rsa@<1", "not a version", false),
        ] {
            assert_eq!(matches(text, Ecosystem::Cargo, version), expected, "{text} {version}");
        }
    }

    #[test]
    fn npm_ranges_mean_what_npm_means() {
        for (text, version, expected) in [
            ("@scope/name@<2", "1.9.0", true),
            ("@scope/name@<2", "2.0.0", false),
            ("@scope/name@<2", "1.5.0-beta", true),
            ("@scope/name@<2", "2.0.0-beta", false),
            ("a@<2.0.0-rc", "2.0.0-beta", true),
            ("a@>=1.0.0", "1.0.0-beta", false),
            ("a@1.2.3", "1.2.3", true),
            ("a@1.2.3", "1.2.4", false),
            ("a@1.2", "1.2.4", true),
            ("a@>= 1.2 < 1.3", "1.2.4", true),
            ("a@1.0.0 - 1.2.3", "1.2.3", true),
            ("a@1.0.0 - 1.2.3", "1.2.4", false),
            ("a@^3 || ^4.17", "4.17.20", true),
            ("a@^3 || ^4.17", "4.16.0", false),
            ("a@*", "4.16.0", true),
            ("a@>=1, <2", "1.5.0", false),
        ] {
            assert_eq!(matches(text, Ecosystem::Npm, version), expected, "{text} {version}");
        }
    }

    #[test]
    fn names_are_compared_exactly() {
        let other = PackageId {
            ecosystem: Ecosystem::Cargo,
            name: "rsa-pkcs1".into(),
            version: "1.0.0".into(),
        };
        assert!(!spec("rsa").matches(&other));
    }
}
