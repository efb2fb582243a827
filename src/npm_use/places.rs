//! What kind of text a file holds, and whether what it names can be in what is shipped.

use std::path::Path;

use super::tools;
use super::words::Reading;
use crate::lockfile::{discovery, tool};
use crate::policy::FILE_NAME;

/// A file, as the search takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing in it is code or an order.
    Passed,
    Counted(Kind),
    /// Only tests use it, or tools that only check, as long as nothing outside of tests leads there.
    Tests(Kind),
    /// The policy says that only tests use it.
    Declared(Kind),
}

/// What kind of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `package.json`, which names packages to ask for them as well.
    Manifest,
    /// The settings of the TypeScript compiler.
    CompilerSettings,
    Plain(Reading),
}

/// Endings of what is code of the web: modules are named in quotes there.
const CODE: &[&str] = &[
    "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "astro", "html", "htm",
    "xhtml", "css", "scss", "less", "pcss", "postcss", "mdx", "map", "svg",
];

const DATA: &[&str] = &["json", "json5", "jsonc", "webmanifest", "geojson"];

/// What configures a package manager or is written by it: it names packages, and uses none.
const OF_PACKAGE_MANAGERS: &[&str] = &[
    ".pnp.cjs",
    ".pnp.data.json",
    ".pnp.js",
    ".pnp.loader.mjs",
    ".pnpmfile.cjs",
    ".pnpmfile.mjs",
    ".yarnrc",
    ".yarnrc.yml",
    tool::PNPM_WORKSPACE,
];

/// Folders in which Yarn keeps its own code (Yarn documentation, "What files should be gitignored?").
const YARN_ITSELF: &[&str] = &[".yarn/plugins/", ".yarn/releases/", ".yarn/sdks/"];

/// Folders of installed packages, or of their archives.
const INSTALLED: &[&str] = &["node_modules", ".yarn/cache", ".yarn/unplugged", ".pnpm-store"];

/// Endings of what is written for people.
const PROSE: &[&str] = &["md", "markdown", "rst", "adoc"];

/// Files that say what is not looked at, or what an editor does.
const PASSED: &[&str] =
    &[FILE_NAME, ".gitattributes", ".editorconfig", "CODEOWNERS", "dependabot.yml"];

/// Folders of editors, and of the containers that they develop in.
const EDITORS: &[&str] = &[".vscode", ".idea", ".devcontainer"];

/// Folders of tests, where they lie beside a `package.json`.
const TEST_FOLDERS: &[&str] = &["test", "tests", "__tests__", "__mocks__"];

/// Folders of tests wherever they lie.
const TESTS_ANYWHERE: &[&str] = &["__tests__", "__mocks__"];

/// What the name of a test ends with, but for the ending of its language.
const TEST_ENDINGS: &[&str] = &[".test", ".spec"];

/// What kind of text a file holds by its name.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let name = name(path);
    if name == tool::NPM.manifest {
        return Some(Kind::Manifest);
    }
    let is_lockfile = discovery::is_looked_for(name.as_ref());
    let is_ignore_file = name.starts_with('.') && name.ends_with("ignore");
    let is_of_editor = path.split('/').any(|step| EDITORS.contains(&step));
    let is_passed = PASSED.contains(&name) || OF_PACKAGE_MANAGERS.contains(&name);
    let is_yarn = YARN_ITSELF.iter().any(|folder| is_in(path, folder));
    let has_ending = |endings: &[&str]| {
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| endings.contains(&ending.to_ascii_lowercase().as_str()))
    };
    // A script in the folder of an editor is code all the same.
    let is_setting = is_ignore_file || (is_of_editor && !has_ending(CODE));
    if is_lockfile || is_setting || is_passed || is_yarn {
        return None;
    }
    let is_compiler_settings = name.starts_with("tsconfig") || name.starts_with("jsconfig");
    Some(if has_ending(DATA) && is_compiler_settings {
        Kind::CompilerSettings
    } else if has_ending(DATA) {
        Kind::Plain(Reading::Data)
    } else if has_ending(CODE) {
        Kind::Plain(Reading::Code)
    } else if has_ending(PROSE) {
        Kind::Plain(Reading::Prose)
    } else {
        Kind::Plain(Reading::Words)
    })
}

/// Whether a file lies in a folder of installed packages, or of their archives.
pub(super) fn is_installed(path: &str) -> bool {
    INSTALLED.iter().any(|folder| is_in(path, &format!("{folder}/")))
}

fn is_in(path: &str, folder: &str) -> bool {
    path.starts_with(folder) || path.contains(&format!("/{folder}"))
}

/// How the search takes a file. `is_manifest` says whether there is a file of a path.
pub(super) fn place(path: &str, is_there: &dyn Fn(&str) -> bool) -> Place {
    let Some(kind) = kind(path) else {
        return Place::Passed;
    };
    let is_of_tests = || is_in_test_folder(path, is_there) || may_be_test(path);
    if kind != Kind::Manifest && (tools::is_configuration(name(path)) || is_of_tests()) {
        return Place::Tests(kind);
    }
    Place::Counted(kind)
}

/// Whether a file lies in a folder of tests beside a manifest, which is no project of its own.
fn is_in_test_folder(path: &str, is_there: &dyn Fn(&str) -> bool) -> bool {
    let steps: Vec<&str> = path.split('/').collect();
    (0..steps.len() - 1).any(|position| {
        let is_beside = || {
            let above = steps[..position].join("/");
            let manifest = |folder: &str| {
                let slash = if folder.is_empty() { "" } else { "/" };
                format!("{folder}{slash}{}", tool::NPM.manifest)
            };
            let own = steps[..=position].join("/");
            is_there(&manifest(&above)) && !is_there(&manifest(&own))
        };
        TEST_FOLDERS.contains(&steps[position]) && is_beside()
    })
}

