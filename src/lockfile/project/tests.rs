use std::sync::Arc;

use super::*;
use crate::lockfile::LockfileFormat;
use crate::lockfile::cargo::CargoLock;
use crate::lockfile::deno::DenoLock;
use crate::lockfile::npm::NpmLock;
use crate::problem::SourceText;

/// Manifests and what lies beside them, by path.
struct Tree(BTreeMap<PathBuf, String>);

impl Files for Tree {
    fn text(&self, path: &Path) -> Text {
        self.0.get(path).map_or(Text::Absent, |text| Text::Read(text.clone()))
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.keys().any(|file| file.starts_with(path))
    }
}

/// The word for what becomes of each manifest of a tree, by its folder.
fn standings(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    let tree = Tree(
        files.iter().map(|(path, text)| (Path::new("/r").join(path), (*text).to_owned())).collect(),
    );
    let lockfiles: Vec<(PathBuf, Lockfile)> = tree
        .0
        .iter()
        .filter_map(|(path, text)| {
            let format: &dyn LockfileFormat = match path.file_name()?.to_str()? {
                "Cargo.lock" => &CargoLock,
                "package-lock.json" => &NpmLock,
                "deno.lock" => &DenoLock,
                _ => return None,
            };
            let source = Arc::new(SourceText::new(path.display().to_string(), text.as_str()));
            Some((path.parent()?.to_owned(), format.parse(&source).unwrap()))
        })
        .collect();
    let locks = Locks {
        read: lockfiles.iter().map(|(folder, lockfile)| (folder.clone(), lockfile)).collect(),
        ..Locks::default()
    };
    let manifests: BTreeSet<PathBuf> =
        tree.0.keys().filter(|path| tool_of(path).is_some()).cloned().collect();
    let projects = Projects::new(&locks, &tree, &manifests);
    let shown = |path: &Path| path.strip_prefix("/r").unwrap().display().to_string();
    manifests
        .iter()
        .map(|manifest| {
            let word = match projects.standing(manifest).unwrap() {
                Standing::Unlocked(Unlocked { root, is_stale, .. }) => {
                    format!(
                        "unlocked at {:?}{}",
                        shown(&root),
                        if is_stale { ", stale" } else { "" }
                    )
                }
                other => format!("{other:?}").to_lowercase(),
            };
            (shown(manifest), word)
        })
        .collect()
}

fn assert_standings(files: &[(&str, &str)], expected: &[(&str, &str)]) {
    let found = standings(files);
    for (path, standing) in expected {
        assert_eq!(found.get(*path).map(String::as_str), Some(*standing), "{path}");
    }
}

/// A manifest of a crate that asks for a package, with more tables.
fn crate_of(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n{more}[dependencies]\nquill = \"1\"\n"
    )
}

fn cargo_lock(projects: &[&str]) -> String {
    let mut text = "version = 4\n".to_owned();
    for project in projects {
        text += "[[package]]\nname = \"";
        text += project;
        text += "\"\nversion = \"0.1.0\"\ndependencies = [\"quill\"]\n";
    }
    text + "[[package]]\nname = \"quill\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
}

const ASKS: &str = r#"{"dependencies": {"glim": "1"}}"#;

#[test]
fn members_by_name_by_pattern_and_by_path_are_locked_with_their_workspace() {
    let root = "[workspace]\nmembers = [\"crates/*\", \"tool\"]\nexclude = [\"crates/out\"]\n";
    let lock = cargo_lock(&["a", "tool", "inner"]);
    let by_path =
        crate_of("tool", "").replace("quill = \"1\"", "inner = { path = \"../lib/inner\" }");
    assert_standings(
        &[
            ("Cargo.toml", root),
            ("Cargo.lock", &lock),
            ("crates/a/Cargo.toml", &crate_of("a", "")),
            ("crates/out/Cargo.toml", &crate_of("out", "")),
            ("tool/Cargo.toml", &by_path),
            ("lib/inner/Cargo.toml", &crate_of("inner", "")),
            ("lib/alone/Cargo.toml", &crate_of("alone", "")),
        ],
        &[
            ("Cargo.toml", "nothing"),
            ("crates/a/Cargo.toml", "locked"),
            ("crates/out/Cargo.toml", "unlocked at \"crates/out\""),
            ("tool/Cargo.toml", "locked"),
            ("lib/inner/Cargo.toml", "locked"),
            ("lib/alone/Cargo.toml", "unlocked at \"lib/alone\""),
        ],
    );
}

