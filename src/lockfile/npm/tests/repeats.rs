//! Keys that stand twice.

use super::{packages, parse, version_3};

#[test]
fn what_is_said_twice_and_alike_is_read() {
    let entry = r#"{"version": "1.0.0", "dependencies": {"b": "1"}}"#;
    let spaced = r#"{"dependencies":{"b":"1"},  "version":"1.0.\u0030"}"#;
    let b = r#", "node_modules/b": {"version": "2.0.0"}"#;
    for (first, second) in [
        (r#""node_modules/a""#, r#""node_modules/a""#),
        (r#""node_modules/a""#, r#""node_modules/a/""#),
        (r#""node_modules/a""#, r#""node_modules/b/../a""#),
        (r#""node_modules/a""#, r#""node_modules/\u0061""#),
    ] {
        for other in [entry, spaced] {
            let text = version_3("", &format!(",\n{first}: {entry},\n{second}: {other}{b}"));
            let lockfile = parse(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
            assert_eq!(packages(&lockfile)[1..], ["a 1.0.0", "b 2.0.0"], "{text}");
            assert_eq!(lockfile.location(1).line, 2);
            assert_eq!(lockfile.source.text, text, "the text stays as it is");
        }
    }
    for text in [
        r#"{"packages": {"node_modules/a": {"version": "1.0.0"}}, "packages": {"node_modules/a": {"version": "1.0.0"}}}"#,
        r#"{"packages": {"node_modules/a": {"version": "1.0.0", "version": "1.0.0"}}}"#,
        r#"{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0"}, "a": {"version": "1.0.0"}}}"#,
        r#"{"lockfileVersion": 1, "lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0"}}}"#,
    ] {
        let lockfile = parse(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert!(packages(&lockfile).contains(&"a 1.0.0".to_owned()), "{text}");
    }
}

#[test]
fn what_is_said_twice_and_otherwise_is_refused_with_both_lines() {
    for (text, message) in [
        (
            "{\"packages\": {\n\"node_modules/a\": {\"version\": \"1.0.0\"},\n\"node_modules/a\": {\"version\": \"1.0.1\"}}}",
            "`node_modules/a` is locked twice, and otherwise on line 2",
        ),
        (
            "{\"packages\": {\n\"node_modules/a\": {},\n\"node_modules//a\": {\"version\": \"1.0.1\"}}}",
            "`node_modules/a` is locked twice, and otherwise on line 2",
        ),
        (
            "{\"dependencies\": {\n\"a\": {\"version\": \"1.0.0\"},\n\"a\": {\"version\": \"1.0.1\"}}}",
            "`a` is locked twice, and otherwise on line 2",
        ),
        (
            "{\"packages\": {\"node_modules/a\": {\n\"version\": \"1.0.0\",\n\"version\": \"1.0.1\"}}}",
            "`version` is said twice, and otherwise on line 2",
        ),
        (
            "{\n\"packages\": {},\n\"packages\": {\"\": {}}}",
            "`packages` is said twice, and otherwise on line 2",
        ),
        (
            "{\"dependencies\": {\"a\": {\"dependencies\": {\n\"b\": {\"version\": \"1.0.0\"},\n\"b\": {}}}}}",
            "`b` is locked twice, and otherwise on line 2",
        ),
    ] {
        let error = parse(text).unwrap_err();
        let problem = error.problem();
        assert_eq!(problem.message, message, "{text}");
        assert_eq!(problem.line(), Some(3), "{text}");
        assert!(problem.help.is_some());
    }
}
