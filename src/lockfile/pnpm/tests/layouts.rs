//! One project in every layout, the documents of a file, and versions.

use super::*;
use crate::problem::GapCode;

#[test]
fn every_layout_of_one_project_locks_the_same_for_the_same_reasons() {
    let expected: BTreeSet<String> = LOCKED.iter().map(ToString::to_string).collect();
    for text in LAYOUTS {
        let (lockfile, misfits) = read(text, &MANIFESTS).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(packages(&lockfile), expected, "{text}");
        assert_eq!((misfits.len(), lockfile.missing.len()), (0, 0), "{text}");
        let folders = lockfile.roots.iter().map(|root| lockfile.packages[*root].folder.as_deref());
        assert_eq!(folders.collect::<Vec<_>>(), [Some(""), Some("packages/member")]);
        let found = edges(&lockfile);
        for edge in [
            "shop > real 1.1.0 Normal",
            "shop > member Normal",
            "shop > mac-only 3.1.0 Optional",
            "shop > wants-peer 2.0.0 Development",
            "shop > peer 1.0.0 Development",
            "member > wants-peer 2.0.0 Normal",
            "member > peer 2.0.0 Normal",
        ] {
            assert!(found.contains(edge), "{edge} {found:?}");
        }
        let limited = lockfile.packages.iter().filter(|package| package.limits.is_some());
        let limited: Vec<&str> = limited.map(|package| package.id.name.as_str()).collect();
        assert_eq!(limited, ["mac-only"], "{text}");
        for package in lockfile.packages.iter().filter(|package| package.checksum.is_some()) {
            let span = package.checksum.clone().unwrap();
            let checksum = &text[span.start as usize..span.end as usize];
            assert!(checksum.starts_with("sha512-") && checksum.ends_with("=="), "{checksum}");
        }
    }
}

#[test]
fn a_copy_needs_the_peers_in_its_name() {
    for text in [VERSION_5, VERSION_6, VERSION_9] {
        let lockfile = parse(text).unwrap();
        let copies: Vec<PackageIndex> = (0..lockfile.packages.len())
            .filter(|package| lockfile.packages[*package].id.name == "wants-peer")
            .collect();
        let peer_of = |copy: PackageIndex| {
            let mut edges = lockfile.edges.iter().filter(|edge| edge.from == copy);
            lockfile.packages[edges.next().unwrap().to].id.version.to_string()
        };
        assert_eq!(
            copies.iter().map(|copy| peer_of(*copy)).collect::<Vec<_>>(),
            ["1.0.0", "2.0.0"]
        );
    }
}

#[test]
fn what_runs_at_each_installation_stands_apart() {
    let environment = "---
lockfileVersion: '9.0'

importers:

  .:
    configDependencies:
      hooks:
        specifier: 1.0.0
        version: 1.0.0
    packageManagerDependencies:
      pnpm:
        specifier: 12.0.0
        version: 12.0.0

packages:

  hooks@1.0.0:
    resolution: {integrity: sha512-hooks==}

  pnpm@12.0.0:
    resolution: {integrity: sha512-pnpm==}

snapshots:

  hooks@1.0.0: {}

  pnpm@12.0.0: {}

---
";
    let text = format!("{environment}{VERSION_9}");
    let (lockfile, misfits) = read(&text, &MANIFESTS).unwrap();
    assert!(misfits.is_empty(), "{misfits:?}");
    assert_eq!(packages(&lockfile).len(), LOCKED.len() + 2);
    let found = edges(&lockfile);
    for edge in [
        "configDependencies > hooks 1.0.0 Normal",
        "packageManagerDependencies > pnpm 12.0.0 Normal",
    ] {
        assert!(found.contains(edge), "{edge} {found:?}");
    }
    // pnpm 10 keeps versions of configuration dependencies in pnpm-workspace.yaml alone.
    for (text, workspace, open) in [
        (text.as_str(), "configDependencies:\n  hooks: 1.0.0+sha512-hooks==\n", 0),
        (text.as_str(), "configDependencies:\n  hooks: 1.0.0\n  other: 1.0.0\n", 1),
        (VERSION_9, "configDependencies:\n  hooks: 1.0.0+sha512-hooks==\n", 1),
        (VERSION_9, "configDependencies: &anchor\n  hooks: 1.0.0\n", 1),
        (VERSION_9, "# configDependencies\npackages: ['packages/*']\n", 0),
        (VERSION_9, "configDependencies:\n", 0),
    ] {
        let mut files = MANIFESTS.0.to_vec();
        files.push(("pnpm-workspace.yaml", workspace));
        let (_, gaps) = read(text, &Files(&files)).unwrap();
        assert_eq!(gaps.len(), open, "{workspace} {gaps:?}");
        assert!(gaps.iter().all(|gap| gap.code == GapCode::LockfileIncomplete), "{gaps:?}");
    }
    // What installs alone says nothing about the projects.
    for text in [environment, &environment.replace("\n---\n", "\n")] {
        let error = parse(text).unwrap_err();
        assert!(matches!(error, LockfileError::Empty { .. }), "{error}");
    }
    // pnpm takes what stands behind the first `---` for what installs, whatever it is.
    for text in [format!("---\n{VERSION_9}"), format!("---\n{VERSION_9}---\n")] {
        let error = parse(&text).unwrap_err();
        assert!(error.problem().message.contains("begins with `---`"), "{error}");
    }
    assert_eq!(packages(&parse(&format!("---\n\n---\n{VERSION_9}")).unwrap()).len(), LOCKED.len());
    let twice = format!("{VERSION_9}---\n{VERSION_9}");
    assert!(parse(&twice).unwrap_err().problem().message.contains("second document"));
}

