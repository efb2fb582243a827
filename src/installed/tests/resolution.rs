//! Where specifiers lead.

use proptest::prelude::*;

use super::Tree;
use crate::installed::ResolvedKind;

/// A project with these files and one package `glim` with these, its manifest among them.
fn with_glim(own: &[&str], manifest: &str, files: &[&str]) -> (Tree, crate::installed::Installed) {
    let tree = Tree::new(&[]);
    for path in own {
        tree.write(path, "");
    }
    let manifest = manifest.trim_start().trim_start_matches('{');
    let manifest = format!("{{ \"name\": \"glim\", \"version\": \"1.0.0\"{manifest}");
    tree.write("node_modules/glim/package.json", &manifest);
    for path in files {
        tree.write(&format!("node_modules/glim/{path}"), "");
    }
    let installed = tree.installed(&["glim 1.0.0"]);
    (tree, installed)
}

fn glim(tree: &Tree, installed: &crate::installed::Installed, specifier: &str) -> Vec<String> {
    let files = tree.files(installed, "src/a.ts", specifier);
    files.iter().map(|it| it.trim_start_matches("node_modules/glim/").to_owned()).collect()
}

#[test]
fn a_path_stands_for_every_file_that_a_tool_may_take() {
    let files = [
        "src/a.ts",
        "src/b.js",
        "src/b.tsx",
        "src/b.d.ts",
        "src/b.test.js",
        "src/b/index.mjs",
        "src/b/other.js",
        "src/c.mts",
        "src/d.ios.js",
        "src/d.web.tsx",
        "src/e/index.android.ts",
        "src/with space.js",
        "src/f.txt",
        "src/g.vue",
        "public/logo.js",
        "up.js",
        "src/H.js",
    ];
    let (tree, installed) = with_glim(&files, " }", &[]);
    for (specifier, expected) in [
        ("./b", &["src/b.js", "src/b.tsx", "src/b/index.mjs"][..]),
        ("./b.js", &["src/b.js", "src/b.tsx"]),
        ("./b/", &["src/b.js", "src/b.tsx", "src/b/index.mjs"]),
        ("./b/other", &["src/b/other.js"]),
        ("./c.mjs", &["src/c.mts"]),
        ("./d", &["src/d.ios.js", "src/d.web.tsx"]),
        ("./e", &["src/e/index.android.ts"]),
        ("./with%20space.js", &["src/with space.js"]),
        ("./f.txt", &["src/f.txt"]),
        ("./f.txt?raw", &["src/f.txt"]),
        ("./b.js#x?y", &["src/b.js", "src/b.tsx"]),
        ("./g", &["src/g.vue"]),
        (".\\b.js", &["src/b.js", "src/b.tsx"]),
        ("../up", &["up.js"]),
        ("./x/../../up", &["up.js"]),
        ("/src/c", &["src/c.mts"]),
        ("/logo.js", &["public/logo.js"]),
        ("raw-loader!./f.txt", &["src/f.txt"]),
        ("!!./b/other!./g.vue?vue&type=x", &["src/b/other.js", "src/g.vue"]),
        ("./h", &["src/H.js"]),
        ("./none", &[]),
        ("", &[]),
    ] {
        assert_eq!(tree.files(&installed, "src/a.ts", specifier), expected, "{specifier}");
    }
    let absolute = tree.path("src/c.mts");
    for specifier in [absolute.display().to_string(), format!("file://{}", absolute.display())] {
        assert_eq!(tree.files(&installed, "src/a.ts", &specifier), ["src/c.mts"]);
    }
}

