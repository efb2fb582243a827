//! Whether a lockfile fits `package.json`.

use std::path::Path;

use super::super::{NpmLock, fit};
use super::{parse, read, version_3};
use crate::lockfile::sample::Files;
use crate::lockfile::{Lockfile, LockfileFormat};
use crate::skip::skip;

fn misfits(text: &str, manifests: &[(&str, &str)]) -> Vec<String> {
    let (_, gaps) = read(text, &Files(manifests)).unwrap();
    gaps.into_iter().map(|gap| gap.message).collect()
}

/// Whether `package.json` with these tables fits what is locked.
fn fits(tables: &str, recorded: &str, entries: &str) -> bool {
    let manifest = format!("{{{tables}}}");
    misfits(&version_3(recorded, entries), &[("package.json", &manifest)]).is_empty()
}

const A: &str = r#", "node_modules/a": {"version": "1.2.3"}"#;

#[test]
fn what_is_asked_for_must_be_locked_in_a_version_that_fits() {
    for (wish, expected) in [
        ("^1.0.0", true),
        ("1.2.3", true),
        ("~1.2", true),
        ("1.x || 2.x", true),
        ("", true),
        ("*", true),
        ("latest", true),
        (">=1 <2", true),
        ("npm:a@^1", true),
        ("v1.2.3", true),
        ("^2.0.0", false),
        ("1.2.4", false),
        (">1.2.3", false),
        ("npm:b@^1", false),
        ("npm:a@2", false),
    ] {
        for table in ["dependencies", "devDependencies", "optionalDependencies"] {
            let asked = format!(r#""{table}": {{"a": "{wish}"}}"#);
            assert_eq!(fits(&asked, &asked, A), expected, "{asked}");
            let tag =
                !wish.contains(|character: char| character.is_ascii_digit() || character == '*');
            // What no version tells was asked for when the lockfile was written, or was not.
            assert_eq!(fits(&asked, "", A), expected && (!tag || wish.is_empty()), "{asked}");
        }
    }
    assert!(fits(r#""peerDependencies": {"a": "^2"}"#, "", A), "a setting of npm decides");
}

#[test]
fn what_is_asked_for_and_not_locked_does_not_fit() {
    for table in ["dependencies", "devDependencies", "optionalDependencies"] {
        let asked = format!(r#""{table}": {{"b": "^1"}}"#);
        assert!(!fits(&asked, "", A), "{asked}");
    }
    let nested = r#"{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.2.3"}}}"#;
    let of = |tables: &str| misfits(nested, &[("package.json", tables)]).len();
    assert_eq!(of(r#"{"dependencies": {"b": "^1"}}"#), 1);
    assert_eq!(of(r#"{"optionalDependencies": {"b": "^1"}}"#), 0, "it may not fit the machine");
    assert_eq!(of(r#"{"dependencies": {"a": "^2"}}"#), 1);
    assert_eq!(of(r#"{"dependencies": {"a": "o/a"}}"#), 0, "version 1 repeats no manifest");
}

#[test]
fn a_misfit_is_told_with_both_places_and_what_mends_it() {
    let text = version_3("", "\n, \"node_modules/a\": {\"version\": \"1.2.3\"}");
    let manifest = "{\n\"dependencies\": {\n\"a\": \"^2\"}}";
    let (_, gaps) = read(&text, &Files(&[("package.json", manifest)])).unwrap();
    assert_eq!(
        gaps[0].message,
        "package.json:3: `a` is asked for as `^2`, and shop/package-lock.json:2 locks a 1.2.3, so that \
         npm would install something else"
    );
    assert!(gaps[0].help.as_ref().unwrap().ends_with("npm install --package-lock-only"));
}

#[test]
fn what_no_version_decides_fits_if_the_lockfile_was_written_for_it() {
    let git = r#", "node_modules/a": {"version": "1.0.0", "resolved": "git+ssh://git@github.com/o/a.git#01"}"#;
    for wish in [
        "github:o/a",
        "o/a#main",
        "git+ssh://git@github.com/o/a.git",
        "file:a",
        "https://h.example/a.tgz",
    ] {
        let asked = format!(r#""dependencies": {{"a": "{wish}"}}"#);
        assert!(fits(&asked, &asked, git), "{wish}");
        assert!(!fits(&asked, r#""dependencies": {"a": "^1"}"#, git), "{wish}");
    }
}

#[test]
fn what_the_root_overrides_or_accepts_counts_in_place_of_what_is_asked_for() {
    let asked = r#""dependencies": {"a": "^2"}"#;
    for also in [
        r#""overrides": {"a": "1.2.3"}"#,
        r#""overrides": {"a@^2": "1.2.3"}"#,
        r#""overrides": {"b": {"a": "1.2.3"}}"#,
        r#""acceptDependencies": {"a": "^1"}"#,
    ] {
        assert!(fits(&format!("{asked}, {also}"), asked, A), "{also}");
    }
    assert!(!fits(&format!(r#"{asked}, "overrides": {{"b": "1"}}"#), asked, A));
}

#[test]
fn members_are_compared_and_what_a_linked_folder_develops_with_is_not() {
    let root = r#"{"workspaces": ["packages/*"], "dependencies": {"lib": "file:lib"}}"#;
    let text = version_3(
        r#""workspaces": ["packages/*"], "dependencies": {"lib": "file:lib"}"#,
        r#", "node_modules/lib": {"resolved": "lib", "link": true}, "lib": {},
           "node_modules/m": {"resolved": "packages/m", "link": true}, "packages/m": {"version": "1.0.0"},
           "node_modules/n": {"resolved": "packages/n", "link": true}, "packages/n": {},
           "node_modules/a": {"version": "1.2.3"}"#,
    );
    let of = |member: &str, lib: &str| {
        let manifests = [
            ("package.json", root),
            ("packages/m/package.json", member),
            ("lib/package.json", lib),
        ];
        misfits(&text, &manifests).len()
    };
    assert_eq!(
        of(r#"{"devDependencies": {"a": "^1"}, "dependencies": {"n": "^1"}}"#, "{}"),
        1,
        "n is not asked for in the lockfile"
    );
    assert_eq!(of(r#"{"devDependencies": {"a": "^2"}}"#, "{}"), 1);
    assert_eq!(of("{}", r#"{"devDependencies": {"a": "^2", "zz": "1"}}"#), 0);
    assert_eq!(of("{}", r#"{"dependencies": {"a": "^2"}}"#), 1);
}

#[test]
fn a_lockfile_that_locks_nothing_needs_a_manifest_that_asks_for_nothing() {
    for text in [
        r#"{"lockfileVersion": 1}"#,
        r#"{"lockfileVersion": 1, "dependencies": {}}"#,
        r#"{"lockfileVersion": 3, "packages": {}}"#,
    ] {
        for (manifests, count) in [
            (&[][..], 1),
            (&[("package.json", r#"{"name": "shop"}"#)], 0),
            (&[("package.json", r#"{"dependencies": {}}"#)], 0),
            (&[("package.json", r#"{"dependencies": {"a": "1"}}"#)], 1),
        ] {
            assert_eq!(misfits(text, manifests).len(), count, "{text} {manifests:?}");
        }
    }
    let named = r#"{"lockfileVersion": 3, "packages": {"": {"name": "shop"}}}"#;
    assert!(misfits(named, &[]).is_empty(), "it says itself that the project asks for nothing");
}

#[test]
fn what_real_lockfiles_lock_fits_what_their_packages_ask_for() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/npm");
    let Ok(entries) = std::fs::read_dir(folder) else {
        skip(
            "shared",
            "what_real_lockfiles_lock_fits_what_their_packages_ask_for",
            format_args!("there is no {folder}"),
        );
        return;
    };
    let (mut asked, mut unfit) = (0, Vec::new());
    for entry in entries {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let lockfile = parse(&text).unwrap();
        assert!(lockfile.remarks.is_empty(), "{}: {:?}", path.display(), lockfile.remarks);
        let said = &lockfile.contradictions;
        assert!(said.is_empty(), "{}: {said:?}", path.display());
        asked += count_fitting(&path, &lockfile, &mut unfit);
    }
    assert!(asked > 10_000, "{asked}");
    // Some of them were left behind by npm as it was then: one in ten thousand.
    assert!(unfit.len() * 5_000 < asked, "{asked}: {unfit:?}");
}

fn count_fitting(path: &Path, lockfile: &Lockfile, unfit: &mut Vec<String>) -> usize {
    let all: Vec<usize> = (0..lockfile.packages.len()).collect();
    let requirements = NpmLock.dependents(lockfile, &all, &Files(&[])).requirements;
    let mut count = 0;
    for asked in requirements {
        let wish = asked.versions.unwrap_or_default();
        let entry = &lockfile.source.text[lockfile.packages[asked.from].span.start..];
        let entry = &entry[..entry.find('}').unwrap_or(entry.len())];
        let is_certain = !entry.contains("peer");
        let found = fit::fits(lockfile, asked.to, &wish);
        let (from, to) = (&lockfile.packages[asked.from].id, &lockfile.packages[asked.to].id);
        if found == Some(false) && is_certain {
            unfit.push(format!("{}: {from} asks for {wish}: {to}", path.display()));
        }
        count += usize::from(found == Some(true));
    }
    count
}
