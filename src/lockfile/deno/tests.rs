use proptest::prelude::*;

use super::*;
use crate::lockfile::sample::Files;
use crate::problem::GapCode;
use crate::source::PackageSource;

fn source(text: &str) -> Arc<SourceText> {
    Arc::new(SourceText::new("shop/deno.lock", text))
}

fn parse(text: &str) -> Result<Lockfile, LockfileError> {
    DenoLock.parse(&source(text))
}

fn read(text: &str, manifests: &[(&str, &str)]) -> (Lockfile, Vec<Gap>) {
    DenoLock.read(&source(text), &Files(manifests)).unwrap()
}

fn set<const N: usize>(words: [&str; N]) -> BTreeSet<String> {
    words.map(str::to_owned).into()
}

/// `name version`, with a word for the source where it is not the public registry.
fn packages(lockfile: &Lockfile) -> Vec<String> {
    let packages = lockfile.packages.iter();
    let shown = packages.map(|package| match &package.source {
        PackageSource::PublicRegistry => package.id.to_string(),
        PackageSource::OtherRegistry(_) => format!("{} other", package.id),
        PackageSource::Elsewhere(_) => format!("{} elsewhere", package.id),
        _ => format!("{} local", package.id),
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

fn missing(lockfile: &Lockfile) -> BTreeSet<String> {
    let missing = lockfile.missing.iter();
    let from = |index: usize| &lockfile.packages[index].id;
    missing.map(|missing| format!("{} > {}", from(missing.from), missing.name)).collect()
}

const FIFTH: &str = r#"{
  "version": "5",
  "specifiers": {
    "jsr:@std/path@1": "1.0.8",
    "npm:a@1": "1.2.3",
    "npm:inline@*": "4.0.0",
    "npm:peered@2": "2.0.0_a@1.2.3",
    "npm:only-jsr@1": "1.0.0"
  },
  "jsr": {
    "@std/path@1.0.8": { "integrity": "abc", "dependencies": ["jsr:@std/path", "npm:only-jsr"] }
  },
  "npm": {
    "@jsr/std__fs@1.0.0": { "integrity": "sha512-j", "tarball": "https://npm.jsr.example/~/11/@jsr/std__fs/1.0.0.tgz" },
    "a@1.2.3": {
      "integrity": "sha512-a",
      "dependencies": ["b@1.0.0", "c", "al@npm:b@2.0.0"],
      "optionalDependencies": ["d"],
      "optionalPeers": ["c", "absent@^1.0.0"]
    },
    "b@1.0.0": { "integrity": "sha512-b" },
    "b@2.0.0": { "integrity": "sha512-b2", "dependencies": ["gone"] },
    "c@1.0.0": { "integrity": "sha512-c" },
    "d@1.0.0": { "os": ["darwin"], "cpu": ["arm64"] },
    "inline@4.0.0": {},
    "only-jsr@1.0.0": {},
    "peered@2.0.0_a@1.2.3": { "dependencies": ["a"] }
  },
  "remote": {
    "https://deno.example/x/oak@v12.6.1/a.ts": "0",
    "https://deno.example/x/oak@v12.6.1/b.ts": "1"
  },
  "workspace": {
    "dependencies": ["npm:a@1", "jsr:@std/path@1", "jsr:@std/unused@1"],
    "members": {
      "till": { "packageJson": { "dependencies": ["npm:peered@2", "npm:till-tools@1"] } }
    }
  }
}"#;

#[test]
fn packages_of_npm_are_matched_and_all_others_are_named() {
    let lockfile = parse(FIFTH).unwrap();
    assert_eq!(
        packages(&lockfile),
        [
            "shop local",
            "@jsr/std__fs 1.0.0 other",
            "a 1.2.3",
            "b 1.0.0",
            "b 2.0.0",
            "c 1.0.0",
            "d 1.0.0",
            "inline 4.0.0",
            "only-jsr 1.0.0",
            "peered 2.0.0",
            "jsr:@std/path 1.0.8 elsewhere",
            "till local",
            "deno.example/x/oak v12.6.1 elsewhere",
        ]
    );
    let limits = lockfile.packages[6].limits.as_deref().unwrap();
    assert_eq!(
        (&*limits.systems, &*limits.processors),
        (&["darwin".into()][..], &["arm64".into()][..])
    );
    assert_eq!(lockfile.location(2).line, 15);
    let span = lockfile.packages[2].checksum.clone().unwrap();
    let offset = |at: u32| usize::try_from(at).unwrap();
    assert_eq!(&FIFTH[offset(span.start)..offset(span.end)], "sha512-a");
}

#[test]
fn every_request_leads_to_what_stands_for_it() {
    let lockfile = parse(FIFTH).unwrap();
    assert_eq!(
        edges(&lockfile),
        set([
            "shop > a 1.2.3 Unknown",
            "shop > jsr:@std/path 1.0.8 Unknown",
            "shop > inline 4.0.0 Unknown",
            "shop > deno.example/x/oak v12.6.1 Unknown",
            "till > peered 2.0.0 Unknown",
            "jsr:@std/path 1.0.8 > jsr:@std/path 1.0.8 Unknown",
            "jsr:@std/path 1.0.8 > only-jsr 1.0.0 Unknown",
            "a 1.2.3 > b 1.0.0 Normal",
            "a 1.2.3 > b 2.0.0 Normal",
            "a 1.2.3 > c 1.0.0 Normal",
            "a 1.2.3 > c 1.0.0 Peer",
            "a 1.2.3 > d 1.0.0 Optional",
            "peered 2.0.0 > a 1.2.3 Normal",
        ])
    );
    assert_eq!(missing(&lockfile), set(["till > till-tools", "b 2.0.0 > gone"]));
}

#[test]
fn a_project_of_the_workspace_is_not_missing() {
    let manifests = [("till/package.json", r#"{"name": "till-tools"}"#)];
    assert_eq!(missing(&read(FIFTH, &manifests).0), set(["b 2.0.0 > gone"]));
}

#[test]
fn a_project_is_called_as_its_manifest_says() {
    let called = |manifests: &[(&str, &str)]| {
        let (lockfile, _) = read(FIFTH, manifests);
        lockfile.packages[lockfile.roots[0]].id.name.to_string()
    };
    let package = ("package.json", r#"{"name": "till"}"#);
    assert_eq!(called(&[]), "shop");
    assert_eq!(called(&[package]), "till");
    assert_eq!(
        called(&[("deno.jsonc", "{ // ours\n\"name\": \"@acme/till\" }"), package]),
        "@acme/till"
    );
}

#[test]
fn every_version_says_the_same_in_its_own_words() {
    let fourth = r#"{"version": "4",
        "specifiers": {"npm:a@1": "1.2.3", "jsr:@s/j@1": "1.0.0"},
        "jsr": {"@s/j@1.0.0": {"integrity": "0"}},
        "npm": {"a@1.2.3": {"dependencies": ["b"]}, "b@1.0.0_c@2.0.0": {}}}"#;
    let third = r#"{"version": "3", "packages": {
        "specifiers": {"npm:a@1": "npm:a@1.2.3", "jsr:@s/j@1": "jsr:@s/j@1.0.0"},
        "jsr": {"@s/j@1.0.0": {"integrity": "0"}},
        "npm": {"a@1.2.3": {"dependencies": {"b": "b@1.0.0_c@2.0.0"}}, "b@1.0.0_c@2.0.0": {"dependencies": {}}}},
        "remote": {}}"#;
    let expected = set([
        "shop > a 1.2.3 Unknown",
        "shop > jsr:@s/j 1.0.0 Unknown",
        "a 1.2.3 > b 1.0.0 Normal",
    ]);
    for text in [fourth, third, &fourth.replace("\"4\"", "\"5\"")] {
        let lockfile = parse(text).unwrap();
        assert_eq!(edges(&lockfile), expected, "{text}");
        assert!(lockfile.missing.is_empty());
    }
    let second = r#"{"version": "2", "remote": {}, "npm": {
        "specifiers": {"a@1": "a@1.2.3"},
        "packages": {"a@1.2.3": {"dependencies": {"al": "b@1.0.0"}}, "b@1.0.0": {"dependencies": {}}}}}"#;
    assert_eq!(
        edges(&parse(second).unwrap()),
        set(["shop > a 1.2.3 Unknown", "a 1.2.3 > b 1.0.0 Normal"])
    );
}

