//! Packages that put nothing into what is shipped, although scripts run them.
//!
//! Membership is what proves: a package that is not known here, nor declared by the policy, may bundle,
//! compile or copy. Each of these reads what is there and says something about it, runs tests, or runs
//! other programs, which count for themselves.

use crate::policy::NpmPolicy;

const TOOLS: &[&str] = &[
    "ava",
    "c8",
    "chai",
    "chai-as-promised",
    "concurrently",
    "cross-env",
    "cspell",
    "cypress",
    "depcheck",
    "env-cmd",
    "eslint",
    "expect",
    "husky",
    "jasmine",
    "jest",
    "jsdom",
    "knip",
    "lint-staged",
    "markdownlint",
    "markdownlint-cli",
    "markdownlint-cli2",
    "mocha",
    "nock",
    "nodemon",
    "npm-check-updates",
    "npm-run-all",
    "npm-run-all2",
    "nyc",
    "playwright",
    "prettier",
    "pretty-quick",
    "publint",
    "simple-git-hooks",
    "sinon",
    "sinon-chai",
    "size-limit",
    "standard",
    "start-server-and-test",
    "stylelint",
    "supertest",
    "svelte-check",
    "tap",
    "tape",
    "tsd",
    "vitest",
    "vue-tsc",
    "wait-on",
    "xo",
    "@arethetypeswrong/cli",
    "@biomejs/biome",
    "@eslint/js",
    "@jest/globals",
    "@playwright/test",
    "@typescript-eslint/eslint-plugin",
    "@typescript-eslint/parser",
    "globals",
    "oxlint",
    "typescript-eslint",
    "@prantlf/jsonlint",
    "auto-changelog",
    "babel-jest",
    "benchmark",
    "codecov",
    "commitizen",
    "commitplease",
    "conventional-changelog-cli",
    "coveralls",
    "del-cli",
    "dtslint",
    "http-server",
    "is-ci",
    "jasmine-core",
    "jest-cli",
    "jest-environment-jsdom",
    "jsonlint",
    "karma",
    "license-checker",
    "madge",
    "np",
    "qunit",
    "release-it",
    "rimraf",
    "semantic-release",
    "source-map-explorer",
    "standard-version",
    "ts-jest",
    "tslint",
];

/// Those of them that may be a part of what runs in production all the same: they serve, start other
/// programs, or are libraries.
const MAY_RUN_ELSEWHERE: &[&str] = &[
    "benchmark",
    "chai",
    "concurrently",
    "cross-env",
    "del-cli",
    "env-cmd",
    "expect",
    "globals",
    "http-server",
    "is-ci",
    "jsdom",
    "nock",
    "nodemon",
    "npm-run-all",
    "npm-run-all2",
    "playwright",
    "rimraf",
    "sinon",
    "start-server-and-test",
    "supertest",
    "wait-on",
];

/// Compilers that run nothing of what they compile, whoever needs them.
const COMPILERS: &[&str] = &["typescript"];

/// How the names of those begin that such a tool loads, or that hold nothing but types.
const BEGINNINGS: &[&str] = &[
    "@types/",
    "@commitlint/",
    "@eslint/",
    "@jest/",
    "@release-it/",
    "@semantic-release/",
    "@stylistic/eslint-plugin",
    "@testing-library/",
    "@vitest/",
    "eslint-config-",
    "eslint-plugin-",
    "jest-environment-",
    "karma-",
    "prettier-plugin-",
    "stylelint-config-",
    "stylelint-plugin-",
];

/// Whether a package is run to check or to compile, and never as a part of what is shipped.
pub(super) fn is_for_developers(name: &str, policy: &NpmPolicy) -> bool {
    let is_declared = policy.tools.iter().any(|tool| tool.text == name);
    let only_checks = TOOLS.contains(&name) && !MAY_RUN_ELSEWHERE.contains(&name);
    is_declared || only_checks || COMPILERS.contains(&name)
}

/// How the names of their configurations begin.
const CONFIGURATIONS: &[&str] = &[
    ".c8rc",
    ".commitlintrc",
    ".cspell",
    ".eslintrc",
    ".huskyrc",
    ".lintstagedrc",
    ".markdownlint",
    ".mocharc",
    ".ncurc",
    ".nycrc",
    ".oxlintrc",
    ".prettierrc",
    ".stylelintrc",
    "ava.config.",
    "biome.json",
    "commitlint.config.",
    "cspell.",
    "cypress.config.",
    "eslint.config.",
    "jest.config.",
    "jest.setup.",
    "karma.conf.",
    "knip.",
    "lint-staged.config.",
    "playwright.config.",
    "prettier.config.",
    "renovate.json",
    "stylelint.config.",
    "vitest.config.",
    "vitest.setup.",
    "vitest.workspace.",
];

/// Keys of `package.json` that configure them, or that say nothing about what is built.
const MANIFEST_KEYS: &[&str] = &[
    "author",
    "ava",
    "browserslist",
    "bugs",
    "c8",
    "catalog",
    "catalogs",
    "commitlint",
    "contributors",
    "cpu",
    "dependencies",
    "dependenciesMeta",
    "description",
    "devDependencies",
    "devEngines",
    "directories",
    "engines",
    "eslintConfig",
    "eslintIgnore",
    "files",
    "funding",
    "homepage",
    "husky",
    "installConfig",
    "jest",
    "keywords",
    "license",
    "lint-staged",
    "maintainers",
    "mocha",
    "name",
    "nyc",
    "optionalDependencies",
    "os",
    "overrides",
    "packageManager",
    "patchedDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "pnpm",
    "prettier",
    "private",
    "publishConfig",
    "repository",
    "resolutions",
    "sideEffects",
    "simple-git-hooks",
    "standard",
    "stylelint",
    "tap",
    "trustedDependencies",
    "type",
    "version",
    "volta",
    "workspaces",
    "xo",
];

/// Whether a package puts nothing into what is shipped: it is known, or the policy says so.
pub(super) fn adds_nothing(name: &str, policy: &NpmPolicy) -> bool {
    TOOLS.contains(&name)
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || is_scoped_config(name)
        || policy.tools.iter().any(|tool| tool.text == name)
}

/// `@acme/eslint-config` and `@acme/eslint-plugin` (`ESLint` documentation, "Shareable configurations").
fn is_scoped_config(name: &str) -> bool {
    let scoped = name.strip_prefix('@').and_then(|name| name.split_once('/'));
    scoped.is_some_and(|(_, name)| {
        name == "eslint-config"
            || name == "eslint-plugin"
            || name.starts_with("eslint-config-")
            || name.starts_with("eslint-plugin-")
            || name == "prettier-config"
    })
}

/// Whether a package holds nothing but types, which no compiler leaves in its output.
pub(super) fn holds_types_only(name: &str) -> bool {
    name.starts_with("@types/")
}

/// Whether a file of this name is read by such a tool alone.
pub(super) fn is_configuration(name: &str) -> bool {
    CONFIGURATIONS.iter().any(|beginning| name.starts_with(beginning))
}

/// Whether a key of `package.json` that says what is published names what is installed here.
pub(super) fn is_about_installed_files(key: &str, value: &str) -> bool {
    ["directories", "files", "publishConfig"].contains(&key) && value.contains("node_modules")
}

/// Whether a key of `package.json` names packages without using them in what is built.
pub(super) fn is_harmless_key(key: &str) -> bool {
    MANIFEST_KEYS.contains(&key)
}