#[test]
fn a_folder_is_loaded_by_whatever_its_manifest_names() {
    let files = [
        "main/index.js",
        "m.mjs",
        "b.js",
        "es.js",
        "index.json",
        "types.d.ts",
        "any.js",
        "MIT.js",
        "sub/x/y.cjs",
        "index.node",
    ];
    let manifest = r#", "main": "./main", "module": "m", "browser": "b.js", "jsnext:main": "/es.js",
        "types": "types.d.ts", "anything": "any", "license": "MIT" }"#;
    let (tree, installed) = with_glim(&[], manifest, &files);
    tree.write(
        "node_modules/glim/sub/package.json",
        r#"{ "main": "../sub/x/y", "module": "../b" }"#,
    );
    let found = glim(&tree, &installed, "glim");
    let expected =
        ["any.js", "b.js", "es.js", "index.json", "index.node", "m.mjs", "main/index.js"];
    assert_eq!(found, expected);
    assert_eq!(glim(&tree, &installed, "glim/sub"), ["b.js", "sub/x/y.cjs"]);
    assert_eq!(glim(&tree, &installed, "glim/package.json"), ["package.json"]);
    assert_eq!(glim(&tree, &installed, "glim/sub/x/y"), ["sub/x/y.cjs"]);
    assert_eq!(glim(&tree, &installed, "glim/any?x"), ["any.js"]);
    assert_eq!(glim(&tree, &installed, "~glim/any"), ["any.js"]);
    assert_eq!(glim(&tree, &installed, "npm:glim@^1.0.0/any"), ["any.js"]);
}

#[test]
fn manifests_that_lead_in_circles_end() {
    let (tree, installed) = with_glim(&[], r#", "main": "a" }"#, &["a/b/index.js"]);
    tree.write("node_modules/glim/a/package.json", r#"{ "main": "." , "module": "b" }"#);
    tree.write("node_modules/glim/a/b/package.json", r#"{ "main": "./../b" }"#);
    assert_eq!(glim(&tree, &installed, "glim"), ["a/b/index.js"]);
}

#[test]
fn exports_count_under_every_condition_and_so_does_what_they_hide() {
    let manifest = r#", "main": "./old.js", "exports": {
        ".": { "import": "./n.mjs", "module-sync": "./s.js", "default": ["./gone.js", "./d.js"] },
        "./feature/*": { "types": "./t/*.d.ts", "default": "./src/*.js" },
        "./removed": null } }"#;
    let files =
        ["old.js", "n.mjs", "s.js", "d.js", "src/a/b.js", "t/a/b.d.ts", "removed.js", "hidden.js"];
    let (tree, installed) = with_glim(&[], manifest, &files);
    assert_eq!(glim(&tree, &installed, "glim"), ["d.js", "n.mjs", "old.js", "s.js"]);
    assert_eq!(glim(&tree, &installed, "glim/feature/a/b"), ["src/a/b.js"]);
    assert_eq!(glim(&tree, &installed, "glim/removed"), ["removed.js"]);
    assert_eq!(glim(&tree, &installed, "glim/hidden"), ["hidden.js"]);
    let missing = tree.resolve(&installed, "src/a.ts", "glim/none");
    assert_eq!((missing.kind, missing.packages), (ResolvedKind::Found, vec![0]));
}

#[test]
fn imports_lead_to_files_and_packages_from_every_manifest_around() {
    let tree = Tree::new(&[]);
    let manifest = r##"{ "name": "app", "imports": { "#x/*": "./src/*.ts",
        "#glim": { "node": "glim", "default": "./src/shim.ts" } } }"##;
    tree.write("package.json", manifest);
    tree.write("src/package.json", r#"{ "type": "module" }"#);
    for path in ["src/a.ts", "src/b/c.ts", "src/shim.ts"] {
        tree.write(path, "");
    }
    tree.package("node_modules/glim", "glim 1.0.0");
    let installed = tree.installed(&["glim 1.0.0"]);
    assert_eq!(tree.files(&installed, "src/a.ts", "#x/b/c"), ["src/b/c.ts"]);
    let both = ["node_modules/glim/index.js", "src/shim.ts"];
    assert_eq!(tree.files(&installed, "src/a.ts", "#glim"), both);
    assert_eq!(tree.resolve(&installed, "src/a.ts", "#none").kind, ResolvedKind::Missing);
}

