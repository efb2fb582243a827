//! Settings with which a package manager installs development although a command leaves it out (npm
//! documentation, "config": `include`, `omit`, and what stood for them before; pnpm documentation,
//! "pnpm-workspace.yaml"; Yarn 1 documentation, ".yarnrc"; Bun documentation, "bunfig.toml"; environment
//! variables in any case).
//!
//! Which version of which package manager reads which of them is not told apart: `only: dev` brings
//! development back in pnpm 8 to 11 and `--install.production false` in Yarn 1, where `NODE_ENV` says
//! production.

/// Settings that decide about development.
const KEYS: &[&str] = &["include", "omit", "also", "only", "production", "prod", "dev"];

/// Settings of pnpm with which a folder that `deploy` filled is filled up later (see [`super::commands`]).
const OF_DEPLOY: &[&str] = &["force-legacy-deploy", "forcelegacydeploy"];

/// How the names of files of settings begin or end. pnpm's workspaces and Yarn's settings may stand in folders of
/// members, too, and a container file may copy `.npmrc.docker` to where it counts.
const FILES: &[&str] = &["npmrc", "yarnrc", "bunfig.toml", "pnpm-workspace.yaml"];

/// Settings that say in which folder installed packages or their archives are kept (Yarn 1 documentation,
/// "yarn-offline-mirror"; Yarn documentation, ".yarnrc.yml"; pnpm documentation, "pnpm-workspace.yaml").
const FOLDERS: &[&str] = &[
    "cachefolder",
    "cache-folder",
    "globalfolder",
    "global-folder",
    "modules-dir",
    "modulesdir",
    "modules-folder",
    "pnpunpluggedfolder",
    "store-dir",
    "storedir",
    "virtual-store-dir",
    "virtualstoredir",
    "yarn-offline-mirror",
];

/// Folders of installed packages that are known as such wherever they lie.
const KNOWN_FOLDERS: &[&str] =
    &["node_modules", "node_modules/.pnpm", ".yarn/cache", ".yarn/unplugged"];

/// How a setting begins in the environment.
const PREFIXES: &[&str] = &["npm_config_", "pnpm_config_", "yarn_"];

/// Whether a file of this name holds settings of a package manager that may decide about development.
pub(super) fn is_of_package_manager(name: &str) -> bool {
    let plain = name.trim_start_matches('.');
    FILES.iter().any(|file| plain.starts_with(file) || plain.ends_with(file))
}

/// The lines of such a file that make it uncertain what commands leave out.
pub(super) fn doubtful_settings(text: &str) -> Vec<u32> {
    let lines = (1_u32..).zip(text.lines());
    lines.filter(|(_, line)| is_doubtful(line)).map(|(number, _)| number).collect()
}

/// A line is `key=value`, `key: value`, or in Yarn 1 `--install.key value`.
fn is_doubtful(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with(['#', ';']) {
        return false;
    }
    let separator = |character: char| "=: \t".contains(character);
    let (key, value) = line.split_once(separator).unwrap_or((line, "true"));
    let plain = |text: &str| {
        text.trim_matches(|character: char| separator(character) || "\"'".contains(character))
            .to_ascii_lowercase()
    };
    let (key, value) = (plain(key), plain(value));
    let key = key.trim_end_matches("[]");
    let key = key.strip_prefix("--").map_or(key, |key| {
        let command = key.split_once('.');
        command.map_or(key, |(_, key)| key)
    });
    if OF_DEPLOY.contains(&key) {
        return value != "false";
    }
    if FOLDERS.contains(&key) {
        return lies_in_project(&value);
    }
    let is_harmless = match key {
        "omit" => value == "dev",
        "production" | "prod" => value == "true",
        "only" => matches!(value.as_str(), "prod" | "production"),
        // Bun's way to say production.
        "dev" => value == "false",
        _ => false,
    };
    KEYS.contains(&key) && !is_harmless
}

/// Whether packages are kept in a folder of the project which is not known by its name to hold them.
fn lies_in_project(folder: &str) -> bool {
    let plain = folder.trim_start_matches("./").trim_end_matches('/');
    let is_outside = plain.starts_with(['/', '~', '$']) || plain.is_empty() || plain == "false";
    !is_outside && !KNOWN_FOLDERS.contains(&plain)
}

