use crate::lockfile::LockfileFormat;
use crate::lockfile::cargo::CargoLock;
use crate::lockfile::sample::Files;
use crate::problem::SourceText;
use std::sync::Arc;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn misfits(lock: &str, manifests: &[(&str, &str)]) -> Vec<String> {
    let lock = lock.replace("{registry}", REGISTRY);
    let source = Arc::new(SourceText::new("Cargo.lock", lock));
    let (_, gaps) = CargoLock.read(&source, &Files(manifests)).unwrap();
    gaps.into_iter().map(|gap| gap.message).collect()
}

/// A lockfile of `app`, which depends on `reed`.
fn app(version: &str, source: &str) -> String {
    format!(
        "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"reed\"]\n\n[[package]]\nname = \"reed\"\nversion = \"{version}\"\n{source}\n"
    )
}

const FROM_REGISTRY: &str = "source = \"{registry}\"";
const FROM_GIT: &str = "source = \"git+https://h.example/reed?branch=x#0123\"";
const APP: &str = "[package]\nname = \"app\"\n";

#[test]
fn what_is_asked_for_must_be_locked_in_a_version_and_from_a_place_that_fits() {
    for (wish, version, source, expected) in [
        ("\"1\"", "1.2.3", FROM_REGISTRY, true),
        ("\"2\"", "1.2.3", FROM_REGISTRY, false),
        ("\"=1.2.4\"", "1.2.3", FROM_REGISTRY, false),
        ("\"1\"", "1.2.3", "", false),
        ("\"1\"", "1.2.3", FROM_GIT, false),
        ("{ version = \"1\", optional = true }", "1.2.3", FROM_REGISTRY, true),
        (
            "{ version = \"1\", registry = \"own\" }",
            "1.2.3",
            "source = \"registry+https://h.example/index\"",
            true,
        ),
        ("{ git = \"https://h.example/reed\" }", "1.2.3", FROM_GIT, true),
        ("{ git = \"https://h.example/reed\" }", "1.2.3", FROM_REGISTRY, false),
        ("{ git = \"https://h.example/reed\", version = \"2\" }", "1.2.3", FROM_GIT, false),
        ("\"1\"", "1.2.3-alpha.1", FROM_REGISTRY, false),
        ("\"1.2.3-alpha\"", "1.2.3-alpha.1", FROM_REGISTRY, true),
    ] {
        for table in [
            "dependencies",
            "build-dependencies",
            "dev-dependencies",
            "target.'cfg(unix)'.dependencies",
        ] {
            let manifest = format!("{APP}[{table}]\nreed = {wish}\n");
            let said = misfits(&app(version, source), &[("Cargo.toml", &manifest)]);
            assert_eq!(said.is_empty(), expected, "{manifest}{source}: {said:?}");
        }
    }
}

#[test]
fn a_misfit_is_told_with_both_places() {
    let manifest = format!("{APP}[dependencies]\nreed = \"2\"\n");
    assert_eq!(
        misfits(&app("1.2.3", FROM_REGISTRY), &[("Cargo.toml", &manifest)]),
        [
            "Cargo.toml:4: `reed` is asked for as `2`, and Cargo.lock:7 locks reed 1.2.3, so that cargo would \
          build something else"
        ]
    );
    let none = format!("{APP}[dependencies]\nwren = \"2\"\n");
    let said = misfits(&app("1.2.3", FROM_REGISTRY), &[("Cargo.toml", &none)]);
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("Cargo.lock locks none for it"), "{said:?}");
}

#[test]
fn other_names_folders_patches_and_inheritance_fit() {
    let lock = app("1.2.3", FROM_REGISTRY);
    let local = app("1.2.3", "");
    let reed = ("vendor/reed/Cargo.toml", "[package]\nname = \"reed\"\nversion = \"1.2.3\"\n");
    for (what, lock, tables, more) in [
        (
            "another name",
            &lock,
            "[dependencies]\nother = { package = \"reed\", version = \"1\" }",
            &[][..],
        ),
        ("a folder", &local, "[dependencies]\nreed = { path = \"vendor/reed\" }", &[reed]),
        (
            "a patch",
            &local,
            "[dependencies]\nreed = \"1\"\n[patch.crates-io]\nreed = { path = \"vendor/reed\" }",
            &[reed],
        ),
        (
            "inheritance",
            &lock,
            "[dependencies]\nreed.workspace = true\n[workspace.dependencies]\nreed = \"1\"",
            &[],
        ),
        (
            "an inherited folder",
            &local,
            "[dependencies]\nreed.workspace = true\n[workspace.dependencies]\nreed = { path = \"vendor/reed\" }",
            &[reed],
        ),
        (
            "a patch of the configuration",
            &local,
            "[dependencies]\nreed = \"1\"",
            &[(".cargo/config.toml", "[patch.crates-io]\nreed = { path = \"/srv/reed\" }")],
        ),
        (
            "a member of another workspace",
            &lock,
            "[dependencies]\nreed = \"9\"",
            &[("../Cargo.toml", "[workspace]\nmembers = [\"app\"]")],
        ),
        ("what cannot be inherited", &lock, "[dependencies]\nreed.workspace = true", &[]),
    ] {
        let manifest = format!("{APP}{tables}\n");
        let mut manifests = vec![("Cargo.toml", manifest.as_str())];
        manifests.extend(more);
        assert_eq!(misfits(lock, &manifests), [""; 0], "{what}");
    }
}

