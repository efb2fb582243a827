//! What stands for a package and would be read as a request for another one.

use super::{packages, parse, version_3};

fn refusal(text: &str) -> String {
    match parse(text) {
        Ok(lockfile) => panic!("{text} is read: {:?}", packages(&lockfile)),
        Err(error) => {
            assert!(error.problem().help.is_some(), "{text}");
            assert_eq!(error.problem().line(), Some(2), "{text}");
            error.problem().message.clone()
        }
    }
}

#[test]
fn a_name_that_is_none_is_refused() {
    for name in [
        "a@npm:b@1.0.0",
        "npm:b",
        "b@1.0.0",
        "github:o/r",
        "o/r",
        "../b",
        "https://h.example/b.tgz",
        "@s",
        "@s/b/c",
        "b c",
        ".b",
        "node_modules",
    ] {
        let entry =
            format!(",\n\"node_modules/a\": {{\"name\": \"{name}\", \"version\": \"1.0.0\"}}");
        assert_eq!(refusal(&version_3("", &entry)), format!("`{name}` is no name of a package"));
        let nested = format!(
            "{{\"lockfileVersion\": 1, \"dependencies\": {{\n\"{name}\": {{\"version\": \"1.0.0\"}}}}}}"
        );
        assert_eq!(refusal(&nested), format!("`{name}` is no name of a package"));
    }
}

#[test]
fn names_of_former_times_are_names() {
    for name in ["JSONStream", "@Scope/Name", "a~b", "-", "http"] {
        let entries = format!(
            r#", "node_modules/{name}": {{"version": "1.0.0"}}, "node_modules/x": {{"name": "{name}", "version": "1.0.1"}}"#
        );
        let lockfile = parse(&version_3("", &entries)).unwrap();
        assert_eq!(packages(&lockfile)[1..], [format!("{name} 1.0.0"), format!("{name} 1.0.1")]);
    }
}

#[test]
fn a_key_leads_where_npm_takes_it_to() {
    for (key, package) in [
        ("node_modules/b/../a", "a 1.0.0"),
        ("node_modules/x/../../node_modules/a", "a 1.0.0"),
        ("./node_modules/@s/a", "@s/a 1.0.0"),
        ("node_modules/b/lib/a", "a 1.0.0 local"),
        ("node_modules/@s/b/lib/@t/a", "a 1.0.0 local"),
        ("vendor/a", "a 1.0.0 local"),
        ("node_modules/../vendor/a", "a 1.0.0 local"),
    ] {
        let lockfile =
            parse(&version_3("", &format!(r#", "{key}": {{"version": "1.0.0"}}"#))).unwrap();
        assert_eq!(packages(&lockfile)[1], package, "{key}");
    }
    for key in [
        r"node_modules\\a",
        "/node_modules/a",
        r"packages\\a",
        "node_modules/@s",
        "node_modules/a b",
        "node_modules/a@1.0.0",
        "node_modules/node_modules",
    ] {
        refusal(&version_3("", &format!(",\n\"{key}\": {{\"version\": \"1.0.0\"}}")));
    }
}

#[test]
fn a_part_of_a_package_that_is_fetched_on_its_own_is_matched() {
    let text = version_3(
        "",
        r#", "node_modules/b/lib/a": {"version": "1.0.0", "resolved": "https://h.example/a/-/a-1.0.0.tgz"}"#,
    );
    assert_eq!(packages(&parse(&text).unwrap())[1], "a 1.0.0 other");
}

/// Addresses that npm writes in either version.
const ADDRESSES: &[&str] = &[
    "https://h.example/a/-/a-1.0.0.tgz",
    "HTTP://h.example/a.tgz",
    "file:a-1.0.0.tgz",
    "file:../a",
    "git+ssh://git@github.com/o/a.git#0123",
    "git+https://h.example/a.git#v1",
    "git://h.example/a#1",
    "git+file:///srv/a.git#0123",
    "ssh://git@h.example/a.git",
    "git@github.com:o/a.git#0123",
];

/// What npm would read as a request.
const REQUESTS: &[&str] = &[
    "npm:b@1.0.0",
    "npm:b",
    "github:o/r",
    "gist:0123",
    "o/r",
    "o/r#main",
    "../b",
    "./b.tgz",
    "/srv/b.tgz",
    "b@npm:c@1",
    "@s/b@1.0.0",
    "C:/b.tgz",
    "link:../b",
    "workspace:*",
    "file:",
    "data:x",
];

#[test]
fn an_address_that_is_none_is_refused() {
    for address in ADDRESSES {
        let entry = format!(r#""a": {{"version": "1.0.0", "resolved": "{address}"}}"#);
        let flat = version_3("", &format!(", \"node_modules/{}", &entry[1..]));
        let nested = format!("{{\"lockfileVersion\": 1, \"dependencies\": {{{entry}}}}}");
        assert!(parse(&flat).is_ok(), "{address}");
        assert!(parse(&nested).is_ok(), "{address}");
    }
    let ranges = &["^1.0.0", "1.0.0", "latest", "*", "b@1.0.0"];
    for address in REQUESTS.iter().chain(ranges) {
        let entry = format!("\"version\": \"1.0.0\", \"resolved\": \"{address}\"");
        let flat = version_3("", &format!(",\n\"node_modules/a\": {{{entry}}}"));
        let nested =
            format!("{{\"lockfileVersion\": 1, \"dependencies\": {{\n\"a\": {{{entry}}}}}}}");
        for text in [flat, nested] {
            assert_eq!(refusal(&text), format!("`{address}` is no address of a package"));
        }
    }
}

#[test]
fn a_version_of_version_1_that_is_a_request_is_refused() {
    let commit = "0123456789012345678901234567890123456789";
    let locked =
        [format!("github:o/r#{commit}"), format!("o/r#{commit}"), "npm:b@1.0.0".to_owned()];
    let addresses = ADDRESSES.iter().map(|address| (*address).to_owned());
    for version in locked.into_iter().chain(addresses) {
        let text = format!(
            r#"{{"lockfileVersion": 1, "dependencies": {{"a": {{"version": "{version}"}}}}}}"#
        );
        assert!(parse(&text).is_ok(), "{version}");
    }
    let requests = REQUESTS.iter().filter(|request| !request.starts_with("npm:b"));
    let aliases = ["npm:b@github:o/r", "npm:b@https://h.example/b.tgz", "npm:b c@1", "npm:@1.0.0"];
    for version in requests.copied().chain(aliases) {
        let text = format!(
            "{{\"lockfileVersion\": 1, \"dependencies\": {{\n\"a\": {{\"version\": \"{version}\"}}}}}}"
        );
        let message = format!("`{version}` is no version and no address of a package");
        assert_eq!(refusal(&text), message);
    }
}

#[test]
fn odd_values_of_old_versions_of_npm_are_no_requests() {
    for resolved in ["true", "false", "null", "\"\"", "\" \""] {
        let text = format!(
            r#"{{"lockfileVersion": 1, "dependencies": {{"a": {{"version": "1.0.0", "resolved": {resolved}}}}}}}"#
        );
        assert_eq!(packages(&parse(&text).unwrap())[1], "a 1.0.0", "{resolved}");
    }
}
