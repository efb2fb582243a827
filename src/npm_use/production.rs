//! Which files surely hold code of what is shipped, by where they lie.
//!
//! Beside a `package.json` lie configurations, build scripts and code, and nothing tells them apart. So only
//! what lies in a folder that is called as sources are, what a manifest says to be the code of its
//! project, and components of frameworks count; and nothing with a word of development in its path does. What
//! is not known to be production code may be it all the same.

use std::collections::BTreeSet;

use serde_json::Value;

/// The first folder below a manifest, where it holds sources.
const SOURCES: &[&str] = &[
    "actions",
    "api",
    "app",
    "assets",
    "backend",
    "client",
    "components",
    "composables",
    "controllers",
    "electron",
    "frontend",
    "functions",
    "hooks",
    "js",
    "layouts",
    "lib",
    "main",
    "middleware",
    "models",
    "pages",
    "renderer",
    "resources",
    "routes",
    "screens",
    "server",
    "services",
    "source",
    "src",
    "store",
    "stores",
    "ts",
    "utils",
    "views",
    "worker",
    "workers",
];

/// Endings of components, which no tool reads as its configuration.
const COMPONENTS: &[&str] = &[".vue", ".svelte", ".astro"];

/// Words in the path of what builds, tests, shows or describes the code.
const OF_DEVELOPMENT: &[&str] = &[
    "bench",
    "benchmark",
    "benchmarks",
    "build",
    "ci",
    "codegen",
    "conf",
    "config",
    "configs",
    "configuration",
    "cy",
    "cypress",
    "debug",
    "demo",
    "demos",
    "dev",
    "development",
    "devtools",
    "doc",
    "docs",
    "documentation",
    "e2e",
    "example",
    "examples",
    "fake",
    "fakes",
    "faker",
    "fixture",
    "fixtures",
    "generator",
    "generators",
    "gruntfile",
    "gulpfile",
    "mock",
    "mocks",
    "playground",
    "playgrounds",
    "playwright",
    "rc",
    "release",
    "rollup",
    "sandbox",
    "script",
    "scripts",
    "seed",
    "seeds",
    "setup",
    "spec",
    "specs",
    "stories",
    "story",
    "storybook",
    "stub",
    "stubs",
    "template",
    "templates",
    "test",
    "testing",
    "tests",
    "tool",
    "tooling",
    "tools",
    "vite",
    "webpack",
];

/// Files that a project is without a manifest that says so (npm documentation, "package.json", `main`;
/// "npm start").
const UNNAMED: &[&str] = &["index.js", "server.js"];

/// Keys of a manifest for the code of its project (npm documentation, "package.json"; Node.js documentation,
/// "Packages"; webpack documentation, "Resolve", `mainFields`).
const ENTRY_KEYS: &[&str] = &["main", "module", "browser", "exports", "bin", "source", "svelte"];

/// Whether a file is surely production code. `path` begins at the root of the repository, `below` at the folder of
/// its manifest; `entries` are what manifests say to be the code of their projects.
pub(super) fn is_production_code(path: &str, below: &str, entries: &BTreeSet<String>) -> bool {
    let is_in_sources = || below.split_once('/').is_some_and(|(first, _)| SOURCES.contains(&first));
    let is_component = || COMPONENTS.iter().any(|ending| path.ends_with(ending));
    let is_entry = || UNNAMED.contains(&below) || entries.contains(path);
    let is_hidden = || path.split('/').any(|step| step.starts_with('.'));
    (is_in_sources() || is_component() || is_entry())
        && !is_hidden()
        && !words(path).any(|word| OF_DEVELOPMENT.contains(&word.as_str()))
}

/// The words of a path, in lower case: `src/setupTests.ts` has `src`, `setup`, `tests` and `ts`.
fn words(path: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in path.chars() {
        let is_next = character.is_uppercase() && !before.is_uppercase();
        if is_next || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.into_iter().filter(|word| !word.is_empty())
}

/// The files that a manifest says to be the code of its project, from the root of the repository.
pub(super) fn entries(folder: &str, manifest: &str) -> Vec<String> {
    let manifest: Value =
        serde_json::from_str(manifest.trim_start_matches('\u{feff}')).unwrap_or_default();
    let mut named = Vec::new();
    for key in ENTRY_KEYS {
        collect_texts(&manifest[*key], &mut named);
    }
    let start = manifest["scripts"]["start"].as_str().unwrap_or_default();
    named.extend(start.split_whitespace());
    let slash = if folder.is_empty() { "" } else { "/" };
    let named = named.into_iter().map(|path| path.trim_start_matches("./"));
    named.map(|path| format!("{folder}{slash}{path}")).collect()
}

/// Every text in a value, however deep: conditions lead to files.
fn collect_texts<'value>(value: &'value Value, texts: &mut Vec<&'value str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect_texts(value, texts)),
        Value::Object(values) => values.values().for_each(|value| collect_texts(value, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_where_sources_lie_is_surely_production_code() {
        let entries = entries(
            "web",
            r#"{ "main": "./boot.js", "bin": { "web": "cli.js" }, "exports": { ".": { "import": "./esm.mjs" } },
                 "scripts": { "start": "node run.js", "build": "node make.js" } }"#,
        );
        for (path, is) in [
            ("web/src/main.js", true),
            ("web/app/page.tsx", true),
            ("web/index.js", true),
            ("web/boot.js", true),
            ("web/cli.js", true),
            ("web/esm.mjs", true),
            ("web/run.js", true),
            ("web/App.vue", true),
            ("web/src/latest.js", true),
            ("web/make.js", false),
            ("web/vite.config.js", false),
            ("web/gulpfile.js", false),
            ("web/more/main.js", false),
            ("web/src/setupTests.ts", false),
            ("web/src/Button.stories.tsx", false),
            ("web/src/__mocks__/a.js", false),
            ("web/src/testUtils/a.js", false),
            ("web/scripts/App.vue", false),
            ("web/.storybook/App.vue", false),
        ] {
            let below = path.strip_prefix("web/").unwrap();
            assert_eq!(
                is_production_code(path, below, &entries.iter().cloned().collect()),
                is,
                "{path}"
            );
        }
    }
}
