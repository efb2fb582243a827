//! Which project a lockfile locks is told by its folder: a name proves nothing.

use super::repository::{Repository, cargo_lock_of, npm_lock};

const NPM: &str = r#"{ "name": "web", "version": "1.0.0", "dependencies": { "glim": "1.0.0" } }"#;
const CRATE: &str =
    "[package]\nname = \"tools\"\nversion = \"0.1.0\"\n[dependencies]\ntarn = \"1\"\n";

/// What a change writes (nothing: it deletes it).
type Change<'a> = (&'a str, Option<String>);

fn apply(repository: &Repository, change: &[Change<'_>]) {
    for (path, text) in change {
        match text {
            Some(text) => repository.write(path, text),
            None => repository.remove(path),
        };
    }
}

/// A repository with a project of npm in `web` and one of Cargo in `tools`, each with a vulnerability.
fn projects() -> Repository {
    let repository = Repository::new();
    repository
        .write("web/package.json", NPM)
        .write("web/package-lock.json", npm_lock("web", &["glim 1.0.0"]))
        .write("tools/Cargo.toml", CRATE)
        .write("tools/Cargo.lock", cargo_lock_of("tools", &["tarn 1.0.0"]))
        .commit();
    repository
}

#[test]
fn a_lockfile_of_the_same_name_elsewhere_locks_nothing() {
    let decoy = || Some(npm_lock("web", &[]));
    let same = || Some(npm_lock("web", &["glim 1.0.0"]));
    let crates = || Some(cargo_lock_of("tools", &[]));
    for change in [
        vec![("web/package-lock.json", None), ("docs/package-lock.json", decoy())],
        // Nor one of the same text, nor one above that does not cover the folder.
        vec![("web/package-lock.json", None), ("docs/package-lock.json", same())],
        vec![("web/package-lock.json", None), ("package-lock.json", decoy())],
        vec![("web/package-lock.json", None), ("web/docs/package-lock.json", decoy())],
        vec![("tools/Cargo.lock", None), ("docs/Cargo.lock", crates())],
        vec![("tools/Cargo.lock", None), ("tools/docs/Cargo.lock", crates())],
        vec![("tools/Cargo.lock", None), ("Cargo.lock", crates())],
    ] {
        let repository = projects();
        apply(&repository, &change);
        let told = repository.told(&["--base", "HEAD"]);
        let about = format!("{change:?}: {}", told.json);
        assert_ne!(told.code, 0, "{about}");
        assert!(told.gaps().contains(&"lockfile-gone"), "{about}");
        assert!(told.fixed().is_empty(), "{about}");
        assert!(!told.remarks().contains("which has moved"), "{about}");
    }
}

#[test]
fn a_decoy_that_was_there_before_hides_nothing_either() {
    let repository = projects();
    repository
        .write("docs/package-lock.json", npm_lock("web", &[]))
        .write("docs/Cargo.lock", cargo_lock_of("tools", &[]))
        .commit();
    repository.remove("web/package-lock.json").remove("tools/Cargo.lock");
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!(told.code, 3);
    let gone = told.gaps().into_iter().filter(|code| *code == "lockfile-gone");
    assert_eq!(gone.count(), 2, "{:?}", told.gaps());
}

#[test]
fn a_folder_that_is_renamed_with_its_manifest_has_moved() {
    let repository = projects();
    for (from, to) in [("web", "site"), ("tools", "xtools")] {
        repository.git(&["mv", from, to]);
    }
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!(told.code, 0, "{}", told.json);
    assert_eq!(told.findings(), ["existing glim 1.0.0 block", "existing tarn 1.0.0 block"]);
    assert!(told.remarks().contains("site/package-lock.json is compared with web"));
}

#[test]
fn a_project_goes_nowhere_without_its_manifest() {
    let repository = projects();
    repository
        .remove("web/package-lock.json")
        .remove("web/package.json")
        .write("docs/package-lock.json", npm_lock("web", &["glim 1.0.0"]));
    let told = repository.told(&["docs", "web", "--base", "HEAD"]);
    assert!(told.findings().contains(&"added glim 1.0.0 block".to_owned()), "{}", told.json);
}

#[test]
fn a_project_that_has_joined_a_workspace_is_locked_there() {
    let repository = projects();
    let root = r#"{ "name": "all", "version": "1.0.0", "workspaces": ["web"] }"#;
    let mut lock: serde_json::Value =
        serde_json::from_str(&npm_lock("all", &["glim 2.0.0"])).unwrap();
    lock["packages"][""] =
        serde_json::json!({ "name": "all", "version": "1.0.0", "workspaces": ["web"] });
    let web = NPM.replace("1.0.0\" }", "2.0.0\" }");
    lock["packages"]["web"] = serde_json::from_str(&web).unwrap();
    lock["packages"]["node_modules/web"] = serde_json::json!({ "resolved": "web", "link": true });
    let joined = cargo_lock_of("tools", &["tarn 2.0.0"])
        + "\n[[package]]\nname = \"all\"\nversion = \"0.1.0\"\n";
    repository
        .remove("web/package-lock.json")
        .write("web/package.json", web)
        .write("tools/Cargo.toml", CRATE.replace("tarn = \"1\"", "tarn = \"2\""))
        .write("package.json", root)
        .write("package-lock.json", lock.to_string())
        .remove("tools/Cargo.lock")
        .write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"tools\"]\n[package]\nname = \"all\"\nversion = \"0.1.0\"\n",
        )
        .write("Cargo.lock", joined);
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!(told.gaps(), [""; 0], "{}", told.json);
    assert_eq!((told.code, told.fixed().len()), (0, 2), "{}", told.json);
}

#[test]
fn what_moves_into_what_is_checked_was_not_there() {
    let repository = projects();
    repository.write("app/README.md", "An app.\n").commit();
    repository.git(&["mv", "web", "app/web"]);
    for (path, code, findings) in [
        ("app", 1, &["added glim 1.0.0 block"][..]),
        ("app/web/package-lock.json", 1, &["added glim 1.0.0 block"]),
        (".", 0, &["existing glim 1.0.0 block", "existing tarn 1.0.0 block"]),
    ] {
        let told = repository.told(&[path, "--base", "HEAD"]);
        assert_eq!(told.code, code, "{path}: {}", told.json);
        assert_eq!(told.findings(), findings, "{path}");
    }
}

#[test]
fn many_lockfiles_are_compared_one_by_one() {
    let repository = Repository::new();
    for number in 0..60 {
        let name = format!("p{number}");
        repository.write(&format!("{name}/package-lock.json"), npm_lock(&name, &["glim 1.0.0"]));
    }
    repository.commit();
    for number in 0..20 {
        repository.git(&["mv", &format!("p{number}"), &format!("q{number}")]);
    }
    repository.remove("p59/package-lock.json");
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!((told.code, told.fixed().len()), (0, 1));
    assert_eq!(told.findings().len(), 59);
    assert!(told.findings().iter().all(|finding| finding == "existing glim 1.0.0 block"));
}
