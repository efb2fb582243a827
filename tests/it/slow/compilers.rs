//! What compilers make of modules, and what is seen of it: the functions that they write are known by their texts, so
//! that a compiler which begins to write others shows here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::harness::{Project, repository};
use crate::skip::skip;

const COMPILE: &str = include_str!("compilers/compile.cjs");

/// The texts of modules, by their names.
type Modules = BTreeMap<String, String>;

/// A library, and programs that use it. `star` has all of another module.
const SOURCES: &[(&str, &str)] = &[
    ("parse", "export function parse(text) {\n  console.log('parsed');\n  return text;\n}\n"),
    ("format", "export const format = (text) => text.trim();\nexport default format;\n"),
    (
        "index",
        "export { parse } from './parse.js';\nimport whole from './format.js';\nimport * as all from './format.js';\n\
         export const format = (text) => whole(all.format(text));\n",
    ),
    ("star", "export * from './parse.js';\nexport { format } from './format.js';\n"),
    ("app", "import { format } from 'rotten';\nformat('x');\n"),
    ("app of all", "import * as rotten from 'rotten';\nrotten.format('x');\n"),
    ("app of another", "import { parse } from 'rotten';\nparse('x');\n"),
];

/// It writes getters into an object, which other functions of the same name would read at once.
const UNKNOWN_LIBRARIES: &[&str] = &["swc"];

/// Where `export *` is known: others write a loop, or a function of their own kind.
const KNOWN_STARS: &[&str] = &["typescript", "typescript to es5"];

fn install() -> Option<PathBuf> {
    let folder = repository().join("target/compilers");
    let manifest = json!({ "name": "compilers", "version": "1.0.0", "dependencies": {
        "@babel/core": "7.28.5",
        "@babel/plugin-transform-modules-commonjs": "7.27.1",
        "@swc/core": "1.16.22",
        "esbuild": "0.28.2",
        "rollup": "4.68.8",
        "typescript": "5.9.3",
    } });
    let manifest = manifest.to_string();
    let is_done = folder.join("node_modules/.package-lock.json").is_file()
        && fs::read_to_string(folder.join("package.json")).is_ok_and(|then| then == manifest);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("package.json"), manifest).unwrap();
    if is_done {
        return Some(folder);
    }
    let arguments = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
    let run = Command::new("npm").args(arguments).current_dir(&folder).output();
    let why = match run {
        Ok(run) if run.status.success() => return Some(folder),
        Ok(run) => String::from_utf8_lossy(&run.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    // What is half done must not be taken for installed.
    let _ = fs::remove_file(folder.join("package.json"));
    skip("npm", "what_compilers_write_is_known", why);
    None
}

/// By compiler.
fn compiled(folder: &Path) -> BTreeMap<String, Modules> {
    let sources: BTreeMap<_, _> = SOURCES.iter().copied().collect();
    fs::write(folder.join("sources.json"), json!(sources).to_string()).unwrap();
    fs::write(folder.join("compile.cjs"), COMPILE).unwrap();
    let run = Command::new("node").arg("compile.cjs").current_dir(folder).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

/// A program that uses a library, with the claim that it does not use `parse` of it: whether anything is seen that may
/// lead to it, and whether it runs.
fn seen(library: &Modules, index: &str, app: &str) -> (bool, bool) {
    let project = Project::empty();
    let package = "node_modules/rotten";
    project.write("package.json", r#"{ "name": "app", "dependencies": { "rotten": "*" } }"#);
    project.write(
        "package-lock.json",
        r#"{ "name": "app", "lockfileVersion": 3, "packages": {
            "": { "name": "app", "dependencies": { "rotten": "*" } }, "node_modules/rotten": { "version": "1.0.0" } } }"#,
    );
    project.write("app.js", app);
    project.write(
        &format!("{package}/package.json"),
        r#"{ "name": "rotten", "version": "1.0.0", "main": "index.js" }"#,
    );
    project.write(&format!("{package}/index.js"), &library[index]);
    for name in ["parse", "format"] {
        project.write(&format!("{package}/{name}.js"), &library[name]);
    }
    project.write(
        "advisories/GHSA-case-0001-rots.json",
        r#"{ "id": "GHSA-case-0001-rots", "modified": "2026-01-01T00:00:00Z", "affected": [{ "package":
            { "ecosystem": "npm", "name": "rotten" }, "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }] }] }] }"#,
    );
    project.write(
        "lockgate.toml",
        "schema = 1\n[database]\nmax-age = \"3650d\"\nsources = [{ kind = \"osv\", path = \"advisories\" }]\n\
         [[suppress]]\nadvisory = \"GHSA-case-0001-rots\"\nclaim = { not-imported = \"rotten#parse\" }\n\
         reason = \"nobody parses\"\nowner = \"@acme/web\"\nexpires = 2027-01-01\n",
    );
    let run = Command::new("node").arg("app.js").current_dir(project.path()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let said = project.run(&["check", "--report", "json"]).json();
    let evidence = &said["findings"][0]["evidence"][0];
    (evidence["result"] != "upheld", !run.stdout.is_empty())
}

#[test]
fn what_compilers_write_is_known() {
    let Some(folder) = install() else { return };
    let compiled = compiled(&folder);
    let plain = &compiled["esbuild"];
    for (compiler, modules) in &compiled {
        // The library is compiled, and what uses it.
        for app in ["app", "app of all"] {
            let is_unknown = UNKNOWN_LIBRARIES.contains(&compiler.as_str());
            let found = seen(modules, "index", &plain[app]);
            assert_eq!(found, (is_unknown, false), "library by {compiler}");
            let found = seen(plain, "index", &modules[app]);
            assert_eq!(found, (false, false), "{app} by {compiler}");
        }
        let is_known = KNOWN_STARS.contains(&compiler.as_str());
        assert_eq!(seen(modules, "star", &plain["app"]), (!is_known, false), "{compiler}");
        for index in ["index", "star"] {
            let found = seen(modules, index, &modules["app of another"]);
            assert_eq!(found, (true, true), "{compiler}");
        }
    }
}
