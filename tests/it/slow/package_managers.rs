//! The real package managers lock one project and install it: what lies on disk afterwards is what was
//! read from the lockfile, for development and for production.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use lockgate::inside::{self, DependencyGraph, DependencyKind, NpmPlatform, PackageSource, Scope};
use serde_json::Value;
use tempfile::TempDir;

use crate::package_managers::{Manager, installed};

type Packages = BTreeSet<(String, String)>;

/// A project with every kind of dependency that all of them understand: an alias, optional ones that fit some
/// machines only, development, two versions of one name, peers, a folder, and a member of the workspace.
const ROOT: &str = r#"{
  "name": "oracle", "version": "1.0.0", "private": true,
  "workspaces": ["members/*"],
  "dependencies": {
    "lodash": "4.17.20",
    "is-odd": "npm:is-number@6.0.0",
    "is-number": "7.0.0",
    "react": "17.0.2",
    "react-dom": "17.0.2"
  },
  "devDependencies": {"mkdirp": "0.5.1", "esbuild": "0.19.0"},
  "optionalDependencies": {"fsevents": "2.3.2"}
}"#;

const MEMBER: &str = r#"{
  "name": "member", "version": "1.2.3", "private": true,
  "dependencies": {"lodash": "4.17.21", "minimist": "1.2.5"},
  "devDependencies": {"ms": "2.1.3"}
}"#;

#[test]
fn what_npm_installs_is_what_is_read() {
    check(Manager::Npm);
}

#[test]
fn what_pnpm_installs_is_what_is_read() {
    check(Manager::Pnpm);
}

#[test]
fn what_bun_installs_is_what_is_read() {
    check(Manager::Bun);
}

#[test]
fn what_deno_installs_is_what_is_read() {
    check(Manager::Deno);
}

#[test]
fn what_yarn_1_installs_is_what_is_read() {
    check(Manager::YarnClassic);
}

#[test]
fn what_yarn_installs_is_what_is_read() {
    check(Manager::Yarn);
}

/// The layout that pnpm writes where it is asked to.
#[test]
fn what_pnpm_installs_is_what_is_read_in_version_13() {
    check_with(Manager::Pnpm, "lockfile:\n  format: v13\n");
}

fn check(manager: Manager) {
    check_with(manager, "");
}

/// `settings` stand behind the package manager's other ones.
fn check_with(manager: Manager, settings: &str) {
    let Some(tools) = installed("what package managers install") else {
        return;
    };
    let project = project(manager, settings);
    let folder = project.path().join("project");
    manager.run(tools, project.path(), &folder, install(manager));
    let read = read(manager, &folder.join(manager.lockfile()));
    assert_same(manager, "with development", &on_disk(&folder), &read.with_development);
    let Some(production) = install_for_production(manager) else {
        return;
    };
    for modules in ["node_modules", "members/member/node_modules"] {
        let _ = fs::remove_dir_all(folder.join(modules));
    }
    manager.run(tools, project.path(), &folder, production);
    assert_same(manager, "for production", &on_disk(&folder), &read.for_production);
}

fn project(manager: Manager, more_settings: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    fs::create_dir_all(root.join("members/member")).unwrap();
    fs::write(root.join("package.json"), ROOT).unwrap();
    fs::write(root.join("members/member/package.json"), MEMBER).unwrap();
    let settings = match manager {
        Manager::Pnpm => ("pnpm-workspace.yaml", "packages:\n  - members/*\n"),
        Manager::Deno => ("deno.json", "{\"nodeModulesDir\": \"auto\"}"),
        _ => ("settings", ""),
    };
    fs::write(root.join(settings.0), format!("{}{more_settings}", settings.1)).unwrap();
    folder
}

fn install(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Npm | Manager::Pnpm | Manager::Bun => &["install", "--ignore-scripts"],
        Manager::YarnClassic => &["install", "--ignore-scripts", "--non-interactive"],
        Manager::Yarn => &["install", "--mode=skip-build"],
        Manager::Deno => &["install"],
    }
}

