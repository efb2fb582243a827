//! Lockfiles with both sections, and checksums.

use super::{edges, packages, parse};

/// Both sections, in a file that says that it is of some version.
fn both(version: u32, flat: &str, nested: &str) -> String {
    format!(
        "{{\"name\": \"shop\", \"lockfileVersion\": {version}, \"packages\": {{\n\"\": {{\"dependencies\": {{\"a\": \"1\"}}}}{flat}}},\n\"dependencies\": {{{nested}}}}}"
    )
}

#[test]
fn what_the_sections_disagree_about_is_matched_in_both_readings_and_named() {
    let a = r#","node_modules/a": {"version": "2.0.0"}"#;
    for version in [1, 2, 3] {
        let text = both(version, a, r#""a": {"version": "1.0.0"}"#);
        let lockfile = parse(&text).unwrap();
        assert_eq!(packages(&lockfile)[1..], ["a 2.0.0", "a 1.0.0"], "version {version}");
        assert!(edges(&lockfile).contains("shop > a 1.0.0 Unknown"));
        assert_eq!(
            lockfile.remarks,
            ["shop/package-lock.json: npm 7 and later install `packages`, npm 6 installs \
              `dependencies`, and they disagree, so both were matched: in node_modules/a a 2.0.0 \
              (line 2) and a 1.0.0 (line 3)"]
        );
    }
    for (flat, nested, second) in [
        ("", r#""a": {"version": "1.0.0"}"#, "a 1.0.0"),
        (a, r#""a": {"version": "npm:b@2.0.0"}"#, "b 2.0.0"),
        (
            a,
            r#""a": {"version": "2.0.0", "resolved": "https://h.example/a/-/a-2.0.0.tgz"}"#,
            "a 2.0.0 other",
        ),
        (a, r#""a": {"version": "2.0.0", "dependencies": {"b": {"version": "1.0.0"}}}"#, "b 1.0.0"),
        (
            r#","node_modules/a": {"resolved": "lib", "link": true}, "lib": {}"#,
            r#""a": {"version": "1.0.0"}"#,
            "a 1.0.0",
        ),
    ] {
        let lockfile = parse(&both(2, flat, nested)).unwrap();
        assert_eq!(packages(&lockfile).last().unwrap(), second, "{nested}");
        assert_eq!(lockfile.remarks.len(), 1, "{nested}");
    }
}

#[test]
fn many_disagreements_are_counted() {
    let nested: Vec<String> =
        (0..50).map(|index| format!(r#""p{index}": {{"version": "1.0.0"}}"#)).collect();
    let lockfile = parse(&both(2, "", &nested.join(","))).unwrap();
    assert_eq!(lockfile.packages.len(), 51);
    assert!(lockfile.remarks[0].ends_with("; and 47 more"), "{}", lockfile.remarks[0]);
}

#[test]
fn sections_that_say_the_same_are_one_reading() {
    for (flat, nested) in [
        (
            r#","node_modules/a": {"name": "b", "version": "1.0.0"}"#,
            r#""a": {"version": "npm:b@1.0.0"}"#,
        ),
        (
            r#","node_modules/a": {"version": "1.0.0", "resolved": "git+ssh://git@github.com/o/a.git#0123"}"#,
            r#""a": {"version": "git+ssh://git@github.com/o/a.git#0123", "from": "a@o/a"}"#,
        ),
        (
            r#","node_modules/a": {"version": "1.0.0", "resolved": "https://h.example/a.tgz"}"#,
            r#""a": {"version": "https://h.example/a.tgz"}"#,
        ),
        (
            r#","node_modules/a": {"version": "1.0.0", "resolved": "file:a.tgz"}"#,
            r#""a": {"version": "file:a.tgz"}"#,
        ),
        (
            r#","node_modules/a": {"resolved": "packages/a", "link": true}, "packages/a": {"version": "1.0.0"},
               "packages/a/node_modules/b": {"version": "1.0.0"}"#,
            r#""a": {"version": "file:packages/a", "dependencies": {"b": {"version": "1.0.0"}}}"#,
        ),
        (
            r#","packages/a": {"name": "a"}, "packages/a/node_modules/b": {"version": "1.0.0"}"#,
            r#""packages/a": {"dependencies": {"b": {"version": "1.0.0"}}}"#,
        ),
        (
            r#","node_modules/a": {"version": "1.0.0"}, "node_modules/a/node_modules/b": {"version": "1.0.0", "inBundle": true}"#,
            r#""a": {"version": "1.0.0", "dependencies": {"b": {"version": "1.0.0", "bundled": true}}}"#,
        ),
    ] {
        let lockfile = parse(&both(2, flat, nested)).unwrap();
        assert!(lockfile.remarks.is_empty(), "{:?}", lockfile.remarks);
    }
}

/// npm 6 installs for production what `dependencies` does not mark.
#[test]
fn what_one_of_the_sections_does_not_mark_is_not_marked() {
    let flag = |flat: &str, nested: &str| {
        let flat = format!(r#","node_modules/a": {{"version": "1.0.0"{flat}}}"#);
        let lockfile = parse(&both(2, &flat, &format!(r#""a": {{"version": "1.0.0"{nested}}}"#)));
        let lockfile = lockfile.unwrap();
        assert_eq!(packages(&lockfile)[1..], ["a 1.0.0"]);
        lockfile.packages[1].development_flag
    };
    let (dev, not) = (r#", "dev": true"#, r#", "dev": false"#);
    assert_eq!(flag(dev, dev), Some(true));
    for (flat, nested) in [(dev, ""), (dev, not), ("", dev), ("", "")] {
        assert_eq!(flag(flat, nested), Some(false), "{flat} and {nested}");
    }
}

#[test]
fn one_checksum_behind_two_packages_is_a_contradiction() {
    let entry = |name: &str, version: &str, rest: &str| {
        format!(r#","node_modules/{name}": {{"version": "{version}", "integrity": "{rest}}}"#)
    };
    let whole = |text: String| {
        let [x, y] = ["x", "y"].map(|letter| letter.repeat(88));
        let text = text.replace("sha512-x", &format!("sha512-{x}"));
        text.replace("sha512-y", &format!("sha512-{y}"))
    };
    for (first, second, is_one) in [
        (entry("a", "1.0.0", "sha512-x\""), entry("b/node_modules/a", "1.0.1", "sha512-x\""), true),
        (entry("a", "1.0.0", "sha512-x\""), entry("b", "1.0.0", "sha1-y sha512-x\""), true),
        (entry("a", "1.0.0", "sha512-x\""), entry("b", "1.0.0", r#"sha1-y\tsha512-x""#), true),
        (entry("a", "1.0.0", "sha512-x?a=b\""), entry("b", "1.0.0", "sha512-x?c\""), true),
        (
            entry("a", "1.0.0", "sha512-x\""),
            entry("b/node_modules/a", "1.0.0", "sha512-x\""),
            false,
        ),
        (
            entry("a", "1.0.0", "sha512-x\""),
            entry("b", "1.0.0", "sha512-x\", \"name\": \"a\""),
            false,
        ),
        (entry("a", "1.0.0", "sha512-x\""), entry("b", "1.0.0", "sha512-y\""), false),
    ] {
        let text = format!(r#"{{"lockfileVersion": 3, "packages": {{"": {{}}{first}{second}}}}}"#);
        assert!(parse(&text).unwrap().contradictions.is_empty(), "no archive has such a checksum");
        let lockfile = parse(&whole(text)).unwrap();
        assert_eq!(lockfile.contradictions.len(), usize::from(is_one), "{second}");
    }
    let nested = r#"{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "integrity": "sha1-x"},
        "b": {"version": "1.0.0", "dependencies": {"a": {"version": "1.0.1", "integrity": "sha1-x"}}}}}"#;
    let nested = nested.replace("sha1-x", &format!("sha1-{}", "x".repeat(28)));
    let lockfile = parse(&nested).unwrap();
    let said = &lockfile.contradictions[0].message;
    assert!(
        said.ends_with(
            "a 1.0.0 has the checksum of a 1.0.1 (line 2), and one archive is one package"
        ),
        "{said}"
    );
}

#[test]
fn a_package_with_the_address_of_another_is_matched_under_both_names() {
    let lock = |rest: &str| {
        let text = format!(
            r#"{{"lockfileVersion": 3, "packages": {{"": {{"dependencies": {{"a": "1"}}}},
            "node_modules/a": {{"version": "1.0.0", {rest}}}}}}}"#
        );
        parse(&text).unwrap()
    };
    let names = |lockfile: &crate::lockfile::Lockfile| -> Vec<String> {
        let packages = lockfile.packages.iter().skip(1);
        packages.map(|package| package.id.to_string()).collect()
    };
    for address in [
        "https://npm.example/@s/a/-/a-1.0.0.tgz",
        "https://npm.example/b/-/b-1.0.0.tgz",
        "https://npm.example\\\\@h.example/b/-/b-1.0.0.tgz",
    ] {
        let lockfile = lock(&format!("\"resolved\": \"{address}\""));
        let found = names(&lockfile);
        assert_eq!(found.len(), 2, "{address}: {found:?}");
        assert_ne!(found[0], "a 1.0.0", "{address}");
        assert_eq!(found[1], "a 1.0.0");
        assert!(lockfile.edges.iter().any(|edge| edge.to == 2), "{address}");
        assert!(lockfile.remarks[0].contains("`a` has the address of"), "{:?}", lockfile.remarks);
    }
    for fitting in [
        r#""resolved": "https://npm.example/a/-/a-1.0.0.tgz""#,
        r#""name": "b", "resolved": "https://npm.example/b/-/b-1.0.0.tgz""#,
    ] {
        let lockfile = lock(fitting);
        assert_eq!(names(&lockfile).len(), 1, "{fitting}");
        assert!(lockfile.remarks.is_empty());
    }
}
