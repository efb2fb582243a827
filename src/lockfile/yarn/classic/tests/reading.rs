//! Which packages an entry of Yarn 1 stands for, and who needs them.

use std::sync::Arc;

use npmrc_config_rs::registry::DEFAULT_REGISTRY;

use super::super::YarnClassic;
use crate::lockfile::sample::Files;
use crate::lockfile::yarn::sample::{edges, missing, packages, read};
use crate::lockfile::{LockfileError, LockfileFormat};
use crate::problem::{GapCode, SourceText};

/// An entry with the address of a registry's archive.
fn entry(key: &str, version: &str, more: &str) -> String {
    let name = key.split(&[',', '@'][..]).next().unwrap();
    format!(
        "{key}:\n  version \"{version}\"\n  resolved \
         \"{DEFAULT_REGISTRY}{name}/-/{name}-{version}.tgz#0123\"\n{more}\n"
    )
}

#[test]
fn a_package_is_what_its_address_serves() {
    let registry = DEFAULT_REGISTRY;
    for (key, fields, expected) in [
        ("a@^1", format!("resolved \"{registry}a/-/a-1.0.0.tgz#12\""), "a 1.0.0"),
        ("\"@s/a@^1\"", format!("resolved \"{registry}@s%2fa/-/a-1.0.0.tgz#12\""), "@s/a 1.0.0"),
        // What is forced to be an alias puts other names into the group.
        (
            "\"a@^1 || ^2\", \"a@npm:b@latest\"",
            format!("resolved \"{registry}b/-/b-1.0.0.tgz\""),
            "b 1.0.0",
        ),
        ("\"a@npm:@s/b\"", "uid 1".to_owned(), "@s/b 1.0.0"),
        ("a@1, \"a@npm:b@1\"", "uid 1".to_owned(), "b 1.0.0"),
        // One that a registry is asked for, and something else that is installed in its place.
        (
            "a@^1, a@owner/a#12",
            "resolved \"https://codeload.github.com/owner/a/tar.gz/12\"".to_owned(),
            "a 1.0.0 (git)",
        ),
        ("a@^1", "resolved \"https://github.com/owner/a.git#12\"".to_owned(), "a 1.0.0 (git)"),
        ("a@^1", "resolved \"git+ssh://git@example.com/a.git#12\"".to_owned(), "a 1.0.0 (git)"),
        ("a@^1, \"a@file:C:\\\\p\"", "resolved \"file:p\"".to_owned(), "a 1.0.0 (local)"),
        ("\"a@link:../a\"", "uid \"\"".to_owned(), "a 1.0.0 (local)"),
        (
            "\"a@https://example.com/a\"",
            "resolved \"https://example.com/a#12\"".to_owned(),
            "a 1.0.0 (archive)",
        ),
        (
            "a@^1",
            "resolved \"https://npm.example.com/a/-/a-1.0.0.tgz#12\"".to_owned(),
            "a 1.0.0 (other registry)",
        ),
        (
            "a@^1",
            "resolved \"https://npm.example.com/download/a/12#12\"".to_owned(),
            "a 1.0.0 (other registry)",
        ),
        // The archive lies in a folder for offline use.
        ("a@^1", "resolved a-1.0.0.tgz#12".to_owned(), "a 1.0.0"),
        ("a", "name b".to_owned(), "b 1.0.0"),
        ("\"a@workspace:*\"", format!("resolved \"{registry}a/-/a-1.0.0.tgz\""), "a 1.0.0"),
    ] {
        let text = format!("{key}:\n  version \"1.0.0\"\n  {fields}\n");
        let (lockfile, _) = read(&YarnClassic, &text, &[]);
        assert_eq!(packages(&lockfile), [expected], "{key} {fields}");
    }
}

#[test]
fn the_manifests_say_who_needs_what() {
    let text = entry("a@^1, a@^1.0.0", "1.0.0", "  dependencies:\n    b \"^2\"\n")
        + &entry("b@^2", "2.0.0", "  optionalDependencies:\n    c latest\n")
        + &entry("c@latest", "3.0.0", "")
        + &entry("d@*", "4.0.0", "")
        + &entry("orphan@1", "1.0.0", "  dependencies:\n    d \"*\"\n");
    let files = [
        (
            "package.json",
            r#"{"workspaces": {"packages": ["packages/*"]}, "dependencies": {"a": "^1"}, "peerDependencies": {"b": "^2"}}"#,
        ),
        ("packages/m", ""),
        (
            "packages/m/package.json",
            r#"{"name": "m", "version": "1.2.0", "devDependencies": {"d": "*"}}"#,
        ),
    ];
    let (lockfile, gaps) = read(&YarnClassic, &text, &files);
    assert_eq!(gaps, []);
    let expected = [
        "[] -> a 1.0.0 Normal",
        "[] -> orphan 1.0.0 Unknown",
        "[packages/m] -> d 4.0.0 Development",
        "a 1.0.0 -> b 2.0.0 Normal",
        "b 2.0.0 -> c 3.0.0 Optional",
        "orphan 1.0.0 -> d 4.0.0 Normal",
    ];
    assert_eq!(edges(&lockfile), expected);
    let lines: Vec<String> =
        lockfile.declarations.iter().map(|it| it.location.to_string()).collect();
    assert_eq!(lines, ["package.json:1", "packages/m/package.json:1"]);
}

