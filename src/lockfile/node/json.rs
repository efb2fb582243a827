//! Strings and objects of JSON that know their place in the text.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::problem::place_in;

/// A string, or nothing where npm wrote something else in its place.
#[derive(Default)]
pub(in crate::lockfile) struct Text<'text>(pub(in crate::lockfile) Option<Str<'text>>);

impl<'de: 'text, 'text> Deserialize<'de> for Text<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a boolean")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Some(Str(Cow::Borrowed(text)))))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Some(Str(Cow::Owned(text.to_owned())))))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Text(None))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Text(None))
            }
        }

        deserializer.deserialize_any(TextVisitor)
    }
}

/// A string of the file. Where it holds no escapes it is borrowed, and so knows its place.
///
/// (`Option<Cow<str>>` would always be a copy: serde borrows only a bare `Cow`.)
#[derive(Clone, Debug, PartialEq)]
pub(in crate::lockfile) struct Str<'text>(pub(in crate::lockfile) Cow<'text, str>);

impl Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Str<'_> {
    /// Where it stands in the text it was read from, if it was read without copying.
    pub(in crate::lockfile) fn offset_in(&self, text: &str) -> Option<usize> {
        let Cow::Borrowed(borrowed) = self.0 else {
            return None;
        };
        place_in(text, borrowed).map(|place| place.start)
    }
}

impl fmt::Display for Str<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de: 'text, 'text> Deserialize<'de> for Str<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StrVisitor;

        impl<'de> Visitor<'de> for StrVisitor {
            type Value = Str<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Str(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Str(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(StrVisitor)
    }
}

/// An object as a list, in the order of the file, doubled keys included.
///
/// JSON readers differ on which of two equal keys counts, so a lockfile that has them could show
/// one package to a checker and another to npm.
pub(in crate::lockfile) struct Keyed<'text, Value>(
    pub(in crate::lockfile) Vec<(Str<'text>, Value)>,
);

impl<Value> Default for Keyed<'_, Value> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'text, 'text, Value: Deserialize<'de>> Deserialize<'de> for Keyed<'text, Value> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyedVisitor<Value>(PhantomData<Value>);

        impl<'de, Value: Deserialize<'de>> Visitor<'de> for KeyedVisitor<Value> {
            type Value = Keyed<'de, Value>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of packages")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some((key, value)) = map.next_entry()? {
                    entries.push((key, value));
                }
                Ok(Keyed(entries))
            }
        }

        deserializer.deserialize_map(KeyedVisitor(PhantomData))
    }
}