/// Where a text sets such a setting in the environment, in another way than to leave development out.
pub(super) fn doubtful_variables(text: &str) -> Vec<usize> {
    let lower = text.to_ascii_lowercase();
    let all = PREFIXES.iter().flat_map(|prefix| {
        let places = memchr::memmem::find_iter(lower.as_bytes(), prefix);
        places.filter(|place| is_doubtful_variable(&lower[place + prefix.len()..]))
    });
    let mut places: Vec<usize> = all.collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Whether a setting and what stands behind it, in lower case, may bring development back.
fn is_doubtful_variable(setting: &str) -> bool {
    let end = setting
        .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .unwrap_or(setting.len());
    let (key, rest) = setting.split_at(end);
    let value = rest.trim_start_matches(['"', '\'', ' ', '=', ':', '\t']);
    let is = |expected: &str| {
        value.strip_prefix(expected).is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_alphanumeric() || ",-_.$".contains(next))
        })
    };
    let is_harmless = match key {
        "omit" => is("dev"),
        "production" | "prod" => is("true"),
        "only" => is("prod") || is("production"),
        _ => false,
    };
    (KEYS.contains(&key) && !is_harmless) || key == "force_legacy_deploy"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_may_bring_development_back_is_seen() {
        for (line, is_doubtful) in [
            ("include=dev", true),
            (" include = dev ", true),
            ("include[]=dev", true),
            ("production=false", true),
            ("omit=optional", true),
            ("omit=", true),
            ("dev", true),
            ("also=development", true),
            ("omit=dev", false),
            ("production = true", false),
            ("; include=dev", false),
            ("fund=false", false),
            ("only: dev", true),
            ("production: false", true),
            ("prod: true", false),
            ("forceLegacyDeploy: true", true),
            ("force-legacy-deploy=false", false),
            ("packages:", false),
            ("  - packages/dev", false),
            ("--install.production false", true),
            ("--*.production false", true),
            ("production false", true),
            ("--install.production true", false),
            ("--install.frozen-lockfile true", false),
            ("dev = false", false),
            ("dev = true", true),
            ("cacheFolder: ./vendor", true),
            ("cacheFolder: \"./.yarn/cache\"", false),
            ("yarn-offline-mirror \"./archives\"", true),
            ("store-dir=.store", true),
            ("store-dir=~/.store", false),
            ("virtualStoreDir: node_modules/.pnpm", false),
            ("modulesDir: deps", true),
        ] {
            assert_eq!(!doubtful_settings(line).is_empty(), is_doubtful, "{line}");
        }
    }

    #[test]
    fn a_file_of_settings_may_have_a_longer_name() {
        for (name, is_one) in [
            (".npmrc", true),
            (".npmrc.docker", true),
            ("ci.npmrc", true),
            (".yarnrc.yml", true),
            ("pnpm-workspace.yaml", true),
            ("package.json", false),
            ("read-npmrc.js", false),
        ] {
            assert_eq!(is_of_package_manager(name), is_one, "{name}");
        }
    }

    #[test]
    fn so_is_one_in_the_environment() {
        for (line, is_doubtful) in [
            ("ENV NPM_CONFIG_PRODUCTION=false", true),
            ("\"NPM_CONFIG_PRODUCTION\": { \"value\": \"false\" }", true),
            ("npm_config_include: dev", true),
            ("Npm_Config_Omit=optional", true),
            ("NPM_CONFIG_OMIT=dev,optional", true),
            ("NPM_CONFIG_OMIT=$OMIT", true),
            ("NPM_CONFIG_OMIT=dev", false),
            ("NPM_CONFIG_PRODUCTION: \"true\"", false),
            ("NPM_CONFIG_LOGLEVEL=warn", false),
            ("YARN_PRODUCTION=false", true),
            ("YARN_PRODUCTION=true", false),
            ("YARN_CACHE_FOLDER=/tmp", false),
            ("pnpm_config_only=dev", true),
            ("NPM_CONFIG_FORCE_LEGACY_DEPLOY=true", true),
        ] {
            assert_eq!(!doubtful_variables(line).is_empty(), is_doubtful, "{line}");
        }
    }
}
