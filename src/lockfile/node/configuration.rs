//! What a project's settings say about platforms (npm documentation, "npmrc", and "config", `force`, `os`,
//! `cpu` and `libc`; pnpm documentation, "pnpm-workspace.yaml", `supportedArchitectures`, and
//! ".pnpmfile.cjs", `updateConfig`). Yarn's are read with what else they say. Bun has none: it takes other
//! platforms only from its command line.

use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::tool::{self, PNPM_WORKSPACE, Tool};
use crate::problem::{Location, SourceText};

/// Settings with which npm installs what does not fit the machine, or takes it for another one.
const OF_NPM: &[&str] = &["force", "os", "cpu", "libc"];

/// The same of pnpm. What it is configured by from elsewhere may set any of them.
const OF_PNPM: &[&str] = &[
    "supportedArchitectures",
    "force",
    "configDependencies",
    "pnpmfile",
    "pnpmfilePath",
    "globalPnpmfile",
];

/// The line that makes a package manager look away from the platform, if there is one.
pub(in crate::lockfile) fn ignores_limits(
    tool: &Tool,
    files: &dyn ManifestFiles,
) -> Option<Location> {
    if *tool == tool::NPM {
        return in_file(files, ".npmrc", |line| sets(line, '=', OF_NPM));
    }
    if *tool != tool::PNPM {
        return None;
    }
    let names_architectures = |line: &str| line.contains("supportedArchitectures");
    in_file(files, PNPM_WORKSPACE, |line| sets(line, ':', OF_PNPM) || names_architectures(line))
        .or_else(|| in_file(files, ".npmrc", |line| sets(line, '=', &["force"])))
        .or_else(|| in_file(files, tool.manifest, names_architectures))
        .or_else(|| {
            let mut hooks = [".pnpmfile.cjs", ".pnpmfile.mjs"].into_iter();
            hooks.find_map(|name| in_file(files, name, |line| line.contains("updateConfig")))
        })
}

fn in_file(
    files: &dyn ManifestFiles,
    name: &str,
    is_it: impl Fn(&str) -> bool,
) -> Option<Location> {
    let source = files.read(name)?;
    first_line(&source, is_it)
}

fn first_line(source: &SourceText, is_it: impl Fn(&str) -> bool) -> Option<Location> {
    let (number, _) = (1_u32..).zip(source.text.lines()).find(|(_, line)| is_it(line))?;
    Some(Location { file: source.path.clone(), line: number })
}

/// Whether a line gives one of these keys another value than `false`.
fn sets(line: &str, separator: char, keys: &[&str]) -> bool {
    let (key, value) = line.split_once(separator).unwrap_or((line, "true"));
    let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    keys.contains(&plain(key).as_str()) && plain(value) != "false"
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    struct OneFile(&'static str, &'static str);

    impl ManifestFiles for OneFile {
        fn read(&self, path: &str) -> Option<Arc<SourceText>> {
            (path == self.0).then(|| Arc::new(SourceText::new(path, self.1)))
        }

        fn expand(&self, _pattern: &str) -> Vec<String> {
            Vec::new()
        }
    }

    #[test]
    fn a_setting_counts_for_the_package_manager_that_reads_it() {
        for (tool, file, text, line) in [
            (&tool::NPM, ".npmrc", "fund=false\nforce=true\n", Some(2)),
            (&tool::NPM, ".npmrc", "force=false\n", None),
            (&tool::NPM, ".npmrc", "os = linux\n", Some(1)),
            (&tool::NPM, PNPM_WORKSPACE, "force: true\n", None),
            (&tool::PNPM, ".npmrc", "os=linux\n", None),
            (&tool::PNPM, ".npmrc", "force=true\n", Some(1)),
            (&tool::PNPM, PNPM_WORKSPACE, "packages: []\n'force': true\n", Some(2)),
            (&tool::PNPM, PNPM_WORKSPACE, "supportedArchitectures:\n  os: [linux]\n", Some(1)),
            (&tool::PNPM, PNPM_WORKSPACE, "{supportedArchitectures: {os: [linux]}}\n", Some(1)),
            (&tool::PNPM, PNPM_WORKSPACE, "configDependencies:\n  p: 1.0.0\n", Some(1)),
            (&tool::PNPM, PNPM_WORKSPACE, "packages:\n- a\n", None),
            (
                &tool::PNPM,
                "package.json",
                "{ \"pnpm\": {\n\"supportedArchitectures\": {} } }",
                Some(2),
            ),
            (&tool::PNPM, ".pnpmfile.cjs", "module.exports = { hooks: { updateConfig } }", Some(1)),
            (&tool::PNPM, ".pnpmfile.cjs", "module.exports = { hooks: { readPackage } }", None),
            (&tool::BUN, ".npmrc", "force=true\n", None),
        ] {
            let found = ignores_limits(tool, &OneFile(file, text));
            assert_eq!(found.map(|location| location.line), line, "{} {text}", tool.word);
        }
    }
}
