//! Kinds of sources, what is refused, and what is left open.

use super::*;

/// A lockfile of version 9 in which a project depends on one package.
fn version_9(alias: &str, reference: &str, key: &str, entry: &str) -> String {
    format!(
        "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      '{alias}':\n        \
         specifier: '*'\n        version: '{reference}'\n\npackages:\n\n  '{key}':\n    {entry}\n\n\
         snapshots:\n\n  '{key}': {{}}\n"
    )
}

#[test]
fn where_a_package_comes_from_is_read_from_its_key_and_its_resolution() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let git = format!(
        "resolution: {{commit: {commit}, repo: 'https://git.invalid/a.git', type: git}}\n    version: 1.0.0"
    );
    let of_git = format!("a 1.0.0 git git+https://git.invalid/a.git#{commit}");
    for (alias, reference, key, entry, locked) in [
        ("a", "1.0.0", "a@1.0.0", "resolution: {integrity: sha512-a==}", "a 1.0.0"),
        ("b", "a@1.0.0", "a@1.0.0", "resolution: {integrity: sha512-a==}", "a 1.0.0"),
        ("b", "@s/a@1.0.0", "@s/a@1.0.0", "resolution: {integrity: sha512-a==}", "@s/a 1.0.0"),
        ("a", "npmjs:1.0.0", "a@npmjs:1.0.0", "resolution: {integrity: sha512-a==}", "a 1.0.0"),
        (
            "a",
            "work:1.0.0",
            "a@work:1.0.0",
            "resolution: {integrity: sha512-a==}",
            "a 1.0.0 other work:",
        ),
        (
            "b",
            "a@work:1.0.0",
            "a@work:1.0.0",
            "resolution: {integrity: sha512-a==}",
            "a 1.0.0 other work:",
        ),
        (
            "a",
            "1.0.0",
            "a@1.0.0",
            "resolution: {integrity: sha512-a==, tarball: 'https://npm.invalid/a/-/a-1.0.0.tgz'}",
            "a 1.0.0 other https://npm.invalid/a/-/a-1.0.0.tgz",
        ),
        (
            "a",
            "1.0.0",
            "a@1.0.0",
            "resolution: {integrity: sha512-a==, tarball: 'https://npm.invalid/~/11/a/1.0.0.tgz'}",
            "a 1.0.0 other https://npm.invalid/~/11/a/1.0.0.tgz",
        ),
        (
            "a",
            "https://files.invalid/a.tgz",
            "a@https://files.invalid/a.tgz",
            "resolution: {tarball: 'https://files.invalid/a.tgz'}\n    version: 1.0.0",
            "a 1.0.0 archive https://files.invalid/a.tgz",
        ),
        (
            "a",
            "https://files.invalid/a.tgz",
            "a@https://files.invalid/a.tgz",
            "resolution: {integrity: sha512-a==}\n    version: 1.0.0",
            "a 1.0.0 archive https://files.invalid/a.tgz",
        ),
        (
            "a",
            "https://host.invalid/o/a/tar.gz/0123",
            "a@https://host.invalid/o/a/tar.gz/0123",
            "resolution: {gitHosted: true, tarball: 'https://host.invalid/o/a/tar.gz/0123'}\n    version: 1.0.0",
            "a 1.0.0 git https://host.invalid/o/a/tar.gz/0123",
        ),
        ("a", "git+https://git.invalid/a.git", "a@git+https://git.invalid/a.git", &git, &of_git),
        (
            "a",
            "file:a",
            "a@file:a",
            "resolution: {directory: a, type: directory}",
            "a file:a local",
        ),
        (
            "a",
            "file:a.tgz",
            "a@file:a.tgz",
            "resolution: {integrity: sha512-a==, tarball: 'file:a.tgz'}\n    version: 1.0.0",
            "a 1.0.0 local",
        ),
        (
            "node",
            "runtime:26.0.0",
            "node@runtime:26.0.0",
            "resolution: {type: variations, variants: []}\n    version: 26.0.0",
            "node 26.0.0 archive runtime:26.0.0",
        ),
    ] {
        let text = version_9(alias, reference, key, entry);
        let lockfile = parse(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert_eq!(packages(&lockfile), BTreeSet::from([locked.to_owned()]), "{text}");
        assert_eq!((lockfile.edges.len(), lockfile.missing.len()), (1, 0), "{text}");
    }
}

