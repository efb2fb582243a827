//! Lists of words in the JSON of npm and others, in every shape in which they are found.

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

use super::json::Str;

/// A list of words, or one word that stands for a list of itself (npm documentation, "package.json",
/// `os`, `cpu`, `libc` and `bundleDependencies`). Anything else says nothing.
#[derive(Default)]
pub(in crate::lockfile) struct Words<'text>(pub(in crate::lockfile) Vec<Str<'text>>);

/// What a package bundles (npm documentation, "package.json", `bundleDependencies`).
pub(in crate::lockfile) enum Bundle<'text> {
    /// All that it depends on.
    All,
    Listed(Words<'text>),
}

impl Default for Bundle<'_> {
    fn default() -> Self {
        Self::Listed(Words::default())
    }
}

impl<'text> Bundle<'text> {
    pub(in crate::lockfile) fn listed(&self) -> &[Str<'text>] {
        match self {
            Self::Listed(words) => &words.0,
            Self::All => &[],
        }
    }

    /// Whether everything is bundled that is depended on.
    pub(in crate::lockfile) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

impl<'de: 'text, 'text> Deserialize<'de> for Bundle<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        if raw.get() == "true" {
            return Ok(Self::All);
        }
        serde_json::from_str(raw.get()).map(Self::Listed).map_err(serde::de::Error::custom)
    }
}

impl<'de: 'text, 'text> Deserialize<'de> for Words<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        if raw.starts_with('"') {
            let word = serde_json::from_str(raw).map_err(serde::de::Error::custom)?;
            return Ok(Self(vec![word]));
        }
        Ok(Self(serde_json::from_str(raw).unwrap_or_default()))
    }
}
