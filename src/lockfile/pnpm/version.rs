//! Versions of lockfiles, and how they lay out packages.

use super::reader::Reader;
use crate::lockfile::LockfileError;
use crate::lockfile::node::yaml::Yaml;
use crate::lockfile::tool;

/// How packages are called and where their copies stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Version 5: `/name/1.0.0_peers` under `packages`.
    Slashes,
    /// Versions 6 and 7: `/name@1.0.0(peers)` under `packages`. Some of 7 are without the slash.
    SlashAt,
    /// Version 9: `name@1.0.0` under `packages`, `name@1.0.0(peers)` under `snapshots`.
    Snapshots,
    /// Version 13: `name@1.0.0` under `packages`.
    SingleEntries,
}

/// Every version that was ever written, since version 5.
const VERSIONS: &[(&str, Layout)] = &[
    ("5", Layout::Slashes),
    ("5.0", Layout::Slashes),
    ("5.1", Layout::Slashes),
    ("5.2", Layout::Slashes),
    ("5.3", Layout::Slashes),
    ("5.4", Layout::Slashes),
    ("5.3-inlineSpecifiers", Layout::Slashes),
    ("5.4-inlineSpecifiers", Layout::Slashes),
    ("6.0", Layout::SlashAt),
    ("6.1", Layout::SlashAt),
    ("7.0", Layout::SlashAt),
    ("9.0", Layout::Snapshots),
    ("13.0", Layout::SingleEntries),
];

impl Layout {
    /// The layout of a document.
    pub(super) fn of(reader: &Reader<'_>, document: Yaml<'_>) -> Result<Self, LockfileError> {
        reader.entries("the document", document)?;
        let Some(value) = document.get("lockfileVersion") else {
            let start = document.span().start;
            return Err(reader.refuse(start..start, "it has no `lockfileVersion`"));
        };
        let text = value.scalar().map(|version| version.text()).unwrap_or_default();
        match VERSIONS.iter().find(|(version, _)| *version == text) {
            // Some of version 7 list copies apart, as version 9 does.
            Some((_, Self::SlashAt)) if document.get("snapshots").is_some() => Ok(Self::Snapshots),
            Some((_, layout)) => Ok(*layout),
            None => {
                let message = format!(
                    "lockfile version {} of pnpm is not known to this lockgate",
                    text.escape_debug()
                );
                let known = "versions 5 to 5.4, 6.0, 6.1, 7.0, 9.0 and 13.0 are known";
                Err(LockfileError::Unsupported(
                    reader.unsupported(value.span(), message).label(known).help(format!(
                        "update lockgate, or {}; nothing of this file was checked",
                        tool::PNPM.write_lockfile_again(" 7 or later")
                    )),
                ))
            }
        }
    }
}
