//! What a `Cargo.lock` holds, whichever reader read it.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::lockfile::hashes;

/// The content of a lockfile.
pub(super) struct Entries<'text> {
    /// The version of the format, if it is written down.
    pub(super) version: Option<Spanned<u32>>,
    /// The packages, in the order of the file.
    pub(super) packages: Vec<Entry<'text>>,
    /// The dependencies of all packages, those of one in a row: a list for each would cost more to
    /// make than to read.
    pub(super) dependencies: Vec<Cow<'text, str>>,
}

pub(super) struct Entry<'text> {
    pub(super) name: Quoted<'text>,
    pub(super) version: Quoted<'text>,
    pub(super) source: Option<Cow<'text, str>>,
    /// That of its archive, which version 1 of the format keeps elsewhere, and its key: it is made while
    /// the text is at hand.
    pub(super) checksum: Option<(Cow<'text, str>, u64)>,
    /// Where what it depends on, and is replaced by, stands among the dependencies of all packages.
    pub(super) dependencies: Range<usize>,
}

/// A string of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quoted<'text> {
    pub(super) text: Cow<'text, str>,
    /// Where it begins, at its quote.
    pub(super) start: usize,
    /// Behind its closing quote.
    pub(super) end: usize,
}

impl Quoted<'_> {
    /// Where it stands, quotes included.
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl<'text> From<Spanned<Cow<'text, str>>> for Quoted<'text> {
    fn from(spanned: Spanned<Cow<'text, str>>) -> Self {
        let Range { start, end } = spanned.span();
        Self { text: spanned.into_inner(), start, end }
    }
}

impl<'text> Entries<'text> {
    /// What an entry depends on and is replaced by.
    pub(super) fn needs(&self, entry: &Entry<'_>) -> impl Iterator<Item = &str> {
        self.dependencies[entry.dependencies.clone()].iter().map(AsRef::as_ref)
    }

    fn push(&mut self, package: WirePackage<'text>) {
        let start = self.dependencies.len();
        self.dependencies.extend(package.dependencies);
        self.dependencies.extend(package.replace);
        self.packages.push(Entry {
            name: package.name.into(),
            version: package.version.into(),
            source: package.source,
            checksum: package.checksum.map(with_key),
            dependencies: start..self.dependencies.len(),
        });
    }
}

/// A checksum and its key.
pub(super) fn with_key(checksum: Cow<'_, str>) -> (Cow<'_, str>, u64) {
    let key = hashes::key(&checksum);
    (checksum, key)
}

/// The tables of the file, as the `toml` crate reads them.
#[derive(Deserialize)]
pub(super) struct WireLockfile<'text> {
    version: Option<Spanned<u32>>,
    #[serde(borrow, default)]
    package: Vec<WirePackage<'text>>,
    /// The project itself, in lockfiles of Cargo before 1.17.
    #[serde(borrow)]
    root: Option<WirePackage<'text>>,
}

#[derive(Deserialize)]
struct WirePackage<'text> {
    #[serde(borrow)]
    name: Spanned<Cow<'text, str>>,
    #[serde(borrow)]
    version: Spanned<Cow<'text, str>>,
    #[serde(borrow)]
    source: Option<Cow<'text, str>>,
    #[serde(borrow)]
    checksum: Option<Cow<'text, str>>,
    #[serde(borrow, default)]
    dependencies: Vec<Cow<'text, str>>,
    /// What `[replace]` puts in its place.
    #[serde(borrow)]
    replace: Option<Cow<'text, str>>,
}

impl<'text> From<WireLockfile<'text>> for Entries<'text> {
    fn from(wire: WireLockfile<'text>) -> Self {
        let mut entries =
            Self { version: wire.version, packages: Vec::new(), dependencies: Vec::new() };
        for package in wire.root.into_iter().chain(wire.package) {
            entries.push(package);
        }
        entries
    }
}
