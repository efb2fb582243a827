//! Whether what lies on disk is what is locked.

use super::{Tree, lockfile, lockfile_with};
use crate::installed::{AbsentBecause, NotInstalledReason};
use crate::lockfile::DependencyKind::{Development, Normal, Optional, Peer, Unknown};
use crate::platform_limits::PlatformLimits;
use crate::source::PackageSource;

fn glim_only() -> Tree {
    let tree = Tree::new(&[]);
    tree.package("node_modules/glim", "glim 1.0.0");
    tree
}

#[test]
fn without_a_folder_of_packages_nothing_is_installed() {
    let tree = Tree::new(&[]);
    let missing = tree.read(&lockfile(&["glim 1.0.0"])).unwrap_err();
    assert_eq!(missing.reason, NotInstalledReason::Missing);
    assert_eq!(missing.help, "install what is locked: npm ci");
    assert!(tree.installed(&[]).packages().is_empty());
}

#[test]
fn what_is_not_locked_or_not_there_makes_the_rest_doubtful() {
    let tree = glim_only();
    for (packages, expected) in [
        (&["glim 1.0.0"][..], None),
        (&["glim 1.0.1"], Some("node_modules/glim is glim 1.0.0, which is not locked")),
        (&["lefty 1.0.0"], Some("node_modules/glim is glim 1.0.0, which is not locked")),
        (
            &["glim 1.0.0", "lefty 1.0.0"],
            Some("lefty 1.0.0 is locked in package-lock.json:3 and not installed"),
        ),
    ] {
        let refused = tree.read(&lockfile(packages)).err();
        let said = refused.as_ref().map(|it| it.to_string().replace('\\', "/"));
        assert_eq!(said.as_deref(), expected, "{packages:?}");
        assert!(refused.is_none_or(|it| it.code() == "stale-install"));
    }
}

#[test]
fn a_manifest_that_cannot_be_read_says_nothing_about_its_package() {
    let tree = glim_only();
    tree.write("node_modules/glim/package.json", "{ \"name\": \"glim\", ");
    let refused = tree.read(&lockfile(&["glim 1.0.0"])).unwrap_err();
    assert_eq!(refused.reason, NotInstalledReason::Unreadable("node_modules/glim".into()));
}

#[test]
fn code_that_no_registry_has_given_out_counts_as_that_of_the_projects() {
    let tree = glim_only();
    tree.write("node_modules/written/package.json", "{ \"main\": \"x.js\" }");
    tree.write("node_modules/written/x.js", "");
    tree.write("node_modules/plain/index.js", "");
    tree.write("node_modules/single.js", "");
    let installed = tree.installed(&["glim 1.0.0"]);
    for (specifier, file) in
        [("written", "written/x.js"), ("plain", "plain/index.js"), ("single", "single.js")]
    {
        let found = tree.resolve(&installed, "x.js", specifier);
        assert_eq!(found.files, [tree.path(&format!("node_modules/{file}"))]);
        assert!(found.packages.is_empty());
    }
}

#[test]
fn what_may_be_left_out_may_be_absent() {
    use AbsentBecause as Because;
    let packages = ["glim 1.0.0", "tool 1.0.0", "below 1.0.0"];
    for (edges, expected) in [
        (vec![(0, 1, Normal), (0, 2, Optional), (2, 3, Normal)], Some(Because::Optional)),
        (vec![(0, 1, Normal), (0, 2, Peer), (2, 3, Normal)], Some(Because::Optional)),
        (vec![(0, 1, Normal), (0, 2, Development), (2, 3, Normal)], Some(Because::Development)),
        (vec![(0, 1, Normal)], Some(Because::Development)),
        (vec![(0, 1, Normal), (0, 2, Unknown), (2, 3, Normal)], None),
        (vec![(0, 1, Development), (0, 2, Development), (2, 3, Normal)], None),
        (vec![(0, 1, Normal), (0, 2, Optional), (1, 3, Normal)], None),
    ] {
        let read = glim_only().read(&lockfile_with(&packages, &edges));
        let absent = read.map(|installed| installed.absent().to_vec()).ok();
        assert_eq!(absent, expected.map(|it| vec![(2, it), (3, it)]), "{edges:?}");
    }
}

#[test]
fn what_does_not_fit_the_platform_may_be_absent_with_what_only_it_needs() {
    let edges = [(0, 1, Normal), (0, 2, Normal), (2, 3, Normal)];
    let mut lockfile = lockfile_with(&["glim 1.0.0", "tool 1.0.0", "below 1.0.0"], &edges);
    let limits = |systems: &str, libraries: &[&str]| PlatformLimits {
        systems: vec![systems.to_owned()],
        processors: Vec::new(),
        libraries: libraries.iter().map(|it| (*it).to_owned()).collect(),
    };
    for (limits, may_be_absent) in [
        (limits("aix", &[]), true),
        (limits("!aix", &[]), false),
        (limits("!aix", &["musl"]), true),
    ] {
        lockfile.packages[2].limits = Some(Box::new(limits.clone()));
        assert_eq!(glim_only().read(&lockfile).is_ok(), may_be_absent, "{limits:?}");
    }
}

