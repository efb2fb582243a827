//! Objects of npm's JSON that name packages and what is asked of them, in every shape in which they
//! are found.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::lockfile::node::json::Str;
use crate::lockfile::node::origin::is_address;

/// The names of an object, each with what is asked of it.
///
/// Some versions of npm wrote `true`, `false`, `null` or an empty list where others write an
/// object; none of these names anything. A list with something in it is refused.
#[derive(Default)]
pub(super) struct Names<'text>(pub(super) Vec<(Str<'text>, Wish)>);

/// What is asked of a package, where it is an address or another name. Anything else is not kept, because
/// nearly all of it is only versions.
#[derive(Default)]
pub(super) struct Wish(pub(super) Option<Box<str>>);

impl Wish {
    fn of(text: &str) -> Self {
        Self(is_address(text).then(|| text.into()))
    }
}

impl<'de: 'text, 'text> Deserialize<'de> for Names<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of dependencies")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::with_capacity(map.size_hint().unwrap_or(0));
        while let Some(entry) = map.next_entry()? {
            names.push(entry);
        }
        Ok(Names(names))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(Names(Vec::new())),
            Some(_) => Err(serde::de::Error::custom("dependencies are listed without versions")),
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Names(Vec::new()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Names(Vec::new()))
    }
}

impl<'de> Deserialize<'de> for Wish {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WishVisitor)
    }
}

struct WishVisitor;

impl<'de> Visitor<'de> for WishVisitor {
    type Value = Wish;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what is asked of a package")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Wish::of(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Wish(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Wish(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Wish(None))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Wish(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Wish(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Wish(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Wish(None))
    }
}
