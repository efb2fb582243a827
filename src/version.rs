//! Versions, ordered as their ecosystem orders them.

use std::cmp::Ordering;

use crate::package::Ecosystem;

/// A version that can be ordered against others of the same ecosystem.
///
/// Build metadata never takes part (Semantic Versioning 2.0, item 10).
#[derive(Clone, Debug)]
pub enum Version {
    /// Ordered by the `semver` crate, as Cargo does.
    Cargo(semver::Version),
    /// Ordered as npm's `semver` does in loose mode.
    Npm(nodejs_semver::Version),
}

/// The text is no version that its ecosystem could order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a version that {ecosystem} can order", .text.escape_debug())]
pub struct VersionError {
    /// What was there instead.
    pub text: String,
    /// Whose rules were applied.
    pub ecosystem: Ecosystem,
}

impl Version {
    /// Reads a version by the rules of `ecosystem`.
    ///
    /// Shortened forms such as `1.2` are completed with zeros: databases write them in ranges, and
    /// `npm` understands them by coercion. Npm's loose forms (`v1.2.3`, `=1.2.3`, `1.2.3beta`) are
    /// read for npm only.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self, VersionError> {
        let trimmed = text.trim();
        let parsed = match ecosystem {
            Ecosystem::Cargo => parse_semver(trimmed).map(Self::Cargo),
            Ecosystem::Npm => parse_npm(trimmed).map(Self::Npm),
        };
        parsed.ok_or_else(|| VersionError { text: text.to_owned(), ecosystem })
    }
}

fn parse_semver(text: &str) -> Option<semver::Version> {
    semver::Version::parse(text)
        .ok()
        .or_else(|| semver::Version::parse(&complete_with_zeros(text)?).ok())
}

fn parse_npm(text: &str) -> Option<nodejs_semver::Version> {
    let bare = text.trim_start_matches(|character: char| {
        matches!(character, '=' | 'v' | 'V') || character.is_whitespace()
    });
    let complete = complete_with_zeros(bare);
    let candidate = complete.as_deref().unwrap_or(bare);
    // The library reads a prefix and drops the rest: `1.2.3.4` would count as 1.2.3.
    is_loose_npm_version(candidate).then(|| nodejs_semver::Version::parse(candidate).ok()).flatten()
}

/// The `LOOSE` grammar of npm's semver, over the whole text: three numbers, identifiers with or
/// without a hyphen before them, build metadata.
fn is_loose_npm_version(text: &str) -> bool {
    let (precedence, build) = match text.split_once('+') {
        Some((precedence, build)) => (precedence, Some(build)),
        None => (text, None),
    };
    let core_length = precedence
        .find(|character: char| character != '.' && !character.is_ascii_digit())
        .unwrap_or(precedence.len());
    let (core, rest) = precedence.split_at(core_length);
    let pre_release = rest.strip_prefix('-').unwrap_or(rest);
    core.split('.').count() == 3
        && core.split('.').all(|number| !number.is_empty())
        && (rest.is_empty() || are_identifiers(pre_release))
        && build.is_none_or(are_identifiers)
}

/// Dot-separated identifiers. A number that does not fit 64 bits would be ordered as a word.
fn are_identifiers(text: &str) -> bool {
    text.split('.').all(|identifier| {
        let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_number = identifier.bytes().all(|byte| byte.is_ascii_digit());
        !identifier.is_empty()
            && identifier.bytes().all(in_alphabet)
            && (!is_number || identifier.parse::<u64>().is_ok())
    })
}

/// `1` and `1.2` with the components they leave out, keeping a pre-release or build part.
fn complete_with_zeros(text: &str) -> Option<String> {
    let core_length = text
        .find(|character: char| character != '.' && !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (core, rest) = text.split_at(core_length);
    let components = core.split('.').count();
    let numeric = core.split('.').all(|component| !component.is_empty());
    if !numeric || components > 2 || !(rest.is_empty() || rest.starts_with(['-', '+'])) {
        return None;
    }
    Some(format!("{core}{}{rest}", ".0".repeat(3 - components)))
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Cargo(left), Self::Cargo(right)) => left.cmp_precedence(right),
            (Self::Npm(left), Self::Npm(right)) => left.cmp(right),
            (Self::Cargo(_), Self::Npm(_)) => Ordering::Less,
            (Self::Npm(_), Self::Cargo(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests;
