//! Settings that the lockfile repeats.

use super::*;

const LOCKED: &str = "lockfileVersion: '9.0'

catalogs:
  default:
    b:
      specifier: 2.0.0
      version: 2.0.0

overrides:
  c>a: 1.0.0

importers:

  .:
    dependencies:
      a:
        specifier: 1.0.0
        version: 1.0.0
      b:
        specifier: 'catalog:'
        version: 2.0.0

packages:

  a@1.0.0:
    resolution: {integrity: sha512-a==}

  b@2.0.0:
    resolution: {integrity: sha512-b==}

snapshots:

  a@1.0.0: {}

  b@2.0.0: {}
";

const MANIFEST: &str = r#"{"dependencies": {"a": "^1.0.0", "b": "catalog:"}}"#;
const SETTINGS: &str = "catalog:\n  b: 2.0.0\n  unused: 1.0.0\noverrides:\n  c>a: 1.0.0\n";

/// The misfits, each to its second quoted word.
fn misfits(text: &str, files: &[(&'static str, &'static str)]) -> Vec<String> {
    let files = Files(Box::leak(files.to_vec().into_boxed_slice()));
    let (_, misfits) = read(text, &files).unwrap();
    misfits.into_iter().map(|gap| gap.message).collect()
}

#[test]
fn overrides_and_catalogs_have_to_be_those_of_the_settings() {
    for (settings, expected) in [
        (SETTINGS.to_owned(), &[][..]),
        // What stands for something else is known only to pnpm.
        (SETTINGS.replace("a: 1.0.0", "a: $x"), &[]),
        (SETTINGS.replace("a: 1.0.0", "a: 'catalog:'"), &[]),
        (
            SETTINGS.replace("b: 2.0.0", "b: 1.0.0"),
            &["shop/pnpm-lock.yaml:5: `b` is asked for as `2.0.0`"],
        ),
        (SETTINGS.replace("  b: 2.0.0\n", ""), &["shop/pnpm-lock.yaml:5: `b`"]),
        (SETTINGS.replace("a: 1.0.0", "a: 0.9.0"), &["shop/pnpm-lock.yaml:10: `c>a`"]),
        (
            SETTINGS.replace("  c>a: 1.0.0", "  b: 1.0.0\n  c>a: 1.0.0"),
            &["pnpm-workspace.yaml:5: `b` is asked for as `1.0.0`"],
        ),
        // Without the override `a` is locked for what nobody asks for.
        (
            SETTINGS.replace("overrides:\n  c>a: 1.0.0\n", ""),
            &["shop/pnpm-lock.yaml:10: `c>a`", "package.json:1: `a` is asked for as `^1.0.0`"],
        ),
        ("overrides: &o\n  c>a: 1.0.0\n".to_owned(), &["pnpm-workspace.yaml: it does not read"]),
        // Code may set any of them.
        (
            "configDependencies:\n  hooks: 1.0.0\n".to_owned(),
            &["pnpm-workspace.yaml:2: `hooks` is a configuration dependency"],
        ),
    ] {
        let files = [("package.json", MANIFEST), ("pnpm-workspace.yaml", &*settings.leak())];
        let found = misfits(LOCKED, &files);
        let fits = found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
        assert!(fits && found.len() == expected.len(), "{}\n{found:#?}", files[1].1);
    }
}

#[test]
fn settings_lie_beside_the_lockfile_or_above_it() {
    let other = SETTINGS.replace("b: 2.0.0", "b: 1.0.0").leak();
    let above = [("package.json", MANIFEST), ("../../pnpm-workspace.yaml", &*other)];
    assert_eq!(misfits(LOCKED, &above).len(), 1);
    // Of a lockfile alone nobody knows the settings.
    assert_eq!(misfits(LOCKED, &[]), [""; 0]);
}