#[test]
fn what_a_request_stands_for_has_to_be_locked() {
    let text =
        r#"{"version": "5", "specifiers": {"npm:a@1": "1.2.3_b@1.0.0", "jsr:@s/j@1": "1.0.0"}}"#;
    assert_eq!(missing(&parse(text).unwrap()), set(["shop > a@1.2.3"]));
}

#[test]
fn a_manifest_that_asks_for_something_else_does_not_fit() {
    let text = r#"{"version": "5", "specifiers": {"npm:a@1": "1.2.3"}, "npm": {"a@1.2.3": {}},
        "workspace": {"dependencies": ["npm:a@1"]}}"#;
    for (manifest, fits) in [
        (
            ("deno.json", r#"{"imports": {"a": "npm:a@1", "b": "jsr:@s/b@1", "./c": "./c.ts"}}"#),
            true,
        ),
        (("deno.jsonc", r#"{"imports": {"a/": "npm:/a@^1.0.0/",}, /* "b": "npm:b" */}"#), true),
        (
            (
                "package.json",
                r#"{"dependencies": {"al": "npm:a@^1"}, "devDependencies": {"w": "file:w"}}"#,
            ),
            true,
        ),
        (
            (
                "package.json",
                r#"{"peerDependencies": {"b": "1"}, "optionalDependencies": {"c": "1"}}"#,
            ),
            true,
        ),
        (("deno.json", r#"{"imports": {"a": "npm:a@1.2.3"}}"#), false),
        (("deno.json", r#"{"imports": {"b": "npm:b"}}"#), false),
        (("package.json", r#"{"devDependencies": {"b": "1"}}"#), false),
        (("deno.json", "no JSON"), true),
    ] {
        let (_, gaps) = read(text, &[manifest]);
        assert_eq!(gaps.is_empty(), fits, "{manifest:?} {gaps:?}");
        assert!(gaps.iter().all(|gap| gap.code == GapCode::LockfileOutdated));
    }
    let (_, gaps) = read(text, &[("deno.json", "{\"imports\": {\n\"b\": \"npm:b@2\"}}")]);
    insta::assert_snapshot!(gaps[0].message, @"deno.json:2: `b` is asked for as `npm:b@2`, and shop/deno.lock has no such request, so that deno would install something else");
}

#[test]
fn a_manifest_says_on_which_line_it_asks() {
    let text = r#"{"version": "5", "specifiers": {"npm:a@1": "1.2.3"}, "npm": {"a@1.2.3": {}},
        "workspace": {"dependencies": ["npm:a@1"]}}"#;
    let manifests = [("deno.json", "{\"imports\": {\n// a\n\"x\": \"npm:a@^1.0.0\"}}")];
    let (lockfile, _) = read(text, &manifests);
    let places: Vec<String> =
        lockfile.declarations.iter().map(|declared| declared.location.to_string()).collect();
    assert_eq!(places, ["deno.json:3"]);
    let dependents = DenoLock.dependents(&lockfile, &[1], &Files(&manifests));
    assert_eq!(dependents.requirements.len(), 1);
    assert_eq!(dependents.requirements[0].versions.as_deref(), Some("^1.0.0"));
}

#[test]
fn a_lockfile_that_locks_nothing_needs_a_manifest_that_asks_for_nothing() {
    let empty = r#"{"version": "5"}"#;
    let code = |manifests: &[(&str, &str)]| {
        read(empty, manifests).1.into_iter().map(|gap| gap.code).collect::<Vec<_>>()
    };
    assert_eq!(code(&[]), [GapCode::NothingToCheck]);
    assert_eq!(code(&[("deno.json", "{}")]), []);
    assert_eq!(
        code(&[("deno.json", r#"{"imports": {"a": "npm:a"}}"#)]),
        [GapCode::LockfileOutdated]
    );
}

#[test]
fn a_version_that_is_not_known_is_named_with_those_that_are() {
    for (text, help) in [
        (
            "{\n\"version\": \"6\", \"npm\": [1]}",
            "update lockgate; nothing of this file was checked",
        ),
        ("{\"version\": \"6\"}", "update lockgate; nothing of this file was checked"),
        ("{\"version\": \"1\"}", "let deno write it anew: deno install"),
        ("{\"version\": \"new\"}", "let deno write it anew: deno install"),
        ("{\"https://h.example/a.ts\": \"0\"}", "let deno write it anew: deno install"),
        ("{}", "let deno write it anew: deno install"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(matches!(error, LockfileError::Unsupported(_)), "{text}");
        let problem = error.problem();
        assert_eq!(problem.label.as_deref(), Some("versions 2 to 5 are known"), "{text}");
        assert_eq!(problem.help.as_deref(), Some(help), "{text}");
    }
}

#[test]
fn what_is_no_lockfile_of_deno_is_refused() {
    for text in [
        r#"{"version": "5", "npm": []}"#,
        r#"{"version": 5}"#,
        r#"{"version": "5", "npm": {"a@1": 1}}"#,
    ] {
        assert!(matches!(parse(text), Err(LockfileError::Syntax(_))), "{text}");
    }
    assert!(matches!(parse(""), Err(LockfileError::Empty { .. })));
    for key in ["a", "../a@1.0.0", ""] {
        let error =
            parse(&format!("{{\"version\": \"5\",\n\"npm\": {{\"{key}\": {{}}}}}}")).unwrap_err();
        assert!(matches!(error, LockfileError::Inconsistent(_)), "{key}");
        assert_eq!(error.problem().line(), Some(2), "{key}");
    }
}

#[test]
fn it_is_known_by_its_content() {
    assert!(DenoLock.recognises(FIFTH));
    assert!(
        !DenoLock.recognises(
            r#"{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": {}}"#
        )
    );
}

/// Deno asks for what any of these say, and locks what is new when it is next run.
#[test]
fn everything_that_deno_reads_asks() {
    let text = r#"{"version": "5", "specifiers": {"npm:a@1": "1.2.3"},
        "npm": {"a@1.2.3": {"integrity": "sha512-a"}}, "workspace": {"dependencies": ["npm:a@1"]}}"#;
    for (root, name, other) in [
        (r#"{"scopes": {"./x/": {"b": "npm:b@VERSION"}}}"#, "README.md", ""),
        (r#"{"compilerOptions": {"jsxImportSource": "npm:b@VERSION"}}"#, "README.md", ""),
        (r#"{"importMap": "./m.json"}"#, "m.json", r#"{"imports": {"b": "npm:b@VERSION"}}"#),
        (r#"{"importMap": "m.json"}"#, "m.json", r#"{"scopes": {"/": {"b": "npm:b@VERSION"}}}"#),
        (r#"{"workspace": ["./m"]}"#, "m/deno.json", r#"{"imports": {"b": "npm:b@VERSION"}}"#),
        (
            r#"{"workspace": {"members": ["m"]}}"#,
            "m/package.json",
            r#"{"dependencies": {"b": "VERSION"}}"#,
        ),
    ] {
        for (package, fits) in [("a@1", true), ("b@1", false), ("a@2", false)] {
            let (name_of_package, version) = package.split_once('@').unwrap();
            let fill = |text: &str| {
                let text = text.replace("\"b\"", &format!("\"{name_of_package}\""));
                text.replace("npm:b@", &format!("npm:{name_of_package}@"))
                    .replace("VERSION", version)
            };
            let (root, other) = (fill(root), fill(other));
            // What Deno expands are folders.
            let files = [("deno.json", &*root), (name, &*other), ("m", "")];
            let (_, gaps) = read(text, &files);
            assert_eq!(gaps.is_empty(), fits, "{files:?} {gaps:?}");
        }
    }
}

fn read_or_refuse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match DenoLock.read(&source(text), &Files(&[("deno.json", "{}")])) {
        Ok((lockfile, _)) => {
            let count = lockfile.packages.len();
            for package in &lockfile.packages {
                assert!(text.get(package.span.clone()).is_some_and(|shown| !shown.is_empty()));
            }
            assert!(lockfile.edges.iter().all(|edge| edge.from < count && edge.to < count));
        }
        Err(error) => {
            let problem = error.problem();
            assert!(problem.span.as_ref().is_none_or(|span| text.get(span.clone()).is_some()));
            assert!(problem.help.is_some(), "{problem}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        text in "\\PC*",
        json in "[\\[\\]{}:,\"/* \n0-9a-z@]{0,60}",
        tables in "(\"(npm|jsr|specifiers|packages|remote|workspace)\":(\\{\\}|null|\\{\"[a-b@/:1]{0,6}\":(\\{\\}|\"1\")\\}),?){0,4}",
    ) {
        read_or_refuse(text.as_bytes());
        read_or_refuse(json.as_bytes());
        read_or_refuse(format!("{{\"version\":\"5\",{tables}}}").as_bytes());
    }

    #[test]
    fn a_damaged_lockfile_is_read_or_refused(
        flipped in any::<prop::sample::Index>(),
        bit in 0..8_u32,
        line in any::<prop::sample::Index>(),
    ) {
        let mut bytes = FIFTH.as_bytes().to_vec();
        let place = flipped.index(bytes.len());
        bytes[place] ^= 1 << bit;
        read_or_refuse(&bytes);
        let lines: Vec<&str> = FIFTH.split_inclusive('\n').collect();
        let line = line.index(lines.len());
        read_or_refuse([&lines[..line], &lines[line + 1..]].concat().concat().as_bytes());
        read_or_refuse([&lines[..=line], &lines[line..]].concat().concat().as_bytes());
    }

    #[test]
    fn a_truncated_lockfile_is_refused(cut in 0..FIFTH.len()) {
        prop_assume!(FIFTH.is_char_boundary(cut));
        prop_assert!(parse(&FIFTH[..cut]).is_err());
    }
}
