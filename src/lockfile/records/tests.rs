use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::lockfile::FORMATS;
use crate::problem::SourceText;

fn read(format: &str, text: &str) -> Lockfile {
    let source = Arc::new(SourceText::new("lock", text));
    let format = FORMATS.iter().find(|known| known.name() == format).unwrap();
    format.parse(&source).unwrap()
}

/// What entries of npm's lost from one lockfile to another: `a 1.0.0: b, c`.
fn edited(before: &Value, after: &Value) -> Vec<String> {
    let (before, after) = (read("npm", &before.to_string()), read("npm", &after.to_string()));
    let found = differences(&before, &after).unwrap();
    assert_eq!(found.mismatches, [], "{found:?}");
    found
        .edited
        .iter()
        .map(|edited| {
            let lost: Vec<&str> = edited.lost.iter().map(String::as_str).collect();
            format!("{}: {}", edited.package, lost.join(", "))
        })
        .collect()
}

fn flat(entry: &Value) -> Value {
    json!({
        "lockfileVersion": 3,
        "packages": {
            "": { "name": "app", "version": "1.0.0", "dependencies": { "a": "1.0.0" } },
            "node_modules/a": entry,
            "node_modules/b": { "version": "1.0.0" },
        }
    })
}

#[test]
fn what_an_entry_loses_is_told_by_the_name_in_the_registry() {
    let base = json!({ "version": "1.0.0", "dependencies": { "b": "^1.0.0" },
        "optionalDependencies": { "o": "1" }, "peerDependencies": { "p": "1" } });
    for (change, lost) in [
        (json!({}), ""),
        (json!({ "dependencies": { "b": "*", "more": "1" } }), ""),
        (
            json!({ "dev": true, "optional": true, "license": "MIT", "resolved": "https://a.example/a" }),
            "",
        ),
        (json!({ "dependencies": {} }), "b"),
        (json!({ "dependencies": { "alias": "npm:b@^1.0.0" } }), ""),
        (json!({ "dependencies": {}, "optionalDependencies": { "b": "1", "o": "1" } }), "b"),
        (json!({ "optionalDependencies": {} }), "o"),
        (json!({ "optionalDependencies": {}, "dependencies": { "b": "1", "o": "1" } }), ""),
        (json!({ "peerDependencies": {} }), "p"),
        (json!({ "dependencies": null, "peerDependencies": { "b": "1", "p": "1" } }), "b"),
    ] {
        let mut entry = base.clone();
        for (key, value) in change.as_object().unwrap() {
            entry[key] = value.clone();
        }
        let expected: Vec<String> =
            if lost.is_empty() { Vec::new() } else { vec![format!("a 1.0.0: {lost}")] };
        assert_eq!(edited(&flat(&base), &flat(&entry)), expected, "{change}");
    }
}

#[test]
fn another_commit_of_a_repository_is_another_archive() {
    let lock = |commit: &str, needs: Value| {
        flat(
            &json!({ "version": "1.0.0", "resolved": format!("git+ssh://git@a.example/a.git#{commit}"),
            "dependencies": needs }),
        )
    };
    let before = lock("1111", json!({ "b": "1" }));
    assert_eq!(edited(&before, &lock("2222", json!({}))), [""; 0]);
    assert_eq!(edited(&before, &lock("1111", json!({}))), ["a 1.0.0: b"]);
}

#[test]
fn a_lockfile_of_another_version_says_the_same_in_other_words() {
    let nested = json!({
        "name": "app", "version": "1.0.0", "lockfileVersion": 1,
        "dependencies": {
            "a": { "version": "1.0.0", "requires": { "b": "1", "o": "1" },
                   "dependencies": { "b": { "version": "1.0.0" } } },
            "o": { "version": "1.0.0", "optional": true },
        }
    });
    let mut newer = flat(&json!({ "version": "1.0.0", "dependencies": { "b": "1" },
        "optionalDependencies": { "o": "1" }, "peerDependencies": { "p": "1" } }));
    newer["packages"]["node_modules/o"] = json!({ "version": "1.0.0" });
    assert_eq!(edited(&nested, &newer), [""; 0]);
    assert_eq!(edited(&newer, &nested), [""; 0]);
    newer["packages"]["node_modules/a"]["optionalDependencies"] = json!({});
    assert_eq!(edited(&nested, &newer), ["a 1.0.0: o"]);
}

#[test]
fn what_a_nested_entry_loses_is_seen() {
    let lock = |requires: Value| {
        json!({
            "name": "app", "version": "1.0.0", "lockfileVersion": 1,
            "dependencies": { "z": { "version": "1.0.0", "dependencies": {
                "a": { "version": "1.0.0", "requires": requires },
                "b": { "version": "1.0.0" } } } }
        })
    };
    assert_eq!(edited(&lock(json!({ "b": "1" })), &lock(json!({}))), ["a 1.0.0: b"]);
    assert_eq!(edited(&lock(json!({ "b": "1" })), &lock(json!({ "b": "2" }))), [""; 0]);
}

fn crates(edges: &str, checksum: &str, version: &str) -> Lockfile {
    read(
        "cargo",
        &format!(
            "version = 3\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n]\n\n\
             [[package]]\nname = \"a\"\nversion = \"{version}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
             checksum = \"{checksum}\"\ndependencies = [\n{edges}]\n\n\
             [[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
        ),
    )
}

#[test]
fn a_crate_is_told_by_its_checksum() {
    let (one, two) = ("12".repeat(32), "34".repeat(32));
    let base = crates(" \"b\",\n", &one, "1.0.0");
    let lost = differences(&base, &crates("", &one, "1.0.0")).unwrap();
    assert_eq!((lost.edited.len(), lost.mismatches.len()), (1, 0));
    assert_eq!(lost.edited[0].location.line, 11);
    for (after, is_one_archive) in [
        (crates(" \"b\",\n", &one, "1.0.1"), Some(true)),
        (crates(" \"b\",\n", &two, "1.0.0"), Some(false)),
        (crates(" \"b 1.0.0\",\n", &one, "1.0.0"), None),
    ] {
        let found = differences(&base, &after).unwrap();
        assert_eq!(found.edited, []);
        let kind = found
            .mismatches
            .first()
            .map(|mismatch| matches!(mismatch, Mismatch::OneArchive { .. }));
        assert_eq!(kind, is_one_archive);
    }
    // A placeholder is the checksum of nothing.
    let zeros = "0".repeat(64);
    let found = differences(&crates("", &zeros, "1.0.0"), &crates("", &zeros, "1.0.1"));
    assert_eq!(found, Some(Differences::default()));
}

#[test]
fn checksums_behind_the_packages_count_and_what_is_written_otherwise_is_not_told_apart() {
    let lock = |version: &str| {
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        read(
            "cargo",
            &format!(
                "[[package]]\nname = \"a\"\nversion = \"{version}\"\nsource = \"{source}\"\n\n\
                 [metadata]\n\"checksum a {version} ({source})\" = \"{}\"\n",
                "12".repeat(32)
            ),
        )
    };
    let found = differences(&lock("1.0.0"), &lock("1.0.1")).unwrap();
    assert_eq!(found.mismatches.len(), 1);
    let inline = read("cargo", "package = [{ name = \"a\", version = \"1.0.0\" }]\n");
    assert_eq!(differences(&lock("1.0.0"), &inline), None);
}
