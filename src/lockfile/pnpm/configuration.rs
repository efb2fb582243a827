//! What the configuration of a project says about platforms (pnpm documentation, "supportedArchitectures",
//! "force").

use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::tool::{self, PNPM_WORKSPACE};
use crate::lockfile::{Lockfile, PlatformLimitsApply};
use crate::problem::Location;

/// With which words pnpm installs what does not fit the machine, and in which files they can stand. A line
/// that only looks like one costs a claim, and nothing else.
const SETTINGS: &[(&str, &str)] = &[
    (PNPM_WORKSPACE, "supportedArchitectures"),
    (PNPM_WORKSPACE, "force:"),
    (tool::NPM.manifest, "\"supportedArchitectures\""),
    (".npmrc", "force"),
];

/// Notes the line with which pnpm looks away from the platform, if there is one.
pub(super) fn learn(lockfile: &mut Lockfile, files: &dyn ManifestFiles) {
    let found = SETTINGS.iter().find_map(|(file, word)| {
        let source = files.read(file)?;
        let starts = |line: &str| line.trim_start().starts_with(word);
        let (line, _) = (1_u32..).zip(source.text.lines()).find(|(_, line)| starts(line))?;
        Some(Location { file: source.path.clone(), line })
    });
    if let Some(location) = found {
        lockfile.platform_limits = PlatformLimitsApply::Never(location);
    }
}
