//! Where package managers put packages.

use super::{Tree, folders};

/// Every package with the folder that it lies in.
fn all(tree: &Tree, packages: &[&str]) -> Vec<(String, String)> {
    let installed = tree.installed(packages);
    let named = installed.packages().iter();
    let mut named: Vec<_> = named.map(|it| (it.id.to_string(), tree.shown(&it.folder))).collect();
    named.sort();
    named
}

#[test]
fn a_package_is_what_its_own_manifest_calls_it() {
    let tree = Tree::new(&[]);
    tree.package("node_modules/lo", "glim 1.0.0");
    tree.package("node_modules/@s/lefty", "@s/lefty v2.0.0+build");
    tree.package("node_modules/@s/lefty/node_modules/glim", "glim 2.0.0");
    let found = all(&tree, &["glim 1.0.0", "@s/lefty 2.0.0", "glim 2.0.0"]);
    let expected = [
        ("@s/lefty v2.0.0+build", "node_modules/@s/lefty"),
        ("glim 1.0.0", "node_modules/lo"),
        ("glim 2.0.0", "node_modules/@s/lefty/node_modules/glim"),
    ];
    assert_eq!(found, expected.map(|(id, folder)| (id.to_owned(), folder.to_owned())));
    let installed = tree.installed(&["glim 1.0.0", "@s/lefty 2.0.0", "glim 2.0.0"]);
    let copies = |folder: &str| {
        let packages = installed.packages();
        let package = packages.iter().find(|it| it.folder == tree.path(folder)).unwrap();
        package.copies.clone()
    };
    assert_eq!(copies("node_modules/lo"), [1]);
    assert_eq!(copies("node_modules/@s/lefty"), [2]);
}

#[test]
fn a_file_belongs_to_the_innermost_package_around_it() {
    let tree = Tree::new(&[("node_modules/.generated/client/index.js", "")]);
    tree.package("node_modules/glim", "glim 1.0.0");
    tree.package("node_modules/glim/node_modules/lefty", "lefty 1.0.0");
    let installed = tree.installed(&["glim 1.0.0", "lefty 1.0.0"]);
    let owner = |file: &str| {
        let owner = installed.owner(&tree.path(file))?;
        Some(installed.packages()[owner].id.name.to_string())
    };
    assert_eq!(owner("node_modules/glim/lib/x.js").as_deref(), Some("glim"));
    assert_eq!(owner("node_modules/glim/node_modules/lefty/x.js").as_deref(), Some("lefty"));
    assert_eq!(owner("src/x.js"), None);
    assert_eq!(owner("node_modules/.generated/client/index.js"), None);
}

/// pnpm, Bun, Deno, npm with linked packages, and Yarn with a store.
#[cfg(unix)]
#[test]
fn packages_in_a_store_see_what_lies_beside_them() {
    for (store, inner) in [
        (".pnpm/glim@1.0.0", "node_modules/glim"),
        (".bun/glim@1.0.0", "node_modules/glim"),
        (".deno/glim@1.0.0", "node_modules/glim"),
        (".store/glim@1.0.0-abc", "node_modules/glim"),
        (".store/glim-npm-1.0.0-abc", "package"),
    ] {
        let tree = Tree::new(&[]);
        let other = store.replace("glim", "lefty");
        let other_inner = inner.replace("glim", "lefty");
        tree.package(&format!("node_modules/{store}/{inner}"), "glim 1.0.0");
        tree.package(&format!("node_modules/{other}/{other_inner}"), "lefty 1.0.0");
        tree.link("node_modules/glim", &format!("{store}/{inner}"));
        let other = other.trim_start_matches('.').split_once('/').unwrap().1;
        tree.link(
            &format!("node_modules/{store}/node_modules/lefty"),
            &format!("../../{other}/{other_inner}"),
        );
        let installed = tree.installed(&["glim 1.0.0", "lefty 1.0.0"]);
        let glim = tree.files(&installed, "src/a.js", "glim");
        assert_eq!(glim, [format!("node_modules/{store}/{inner}/index.js")], "{store}");
        let from = format!("node_modules/{store}/{inner}/index.js");
        let lefty = tree.resolve(&installed, &from, "lefty");
        assert_eq!(lefty.files.len(), 1, "{store}");
        assert_eq!(installed.packages()[lefty.packages[0]].id.name, "lefty", "{store}");
        assert_eq!(tree.files(&installed, "src/a.js", "lefty"), [""; 0], "{store}");
        assert_eq!(installed.packages().len(), 2, "{store}");
    }
}

