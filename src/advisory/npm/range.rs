//! Npm ranges, converted to OSV events.
//!
//! `npm audit` matches with `{ loose: true, includePrerelease: true }`, under which every set of
//! comparators is one stretch of the order of versions, which OSV events can express. A range
//! that is not fully understood is refused.

use nodejs_semver::{Range, Version};
use smol_str::{SmolStr, ToSmolStr};

use crate::advisory::{AffectedRange, RangeEvent};
use crate::package::Ecosystem;
use crate::version;

/// Why a range is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NpmRangeError {
    /// A part of it is not a comparator.
    #[error("`{}` is not a version range that npm understands", .0.escape_debug())]
    NotUnderstood(String),
    /// No version can fulfil all of its comparators.
    #[error("`{}` contradicts itself", .0.escape_debug())]
    Contradiction(String),
}

/// The events of each alternative between `||` (npm's `semver` documentation, "Ranges").
pub(super) fn events(text: &str) -> Result<Vec<AffectedRange>, NpmRangeError> {
    let refused = || NpmRangeError::NotUnderstood(text.to_owned());
    text.split("||")
        .map(|alternative| {
            let mut stretch = Stretch::EVERYTHING;
            for comparator in stretches(alternative.trim()).ok_or_else(refused)? {
                stretch = stretch.and(comparator);
            }
            if stretch.is_empty() {
                return Err(NpmRangeError::Contradiction(text.to_owned()));
            }
            let range = stretch.into_range();
            range.validate(Ecosystem::Npm).map_err(|_| refused())?;
            Ok(range)
        })
        .collect()
}

/// The stretch of each comparator of one alternative; empty if there is none, which means everything.
fn stretches(alternative: &str) -> Option<Vec<Stretch>> {
    if let Some((low, high)) = alternative.split_once(" - ") {
        let low = Operand::parse(low.trim())?.at_least()?;
        return Some(vec![low, Operand::parse(high.trim())?.at_most()?]);
    }
    let mut comparators: Vec<String> = Vec::new();
    for word in alternative.split_whitespace() {
        match comparators.last_mut() {
            // `>= 1.2` is `>=1.2`.
            Some(last) if last.bytes().all(is_operator) => last.push_str(word),
            _ => comparators.push(word.to_owned()),
        }
    }
    comparators.iter().map(|comparator| stretch(comparator)).collect()
}

fn is_operator(byte: u8) -> bool {
    b"<>=~^".contains(&byte)
}

fn stretch(comparator: &str) -> Option<Stretch> {
    let length = comparator.bytes().take_while(|byte| is_operator(*byte)).count();
    let (operator, operand) = comparator.split_at(length);
    let operand = Operand::parse(operand)?;
    match operator {
        "" | "=" => operand.exactly(),
        ">=" => operand.at_least(),
        "<=" => operand.at_most(),
        ">" => operand.above(),
        "<" => operand.below(),
        "^" | "~" | "~>" => operand.compatible(operator),
        _ => None,
    }
}

/// The operand of a comparator.
enum Operand<'text> {
    /// `*`
    Any,
    /// A full version.
    Full(Version),
    /// `1`, `1.2`, `1.2.x`: every version with this beginning.
    Partial(&'text str),
}

impl<'text> Operand<'text> {
    fn parse(text: &'text str) -> Option<Self> {
        let bare = text.trim_start_matches(['=', 'v', 'V']);
        let is_wild = |component: &str| matches!(component, "x" | "X" | "*");
        let is_number = |component: &str| {
            !component.is_empty() && component.bytes().all(|byte| byte.is_ascii_digit())
        };
        let components: Vec<&str> = bare.split('.').collect();
        let numbers = components.iter().take_while(|part| is_number(part)).count();
        let only_wild_follows = components[numbers..].iter().all(|part| is_wild(part));
        if components.len() <= 3 && numbers < 3 && only_wild_follows {
            return Some(if numbers == 0 { Self::Any } else { Self::Partial(bare) });
        }
        match version::Version::parse(Ecosystem::Npm, bare) {
            Ok(version::Version::Npm(version)) if components.len() >= 3 => {
                Some(Self::Full(version))
            }
            _ => None,
        }
    }

    /// The versions that match a partial operand, or one after `^` or `~`.
    fn compatible(self, operator: &str) -> Option<Stretch> {
        match self {
            Self::Any => Some(Stretch::EVERYTHING),
            Self::Full(version) => Stretch::of_range(&format!("{operator}{version}"), false),
            Self::Partial(text) => Stretch::of_range(&format!("{operator}{text}"), true),
        }
    }

