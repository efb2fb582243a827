//! What a project's `.npmrc` says about platforms (npm documentation, "npmrc", and "config", `force`,
//! `os`, `cpu` and `libc`).

use crate::lockfile::manifest::ManifestFiles;
use crate::problem::Location;

/// Settings with which npm installs what does not fit the machine, or takes it for another one.
const SETTINGS: &[&str] = &["force", "os", "cpu", "libc"];

/// The line that makes npm look away from the platform, if there is one.
pub fn ignores_limits(files: &dyn ManifestFiles) -> Option<Location> {
    let source = files.read(".npmrc")?;
    let sets = |line: &str| {
        let (key, value) = line.split_once('=').unwrap_or((line, "true"));
        let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        SETTINGS.contains(&plain(key).as_str()) && plain(value) != "false"
    };
    let (number, _) = (1_u32..).zip(source.text.lines()).find(|(_, line)| sets(line))?;
    Some(Location { file: source.path.clone(), line: number })
}