#[cfg(unix)]
#[test]
fn what_pnpm_hoists_in_its_store_every_package_in_it_sees() {
    let tree = Tree::new(&[]);
    tree.package("node_modules/.pnpm/glim@1.0.0/node_modules/glim", "glim 1.0.0");
    tree.package("node_modules/.pnpm/lefty@1.0.0/node_modules/lefty", "lefty 1.0.0");
    tree.link("node_modules/glim", ".pnpm/glim@1.0.0/node_modules/glim");
    tree.link("node_modules/.pnpm/node_modules/lefty", "../lefty@1.0.0/node_modules/lefty");
    let installed = tree.installed(&["glim 1.0.0", "lefty 1.0.0"]);
    let inside = "node_modules/.pnpm/glim@1.0.0/node_modules/glim/index.js";
    let lefty = "node_modules/.pnpm/lefty@1.0.0/node_modules/lefty";
    assert_eq!(tree.files(&installed, inside, "lefty"), [format!("{lefty}/index.js")]);
    let seen = |file: &str| folders(&tree, &installed, &installed.visible_from(&tree.path(file)));
    assert_eq!(seen("src/x.js"), ["node_modules/.pnpm/glim@1.0.0/node_modules/glim"]);
    assert_eq!(seen(inside), ["node_modules/.pnpm/glim@1.0.0/node_modules/glim", lefty]);
}

#[cfg(unix)]
#[test]
fn a_store_of_the_whole_machine_is_followed() {
    let machine = Tree::new(&[]);
    machine.package("links/glim/1.0.0/node_modules/glim", "glim 1.0.0");
    machine.package("links/lefty/1.0.0/node_modules/lefty", "lefty 1.0.0");
    machine.link("links/glim/1.0.0/node_modules/lefty", "../../../lefty/1.0.0/node_modules/lefty");
    let tree = Tree::new(&[]);
    let glim = machine.path("links/glim/1.0.0/node_modules/glim");
    tree.link("node_modules/glim", glim.to_str().unwrap());
    let installed = tree.installed(&["glim 1.0.0", "lefty 1.0.0"]);
    let lefty = installed.resolve(&glim.join("index.js"), "lefty");
    assert_eq!(lefty.files, [machine.path("links/lefty/1.0.0/node_modules/lefty/index.js")]);
}

#[cfg(unix)]
#[test]
fn a_project_of_the_workspace_is_no_installed_package() {
    let tree = Tree::new(&[("packages/a/src/x.ts", "")]);
    tree.package("packages/a", "a 1.0.0");
    tree.package("packages/a/node_modules/glim", "glim 2.0.0");
    tree.package("node_modules/glim", "glim 1.0.0");
    tree.link("node_modules/a", "../packages/a");
    tree.link("node_modules/circle", "../node_modules");
    let installed = tree.installed(&["glim 1.0.0", "glim 2.0.0"]);
    let a = tree.resolve(&installed, "src/x.js", "a");
    assert_eq!((a.files, a.packages), (vec![tree.path("packages/a/index.js")], vec![]));
    let from = "packages/a/src/x.ts";
    let glim = tree.files(&installed, from, "glim");
    assert_eq!(glim, ["node_modules/glim/index.js", "packages/a/node_modules/glim/index.js"]);
    let seen = folders(&tree, &installed, &installed.visible_from(&tree.path(from)));
    assert_eq!(seen, ["node_modules/glim", "packages/a/node_modules/glim"]);
}

/// Tools that keep symbolic links find what lies above the link.
#[cfg(unix)]
#[test]
fn a_project_also_sees_what_lies_beside_the_links_to_it() {
    let tree = Tree::new(&[]);
    tree.package("app/node_modules/glim", "glim 1.0.0");
    tree.package("packages/a", "a 1.0.0");
    tree.link("app/node_modules/a", "../../packages/a");
    tree.link("node_modules/app", "../app");
    let installed = tree.installed(&["glim 1.0.0"]);
    let from = "packages/a/index.js";
    assert_eq!(tree.files(&installed, from, "glim"), ["app/node_modules/glim/index.js"]);
    let seen = folders(&tree, &installed, &installed.visible_from(&tree.path(from)));
    assert_eq!(seen, ["app/node_modules/glim"]);
}

#[test]
fn what_lies_nearer_hides_what_lies_above() {
    let tree = Tree::new(&[]);
    tree.package("node_modules/glim", "glim 1.0.0");
    tree.package("node_modules/lefty", "lefty 1.0.0");
    tree.package("node_modules/lefty/node_modules/glim", "glim 2.0.0");
    let installed = tree.installed(&["glim 1.0.0", "glim 2.0.0", "lefty 1.0.0"]);
    let inside = "node_modules/lefty/lib/deep/x.js";
    let nearer = "node_modules/lefty/node_modules/glim/index.js";
    assert_eq!(tree.files(&installed, inside, "glim"), [nearer]);
    assert_eq!(tree.files(&installed, "src/x.js", "glim"), ["node_modules/glim/index.js"]);
}