#[test]
fn without_manifests_everything_is_needed_in_an_unknown_way() {
    let text = entry("a@1", "1.0.0", "  dependencies:\n    b \"2\"\n")
        + &entry("b@2", "2.0.0", "")
        + &entry("c@1", "1.0.0", "  dependencies:\n    d \"1\"\n")
        + &entry("d@1", "1.0.0", "  dependencies:\n    c \"1\"\n");
    let source = Arc::new(SourceText::new("yarn.lock", text));
    let expected = [
        "[] -> a 1.0.0 Unknown",
        "[] -> c 1.0.0 Unknown",
        "a 1.0.0 -> b 2.0.0 Normal",
        "c 1.0.0 -> d 1.0.0 Normal",
        "d 1.0.0 -> c 1.0.0 Normal",
    ];
    assert_eq!(edges(&YarnClassic.parse(&source).unwrap()), expected);
}

#[test]
fn what_is_asked_for_is_looked_up_as_yarn_does() {
    let text = entry("a@^1", "1.0.0", "")
        + &entry("a@^1, a@1.5.0", "1.5.0", "")
        + &entry("bare, bare@2", "2.0.0", "")
        + &entry("forced@3.0.0", "3.0.0", "");
    let files = [
        (
            "package.json",
            r#"{"workspaces": ["m"], "resolutions": {"**/forced": "3.0.0"}, "dependencies":
                {"a": "^1", "bare": "*", "forced": "^1", "m": "^1.0.0"}}"#,
        ),
        ("m", ""),
        ("m/package.json", r#"{"name": "m", "version": "1.2.0"}"#),
    ];
    let (lockfile, gaps) = read(&YarnClassic, &text, &files);
    assert_eq!(gaps, []);
    let expected = [
        "[] -> [m] Normal",
        // Nobody asks for the first of two entries for one descriptor. It is matched all the same.
        "[] -> a 1.0.0 Unknown",
        "[] -> a 1.5.0 Normal",
        "[] -> bare 2.0.0 Normal",
        "[] -> forced 3.0.0 Normal",
    ];
    assert_eq!(edges(&lockfile), expected);
}

#[test]
fn what_has_no_entry_is_missing() {
    let text = entry("a@1", "1.0.0", "  dependencies:\n    b \"2\"\n    c \"1\"\n")
        + &entry("c@1", "1.0.0", "");
    let (lockfile, gaps) = read(
        &YarnClassic,
        &text,
        &[(
            "package.json",
            r#"{"dependencies": {"a": "1", "c": "1"}, "devDependencies": {"c": "2"}, "optionalDependencies": {"e": "1"}}"#,
        )],
    );
    assert_eq!(missing(&lockfile), ["b"]);
    let gaps: Vec<&str> = gaps.iter().map(|gap| gap.message.as_str()).collect();
    assert_eq!(
        gaps,
        [
            "package.json:1: `e` is asked for as `1`, and yarn.lock locks nothing for that, so that yarn \
          would install something else"
        ]
    );
}

#[test]
fn an_order_that_the_lockfile_does_not_know_is_a_gap() {
    let text = entry("a@^1, a@1.5.0", "1.5.0", "");
    for (pattern, reference, is_known) in [
        ("a", "1.5.0", true),
        ("**/a", "1.5.0", true),
        ("a", "1.6.0", false),
        ("**/a", "1.6.0", false),
        // It may be about nothing that is locked.
        ("b", "1.0.0", true),
        ("b/a", "1.6.0", true),
    ] {
        let manifest = format!(
            r#"{{"dependencies": {{"a": "^1"}}, "resolutions": {{"{pattern}": "{reference}"}}}}"#
        );
        let (_, gaps) = read(&YarnClassic, &text, &[("package.json", &manifest)]);
        assert_eq!(gaps.is_empty(), is_known, "{pattern} {reference}: {gaps:?}");
    }
}