#[test]
fn a_member_that_the_lockfile_does_not_know_is_not_locked() {
    assert_standings(
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"*\"]\n"),
            ("Cargo.lock", &cargo_lock(&["a"])),
            ("a/Cargo.toml", &crate_of("a", "")),
            ("b/Cargo.toml", &crate_of("b", "")),
            (
                "web/package-lock.json",
                r#"{"lockfileVersion": 3, "packages": {"": {"workspaces": ["*"]}}}"#,
            ),
            ("web/package.json", r#"{"workspaces": ["*"]}"#),
            ("web/new/package.json", ASKS),
        ],
        &[
            ("a/Cargo.toml", "locked"),
            ("b/Cargo.toml", "unlocked at \"\", stale"),
            ("web/package.json", "locked"),
            ("web/new/package.json", "unlocked at \"web\", stale"),
        ],
    );
}

#[test]
fn a_stray_lockfile_below_a_workspace_locks_nothing() {
    assert_standings(
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"),
            ("a/Cargo.toml", &crate_of("a", "")),
            ("a/Cargo.lock", &cargo_lock(&["other"])),
        ],
        &[("a/Cargo.toml", "unlocked at \"\"")],
    );
}

#[test]
fn a_workspace_inside_another_one_has_a_lockfile_of_its_own() {
    assert_standings(
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nexclude = [\"fuzz\"]\n"),
            ("Cargo.lock", &cargo_lock(&["a"])),
            ("a/Cargo.toml", &crate_of("a", "")),
            ("fuzz/Cargo.toml", &crate_of("fuzz", "[workspace]\n")),
            ("fuzz/deep/Cargo.toml", &crate_of("deep", "workspace = \"..\"\n")),
        ],
        &[
            ("fuzz/Cargo.toml", "unlocked at \"fuzz\""),
            ("fuzz/deep/Cargo.toml", "unlocked at \"fuzz\""),
        ],
    );
}

#[test]
fn a_path_dependency_outside_is_locked_as_far_as_all_that_it_asks_for_is() {
    let app = "[package]\nname = \"app\"\n[dependencies]\nlib = { path = \"../lib\" }\n";
    for (more, standing) in
        [("", "locked"), ("[dev-dependencies]\nproptest = \"1\"\n", "unlocked at \"lib\"")]
    {
        assert_standings(
            &[
                ("app/Cargo.toml", app),
                ("app/Cargo.lock", &cargo_lock(&["app", "lib"])),
                ("lib/Cargo.toml", &crate_of("lib", more)),
            ],
            &[("app/Cargo.toml", "locked"), ("lib/Cargo.toml", standing)],
        );
    }
}

#[test]
fn workspaces_and_links_that_a_lockfile_of_npm_lists_are_locked() {
    let lock = r#"{"lockfileVersion": 3, "packages": {
        "": {"workspaces": ["packages/*"]},
        "packages/a": {"name": "a", "version": "1.0.0"},
        "node_modules/a": {"resolved": "packages/a", "link": true},
        "../beside": {"name": "beside", "version": "1.0.0"},
        "node_modules/beside": {"resolved": "../beside", "link": true},
        "node_modules/glim": {"version": "1.0.0"}}}"#;
    assert_standings(
        &[
            (
                "web/package.json",
                r#"{"workspaces": ["packages/*"], "dependencies": {"glim": "1"}}"#,
            ),
            ("web/package-lock.json", lock),
            ("web/packages/a/package.json", ASKS),
            ("web/examples/b/package.json", ASKS),
            ("web/node_modules/glim/package.json", ASKS),
            ("web/node_modules/glim/template/package.json", ASKS),
            ("web/node_modules/other/package.json", ASKS),
            ("beside/package.json", ASKS),
        ],
        &[
            ("web/package.json", "locked"),
            ("web/packages/a/package.json", "locked"),
            ("web/examples/b/package.json", "unlocked at \"web/examples/b\""),
            ("web/node_modules/glim/package.json", "locked"),
            ("web/node_modules/glim/template/package.json", "locked"),
            ("web/node_modules/other/package.json", "unlocked at \"web/node_modules/other\""),
            ("beside/package.json", "locked"),
        ],
    );
}