#[test]
fn version_13_finds_exact_versions_and_catalogs_where_they_stand() {
    let text = r#"{
	"lockfileVersion": "13.0",
	"settings": {"catalogs": {"default": {"a": {"specifier": "^1.0.0", "version": "1.2.0"}, "b": "2.0.0"}}},
	"projects": {
		".": {
			"dependencies": {
				"a": "catalog:",
				"b": "catalog:default",
				"c": "npm:real@3.0.0",
				"inner": "workspace:^",
			},
			"dependenciesMeta": {"inner": {"injected": true}},
		},
		"deep/inner": {},
	},
	"packages": {
		"a@1.2.0": {"integrity": "sha512-a=="},
		"b@2.0.0": {"integrity": "sha512-b==", "peerDependencies": {"p": {"version": "1.0.0", "below": true}}},
		"inner@file:deep/inner": {"dependencies": {"a": "1.2.0"}},
		"real@3.0.0": {"integrity": "sha512-c=="},
	},
}
"#;
    let lockfile = parse(text).unwrap();
    assert!(lockfile.missing.is_empty(), "{:?}", lockfile.missing);
    let found = edges(&lockfile);
    for edge in [
        "shop > a 1.2.0 Normal",
        "shop > b 2.0.0 Normal",
        "shop > real 3.0.0 Normal",
        "shop > inner file:deep/inner Normal",
        "inner file:deep/inner > a 1.2.0 Normal",
    ] {
        assert!(found.contains(edge), "{edge} {found:?}");
    }
}

#[test]
fn versions_that_are_not_known_are_refused_with_those_that_are() {
    for version in ["4", "'5.5'", "'6.2'", "8.0", "'9.1'", "'10.0'", "'13.1'", "14", "{}", "", "v3"]
    {
        let text = format!("lockfileVersion: {version}\n\npackages: {{}}\n");
        let error = parse(&text).unwrap_err();
        assert!(matches!(error, LockfileError::Unsupported(_)), "{version}: {error}");
        let problem = error.problem();
        assert_eq!(problem.line(), Some(1), "{version}");
        assert!(problem.label.as_ref().unwrap().contains("9.0 and 13.0"), "{version}");
        assert!(problem.help.as_ref().unwrap().contains("pnpm install"), "{version}");
    }
}

#[test]
fn files_are_of_pnpm_by_their_names_and_by_their_text() {
    for (name, is_one) in [
        ("pnpm-lock.yaml", true),
        ("pnpm-lock.feature!x.yaml", true),
        ("pnpm-lock.yml", false),
        ("shrinkwrap.yaml", false),
    ] {
        assert_eq!(PnpmLock.reads(name), is_one, "{name}");
    }
    for text in
        [VERSION_5, VERSION_9, "---\nlockfileVersion: '9.0'\n", "<<<<<<< a\nlockfileVersion: 5\n"]
    {
        assert!(PnpmLock.recognises(text), "{text}");
    }
    assert!(!PnpmLock.recognises("{\"lockfileVersion\": 3, \"packages\": {}}"));
}
