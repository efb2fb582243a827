use std::collections::BTreeSet;

use super::*;
use crate::lockfile::DependencyKind;
use crate::source::PackageSource;

mod bundles;
mod damage;
mod fit;
mod real_npm;
mod repeats;
mod requests;
mod sections;
mod trees;

pub(super) fn source(text: &str) -> Arc<SourceText> {
    Arc::new(SourceText::new("shop/package-lock.json", text))
}

pub(super) fn parse(text: &str) -> Result<Lockfile, LockfileError> {
    NpmLock.parse(&source(text))
}

pub(super) fn read(
    text: &str,
    manifests: &dyn ManifestFiles,
) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
    NpmLock.read(&Arc::new(SourceText::new("shop/package-lock.json", text)), manifests)
}

/// A lockfile of version 3 with these entries beside the project's.
fn version_3(project: &str, entries: &str) -> String {
    format!(
        "{{\"name\": \"shop\", \"lockfileVersion\": 3, \"packages\": {{\"\": {{{project}}}{entries}}}}}"
    )
}

/// `name version`, with a word for the source where it is not the public registry.
fn packages(lockfile: &Lockfile) -> Vec<String> {
    lockfile
        .packages
        .iter()
        .map(|package| {
            let source = match &package.source {
                PackageSource::PublicRegistry => "",
                PackageSource::OtherRegistry(_) | PackageSource::NamedRegistry { .. } => " other",
                PackageSource::Git(_) => " git",
                PackageSource::Local => " local",
                PackageSource::Archive(_) => " archive",
                PackageSource::Elsewhere(_) => " elsewhere",
            };
            format!("{}{source}", package.id)
        })
        .collect()
}

/// `from > to kind`.
fn edges(lockfile: &Lockfile) -> BTreeSet<String> {
    lockfile
        .edges
        .iter()
        .map(|edge| {
            let id = |index: usize| lockfile.packages[index].id.to_string();
            format!("{} > {} {:?}", id(edge.from), id(edge.to), edge.kind)
        })
        .collect()
}

#[test]
fn every_kind_of_dependency_is_told_apart() {
    let text = version_3(
        r#""dependencies": {"a": "1", "o": "1"}, "devDependencies": {"d": "1"},
           "optionalDependencies": {"o": "1", "gone": "1"}, "peerDependencies": {"p": "1"}"#,
        r#", "node_modules/a": {"version": "1.0.0", "devDependencies": {"d": "1"}},
           "node_modules/d": {"version": "1.0.0", "dev": true},
           "node_modules/o": {"version": "1.0.0", "optional": true},
           "node_modules/p": {"version": "1.0.0", "peer": true}"#,
    );
    let lockfile = parse(&text).unwrap();
    assert_eq!(
        edges(&lockfile),
        [
            "shop > a 1.0.0 Normal",
            "shop > d 1.0.0 Development",
            "shop > o 1.0.0 Optional",
            "shop > p 1.0.0 Peer"
        ]
        .map(str::to_owned)
        .into()
    );
    assert!(lockfile.missing.is_empty(), "optional dependencies may be left out");
    assert_eq!(lockfile.packages[2].development_flag, Some(true));
}

#[test]
fn a_dependency_that_is_not_locked_is_missing() {
    let text = version_3(
        r#""dependencies": {"a": "1", "b": "1"}, "devDependencies": {"d": "1"},
           "peerDependencies": {"p": "1"}, "optionalDependencies": {"o": "1"}"#,
        r#", "node_modules/a": {"version": "1.0.0", "dependencies": {"c": "1"}}"#,
    );
    let lockfile = parse(&text).unwrap();
    let missing: Vec<(usize, &str)> =
        lockfile.missing.iter().map(|missing| (missing.from, missing.name.as_str())).collect();
    assert_eq!(missing, [(0, "b"), (0, "d"), (1, "c")]);
}

