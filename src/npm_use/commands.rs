//! Commands that install packages, and whether they surely leave development out.
//!
//! Only one spelling of each way is taken for sure: npm ignores values of `omit` that it does not know,
//! takes one `include` for the last word, and reads `production false` as `include=dev` (npm
//! documentation, "config"; seen with npm 11 and 12).

/// What a command does with what is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// It installs, development included unless surely left out.
    Install,
    /// It installs, and surely leaves development out.
    InstallProduction,
    /// It takes development out again.
    Prune,
    /// It changes what npm installs from now on.
    Configure,
}

/// The names of commands that install, with those that npm takes for them (npm documentation, "npm
/// install", "npm ci", "npm install-test", "npm update").
const INSTALLING: &[&str] = &[
    "add",
    "ci",
    "cit",
    "clean-install",
    "clean-install-test",
    "ddp",
    "dedupe",
    "i",
    "ic",
    "in",
    "ins",
    "inst",
    "insta",
    "instal",
    "install",
    "install-ci-test",
    "install-clean",
    "install-test",
    "isnt",
    "isnta",
    "isntal",
    "isntall",
    "isntall-clean",
    "it",
    "link",
    "ln",
    "sit",
    "u",
    "up",
    "update",
    "udpate",
    "upgrade",
];

/// What is behind these is no command of npm's.
const RUNNING: &[&str] = &[
    "dist-tag",
    "exec",
    "explore",
    "info",
    "owner",
    "pack",
    "publish",
    "run",
    "run-script",
    "search",
    "t",
    "test",
    "view",
    "x",
];

/// Package managers that read the same manifests.
const OTHERS: &[&str] = &["pnpm", "yarn", "bun", "cnpm"];

/// Settings of npm that decide about development.
const DECIDING: &[&str] = &["include", "omit", "also", "only", "production", "dev"];

/// Options that begin with `no-` and say nothing about development.
const HARMLESS: &[&str] = &[
    "audit",
    "bin-links",
    "color",
    "engine-strict",
    "fund",
    "optional",
    "package-lock",
    "progress",
    "save",
    "update-notifier",
];

/// What a command line orders, by its words. `is_production` says that npm is told so by its
/// environment.
pub(super) fn order(words: &[&str], is_production: bool) -> Option<Order> {
    let program = |word: &&str| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
        let name = name.trim_end_matches(".cmd").to_ascii_lowercase();
        name == "npm" || OTHERS.contains(&name.as_str())
    };
    let position = words.iter().position(program)?;
    let arguments = &words[position + 1..];
    let is_npm = words[position].to_ascii_lowercase().contains("npm")
        && !words[position].contains("pnpm")
        && !words[position].contains("cnpm");
    if !is_npm {
        return order_of_others(arguments);
    }
    let is_global = |word: &&str| matches!(*word, "-g" | "--global");
    let installs_nothing =
        |word: &&str| is_global(word) || matches!(*word, "--package-lock-only" | "--dry-run");
    let first = arguments.iter().position(|word| !word.starts_with('-'))?;
    // The word after an option may be its value.
    let is_verb = first == 0 || arguments[first - 1].contains('=');
    if is_verb && RUNNING.contains(&arguments[first]) {
        return None;
    }
    let verb = arguments.iter().find(|word| {
        INSTALLING.contains(word) || matches!(**word, "prune" | "config" | "c" | "set")
    })?;
    let told = is_production || words[..position].contains(&"NODE_ENV=production");
    let is_sure = surely_omits(arguments, told);
    match *verb {
        "config" | "c" | "set" => {
            let decides = arguments.iter().any(|word| decides(word));
            decides.then_some(Order::Configure)
        }
        _ if arguments.iter().any(installs_nothing) => None,
        "prune" => is_sure.then_some(Order::Prune),
        _ if is_sure => Some(Order::InstallProduction),
        _ => Some(Order::Install),
    }
}

fn decides(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or(word);
    DECIDING.contains(&name.trim_start_matches('-'))
}

/// Nothing of what other package managers leave out is known here.
fn order_of_others(arguments: &[&str]) -> Option<Order> {
    let mut plain = arguments.iter().filter(|word| !word.starts_with('-'));
    let installs =
        plain.next().is_some_and(|word| matches!(*word, "install" | "i" | "add" | "ci" | "link"));
    installs.then_some(Order::Install)
}