#[test]
fn peers_patches_and_hashes_are_no_part_of_a_package() {
    for suffix in [
        "(peer@1.0.0)",
        "(peer@1.0.0(@s/inner@2.0.0))(other@1.0.0)",
        "(patch_hash=0123)(peer@1.0.0)",
        "(0123456789abcdef0123456789abcdef)",
    ] {
        let text = version_9("a", "1.0.0", "a@1.0.0", "resolution: {integrity: sha512-a==}")
            .replace("version: '1.0.0'", &format!("version: 1.0.0{suffix}"))
            .replace("'a@1.0.0': {}", &format!("a@1.0.0{suffix}: {{}}"));
        let lockfile = parse(&text).unwrap();
        assert_eq!(packages(&lockfile), BTreeSet::from(["a 1.0.0".to_owned()]), "{suffix}");
        assert_eq!(lockfile.edges.len(), 1, "{suffix}");
    }
    for (key, locked) in [
        ("/a/1.0.0", "a 1.0.0"),
        ("/@s/a/1.0.0_peer@1.0.0+@s+b@2.0.0", "@s/a 1.0.0"),
        ("/@s/with_underscore/1.0.0_6695033900341fbf48090c963c74f32d", "@s/with_underscore 1.0.0"),
        ("host.invalid/a/1.0.0", "a 1.0.0 other https://host.invalid/a/-/a-1.0.0.tgz"),
    ] {
        let text = format!(
            "lockfileVersion: 5.4\n\npackages:\n\n  {key}:\n    resolution: {{integrity: sha512-a==}}\n"
        );
        assert_eq!(packages(&parse(&text).unwrap()), BTreeSet::from([locked.to_owned()]), "{key}");
    }
}

#[test]
fn what_leads_nowhere_is_missing_and_what_is_bundled_is_not_listed() {
    let text = version_9(
        "a",
        "1.0.0",
        "b@1.0.0",
        "resolution: {integrity: sha512-b==}\n    bundledDependencies:\n      - c",
    );
    let lockfile = parse(&text).unwrap();
    let missing: Vec<_> =
        lockfile.missing.iter().map(|it| (it.name.as_str(), &it.reason)).collect();
    let bundled = MissingReason::Bundled(Some("c".into()));
    assert_eq!(missing, [("a", &MissingReason::NotLocked), ("c", &bundled)]);
    let linked = version_9("a", "link:../a", "b@1.0.0", "resolution: {integrity: sha512-b==}");
    let lockfile = parse(&linked).unwrap();
    assert_eq!(lockfile.missing[0].reason, MissingReason::Outside("../a".to_owned()));
    let all = version_9(
        "b",
        "1.0.0",
        "b@1.0.0",
        "resolution: {integrity: sha512-b==}\n    bundledDependencies: true",
    );
    assert_eq!(parse(&all).unwrap().missing[0].reason, MissingReason::NotLocked);
}

#[test]
fn limits_count_only_where_pnpm_leaves_out_what_does_not_fit() {
    let text =
        version_9("a", "1.0.0", "a@1.0.0", "resolution: {integrity: sha512-a==}\n    os: [darwin]");
    assert!(parse(&text).unwrap().packages[1].limits.is_none());
    let optional = text.replace("'a@1.0.0': {}", "'a@1.0.0': {optional: true}");
    assert_eq!(parse(&optional).unwrap().packages[1].limits.as_ref().unwrap().systems, ["darwin"]);
    // What is no word may let anything in.
    for limit in ["[darwin, {a: b}]", "[darwin, null]", "{darwin: true}", "null"] {
        let other = optional.replace("[darwin]", limit);
        assert!(parse(&other).unwrap().packages[1].limits.is_none(), "{limit}");
    }
    for (file, content) in [
        ("pnpm-workspace.yaml", "packages: []\nsupportedArchitectures:\n  os: [darwin]\n"),
        (".npmrc", "force=true\n"),
    ] {
        let file: &'static [(&str, &str)] = Box::leak(Box::new([(file, content)]));
        let (lockfile, _) = read(&optional, &Files(file)).unwrap();
        assert!(matches!(lockfile.platform_limits, crate::lockfile::PlatformLimitsApply::Never(_)));
    }
}

