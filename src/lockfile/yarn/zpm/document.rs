//! The entries of a `yarn.lock` that is JSON.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;

use crate::lockfile::node::json::{Keyed, Str, Text};
use crate::lockfile::node::words::Words;
use crate::lockfile::yarn::entries::{Entry, Need};
use crate::platform_limits::PlatformLimits;
use crate::problem::place_in;

/// A version further away is not on the lines that a person would look at.
const NEAR: usize = 400;

/// What a lockfile says. `deny_unknown_fields` stands nowhere: what is added to an entry is no entry.
#[derive(Deserialize)]
pub(super) struct Document<'text> {
    #[serde(rename = "__metadata")]
    pub(super) metadata: Metadata,
    #[serde(borrow)]
    entries: Keyed<'text, WireEntry<'text>>,
}

#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) version: u64,
}

#[derive(Deserialize)]
struct WireEntry<'text> {
    #[serde(borrow, default)]
    checksum: Text<'text>,
    #[serde(borrow)]
    resolution: WireResolution<'text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireResolution<'text> {
    #[serde(borrow)]
    resolution: Str<'text>,
    #[serde(borrow)]
    version: Str<'text>,
    #[serde(borrow, default)]
    dependencies: Keyed<'text, Str<'text>>,
    /// Which of the dependencies are optional.
    #[serde(borrow, default)]
    optional_dependencies: Words<'text>,
    #[serde(borrow, default)]
    requirements: Requirements<'text>,
    /// What is installed in its place, by platform.
    #[serde(borrow, default)]
    variants: Words<'text>,
}

#[derive(Default, Deserialize)]
struct Requirements<'text> {
    #[serde(borrow, default)]
    os: Words<'text>,
    #[serde(borrow, default)]
    cpu: Words<'text>,
    #[serde(borrow, default)]
    libc: Words<'text>,
}

/// The entries in the shape that all versions share.
pub(super) fn entries<'text>(text: &str, document: Document<'text>) -> Vec<Entry<'text>> {
    let entries = document.entries.0.into_iter();
    entries.map(|(key, entry)| self::entry(text, key, entry)).collect()
}

fn entry<'text>(text: &str, key: Str<'text>, entry: WireEntry<'text>) -> Entry<'text> {
    let WireEntry { checksum, resolution: wire } = entry;
    let optional: BTreeSet<&str> =
        wire.optional_dependencies.0.iter().map(|name| &**name).collect();
    let need = |(name, range): (Str<'text>, Str<'text>)| Need {
        is_optional: optional.contains(&*name),
        offset: name.offset_in(text).unwrap_or_default(),
        name: name.0,
        range: range.0,
    };
    let mut needs: Vec<Need<'_>> = wire.dependencies.0.into_iter().map(need).collect();
    needs.extend(wire.variants.0.iter().map(|variant| variant_of(text, variant)));
    Entry {
        span: span(text, &key, &wire.version),
        key: key.0,
        resolution: wire.resolution.0,
        version: wire.version.0,
        needs,
        limits: limits(&wire.requirements),
        checksum: checksum.0.map(|checksum| checksum.0),
    }
}

fn variant_of<'text>(text: &str, variant: &Str<'text>) -> Need<'text> {
    let split = |text: &str| {
        let (name, range) = crate::lockfile::yarn::descriptor::split(text);
        (name.len(), range.len())
    };
    let (name, range) = split(variant);
    let behind = variant.len() - range;
    let part = |range: Range<usize>| match &variant.0 {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    };
    Need {
        name: part(0..name),
        range: part(behind..variant.len()),
        is_optional: true,
        offset: variant.offset_in(text).unwrap_or_default(),
    }
}

/// Where a package can be installed.
fn limits(requirements: &Requirements<'_>) -> Option<Box<PlatformLimits>> {
    let words = |words: &Words<'_>| words.0.iter().map(ToString::to_string).collect();
    let Requirements { os, cpu, libc } = requirements;
    let says_something = [os, cpu, libc].iter().any(|list| !list.0.is_empty());
    says_something.then(|| {
        Box::new(PlatformLimits {
            systems: words(os),
            processors: words(cpu),
            libraries: words(libc),
        })
    })
}

/// From the opening quote of the key to the closing quote of the version behind it.
fn span(text: &str, key: &Str<'_>, version: &Str<'_>) -> Range<usize> {
    let place = |part: &str| place_in(text, part).map(|place| place.start - 1..place.end + 1);
    match (place(key), place(version)) {
        (Some(key), Some(version)) if version.end > key.end && version.end - key.start < NEAR => {
            key.start..version.end
        }
        (Some(key), _) => key,
        (None, _) => 0..text.ceil_char_boundary(1.min(text.len())),
    }
}
