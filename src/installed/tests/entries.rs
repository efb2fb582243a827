//! What a package may be entered by.

use super::Tree;
use crate::installed::{Command, Installed};

fn glim(manifest: &str, files: &[&str]) -> (Tree, Installed) {
    let tree = Tree::new(&[]);
    tree.write("node_modules/glim/package.json", manifest);
    for file in files {
        tree.write(&format!("node_modules/glim/{file}"), "");
    }
    let installed = tree.installed(&["@s/glim 1.0.0"]);
    (tree, installed)
}

const MANIFEST: &str = r#"{ "name": "@s/glim", "version": "1.0.0", "main": "main",
    "bin": "./cli", "directories": { "bin": "./commands" },
    "scripts": { "postinstall": "node setup.js", "test": "x", "install": "node-gyp rebuild" },
    "exports": { ".": { "import": "./e.mjs" }, "./f/*": ["./src/*.js", null],
                 "./old/": "./legacy/", "./types": "./t.d.ts" } }"#;

const FILES: &[&str] = &[
    "main.js",
    "e.mjs",
    "cli.js",
    "commands/run",
    "src/a.js",
    "src/b/c.js",
    "src/d.json",
    "legacy/x.js",
    "t.d.ts",
    "index.js",
    "other.js",
    "node_modules/inner/x.js",
];

#[test]
fn a_package_is_entered_by_all_that_its_manifest_names() {
    let (tree, installed) = glim(MANIFEST, FILES);
    let entries = installed.entries(0);
    let entries: Vec<_> =
        entries.iter().map(|it| tree.shown(it).replace("node_modules/glim/", "")).collect();
    let expected = [
        "cli.js",
        "commands/run",
        "e.mjs",
        "index.js",
        "legacy/x.js",
        "main.js",
        "src/a.js",
        "src/b/c.js",
    ];
    assert_eq!(entries, expected);
}

#[test]
fn every_module_of_a_package_is_one_of_its_files() {
    let (tree, installed) = glim(MANIFEST, FILES);
    let files = installed.files(0);
    let files: Vec<_> =
        files.iter().map(|it| tree.shown(it).replace("node_modules/glim/", "")).collect();
    let expected = [
        "cli.js",
        "commands/run",
        "e.mjs",
        "index.js",
        "legacy/x.js",
        "main.js",
        "other.js",
        "package.json",
        "src/a.js",
        "src/b/c.js",
        "src/d.json",
    ];
    assert_eq!(files, expected);
}

#[test]
fn a_command_has_the_name_that_is_typed() {
    let (tree, installed) = glim(MANIFEST, FILES);
    let command = |name: &str, file: &str| Command {
        name: name.to_owned(),
        file: tree.path(&format!("node_modules/glim/{file}")),
    };
    assert_eq!(installed.commands(0), [command("glim", "cli.js"), command("run", "commands/run")]);
    let manifest =
        r#"{ "name": "@s/glim", "version": "1.0.0", "bin": { "a": "cli.js", "b": "gone.js" } }"#;
    let (tree, installed) = glim(manifest, FILES);
    let file = tree.path("node_modules/glim/cli.js");
    assert_eq!(installed.commands(0), [Command { name: "a".to_owned(), file }]);
}

#[test]
fn what_runs_at_an_installation_is_told_in_the_order_in_which_it_runs() {
    let (_tree, installed) = glim(MANIFEST, FILES);
    let expected = [("install", "node-gyp rebuild"), ("postinstall", "node setup.js")];
    let scripts = installed.install_scripts(0, false);
    let scripts: Vec<_> = scripts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(scripts, expected);
}