#[test]
fn a_package_without_a_source_is_a_folder_of_the_workspace() {
    let lock =
        app("1.2.3", FROM_REGISTRY) + "\n[[package]]\nname = \"tern\"\nversion = \"1.0.0\"\n";
    let manifest = format!("{APP}[dependencies]\nreed = \"1\"\n");
    let said = misfits(&lock, &[("Cargo.toml", &manifest)]);
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("Cargo.lock:12: tern 1.0.0 has no source"), "{said:?}");
    let tern = ("../tern/Cargo.toml", "[package]\nname = \"tern\"\n");
    let with = format!("{manifest}tern = {{ path = \"../tern\" }}\n");
    let there = misfits(&lock, &[("Cargo.toml", &with), tern]);
    assert!(there.iter().all(|said| !said.contains("no source")), "{there:?}");
    let gone = misfits(&lock, &[("Cargo.toml", &with)]);
    assert!(gone.iter().all(|said| !said.contains("no source")), "what is not there may be it");
}

#[test]
fn only_members_are_compared() {
    let lock = "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"tern\"]\n\n[[package]]\nname = \"tern\"\nversion = \"0.1.0\"\n";
    let tern = "[package]\nname = \"tern\"\n[dev-dependencies]\nreed = \"1\"\n";
    let path = |folder: &str| format!("{APP}[dependencies]\ntern = {{ path = \"{folder}\" }}\n");
    for (what, manifest, folder, count) in [
        ("no workspace", path("tern"), "tern", 0),
        ("a workspace", path("tern") + "[workspace]\n", "tern", 1),
        ("excluded", path("tern") + "[workspace]\nexclude = [\"tern\"]\n", "tern", 0),
        ("elsewhere", path("../tern") + "[workspace]\n", "../tern", 0),
    ] {
        let other = format!("{folder}/Cargo.toml");
        let said = misfits(lock, &[("Cargo.toml", &manifest), (&other, tern)]);
        assert_eq!(said.len(), count, "{what}: {said:?}");
    }
}

#[test]
fn without_a_manifest_that_reads_there_is_nothing_to_fit() {
    for manifests in [&[][..], &[("Cargo.toml", "[package")]] {
        assert!(misfits(&app("1.2.3", ""), manifests).is_empty());
    }
}

#[test]
fn what_a_patch_leads_to_is_no_member() {
    let lock = app("1.2.3", "");
    let reed = "[package]\nname = \"reed\"\nversion = \"1.2.3\"\n[dependencies]\n\
        tern = { version = \"1\", optional = true }\n[dev-dependencies]\ngull = \"1\"\n";
    let patch = "[patch.crates-io]\nreed = { path = \"vendor/reed\" }\n";
    let root = format!("{APP}[dependencies]\nreed = \"1\"\n[workspace]\n{patch}");
    let misfits_of =
        |root: &str| misfits(&lock, &[("Cargo.toml", root), ("vendor/reed/Cargo.toml", reed)]);
    assert_eq!(misfits_of(&root), [""; 0]);
    let named = root.replace("[workspace]\n", "[workspace]\nmembers = [\"vendor/*\"]\n");
    let said = misfits_of(&named.replace("vendor/*", "vendor/reed"));
    assert_eq!(said.len(), 2, "a member's own are locked: {said:?}");
}

#[test]
fn a_folder_of_another_workspace_inherits_from_that_one() {
    let lock = "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"tern\"]\n\n\
        [[package]]\nname = \"gull\"\nversion = \"0.1.0\"\n\n\
        [[package]]\nname = \"tern\"\nversion = \"0.1.0\"\ndependencies = [\"gull\"]\n";
    let root =
        format!("{APP}[dependencies]\ntern = {{ path = \"../crates/tern\" }}\n[workspace]\n");
    let tern = "[package]\nname = \"tern\"\n[dependencies]\ngull.workspace = true\n";
    let gull = "[package]\nname = \"gull\"\n";
    let above = "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\n\
        gull = { path = \"crates/gull\" }\n";
    let mut files = vec![
        ("Cargo.toml", root.as_str()),
        ("../crates/tern/Cargo.toml", tern),
        ("../crates/gull/Cargo.toml", gull),
        ("../Cargo.toml", above),
    ];
    assert_eq!(misfits(lock, &files), [""; 0]);
    files.pop();
    let said = misfits(lock, &files);
    assert_eq!(said.len(), 1, "nobody leads to it: {said:?}");
}
