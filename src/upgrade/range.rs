//! Ranges of versions as each ecosystem understands them. One that does not read in full is none.

use semver::{Comparator, Op, VersionReq};

use crate::package::Ecosystem;
use crate::policy::npm_range;
use crate::version::Version;

/// A range of versions.
pub(super) struct Range {
    text: String,
    matcher: Matcher,
}

enum Matcher {
    Cargo(VersionReq),
    Npm(nodejs_semver::Range),
}

impl Range {
    /// Reads a range. Tags, addresses and folders are none.
    pub(super) fn parse(ecosystem: Ecosystem, text: &str) -> Option<Self> {
        let text = match ecosystem {
            Ecosystem::Cargo => text.trim(),
            Ecosystem::Npm => npm_versions(text.trim()),
        };
        let matcher = match ecosystem {
            Ecosystem::Cargo => Matcher::Cargo(VersionReq::parse(text).ok()?),
            Ecosystem::Npm => Matcher::Npm(npm_range(text)?),
        };
        Some(Self { text: text.to_owned(), matcher })
    }

    pub(super) fn ecosystem(&self) -> Ecosystem {
        match self.matcher {
            Matcher::Cargo(_) => Ecosystem::Cargo,
            Matcher::Npm(_) => Ecosystem::Npm,
        }
    }

    /// Whether a version is in it.
    pub(super) fn admits(&self, version: &Version) -> bool {
        match (&self.matcher, version) {
            (Matcher::Cargo(range), Version::Cargo(version)) => range.matches(version),
            (Matcher::Npm(range), Version::Npm(version)) => range.satisfies(version),
            _ => false,
        }
    }

    /// The versions at which it, or a part of it, begins.
    pub(super) fn beginnings(&self) -> Vec<String> {
        match &self.matcher {
            Matcher::Cargo(range) => range.comparators.iter().filter_map(beginning).collect(),
            Matcher::Npm(_) => {
                let parts = self.text.split("||");
                let first = |part: &str| npm_range(part)?.min_version();
                parts.filter_map(first).map(|version| version.to_string()).collect()
            }
        }
    }

    /// Whether the version at which it begins stands in it, so that somebody has seen it: not in
    /// `>1.2.3`.
    pub(super) fn names_its_beginning(&self) -> bool {
        !self.text.replace(">=", "").contains('>')
    }
}

/// Whether npm would read a text as a tag, such as `latest`.
pub(super) fn is_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_word)
}

/// What is asked of the package that an alias stands for, or of the one of this name (npm documentation,
/// "package.json", `dependencies`).
pub(super) fn npm_versions(text: &str) -> &str {
    let versions = match alias(text) {
        Some(target) => match target.rfind('@').filter(|position| *position > 0) {
            Some(position) => &target[position + 1..],
            None => "*",
        },
        None => text.strip_prefix("npm:").unwrap_or(text),
    };
    if versions.is_empty() { "*" } else { versions }
}

/// The package that an alias stands for, with versions behind it: `name@^1` of `npm:name@^1`. What Yarn
/// writes as `npm:^1` is a range of the package itself (Yarn documentation, "Protocols").
pub(super) fn alias(text: &str) -> Option<&str> {
    text.strip_prefix("npm:").filter(|target| npm_range(target).is_none())
}

/// The first version that a comparator lets in, if it has one (Cargo book, "Specifying Dependencies",
/// "Version requirement syntax").
fn beginning(comparator: &Comparator) -> Option<String> {
    let Comparator { op, major, minor, patch, pre } = comparator;
    let (low_minor, low_patch) = (minor.unwrap_or(0), patch.unwrap_or(0));
    match op {
        Op::Less | Op::LessEq => None,
        Op::Greater if pre.is_empty() => Some(match (minor, patch) {
            (Some(minor), Some(patch)) => format!("{major}.{minor}.{}", patch.checked_add(1)?),
            (Some(minor), None) => format!("{major}.{}.0", minor.checked_add(1)?),
            (None, _) => format!("{}.0.0", major.checked_add(1)?),
        }),
        // The release behind a pre-release.
        Op::Greater => Some(format!("{major}.{low_minor}.{low_patch}")),
        _ if pre.is_empty() => Some(format!("{major}.{low_minor}.{low_patch}")),
        _ => Some(format!("{major}.{low_minor}.{low_patch}-{pre}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_begins_where_its_parts_begin() {
        use Ecosystem::{Cargo, Npm};
        for (ecosystem, text, expected) in [
            (Cargo, "1.2", &["1.2.0"][..]),
            (Cargo, "^1.2.3, <1.8", &["1.2.3"]),
            (Cargo, ">1.2.3", &["1.2.4"]),
            (Cargo, ">1", &["2.0.0"]),
            (Cargo, "<2", &[]),
            (Cargo, "*", &[]),
            (Cargo, "=1.0.0-rc.1", &["1.0.0-rc.1"]),
            (Npm, "^1.2.3 || >=3.1 <4", &["1.2.3", "3.1.0"]),
            (Npm, ">1.2.3", &["1.2.4"]),
            (Npm, "npm:other@~2.1.0", &["2.1.0"]),
            (Npm, "npm:~2.1.0", &["2.1.0"]),
            (Npm, "npm:@acme/other@2.1.0", &["2.1.0"]),
            (Npm, "1.x", &["1.0.0"]),
        ] {
            let range = Range::parse(ecosystem, text).unwrap();
            assert_eq!(range.beginnings(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_range_is_not_guessed_at() {
        for (ecosystem, text) in [
            (Ecosystem::Npm, "latest"),
            (Ecosystem::Npm, "github:acme/thing"),
            (Ecosystem::Npm, "file:../thing"),
            (Ecosystem::Npm, "workspace:*"),
            (Ecosystem::Cargo, "latest"),
            (Ecosystem::Cargo, ""),
        ] {
            assert!(Range::parse(ecosystem, text).is_none(), "{text}");
        }
    }
}
