//! Reads what is expected, or says on which line something else stands.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::rush;
use crate::lockfile::LockfileError;
use crate::lockfile::node::yaml::{Entries, Scalar, Yaml};
use crate::problem::{Problem, SourceText};

/// Knows the text for what it says about it.
pub(super) struct Reader<'t> {
    source: &'t Arc<SourceText>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(source: &'t Arc<SourceText>) -> Self {
        Self { source }
    }

    /// What people call the file.
    pub(super) fn path(&self) -> &'t str {
        &self.source.path
    }

    pub(super) fn refuse(&self, span: Range<usize>, reason: &str) -> LockfileError {
        let message = format!("not a lockfile of pnpm: {reason}");
        LockfileError::Syntax(
            Problem::at(self.source, span, message).help(rush::writer(self.path()).write_again()),
        )
    }

    /// Refuses what may hold packages and is not known to this lockgate.
    pub(super) fn unknown(&self, key: Scalar<'_>) -> LockfileError {
        let message = format!(
            "`{}` is not known to this lockgate, and may hold packages",
            key.text().escape_debug()
        );
        LockfileError::Unsupported(
            Problem::at(self.source, key.span(), message)
                .help("update lockgate; nothing of this file was checked"),
        )
    }

    pub(super) fn unsupported(&self, span: Range<usize>, message: String) -> Problem {
        Problem::at(self.source, span, message)
    }

    /// What stands behind a key, if that is there.
    pub(super) fn mapping(
        &self,
        of: Yaml<'t>,
        key: &str,
    ) -> Result<impl Iterator<Item = (Scalar<'t>, Yaml<'t>)> + use<'t>, LockfileError> {
        let entries = of.get(key).map(|value| self.entries(key, value)).transpose()?;
        Ok(entries.into_iter().flatten())
    }

    pub(super) fn entries(&self, key: &str, value: Yaml<'t>) -> Result<Entries<'t>, LockfileError> {
        value.mapping().ok_or_else(|| {
            self.refuse(value.span(), &format!("`{key}` is not followed by keys and values"))
        })
    }

    /// A text behind a key.
    pub(super) fn text(&self, key: &str, value: Yaml<'t>) -> Result<Cow<'t, str>, LockfileError> {
        let scalar = value.scalar().filter(|scalar| !scalar.is_null());
        scalar
            .map(|scalar| scalar.text())
            .ok_or_else(|| self.refuse(value.span(), &format!("`{key}` is not followed by a text")))
    }

    /// The text behind a key, if there is one.
    pub(super) fn text_of(
        &self,
        of: Yaml<'t>,
        key: &str,
    ) -> Result<Option<Cow<'t, str>>, LockfileError> {
        of.get(key).map(|value| self.text(key, value)).transpose()
    }
}
