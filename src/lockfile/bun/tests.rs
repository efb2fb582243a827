use std::collections::BTreeSet;

use super::*;
use crate::lockfile::MissingReason;
use crate::lockfile::sample::Files;
use crate::source::PackageSource;

mod damage;
mod manifests;
mod trees;

pub(super) fn source(text: &str) -> Arc<SourceText> {
    Arc::new(SourceText::new("shop/bun.lock", text))
}

pub(super) fn parse(text: &str) -> Result<Lockfile, LockfileError> {
    BunLock.parse(&source(text))
}

/// A lockfile with these tables of the root project, and these entries.
pub(super) fn lockfile(project: &str, entries: &str) -> String {
    format!(
        "{{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {{\n    \"\": {{\n      \"name\": \"shop\",\n      \
         {project}\n    }},\n  }},\n  \"packages\": {{\n    {entries}\n  }}\n}}\n"
    )
}

/// `name version`, with a word for the source where it is not the public registry.
fn packages(lockfile: &Lockfile) -> Vec<String> {
    let packages = lockfile.packages.iter();
    let shown = packages.map(|package| {
        let source = match &package.source {
            PackageSource::PublicRegistry => "",
            PackageSource::OtherRegistry(_) | PackageSource::NamedRegistry { .. } => " other",
            PackageSource::Git(_) => " git",
            PackageSource::Local => " local",
            PackageSource::Archive(_) => " archive",
            PackageSource::Elsewhere(_) => " elsewhere",
        };
        format!("{}{source}", package.id)
    });
    shown.collect()
}

/// `from > to kind`.
fn edges(lockfile: &Lockfile) -> BTreeSet<String> {
    let edges = lockfile.edges.iter();
    let shown = edges.map(|edge| {
        let id = |index: usize| lockfile.packages[index].id.to_string();
        format!("{} > {} {:?}", id(edge.from), id(edge.to), edge.kind)
    });
    shown.collect()
}

/// What is missing: `from > name`, with why where that is not simply a gap in the lockfile.
fn missing(lockfile: &Lockfile) -> BTreeSet<String> {
    let missing = lockfile.missing.iter();
    let shown = missing.map(|missing| {
        let reason = match &missing.reason {
            MissingReason::NotLocked => String::new(),
            other => format!(" {other:?}"),
        };
        format!("{} > {}{reason}", lockfile.packages[missing.from].id, missing.name)
    });
    shown.collect()
}

fn set<const N: usize>(words: [&str; N]) -> BTreeSet<String> {
    words.map(str::to_owned).into()
}

#[test]
fn every_kind_of_entry_is_told_by_its_first_element() {
    let text = lockfile(
        r#""dependencies": {"a": "1"}"#,
        r#""a": ["a@1.2.3", "", {}, "sha512-a"],
           "alias": ["@real/name@1.0.0", "", {}],
           "old": ["old@2.0.0", "https://npm.example.com/old/-/old-2.0.0.tgz", {}, "sha512-b"],
           "hub": ["hub@github:o/r#1234567", {}, "o-r-1234567"],
           "hub2": ["hub2@github:o/r#1234567", "", {}, "sha512-c"],
           "git": ["git@git+ssh://git@h.example/r.git#0123456789", {}, "0123456789"],
           "web": ["web@https://h.example/web.tgz", {}, "sha512-d"],
           "tar": ["tar@./tar-1.0.0.tgz", {}],
           "dir": ["dir@file:../dir", {"devDependencies": {"a": "1"}}],
           "self": ["shop@root:", {}]"#,
    );
    let read = parse(&text).unwrap();
    assert_eq!(
        packages(&read),
        [
            "shop local",
            "a 1.2.3",
            "@real/name 1.0.0",
            "old 2.0.0 other",
            "hub github:o/r#1234567 git",
            "hub2 github:o/r#1234567 git",
            "git git+ssh://git@h.example/r.git#0123456789 git",
            "web https://h.example/web.tgz archive",
            "tar ./tar-1.0.0.tgz local",
            "dir file:../dir local",
        ]
    );
    assert!(read.missing.is_empty());
    assert_eq!(read.roots, [0]);
    assert_eq!(
        edges(&read),
        set(["shop > a 1.2.3 Normal", "dir file:../dir > a 1.2.3 Development"])
    );
}

