//! What settings of compilers say about where modules are.

use std::path::PathBuf;

use super::Tree;
use crate::installed::Settings;

const FILES: &[(&str, &str)] = &[
    ("src/a.ts", ""),
    ("src/app/b.ts", ""),
    ("src/lib/index.ts", ""),
    ("generated/app/c.ts", ""),
    ("packages/x/src/index.tsx", ""),
    ("node_modules/base/package.json", r#"{ "name": "base", "version": "1.0.0" }"#),
    ("node_modules/base/strict.json", r#"{ "compilerOptions": { "jsxImportSource": "kit" } }"#),
    ("node_modules/base/index.js", ""),
];

fn learn(tree: &Tree, files: &[(&str, &str)]) -> (crate::installed::Installed, Settings) {
    let mut installed = tree.installed(&["base 1.0.0"]);
    let files: Vec<(PathBuf, String)> =
        files.iter().map(|(path, text)| (tree.path(path), (*text).to_owned())).collect();
    let settings = installed.learn_settings(&files);
    (installed, settings)
}

#[test]
fn names_lead_where_settings_say_and_where_they_would_without_them() {
    let tree = Tree::new(FILES);
    let text = r#"{
        // Comments and trailing commas are allowed.
        "compilerOptions": { "baseUrl": "./src", "paths": {
            "@/*": ["app/*", "nowhere/*"], "lib": ["lib"], "base": ["../packages/x/src"],
        }, "rootDirs": ["src", "generated"], "importHelpers": true } }"#;
    let (installed, settings) = learn(&tree, &[("tsconfig.json", text)]);
    for (specifier, expected) in [
        ("@/b", &["src/app/b.ts"][..]),
        ("lib", &["src/lib/index.ts"]),
        ("app/b", &["src/app/b.ts"]),
        ("base", &["node_modules/base/index.js", "packages/x/src/index.tsx"]),
        ("./app/c", &["generated/app/c.ts"]),
        ("./lib", &["src/lib/index.ts"]),
    ] {
        assert_eq!(tree.files(&installed, "src/a.ts", specifier), expected, "{specifier}");
    }
    assert_eq!(tree.files(&installed, "src/app/b.ts", "./lib"), [""; 0]);
    assert_eq!(settings.implied.into_iter().collect::<Vec<_>>(), ["tslib"]);
    let inside = tree.files(&installed, "node_modules/base/index.js", "lib");
    assert_eq!(inside, [""; 0]);
}

#[test]
fn settings_are_followed_to_what_they_extend() {
    let tree = Tree::new(FILES);
    tree.write(
        "config/shared.json",
        r#"{ "compilerOptions": { "paths": { "~/*": ["../src/app/*"] } } }"#,
    );
    tree.write(
        "packages/x/tsconfig.json",
        r#"{ "compilerOptions": { "paths": { "own": ["${configDir}/src/index.tsx"] } } }"#,
    );
    let own = r#"{ "extends": ["./config/shared", "base/strict.json"], "references": [{ "path": "packages/x" }] }"#;
    let (installed, settings) = learn(&tree, &[("tsconfig.json", own)]);
    assert_eq!(tree.files(&installed, "src/a.ts", "~/b"), ["src/app/b.ts"]);
    assert_eq!(tree.files(&installed, "src/a.ts", "own"), ["packages/x/src/index.tsx"]);
    let implied: Vec<_> = settings.implied.iter().map(String::as_str).collect();
    assert_eq!(implied, ["kit/jsx-dev-runtime", "kit/jsx-runtime"]);
    assert!(settings.unread.is_empty());
}

#[test]
fn settings_that_cannot_be_read_are_told() {
    let tree = Tree::new(FILES);
    let (_, settings) = learn(
        &tree,
        &[("tsconfig.json", "{ \"extends\": \"./gone.json\" }"), ("src/jsconfig.json", "{ x")],
    );
    let mut unread = settings.unread;
    unread.sort();
    assert_eq!(unread, [tree.path("gone.json"), tree.path("src/jsconfig.json")]);
}

#[test]
fn aliases_of_other_tools_can_be_added() {
    let tree = Tree::new(FILES);
    let mut installed = tree.installed(&["base 1.0.0"]);
    installed.add_mappings([crate::installed::Mapping {
        pattern: "$lib/*".to_owned(),
        targets: vec![tree.path("src/app/*")],
    }]);
    assert_eq!(tree.files(&installed, "src/a.ts", "$lib/b"), ["src/app/b.ts"]);
    assert_eq!(tree.files(&installed, "src/a.ts", "$lib"), [""; 0]);
}