/// `None` where the lockfile does not say what is for development.
fn install_for_production(manager: Manager) -> Option<&'static [&'static str]> {
    match manager {
        Manager::Npm => Some(&["ci", "--omit=dev", "--ignore-scripts"]),
        Manager::Pnpm => Some(&["install", "--prod", "--frozen-lockfile", "--ignore-scripts"]),
        Manager::YarnClassic => {
            Some(&["install", "--production", "--frozen-lockfile", "--ignore-scripts"])
        }
        Manager::Yarn => Some(&["workspaces", "focus", "--all", "--production"]),
        Manager::Bun => Some(&["install", "--production", "--ignore-scripts"]),
        Manager::Deno => None,
    }
}

/// The packages that are installed on this machine by a lockfile.
#[derive(Default)]
struct Read {
    with_development: Installed,
    for_production: Installed,
}

#[derive(Default)]
struct Installed {
    /// Those that may be: nothing else is.
    possible: Packages,
    /// Those that have to be.
    certain: Packages,
}

fn read(manager: Manager, path: &Path) -> Read {
    let lockfile = inside::read_lockfile(path).unwrap();
    // The package managers are pinned for it.
    let here = NpmPlatform::parse("linux-x64-glibc").unwrap();
    let graph = DependencyGraph::new(&lockfile);
    let scopes = inside::scopes(&graph);
    let fits: Vec<bool> = lockfile
        .packages
        .iter()
        .map(|package| package.limits.as_ref().is_none_or(|limits| limits.allow(&here)))
        .collect();
    // Yarn 1 does not record what fits which machine, nor Bun what it has no word for, and what only a
    // package needs that does not fit is not installed either.
    let reached = graph.reach(graph.roots(), |_, edge| {
        let is_optional = edge.kind == DependencyKind::Optional;
        let may_fit_none = matches!(manager, Manager::YarnClassic | Manager::Bun);
        fits[edge.package] && !(is_optional && may_fit_none)
    });
    let mut read = Read::default();
    for (index, package) in lockfile.packages.iter().enumerate() {
        if package.source != PackageSource::PublicRegistry || !fits[index] {
            continue;
        }
        let id = (package.id.name.to_string(), package.id.version.to_string());
        let add = |installed: &mut Installed| {
            installed.possible.insert(id.clone());
            if reached[index] {
                installed.certain.insert(id.clone());
            }
        };
        add(&mut read.with_development);
        if scopes[index] == Scope::Runtime {
            add(&mut read.for_production);
        }
    }
    read
}

fn assert_same(manager: Manager, what: &str, on_disk: &Packages, read: &Installed) {
    let only_on_disk: Vec<_> = on_disk.difference(&read.possible).collect();
    let only_read: Vec<_> = read.certain.difference(on_disk).collect();
    assert!(
        only_on_disk.is_empty() && only_read.is_empty(),
        "{manager:?} {what}: installed and not read {only_on_disk:?}, read and not installed {only_read:?}"
    );
}

/// Every package in a folder of installed ones, by what its own manifest says. Links lead to packages that
/// lie elsewhere, or to members.
fn on_disk(folder: &Path) -> Packages {
    let mut found = Packages::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if !entry.file_type().unwrap().is_dir() {
                continue;
            }
            if is_package(&path) {
                let manifest = fs::read_to_string(path.join("package.json"));
                found.extend(manifest.ok().and_then(|text| named(&text)));
            }
            left.push(path);
        }
    }
    found
}

/// `…/node_modules/name` and `…/node_modules/@scope/name`.
fn is_package(path: &Path) -> bool {
    let above = path.parent().unwrap();
    let modules = match above.file_name().unwrap().to_str().unwrap() {
        scope if scope.starts_with('@') => above.parent().unwrap(),
        _ => above,
    };
    modules.file_name().is_some_and(|name| name == "node_modules")
}

fn named(manifest: &str) -> Option<(String, String)> {
    let manifest: Value = serde_json::from_str(manifest).ok()?;
    Some((manifest["name"].as_str()?.to_owned(), manifest["version"].as_str()?.to_owned()))
}
