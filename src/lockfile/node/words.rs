//! Lists of words in the JSON of npm and others, in every shape in which they are found.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
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
        deserializer.deserialize_any(WordsVisitor)
    }
}

struct WordsVisitor;

impl<'de> Visitor<'de> for WordsVisitor {
    type Value = Words<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of words")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Words(vec![Str(Cow::Borrowed(text))]))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Words(vec![Str(Cow::Owned(text.to_owned()))]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut words = Vec::new();
        let mut is_understood = true;
        // Kept as text first, so that a word knows its place and nothing else is an error.
        while let Some(element) = sequence.next_element::<&RawValue>()? {
            match serde_json::from_str(element.get()) {
                Ok(word) => words.push(word),
                Err(_) => is_understood = false,
            }
        }
        Ok(if is_understood { Words(words) } else { Words::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Words::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Words::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Words::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Words::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Words::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Words::default())
    }
}
