//! Lockfiles as npm itself writes them, of folders on this machine: no registry is asked.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::damage::assert_spans_hold;
use super::edges;
use crate::skip::skip;

/// A project with a workspace, and dependencies of every kind on folders beside it.
fn write_project(folder: &Path) {
    let write = |path: &str, text: &str| {
        let full = folder.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    };
    write(
        "shop/package.json",
        r#"{"name": "shop", "version": "0.1.0", "workspaces": ["packages/*"],
            "dependencies": {"normal": "file:../normal"},
            "devDependencies": {"develop": "file:../develop"},
            "optionalDependencies": {"option": "file:../option"}}"#,
    );
    write(
        "shop/packages/member/package.json",
        r#"{"name": "@shop/member", "version": "0.2.0", "dependencies": {"normal": "file:../../../normal"}}"#,
    );
    for name in ["normal", "develop", "option"] {
        write(
            &format!("{name}/package.json"),
            &format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#),
        );
    }
}

/// Lets npm write a lockfile; `None` where there is no npm.
fn npm_lockfile(folder: &Path, version: &str) -> Option<String> {
    let project = folder.join("shop");
    let output = Command::new("npm")
        .args(["install", "--package-lock-only", "--ignore-scripts", "--offline", "--no-audit"])
        .args(["--no-fund", "--lockfile-version", version])
        .current_dir(&project)
        .env("npm_config_cache", folder.join("cache"))
        .output()
        .ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(fs::read_to_string(project.join("package-lock.json")).unwrap())
}

#[test]
fn lockfiles_of_npm_itself_are_read() {
    for version in ["1", "2", "3"] {
        let folder = tempfile::tempdir().unwrap();
        write_project(folder.path());
        let Some(text) = npm_lockfile(folder.path(), version) else {
            skip("npm", "lockfiles_of_npm_itself_are_read", "npm cannot be run");
            return;
        };
        let path = folder.path().join("shop/package-lock.json");
        let manifests = crate::lockfile::manifest::FolderOnDisk::of_lockfile(&path, "");
        let (lockfile, misfits) = super::read(&text, &manifests).unwrap();
        assert_spans_hold(&lockfile);
        assert!(lockfile.remarks.is_empty(), "both sections say the same: {:?}", lockfile.remarks);
        assert!(lockfile.packages.iter().all(|package| !package.source.is_public()), "{text}");
        assert_eq!(misfits, [], "{text}");
        let found = edges(&lockfile);
        for (name, kind) in
            [("normal", "Normal"), ("develop", "Development"), ("option", "Optional")]
        {
            let is_there = found.iter().any(|edge| {
                edge.starts_with("shop")
                    && edge.contains(&format!("> {name} "))
                    && edge.ends_with(kind)
            });
            assert!(is_there, "version {version}: {name}\n{found:?}\n{text}");
        }
    }
}
