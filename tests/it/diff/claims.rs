//! Claims that a change breaks, mends, or finds broken.

use super::repository::{Repository, cargo_lock};
use crate::harness::Run;
use crate::toolchain;

/// A manifest of `harbour` that needs tarn in one way.
fn manifest(table: &str) -> String {
    format!(
        "[package]\nname = \"harbour\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[{table}]\n\
         tarn = \"1\"\n"
    )
}

fn claim(text: &str) -> String {
    format!(
        "schema = 1\n[[suppress]]\nadvisory = \"GHSA-case-0001-tarn\"\nclaim = {{ {text} }}\n\
         reason = \"only our tests need it\"\n"
    )
}

/// A project that needs tarn for development.
fn developing(policy: &str) -> Repository {
    let repository = Repository::new();
    repository
        .write("Cargo.lock", cargo_lock(&["tarn 1.0.0"]))
        .write("Cargo.toml", manifest("dev-dependencies"))
        .write("src/lib.rs", "")
        .write("lockgate.toml", policy);
    repository.commit();
    repository
}

#[test]
fn a_claim_that_the_change_breaks_is_new_and_blocks() {
    let repository = developing(&claim("development-only = true"));
    assert_eq!(repository.told(&["--base", "HEAD"]).findings(), ["existing tarn 1.0.0 suppressed"]);
    repository.write("Cargo.toml", manifest("dependencies"));
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!((told.code, told.findings()), (1, vec!["added tarn 1.0.0 block".to_owned()]));
    assert_eq!(told.json["findings"][0]["suppression"]["state"], "refuted");

    // Once it is merged the next change finds it broken.
    repository.commit();
    repository.write("README.md", "Another change.\n");
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!((told.code, told.findings()), (0, vec!["existing tarn 1.0.0 block".to_owned()]));
    // Another untruth about the same is new again.
    repository.write("lockgate.toml", claim("build-only = true"));
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!((told.code, told.findings()), (1, vec!["added tarn 1.0.0 block".to_owned()]));
}

#[test]
fn the_members_of_a_workspace_are_known_at_the_base() {
    for (folder, member) in [("", "crates/*"), ("app/", "crates/*"), ("app/", "../shared/*")] {
        let member_folder = member.replace('*', "harbour");
        let repository = Repository::new();
        repository
            .write(&format!("{folder}Cargo.lock"), cargo_lock(&["tarn 1.0.0"]))
            .write(
                &format!("{folder}Cargo.toml"),
                format!("[workspace]\nmembers = [\"{member}\"]\n"),
            )
            .write(&format!("{folder}{member_folder}/Cargo.toml"), manifest("dev-dependencies"))
            .write("lockgate.toml", claim("development-only = true"));
        repository.commit();
        repository.write(&format!("{folder}{member_folder}/Cargo.toml"), manifest("dependencies"));
        let told = repository.told(&["--base", "HEAD"]);
        // Had it not been upheld at the base, it would have been there before.
        assert_eq!(told.findings(), ["added tarn 1.0.0 block"], "{folder}{member}");
        assert_eq!(told.code, 1);
    }
}