/// A registry serves a package under an address of its layout, whoever wrote that down.
#[test]
fn an_address_of_the_public_registry_tells_name_and_version() {
    let registry = npmrc_config_rs::registry::DEFAULT_REGISTRY;
    let text = lockfile("", &format!(r#""a": ["a@{registry}lodash/-/lodash-4.17.20.tgz", {{}}]"#));
    let read = parse(&text).unwrap();
    assert_eq!(packages(&read)[1], "lodash 4.17.20");
}

#[test]
fn kinds_of_dependencies_are_told_apart_and_optional_peers_are_peers() {
    let text = lockfile(
        r#""dependencies": {"a": "1"}, "devDependencies": {"d": "1"}, "optionalDependencies": {"o": "1", "gone": "1"},
           "peerDependencies": {"p": "1", "q": "1", "lost": "1"}, "optionalPeers": ["q"]"#,
        r#""a": ["a@1.0.0", "", {"peerDependencies": {"d": "1", "q": "1"}, "optionalPeers": ["d"]}, ""],
           "d": ["d@1.0.0", "", {}, ""],
           "o": ["o@1.0.0", "", {}, ""],
           "p": ["p@1.0.0", "", {}, ""],
           "q": ["q@1.0.0", "", {}, ""]"#,
    );
    let read = parse(&text).unwrap();
    assert_eq!(
        edges(&read),
        set([
            "shop > a 1.0.0 Normal",
            "shop > d 1.0.0 Development",
            "shop > o 1.0.0 Optional",
            "shop > p 1.0.0 Peer",
            "shop > q 1.0.0 Peer",
            "a 1.0.0 > d 1.0.0 Peer",
            "a 1.0.0 > q 1.0.0 Peer",
        ])
    );
    assert!(read.missing.is_empty(), "optional dependencies and peers may be left out");
}

/// In an isolated installation Bun puts the newest copy that fits beside a package.
#[test]
fn a_peer_may_be_another_copy_than_the_nearest() {
    for (wish, expected) in [
        (">=1", &["p 1.0.0", "p 3.0.0"][..]),
        ("^1", &["p 1.0.0"]),
        ("^2", &["p 1.0.0", "p 2.0.0"]),
        ("^9", &["p 1.0.0", "p 3.0.0"]),
        ("*", &["p 1.0.0"]),
        ("npm:q@1", &["p 1.0.0", "q 1.0.0"]),
    ] {
        let text = lockfile(
            "",
            &format!(
                r#""a": ["a@1.0.0", "", {{"peerDependencies": {{"p": "{wish}"}}}}, ""],
                   "p": ["p@1.0.0", "", {{}}, ""],
                   "q": ["q@1.0.0", "", {{}}, ""],
                   "d": ["d@1.0.0", "", {{}}, ""],
                   "d/p": ["p@2.0.0", "", {{}}, ""],
                   "q/p": ["p@3.0.0", "", {{}}, ""]"#
            ),
        );
        let expected = expected.iter().map(|to| format!("a 1.0.0 > {to} Peer")).collect();
        assert_eq!(edges(&parse(&text).unwrap()), expected, "{wish}");
    }
}

#[test]
fn what_is_needed_and_not_locked_is_missing() {
    let text = lockfile(
        r#""dependencies": {"a": "1", "b": "1"}, "devDependencies": {"d": "1"}"#,
        r#""a": ["a@1.0.0", "", {"dependencies": {"c": "1"}}, ""],
           "f": ["f@file:f", {"dependencies": {"c": "1"}, "devDependencies": {"d": "1"}}]"#,
    );
    let expected = ["shop > b", "shop > d", "a 1.0.0 > c", "f file:f > c"];
    assert_eq!(missing(&parse(&text).unwrap()), set(expected));
}

/// The root is called like one of its packages, and that package has a copy of its own of another one.
#[test]
fn projects_look_from_their_names_and_the_root_from_the_top() {
    let text = r#"{
        "lockfileVersion": 1,
        "workspaces": {
            "": {"name": "shop", "dependencies": {"x": "1", "shop": "1"}},
            "packages/till": {"name": "@s/till", "version": "3.0.0", "dependencies": {"x": "2", "y": "1"}},
            "packages/lone": {"name": "lone", "dependencies": {"@s/till": "workspace:*"}},
        },
        "packages": {
            "@s/till": ["@s/till@workspace:packages/till"],
            "x": ["x@1.0.0", "", {}, ""],
            "y": ["y@1.0.0", "", {}, ""],
            "shop": ["shop@1.0.0", "", {"dependencies": {"x": "3"}}, ""],
            "@s/till/x": ["x@2.0.0", "", {}, ""],
            "shop/x": ["x@3.0.0", "", {}, ""],
        }
    }"#;
    let read = parse(text).unwrap();
    assert_eq!(
        edges(&read),
        set([
            "shop > x 1.0.0 Normal",
            "shop > shop 1.0.0 Normal",
            "shop 1.0.0 > x 3.0.0 Normal",
            "@s/till 3.0.0 > x 2.0.0 Normal",
            "@s/till 3.0.0 > y 1.0.0 Normal",
            "lone > @s/till 3.0.0 Normal",
        ])
    );
    let folders: Vec<Option<&str>> =
        read.roots.iter().map(|root| read.packages[*root].folder.as_deref()).collect();
    assert_eq!(folders, [Some(""), Some("packages/till"), Some("packages/lone")]);
}

/// Version 0 lists what a project needs a second time in its entry.
#[test]
fn an_entry_of_a_project_may_say_what_it_needs() {
    let text = r#"{
        "lockfileVersion": 0,
        "workspaces": {"": {}, "a": {"name": "a"}},
        "packages": {"a": ["a@workspace:a", {"devDependencies": {"b": "1"}}], "b": ["b@1.0.0", "", {}, ""]}
    }"#;
    assert_eq!(edges(&parse(text).unwrap()), set(["a > b 1.0.0 Development"]));
}

