//! The entries of a `yarn.lock` that is YAML.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use super::conditions;
use crate::lockfile::node::yaml::{Documents, Scalar, Yaml};
use crate::lockfile::yarn::entries::{Entry, Need};

/// A version further away is not on the lines that a person would look at.
const NEAR: usize = 400;

/// What a lockfile says.
pub(super) struct Document<'text> {
    pub(super) version: Option<Scalar<'text>>,
    pub(super) entries: Vec<Entry<'text>>,
}

/// What is not as Yarn writes it, and where.
pub(super) struct Fault {
    pub(super) span: Range<usize>,
    pub(super) message: &'static str,
}

fn fault(span: Range<usize>, message: &'static str) -> Fault {
    Fault { span, message }
}

pub(super) fn read<'text>(documents: &'text Documents<'text>) -> Result<Document<'text>, Fault> {
    let mut all = documents.iter();
    let Some(first) = all.next() else {
        return Err(fault(0..0, "the lockfile is empty"));
    };
    if let Some(second) = all.next() {
        return Err(fault(second.span(), "a second document begins"));
    }
    let Some(entries) = first.mapping() else {
        return Err(fault(first.span(), "it holds no entries"));
    };
    let mut document = Document { version: None, entries: Vec::new() };
    for (key, value) in entries {
        if key.text() == "__metadata" {
            document.version = value.get("version").and_then(Yaml::scalar);
        } else {
            document.entries.push(entry(key, value)?);
        }
    }
    Ok(document)
}

/// Of two equal keys the last one counts, as in Yarn's reader.
fn entry<'text>(key: Scalar<'text>, value: Yaml<'text>) -> Result<Entry<'text>, Fault> {
    let Some(fields) = value.mapping() else {
        return Err(fault(key.span(), "an entry says nothing"));
    };
    let (mut version, mut resolution, mut checksum, mut is_whole) = (None, None, None, false);
    let mut needs = Vec::new();
    let mut optional: BTreeSet<Cow<'_, str>> = BTreeSet::new();
    let mut limits = None;
    let mut seen: BTreeSet<Cow<'_, str>> = BTreeSet::new();
    for (field, value) in fields {
        // Two entries without the key between them would pass for one.
        if !seen.insert(field.text()) {
            return Err(fault(field.span(), "a field is written twice in one entry"));
        }
        match &*field.text() {
            "version" => version = value.scalar(),
            "resolution" => resolution = value.scalar(),
            "checksum" => checksum = value.scalar(),
            "dependencies" => self::needs(value, false, &mut needs)?,
            "optionalDependencies" => self::needs(value, true, &mut needs)?,
            "dependenciesMeta" => optional = optional_names(value),
            "conditions" => {
                limits = value.scalar().and_then(|text| conditions::limits(&text.text()));
            }
            // Yarn writes it behind everything else: what is cut off lacks it.
            "linkType" => {
                let kind = value.scalar().map(|scalar| scalar.text());
                is_whole = kind.is_some_and(|kind| matches!(&*kind, "hard" | "soft"));
            }
            _ => {}
        }
    }
    let Some(resolution) = resolution else {
        return Err(fault(key.span(), "an entry has no `resolution`"));
    };
    if !is_whole {
        return Err(fault(key.span(), "an entry has no `linkType`, with which Yarn ends it"));
    }
    for need in &mut needs {
        need.is_optional |= optional.contains(&need.name);
    }
    Ok(Entry {
        span: span(key, version),
        key: key.text(),
        resolution: resolution.text(),
        version: version.map(|version| version.text()).unwrap_or_default(),
        needs,
        limits,
        checksum: checksum.map(|checksum| checksum.text()),
    })
}

fn needs<'text>(
    value: Yaml<'text>,
    is_optional: bool,
    needs: &mut Vec<Need<'text>>,
) -> Result<(), Fault> {
    let Some(listed) = value.mapping() else {
        return Err(fault(value.span(), "dependencies are no table"));
    };
    for (name, range) in listed {
        let Some(range) = range.scalar() else {
            return Err(fault(name.span(), "a dependency says no range"));
        };
        let offset = name.span().start;
        needs.push(Need { name: name.text(), range: range.text(), is_optional, offset });
    }
    Ok(())
}

/// The names that `dependenciesMeta` calls optional.
fn optional_names(value: Yaml<'_>) -> BTreeSet<Cow<'_, str>> {
    let names = value.mapping().into_iter().flatten();
    let is_optional = |meta: Yaml<'_>| {
        meta.get("optional").and_then(Yaml::scalar).is_some_and(|value| value.text() == "true")
    };
    names.filter(|(_, meta)| is_optional(*meta)).map(|(name, _)| name.text()).collect()
}

/// From the key to the version.
fn span(key: Scalar<'_>, version: Option<Scalar<'_>>) -> Range<usize> {
    let key = key.span();
    match version.map(|version| version.span().end) {
        Some(end) if end > key.end && end - key.start < NEAR => key.start..end,
        _ => key,
    }
}