#[cfg(unix)]
#[test]
fn links_in_the_tree_are_followed_at_the_base() {
    let repository = Repository::new();
    repository
        .write("Cargo.lock", cargo_lock(&["tarn 1.0.0"]))
        .write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n")
        .write("elsewhere/Cargo.toml", manifest("dev-dependencies"))
        .write("lockgate.toml", claim("development-only = true"));
    std::fs::create_dir(repository.folder().join("crates")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", repository.folder().join("crates/harbour")).unwrap();
    repository.commit();
    assert_eq!(repository.told(&["--base", "HEAD"]).findings(), ["existing tarn 1.0.0 suppressed"]);
    repository.write("elsewhere/Cargo.toml", manifest("dependencies"));
    assert_eq!(repository.told(&["--base", "HEAD"]).findings(), ["added tarn 1.0.0 block"]);
}

/// What ships development dependencies leaves the claim open, at the base as well: whatever is written
/// of the base, the files that say so are.
#[test]
fn what_ships_development_dependencies_is_known_at_the_base() {
    let cargo = || developing(&claim("development-only = true"));
    let npm = || {
        let lockfile = serde_json::json!({
            "name": "web", "version": "1.0.0", "lockfileVersion": 3,
            "packages": {
                "": { "name": "web", "version": "1.0.0", "devDependencies": { "glim": "1.0.0" } },
                "node_modules/glim": { "version": "1.0.0", "dev": true },
            },
        });
        let policy = claim("development-only = true").replace("0001-tarn", "0003-glim");
        let repository = Repository::new();
        repository
            .write("web/package-lock.json", format!("{lockfile:#}\n"))
            .write(
                "web/package.json",
                r#"{ "name": "web", "devDependencies": { "glim": "1.0.0" } }"#,
            )
            .write("lockgate.toml", policy);
        repository.commit();
        repository
    };
    let workflow = "jobs:\n  ship:\n    steps:\n      - run: cargo build --example tour\n";
    let container = "FROM node:22\nRUN npm ci\n";
    let cases: &[(&dyn Fn() -> Repository, &str, &str, &str)] = &[
        (&cargo, "tarn", ".github/workflows/ship.yml", workflow),
        (&cargo, "tarn", "deploy/ship", "#!/bin/sh\ncargo build --example tour\n"),
        (&npm, "glim", "web/Dockerfile", container),
        (&npm, "glim", "docker/web.dockerfile", container),
    ];
    for (project, package, path, text) in cases {
        let repository = project();
        let existing = format!("existing {package} 1.0.0 suppressed");
        assert_eq!(repository.told(&["--base", "HEAD"]).findings(), [existing], "{path}");
        repository.write(path, text);
        let told = repository.told(&["--base", "HEAD"]);
        let added = format!("added {package} 1.0.0 block");
        assert_eq!((told.code, told.findings()), (1, vec![added]), "{path}");
        assert_eq!(told.json["findings"][0]["suppression"]["state"], "unknown", "{path}");
        // Once it is merged it was there before.
        repository.commit();
        repository.write("README.md", "Another change.\n");
        let told = repository.told(&["--base", "HEAD"]);
        let existing = format!("existing {package} 1.0.0 block");
        assert_eq!((told.code, told.findings()), (0, vec![existing]), "{path}");
    }
}

#[test]
fn a_claim_that_cannot_be_decided_any_more_is_new() {
    let repository = developing(&claim("development-only = true"));
    repository.remove("Cargo.toml");
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!((told.code, told.findings()), (1, vec!["added tarn 1.0.0 block".to_owned()]));
    assert_ne!(told.json["findings"][0]["suppression"]["state"], "upheld");
}

#[test]
fn a_claim_that_is_proved_counts_at_once() {
    let repository = developing("schema = 1\n");
    repository.write("lockgate.toml", claim("development-only = true"));
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!(
        (told.code, told.findings()),
        (0, vec!["existing tarn 1.0.0 suppressed".to_owned()])
    );
    assert_eq!(
        told.policy_changes(),
        ["proved: a suppression of GHSA-case-0001-tarn is added: development-only"]
    );
    // It would have been new without it.
    repository.write("Cargo.lock", cargo_lock(&["tarn 1.0.0", "tarn 1.1.0"]));
    assert_eq!(repository.told(&["--base", "HEAD"]).code, 0);
}

#[test]
fn what_moves_from_development_to_running_is_new_where_its_gate_is_stricter() {
    for (policy, code, finding) in [
        ("[gate.development]\nhigh = \"note\"\n", 1, "added tarn 1.0.0 block"),
        ("", 0, "existing tarn 1.0.0 block"),
        (
            "[gate]\nhigh = \"ticket\"\n[gate.development]\nhigh = \"note\"\n",
            0,
            "added tarn 1.0.0 ticket",
        ),
    ] {
        let repository = developing(&format!("schema = 1\n{policy}"));
        repository.write("Cargo.toml", manifest("dependencies"));
        let told = repository.told(&["--base", "HEAD"]);
        assert_eq!((told.code, told.findings()), (code, vec![finding.to_owned()]), "{policy}");
    }
}

/// What ships, in the policy.
const DECLARED: &str = "[cargo]\nfeatures = { default = true }\n";

/// A workspace whose registry lies in a folder of it, and a claim about what Cargo builds.
fn built() -> Repository {
    let repository = Repository::new();
    for (name, more) in [("middle", "[dependencies]\ntarn = \"1\"\n"), ("tarn", "")] {
        let folder = format!("vendor/{name}-1.0.0");
        repository
            .write(
                &format!("{folder}/Cargo.toml"),
                format!(
                    "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{more}"
                ),
            )
            .write(&format!("{folder}/src/lib.rs"), "")
            .write(&format!("{folder}/.cargo-checksum.json"), "{\"files\":{}}");
    }
    repository
        .write(
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\n\
             directory = \"vendor\"\n",
        )
        .write("Cargo.toml", application(false))
        .write("src/main.rs", "fn main() {}\n")
        .write("lockgate.toml", claim("not-built = true") + DECLARED);
    let done = toolchain::cargo(&repository.folder())
        .args(["generate-lockfile", "--offline"])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    repository.commit();
    repository
}

fn application(builds: bool) -> String {
    let default = if builds { "\"tls\"" } else { "" };
    format!(
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\npublish = false\n\n\
         [features]\ndefault = [{default}]\ntls = [\"dep:middle\"]\n\n[dependencies]\n\
         middle = {{ version = \"1\", optional = true }}\n"
    )
}

/// The state of the claim, and what the change has to do with it.
fn with_cargo(repository: &Repository) -> (i32, String, String) {
    with_cargo_at(repository, "HEAD")
}

fn with_cargo_at(repository: &Repository, base: &str) -> (i32, String, String) {
    let mut command = repository.command(&["--base", base, "--report", "json"]);
    let path = std::env::join_paths(
        std::iter::once(toolchain::folder())
            .chain(std::env::split_paths(&super::repository::path())),
    );
    let run: Run = command.env("PATH", path.unwrap()).output().unwrap().into();
    let finding = &run.json()["findings"][0];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    (run.code, text(&finding["change"]), text(&finding["suppression"]["state"]))
}

#[test]
fn what_cargo_built_at_the_base_is_asked_where_it_decides() {
    if !toolchain::is_here("claims about builds at a base") {
        return;
    }
    let said = |code: i32, change: &str, state: &str| (code, change.to_owned(), state.to_owned());
    let repository = built();
    assert_eq!(with_cargo(&repository), said(0, "existing", "upheld"));
    repository.write("Cargo.toml", application(true));
    assert_eq!(with_cargo(&repository), said(1, "added", "refuted"));
    repository.commit();
    repository.write("README.md", "Another change.\n");
    assert_eq!(with_cargo(&repository), said(0, "existing", "refuted"));
}

#[test]
fn which_feature_is_meant_is_a_word_that_counts_after_merging() {
    if !toolchain::is_here("claims about features in a change") {
        return;
    }
    let repository = built();
    repository.write("lockgate.toml", "schema = 1\n").remove("Cargo.lock").commit();
    repository
        .write("vendor/calm-1.0.0/src/lib.rs", "")
        .write("vendor/calm-1.0.0/.cargo-checksum.json", "{\"files\":{}}")
        .write(
            "vendor/calm-1.0.0/Cargo.toml",
            "[package]\nname = \"calm\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[features]\nodd = []\n",
        )
        .write("Cargo.toml", application(true) + "calm = \"1\"\n");
    let locked = toolchain::cargo(&repository.folder())
        .args(["generate-lockfile", "--offline"])
        .output()
        .unwrap();
    assert!(locked.status.success(), "{}", String::from_utf8_lossy(&locked.stderr));
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.commit();
    // A feature that has nothing to do with the vulnerability, and is off.
    repository.write("lockgate.toml", claim("feature-off = \"calm/odd\""));
    assert_eq!(with_cargo_at(&repository, &base), (1, "added".to_owned(), "-".to_owned()));
    // Whoever has reviewed the word has taken it for true.
    repository.commit();
    assert_eq!(with_cargo(&repository), (0, "existing".to_owned(), "upheld".to_owned()));
}

#[test]
fn what_nobody_can_say_about_builds_is_not_taken_for_what_was_there() {
    if !toolchain::is_here("claims about builds without Cargo") {
        return;
    }
    // Without Cargo neither side is known: the claim may have held at the base.
    let repository = built();
    let told = repository
        .command(&["--base", "HEAD", "--report", "json"])
        .env("PATH", without_cargo(&repository))
        .output()
        .unwrap();
    let run: Run = told.into();
    run.assert_code(1);
    assert_eq!(run.json()["findings"][0]["suppression"]["state"], "unknown");
    assert_eq!(run.json()["findings"][0]["change"], "added");
}

/// A folder with git alone.
fn without_cargo(repository: &Repository) -> std::path::PathBuf {
    let folder = repository.project.path().join("programs");
    std::fs::create_dir(&folder).unwrap();
    let git = std::env::split_paths(&super::repository::path())
        .map(|folder| folder.join("git"))
        .find(|program| program.is_file())
        .unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(git, folder.join("git")).unwrap();
    #[cfg(not(unix))]
    std::fs::copy(git, folder.join("git")).unwrap();
    folder
}

#[test]
fn a_statement_counts_as_it_stands_at_the_base() {
    let statement = serde_json::json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://harbour.example/vex/1",
        "author": "tarn", "timestamp": "2026-11-01T00:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": { "name": "CVE-2026-0001" },
            "products": [{ "@id": "pkg:cargo/tarn" }],
            "status": "not_affected", "justification": "component_not_present" }],
    });
    let empty = {
        let mut empty = statement.clone();
        empty["statements"] = serde_json::json!([]);
        empty
    };
    let repository = developing("schema = 1\n");
    repository.write("vex.json", statement.to_string()).commit();
    let arguments = ["--base", "HEAD", "--vex", "vex.json"];
    assert_eq!(repository.told(&arguments).findings(), ["existing tarn 1.0.0 suppressed"]);
    repository.write("vex.json", empty.to_string());
    let told = repository.told(&arguments);
    assert_eq!((told.code, told.findings()), (1, vec!["added tarn 1.0.0 block".to_owned()]));
}
