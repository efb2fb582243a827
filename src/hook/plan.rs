//! Installing the hook and taking it away: planned as a value, then applied.
//!
//! Git runs one hook for a push. One that is there already is kept beside the new one, which runs it
//! first, and comes back when lockgate's is taken away. Nothing that somebody else wrote is ever
//! changed or removed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::script::{EARLIER, NAME, Ownership, ownership};

/// What lies where hooks lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The hook that git runs.
    pub hook: Option<Ownership>,
    /// Whether a hook from before lockgate is kept.
    pub has_earlier: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    Write,
    /// Keep the hook that is there, and write the new one.
    KeepAndWrite,
    Remove,
    /// Remove the hook, and put the one from before back.
    RemoveAndRestore,
    Nothing,
}

/// Why nothing can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Its text was changed by hand, and would be lost.
    #[error("the hook of lockgate was changed by hand, and is left alone")]
    Changed,
    /// There are two hooks of somebody else's, and room for one.
    #[error("there is a hook of somebody else's, and another one is kept as `{EARLIER}`")]
    TwoEarlier,
}

/// What lies in a folder of hooks.
///
/// # Errors
///
/// What is there cannot be read.
pub fn look(folder: &Path) -> io::Result<Present> {
    let hook = folder.join(NAME);
    let ownership = match fs::symlink_metadata(&hook) {
        // What a link leads to is somebody else's.
        Ok(metadata) if !metadata.is_file() => Some(Ownership::Foreign),
        Ok(_) => Some(ownership(&fs::read(&hook)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let has_earlier = fs::symlink_metadata(folder.join(EARLIER)).is_ok();
    Ok(Present { hook: ownership, has_earlier })
}

/// How the hook is installed.
///
/// # Errors
///
/// A hook of somebody else's would be lost.
pub fn install(present: &Present) -> Result<Plan, PlanError> {
    match (present.hook, present.has_earlier) {
        (None | Some(Ownership::Ours), _) => Ok(Plan::Write),
        (Some(Ownership::Foreign), false) => Ok(Plan::KeepAndWrite),
        (Some(Ownership::Foreign), true) => Err(PlanError::TwoEarlier),
        (Some(Ownership::Changed), _) => Err(PlanError::Changed),
    }
}

/// How the hook is taken away.
///
/// # Errors
///
/// What somebody wrote into it would be lost.
pub fn uninstall(present: &Present) -> Result<Plan, PlanError> {
    match (present.hook, present.has_earlier) {
        (Some(Ownership::Ours), true) => Ok(Plan::RemoveAndRestore),
        (Some(Ownership::Ours), false) => Ok(Plan::Remove),
        (Some(Ownership::Changed), _) => Err(PlanError::Changed),
        (None | Some(Ownership::Foreign), _) => Ok(Plan::Nothing),
    }
}

/// Does what was planned in a folder of hooks.
///
/// # Errors
///
/// A file cannot be written or moved. Then what was there is still there.
pub fn apply(plan: Plan, folder: &Path, text: &str) -> io::Result<()> {
    let (hook, earlier) = (folder.join(NAME), folder.join(EARLIER));
    match plan {
        Plan::Write => written(folder, text)?.persist(&hook).map(drop).map_err(|error| error.error),
        Plan::KeepAndWrite => {
            let new = written(folder, text)?;
            fs::rename(&hook, &earlier)?;
            new.persist_noclobber(&hook).map(drop).map_err(|error| {
                put_back(&earlier, &hook);
                error.error
            })
        }
        Plan::Remove => fs::remove_file(&hook),
        // One step: at no time is there neither of them.
        Plan::RemoveAndRestore => fs::rename(&earlier, &hook),
        Plan::Nothing => Ok(()),
    }
}

fn put_back(earlier: &PathBuf, hook: &PathBuf) {
    // It was moved away a moment ago, and what comes after is an error in any case.
    let _ = fs::rename(earlier, hook);
}

fn written(folder: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o755))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Option<Ownership> = Some(Ownership::Ours);
    const FOREIGN: Option<Ownership> = Some(Ownership::Foreign);
    const CHANGED: Option<Ownership> = Some(Ownership::Changed);

    #[test]
    fn what_somebody_else_wrote_is_never_lost() {
        for (hook, has_earlier, installed, uninstalled) in [
            (None, false, Ok(Plan::Write), Ok(Plan::Nothing)),
            (None, true, Ok(Plan::Write), Ok(Plan::Nothing)),
            (OURS, false, Ok(Plan::Write), Ok(Plan::Remove)),
            (OURS, true, Ok(Plan::Write), Ok(Plan::RemoveAndRestore)),
            (FOREIGN, false, Ok(Plan::KeepAndWrite), Ok(Plan::Nothing)),
            (FOREIGN, true, Err(PlanError::TwoEarlier), Ok(Plan::Nothing)),
            (CHANGED, false, Err(PlanError::Changed), Err(PlanError::Changed)),
            (CHANGED, true, Err(PlanError::Changed), Err(PlanError::Changed)),
        ] {
            let present = Present { hook, has_earlier };
            assert_eq!(install(&present), installed, "{present:?}");
            assert_eq!(uninstall(&present), uninstalled, "{present:?}");
        }
    }
}