#[test]
fn a_package_may_name_itself() {
    let manifest = r#", "exports": { "./self": "./src/self.js", ".": "./src/main.js" } }"#;
    let (tree, installed) = with_glim(&[], manifest, &["src/self.js", "src/main.js"]);
    let inside = "node_modules/glim/src/main.js";
    for (specifier, file) in [("glim/self", "src/self.js"), ("glim", "src/main.js")] {
        let found = tree.files(&installed, inside, specifier);
        assert_eq!(found, [format!("node_modules/glim/{file}")]);
    }
    tree.write("packages/own/package.json", r#"{ "name": "own", "exports": { "./x": "./y.ts" } }"#);
    tree.write("packages/own/y.ts", "");
    let found = tree.files(&installed, "packages/own/src/z.ts", "own/x");
    assert_eq!(found, ["packages/own/y.ts"]);
}

#[test]
fn what_is_replaced_for_browsers_counts_as_well_as_its_replacement() {
    let manifest = r#", "main": "./node.js", "browser": { "./node.js": "./web.js",
        "./lib/fs": "./lib/no-fs.js", "lefty": "./lib/lefty.js", "tool": false,
        "./lib/deep/index.js": "lefty",
        "./web.js": "./tiny.js" } }"#;
    let files = [
        "node.js",
        "web.js",
        "tiny.js",
        "lib/fs.js",
        "lib/no-fs.js",
        "lib/lefty.js",
        "lib/deep/index.js",
    ];
    let (tree, _) = with_glim(&[], manifest, &files);
    tree.package("node_modules/lefty", "lefty 1.0.0");
    tree.package("node_modules/tool", "tool 1.0.0");
    let installed = tree.installed(&["glim 1.0.0", "lefty 1.0.0", "tool 1.0.0"]);
    assert_eq!(glim(&tree, &installed, "glim"), ["node.js", "tiny.js", "web.js"]);
    let inside = |specifier| {
        let files = tree.files(&installed, "node_modules/glim/node.js", specifier);
        files.iter().map(|it| it.trim_start_matches("node_modules/").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(inside("./lib/fs"), ["glim/lib/fs.js", "glim/lib/no-fs.js"]);
    assert_eq!(inside("lefty"), ["glim/lib/lefty.js", "lefty/index.js"]);
    assert_eq!(inside("tool"), ["tool/index.js"]);
    let replaced_twice = ["glim/lib/deep/index.js", "glim/lib/lefty.js", "lefty/index.js"];
    assert_eq!(inside("./lib/deep"), replaced_twice);
}

#[test]
fn a_module_of_the_runtime_is_one_unless_a_package_has_its_name() {
    let tree = Tree::new(&[]);
    tree.package("node_modules/events", "events 3.0.0");
    let installed = tree.installed(&["events 3.0.0"]);
    for (specifier, kind) in [
        ("fs", ResolvedKind::Builtin),
        ("node:fs", ResolvedKind::Builtin),
        ("fs/promises", ResolvedKind::Builtin),
        ("node:sqlite", ResolvedKind::Builtin),
        ("bun:test", ResolvedKind::Builtin),
        ("events", ResolvedKind::Found),
        ("events/", ResolvedKind::Found),
        ("node:events", ResolvedKind::Found),
        ("https://example.com/glim.js", ResolvedKind::Elsewhere),
        ("data:text/javascript,import 'glim'", ResolvedKind::Elsewhere),
        ("jsr:@s/glim", ResolvedKind::Elsewhere),
        ("glim", ResolvedKind::Missing),
        ("@s/glim/x", ResolvedKind::Missing),
        ("./glim", ResolvedKind::Missing),
    ] {
        assert_eq!(tree.resolve(&installed, "src/a.js", specifier).kind, kind, "{specifier}");
    }
}

proptest! {
    #[test]
    fn no_specifier_is_too_strange(
        specifier in prop_oneof![
            any::<String>(),
            "[./@~#!?%a-c:\\\\ ]{0,12}",
            "(npm:|node:|file:|#|@|glim/?){0,3}[é./*]{0,6}",
        ],
        from in prop_oneof![Just("src/a.ts".to_owned()), "[./a]{0,8}", any::<String>()],
    ) {
        let manifest = r##", "exports": { "./*": "./*.js" }, "imports": { "#*": "*" },
            "browser": { "a": "b", "b": "a", "": "." } }"##;
        let (tree, installed) = with_glim(&["src/a.ts"], manifest, &["a.js"]);
        let inside = installed.resolve(&tree.path("node_modules/glim/a.js"), &specifier);
        let outside = installed.resolve(&tree.path(&from), &specifier);
        let nowhere = installed.resolve(std::path::Path::new(&from), &specifier);
        for resolved in [inside, outside, nowhere] {
            prop_assert!(resolved.files.iter().all(|file| file.is_file()));
            prop_assert!(resolved.packages.iter().all(|package| *package == 0));
        }
    }
}