#[test]
fn a_project_is_called_as_its_manifest_says() {
    let text = version_9("a", "1.0.0", "a@1.0.0", "resolution: {integrity: sha512-a==}");
    let called = |files: &[(&str, &str)]| {
        let (lockfile, _) = read(&text, &Files(files)).unwrap();
        lockfile.packages[lockfile.roots[0]].id.name.to_string()
    };
    assert_eq!(called(&[]), "shop");
    assert_eq!(called(&[("package.json", r#"{"name": "@acme/till"}"#)]), "@acme/till");
    assert_eq!(called(&[("package.json", r#"{"name": ""}"#)]), "shop");
}

#[test]
fn what_does_not_read_in_full_is_refused_with_its_line() {
    let good = version_9("a", "1.0.0", "a@1.0.0", "resolution: {integrity: sha512-a==}");
    for (from, to, line, reason) in [
        ("packages:", "crates:\n  a: 1\npackages:", 11, "not known to this lockgate"),
        ("dependencies:", "futureDependencies:", 6, "not known to this lockgate"),
        ("version: '1.0.0'", "pinned: 1", 7, "nothing is locked"),
        ("version: '1.0.0'", "version:", 9, "not followed by a text"),
        ("resolution: {integrity: sha512-a==}", "resolution: sha512", 14, "keys and values"),
        ("\n    resolution: {integrity: sha512-a==}", " null", 13, "keys and values"),
        ("\n    resolution: {integrity: sha512-a==}", " {}", 13, "no `resolution`"),
        ("a@1.0.0'", "a@elsewhere'", 14, "where this comes from"),
        ("a==}", "a==}\n    version: 2.0.0", 13, "of another package"),
        ("a==}", "a==}\n    name: b", 13, "of another package"),
        ("'a@1.0.0': {}", "'a@1.0.0':", 18, "keys and values"),
        ("'a@1.0.0': {}", "'b@1.0.0': {}", 18, "does not say where"),
        ("'a@1.0.0': {}", "'a@1.0.0': {}\n\n  'a@1.0.0': {}", 20, "written twice"),
        ("'a@1.0.0': {}", "'a@1.0.0': !!map {}", 18, "tags"),
        ("lockfileVersion: '9.0'\n", "", 2, "no `lockfileVersion`"),
        ("'a@1.0.0': {}\n", "'a@1.0.0': {}", 18, "ends within a line"),
        ("'a@1.0.0': {}", "<<<<<<< ours", 18, "not a lockfile"),
    ] {
        let text = good.replacen(from, to, usize::MAX);
        assert_ne!(text, good, "{from}");
        let error = parse(&text).unwrap_err();
        let problem = error.problem();
        assert!(problem.message.contains(reason), "{text}\n{problem}");
        assert_eq!(problem.line(), Some(line), "{text}\n{problem}");
        assert!(problem.help.is_some(), "{text}");
    }
    for text in ["", " \n", "# nothing\n", "---\n---\n"] {
        assert!(matches!(parse(text), Err(LockfileError::Empty { .. })), "{text:?}");
    }
}

/// The address decides where it is that of a registry.
#[test]
fn an_archive_of_a_registry_is_no_repository_whatever_is_said_of_it() {
    let address = format!("{}a/-/a-1.0.0.tgz", npmrc_config_rs::registry::DEFAULT_REGISTRY);
    let entry =
        format!("resolution: {{gitHosted: true, tarball: '{address}'}}\n    version: 2.0.0");
    let text = version_9("a", &address, &format!("a@{address}"), &entry);
    assert_eq!(packages(&parse(&text).unwrap()), ["a 1.0.0".to_owned()].into());
}

#[test]
fn what_the_manifests_ask_for_has_to_be_locked_for_exactly_that() {
    let manifest = |dependencies: &str| {
        let text = format!("{{\"dependencies\": {{{dependencies}}}}}");
        let text: &'static str = Box::leak(text.into_boxed_str());
        let files: &'static [(&str, &str)] = Box::leak(Box::new([("package.json", text)]));
        Files(files)
    };
    let text = version_9("a", "1.0.0", "a@1.0.0", "resolution: {integrity: sha512-a==}");
    for (asked, count) in [
        (r#""a": "*""#, 0),
        ("", 0),
        (r#""a": "^2.0.0""#, 1),
        (r#""a": "*", "b": "1.0.0""#, 1),
        (r#""a": "*", "b": "link:../b""#, 0),
    ] {
        let (_, misfits) = read(&text, &manifest(asked)).unwrap();
        assert_eq!(misfits.len(), count, "{asked}: {misfits:?}");
    }
    let overridden = text.replace("importers:", "overrides:\n  x>a@1: 2.0.0\n\nimporters:");
    let files = Files(&[
        ("package.json", r#"{"dependencies": {"a": "^2.0.0"}}"#),
        ("pnpm-workspace.yaml", "overrides:\n  x>a@1: 2.0.0\n"),
    ]);
    let (_, misfits) = read(&overridden, &files).unwrap();
    assert!(misfits.is_empty(), "{misfits:?}");
    let nothing = "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n";
    assert_eq!(read(nothing, &Files(&[])).unwrap().1.len(), 1);
    assert_eq!(read(nothing, &manifest("")).unwrap().1.len(), 0);
    assert_eq!(read(nothing, &manifest(r#""a": "1""#)).unwrap().1.len(), 1);
    let locked = |files: &Files| PnpmLock.folders_of_projects(&parse(&text).unwrap(), files).len();
    assert_eq!(locked(&manifest(r#""a": "*""#)), 1);
    assert_eq!(locked(&manifest(r#""b": "*""#)), 0);
}

#[test]
fn dependents_say_what_they_ask_for_and_where() {
    let lockfile = parse(VERSION_9).unwrap();
    let peer = lockfile.packages.iter().position(|it| it.id.to_string() == "peer 2.0.0").unwrap();
    let found = PnpmLock.dependents(&lockfile, &[peer], &MANIFESTS).requirements;
    let shown: Vec<String> = found
        .iter()
        .map(|it| {
            let from = &lockfile.packages[it.from].id;
            format!("{from} {} {:?} {}", it.key, it.versions.as_deref(), it.location)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "member peer Some(\"^2.0.0\") packages/member/package.json:1",
            "wants-peer 2.0.0 peer None shop/pnpm-lock.yaml:75"
        ]
    );
}