/// Whether a file is a test by its name: by what it holds it must be one as well.
pub(super) fn may_be_test(path: &str) -> bool {
    let stem = name(path).rsplit_once('.').map(|(stem, _)| stem);
    let is_named = stem.is_some_and(|stem| TEST_ENDINGS.iter().any(|end| stem.ends_with(end)));
    is_named || path.split('/').any(|step| TESTS_ANYWHERE.contains(&step))
}

/// Whether a text runs tests: it calls what only a test runner gives it.
pub(super) fn runs_tests(text: &str) -> bool {
    let calls = ["describe(", "it(", "test(", "suite(", "describe.", "test.each", "it.each"];
    // `emit(` and `init.test(` are calls of something else.
    let is_alone = |place: usize| {
        let before = text[..place].chars().next_back();
        before.is_none_or(|before| !(before.is_alphanumeric() || "_$.".contains(before)))
    };
    calls.iter().any(|call| {
        let mut places = memchr::memmem::find_iter(text.as_bytes(), call.as_bytes());
        places.any(is_alone)
    })
}

/// Whether a path that code names leads to tests: `../test/util`, `./a.spec`, `./eslint.config.js`.
pub(super) fn leads_to_tests(path: &str) -> bool {
    let is_relative = path.starts_with(['.', '/', '~', '#', '@']) || path.starts_with("src/");
    is_relative && path.split('/').any(is_step_of_tests(path))
}

/// At which of its steps such a path enters the tests.
pub(super) fn first_step_of_tests(steps: &[&str]) -> usize {
    let path = steps.join("/");
    let is_of_tests = is_step_of_tests(&path);
    steps.iter().position(|step| is_of_tests(step)).unwrap_or(0)
}

/// Whether a step of a path is a folder of tests, or the last one a test or the configuration of a tool
/// that only checks.
fn is_step_of_tests(path: &str) -> impl Fn(&str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    move |step| {
        let is_test = || {
            let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
            TEST_ENDINGS.iter().any(|end| last.ends_with(end) || stem.ends_with(end))
        };
        let is_special = || step == last && (is_test() || tools::is_configuration(last));
        TEST_FOLDERS.contains(&step) || is_special()
    }
}

/// Whether a text takes in every file of some folder, tests among them (documentation of Vite,
/// "Glob Import"; of webpack, "`require.context`").
pub(super) fn takes_all_files(text: &str) -> bool {
    ["import.meta.glob", "require.context", "import.meta.webpackContext"]
        .iter()
        .any(|call| memchr::memmem::find(text.as_bytes(), call.as_bytes()).is_some())
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_beside_a_manifest_is_a_folder_of_tests() {
        let manifests = ["package.json", "packages/a/package.json", "tests/package.json"];
        let is_there = |path: &str| manifests.contains(&path);
        let code = Kind::Plain(Reading::Code);
        for (path, expected) in [
            ("src/main.js", Place::Counted(code)),
            ("test/util.js", Place::Tests(code)),
            ("packages/a/test/deep/util.js", Place::Tests(code)),
            ("src/routes/test/page.js", Place::Counted(code)),
            ("tests/index.js", Place::Counted(code)),
            ("src/a.spec.ts", Place::Tests(code)),
            ("src/__tests__/a.ts", Place::Tests(code)),
            ("eslint.config.mjs", Place::Tests(code)),
            ("package-lock.json", Place::Passed),
            (".dockerignore", Place::Passed),
            ("pnpm-workspace.yaml", Place::Passed),
            (".yarn/releases/yarn-4.18.1.cjs", Place::Passed),
            ("web/.pnp.cjs", Place::Passed),
            ("bunfig.toml", Place::Counted(Kind::Plain(Reading::Words))),
            (".vscode/settings.json", Place::Passed),
            (".vscode/tasks.js", Place::Counted(code)),
            ("test/package.json", Place::Counted(Kind::Manifest)),
            ("tsconfig.build.json", Place::Counted(Kind::CompilerSettings)),
            ("Makefile", Place::Counted(Kind::Plain(Reading::Words))),
            ("deploy/release.py", Place::Counted(Kind::Plain(Reading::Words))),
        ] {
            assert_eq!(place(path, &is_there), expected, "{path}");
        }
    }

    #[test]
    fn a_test_calls_what_only_a_test_runner_gives() {
        for (text, runs) in [
            ("describe('x', () => {})", true),
            ("  it('y', f)", true),
            ("test.each([1])('z', f)", true),
            ("emitter.emit('x')", false),
            ("process.exit(1)", false),
            ("/a/.test(name)", false),
            ("latest(x)", false),
        ] {
            assert_eq!(runs_tests(text), runs, "{text}");
        }
    }

    #[test]
    fn a_way_from_code_to_tests_is_seen() {
        for (path, leads) in [
            ("../test/util", true),
            ("@/tests/x.js", true),
            ("./a.spec", true),
            ("./a.test.js", true),
            ("../../eslint.config.mjs", true),
            ("src/__tests__/x", true),
            ("./testing/util", false),
            ("test", false),
            ("./latest", false),
            ("./test", true),
        ] {
            assert_eq!(leads_to_tests(path), leads, "{path}");
        }
    }
}