#[test]
fn names_are_those_of_the_registry() {
    let text = version_3(
        "",
        r#", "node_modules/alias": {"name": "real", "version": "1.0.0"},
           "node_modules/@scope/name": {"version": "1.0.0"},
           "node_modules/a/node_modules/@scope/inner": {"version": "2.0.0"},
           "node_modules/bundled": {"version": "1.0.0", "inBundle": true},
           "node_modules/nameless": {}"#,
    );
    assert_eq!(
        packages(&parse(&text).unwrap())[1..],
        ["real 1.0.0", "@scope/name 1.0.0", "@scope/inner 2.0.0", "bundled 1.0.0", "nameless"]
    );
}

#[test]
fn a_folder_has_one_name_however_it_is_spelt() {
    for folder in ["node_modules/a", "node_modules/a/", "node_modules//a", "./node_modules/a"] {
        let text = version_3(
            r#""dependencies": {"a": "1"}"#,
            &format!(r#", "{folder}": {{"version": "1.0.0"}}"#),
        );
        let lockfile = parse(&text).unwrap();
        assert_eq!(packages(&lockfile)[1], "a 1.0.0", "{folder}");
        assert!(lockfile.missing.is_empty(), "{folder}");
        let twice = version_3(
            "",
            &format!(
                r#", "node_modules/a": {{"version": "1.0.0"}}, "{folder}": {{"version": "2.0.0"}}"#
            ),
        );
        assert!(parse(&twice).is_err(), "{folder} is locked twice");
    }
}

#[test]
fn a_dependency_is_found_as_node_finds_it() {
    let nested = |folder: &str| {
        version_3(
            "",
            &format!(
                r#", "node_modules/leaf": {{"version": "1.0.0"}},
                   "{folder}": {{"version": "2.0.0"}},
                   "node_modules/a": {{"version": "1.0.0"}},
                   "node_modules/a/node_modules/@s/b": {{
                     "version": "1.0.0", "dependencies": {{"leaf": "*"}}}}"#
            ),
        )
    };
    for (folder, version) in [
        ("node_modules/a/node_modules/@s/b/node_modules/leaf", "2.0.0"),
        ("node_modules/a/node_modules/@s/node_modules/leaf", "2.0.0"),
        ("node_modules/a/node_modules/leaf", "2.0.0"),
        ("node_modules/a/node_modules/node_modules/leaf", "1.0.0"),
        ("node_modules/@s/b/node_modules/leaf", "1.0.0"),
        ("node_modules/a/old_node_modules/node_modules/leaf", "1.0.0"),
        ("a/node_modules/leaf", "1.0.0"),
    ] {
        let lockfile = parse(&nested(folder)).unwrap();
        let expected = format!("@s/b 1.0.0 > leaf {version} Normal");
        assert!(edges(&lockfile).contains(&expected), "{folder}: {:?}", edges(&lockfile));
    }
}

#[test]
fn a_folder_that_ends_like_that_of_the_packages_is_searched_like_any_other() {
    let text = version_3(
        "",
        r#", "old_node_modules/node_modules/leaf": {"version": "2.0.0"},
           "node_modules/leaf": {"version": "1.0.0"},
           "old_node_modules/a": {"name": "a", "version": "1.0.0", "dependencies": {"leaf": "*"}}"#,
    );
    let lockfile = parse(&text).unwrap();
    assert_eq!(edges(&lockfile), BTreeSet::from(["a 1.0.0 > leaf 2.0.0 Normal".to_owned()]));
}

#[test]
fn no_package_lies_deeper_than_an_operating_system_can_open() {
    let lengths = [(4096, true), (4097, false)];
    for (length, is_read) in lengths {
        let name = "a".repeat(length - "node_modules/".len());
        let flat = version_3("", &format!(r#", "node_modules/{name}": {{"version": "1.0.0"}}"#));
        let nested = format!(
            r#"{{"lockfileVersion": 1, "dependencies": {{"{name}": {{"version": "1.0.0"}}}}}}"#
        );
        for text in [flat, nested] {
            let read = parse(&text);
            assert_eq!(read.is_ok(), is_read, "{length}");
            if let Err(error) = read {
                let message = &error.problem().message;
                assert_eq!(message, "a package lies in a folder of more than 4096 bytes");
                assert_eq!(error.problem().line(), Some(1));
            }
        }
    }
}

#[test]
fn workspaces_and_links_are_projects_and_what_they_need_is_found() {
    let text = version_3(
        r#""workspaces": ["packages/*"], "dependencies": {"a": "1", "outside": "file:../outside", "gone": "file:../gone"}"#,
        r#", "node_modules/a": {"version": "1.0.0"},
           "node_modules/member": {"resolved": "packages/member", "link": true},
           "node_modules/outside": {"resolved": "../outside", "link": true},
           "node_modules/gone": {"resolved": "../gone", "link": true},
           "packages/member": {"version": "0.1.0", "dependencies": {"a": "1", "b": "1"}, "devDependencies": {"outside": "*"}},
           "packages/member/node_modules/b": {"version": "2.0.0"},
           "../outside": {"name": "@shop/outside", "version": "0.2.0"}"#,
    );
    let lockfile = parse(&text).unwrap();
    let roots: Vec<String> =
        lockfile.roots.iter().map(|root| lockfile.packages[*root].id.to_string()).collect();
    assert_eq!(roots, ["shop", "member 0.1.0", "@shop/outside 0.2.0"]);
    let folders: Vec<Option<&str>> =
        lockfile.roots.iter().map(|root| lockfile.packages[*root].folder.as_deref()).collect();
    assert_eq!(folders, [Some(""), Some("packages/member"), Some("../outside")]);
    for edge in [
        "shop > a 1.0.0 Normal",
        "shop > @shop/outside 0.2.0 Normal",
        "member 0.1.0 > a 1.0.0 Normal",
        "member 0.1.0 > b 2.0.0 Normal",
        "member 0.1.0 > @shop/outside 0.2.0 Development",
    ] {
        assert!(edges(&lockfile).contains(edge), "{edge}");
    }
    let missing: Vec<&str> = lockfile.missing.iter().map(|missing| missing.name.as_str()).collect();
    assert_eq!(missing, ["node_modules/gone"], "a link into nowhere");
}

#[test]
fn version_1_says_nothing_about_the_project_so_its_manifest_is_asked() {
    let text = r#"{"name": "shop", "lockfileVersion": 1, "requires": true, "dependencies": {
        "a": {"version": "1.0.0", "requires": {"b": "1"}, "dependencies": {
            "b": {"version": "2.0.0", "bundled": true}}},
        "b": {"version": "1.0.0", "dev": true, "resolved": false},
        "alias": {"version": "npm:real@3.0.0"},
        "git": {"version": "git+ssh://git@github.com/acme/git.git#0123", "from": "acme/git"},
        "file": {"version": "file:../file"},
        "old": {"version": "1.0.0", "requires": true}
    }}"#;
    let lockfile = parse(text).unwrap();
    assert_eq!(
        packages(&lockfile),
        [
            "shop local",
            "a 1.0.0",
            "b 2.0.0",
            "b 1.0.0",
            "real 3.0.0",
            "git git+ssh://git@github.com/acme/git.git#0123 git",
            "file file:../file local",
            "old 1.0.0"
        ]
    );
    assert!(edges(&lockfile).contains("a 1.0.0 > b 2.0.0 Optional"));
    assert!(edges(&lockfile).contains("shop > a 1.0.0 Unknown"));
    let manifest = r#"{"dependencies": {"alias": "npm:real@3"},
        "devDependencies": {"a": "1", "b": "1"}, "optionalDependencies": {"a": "1"}}"#;
    let files = crate::lockfile::sample::Files(&[("package.json", manifest)]);
    let (lockfile, _) = read(text, &files).unwrap();
    let found = edges(&lockfile);
    for edge in [
        "shop > real 3.0.0 Normal",
        "shop > a 1.0.0 Development",
        "shop > a 1.0.0 Optional",
        "shop > b 1.0.0 Development",
        "shop > old 1.0.0 Unknown",
    ] {
        assert!(found.contains(edge), "{edge} {found:?}");
    }
    assert!(!found.contains("shop > a 1.0.0 Unknown"));
    assert_eq!(lockfile.declarations.len(), 4);
}