#[test]
fn what_leaves_open_what_is_installed_is_a_gap() {
    let (_, gaps) = read(&YarnClassic, "# yarn lockfile v1\n", &[]);
    assert_eq!(gaps[0].code, GapCode::NothingToCheck);
    let (_, gaps) = read(&YarnClassic, "# yarn lockfile v1\n", &[("package.json", "{}")]);
    assert_eq!(gaps, []);
    let not_pinned = "a@^1:\n  version \"1.0.0\"\n\nb@^1:\n  version \"1.0.0\"\n";
    let (_, gaps) =
        read(&YarnClassic, not_pinned, &[("package.json", r#"{"dependencies": {"a": "^1"}}"#)]);
    assert_eq!(
        gaps[0].message,
        "yarn.lock:1: no `resolved` stands behind a 1.0.0, and for 1 more, so that Yarn 1 does not \
         keep to the version"
    );
}

#[test]
fn what_is_no_lockfile_is_refused_with_its_line_and_a_help() {
    for (text, message) in [
        ("", "the lockfile is empty"),
        (
            "bogus yarn.lock",
            ":1: not a yarn.lock: a line that is not indented is no key of an entry",
        ),
        (
            "a@1:\n  version \"1\"\n<<<<<<< HEAD\n",
            ":3: the lockfile holds an unresolved merge conflict",
        ),
        (
            "# yarn lockfile v2\n",
            ":1: version 2 of Yarn 1's lockfile is not known to this lockgate",
        ),
        ("\"a\\u0007@1\":\n  version \"1\"\n", ":1: a package name holds control characters"),
    ] {
        let source = Arc::new(SourceText::new("yarn.lock", text));
        let error = YarnClassic.read(&source, &Files(&[])).unwrap_err();
        assert!(error.to_string().ends_with(message), "{error}");
        assert!(error.problem().help.is_some(), "{error}");
        assert_eq!(matches!(error, LockfileError::Empty { .. }), text.is_empty());
    }
}

#[test]
fn the_line_of_a_package_ends_with_its_version() {
    let long: Vec<String> = (0..60).map(|number| format!("a@>={number}.0.0")).collect();
    for key in ["a@^1, a@1.0.0".to_owned(), long.join(", ")] {
        let text = format!("# yarn lockfile v1\n\n\n{}", entry(&key, "1.0.0", ""));
        let (lockfile, _) = read(&YarnClassic, &text, &[]);
        let package = &lockfile.packages[1];
        let shown = &text[package.span.clone()];
        assert!(shown.starts_with("a@") && shown.ends_with("\"1.0.0\""), "{shown}");
        assert_eq!(lockfile.location(1).line, 4);
    }
}

#[test]
fn every_dependent_says_what_it_asks_for() {
    let text = entry("a@^1", "1.0.0", "  dependencies:\n    c \"^3\"\n")
        + &entry("b@^2", "2.0.0", "  dependencies:\n    c \"^3.1\"\n")
        + &entry("c@^3, c@^3.1", "3.2.0", "");
    let ask = |manifest: &str| {
        let files = [("package.json", manifest)];
        let (lockfile, _) = read(&YarnClassic, &text, &files);
        let package = lockfile.packages.iter().position(|it| it.id.name == "c").unwrap();
        let dependents = YarnClassic.dependents(&lockfile, &[package], &Files(&files));
        let shown = dependents.requirements.iter().map(|it| {
            let versions = it.versions.as_deref().unwrap_or_default();
            format!("{} {} {versions} {}", it.location, it.table, it.is_override)
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(
        ask(r#"{"dependencies": {"a": "^1", "b": "^2"}, "devDependencies": {"c": "^3"}}"#),
        [
            "package.json:1 devDependencies ^3 false",
            "yarn.lock:5 dependencies ^3 false",
            "yarn.lock:11 dependencies ^3.1 false",
        ]
    );
    assert_eq!(
        ask(
            "{\"dependencies\": {\"a\": \"^1\", \"b\": \"^2\"},\n\"resolutions\": {\"c\": \"3.2.0\"}}"
        ),
        ["package.json:2 resolutions 3.2.0 true"]
    );
}

/// Seen with Yarn 1.22.22.
#[test]
fn of_one_name_in_several_tables_the_one_counts_that_yarn_1_takes() {
    let text = entry("a@1", "1.0.0", "");
    for (tables, fits) in [
        (r#""dependencies": {"a": "1"}, "devDependencies": {"a": "0"}"#, true),
        (r#""dependencies": {"a": "0"}, "devDependencies": {"a": "1"}"#, false),
        (r#""dependencies": {"a": "0"}, "optionalDependencies": {"a": "1"}"#, true),
        (r#""dependencies": {"a": "1"}, "optionalDependencies": {"a": "0"}"#, false),
    ] {
        let manifest = format!("{{{tables}}}");
        let (_, gaps) = read(&YarnClassic, &text, &[("package.json", &manifest)]);
        assert_eq!(gaps.is_empty(), fits, "{tables} {gaps:?}");
    }
}
