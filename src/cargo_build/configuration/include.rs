//! `include`: further configuration files that one names (Cargo book, "Configuration", `include`).

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeValue;

use super::File;
use super::sources::inside;
use crate::cargo_build::BuildProblem;

/// The absolute paths of the files that `value` includes, each with the offset of its path, in the order
/// in which Cargo reads them: a later one overrides an earlier one.
///
/// # Errors
///
/// A path leads out of the repository, or its file is missing. A file that may be missing (`optional`) is
/// no exception: it is somewhere else when the release is built, and may say anything there.
pub(super) fn paths(
    file: &File,
    value: &Spanned<DeValue<'_>>,
    repository: &Path,
) -> Result<Vec<(PathBuf, usize)>, BuildProblem> {
    let listed = match value.get_ref() {
        DeValue::Array(listed) => listed.iter().collect(),
        _ => vec![value],
    };
    listed.into_iter().map(|include| path(file, include, repository)).collect()
}

fn path(
    file: &File,
    include: &Spanned<DeValue<'_>>,
    repository: &Path,
) -> Result<(PathBuf, usize), BuildProblem> {
    let written = match include.get_ref() {
        DeValue::Table(table) => table.get("path").unwrap_or(include),
        _ => include,
    };
    let offset = written.span().start;
    let Some(text) = written.get_ref().as_str() else {
        return Err(file.refuse(offset, "it includes something other than a path"));
    };
    // Unlike other paths, this one counts from the folder of the file itself.
    let from_base = format!("{}/{text}", file.folder_name);
    let Some(path) = inside(file, &from_base, repository).map(PathBuf::from) else {
        return Err(file.refuse(offset, "it includes a file outside of the repository"));
    };
    if !path.exists() {
        return Err(file.refuse(offset, "it includes a file that is not here"));
    }
    Ok((path, offset))
}