    fn exactly(self) -> Option<Stretch> {
        match self {
            Self::Full(version) => {
                Some(Stretch { from: Some(version.clone()), to: Some(End::Through(version)) })
            }
            other => other.compatible(""),
        }
    }

    fn at_least(self) -> Option<Stretch> {
        Some(Stretch { from: self.exactly()?.from, to: None })
    }

    fn at_most(self) -> Option<Stretch> {
        Some(Stretch { from: None, to: self.exactly()?.to })
    }

    /// Nothing is above or below `*`: such a comparator is a mistake.
    fn above(self) -> Option<Stretch> {
        let from = match self.exactly()?.to? {
            End::Before(version) => version,
            End::Through(version) => successor(&version)?,
        };
        Some(Stretch { from: Some(from), to: None })
    }

    fn below(self) -> Option<Stretch> {
        Some(Stretch { from: None, to: Some(End::Before(self.exactly()?.from?)) })
    }
}

/// The versions from one on, up to an end. `None` means unbounded.
#[derive(Clone, Debug)]
struct Stretch {
    from: Option<Version>,
    to: Option<End>,
}

/// The end of a stretch. Of two ends at one version, the exclusive one comes first.
#[derive(Clone, Debug)]
enum End {
    Before(Version),
    Through(Version),
}

impl End {
    fn key(&self) -> (&Version, bool) {
        match self {
            Self::Before(version) => (version, false),
            Self::Through(version) => (version, true),
        }
    }
}

impl Stretch {
    const EVERYTHING: Self = Self { from: None, to: None };

    /// Reads a comparator whose versions are one stretch with both ends.
    ///
    /// The library excludes the pre-releases of the first version from partial comparators;
    /// npm with `includePrerelease` includes them (npm's `semver`, `classes/range.js`).
    fn of_range(comparator: &str, with_pre_releases: bool) -> Option<Self> {
        let normal = Range::parse(comparator).ok()?.to_string();
        let mut stretch = Self::EVERYTHING;
        for word in normal.split(' ') {
            if let Some(text) = word.strip_prefix(">=") {
                stretch.from = Some(Version::parse(text).ok()?);
            } else {
                let text = word.strip_prefix('<')?;
                stretch.to = Some(End::Before(Version::parse(text).ok()?));
            }
        }
        if with_pre_releases && let Some(from) = &stretch.from {
            stretch.from = Some(Version::parse(format!("{from}-0")).ok()?);
        }
        stretch.to.is_some().then_some(stretch)
    }

    fn and(self, other: Self) -> Self {
        let from = match (self.from, other.from) {
            (Some(left), Some(right)) => Some(left.max(right)),
            (left, right) => left.or(right),
        };
        let to = match (self.to, other.to) {
            (Some(left), Some(right)) if right.key() < left.key() => Some(right),
            (Some(left), _) => Some(left),
            (None, right) => right,
        };
        Self { from, to }
    }

    fn is_empty(&self) -> bool {
        match (&self.from, &self.to) {
            (Some(from), Some(End::Before(to))) => from >= to,
            (Some(from), Some(End::Through(to))) => from > to,
            _ => false,
        }
    }

    fn into_range(self) -> AffectedRange {
        let from = self.from.map_or(SmolStr::new_static("0"), |version| version.to_smolstr());
        let end = self.to.map(|end| match end {
            End::Before(version) => RangeEvent::Fixed(version.to_smolstr()),
            End::Through(version) => RangeEvent::LastAffected(version.to_smolstr()),
        });
        AffectedRange { events: std::iter::once(RangeEvent::Introduced(from)).chain(end).collect() }
    }
}

/// The version directly after another: nothing lies between 1.2.3 and 1.2.4-0, nor between
/// 1.2.3-a and 1.2.3-a.0 (Semantic Versioning 2.0, item 11).
fn successor(version: &Version) -> Option<Version> {
    let (major, minor, patch) = (version.major(), version.minor(), version.patch());
    let text = if version.is_prerelease() {
        let identifiers: Vec<String> =
            version.pre_release().iter().map(ToString::to_string).collect();
        format!("{major}.{minor}.{patch}-{}.0", identifiers.join("."))
    } else {
        format!("{major}.{minor}.{}-0", patch.checked_add(1)?)
    };
    Version::parse(text).ok()
}

#[cfg(test)]
mod tests;