/// Whether every reader of a command would say that it leaves development out.
fn surely_omits(arguments: &[&str], is_production: bool) -> bool {
    let mut omits = is_production;
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        if word.contains(['$', '`', '%', '{', '\\', '*']) {
            // A variable may hold any option.
            return false;
        }
        let next = words.peek().copied().copied().unwrap_or_default();
        match *word {
            "--omit=dev" | "--production=true" | "--only=prod" | "--only=production" => {
                omits = true;
            }
            "--omit=optional" | "--omit=peer" => {}
            "--omit" if matches!(next, "dev" | "optional" | "peer") => omits |= next == "dev",
            "--only" if matches!(next, "prod" | "production") => omits = true,
            "--production" if next != "false" => omits = true,
            _ if is_doubtful(word) => return false,
            _ => {}
        }
    }
    omits
}

/// Whether an option may decide about development: by its name, by an abbreviation of it, or by taking
/// another one back.
fn is_doubtful(word: &str) -> bool {
    let Some(name) = word.strip_prefix('-') else {
        return false;
    };
    let name = name.trim_start_matches('-');
    let name = name.split('=').next().unwrap_or(name);
    if let Some(taken_back) = name.strip_prefix("no-") {
        return !HARMLESS.contains(&taken_back);
    }
    let may_stand_for = |setting: &&str| !name.is_empty() && setting.starts_with(name);
    // One dash before a single letter is an option of its own.
    let is_letter = name.len() == 1 && !word.starts_with("--");
    !is_letter && DECIDING.iter().any(may_stand_for)
}

/// The words of one command, without quotes and brackets, and without the commas of a list.
pub(super) fn words(command: &str) -> Vec<String> {
    let plain = command.replace(['"', '\'', '[', ']', '(', ')'], " ");
    let words = plain.split_whitespace().map(|word| word.trim_matches(','));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The commands of a line.
pub(super) fn split(line: &str) -> impl Iterator<Item = &str> {
    line.split(['&', ';', '|', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order_of(command: &str, is_production: bool) -> Option<Order> {
        let words = words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        order(&words, is_production)
    }

    #[test]
    fn only_what_npm_surely_understands_leaves_development_out() {
        for command in [
            "npm ci --omit=dev",
            "npm ci --omit dev --no-audit --no-fund",
            "npm install --omit=optional --omit=dev",
            "npm ci --production",
            "npm i --only=production",
            "npm ci --only prod --ignore-scripts",
            "NODE_ENV=production npm ci",
            "npm --prefix web ci --omit=dev",
            "npm --prefix test ci --omit=dev",
        ] {
            assert_eq!(order_of(command, false), Some(Order::InstallProduction), "{command}");
        }
        for command in [
            "npm ci",
            "npm ci --omit=development",
            "npm ci --omit=dev,optional",
            "npm ci --omit=Dev",
            "npm ci --omit=",
            "npm ci --om=dev",
            "npm ci --production false",
            "npm ci --production=false",
            "npm ci --no-production --omit=dev",
            "npm ci --omit=dev --include=dev",
            "npm ci --omit=dev --also=dev",
            "npm ci --omit=dev --dev",
            "npm ci --omit=dev --inc=dev",
            "npm ci --omit=dev $FLAGS",
            "npm --prefix test ci",
            "npm -w pack install",
            "npm ci --only=dev",
            "npm ci --prod",
            "npm ci -P",
            "NODE_ENV=prod npm ci",
            "['npm', 'ci']",
            "/usr/bin/npm install",
            "npm.cmd i",
            "yarn install --production",
            "pnpm i --prod",
            "bun install",
        ] {
            assert_eq!(order_of(command, false), Some(Order::Install), "{command}");
        }
        assert_eq!(order_of("npm ci --include=dev", true), Some(Order::Install));
        assert_eq!(order_of("npm ci", true), Some(Order::InstallProduction));
    }

    #[test]
    fn what_installs_nothing_of_the_project_is_no_order() {
        for command in [
            "npm run ci",
            "npm --loglevel=silent run ci",
            "npm dist-tag add app@1.0.0 latest",
            "npm test",
            "npm install -g npm@11",
            "npm install --package-lock-only",
            "npm config set fund false",
            "npm publish",
            "npm prune",
            "npm audit",
            "npx npm-check",
            "yarn build",
            "echo hello",
        ] {
            assert_eq!(order_of(command, false), None, "{command}");
        }
        assert_eq!(order_of("npm prune --omit=dev", false), Some(Order::Prune));
        assert_eq!(order_of("npm prune --omit=development", false), None);
        assert_eq!(order_of("npm config set include dev", false), Some(Order::Configure));
        assert_eq!(order_of("npm set production=false", false), Some(Order::Configure));
    }
}