#[test]
fn a_manifest_has_settings_for_older_versions_of_pnpm_alone() {
    let text = LOCKED.replace("        specifier: 'catalog:'", "        specifier: 2.0.0");
    let text = text.replace(
        "catalogs:\n  default:\n    b:\n      specifier: 2.0.0\n      version: 2.0.0\n",
        "",
    );
    for (manifest, count) in [
        (r#""pnpm": {"overrides": {"c>a": "1.0.0"}}"#, 0),
        (r#""resolutions": {"c>a": "1.0.0"}"#, 0),
        (r#""resolutions": {"c>a": "1.0.0", "b": "1.0.0"}"#, 1),
        (r#""resolutions": {"c>a": "1.0.0"}, "packageManager": "pnpm@10.1.0""#, 0),
        (r#""resolutions": {"c>a": "1.0.0"}, "packageManager": "pnpm@12.1.0""#, 2),
        (r#""resolutions": {"c>a": "2.0.0"}"#, 1),
    ] {
        let manifest =
            format!(r#"{{"dependencies": {{"a": "^1.0.0", "b": "2.0.0"}}, {manifest}}}"#);
        let found = misfits(&text, &[("package.json", manifest.clone().leak())]);
        assert_eq!(found.len(), count, "{manifest}\n{found:#?}");
    }
}

/// A lockfile cannot excuse with a hook, or a list, that is not there.
#[test]
fn what_the_lockfile_says_about_hooks_and_left_out_packages_has_to_be_true() {
    let manifest = r#"{"dependencies": {"a": "2.0.0", "b": "catalog:"}}"#;
    let said =
        format!("{LOCKED}\npnpmfileChecksum: sha256-x\n\nignoredOptionalDependencies:\n  - a\n");
    let text = said.replace("overrides:\n  c>a: 1.0.0\n", "");
    let settings = "catalog:\n  b: 2.0.0\n";
    for (name, more, count) in [
        ("README.md", "", 1),
        (".pnpmfile.cjs", "", 0),
        (".pnpmfile.mjs", "", 0),
        (".npmrc", "pnpmfile=hooks.cjs\n", 0),
        ("pnpm-workspace.yaml", "catalog:\n  b: 2.0.0\nignoredOptionalDependencies: [a]\n", 0),
    ] {
        let mut files = vec![(name, more), ("package.json", manifest)];
        if name != "pnpm-workspace.yaml" {
            files.push(("pnpm-workspace.yaml", settings));
        }
        let found = misfits(&text, &files);
        assert_eq!(found.len(), count, "{name}\n{found:#?}");
    }
}

#[test]
fn of_one_name_in_several_tables_the_one_counts_that_pnpm_takes() {
    let text = LOCKED.replace("overrides:\n  c>a: 1.0.0\n", "");
    let settings = ("pnpm-workspace.yaml", "catalog:\n  b: 2.0.0\n");
    for (tables, count) in [
        (r#""dependencies": {"a": "1.0.0"}, "devDependencies": {"a": "0.1.0"}"#, 0),
        (r#""dependencies": {"a": "0.1.0"}, "devDependencies": {"a": "1.0.0"}"#, 1),
        (r#""dependencies": {"a": "0.1.0"}, "optionalDependencies": {"a": "1.0.0"}"#, 0),
        (r#""dependencies": {"a": "1.0.0"}, "optionalDependencies": {"a": "0.1.0"}"#, 1),
    ] {
        let manifest = ("package.json", &*format!("{{{tables}}}").leak());
        assert_eq!(misfits(&text, &[manifest, settings]).len(), count, "{tables}");
    }
}

#[test]
fn what_is_locked_says_for_what() {
    let text = LOCKED.replace("        specifier: 1.0.0\n", "");
    let files = [("package.json", MANIFEST), ("pnpm-workspace.yaml", "catalog:\n  b: 2.0.0\n")];
    let text = text.replace("overrides:\n  c>a: 1.0.0\n", "");
    let found = misfits(&text, &files);
    assert!(found.len() == 1 && found[0].contains("does not say for what"), "{found:#?}");
}
