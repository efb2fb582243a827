//! What a package brings in its own archive, and what lies behind links.

use super::{edges, parse, version_3};
use crate::lockfile::MissingReason::{self, Bundled, NotLocked, Outside};

fn missing(text: &str) -> Vec<(String, MissingReason)> {
    let lockfile = parse(text).unwrap();
    let missing = lockfile.missing.into_iter();
    missing.map(|missing| (missing.name, missing.reason)).collect()
}

/// A project that asks for `b`, which bundles `leaf`.
fn bundler(fields: &str, entries: &str) -> String {
    let entries = format!(
        r#", "node_modules/b": {{"version": "1.0.0", "bundleDependencies": ["leaf"]{fields}}}{entries}"#
    );
    version_3(r#""dependencies": {"b": "1"}"#, &entries)
}

#[test]
fn what_is_bundled_and_not_listed_is_not_known() {
    let leaf = |name: &str| vec![("leaf".to_owned(), Bundled(Some(name.into())))];
    let own = r#", "node_modules/b/node_modules/leaf": {"version": "1.0.0", "inBundle": true}"#;
    let other = r#", "node_modules/b/node_modules/other": {"version": "1.0.0"}"#;
    let outer = r#", "node_modules/leaf": {"version": "9.0.0"}"#;
    let asked = r#", "dependencies": {"leaf": "1"}"#;
    let limited = r#", "dependencies": {"leaf": "1"}, "cpu": ["wasm32"]"#;
    let alias = r#", "dependencies": {"leaf": "npm:real@1"}"#;
    for (what, fields, entries, expected) in [
        ("nothing is listed, and nobody asks for it", "", "", leaf("leaf")),
        ("something else is listed, and nobody asks for it", "", other, vec![]),
        ("nothing is listed", asked, "", leaf("leaf")),
        ("something else is listed", asked, other, leaf("leaf")),
        ("it is listed", asked, own, vec![]),
        ("an alias", alias, "", leaf("real")),
        ("optional", r#", "optionalDependencies": {"leaf": "1"}"#, "", leaf("leaf")),
        ("it was unpacked, and was not in there", asked, outer, vec![]),
        ("it was not unpacked: what lies elsewhere is another one", limited, outer, leaf("leaf")),
        ("it was unpacked all the same", limited, own, vec![]),
    ] {
        assert_eq!(missing(&bundler(fields, entries)), expected, "{what}");
    }
    let elsewhere = missing(&bundler(r#", "dependencies": {"leaf": "github:o/leaf"}"#, ""));
    assert_eq!(elsewhere, [("leaf".to_owned(), Bundled(None))]);
}

#[test]
fn all_that_is_depended_on_may_be_bundled() {
    let text = |bundle: &str| {
        let entries = format!(
            r#", "node_modules/b": {{"version": "1.0.0", "bundleDependencies": {bundle},
                 "dependencies": {{"leaf": "1"}}}}"#
        );
        version_3(r#""dependencies": {"b": "1"}"#, &entries)
    };
    assert_eq!(missing(&text("true")), [("leaf".to_owned(), Bundled(Some("leaf".into())))]);
    assert_eq!(missing(&text("false")), [("leaf".to_owned(), NotLocked)]);
}

#[test]
fn what_is_bundled_and_listed_is_needed() {
    for (asked, kind) in [("", "Optional"), (r#", "dependencies": {"leaf": "1"}"#, "Normal")] {
        let leaf = r#", "node_modules/b/node_modules/leaf": {"version": "1.0.0"}"#;
        let lockfile = parse(&bundler(asked, leaf)).unwrap();
        assert!(edges(&lockfile).contains(&format!("b 1.0.0 > leaf 1.0.0 {kind}")));
    }
}

#[test]
fn what_a_linked_folder_outside_needs_is_installed_there() {
    let text = |entries: &str| {
        version_3(
            r#""dependencies": {"harbour": "file:../.."}"#,
            &format!(r#", "node_modules/harbour": {{"resolved": "../..", "link": true}}{entries}"#),
        )
    };
    let target = r#", "../..": {"version": "1.0.0", "dependencies": {"quill": "1"},
        "devDependencies": {"tap": "1"}, "peerDependencies": {"ink": "1"}}"#;
    let outside = |name: &str| vec![(name.to_owned(), Outside("../..".to_owned()))];
    assert_eq!(missing(&text(target)), outside("quill"));
    assert_eq!(missing(&text("")), outside("node_modules/harbour"), "a link into nowhere");
    let own = r#", "node_modules/quill": {"version": "9.0.0"}"#;
    assert_eq!(
        missing(&text(&format!("{target}{own}"))),
        outside("quill"),
        "what is installed here is not seen from there"
    );
    let there = r#", "../../node_modules/quill": {"version": "9.0.0"}"#;
    assert_eq!(missing(&text(&format!("{target}{there}"))), []);
}

#[test]
fn a_shrinkwrap_in_an_archive_decides_where_nothing_is_locked_below_it() {
    let text = |fields: &str, entries: &str| {
        let entries = format!(
            r#", "node_modules/s": {{"version": "1.0.0", "hasShrinkwrap": true{fields}}}{entries}"#
        );
        parse(&version_3(r#""dependencies": {"s": "1"}"#, &entries)).unwrap()
    };
    let asked = r#", "dependencies": {"leaf": "1"}"#;
    let outer = r#", "node_modules/leaf": {"version": "9.0.0"}"#;
    let own = r#", "node_modules/s/node_modules/leaf": {"version": "1.0.0"}"#;
    for (fields, entries, expected) in [
        (asked, outer, &[1][..]),
        (r#", "optionalDependencies": {"leaf": "1"}"#, "", &[1]),
        (asked, own, &[]),
        ("", "", &[1]),
        ("", own, &[]),
    ] {
        assert_eq!(text(fields, entries).shrinkwrapped, expected, "{fields}{entries}");
    }
}