#[test]
fn a_vendored_crate_is_locked_by_its_name_and_version() {
    let vendored = crate_of("quill", "").replace("0.1.0", "1.0.0");
    assert_standings(
        &[
            ("Cargo.toml", &crate_of("app", "")),
            ("Cargo.lock", &cargo_lock(&["app"])),
            ("vendor/quill/Cargo.toml", &vendored),
            ("vendor/quill/.cargo-checksum.json", "{}"),
            ("vendor/other/Cargo.toml", &crate_of("other", "")),
            ("vendor/other/.cargo-checksum.json", "{}"),
        ],
        &[
            ("vendor/quill/Cargo.toml", "locked"),
            ("vendor/other/Cargo.toml", "unlocked at \"vendor/other\""),
        ],
    );
}

#[test]
fn what_cannot_be_read_may_ask_for_anything() {
    assert_standings(
        &[
            ("a/Cargo.toml", "[dependencies\nquill = 1"),
            ("b/package.json", "{\"dependencies\": "),
            ("c/Cargo.toml", "[package"),
        ],
        &[
            ("a/Cargo.toml", "unlocked at \"a\""),
            ("b/package.json", "unlocked at \"b\""),
            ("c/Cargo.toml", "nothing"),
        ],
    );
}

#[test]
fn what_a_workspace_puts_in_the_place_of_a_package_is_locked_with_it() {
    let app = crate_of("app", "") + "[patch.crates-io]\npatched = { path = \"forks/patched\" }\n";
    for (more, standing) in [
        ("", "locked"),
        ("[dev-dependencies]\nproptest = \"1\"\n", "unlocked at \"forks/patched\""),
    ] {
        assert_standings(
            &[
                ("Cargo.toml", &app),
                ("Cargo.lock", &cargo_lock(&["app", "patched"])),
                ("forks/patched/Cargo.toml", &crate_of("patched", more)),
            ],
            &[("forks/patched/Cargo.toml", standing)],
        );
    }
}

#[test]
fn members_of_a_workspace_of_deno_are_locked_at_its_root() {
    let asks = r#"{"imports": {"glim": "npm:glim@1"}}"#;
    let root = r#"{"imports": {"glim": "npm:glim@1"}, "workspace": ["api", "new"]}"#;
    let lock = r#"{"version": "5", "specifiers": {"npm:glim@1": "1.0.0"},
        "npm": {"glim@1.0.0": {"integrity": "sha512-Z2xpbS0xLjAuMA=="}},
        "workspace": {"dependencies": ["npm:glim@1"], "members": {"api": {"dependencies": ["npm:glim@1"]}}}}"#;
    assert_standings(
        &[
            ("deno.json", root),
            ("deno.lock", lock),
            ("api/deno.jsonc", asks),
            ("new/deno.json", asks),
            ("alone/deno.json", asks),
            ("local/deno.json", r#"{"imports": {"glim": "./glim.ts"}}"#),
        ],
        &[
            ("deno.json", "locked"),
            ("api/deno.jsonc", "locked"),
            ("new/deno.json", "unlocked at \"\", stale"),
            ("alone/deno.json", "unlocked at \"alone\""),
            ("local/deno.json", "nothing"),
        ],
    );
}
