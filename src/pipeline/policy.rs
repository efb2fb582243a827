//! The first stage: which policy decides.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::policy::{FILE_NAME, Policy, discovery};
use crate::problem::Problem;
use crate::settings::shown;

/// A policy, and the folder that its relative paths count from.
#[derive(Debug)]
pub struct LoadedPolicy {
    /// The policy; the strict default where there is no file.
    pub policy: Policy,
    /// The folder of the file, or of the first path that is checked.
    pub folder: PathBuf,
}

/// Loads the policy that was named, or the one that governs what is checked.
pub fn load(
    named: Option<&Path>,
    paths: &[PathBuf],
    today: Date,
) -> Result<LoadedPolicy, Vec<Problem>> {
    load_shown(named, paths, today, &shown)
}

/// The same, for files that have another name for people than on disk.
pub(super) fn load_shown(
    named: Option<&Path>,
    paths: &[PathBuf],
    today: Date,
    shown: &dyn Fn(&Path) -> String,
) -> Result<LoadedPolicy, Vec<Problem>> {
    let found = match named {
        Some(path) => Some(path.to_owned()),
        None => find(paths)?,
    };
    if let Some(path) = found {
        let policy = discovery::load(&path, &shown(&path), today).map_err(|error| error.0)?;
        Ok(LoadedPolicy { policy, folder: folder_of(&path) })
    } else {
        let folder = paths.first().map_or_else(PathBuf::new, |path| search_start(path));
        Ok(LoadedPolicy { policy: Policy::strict_default(), folder })
    }
}

/// Several paths may be checked at once only if one policy governs them all.
fn find(paths: &[PathBuf]) -> Result<Option<PathBuf>, Vec<Problem>> {
    let mut found: Option<(PathBuf, Option<PathBuf>)> = None;
    for path in paths {
        let start = search_start(path);
        let here = discovery::find(&start).map_err(|error| {
            Problem::in_file(shown(path), format!("no policy can be looked for: {error}"))
        })?;
        match &found {
            Some((first, policy)) if *policy != here => {
                return Err(Problem::in_file(
                    shown(path),
                    format!("{} and {} have different policies", shown(first), shown(path)),
                )
                .help(format!("check them one by one, or name one policy: --policy {FILE_NAME}"))
                .into());
            }
            Some(_) => {}
            None => found = Some((path.clone(), here)),
        }
    }
    Ok(found.and_then(|(_, policy)| policy))
}

pub(super) fn search_start(path: &Path) -> PathBuf {
    if path.is_dir() { path.to_owned() } else { folder_of(path) }
}

pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