#[test]
fn what_lies_in_an_archive_is_not_known_by_its_version() {
    let text = lockfile(
        r#""dependencies": {"cli": "1", "c": "1"}"#,
        r#""cli": ["cli@1.0.0", "", {"dependencies": {"a": "1", "b": "1"}}, ""],
           "b": ["b@1.0.0", "", {}, ""],
           "c": ["c@1.0.0", "", {}, ""],
           "cli/a": ["real@1.0.0", "", {"dependencies": {"c": "1"}, "bundled": true}, ""]"#,
    );
    let read = parse(&text).unwrap();
    assert_eq!(packages(&read)[4], "real 1.0.0");
    let expected = [
        "cli 1.0.0 > real Bundled(Some(\"real\"))",
        // Whatever needs it is in the archive, and so may be a copy of its own.
        "cli 1.0.0 > c Bundled(Some(\"c\"))",
    ];
    assert_eq!(missing(&read), set(expected));
}

#[test]
fn a_link_leads_to_what_something_else_installs() {
    let read = parse(&lockfile("", r#""a": ["a@link:a", {}]"#)).unwrap();
    assert_eq!(missing(&read), set(["a link:a > a Outside(\"node_modules/a\")"]));
}

#[test]
fn limits_are_those_that_bun_has_words_for() {
    for (info, systems, processors) in [
        (r#"{"os": "linux", "cpu": ["x64", "arm64"]}"#, &["linux"][..], &["x64", "arm64"][..]),
        (r#"{"os": "!win32"}"#, &["!win32"], &[]),
        (r#"{"os": "none", "cpu": "x64"}"#, &[], &["x64"]),
        (r#"{"os": "none", "cpu": ["none"]}"#, &[], &[]),
        ("{}", &[], &[]),
    ] {
        let read = parse(&lockfile("", &format!(r#""a": ["a@1.0.0", "", {info}, ""]"#))).unwrap();
        let limits = read.packages[1].limits.as_deref().cloned().unwrap_or_default();
        assert_eq!(limits.systems, systems, "{info}");
        assert_eq!(limits.processors, processors, "{info}");
    }
}

#[test]
fn of_two_entries_with_one_key_both_count() {
    let text = |second: &str| {
        let entries = format!(r#""a": ["a@1.0.0", "", {{}}, ""], "a": ["{second}", "", {{}}, ""]"#);
        parse(&lockfile(r#""dependencies": {"a": "1"}"#, &entries)).unwrap()
    };
    let same = text("a@1.0.0");
    assert!(same.contradictions.is_empty());
    let different = text("a@2.0.0");
    assert_eq!(edges(&different), set(["shop > a 1.0.0 Normal", "shop > a 2.0.0 Normal"]));
    assert_eq!(different.contradictions.len(), 1);
    insta::assert_snapshot!(different.contradictions[0].message, @"shop/bun.lock:10: `a` is locked as a 1.0.0 and, on line 10, as a 2.0.0");
}

#[test]
fn what_bun_never_writes_is_refused_with_its_line() {
    let project = |workspaces: &str| {
        format!("{{\"lockfileVersion\": 1,\n\"workspaces\": {{{workspaces}}}, \"packages\": {{}}}}")
    };
    for (text, line, message) in [
        (
            lockfile("", r#""a": ["a@latest", "", {}, ""]"#),
            10,
            "`a@latest` is of no kind that is known",
        ),
        (
            lockfile("", r#""a@1.0.0": ["a@1.0.0", "", {}, ""]"#),
            10,
            "nothing is installed in `a@1.0.0`",
        ),
        (lockfile("", r#""b/a": ["a@1.0.0", "", {}, ""]"#), 10, "nothing is installed in `b/a`"),
        (lockfile("", r#""a": ["a@workspace:a"]"#), 10, "`workspaces` has no project in a"),
        (lockfile("", r#""a": ["../a@1.0.0", "", {}, ""]"#), 10, "`../a` is no name of a package"),
        (project(r#""": {}, "a": {}"#), 2, "the project in a has no name"),
        (
            project(r#""": {}, "a": {"name": "a"}, "./a": {"name": "b"}"#),
            2,
            "the project in `a` is locked twice",
        ),
    ] {
        let error = parse(&text).unwrap_err();
        let problem = error.problem();
        assert!(matches!(error, LockfileError::Inconsistent(_)), "{problem}");
        assert_eq!((problem.line(), &*problem.message), (Some(line), message), "{text}");
        assert!(problem.help.is_some());
    }
    assert!(parse(&project("")).is_err(), "there is no root");
}

#[test]
fn what_is_no_lockfile_of_bun_is_refused() {
    for text in [
        "{}",
        "[]",
        r#"{"lockfileVersion": "broken", "workspaces": {}, "packages": {}}"#,
        r#"{"lockfileVersion": 1, "workspaces": {"": {}}, "packages": {"a": []}}"#,
        r#"{"lockfileVersion": 1, "workspaces": {"": {}}, "packages": {"a": {}}}"#,
        r#"{"lockfileVersion": 1, "workspaces": {"": {}}, "packages": {"a": ["a@1.0.0", "", {}, {}]}}"#,
        r#"{"lockfileVersion": 1, "workspaces": {"": {}}, "packages": {"a": ["a@1.0.0", "", null]}}"#,
        r#"{"lockfileVersion": 1, "workspaces": {"": {}}, "packages": {}, "packages": {}}"#,
        r#"{"lockfileVersion": 1, "workspaces": {"": {"dependencies": {"a": 1}}}, "packages": {}}"#,
    ] {
        assert!(matches!(parse(text), Err(LockfileError::Syntax(_))), "{text}");
    }
    assert!(matches!(parse(" \n"), Err(LockfileError::Empty { .. })));
    let conflict = lockfile("", "\n<<<<<<< ours\n\"a\": [],\n=======\n>>>>>>> theirs\n");
    let error = parse(&conflict).unwrap_err();
    assert_eq!(error.problem().message, "the lockfile holds an unresolved merge conflict");
}

#[test]
fn a_newer_version_is_named_with_those_that_are_known() {
    for packages in ["{}", "[\"something new\"]"] {
        let text =
            format!("{{\n\"lockfileVersion\": 4, \"workspaces\": {{}}, \"packages\": {packages}}}");
        let error = parse(&text).unwrap_err();
        assert!(matches!(error, LockfileError::Unsupported(_)));
        let problem = error.problem();
        assert_eq!(problem.line(), Some(2));
        assert_eq!(problem.message, "version 4 of Bun's lockfile is not known to this lockgate");
        assert_eq!(problem.label.as_deref(), Some("versions 0 to 3 are known"));
        assert!(problem.help.is_some());
    }
}

#[test]
fn checksums_stand_where_they_are_written() {
    let text = lockfile("", r#""a": ["a@1.0.0", "", {}, "sha512-abc",], // "sha512-abc""#);
    let read = parse(&text).unwrap();
    let span = read.packages[1].checksum.clone().unwrap();
    let offset = |at: u32| usize::try_from(at).unwrap();
    assert_eq!(&text[offset(span.start)..offset(span.end)], "sha512-abc");
}

#[test]
fn it_is_known_by_its_content() {
    assert!(BunLock.recognises(&lockfile("", "")));
    assert!(!BunLock.recognises(
        r#"{"lockfileVersion": 3, "packages": {"": {"workspaces": []}, "node_modules/a": {}}}"#
    ));
}
