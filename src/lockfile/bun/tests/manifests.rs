//! What `package.json` says beside a lockfile.

use super::*;
use crate::problem::GapCode;

fn read(text: &str, manifests: &[(&str, &str)]) -> (Lockfile, Vec<Gap>) {
    BunLock.read(&source(text), &Files(manifests)).unwrap()
}

const A: &str = r#""a": ["a@1.2.3", "", {}, ""]"#;

#[test]
fn a_manifest_says_on_which_line_it_asks() {
    let manifest = "{\n\"dependencies\": {\n\"a\": \"^1\"}}";
    let (lockfile, gaps) =
        read(&lockfile(r#""dependencies": {"a": "^1"}"#, A), &[("package.json", manifest)]);
    assert!(gaps.is_empty());
    let places: Vec<String> =
        lockfile.declarations.iter().map(|declared| declared.location.to_string()).collect();
    assert_eq!(places, ["package.json:3"]);
}

#[test]
fn an_optional_peer_of_a_manifest_is_a_peer_where_development_brings_it() {
    let tables = r#""peerDependencies": {"a": "^1"}, "devDependencies": {"a": "1.2.3"}"#;
    let text = lockfile(&format!(r#"{tables}, "optionalPeers": ["a"]"#), A);
    let (lockfile, gaps) = read(&text, &[("package.json", &format!("{{{tables}}}"))]);
    assert!(gaps.is_empty());
    assert_eq!(edges(&lockfile), set(["shop > a 1.2.3 Development", "shop > a 1.2.3 Peer"]));
}

/// Bun repeats a manifest to the letter, and installs something else where that differs.
#[test]
fn a_manifest_that_asks_for_something_else_does_not_fit() {
    for (manifest, expected) in [
        (r#"{"dependencies": {"a": "^1"}}"#, None),
        (r#"{"dependencies": {"a": " ^1 "}}"#, None),
        (
            r#"{"dependencies": {"a": "^1.2"}}"#,
            Some(
                "package.json:1: `a` is asked for as `^1.2`, and shop/bun.lock:10 locks a 1.2.3 for another request, so that bun would install something else",
            ),
        ),
        (
            r#"{"dependencies": {"a": "^1", "b": "2"}}"#,
            Some(
                "package.json:1: `b` is asked for as `2`, and shop/bun.lock locks no b, so that bun would install something else",
            ),
        ),
        (r#"{"dependencies": {}}"#, None),
    ] {
        let text = lockfile(r#""dependencies": {"a": "^1"}"#, A);
        let (_, gaps) = read(&text, &[("package.json", manifest)]);
        let messages: Vec<&str> = gaps.iter().map(|gap| gap.message.as_str()).collect();
        assert_eq!(messages, expected.into_iter().collect::<Vec<_>>(), "{manifest}");
        assert!(gaps.iter().all(|gap| gap.code == GapCode::LockfileOutdated));
    }
}

#[test]
fn what_is_repeated_as_optional_is_asked_for_there_alone() {
    for (manifest, fits) in [
        (r#"{"dependencies": {"a": "^2"}, "optionalDependencies": {"a": "^1"}}"#, true),
        (r#"{"dependencies": {"a": "^1"}, "optionalDependencies": {"a": "^2"}}"#, false),
        (r#"{"dependencies": {"a": "^2"}, "devDependencies": {"a": "^1"}}"#, false),
    ] {
        let text = lockfile(r#""optionalDependencies": {"a": "^1"}"#, A);
        let (_, gaps) = read(&text, &[("package.json", manifest)]);
        assert_eq!(gaps.is_empty(), fits, "{manifest}");
    }
}

#[test]
fn a_lockfile_that_locks_nothing_needs_a_manifest_that_asks_for_nothing() {
    let empty = lockfile("", "");
    let code = |manifests: &[(&str, &str)]| {
        let (_, gaps) = read(&empty, manifests);
        gaps.into_iter().map(|gap| gap.code).collect::<Vec<_>>()
    };
    assert_eq!(code(&[]), [GapCode::NothingToCheck]);
    assert_eq!(code(&[("package.json", "{}")]), []);
    let asks = r#"{"dependencies": {"a": "1"}}"#;
    assert_eq!(code(&[("package.json", asks)]), [GapCode::LockfileOutdated]);
}

const ASKED: &str = r#"{
    "lockfileVersion": 3,
    "workspaces": {
        "": {"name": "shop", "dependencies": {"a": "catalog:", "b": "1"}},
        "till": {"name": "till", "devDependencies": {"al": "npm:a@1.0.0"}},
    },
    "overrides": {"c": "2.0.0", "b": {"d": "1.0.0"}},
    "catalog": {"a": "^1.1.0"},
    "packages": {
        "a": ["a@1.2.3", "", {}, ""],
        "al": ["a@1.0.0", "", {"dependencies": {"c": "^1"}}, ""],
        "b": ["b@1.0.0", "", {"dependencies": {"a": "^1", "c": "^1"}, "peerDependencies": {"a": "1"}}, ""],
        "c": ["c@2.0.0", "", {}, ""],
        "b/a": ["a@1.0.0", "", {"bundled": true}, ""],
    }
}"#;

/// What is asked of every copy of a package: who, for what, in which table and where.
fn asked_of(name: &str, manifests: &[(&str, &str)]) -> (BTreeSet<String>, Dependents) {
    let read = parse(ASKED).unwrap();
    let packages = read.packages.iter().enumerate();
    let copies: Vec<usize> =
        packages.filter(|(_, package)| package.id.name == name).map(|(index, _)| index).collect();
    let dependents = BunLock.dependents(&read, &copies, &Files(manifests));
    let asked = dependents.requirements.iter().map(|asked| {
        let [from, to] = [asked.from, asked.to].map(|index| &read.packages[index].id);
        let versions = asked.versions.as_deref().unwrap_or("?");
        let alias = if asked.is_from_alias { " as an alias" } else { "" };
        format!(
            "{from}{alias} asks {to} for {versions} as {} in `{}`, {}",
            asked.key, asked.table, asked.location
        )
    });
    (asked.collect(), dependents)
}

#[test]
fn every_dependent_says_what_it_asks_for() {
    let manifest = "{\n\n\"dependencies\": {\"a\": \"catalog:\"}}";
    let (asked, dependents) = asked_of("a", &[("package.json", manifest)]);
    assert_eq!(
        asked,
        set([
            "shop asks a 1.2.3 for ^1.1.0 as a in `dependencies`, package.json:3",
            "till asks a 1.0.0 for npm:a@1.0.0 as al in `devDependencies`, shop/bun.lock:5",
            "b 1.0.0 asks a 1.0.0 for ^1 as a in `dependencies`, shop/bun.lock:12",
            "b 1.0.0 asks a 1.0.0 for 1 as a in `peerDependencies`, shop/bun.lock:12",
        ])
    );
    assert_eq!(dependents.carriers.len(), 1);
    assert_eq!(dependents.overridden, set(["b", "c"]));
}

#[test]
fn what_the_root_orders_is_asked_for_by_the_root_alone() {
    let (asked, _) = asked_of("c", &[]);
    assert_eq!(asked, set(["shop asks c 2.0.0 for 2.0.0 as c in ``, shop/bun.lock:7"]));
    let manifest = "{\n\"overrides\": {\n\"c\": \"2.0.0\"}}";
    let (asked, _) = asked_of("c", &[("package.json", manifest)]);
    assert_eq!(asked, set(["shop asks c 2.0.0 for 2.0.0 as c in `overrides`, package.json:3"]));
}

#[test]
fn projects_are_those_that_the_root_lists() {
    let folders = |manifests: &[(&str, &str)]| {
        BunLock.folders_of_projects(&parse(ASKED).unwrap(), &Files(manifests))
    };
    assert_eq!(folders(&[]), set([""]));
    let root = ("package.json", r#"{"workspaces": ["till"]}"#);
    assert_eq!(folders(&[root, ("till", "")]), set(["", "till"]));
}

/// What the root orders for everybody is repeated to the letter as well.
#[test]
fn overrides_and_catalogs_have_to_be_those_of_the_root() {
    let asked = r#""dependencies": {"a": "^1"}"#;
    let with = |tables: &str| {
        lockfile(asked, A).replacen("\"packages\"", &format!("{tables}, \"packages\""), 1)
    };
    for (recorded, manifest, expected) in [
        (r#""overrides": {"b": "1"}"#, r#""overrides": {"b": "1"}"#, &[][..]),
        (r#""overrides": {"b": "1"}"#, r#""resolutions": {"**/b": "1"}"#, &[]),
        (r#""overrides": {"a": "^1"}"#, r#""overrides": {"a": "$a"}"#, &[]),
        (
            r#""overrides": {"c": {"b": "1"}}"#,
            r#""overrides": {"c": {".": "2", "b": "1"}}"#,
            &["c"],
        ),
        (r#""overrides": {"b@<5": {".": "1"}}"#, r#""overrides": {"b@<5": "1"}"#, &[]),
        (r#""overrides": {"b": "1"}"#, r#""overrides": {"b": "2"}"#, &["b"]),
        (r#""overrides": {"b": "1"}"#, "", &["b"]),
        (r#""overrides": {}"#, r#""overrides": {"b": "1"}"#, &["b"]),
        (r#""overrides": {}"#, r#""resolutions": {"b": "1"}"#, &["b"]),
        // Bun leaves out patterns that it does not know.
        (r#""overrides": {}"#, r#""resolutions": {"c/**/b": "1"}"#, &[]),
        (
            r#""catalog": {"b": "1"}"#,
            r#""workspaces": {"packages": [], "catalog": {"b": "1"}}"#,
            &[],
        ),
        (r#""catalog": {"b": "1"}"#, r#""workspaces": [], "catalog": {"b": "1"}"#, &[]),
        (r#""catalog": {"b": "1"}"#, r#""workspaces": [], "catalog": {"b": "2"}"#, &["b"]),
        (r#""catalog": {"b": "1"}"#, r#""workspaces": []"#, &["b"]),
        (r#""catalog": {}"#, r#""workspaces": [], "catalog": {"b": "2"}"#, &["b"]),
        (r#""catalog": {}"#, r#""catalog": {"b": "without workspaces"}"#, &[]),
        (
            r#""catalogs": {"x": {"b": "1"}, "y": {"b": "2"}}"#,
            r#""workspaces": [], "catalogs": {"x": {"b": "1"}, "y": {"b": "3"}}"#,
            &["b"],
        ),
    ] {
        let comma = if manifest.is_empty() { "" } else { ", " };
        let text = with(recorded).replacen("\"lockfileVersion\": 1", "\"lockfileVersion\": 3", 1);
        let manifest = format!("{{{asked}{comma}{manifest}}}");
        let (_, gaps) = read(&text, &[("package.json", &manifest)]);
        let names: Vec<&str> =
            gaps.iter().filter_map(|gap| gap.message.split('`').nth(1)).collect();
        assert_eq!(names, expected, "{recorded} {manifest}\n{gaps:#?}");
        assert!(gaps.iter().all(|gap| gap.code == GapCode::LockfileOutdated));
    }
}

/// Seen with Bun 1.4.5, which asks the registry.
#[test]
fn a_project_that_is_not_there_answers_to_nobody() {
    let wish = r#""dependencies": {"a": "1"}"#;
    let text = lockfile(wish, r#""a": ["a@workspace:m"]"#);
    let member = "\"m\": {\"name\": \"a\", \"version\": \"1.0.0\"}, }, \"packages\"";
    let text = text.replacen("},\n  \"packages\"", member, 1);
    let root = format!(r#"{{"workspaces": ["m"], {wish}}}"#);
    let own = r#"{"name": "a", "version": "1.0.0"}"#;
    for (files, fits) in [
        (vec![("package.json", root.as_str()), ("m/package.json", own)], true),
        (vec![("package.json", root.as_str())], false),
        (vec![("package.json", &*format!("{{{wish}}}")), ("m/package.json", own)], false),
    ] {
        let (_, gaps) = read(&text, &files);
        assert_eq!(gaps.is_empty(), fits, "{files:?} {gaps:?}");
    }
}
