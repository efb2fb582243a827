//! The entries of a `yarn.lock` of Yarn 2 and later, in whichever syntax they are written.

use std::borrow::Cow;
use std::ops::Range;

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
}

impl Entry<'_> {
    pub(super) fn descriptors(&self) -> impl Iterator<Item = &str> {
        self.key.split(',').map(str::trim)
    }
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
