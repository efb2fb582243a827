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

/// Settings of pnpm by which something else sets any of them.
const ELSEWHERE: &[&str] = &["configdependencies", "pnpmfile", "pnpmfilepath", "globalpnpmfile"];

/// Files of code that pnpm runs.
const HOOKS: &[&str] = &["pnpmfile.cjs", "pnpmfile.mjs"];

/// Folders of installed packages that are known as such wherever they lie.
const KNOWN_FOLDERS: &[&str] =
    &["node_modules", "node_modules/.pnpm", ".yarn/cache", ".yarn/unplugged"];

/// How a setting begins in the environment.
const PREFIXES: &[&str] = &["npm_config_", "pnpm_config_", "yarn_"];

/// Whether a file of this name holds settings of a package manager that may decide about development.
pub(super) fn is_of_package_manager(name: &str) -> bool {
    let plain = name.trim_start_matches('.');
    let mut files = FILES.iter().chain(HOOKS);
    files.any(|file| plain.starts_with(file) || plain.ends_with(file))
}

/// The lines of such a file that make it uncertain what commands leave out.
pub(super) fn doubtful_settings(name: &str, text: &str) -> Vec<u32> {
    let lines = || (1_u32..).zip(text.lines());
    if HOOKS.iter().any(|hooks| name.ends_with(hooks)) {
        // They may change any setting.
        let changing = lines().filter(|(_, line)| line.contains("updateConfig"));
        return changing.map(|(number, _)| number).collect();
    }
    let ending = name.rsplit('.').next().unwrap_or_default();
    let is_yaml = matches!(ending, "yaml" | "yml");
    let depth = |line: &str| line.len() - line.trim_start().len();
    let is_content = |line: &&str| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#') && line != "---"
    };
    let first = text.lines().find(is_content).unwrap_or_default();
    // Below a key of YAML stands no setting, but for a text that is one value in braces.
    let counts = |line: &str| !is_yaml || depth(line) <= depth(first) || first.contains('{');
    let doubtful = lines().filter(|(_, line)| counts(line) && is_doubtful(line));
    doubtful.map(|(number, _)| number).collect()
}

/// Whether a line has a setting that may bring development back, among several perhaps.
fn is_doubtful(line: &str) -> bool {
    let line = line.trim();
    !line.starts_with(['#', ';']) && line.split(['{', '}', ',']).any(is_doubtful_setting)
}

/// A setting is `key=value`, `key: value`, `table.key = value`, or in Yarn 1 `--install.key value`.
fn is_doubtful_setting(setting: &str) -> bool {
    let setting = setting.trim().trim_start_matches("? ");
    let separator = |character: char| "=: \t".contains(character);
    let (key, value) = setting.split_once(separator).unwrap_or((setting, "true"));
    let plain = |text: &str| {
        text.trim_matches(|character: char| separator(character) || "\"'".contains(character))
            .to_ascii_lowercase()
    };
    let (key, value) = (plain(key), plain(value));
    let key = key.trim_end_matches("[]");
    let key = key.rsplit('.').next().unwrap_or(key).trim_matches(['"', '\'', '-']);
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
    (KEYS.contains(&key) && !is_harmless) || ELSEWHERE.contains(&key)
}

/// The lines of a text that write such a setting into a file of settings: `echo only=dev >> .npmrc`, and the
/// lines of a text that is written there.
pub(super) fn written_settings(text: &str) -> Vec<u32> {
    let names_file = |line: &str| FILES.iter().any(|file| line.contains(file));
    if !names_file(text) {
        return Vec::new();
    }
    let writes = |line: &str| {
        let plain = line.replace(['"', '\''], " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        let is_assigned = |word: &&str| word.contains('=') && is_doubtful_setting(word);
        let is_line = || words.len() <= 3 && line.contains('=') && is_doubtful(line);
        let is_pair =
            |pair: &[&str]| pair[0].ends_with(':') && is_doubtful_setting(&pair.join(" "));
        is_line()
            || (names_file(line)
                && (words.iter().any(is_assigned) || words.windows(2).any(is_pair)))
    };
    let lines = (1_u32..).zip(text.lines()).filter(|(_, line)| writes(line));
    lines.map(|(number, _)| number).collect()
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
    // Heroku's way to keep development in what it ships (Heroku documentation, "Node.js support").
    let kept = memchr::memmem::find_iter(lower.as_bytes(), "_skip_pruning");
    let mut places: Vec<usize> = all.chain(kept).collect();
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
            ("install.dev = true", true),
            ("install = { production = false, dev = false }", true),
            ("install = { production = true, dev = false }", false),
            ("? only", true),
            ("pnpmfile: ./other.cjs", true),
            ("//npm.example.org/:_authToken=${TOKEN}", false),
        ] {
            assert_eq!(!doubtful_settings(".npmrc", line).is_empty(), is_doubtful, "{line}");
        }
    }

    #[test]
    fn only_the_keys_of_a_whole_text_are_settings_in_yaml() {
        for (name, text, expected) in [
            ("pnpm-workspace.yaml", "catalogs:\n  dev:\n    left: 1.0.0\n", &[][..]),
            ("pnpm-workspace.yaml", "packages:\n- dev\nonly: dev\n", &[3]),
            ("pnpm-workspace.yaml", "---\n { packages: [],\n  'only': dev }\n", &[3]),
            ("bunfig.toml", "[install]\n  dev = true\n", &[2]),
            (".pnpmfile.cjs", "hooks = {\n updateConfig }\n", &[2]),
            (".pnpmfile.cjs", "hooks = { readPackage, dev: true }\n", &[]),
        ] {
            assert_eq!(doubtful_settings(name, text), expected, "{text}");
        }
    }

    #[test]
    fn a_setting_may_be_written_by_a_command() {
        for (text, expected) in [
            ("RUN echo \"only=dev\" >> .npmrc && pnpm i --prod", &[1][..]),
            ("echo 'only: dev' > pnpm-workspace.yaml", &[1]),
            ("COPY <<EOF .npmrc\nonly=dev\nEOF", &[2]),
            ("echo omit=dev >> ~/.npmrc", &[]),
            ("dev = true", &[]),
            ("COPY .npmrc package.json ./\nRUN npm ci --omit=dev", &[]),
            ("include:\n  - os: linux\n  path: pnpm-workspace.yaml", &[]),
        ] {
            assert_eq!(written_settings(text), expected, "{text}");
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
            ("\"PNPM_SKIP_PRUNING\": \"true\"", true),
            ("NPM_CONFIG_FORCE_LEGACY_DEPLOY=true", true),
        ] {
            assert_eq!(!doubtful_variables(line).is_empty(), is_doubtful, "{line}");
        }
    }
}