#[test]
fn a_package_of_no_registry_is_known_by_its_name_alone() {
    for (locked, source, is_known) in [
        ("glim 178bdb5", PackageSource::Git("git+ssh://x".to_owned()), true),
        ("glim ", PackageSource::Local, true),
        ("glim 0.9.0", PackageSource::PublicRegistry, false),
        ("other 178bdb5", PackageSource::Archive(String::new()), false),
    ] {
        let mut lockfile = lockfile(&[locked]);
        lockfile.packages[1].source = source;
        assert_eq!(glim_only().read(&lockfile).is_ok(), is_known, "{locked}");
    }
}

/// Yarn locks folders that are linked and no projects of the workspace.
#[cfg(unix)]
#[test]
fn a_folder_that_is_linked_is_there() {
    let tree = glim_only();
    tree.package("lib/other", "other 1.0.0");
    let mut lockfile = lockfile(&["glim 1.0.0", "other 0.0.0"]);
    lockfile.packages[2].source = PackageSource::Local;
    assert!(tree.read(&lockfile).is_err());
    tree.link("node_modules/called", "../lib/other");
    assert!(tree.read(&lockfile).unwrap().absent().is_empty());
}

/// Deno keeps what is of no registry for npm in its cache.
#[test]
fn what_is_of_no_registry_for_npm_is_not_looked_for() {
    let mut lockfile = lockfile(&["glim 1.0.0", "@s/other 1.0.0"]);
    lockfile.packages[2].source = PackageSource::Elsewhere("jsr".to_owned());
    let installed = glim_only().read(&lockfile).unwrap();
    assert_eq!(installed.absent(), [(2, AbsentBecause::Elsewhere)]);
}

#[test]
fn a_manifest_that_says_something_twice_or_in_another_encoding_is_read_like_node_reads_it() {
    let tree = glim_only();
    let manifest = b"\xEF\xBB\xBF{ \"name\": \"x\", \"name\": \"glim\", \"version\": \"1.0.0\", \"author\": \"\xE9\" }";
    std::fs::write(tree.path("node_modules/glim/package.json"), manifest).unwrap();
    assert_eq!(tree.installed(&["glim 1.0.0"]).packages().len(), 1);
}

/// Yarn 1 locks what comes from an address under the name in the manifest of the project.
#[test]
fn a_package_of_no_registry_may_be_locked_under_the_name_that_it_is_installed_as() {
    let tree = Tree::new(&[]);
    tree.package("node_modules/called", "glim 1.0.0");
    let mut lockfile = lockfile(&["called 1.0.0"]);
    assert!(tree.read(&lockfile).is_err());
    lockfile.packages[1].source = PackageSource::Archive("https://example.com/x.tgz".to_owned());
    assert_eq!(tree.read(&lockfile).unwrap().packages()[0].copies, [1]);
}

/// Bun invents the versions of what lies in archives, and pnpm leaves most of it out.
#[test]
fn what_lies_in_the_archive_of_a_package_need_not_be_locked_with_its_version() {
    let tree = Tree::new(&[]);
    tree.package("node_modules/glim", "glim 1.0.0");
    tree.package("node_modules/glim/node_modules/inner", "inner 7.3.7");
    tree.package("node_modules/glim/node_modules/other", "other 1.0.0");
    let lockfile = lockfile(&["glim 1.0.0", "inner 7.8.6"]);
    assert!(tree.read(&lockfile).is_err());
    let manifest =
        r#"{ "name": "glim", "version": "1.0.0", "bundleDependencies": ["inner", "other"] }"#;
    tree.write("node_modules/glim/package.json", manifest);
    let installed = tree.read(&lockfile).unwrap();
    let mut copies: Vec<_> =
        installed.packages().iter().map(|it| (it.id.name.as_str(), it.copies.clone())).collect();
    copies.sort();
    assert_eq!(copies, [("glim", vec![1]), ("inner", vec![2]), ("other", vec![])]);
}

/// pnpm lists what it runs on itself like a project.
#[test]
fn a_project_without_a_folder_asks_for_nothing_there() {
    let tree = glim_only();
    let packages = ["app 1.0.0", "packageManagerDependencies ", "glim 1.0.0", "pnpm 12.0.0"];
    let mut lockfile = crate::lockfile::sample::lockfile(
        crate::package::Ecosystem::Npm,
        &packages,
        2,
        &[(0, 2, Normal), (1, 3, Normal)],
    );
    lockfile.packages[1].folder = Some("packageManagerDependencies".to_owned());
    assert_eq!(tree.read(&lockfile).unwrap().absent().len(), 1);
}
