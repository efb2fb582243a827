//! The entries of a `yarn.lock` of Yarn 2 and later, in whichever syntax they are written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::lockfile::KeptArchive;
use crate::platform_limits::PlatformLimits;

/// A package, and all that is asked for and answered by it.
#[derive(Debug)]
pub(super) struct Entry<'text> {
    /// What is asked for, with commas between: `name@npm:range, name@npm:range`.
    pub(super) key: Cow<'text, str>,
    /// The bytes that a person would call its line.
    pub(super) span: Range<usize>,
    /// Which package it is: `name@npm:1.2.3`, `name@workspace:folder`.
    pub(super) resolution: Cow<'text, str>,
    pub(super) version: Cow<'text, str>,
    pub(super) needs: Vec<Need<'text>>,
    pub(super) limits: Option<Box<PlatformLimits>>,
    /// The checksum of the archive that Yarn keeps, perhaps behind a key for how it is packed and a slash.
    pub(super) checksum: Option<Cow<'text, str>>,
}

impl Entry<'_> {
    pub(super) fn descriptors(&self) -> impl Iterator<Item = &str> {
        self.key.split(',').map(str::trim)
    }
}

/// The archives that Yarn keeps, by locator: each package has the position of its entry.
pub(super) fn kept_archives(entries: &[Entry<'_>]) -> BTreeMap<String, KeptArchive> {
    let digits = |checksum: &str| checksum.rsplit('/').next().unwrap_or(checksum).to_owned();
    let archives = entries.iter().enumerate().map(|(package, entry)| {
        let checksum = entry.checksum.as_deref().map(digits);
        (entry.resolution.clone().into_owned(), KeptArchive { package, checksum })
    });
    archives.collect()
}

/// Something that a package depends on.
#[derive(Debug)]
pub(super) struct Need<'text> {
    pub(super) name: Cow<'text, str>,
    pub(super) range: Cow<'text, str>,
    pub(super) is_optional: bool,
    /// Where it stands in the text.
    pub(super) offset: usize,
}
