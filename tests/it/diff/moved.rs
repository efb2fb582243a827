//! What a change takes out of sight is no longer matched, and never fixed.

use super::repository::{Repository, Told, cargo_lock, npm_lock};

const POLICY: &str = "schema = 1\n[registries]\nprivate = [\"https://npm.harbour.example/ours\"]\n";

/// What is no longer matched: `tarn 1.0.0 git`.
fn moved(told: &Told) -> Vec<String> {
    let moved = told.json["no_longer_matched"].as_array().unwrap().iter();
    moved
        .map(|finding| {
            let package = &finding["package"];
            let (name, version) = (package["name"].as_str(), package["version"].as_str());
            format!("{} {} {}", name.unwrap(), version.unwrap(), finding["why"].as_str().unwrap())
        })
        .collect()
}

fn told_after(path: &str, base: &str, head: &str) -> Told {
    let repository = Repository::new();
    repository.write("lockgate.toml", POLICY).write(path, base).commit();
    repository.write(path, head);
    let text = repository.check(&["--base", "HEAD"]);
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!(text.stdout.contains("no longer matched"), !moved(&told).is_empty());
    assert_eq!(text.stdout.contains("fixed by"), !told.fixed().is_empty());
    told
}

/// A Cargo.lock with tarn 1.0.0 from another source; none for a folder.
fn tarn_from(source: Option<&str>) -> String {
    let public = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    let source = source.map_or_else(String::new, |source| format!("source = \"{source}\"\n"));
    let text = cargo_lock(&["tarn 1.0.0"]).replace(public, &source);
    let checksum = format!("checksum = \"{}\"\n", "0".repeat(64));
    text.replace(&checksum, "")
}

/// A package-lock.json with glim 1.0.0 from an address.
fn glim_from(resolved: &str) -> String {
    let version = "\"version\": \"1.0.0\"\n    }";
    let with_address = format!("\"version\": \"1.0.0\", \"resolved\": \"{resolved}\"\n    }}");
    let text = npm_lock("web", &["glim 1.0.0"]);
    assert!(text.contains(version), "{text}");
    text.replacen(version, &with_address, 2)
}

#[test]
fn a_crate_that_comes_from_elsewhere_now_is_not_fixed() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let git = format!("git+https://git.harbour.example/tarn?branch=main#{commit}");
    let base = cargo_lock(&["tarn 1.0.0"]);
    for (head, why) in [(tarn_from(Some(&git)), "git"), (tarn_from(None), "path")] {
        let told = told_after("Cargo.lock", &base, &head);
        assert_eq!(moved(&told), [format!("tarn 1.0.0 {why}")], "{}", told.json);
        assert_eq!(told.fixed(), [""; 0]);
        assert_eq!(told.findings(), [""; 0]);
    }
    // Another registry is looked at, so nothing is out of sight.
    let elsewhere = tarn_from(Some("sparse+https://crates.harbour.example/index/"));
    let told = told_after("Cargo.lock", &base, &elsewhere);
    assert_eq!(told.findings(), ["existing tarn 1.0.0 block"]);
}

#[test]
fn a_package_of_npm_that_comes_from_elsewhere_now_is_not_fixed() {
    let base = npm_lock("web", &["glim 1.0.0"]);
    for (resolved, why) in [
        ("git+ssh://git@git.harbour.example/glim.git#0123456789abcdef", "git"),
        ("file:vendor/glim-1.0.0.tgz", "path"),
        ("https://npm.harbour.example/ours/glim/-/glim-1.0.0.tgz", "private"),
        ("https://codeload.github.com/harbour/glim/tar.gz/0123456", "url"),
    ] {
        let told = told_after("package-lock.json", &base, &glim_from(resolved));
        assert_eq!(moved(&told), [format!("glim 1.0.0 {why}")], "{resolved}");
        assert_eq!(told.fixed(), [""; 0]);
    }
}

#[test]
fn what_is_gone_or_upgraded_is_fixed() {
    let base = cargo_lock(&["tarn 1.0.0"]);
    for head in [cargo_lock(&["tarn 2.0.0"]), cargo_lock(&["calm 1.0.0"])] {
        let told = told_after("Cargo.lock", &base, &head);
        assert_eq!(told.fixed(), ["tarn 1.0.0"]);
        assert_eq!(moved(&told), [""; 0]);
    }
    // A copy that was there before hides nothing.
    let copy = "\n[[package]]\nname = \"tarn\"\nversion = \"1.0.0\"\n";
    let base = cargo_lock(&["tarn 1.1.0"]).replace("\"tarn\",", "\"tarn 1.1.0\",") + copy;
    let head = cargo_lock(&["calm 1.0.0"]) + copy;
    assert_eq!(told_after("Cargo.lock", &base, &head).fixed(), ["tarn 1.1.0"]);
}

#[test]
fn what_is_moved_to_where_nobody_looks_is_not_fixed() {
    let policy = "schema = 1\n[lockfiles]\nexclude = [\"/archive/\"]\n";
    let glim = npm_lock("web", &["glim 1.0.0"]);
    let manifest = r#"{"name": "web", "dependencies": {"glim": "1.0.0"}}"#;
    let before = |repository: &Repository| {
        repository.write("lockgate.toml", policy).write("app/package-lock.json", &glim);
        repository.write("app/package.json", manifest).commit();
        repository.remove("app/package-lock.json").remove("app/package.json");
    };
    for (files, expected) in [
        (&[("package-lock.json", glim.as_str()), ("package.json", manifest)][..], true),
        (&[("package.json", manifest)], true),
        (&[("Cargo.lock", &cargo_lock(&[]))], false),
        (&[], false),
    ] {
        let repository = Repository::new();
        before(&repository);
        for (name, text) in files {
            repository.write(&format!("archive/app/{name}"), text);
        }
        let told = repository.told(&["--base", "HEAD"]);
        let (excluded, fixed) = (moved(&told), told.fixed());
        if expected {
            assert_eq!(excluded, ["glim 1.0.0 excluded"], "{files:?}");
            assert_eq!(fixed, [""; 0], "{files:?}");
        } else {
            assert_eq!(excluded, [""; 0], "{files:?}");
            assert_eq!(fixed, ["glim 1.0.0"], "{files:?}");
        }
    }
}