#[test]
fn a_manifest_that_does_not_read_leaves_everything_unknown() {
    let text = r#"{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0"}}}"#;
    for manifest in
        ["", "{", "[]", r#"{"devDependencies": ["a"]}"#, r#"{"devDependencies": {"A": "1"}}"#]
    {
        let files = crate::lockfile::sample::Files(&[("package.json", manifest)]);
        let (lockfile, _) = read(text, &files).unwrap();
        assert!(
            lockfile.edges.iter().all(|edge| edge.kind == DependencyKind::Unknown),
            "{manifest}"
        );
        assert_eq!(lockfile.edges.len(), 1, "{manifest}");
    }
}

#[test]
fn odd_shapes_of_old_versions_of_npm_are_read() {
    for text in [
        r#"{"lockfileVersion": 1}"#,
        r#"{"name": null, "version": null, "lockfileVersion": 1, "dependencies": {}}"#,
        r#"{"name": "shop", "dependencies": {"a": {"version": "1.0.0", "from": "a@1", "resolved": ""}}}"#,
        r#"{"lockfileVersion": 1, "requires": true, "preserveSymlinks": "1", "dependencies": {"a": {"version": "1.0.0", "requires": {}, "optional": true}}}"#,
        r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": [], "license": ["MIT"], "engines": ["node >= 0.6"]}, "node_modules/a": {"version": "1.0.0", "peerDependencies": null, "engines": {"node": "*"}, "bin": "a.js", "funding": [{}]}}}"#,
    ] {
        let lockfile = parse(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        for package in &lockfile.packages[1..] {
            assert_eq!(package.id.to_string(), "a 1.0.0");
            assert!(package.source.is_public(), "{text}");
        }
    }
}

#[test]
fn what_is_no_npm_lockfile_is_refused() {
    for (text, message) in [
        ("", "empty"),
        ("  \n", "empty"),
        ("null", "not an npm lockfile"),
        ("[]", "not an npm lockfile"),
        ("{}", "has neither"),
        (r#"{"name": "shop"}"#, "has neither"),
        (r#"{"lockfileVersion": 3}"#, "has neither"),
        (r#"{"lockfileVersion": 2, "packages": null}"#, "has neither"),
        (r#"{"lockfileVersion": 4, "packages": {}}"#, "version 4 is not known"),
        (r#"{"lockfileVersion": -1, "packages": {}}"#, "not an npm lockfile"),
        (r#"{"lockfileVersion": "3", "packages": {}}"#, "not an npm lockfile"),
        (r#"{"packages": []}"#, "not an npm lockfile"),
        (r#"{"packages": {"node_modules/a": null}}"#, "not an npm lockfile"),
        (r#"{"packages": {"node_modules/a": {"version": 1}}}"#, "not an npm lockfile"),
        (r#"{"packages": {"node_modules/a": {"dependencies": ["b"]}}}"#, "without versions"),
        (r#"{"packages": {"node_modules/a\u001b[2J": {}}}"#, "no name of a package"),
        (r#"{"packages": {"node_modules/a": {"version": "1\n"}}}"#, "control characters"),
        (r#"{"packages": {"node_modules/a": {"name": ""}}}"#, "empty name"),
        ("{\n<<<<<<< ours\n}", "merge conflict"),
    ] {
        let error = parse(text).unwrap_err();
        let problem = error.problem();
        assert!(problem.message.contains(message), "{text}: {}", problem.message);
        assert!(problem.help.is_some(), "{text}");
    }
}

#[test]
fn lines_of_errors_are_those_of_the_file() {
    for (text, line) in [
        ("{\n  \"packages\": {\n    \"node_modules/a\": 1\n  }\n}", 3),
        ("{\n  \"dependencies\": {\n    \"a\": {\n      \"version\": 7\n    }\n  }\n}", 4),
        ("{\r\n  \"packages\": {\r\n    \"node_modules/é\": [\r\n  }\r\n}", 4),
        ("{\n  \"lockfileVersion\": 9\n}", 2),
    ] {
        assert_eq!(parse(text).unwrap_err().problem().line(), Some(line), "{text}");
    }
}
